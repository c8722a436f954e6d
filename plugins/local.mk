# Each plugin that ships adds its folder here; see README.md.
EXTRA_DIST += %D%/README.md
plugindir = $(libdir)/liftd
plugin_LTLIBRARIES =
PLUGIN_CPPFLAGS = -I$(srcdir)/daemon -I$(srcdir)/plugins
PLUGIN_LDFLAGS = -module -avoid-version -shared $(PLUGIN_DEFS) $(AM_LDFLAGS)
include plugins/detection/local.mk
include plugins/simulation/local.mk
if HAVE_JANSSON
include plugins/feedback/local.mk
include plugins/strategy/local.mk
endif
