story "Whoever breaks the rule file before a restart still has the rules of before"

given rules
  | version: 1
  | hooks:
  |   - name: dear
  |     on: purchase

event purchase by anna of LAMP-1
expect fired hook dear
reload rules
  | hooks: [
expect the reload is refused
expect line "not loaded"
restart
expect line "not loaded"
event purchase by bert of LAMP-1
expect fired hook dear
liftctl status
expect reply mentions "rejected"
