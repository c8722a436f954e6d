#!/usr/bin/env python3
"""Import of a file by liftctl, as NDJSON and as CSV, from the first byte read to
the last line acknowledged: once without effects, once with two for each five
events (a hook on each purchase, windows of a second). Floor: the store alone, a
bare loop of prepared inserts of the same rows into the same tables with the
same settings (bare.c), measured right after each import. Also the processor
seconds of the two threads, for where another program holds a core."""
import os
import shutil
import sqlite3
import subprocess
import sys
import time

import driven
from driven import rig

QUIET = """plugin: tally
options:
  window: 1d
"""
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


def busy(d):
    """Processor seconds of the loop and of the writer, so far."""
    ticks = []
    for thread in sorted(os.listdir("/proc/%d/task" % d.process.pid), key=int):
        with open("/proc/%d/task/%s/stat" % (d.process.pid, thread)) as f:
            words = f.read().rsplit(")", 1)[1].split()
        ticks.append(int(words[11]) + int(words[12]))
    return [t / os.sysconf("SC_CLK_TCK") for t in ticks[:2]]


def bring(b, path, name, rules):
    """Seconds of the import, of the store alone with the same rows, of the loop
    and of the writer; and how many effects there were."""
    d = rig.Daemon(b.args, b.scratch, name)
    if rules:
        d.write_rules(rules)
    d.start()
    before = busy(d)
    began = time.time()
    p = subprocess.run([os.path.join(b.args.build, "liftctl"), "-s", d.control,
                        "events", "import", path] + b.args.option.split(),
                       capture_output=True, text=True)
    spent = time.time() - began
    rig.check(p.returncode == 0, "the import fails: %s" % p.stderr)
    rig.check("%d events stored" % b.args.count in p.stderr,
              "not all were stored: %s" % p.stderr)
    threads = [now - then for now, then in zip(busy(d), before)]
    d.kill()
    with sqlite3.connect(d.state + "/liftd.db") as db:
        effects = db.execute("SELECT count(*) FROM effects").fetchone()[0]
    floor = os.path.join(b.scratch, "bare-%s.db" % name)
    f = b.bare("insert", d.state + "/liftd.db", floor)
    shutil.rmtree(d.state)
    for end in ("", "-wal", "-shm"):
        if os.path.exists(floor + end):
            os.remove(floor + end)
    return spent, f, threads, effects


def show(b, path, label, rules):
    form = path.rsplit(".", 1)[1]
    found = [bring(b, path, "%s-%s-%d" % (form, label.split()[0], n), rules)
             for n in range(b.args.rounds)]
    spent, effects = min(f[0] for f in found), found[0][3]
    alone = min(f[1]["seconds"] for f in found)
    print("import of %s %s: %d events (%.0f MB), %d effects in %.2f s, "
          "%.0f/s; the store alone %.2f s: %.2fx (best of %d)" % (
              form, label, b.args.count, os.path.getsize(path) / 1e6, effects,
              spent, b.args.count / spent, alone, spent / alone,
              b.args.rounds))
    loop, writer = (min(f[2][i] for f in found) for i in (0, 1))
    alone = min(f[1]["busy"] for f in found)
    print("  of processor: loop %.2f s, writer %.2f s, the store alone %.2f "
          "s: the busier thread is %.2fx" % (
              loop, writer, alone, max(loop, writer) / alone), flush=True)


def imports(b):
    for path in write(b, b.args.count):
        show(b, path, "without effects", QUIET)
        show(b, path, "with effects", None)


if __name__ == "__main__":
    a = rig.arguments(__doc__, count=(1000000, "events"),
                      rounds=(3, "rounds; the best counts"),
                      span=(60, "seconds that the events tell of"),
                      option=("--backfill", "words for the import"))
    sys.exit(driven.run("import", imports, a))
