/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_STAGE_HELP_H
#define SF_TESTS_UNIT_STAGE_HELP_H

#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "tests/unit/base.h"

#include <math.h>

enum
{
  STAGE_HELD = 12,
  STAGE_FIXES = 4096,
  HOUR = 3600
};

/* A stage's ports as the cycle would serve them, on fixes that a test adds. */
struct stage
{
  struct sf_arena arena;
  struct sf_host host;
  struct sf_stage_io io;
  struct sf_dataset *held[STAGE_HELD];
  const char *names[STAGE_HELD];
  int count;
  struct sf_record fixes[STAGE_FIXES];
  size_t fixes_count;
};

static const struct sf_dataset *
stage_take (const struct sf_stage_io *io, const char *port)
{
  const struct stage *stage = io->ctx;
  for (int i = 0; i < stage->count; i++)
    if (!strcmp (stage->names[i], port))
      return stage->held[i];
  return NULL;
}

static enum sf_code
stage_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  struct stage *stage = io->ctx;
  (void) err;
  ck_assert_int_lt (stage->count, STAGE_HELD);
  stage->names[stage->count] = port;
  stage->held[stage->count++] = dataset;
  return SF_OK;
}

static const struct sf_dataset_spec *
stage_spec (const struct sf_stage_io *io, const char *port)
{
  return sf_vocabulary_dataset (((const struct stage *) io->ctx)->host.vocabulary, port);
}

static inline struct stage *
stage_open (const struct sf_option *options)
{
  struct stage *stage = sf_mem_calloc (1, sizeof *stage);
  struct sf_vocabulary *vocabulary;
  struct sf_settings *settings = NULL;
  stage->host = (struct sf_host){ .struct_size = sizeof (struct sf_host),
                                  .component = "test",
                                  .share_folder = TEST_SRCDIR "/share" };
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  if (options)
    ck_done (sf_settings_parse (&stage->arena, options, NULL, NULL, &settings, err));
  stage->host.vocabulary = vocabulary;
  stage->host.settings = settings;
  stage->host.log = sf_log_new ();
  stage->io = (struct sf_stage_io){ .ctx = stage, .input = stage_take, .output = stage_give, .spec = stage_spec };
  return stage;
}

/* A fix, analysed (lead 0) or forecast, hours from the epoch; the caller may change it further. */
static inline struct sf_record *
stage_add (struct stage *stage, const char *feed, const char *storm, const char *agency, double base_h, double lead_h,
           double lon_deg, double lat_deg)
{
  ck_assert_uint_lt (stage->fixes_count, STAGE_FIXES);
  struct sf_record *record = &stage->fixes[stage->fixes_count++];
  sf_record_init (record, SF_RECORD_TRACK);
  record->feed = feed;
  record->valid_s = llround ((base_h + lead_h) * HOUR);
  record->as.track.storm = storm;
  record->as.track.agency = agency;
  record->as.track.base_s = llround (base_h * HOUR);
  record->as.track.lead_s = llround (lead_h * HOUR);
  record->as.track.lon_deg = lon_deg;
  record->as.track.lat_deg = lat_deg;
  return record;
}

/* Make the fixes a dataset that stages take, and the clock. */
static inline void
stage_begin (struct stage *stage, const char *dataset, double now_h)
{
  struct sf_dataset *tracks = NULL, *time = NULL;
  ck_done (
      sf_dataset_new_tracks (stage_spec (&stage->io, dataset), NULL, stage->fixes, stage->fixes_count, &tracks, err));
  ck_done (sf_dataset_new_table (stage_spec (&stage->io, "cycle_time"), NULL, &time, err));
  ck_assert_int_ge (sf_table_add_row (time->as.table), 0);
  ck_done (sf_table_set_time (time->as.table, "time", llround (now_h * HOUR), err));
  ck_done (stage_give (&stage->io, dataset, tracks, err));
  ck_done (stage_give (&stage->io, "cycle_time", time, err));
}

static inline void
stage_close (struct stage *stage)
{
  for (int i = 0; i < stage->count; i++)
    sf_dataset_unref (stage->held[i]);
  sf_log_free (stage->host.log);
  sf_vocabulary_free ((struct sf_vocabulary *) stage->host.vocabulary);
  sf_arena_finish (&stage->arena);
  sf_mem_free (stage);
}

#endif
