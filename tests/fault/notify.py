#!/usr/bin/env python3
"""A stand-in for systemd's notify socket, by path and abstract: READY=1 after
the start and not before, RELOADING=1 with the monotonic time and READY=1 again
on SIGHUP with good and with broken rules, WATCHDOG=1 at half of WATCHDOG_USEC,
STOPPING=1 on SIGTERM, exit status 0 and a snapshot that holds everything."""
import os
import re
import signal
import socket
import sys
import time

import rig

WATCHDOG_USEC = 600000


class Systemd:
    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name[0] == "@" else name)
        self.heard = []

    def hear(self, seconds):
        until = time.time() + seconds
        while (left := until - time.time()) > 0:
            self.socket.settimeout(left)
            try:
                text = self.socket.recv(4096).decode()
                self.heard.append((time.monotonic(), text))
            except socket.timeout:
                break

    def wait(self, line, timeout=20):
        """The message that has this line, passing over the others."""
        until = time.time() + timeout
        seen = 0
        while time.time() < until:
            self.hear(0.05)
            for at, text in self.heard[seen:]:
                seen += 1
                if line in text.split("\n"):
                    self.heard = self.heard[seen:]
                    return at, text
        raise rig.Fault("no %s was sent within %d s, heard: %s" %
                        (line, timeout, [t for _, t in self.heard]))


def reload(d, systemd, what):
    before = time.monotonic()
    systemd.hear(0)
    d.signal(signal.SIGHUP)
    at, text = systemd.wait("RELOADING=1")
    m = re.search(r"^MONOTONIC_USEC=(\d+)$", text, re.M)
    rig.check(m, "RELOADING=1 without MONOTONIC_USEC: %r" % text)
    usec = int(m.group(1)) / 1e6
    rig.check(before - 0.001 <= usec <= at + 0.001, "MONOTONIC_USEC is %f, "
              "must lie between %f and %f" % (usec, before, at))
    _, text = systemd.wait("READY=1")
    status = re.search(r"^STATUS=(.*)$", text, re.M)
    rig.check(status, "READY=1 without STATUS: %r" % text)
    rig.check(("rejected" in status.group(1)) == (what == "broken"),
              "after %s rules STATUS is %r" % (what, status.group(1)))


def watchdog(systemd, seconds):
    systemd.hear(0.05)
    systemd.heard = []
    systemd.hear(seconds)
    beats = [at for at, text in systemd.heard if "WATCHDOG=1" in text]
    half = WATCHDOG_USEC / 2e6
    rig.check(len(beats) >= seconds / half - 2, "%d WATCHDOG=1 in %.1f s, "
              "must be one each %.2f s" % (len(beats), seconds, half))
    gaps = [b - a for a, b in zip(beats, beats[1:])]
    rig.check(max(gaps) < WATCHDOG_USEC / 1e6, "%.2f s between two "
              "WATCHDOG=1, systemd would have killed it" % max(gaps))
    return max(gaps)


def life(args, scratch, label, name):
    systemd = Systemd(name)
    d = rig.Daemon(args, scratch, label, env={
        "NOTIFY_SOCKET": name, "WATCHDOG_USEC": str(WATCHDOG_USEC)})
    d.spawn()
    systemd.wait("READY=1")
    rig.check(d.ask("status").ok, "READY=1 came before it answers")
    s = rig.Shopper(d, "s")
    reload(d, systemd, "good")
    d.write_rules("hooks: [ { name: x } ]\n")
    reload(d, systemd, "broken")
    d.write_rules(rig.RULES % (1, 1))
    reload(d, systemd, "good")
    gap = watchdog(systemd, args.seconds)
    reply = s.finish()
    rig.check(reply.ok, "the import failed: %s" % reply)
    seq = d.one("digest")["seq"]
    d.process.terminate()
    systemd.wait("STOPPING=1")
    status = d.process.wait(30)
    rig.check(status == 0, "exit status %d after SIGTERM" % status)
    snapshots = sorted(n for n in os.listdir(d.state) if n.endswith(".lift"))
    rig.check(snapshots and int(re.findall(r"\d+", snapshots[-1])[0]) >= seq,
              "after SIGTERM the snapshots are %s, one must hold entry %d" %
              (snapshots, seq))
    before = len(d.log())
    d.spawn()
    systemd.wait("READY=1")
    folded = re.findall(r"folded (\d+)", d.log()[before:])
    rig.check(not folded, "a start after SIGTERM folded %s entries" % folded)
    d.check_digest()
    d.kill()
    systemd.socket.close()
    print("%s socket: ready, 3 reloads, longest beat %.2f s of %.2f s "
          "allowed, stopped with a snapshot of entry %d" % (
              label, gap, WATCHDOG_USEC / 1e6, seq))


def nobody(args, scratch):
    """No socket, one that is gone, one that nobody reads: it runs."""
    full = Systemd(os.path.join(scratch, "full"))
    for name in ("", "relative", os.path.join(scratch, "gone"), "@gone",
                 "/" + "x" * 200, full.name):
        d = rig.Daemon(args, scratch, "nobody", env={
            "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000"})
        d.start()
        time.sleep(0.5 if name == full.name else 0.1)
        rig.check(d.ask("status", timeout=10).ok, "no answer with "
                  "NOTIFY_SOCKET=%s" % name)
        rig.check(d.stop() == 0, "exit status with NOTIFY_SOCKET=%s" % name)


def test(args, scratch):
    life(args, scratch, "path", os.path.join(scratch, "notify"))
    life(args, scratch, "abstract", "@liftd-notify-%d" % os.getpid())
    nobody(args, scratch)


if __name__ == "__main__":
    a = rig.arguments(__doc__, seconds=(2.0, "how long to watch the watchdog"))
    sys.exit(rig.main("notify", test, a))
