# must fail: the answer was not yes
story "A question with an error for an answer"

liftctl jobs show nothing
event view by anna of LAMP-1
expect nothing fired
