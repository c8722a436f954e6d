#!/usr/bin/env python3
"""kill -9 at a random moment under load, again and again. After each restart
every acknowledged event is in the log once, no id is there twice, and the state
has the digest of the log folded from its first entry. At the end the tallies
that were emitted are what the events in the log add up to: effects come exactly
once, whatever was killed."""
import collections
import datetime
import random
import signal
import sys
import time

import rig

CONFIG = "disorder: 300ms\nidle_source: 1s\n"


def disturb(d):
    """Now and then a snapshot, a reload with other rules, a look."""
    what = random.randrange(6)
    try:
        if what == 0:
            d.ask("snapshot now", timeout=5)
        elif what == 1:
            d.write_rules(rig.RULES % (random.randrange(1000),
                                       random.randrange(100)))
            d.ask("rules reload", timeout=5)
        elif what == 2:
            d.signal(signal.SIGHUP)
    except (OSError, ConnectionError):
        pass


def one_round(d, number, known, pace):
    shoppers = [rig.Shopper(d, "r%d-%d" % (number, i), known, pace)
                for i in range(4)]
    until = time.time() + random.random() * 0.8
    while time.time() < until:
        disturb(d)
        time.sleep(random.random() * 0.05)
    d.kill()
    for s in shoppers:
        s.drop()
    return shoppers


def check_ids(d, acked, what, from_seq=0):
    there = collections.Counter(e["id"] for e in d.export(from_seq))
    twice = [i for i, n in there.items() if n > 1]
    rig.check(not twice, "%s: %d ids are there twice, such as %s" %
              (what, len(twice), twice[:3]))
    lost = [i for i in acked if i not in there]
    rig.check(not lost, "%s: %d acknowledged events are lost, such as %s" %
              (what, len(lost), lost[:3]))
    return there


def micros(text):
    return int(datetime.datetime.fromisoformat(
        text.replace("Z", "+00:00")).timestamp() * 1e6 + 0.5)


def check_effects(d):
    """Sums of the log against the newest revision of each tally."""
    wanted = collections.Counter()
    for e in d.export():
        if e.get("product"):
            t = micros(e["time"])
            wanted[e["product"], t - t % 1000000] += 1
    d.kill()
    db = rig.database(d.state + "/liftd.db")
    twice = db.execute("SELECT id, count(*) FROM effects GROUP BY id "
                       "HAVING count(*) > 1 LIMIT 3").fetchall()
    rig.check(not twice, "effects are there twice: %s" % twice)
    import json
    found, revisions = {}, collections.Counter()
    for (body,) in db.execute("SELECT body FROM effects WHERE topic='tally'"):
        b = json.loads(body)
        key = b["product"], micros(b["window"])
        revisions[key] += 1
        if key not in found or b["revision"] > found[key]["revision"]:
            found[key] = b
    db.close()
    for key, count in wanted.items():
        rig.check(key in found, "no tally of %s was ever emitted" % (key,))
        rig.check(found[key]["count"] == count, "the newest tally of %s says "
                  "%d, the log has %d" % (key, found[key]["count"], count))
        rig.check(revisions[key] == found[key]["revision"] + 1, "tally of %s "
                  "has %d effects but revision %d" % (
                      key, revisions[key], found[key]["revision"]))
    rig.check(not set(found) - set(wanted), "tallies of nothing: %s" %
              list(set(found) - set(wanted))[:3])
    return sum(revisions.values())


def test(args, scratch):
    d = rig.Daemon(args, scratch, config=CONFIG)
    acked, sent, dup, slowest = [], 0, 0, 0.0
    d.start()
    pace = 0.002 if args.rounds < 20 else 0.02
    for number in range(args.rounds):
        begins = d.one("digest")["seq"]
        shoppers = one_round(d, number, acked[-2000:], pace)
        mine = set()
        for s in shoppers:
            acked += s.acknowledged()
            # Those of earlier rounds are known and not stored again.
            mine |= {i for i in s.acknowledged()
                     if i.startswith("r%d-" % number)}
            sent += len(s.sent)
            dup += s.duplicated
        slowest = max(slowest, d.start())
        check_ids(d, mine, "round %d" % number, begins)
        d.check_digest()
    there = check_ids(d, acked, "at the end")
    rig.check(len(acked) > 100 * args.rounds or args.rounds < 3,
              "only %d events were acknowledged, this was no load" %
              len(acked))
    time.sleep(3)
    d.check_digest()
    effects = check_effects(d)
    print("%d rounds: %d sent (%d of them twice on purpose), %d "
          "acknowledged, %d in the log, %d effects; slowest start %.2f s" %
          (args.rounds, sent, dup, len(set(acked)), len(there), effects,
           slowest))


if __name__ == "__main__":
    a = rig.arguments(__doc__, rounds=(8, "how often to kill"))
    sys.exit(rig.main("kill_nine", test, a))
