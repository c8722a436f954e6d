story "A hook on purchases fires for a purchase, and for nothing else"

given the time is 2026-03-02 09:00
given rules
  | version: 1
  | hooks:
  |   - name: dear
  |     on: purchase
  |     when: price > 20.0

event view by anna of LAMP-1
expect nothing fired
event purchase by anna of LAMP-1 { "price": 49.9 }
expect fired hook dear
event purchase by anna of LAMP-1 { "price": 4.9 }
expect nothing fired
after 30 minutes
expect nothing fired
