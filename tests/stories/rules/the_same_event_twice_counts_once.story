story "An event that is sent again changes nothing"

given the plugins tally

event purchase by anna of LAMP-1 { "id": "order-1", "price": 49.9 }
event purchase by anna of LAMP-1 { "id": "order-1", "price": 49.9 }
expect the event is known
after 3 minutes
expect topic tally { "product": "LAMP-1", "count": 1 }
