# must fail: no line mentions this in the log
story "An error in the log that nobody mentions"

event view by anna of LAMP-1
reload rules
  | hooks: [
expect the reload is refused
