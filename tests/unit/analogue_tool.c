/* SPDX-License-Identifier: Apache-2.0 */
/* For tests/scenario/analogues.py: analogue_tool WEIGHTS COUNT FILE...: read best tracks of CMA (whole files, in a manner of
   its own), take every moment of every storm that has 12 h behind it and 24 h before it, and find its COUNT most similar
   past moments among the other storms. One line a moment: Q storm time lon lat wind; what came (km east, north in 24 h);
   the analogues' mean displacement, plain and relative to the motion; then M storm time total shape position season
   intensity for each match. */
#include "core/base/time.h"
#include "models/typhoon/archive/similarity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  MOST_FIXES = 20000,
  MOST_MATCHES = 64,
  STEPS = 4 /* 24 h */
};

/* Of the outlook's weights, so that a twin does not outweigh all. */
#define FLOOR_KM 60.0

struct archive
{
  struct sf_record *fixes;
  size_t count;
  char (*names)[32];
};

static void
read_file (struct archive *archive, const char *path, int *storms)
{
  char line[512];
  FILE *file = fopen (path, "r");
  if (!file)
    {
      perror (path);
      exit (1);
    }
  while (fgets (line, sizeof line, file))
    {
      int lat, lon, pressure, wind;
      char time[16];
      if (strncmp (line, "66666", 5) == 0)
        ++*storms;
      else if (sscanf (line, "%10s %*d %d %d %d %d", time, &lat, &lon, &pressure, &wind) == 5
               && archive->count < MOST_FIXES)
        {
          struct sf_record *record = &archive->fixes[archive->count];
          sf_record_init (record, SF_RECORD_TRACK);
          sf_time_parse_compact (time, 10, 0, &record->valid_s, NULL);
          snprintf (archive->names[archive->count], sizeof archive->names[0], "%04d", *storms);
          record->feed = "cma";
          record->as.track.storm = archive->names[archive->count++];
          record->as.track.agency = "BABJ";
          record->as.track.lead_s = 0;
          record->as.track.lon_deg = lon / 10.0 - (lon > 1800 ? 360 : 0);
          record->as.track.lat_deg = lat / 10.0;
          record->as.track.averaging_min = 2;
          if (wind != 0 && wind != 9)
            record->as.track.wind_mps = wind;
        }
    }
  fclose (file);
}

static void
look_at (const struct sf_past *past, size_t s, size_t i, const struct sf_similar_weights *weights, size_t count)
{
  const struct sf_past_storm *storm = &past->storms[s];
  const struct sf_past_point *points = &past->points[storm->first];
  struct sf_similar_query query, whole;
  struct sf_similar_match matches[MOST_MATCHES];
  double east_km[2], north_km[2];
  sf_similar_query_of (&query, points, storm->count, i, false);
  sf_similar_query_of (&whole, points, storm->count, i, true);
  bool usable = !isnan (query.east_km[1]) && !isnan (whole.east_km[SF_SIMILAR_BACK + STEPS - 1]);
  if (!usable)
    return;
  struct sf_similar_limits limits = { .before_s = SF_TIME_MISSING, .without = s, .steps_needed = STEPS };
  size_t found = sf_similar_find (&query, past, weights, &limits, matches, count);
  for (int relative = 0; relative < 2; relative++)
    if (!sf_similar_outlook (&query, past, matches, found, STEPS, FLOOR_KM, relative, &east_km[relative],
                             &north_km[relative]))
      return;
  printf ("Q %s %lld %.4f %.4f %.3f %.4f %.4f %.4f %.4f %.4f %.4f", storm->track->storm, (long long) points[i].time_s,
          points[i].lon_deg, points[i].lat_deg, points[i].wind_mps, whole.east_km[SF_SIMILAR_BACK + STEPS - 1],
          whole.north_km[SF_SIMILAR_BACK + STEPS - 1], east_km[0], north_km[0], east_km[1], north_km[1]);
  for (size_t m = 0; m < found; m++)
    {
      const struct sf_past_storm *other = &past->storms[matches[m].storm];
      const struct sf_similarity *parts = &matches[m].parts;
      printf (" M %s %lld %.6f %.6f %.6f %.6f %.6f", other->track->storm,
              (long long) past->points[other->first + matches[m].point].time_s, parts->total_km, parts->shape_km,
              parts->position_km, parts->season_km, parts->intensity_km);
    }
  putchar ('\n');
}

int
main (int argc, char **argv)
{
  struct archive archive = { 0 };
  struct sf_dataset_spec spec = { .name = "past_tracks", .kind = SF_DATASET_TRACKS };
  struct sf_dataset *dataset = NULL;
  struct sf_similar_weights weights;
  struct sf_past past;
  struct sf_error err = { 0 };
  int storms = 0;
  archive.fixes = calloc (MOST_FIXES, sizeof *archive.fixes);
  archive.names = calloc (MOST_FIXES, sizeof *archive.names);
  for (int a = 3; a < argc && archive.fixes && archive.names; a++)
    read_file (&archive, argv[a], &storms);
  bool ok = argc > 3 && archive.names && sf_similar_weights_load (argv[1], &weights, &err) == SF_OK
            && sf_dataset_new_tracks (&spec, NULL, archive.fixes, archive.count, &dataset, &err) == SF_OK
            && sf_past_init (&past, dataset->as.tracks, SF_WIND_EXPOSURE_AGENCY, &err) == SF_OK;
  if (!ok)
    fprintf (stderr, "analogue_tool WEIGHTS COUNT FILE...: %s\n", err.message);
  for (size_t s = 0; ok && s < past.storms_count; s++)
    for (size_t i = 0; i < past.storms[s].count; i++)
      look_at (&past, s, i, &weights, (size_t) atoi (argv[2]));
  if (ok)
    sf_past_finish (&past);
  sf_dataset_unref (dataset);
  free (archive.fixes);
  free (archive.names);
  return ok ? 0 : 1;
}
