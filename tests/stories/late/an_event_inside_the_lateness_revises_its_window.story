story "An event that is late, but not too late, revises the window that was told"

given the plugins tally
given the setting allowed_lateness: 1h

event purchase by anna of LAMP-1 { "price": 49.9 }
after 10 minutes
expect topic tally { "product": "LAMP-1", "count": 1, "revision": 0 }
event purchase by bert of LAMP-1 10 minutes ago { "price": 49.9 }
expect topic tally { "product": "LAMP-1", "count": 2, "revision": 1 }
expect nothing on topic late
