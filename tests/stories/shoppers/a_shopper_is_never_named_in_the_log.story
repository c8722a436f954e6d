story "A wrong event is refused with what is wrong, and the log does not name the shopper"

event purchase by anna of LAMP-1 { "price": "dear" }
expect the event is refused because "price"
event purchase by anna of LAMP-1 { "prize": 4.99 }
expect the event is refused because "is no field of an event"
liftctl @jsonl events export
expect reply does not mention "anna"
