#!/usr/bin/env python3
"""PostgreSQL killed, restarted, hung, read-only, out of connections, its disk
full, under load, again and again. Each has its sentence in `status`; new work
is refused meanwhile, liftd goes on by itself, and afterwards all acknowledged
events are in the log, once. A server that hangs holds up nobody who does not
need it. A snapshot is made from its log, and a start takes it. Last, a server
that has lost what it acknowledged (`durability: process`, and a crash) is found
out and said."""
import os
import signal
import subprocess
import sys
import time

import rig
from kill_nine import check_ids

CLUSTER = os.path.join(os.path.dirname(rig.HERE), "postgres", "cluster")
CONFIG = """store: { driver: postgres, dsn: "${file:%s}" }
durability: %s
disorder: 300ms
idle_source: 1s
"""


class Cluster:
    def __init__(self, where):
        self.where = where
        self.run("start", "superuser_reserved_connections=3")

    def run(self, *words):
        p = subprocess.run([CLUSTER, words[0], self.where, *words[1:]],
                           capture_output=True, text=True, timeout=120)
        if p.returncode == 77:
            print(p.stdout.strip())
            sys.exit(77)
        rig.check(p.returncode == 0, "cluster %s fails: %s" %
                  (words, p.stderr))
        return p.stdout.strip()

    def sql(self, *statements, database="postgres"):
        words = ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-h", self.where,
                 "-U", "liftd", "-d", database]
        for s in statements:
            words += ["-c", s]
        p = subprocess.run(words, capture_output=True, text=True, timeout=60)
        rig.check(p.returncode == 0, "%s fails: %s" % (statements, p.stderr))
        return p.stdout.strip()

    def dsn(self, user="shop"):
        return "host=%s user=%s dbname=shop" % (self.where, user)


def complaint(d):
    return " ".join(d.one("status")["complaints"])


def says(d, words):
    rig.wait_for(lambda: words in complaint(d), "status never says \"%s\", "
                 "but \"%s\"" % (words, complaint(d)))


def well(d):
    rig.wait_for(lambda: "the store refuses" not in complaint(d),
                 "liftd never goes on: %s" % complaint(d), 60)


# ---- the faults: each makes trouble, sees the sentence, ends it --------------

def restarted(c, d):
    c.run("stop", "fast")
    says(d, "cannot be reached")
    c.run("start")


def killed(c, d):
    pid = int(c.run("pid"))
    own = [int(p) for p in c.sql("SELECT pid FROM pg_stat_activity").split()]
    for p in [pid] + own:
        try:
            os.kill(p, signal.SIGKILL)
        except ProcessLookupError:
            pass
    says(d, "cannot be reached")
    rig.wait_for(lambda: not os.path.exists("/proc/%d" % pid), "the server "
                 "does not die")
    try:
        os.unlink(os.path.join(c.where, "data", "postmaster.pid"))
    except FileNotFoundError:
        pass
    c.run("start")


def backend_killed(c, d):
    """The connection is cut, again and again; nobody need be told."""
    for _ in range(10):
        c.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
              "usename='shop'")
        time.sleep(0.05)


def hung(c, d):
    """It takes connections and answers nothing. Reads are refused, the first
    after a moment, the others at once; whoever reads nothing is served."""
    everybody = [int(c.run("pid"))] + [int(p) for p in c.sql(
        "SELECT pid FROM pg_stat_activity").split()]
    rig.check(d.ask("effects list --limit 3").ok, "effects are not read")
    for p in everybody:
        try:
            os.kill(p, signal.SIGSTOP)
        except ProcessLookupError:
            pass        # the one that was asked
    began, longest = time.time(), 0
    try:
        for n in range(30):
            r = d.ask(("effects list --limit 3", "entries list --from_seq 1",
                       "explain " + "0" * 32, "letters list",
                       "jobs history nightly")[n % 5])
            rig.check("answer" in r.error, "a read of a server that hangs "
                      "gets %s" % r)
            at = time.time()
            rig.check(d.one("digest")["seq"] > 0, "no digest")
            longest = max(longest, time.time() - at)
    finally:
        for p in everybody:
            try:
                os.kill(p, signal.SIGCONT)
            except ProcessLookupError:
                pass
    rig.check(time.time() - began < 12, "30 reads of a server that hangs held "
              "the loop for %.0f s" % (time.time() - began))
    rig.wait_for(lambda: d.ask("effects list --limit 3").ok, "effects are not "
                 "read any more")
    print("  hung: 30 reads refused in %.1f s; who reads nothing waits %.0f "
          "ms at most" % (time.time() - began, longest * 1000))


def read_only(c, d):
    c.sql("ALTER SYSTEM SET default_transaction_read_only=on",
          "SELECT pg_reload_conf()")
    says(d, "is read-only")
    c.sql("SET default_transaction_read_only=off",
          "ALTER SYSTEM RESET default_transaction_read_only",
          "SELECT pg_reload_conf()")


def no_connections(c, d):
    c.sql("ALTER ROLE shop CONNECTION LIMIT 0",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
          "usename='shop'")
    says(d, "has no connection left")
    c.sql("ALTER ROLE shop CONNECTION LIMIT -1")


def liftd_killed(c, d):
    del c
    d.kill()
    d.start()


def disk_full(c, d):
    """The table's tablespace is a small disk of its own, and full."""
    filler = os.path.join(c.small, "filler")
    with open(filler, "wb") as f:
        try:
            while True:
                f.write(b"x" * 65536)
                f.flush()
        except OSError:
            pass
    says(d, "has a full disk")
    os.unlink(filler)


def small_disk(c):
    """A small disk for the database, where we may mount one."""
    c.small = os.path.join(c.where, "small")
    os.mkdir(c.small)
    if os.getuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", c.small],
            capture_output=True).returncode != 0:
        c.small = None
        return ""
    space = os.path.join(c.small, "space")
    os.mkdir(space)
    subprocess.run(["chown", "postgres:", space], check=True)
    c.sql("CREATE TABLESPACE small LOCATION '%s'" % space)
    return " TABLESPACE small"


def one_round(c, d, number, fault, known):
    begins = d.one("digest")["seq"]
    shoppers = [rig.Shopper(d, "r%d-%d" % (number, i), known, 0.01)
                for i in range(3)]
    time.sleep(0.3)
    fault(c, d)
    well(d)
    for s in shoppers:
        s.drop()
    late = rig.Shopper(d, "r%d-late" % number, known, 0.01)
    rig.wait_for(lambda: late.acked > 200, "nothing is stored after \"%s\"" %
                 fault.__name__)
    late.finish()
    acked = [i for s in shoppers + [late] for i in s.acknowledged()]
    check_ids(d, {i for i in acked if i.startswith("r%d-" % number)},
              fault.__name__, begins)
    print("%s: %d acknowledged, all there, once" % (fault.__name__,
                                                    len(acked)), flush=True)
    return acked


def second_daemon(c, d, args, scratch, dsn):
    """Another state directory, the same log."""
    other = rig.Daemon(args, scratch, "other", CONFIG % (dsn, "power"))
    status, log = other.refuses()
    rig.check(status == 1 and "another liftd writes to database 'shop'" in log,
              "a second daemon is not refused: %s" % log)


def scribed(d):
    """The scribe reads the log from the server, and a start goes on from what
    it wrote."""
    began = d.one("digest")["seq"]
    rig.check(d.ask("snapshot now").ok, "no snapshot was begun")
    newest = lambda: d.one("status")["log"]["snapshot"]  # noqa: E731
    rig.wait_for(lambda: newest() >= began, "no snapshot is made: %s" %
                 complaint(d), 120)
    seq = newest()
    s = rig.Shopper(d, "behind", (), 0.01)
    rig.wait_for(lambda: s.acked > 200, "nothing is stored")
    s.finish()
    d.kill()
    before = len(d.log())
    d.start()
    rig.check(newest() == seq, "the start took the snapshot of %d, not of %d" %
              (newest(), seq))
    rig.check("another digest" not in d.log()[before:], "its state differs")
    at = d.check_digest()
    print("a snapshot of entry %d from PostgreSQL, a start from it, and the "
          "digest of the whole log at %d" % (seq, at), flush=True)


def lost(c, d, dsn):
    """kill -9 of liftd loses nothing, even where the server does not flush.
    What the server itself had not flushed is cut off, and that is seen."""
    d.stop()
    d.set_config(CONFIG % (dsn, "process"))
    d.start()
    one_round(c, d, 1000, liftd_killed, [])
    s = rig.Shopper(d, "lost", (), 0.01)
    rig.wait_for(lambda: s.acked > 200, "nothing is stored")
    s.finish()
    d.signal(signal.SIGSTOP)
    c.sql("DELETE FROM effects WHERE seq > (SELECT max(seq) - 50 FROM "
          "entries)", "DELETE FROM entries WHERE seq > (SELECT max(seq) - 50 "
          "FROM entries)", "SELECT pg_terminate_backend(pid) FROM "
          "pg_stat_activity WHERE usename='shop'", database="shop")
    d.signal(signal.SIGCONT)
    says(d, "which it had acknowledged")
    d.clear()


def test(args, scratch):
    os.chmod(scratch, 0o755)
    c = Cluster(os.path.join(scratch, "cluster"))
    try:
        where = small_disk(c)
        c.sql("CREATE ROLE shop LOGIN", "CREATE DATABASE shop OWNER shop%s" %
              where)
        dsn = os.path.join(scratch, "dsn")
        with open(dsn, "w") as f:
            f.write(c.dsn() + "\n")
        d = rig.Daemon(args, scratch, config=CONFIG % (dsn, "power"))
        d.start()
        second_daemon(c, d, args, scratch, dsn)
        faults = [restarted, liftd_killed, backend_killed, hung, read_only,
                  no_connections, killed]
        if c.small:
            faults.append(disk_full)
        acked = []
        for number in range(args.rounds):
            for n, fault in enumerate(faults):
                acked += one_round(c, d, number * 10 + n, fault, acked[-500:])
        d.kill()
        d.start()
        there = check_ids(d, acked, "at the end")
        status, said = d.offline("store-check")
        rig.check(status == 0, "store-check: %s" % said)
        print("%d acknowledged, %d in the log%s" % (
            len(set(acked)), len(there), "" if c.small else
            "; without a full disk: only root can mount a small one"))
        scribed(d)
        lost(c, d, dsn)
    finally:
        for d in rig.Daemon.all:
            d.clear()
        subprocess.run([CLUSTER, "stop", c.where, "immediate"],
                       capture_output=True)
        if getattr(c, "small", None):
            subprocess.run(["umount", c.small])
        subprocess.run([CLUSTER, "remove", c.where], capture_output=True)


if __name__ == "__main__":
    a = rig.arguments(__doc__, rounds=(1, "how often each fault comes"))
    sys.exit(rig.main("postgres", test, a))
