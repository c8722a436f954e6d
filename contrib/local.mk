EXTRA_DIST += %D%/embed-sql %D%/needs %D%/test %D%/demo %D%/distcheck \
	%D%/sample-events %D%/liftd.yaml

# ---- the service -----------------------------------------------------------
systemdsystemunit_DATA = %D%/systemd/liftd.service
%D%/systemd/liftd.service: %D%/systemd/liftd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) -e 's,@sbindir\@,$(sbindir),g' \
	    -e 's,@bindir\@,$(bindir),g' \
	    $(srcdir)/%D%/systemd/liftd.service.in > $@
CLEANFILES += %D%/systemd/liftd.service
EXTRA_DIST += %D%/grafana/liftd.json %D%/systemd/liftd.service.in \
	%D%/systemd/liftd.sysusers.conf %D%/systemd/liftd.tmpfiles.conf

install-data-local:
	$(MKDIR_P) $(DESTDIR)$(sysusersdir) $(DESTDIR)$(tmpfilesdir) \
	    $(DESTDIR)$(bashcompletiondir) $(DESTDIR)$(sysconfdir)/liftd
	$(INSTALL_DATA) $(srcdir)/%D%/systemd/liftd.sysusers.conf \
	    $(DESTDIR)$(sysusersdir)/liftd.conf
	$(INSTALL_DATA) $(srcdir)/%D%/systemd/liftd.tmpfiles.conf \
	    $(DESTDIR)$(tmpfilesdir)/liftd.conf
	$(INSTALL_DATA) $(srcdir)/%D%/completion/liftctl.bash \
	    $(DESTDIR)$(bashcompletiondir)/liftctl
	test -e $(DESTDIR)$(sysconfdir)/liftd/liftd.yaml || \
	    $(INSTALL_DATA) $(srcdir)/%D%/liftd.yaml \
	    $(DESTDIR)$(sysconfdir)/liftd/liftd.yaml
uninstall-local:
	rm -f $(DESTDIR)$(sysusersdir)/liftd.conf \
	    $(DESTDIR)$(tmpfilesdir)/liftd.conf \
	    $(DESTDIR)$(bashcompletiondir)/liftctl \
	    $(DESTDIR)$(sysconfdir)/liftd/liftd.yaml

# ---- manual pages ------------------------------------------------------------
PAGES = %D%/man/liftd.8 %D%/man/liftctl.1 %D%/man/liftd.yaml.5 \
	%D%/man/liftd-rules.5 %D%/man/liftd-plugins.5 %D%/man/liftd-plugin.7
dist_man_MANS += $(PAGES)
EXTRA_DIST += %D%/completion/liftctl.bash %D%/completion/liftctl.zsh \
	%D%/completion/liftctl.fish %D%/man/tables

# Prints the tables of the program into the pages.
man-tables: liftd
	$(srcdir)/%D%/man/tables ./liftd $(srcdir)/%D%/man/*.[1-8]
.PHONY: man-tables
