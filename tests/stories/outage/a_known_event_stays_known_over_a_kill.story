story "What was stored before a kill is known after it, so that it can be sent again"

given rules
  | version: 1
  | hooks:
  |   - name: bought
  |     on: purchase

event purchase by anna of LAMP-1 { "id": "order-1" }
expect fired hook bought
kill and restart
event purchase by anna of LAMP-1 { "id": "order-1" }
expect the event is known
expect nothing fired
restart
event purchase by anna of LAMP-1 { "id": "order-1" }
expect the event is known
