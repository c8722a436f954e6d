story "When a verb cannot be done, the hook says why"

given the plugins courier
given rules
  | version: 1
  | hooks:
  |   - name: sends
  |     on: search
  |     mode: act
  |     do:
  |       - courier.send: { product: "${query}" }

event search by anna { "query": "sofa" }
expect topic fired { "hook": "sends", "actions": 0 }
expect line "there is no product"
event view by anna of sofa
event search by anna { "query": "sofa" }
expect topic fired { "hook": "sends", "actions": 1 }
expect topic parcel { "product": "sofa" }
