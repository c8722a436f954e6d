#!/usr/bin/env python3
"""The machine's clock steps back an hour, and forward again, while shoppers
send events. Nothing acknowledged is lost or twice, the watermark never goes
back, an id that came before the step is known after it, hooks fire, the digest
is that of the log folded anew, and a restart in the wrong hour changes nothing.

The clock is made by libfaketime (the package faketime); without it the test is
skipped."""
import glob
import os
import sys
import time

import rig
from rig import check


def library():
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    return found[0] if found else None


class Clock:
    """Steps the clock of the daemons that were started with `env`."""

    def __init__(self, scratch, path):
        self.file = os.path.join(scratch, "offset")
        self.step(0)
        self.env = {"LD_PRELOAD": path, "FAKETIME_TIMESTAMP_FILE": self.file,
                    "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                    "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def step(self, seconds):
        with open(self.file + ".new", "w") as f:
            f.write("%+d\n" % seconds)
        os.rename(self.file + ".new", self.file)
        self.offset = seconds


def send(d, clock, name, count):
    """Events of this moment by the daemon's clock; all must be stored."""
    now = time.time() + clock.offset
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    lines = "".join('{"id":"%s-%d","type":"purchase","time":"%s","product":'
                    '"p","price":5.00,"currency":"EUR"}\n' % (name, n, stamp)
                    for n in range(count))
    r = d.ask("@jsonl events import", lines.encode())
    check(r.ok and r.rows()[-1]["stored"] == count, "%s: %s" % (name, r))


def watermark(d):
    return d.one("status")["log"].get("watermark", "")


def test(args, scratch):
    clock = Clock(scratch, library())
    d = rig.Daemon(args, scratch, "clock", env=clock.env)
    d.start()
    marks = []
    for n, offset in enumerate([0, -3600, -3600, 0, 7200, 0, -3600]):
        clock.step(offset)
        time.sleep(1.2)                 # a tick by the new clock
        send(d, clock, "e%d" % n, 200)
        marks.append(watermark(d))
        if n == 2:
            d.kill()
            d.start()
        if n == 5:
            check(d.stop() == 0, "liftd does not stop in order")
            d.start()
    check(marks == sorted(marks), "the watermark goes back: %s" % marks)
    r = d.ask("@jsonl events import",
              b'{"id":"e0-1","type":"purchase","product":"p"}\n')
    check(r.ok and r.rows()[-1]["known"] == 1, "an id from before the steps "
          "is not known: %s" % r)
    ids = [e["id"] for e in d.export()]
    check(len(ids) == len(set(ids)) == 7 * 200, "%d events, %d ids, sent 1400"
          % (len(ids), len(set(ids))))
    fired = d.one("rules list")["fired"]
    check(fired > 0, "no hook fired")
    d.check_digest()
    print("  1400 events through six steps of the clock; hooks fired %d times "
          "since the last start" % fired)
    check(d.stop() == 0, "liftd does not stop in order")


if __name__ == "__main__":
    a = rig.arguments(__doc__)
    if library() is None:
        print("libfaketime is not installed (the package faketime)")
        sys.exit(77)
    sys.exit(rig.main("clock", test, a))
