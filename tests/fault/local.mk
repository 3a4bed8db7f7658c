# SPDX-License-Identifier: Apache-2.0
# killat kills a program at its n-th write, fsync or change of a name; crash.sh uses it on `sanfang run`.
EXTRA_PROGRAMS += %D%/killat
%C%_killat_SOURCES = %D%/killat.c
CLEANFILES += %D%/killat
dist_check_SCRIPTS += %D%/test_killat.sh
EXTRA_DIST += %D%/crash.sh %D%/crash.yaml %D%/crash.geojson
check_DATA += %D%/killat

# a cage's worker, killed a thousand times while messages flow
if !PRELOAD
KILLED_CAGE = tests/unit/test_cage
STARVED_CAGE = tests/unit/test_cage_libraries
endif
check-fault: all %D%/killat $(KILLED_CAGE)
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) \
	for t in $(KILLED_CAGE); do SANFANG_KILLS=1000 CK_RUN_CASE=ends ./$$t || exit 1; done
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) \
	KILLAT=$(abs_top_builddir)/%D%/killat bash $(srcdir)/%D%/crash.sh
.PHONY: check-fault

# a cage's worker without memory: every allocation of its start and of the messages in each decoder's samples (half an hour)
check-fault: check-fault-cage
check-fault-cage: all $(STARVED_CAGE)
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) \
	for t in $(STARVED_CAGE); do SANFANG_FAULT_WHOLE=1 ./$$t || exit 1; done
.PHONY: check-fault-cage

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

# the whole of live operation, killed 200 times
check-fault: check-fault-live
check-fault-live: all
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) KILLS=200 bash $(srcdir)/tests/live/kill.sh
.PHONY: check-fault-live

# ingest killed at each of its writes; every transport at once, killed 200 times, its workers a thousand times
dist_check_SCRIPTS += %D%/test_ingest.sh
EXTRA_DIST += %D%/ingest.sh %D%/kill_at.sh
check-fault: check-fault-ingest
check-fault-ingest: all %D%/killat tests/live/journal_shuffle
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) KILLAT=$(abs_top_builddir)/%D%/killat INGEST_JOBS=4 bash $(srcdir)/%D%/ingest.sh
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) KILLAT=$(abs_top_builddir)/%D%/killat INGEST_JOBS=4 INGEST_FILES=6 INGEST_ERROR=EIO bash $(srcdir)/%D%/ingest.sh
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) KILLAT=$(abs_top_builddir)/%D%/killat INGEST_JOBS=4 INGEST_FILES=6 INGEST_ERROR=ENOSPC bash $(srcdir)/%D%/ingest.sh
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) KILLS=200 WORKER_KILLS=1000 bash $(srcdir)/tests/live/kill_all.sh
.PHONY: check-fault-ingest

# memory that fails: every allocation of journal, store and live ingest
EXTRA_DIST += %D%/memory.sh
MEMORY_TESTS = test_journal_fault test_store_memory
if !PRELOAD
MEMORY_TESTS += test_ingest_memory
endif
check-fault: check-fault-memory
check-fault-memory: all $(MEMORY_TESTS:%=tests/unit/%)
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) MEMORY_TESTS='$(MEMORY_TESTS)' bash $(srcdir)/%D%/memory.sh
.PHONY: check-fault-memory

# commands that write the journal and the store, killed and disturbed at each of their writes
dist_check_SCRIPTS += %D%/test_commands.sh
EXTRA_DIST += %D%/commands.sh
check-fault: check-fault-commands
check-fault-commands: all %D%/killat
	@$(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) KILLAT=$(abs_top_builddir)/%D%/killat COMMAND_JOBS=5 bash $(srcdir)/%D%/commands.sh
.PHONY: check-fault-commands
