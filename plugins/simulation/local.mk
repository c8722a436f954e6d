# Virtual shoppers. The arithmetic knows nothing of the daemon; tests and
# benches link it alone.
SIMULATION = \
	%D%/branch.c %D%/branch.h \
	%D%/choice.c %D%/choice.h \
	%D%/dice.c %D%/dice.h \
	%D%/market.c %D%/market.h \
	%D%/names.c %D%/names.h \
	%D%/queue.c %D%/queue.h \
	%D%/retail.c %D%/retail.h %D%/retail_words.c \
	%D%/scenario.c %D%/scenario.h \
	%D%/season.c \
	%D%/shelf.c %D%/shelf.h %D%/shelf_default.h \
	%D%/shelf_parts.h %D%/shelf_rows.c \
	%D%/shopper.c %D%/shopper.h \
	%D%/street.c %D%/street.h \
	%D%/truth.c %D%/truth.h \
	%D%/visit.c %D%/visit.h

SIMULATION_PLUGIN = \
	%D%/catalogue.c \
	%D%/date.c \
	%D%/history.c \
	%D%/history_verbs.c \
	%D%/producer.c \
	%D%/retail_table.c \
	%D%/simulation.c \
	%D%/simulation.h \
	%D%/simulation_verbs.c

plugin_LTLIBRARIES += plugins/simulation.la
plugins_simulation_la_SOURCES = $(SIMULATION) $(SIMULATION_PLUGIN)
plugins_simulation_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_simulation_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_simulation_la_LIBADD = -lm
