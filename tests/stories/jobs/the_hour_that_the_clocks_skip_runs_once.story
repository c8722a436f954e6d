story "A job in the hour that summer time skips runs once, after the gap"

# In Berlin 02:30 does not exist on 29 March 2026; 01:00 UTC is 03:00 there.
given the time is 2026-03-28 23:00
given rules
  | version: 1
  | defaults: { timezone: Europe/Berlin }
  | jobs:
  |   - name: nightly
  |     schedule: "30 2 * * *"
  |     run: snapshot.now

after 1 hour
expect job nightly did not run
after 3 hours
expect job nightly ran
after 20 hours
expect job nightly did not run
