#!/usr/bin/env python3
"""Memory of the idle daemon with tally loaded: PSS from smaps_rollup, and what
it is made of. Floor: `sleep`, a program that does nothing."""
import subprocess
import sys
import time

import driven
from driven import rig


def rollup(pid):
    found = {}
    for line in open("/proc/%d/smaps_rollup" % pid):
        parts = line.split()
        if len(parts) == 3 and parts[2] == "kB":
            found[parts[0].rstrip(":")] = int(parts[1]) / 1024
    return found


def memory(b):
    d = rig.Daemon(b.args, b.scratch, "idle")
    d.start()
    time.sleep(b.args.seconds)
    m = rollup(d.process.pid)
    p = subprocess.Popen(["sleep", "30"])
    time.sleep(0.2)
    floor = rollup(p.pid)
    p.kill()
    p.wait()
    print("memory: idle with tally, PSS %.1f MB (anonymous %.1f, files %.1f), "
          "RSS %.1f MB; %.0f times `sleep` with %.2f MB" % (
              m["Pss"], m["Pss_Anon"], m["Pss_File"], m["Rss"],
              m["Pss"] / floor["Pss"], floor["Pss"]))


if __name__ == "__main__":
    a = rig.arguments(__doc__, seconds=(3.0, "idle before it is looked at"))
    sys.exit(driven.run("memory", memory, a))
