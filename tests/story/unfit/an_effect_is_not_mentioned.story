# must fail: no line mentions this effect
story "An effect that nobody mentions"

given rules
  | version: 1
  | hooks:
  |   - name: viewed
  |     on: view

event view by anna of LAMP-1
expect nothing on topic late
