#!/usr/bin/env python3
"""A disk that is full, fails, or cannot be written. First for real: the state
on a small tmpfs that a ballast file fills during load (as root only). Then with
failing_writes.c before the C library: the n-th write, flush or truncation fails
with ENOSPC, EIO or EROFS, for one n after the other. What was acknowledged
survives, new work is refused with a sentence that names the disk, status says
no, and everything goes on by itself."""
import errno
import mmap
import os
import shutil
import struct
import subprocess
import sys
import time

import rig

CONFIG = "disorder: 300ms\n"
WRITE, SYNC, TRUNCATE, RENAME, ALL = 1, 2, 4, 8, 15


def check_all_there(d, acked, when):
    there = [e["id"] for e in d.export()]
    rig.check(len(set(there)) == len(there), "%s: an id is there twice" % when)
    lost = set(acked) - set(there)
    rig.check(not lost, "%s: %d acknowledged events are lost, such as %s" %
              (when, len(lost), sorted(lost)[:3]))


def check_refusal(d, words):
    """New work is refused, in a sentence, and told to whoever asks."""
    r = d.ask("@jsonl events import --source probe",
              rig.event("probe-refused-%f" % time.time()) + b"\n", timeout=20)
    rig.check(r.error != "", "an import was taken while the disk refuses: %s" %
              r)
    for word in words:
        rig.check(word in r.error, "the refusal does not say \"%s\": %s" %
                  (word, r.error))
    r = d.ask("promotions put P-1 --name x", timeout=20)
    rig.check(r.error != "", "an acting verb was taken while the disk refuses")
    s = d.ask("@jsonl status", timeout=20)
    rig.check(s.verdict == 1 and "refuses" in s.body.decode(),
              "status does not say that the store refuses: %s" % s)
    rig.check(d.ask("doctor", timeout=20).verdict == 1, "doctor is content")


def check_goes_on(d, acked, when):
    rig.wait_for(lambda: d.one("status")["log"]["storing"],
                 "%s: liftd does not store again by itself" % when)
    s = rig.Shopper(d, "after-%f" % time.time(), pace=0)
    rig.wait_for(lambda: s.acked > 200 or s.failed, "%s: no event is "
                 "acknowledged" % when)
    r = s.finish()
    rig.check(r.ok, "%s: an import fails: %s" % (when, r.error))
    acked += s.sent
    check_all_there(d, acked, when)


# ---- a real disk ------------------------------------------------------------

def mounted(where):
    os.makedirs(where, exist_ok=True)
    p = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "liftd",
                        where], capture_output=True, text=True)
    return p.stderr.strip() if p.returncode else None


def fill(path):
    with open(path, "ab", buffering=0) as f:
        for size in (1 << 20, 4096):
            try:
                while True:
                    f.write(b"\0" * size)
            except OSError as e:
                rig.check(e.errno == errno.ENOSPC, "ballast: %s" % e)


def full(d, acked, ballast):
    shoppers = [rig.Shopper(d, "f%f-%d" % (time.time(), i)) for i in range(3)]
    time.sleep(0.4)
    fill(ballast)
    rig.wait_for(lambda: fill(ballast) or
                 not d.one("status")["log"]["storing"],
                 "a full disk is not noticed")
    time.sleep(0.2)
    check_refusal(d, ["disk", "full", d.state])
    check_all_there(d, [i for s in shoppers for i in s.acknowledged()],
                    "while the disk is full")
    return shoppers


def real_disk(args, scratch):
    where = os.path.join(scratch, "disk")
    problem = "not root" if os.getuid() != 0 else mounted(where)
    if problem:
        print("real disk: skipped, no tmpfs can be mounted: %s" % problem)
        return
    try:
        disk(args, scratch, where)
    finally:
        for d in rig.Daemon.all:
            d.clear()
        subprocess.run(["umount", where])


def disk(args, scratch, where):
    ballast = where + "/ballast"
    d = rig.Daemon(args, scratch, "disk-state", CONFIG,
                   state=where + "/state")
    d.start()
    acked = []
    for n in range(2):
        shoppers = full(d, acked, ballast)
        r = d.ask("snapshot now", timeout=20)
        rig.check(r.error != "", "a snapshot was begun on a full disk: %s" % r)
        pid = d.process.pid
        os.unlink(ballast)
        for s in shoppers:
            s.drop()
            acked += s.acknowledged()
        check_goes_on(d, acked, "after the ballast was removed")
        rig.check(d.process.pid == pid and d.process.poll() is None,
                  "liftd ended")
        d.check_digest()
    # killed while it is full, and started while it is full
    shoppers = full(d, acked, ballast)
    d.kill()
    for s in shoppers:
        s.drop()
        acked += s.acknowledged()
    d.spawn()
    time.sleep(1)
    if d.process.poll() is None:
        how = "starts and refuses work"
        # What a dead writer had left of a snapshot is swept at the start.
        rig.wait_for(lambda: fill(ballast) or
                     not d.one("status")["log"]["storing"],
                     "a full disk is not noticed after a start")
        check_refusal(d, ["disk"])
    else:
        how = "refuses to start"
        said = d.log().splitlines()[-1]
        rig.check("disk" in said, "start on a full disk says: %s" % said)
    os.unlink(ballast)
    if d.process.poll() is not None:
        d.start()
    check_goes_on(d, acked, "after a start on a full disk")
    d.check_digest()
    rig.check(d.stop() == 0, "exit status after SIGTERM")
    print("real disk: filled three times, %d acknowledged events there; a "
          "start on the full disk %s" % (len(acked), how))


# ---- the n-th write ---------------------------------------------------------

class Failing:
    def __init__(self, scratch, name):
        self.library = os.path.join(scratch, "failing_writes.so")
        if not os.path.exists(self.library):
            subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC",
                            "-O2", "-o", self.library,
                            rig.HERE + "/failing_writes.c", "-ldl"],
                           check=True)
        self.path = os.path.join(scratch, name + ".control")
        with open(self.path, "wb") as f:
            f.write(b"\0" * 64)
        with open(self.path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 64)

    def env(self, state):
        return {"LD_PRELOAD": self.library, "FAILING_DIR": state,
                "FAILING_CONTROL": self.path}

    def arm(self, nth, times, error, calls=ALL, snapshots=0):
        self.map[0:64] = struct.pack("8q", 0, nth, times, error, calls, 0, 0,
                                     snapshots)
        self.map[0:8] = struct.pack("q", 1)

    def disarm(self):
        self.map[0:8] = struct.pack("q", 0)

    def hits(self):
        return struct.unpack("8q", self.map[0:64])[6]


def load(d, label, failing, seconds=0.5):
    """An import until the failure has come, and a little longer."""
    s = rig.Shopper(d, label, pace=0.001, batch=20)
    until = time.time() + seconds
    while time.time() < until and not failing.hits():
        time.sleep(0.002)
    time.sleep(0.03)
    s.drop()
    return s


def sweep(d, failing, error, args, acked):
    """One failure of one call, at each n; sometimes of three in a row."""
    hits = refused = 0
    for n in range(1, args.rounds + 1):
        failing.arm(n, 1 if n % 2 else 3, error)
        if n % 4 == 0:
            d.ask("snapshot now")
        s = load(d, "%s-%d" % (errno.errorcode[error], n), failing)
        hits += failing.hits() > 0
        failing.disarm()
        refused += bool(s.reply.error)
        acked += s.acknowledged()
        rig.check(d.process.poll() is None, "liftd ended with status %s when "
                  "call %d failed" % (d.process.returncode, n))
        rig.wait_for(lambda: d.one("status")["log"]["storing"],
                     "liftd does not store again after call %d failed" % n)
        if n % 8 == 0:
            check_all_there(d, acked, "after call %d failed" % n)
    rig.check(hits > args.rounds / 2, "only %d of %d failures came" %
              (hits, args.rounds))
    return hits, refused


def lasting(d, failing, error, acked):
    """Everything fails for a while."""
    s = rig.Shopper(d, "lasting-%d-%f" % (error, time.time()))
    time.sleep(0.2)
    failing.arm(1, 0, error)
    rig.wait_for(lambda: not d.one("status")["log"]["storing"],
                 "a failing disk is not noticed")
    check_refusal(d, ["disk", d.state])
    before = d.log().count("works again")
    failing.disarm()
    s.drop()
    acked += s.acknowledged()
    check_goes_on(d, acked, "after %s" % errno.errorcode[error])
    rig.check(d.log().count("works again") > before,
              "the log does not say that the store works again")


def nth_write(args, scratch, durability):
    name = "nth-" + durability
    failing = Failing(scratch, name)
    state = os.path.join(scratch, name)
    d = rig.Daemon(args, scratch, name, CONFIG +
                   "durability: %s\n" % durability, env=failing.env(state))
    d.start()
    acked, parts = [], []
    for error in (errno.ENOSPC, errno.EIO, errno.EROFS):
        hits, refused = sweep(d, failing, error, args, acked)
        lasting(d, failing, error, acked)
        d.check_digest()
        parts.append("%s at %d calls (%d imports refused)" % (
            errno.errorcode[error], hits, refused))
    # killed while everything fails: what was acknowledged is there
    s = rig.Shopper(d, "killed")
    time.sleep(0.2)
    failing.arm(1, 0, errno.EIO)
    time.sleep(0.3)
    d.kill()
    failing.disarm()
    s.drop()
    acked += s.acknowledged()
    d.start()
    check_goes_on(d, acked, "after a kill while the disk failed")
    d.check_digest()
    snapshots(d, failing)
    stopping(d, failing)
    print("%s: %s; %d acknowledged events there" % (
        durability, ", ".join(parts), len(acked)))


def snapshots(d, failing):
    """A snapshot that cannot be written is said, and the next one heals."""
    for nth, calls, error in ((1, WRITE, errno.ENOSPC), (2, WRITE, errno.EIO),
                              (1, SYNC, errno.EIO), (1, RENAME, errno.EROFS)):
        rig.wait_for(lambda: not snapshot_runs(d), "a snapshot never ends")
        d.ask("events import", rig.event("s-%f" % time.time()) + b"\n")
        failing.arm(nth, 1, error, calls, snapshots=1)
        rig.check(d.ask("snapshot now").ok, "no snapshot was begun")
        rig.wait_for(lambda: failing.hits() and not snapshot_runs(d),
                     "call %d of a snapshot's writer never came" % nth)
        time.sleep(0.05)
        failing.disarm()
        s = d.ask("@jsonl status")
        rig.check(s.verdict == 1, "a snapshot that could not be written is "
                  "not in status: %s" % s)
        rig.check(d.ask("snapshot now").ok, "no snapshot was begun")
        rig.wait_for(lambda: d.ask("status").verdict == 0, "status stays no "
                     "after a good snapshot")


def snapshot_runs(d):
    with open("/proc/%d/task/%d/children" % (d.process.pid,
                                             d.process.pid)) as f:
        return f.read().strip() != ""


def stopping(d, failing):
    """SIGTERM while nothing can be stored: it ends, and not with 0."""
    s = rig.Shopper(d, "stopping")
    time.sleep(0.2)
    failing.arm(1, 0, errno.ENOSPC)
    rig.wait_for(lambda: not d.one("status")["log"]["storing"],
                 "a full disk is not noticed")
    status = d.stop(40)
    failing.disarm()
    s.drop()
    rig.check(status == 1, "exit status %d after SIGTERM on a failing disk, "
              "must be 1" % status)
    d.start()
    check_all_there(d, s.acknowledged(), "after a stop on a failing disk")
    d.check_digest()
    d.stop()


# ---- files that cannot be written -------------------------------------------

def read_only(args, scratch):
    if os.getuid() != 0:
        print("read-only files: as user %d" % os.getuid())
    state = os.path.join(scratch, "read-only")
    d = rig.Daemon(args, scratch, "read-only", CONFIG)
    d.start()
    d.ask("events import", rig.event("e-1") + b"\n")
    rig.check(d.stop() == 0, "exit status after SIGTERM")
    os.chmod(scratch, 0o755)
    run = d.command()
    for what, path, mode in (("file", state + "/liftd.db", 0o444),
                             ("directory", state, 0o555)):
        shutil.copytree(state, state + ".copy", dirs_exist_ok=True)
        for name in [""] + os.listdir(state):
            if os.getuid() == 0:
                os.chown(os.path.join(state, name), 65534, 65534)
        before = os.stat(path).st_mode
        os.chmod(path, mode)
        try:
            p = subprocess.run(run, capture_output=True, text=True, timeout=30,
                               **({"user": 65534, "group": 65534}
                                  if os.getuid() == 0 else {}))
        except subprocess.TimeoutExpired as e:
            raise rig.Fault("liftd runs on a read-only %s: %s" %
                            (what, e.stderr))
        except PermissionError as e:
            print("read-only files: skipped, user 65534 cannot run the build: "
                  "%s" % e)
            return
        os.chmod(path, before)
        said = p.stderr.strip().splitlines()[-1]
        rig.check(p.returncode == 1 and state in said, "on a read-only %s: "
                  "status %d, %s" % (what, p.returncode, p.stderr))
        print("read-only %s: status 1, \"%s\"" % (what, said))
    for name in [""] + os.listdir(state):
        if os.getuid() == 0:
            os.chown(os.path.join(state, name), 0, 0)
    d.start()
    check_all_there(d, ["e-1"], "after read-only files")


def test(args, scratch):
    real_disk(args, scratch)
    read_only(args, scratch)
    nth_write(args, scratch, "process")
    nth_write(args, scratch, "power")


if __name__ == "__main__":
    a = rig.arguments(__doc__, rounds=(24, "the highest n, per kind of error"))
    sys.exit(rig.main("full_disk", test, a))
