# Unit tests mirror the rooms; a program is its one source. Benches, fuzzers
# and fault tests are programs and scripts of their own.
AM_CPPFLAGS += -I$(srcdir)/tests/unit -I$(srcdir)/tests/unit/log \
	-I$(srcdir)/tests/unit/schedule -I$(srcdir)/tests/unit/rules \
	$(CHECK_CFLAGS)
LDADD = libtally.la libliftd.la $(CHECK_LIBS)

# The same plugin linked in, for tests that want no DSO.
check_LTLIBRARIES += libtally.la
libtally_la_SOURCES = tests/plugins/tally.c
libtally_la_CPPFLAGS = -I$(srcdir)/daemon

# ---- the plugin of the tests ---------------------------------------------
check_LTLIBRARIES += tests/plugins/tally.la
tests_plugins_tally_la_SOURCES = tests/plugins/tally.c
tests_plugins_tally_la_CPPFLAGS = -I$(srcdir)/daemon
tests_plugins_tally_la_LDFLAGS = -module -avoid-version -shared \
	-rpath $(libdir)/liftd $(PLUGIN_DEFS) $(AM_LDFLAGS)

# Asks couriers, for their fault test.
check_LTLIBRARIES += tests/plugins/asker.la
tests_plugins_asker_la_SOURCES = tests/plugins/asker.c
tests_plugins_asker_la_CPPFLAGS = -I$(srcdir)/daemon
tests_plugins_asker_la_LDFLAGS = -module -avoid-version -shared \
	-rpath $(libdir)/liftd $(PLUGIN_DEFS) $(AM_LDFLAGS)

include tests/refused.mk

# With an option of each kind, for the refusals of rule files.
check_LTLIBRARIES += tests/plugins/courier.la
tests_plugins_courier_la_SOURCES = tests/plugins/courier.c
tests_plugins_courier_la_CPPFLAGS = -I$(srcdir)/daemon
tests_plugins_courier_la_LDFLAGS = -module -avoid-version -shared \
	-rpath $(libdir)/liftd $(PLUGIN_DEFS) $(AM_LDFLAGS)

# ---- unit tests ------------------------------------------------------------
include tests/unit.mk
if HAVE_CHECK
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
# What is printed from tables, contracts and sizes, the rules that ship.
CHECKS = tests/checks/contracts tests/checks/printed tests/checks/rules \
	tests/checks/unit-file
TESTS += $(CHECKS)

# ---- the expression language against CEL's own cases ------------------------
check_PROGRAMS += tests/cel/conformance
tests_cel_conformance_SOURCES = tests/cel/conformance.c \
	tests/cel/textproto.c tests/cel/textproto.h

# ---- JSON against JSONTestSuite ----------------------------------------------
check_PROGRAMS += tests/json/suite

# ---- stories ------------------------------------------------------------------
# The house with other clocks, loop, doors and disk: what story/fakes.c defines
# is not taken from the library.
check_PROGRAMS += tests/story/story
tests_story_story_SOURCES = tests/story/story.c tests/story/fakes.c \
	tests/story/match.c tests/story/steps.c tests/story/story.h tests/story/turn.c
tests_story_story_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_story_story_LDADD = libliftd.la
tests_story_story_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_commit

# ---- benches ----------------------------------------------------------------
BENCHES = tests/bench/append tests/bench/append_postgres \
	tests/bench/expression tests/bench/fold \
	tests/bench/generate tests/bench/hooks tests/bench/shop
if HAVE_JANSSON
BENCHES += tests/bench/decode
endif
BENCHES += tests/bench/detection/detection tests/bench/forest
EXTRA_PROGRAMS += $(BENCHES)
tests_bench_detection_detection_SOURCES = \
	tests/bench/detection/bench.h tests/bench/detection/day.c \
	tests/bench/detection/detection.c tests/bench/detection/dice.c \
	tests/bench/detection/dice.h tests/bench/detection/fixtures.c \
	tests/bench/detection/odd.c \
	tests/bench/detection/rig.c tests/bench/detection/rig.h \
	tests/bench/detection/scale.c tests/bench/detection/surrogate.c \
	tests/bench/detection/world.c tests/bench/detection/world.h
tests_bench_detection_detection_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/plugins -I$(srcdir)/plugins/detection
tests_bench_detection_detection_LDADD = plugins/libdetection.la -lm
tests_bench_forest_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/plugins
tests_bench_forest_LDADD = plugins/libdetection.la -lm
tests_bench_decode_SOURCES = tests/bench/decode.c tests/bench/decode.h \
	tests/bench/decode_jansson.c
tests_bench_decode_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_bench_decode_LDADD = $(LDADD) $(JANSSON_LIBS)
tests_bench_generate_LDADD = libsimulation_plugin.la libsimulation.la \
	libliftd.la
tests_bench_append_CPPFLAGS = $(AM_CPPFLAGS)
benches: all $(BENCHES) tests/plugins/tally.la
bench: benches
	$(srcdir)/tests/bench/run $(BENCHES)

# ---- fuzzers ------------------------------------------------------------------
FUZZERS = tests/fuzz/cron tests/fuzz/document tests/fuzz/expression \
	tests/fuzz/pattern tests/fuzz/rules tests/fuzz/snapshot \
	tests/fuzz/entry \
	tests/fuzz/csv \
	tests/fuzz/delivery \
	tests/fuzz/segment \
	tests/fuzz/control_line \
	tests/fuzz/http \
	tests/fuzz/websocket
if FUZZERS
EXTRA_PROGRAMS += $(FUZZERS)
endif
.PHONY: bench benches

print-unit-tests:
	@echo $(UNIT_TESTS)
.PHONY: print-unit-tests

tests_unit_doors_control_test_SOURCES = tests/unit/doors/control_test.c \
	tests/unit/doors/desk_fake.c tests/unit/doors/desk_fake.h
tests_unit_ctl_ctl_test_LDADD = libctl.la $(LDADD) -lz
tests_unit_ctl_ctl_progress_test_LDADD = libctl.la $(LDADD) -lz

# The arithmetic of the plugins, which knows nothing of the daemon, and their
# other side, linked in.
check_LTLIBRARIES += libsimulation.la
libsimulation_la_SOURCES = $(SIMULATION)
libsimulation_la_LIBADD = -lm
check_LTLIBRARIES += libsimulation_plugin.la
libsimulation_plugin_la_SOURCES = $(SIMULATION_PLUGIN)
libsimulation_plugin_la_CPPFLAGS = -I$(srcdir)/daemon
tests_unit_plugins_choice_test_LDADD = libsimulation.la $(LDADD)
tests_unit_plugins_dice_test_LDADD = libsimulation.la $(LDADD)
tests_unit_plugins_retail_test_LDADD = libsimulation.la $(LDADD)
tests_unit_plugins_scenario_test_LDADD = libsimulation.la $(LDADD)
tests_unit_plugins_shelf_test_LDADD = libsimulation.la $(LDADD)
tests_unit_plugins_street_test_LDADD = libsimulation.la $(LDADD)
tests_unit_plugins_simulation_test_LDADD = libsimulation_plugin.la \
	libsimulation.la libliftd.la $(CHECK_LIBS)
