story "A job in the hour that comes twice in autumn runs once"

given the time is 2026-10-24 22:00
given rules
  | version: 1
  | defaults: { timezone: Europe/Berlin }
  | jobs:
  |   - name: nightly
  |     schedule: "30 2 * * *"
  |     run: snapshot.now

after 6 hours
expect job nightly ran
