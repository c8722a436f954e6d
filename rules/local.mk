rulesdir = $(sysconfdir)/liftd/rules
dist_rules_DATA = %D%/events.yaml %D%/shop.yaml
EXTRA_DIST += %D%/README.md
