# must fail: the hook has not fired so often
story "A hook that does not fire"

event view by anna of LAMP-1
expect fired hook viewed
