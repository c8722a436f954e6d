story "What an event lacks cannot be decided: nothing fires, and it is counted"

given rules
  | version: 1
  | hooks:
  |   - name: dear
  |     on: purchase
  |     when: price > 20.0

event purchase by anna of LAMP-1
expect nothing fired
liftctl @jsonl rules list
expect reply mentions ""undecided":1"
