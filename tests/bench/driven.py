"""What the benches share that drive the daemon from outside: they build on the
rig of the fault tests, and print the machine, absolute figures, and ratios
against a floor that is measured in the same run. Nothing passes or fails on a
time."""
import json
import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "fault"))
import rig  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def machine():
    model = "unknown"
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = int(open("/proc/meminfo").readline().split()[1]) >> 20
    load = open("/proc/loadavg").read().split()[0]
    return "%s, %d cores, %d GB, load %s" % (model, os.cpu_count(), memory,
                                             load)


class Bench:
    """A scratch directory, the machine's name, and the two helpers in C."""

    def __init__(self, name, args, scratch):
        self.args, self.scratch = args, scratch
        print("%s: %s" % (name, machine()), flush=True)

    def helper(self, name, *libraries):
        """The program, as make built it, or built here."""
        path = os.path.join(self.args.build, "tests/bench", name)
        if os.path.exists(path):
            return path
        path = os.path.join(self.scratch, name)
        if not os.path.exists(path):
            subprocess.run(shlex.split(os.environ.get("CC", "cc")) + [
                "-std=gnu11", "-O2", "-o", path,
                os.path.join(HERE, name + ".c")] + list(libraries),
                check=True)
        return path

    def flood(self, d, *arguments, wait=True):
        command = [self.helper("flood", "-lpthread"), d.control] + [
            str(a) for a in arguments]
        p = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        return answer(p) if wait else p

    def bare(self, *arguments):
        return answer(subprocess.Popen(
            [self.helper("bare", "-lsqlite3")] + list(arguments),
            stdout=subprocess.PIPE, text=True))


def answer(process):
    out = process.communicate()[0]
    rig.check(process.returncode == 0, "a helper failed: %s" % out)
    return json.loads(out)


def run(name, bench, args):
    return rig.main(name, lambda a, s: bench(Bench(name, a, s)), args)
