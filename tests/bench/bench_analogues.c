/* SPDX-License-Identifier: Apache-2.0 */
/* Similar storms among 70 years of tracks (2,310 made-up storms). Variants: query, one search for the 20 most similar storms in
   an archive at hand; archive, making the arrays from the dataset; every, a query that looks at every moment (no bounds), which
   is what the bounds save. Work is moments of the archive. */
#include "models/typhoon/archive/similarity.h"
#include "tests/bench/bench.h"
#include "tests/bench/past_archive.h"

enum
{
  RUNS = 15,
  MATCHES = 20
};

struct bench
{
  struct sf_dataset *dataset;
  struct sf_past past;
  struct sf_similar_weights weights;
  struct sf_similar_query query;
  double nearest_km; /* keeps the work from being left out */
};

static void
search (void *context)
{
  struct bench *bench = context;
  struct sf_similar_match matches[MATCHES];
  struct sf_similar_limits limits = { .before_s = SF_TIME_MISSING, .without = SIZE_MAX };
  sf_similar_find (&bench->query, &bench->past, &bench->weights, &limits, matches, MATCHES);
  bench->nearest_km = matches[0].parts.total_km;
}

static void
look_at_every (void *context)
{
  struct bench *bench = context;
  double nearest_km = INFINITY;
  for (size_t s = 0; s < bench->past.storms_count; s++)
    for (size_t i = 0; i < bench->past.storms[s].count; i++)
      nearest_km = fmin (
          nearest_km,
          sf_similar_distance (&bench->query, &bench->past, &bench->past.storms[s], i, &bench->weights).total_km);
  bench->nearest_km = nearest_km;
}

static void
make_arrays (void *context)
{
  struct bench *bench = context;
  struct sf_past past;
  if (sf_past_init (&past, bench->dataset->as.tracks, SF_WIND_EXPOSURE_AGENCY, NULL) == SF_OK)
    sf_past_finish (&past);
}

static void
report (const char *variant, void (*work) (void *context), struct bench *bench)
{
  struct bench_time time = bench_run (work, bench, RUNS);
  printf ("{\"case\":\"analogues\",\"variant\":\"%s\",\"cpu_s\":%.5f,\"cpu_median_s\":%.5f,\"wall_s\":%.5f,"
          "\"peak_mib\":%.1f,\"work\":%zu,\"work_unit\":\"moments\",\"ref_cpu_s\":%.4f}\n",
          variant, time.cpu_s, time.cpu_median_s, time.wall_s, bench_peak_mib (), bench->past.points_count,
          bench_reference_s ());
}

int
main (void)
{
  struct bench bench = { .weights = { .shape = 2,
                                      .position = 0.2,
                                      .season_km = 2,
                                      .intensity_km = 4,
                                      .size = 0.2,
                                      .unknown_mps = 10,
                                      .back_scale_s = 12 * 3600,
                                      .ahead_scale_s = 24 * 3600 } };
  struct sf_dataset_spec spec = { .name = "past_tracks", .kind = SF_DATASET_TRACKS };
  struct made_archive archive;
  archive_make (&archive);
  if (sf_dataset_new_tracks (&spec, NULL, archive.fixes, archive.count, &bench.dataset, NULL) != SF_OK
      || sf_past_init (&bench.past, bench.dataset->as.tracks, SF_WIND_EXPOSURE_AGENCY, NULL) != SF_OK)
    return 1;
  const struct sf_past_storm *storm = &bench.past.storms[ARCHIVE_STORMS / 2];
  sf_similar_query_of (&bench.query, &bench.past.points[storm->first], storm->count, storm->count / 2, true);
  report ("query", search, &bench);
  report ("every", look_at_every, &bench);
  report ("archive", make_arrays, &bench);
  sf_past_finish (&bench.past);
  sf_dataset_unref (bench.dataset);
  archive_free (&archive);
  return 0;
}
