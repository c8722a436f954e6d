story "An event that comes too late for its window is not lost silently"

given the plugins tally
given the setting allowed_lateness: 10m

event purchase by anna of LAMP-1 { "price": 49.9 }
after 30 minutes
expect topic tally { "product": "LAMP-1", "count": 1 }
event purchase by bert of LAMP-1 29 minutes ago { "price": 49.9 }
expect topic late { "type": "purchase" }
after 5 minutes
expect nothing on topic tally
