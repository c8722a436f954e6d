story "After kill -9 the state is what it was, and an open window is told once"

given the plugins tally

event purchase by anna of LAMP-1 { "price": 49.9 }
kill and restart
event purchase by bert of LAMP-1 { "price": 49.9 }
kill and restart
after 3 minutes
expect topic tally { "product": "LAMP-1", "count": 2, "revision": 0 }
kill and restart
after 3 minutes
expect nothing on topic tally
