#!/usr/bin/env python3
"""The HTTP door under load, with the sender on the other core (hammer.c).
Floors: libevent's own HTTP server that answers a constant (responder.c), for
single events; a bare loop of prepared inserts of the same rows (bare.c), for
batches. Then reads while events come in at half of what was reached."""
import os
import subprocess
import sys
import time

import driven
from driven import rig


def hammer(b, port, *words):
    command = [b.helper("hammer"), str(port)] + [str(w) for w in words]
    return driven.answer(subprocess.Popen(command, stdout=subprocess.PIPE,
                                          text=True))


def responder(b):
    p = subprocess.Popen([b.helper("responder", "-levent")],
                         stdout=subprocess.PIPE, text=True)
    return p, int(p.stdout.readline())


def daemon(b, name):
    d = rig.Daemon(b.args, b.scratch, name, listen="127.0.0.1:0")
    d.start()
    while " listen=" not in d.log():
        time.sleep(0.01)
    return d


def single(b, seconds):
    """One event a request, 64 connections: in turns with the floor."""
    floor, port = responder(b)
    d = daemon(b, "single")
    ours, bare = [], []
    try:
        for n in range(b.args.rounds):
            bare.append(hammer(b, port, "post", 64, seconds, 1, "f%d" % n))
            ours.append(hammer(b, d.port(), "post", 64, seconds, 1,
                               "s%d" % n))
            rig.check(ours[-1]["bad"] == 0, "an answer was not 200")
    finally:
        floor.kill()
        floor.wait()
    d.kill()
    best = max(ours, key=lambda r: r["rate"])
    top = max(bare, key=lambda r: r["rate"])
    print("single: %.0f durable events/s in requests of one over 64 "
          "connections, %.2f of the constant responder's %.0f; p50 %.2f ms, "
          "p99 %.2f ms, longest %.1f ms (responder p99 %.2f ms)" % (
              best["rate"], best["rate"] / top["rate"], top["rate"],
              best["p50_ms"], min(r["p99_ms"] for r in ours),
              best["longest_ms"], top["p99_ms"]), flush=True)


def batches(b, seconds):
    rates, floors = [], []
    for n in range(b.args.rounds):
        d = daemon(b, "batch-%d" % n)
        r = hammer(b, d.port(), "post", 16, seconds, 500, "b")
        rig.check(r["bad"] == 0, "an answer was not 200")
        d.kill()
        f = b.bare("insert", d.state + "/liftd.db",
                   os.path.join(b.scratch, "bare-%d.db" % n))
        os.unlink(os.path.join(b.scratch, "bare-%d.db" % n))
        os.unlink(d.state + "/liftd.db")
        rates.append(r["events_rate"])
        floors.append(f["rate"])
    print("batches: %.0f durable events/s in lines of 500, %.2f of the bare "
          "insert loop's %.0f rows/s" % (max(rates), max(rates) / max(floors),
                                         max(floors)), flush=True)
    return max(rates)


def reads(b, seconds, limit):
    d = daemon(b, "reads")
    load = subprocess.Popen(
        [b.helper("hammer"), str(d.port()), "post", "16", str(seconds + 1),
         "500", "r", str(limit / 2 / 500)], stdout=subprocess.PIPE, text=True)
    time.sleep(0.5)
    r = hammer(b, d.port(), "get", 4, seconds, b.args.path, 200)
    rig.check(r["bad"] == 0, "an answer was not 200")
    w = driven.answer(load)
    d.kill()
    print("reads: GET %s while %.0f events/s come in: p50 %.2f ms, p99 %.2f "
          "ms, longest %.1f ms" % (b.args.path, w["events_rate"],
                                   r["p50_ms"], r["p99_ms"],
                                   r["longest_ms"]), flush=True)


def web(b):
    single(b, b.args.seconds)
    limit = batches(b, b.args.seconds)
    reads(b, b.args.seconds, limit)


if __name__ == "__main__":
    a = rig.arguments(__doc__, seconds=(4, "seconds a measurement"),
                      rounds=(3, "rounds; the best counts"),
                      path=("/promotions", "what is read"))
    sys.exit(driven.run("web", web, a))
