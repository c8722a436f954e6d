story "A paused job does not run, not even after a restart, until it is resumed"

given rules
  | version: 1
  | jobs:
  |   - name: often
  |     schedule: every 5m
  |     run: snapshot.now

after 6 minutes
expect job often ran
liftctl jobs pause often
after 20 minutes
expect job often did not run
restart
after 20 minutes
expect job often did not run
liftctl jobs resume often
after 5 minutes
expect job often ran
