story "A hook in shadow notes what it would do, and does nothing"

given rules
  | version: 1
  | hooks:
  |   - name: stops
  |     on: purchase
  |     mode: shadow
  |     do:
  |       - promotions.stop: { id: "${promotion.id}" }

liftctl promotions put SALE --products LAMP-1 --price "4.99 EUR"
event purchase by anna of LAMP-1 { "price": 4.99, "promotion": "SALE" }
expect topic fired { "hook": "stops", "mode": "shadow", "actions": 0 }
liftctl @jsonl promotions show SALE
expect reply mentions "SALE"
expect reply does not mention ""stopped":true"
