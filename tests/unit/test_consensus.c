/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: Bates and Granger's (1969) weights of two, a search over the simplex for more, positions and weights
   worked by hand from the equations in consensus.h; a degree of a meridian is 111.19508 km. The whole replay of a real
   storm stands against numpy in tests/scenario/agency_errors.sh. */
#include "models/typhoon/agencies/consensus_weights.h"
#include "models/typhoon/agencies/stages.h"
#include "models/typhoon/agencies/verification.h"
#include "tests/unit/stage_help.h"

#include <stdio.h>
#include <time.h>

extern const struct sf_plugin agencies_LTX_sanfang_plugin;

static const double T0 = 448008; /* a full 6 h: 2021-02-09T00:00Z */
static const double KM_PER_DEG = 111.1950802;

/* --- weights --- */

static double
variance_of (const double *c, size_t n, const double *w)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      sum += w[i] * w[j] * c[i * n + j];
  return sum;
}

START_TEST (weights_of_two)
{
  const double c[] = { 4, 1, 1, 9 };
  double w[2];
  sf_consensus_weights (c, 2, w);
  ck_assert_double_eq_tol (w[0], (9.0 - 1) / (4 + 9 - 2), 1e-12);
  ck_assert_double_eq_tol (w[1], (4.0 - 1) / (4 + 9 - 2), 1e-12);
  const double shadow[] = { 4, 6, 6, 16 }; /* the second only adds to the first's error */
  sf_consensus_weights (shadow, 2, w);
  ck_assert (w[0] == 1 && w[1] == 0);
  const double diagonal[] = { 2, 0, 0, 0, 4, 0, 0, 0, 8 };
  double w3[3];
  sf_consensus_weights (diagonal, 3, w3);
  ck_assert_double_eq_tol (w3[0], 4.0 / 7, 1e-12);
  ck_assert_double_eq_tol (w3[2], 1.0 / 7, 1e-12);
  sf_consensus_weights (&(double){ 5 }, 1, w);
  ck_assert_double_eq (w[0], 1);
}
END_TEST

START_TEST (weights_without_sense)
{
  const double singular[] = { 1, 1, 1, 1 }, wild[] = { 1, 5, 5, 1 }, zero[] = { 0, 0, 0, 1 },
               missing[] = { NAN, 0, 0, 1 };
  const double *const all[] = { singular, wild, zero, missing };
  for (size_t i = 0; i < 4; i++)
    {
      double w[2];
      sf_consensus_weights (all[i], 2, w);
      ck_assert_double_eq_tol (w[0], 0.5, 1e-9);
      ck_assert_double_eq_tol (w[1], 0.5, 1e-9);
    }
  double w[2]; /* more correlated than can be: as if by half of it, (2 - 0.75) / (1 + 2 - 1.5) */
  sf_consensus_weights ((double[]){ 1, 1.5, 1.5, 2 }, 2, w);
  ck_assert_double_eq_tol (w[0], 1.25 / 1.5, 1e-9);
}
END_TEST

static double
uniform (unsigned *state)
{
  return rand_r (state) / ((double) RAND_MAX + 1);
}

/* Nothing on a fine grid of the simplex does better, and the order of forecasts is of no matter. */
START_TEST (random_weights)
{
  const char *given = getenv ("SF_TEST_SEED");
  unsigned seed = given ? (unsigned) strtoul (given, NULL, 10) : (unsigned) time (NULL), state = seed;
  printf ("SF_TEST_SEED=%u\n", seed);
  for (int round = 0; round < 200; round++)
    {
      double a[3][3], c[9], turned[9], w[3], w2[3];
      for (int i = 0; i < 9; i++)
        a[i / 3][i % 3] = uniform (&state) - 0.3;
      for (int i = 0; i < 9; i++)
        c[i] = a[i / 3][0] * a[i % 3][0] + a[i / 3][1] * a[i % 3][1] + a[i / 3][2] * a[i % 3][2] + (i % 4 == 0) * 0.01;
      for (int i = 0; i < 9; i++)
        turned[i] = c[(i / 3 + 1) % 3 * 3 + (i % 3 + 1) % 3];
      sf_consensus_weights (c, 3, w);
      sf_consensus_weights (turned, 3, w2);
      ck_assert_double_eq_tol (w[0] + w[1] + w[2], 1, 1e-12);
      double least = INFINITY;
      for (int i = 0; i < 3; i++)
        {
          ck_assert_double_ge (w[i], 0);
          ck_assert_double_eq_tol (w[(i + 1) % 3], w2[i], 1e-9);
        }
      for (int i = 0; i <= 100; i++)
        for (int j = 0; i + j <= 100; j++)
          least = fmin (least, variance_of (c, 3, (double[]){ i / 100.0, j / 100.0, (100 - i - j) / 100.0 }));
      ck_assert_double_le (variance_of (c, 3, w), least * (1 + 1e-9));
    }
}
END_TEST

/* --- the stages --- */

/* A forecast of every 12 h to 72 h along a parallel, 0.2 degrees an hour to the west from lon_deg at T0. */
static void
add_forecast (struct stage *stage, const char *agency, double base_h, double lon_deg, double lat_deg)
{
  for (int lead = 12; lead <= 72; lead += 12)
    {
      double lon = remainder (lon_deg - 0.2 * (base_h + lead), 360);
      stage_add (stage, "f", "2101", agency, T0 + base_h, lead, lon, lat_deg);
    }
}

static const struct sf_table *
run (struct stage *stage, double now_h, const char *name, const char *dataset)
{
  stage_begin (stage, "storm_tracks", T0 + now_h);
  for (const struct sf_stage *s = agencies_LTX_sanfang_plugin.as.model->stages; s->name; s++)
    if (!strcmp (s->name, name))
      ck_done (s->run (&stage->host, &stage->io, err));
  return stage_take (&stage->io, dataset)->as.table;
}

static const struct sf_table *
points_of (struct stage *stage, double now_h)
{
  return run (stage, now_h, "consensus", "consensus_points");
}

static size_t
row_at (const struct sf_table *table, const char *agency, double lead_h)
{
  for (size_t row = 0; row < table->rows; row++)
    if (sf_table_double (table, "lead", row) == lead_h
        && (!agency || !strcmp (sf_table_text (table, "agency", row), agency)))
      return row;
  ck_abort_msg ("no lead %g", lead_h);
}

static struct stage *
open (void)
{
  return stage_open (agencies_LTX_sanfang_plugin.options);
}

/* Without a past: weights of 1 / (e^2 + 80^2), e at the true lead, 6 h more for the older one. */
START_TEST (default_at_true_leads)
{
  struct stage *stage = open ();
  add_forecast (stage, "RJTD", 0, 130, 15);
  add_forecast (stage, "PGTW", -6, 130, 16);
  const struct sf_table *points = points_of (stage, 0);
  size_t row = row_at (points, NULL, 24);
  double fresh = 1 / (pow (60 + 1.1 * 24, 2) + 6400), old = 1 / (pow (60 + 1.1 * 30, 2) + 6400);
  ck_assert_double_eq_tol (sf_table_double (points, "latitude", row), (15 * fresh + 16 * old) / (fresh + old), 1e-9);
  ck_assert_double_eq_tol (sf_table_double (points, "longitude", row), 130 - 4.8, 1e-9);
  ck_assert_int_eq (sf_table_int (points, "agencies_count", row), 2);
  ck_assert_ptr_nonnull (strstr (sf_table_text (points, "method", row), "default weights"));
  double mean = (15 * fresh + 16 * old) / (fresh + old);
  ck_assert_double_eq_tol (sf_table_double (points, "spread", row),
                           KM_PER_DEG * sqrt ((pow (mean - 15, 2) + pow (16 - mean, 2)) / 2), 0.01);
  ck_assert_double_gt (sf_table_double (points, "error_90", row), sf_table_double (points, "error_68", row));
  /* HKO's 74.7 km at 24 h, times sqrt (-ln 0.32) * 2 / sqrt (pi) */
  ck_assert_double_eq_tol (sf_table_double (points, "error_68", row), 74.7493 * 1.2044844, 0.01);
  stage_close (stage);
}
END_TEST

START_TEST (identical_is_itself_at_180)
{
  struct stage *stage = open ();
  static const char *const agencies[] = { "BABJ", "RJTD", "PGTW", "VHHH", "RCTP" };
  for (int a = 0; a < 5; a++)
    add_forecast (stage, agencies[a], 0, -178, -17);
  const struct sf_table *points = points_of (stage, 0);
  ck_assert_uint_eq (points->rows, 11); /* 12 to 72 h: before the first point there is nothing to draw from */
  for (size_t row = 0; row < points->rows; row++)
    {
      double lon = remainder (-178 - 0.2 * sf_table_double (points, "lead", row), 360);
      ck_assert_double_eq_tol (sf_table_double (points, "longitude", row), lon, 1e-9);
      ck_assert_double_eq_tol (sf_table_double (points, "latitude", row), -17, 1e-9);
      ck_assert_double_eq_tol (sf_table_double (points, "spread", row), 0, 1e-6);
    }
  stage_close (stage);

  stage = open (); /* one to each side */
  add_forecast (stage, "RJTD", 0, 179.5 + 4.8, 10);
  add_forecast (stage, "PGTW", 0, 180.5 + 4.8, 10);
  points = points_of (stage, 0);
  ck_assert_double_eq_tol (fabs (sf_table_double (points, "longitude", row_at (points, NULL, 24))), 180, 1e-9);
  stage_close (stage);
}
END_TEST

/* Days of truth on 15 N; one agency is always right, two others are always too far north. */
static void
add_past (struct stage *stage, const char *right, const char *far, const char *near, int last_h)
{
  for (int h = -120; h <= last_h; h += 6)
    {
      stage_add (stage, "f", "2101", "BABJ", T0 + h, 0, 130 - 0.2 * h, 15);
      add_forecast (stage, right, h, 130, 15);
      add_forecast (stage, far, h, 130, 17);
      add_forecast (stage, near, h, 130, 16.5);
    }
}

START_TEST (the_better_weighs_more)
{
  double lat[2];
  for (int turn = 0; turn < 2; turn++)
    {
      struct stage *stage = open ();
      add_past (stage, turn ? "VHHH" : "RJTD", turn ? "RJTD" : "PGTW", turn ? "PGTW" : "VHHH", 0);
      const struct sf_table *points = points_of (stage, 0);
      size_t row = row_at (points, NULL, 48);
      lat[turn] = sf_table_double (points, "latitude", row);
      const char *words = sf_table_text (points, "agencies", row);
      double weight = strtod (strstr (words, turn ? "VHHH" : "RJTD") + 5, NULL);
      ck_assert_double_gt (weight, 0.6);
      ck_assert_ptr_nonnull (strstr (sf_table_text (points, "method", row), "error covariance"));
      stage_close (stage);
    }
  ck_assert_double_eq_tol (lat[0], lat[1], 1e-9); /* who says it is of no matter */
  ck_assert_double_lt (lat[0], 15.8);             /* equal weights: 16.17 */
}
END_TEST

/* What comes true later is not known now: the same with a future in the tracks. */
START_TEST (nothing_from_the_future)
{
  double lat[2];
  for (int future = 0; future < 2; future++)
    {
      struct stage *stage = open ();
      add_past (stage, "RJTD", "PGTW", "VHHH", 0);
      if (future)
        {
          for (int h = 6; h <= 48; h += 6)
            stage_add (stage, "f", "2101", "BABJ", T0 + h, 0, 130 - 0.2 * h, 17);
          add_forecast (stage, "RJTD", 6, 130, 30);
        }
      const struct sf_table *points = points_of (stage, 0);
      lat[future] = sf_table_double (points, "latitude", row_at (points, NULL, 48));
      stage_close (stage);
    }
  ck_assert_double_eq (lat[0], lat[1]);
}
END_TEST

/* Forecasts that have moved north by half of what was missing, each time, are carried on. */
START_TEST (inertia)
{
  struct stage *stage = open ();
  static const char *const agencies[] = { "RJTD", "PGTW" };
  for (int h = -240; h <= 0; h += 6)
    {
      double truth_lat = 15 + 0.1 * (h + 240) / 6;
      stage_add (stage, "f", "2101", "BABJ", T0 + h, 0, 130 - 0.2 * h, truth_lat);
      for (int a = 0; a < 2; a++)
        for (int lead = 24; lead <= 72; lead += 24)
          stage_add (stage, "f", "2101", agencies[a], T0 + h, lead, 130 - 0.2 * (h + lead), truth_lat);
    }
  const struct sf_table *points = points_of (stage, 0);
  size_t row = row_at (points, NULL, 24);
  ck_assert_double_gt (sf_table_double (points, "latitude", row), 15 + 0.1 * 40 + 0.05);
  ck_assert_double_lt (sf_table_double (points, "latitude", row), 15 + 0.1 * 44);
  stage_close (stage);
}
END_TEST

/* A forecast 6 h old that is now seen to be 0.5 degrees too far south is moved by half of it at 24 h, not at 48 h. */
START_TEST (older_ones_are_shifted)
{
  struct stage *stage = open ();
  stage_add (stage, "f", "2101", "BABJ", T0 - 6, 0, 131.2, 15);
  stage_add (stage, "f", "2101", "BABJ", T0, 0, 130, 15.5);
  add_forecast (stage, "RJTD", -6, 130, 15);
  add_forecast (stage, "PGTW", -6, 130, 15);
  add_forecast (stage, "BABJ", 0, 130, 15);
  const struct sf_table *points = points_of (stage, 0);
  double fresh = 1 / (pow (60 + 1.1 * 24, 2) + 6400), old = 1 / (pow (60 + 1.1 * 30, 2) + 6400);
  ck_assert_double_eq_tol (sf_table_double (points, "latitude", row_at (points, NULL, 24)),
                           15 + 0.25 * 2 * old / (2 * old + fresh), 1e-9);
  ck_assert_double_eq_tol (sf_table_double (points, "latitude", row_at (points, NULL, 48)), 15, 1e-9);
  stage_close (stage);
}
END_TEST

START_TEST (one_alone_is_no_consensus)
{
  struct stage *stage = open ();
  add_forecast (stage, "RJTD", 0, 130, 15);
  add_forecast (stage, "PGTW", -18, 130, 15);    /* too old to take part */
  add_forecast (stage, "consensus", 0, 130, 15); /* nobody's official forecast */
  add_forecast (stage, "VHHH", 0, 130, 15);
  for (int i = 1; i <= 6; i++) /* members are not the agency's own word */
    stage->fixes[stage->fixes_count - (size_t) i].as.track.member = "03";
  const struct sf_table *points = points_of (stage, 0);
  ck_assert_uint_eq (points->rows, 11);
  for (size_t row = 0; row < points->rows; row++)
    {
      ck_assert_double_nan (sf_table_double (points, "longitude", row));
      ck_assert_ptr_null (points->geometries[row]);
      ck_assert_ptr_nonnull (strstr (sf_table_text (points, "method", row), "不作集成"));
    }
  ck_assert_uint_eq (stage_take (&stage->io, "consensus_tracks")->as.tracks->count, 0);
  const struct sf_table *side = stage_take (&stage->io, "agency_forecasts")->as.table;
  ck_assert_str_eq (sf_table_text (side, "authority", row_at (side, "RJTD", 24)), "foreign");
  ck_assert_double_eq (sf_table_double (side, "lead", row_at (side, "PGTW", 24)), 24); /* shown all the same */
  ck_assert_double_nan (sf_table_double (side, "from_consensus", 0));
  stage_close (stage);
}
END_TEST

/* 1 min = 1.08 x 2 min (CLIMADA issue 123); who gives no wind takes no part in it. */
START_TEST (winds_are_of_two_minutes)
{
  struct stage *stage = open ();
  add_forecast (stage, "RJTD", 0, 130, 15);
  add_forecast (stage, "PGTW", 0, 130, 15);
  for (int i = 0; i < 6; i++)
    {
      stage->fixes[6 + i].as.track.wind_mps = 43.2;
      stage->fixes[6 + i].as.track.averaging_min = 1;
      stage->fixes[6 + i].as.track.pressure_hpa = 950;
    }
  const struct sf_table *points = points_of (stage, 0);
  size_t row = row_at (points, NULL, 24);
  ck_assert_double_eq_tol (sf_table_double (points, "wind_speed", row), 40, 1e-9);
  ck_assert_double_eq_tol (sf_table_double (points, "pressure", row), 950, 1e-9);
  const struct sf_table *side = stage_take (&stage->io, "agency_forecasts")->as.table;
  row = row_at (side, "PGTW", 24);
  ck_assert_double_eq_tol (sf_table_double (side, "wind_given", row), 43.2, 1e-9);
  ck_assert_double_eq (sf_table_double (side, "averaging", row), 1);
  ck_assert_str_eq (sf_table_text (side, "grade", row), "TY");
  ck_assert_double_nan (sf_table_double (side, "wind_speed", row_at (side, "RJTD", 24)));
  const struct sf_tracks *tracks = stage_take (&stage->io, "consensus_tracks")->as.tracks;
  ck_assert_uint_eq (tracks->count, 1);
  ck_assert_str_eq (tracks->tracks[0].agency, "SANFANG");
  ck_assert (tracks->tracks[0].base_s == llround (T0 * HOUR));
  ck_assert_double_eq (tracks->tracks[0].fixes[0].as.track.averaging_min, 2);
  stage_close (stage);
}
END_TEST

/* Handed on at the next hour: the true base is the first. */
START_TEST (repeats_keep_their_base)
{
  struct stage *stage = open ();
  add_forecast (stage, "RJTD", 0, 130, 15);
  for (int i = 0; i < 5; i++)
    {
      stage->fixes[stage->fixes_count] = stage->fixes[1 + i];
      struct sf_fix *fix = &stage->fixes[stage->fixes_count++].as.track;
      fix->base_s += 2 * HOUR;
      fix->lead_s -= 2 * HOUR;
    }
  add_forecast (stage, "PGTW", 2, 130, 16);
  const struct sf_table *points = points_of (stage, 2);
  size_t row = row_at (points, NULL, 22);
  double fresh = 1 / (pow (60 + 1.1 * 22, 2) + 6400), old = 1 / (pow (60 + 1.1 * 24, 2) + 6400);
  ck_assert_double_eq_tol (sf_table_double (points, "latitude", row), (15 * old + 16 * fresh) / (fresh + old), 1e-9);
  const struct sf_table *side = stage_take (&stage->io, "agency_forecasts")->as.table;
  ck_assert_double_eq (sf_table_double (side, "lead", row_at (side, "RJTD", 24)), 24);
  stage_close (stage);
}
END_TEST

/* Two storms at once stay two; an agency that two feeds bring counts once. */
START_TEST (storms_and_feeds)
{
  struct stage *stage = open ();
  static const char *const agencies[] = { "RJTD", "PGTW" };
  for (int a = 0; a < 2; a++)
    {
      add_forecast (stage, agencies[a], 0, 130, 15 + a);
      add_forecast (stage, agencies[a], 0, 150, 20 + a);
      for (int i = 1; i <= 6; i++)
        stage->fixes[stage->fixes_count - (size_t) i].as.track.storm = "2102";
    }
  add_forecast (stage, "RJTD", 0, 130, 15);
  for (int i = 1; i <= 6; i++)
    stage->fixes[stage->fixes_count - (size_t) i].feed = "g";
  const struct sf_table *points = points_of (stage, 0);
  ck_assert_uint_eq (points->rows, 22);
  for (size_t row = 0; row < points->rows; row++)
    {
      bool first = !strcmp (sf_table_text (points, "storm", row), "2101");
      ck_assert_double_eq_tol (sf_table_double (points, "latitude", row), first ? 15.5 : 20.5, 1e-9);
      ck_assert_int_eq (sf_table_int (points, "agencies_count", row), 2);
    }
  ck_assert_uint_eq (stage_take (&stage->io, "consensus_tracks")->as.tracks->count, 2);
  stage_close (stage);
}
END_TEST

/* A forecast whose year is a slip of the pen is of no consequence: nobody replays a century for it. */
START_TEST (a_century_ago)
{
  double expected[3] = { 0 };
  for (int slip = 0; slip < 2; slip++)
    {
      struct stage *stage = open ();
      add_forecast (stage, "RJTD", 0, 130, 15);
      add_forecast (stage, "PGTW", -6, 130, 16);
      for (int a = 0; slip && a < 2; a++)
        stage_add (stage, "f", "2101", a ? "RJTD" : "PGTW", T0 - 876000, 24, 120, 20 + a);
      const struct sf_table *points = points_of (stage, 0);
      size_t row = row_at (points, NULL, 24);
      double now[3] = { (double) points->rows, sf_table_double (points, "latitude", row),
                        sf_table_double (points, "error_68", row) };
      for (int i = 0; i < 3; i++)
        {
          ck_assert (!slip || now[i] == expected[i]);
          expected[i] = now[i];
        }
      stage_close (stage);
    }
}
END_TEST

START_TEST (nothing_at_all)
{
  struct stage *stage = open ();
  ck_assert_uint_eq (points_of (stage, 0)->rows, 0);
  ck_assert_uint_eq (stage_take (&stage->io, "agency_forecasts")->as.table->rows, 0);
  ck_assert_uint_eq (stage_take (&stage->io, "consensus_tracks")->as.tracks->count, 0);
  stage_close (stage);
  stage = open ();
  stage_add (stage, "f", "2101", "BABJ", T0, 0, 130, 15); /* an analysis alone */
  stage_add (stage, "f", "2102", "BABJ", T0, 24, NAN, NAN);
  ck_assert_uint_eq (points_of (stage, 0)->rows, 0);
  stage_close (stage);
  stage = open ();
  ck_assert_uint_eq (run (stage, 0, "verify", "track_errors")->rows, 0);
  stage_close (stage);
}
END_TEST

/* --- verification --- */

static size_t
errors_row (const struct sf_table *errors, const char *agency, const char *sample, double lead_h)
{
  for (size_t row = 0; row < errors->rows; row++)
    if (!strcmp (sf_table_text (errors, "agency", row), agency)
        && !strcmp (sf_table_text (errors, "sample", row), sample) && sf_table_double (errors, "lead", row) == lead_h)
      return row;
  ck_abort_msg ("no %s %s %g", agency, sample, lead_h);
}

START_TEST (errors_of_a_constant_bias)
{
  struct stage *stage = open ();
  add_past (stage, "RJTD", "PGTW", "VHHH", 0);
  const struct sf_table *errors = run (stage, 0, "verify", "track_errors");
  size_t row = errors_row (errors, "PGTW", "own", 24);
  ck_assert_int_eq (sf_table_int (errors, "count", row), 17); /* bases of -120 to -24 h */
  ck_assert_double_eq_tol (sf_table_double (errors, "mean_error", row), 2 * KM_PER_DEG, 0.01);
  ck_assert_double_eq_tol (sf_table_double (errors, "error_90", row), 2 * KM_PER_DEG, 0.01);
  ck_assert_double_nan (sf_table_double (errors, "against_consensus", row));
  ck_assert_double_eq_tol (sf_table_double (errors, "mean_error", errors_row (errors, "RJTD", "own", 48)), 0, 1e-6);
  row = errors_row (errors, "PGTW", "paired", 24);
  size_t ours = errors_row (errors, "SANFANG", "common", 24);
  ck_assert_double_eq_tol (sf_table_double (errors, "against_consensus", row),
                           2 * KM_PER_DEG - sf_table_double (errors, "mean_error", ours), 0.01);
  ck_assert_double_le (sf_table_double (errors, "against_low", row),
                       sf_table_double (errors, "against_consensus", row));
  ck_assert_double_ge (sf_table_double (errors, "against_high", row),
                       sf_table_double (errors, "against_consensus", row));
  stage_close (stage);
}
END_TEST

/* Blocks of 48 h: a difference that is the same for days has wide bounds, one that changes sign each time narrow ones. */
START_TEST (bounds_know_blocks)
{
  int64_t base_s[40];
  double error_km[40], consensus_km[40];
  struct sf_error_sample sample = { .count = 40, .base_s = base_s, .error_km = error_km, .consensus_km = consensus_km };
  struct sf_error_summary slow, fast, none;
  for (int kind = 0; kind < 2; kind++)
    {
      for (int i = 0; i < 40; i++)
        {
          base_s[i] = i * 6 * (int64_t) HOUR;
          error_km[i] = 100 + ((kind ? i % 2 : i / 10 % 2) ? 10 : -10);
          consensus_km[i] = 100;
        }
      sf_verify_summarise (&sample, kind ? &fast : &slow);
    }
  ck_assert_double_eq_tol (slow.against_km, 0, 1e-9);
  ck_assert_double_gt (slow.high_km - slow.low_km, 8);
  ck_assert_double_lt (fast.high_km - fast.low_km, 1);
  ck_assert_double_eq (slow.median_km, 90); /* the lower of the two in the middle */
  sample.count = 0;
  sf_verify_summarise (&sample, &none);
  ck_assert (none.count == 0 && isnan (none.mean_km) && isnan (none.error_70_km) && isnan (none.low_km));
  ck_assert_double_eq (sf_quantile_lower ((double[]){ 1, 2, 3, 4 }, 4, 0.7), 3);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { weights_of_two,
                                 weights_without_sense,
                                 random_weights,
                                 default_at_true_leads,
                                 identical_is_itself_at_180,
                                 the_better_weighs_more,
                                 nothing_from_the_future,
                                 inertia,
                                 older_ones_are_shifted,
                                 one_alone_is_no_consensus,
                                 winds_are_of_two_minutes,
                                 repeats_keep_their_base,
                                 storms_and_feeds,
                                 a_century_ago,
                                 nothing_at_all,
                                 errors_of_a_constant_bias,
                                 bounds_know_blocks,
                                 NULL };
  return run_tests ("consensus", tests);
}
