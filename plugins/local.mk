# Each plugin that ships adds its folder here; see README.md.
EXTRA_DIST += %D%/README.md
plugindir = $(libdir)/liftd
