rulesdir = $(sysconfdir)/liftd/rules
dist_rules_DATA = %D%/detection.yaml %D%/events.yaml %D%/feedback.yaml \
	%D%/shop.yaml %D%/simulation.yaml %D%/strategy.yaml
EXTRA_DIST += %D%/README.md
