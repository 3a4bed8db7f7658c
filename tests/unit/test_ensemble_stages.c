/* SPDX-License-Identifier: Apache-2.0 */
/* The stages members, cone and landfall on small tables: what must be the same, what must follow, and what must not fail. */
#include "core/base/file.h"
#include "core/base/time.h"
#include "geodata/polygon.h"
#include "geodata/sphere.h"
#include "models/typhoon/ensemble/stages.h"
#include "tests/unit/ensemble_bench.h"
#include "tests/unit/storm_help.h"

#include <stdio.h>
#include <unistd.h>

static const struct sf_tracks *
members_of (struct bench *bench)
{
  ck_done (run (bench, "members", err));
  return take (&bench->io, "members")->as.tracks;
}

/* --- members --- */

START_TEST (no_storm_at_all)
{
  struct bench bench;
  open_bench (&bench, 1);
  hold_tracks (&bench, "storm_tracks");
  ck_assert_uint_eq (members_of (&bench)->count, 0);
  ck_done (run (&bench, "cone", err));
  ck_assert_uint_eq (take (&bench.io, "cones")->as.table->rows, 0);
  ck_assert_uint_eq (take (&bench.io, "cone_circles")->as.table->rows, 0);
  close_bench (&bench);
}
END_TEST

/* What the contract of stages.h says of every member. */
START_TEST (contract)
{
  struct bench bench;
  open_bench (&bench, 2);
  set (&bench, "members", "40");
  add_forecast (&bench, "1409", "BABJ", 2, 114, 17.5);
  add_forecast (&bench, "1409", "BABJ", 8, 104, 7.5);             /* an older forecast, elsewhere */
  add (&bench, "1409", "BABJ", 1, 0, 113.6, 17.7)->wind_mps = 45; /* a newer analysis, without rings */
  hold_tracks (&bench, "storm_tracks");
  const struct sf_tracks *members = members_of (&bench);
  ck_assert_uint_eq (members->count, 40);
  for (size_t i = 0; i < members->count; i++)
    {
      const struct sf_track *track = &members->tracks[i];
      char name[24];
      snprintf (name, sizeof name, "g%04zu", i + 1);
      ck_assert_str_eq (track->member, name);
      ck_assert_str_eq (track->agency, "SANFANG");
      ck_assert_str_eq (track->storm, "1409");
      ck_assert_int_eq (track->base_s, NOW_S - HOUR);
      ck_assert_uint_eq (track->fixes_count, 25); /* 71 h: every 3 h and the end */
      for (size_t k = 0; k < track->fixes_count; k++)
        {
          const struct sf_record *fix = &track->fixes[k];
          ck_assert_int_eq (fix->valid_s, k < 24 ? NOW_S - HOUR + 3 * HOUR * (int64_t) k : NOW_S + 70 * HOUR);
          ck_assert_double_eq (fix->as.track.averaging_min, 2);
          ck_assert_double_gt (fix->as.track.wind_mps, 0);
          ck_assert_double_gt (fix->as.track.lat_deg, 14);
          ck_assert_double_ge (fix->as.track.pressure_hpa, 850);
          ck_assert_double_gt (fix->as.track.rmw_km, 0);
          ck_assert (fix->as.track.wind_mps < 13.9 || fix->as.track.radii_km[0] > 0);
          ck_assert (fix->as.track.wind_mps >= 32.7 || isnan (fix->as.track.radii_km[8]));
        }
    }
  ck_assert_ptr_nonnull (strstr (members->tracks[0].fixes[0].source, "seed 1"));
  close_bench (&bench);
}
END_TEST

static void
check_same (const struct sf_track *a, const struct sf_track *b)
{
  ck_assert_uint_eq (a->fixes_count, b->fixes_count);
  for (size_t k = 0; k < a->fixes_count; k++)
    {
      const struct sf_fix *p = &a->fixes[k].as.track, *q = &b->fixes[k].as.track;
      ck_assert (p->lon_deg == q->lon_deg && p->lat_deg == q->lat_deg && p->wind_mps == q->wind_mps);
      ck_assert (p->pressure_hpa == q->pressure_hpa && p->rmw_km == q->rmw_km);
      ck_assert (memcmp (p->radii_km, q->radii_km, sizeof p->radii_km) == 0);
    }
}

/* Member i is the same bits under one thread or two, among 20 or 1,000, and beside another storm; another seed is another. */
START_TEST (same_members)
{
  static struct bench one, two, other;
  open_bench (&one, 1);
  open_bench (&two, 2);
  open_bench (&other, 2);
  set (&one, "members", "20");
  set (&other, "seed", "2");
  add_forecast (&one, "1409", "BABJ", 2, 114, 17.5);
  add_forecast (&two, "0000", "BABJ", 2, 135, 12);
  add_forecast (&two, "1409", "BABJ", 2, 114, 17.5);
  add_forecast (&other, "1409", "BABJ", 2, 114, 17.5);
  hold_tracks (&one, "storm_tracks");
  hold_tracks (&two, "storm_tracks");
  hold_tracks (&other, "storm_tracks");
  const struct sf_tracks *few = members_of (&one), *many = members_of (&two), *others = members_of (&other);
  ck_assert_uint_eq (few->count, 20);
  ck_assert_uint_eq (many->count, 2000);
  for (size_t i = 0; i < few->count; i++)
    {
      check_same (&few->tracks[i], &many->tracks[1000 + i]);
      ck_assert (few->tracks[i].fixes[4].as.track.lon_deg != others->tracks[i].fixes[4].as.track.lon_deg);
    }
  close_bench (&one);
  close_bench (&two);
  close_bench (&other);
}
END_TEST

/* On an empty ocean a storm moved along its parallel takes its members along, over the date line too. */
START_TEST (moved)
{
  static struct bench here, there;
  open_bench (&here, 1);
  open_bench (&there, 1);
  add_forecast (&here, "1409", "BABJ", 2, 140, 10);
  add_forecast (&there, "1409", "BABJ", 2, 185, 10);
  hold_tracks (&here, "storm_tracks");
  hold_tracks (&there, "storm_tracks");
  const struct sf_tracks *a = members_of (&here), *b = members_of (&there);
  for (size_t i = 0; i < a->count; i++)
    for (size_t k = 0; k < a->tracks[i].fixes_count; k++)
      {
        const struct sf_fix *p = &a->tracks[i].fixes[k].as.track, *q = &b->tracks[i].fixes[k].as.track;
        ck_assert_double_eq_tol (remainder (q->lon_deg - p->lon_deg - 45, 360), 0, 1e-6);
        ck_assert_double_eq_tol (q->lat_deg, p->lat_deg, 1e-6);
        ck_assert_double_eq_tol (q->wind_mps, p->wind_mps, 1e-9);
      }
  close_bench (&here);
  close_bench (&there);
}
END_TEST

/* The mirror image of a storm in the southern hemisphere: right of its way is the other side, all else is as in the north. */
START_TEST (southern)
{
  static struct bench bench;
  open_bench (&bench, 1);
  for (int lead_h = 0; lead_h <= 72; lead_h += 12)
    add (&bench, "SH01", "BABJ", 2, lead_h, 114 - lead_h / 6.0, -10 - lead_h / 12.0);
  hold_tracks (&bench, "storm_tracks");
  const struct sf_tracks *members = members_of (&bench);
  double sum = 0;
  for (size_t i = 0; i < members->count; i++)
    {
      const struct sf_fix *fix = &members->tracks[i].fixes[8].as.track;
      ck_assert_double_lt (fix->lat_deg, 0);
      sum += sf_sphere_distance_km (110, -12, fix->lon_deg, fix->lat_deg) / (double) members->count;
    }
  ck_assert_double_eq_tol (sum / 75, 1, 0.1); /* 75 km at 24 h in the rules; 1,000 members */
  close_bench (&bench);
}
END_TEST

/* Rules in which nothing is uncertain. */
static const char exact_rules[] = "test_ensemble_exact.yaml";

static void
write_exact_rules (void)
{
  const char *text = "track: [{agency: X, weight: 1, source: none, mean_error_km: {0: 0, 72: 0}}]\n"
                     "consensus_factor: {0: 1}\nalong_over_cross: {0: 1}\nalong_cross_correlation: 0\n"
                     "track_correlation: {offset_h: 6, length: 0.6}\ntail_nu: 4\n"
                     "intensity: [{agency: X, weight: 1, source: none, mean_error_mps: {0: 0, 72: 0}}]\n"
                     "intensity_correlation: {offset_h: 6, length: 0.6}\n"
                     "rapid_intensification: {rate_per_day: 0, hours: 24, least_mps: 6, mean_rest_mps: 8, "
                     "most_latitude_deg: 30}\n"
                     "size_deviation: {0: 0}\nsize_correlation: {offset_h: 6, length: 0.6}\n"
                     "size_intensity_correlation: 0\nring_exponent: 0.8\nusual_ring7_km: 300\nwind_floor_mps: 8\n"
                     "wind_ceiling_mps: 85\ndecay_floor: 0.35\nrecovery_h: 36\nenvironment_hpa: 1005\nstale_h: 12\n";
  ck_done (sf_file_write (exact_rules, text, strlen (text), err));
}

static struct sf_dataset *
new_land (struct bench *bench, double west, double south, double east, double north)
{
  struct sf_dataset *coast;
  ck_done (sf_dataset_new_table (spec_of (&bench->io, "coast"), NULL, &coast, err));
  sf_table_add_row (coast->as.table);
  ck_done (sf_table_set_double (coast->as.table, "area", 30000, err));
  ck_done (sf_table_set_geometry (coast->as.table, box (west, south, east, north), err));
  return coast;
}

/* A member on the official track, over land and sea, has the official intensity. */
START_TEST (member_is_official)
{
  static struct bench bench;
  const double winds[] = { 42, 48, 35, 30, 33, 20, 15 };
  open_bench (&bench, 1);
  write_exact_rules ();
  set (&bench, "parameters", exact_rules);
  set (&bench, "members", "3");
  add_forecast (&bench, "1409", "BABJ", 0, 113, 17.5);
  for (int i = 0; i < 7; i++)
    bench.records[i].as.track.wind_mps = winds[i];
  hold_tracks (&bench, "storm_tracks");
  hold (&bench, "coast", new_land (&bench, 108.6, 18.2, 111, 20));
  const struct sf_tracks *members = members_of (&bench);
  for (size_t i = 0; i < 3; i++)
    for (int k = 0; k < 7; k++)
      {
        const struct sf_fix *fix = &members->tracks[i].fixes[4 * k].as.track;
        ck_assert_double_eq_tol (fix->wind_mps, winds[k], 1e-9);
        ck_assert_double_eq_tol (fix->lon_deg, 113 - 2 * k, 1e-9);
        ck_assert_double_eq_tol (fix->pressure_hpa, 955, 1e-9);
        ck_assert_double_eq_tol (fix->radii_km[1], 290 * pow (winds[k] / 42, 0.8), 1e-9);
      }
  close_bench (&bench);
  ck_assert_int_eq (unlink (exact_rules), 0);
}
END_TEST

/* Without a forecast, with an old one, with one fix, without positions: no members of that storm, and the other has its. */
START_TEST (storms_without_members)
{
  static struct bench bench;
  open_bench (&bench, 1);
  set (&bench, "members", "5");
  add (&bench, "analysed", "BABJ", 3, 0, 114, 17);
  add_forecast (&bench, "old", "BABJ", 13, 120, 17);
  add (&bench, "short", "BABJ", 1, 0, 114, 17);
  add (&bench, "short", "BABJ", 6, 3, 114, 17);
  add (&bench, "nowhere", "BABJ", 1, 0, NAN, NAN);
  add (&bench, "nowhere", "BABJ", 1, 12, NAN, 17);
  add (&bench, "future", "BABJ", -6, 0, 114, 17);
  add (&bench, "future", "BABJ", -6, 12, 114, 17);
  add (&bench, "good", "BABJ", 1, 0, 114, 17);
  add (&bench, "good", "BABJ", 1, 12, 113, 17)->wind_mps = NAN;
  hold_tracks (&bench, "storm_tracks");
  const struct sf_tracks *members = members_of (&bench);
  ck_assert_uint_eq (members->count, 5);
  ck_assert_str_eq (members->tracks[0].storm, "good");
  ck_assert_double_gt (members->tracks[0].fixes[0].as.track.wind_mps, 0);
  ck_assert (isnan (members->tracks[0].fixes[2].as.track.wind_mps));
  close_bench (&bench);
}
END_TEST

/* Which track the members lie around: the consensus where there is one; asked for the official, that one; without either,
   any agency's. */
START_TEST (centres)
{
  for (int asked = 0; asked < 3; asked++)
    {
      static struct bench bench;
      const double expected_lon[] = { 120, 114, 120 };
      open_bench (&bench, 1);
      write_exact_rules ();
      set (&bench, "parameters", exact_rules);
      set (&bench, "members", "1");
      set (&bench, "centre", asked == 1 ? "official" : asked == 2 ? "consensus" : "auto");
      add_forecast (&bench, "1409", "SANFANG", 2, 120, 17.5);
      add_forecast (&bench, "elsewhere", "SANFANG", 2, 150, 17.5);
      hold_tracks (&bench, "consensus_tracks");
      add_forecast (&bench, "1409", "BABJ", 2, 114, 17.5);
      add_forecast (&bench, "1409", "RJTD", 1, 116, 17.5);
      add_forecast (&bench, "1410", "RJTD", 1, 130, 10);
      hold_tracks (&bench, "storm_tracks");
      const struct sf_tracks *members = members_of (&bench);
      ck_assert_uint_eq (members->count, asked == 0 ? 2 : 1);
      ck_assert_double_eq_tol (members->tracks[0].fixes[4].as.track.lon_deg, expected_lon[asked] - 2, 1e-9);
      if (asked == 0)
        ck_assert_double_eq_tol (members->tracks[1].fixes[4].as.track.lon_deg, 128, 1e-9);
      close_bench (&bench);
      ck_assert_int_eq (unlink (exact_rules), 0);
    }
}
END_TEST

/* Fifty perturbed members and the control, of which some have no way or are not there: all count. The deterministic run and
   techniques are no members. */
static void
add_ensemble (struct bench *bench)
{
  static char names[52][8];
  for (int m = 1; m <= 51; m++)
    {
      snprintf (names[m], sizeof names[m], m == 51 ? "cf51" : "pf%02d", m);
      for (int lead_h = 0; lead_h <= 24 && m <= 45; lead_h += 6)
        add (bench, "1409", "ECMF", 8, lead_h, 114 - lead_h / 6.0, 17.5 + 0.01 * m)->member = names[m];
      if (m > 45)
        add (bench, m <= 48 || m == 51 ? "1409" : "other", "ECMF", 8, 0, 114, 17.5)->member = names[m];
    }
  add (bench, "1409", "ECMF", 8, 0, 114, 17.5)->member = "fc52";
  add (bench, "1409", "ECMF", 8, 6, 113, 17.5)->member = "fc52";
  add (bench, "1409", "PGTW", 8, 6, 113, 17.5)->member = "AVNO";
}

START_TEST (real_members)
{
  for (int forced = 0; forced < 2; forced++)
    {
      static struct bench bench;
      size_t with_way = 0;
      open_bench (&bench, 1);
      if (forced)
        set (&bench, "real_members", "60");
      add_ensemble (&bench);
      add_forecast (&bench, "1409", "BABJ", 2, 114, 17.5);
      hold_tracks (&bench, "storm_tracks");
      const struct sf_tracks *members = members_of (&bench);
      ck_assert_uint_eq (members->count, forced ? 60 : 51);
      for (size_t i = 0; i < members->count; i++)
        {
          const struct sf_track *track = &members->tracks[i];
          bool has_way = !isnan (track->fixes[0].as.track.lon_deg);
          with_way += has_way;
          ck_assert_str_eq (track->agency, "ECMF");
          ck_assert_str_eq (track->storm, "1409");
          ck_assert_int_eq (track->base_s, NOW_S - 8 * HOUR);
          ck_assert_uint_eq (track->fixes_count, has_way ? 9 : 1);
          if (has_way)
            ck_assert_double_gt (track->fixes[0].as.track.radii_km[0], 0);
        }
      ck_assert_uint_eq (with_way, 45);
      close_bench (&bench);
    }
}
END_TEST

START_TEST (generated_or_real)
{
  static struct bench bench;
  open_bench (&bench, 1);
  set (&bench, "source", "generated");
  set (&bench, "members", "7");
  add_ensemble (&bench);
  add_forecast (&bench, "1409", "BABJ", 2, 114, 17.5);
  hold_tracks (&bench, "storm_tracks");
  ck_assert_uint_eq (members_of (&bench)->count, 7);
  close_bench (&bench);
  open_bench (&bench, 1);
  set (&bench, "source", "real");
  add_forecast (&bench, "1409", "BABJ", 2, 114, 17.5);
  hold_tracks (&bench, "storm_tracks");
  ck_assert_uint_eq (members_of (&bench)->count, 0);
  close_bench (&bench);
}
END_TEST

/* --- cones --- */

/* The own cone on the consensus, and each agency's only on that agency's track: every circle's middle is on its own. */
START_TEST (cones)
{
  static struct bench bench;
  open_bench (&bench, 1);
  add_forecast (&bench, "1409", "SANFANG", 0, 120, 17.5);
  hold_tracks (&bench, "consensus_tracks");
  add_forecast (&bench, "1409", "中国", 0, 114, 17.5);
  add_forecast (&bench, "1409", "RJTD", 0, 116, 17.5);
  add_forecast (&bench, "1409", "KNHC", 3, 118, 17.5);
  add (&bench, "1409", "KNHC", 0, 0, 117.5, 17.75); /* a newer analysis: the table goes by the forecast's own lead */
  hold_tracks (&bench, "storm_tracks");
  ck_done (run (&bench, "cone", err));
  const struct sf_table *table = take (&bench.io, "cones")->as.table,
                        *circles = take (&bench.io, "cone_circles")->as.table;
  const struct
  {
    const char *agency, *authority;
    double probability, lon_deg;
  } expected[] = { { "SANFANG", "internal", 0.68, 120 },
                   { "SANFANG", "internal", 0.9, 120 },
                   { "BABJ", "internal", 0.7, 114 },
                   { "KNHC", "foreign", 0.667, 118 } };
  ck_assert_uint_eq (table->rows, 4);
  for (size_t row = 0; row < 4; row++)
    {
      ck_assert_str_eq (sf_table_text (table, "agency", row), expected[row].agency);
      ck_assert_str_eq (sf_table_text (table, "authority", row), expected[row].authority);
      ck_assert_double_eq (sf_table_double (table, "probability", row), expected[row].probability);
      ck_assert_ptr_nonnull (strstr (sf_table_text (table, "note", row), "size"));
      ck_assert_ptr_nonnull (strstr (sf_table_text (table, "note_zh", row), "不表示台风大小"));
      ck_assert_ptr_nonnull (table->geometries[row]);
      for (size_t c = 0; c < circles->rows; c++)
        if (!strcmp (sf_table_text (circles, "agency", c), expected[row].agency))
          ck_assert_double_eq_tol (sf_table_double (circles, "longitude", c),
                                   expected[row].lon_deg - sf_table_double (circles, "lead", c) / 6, 1e-6);
    }
  /* NHC 2024: 41 nmi at 36 h (Atlantic, the newest of its tables) */
  bool seen = false;
  for (size_t c = 0; c < circles->rows; c++)
    if (!strcmp (sf_table_text (circles, "agency", c), "KNHC") && sf_table_double (circles, "lead", c) == 24)
      {
        ck_assert_double_eq_tol (sf_table_double (circles, "radius", c), 41 * 1.852, 0.01);
        seen = true;
      }
  ck_assert (seen);
  close_bench (&bench);
}
END_TEST

/* The circles of 68 % that the consensus states for this base are drawn; others are not looked at. */
START_TEST (stated_circles)
{
  static struct bench bench;
  struct sf_dataset *points;
  const struct
  {
    const char *storm;
    double age_h, lead_h, km;
  } rows[] = {
    { "1409", 0, 24, 66 }, { "1409", 0, 72, 222 }, { "1409", 6, 24, 1 }, { "1410", 0, 24, 2 }, { "1409", 0, 48, NAN }
  };
  open_bench (&bench, 1);
  add_forecast (&bench, "1409", "SANFANG", 0, 120, 17.5);
  hold_tracks (&bench, "consensus_tracks");
  add (&bench, "1409", "BABJ", 0, 0, 120, 17.5);
  hold_tracks (&bench, "storm_tracks");
  ck_done (sf_dataset_new_table (spec_of (&bench.io, "consensus_points"), NULL, &points, err));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
      sf_table_add_row (points->as.table);
      ck_done (sf_table_set_text (points->as.table, "storm", rows[i].storm, err));
      ck_done (sf_table_set_time (points->as.table, "issued", NOW_S - (int64_t) rows[i].age_h * HOUR, err));
      ck_done (sf_table_set_double (points->as.table, "lead", rows[i].lead_h, err));
      ck_done (sf_table_set_double (points->as.table, "error_68", rows[i].km, err));
    }
  hold (&bench, "consensus_points", points);
  ck_done (run (&bench, "cone", err));
  const struct sf_table *circles = take (&bench.io, "cone_circles")->as.table;
  int seen = 0;
  for (size_t c = 0; c < circles->rows; c++)
    for (int i = 0; i < 2; i++)
      if (sf_table_double (circles, "lead", c) == rows[i].lead_h && sf_table_double (circles, "probability", c) == 0.68)
        {
          ck_assert_double_eq_tol (sf_table_double (circles, "radius", c), rows[i].km, 1e-6);
          seen++;
        }
  ck_assert_int_eq (seen, 2);
  close_bench (&bench);
}
END_TEST

/* --- landfall --- */

/* An island of two counties, north and south of 19 N; members are exact or lost. */
static void
hold_island (struct bench *bench)
{
  const char *names[2][3] = { { "1", "North", "北县" }, { "2", "South", "南县" } };
  struct sf_dataset *counties;
  hold (bench, "coast", new_land (bench, 109, 18, 111, 20));
  ck_done (sf_dataset_new_table (spec_of (&bench->io, "counties"), NULL, &counties, err));
  for (int i = 0; i < 2; i++)
    {
      sf_table_add_row (counties->as.table);
      ck_done (sf_table_set_text (counties->as.table, "code", names[i][0], err));
      ck_done (sf_table_set_text (counties->as.table, "name", names[i][1], err));
      ck_done (sf_table_set_text (counties->as.table, "name_zh", names[i][2], err));
      ck_done (sf_table_set_geometry (counties->as.table, box (109, 19 - i, 111, 20 - i), err));
    }
  hold (bench, "counties", counties);
}

/* A member that goes west along a parallel from 113 E at a degree in 3 hours; ashore at 111 E after 6 h. */
static void
add_member (struct bench *bench, const char *member, double lat, double late_h)
{
  for (int k = 0; k < 5; k++)
    {
      struct sf_fix *fix = add (bench, "1409", "SANFANG", 0, 3 * k + (k > 0 ? late_h : 0), 113 - k, lat);
      fix->member = member;
      fix->wind_mps = 40 + 20 * (lat - 19);
    }
}

START_TEST (landfalls)
{
  static struct bench bench;
  static char names[20][8];
  open_bench (&bench, 2);
  for (int i = 0; i < 20; i++)
    {
      snprintf (names[i], sizeof names[i], "g%04d", i + 1);
      if (i < 6)
        add_member (&bench, names[i], 19.5, i);
      else if (i < 8)
        add_member (&bench, names[i], 18.5, 0);
      else if (i < 12)
        add_member (&bench, names[i], 22, 0);
      else
        add (&bench, "1409", "SANFANG", 0, 3, NAN, NAN)->member = names[i];
    }
  hold_tracks (&bench, "members");
  hold_island (&bench);
  ck_done (run (&bench, "landfall", err));
  const struct sf_table *chances = take (&bench.io, "landfall_chances")->as.table;
  ck_assert_uint_eq (chances->rows, 3);
  const double expected[] = { 8.0 / 20, 6.0 / 20, 2.0 / 20 };
  for (size_t row = 0; row < 3; row++)
    {
      ck_assert_double_eq_tol (sf_table_double (chances, "probability", row), expected[row], 1e-12);
      ck_assert_int_eq (sf_table_int (chances, "members", row), 20);
    }
  ck_assert_ptr_null (sf_table_text (chances, "county_code", 0));
  ck_assert_str_eq (sf_table_text (chances, "county", 1), "North");
  ck_assert_double_eq_tol (sf_table_double (chances, "wind_speed", 1), 50, 1e-9);
  ck_assert_double_eq_tol (sf_table_double (chances, "wind_speed", 2), 30, 1e-9);
  /* conditional on coming ashore there: of 6, 7, 8, 9, 10, 11 h the first, the third and the sixth */
  ck_assert_int_eq (sf_table_time (chances, "earliest", 1), NOW_S + 6 * HOUR);
  ck_assert_int_eq (sf_table_time (chances, "likely", 1), NOW_S + 8 * HOUR);
  ck_assert_int_eq (sf_table_time (chances, "latest", 1), NOW_S + 11 * HOUR);
  const struct sf_table *stretches = take (&bench.io, "landfall_stretches")->as.table;
  ck_assert_uint_eq (stretches->rows, 2);
  ck_assert_double_eq_tol (sf_table_double (stretches, "share", 0), 0.7, 1e-12);
  ck_assert_double_eq_tol (sf_table_double (stretches, "probability", 0), 6.0 / 20, 1e-12);
  ck_assert_str_eq (sf_table_text (stretches, "from_county", 0), "North");
  ck_assert_str_eq (sf_table_text (stretches, "to_county", 0), "North");
  ck_assert_double_eq_tol (sf_table_double (stretches, "probability", 1), 8.0 / 20, 1e-12);
  ck_assert_double_eq_tol (sf_table_double (stretches, "total_probability", 1), 8.0 / 20, 1e-12);
  ck_assert_double_eq_tol (sf_table_double (stretches, "length", 1), 111.195 + 1, 0.01);
  ck_assert_str_ne (sf_table_text (stretches, "from_county", 1), sf_table_text (stretches, "to_county", 1));
  ck_assert_uint_ge (stretches->geometries[1]->points, 2);
  close_bench (&bench);
}
END_TEST

/* A day's members far from any county, none at all, and no counties: empty tables but for "all: 0". */
START_TEST (landfalls_nowhere)
{
  for (int what = 0; what < 3; what++)
    {
      static struct bench bench;
      open_bench (&bench, 1);
      if (what != 1)
        add_member (&bench, "g0001", -30, 0);
      hold_tracks (&bench, "members");
      if (what < 2)
        hold_island (&bench);
      else
        hold (&bench, "coast", new_land (&bench, 109, 18, 111, 20));
      ck_done (run (&bench, "landfall", err));
      const struct sf_table *chances = take (&bench.io, "landfall_chances")->as.table;
      ck_assert_uint_eq (chances->rows, what == 0 ? 1 : 0);
      if (what == 0)
        {
          ck_assert_double_eq (sf_table_double (chances, "probability", 0), 0);
          ck_assert_int_eq (sf_table_time (chances, "likely", 0), SF_TIME_MISSING);
        }
      ck_assert_uint_eq (take (&bench.io, "landfall_stretches")->as.table->rows, 0);
      close_bench (&bench);
    }
}
END_TEST

/* Allocations of each stage fail: out of memory is said, nothing else happens. */
START_TEST (no_memory)
{
  static const char *const stages[] = { "members", "cone", "landfall" };
  static struct bench bench;
  open_bench (&bench, 1);
  set (&bench, "members", "3");
  add_forecast (&bench, "1409", "SANFANG", 0, 114, 17.5);
  hold_tracks (&bench, "consensus_tracks");
  add_forecast (&bench, "1409", "BABJ", 0, 114, 17.5);
  hold_tracks (&bench, "storm_tracks");
  hold_island (&bench);
  for (int s = 0; s < 3; s++)
    {
      enum sf_code code = SF_ENOMEM;
      int before = bench.count;
      long n = 0;
      while (code != SF_OK)
        {
          struct sf_error error = { 0 };
          n += 1 + n / 4; /* every one of the first, then fewer: a cone makes thousands */
          sf_mem_fail_at (n, 1);
          code = run (&bench, stages[s], &error);
          sf_mem_fail_at (0, 0);
          ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "%s, allocation %ld: %s", stages[s], n, error.message);
          while (code != SF_OK && bench.count > before)
            sf_dataset_unref (bench.held[--bench.count]);
        }
      ck_assert_int_gt (n, 20);
    }
  close_bench (&bench);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { no_storm_at_all,   contract,           same_members, moved,
                                 southern,          member_is_official, centres,      real_members,
                                 generated_or_real, stated_circles,     cones,        storms_without_members,
                                 landfalls,         landfalls_nowhere,  no_memory,    NULL };
  return run_tests ("ensemble_stages", tests);
}
