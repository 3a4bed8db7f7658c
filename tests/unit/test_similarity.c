/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/similarity.h"
#include "tests/bench/past_archive.h"
#include "tests/unit/past_help.h"

#include <stdio.h>
#include <unistd.h>

static const struct sf_similar_weights weights = { .shape = 2,
                                                   .position = 0.2,
                                                   .season_km = 2,
                                                   .intensity_km = 4,
                                                   .size = 0.2,
                                                   .unknown_mps = 10,
                                                   .back_scale_s = 12 * 3600,
                                                   .ahead_scale_s = 24 * 3600 };
static const struct sf_similar_limits no_limits = { .before_s = SF_TIME_MISSING, .without = SIZE_MAX };
static struct past_world world;

/* A storm of four points, six hours apart, the last at `end`. */
static void
add_way (const char *storm, const char *end, const double ways[4][2], double wind_mps)
{
  for (int i = 0; i < 4; i++)
    past_add (&world, storm, NULL, utc (end) - 21600 * (3 - i), ways[i][0], ways[i][1], wind_mps);
}

/* Expected values: numpy, from the formula in similarity.h, great circles from chords of unit vectors. */
START_TEST (a_distance_by_hand)
{
  static const double ours[4][2] = { { 113, 17.0 }, { 112.2, 17.6 }, { 111.5, 18.3 }, { 110.9, 19.1 } };
  static const double theirs[4][2] = { { 114, 15.5 }, { 113.1, 16.2 }, { 112.0, 17.0 }, { 111.2, 17.4 } };
  struct sf_past past;
  struct sf_similar_query query;
  past_world_start (&world);
  add_way ("a", "2014-07-18T06:00:00Z", ours, 50);
  add_way ("b", "1998-12-30T00:00:00Z", theirs, 38);
  ck_done (sf_past_init (&past, past_world_tracks (&world), SF_WIND_EXPOSURE_AGENCY, err));
  sf_similar_query_of (&query, past.points, 4, 3, true);
  ck_assert_double_eq_tol (query.east_km[0], 63.19353367982883, 1e-9);
  ck_assert_double_eq_tol (query.north_km[0], -88.95606418682641, 1e-9);
  ck_assert_double_eq_tol (query.motion_mps, 5.051730860292374, 1e-9);
  ck_assert_double_eq_tol (query.motion_to_deg, 324.61037950953107, 1e-9);
  struct sf_similarity parts = sf_similar_distance (&query, &past, &past.storms[1], 3, &weights);
  ck_assert_double_eq_tol (parts.shape_km, 337.9377862405282, 1e-9);
  ck_assert_double_eq_tol (parts.position_km, 38.33354647696121, 1e-9);
  ck_assert_double_eq_tol (parts.season_km, 329.5, 1e-9);
  ck_assert_double_eq_tol (parts.intensity_km, 48, 1e-9);
  ck_assert_double_nan (parts.size_km);
  ck_assert_double_eq_tol (parts.total_km, 475.96812724661544, 1e-9);
  /* A storm is at distance 0 from itself. */
  ck_assert_double_eq_tol (sf_similar_distance (&query, &past, &past.storms[0], 3, &weights).total_km, 0, 1e-9);
  /* Its first point shares nothing of the way behind. */
  ck_assert_double_infinite (sf_similar_distance (&query, &past, &past.storms[1], 0, &weights).total_km);
  sf_past_finish (&past);
  sf_dataset_unref (world.dataset);
}
END_TEST

START_TEST (a_missing_wind_counts_as_a_weak_one)
{
  static const double ways[4][2] = { { 113, 17.0 }, { 112.2, 17.6 }, { 111.5, 18.3 }, { 110.9, 19.1 } };
  struct sf_past past;
  struct sf_similar_query query;
  past_world_start (&world);
  add_way ("a", "2014-07-18T06:00:00Z", ways, 50);
  add_way ("b", "2013-07-18T06:00:00Z", ways, NAN);
  ck_done (sf_past_init (&past, past_world_tracks (&world), SF_WIND_EXPOSURE_AGENCY, err));
  sf_similar_query_of (&query, past.points, 4, 3, true);
  ck_assert_double_eq_tol (sf_similar_distance (&query, &past, &past.storms[1], 3, &weights).total_km, 160, 1e-9);
  /* A single fix has no way: it is compared by the rest. */
  sf_similar_query_of (&query, past.points, 1, 0, true);
  ck_assert_double_nan (query.motion_mps);
  struct sf_similarity parts = sf_similar_distance (&query, &past, &past.storms[1], 0, &weights);
  ck_assert_double_nan (parts.shape_km);
  ck_assert_double_eq_tol (parts.total_km, 160, 1e-9);
  sf_past_finish (&past);
  sf_dataset_unref (world.dataset);
}
END_TEST

/* Mirrored to the south and moved across 180 degrees: the distance is the same. */
START_TEST (mirrored_and_across_180)
{
  static const double a[4][2] = { { 179, 17 }, { 179.5, 17.6 }, { 179.9, 18.3 }, { -179.6, 19.1 } };
  static const double b[4][2] = { { 175, 15 }, { 175.5, 15.9 }, { 176.1, 16.4 }, { 176.7, 17.5 } };
  double totals[3];
  for (int k = 0; k < 3; k++)
    {
      struct sf_past past;
      struct sf_similar_query query;
      past_world_start (&world);
      for (int i = 0; i < 4; i++)
        {
          double turn_deg = k == 1 ? -60 : 0, sign = k == 2 ? -1 : 1;
          int64_t t = utc ("2014-07-18T00:00:00Z") + 21600 * i;
          double lon_deg = a[i][0] + turn_deg + (a[i][0] < 0 && k == 1 ? 360 : 0);
          past_add (&world, "a", NULL, t, lon_deg, sign * a[i][1], 30);
          past_add (&world, "b", NULL, t, b[i][0] + turn_deg, sign * b[i][1], 30);
        }
      ck_done (sf_past_init (&past, past_world_tracks (&world), SF_WIND_EXPOSURE_AGENCY, err));
      sf_similar_query_of (&query, past.points, 4, 3, true);
      totals[k] = sf_similar_distance (&query, &past, &past.storms[1], 3, &weights).total_km;
      sf_past_finish (&past);
      sf_dataset_unref (world.dataset);
    }
  ck_assert_double_gt (totals[0], 10);
  ck_assert_double_eq_tol (totals[0], totals[1], 1e-6);
  ck_assert_double_eq_tol (totals[0], totals[2], 1e-6);
}
END_TEST

/* The best by looking at every moment. */
static size_t
by_brute_force (const struct sf_similar_query *query, const struct sf_past *past,
                const struct sf_similar_limits *limits, struct sf_similar_match *matches, size_t count)
{
  size_t found = 0;
  char *taken = calloc (past->storms_count, 1);
  for (; found < count; found++)
    {
      struct sf_similar_match best = { .parts = { .total_km = INFINITY } };
      for (size_t s = 0; s < past->storms_count; s++)
        for (size_t i = 0; !taken[s] && s != limits->without && i + limits->steps_needed < past->storms[s].count; i++)
          {
            struct sf_similarity parts = sf_similar_distance (query, past, &past->storms[s], i, &weights);
            bool late = limits->before_s != SF_TIME_MISSING
                        && past->points[past->storms[s].first + i].time_s >= limits->before_s;
            if (!late && parts.total_km < best.parts.total_km)
              best = (struct sf_similar_match){ s, i, parts };
          }
      if (!isfinite (best.parts.total_km))
        break;
      taken[best.storm] = 1;
      matches[found] = best;
    }
  free (taken);
  return found;
}

START_TEST (bounds_leave_nothing_out)
{
  struct made_archive archive;
  struct sf_dataset_spec spec = { .name = "past_tracks", .kind = SF_DATASET_TRACKS };
  struct sf_dataset *dataset = NULL;
  struct sf_past past;
  struct sf_similar_match fast[12], slow[12];
  archive_make (&archive);
  archive.count = 6000; /* about 190 storms */
  ck_done (sf_dataset_new_tracks (&spec, NULL, archive.fixes, archive.count, &dataset, err));
  ck_done (sf_past_init (&past, dataset->as.tracks, SF_WIND_EXPOSURE_AGENCY, err));
  for (size_t q = 0; q < past.storms_count; q += 5)
    {
      struct sf_similar_query query;
      const struct sf_past_storm *storm = &past.storms[q];
      size_t at = storm->count * (q % 4) / 4;
      struct sf_similar_limits limits = { .before_s = q % 2 ? past.points[storm->first].time_s : SF_TIME_MISSING,
                                          .without = q % 3 ? q : SIZE_MAX,
                                          .steps_needed = q % 5 };
      sf_similar_query_of (&query, &past.points[storm->first], storm->count, at, q % 2);
      size_t found = sf_similar_find (&query, &past, &weights, &limits, fast, 12);
      ck_assert_uint_eq (found, by_brute_force (&query, &past, &limits, slow, 12));
      for (size_t m = 0; m < found; m++)
        {
          ck_assert_uint_eq (fast[m].storm, slow[m].storm);
          ck_assert_uint_eq (fast[m].point, slow[m].point);
          ck_assert_double_eq (fast[m].parts.total_km, slow[m].parts.total_km);
        }
    }
  sf_past_finish (&past);
  sf_dataset_unref (dataset);
  archive_free (&archive);
}
END_TEST

START_TEST (an_empty_archive_has_nothing)
{
  struct sf_past past = { 0 };
  struct sf_similar_query query = { .at = { .lon_deg = 110, .lat_deg = 20, .cos_lat = 0.94, .day = 200 } };
  struct sf_similar_match matches[3];
  double east_km, north_km;
  ck_assert_uint_eq (sf_similar_find (&query, &past, &weights, &no_limits, matches, 3), 0);
  ck_assert (!sf_similar_outlook (&query, &past, matches, 0, 4, 60, false, &east_km, &north_km));
}
END_TEST

/* One analogue at distance d1 that goes on east, one at d2 that goes on north: their mean by 1 / (d^2 + 50^2). */
START_TEST (the_outlook_is_a_weighted_mean)
{
  struct sf_past past;
  struct sf_similar_query query;
  double east_km, north_km;
  past_world_start (&world);
  int64_t t = utc ("2010-08-01T00:00:00Z");
  for (int i = 0; i < 3; i++)
    {
      past_add (&world, "a", NULL, t + 21600 * i, 120 + i, 0, 30);
      past_add (&world, "b", NULL, t + 21600 * i, 120, i, 30);
    }
  ck_done (sf_past_init (&past, past_world_tracks (&world), SF_WIND_EXPOSURE_AGENCY, err));
  sf_similar_query_of (&query, past.points, 2, 1, false);
  struct sf_similar_match matches[2] = { { 0, 1, { .total_km = 0 } }, { 1, 1, { .total_km = 100 } } };
  ck_assert (sf_similar_outlook (&query, &past, matches, 2, 1, 50, false, &east_km, &north_km));
  /* Weights 1/2500 and 1/12500; a degree is 111.19508 km. */
  ck_assert_double_eq_tol (east_km, 111.19508 * 5 / 6, 1e-4);
  ck_assert_double_eq_tol (north_km, 111.19508 / 6, 1e-4);
  /* Both go straight on, so relative to the motion both say that the query, which came from the west, goes on east. */
  ck_assert (sf_similar_outlook (&query, &past, matches, 2, 1, 50, true, &east_km, &north_km));
  ck_assert_double_eq_tol (east_km, 111.19508, 1e-4);
  ck_assert_double_eq_tol (north_km, 0, 1e-4);
  ck_assert (!sf_similar_outlook (&query, &past, matches, 2, 2, 50, false, &east_km, &north_km));
  sf_past_finish (&past);
  sf_dataset_unref (world.dataset);
}
END_TEST

static void
write_file (const char *path, const char *text)
{
  FILE *file = fopen (path, "w");
  ck_assert_ptr_nonnull (file);
  fputs (text, file);
  fclose (file);
}

START_TEST (factors_are_data)
{
  struct sf_similar_weights read;
  char path[] = "/tmp/weights-XXXXXX";
  int fd = mkstemp (path);
  ck_assert_int_ge (fd, 0);
  close (fd);
  ck_done (sf_similar_weights_load (TEST_SRCDIR "/share/typhoon/analogues.yaml", &read, err));
  ck_assert_double_eq (read.back_scale_s, 12 * 3600);
  ck_assert_double_eq (read.position, 0.2);
  write_file (path, "shape: 1\n");
  ck_fails (sf_similar_weights_load (path, &read, err), SF_EINVAL, "position is missing");
  write_file (path, "shap: 1\n");
  ck_fails (sf_similar_weights_load (path, &read, err), SF_EINVAL, "shape");
  write_file (path, "shape: -1\nposition: 1\nseason_km_per_day: 1\nintensity_km_per_mps: 1\nsize: 1\n"
                    "unknown_wind_mps: 1\nback_scale_h: 1\nahead_scale_h: 1\n");
  ck_fails (sf_similar_weights_load (path, &read, err), SF_ERANGE, ":1:8: ");
  unlink (path);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { a_distance_by_hand,
                                 a_missing_wind_counts_as_a_weak_one,
                                 mirrored_and_across_180,
                                 bounds_leave_nothing_out,
                                 an_empty_archive_has_nothing,
                                 the_outlook_is_a_weighted_mean,
                                 factors_are_data,
                                 NULL };
  return run_tests ("similarity", tests);
}
