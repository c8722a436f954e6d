story "Who is forgotten is found no more, and may come back as somebody new"

event purchase by anna of LAMP-1 { "price": 49.9 }
liftctl @jsonl shoppers show anna
expect reply mentions "anna"
liftctl shoppers forget anna
liftctl @jsonl events export
expect reply does not mention "anna"
restart
liftctl @jsonl events export
expect reply does not mention "anna"
event purchase by anna of LAMP-1 { "price": 49.9 }
liftctl @jsonl shoppers show anna
expect reply mentions "anna"
