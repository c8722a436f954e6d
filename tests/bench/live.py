#!/usr/bin/env python3
"""The live feed under load. A thousand WebSocket subscribers (listeners.c) and
100 messages a second: what was delivered, and the rate at which events are
stored meanwhile, as a ratio to the rate without subscribers in the same run, in
turns. Then ten thousand connections on which nothing happens: memory, and the
time of single events before and with them."""
import json
import os
import resource
import subprocess
import sys
import threading
import time

import driven
from driven import rig


def daemon(b, name):
    d = rig.Daemon(b.args, b.scratch, name, listen="127.0.0.1:0")
    d.start()
    while " listen=" not in d.log():
        time.sleep(0.01)
    return d


class Listeners:
    def __init__(self, b, d, count, topics):
        self.process = subprocess.Popen(
            [b.helper("listeners"), str(d.port()), str(count), topics],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        rig.check(self.process.stdout.readline() == "ready\n",
                  "the listeners did not connect")
        rig.wait_for(lambda: d.metric("liftd_live_listeners") == count,
                     "not all became listeners")
        time.sleep(0.5)
        self.ask()                      # the greetings

    def ask(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def all(self, rows):
        """What has come when all have, or when nothing comes any more."""
        sum_, last = None, 0
        while sum_ is None or (sum_["rows"] < rows and
                               time.time() - last < 5):
            got = self.ask()
            if sum_ is None:
                sum_ = {**got, "rows": 0, "bytes": 0}
            if got["rows"] > 0:
                last = time.time()
            sum_["rows"] += got["rows"]
            sum_["bytes"] += got["bytes"]
            time.sleep(0.2)
        return sum_

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Messages(threading.Thread):
    """So many events a second that the listeners hear."""

    def __init__(self, d, rate, name):
        super().__init__(daemon=True)
        self.client, self.rate, self.name_ = d.client(), rate, name
        self.sent, self.ended = 0, False
        self.start()

    def run(self):
        began = time.time()
        while not self.ended:
            due = int((time.time() - began) * self.rate)
            if due > self.sent:
                lines = "".join(json.dumps({
                    "id": "%s-%d" % (self.name_, n), "type": "ar_view",
                    "shopper": "u-1", "product": "SKU-%d" % (n % 100)}) +
                    "\n" for n in range(self.sent, due))
                r = self.client.ask("events import", lines.encode())
                rig.check(r.ok, "a message was refused: %s" % r)
                self.sent = due
            time.sleep(0.01)

    def finish(self):
        self.ended = True
        self.join()
        return self.sent


def cpu(d):
    """Seconds of processor time that the daemon has had."""
    fields = open("/proc/%d/stat" % d.process.pid).read().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def subscribers(b):
    bare, heard, short, bare_cpu, heard_cpu = [], [], [], [], []
    for n in range(b.args.rounds):
        for listening in (n % 2 == 0, n % 2 == 1):
            d = daemon(b, "live-%d-%d" % (n, listening))
            if listening:
                l = Listeners(b, d, b.args.count, "ar_view")
            m = Messages(d, b.args.rate, "m%d" % n)
            r = b.flood(d, "send", b.args.events, 100000, 5000)
            sent = m.finish()
            (heard if listening else bare).append(r["rate"])
            (heard_cpu if listening else bare_cpu).append(
                cpu(d) / (b.args.events + sent) * 1e6)
            if listening:
                got = l.all(b.args.count * sent)
                short.append(b.args.count * sent - got["rows"])
                print("  %d messages to %d subscribers: %d of %d delivered, "
                      "%.0f MB; %.2f us of processor an event" % (
                          sent, b.args.count, got["rows"],
                          b.args.count * sent, got["bytes"] / 1e6,
                          heard_cpu[-1]), flush=True)
                l.close()
            d.kill()
    print("live: %.0f events/s stored with %d subscribers at %d messages/s, "
          "%.3f of the %.0f without; %d messages were not delivered; the "
          "daemon's processor time an event %.2f us, without %.2f us" % (
              max(heard), b.args.count, b.args.rate, max(heard) / max(bare),
              max(bare), sum(short), min(heard_cpu), min(bare_cpu)),
          flush=True)


def pss(d):
    for line in open("/proc/%d/smaps_rollup" % d.process.pid):
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0


def single(b, d, name):
    best = []
    for n in range(b.args.rounds):
        best.append(driven.answer(subprocess.Popen(
            [b.helper("hammer"), str(d.port()), "post", "16", "3", "1",
             "%s%d" % (name, n), "2000"], stdout=subprocess.PIPE,
            text=True)))
        rig.check(best[-1]["bad"] == 0, "an answer was not 200")
    return min(best, key=lambda r: r["p99_ms"])


def idle(b):
    d = daemon(b, "idle")
    before, memory = single(b, d, "a"), pss(d)
    l = Listeners(b, d, b.args.idle, "late")
    after, more = single(b, d, "b"), pss(d)
    l.close()
    again = single(b, d, "c")
    d.kill()
    print("idle: %d connections take %.1f MB (PSS %.1f to %.1f MB), %.2f kB "
          "each; single events at 2,000/s: p99 %.2f ms with them, %.2f of the "
          "%.2f ms before (%.2f ms after they left); longest %.1f, before "
          "%.1f ms" % (b.args.idle, more - memory, memory, more,
                       (more - memory) * 1024 / b.args.idle,
                       after["p99_ms"], after["p99_ms"] / before["p99_ms"],
                       before["p99_ms"], again["p99_ms"],
                       after["longest_ms"], before["longest_ms"]),
          flush=True)


def live(b):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    subscribers(b)
    idle(b)


if __name__ == "__main__":
    a = rig.arguments(__doc__, count=(1000, "subscribers"),
                      rate=(100, "messages a second"),
                      events=(1500000, "other events meanwhile"),
                      idle=(10000, "idle connections"),
                      rounds=(2, "rounds; the best counts"))
    sys.exit(driven.run("live", live, a))
