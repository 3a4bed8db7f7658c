/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_PAST_HELP_H
#define SF_TESTS_UNIT_PAST_HELP_H

#include "core/base/time.h"
#include "core/data/dataset.h"
#include "tests/unit/base.h"

#include <math.h>

enum
{
  PAST_MOST_FIXES = 400
};

/* Best tracks being written down fix by fix, then made a dataset. */
struct past_world
{
  struct sf_record fixes[PAST_MOST_FIXES];
  size_t count;
  struct sf_dataset_spec spec;
  struct sf_dataset *dataset;
};

static inline void
past_world_start (struct past_world *world)
{
  memset (world, 0, sizeof *world);
  world->spec = (struct sf_dataset_spec){ .name = "past_tracks", .kind = SF_DATASET_TRACKS };
}

static inline int64_t
utc (const char *iso)
{
  int64_t time_s = 0;
  ck_done (sf_time_parse_iso (iso, 0, &time_s, err));
  return time_s;
}

static inline struct sf_fix *
past_add (struct past_world *world, const char *storm, const char *number, int64_t time_s, double lon_deg,
          double lat_deg, double wind_mps)
{
  ck_assert_uint_lt (world->count, PAST_MOST_FIXES);
  struct sf_record *record = &world->fixes[world->count++];
  sf_record_init (record, SF_RECORD_TRACK);
  record->feed = "made";
  record->valid_s = time_s;
  record->as.track.storm = storm;
  record->as.track.number = number;
  record->as.track.agency = "BABJ";
  record->as.track.lead_s = 0;
  record->as.track.averaging_min = 2;
  record->as.track.lon_deg = lon_deg;
  record->as.track.lat_deg = lat_deg;
  record->as.track.wind_mps = wind_mps;
  return &record->as.track;
}

static inline const struct sf_tracks *
past_world_tracks (struct past_world *world)
{
  sf_dataset_unref (world->dataset);
  world->dataset = NULL;
  ck_done (sf_dataset_new_tracks (&world->spec, NULL, world->fixes, world->count, &world->dataset, err));
  ck_assert_ptr_nonnull (world->dataset);
  return world->dataset->as.tracks;
}

#endif
