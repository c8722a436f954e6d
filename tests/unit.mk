# Each is a program with one source.
UNIT_TESTS = \
	tests/unit/base/arena_test \
	tests/unit/base/bracket_test \
	tests/unit/base/instant_test \
	tests/unit/base/intern_test \
	tests/unit/base/json_test \
	tests/unit/base/logger_test \
	tests/unit/base/metric_test \
	tests/unit/base/money_test \
	tests/unit/base/text_test \
	tests/unit/couriers/gemini_test \
	tests/unit/couriers/webhook_test \
	tests/unit/ctl/ctl_progress_test \
	tests/unit/ctl/ctl_test \
	tests/unit/doors/control_test \
	tests/unit/doors/http_body_test \
	tests/unit/doors/http_head_test \
	tests/unit/doors/http_token_test \
	tests/unit/doors/line_test \
	tests/unit/doors/stream_test \
	tests/unit/engine/engine_test \
	tests/unit/engine/entry_test \
	tests/unit/engine/fold_test \
	tests/unit/engine/hear_test \
	tests/unit/engine/hook_test \
	tests/unit/engine/person_test \
	tests/unit/engine/seen_test \
	tests/unit/engine/watermark_test \
	tests/unit/engine/world_test \
	tests/unit/house/condition_test \
	tests/unit/house/request_test \
	tests/unit/house/scribe_test \
	tests/unit/house/tape_test \
	tests/unit/intake/csv_test \
	tests/unit/intake/delivery_test \
	tests/unit/intake/event_test \
	tests/unit/intake/goods_test \
	tests/unit/intake/segment_test \
	tests/unit/intake/sheet_test \
	tests/unit/log/conformance_test \
	tests/unit/log/postgres_test \
	tests/unit/log/sqlite_test \
	tests/unit/log/trait_test \
	tests/unit/plugin/loader_test \
	tests/unit/plugin/roster_test \
	tests/unit/plugins/choice_test \
	tests/unit/plugins/dice_test \
	tests/unit/plugins/retail_test \
	tests/unit/plugins/scenario_test \
	tests/unit/plugins/shelf_test \
	tests/unit/plugins/simulation_test \
	tests/unit/plugins/street_test \
	tests/unit/replay/backtest_test \
	tests/unit/replay/ruletest_test \
	tests/unit/replay/snapshot_file_test \
	tests/unit/rules/cron_test \
	tests/unit/rules/document_test \
	tests/unit/rules/expression_test \
	tests/unit/rules/finding_test \
	tests/unit/rules/option_test \
	tests/unit/rules/pattern_test \
	tests/unit/rules/template_test \
	tests/unit/rules/zone_test \
	tests/unit/schedule/change_test \
	tests/unit/schedule/schedule_test \
	tests/unit/verbs/lists_test

# Of the plugins: as they ship, or their arithmetic linked in.
PLUGIN_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/plugins
UNIT_TESTS += tests/unit/plugins/detection_test tests/unit/plugins/eating_test \
	tests/unit/plugins/forest_test tests/unit/plugins/predict_test \
	tests/unit/plugins/store_test tests/unit/plugins/unannounced_test
EXTRA_tests_unit_plugins_store_test_DEPENDENCIES = plugins/detection.la
EXTRA_tests_unit_plugins_detection_test_DEPENDENCIES = plugins/detection.la
EXTRA_tests_unit_plugins_predict_test_DEPENDENCIES = plugins/detection.la
EXTRA_tests_unit_plugins_unannounced_test_DEPENDENCIES = plugins/detection.la
tests_unit_plugins_eating_test_CPPFLAGS = $(PLUGIN_TEST_CPPFLAGS)
tests_unit_plugins_eating_test_LDADD = plugins/libdetection.la $(LDADD)
tests_unit_plugins_forest_test_CPPFLAGS = $(PLUGIN_TEST_CPPFLAGS)
tests_unit_plugins_forest_test_LDADD = plugins/libdetection.la $(LDADD)
if HAVE_JANSSON
UNIT_TESTS += tests/unit/plugins/feedback_test tests/unit/plugins/measure_test \
	tests/unit/plugins/strategy_test tests/unit/plugins/weigh_test
endif
EXTRA_tests_unit_plugins_feedback_test_DEPENDENCIES = plugins/feedback.la
tests_unit_plugins_measure_test_CPPFLAGS = $(PLUGIN_TEST_CPPFLAGS)
tests_unit_plugins_measure_test_LDADD = plugins/libfeedback.la $(LDADD)
EXTRA_tests_unit_plugins_strategy_test_DEPENDENCIES = plugins/strategy.la
tests_unit_plugins_weigh_test_CPPFLAGS = $(PLUGIN_TEST_CPPFLAGS)
tests_unit_plugins_weigh_test_LDADD = plugins/libstrategy.la $(LDADD)
