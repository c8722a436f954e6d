story "A rule file that does not check is refused, and the rules before go on"

given rules
  | version: 1
  | hooks:
  |   - name: dear
  |     on: purchase

reload rules
  | version: 1
  | hooks:
  |   - name: dear
  |     on: purchse
expect the reload is refused because "did you mean purchase?"
expect line "not loaded: 1 errors; generation 1 goes on"
event purchase by anna of LAMP-1
expect fired hook dear
liftctl status
expect reply mentions "rejected"
