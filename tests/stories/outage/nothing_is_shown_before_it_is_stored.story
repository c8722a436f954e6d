story "While the disk is full nothing is shown or taken; with room again all goes on"

given rules
  | version: 1
  | hooks:
  |   - name: bought
  |     on: purchase

given the disk is full
event purchase by anna of LAMP-1
expect nothing fired
expect line "no room left on its disk"
event purchase by bert of LAMP-1
expect the event is refused because "nothing can be stored now"
given the disk has room again
expect fired hook bought
event purchase by bert of LAMP-1
expect fired hook bought
