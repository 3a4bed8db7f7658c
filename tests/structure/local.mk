# SPDX-License-Identifier: Apache-2.0
# What the tree promises of itself. Each script can be run by hand with srcdir and builddir set.
dist_check_SCRIPTS += %D%/floors.sh %D%/headers.sh %D%/symbols.sh %D%/spdx.sh %D%/can_fail.sh \
  %D%/setup.sh %D%/second_run.sh %D%/manual.sh %D%/third_party.sh
EXTRA_DIST += %D%/lint.sh
AM_TESTS_ENVIRONMENT += LC_ALL=C.UTF-8; export LC_ALL; PUBLIC_HEADERS='$(nobase_sfinclude_HEADERS)'; export PUBLIC_HEADERS; \
  SANFANG_MODULES='$(pkglib_LTLIBRARIES)'; export SANFANG_MODULES; \
  INSTALL_FOLDERS='bin=$(bindir) lib=$(libdir) include=$(includedir) data=$(pkgdatadir) man=$(mandir) share=$(datadir)'; \
  export INSTALL_FOLDERS;

# An installation from the build folder takes the modules away for a moment (libtool links them again): last, and alone.
THIRD_PARTY_LOG = %D%/third_party.sh.log
$(THIRD_PARTY_LOG): $(filter-out $(THIRD_PARTY_LOG),$(TEST_LOGS))

# The same on what was really installed; distcheck runs it too.
installcheck-local:
	@$(AM_TESTS_ENVIRONMENT) INSTALLED='$(DESTDIR)/' bash $(srcdir)/%D%/third_party.sh

# Format, cppcheck and clang-tidy on what changed since BASE (default HEAD) and on new files.
lint:
	bash $(srcdir)/%D%/lint.sh '$(srcdir)' '$(BASE)' $(LINT_CFLAGS)
LINT_CFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS) $(GDAL_CFLAGS) $(PROJ_CFLAGS) $(HDF5_CFLAGS) \
  $(GEOS_CFLAGS) $(PICTURE_CFLAGS) $(DEFLATE_CFLAGS) $(CHECK_CFLAGS) -DTEST_SRCDIR='""' -DTEST_BUILDDIR='""'

# gcc's analyzer over every source, in a build of its own.
analyze:
	$(MKDIR_P) analyze
	cd analyze && { test -e Makefile || $(abs_top_srcdir)/configure -q --disable-dependency-tracking CFLAGS='-O1 -g -fanalyzer -Werror -Wno-unused-value -DSF_ANALYZE'; }
	cd analyze && $(MAKE) $(lib_LTLIBRARIES) $(pkglib_LTLIBRARIES) $(bin_PROGRAMS)

# Every test under AddressSanitizer and UndefinedBehaviorSanitizer, in a build of its own.
check-sanitize:
	$(MKDIR_P) sanitize
	test ! -d npm || ln -sfn ../npm sanitize/npm
	cd sanitize && { test -e Makefile || $(abs_top_srcdir)/configure -q --enable-sanitize CFLAGS='-O1 -g'; }
	cd sanitize && $(MAKE) check

check-all: check
	$(MAKE) check-fault
	$(MAKE) check-sanitize
	$(MAKE) analyze
	$(MAKE) dist-complete
	$(MAKE) distcheck

# What is under version control is in the tarball.
dist-complete: dist
	git -C $(srcdir) ls-files | grep -vxE '\.gitignore|\.editorconfig' | LC_ALL=C sort >dist.want; test -s dist.want
	tar tf $(distdir).tar.gz | sed 's,^$(distdir)/,,' | LC_ALL=C sort >dist.have
	LC_ALL=C comm -23 dist.want dist.have >dist.lost; cat dist.lost; test ! -s dist.lost
CLEANFILES += dist.want dist.have dist.lost

clean-local:
	rm -rf analyze sanitize
.PHONY: lint analyze check-sanitize check-all dist-complete
