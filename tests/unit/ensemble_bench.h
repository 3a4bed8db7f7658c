/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_ENSEMBLE_BENCH_H
#define SF_TESTS_UNIT_ENSEMBLE_BENCH_H

#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "core/plugin/pool.h"
#include "tests/unit/base.h"

#include <math.h>

extern const struct sf_plugin ensemble_LTX_sanfang_plugin;

enum
{
  HELD = 12,
  MOST_RECORDS = 600,
  HOUR = 3600
};

#define NOW_S (400000 * (int64_t) HOUR)

/* A stage's ports as the cycle would serve them, and the records of the tracks to be. */
struct bench
{
  struct sf_arena arena;
  struct sf_host host;
  struct sf_stage_io io;
  struct sf_dataset *held[HELD];
  const char *names[HELD];
  int count;
  struct sf_settings *settings;
  struct sf_pool *pool;
  struct sf_record records[MOST_RECORDS];
  size_t records_count;
};

static inline const struct sf_dataset *
take (const struct sf_stage_io *io, const char *port)
{
  const struct bench *bench = io->ctx;
  for (int i = 0; i < bench->count; i++)
    if (!strcmp (bench->names[i], port))
      return bench->held[i];
  return NULL;
}

static inline void
hold (struct bench *bench, const char *port, struct sf_dataset *dataset)
{
  ck_assert_int_lt (bench->count, HELD);
  bench->names[bench->count] = port;
  bench->held[bench->count++] = dataset;
}

static inline enum sf_code
give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  (void) err;
  hold (io->ctx, port, dataset);
  return SF_OK;
}

static inline const struct sf_dataset_spec *
spec_of (const struct sf_stage_io *io, const char *port)
{
  return sf_vocabulary_dataset (((const struct bench *) io->ctx)->host.vocabulary, port);
}

static inline enum sf_code
run_blocks (const struct sf_host *host, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err)
{
  return sf_pool_run (host->impl, blocks, fn, ctx, NULL, err);
}

static inline void
open_bench (struct bench *bench, int threads)
{
  struct sf_vocabulary *vocabulary;
  struct sf_dataset *clock;
  *bench = (struct bench){ .host = { .struct_size = sizeof (struct sf_host),
                                     .component = "ensemble",
                                     .share_folder = TEST_SRCDIR "/share",
                                     .parallel = run_blocks } };
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_settings_parse (&bench->arena, ensemble_LTX_sanfang_plugin.options, NULL, NULL, &bench->settings, err));
  ck_done (sf_pool_new (threads, &bench->pool, err));
  bench->host.vocabulary = vocabulary;
  bench->host.settings = bench->settings;
  bench->host.log = sf_log_new ();
  bench->host.impl = bench->pool;
  bench->io = (struct sf_stage_io){ .ctx = bench, .input = take, .output = give, .spec = spec_of };
  ck_done (sf_dataset_new_table (spec_of (&bench->io, "cycle_time"), NULL, &clock, err));
  sf_table_add_row (clock->as.table);
  ck_done (sf_table_set_time (clock->as.table, "time", NOW_S, err));
  hold (bench, "cycle_time", clock);
}

static inline void
close_bench (struct bench *bench)
{
  for (int i = 0; i < bench->count; i++)
    sf_dataset_unref (bench->held[i]);
  sf_pool_free (bench->pool);
  sf_log_free (bench->host.log);
  sf_vocabulary_free ((struct sf_vocabulary *) bench->host.vocabulary);
  sf_arena_finish (&bench->arena);
}

static inline void
set (struct bench *bench, const char *name, const char *value)
{
  ck_done (sf_settings_set (bench->settings, name, value, "the test", err));
}

/* A fix of a forecast made base_h hours before now; lead below 0: an analysis of that time. */
static inline struct sf_fix *
add (struct bench *bench, const char *storm, const char *agency, double base_h, double lead_h, double lon, double lat)
{
  struct sf_record *record = &bench->records[bench->records_count++];
  ck_assert_uint_lt (bench->records_count, MOST_RECORDS);
  sf_record_init (record, SF_RECORD_TRACK);
  record->feed = "test";
  record->valid_s = NOW_S + (int64_t) ((lead_h - base_h) * HOUR);
  record->received_s = NOW_S;
  struct sf_fix *fix = &record->as.track;
  fix->storm = storm;
  fix->name = "Test";
  fix->agency = agency;
  fix->base_s = NOW_S - (int64_t) (base_h * HOUR);
  fix->lead_s = (int64_t) (lead_h * HOUR);
  fix->lon_deg = lon;
  fix->lat_deg = lat;
  fix->wind_mps = 42;
  fix->averaging_min = 2;
  fix->pressure_hpa = 955;
  return fix;
}

/* A straight forecast to 72 h, half a degree west and a quarter north in 3 hours, with rings at its beginning. */
static inline void
add_forecast (struct bench *bench, const char *storm, const char *agency, double base_h, double lon, double lat)
{
  for (int lead_h = 0; lead_h <= 72; lead_h += 12)
    {
      struct sf_fix *fix
          = add (bench, storm, agency, base_h, lead_h, remainder (lon - lead_h / 6.0, 360), lat + lead_h / 12.0);
      for (int ring = 0; lead_h == 0 && ring < 12; ring++)
        fix->radii_km[ring] = 300 - 100 * (ring / 4) - 10 * (ring % 4);
    }
}

static inline void
hold_tracks (struct bench *bench, const char *port)
{
  struct sf_dataset *tracks;
  ck_done (
      sf_dataset_new_tracks (spec_of (&bench->io, port), NULL, bench->records, bench->records_count, &tracks, err));
  hold (bench, port, tracks);
  bench->records_count = 0;
}

static inline enum sf_code
run (struct bench *bench, const char *name, struct sf_error *err)
{
  for (const struct sf_stage *stage = ensemble_LTX_sanfang_plugin.as.model->stages; stage->name; stage++)
    if (!strcmp (stage->name, name))
      return stage->run (&bench->host, &bench->io, err);
  ck_abort_msg ("no stage %s", name);
}

#endif
