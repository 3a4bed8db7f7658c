/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: storms told by hand, from the rule in storm_match.h; distances between them are meridian degrees of
   111.195 km. Lingling and Kajiki of 2019 and other names are only names here. */
#include "models/typhoon/agencies/storm_names.h"
#include "models/typhoon/stages.h"
#include "tests/unit/stage_help.h"

static const double T0 = 448008; /* hours to 2021-02-09T00:00Z */

/* Analyses every 6 h, from an hour on, along a parallel at 15 km/h to the west. */
static void
add_way (struct stage *stage, const char *feed, const char *storm, const char *agency, int from_h, int to_h,
         double lon_deg, double lat_deg)
{
  for (int h = from_h; h <= to_h; h += 6)
    stage_add (stage, feed, storm, agency, T0 + h, 0, lon_deg - 0.14 * (h - from_h), lat_deg)->as.track.wind_mps = 20;
}

static void
name_last (struct stage *stage, const char *number, const char *name)
{
  stage->fixes[stage->fixes_count - 1].as.track.number = number;
  stage->fixes[stage->fixes_count - 1].as.track.name = name;
}

static const struct sf_table *
match (struct stage *stage, double now_h)
{
  stage_begin (stage, "tracks", T0 + now_h);
  ck_done (sf_typhoon_run_match (&stage->host, &stage->io, err));
  return stage_take (&stage->io, "storms")->as.table;
}

static long
row_of (const struct sf_table *storms, const char *id)
{
  for (size_t row = 0; row < storms->rows; row++)
    if (!strcmp (sf_table_text (storms, "storm", row), id))
      return (long) row;
  ck_abort_msg ("no storm %s", id);
}

#define ck_cell(storms, id, column, expected)                                                                          \
  ck_assert_pstr_eq (sf_table_text (storms, column, (size_t) row_of (storms, id)), expected)

START_TEST (numbers_and_names)
{
  char number[SF_STORM_NUMBER_BYTES] = "";
  ck_assert (sf_storm_number_parse ("1409", 2014, number));
  ck_assert_str_eq (number, "1409");
  ck_assert (sf_storm_number_parse ("202609", 2026, number));
  ck_assert_str_eq (number, "2609");
  ck_assert (sf_storm_number_parse ("0001", 2000, number) && sf_storm_number_parse ("9901", 1998, number));
  const char *const none[] = { "0000", "1400", "20240014", "WP132014", "2014-0009", "1005", "14O9", "" };
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    ck_assert_msg (!sf_storm_number_parse (none[i], 2014, number), "%s", none[i]);
  ck_assert (!sf_storm_number_parse (NULL, 2014, number) && !sf_storm_number_parse ("1409", 2016, number));
  ck_assert (sf_storm_name_is_own ("Rammasun") && sf_storm_name_is_own ("威马逊"));
  const char *const holders[]
      = { "(nameless)", "NAMELESS(-1)1", "(nameless)(-)1", "INVEST", "Thirteen", "TWENTYONE-W", "TD", "13W", "" };
  for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
    ck_assert_msg (!sf_storm_name_is_own (holders[i]), "%s", holders[i]);
  ck_assert (sf_storm_name_same ("HATO", "Hato(-1)1") && !sf_storm_name_same ("TD", "TD"));
  ck_assert_int_eq (sf_storm_name_sub_centre ("(nameless)(-1)2"), 2);
  ck_assert_int_eq (sf_storm_name_sub_centre ("(nameless)(-)1"), 1);
  ck_assert_int_eq (sf_storm_name_sub_centre ("Hato"), 0);
  ck_assert_int_eq (sf_storm_id_sub_centre ("1956-0011-2"), 2);
  ck_assert (!sf_storm_id_sub_centre ("1956-0011") && !sf_storm_id_sub_centre ("WP-2014-09-1"));
}
END_TEST

/* Four feeds: a number, a six-digit identity, a name alone, an unnumbered identity at the place. */
START_TEST (four_schemes_one_storm)
{
  struct stage *stage = stage_open (NULL);
  add_way (stage, "cma", "2021-0002", "BABJ", 0, 48, 130, 15);
  name_last (stage, "2102", "SURIGAE");
  add_way (stage, "zj", "202102", "中国", 0, 48, 130, 15);
  add_way (stage, "jma", "x7", "RJTD", 12, 36, 129, 15.3);
  name_last (stage, NULL, "Surigae");
  add_way (stage, "jtwc", "WP032021", "PGTW", 6, 48, 129.2, 14.8);
  name_last (stage, NULL, "THREE");
  const struct sf_table *storms = match (stage, 50);
  ck_assert_uint_eq (storms->rows, 1);
  ck_cell (storms, "2102", "number", "2102");
  ck_cell (storms, "2102", "name", "SURIGAE"); /* the last that was said */
  ck_cell (storms, "2102", "identities", "cma:2021-0002, jma:x7, jtwc:WP032021, zj:202102");
  ck_cell (storms, "2102", "agencies", "BABJ, RJTD, PGTW");
  ck_cell (storms, "2102", "status", "active");
  ck_cell (storms, "2102", "status_zh", "活跃");
  ck_cell (storms, "2102", "other_storm", NULL);
  const struct sf_tracks *tracks = stage_take (&stage->io, "storm_tracks")->as.tracks;
  ck_assert_uint_eq (tracks->count, 4);
  for (size_t t = 0; t < tracks->count; t++)
    {
      ck_assert_str_eq (tracks->tracks[t].storm, "2102");
      ck_assert_str_eq (tracks->tracks[t].number, "2102");
    }
  ck_assert_str_eq (tracks->tracks[3].agency, "BABJ"); /* the feed said 中国 */
  stage_close (stage);
}
END_TEST

START_TEST (two_stay_two)
{
  struct stage *stage = stage_open (NULL);
  add_way (stage, "a", "20210014", "BABJ", 0, 48, 130, 15); /* depressions 300 km apart, each in two feeds */
  add_way (stage, "a", "20210015", "BABJ", 0, 48, 130, 15 + 300 / 111.195);
  add_way (stage, "b", "WP902021", "PGTW", 0, 48, 130.3, 15.4);
  add_way (stage, "b", "WP912021", "PGTW", 0, 48, 130.3, 17.9);
  const struct sf_table *storms = match (stage, 48);
  ck_assert_uint_eq (storms->rows, 2);
  ck_cell (storms, "20210014", "identities", "a:20210014, b:WP902021");
  ck_cell (storms, "20210015", "identities", "a:20210015, b:WP912021");
  stage_close (stage);

  stage = stage_open (NULL); /* two numbers at one place, and one feed's two storms 50 km apart */
  add_way (stage, "a", "202101", "BABJ", 0, 24, 130, 15);
  add_way (stage, "b", "202102", "RJTD", 0, 24, 130, 15);
  add_way (stage, "a", "20210020", "BABJ", 0, 24, 150, 15);
  add_way (stage, "a", "20210021", "BABJ", 0, 24, 150, 15.45);
  ck_assert_uint_eq (match (stage, 24)->rows, 4);
  stage_close (stage);
}
END_TEST

START_TEST (another_year_is_another_storm)
{
  struct stage *stage = stage_open (NULL);
  add_way (stage, "a", "s1", "BABJ", 0, 24, 130, 15);
  name_last (stage, NULL, "HATO");
  add_way (stage, "b", "s2", "RJTD", 8760, 8784, 130, 15);
  name_last (stage, NULL, "HATO");
  const struct sf_table *storms = match (stage, 8784);
  ck_assert_uint_eq (storms->rows, 2);
  ck_cell (storms, "s1", "status", "ended");
  ck_cell (storms, "s2", "status", "active");
  stage_close (stage);

  stage = stage_open (NULL); /* a name used again within the month */
  add_way (stage, "a", "s1", "BABJ", 0, 24, 130, 15);
  name_last (stage, NULL, "HATO");
  add_way (stage, "b", "s2", "RJTD", 384, 408, 130, 15);
  name_last (stage, NULL, "HATO");
  ck_assert_uint_eq (match (stage, 408)->rows, 2);
  stage_close (stage);
}
END_TEST

/* 0000 becomes numbered under a new identity of the feed; a storm changes its name under its number. */
START_TEST (numbered_and_named_anew)
{
  struct stage *stage = stage_open (NULL);
  add_way (stage, "zj", "20210014", "中国", 0, 24, 130, 15);
  name_last (stage, "0000", "(nameless)");
  add_way (stage, "zj", "202103", "中国", 30, 54, 130 - 0.14 * 30, 15.2);
  name_last (stage, "2103", "OLDNAME");
  add_way (stage, "jma", "2103", "RJTD", 30, 60, 130 - 0.14 * 30, 15);
  name_last (stage, "2103", "NEWNAME");
  const struct sf_table *storms = match (stage, 60);
  ck_assert_uint_eq (storms->rows, 1);
  ck_cell (storms, "2103", "name", "NEWNAME");
  ck_cell (storms, "2103", "identities", "jma:2103, zj:20210014, zj:202103");
  ck_assert_int_eq (sf_table_time (storms, "begin", 0), llround (T0 * HOUR));
  stage_close (stage);
}
END_TEST

START_TEST (merged_split_remnant)
{
  struct stage *stage = stage_open (NULL);
  add_way (stage, "a", "202104", "BABJ", 0, 72, 130, 15);
  for (int i = 0; i <= 4; i++) /* comes nearer from 500 km and ends 170 km off */
    stage_add (stage, "a", "202105", "BABJ", T0 + 6 * i, 0, 130 - 0.84 * i, 19.5 - 0.74 * i);
  for (int i = 0; i <= 4; i++) /* ends as near, on its way off */
    stage_add (stage, "a", "202109", "BABJ", T0 + 24 + 6 * i, 0, 130 - 0.14 * 24 - 0.84 * i, 13.9 - 0.15 * i);
  add_way (stage, "a", "202106", "BABJ", 0, 72, 150, 15);
  add_way (stage, "a", "202106-1", "BABJ", 30, 72, 150 - 4.2, 16.5); /* broken off 167 km to the north */
  add_way (stage, "a", "202107", "BABJ", 0, 48, 115, 20);
  stage->fixes[stage->fixes_count - 1].as.track.grade = "LO";
  add_way (stage, "a", "202108", "BABJ", 0, 30, 160, 25);
  const struct sf_table *storms = match (stage, 73);
  ck_assert_uint_eq (storms->rows, 7);
  ck_cell (storms, "2104", "status", "active");
  ck_cell (storms, "2109", "status", "ended");
  ck_cell (storms, "2105", "status", "merged");
  ck_cell (storms, "2105", "other_storm", "2104");
  ck_cell (storms, "202106-1", "status", "split");
  ck_cell (storms, "202106-1", "status_zh", "分裂出");
  ck_cell (storms, "202106-1", "other_storm", "2106");
  ck_cell (storms, "2107", "status", "remnant");
  ck_cell (storms, "2108", "status", "ended");
  stage_close (stage);
}
END_TEST

/* A sub-centre bears its storm's number and is a storm of its own all the same. */
START_TEST (sub_centre)
{
  struct stage *stage = stage_open (NULL);
  add_way (stage, "a", "2021-0009", "BABJ", 0, 72, 150, 15);
  name_last (stage, "2109", "Lupit");
  add_way (stage, "a", "2021-0009-1", "BABJ", 60, 72, 150 - 0.14 * 60, 15.1);
  name_last (stage, "2109", "Lupit");
  const struct sf_table *storms = match (stage, 73);
  ck_assert_uint_eq (storms->rows, 2);
  ck_cell (storms, "2109-1", "other_storm", "2109");
  stage_close (stage);
}
END_TEST

START_TEST (forecasts_without_analyses)
{
  struct stage *stage = stage_open (NULL);
  add_way (stage, "a", "202110", "BABJ", 0, 24, 130, 15);
  for (int lead = 12; lead <= 48; lead += 12)
    stage_add (stage, "b", "whatever", "KWBC", T0, lead, 130 - 0.14 * lead, 15.8)->as.track.member = "c00";
  const struct sf_table *storms = match (stage, 24);
  ck_assert_uint_eq (storms->rows, 1);
  ck_cell (storms, "2110", "agencies", "BABJ, KWBC");
  const struct sf_tracks *tracks = stage_take (&stage->io, "storm_tracks")->as.tracks;
  ck_assert_uint_eq (tracks->count, 2);
  ck_assert_uint_eq (tracks->tracks[1].fixes_count, 4);
  stage_close (stage);
}
END_TEST

/* Across 180 degrees, in the south, before 1970; an analysis that begins a forecast stands in both and comes once. */
START_TEST (far_and_long_ago)
{
  struct stage *stage = stage_open (NULL);
  for (int i = 0; i < 5; i++)
    {
      stage_add (stage, "a", "p", "NFFN", -120000 + 6 * i, 0, i < 2 ? 179.5 + 0.2 * i : -179.9 + 0.2 * (i - 2), -17);
      stage_add (stage, "b", "q", "NZKL", -120000 + 6 * i, 0, i < 1 ? 179.9 : -179.9 + 0.2 * (i - 1), -17.3);
    }
  stage_add (stage, "a", "p", "NFFN", -120000, 24, -179, -17);
  stage_begin (stage, "tracks", -119976);
  ck_done (sf_typhoon_run_match (&stage->host, &stage->io, err));
  const struct sf_table *storms = stage_take (&stage->io, "storms")->as.table;
  ck_assert_uint_eq (storms->rows, 1);
  const struct sf_tracks *tracks = stage_take (&stage->io, "storm_tracks")->as.tracks;
  ck_assert_uint_eq (tracks->count, 3);
  ck_assert_uint_eq (tracks->tracks[0].fixes_count, 5);
  ck_assert_uint_eq (tracks->tracks[1].fixes_count, 2);
  ck_assert (tracks->tracks[0].fixes[0].quality == SF_QUALITY_ORIGINAL_RELIABLE);
  stage_close (stage);
}
END_TEST

START_TEST (nothing_and_nowhere)
{
  struct stage *stage = stage_open (NULL);
  ck_assert_uint_eq (match (stage, 0)->rows, 0);
  ck_assert_uint_eq (stage_take (&stage->io, "storm_tracks")->as.tracks->count, 0);
  stage_close (stage);

  stage = stage_open (NULL);
  stage_add (stage, "a", "p", NULL, T0, 0, NAN, NAN);
  stage_add (stage, "a", "q", NULL, T0, 0, 130, 15);
  stage_add (stage, "b", "q", NULL, T0, 0, 140, 15); /* the same name for another thing */
  const struct sf_table *storms = match (stage, 0);
  ck_assert_uint_eq (storms->rows, 3);
  row_of (storms, "q");
  row_of (storms, "q@b");
  stage_close (stage);

  stage = stage_open (NULL); /* an agency whose feed leaves its name empty */
  stage_add (stage, "a", "q", "BABJ", T0, 0, 130, 15);
  stage_add (stage, "b", "q", "", T0, 0, 130, 15);
  storms = match (stage, 0);
  ck_cell (storms, "q", "agencies", "BABJ");
  stage_close (stage);
}
END_TEST

/* The order in which fixes come says nothing. */
START_TEST (any_order)
{
  char *expected = NULL;
  for (int turn = 0; turn < 4; turn++)
    {
      struct stage *stage = stage_open (NULL);
      static const char *const feeds[] = { "a", "b", "c", "d" };
      for (int i = 0; i < 4; i++)
        {
          int f = (i + turn) % 4;
          add_way (stage, feeds[f], "s", "BABJ", 0, 24, 130,
                   15 + 1.1 * f); /* each within reach of its neighbours only */
        }
      const struct sf_table *storms = match (stage, 24);
      struct sf_strbuf all = { 0 };
      for (size_t row = 0; row < storms->rows; row++)
        sf_strbuf_addf (&all, "%s|", sf_table_text (storms, "identities", row));
      if (!expected)
        expected = sf_mem_strdup (all.text);
      ck_assert_str_eq (all.text, expected);
      sf_strbuf_finish (&all);
      stage_close (stage);
    }
  sf_mem_free (expected);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { numbers_and_names,       four_schemes_one_storm, two_stay_two, another_year_is_another_storm,
          numbered_and_named_anew, merged_split_remnant,   sub_centre,   forecasts_without_analyses,
          far_and_long_ago,        nothing_and_nowhere,    any_order,    NULL };
  return run_tests ("storm_match", tests);
}
