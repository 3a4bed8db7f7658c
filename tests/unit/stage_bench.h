/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_STAGE_BENCH_H
#define SF_TESTS_UNIT_STAGE_BENCH_H

#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "tests/unit/base.h"

#include <math.h>

/* One stage of a model run by itself: what it takes is given here by its ports' names, what it makes is caught. */
struct stage_bench
{
  struct sf_arena arena;
  struct sf_host host;
  struct sf_settings *settings;
  struct sf_stage_io io;
  const struct sf_plugin *plugin;
  struct sf_dataset *held[16];
  const char *names[16];
  int count;
};

static inline const struct sf_dataset *
bench_take (const struct sf_stage_io *io, const char *port)
{
  const struct stage_bench *bench = io->ctx;
  for (int i = 0; i < bench->count; i++)
    if (!strcmp (bench->names[i], port))
      return bench->held[i];
  return NULL;
}

static inline enum sf_code
bench_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  struct stage_bench *bench = io->ctx;
  (void) err;
  ck_assert_int_lt (bench->count, 16);
  bench->names[bench->count] = port;
  bench->held[bench->count++] = dataset;
  return SF_OK;
}

static inline const struct sf_dataset_spec *
bench_spec (const struct sf_stage_io *io, const char *port)
{
  return sf_vocabulary_dataset (((const struct stage_bench *) io->ctx)->host.vocabulary, port);
}

static inline enum sf_code
bench_parallel (const struct sf_host *host, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err)
{
  (void) host;
  for (int block = blocks - 1; block >= 0; block--) /* any order must do */
    SF_TRY (fn (ctx, block, err));
  return SF_OK;
}

static inline void
bench_open (struct stage_bench *bench, const struct sf_plugin *plugin, const struct sf_gridspec *grid)
{
  struct sf_vocabulary *vocabulary;
  *bench = (struct stage_bench){ .plugin = plugin };
  bench->host = (struct sf_host){ .struct_size = sizeof (struct sf_host),
                                  .component = plugin->name,
                                  .share_folder = TEST_SRCDIR "/share",
                                  .parallel = bench_parallel };
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_settings_parse (&bench->arena, plugin->options, NULL, NULL, &bench->settings, err));
  bench->host.vocabulary = vocabulary;
  bench->host.settings = bench->settings;
  bench->host.log = sf_log_new ();
  bench->io = (struct sf_stage_io){ .ctx = bench,
                                    .grid_name = "home",
                                    .grid = grid,
                                    .instance = "home",
                                    .input = bench_take,
                                    .output = bench_give,
                                    .spec = bench_spec };
}

static inline void
bench_close (struct stage_bench *bench)
{
  for (int i = 0; i < bench->count; i++)
    sf_dataset_unref (bench->held[i]);
  sf_log_free (bench->host.log);
  sf_vocabulary_free ((struct sf_vocabulary *) bench->host.vocabulary);
  sf_arena_finish (&bench->arena);
}

static inline enum sf_code
bench_run (struct stage_bench *bench, const char *name, struct sf_error *err)
{
  for (const struct sf_stage *stage = bench->plugin->as.model->stages; stage->name; stage++)
    if (!strcmp (stage->name, name))
      return stage->run (&bench->host, &bench->io, err);
  ck_abort_msg ("no stage %s", name);
}

/* Put a dataset in; the bench takes the reference. */
static inline void
bench_put (struct stage_bench *bench, const char *port, struct sf_dataset *dataset)
{
  bench_give (&bench->io, port, dataset, NULL);
}

static inline struct sf_table *
bench_put_table (struct stage_bench *bench, const char *port)
{
  struct sf_dataset *dataset = NULL;
  ck_done (sf_dataset_new_table (bench_spec (&bench->io, port), NULL, &dataset, err));
  bench_put (bench, port, dataset);
  return dataset->as.table;
}

static inline void
bench_put_time (struct stage_bench *bench, int64_t time_s)
{
  struct sf_table *table = bench_put_table (bench, "cycle_time");
  ck_assert_int_eq (sf_table_add_row (table), 0);
  ck_done (sf_table_set_time (table, "time", time_s, err));
}

static inline void
bench_put_tracks (struct stage_bench *bench, const char *port, const struct sf_record *fixes, size_t count)
{
  struct sf_dataset *dataset = NULL;
  ck_done (sf_dataset_new_tracks (bench_spec (&bench->io, port), NULL, fixes, count, &dataset, err));
  bench_put (bench, port, dataset);
}

/* An analysed fix of a storm, hours after the epoch. */
static inline struct sf_record
bench_fix (const char *storm, const char *member, double hour, double lon_deg, double lat_deg)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_TRACK);
  record.feed = "test";
  record.valid_s = record.received_s = llround (3600 * hour);
  record.as.track.storm = storm;
  record.as.track.agency = "BABJ";
  record.as.track.member = member;
  record.as.track.base_s = record.valid_s;
  record.as.track.lead_s = 0;
  record.as.track.lon_deg = lon_deg;
  record.as.track.lat_deg = lat_deg;
  record.as.track.averaging_min = 2;
  return record;
}

#endif
