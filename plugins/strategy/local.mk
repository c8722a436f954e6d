noinst_LTLIBRARIES += plugins/libstrategy.la
plugins_libstrategy_la_SOURCES = \
	%D%/facts.c \
	%D%/keep.c \
	%D%/learn.c \
	%D%/learn.h \
	%D%/model.c \
	%D%/prose.c \
	%D%/prose.h \
	%D%/strategy.c \
	%D%/strategy_parts.h \
	%D%/tell.c \
	%D%/weigh.c \
	%D%/weigh.h \
	plugins/law.c \
	plugins/law.h
plugins_libstrategy_la_CPPFLAGS = $(PLUGIN_CPPFLAGS) $(JANSSON_CFLAGS)
plugins_libstrategy_la_LIBADD = $(JANSSON_LIBS) -lm

plugin_LTLIBRARIES += plugins/strategy.la
plugins_strategy_la_SOURCES =
plugins_strategy_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_strategy_la_LIBADD = plugins/libstrategy.la
