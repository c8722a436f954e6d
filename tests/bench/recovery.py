#!/usr/bin/env python3
"""The start after kill -9: with the whole log behind it and no snapshot, then
with a snapshot and a tail. Measured from fork to the first answer on the
socket. Floor: a bare sqlite3 loop that reads the same table (bare.c)."""
import os
import re
import sys
import time

import driven
from driven import rig


def start(d):
    before = len(d.log())
    took = d.start(600)
    said = re.findall(r"folded (\d+) entries in ([\d.]+) s", d.log()[before:])
    return took, int(said[0][0]) if said else 0, \
        float(said[0][1]) if said else 0.0


def log_of(b, d, count, name):
    r = b.flood(d, "send", count, b.args.shoppers, 5000, name)
    rig.check(r["last"]["stored"] == count, "not all were stored: %s" % r)
    return r


def recovery(b):
    count, tail = b.args.count, b.args.tail
    d = rig.Daemon(b.args, b.scratch, "log", "snapshots: { every: 1d, entries:"
                   " 1000000000 }\n")
    d.start()
    r = log_of(b, d, count, "a")
    print("  %d events came in at %.0f/s, the file has %.0f MB" % (
        count, r["rate"], os.path.getsize(d.state + "/liftd.db") / 1e6),
        flush=True)
    d.kill()
    floor = b.bare("read", d.state + "/liftd.db")
    took, folded, inside = start(d)
    floor2 = b.bare("read", d.state + "/liftd.db")
    best = max(floor["rate"], floor2["rate"])
    print("recovery, no snapshot: ready after %.2f s, %d entries folded in "
          "%.2f s: %.0f entries/s; %.2f of the bare read's %.0f rows/s" % (
              took, folded, inside, folded / inside, folded / inside / best,
              best), flush=True)
    rig.check(d.ask("snapshot now").ok, "no snapshot was begun")
    began = time.time()
    rig.wait_for(lambda: "snapshot: holds" in d.log() or
                 any(n.endswith(".lift") for n in os.listdir(d.state)),
                 "the snapshot never ended", 300)
    wrote = time.time() - began
    time.sleep(0.2)
    log_of(b, d, tail, "b")
    d.kill()
    took, folded, inside = start(d)
    size = max(os.path.getsize(os.path.join(d.state, n))
               for n in os.listdir(d.state) if n.endswith(".lift"))
    print("recovery, snapshot and a tail: ready after %.2f s, of which %.2f s "
          "for %d entries of the tail: %.2f s plus the tail; the snapshot "
          "has %.0f MB and took %.1f s to write" % (
              took, inside, folded, took - inside, size / 1e6, wrote))
    if b.args.digest:
        d.check_digest()
        print("  the digest is that of the log folded from its first entry")


if __name__ == "__main__":
    a = rig.arguments(__doc__, count=(10000000, "entries"),
                      tail=(100000, "entries after the snapshot"),
                      shoppers=(1000000, "different ones"),
                      digest=(0, "1: compare digests at the end"))
    sys.exit(driven.run("recovery", recovery, a))
