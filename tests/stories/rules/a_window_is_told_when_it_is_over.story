story "A product's minute is told when the minute is over, not before"

given the plugins tally
given the time is 2026-03-02 09:00

event purchase by anna of LAMP-1 { "price": 49.9 }
event purchase by bert of LAMP-1 { "price": 40 }
after 30 seconds
expect nothing on topic tally
after 2 minutes
expect topic tally { "product": "LAMP-1", "count": 2, "revision": 0 }
after 10 minutes
expect nothing on topic tally
