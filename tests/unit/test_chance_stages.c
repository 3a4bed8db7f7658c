/* SPDX-License-Identifier: Apache-2.0 */
/* The members hour by hour, and the stages chances and places on small datasets. Expected values: positions and
   radii by hand from two fixes; probabilities that geometry leaves no doubt about. */
#include "core/base/time.h"
#include "core/plugin/pool.h"
#include "models/typhoon/ensemble/arrivals.h"
#include "models/typhoon/ensemble/member_hours.h"
#include "models/typhoon/ensemble/stages.h"
#include "models/typhoon/vortex/vortex.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin ensemble_LTX_sanfang_plugin;

enum
{
  HELD = 12,
  MOST_RECORDS = 400,
  HOUR = 3600
};

#define BASE_S (400000 * (int64_t) HOUR)

static const struct sf_gridspec GRID = { 30, 25, { 108, 0.1, 0, 20.5, 0, -0.1 }, "EPSG:4490" };

struct bench
{
  struct sf_arena arena;
  struct sf_host host;
  struct sf_stage_io io;
  struct sf_dataset *held[HELD];
  const char *names[HELD];
  int count;
  struct sf_pool *pool;
  struct sf_record records[MOST_RECORDS];
  size_t records_count;
};

static const struct sf_dataset *
take (const struct sf_stage_io *io, const char *port)
{
  const struct bench *bench = io->ctx;
  for (int i = 0; i < bench->count; i++)
    if (!strcmp (bench->names[i], port))
      return bench->held[i];
  return NULL;
}

static void
hold (struct bench *bench, const char *port, struct sf_dataset *dataset)
{
  ck_assert_int_lt (bench->count, HELD);
  bench->names[bench->count] = port;
  bench->held[bench->count++] = dataset;
}

static enum sf_code
give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  (void) err;
  hold (io->ctx, port, dataset);
  return SF_OK;
}

static const struct sf_dataset_spec *
spec_of (const struct sf_stage_io *io, const char *port)
{
  char name[64];
  snprintf (name, sizeof name, "%.*s", (int) strcspn (port, "@"), port);
  return sf_vocabulary_dataset (((const struct bench *) io->ctx)->host.vocabulary, name);
}

static enum sf_code
run_blocks (const struct sf_host *host, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err)
{
  return sf_pool_run (host->impl, blocks, fn, ctx, NULL, err);
}

static bool
not_cancelled (const struct sf_host *host)
{
  (void) host;
  return false;
}

static void
open_bench (struct bench *bench, double now_h)
{
  struct sf_vocabulary *vocabulary;
  struct sf_settings *settings;
  struct sf_dataset *clock;
  *bench = (struct bench){ .host = { .struct_size = sizeof (struct sf_host),
                                     .component = "ensemble",
                                     .share_folder = TEST_SRCDIR "/share",
                                     .parallel = run_blocks,
                                     .cancelled = not_cancelled } };
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_settings_parse (&bench->arena, ensemble_LTX_sanfang_plugin.options, NULL, NULL, &settings, err));
  ck_done (sf_pool_new (2, &bench->pool, err));
  bench->host.vocabulary = vocabulary;
  bench->host.settings = settings;
  bench->host.log = sf_log_new ();
  bench->host.impl = bench->pool;
  bench->io = (struct sf_stage_io){
    .ctx = bench, .grid_name = "g", .grid = &GRID, .instance = "g", .input = take, .output = give, .spec = spec_of
  };
  ck_done (sf_dataset_new_table (spec_of (&bench->io, "cycle_time"), NULL, &clock, err));
  sf_table_add_row (clock->as.table);
  ck_done (sf_table_set_time (clock->as.table, "time", BASE_S + (int64_t) (now_h * HOUR), err));
  hold (bench, "cycle_time", clock);
}

static void
close_bench (struct bench *bench)
{
  for (int i = 0; i < bench->count; i++)
    sf_dataset_unref (bench->held[i]);
  sf_pool_free (bench->pool);
  sf_log_free (bench->host.log);
  sf_vocabulary_free ((struct sf_vocabulary *) bench->host.vocabulary);
  sf_arena_finish (&bench->arena);
}

static struct sf_fix *
add (struct bench *bench, const char *storm, const char *member, double lead_h, double lon, double lat)
{
  struct sf_record *record = &bench->records[bench->records_count++];
  ck_assert_uint_lt (bench->records_count, MOST_RECORDS);
  sf_record_init (record, SF_RECORD_TRACK);
  record->feed = "test";
  record->valid_s = BASE_S + (int64_t) (lead_h * HOUR);
  record->received_s = BASE_S;
  struct sf_fix *fix = &record->as.track;
  fix->storm = storm;
  fix->agency = SF_ENSEMBLE_AGENCY;
  fix->member = member;
  fix->base_s = BASE_S;
  fix->lead_s = (int64_t) (lead_h * HOUR);
  fix->lon_deg = lon;
  fix->lat_deg = lat;
  fix->wind_mps = 40;
  fix->averaging_min = 2;
  return fix;
}

static const struct sf_tracks *
make_members (struct bench *bench)
{
  struct sf_dataset *members;
  ck_done (sf_dataset_new_tracks (spec_of (&bench->io, "members"), NULL, bench->records, bench->records_count, &members,
                                  err));
  hold (bench, "members", members);
  return members->as.tracks;
}

static void
make_places (struct bench *bench, double seat_lat)
{
  const double at[3][2] = { { 109.5, seat_lat }, { 109.5, 12 }, { (double) NAN, 19 } };
  static const char *const names[3] = { "here", "far", "nowhere" };
  struct sf_dataset *places;
  ck_done (sf_dataset_new_table (spec_of (&bench->io, "places"), NULL, &places, err));
  for (int i = 0; i < 3; i++)
    {
      sf_table_add_row (places->as.table);
      ck_done (sf_table_set_text (places->as.table, "code", names[i], err));
      ck_done (sf_table_set_text (places->as.table, "kind", i == 0 ? "county_seat" : "harbour", err));
      ck_done (sf_table_set_text (places->as.table, "county_code", "c", err));
      ck_done (sf_table_set_double (places->as.table, "longitude", at[i][0], err));
      ck_done (sf_table_set_double (places->as.table, "latitude", at[i][1], err));
    }
  hold (bench, "places", places);
}

static struct sf_vortex_rules
rules_of_the_house (void)
{
  struct sf_vortex_rules rules;
  ck_done (sf_vortex_rules_load (TEST_SRCDIR "/share/typhoon/vortex.yaml", &rules, err));
  return rules;
}

static void
make_hours (struct bench *bench, double now_h, struct sf_member_hours *hours)
{
  struct sf_vortex_rules rules = rules_of_the_house ();
  ck_done (
      sf_member_hours_init (hours, &bench->host, make_members (bench), BASE_S + (int64_t) (now_h * HOUR), &rules, err));
}

/* --- hours --- */

/* A hundred years ahead: a wrong date, which must not ask for a million hours. */
START_TEST (a_wrong_date_is_not_reached)
{
  struct bench bench;
  struct sf_member_hours hours;
  open_bench (&bench, 0);
  add (&bench, "a", "g0001", 0, 112, 19);
  add (&bench, "a", "g0001", 6, 111, 19);
  add (&bench, "a", "g0001", 876600, 110, 20);
  make_hours (&bench, 0, &hours);
  ck_assert_int_eq (hours.last_hour, 6);
  ck_assert_int_le (hours.tracks[0].hours, 1441);
  sf_member_hours_finish (&hours);
  close_bench (&bench);
}
END_TEST

START_TEST (between_fixes_ways_and_radii_run_straight)
{
  struct bench bench;
  struct sf_member_hours hours;
  open_bench (&bench, 0);
  add (&bench, "a", "g0001", 0, 179.7, 10)->radii_km[0] = 200;
  add (&bench, "a", "g0001", 3, -179.7, 10.6)->radii_km[0] = 260;
  make_hours (&bench, 0, &hours);
  ck_assert_int_eq (hours.reference_s, BASE_S);
  ck_assert_uint_eq (hours.members, 1);
  ck_assert_int_eq (hours.last_hour, 3);
  const struct sf_chance_track *track = hours.tracks;
  ck_assert_int_eq (track->hours, 4);
  ck_assert_double_eq_tol (track->lon_deg[1], 179.9, 1e-9);
  ck_assert_double_eq_tol (track->lon_deg[2], -179.9, 1e-9);
  ck_assert_double_eq_tol (track->lat_deg[2], 10.4, 1e-9);
  ck_assert (track->knots[0] && !track->knots[1] && !track->knots[2] && track->knots[3]);
  const struct sf_force_radii *radii = &track->radii[1]; /* force 7 */
  ck_assert_double_gt (radii[0].outer_km[0], 0);
  ck_assert_double_eq_tol (radii[2 * SF_CHANCE_FORCES].outer_km[0],
                           radii[0].outer_km[0] / 3 + radii[3 * SF_CHANCE_FORCES].outer_km[0] * 2 / 3, 1e-9);
  /* Mean extent: the vortex's share of the ring. */
  ck_assert_double_eq_tol (radii[0].outer_km[0], rules_of_the_house ().mean_share * 200, 1e-6);
  sf_member_hours_finish (&hours);
  close_bench (&bench);
}
END_TEST

START_TEST (a_force_of_one_fix_alone_begins_early_and_ends_late)
{
  struct bench bench;
  struct sf_member_hours hours;
  open_bench (&bench, 0);
  add (&bench, "a", "g0001", 0, 110, 15)->wind_mps = 20;
  add (&bench, "a", "g0001", 3, 110, 15)->wind_mps = 40;
  add (&bench, "a", "g0001", 6, 110, 15)->wind_mps = 20;
  make_hours (&bench, 0, &hours);
  const struct sf_force_radii *radii = &hours.tracks->radii[4]; /* force 12 */
  double there = radii[3 * SF_CHANCE_FORCES].outer_km[0];
  ck_assert_double_gt (there, 0);
  for (int h = 0; h < 7; h++)
    ck_assert_double_eq (radii[h * SF_CHANCE_FORCES].outer_km[0], h > 0 && h < 6 ? there : 0);
  sf_member_hours_finish (&hours);
  close_bench (&bench);
}
END_TEST

START_TEST (the_past_is_left_out)
{
  struct bench bench;
  struct sf_member_hours hours;
  open_bench (&bench, 0);
  for (int k = 0; k < 5; k++)
    add (&bench, "a", "g0001", 3 * k, 110 - 0.3 * k, 15);
  make_hours (&bench, 4.7, &hours);
  ck_assert_int_eq (hours.reference_s, BASE_S + 4 * HOUR);
  ck_assert_int_eq (hours.last_hour, 8);
  ck_assert_double_eq_tol (hours.tracks->lon_deg[0], 109.6, 1e-9);
  ck_assert (!hours.tracks->knots[0] && hours.tracks->knots[2]);
  sf_member_hours_finish (&hours);
  make_hours (&bench, 100, &hours);
  ck_assert_int_eq (hours.last_hour, -1);
  sf_member_hours_finish (&hours);
  close_bench (&bench);
}
END_TEST

START_TEST (lost_members_gaps_and_strange_fixes)
{
  struct bench bench;
  struct sf_member_hours hours;
  open_bench (&bench, 0);
  add (&bench, "a", "g0001", 0, NAN, NAN);
  add (&bench, "a", "g0002", 0, 110, 15);
  add (&bench, "a", "g0002", 30, 111, 15);
  add (&bench, "a", "g0003", 0, 110, 15)->wind_mps = NAN;
  add (&bench, "a", "g0003", 3, 110, 15)->wind_mps = 900;
  add (&bench, "a", "g0004", 1.5, 110, -15);
  make_hours (&bench, 0, &hours);
  ck_assert_uint_eq (hours.members, 4);
  ck_assert_uint_eq (hours.strange_fixes, 1);
  ck_assert_double_nan (hours.tracks[0].lon_deg[0]);
  ck_assert_double_eq (hours.tracks[1].lon_deg[30], 111);
  ck_assert_double_nan (hours.tracks[1].lon_deg[10]);
  for (int f = 0; f < SF_CHANCE_FORCES; f++)
    ck_assert_double_eq (hours.tracks[2].radii[f].outer_km[0], 0);
  /* A single fix between hours gives no hour. */
  ck_assert_int_eq (hours.tracks[3].hours, 0);
  sf_member_hours_finish (&hours);
  close_bench (&bench);
}
END_TEST

START_TEST (a_storm_with_fewer_members_repeats_them)
{
  struct bench bench;
  struct sf_member_hours hours;
  static const char *const names[5] = { "g0001", "g0002", "g0003", "g0004", "g0005" };
  open_bench (&bench, 0);
  for (int m = 0; m < 5; m++)
    add (&bench, "a", names[m], 0, 100 + m, 10);
  for (int m = 0; m < 2; m++)
    add (&bench, "b", names[m], 0, 130 + m, 20);
  make_hours (&bench, 0, &hours);
  ck_assert_uint_eq (hours.members, 5);
  ck_assert_uint_eq (hours.tracks_count, 10);
  for (size_t k = 0; k < 5; k++)
    {
      ck_assert_uint_eq (hours.tracks[2 * k].member, k);
      ck_assert_double_eq (hours.tracks[2 * k].lon_deg[0], 100 + (double) k);
      ck_assert_double_eq (hours.tracks[2 * k + 1].lon_deg[0], 130 + (double) (k % 2));
    }
  sf_member_hours_finish (&hours);
  close_bench (&bench);
}
END_TEST

/* --- stages --- */

static const char *const grids[5] = { "strike_probability@*", "wind_probability@*", "wind_probability_24h@*",
                                      "wind_probability_48h@*", "wind_probability_72h@*" };

static float
value_at (struct bench *bench, int grid, int band, double lon, double lat)
{
  const struct sf_grid *g = take (&bench->io, grids[grid])->as.grid;
  int column = (int) floor ((lon - 108) / 0.1), row = (int) floor ((20.5 - lat) / 0.1);
  return g->values[((size_t) band * 25 + (size_t) row) * 30 + (size_t) column];
}

/* Two of four members stand over the place for 30 hours, one is lost, one is far away. */
static void
add_four (struct bench *bench)
{
  for (int k = 0; k <= 10; k++)
    {
      add (bench, "a", "g0001", 3 * k, 109.5, 18.8)->rmw_km = 10;
      add (bench, "a", "g0002", 3 * k, 109.5, 18.8)->rmw_km = 10;
      add (bench, "a", "g0004", 3 * k, 135, 18.8);
    }
  add (bench, "a", "g0003", 0, NAN, NAN);
}

START_TEST (grids_say_how_many_members_of_all)
{
  struct bench bench;
  open_bench (&bench, 0);
  add_four (&bench);
  make_members (&bench);
  ck_done (sf_ensemble_run_chances (&bench.host, &bench.io, err));
  ck_assert_float_eq (value_at (&bench, 0, 0, 109.55, 18.95), 0.5f);
  ck_assert_float_eq (value_at (&bench, 0, 0, 109.55, 20.05), 0.0f);
  ck_assert_float_eq (value_at (&bench, 0, 2, 109.55, 20.05), 0.5f);
  for (int g = 1; g < 4; g++)
    ck_assert_float_eq (value_at (&bench, g, 0, 109.55, 19.05), 0.5f);
  /* The members reach 30 hours: nobody knows about 48 to 72. */
  ck_assert_float_nan (value_at (&bench, 4, 0, 109.55, 19.05));
  ck_assert_double_eq (take (&bench.io, grids[1])->as.grid->band_values[2], 12);
  ck_assert_double_eq (take (&bench.io, grids[0])->as.grid->band_values[1], 120);
  close_bench (&bench);
}
END_TEST

START_TEST (places_have_their_rows)
{
  struct bench bench;
  open_bench (&bench, 0);
  add_four (&bench);
  make_members (&bench);
  make_places (&bench, 19);
  ck_done (sf_ensemble_run_places (&bench.host, &bench.io, err));
  const struct sf_table *table = take (&bench.io, "place_wind_chances")->as.table;
  ck_assert_uint_eq (table->rows, 10);
  ck_assert_str_eq (sf_table_text (table, "code", 0), "here");
  ck_assert_double_eq (sf_table_double (table, "force", 2), 8);
  ck_assert_int_eq (sf_table_int (table, "members", 2), 4);
  ck_assert_double_eq (sf_table_double (table, "probability", 2), 0.5);
  ck_assert_double_eq (sf_table_double (table, "probability_48h", 2), 0.5);
  ck_assert_double_nan (sf_table_double (table, "probability_72h", 2));
  ck_assert_int_eq (sf_table_time (table, "likely", 2), BASE_S);
  ck_assert_int_eq (sf_table_time (table, "one_in_ten", 2), BASE_S);
  ck_assert_int_eq (sf_table_time (table, "end_likely", 2), SF_TIME_MISSING);
  ck_assert_double_eq (sf_table_double (table, "strike_120km", 2), 0.5);
  ck_assert_str_eq (sf_table_text (table, "code", 9), "far");
  ck_assert_double_eq (sf_table_double (table, "probability", 9), 0);
  ck_assert_int_eq (sf_table_time (table, "earliest", 9), SF_TIME_MISSING);
  close_bench (&bench);
}
END_TEST

/* A county is reached where its border is: a raster of its points counts, not its seat alone. */
START_TEST (a_county_is_more_than_its_seat)
{
  struct bench bench;
  struct sf_dataset *counties;
  struct sf_geometry *polygon = sf_geometry_new (SF_GEOMETRY_POLYGON);
  static const double corners[5][2]
      = { { 108.95, 11.9 }, { 110.05, 11.9 }, { 110.05, 19.1 }, { 108.95, 19.1 }, { 108.95, 11.9 } };
  open_bench (&bench, 0);
  add_four (&bench);
  make_members (&bench);
  make_places (&bench, 12);
  sf_geometry_begin_part (polygon, true);
  for (int i = 0; i < 5; i++)
    sf_geometry_add_point (polygon, corners[i][0], corners[i][1]);
  ck_done (sf_dataset_new_table (spec_of (&bench.io, "counties"), NULL, &counties, err));
  sf_table_add_row (counties->as.table);
  ck_done (sf_table_set_text (counties->as.table, "code", "c", err));
  ck_done (sf_table_set_geometry (counties->as.table, polygon, err));
  hold (&bench, "counties", counties);
  ck_done (sf_ensemble_run_places (&bench.host, &bench.io, err));
  const struct sf_table *table = take (&bench.io, "place_wind_chances")->as.table;
  ck_assert_double_eq (sf_table_double (table, "probability", 0), 0.5);
  ck_assert_double_eq (sf_table_double (table, "probability", 5), 0);
  close_bench (&bench);
}
END_TEST

START_TEST (no_members_no_probabilities)
{
  struct bench bench;
  for (int over = 0; over < 2; over++)
    {
      open_bench (&bench, over ? 500 : 0);
      if (over)
        add_four (&bench);
      make_members (&bench);
      make_places (&bench, 19);
      ck_done (sf_ensemble_run_chances (&bench.host, &bench.io, err));
      ck_done (sf_ensemble_run_places (&bench.host, &bench.io, err));
      for (int g = 0; g < 5; g++)
        for (int i = 0; i < 3 * 30 * 25; i++)
          ck_assert_float_nan (take (&bench.io, grids[g])->as.grid->values[i]);
      ck_assert_uint_eq (take (&bench.io, "place_wind_chances")->as.table->rows, 0);
      close_bench (&bench);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("chance_stages");
  TCase *tcase = tcase_create ("chance_stages");
  tcase_add_test (tcase, between_fixes_ways_and_radii_run_straight);
  tcase_add_test (tcase, a_wrong_date_is_not_reached);
  tcase_add_test (tcase, a_force_of_one_fix_alone_begins_early_and_ends_late);
  tcase_add_test (tcase, the_past_is_left_out);
  tcase_add_test (tcase, lost_members_gaps_and_strange_fixes);
  tcase_add_test (tcase, a_storm_with_fewer_members_repeats_them);
  tcase_add_test (tcase, grids_say_how_many_members_of_all);
  tcase_add_test (tcase, places_have_their_rows);
  tcase_add_test (tcase, a_county_is_more_than_its_seat);
  tcase_add_test (tcase, no_members_no_probabilities);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
