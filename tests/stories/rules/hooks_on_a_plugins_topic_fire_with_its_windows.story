story "A hook listens to what a plugin finds"

given the plugins tally
given rules
  | version: 1
  | hooks:
  |   - name: sells-well
  |     on: tally
  |     when: count >= 2

event purchase by anna of LAMP-1 { "price": 49.9 }
event purchase by bert of LAMP-1 { "price": 49.9 }
event purchase by carl of DESK-1 { "price": 99 }
after 3 minutes
expect topic tally { "product": "LAMP-1" }
expect topic tally { "product": "DESK-1", "count": 1 }
expect topic fired { "hook": "sells-well", "product": "LAMP-1" }
