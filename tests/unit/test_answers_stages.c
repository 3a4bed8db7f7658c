/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of model "answers" on small tables; expected values are worked by hand from those tables. */
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin answers_LTX_sanfang_plugin;

#define NOW "2014-07-17T14:00:00Z"

enum
{
  HELD_MOST = 16
};

/* A stage's ports as the cycle would serve them. */
static struct sf_arena arena;
static struct sf_vocabulary *vocabulary;
static struct sf_host host;
static struct sf_stage_io io;
static struct sf_dataset *held[HELD_MOST];
static const char *names[HELD_MOST];
static int held_count;

static const struct sf_dataset *
take (const struct sf_stage_io *of, const char *port)
{
  (void) of;
  for (int i = 0; i < held_count; i++)
    if (!strcmp (names[i], port))
      return held[i];
  return NULL;
}

static void
hold (const char *port, struct sf_dataset *dataset)
{
  ck_assert_int_lt (held_count, HELD_MOST);
  names[held_count] = port;
  held[held_count++] = dataset;
}

static enum sf_code
give (const struct sf_stage_io *of, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  (void) of;
  (void) err;
  hold (port, dataset);
  return SF_OK;
}

static const struct sf_dataset_spec *
spec_of (const struct sf_stage_io *of, const char *port)
{
  (void) of;
  const char *colon = strchr (port, ':');
  return sf_vocabulary_dataset (vocabulary, colon ? colon + 1 : port);
}

static int64_t
time_of (const char *text)
{
  int64_t time_s;
  ck_done (sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, &time_s, err));
  return time_s;
}

/* "column=value" into the last row, by the column's type. */
static void
set_cell (struct sf_table *table, const char *column, const char *text)
{
  const struct sf_column *found = sf_table_column (table, column);
  ck_assert_msg (found != NULL, "no column %s", column);
  switch (found->spec->quantity->type)
    {
    case SF_COLUMN_TEXT:
      ck_done (sf_table_set_text (table, column, text, err));
      break;
    case SF_COLUMN_TIME:
      ck_done (sf_table_set_time (table, column, time_of (text), err));
      break;
    case SF_COLUMN_INT:
      ck_done (sf_table_set_int (table, column, atol (text), err));
      break;
    case SF_COLUMN_DOUBLE:
      ck_done (sf_table_set_double (table, column, strtod (text, NULL), err));
      break;
    }
}

/* A table of rows "a=1 b=2". */
static struct sf_dataset *
table_of (const char *port, const char *const *rows)
{
  struct sf_dataset *dataset = NULL;
  ck_done (sf_dataset_new_table (spec_of (&io, port), NULL, &dataset, err));
  for (; *rows; rows++)
    {
      struct sf_span rest = sf_span_of (*rows), word;
      sf_table_add_row (dataset->as.table);
      while (sf_text_next_word (&rest, &word))
        {
          char text[128];
          snprintf (text, sizeof text, "%.*s", (int) word.length, word.text);
          char *equal = strchr (text, '=');
          ck_assert_ptr_nonnull (equal);
          *equal = '\0';
          set_cell (dataset->as.table, text, equal + 1);
        }
    }
  hold (port, dataset);
  return dataset;
}

#define TABLE(port, ...) table_of (port, (const char *const[]){ "", ##__VA_ARGS__, NULL } + 1)

static void
start (void)
{
  struct sf_settings *settings;
  held_count = 0;
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_settings_parse (&arena, answers_LTX_sanfang_plugin.options, NULL, NULL, &settings, err));
  host = (struct sf_host){ .struct_size = sizeof host,
                           .component = "answers",
                           .settings = settings,
                           .log = sf_log_new (),
                           .vocabulary = vocabulary,
                           .share_folder = TEST_SRCDIR "/share" };
  io = (struct sf_stage_io){ .input = take, .output = give, .spec = spec_of };
  TABLE ("cycle_time", "time=" NOW);
}

static void
stop (void)
{
  for (int i = 0; i < held_count; i++)
    sf_dataset_unref (held[i]);
  sf_log_free (host.log);
  sf_vocabulary_free (vocabulary);
  sf_arena_finish (&arena);
}

static const struct sf_table *
run (const char *stage_name, const char *made)
{
  for (const struct sf_stage *stage = answers_LTX_sanfang_plugin.as.model->stages; stage->name; stage++)
    if (!strcmp (stage->name, stage_name))
      {
        ck_done (stage->run (&host, &io, err));
        return take (&io, made)->as.table;
      }
  ck_abort_msg ("no stage %s", stage_name);
}

static long
row_with (const struct sf_table *table, const char *column, const char *text)
{
  for (size_t row = 0; row < table->rows; row++)
    if (sf_table_text (table, column, row) && !strcmp (sf_table_text (table, column, row), text))
      return (long) row;
  return -1;
}

/* --- nothing there --- */

START_TEST (with_nothing_there_the_tables_are_empty)
{
  start ();
  ck_assert_uint_eq (run ("fixes", "fix_table")->rows, 0);
  ck_assert_uint_eq (run ("impact", "ring_impact")->rows, 0);
  ck_assert_uint_eq (run ("disagreements", "disagreements")->rows, 0);
  const struct sf_table *changes = run ("changes", "forecast_changes");
  ck_assert_uint_eq (changes->rows, 1);
  ck_assert_str_eq (sf_table_text (changes, "change", 0), "no earlier forecast");
  ck_assert_str_eq (sf_table_text (changes, "change_zh", 0), "无上次预报");
  stop ();
}
END_TEST

/* --- fixes --- */

static struct sf_record
fix (const char *storm, const char *agency, const char *base, double lead_h, double lon, double lat, double wind)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_TRACK);
  record.feed = "f";
  record.as.track.storm = storm;
  record.as.track.agency = agency;
  record.as.track.base_s = time_of (base);
  record.as.track.lead_s = (int64_t) (3600 * lead_h);
  record.valid_s = record.as.track.base_s + record.as.track.lead_s;
  record.as.track.lon_deg = lon;
  record.as.track.lat_deg = lat;
  record.as.track.wind_mps = wind;
  record.as.track.averaging_min = 2;
  return record;
}

/* Two storms at once, one far away; a second agency forecasts 1 degree (111.2 km) north of the official one. */
START_TEST (fixes_of_two_storms)
{
  struct sf_dataset *tracks = NULL;
  start ();
  struct sf_record fixes[] = {
    fix ("A", "BABJ", "2014-07-17T13:00:00Z", 0, 114, 18, 42),
    fix ("A", "BABJ", "2014-07-17T12:00:00Z", 2, 114, 18, 42),
    fix ("A", "BABJ", "2014-07-17T12:00:00Z", 6, 113, 18, 45),
    fix ("A", "RJTD", "2014-07-17T12:00:00Z", 2, 114, 19, 42),
    fix ("A", "RJTD", "2014-07-17T12:00:00Z", 6, 113, 19, 45),
    fix ("B", "BABJ", "2014-07-17T12:00:00Z", 0, -170, -20, 18),
    fix ("B", "BABJ", "2014-07-17T12:00:00Z", 24, -172, -21, 18),
  };
  fixes[2].as.track.radii_km[0] = 300;
  ck_done (sf_dataset_new_tracks (spec_of (&io, "storm_tracks"), NULL, fixes, 7, &tracks, err));
  hold ("storm_tracks", tracks);
  const struct sf_table *table = run ("fixes", "fix_table");
  /* A: 13, 14, 15, 16, 17, 18 UTC; B far away: its own two points only */
  ck_assert_uint_eq (table->rows, 8);
  ck_assert_str_eq (sf_table_text (table, "kind_zh", 0), "实况");
  ck_assert_double_eq (sf_table_double (table, "beaufort", 0), 14);
  ck_assert_str_eq (sf_table_text (table, "grade", 0), "STY");
  ck_assert (isnan (sf_table_double (table, "disagreement", 0)));
  ck_assert_str_eq (sf_table_text (table, "kind", 2), "forecast, interpolated");
  ck_assert_int_eq (sf_table_time (table, "time", 2), time_of ("2014-07-17T15:00:00Z"));
  ck_assert_double_eq_tol (sf_table_double (table, "longitude", 2), 113.75, 1e-9);
  ck_assert_double_eq_tol (sf_table_double (table, "disagreement", 2), 111.195, 0.001);
  ck_assert_str_eq (sf_table_text (table, "radii_7", 5), "300/-/-/-");
  ck_assert_ptr_null (sf_table_text (table, "radii_7", 2));
  ck_assert_str_eq (sf_table_text (table, "storm", 7), "B");
  stop ();
}
END_TEST

/* Where the official agency is silent the first that speaks stands, under its own name; what is no storm's is left out. */
START_TEST (another_agency_speaks)
{
  struct sf_dataset *tracks = NULL;
  start ();
  struct sf_record two[] = { fix (NULL, "BABJ", "2014-07-17T12:00:00Z", 0, 120, 18, NAN),
                             fix ("A", "RJTD", "2014-07-17T12:00:00Z", 0, 114, 18, NAN) };
  ck_done (sf_dataset_new_tracks (spec_of (&io, "tracks"), NULL, two, 2, &tracks, err));
  hold ("tracks", tracks);
  const struct sf_table *table = run ("fixes", "fix_table");
  ck_assert_uint_eq (table->rows, 1);
  ck_assert_str_eq (sf_table_text (table, "agency", 0), "RJTD");
  ck_assert_ptr_null (sf_table_text (table, "grade", 0));
  ck_assert (isnan (sf_table_double (table, "beaufort", 0)));
  stop ();
}
END_TEST

/* --- impact --- */

START_TEST (impact_joins_official_and_model)
{
  start ();
  TABLE ("county_wind",
         "county_code=469005 county=Wenchang county_zh=文昌市 max_wind=44 max_force=14 "
         "force8_begin=2014-07-17T13:00:00Z force8_end=2014-07-17T23:00:00Z",
         "county_code=460200 county=Sanya county_zh=三亚市");
  TABLE ("place_wind_chances",
         "code=p1 county_code=469005 force=8 probability=0.6 earliest=2014-07-17T12:00:00Z likely=2014-07-17T17:00:00Z",
         "code=p2 county_code=469005 force=8 probability=0.9 earliest=2014-07-17T12:30:00Z likely=2014-07-17T16:30:00Z",
         "code=p2 county_code=469005 force=6 probability=1");
  const struct sf_table *table = run ("impact", "ring_impact");
  /* Wenchang: 6 (model only), 7, 8, 10, 12; Sanya: 7, 8, 10, 12 */
  ck_assert_uint_eq (table->rows, 9);
  ck_assert_double_eq (sf_table_double (table, "force", 2), 8);
  ck_assert_double_eq (sf_table_double (table, "probability", 2), 0.9);
  ck_assert_int_eq (sf_table_time (table, "earliest", 2), time_of ("2014-07-17T12:00:00Z"));
  ck_assert_int_eq (sf_table_time (table, "likely", 2), time_of ("2014-07-17T16:30:00Z"));
  ck_assert_int_eq (sf_table_int (table, "now", 2), 1);
  ck_assert_int_eq (sf_table_int (table, "in_6h", 2), 1);
  ck_assert_int_eq (sf_table_int (table, "in_12h", 2), 0);
  ck_assert_int_eq (sf_table_int (table, "disagrees", 2), INT64_MIN); /* of no place an official time is known */
  ck_assert_int_eq (sf_table_int (table, "now", 3), 0);               /* force 10 is not reached, and wind is known */
  ck_assert_int_eq (sf_table_int (table, "now", 5), INT64_MIN);       /* nothing is known of Sanya: that is no "no" */
  ck_assert_int_eq (sf_table_int (table, "now", 0), INT64_MIN);       /* force 6 is asked of the model only */
  stop ();
}
END_TEST

/* Official and model at the same place: a cell of the grid against the place's members. */
START_TEST (a_place_and_its_county_disagree)
{
  static const double bands[] = { 7, 8, 10, 12 };
  struct sf_gridspec grid = { 4, 4, { 110, 0.5, 0, 20, 0, -0.5 }, "EPSG:4490" };
  struct sf_dataset *max = NULL, *arrival = NULL, *end = NULL;
  start ();
  ck_done (sf_dataset_new_grid (spec_of (&io, "wind_max"), "home", &grid, NULL, 1, &max, err));
  ck_done (sf_dataset_new_grid (spec_of (&io, "wind_arrival"), "home", &grid, bands, 4, &arrival, err));
  ck_done (sf_dataset_new_grid (spec_of (&io, "wind_end"), "home", &grid, bands, 4, &end, err));
  max->as.grid->values[5] = 20; /* column 1, row 1: around 110.75 E 19.25 N */
  arrival->as.grid->reference_s = end->as.grid->reference_s = time_of (NOW);
  arrival->as.grid->values[16 + 5] = 2; /* force 8 from 16 to 24 UTC */
  end->as.grid->values[16 + 5] = 10;
  hold ("wind_max@home", max);
  hold ("wind_arrival@home", arrival);
  hold ("wind_end@home", end);
  TABLE ("county_wind", "county_code=469005 county=Wenchang max_wind=30 force8_begin=2014-07-17T13:00:00Z");
  TABLE ("places", "code=p name=Seat kind=county_seat county_code=469005 longitude=110.75 latitude=19.25",
         "code=far name=Far kind=island county_code=460300 longitude=150 latitude=19.25");
  TABLE ("place_wind_chances", "code=p county_code=469005 force=8 probability=0.9 likely=2014-07-17T19:30:00Z");
  const struct sf_table *table = run ("impact", "ring_impact");
  ck_assert_uint_eq (table->rows, 12);                        /* three places, forces 7, 8, 10, 12 */
  ck_assert_int_eq (sf_table_int (table, "disagrees", 1), 1); /* the county: its place is 3.5 h apart */
  ck_assert_int_eq (sf_table_time (table, "official_begin", 5), time_of ("2014-07-17T16:00:00Z"));
  ck_assert_int_eq (sf_table_time (table, "official_end", 5), time_of ("2014-07-18T00:00:00Z"));
  ck_assert_int_eq (sf_table_int (table, "disagrees", 5), 1);
  ck_assert_int_eq (sf_table_int (table, "in_6h", 5), 1);
  ck_assert_int_eq (sf_table_int (table, "disagrees", 4), INT64_MIN);
  ck_assert (isnan (sf_table_double (table, "official_max", 9)));
  stop ();
}
END_TEST

/* A wind whose times nobody gives, or whose end is open, is not over. */
START_TEST (a_place_without_times_is_unknown)
{
  struct sf_gridspec grid = { 4, 4, { 110, 0.5, 0, 20, 0, -0.5 }, "EPSG:4490" };
  struct sf_dataset *max = NULL;
  start ();
  ck_done (sf_dataset_new_grid (spec_of (&io, "wind_max"), "home", &grid, NULL, 1, &max, err));
  max->as.grid->values[5] = 20;
  hold ("wind_max@home", max);
  TABLE ("places", "code=p name=Port kind=harbour county_code=469005 longitude=110.75 latitude=19.25");
  TABLE ("county_wind", "county_code=469005 county=Wenchang max_wind=30 force8_begin=2014-07-17T16:00:00Z");
  const struct sf_table *table = run ("impact", "ring_impact");
  ck_assert_int_eq (sf_table_int (table, "now", 1), 0); /* the county: before it begins */
  ck_assert_int_eq (sf_table_int (table, "in_6h", 1), INT64_MIN);
  ck_assert_double_eq (sf_table_double (table, "official_max", 5), 20);
  ck_assert_int_eq (sf_table_int (table, "now", 5), INT64_MIN);
  stop ();
}
END_TEST

/* --- changes --- */

START_TEST (changes_in_words)
{
  start ();
  TABLE ("consensus_points",
         "storm=A name=X name_zh=某 lead=24 time=2014-07-18T12:00:00Z longitude=110 latitude=20 wind_speed=45",
         "storm=A name=X lead=48 time=2014-07-19T12:00:00Z longitude=108 latitude=21");
  TABLE ("previous:consensus_points",
         "storm=A name=X lead=24 time=2014-07-18T06:00:00Z longitude=110 latitude=19 wind_speed=40",
         "storm=A name=X lead=36 time=2014-07-18T18:00:00Z longitude=110 latitude=20 wind_speed=40");
  TABLE ("county_wind",
         "county_code=1 county=Wenchang county_zh=文昌市 max_wind=44 max_force=14 force10_begin=2014-07-18T01:00:00Z",
         "county_code=2 county=Sanya county_zh=三亚市 max_wind=20 max_force=8");
  TABLE ("previous:county_wind",
         "county_code=1 county=Wenchang county_zh=文昌市 max_wind=38 max_force=13 force10_begin=2014-07-18T03:30:00Z "
         "force8_begin=2014-07-18T00:00:00Z",
         "county_code=2 county=Sanya county_zh=三亚市 max_wind=21 max_force=9");
  TABLE ("place_wind_chances", "code=p name=Port name_zh=港 force=8 probability=0.8",
         "code=p name=Port force=7 probability=1");
  TABLE ("previous:place_wind_chances", "code=p name=Port force=8 probability=0.3",
         "code=p name=Port force=7 probability=0");
  TABLE ("landfall_chances",
         "storm=A county_code=1 county=Wenchang county_zh=文昌市 probability=0.6 likely=2014-07-18T04:00:00Z");
  const struct sf_table *table = run ("changes", "forecast_changes");
  /* 12 UTC lies half way between 19 N and 20 N: half a degree, 55.6 km, to the north; 5 m/s stronger */
  ck_assert_str_eq (sf_table_text (table, "place", 0), "X, 2014-07-18 20:00 BJT");
  ck_assert_str_eq (sf_table_text (table, "before", 0), "19.5N 110.0E, 40 m/s");
  ck_assert_str_eq (sf_table_text (table, "change", 0), "56 km to the N; stronger by 5 m/s");
  ck_assert_str_eq (sf_table_text (table, "change_zh", 0), "偏移56公里，偏北；增强5米/秒");
  ck_assert_str_eq (sf_table_text (table, "change", 1), "new");
  ck_assert_str_eq (sf_table_text (table, "change", 2), "no earlier forecast"); /* of landfall */
  ck_assert_str_eq (sf_table_text (table, "change", 3), "stronger by 6 m/s");   /* one county a force: no sum */
  ck_assert_str_eq (sf_table_text (table, "change", 4), "no longer reached");   /* force 8 */
  ck_assert_str_eq (sf_table_text (table, "change", 5), "2.5 h earlier");
  ck_assert_str_eq (sf_table_text (table, "after", 6), "8/10");
  ck_assert_str_eq (sf_table_text (table, "change_zh", 6), "可能性增大");
  ck_assert_uint_eq (table->rows, 7);
  stop ();
}
END_TEST

START_TEST (landfall_appears_and_goes)
{
  start ();
  TABLE ("landfall_chances", "storm=A county_code=1 county=Wenchang probability=0.6 likely=2014-07-18T04:00:00Z",
         "storm=A county_code=2 county=Qionghai probability=0.3 likely=2014-07-18T04:00:00Z",
         "storm=A county=All probability=0.95");
  TABLE ("previous:landfall_chances",
         "storm=A county_code=1 county=Wenchang probability=0.55 likely=2014-07-18T06:00:00Z",
         "storm=A county_code=3 county=Wanning probability=0.4", "storm=A county=All probability=0.9");
  const struct sf_table *table = run ("changes", "forecast_changes");
  ck_assert_uint_eq (table->rows, 3);
  ck_assert_str_eq (sf_table_text (table, "change", 0), "2.0 h earlier");
  ck_assert_str_eq (sf_table_text (table, "change", 1), "likelier");
  ck_assert_str_eq (sf_table_text (table, "before", 1), "<1/10");
  ck_assert_str_eq (sf_table_text (table, "place", 2), "A, Wanning");
  ck_assert_str_eq (sf_table_text (table, "change", 2), "less likely");
  stop ();
}
END_TEST

/* A storm without members now, or without a consensus, has no smaller chance: nobody knows it. */
START_TEST (what_is_gone_is_unknown)
{
  start ();
  TABLE ("landfall_chances");
  TABLE ("previous:landfall_chances", "storm=A name=X name_zh=某 county=All county_zh=全部市县 probability=0.7",
         "storm=A name=X county_code=1 county=Wenchang probability=0.6");
  TABLE ("consensus_points");
  TABLE ("previous:consensus_points",
         "storm=A name=X lead=24 time=2014-07-18T06:00:00Z longitude=110 latitude=19 wind_speed=40",
         "storm=A name=X lead=48 time=2014-07-19T06:00:00Z longitude=109 latitude=20");
  TABLE ("place_wind_chances");
  TABLE ("previous:place_wind_chances", "code=p name=Port force=8 probability=0.3");
  TABLE ("county_wind", "county_code=1 county=Wenchang max_wind=44 max_force=14");
  TABLE ("previous:county_wind");
  const struct sf_table *table = run ("changes", "forecast_changes");
  ck_assert_uint_eq (table->rows, 4);
  ck_assert_str_eq (sf_table_text (table, "place", 0), "X");
  ck_assert_str_eq (sf_table_text (table, "after", 0), "not forecast");
  ck_assert_str_eq (sf_table_text (table, "change_zh", 0), "本次无预报");
  ck_assert_str_eq (sf_table_text (table, "place_zh", 1), "某，全部市县");
  ck_assert_str_eq (sf_table_text (table, "before", 1), "7/10");
  ck_assert_str_eq (sf_table_text (table, "after", 1), "unknown");
  ck_assert_str_eq (sf_table_text (table, "change", 1), "no forecast now");
  ck_assert_str_eq (sf_table_text (table, "change", 2), "no earlier forecast"); /* of the county */
  ck_assert_str_eq (sf_table_text (table, "change", 3), "no forecast now");     /* at places */
  stop ();
}
END_TEST

START_TEST (nothing_changed)
{
  start ();
  TABLE ("county_wind", "county_code=1 max_wind=44 max_force=14");
  TABLE ("previous:county_wind", "county_code=1 max_wind=43 max_force=14");
  const struct sf_table *table = run ("changes", "forecast_changes");
  ck_assert_uint_eq (table->rows, 1);
  ck_assert_str_eq (sf_table_text (table, "change_zh", 0), "变化均在限值以内");
  stop ();
}
END_TEST

/* --- disagreements --- */

static void
hold_stretch (void)
{
  struct sf_dataset *stretches = TABLE (
      "landfall_stretches", "storm=A share=0.7 total_probability=0.8 likely=2014-07-18T09:00:00Z from_county=Wanning "
                            "from_county_zh=万宁市 to_county=Qionghai");
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE);
  sf_geometry_begin_part (line, true);
  sf_geometry_add_point (line, 110.5, 18.5);
  sf_geometry_add_point (line, 110.5, 19.1);
  ck_done (sf_table_set_geometry (stretches->as.table, line, err));
}

/* Official landfall at 19.9 N, the middle of the model's stretch at 18.8 N: 122 km apart, and 5 h. */
START_TEST (disagreements_are_flagged_first)
{
  start ();
  TABLE ("landfalls", "storm=A place=Luzon time=2014-07-16T05:00:00Z longitude=121 latitude=14",
         "storm=A place=Wenchang place_zh=文昌市 time=2014-07-18T04:00:00Z longitude=110.5 latitude=19.9");
  hold_stretch ();
  TABLE ("ring_impact", "kind=county code=1 force=8 official_begin=2014-07-17T20:00:00Z likely=2014-07-18T02:00:00Z",
         "kind=county_seat code=p name=Wenchang name_zh=文昌 force=8 official_max=44 probability=0.9 "
         "official_begin=2014-07-18T00:00:00Z likely=2014-07-18T02:00:00Z",
         "kind=county_seat code=p force=10 official_max=44 probability=0.6",
         "kind=county_seat code=p force=12 official_max=44 probability=0.3",
         "kind=county_seat code=q name=Sanya force=8 official_max=18 probability=0.7",
         "kind=county_seat code=q force=10 official_max=18 probability=0.1");
  TABLE ("county_rain", "county_code=1 mean_rain=80");
  const struct sf_table *table = run ("disagreements", "disagreements");
  ck_assert_uint_eq (table->rows, 6);
  ck_assert_str_eq (sf_table_text (table, "subject", 0), "landfall, place");
  ck_assert_str_eq (sf_table_text (table, "difference", 0), "122 km");
  ck_assert_str_eq (sf_table_text (table, "model", 0), "Wanning to Qionghai (8/10)");
  ck_assert_str_eq (sf_table_text (table, "difference_zh", 1), "模型晚5.0小时");
  ck_assert_str_eq (sf_table_text (table, "model", 2), "force 10-11"); /* 14 is 3 forces above */
  ck_assert_str_eq (sf_table_text (table, "difference", 2), "3");
  ck_assert_int_eq (sf_table_int (table, "flagged", 2), 1);
  ck_assert_int_eq (sf_table_int (table, "flagged", 3), 0);
  ck_assert_str_eq (sf_table_text (table, "model", 3), "2014-07-18 10:00 BJT (9/10)"); /* 2 h: within the limit */
  ck_assert_int_ge (row_with (table, "model", "force 8-9"), 4);
  ck_assert_int_eq (row_with (table, "subject", "rain by county"), 5);
  stop ();
}
END_TEST

START_TEST (a_landfall_on_one_side)
{
  start ();
  TABLE ("landfalls");
  hold_stretch ();
  const struct sf_table *table = run ("disagreements", "disagreements");
  ck_assert_uint_eq (table->rows, 1);
  ck_assert_str_eq (sf_table_text (table, "official_zh", 0), "无");
  ck_assert_int_eq (sf_table_int (table, "flagged", 0), 1);
  stop ();
}
END_TEST

/* A stretch that one member in fifty gives is no disagreement; neither is a side that was not there to be asked. */
START_TEST (a_landfall_that_is_none)
{
  static const struct
  {
    const char *chance, *landfall, *chances;
    bool forecast;
    const char *official, *model;
  } cases[] = {
    { "0.02", NULL, "storm=A probability=0.02", true, "无", "万宁市至-（<1/10）" },
    { "0.8", NULL, "storm=A probability=0.8", false, "无预报", "万宁市至-（8/10）" },
    { NULL, "storm=A place=W place_zh=文昌市 time=2014-07-17T13:30:00Z", "storm=B", true, "文昌市", "无集合预报" },
    { NULL, "storm=A place=W place_zh=文昌市 time=2014-07-18T13:30:00Z", "storm=A end=2014-07-18T12:00:00Z", true,
      "文昌市", "超出集合时效" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct sf_dataset *tracks = NULL;
      struct sf_record fixes[]
          = { fix ("A", "BABJ", "2014-07-17T13:00:00Z", 0, 114, 18, 42),
              fix ("A", cases[i].forecast ? "BABJ" : "RJTD", "2014-07-17T12:00:00Z", 24, 110, 20, 42) };
      start ();
      ck_done (sf_dataset_new_tracks (spec_of (&io, "storm_tracks"), NULL, fixes, 2, &tracks, err));
      hold ("storm_tracks", tracks);
      TABLE ("landfall_chances", cases[i].chances);
      if (cases[i].chance)
        hold_stretch ();
      else
        TABLE ("landfall_stretches");
      if (cases[i].chance)
        ck_done (sf_table_set_double (take (&io, "landfall_stretches")->as.table, "total_probability",
                                      strtod (cases[i].chance, NULL), err));
      table_of ("landfalls", (const char *const[]){ cases[i].landfall, NULL });
      const struct sf_table *table = run ("disagreements", "disagreements");
      ck_assert_uint_eq (table->rows, 1);
      ck_assert_str_eq (sf_table_text (table, "official_zh", 0), cases[i].official);
      ck_assert_str_eq (sf_table_text (table, "model_zh", 0), cases[i].model);
      ck_assert_int_eq (sf_table_int (table, "flagged", 0), 0);
      stop ();
    }
}
END_TEST

int
main (void)
{
  return run_tests ("answers", (const TTest *const[]){
                                   with_nothing_there_the_tables_are_empty, fixes_of_two_storms, another_agency_speaks,
                                   impact_joins_official_and_model, a_place_and_its_county_disagree,
                                   a_place_without_times_is_unknown, changes_in_words, landfall_appears_and_goes,
                                   what_is_gone_is_unknown, nothing_changed, disagreements_are_flagged_first,
                                   a_landfall_on_one_side, a_landfall_that_is_none, NULL });
}
