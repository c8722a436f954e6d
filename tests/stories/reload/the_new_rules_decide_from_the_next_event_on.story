story "After a reload the new rules decide, and only they"

given rules
  | version: 1
  | hooks:
  |   - name: dear
  |     on: purchase
  |     when: price > 20.0

event purchase by anna of LAMP-1 { "price": 49.9 }
expect topic fired { "hook": "dear", "generation": 1 }
reload rules
  | version: 1
  | hooks:
  |   - name: very-dear
  |     on: purchase
  |     when: price > 100.0
event purchase by anna of LAMP-1 { "price": 49.9 }
expect nothing fired
event purchase by anna of LAMP-1 { "price": 490 }
expect topic fired { "hook": "very-dear", "generation": 2 }
