#!/usr/bin/env python3
"""A backfill with live events beside it: the live ones are acknowledged, wait,
and are folded when it ends. Killed in the middle it can be sent again, and
everything is there once. And the same history in another order, inside the
bound, gives the same windowed effects, ids included."""
import json
import random
import sys
import time

import rig

CONFIG = "disorder: 10s\n"
DAY = 86400


def history(count, label, start, span=600, jitter=8.0, seed=1):
    """Events over SPAN seconds, each at most JITTER seconds late."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        t = int(start + span * i / count) + rng.random()
        rows.append((t, rig.event("%s-%d" % (label, i), t, 60, rng)))
    order = random.Random(random.random())
    rows.sort(key=lambda r: r[0] + order.random() * jitter)
    return [r[1] for r in rows]


def tallies(d):
    d.clear()
    db = rig.database(d.state + "/liftd.db")
    found = db.execute("SELECT id, time, key, body FROM effects WHERE topic="
                       "'tally'").fetchall()
    db.close()
    return sorted(found)


def counted(d):
    db = rig.database(d.state + "/liftd.db")
    found = db.execute("SELECT body FROM effects WHERE topic='tally'")
    n = sum(json.loads(body)["count"] for body, in found)
    db.close()
    return n


def live_tally(d):
    return d.ask("@jsonl tally show LIVE").rows()


def live_event(ident):
    return rig.event(ident, product="LIVE", type="view")


def end_of_import(client):
    client.socket.sendall(b"0\n")
    r = client.reply()
    client.close()
    return r


def begin(d, lines, name="history"):
    """A backfill that stays open."""
    c = d.client()
    c.send("@jsonl events import --source %s --backfill" % name)
    block = b"".join(l + b"\n" for l in lines)
    if lines:
        c.socket.sendall(b"%d\n" % len(block) + block)
    return c


def wait_committed(d, ids, what):
    rig.wait_for(lambda: set(ids) <= {e["id"] for e in d.export()},
                 "%s never came into the log" % what)


def beside(args, scratch):
    d = rig.Daemon(args, scratch, "beside", CONFIG)
    d.start()
    rig.check(d.ask("events import", live_event("l-0") + b"\n").ok, "live")
    lines = history(6000, "h", time.time() - 30 * DAY)
    c = begin(d, lines[:3000])
    wait_committed(d, ["h-0"], "the backfill")
    r = d.ask("events import --source other --backfill", lines[0] + b"\n")
    rig.check("one" in r.error, "a second backfill was taken: %s" % r)
    live = b"".join(live_event("l-%d" % i) + b"\n" for i in range(1, 501))
    began = time.time()
    r = d.ask("@jsonl events import --source web", live)
    took = time.time() - began
    rig.check(r.ok and r.rows()[-1]["stored"] == 500, "live events beside a "
              "backfill: %s" % r)
    rig.check(sum(w["count"] for w in live_tally(d)) == 1, "live events were "
              "folded while a backfill ran: %s" % live_tally(d))
    # A second sender of the same ids hears that they are known.
    r = d.ask("@jsonl events import --source web", live)
    rig.check(r.rows()[-1]["known"] == 500, "waiting events are not known: "
              "%s" % r)
    block = b"".join(l + b"\n" for l in lines[3000:])
    c.socket.sendall(b"%d\n" % len(block) + block)
    r = end_of_import(c)
    rig.check(r.ok and r.verdict == 0 and r.rows()[-1]["stored"] == 6000,
              "the backfill ends with %s" % r)
    rig.wait_for(lambda: sum(w["count"] for w in live_tally(d)) == 501,
                 "live events are not folded after the backfill: %s" %
                 live_tally(d))
    seq = d.check_digest()
    print("live beside a backfill: 500 acknowledged in %.3f s, folded after "
          "it; digest good at entry %d" % (took, seq))
    # A snapshot while events wait holds them too.
    c = begin(d, history(500, "i", time.time() - 20 * DAY), "again")
    wait_committed(d, ["i-0"], "the second backfill")
    more = b"".join(live_event("m-%d" % i) + b"\n" for i in range(200))
    rig.check(d.ask("events import --source web", more).ok, "live")
    d.ask("snapshot now")
    rig.wait_for(lambda: "snapshot: holds" in d.log(), "no snapshot")
    d.kill()
    c.close()
    d.start()
    rig.wait_for(lambda: sum(w["count"] for w in live_tally(d)) == 701,
                 "what waited is not folded after a kill: %s" % live_tally(d))
    d.check_digest()
    d.kill()


def killed(args, scratch, rounds):
    d = rig.Daemon(args, scratch, "killed", CONFIG)
    d.start()
    lines = history(20000, "k", time.time() - 30 * DAY)
    acked = []
    for n in range(rounds):
        c = begin(d, [])
        live = rig.Shopper(d, "live-%d" % n, pace=0.005,
                           make=lambda i: live_event(i))
        block = b"".join(l + b"\n" for l in lines)
        c.socket.settimeout(0.02)
        at, until = 0, time.time() + 0.05 + random.random() * 0.3
        c.socket.sendall(b"%d\n" % len(block))
        while at < len(block) and time.time() < until:
            try:
                at += c.socket.send(block[at:at + 20000])
            except OSError:
                pass
            time.sleep(random.random() * 0.005)
        if n % 2:
            d.ask("snapshot now")
        d.kill()
        live.drop()
        c.close()
        acked += live.acknowledged()
        d.start()
        d.check_digest()
        there = [e["id"] for e in d.export()]
        rig.check(len(there) == len(set(there)), "an id is there twice")
        rig.check(set(acked) <= set(there), "%d acknowledged live events are "
                  "lost" % len(set(acked) - set(there)))
    before = len([1 for i in there if i.startswith("k-")])
    rig.check(0 < before, "nothing of the backfill was stored")
    r = end_of_import(begin(d, lines))
    last = r.rows()[-1]
    rig.check(r.ok and last["known"] == before and
              last["stored"] == 20000 - before, "sent again after %d were "
              "stored: %s" % (before, last))
    there = [e["id"] for e in d.export()]
    rig.check(len(there) == len(set(there)) and
              len([1 for i in there if i.startswith("k-")]) == 20000,
              "the history is not there once")
    live = len([1 for i in there if i.startswith("live-")])
    rig.wait_for(lambda: sum(w["count"] for w in live_tally(d)) == live,
                 "not all of %d live events are folded: %s" % (
                     live, live_tally(d)))
    d.check_digest()
    d.kill()
    print("killed %d times in the middle: %d of 20000 were stored, the rest "
          "when it was sent again; %d live events folded" % (
              rounds, before, live))


def permuted(args, scratch, rounds):
    start = time.time() - 30 * DAY
    wanted = None
    for n in range(rounds):
        d = rig.Daemon(args, scratch, "permuted-%d" % n, CONFIG)
        d.start()
        lines = history(20000, "p", start, jitter=8.0 if n else 0.0)
        r = end_of_import(begin(d, lines))
        rig.check(r.ok and r.rows()[-1]["stored"] == 20000, "import: %s" % r)
        rig.wait_for(lambda: rig.database(d.state + "/liftd.db").execute(
            "SELECT count(*) FROM effects").fetchone()[0] > 10000,
            "no tallies after a backfill")
        # Its last windows are told while time goes on, second by second.
        sold = sum(1 for l in lines if json.loads(l).get("product"))
        rig.wait_for(lambda: counted(d) == sold, "the tallies do not add up",
                     40)
        d.check_digest()
        found = tallies(d)
        if wanted is None:
            wanted = found
        rig.check(found == wanted, "in another order there are %d tallies, "
                  "must be %d; the first that differs: %s" % (
                      len(found), len(wanted),
                      [p for p in zip(found, wanted) if p[0] != p[1]][:1]))
    print("the same history in %d orders: the same %d tallies, ids included" %
          (rounds, len(wanted)))


def test(args, scratch):
    beside(args, scratch)
    killed(args, scratch, args.rounds)
    permuted(args, scratch, max(2, args.rounds // 2))


if __name__ == "__main__":
    a = rig.arguments(__doc__, rounds=(4, "how often to kill"))
    sys.exit(rig.main("backfill", test, a))
