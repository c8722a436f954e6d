story "Two shoppers who are known by name are not made one, whatever a message says"

message { "type": "identify", "anonymousId": "tab-1", "userId": "anna", "messageId": "m-1" }
message { "type": "identify", "userId": "ben", "messageId": "m-2" }
message { "type": "alias", "previousId": "ben", "userId": "anna", "messageId": "m-3" }
expect the event is refused because ""ben" cannot become "anna": they are known as two shoppers"
message { "type": "alias", "previousId": "anna", "userId": "tab-1", "messageId": "m-4" }
expect the event is refused because "they are one shopper already, the other way round"
# A computer that both use: ben's login is kept, the tab stays anna's.
message { "type": "identify", "anonymousId": "tab-1", "userId": "ben", "messageId": "m-5", "traits": { "plan": "gold" } }
liftctl @jsonl shoppers show ben
expect reply mentions ""ids":["ben"]"
expect reply mentions "gold"
liftctl @jsonl shoppers show tab-1
expect reply mentions ""shopper":"anna""
# The same again is no mistake.
message { "type": "alias", "previousId": "tab-1", "userId": "anna", "messageId": "m-6" }
