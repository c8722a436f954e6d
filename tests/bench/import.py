#!/usr/bin/env python3
"""Import of a file by liftctl, as NDJSON and as CSV, from the first byte read to
the last line acknowledged. Floor: the store alone, a bare loop of a prepared
insert of the same rows into the same table with the same settings (bare.c)."""
import os
import shutil
import subprocess
import sys
import time

import driven
from driven import rig

COLUMNS = "id,type,time,shopper,product,quantity,price,currency"


def write(b, count):
    """The same events in both forms. Spread over a long time they would be as
    many windows, and measure the effects of these; as live events they would
    be late, and each have one."""
    start = int(time.time()) - b.args.span
    paths = [os.path.join(b.scratch, "events." + e) for e in ("ndjson", "csv")]
    types = ("view", "cart", "purchase")
    with open(paths[0], "w") as lines, open(paths[1], "w") as table:
        table.write(COLUMNS + "\n")
        for i in range(count):
            t = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(
                start + i * b.args.span // count))
            row = ("e-%d" % i, types[i % 3], t, "u-%d" % (i * 7919 % 50000),
                   "SKU-%d" % (i * 31 % 2000), 1, 19.99, "EUR")
            lines.write('{"id":"%s","type":"%s","time":"%s","shopper":"%s",'
                        '"product":"%s","quantity":%d,"price":%s,'
                        '"currency":"%s"}\n' % row)
            table.write("%s,%s,%s,%s,%s,%d,%s,%s\n" % row)
    return paths


def bring(b, path, name):
    """Seconds of the import, and of the store alone with the same rows."""
    d = rig.Daemon(b.args, b.scratch, name)
    d.start()
    began = time.time()
    p = subprocess.run([os.path.join(b.args.build, "liftctl"), "-s", d.control,
                        "events", "import", path] + b.args.option.split(),
                       capture_output=True, text=True)
    spent = time.time() - began
    rig.check(p.returncode == 0, "the import fails: %s" % p.stderr)
    rig.check("%d events stored" % b.args.count in p.stderr,
              "not all were stored: %s" % p.stderr)
    d.kill()
    floor = os.path.join(b.scratch, "bare-%s.db" % name)
    f = b.bare("insert", d.state + "/liftd.db", floor)
    shutil.rmtree(d.state)
    for end in ("", "-wal", "-shm"):
        if os.path.exists(floor + end):
            os.remove(floor + end)
    return spent, b.args.count / f["rate"]


def imports(b):
    for path in write(b, b.args.count):
        form = path.rsplit(".", 1)[1]
        found = [bring(b, path, "%s-%d" % (form, n))
                 for n in range(b.args.rounds)]
        spent, alone = min(f[0] for f in found), min(f[1] for f in found)
        print("import of %s: %d events (%.0f MB) in %.1f s, %.0f/s; the store "
              "alone %.1f s: %.2fx (best of %d)" % (
                  form, b.args.count, os.path.getsize(path) / 1e6, spent,
                  b.args.count / spent, alone, spent / alone, b.args.rounds),
              flush=True)


if __name__ == "__main__":
    a = rig.arguments(__doc__, count=(500000, "events"),
                      rounds=(2, "rounds; the best counts"),
                      span=(60, "seconds that the events tell of"),
                      option=("--backfill", "words for the import"))
    sys.exit(driven.run("import", imports, a))
