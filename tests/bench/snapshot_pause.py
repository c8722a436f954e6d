#!/usr/bin/env python3
"""How long an entry waits while snapshots are written. A world of a million
shoppers; one sender imports at full speed (flood.c send); beside it a probe
(flood.c probe) imports one event at a time on a connection of its own, and
takes the time from the write of the event to its acknowledgement, which comes
after the commit. So it feels all there is: the fork, the copying of pages after
it, the child's share of processor and disk. First without snapshots, then with
`snapshot now` again as soon as the one before has ended, then without once
more: the ratio is of the second to the worse of the other two."""
import sys
import threading
import time

import driven
from driven import rig


class Snapshots(threading.Thread):
    def __init__(self, d):
        super().__init__(daemon=True)
        self.d, self.stopping, self.count = d, False, 0
        self.start()

    def run(self):
        while not self.stopping:
            self.count += self.d.ask("snapshot now").ok
            time.sleep(0.02)


def measure(b, d, name, snapshots):
    enough = int(b.args.seconds * b.args.rate) if b.args.rate else 100000000
    sender = b.flood(d, "send", enough, b.args.shoppers, 5000, "s" + name,
                     wait=False)
    time.sleep(0.5)
    s = Snapshots(d) if snapshots else None
    before = d.one("digest")["seq"]
    began = time.time()
    p = b.flood(d, "probe", b.args.seconds, "p" + name)
    rate = (d.one("digest")["seq"] - before) / (time.time() - began)
    if s is not None:
        s.stopping = True
        s.join()
    sender.kill()
    sender.wait()
    print("  %-18s probe p50 %.2f, p99 %.2f, p99.9 %.2f, longest %.2f ms; %d "
          "of %d over 5 ms; %.0f entries/s beside it%s" % (
              name, p["p50_ms"], p["p99_ms"], p["p999_ms"], p["longest_ms"],
              p["over_5ms"], p["probes"], rate,
              "; %d snapshots" % s.count if s else ""), flush=True)
    return p


def pause(b):
    d = rig.Daemon(b.args, b.scratch, "world", "snapshots: { every: 1d, "
                   "entries: 1000000000 }\ndedupe: { ids: 4000000 }\n")
    d.start()
    b.flood(d, "send", b.args.shoppers * 3, b.args.shoppers, 5000, "fill")
    world = d.one("status")["world"]
    print("  %s shoppers, the daemon has %d MB" % (world["shoppers"],
                                                   d.rss_kb() >> 10))
    a = measure(b, d, "without", False)
    s = measure(b, d, "snapshots", True)
    c = measure(b, d, "without-again", False)
    for key in ("p50_ms", "p99_ms", "longest_ms"):
        worse = max(a[key], c[key])
        print("snapshot pause, %s: %.2f with snapshots, %.2f without: ratio "
              "%.2f" % (key, s[key], worse, s[key] / worse))


if __name__ == "__main__":
    a = rig.arguments(__doc__, shoppers=(1000000, "in the world"),
                      seconds=(6.0, "of each of the three measurements"),
                      rate=(0, "events/s of the sender; 0: all it can"))
    sys.exit(driven.run("snapshot_pause", pause, a))
