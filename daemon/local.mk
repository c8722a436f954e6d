# The daemon is a library and a main; tests, fuzzers and benches link the
# library. A room is a list of files.
noinst_LTLIBRARIES += libliftd.la
libliftd_la_SOURCES = $(BASE) $(RULES) $(ENGINE) $(PLUGIN) $(LOG) $(REPLAY) \
	$(INTAKE) $(SCHEDULE) $(COURIERS) $(DOORS) $(HOUSE) $(VERBS)
nodist_libliftd_la_SOURCES = sqlite_migrations.inc postgres_migrations.inc
libliftd_la_LIBADD = $(LIBEVENT_LIBS) $(TLS_LIBS) $(WSLAY_LIBS) $(YAML_LIBS) $(SQLITE_LIBS) \
	$(PQ_LIBS) $(XXHASH_LIBS) $(CURL_LIBS) -lm -lpthread
libliftd_la_LDFLAGS = $(AM_LDFLAGS)

liftdincludedir = $(includedir)/liftd
dist_liftdinclude_HEADERS = %D%/liftd/plugin.h

sbin_PROGRAMS += liftd
liftd_SOURCES = %D%/main.c $(DEMO)
liftd_CPPFLAGS = $(AM_CPPFLAGS) -DSYSCONFDIR='"$(sysconfdir)/liftd"' \
	-DPLUGINDIR='"$(libdir)/liftd"' \
	-DSTATEDIR='"$(localstatedir)/lib/liftd"' \
	-DRUNTIMEDIR='"/run/liftd"'
liftd_LDADD = libctl.la libliftd.la -lz
liftd_LDFLAGS = $(AM_LDFLAGS)

bin_PROGRAMS += liftctl
liftctl_SOURCES = %D%/ctl/liftctl.c $(CTL_BASE)
liftctl_CPPFLAGS = $(AM_CPPFLAGS)
liftctl_LDADD = libctl.la -lm -lz
liftctl_LDFLAGS = $(AM_LDFLAGS)
noinst_LTLIBRARIES += libctl.la
libctl_la_SOURCES = $(CTL)

sqlite_migrations.inc: $(SQLITE_MIGRATIONS) contrib/embed-sql
	$(AM_V_GEN)(cd $(srcdir) && sh contrib/embed-sql \
	    $(SQLITE_MIGRATIONS)) > $@.new && mv $@.new $@
postgres_migrations.inc: $(POSTGRES_MIGRATIONS) contrib/embed-sql
	$(AM_V_GEN)(cd $(srcdir) && sh contrib/embed-sql \
	    $(POSTGRES_MIGRATIONS)) > $@.new && mv $@.new $@
BUILT_SOURCES += sqlite_migrations.inc postgres_migrations.inc
CLEANFILES += sqlite_migrations.inc postgres_migrations.inc
EXTRA_DIST += %D%/README.md %D%/rules/expression.md

DEMO = \
	%D%/demo/demo.c \
	%D%/demo/demo.h \
	%D%/demo/demo_shop.c \
	%D%/demo/demo_shop.h

BASE = \
	%D%/base/arena.c \
	%D%/base/arena.h \
	%D%/base/bracket.c \
	%D%/base/bracket.h \
	%D%/base/clock.c \
	%D%/base/clock.h \
	%D%/base/errand.c \
	%D%/base/errand.h \
	%D%/base/hash.h \
	%D%/base/instant.c \
	%D%/base/instant.h \
	%D%/base/intern.c \
	%D%/base/intern.h \
	%D%/base/json.c \
	%D%/base/json.h \
	%D%/base/json_writer.c \
	%D%/base/logger.c \
	%D%/base/logger.h \
	%D%/base/memory.c \
	%D%/base/memory.h \
	%D%/base/metric.c \
	%D%/base/metric.h \
	%D%/base/money.c \
	%D%/base/money.h \
	%D%/base/text.c \
	%D%/base/text.h \
	%D%/base/utf8.h

RULES = \
	%D%/rules/argument.c \
	%D%/rules/argument.h \
	%D%/rules/cron.c \
	%D%/rules/cron.h \
	%D%/rules/document.c \
	%D%/rules/document.h \
	%D%/rules/document_error.c \
	%D%/rules/document_error.h \
	%D%/rules/expression.c \
	%D%/rules/expression.h \
	%D%/rules/expression_checker.c \
	%D%/rules/expression_evaluator.c \
	%D%/rules/expression_fold.c \
	%D%/rules/expression_function.c \
	%D%/rules/expression_lexer.c \
	%D%/rules/expression_moment.c \
	%D%/rules/expression_name.c \
	%D%/rules/expression_operand.c \
	%D%/rules/expression_parser.c \
	%D%/rules/expression_raw.c \
	%D%/rules/expression_reason.c \
	%D%/rules/expression_shortcut.c \
	%D%/rules/expression_tree.h \
	%D%/rules/expression_type.c \
	%D%/rules/finding.c \
	%D%/rules/finding.h \
	%D%/rules/findings.def \
	%D%/rules/generation.c \
	%D%/rules/generation.h \
	%D%/rules/generation_circle.c \
	%D%/rules/generation_event.c \
	%D%/rules/generation_files.c \
	%D%/rules/generation_hook.c \
	%D%/rules/generation_job.c \
	%D%/rules/generation_parts.h \
	%D%/rules/generation_schema.c \
	%D%/rules/node.c \
	%D%/rules/node.h \
	%D%/rules/node_place.c \
	%D%/rules/option.c \
	%D%/rules/option.h \
	%D%/rules/option_print.c \
	%D%/rules/option_table.c \
	%D%/rules/option_table.h \
	%D%/rules/pattern.c \
	%D%/rules/pattern.h \
	%D%/rules/pattern_parse.c \
	%D%/rules/pattern_set.c \
	%D%/rules/pattern_tree.h \
	%D%/rules/reference.c \
	%D%/rules/reference.h \
	%D%/rules/scalar.c \
	%D%/rules/scalar.h \
	%D%/rules/template.c \
	%D%/rules/template.h \
	%D%/rules/vocabulary.h \
	%D%/rules/zone.c \
	%D%/rules/zone.h \
	%D%/rules/zone_rule.c \
	%D%/rules/zone_rule.h

ENGINE = \
	%D%/engine/call.c \
	%D%/engine/catalogue.c \
	%D%/engine/effect.c \
	%D%/engine/effect.h \
	%D%/engine/engine.c \
	%D%/engine/engine.h \
	%D%/engine/engine_parts.h \
	%D%/engine/engine_state.c \
	%D%/engine/entry.c \
	%D%/engine/entry.h \
	%D%/engine/hear.c \
	%D%/engine/hook.c \
	%D%/engine/identity.c \
	%D%/engine/interaction.c \
	%D%/engine/interaction.h \
	%D%/engine/person.c \
	%D%/engine/person.h \
	%D%/engine/seen.c \
	%D%/engine/seen.h \
	%D%/engine/state.h \
	%D%/engine/vocabulary.c \
	%D%/engine/watermark.c \
	%D%/engine/watermark.h \
	%D%/engine/world.c \
	%D%/engine/world.h \
	%D%/engine/world_parts.h \
	%D%/engine/world_state.c

PLUGIN = \
	%D%/plugin/host.c \
	%D%/plugin/host.h \
	%D%/plugin/loader.c \
	%D%/plugin/loader.h \
	%D%/plugin/roster.c \
	%D%/plugin/roster.h

LOG = \
	%D%/log/batch.c \
	%D%/log/batch.h \
	%D%/log/chunk.c \
	%D%/log/chunk.h \
	%D%/log/copy.c \
	%D%/log/copy.h \
	%D%/log/lock.c \
	%D%/log/lock.h \
	%D%/log/path.c \
	%D%/log/path.h \
	%D%/log/postgres.c \
	%D%/log/postgres.h \
	%D%/log/postgres_fault.c \
	%D%/log/postgres_link.c \
	%D%/log/postgres_migration.c \
	%D%/log/postgres_reader.c \
	%D%/log/postgres_rows.c \
	%D%/log/sqlite.c \
	%D%/log/sqlite.h \
	%D%/log/sqlite_check.c \
	%D%/log/sqlite_link.c \
	%D%/log/sqlite_migration.c \
	%D%/log/sqlite_reader.c \
	%D%/log/sqlite_salvage.c \
	%D%/log/store.c \
	%D%/log/store.h \
	%D%/log/store_driver.h \
	%D%/log/table.c \
	%D%/log/table.h \
	%D%/log/writer.c \
	%D%/log/writer.h

REPLAY = \
	%D%/replay/backtest.c \
	%D%/replay/backtest.h \
	%D%/replay/backtest_tally.c \
	%D%/replay/backtest_tally.h \
	%D%/replay/range.c \
	%D%/replay/range.h \
	%D%/replay/ruletest.c \
	%D%/replay/ruletest.h \
	%D%/replay/ruletest_case.c \
	%D%/replay/ruletest_match.c \
	%D%/replay/ruletest_parts.h \
	%D%/replay/sandbox.c \
	%D%/replay/sandbox.h \
	%D%/replay/snapshot.c \
	%D%/replay/snapshot.h \
	%D%/replay/snapshot_file.c \
	%D%/replay/snapshot_file.h \
	%D%/replay/snapshot_layout.h \
	%D%/replay/snapshot_writer.c

INTAKE = \
	%D%/intake/csv.c \
	%D%/intake/csv.h \
	%D%/intake/delivery.c \
	%D%/intake/delivery.h \
	%D%/intake/event.c \
	%D%/intake/event.h \
	%D%/intake/goods.c \
	%D%/intake/goods.h \
	%D%/intake/identity.c \
	%D%/intake/identity.h \
	%D%/intake/mapping.c \
	%D%/intake/mapping.h \
	%D%/intake/member.c \
	%D%/intake/member.h \
	%D%/intake/segment.c \
	%D%/intake/segment.h \
	%D%/intake/sheet.c \
	%D%/intake/sheet.h

SCHEDULE = \
	%D%/schedule/agenda.c \
	%D%/schedule/job.c \
	%D%/schedule/job.h \
	%D%/schedule/job_due.c \
	%D%/schedule/job_row.c \
	%D%/schedule/schedule.c \
	%D%/schedule/schedule.h \
	%D%/schedule/schedule_reload.c \
	%D%/schedule/schedule_view.c

COURIERS = \
	%D%/couriers/courier.c \
	%D%/couriers/courier.h \
	%D%/couriers/courier_parts.h \
	%D%/couriers/courier_read.c \
	%D%/couriers/courier_settings.c \
	%D%/couriers/courier_settings.h \
	%D%/couriers/couriers.c \
	%D%/couriers/couriers.h \
	%D%/couriers/gemini.c \
	%D%/couriers/gemini.h \
	%D%/couriers/google.c \
	%D%/couriers/google.h \
	%D%/couriers/model.c \
	%D%/couriers/model.h \
	%D%/couriers/post.c \
	%D%/couriers/post.h \
	%D%/couriers/receiver.c \
	%D%/couriers/receiver.h \
	%D%/couriers/retry.c \
	%D%/couriers/retry.h \
	%D%/couriers/shape.c \
	%D%/couriers/shape.h \
	%D%/couriers/webhook.c \
	%D%/couriers/webhook.h

DOORS = \
	%D%/doors/control.c \
	%D%/doors/control.h \
	%D%/doors/control_call.c \
	%D%/doors/control_client.c \
	%D%/doors/control_help.c \
	%D%/doors/control_help.h \
	%D%/doors/control_parts.h \
	%D%/doors/control_role.c \
	%D%/doors/control_role.h \
	%D%/doors/http.c \
	%D%/doors/http.h \
	%D%/doors/http_again.c \
	%D%/doors/http_again.h \
	%D%/doors/http_body.c \
	%D%/doors/http_body.h \
	%D%/doors/http_caller.c \
	%D%/doors/http_events.c \
	%D%/doors/http_events.h \
	%D%/doors/http_exchange.c \
	%D%/doors/http_head.c \
	%D%/doors/http_head.h \
	%D%/doors/http_link.c \
	%D%/doors/http_live.c \
	%D%/doors/http_live.h \
	%D%/doors/http_page.c \
	%D%/doors/http_parts.h \
	%D%/doors/http_reply.c \
	%D%/doors/http_route.c \
	%D%/doors/http_stream.c \
	%D%/doors/http_segment.c \
	%D%/doors/http_segment.h \
	%D%/doors/http_token.c \
	%D%/doors/http_token.h \
	%D%/doors/http_websocket.c \
	%D%/doors/line.c \
	%D%/doors/line.h \
	%D%/doors/openapi.c \
	%D%/doors/openapi.h \
	%D%/doors/stream.c \
	%D%/doors/stream.h \
	%D%/doors/stream_heal.c \
	%D%/doors/stream_parts.h \
	%D%/doors/upload.c \
	%D%/doors/upload.h

HOUSE = \
	%D%/house/clerk.c \
	%D%/house/condition.c \
	%D%/house/condition.h \
	%D%/house/configuration.c \
	%D%/house/desk.c \
	%D%/house/desk.h \
	%D%/house/feed.c \
	%D%/house/feed.h \
	%D%/house/feed_row.c \
	%D%/house/feed_row.h \
	%D%/house/gate.c \
	%D%/house/gate.h \
	%D%/house/gate_parts.h \
	%D%/house/gate_source.c \
	%D%/house/house.c \
	%D%/house/house.h \
	%D%/house/house_parts.h \
	%D%/house/keeper.c \
	%D%/house/measure.c \
	%D%/house/message.c \
	%D%/house/message.h \
	%D%/house/notify.c \
	%D%/house/notify.h \
	%D%/house/recover.c \
	%D%/house/request.c \
	%D%/house/request.h \
	%D%/house/rulebook.c \
	%D%/house/rulebook.h \
	%D%/house/scribe.c \
	%D%/house/scribe.h \
	%D%/house/scribe_work.c \
	%D%/house/settings.c \
	%D%/house/settings.h \
	%D%/house/stage.c \
	%D%/house/stage.h \
	%D%/house/tape.c \
	%D%/house/tape.h

VERBS = \
	%D%/verbs/couriers.c \
	%D%/verbs/events.c \
	%D%/verbs/explain.c \
	%D%/verbs/import.c \
	%D%/verbs/import.h \
	%D%/verbs/jobs.c \
	%D%/verbs/offline.c \
	%D%/verbs/offline.h \
	%D%/verbs/products.c \
	%D%/verbs/rule_files.c \
	%D%/verbs/rule_files.h \
	%D%/verbs/rules.c \
	%D%/verbs/scan.c \
	%D%/verbs/scan.h \
	%D%/verbs/service.c \
	%D%/verbs/shoppers.c \
	%D%/verbs/status.c \
	%D%/verbs/stores.c \
	%D%/verbs/trial.c \
	%D%/verbs/verbs.c \
	%D%/verbs/verbs.h \
	%D%/verbs/watch.c

CTL = \
	%D%/ctl/ctl_completion.c \
	%D%/ctl/ctl_completion.h \
	%D%/ctl/ctl_line.c \
	%D%/ctl/ctl_line.h \
	%D%/ctl/ctl_link.c \
	%D%/ctl/ctl_link.h \
	%D%/ctl/ctl_options.c \
	%D%/ctl/ctl_options.h \
	%D%/ctl/ctl_progress.c \
	%D%/ctl/ctl_progress.h \
	%D%/ctl/ctl_reply.c \
	%D%/ctl/ctl_reply.h \
	%D%/ctl/ctl_screen.c \
	%D%/ctl/ctl_screen.h \
	%D%/ctl/ctl_session.c \
	%D%/ctl/ctl_session.h \
	%D%/ctl/ctl_table.c \
	%D%/ctl/ctl_table.h \
	%D%/ctl/ctl_upload.c \
	%D%/ctl/ctl_upload.h \
	%D%/ctl/ctl_verb.c \
	%D%/ctl/ctl_verb.h


# What liftctl needs of the daemon: none of its rooms, a few of its bricks.
CTL_BASE = %D%/base/memory.c %D%/base/text.c %D%/base/arena.c \
	%D%/base/json.c %D%/base/json_writer.c \
	%D%/base/instant.c %D%/base/clock.c %D%/base/money.c

%D%/log/sqlite_migration.lo: sqlite_migrations.inc
%D%/log/postgres_migration.lo: postgres_migrations.inc
