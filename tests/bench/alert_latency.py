#!/usr/bin/env python3
"""From the entry that closes a window to the alert that is committed, and to
the strategy for it: how long after the entry reached liftd a listener hears of
them. Virtual shoppers with a promotion on each fifth product; what is printed beside is
the same for interactions, as the floor: what any entry waits for its commit."""
import json
import os
import sys
import threading
import time

import driven
from driven import rig


class Ear(threading.Thread):
    """Listens to a topic and notes when each row came."""

    def __init__(self, d, topic):
        super().__init__(daemon=True)
        self.client = d.client(None)
        self.client.send("@jsonl tap " + topic)
        self.heard = []
        self.start()

    def run(self):
        try:
            while True:
                line = self.client.file.readline()
                if not line:
                    return
                if line.startswith(b"{"):
                    self.heard.append((time.time(), json.loads(line)))
        except (OSError, ValueError):
            pass


def waits(d, heard):
    """Milliseconds from an entry's arrival to the row's, for entries that came
    by the wall's clock."""
    db = rig.database(d.state + "/liftd.db")
    found = []
    for at, row in heard:
        entry = db.execute("SELECT received FROM entries WHERE seq = ? AND "
                           "kind = 1", (row["seq"],)).fetchone()
        if entry is not None:
            found.append(1000 * (at - entry[0] / 1e6))
    db.close()
    return sorted(found)


def line(name, ms):
    rig.check(len(ms) > 0, "nothing was heard of " + name)
    print("  %-22s %6d  median %6.2f ms  p99 %6.2f ms  longest %6.2f ms" % (
        name, len(ms), ms[len(ms) // 2], ms[int(len(ms) * 0.99)], ms[-1]))
    return ms[int(len(ms) * 0.99)]


def latency(b):
    d = rig.Shop(b.args, b.scratch, "latency")
    d.start()
    d.one("simulate start --scenario calm --products 200 --promotions 40 "
          "--rate %d --from -32h --fast 24h --promotions_after 24h --speed %d" %
          (b.args.rate, b.args.speed))
    rig.wait_for(lambda: d.one("simulate status")["reached"] >=
                 d.one("simulate status")["promotions_begin"],
                 "the promotions do not begin", 120)
    ears = [Ear(d, t) for t in ("alert", "strategy", "return")]
    rig.wait_for(lambda: len(ears[0].heard) >= b.args.alerts,
                 "too few alerts come", 180)
    time.sleep(0.2)
    alert, strategy, entry = [waits(d, list(e.heard)) for e in ears]
    print("alert_latency: %d events a minute at %d times the clock" % (
        b.args.rate, b.args.speed))
    floor = line("an entry's commit", entry)
    print("  alert's p99 is %.2f of that" % (line("alert", alert) / floor))
    print("  strategy's p99 is %.2f of that" % (line("strategy", strategy) /
                                               floor))
    d.kill()


if __name__ == "__main__":
    a = rig.arguments(__doc__, rate=(4000, "events a minute"),
                      speed=(200, "times the clock"),
                      alerts=(60, "alerts to hear of"))
    sys.exit(driven.run("alert_latency", latency, a))
