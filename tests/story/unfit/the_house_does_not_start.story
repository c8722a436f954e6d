# must fail: the house ended with 78
story "Rules that do not check"

given rules
  | hooks: 1
event view by anna of LAMP-1
expect nothing fired
