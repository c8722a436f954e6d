# The plugin, its arithmetic as a library for unit tests, and the plugin linked
# in, for tests and benches that want no DSO.
DETECTION_LAWS = \
	%D%/balance.c \
	%D%/balance.h \
	%D%/baseline.c \
	%D%/baseline.h \
	%D%/law.c \
	%D%/law.h \
	%D%/pair.c \
	%D%/pair.h \
	%D%/verdict.c \
	%D%/verdict.h
DETECTION = \
	$(DETECTION_LAWS) \
	%D%/account.c \
	%D%/alert.c \
	%D%/campaign.c \
	%D%/demand.c \
	%D%/detection.c \
	%D%/detection.h \
	%D%/explain.c \
	%D%/memory.c \
	%D%/sheet.c \
	%D%/sheet.h \
	%D%/shelf.c \
	%D%/state.c \
	%D%/trial.c \
	%D%/window.c

plugin_LTLIBRARIES += %D%/detection.la
plugins_detection_detection_la_SOURCES = $(DETECTION)
plugins_detection_detection_la_CPPFLAGS = -I$(srcdir)/daemon
plugins_detection_detection_la_LDFLAGS = -module -avoid-version -shared \
	$(PLUGIN_DEFS) $(AM_LDFLAGS)
plugins_detection_detection_la_LIBADD = -lm

check_LTLIBRARIES += libdetection.la
libdetection_la_SOURCES = $(DETECTION)
libdetection_la_CPPFLAGS = -I$(srcdir)/daemon
libdetection_la_LIBADD = -lm
