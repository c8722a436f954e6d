#!/usr/bin/env python3
"""A file is imported by liftctl, and either side is killed in the middle: the
same command again goes on from the last acknowledged line, and each event is
there once, also those that bring no id. A third time there is nothing to do."""
import os
import random
import re
import signal
import subprocess
import sys
import time

import rig


def table(path, count):
    """A year in COUNT rows without ids; some cells hold line ends."""
    rng = random.Random(7)
    with open(path, "w") as f:
        f.write("customer;SKU;type;when;price;quantity;note\n")
        for i in range(count):
            t = 1767225600 + i * 31536000 // count
            f.write("u-%d;SKU-%d;purchase;%s;%d.99;1;%s\n" % (
                rng.randrange(5000), i % 50,
                time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t)),
                rng.randrange(1, 100), '"row\n%d"' % i if i % 10 == 0 else
                "row %d" % i))


def command(d, path, *more):
    return [os.path.join(d.args.build, "liftctl"), "-s", d.control, "events",
            "import", path, "--source", "history", "--backfill", "true",
            "--map", "shopper=customer,product=SKU,time=when", "--timezone",
            "UTC"] + list(more)


def run(d, path, *more):
    p = subprocess.run(command(d, path, *more), capture_output=True, text=True,
                       timeout=600)
    rig.check(p.returncode == 0, "import ends with %d: %s" % (p.returncode,
                                                              p.stderr))
    return p.stderr


def events_in(d):
    db = rig.database(d.state + "/liftd.db")
    n = db.execute("SELECT count(*), count(DISTINCT id) FROM entries WHERE id "
                   "LIKE 'f-%'").fetchone()
    db.close()
    return n


def running(d):
    """Whether a backfill is under way: more began than ended."""
    db = rig.database(d.state + "/liftd.db")
    bodies = [row[0] for row in db.execute(
        "SELECT body FROM entries WHERE kind = 8")]
    db.close()
    return len(bodies) % 2 == 1


def cut_off(d, path, victim, at):
    """Begins the import and kills one side once AT more events are stored."""
    before = events_in(d)[0]
    p = subprocess.Popen(command(d, path), stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True)
    # It runs in slices, so that a fast machine is caught in the middle too.
    deadline = time.time() + 120
    while events_in(d)[0] < before + at and p.poll() is None:
        rig.check(time.time() < deadline, "the import does not get on")
        p.send_signal(signal.SIGCONT)
        time.sleep(0.005)
        p.send_signal(signal.SIGSTOP)
    rig.check(p.poll() is None, "the import ended before it could be killed: "
              "%s" % (p.poll() is not None and p.communicate()[1]))
    p.send_signal(signal.SIGCONT)
    time.sleep(0.002)
    if victim == "liftd":
        d.kill()
    else:
        p.kill()
    p.communicate()
    if victim == "liftd":
        d.start()
    else:
        rig.wait_for(lambda: not running(d), "the backfill does not end")
    stored = events_in(d)
    rig.check(stored[0] == stored[1], "an event is there twice")
    return stored[0]


def imports(args, scratch):
    count = args.count
    path = os.path.join(scratch, "history.csv")
    table(path, count)
    d = rig.Daemon(args, scratch, "import")
    d.start()
    for victim in ("liftd", "liftctl", "liftd"):
        stored = cut_off(d, path, victim, count // 8)
        print("  %s killed with %d of %d events stored" % (victim, stored,
                                                           count), flush=True)
    began = time.time()
    said = run(d, path)
    line = re.search(r"goes on at line (\d+)", said)
    rig.check(line is not None, "it begins anew: %s" % said)
    stored, ids = events_in(d)
    rig.check(stored == ids == count, "%d events, %d ids, must be %d" % (
        stored, ids, count))
    print("  went on at line %s; the rest, %s" % (
        line.group(1), said.strip().splitlines()[-1]))
    said = run(d, path)
    rig.check("was imported already, %d events" % count in said, "a third "
              "time it says: %s" % said)
    said = run(d, path, "--again")
    rig.check("0 events stored, %d known" % count in said, "begun again it "
              "says: %s" % said)
    d.check_digest()
    print("  %.1f s for the last three" % (time.time() - began))
    rig.check(d.stop() == 0, "liftd does not end in order")


if __name__ == "__main__":
    a = rig.arguments(__doc__, count=(200000, "rows over a year"))
    sys.exit(rig.main("import", imports, a))
