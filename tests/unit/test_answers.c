/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values are worked by hand: a degree of a great circle is 6371.0088 pi / 180 = 111.195 km. */
#include "core/base/file.h"
#include "core/base/time.h"
#include "models/typhoon/answers/compare.h"
#include "models/typhoon/answers/hours.h"
#include "models/typhoon/answers/line.h"
#include "models/typhoon/answers/middle.h"
#include "models/typhoon/answers/rules.h"
#include "models/typhoon/answers/say.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define DEGREE_KM 111.19508

enum
{
  H = 3600,
  MOST = 8,
  NOW_S = 100 * H
};

/* Tracks of one storm, as a dataset would hold them. */
static struct sf_record fixes[4][MOST];
static struct sf_track tracks[4];
static struct sf_tracks all = { .tracks = tracks };

static struct sf_track *
begin_track (const char *agency, int64_t base_s)
{
  struct sf_track *track = &tracks[all.count];
  *track = (struct sf_track){ .storm = "S", .agency = agency, .base_s = base_s, .fixes = fixes[all.count] };
  all.count++;
  return track;
}

static struct sf_record *
add (struct sf_track *track, int64_t time_s, double lon_deg, double lat_deg, double wind_mps)
{
  struct sf_record *record = &track->fixes[track->fixes_count++];
  sf_record_init (record, SF_RECORD_TRACK);
  record->valid_s = time_s;
  record->as.track.lon_deg = lon_deg;
  record->as.track.lat_deg = lat_deg;
  record->as.track.wind_mps = wind_mps;
  record->as.track.averaging_min = 2;
  return record;
}

static void
open_line (struct sf_answer_line *line, const char *agency)
{
  ck_done (sf_answer_line_init (line, &all, "S", agency, NOW_S, 12 * H, err));
}

static struct sf_answer_point
at (const struct sf_answer_line *line, int64_t time_s)
{
  struct sf_answer_point point;
  ck_assert (sf_answer_line_at (line, time_s, &point));
  return point;
}

/* The analysis ends two hours ago, one fix lies in the future; of three forecasts the newest known one counts. */
static void
usual_storm (void)
{
  all.count = 0;
  struct sf_track *analysis = begin_track ("BABJ", SF_TIME_MISSING);
  add (analysis, NOW_S - 8 * H, 116, 17, 40);
  add (analysis, NOW_S - 2 * H, 114, 18, 42);
  add (analysis, NOW_S + 2 * H, 50, 50, 99);
  struct sf_track *old = begin_track ("BABJ", NOW_S - 10 * H);
  add (old, NOW_S + 2 * H, 1, 1, 1);
  struct sf_track *newest = begin_track ("BABJ", NOW_S - 4 * H);
  add (newest, NOW_S - 4 * H, 2, 2, 2);
  add (newest, NOW_S + 8 * H, 112, 19, 50)->as.track.radii_km[0] = 300;
  add (newest, NOW_S + 20 * H, 110, 20, 30)->as.track.radii_km[0] = 200;
  struct sf_track *later = begin_track ("BABJ", NOW_S + 1);
  add (later, NOW_S + 3 * H, 3, 3, 3);
}

START_TEST (a_line_joins_what_was_known)
{
  struct sf_answer_line line;
  struct sf_answer_point point;
  usual_storm ();
  open_line (&line, "BABJ");
  ck_assert_uint_eq (line.count, 4);
  ck_assert_int_eq (line.forecast_s, NOW_S - 4 * H);
  ck_assert_int_eq (line.analysis_to_s, NOW_S - 2 * H);
  point = at (&line, NOW_S - 2 * H);
  ck_assert (!point.forecast && !point.interpolated);
  ck_assert_double_eq (point.wind_mps, 42);
  /* 5 of 10 hours: half way from 114 E 18 N 42 m/s to 112 E 19 N 50 m/s */
  point = at (&line, NOW_S + 3 * H);
  ck_assert (point.forecast && point.interpolated);
  ck_assert_double_eq_tol (point.lon_deg, 113, 1e-12);
  ck_assert_double_eq_tol (point.lat_deg, 18.5, 1e-12);
  ck_assert_double_eq_tol (point.wind_mps, 46, 1e-12);
  ck_assert (isnan (point.radii_km[0]));
  ck_assert_int_eq (point.issued_s, NOW_S - 4 * H);
  ck_assert_double_eq_tol (at (&line, NOW_S + 14 * H).radii_km[0], 250, 1e-9);
  ck_assert (!sf_answer_line_at (&line, NOW_S - 8 * H - 1, &point));
  ck_assert (!sf_answer_line_at (&line, NOW_S + 20 * H + 1, &point));
  sf_answer_line_finish (&line);
}
END_TEST

START_TEST (a_stale_forecast_is_none)
{
  struct sf_answer_line line;
  usual_storm ();
  ck_done (sf_answer_line_init (&line, &all, "S", "BABJ", NOW_S, 3 * H, err));
  ck_assert_uint_eq (line.count, 2);
  ck_assert_int_eq (line.forecast_s, SF_TIME_MISSING);
  sf_answer_line_finish (&line);
  ck_done (sf_answer_line_init (&line, &all, "T", "BABJ", NOW_S, 3 * H, err));
  ck_assert_uint_eq (line.count, 0);
  sf_answer_line_finish (&line);
  open_line (&line, "RJTD");
  ck_assert_uint_eq (line.count, 0);
  ck_assert (!sf_answer_line_at (&line, NOW_S, &(struct sf_answer_point){ 0 }));
  sf_answer_line_finish (&line);
}
END_TEST

/* A 10-minute wind is 1.16 / 1.08 of a 2-minute one less; doubled times, members, missing places, unreliable fixes. */
START_TEST (doubtful_fixes)
{
  struct sf_answer_line line;
  all.count = 0;
  struct sf_track *track = begin_track ("RJTD", SF_TIME_MISSING);
  add (track, 0, NAN, 10, 30);
  add (track, 1 * H, 110, 10, 27)->as.track.averaging_min = 10;
  add (track, 1 * H, 111, 11, 33);
  add (track, 2 * H, 112, 12, 33)->quality = SF_QUALITY_ORIGINAL_UNRELIABLE;
  add (track, 30 * H, 113, 13, NAN);
  begin_track ("RJTD", 0)->member = "g1";
  add (&tracks[1], 31 * H, 1, 1, 1);
  ck_done (sf_answer_line_init (&line, &all, "S", "RJTD", NOW_S, 200 * H, err));
  ck_assert_uint_eq (line.count, 2);
  ck_assert_double_eq (line.points[0].lon_deg, 110);
  ck_assert_double_eq_tol (line.points[0].wind_mps, 27 * 1.16 / 1.08, 1e-9);
  ck_assert (!sf_answer_line_at (&line, 10 * H, &(struct sf_answer_point){ 0 })); /* a gap of 29 h */
  sf_answer_line_finish (&line);
}
END_TEST

/* Across 180 degrees, in the south: 2 degrees of longitude at the equator in 10 h. */
START_TEST (across_the_date_line)
{
  struct sf_answer_line line;
  all.count = 0;
  struct sf_track *track = begin_track ("BABJ", SF_TIME_MISSING);
  add (track, 0, 179, 0, 20);
  add (track, 10 * H, -179, 0, 20);
  open_line (&line, "BABJ");
  struct sf_answer_point point = at (&line, 6 * H);
  ck_assert_double_eq_tol (point.lon_deg, -179.8, 1e-9);
  ck_assert_double_eq_tol (point.motion_to_deg, 90, 1e-9);
  ck_assert_double_eq_tol (point.motion_mps, 2 * DEGREE_KM / 36, 1e-6);
  ck_assert_double_eq_tol (at (&line, 0).motion_mps, 2 * DEGREE_KM / 36, 1e-6); /* the first fix: to the next */
  sf_answer_line_finish (&line);
  track->fixes_count = 1;
  open_line (&line, "BABJ");
  ck_assert (isnan (at (&line, 0).motion_mps));
  sf_answer_line_finish (&line);
}
END_TEST

START_TEST (widest)
{
  const double lon[] = { 110, 110, 110 }, lat[] = { 18, 19, 20.5 };
  ck_assert_double_eq_tol (sf_answer_widest_km (lon, lat, 3), 2.5 * DEGREE_KM, 1e-3);
  ck_assert (isnan (sf_answer_widest_km (lon, lat, 1)));
  ck_assert (isnan (sf_answer_widest_km (lon, lat, 0)));
}
END_TEST

static struct sf_answer_rules
read_rules (void)
{
  struct sf_answer_rules rules;
  ck_done (sf_answer_rules_load (TEST_SRCDIR "/share/typhoon/answers.yaml", &rules, err));
  return rules;
}

/* A storm that moves west along 18 N from 125 E, a degree an hour: hourly only while within 600 km (5.39 degrees) of
   Yongxing or nearer places. */
START_TEST (hourly_near_the_coast)
{
  struct sf_answer_line line;
  struct sf_answer_rules rules = read_rules ();
  int64_t times_s[64];
  all.count = 0;
  struct sf_track *track = begin_track ("BABJ", SF_TIME_MISSING);
  add (track, NOW_S - 20 * H, 126, 18, 40);
  add (track, NOW_S, 125, 18, 40);
  track = begin_track ("BABJ", NOW_S);
  add (track, NOW_S + 12 * H, 113, 18, 40);
  add (track, NOW_S + 80 * H, 112, 18, 40);
  open_line (&line, "BABJ");
  size_t count = sf_answer_hours (&line, &rules, NOW_S, times_s, 64);
  ck_assert_int_eq (times_s[0], NOW_S); /* 20 h ago is too long ago, 80 h too far ahead */
  /* haversine by another program: 512 km from Yongxing at 117 E, 616 km at 118 E */
  ck_assert_int_eq (times_s[1], NOW_S + 8 * H);
  ck_assert_int_eq (times_s[5], NOW_S + 12 * H);
  ck_assert_uint_eq (count, 6);
  ck_assert_uint_eq (sf_answer_hours (&line, &rules, NOW_S, times_s, 3), 3);
  sf_answer_line_finish (&line);
  ck_assert_double_eq_tol (sf_answer_nearest_place_km (&rules, 112.33, 17.835), DEGREE_KM, 1e-3);
}
END_TEST

START_TEST (comparisons)
{
  ck_assert_double_eq (sf_answer_hours_apart (2 * H, 5 * H), 3);
  ck_assert (isnan (sf_answer_hours_apart (SF_TIME_MISSING, 5 * H)));
  ck_assert (!sf_answer_is_beyond (3, 3));
  ck_assert (sf_answer_is_beyond (-3.01, 3));
  ck_assert (!sf_answer_is_beyond (NAN, 3));
  ck_assert_double_eq_tol (sf_answer_share_apart (100, 160), 0.6, 1e-12);
  ck_assert (isnan (sf_answer_share_apart (0, 160)));
  ck_assert (sf_answer_is_inside (1, 3, 3));
  ck_assert (!sf_answer_is_inside (1, 3, 4));
  ck_assert (!sf_answer_is_inside (1, SF_TIME_MISSING, 2));
}
END_TEST

START_TEST (what_is_likely_of_a_force)
{
  const double force[] = { 6, 7, 8, 10, 12 };
  const double usual[] = { 1, 1, 0.8, 0.5, 0.2 }, weak[] = { 0.4, 0.3, 0, 0, 0 }, sure[] = { 1, 1, 1, 1, 1 },
               none[] = { NAN, NAN, NAN, NAN, NAN }, holes[] = { 1, NAN, 0.9, NAN, 0.1 };
  struct sf_likely_force likely = sf_answer_likely_force (force, usual, 5, 0.5);
  ck_assert_double_eq (likely.low, 10);
  ck_assert_double_eq (likely.high, 11);
  ck_assert_double_eq (sf_answer_force_apart (13, likely), 2);
  ck_assert_double_eq (sf_answer_force_apart (11, likely), 0);
  ck_assert_double_eq (sf_answer_force_apart (8, likely), -2);
  ck_assert (isnan (sf_answer_force_apart (NAN, likely)));
  likely = sf_answer_likely_force (force, weak, 5, 0.5);
  ck_assert_double_eq (likely.low, 0);
  ck_assert_double_eq (likely.high, 5);
  likely = sf_answer_likely_force (force, sure, 5, 0.5);
  ck_assert_double_eq (likely.low, 12);
  ck_assert_double_eq (likely.high, 17);
  likely = sf_answer_likely_force (force, holes, 5, 0.5);
  ck_assert_double_eq (likely.low, 8);
  ck_assert_double_eq (likely.high, 11);
  ck_assert (isnan (sf_answer_likely_force (force, none, 5, 0.5).low));
  ck_assert (isnan (sf_answer_likely_force (force, usual, 0, 0.5).low));
}
END_TEST

START_TEST (words)
{
  ck_assert_str_eq (sf_say_tenths (0.04).en, "<1/10");
  ck_assert_str_eq (sf_say_tenths (0.06).en, "1/10");
  ck_assert_str_eq (sf_say_tenths (0.7).zh, "7/10");
  ck_assert_str_eq (sf_say_tenths (0.949).en, "9/10");
  ck_assert_str_eq (sf_say_tenths (1).en, ">9/10");
  ck_assert_str_eq (sf_say_tenths (NAN).zh, "未知");
  ck_assert_str_eq (sf_say_time (1405663200).en, "2014-07-18 14:00 BJT"); /* 06 UTC */
  ck_assert_str_eq (sf_say_time (1405663200).zh, "7月18日14:00（北京时间）");
  ck_assert_str_eq (sf_say_time (SF_TIME_MISSING).zh, "未达到");
  ck_assert_str_eq (sf_say_position (110.94, 19.45).en, "19.5N 110.9E");
  ck_assert_str_eq (sf_say_position (-0.04, -19).en, "19.0S 0.0W");
  ck_assert_str_eq (sf_say_wind (12, 34.96).zh, "12级（35.0米/秒）");
  ck_assert_str_eq (sf_say_wind (12, NAN).en, "force 12");
  ck_assert_str_eq (sf_say_bearing (337.6).en, "N");
  ck_assert_str_eq (sf_say_bearing (337.4).zh, "西北");
  ck_assert_str_eq (sf_say_bearing (NAN).en, "-");
}
END_TEST

/* A text that does not fit ends with a whole character. */
START_TEST (long_words_are_cut_whole)
{
  char longer[3 * 200 + 1] = "";
  for (int i = 0; i < 200; i++)
    strcat (longer, "海");
  struct sf_said said = sf_say (longer, longer);
  ck_assert_uint_eq (strlen (said.zh) % 3, 0);
  ck_assert_uint_gt (strlen (said.zh), 230);
  said = sf_say_joined ("%s, %s", "%s，%s", said, said);
  ck_assert_uint_eq (strlen (said.zh) % 3, 0);
}
END_TEST

START_TEST (half_way_along_a_line)
{
  double lon, lat;
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE);
  ck_assert (!sf_answer_middle (NULL, &lon, &lat));
  ck_assert (!sf_answer_middle (line, &lon, &lat));
  sf_geometry_begin_part (line, true);
  sf_geometry_add_point (line, 5, 5);
  ck_assert (sf_answer_middle (line, &lon, &lat));
  ck_assert_double_eq (lon, 5);
  sf_geometry_begin_part (line, true);
  sf_geometry_add_point (line, 110, 0);
  sf_geometry_add_point (line, 110, 1);
  sf_geometry_add_point (line, 110, 4);
  ck_assert (sf_answer_middle (line, &lon, &lat));
  ck_assert_double_eq_tol (lon, 110, 1e-12);
  ck_assert_double_eq_tol (lat, 2, 1e-9);
  sf_geometry_free (line);
}
END_TEST

static void
refuse (const char *text, enum sf_code code, const char *reason)
{
  char path[] = "/tmp/answers-rules-XXXXXX";
  struct sf_answer_rules rules;
  int file = mkstemp (path);
  ck_assert_int_ge (file, 0);
  close (file);
  ck_done (sf_file_write (path, text, strlen (text), err));
  ck_fails (sf_answer_rules_load (path, &rules, err), code, reason);
  unlink (path);
}

START_TEST (rules_are_data)
{
  struct sf_answer_rules rules = read_rules ();
  ck_assert_double_eq (rules.disagreement.arrival_h, 3);
  ck_assert_double_eq (rules.disagreement.landfall_km, 100);
  ck_assert_double_eq (rules.disagreement.force, 2);
  ck_assert_double_eq (rules.disagreement.rain_share, 0.5);
  refuse ("disagreement: {arival_h: {value: 3, source: s}}\n", SF_EINVAL, ":1:");
  refuse ("disagreement: {arrival_h: {value: 3}}\n", SF_EINVAL, "source");
  refuse ("disagreement: {arrival_h: {value: -3, source: s}}\n", SF_ERANGE, ":1:");
  refuse ("disagreement: {arrival_h: {value: three, source: s}}\n", SF_ETYPE, ":1:");
  refuse ("disagreement: {}\n", SF_EINVAL, "arrival_h");
  refuse ("", SF_EINVAL, "disagreement");
  ck_fails (sf_answer_rules_load ("/nonexistent/answers.yaml", &rules, err), SF_ENOTFOUND, "answers.yaml");
}
END_TEST

int
main (void)
{
  return run_tests ("answers",
                    (const TTest *const[]){ a_line_joins_what_was_known, a_stale_forecast_is_none, doubtful_fixes,
                                            across_the_date_line, widest, hourly_near_the_coast, comparisons,
                                            what_is_likely_of_a_force, words, long_words_are_cut_whole,
                                            half_way_along_a_line, rules_are_data, NULL });
}
