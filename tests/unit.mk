# Each is a program with one source.
UNIT_TESTS = \
	tests/unit/engine/fold_test \
	tests/unit/engine/hook_test \
	tests/unit/log/sqlite_test \
	tests/unit/log/store_test \
	tests/unit/replay/ruletest_test \
	tests/unit/replay/snapshot_file_test \
	tests/unit/rules/cron_test \
	tests/unit/rules/document_test \
	tests/unit/rules/expression_test \
	tests/unit/rules/finding_test \
	tests/unit/rules/option_test \
	tests/unit/rules/pattern_test \
	tests/unit/rules/template_test \
	tests/unit/rules/zone_test
