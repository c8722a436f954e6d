story "A nightly job runs once each night, at its time"

given the time is 2026-03-02 22:00
given rules
  | version: 1
  | jobs:
  |   - name: nightly
  |     schedule: "30 3 * * *"
  |     run: snapshot.now

after 5 hours
expect job nightly did not run
after 1 hour
expect job nightly ran
after 2 days
expect job nightly ran 2 times
