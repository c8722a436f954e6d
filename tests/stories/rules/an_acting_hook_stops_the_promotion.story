story "A hook that acts stops the promotion, and the next purchase sees it stopped"

given rules
  | version: 1
  | hooks:
  |   - name: stops
  |     on: purchase
  |     when: promotion.known && !promotion.stopped
  |     mode: act
  |     do:
  |       - promotions.stop: { id: "${promotion.id}" }

liftctl promotions put SALE --products LAMP-1 --price "4.99 EUR"
event purchase by anna of LAMP-1 { "price": 4.99, "promotion": "SALE" }
expect topic fired { "hook": "stops", "mode": "act", "actions": 1 }
event purchase by bert of LAMP-1 { "price": 4.99, "promotion": "SALE" }
expect nothing fired
