#!/usr/bin/env python3
"""Durable events a second through the control socket, with one fast sender
(flood.c): JSON parsed, de-duplicated, folded by tally and a hook, committed,
acknowledged. Floor: a bare loop of a prepared insert of the same rows into the
same table with the same settings (bare.c)."""
import os
import sys

import driven
from driven import rig


def ingest(b):
    rates, floors = [], []
    for n in range(b.args.rounds):
        d = rig.Daemon(b.args, b.scratch, "ingest-%d" % n)
        d.start()
        r = b.flood(d, "send", b.args.count, 100000, 5000)
        rig.check(r["last"]["stored"] == b.args.count, "not all were stored: "
                  "%s" % r)
        d.kill()
        f = b.bare("insert", d.state + "/liftd.db",
                   os.path.join(b.scratch, "bare-%d.db" % n))
        rates.append(r["rate"])
        floors.append(f["rate"])
        print("  round %d: %.0f events/s acknowledged, longest gap between "
              "two acknowledgements %.1f ms; bare insert %.0f rows/s" %
              (n + 1, r["rate"], r["longest_gap_ms"], f["rate"]))
    print("ingest: %.0f events/s durable (%d events, best of %d), %.2f of the "
          "bare insert loop's %.0f rows/s" % (
              max(rates), b.args.count, b.args.rounds,
              max(rates) / max(floors), max(floors)))


if __name__ == "__main__":
    a = rig.arguments(__doc__, count=(1000000, "events"),
                      rounds=(3, "rounds; the best counts"))
    sys.exit(driven.run("ingest", ingest, a))
