# The plugin; its parts are a library, so that tests and benches can link its
# arithmetic, or all of it.
noinst_LTLIBRARIES += plugins/libdetection.la
plugins_libdetection_la_SOURCES = \
	%D%/account.c \
	%D%/alert.c \
	%D%/alert_rows.h \
	%D%/balance.c \
	%D%/balance.h \
	%D%/baseline.c \
	%D%/baseline.h \
	%D%/burst.c \
	%D%/campaign.c \
	%D%/catalogue.c \
	%D%/crowd.c \
	%D%/demand.c \
	%D%/detection.c \
	%D%/detection.h \
	%D%/elasticity.c \
	%D%/elasticity.h \
	%D%/explain.c \
	%D%/forecast.c \
	%D%/forecast.h \
	%D%/forest.c \
	%D%/forest.h \
	%D%/forest_parts.h \
	%D%/forest_tree.c \
	%D%/impact.c \
	%D%/impact.h \
	plugins/law.c \
	plugins/law.h \
	%D%/lull.c \
	%D%/memory.c \
	%D%/pair.c \
	%D%/pair.h \
	%D%/predict.c \
	%D%/predict.h \
	%D%/predict_batch.c \
	%D%/price.c \
	%D%/ratio.c \
	%D%/reason.c \
	%D%/sheet.c \
	%D%/sheet.h \
	%D%/shelf.c \
	%D%/state.c \
	%D%/store.c \
	%D%/trial.c \
	%D%/unannounced.c \
	%D%/verdict.c \
	%D%/verdict.h \
	%D%/window.c
plugins_libdetection_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_libdetection_la_LIBADD = -lm

plugin_LTLIBRARIES += plugins/detection.la
plugins_detection_la_SOURCES =
plugins_detection_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_detection_la_LIBADD = plugins/libdetection.la
