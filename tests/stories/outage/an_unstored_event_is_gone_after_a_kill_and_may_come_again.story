story "What was never acknowledged is not there after a kill, and is taken when it comes again"

given rules
  | version: 1
  | hooks:
  |   - name: bought
  |     on: purchase

given the disk is full
event purchase by anna of LAMP-1 { "id": "order-1" }
expect line "no room left on its disk"
expect nothing fired
kill and restart
expect line "no room left on its disk"
given the disk has room again
event purchase by anna of LAMP-1 { "id": "order-1" }
expect fired hook bought
