# must fail: it expects nothing
story "A story that expects nothing is none"

event view by anna of LAMP-1
after 1 minute
