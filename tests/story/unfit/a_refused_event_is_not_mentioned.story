# must fail: an event was refused
story "A refusal that nobody mentions"

event view by anna of LAMP-1 { "prize": 1 }
expect nothing fired
