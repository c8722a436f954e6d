#!/usr/bin/env python3
"""Snapshots by the scribe. What it writes is what the daemon has, also when
liftd.yaml was edited since and rule files are broken; two at once are refused; a
damaged newest snapshot and none at all are no obstacle; killed in the middle it
leaves nothing that matters; it dies with the daemon, and a daemon that stops
does not wait for it; it keeps no socket open; with a plugin's file replaced it
is not even started, and status says so."""
import os
import shutil
import signal
import sys
import time

import rig

CONFIG = "disorder: 300ms\nidle_source: 1s\nsnapshots: { every: 1d }\n"


def fill(d, name, count):
    """So many events, acknowledged; they make a tail to be folded."""
    c = d.client()
    block = b"".join(rig.event("%s-%d" % (name, i)) + b"\n"
                     for i in range(count))
    r = c.ask("events import --source %s" % name, block)
    c.close()
    rig.check(r.ok, "an import fails: %s" % r.error)


def scribe(d):
    with open("/proc/%d/task/%d/children" % (d.process.pid,
                                             d.process.pid)) as f:
        pids = f.read().split()
    return int(pids[0]) if pids else 0


def snapshots(d):
    return sorted(n for n in os.listdir(d.state) if n.endswith(".lift"))


def made(d):
    """A snapshot that is waited for; its seq."""
    before = d.log().count("snapshot: ")
    r = d.ask("snapshot now")
    rig.check(r.ok, "no snapshot was begun: %s" % r.error)
    rig.wait_for(lambda: not scribe(d) and
                 d.log().count("snapshot: ") > before,
                 "a snapshot never ends", 120)
    s = d.one("status")
    rig.check(not s["complaints"], "a snapshot failed: %s" % s["complaints"])
    return s["log"]["snapshot"]


def is_gone(pid):
    try:
        return open("/proc/%d/stat" % pid).read().split()[2] in "ZX"
    except OSError:
        return True


def is_at_work(pid):
    """It has its name, and before that it has asked to die with liftd."""
    try:
        return open("/proc/%d/comm" % pid).read().strip() == "liftd-scribe"
    except OSError:
        return False


def held(d):
    """A scribe that is stopped in the middle of its work."""
    for n in range(20):
        rig.check(d.ask("snapshot now").ok, "no snapshot was begun")
        pid = scribe(d)
        if pid:
            rig.wait_for(lambda: is_at_work(pid) or is_gone(pid),
                         "a scribe never begins")
        if pid and not is_gone(pid):
            os.kill(pid, signal.SIGSTOP)
            if not is_gone(pid):
                return pid
        rig.wait_for(lambda: not scribe(d), "a snapshot never ends", 120)
        fill(d, "more-%d-%f" % (n, time.time()), 20000)
    raise rig.Fault("no scribe was at work when it was looked for")


def check_start(d, seq, when):
    """kill -9; a start takes the snapshot of SEQ; the digest is the log's."""
    before = len(d.log())
    d.kill()
    d.start()
    s = d.one("status")
    rig.check(s["log"]["snapshot"] == seq, "%s: the start took the snapshot "
              "of %d, not of %d" % (when, s["log"]["snapshot"], seq))
    rig.check("another digest" not in d.log()[before:], "%s: the snapshot's "
              "digest is not that of its state" % when)
    d.check_digest()


def same_as_the_daemon(d):
    fill(d, "a", 5000)
    seq = made(d)
    check_start(d, seq, "first snapshot")
    rig.check(d.ask("promotions put P-1 --name x --products SKU-1").code
              is not None, "no answer")
    fill(d, "b", 5000)
    # Another clock of windows, other ids: from the next start on.
    d.set_config("disorder: 5s\ndedupe: { ids: 1024 }\n")
    d.write_rules("this is : no : rule file\n")
    seq = made(d)
    d.set_config(CONFIG)
    d.write_rules(rig.RULES % (1, 1))
    check_start(d, seq, "with liftd.yaml and rules edited")
    again = made(d)
    rig.check(again >= seq, "snapshots go backwards")


def twice_at_once(d):
    pid = held(d)
    r = d.ask("snapshot now")
    rig.check(r.code == 3 and "already" in r.error, "two at once: %s" % r)
    links = [os.readlink("/proc/%d/fd/%s" % (pid, n))
             for n in os.listdir("/proc/%d/fd" % pid)]
    rig.check(not any("socket" in l for l in links), "it has a socket open: "
              "%s" % links)
    os.kill(pid, signal.SIGCONT)
    rig.wait_for(lambda: not scribe(d), "a snapshot never ends", 120)


def damaged_and_missing(d):
    fill(d, "c", 2000)
    made(d)
    older, newest = snapshots(d)[-2:]
    newest = os.path.join(d.state, newest)
    with open(newest, "r+b") as f:
        f.seek(os.path.getsize(newest) // 2)
        byte = f.read(1)
        f.seek(-1, 1)
        f.write(bytes([byte[0] ^ 0x5a]))
    fill(d, "d", 2000)
    seq = made(d)
    rig.check("is damaged" in d.log(), "the damage is not said")
    rig.check(older in snapshots(d), "the one that it began with is gone")
    check_start(d, seq, "after a damaged one")
    for name in snapshots(d):
        os.unlink(os.path.join(d.state, name))
    fill(d, "e", 2000)
    check_start(d, made(d), "after all were lost")


def killed(d):
    fill(d, "f", 5000)
    before = snapshots(d)
    pid = held(d)
    os.kill(pid, signal.SIGKILL)
    rig.wait_for(lambda: d.ask("status").verdict == 1, "a killed scribe is "
                 "not in status")
    said = d.one("status")["complaints"]
    rig.check("signal 9" in said[0] and "snapshot now" in said[0],
              "status says: %s" % said)
    rig.check(set(before) <= set(snapshots(d)), "the older ones are gone")
    open(os.path.join(d.state, "snapshot-%020d.lift.new" % 1), "w").close()
    seq = made(d)
    rig.check(not [n for n in os.listdir(d.state) if n.endswith(".new")],
              "what a dead writer left is kept")
    check_start(d, seq, "after a killed scribe")


def daemon_ends(d):
    fill(d, "g", 5000)
    pid = held(d)
    d.kill()
    rig.wait_for(lambda: is_gone(pid), "the scribe outlives liftd")
    d.start()
    d.check_digest()
    # Held before it could ask to die: it looks for liftd, and finds none.
    fill(d, "gg", 5000)
    rig.check(d.ask("snapshot now").ok, "no snapshot was begun")
    pid = scribe(d)
    if pid:
        os.kill(pid, signal.SIGSTOP)
        d.kill()
        if not is_gone(pid):
            os.kill(pid, signal.SIGCONT)
        rig.wait_for(lambda: is_gone(pid), "the scribe goes on without liftd")
        d.start()
    d.check_digest()
    fill(d, "h", 5000)
    pid = held(d)
    rig.check(d.stop(30) == 0, "exit status after SIGTERM")
    rig.check(is_gone(pid), "the scribe outlives a stop")
    d.start()
    d.check_digest()


def offline(d):
    code, said = d.offline("snapshot")
    rig.check(code == 1 and "already runs" in said, "beside a daemon: %d %s" %
              (code, said))
    fill(d, "i", 2000)
    d.kill()
    code, said = d.offline("snapshot")
    rig.check(code == 0 and said.startswith("OK: "), "offline: %d %s" %
              (code, said))
    seq = int(said.splitlines()[0].split()[-1])
    d.start()
    check_start(d, seq, "made offline")


def plugin_replaced(d):
    place = os.path.join(d.plugins, "tally.so")
    shutil.copy(place, place + ".new")
    os.rename(place + ".new", place)
    fill(d, "j", 100)
    r = d.ask("snapshot now")
    rig.check("\"tally\" has changed" in r.error and "restart" in r.error,
              "with another file of a plugin: %s" % r)
    said = d.one("status")["complaints"]
    rig.check(said and "\"tally\" has changed" in said[0], "status says: %s" %
              said)
    fill(d, "k", 100)
    rig.check(d.stop() == 0, "exit status after SIGTERM")
    d.start()
    check_start(d, made(d), "after the restart")


def test(args, scratch):
    d = rig.Daemon(args, scratch, config=CONFIG)
    d.plugins = os.path.join(scratch, "plugins")
    os.makedirs(d.plugins)
    shutil.copy(os.path.join(args.build, "tests/plugins/.libs/tally.so"),
                d.plugins)
    d.start()
    for part in (same_as_the_daemon, twice_at_once, damaged_and_missing,
                 killed, daemon_ends, offline, plugin_replaced):
        part(d)
        print("  %s: %d entries" % (part.__name__,
                                    d.one("status")["log"]["seq"]),
              flush=True)
    d.check_digest()
    rig.check(d.stop() == 0, "exit status after SIGTERM")


if __name__ == "__main__":
    sys.exit(rig.main("scribe", test, rig.arguments(__doc__)))
