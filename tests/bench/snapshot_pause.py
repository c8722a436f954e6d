#!/usr/bin/env python3
"""How long an entry waits while snapshots are written, beside how long it waits
without. A world of a million shoppers; one sender imports, first at a fixed
rate and then at full speed (flood.c send). Beside it a probe (flood.c probe)
imports one event at a time on a connection of its own and takes the time from
the write of the event to its acknowledgement, which comes after the commit; and
a ping asks for what the loop can refuse at once, so it sees when the loop
stands still. Sender, probe and ping go on all the time; snapshots come back to
back for a while, then none for a while, turn by turn, so that what else the
machine does hits both. What was asked while a scribe was at work counts as
with, what was asked in the turns without as without.

Floor: the same sender, probe and ping at a program that only cuts lines and
commits rows, on as many threads (plain.c), right after the daemon's turns: what
one waits there, one waits for the machine."""
import os
import subprocess
import sys
import time

import driven
from driven import rig

# A source that has ended must not hold windows open for long: when it stops
# counting, all of them are judged in one batch, which takes seconds to commit.
CONFIG = """snapshots: { every: 1d, entries: 1000000000 }
disorder: 1s
idle_source: 1s
"""


def children(d):
    with open("/proc/%d/task/%d/children" % (d.process.pid,
                                             d.process.pid)) as f:
        return f.read().split()


def peak_mb(pid):
    try:
        for line in open("/proc/%s/status" % pid):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) >> 10
    except (OSError, ValueError):
        pass
    return 0


class Plain:
    """The floor, while it runs."""

    def __init__(self, b, d):
        self.control = os.path.join(b.scratch, "plain.sock")
        self.store = os.path.join(b.scratch, "plain.db")
        self.clear()
        self.process = subprocess.Popen(
            [b.helper("plain", "-lsqlite3", "-lpthread"), self.control,
             self.store, os.path.join(d.state, "liftd.db")])
        while not os.path.exists(self.control):
            time.sleep(0.01)

    def clear(self):
        for path in [self.control] + [self.store + e
                                      for e in ("", "-wal", "-shm")]:
            if os.path.exists(path):
                os.remove(path)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.clear()


class Span:
    snapshots = False

    def __init__(self):
        self.began = time.monotonic()

    def end(self):
        self.ended = time.monotonic()


class Turn:
    """A while with snapshots or without: from, to, entries, scribes."""

    def __init__(self, d, c, seconds, snapshots):
        self.snapshots, self.took, self.peak = snapshots, [], 0
        first = self.entries(c)
        self.began = time.monotonic()
        until = self.began + seconds
        while time.monotonic() < until:
            if snapshots:
                self.one(d, c)
            else:
                time.sleep(0.05)
        self.ended = time.monotonic()
        self.rate = (self.entries(c) - first) / (self.ended - self.began)

    @staticmethod
    def entries(c):
        return c.ask("@jsonl status").rows()[0]["log"]["seq"]

    def one(self, d, c):
        began = time.monotonic()
        rig.check(c.ask("snapshot now").ok, "no snapshot was begun")
        while True:
            pids = children(d)
            if not pids:
                break
            self.peak = max(self.peak, peak_mb(pids[0]))
            time.sleep(0.005)
        self.took.append(time.monotonic() - began)


class Waits:
    """What a probe or a ping saw in the turns of one kind."""

    def __init__(self, seen, turns):
        self.ms = sorted(ms for at, ms in zip(seen["at"], seen["ms"])
                         if any(t.began <= at < t.ended for t in turns))

    def quantile(self, q):
        return self.ms[min(len(self.ms) - 1, int(len(self.ms) * q))]

    def figures(self):
        return {"median": self.quantile(0.5), "p99": self.quantile(0.99),
                "p99.9": self.quantile(0.999), "longest": self.ms[-1]}

    def line(self):
        return "%s ms; %d of %d over 5 ms" % (
            ", ".join("%s %.2f" % f for f in self.figures().items()),
            sum(ms > 5 for ms in self.ms), len(self.ms))


def scribes(turns):
    took = [s for t in turns for s in t.took]
    print("  %d snapshots: %.2f s on average, %.2f s at most; a scribe had "
          "%d MB at its peak" % (len(took), sum(took) / len(took), max(took),
                                 max(t.peak for t in turns)))


def floor(b, d, rate):
    """What probe and ping wait for at the floor."""
    p = Plain(b, d)
    sender = b.flood(p, "send", 1000000000, b.args.shoppers, 5000,
                     "s%d" % rate, rate, wait=False)
    time.sleep(1)
    span = Span()
    askers = [b.flood(p, "probe", b.args.turns * b.args.seconds, "p%d" % rate,
                      wait=False),
              b.flood(p, "ping", b.args.turns * b.args.seconds, wait=False)]
    seen = [driven.answer(a) for a in askers]
    span.end()
    sender.kill()
    sender.wait()
    p.stop()
    return [Waits(s, [span]) for s in seen]


def compare(b, d, rate):
    label = "%d events/s" % rate if rate else "full speed"
    span = b.args.turns * 2 * b.args.seconds
    sender = b.flood(d, "send", 1000000000, b.args.shoppers, 5000,
                     "s%d" % rate, rate, wait=False)
    time.sleep(1)
    # Longer than the turns: the last scribe may need its time.
    probe = b.flood(d, "probe", span * 1.5, "p%d" % rate, wait=False)
    ping = b.flood(d, "ping", span * 1.5, wait=False)
    c = d.client()
    turns = [Turn(d, c, b.args.seconds, i % 2 == 1)
             for i in range(b.args.turns * 2)]
    probe, ping = driven.answer(probe), driven.answer(ping)
    sender.kill()
    sender.wait()
    sides = [[t for t in turns if t.snapshots == s] for s in (True, False)]
    print("  at %s" % label)
    scribes(sides[0])
    for what, seen, least in zip(("entry", "ping"), (probe, ping),
                                 floor(b, d, rate)):
        w, o = (Waits(seen, side) for side in sides)
        print("  %-5s with     %s\n  %-5s without  %s\n  %-5s floor    %s" % (
            what, w.line(), what, o.line(), what, least.line()))
        for name, ms in w.figures().items():
            other = o.figures()[name]
            print("snapshot pause at %s, %s, %s: %.2f ms with, %.2f ms "
                  "without: %+.2f ms, ratio %.2f; floor %.2f ms, ratio of "
                  "without %.2f" % (
                      label, what, name, ms, other, ms - other, ms / other,
                      least.figures()[name], other / least.figures()[name]))
    w, o = (sum(t.rate for t in side) / len(side) for side in sides)
    print("snapshot pause at %s, entries/s: %.0f with, %.0f without: ratio "
          "%.2f" % (label, w, o, w / o), flush=True)


def pause(b):
    d = rig.Daemon(b.args, b.scratch, "world", CONFIG)
    d.start()
    b.flood(d, "send", b.args.shoppers * 3, b.args.shoppers, 5000, "fill")
    # The first one has the whole log to fold.
    first = Turn(d, d.client(), 0.001, True)
    world = d.one("status")["world"]
    print("  %s shoppers, the daemon has %d MB; the first snapshot took "
          "%.1f s, its scribe had %d MB" % (
              world["shoppers"], d.rss_kb() >> 10, first.took[0], first.peak),
          flush=True)
    for rate in (b.args.rate, 0):
        compare(b, d, rate)
    rig.check(d.ask("status").verdict == 0, "a snapshot failed")


if __name__ == "__main__":
    a = rig.arguments(__doc__, shoppers=(1000000, "in the world"),
                      seconds=(4.0, "of each turn"),
                      turns=(4, "with snapshots, and as many without"),
                      rate=(50000, "events/s of a sender that does not fill "
                            "the queues, measured first"))
    sys.exit(driven.run("snapshot_pause", pause, a))
