#!/usr/bin/env python3
"""TrueLift whole, and killed in the middle: virtual shoppers buy, a promotion
eats its own shelf, is noticed, explained, stopped and measured; liftd is killed
with -9 again and again, before and after each of these, and what it finds at
each start is what a fold of the whole log gives."""
import random
import sys
import time

import rig


def stage(d, what, until, timeout=150):
    """Waits for something, with a kill on the way."""
    time.sleep(random.uniform(0.2, 1.5))
    d.kill()
    d.start()
    rig.wait_for(until, what, timeout)


def rows(d, line):
    r = d.ask("@jsonl " + line)
    rig.check(r.ok, "`%s` fails: %s" % (line, r.error))
    return r.rows()


def truelift(args, scratch):
    d = rig.Shop(args, scratch, config="snapshots: { every: 2s }\n")
    d.start()
    d.one("simulate start --rate %d --from -48h --fast 43h --speed 900 "
          "--promotions_after 43h --season 0 --seed %d" % (args.rate, args.shop))
    for _ in range(args.kills):
        time.sleep(random.uniform(0.3, 1.5))
        d.kill()
        d.start()
    stage(d, "no alert comes", lambda: rows(d, "alerts list"))
    alert = rows(d, "alerts list")[0]
    print("  %s: %s" % (alert["alert_id"], alert["summary"]), flush=True)
    name = alert["alert_id"]
    why = d.one("explain \"%s\"" % name)["reasons"]
    rig.check(why["when"] == alert["promo_id"] + " eats its shelf" and
              any(p.get("parts") and p["when"].startswith(
                  alert["victims"][0]["product_id"] + " is eaten")
                  for p in why["parts"]),
              "the alert is explained by something else: %s" % why)
    burst = d.one("simulate burst --promotion %s" % alert["promo_id"])
    rig.wait_for(lambda: d.one("alerts show \"%s\"" % name).get("burst_id")
                 == burst["burst_id"], "the alert does not show the burst", 30)
    rig.wait_for(lambda: d.ask("@jsonl strategies show \"%s\"" % name).ok,
                 "no strategy comes", 60)
    strategy = d.one("strategies show \"%s\"" % name)
    rig.check(strategy["generated_by"] == "offline" and
              len(strategy["alternatives"]) == 2 and
              strategy["explanation"].count(".") >= 1,
              "a strategy of another form: %s" % strategy)
    taken = d.one("actions take \"%s\" stop_promotion" % name)
    d.kill()
    d.start()
    rig.check(d.one("promotions show " + alert["promo_id"])["stopped"],
              "the promotion that was stopped is not")
    stage(d, "the action is not measured", lambda: rows(d, "feedback list"))
    feedback = rows(d, "feedback list")[0]
    rig.check(feedback["action_id"] == taken["action_id"] and
              feedback["alert_id"] == name, "feedback on another action")
    print("  effectiveness %s: %s" % (feedback["effectiveness_score"],
                                      feedback["recipe"]), flush=True)
    rig.wait_for(lambda: d.one("alerts show \"%s\"" % name)["status"] ==
                 "resolved", "the alert is not resolved", 30)
    d.one("simulate stop")
    d.kill()
    d.start()
    d.check_digest()
    rig.check(d.stop() == 0, "liftd does not end in order")


if __name__ == "__main__":
    a = rig.arguments(__doc__, rate=(1200, "events a minute"),
                      kills=(3, "kills during the history"),
                      shop=(1, "seed of the shoppers"))
    sys.exit(rig.main("truelift", truelift, a))
