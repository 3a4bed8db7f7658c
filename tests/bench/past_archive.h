/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_BENCH_PAST_ARCHIVE_H
#define SF_TESTS_BENCH_PAST_ARCHIVE_H

#include "core/base/time.h"
#include "core/data/dataset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A made-up archive as large as 70 years of the western North Pacific: 33 storms a year of 12 to 50 fixes, six hours apart,
   each a slowly turning walk from the tropics. Nothing of it is true but its size. */
enum
{
  ARCHIVE_YEARS = 70,
  ARCHIVE_STORMS = 33 * ARCHIVE_YEARS,
  ARCHIVE_MOST_FIXES = ARCHIVE_STORMS * 50
};

struct made_archive
{
  struct sf_record *fixes;
  char (*names)[16], (*numbers)[16];
  size_t count;
};

static inline double
archive_random (uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double) (*state >> 11) / 9007199254740992.0;
}

static inline void
archive_add_storm (struct made_archive *archive, int storm, uint64_t *state)
{
  int year = 1949 + storm / 33, fixes = 12 + (int) (39 * archive_random (state));
  int64_t time_s = 0;
  sf_time_from_civil (&(struct sf_civil){ .year = year, .month = 1, .day = 1 }, 0, &time_s, NULL);
  time_s += 21600 * (int64_t) (4 * (120 + 210 * archive_random (state)));
  double lon = 112 + 45 * archive_random (state), lat = 6 + 14 * archive_random (state), to = 4.7, wind = 10;
  snprintf (archive->names[storm], sizeof archive->names[0], "%04d-%04d", year, storm % 33 + 1);
  snprintf (archive->numbers[storm], sizeof archive->numbers[0], "%02d%02d", year % 100, storm % 33 + 1);
  for (int i = 0; i < fixes; i++)
    {
      struct sf_record *record = &archive->fixes[archive->count++];
      sf_record_init (record, SF_RECORD_TRACK);
      record->feed = "made";
      record->valid_s = time_s + 21600 * i;
      struct sf_fix *fix = &record->as.track;
      fix->storm = archive->names[storm];
      fix->number = archive->numbers[storm];
      fix->agency = "BABJ";
      fix->lead_s = 0;
      fix->lon_deg = lon;
      fix->lat_deg = lat;
      fix->averaging_min = 2;
      fix->wind_mps = wind;
      fix->pressure_hpa = 1008 - 1.7 * (wind - 8);
      to += 0.5 * (archive_random (state) - 0.4);
      lon += 1.1 * sin (to);
      lat = fmin (55, fmax (3, lat + 0.7 * cos (to) + 0.35));
      wind = fmin (75, fmax (8, wind + 8 * (archive_random (state) - (i < fixes / 2 ? 0.35 : 0.62))));
    }
}

static inline void
archive_make (struct made_archive *archive)
{
  uint64_t state = 20241;
  archive->count = 0;
  archive->fixes = calloc (ARCHIVE_MOST_FIXES, sizeof *archive->fixes);
  archive->names = calloc (ARCHIVE_STORMS, sizeof *archive->names);
  archive->numbers = calloc (ARCHIVE_STORMS, sizeof *archive->numbers);
  if (!archive->fixes || !archive->names || !archive->numbers)
    abort ();
  for (int storm = 0; storm < ARCHIVE_STORMS; storm++)
    archive_add_storm (archive, storm, &state);
}

static inline void
archive_free (struct made_archive *archive)
{
  free (archive->fixes);
  free (archive->names);
  free (archive->numbers);
}

#endif
