story "A reload does not cut a window in two"

given the plugins tally

event purchase by anna of LAMP-1 { "price": 49.9 }
reload rules
  | version: 1
  | description: other rules, the same window
event purchase by bert of LAMP-1 { "price": 49.9 }
after 3 minutes
expect topic tally { "product": "LAMP-1", "count": 2 }
expect nothing on topic tally
