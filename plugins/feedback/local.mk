noinst_LTLIBRARIES += plugins/libfeedback.la
plugins_libfeedback_la_SOURCES = \
	%D%/act.c \
	%D%/action.c \
	%D%/alert.c \
	%D%/answer.c \
	%D%/feedback.c \
	%D%/feedback_parts.h \
	%D%/keep.c \
	%D%/measure.c \
	%D%/measure.h \
	%D%/rail.c \
	%D%/rail.h \
	%D%/report.c \
	%D%/series.c \
	%D%/series.h \
	plugins/law.c \
	plugins/law.h
plugins_libfeedback_la_CPPFLAGS = $(PLUGIN_CPPFLAGS) $(JANSSON_CFLAGS)
plugins_libfeedback_la_LIBADD = $(JANSSON_LIBS) -lm

plugin_LTLIBRARIES += plugins/feedback.la
plugins_feedback_la_SOURCES =
plugins_feedback_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_feedback_la_LIBADD = plugins/libfeedback.la
