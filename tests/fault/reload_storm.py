#!/usr/bin/env python3
"""Valid and broken rule sets in turns, under load. No entry is lost, the last
good set decides, and a broken one is said: by the command that asked, by
status, by the metric and in the log. A restart with a broken file goes on with
the last good set, degraded."""
import signal
import sys
import time

import rig

BROKEN = [
    "plugin: tally\nhooks:\n  - name: x\n    on: purchase\n    when: prise > 1\n",
    "plugin: tally\nhooks:\n  - { name: x, on: nothing }\n",
    "plugin: [tally\n",
    "plugin: tally\noptions: { window: 3 }\n",
    "plugin: tally\noption: {}\n",
    "hooks:\n  - name: x\n    on: purchase\n    when: matches(\n",
    "\xff\xfe\x00",
    "plugin: tally\noptions: { window: 1m }\n",     # while windows are open
]


def names(d):
    return sorted(r["name"] for r in d.ask("@jsonl rules list").rows())


def reload(d, how):
    """The verdict of a reload: by verb, or by signal and status."""
    if how == "verb":
        r = d.ask("@jsonl rules reload")
        rig.check(r.code is not None, "rules reload was not answered")
        return r.ok and r.verdict == 0
    before = d.log().count("\n")
    d.signal(signal.SIGHUP)
    rig.wait_for(lambda: any(l.startswith("rules:") or " rules:" in l
                             for l in d.log().splitlines()[before:]),
                 "SIGHUP had no answer in the log")
    return d.one("status")["rules"]["newest_load"] == "in use"


def good(d, n, how):
    d.write_rules(rig.RULES % (n, n))
    rig.check(reload(d, how), "a valid set was rejected in round %d: %s" %
              (n, d.log().splitlines()[-1]))
    rig.check(names(d) == ["seen-%d" % n], "after a good set the hooks are "
              "%s, must be seen-%d" % (names(d), n))
    s = d.ask("@jsonl status")
    rig.check(s.verdict == 0, "status is no after a good set: %s" % s)
    rig.check(d.metric("liftd_rules_load_success") in (1, None),
              "the metric does not say 1 after a good set")


def bad(d, n, how, last):
    text = BROKEN[n // 2 % len(BROKEN)]
    with open(d.rules + "/tally.yaml", "wb") as f:
        f.write(text.encode("latin-1"))
    generation = d.one("status")["rules"]["generation"]
    before = d.log().count("not loaded")
    rig.check(not reload(d, how), "a broken set was taken in round %d: %r" %
              (n, text))
    rig.check(names(d) == ["seen-%d" % last], "after a broken set the hooks "
              "are %s, must be seen-%d" % (names(d), last))
    s = d.ask("@jsonl status")
    rules = s.rows()[0]["rules"]
    rig.check(s.verdict == 1 and s.rows()[0]["state"] == "degraded",
              "status is not degraded after a broken set: %s" % s)
    rig.check(rules["newest_load"] == "rejected" and
              rules["generation"] == generation,
              "status says %s after a broken set" % rules)
    rig.check(d.log().count("not loaded") == before + 1,
              "the log does not say once that the set was not loaded")
    text = d.ask("metrics").body.decode()
    value = [l for l in text.splitlines() if "rules" in l and "success" in l
             and not l.startswith("#")]
    rig.check(value and value[0].endswith(" 0"), "no metric says that the "
              "newest rules were rejected: %s" % value)


def test(args, scratch):
    d = rig.Daemon(args, scratch, config="disorder: 300ms\n")
    d.start()
    shoppers = [rig.Shopper(d, "s%d" % i, pace=0.004) for i in range(3)]
    last = 0
    for n in range(args.rounds):
        how = "verb" if n % 3 else "hup"
        if n % 2 == 0:
            good(d, n, how)
            last = n
        else:
            bad(d, n, how, last)
        time.sleep(0.01)
    acked = []
    for s in shoppers:
        r = s.finish()
        rig.check(r.ok and r.verdict == 0, "import %s ended with %s" %
                  (s.label, r))
        rig.check(s.acked == len(s.sent), "import %s: %d of %d lines were "
                  "acknowledged" % (s.label, s.acked, len(s.sent)))
        acked += s.sent
    there = [e["id"] for e in d.export()]
    rig.check(len(set(there)) == len(there), "an id is there twice")
    rig.check(set(there) == set(acked), "sent and stored differ: %d and %d "
              "ids" % (len(set(acked)), len(there)))
    d.check_digest()
    restart(d, last)
    print("%d reloads, half of them broken, while %d events came in; none "
          "lost, generation %s decides at the end" % (
              args.rounds, len(acked), d.one("status")["rules"]))


def restart(d, last):
    """With a broken file, by SIGTERM and by kill -9, with a snapshot and
    without one."""
    with open(d.rules + "/tally.yaml", "w") as f:
        f.write(BROKEN[0])
    for how in ("kill", "stop"):
        d.kill() if how == "kill" else d.stop()
        d.start()
        rig.check(names(d) == ["seen-%d" % last], "after a restart (%s) with "
                  "a broken file the hooks are %s, must be seen-%d" %
                  (how, names(d), last))
        s = d.ask("@jsonl status")
        rig.check(s.verdict == 1 and s.rows()[0]["state"] == "degraded" and
                  s.rows()[0]["rules"]["newest_load"] == "rejected",
                  "status after a restart with a broken file: %s" % s)
    d.check_digest()
    d.write_rules(rig.RULES % (last, last))
    rig.check(reload(d, "verb"), "the mended file was not taken")
    rig.check(d.ask("status").verdict == 0, "status stays no after mending")


if __name__ == "__main__":
    a = rig.arguments(__doc__, rounds=(20, "how many reloads"))
    sys.exit(rig.main("reload_storm", test, a))
