story "Who is forgotten is forgotten with all their ids and all that was said of them"

message { "type": "track", "anonymousId": "tab-1", "event": "Product Viewed", "messageId": "m-1" }
message { "type": "identify", "anonymousId": "tab-1", "userId": "anna", "messageId": "m-2", "traits": { "email": "anna@example.com" } }
message { "type": "alias", "previousId": "phone-7", "userId": "anna", "messageId": "m-3" }
liftctl @jsonl shoppers forget phone-7
liftctl @jsonl events export
expect reply does not mention "anna"
expect reply does not mention "tab-1"
restart
message { "type": "track", "userId": "anna", "event": "Product Viewed", "messageId": "m-4" }
message { "type": "track", "anonymousId": "tab-1", "event": "Product Viewed", "messageId": "m-5" }
liftctl @jsonl shoppers show anna
# Somebody new, with nothing from before.
expect reply mentions ""interactions":1"
expect reply mentions ""traits":{}"
expect reply mentions ""ids":["anna"]"
