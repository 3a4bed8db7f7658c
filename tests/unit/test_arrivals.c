/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: brute force over members, places and hours with margins by azimuth (atan2, cosine) and quantiles of
   sorted lists (Hyndman & Fan 1996, definition 7, as numpy.quantile). */
#include <check.h>
#include <limits.h>

#include "models/typhoon/ensemble/arrivals.h"
#include "tests/unit/chance_help.h"

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static double
sorted_quantile (const double *sorted, size_t n, double share)
{
  if (n == 0)
    return (double) NAN;
  double at = share * (double) (n - 1);
  size_t k = (size_t) floor (at);
  if (k + 1 >= n || at == floor (at))
    return sorted[k];
  return isinf (sorted[k + 1]) ? (double) INFINITY : sorted[k] + (at - floor (at)) * (sorted[k + 1] - sorted[k]);
}

/* --- brute force --- */

/* How far inside, by the azimuth; NaN where the force is not there. */
static double
margin_of (const struct sf_chance_track *track, int hour, int force, double lon, double lat)
{
  const struct sf_force_radii *radii = &track->radii[hour * CHANCE_FORCES + force];
  double outer[4], largest = 0;
  for (int q = 0; q < 4; q++)
    {
      outer[q] = radii->outer_km[q] > 0 ? radii->outer_km[q] : 0;
      largest = fmax (largest, outer[q]);
    }
  if (isnan (track->lon_deg[hour]) || largest == 0)
    return (double) NAN;
  double turn = lon - track->lon_deg[hour];
  turn -= 360.0 * round (turn / 360.0);
  double x = turn * 111.12 * cos (track->lat_deg[hour] * (M_PI / 180.0)), y = (lat - track->lat_deg[hour]) * 111.12;
  double azimuth = fmod (atan2 (x, y) * (180.0 / M_PI) + 360.0 - 45.0, 360.0), r = hypot (x, y);
  int q = (int) floor (azimuth / 90.0) % 4;
  double c = cos ((azimuth - 90.0 * q) * (M_PI / 180.0));
  double reach = outer[(q + 1) % 4] + (outer[q] - outer[(q + 1) % 4]) * c * c;
  return radii->inner_km > 0 ? fmin (reach - r, r - radii->inner_km) : reach - r;
}

struct passage
{
  double arrival, end;
  int windows;
};

static struct passage
passage_at (const struct sf_chances *c, const struct sf_chance_track *track, int force, double lon, double lat)
{
  struct passage passage = { (double) NAN, (double) NAN, 0 };
  for (int h = 0; h < track->hours; h++)
    {
      double now = margin_of (track, h, force, lon, lat), hour = track->first_hour + h;
      if (!(now >= 0))
        continue;
      double before = h > 0 ? margin_of (track, h - 1, force, lon, lat) : 0;
      double after = h + 1 < track->hours ? margin_of (track, h + 1, force, lon, lat) : 0;
      if (isnan (passage.arrival))
        passage.arrival = h == 0 ? hour : hour - (isnan (before) ? 1 : now / (now - before));
      passage.end
          = h + 1 == track->hours ? (double) INFINITY : hour + (isnan (after) ? 1 : now / (now - fmin (after, 0)));
      for (int w = 0; w < c->windows; w++)
        passage.windows |= (hour >= c->begin_hour[w] && hour <= c->end_hour[w]) << w;
    }
  return passage;
}

static double
distance_to_leg (const struct sf_chance_track *track, int a, int b, double lon, double lat)
{
  double per_deg = 111.12 * cos (0.5 * (track->lat_deg[a] + track->lat_deg[b]) * (M_PI / 180.0));
  double sx = remainder (track->lon_deg[b] - track->lon_deg[a], 360.0) * per_deg;
  double sy = (track->lat_deg[b] - track->lat_deg[a]) * 111.12, nearest = (double) INFINITY;
  double x = remainder (lon - track->lon_deg[a], 360.0) * per_deg, y = (lat - track->lat_deg[a]) * 111.12;
  double length = hypot (sx, sy);
  if (length > 0 && x * sx + y * sy >= 0 && x * sx + y * sy <= length * length)
    nearest = fabs (x * sy - y * sx) / length;
  return fmin (nearest, fmin (hypot (x, y), hypot (x - sx, y - sy)));
}

static bool
struck_by (const struct sf_chances *c, const struct sf_chance_track *track, double lon, double lat)
{
  int from = 0, a, b;
  while (sf_strike_next (track, c->strike_begin_hour, c->strike_end_hour, &from, &a, &b))
    if (distance_to_leg (track, a, b, lon, lat) <= c->strike_km[0])
      return true;
  return false;
}

/* A place's passage by one member, over its points and storms. */
static struct passage
member_passage (const struct sf_chances *c, const struct sf_arrival_places *places, size_t place, size_t member,
                int force)
{
  struct passage all = { (double) NAN, (double) NAN, 0 };
  for (size_t t = 0; t < c->tracks_count; t++)
    for (size_t p = 0; p < places->points && c->tracks[t].member == member; p++)
      if (places->place_of[p] == place)
        {
          struct passage one = passage_at (c, &c->tracks[t], force, places->lon_deg[p], places->lat_deg[p]);
          all.arrival = fmin (all.arrival, one.arrival);
          all.end = fmax (all.end, one.end);
          all.windows |= one.windows;
        }
  return all;
}

static void
same_time (double value, double expected)
{
  if (isnan (expected) || isinf (expected))
    ck_assert_msg (isnan (value), "%g, not NaN", value);
  else
    ck_assert_double_eq_tol (value, expected, 1e-4); /* times are kept as float */
}

static void
compare_force (const struct sf_chances *c, const struct sf_arrival_places *places, size_t place, int force,
               const struct sf_arrival_chance *chance)
{
  double *come = malloc (c->members * sizeof *come), *gone = malloc (c->members * sizeof *gone);
  size_t n = 0, windows[SF_CHANCE_WINDOWS] = { 0 };
  for (size_t m = 0; m < c->members; m++)
    {
      struct passage passage = member_passage (c, places, place, m, force);
      for (int w = 0; w < c->windows; w++)
        windows[w] += passage.windows >> w & 1;
      if (isnan (passage.arrival))
        continue;
      come[n] = passage.arrival;
      gone[n++] = passage.end;
    }
  qsort (come, n, sizeof *come, compare_doubles);
  qsort (gone, n, sizeof *gone, compare_doubles);
  ck_assert_double_eq (chance->probability, (double) n / (double) c->members);
  for (int w = 0; w < c->windows; w++)
    ck_assert_double_eq (chance->window_probability[w], (double) windows[w] / (double) c->members);
  same_time (chance->earliest_h, sorted_quantile (come, n, 0.1));
  same_time (chance->likely_h, sorted_quantile (come, n, 0.5));
  same_time (chance->latest_h, sorted_quantile (come, n, 0.9));
  same_time (chance->end_likely_h, sorted_quantile (gone, n, 0.5));
  for (size_t m = n; m < c->members; m++)
    come[m] = (double) INFINITY;
  same_time (chance->one_in_ten_h, sorted_quantile (come, c->members, 0.1));
  free (gone);
  free (come);
}

static void
compare (const struct sf_chances *c, const struct sf_arrival_places *places)
{
  size_t n = places->places * CHANCE_FORCES;
  struct sf_arrival_chance *chances = malloc (n * sizeof *chances), *again = malloc (n * sizeof *again);
  double *struck = malloc (places->places * sizeof *struck);
  struct chance_host host;
  struct sf_chances plain = *c;
  struct sf_error err = { 0 };
  chance_host_open (&host, 2);
  ck_assert_msg (sf_arrivals_find (&host.host, c, places, chances, struck, &err) == SF_OK, "%s", err.message);
  chance_host_close (&host);
  for (size_t place = 0; place < places->places; place++)
    for (int f = 0; f < CHANCE_FORCES; f++)
      compare_force (c, places, place, f, &chances[place * CHANCE_FORCES + (size_t) f]);
  for (size_t place = 0; place < places->places; place++)
    {
      size_t hit = 0;
      for (size_t m = 0; m < c->members; m++)
        {
          bool any = false;
          for (size_t t = 0; t < c->tracks_count; t++)
            for (size_t p = 0; p < places->points && c->tracks[t].member == m; p++)
              any |= places->place_of[p] == place
                     && struck_by (c, &c->tracks[t], places->lon_deg[p], places->lat_deg[p]);
          hit += any;
        }
      ck_assert_double_eq (struck[place], (double) hit / (double) c->members);
    }
  chance_host_open (&host, 1);
  plain.isa = SF_WIND_ISA_PLAIN;
  memset (again, 0, n * sizeof *again);
  ck_assert_int_eq (sf_arrivals_find (&host.host, &plain, places, again, NULL, NULL), SF_OK);
  chance_host_close (&host);
  ck_assert_mem_eq (chances, again, n * sizeof *again);
  free (struck);
  free (again);
  free (chances);
}

/* --- cases --- */

enum
{
  POINTS = 60,
  PLACES = 25
};

START_TEST (arrivals_are_as_brute_force_has_them)
{
  for (uint64_t seed = 1; seed <= 4; seed++)
    {
      struct chance_world world;
      uint64_t state = seed * 77;
      double lon[POINTS], lat[POINTS];
      size_t place_of[POINTS];
      chance_hainan (&world, 41, 73, seed);
      for (size_t p = 0; p < POINTS; p++)
        {
          lon[p] = chance_between (&state, 108, 112);
          lat[p] = chance_between (&state, 16.5, 21.5);
          place_of[p] = p < PLACES ? p : (size_t) (chance_random (&state) * PLACES);
        }
      for (size_t m = 0; m < 6; m++)
        world.tracks[m].member = m / 2; /* two storms; members 3 to 5 have none */
      world.tracks[9].first_hour = 5;
      world.tracks[8].hours = 30;
      for (size_t h = 20; h < 24; h++)
        world.lon_deg[10 * 73 + h] = NAN;
      struct sf_chances c = chance_usual (&world, chance_province ());
      c.strike_km[0] = 120;
      struct sf_arrival_places places = { POINTS, lon, lat, place_of, PLACES };
      compare (&c, &places);
      chance_world_free (&world);
    }
}
END_TEST

/* A round storm of 100 km passes a place at 20 km/h: it comes and goes as geometry says. */
START_TEST (a_passing_circle_comes_and_goes_on_time)
{
  struct chance_world world;
  struct chance_host host;
  struct sf_arrival_chance chances[CHANCE_FORCES];
  double lon = 110, lat = 0, struck;
  size_t place_of = 0;
  chance_world_alloc (&world, 1, 21);
  for (int h = 0; h < 21; h++)
    {
      world.lon_deg[h] = 110 + (200 - 20.0 * h) / 111.12;
      world.lat_deg[h] = 0;
      for (int f = 0; f < 3; f++)
        world.radii[h * CHANCE_FORCES + f] = (struct sf_force_radii){ { 105, 105, 105, 105 }, NAN };
      if (h >= 8)
        world.radii[h * CHANCE_FORCES + 3] = (struct sf_force_radii){ { 105, 105, 105, 105 }, 0 };
    }
  struct sf_chances c = chance_usual (&world, chance_province ());
  c.strike_km[0] = 1;
  chance_host_open (&host, 1);
  struct sf_arrival_places places = { 1, &lon, &lat, &place_of, 1 };
  ck_assert_int_eq (sf_arrivals_find (&host.host, &c, &places, chances, &struck, NULL), SF_OK);
  ck_assert_double_eq_tol (chances[0].likely_h, 95 / 20.0, 1e-5);
  ck_assert_double_eq_tol (chances[0].end_likely_h, 305 / 20.0, 1e-5);
  ck_assert_double_eq (chances[0].probability, 1);
  ck_assert_double_eq (chances[0].window_probability[0], 1);
  ck_assert_double_eq (chances[0].window_probability[1], 0);
  /* A force that begins between hours 7 and 8 over the place begins with hour 7. */
  ck_assert_double_eq (chances[3].likely_h, 7);
  ck_assert_double_eq (chances[4].probability, 0);
  ck_assert_double_nan (chances[4].likely_h);
  ck_assert_double_nan (chances[4].one_in_ten_h);
  ck_assert_double_eq (struck, 1);
  chance_host_close (&host);
  chance_world_free (&world);
}
END_TEST

START_TEST (without_members_nothing_is_known)
{
  struct chance_world world;
  struct chance_host host;
  struct sf_arrival_chance chances[CHANCE_FORCES];
  double lon = 110, lat = 20, struck = 0;
  size_t place_of = 0;
  chance_world_alloc (&world, 0, 4);
  struct sf_chances c = chance_usual (&world, chance_province ());
  struct sf_arrival_places places = { 1, &lon, &lat, &place_of, 1 };
  chance_host_open (&host, 1);
  ck_assert_int_eq (sf_arrivals_find (&host.host, &c, &places, chances, &struck, NULL), SF_OK);
  ck_assert_double_nan (chances[0].probability);
  ck_assert_double_nan (struck);
  c.members = 5;
  ck_assert_int_eq (sf_arrivals_find (&host.host, &c, &places, chances, &struck, NULL), SF_OK);
  ck_assert_double_eq (chances[0].probability, 0);
  ck_assert_double_nan (chances[0].earliest_h);
  ck_assert_double_eq (struck, 0);
  place_of = 1;
  ck_assert_int_eq (sf_arrivals_find (&host.host, &c, &places, chances, &struck, NULL), SF_EINVAL);
  chance_host_close (&host);
  chance_world_free (&world);
}
END_TEST

START_TEST (quantiles_are_numpys)
{
  /* numpy.quantile ([3, 1, 2, 10], [0.1, 0.5, 0.9, 1]) = 1.3, 2.5, 7.9, 10 */
  static const double shares[] = { 0.1, 0.5, 0.9, 1 }, expected[] = { 1.3, 2.5, 7.9, 10 };
  for (int i = 0; i < 4; i++)
    {
      float values[] = { 3, 1, 2, 10 };
      ck_assert_double_eq_tol (sf_arrival_quantile (values, 4, shares[i]), expected[i], 1e-6);
    }
  float open[] = { INFINITY, 1, INFINITY, 2 };
  ck_assert (isinf (sf_arrival_quantile (open, 4, 0.5)));
  ck_assert_double_nan (sf_arrival_quantile (open, 0, 0.5));
  ck_assert_double_eq (sf_arrival_quantile (open, 1, 0.1), (double) open[0]);
  uint64_t state = 5;
  for (int n = 1; n < 300; n++)
    {
      float values[300];
      double sorted[300], share = chance_random (&state);
      for (int i = 0; i < n; i++)
        sorted[i] = (double) (values[i] = (float) floor (chance_between (&state, 0, 40)));
      qsort (sorted, (size_t) n, sizeof *sorted, compare_doubles);
      ck_assert_double_eq_tol (sf_arrival_quantile (values, (size_t) n, share),
                               sorted_quantile (sorted, (size_t) n, share), 1e-9);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("arrivals");
  TCase *tcase = tcase_create ("arrivals");
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, arrivals_are_as_brute_force_has_them);
  tcase_add_test (tcase, a_passing_circle_comes_and_goes_on_time);
  tcase_add_test (tcase, without_members_nothing_is_known);
  tcase_add_test (tcase, quantiles_are_numpys);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
