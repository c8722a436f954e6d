story "What somebody did without a name is theirs when they log in, and a daemon that is killed knows it"

message { "type": "track", "anonymousId": "tab-1", "event": "Product Viewed", "messageId": "m-1", "properties": { "product_id": "LAMP-1" } }
message { "type": "identify", "anonymousId": "tab-1", "userId": "anna", "messageId": "m-2", "traits": { "email": "anna@example.com" } }
# The tab does not know yet that she has a name.
message { "type": "track", "anonymousId": "tab-1", "event": "Product Viewed", "messageId": "m-3", "properties": { "product_id": "LAMP-2" } }
liftctl @jsonl shoppers show tab-1
expect reply mentions ""shopper":"anna""
expect reply mentions ""interactions":2"
expect reply mentions "anna@example.com"
# What was sent again is known, and changes nothing.
message { "type": "identify", "anonymousId": "tab-1", "userId": "anna", "messageId": "m-2", "traits": { "email": "other@example.com" } }
expect the event is known
kill and restart
message { "type": "track", "anonymousId": "tab-1", "event": "Product Viewed", "messageId": "m-4", "properties": { "product_id": "LAMP-3" } }
liftctl @jsonl shoppers show anna
expect reply mentions ""interactions":3"
expect reply mentions ""ids":["anna","tab-1"]"
restart
liftctl @jsonl shoppers show anna
expect reply mentions ""interactions":3"
liftctl @jsonl shoppers export tab-1
expect reply mentions "LAMP-1"
expect reply mentions "LAMP-3"
# Nobody is named in the log.
liftctl @jsonl entries list --kind identity
expect reply mentions ""merge":"
expect reply does not mention "example.com"
expect reply does not mention "anna"
