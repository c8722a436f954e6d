story "A clock that runs ahead cannot close the windows of others"

given the plugins tally

event purchase by anna of LAMP-1 { "price": 49.9 }
event purchase by bert of LAMP-1 -60 minutes ago { "price": 49.9 }
expect the event is refused because "ahead"
expect nothing on topic tally
after 3 minutes
expect topic tally { "product": "LAMP-1", "count": 1 }
