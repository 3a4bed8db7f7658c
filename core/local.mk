# SPDX-License-Identifier: Apache-2.0
CORE_PUBLIC = \
  %D%/base/error.h %D%/base/mem.h %D%/base/time.h %D%/base/text.h %D%/base/json.h %D%/base/sha256.h \
  %D%/base/file.h %D%/base/log.h %D%/base/yaml.h %D%/base/decimal.h \
  %D%/data/grid.h %D%/data/geometry.h %D%/data/record.h %D%/data/vocabulary.h %D%/data/dataset.h %D%/data/table_json.h \
  %D%/plugin/option.h %D%/plugin/plugin.h
nobase_sfinclude_HEADERS += $(CORE_PUBLIC)

lib_LTLIBRARIES += libsanfang-core.la
libsanfang_core_la_SOURCES = $(CORE_PUBLIC) \
  %D%/base/error.c %D%/base/mem.c %D%/base/time.c %D%/base/text.c %D%/base/json.c %D%/base/sha256.c \
  %D%/base/file.c %D%/base/log.c %D%/base/yaml.c %D%/base/decimal.c %D%/plugin/option.c
libsanfang_core_la_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS) $(SQLITE_CFLAGS) $(SECCOMP_CFLAGS)
libsanfang_core_la_LIBADD = $(LTDL_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS) $(SQLITE_LIBS) $(SECCOMP_LIBS) -lm
libsanfang_core_la_LDFLAGS = -version-info 0:0:0 -Wl,-z,defs

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/sanfang.pc

# what alarms are called
libsanfang_core_la_SOURCES += %D%/feed/health_words.c

# two numbers for one station
nobase_sfinclude_HEADERS += %D%/feed/quality_twins.h
libsanfang_core_la_SOURCES += %D%/feed/quality_twins.h %D%/feed/quality_twins.c

# names of feeds and subjects
nobase_sfinclude_HEADERS += %D%/feed/feed_names.h
libsanfang_core_la_SOURCES += %D%/feed/feed_names.h %D%/feed/feed_names.c %D%/store/store_names.c

# words for passwords
nobase_sfinclude_HEADERS += %D%/base/secret.h
libsanfang_core_la_SOURCES += %D%/base/secret.h %D%/base/secret.c

# domain
nobase_sfinclude_HEADERS += %D%/cycle/domain.h
libsanfang_core_la_SOURCES += %D%/cycle/domain.h %D%/cycle/domain.c

# data
libsanfang_core_la_SOURCES += %D%/data/dataset_private.h %D%/data/member.h %D%/data/plain.h \
  %D%/data/grid.c %D%/data/geometry.c %D%/data/vocabulary.c %D%/data/dataset.c %D%/data/table.c %D%/data/table_json.c %D%/data/tracks.c \
  %D%/data/record.c %D%/data/record_check.c %D%/data/record_wire.c %D%/data/record_json.c

# plugin host
nobase_sfinclude_HEADERS += %D%/plugin/host.h %D%/plugin/pool.h
libsanfang_core_la_SOURCES += %D%/plugin/host.h %D%/plugin/pool.h %D%/plugin/loader.h \
  %D%/plugin/host.c %D%/plugin/pool.c %D%/plugin/loader.c

if SANITIZE
libsanfang_core_la_SOURCES += %D%/plugin/leaks.c
else
EXTRA_DIST += %D%/plugin/leaks.c
endif

# cycle
nobase_sfinclude_HEADERS += %D%/cycle/scenario.h %D%/cycle/graph.h %D%/cycle/snapshot.h %D%/cycle/cycle.h %D%/cycle/ingest.h
libsanfang_core_la_SOURCES += %D%/cycle/scenario.h %D%/cycle/graph.h %D%/cycle/snapshot.h %D%/cycle/cycle.h \
  %D%/cycle/ingest.h %D%/cycle/cycle_private.h %D%/cycle/scenario_private.h \
  %D%/cycle/scenario.c %D%/cycle/scenario_set.c %D%/cycle/graph.c %D%/cycle/snapshot.c %D%/cycle/ingest.c %D%/cycle/ingest_store.c %D%/cycle/cycle.c \
  %D%/cycle/cycle_slots.c %D%/cycle/cycle_keys.c %D%/cycle/cycle_stages.c %D%/cycle/cycle_export.c %D%/cycle/manifest.c

# feed
nobase_sfinclude_HEADERS += %D%/feed/feed.h
libsanfang_core_la_SOURCES += %D%/feed/feed.h %D%/feed/reading.h %D%/feed/reading.c %D%/feed/department.h %D%/feed/department.c

# journal
nobase_sfinclude_HEADERS += %D%/feed/journal.h
libsanfang_core_la_SOURCES += %D%/feed/journal.h %D%/feed/journal_private.h %D%/feed/journal.c %D%/feed/journal_append.c \
  %D%/feed/journal_read.c %D%/feed/journal_verdict.c %D%/feed/journal_keep.c %D%/feed/journal_carry.c
# cages
libsanfang_core_la_SOURCES += %D%/feed/cage.h %D%/feed/cage_private.h %D%/feed/cage_wire.h %D%/feed/cage_jail.h \
  %D%/feed/cage.c %D%/feed/cage_entry.c %D%/feed/cage_end.c %D%/feed/cage_write.c %D%/feed/cage_process.c \
  %D%/feed/cage_fields.c %D%/feed/cage_gather.c %D%/feed/cage_result.c %D%/feed/cage_wire.c %D%/feed/cage_worker.c %D%/feed/cage_jail.c %D%/feed/cage_memory.c \
  %D%/data/record_pack.h %D%/data/record_pack.c

# store
nobase_sfinclude_HEADERS += %D%/store/store.h
libsanfang_core_la_SOURCES += %D%/store/db.h %D%/store/db.c %D%/store/names.h %D%/store/names.c \
  %D%/store/store.h %D%/store/store_private.h %D%/store/store.c %D%/store/store_forms.c %D%/store/store_days.c \
  %D%/store/store_commit.c %D%/store/store_give.c %D%/store/store_share.c %D%/store/store_redo.c %D%/store/store_last.c %D%/store/store_records.c %D%/store/store_field.c \
  %D%/store/store_read.c %D%/store/store_rows.c %D%/store/store_latest.c %D%/store/store_records_read.c \
  %D%/store/store_series.c %D%/store/store_digest.c %D%/store/store_check.c

# the program
bin_PROGRAMS += sanfang
sanfang_SOURCES = %D%/cli/cli.h %D%/cli/main.c %D%/cli/start.c %D%/cli/args.c %D%/cli/places.c %D%/cli/help.c %D%/cli/table.c \
  %D%/cli/commands.c %D%/cli/cmd_run.c %D%/cli/cmd_serve.c %D%/cli/cmd_check.c %D%/cli/cmd_decode.c %D%/cli/cmd_list.c \
  %D%/cli/cmd_doctor.c %D%/cli/cmd_manual.c
sanfang_CPPFLAGS = $(AM_CPPFLAGS) -DSF_PKGLIBDIR='"$(pkglibdir)"' -DSF_PKGDATADIR='"$(pkgdatadir)"' \
  -DSF_VERSION='"$(PACKAGE_VERSION)"'
sanfang_LDADD = $(CORE_LIB) $(LTDL_LIBS)
if PRELOAD
sanfang_LDFLAGS = -static $(MODULES:%=-dlpreopen %)
sanfang_DEPENDENCIES = $(CORE_LIB) $(MODULES)
else
sanfang_LDFLAGS = -dlpreopen force
endif

# replay
sanfang_SOURCES += %D%/cli/cmd_replay.c

# Where the program's own tree is, for running it in place.
ALL_LOCAL += sanfang.tree
CLEANFILES += sanfang.tree
sanfang.tree: Makefile
	$(AM_V_GEN)echo '$(abs_top_srcdir)' > $@

# quality control
libsanfang_core_la_SOURCES += %D%/feed/quality.h %D%/feed/quality_rules.h %D%/feed/quality_kernels.h %D%/feed/quality_tails.h \
  %D%/feed/quality_private.h %D%/feed/quality_past.h %D%/feed/quality_past.c %D%/feed/coast_mask.h %D%/feed/quality_rules.c %D%/feed/quality_kernels.c %D%/feed/quality_tails.c \
  %D%/feed/quality_record.c %D%/feed/quality_batch.c %D%/feed/quality_agree.c %D%/feed/quality_words.c %D%/feed/quality.c \
  %D%/feed/coast_mask.c

# health board
nobase_sfinclude_HEADERS += %D%/feed/quality.h %D%/feed/coast_mask.h %D%/feed/health.h
libsanfang_core_la_SOURCES += %D%/feed/health.h %D%/feed/health_private.h %D%/feed/health.c %D%/feed/health_file.c \
  %D%/feed/health_board.c %D%/feed/health_reason.c %D%/feed/health_prometheus.c

# pipeline, intake and live operation
libsanfang_core_la_SOURCES += %D%/feed/pipeline.h %D%/feed/pipeline_private.h %D%/feed/intake.h %D%/feed/intake_private.h \
  %D%/feed/pipeline.c %D%/feed/pipeline_feed.c %D%/feed/pipeline_outcome.c \
  %D%/feed/quality_store.c \
  %D%/feed/intake.c %D%/feed/intake_batch.c %D%/feed/intake_source.c %D%/feed/intake_keep.c
sanfang_SOURCES += %D%/cli/notify.h %D%/cli/notify.c %D%/cli/live.h %D%/cli/live_private.h %D%/cli/live.c %D%/cli/live_watch.c %D%/cli/live_twins.c \
  %D%/cli/live_cycle.c
sanfang_SOURCES += %D%/cli/cmd_feeds.c %D%/cli/feeds_table.c
