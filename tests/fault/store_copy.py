#!/usr/bin/env python3
"""A live installation moves to PostgreSQL and back under load. Whoever is in
the middle of an import when the gate is shut is refused, to send it again, and
does so after the restart. No acknowledged event is missing, none is there
twice, shoppers who were forgotten in between are in neither store, and the
snapshot written at the stop fits the new store."""
import os
import sys

import rig
from kill_nine import check_ids
from postgres import CONFIG, Cluster

# But for the store the settings stay: the fold goes by them.
HERE = "".join(CONFIG.splitlines(True)[2:])


def copy(d, to, *more):
    return d.ask(" ".join(["@jsonl store copy --to \"%s\"" % to, *more]),
                 timeout=120)


def load(d, label):
    return [rig.Shopper(d, "%s-%d" % (label, i), (), 0.002) for i in range(3)]


def send_again(d, shoppers):
    """What was not acknowledged is sent once more, as a client would."""
    ids = []
    for s in shoppers:
        rest = s.sent[s.acked:]
        r = d.ask("@jsonl events import --source %s" % s.label,
                  b"".join(rig.event(i) + b"\n" for i in rest))
        rig.check(r.ok, "the import of what was refused fails: %s" % r.error)
        ids += s.sent
    return ids


def forget(d, name):
    r = d.ask("@jsonl shoppers forget --shopper %s" % name)
    rig.check(r.ok, "shoppers forget fails: %s" % r.error)


def move(d, to, config, label, known, forgotten):
    """One move, from the first copy to the start on the new store."""
    shoppers = load(d, label)
    rig.wait_for(lambda: all(s.acked > 2000 for s in shoppers), "no load")
    d.ask("snapshot now")
    r = copy(d, to)
    rig.check(r.ok and r.rows()[-1]["state"] == "level", "copy: %s" % r)
    rig.check("--finish" in r.rows()[-1]["next"], "what next? %s" % r)
    forget(d, forgotten)
    r = copy(d, to, "--finish true")
    rig.check(r.ok and r.rows()[-1]["state"] == "finished", "finish: %s" % r)
    last = r.rows()[-1]["last"]
    rig.check(d.process.wait(30) == 0, "liftd does not stop in order")
    for s in shoppers:
        s.drop()
    acked = [i for s in shoppers for i in s.acknowledged()]
    refused = [s for s in shoppers if s.reply and "nothing can be stored now: "
               "liftd moves" in s.reply.error]
    rig.check(refused, "nobody was refused: was this no load? %s" %
              [s.reply for s in shoppers])
    d.set_config(config)
    before = len(d.log())
    d.start()
    rig.check("folded" not in d.log()[before:], "the snapshot does not fit: "
              "%s" % d.log()[before:])
    there = check_ids(d, known + acked, "after the move")
    everything = send_again(d, shoppers)
    check_ids(d, everything, "after sending again")
    print("%s: %d acknowledged, %d in the log, moved at entry %d" %
          (label, len(acked), len(there), last), flush=True)
    return known + everything


def refusals(d, c, scratch):
    """What is no place for a copy."""
    r = copy(d, d.state)
    rig.check("is the store in use" in r.error, "the store itself: %s" % r)
    r = copy(d, "nonsense")
    rig.check("to must be a DSN" in r.error, "nonsense: %s" % r)
    r = copy(d, "host=%s user=liftd dbname=nowhere" % c.where)
    rig.check("there is no database 'nowhere'" in r.error, "%s" % r)
    other = rig.Daemon(d.args, scratch, "other")
    other.start()
    other.ask("@jsonl events import", rig.event("elsewhere") + b"\n")
    r = copy(d, other.state)
    rig.check("already runs on" in r.error, "a store in use: %s" % r)
    other.stop()
    r = copy(d, other.state)
    rig.check("another log" in r.error, "another log: %s" % r)
    rig.check(d.one("status")["state"] == "running", "liftd suffers")


def hang_up(d, to):
    """Whoever hangs up ends the copy, and the gate is open afterwards."""
    client = d.client()
    client.send("@jsonl store copy --to \"%s\"" % to)
    client.close()

    def again():
        r = copy(d, to)
        return r.ok or ("already" not in r.error and rig.check(
            False, "copy: %s" % r.error))
    rig.wait_for(again, "the copy of before never ends")


def test(args, scratch):
    os.chmod(scratch, 0o755)
    c = Cluster(os.path.join(scratch, "cluster"))
    try:
        c.sql("CREATE ROLE shop LOGIN", "CREATE DATABASE shop OWNER shop")
        dsn = os.path.join(scratch, "dsn")
        with open(dsn, "w") as f:
            f.write(c.dsn() + "\n")
        d = rig.Daemon(args, scratch, config=HERE)
        d.start()
        r = d.ask("@jsonl events import", b"".join(
            rig.event("first-%d" % i, shopper="once-%d" % (i % 20)) + b"\n"
            for i in range(1000)))
        rig.check(r.ok, "import: %s" % r)
        refusals(d, c, scratch)
        hang_up(d, c.dsn())
        known = move(d, c.dsn(), CONFIG % (dsn, "process"), "there", [],
                     "once-7")
        named = c.sql("SELECT string_agg(id, ' ' ORDER BY id) FROM shoppers "
                      "WHERE id LIKE 'once-%'", database="shop").split()
        rig.check("once-7" not in named and len(named) == 19,
                  "the copy has the shoppers %s" % named)
        known = move(d, d.state, HERE, "back", known, "once-8")
        d.check_digest()
        check_ids(d, known, "at the end")
        d.stop()
        status, said = d.offline("store-check")
        rig.check(status == 0, "store-check: %s" % said)
    finally:
        for d in rig.Daemon.all:
            d.clear()
        c.run("remove")


if __name__ == "__main__":
    a = rig.arguments(__doc__)
    sys.exit(rig.main("store_copy", test, a))
