# SPDX-License-Identifier: Apache-2.0
# killat kills a program at its n-th write, fsync or change of a name; crash.sh uses it on `sanfang run`.
EXTRA_PROGRAMS += %D%/killat
%C%_killat_SOURCES = %D%/killat.c
CLEANFILES += %D%/killat
dist_check_SCRIPTS += %D%/test_killat.sh
EXTRA_DIST += %D%/crash.sh %D%/crash.yaml %D%/crash.geojson
check_DATA += %D%/killat

check-fault: all %D%/killat
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) \
	KILLAT=$(abs_top_builddir)/%D%/killat bash $(srcdir)/%D%/crash.sh
.PHONY: check-fault

# journal
EXTRA_PROGRAMS += %D%/journal_writer
CLEANFILES += %D%/journal_writer
check_DATA += %D%/journal_writer
%C%_journal_writer_SOURCES = %D%/journal_writer.c
%C%_journal_writer_LDADD = $(CORE_LIB)
dist_check_SCRIPTS += %D%/test_journal.sh
EXTRA_DIST += %D%/journal.sh
check-fault-journal: all %D%/killat %D%/journal_writer
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) KILLAT=$(abs_top_builddir)/%D%/killat \
	WRITER=$(abs_top_builddir)/%D%/journal_writer JOURNAL_STEP=7 JOURNAL_MOMENTS=50 bash $(srcdir)/%D%/journal.sh
check-fault: check-fault-journal
.PHONY: check-fault-journal
