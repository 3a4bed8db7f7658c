/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "tests/unit/quality_help.h"

static const int64_t T = 1763000000 - 1763000000 % 86400;

static struct shelf *
new_shelf (void)
{
  struct shelf *shelf = calloc (1, sizeof *shelf);
  ck_assert_ptr_nonnull (shelf);
  return shelf;
}

static struct sf_quality_control *
new_control (const struct world *world, struct shelf *shelf, size_t series_max)
{
  struct sf_quality_control *control = NULL;
  const struct sf_feed *feeds[] = { &world->feed };
  const struct sf_quality_source source = shelf_source (shelf);
  ck_done (sf_quality_new_from (world->rules, &source, series_max, &control, err));
  ck_done (sf_quality_set_feeds (control, feeds, 1, err));
  return control;
}

/* --- records --- */

/* The doubt of a record examined alone; its quality in *quality. */
static const char *
examine (struct world *world, struct sf_record record, uint8_t *quality, struct sf_quality_counts *counts)
{
  struct sf_quality_feed feed = { .limits = world->rules->limits, .area = world->feed.area, .late_s = 7200 };
  memset (counts, 0, sizeof *counts);
  if (world->feed.quality)
    ck_done (sf_quality_limits_read (&world->arena, world->feed.quality, &world->rules->limits, world->vocabulary,
                                     &feed.limits, err));
  ck_done (sf_quality_look_at (world->rules, &feed, &world->arena, &record, counts, err));
  *quality = record.quality;
  return record.doubt ? record.doubt : "";
}

#define ck_examined(record, expected_quality, words)                                                                   \
  do                                                                                                                   \
    {                                                                                                                  \
      uint8_t quality_;                                                                                                \
      const char *doubt_ = examine (&world, record, &quality_, &counts);                                               \
      ck_assert_msg (quality_ == (expected_quality), "%s: quality %d", doubt_, quality_);                              \
      if (*(words))                                                                                                    \
        ck_assert_msg (strstr (doubt_, words) != NULL, "'%s' is not in '%s'", words, doubt_);                          \
      else                                                                                                             \
        ck_assert_str_eq (doubt_, "");                                                                                 \
    }                                                                                                                  \
  while (0)

START_TEST (values_alone)
{
  struct world world;
  struct sf_quality_counts counts;
  world_init (&world, NULL);
  /* Zhengzhou, 20 July 2021: true, and to be verified, never refused. */
  ck_examined (observe ("s", "rain_amount", 3600, T, 201.9), SF_QUALITY_ORIGINAL_DOUBTFUL,
               "to_be_verified: 201.9 > 100");
  ck_assert_int_eq (counts.doubtful, 1);
  ck_examined (observe ("s", "rain_amount", 3600, T, 450.5), SF_QUALITY_ORIGINAL_UNRELIABLE, "hard_range");
  ck_assert_int_eq (counts.unreliable, 1);
  /* What was measured once is possible: Holt, 22 June 1947, and Barrow Island, 10 April 1996 (both WMO). */
  ck_examined (observe ("s", "rain_amount", 3600, T, 305), SF_QUALITY_ORIGINAL_DOUBTFUL, "to_be_verified: 305 > 100");
  ck_examined (observe ("s", "rain_amount", 10800, T, 724), SF_QUALITY_ORIGINAL_DOUBTFUL, "to_be_verified: 724 > 200");
  ck_examined (observe ("s", "gust_speed", 0, T, 113.2), SF_QUALITY_ORIGINAL_DOUBTFUL, "to_be_verified: 113.2 > 75");
  ck_examined (observe ("s", "rain_amount", 3600, T, 100), SF_QUALITY_ORIGINAL_RELIABLE, "");
  ck_examined (observe ("s", "rain_amount", 86400, T, 300.5), SF_QUALITY_ORIGINAL_RELIABLE, "");
  ck_examined (observe ("s", "rain_amount", 600, T, 161), SF_QUALITY_ORIGINAL_UNRELIABLE, "hard_range");
  ck_examined (observe ("s", "rain_amount", 3600, T, NAN), SF_QUALITY_MISSING, "");
  ck_assert_int_eq (counts.missing, 1);
  ck_examined (observe ("s", "pressure", 0, T, 100250), SF_QUALITY_ORIGINAL_UNRELIABLE, "unit_suspect: Pa? 1002.5");
  /* What the telemetry of rivers brings is judged, too. */
  ck_examined (observe ("s", "river_level", 0, T, 5120), SF_QUALITY_ORIGINAL_UNRELIABLE, "unit_suspect: cm? 51.2");
  ck_examined (observe ("s", "station_wind_speed", 0, T, 131), SF_QUALITY_ORIGINAL_UNRELIABLE, "hard_range");
  ck_examined (observe ("s", "station_pressure", 0, T, 101325), SF_QUALITY_ORIGINAL_UNRELIABLE, "unit_suspect: Pa?");
  ck_examined (observe ("s", "air_temperature", 0, T, -99.9), SF_QUALITY_ORIGINAL_UNRELIABLE, "hard_range");
  ck_examined (observe ("s", "relative_humidity", 0, T, 100), SF_QUALITY_ORIGINAL_RELIABLE, "");
  ck_examined (observe ("s", "elevation", 0, T, 1e12), SF_QUALITY_ORIGINAL_RELIABLE, "");
  world_finish (&world);
}
END_TEST

START_TEST (times_alone)
{
  struct world world;
  struct sf_quality_counts counts;
  struct sf_record record = observe ("s", "pressure", 0, T, 1000);
  world_init (&world, NULL);
  record.received_s = T - 601;
  ck_examined (record, SF_QUALITY_ORIGINAL_DOUBTFUL, "clock_ahead: +601 s");
  ck_assert_int_eq (counts.future, 1);
  record.received_s = T - 600;
  ck_examined (record, SF_QUALITY_ORIGINAL_RELIABLE, "");
  record.received_s = T - 86401;
  ck_examined (record, SF_QUALITY_ORIGINAL_UNRELIABLE, "far_future");
  record.received_s = T + 7200;
  ck_examined (record, SF_QUALITY_ORIGINAL_RELIABLE, "");
  ck_assert_int_eq (counts.late, 0);
  record.received_s = T + 7201;
  ck_examined (record, SF_QUALITY_ORIGINAL_RELIABLE, "");
  ck_assert_int_eq (counts.late, 1);
  record.valid_s = 946684860;
  ck_examined (record, SF_QUALITY_ORIGINAL_UNRELIABLE, "clock_reset: 2000-01-01T00:01:00Z");
  record.received_s = SF_TIME_MISSING;
  ck_examined (record, SF_QUALITY_ORIGINAL_RELIABLE, "");
  world_finish (&world);
}
END_TEST

START_TEST (places_alone)
{
  struct world world;
  struct sf_quality_counts counts;
  struct sf_record here = observe ("s1", "pressure", 0, T, 1000);
  world_init (&world, "stations: {s1: {position: [110.0, 20.0], quantities: {pressure: {soft: [990, 1010]}}}}");
  world.feed.area = (struct sf_box){ 105, 3, 118, 23 };
  ck_examined (report ("m", "vessel", T, 118.01, 20), SF_QUALITY_ORIGINAL_DOUBTFUL,
               "outside_area: 118.01000, 20.00000");
  ck_assert_int_eq (counts.out_of_area, 1);
  ck_examined (report ("m", "vessel", T, 118, 20), SF_QUALITY_ORIGINAL_RELIABLE, "");
  ck_examined (report ("m", "vessel", T, NAN, NAN), SF_QUALITY_MISSING, "");
  here.as.observation.lon_deg = 110.03; /* 3135 m at 20 north */
  here.as.observation.lat_deg = 20;
  ck_examined (here, SF_QUALITY_ORIGINAL_DOUBTFUL, "station_moved: 3.1 km");
  here.as.observation.lon_deg = 110.028;
  ck_examined (here, SF_QUALITY_ORIGINAL_RELIABLE, "");
  here.as.observation.lon_deg = NAN;
  ck_examined (here, SF_QUALITY_ORIGINAL_RELIABLE, "");
  /* The station's own limits stand over the feed's. */
  here.as.observation.value = 985;
  ck_examined (here, SF_QUALITY_ORIGINAL_DOUBTFUL, "985 < 990 hPa");
  world_finish (&world);
}
END_TEST

START_TEST (doubts_join_and_origins_stay)
{
  struct world world;
  struct sf_quality_counts counts;
  struct sf_record record = observe ("s", "pressure", 0, T, 915);
  world_init (&world, NULL);
  record.quality = SF_QUALITY_CORRECTED_RELIABLE;
  record.doubt = "said so";
  ck_examined (record, SF_QUALITY_CORRECTED_DOUBTFUL, "said so; to_be_verified");
  record.quality = SF_QUALITY_COMPLETED_UNRELIABLE;
  ck_examined (record, SF_QUALITY_COMPLETED_UNRELIABLE, "to_be_verified");
  world_finish (&world);
}
END_TEST

START_TEST (reasons_have_words)
{
  ck_assert_str_eq (sf_quality_reason_title ("to_be_verified: 3", 14, 1), "极端值，待核实");
  ck_assert_str_ne (sf_quality_reason_title ("stuck", 5, 0), "");
  ck_assert_str_eq (sf_quality_reason_title ("nonsense", 8, 0), "");
}
END_TEST

/* --- rules --- */

static void
refuse (const char *text, enum sf_code code, const char *words)
{
  struct world world;
  struct sf_yaml *node = NULL;
  world_init (&world, NULL);
  ck_done (sf_yaml_parse (&world.arena, "d.yaml", (const uint8_t *) text, strlen (text), &node, err));
  ck_fails (sf_quality_check_limits (node, world.rules, err), code, words);
  world_finish (&world);
}

START_TEST (bad_rules)
{
  refuse ("quantities: {presure: {hard: [1, 2]}}", SF_EINVAL, "d.yaml:1:14");
  refuse ("quantities: {presure: {hard: [1, 2]}}", SF_EINVAL, "pressure");
  refuse ("quantities: {pressure: {herd: [1, 2]}}", SF_EINVAL, "hard");
  refuse ("quantities: {pressure: {hard: [2, 1]}}", SF_ERANGE, "the lowest 2 is above the highest 1");
  refuse ("quantities: {pressure: {hard: [2]}}", SF_EINVAL, "expected [lowest, highest]");
  refuse ("quantities: {pressure: {stuck: {for: 3h, gap: 2h}}}", SF_ERANGE, "more than half");
  refuse ("quantities: {pressure: {stuck: {gap: 2h}}}", SF_EINVAL, "'for' is missing");
  refuse ("quantities: {rain_amount: {spans: {1h: {}, 10min: {}}}}", SF_ERANGE, "the shortest comes first");
  refuse ("movers: {vessel: {side: mountain}}", SF_EINVAL, "sea");
  refuse ("stations: {s: {curve: [[1, 2], [1, 3]]}}", SF_ERANGE, "must rise");
  refuse ("stations: {s: {position: [20]}}", SF_EINVAL, "[longitude, latitude]");
  refuse ("agreement: {level: watter_level}", SF_EINVAL, "water_level");
  refuse ("clock: {ahead: 2d, far_ahead: 1d}", SF_ERANGE, "less than 'ahead'");
  refuse ("nothing: 1", SF_EINVAL, "nothing");
  refuse ("agreement: {twins: [[a]]}", SF_EINVAL, "[number, number]");
  refuse ("agreement: {twin_reports: 2}", SF_ERANGE, "from 3 to 1000");
}
END_TEST

START_TEST (rules_lie_over_each_other)
{
  struct world world;
  struct sf_quality_limits limits;
  world_init (&world, "quantities: {pressure: {soft: [940, none], step: none}, elevation: {hard: [0, 9]}}\n"
                      "movers: {vessel: {speed: 20}, ferry: {slack: 9}}\n"
                      "stations: {b: {quantities: {pressure: {hard: [900, 1050]}}}, a: {}}");
  ck_done (
      sf_quality_limits_read (&world.arena, world.feed.quality, &world.rules->limits, world.vocabulary, &limits, err));
  const struct sf_quantity_rule *pressure = sf_quality_find_quantity (&limits, NULL, "pressure");
  ck_assert_double_eq (pressure->range.hard[0], 850);
  ck_assert_double_eq (pressure->range.soft[0], 940);
  ck_assert (isnan (pressure->range.soft[1]));
  ck_assert (isnan (pressure->step.per_hour));
  ck_assert_int_eq (pressure->stuck.for_s, 21600);
  ck_assert_double_eq (sf_quality_find_quantity (&limits, NULL, "elevation")->range.hard[1], 9);
  ck_assert_double_eq (sf_quality_find_mover (&limits, "vessel")->speed_mps, 20);
  ck_assert_int_eq (sf_quality_find_mover (&limits, "vessel")->side, SF_QUALITY_AT_SEA);
  ck_assert_double_eq (sf_quality_find_mover (&limits, "ferry")->speed_mps, 400);
  ck_assert_double_eq (sf_quality_find_mover (&limits, NULL)->speed_mps, 400);
  const struct sf_station_rule *b = sf_quality_find_station (&limits, "b");
  ck_assert_double_eq (sf_quality_find_quantity (&limits, b, "pressure")->range.hard[0], 900);
  ck_assert_double_eq (sf_quality_find_quantity (&limits, b, "pressure")->range.soft[0], 940);
  ck_assert_ptr_null (sf_quality_find_station (&limits, "c"));
  ck_assert_double_eq (sf_quality_find_mover (&world.rules->limits, "vessel")->speed_mps, 30.87);
  world_finish (&world);
}
END_TEST

/* --- series: against every row held against every other --- */

static const char RULES[] = "quantities:\n"
                            "  water_level: {hard: [0, 100], soft: [0, 50], step: {per_hour: 4, least: 0.5, gap: 1h},"
                            " stuck: {for: 30min, gap: 15min, except: [7]}}\n"
                            "  rain_amount: {stuck: none}\n"
                            "agreement: {rain_day: 08-08}\n"
                            "movers: {vessel: {speed: 30.87, slack: 500, gap: 1h}}\n"
                            "stations:\n"
                            "  r: {curve: [[180, 11.8e+8], [190, 25.95e+8], [195.3, 33.45e+8]]}\n";

static const struct row *
row_before (const struct shelf *shelf, const struct row *row, int after)
{
  const struct row *best = NULL;
  for (int i = 0; i < shelf->count; i++)
    {
      const struct row *other = &shelf->rows[i];
      bool same = other->kind == row->kind && !strcmp (other->subject, row->subject)
                  && !strcmp (other->quantity, row->quantity) && other->period_s == row->period_s;
      if (!same || other->put / 3 >= 2 || !holds (shelf, other))
        continue;
      if (after ? other->valid_s > row->valid_s && (!best || other->valid_s < best->valid_s)
                : other->valid_s < row->valid_s && (!best || other->valid_s > best->valid_s))
        best = other;
    }
  return best;
}

/* 'y' can follow, 'n' cannot, '?' cannot be told. */
static char
follows (const struct row *a, const struct row *b)
{
  if (!a || !b)
    return '?';
  double hours = fabs ((double) (a->valid_s - b->valid_s)) / 3600;
  if (hours > 1)
    return '?';
  if (a->kind == SF_RECORD_POSITION)
    {
      double x = (a->lon_deg - b->lon_deg) * cos (a->lat_deg * M_PI / 180) * 111194.93,
             y = (a->lat_deg - b->lat_deg) * 111194.93;
      return hypot (x, y) <= 500 + 30.87 * hours * 3600 ? 'y' : 'n';
    }
  if (strcmp (a->quantity, "water_level") != 0)
    return strcmp (a->quantity, "reservoir_level") == 0 && fabs (a->value - b->value) > fmax (0.3, 3 * hours) ? 'n'
                                                                                                              : 'y';
  return fabs (a->value - b->value) <= fmax (0.5, 4 * hours) ? 'y' : 'n';
}

/* How many rows follow on one side; what ends them in *end. */
static int
followers (const struct shelf *shelf, const struct row *row, int after, char *end)
{
  const struct row *next = row_before (shelf, row, after);
  *end = follows (row, next);
  return *end == 'y' ? 1 + followers (shelf, next, after, end) : 0;
}

static bool
stands (const struct shelf *shelf, const struct row *row)
{
  const struct row *at = row;
  if (strcmp (row->quantity, "water_level") != 0 || row->value == 7)
    return false;
  for (const struct row *before; (before = row_before (shelf, at, 0)); at = before)
    if (before->value != row->value || at->valid_s - before->valid_s > 900)
      break;
  return row->valid_s - at->valid_s >= 1800;
}

static const struct row *
find_row (const struct shelf *shelf, const char *subject, const char *quantity, int64_t period_s, int64_t valid_s)
{
  for (int i = 0; i < shelf->count; i++)
    {
      const struct row *row = &shelf->rows[i];
      if (row->valid_s == valid_s && row->period_s == period_s && !strcmp (row->subject, subject)
          && !strcmp (row->quantity, quantity) && holds (shelf, row))
        return row;
    }
  return NULL;
}

static bool
disagrees (const struct shelf *shelf, const struct row *row)
{
  bool level = !strcmp (row->quantity, "reservoir_level"), storage = !strcmp (row->quantity, "reservoir_storage");
  if (strcmp (row->subject, "r") != 0 || (!level && !storage))
    return false;
  const struct row *other = find_row (shelf, "r", level ? "reservoir_storage" : "reservoir_level", 0, row->valid_s);
  if (!other || other->put / 3 >= 2)
    return false;
  double z = level ? row->value : other->value, s = (level ? other->value : row->value) / 1e8;
  double expected = s <= 25.95 ? 180 + (s - 11.8) * 10 / 14.15 : 190 + (s - 25.95) * 5.3 / 7.5;
  return fabs (z - expected) > 0.5;
}

static bool
sums_wrong (const struct shelf *shelf, const struct row *row)
{
  double sum = 0;
  int hours = 0;
  /* T is 08:00 in Beijing. */
  if (strcmp (row->quantity, "rain_amount") != 0 || row->period_s != 86400 || (row->valid_s - T) % 86400)
    return false;
  for (int h = 0; h < 24; h++)
    {
      const struct row *hour = find_row (shelf, row->subject, "rain_amount", 3600, row->valid_s - h * 3600);
      if (hour && hour->put / 3 < 2)
        {
          sum += hour->value;
          hours++;
        }
    }
  double allowed = fmax (2, 0.1 * fmax (sum, row->value));
  return hours > 0 && (sum - row->value > allowed || (hours == 24 && row->value - sum > allowed));
}

/* 3000 m are 0.0285 degrees of longitude at 19 north. */
static bool
elsewhere (const struct row *a, const struct row *b)
{
  return a && b && a->kind == SF_RECORD_OBSERVATION && fabs (a->lon_deg - b->lon_deg) > 0.0285
         && llabs (a->valid_s - b->valid_s) <= fmax (7200, 2.0 * (double) a->period_s);
}

static void
expect (const struct shelf *shelf, const struct row *row, char text[128])
{
  bool position = row->kind == SF_RECORD_POSITION;
  text[0] = '\0';
  if (row->put / 3 >= 2 || !holds (shelf, row))
    return;
  char ends[2];
  int run = 1 + followers (shelf, row, 0, &ends[0]) + followers (shelf, row, 1, &ends[1]);
  bool jumps = run < 3 && (ends[0] == 'n' || ends[1] == 'n');
  const char *const words[]
      = { jumps && !position ? "jump" : "",
          stands (shelf, row) ? "stuck" : "",
          jumps && position ? "speed" : "",
          disagrees (shelf, row) ? "level_storage" : "",
          sums_wrong (shelf, row) ? "rain_sum" : "",
          elsewhere (row, row_before (shelf, row, 0)) || elsewhere (row, row_before (shelf, row, 1)) ? "two_places"
                                                                                                     : "" };
  for (int i = 0; i < 6; i++)
    if (*words[i])
      snprintf (text + strlen (text), 128 - strlen (text), "%s%s", *text ? "; " : "", words[i]);
}

static long
compare_all (const struct shelf *shelf, unsigned seed)
{
  long doubted = 0;
  char expected[128];
  for (int i = 0; i < shelf->count; i++)
    {
      const struct row *row = &shelf->rows[i];
      expect (shelf, row, expected);
      char whole[512];
      snprintf (whole, sizeof whole, "%s%s%s", row->own, *row->own && *expected ? "; " : "", expected);
      ck_assert_msg (!strcmp (row->doubt, whole), "seed %u: %s %s %lld: '%s', expected '%s'", seed, row->subject,
                     row->quantity, (long long) (row->valid_s - T), row->doubt, whole);
      uint8_t quality = *expected && row->put < 3 ? (uint8_t) (row->put + 3) : row->put;
      ck_assert_int_eq (row->quality, quality);
      doubted += *expected != '\0';
    }
  return doubted;
}

enum
{
  MANY = 400
};

/* Some 400 records of eight series: levels that stand, jump and are nonsense; vessels that leap; a reservoir; rain. */
static void
make_records (struct sf_record records[MANY], unsigned *seed)
{
  static const char *const stations[] = { "a", "b", "c" };
  for (int i = 0; i < MANY; i++)
    {
      int dice = rand_r (seed) % 10;
      int64_t valid_s = T + rand_r (seed) % 60 * 300;
      double noise = rand_r (seed) % 100 / 100.0;
      if (dice < 5)
        {
          double value = dice < 2 ? 7 + rand_r (seed) % 2 : 7.5 + noise;
          value = rand_r (seed) % 12 == 0 ? 20 + 40 * noise : rand_r (seed) % 30 == 0 ? 150 : value;
          records[i] = observe (stations[dice % 3], "water_level", 0, valid_s, value);
          records[i].as.observation.lat_deg = 19;
          records[i].as.observation.lon_deg = rand_r (seed) % 9   ? 110 + rand_r (seed) % 2 * 0.028
                                              : rand_r (seed) % 2 ? 110.029
                                                                  : NAN;
        }
      else if (dice < 7)
        records[i] = report ("v", "vessel", valid_s, 110 + (rand_r (seed) % 5 == 0) + noise / 1000, 19);
      else if (dice < 8)
        records[i] = rand_r (seed) % 2
                         ? observe ("r", "reservoir_level", 0, T + rand_r (seed) % 6 * 3600, 188 + 2 * noise)
                         : observe ("r", "reservoir_storage", 0, T + rand_r (seed) % 6 * 3600,
                                    24.41e8 + (rand_r (seed) % 3 == 0) * 3e8);
      else if (dice < 9)
        records[i] = observe ("g", "rain_amount", 3600, T + rand_r (seed) % 30 * 3600, rand_r (seed) % 5);
      else
        records[i] = observe ("g", "rain_amount", 86400, T + (23 + rand_r (seed) % 2) * 3600, rand_r (seed) % 60);
      records[i].received_s = records[i].valid_s + 60 + i;
      records[i].revision = (uint32_t) (rand_r (seed) % 8 == 0);
      records[i].quality = rand_r (seed) % 15 == 0 ? SF_QUALITY_COMPLETED_DOUBTFUL : SF_QUALITY_ORIGINAL_RELIABLE;
    }
}

/* The same on days of their own: a series is judged in many spans, as of a clock that runs wild or of an archive. */
static void
spread_records (struct sf_record records[MANY], unsigned *seed)
{
  for (int i = 0; i < MANY; i++)
    {
      int64_t shift_s = rand_r (seed) % 12 * (int64_t) 6 * 3600;
      records[i].valid_s += shift_s;
      records[i].received_s += shift_s;
    }
}

static void
shuffle (int order[MANY], unsigned *seed, int reach)
{
  for (int i = 0; i < MANY; i++)
    order[i] = i;
  for (int i = 0; i + 1 < MANY; i++)
    {
      int j = i + rand_r (seed) % (MANY - i < reach ? MANY - i : reach), swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
}

/* Take all in, in some order, in batches of some size, forgetting at times. */
static void
take_in (const struct world *world, struct shelf *shelf, const struct sf_record *records, const int *order,
         unsigned *seed, size_t series_max)
{
  struct sf_quality_control *control = new_control (world, shelf, series_max);
  struct sf_arena arena = { 0 };
  struct sf_quality_counts counts = { 0 };
  for (int i = 0; i < MANY; i++)
    {
      struct sf_record record = records[order[i]];
      ck_done (sf_quality_check_record (control, &arena, &world->feed, &record, &counts, err));
      shelf_put (shelf, &record);
      if (rand_r (seed) % 7 == 0 || i == MANY - 1)
        ck_done (sf_quality_check_batch (control, &counts, err));
      else
        continue;
      shelf_commit (shelf);
      if (rand_r (seed) % 40 == 0)
        {
          sf_quality_free (control);
          control = new_control (world, shelf, series_max);
        }
      sf_arena_reset (&arena);
    }
  sf_arena_finish (&arena);
  sf_quality_free (control);
}

static int
by_valid (const void *a, const void *b)
{
  const struct sf_record *x = a, *y = b;
  return (x->valid_s > y->valid_s) - (x->valid_s < y->valid_s);
}

START_TEST (any_order_gives_the_judgement_of_the_whole)
{
  static struct sf_record records[MANY];
  int order[MANY];
  struct world world;
  long doubted = 0;
  world_init (&world, RULES);
  for (unsigned round = 1; round <= 24; round++)
    {
      unsigned seed = round;
      make_records (records, &seed);
      if (round > 12)
        spread_records (records, &seed);
      if (round % 2)
        qsort (records, MANY, sizeof *records, by_valid);
      shuffle (order, &seed, round % 4 == 1 ? 1 : round % 4 == 3 ? 12 : MANY);
      struct shelf *shelf = new_shelf ();
      take_in (&world, shelf, records, order, &seed, round % 3 == 0 ? 2 : 100);
      doubted += compare_all (shelf, round);
      free (shelf);
    }
  ck_assert_int_gt (doubted, 800);
  world_finish (&world);
}
END_TEST

/* What a feed's day of rain is must be said: 24 hours of 2 mm and a day of 10 that ends at 08:00 and at 20:00 in Beijing. */
static const char *
judge_days (const char *limits, int64_t end_s)
{
  static char doubt[300];
  struct world world;
  struct sf_arena arena = { 0 };
  struct sf_quality_counts counts = { 0 };
  struct shelf *shelf = new_shelf ();
  world_init (&world, limits);
  struct sf_quality_control *control = new_control (&world, shelf, 100);
  for (int i = 0; i <= 24; i++)
    {
      struct sf_record record = i < 24 ? observe ("g", "rain_amount", 3600, end_s - i * 3600, 2)
                                       : observe ("g", "rain_amount", 86400, end_s, 10);
      ck_done (sf_quality_check_record (control, &arena, &world.feed, &record, &counts, err));
      shelf_put (shelf, &record);
    }
  ck_done (sf_quality_check_batch (control, &counts, err));
  snprintf (doubt, sizeof doubt, "%s", shelf->rows[24].doubt);
  sf_quality_free (control);
  sf_arena_finish (&arena);
  world_finish (&world);
  free (shelf);
  return doubt;
}

START_TEST (a_rain_day_is_stated_or_not_checked)
{
  const int64_t at_08_s = T + 86400, at_20_s = T + 86400 + 12 * 3600, at_00_s = T + 16 * 3600;
  ck_assert_str_eq (judge_days ("agreement: {rain_day: 08-08}", at_08_s), "rain_sum");
  ck_assert_str_eq (judge_days ("agreement: {rain_day: 08-08}", at_20_s), "");
  ck_assert_str_eq (judge_days ("agreement: {rain_day: 20-20}", at_20_s), "rain_sum");
  ck_assert_str_eq (judge_days ("agreement: {rain_day: 20-20}", at_08_s), "");
  ck_assert_str_eq (judge_days ("agreement: {rain_day: 00-00}", at_00_s), "rain_sum");
  ck_assert_str_eq (judge_days (NULL, at_08_s), "");
  ck_assert_str_eq (judge_days (NULL, at_20_s), "");
  ck_assert_str_eq (judge_days ("agreement: {rain_day: none}", at_08_s), "");
  refuse ("agreement: {rain_day: 8}", SF_EINVAL, "08-08");
  ck_assert (sf_rain_day_ends (SF_RAIN_DAY_20, -12 * 3600) && !sf_rain_day_ends (SF_RAIN_DAY_20, -12 * 3600 + 1));
}
END_TEST

/* The same through the real store: its digest does not know the order of arrival. */
static void
digest_of (const struct world *world, const struct sf_record *records, const int *order, unsigned *seed,
           struct sf_key *ret_key)
{
  char dir[] = "/tmp/sanfang-quality-XXXXXX";
  struct sf_store *store = NULL;
  struct sf_quality_control *control = NULL;
  struct sf_quality_counts counts = { 0 };
  struct sf_arena arena = { 0 };
  const struct sf_feed *feeds[] = { &world->feed };
  long rows = 0;
  ck_assert_ptr_nonnull (mkdtemp (dir));
  ck_done (sf_store_open (dir, SF_STORE_WRITE, &store, err));
  ck_done (sf_quality_new (world->rules, store, &control, err));
  ck_done (sf_quality_set_feeds (control, feeds, 1, err));
  for (int i = 0; i < MANY; i++)
    {
      struct sf_record record = records[order[i]];
      struct sf_store_origin origin = { .message_id = i + 1 };
      snprintf ((char *) origin.sha256.bytes, sizeof origin.sha256.bytes, "%07d", order[i]);
      ck_done (sf_quality_check_record (control, &arena, &world->feed, &record, &counts, err));
      ck_done (sf_store_put (store, &record, &origin, NULL, err));
      if (rand_r (seed) % 9 && i != MANY - 1)
        continue;
      ck_done (sf_quality_check_batch (control, &counts, err));
      /* Some commits fail: rows of the batch are judged, and what comes next may take their place. */
      if (i == MANY - 1 || rand_r (seed) % 3)
        ck_done (sf_store_commit (store, err));
      sf_arena_reset (&arena);
      if (rand_r (seed) % 5 == 0)
        sf_quality_forget (control);
    }
  ck_done (sf_store_digest (store, ret_key, &rows, err));
  ck_assert_int_eq (rows, MANY);
  sf_quality_free (control);
  sf_store_close (store);
  sf_arena_finish (&arena);
  ck_done (sf_file_remove_tree (dir, err));
}

START_TEST (one_digest_for_all_orders)
{
  static struct sf_record records[MANY];
  int order[MANY];
  struct world world;
  struct sf_key first, other;
  world_init (&world, RULES);
  for (unsigned round = 1; round <= 2; round++)
    {
      unsigned seed = round;
      make_records (records, &seed);
      qsort (records, MANY, sizeof *records, by_valid);
      shuffle (order, &seed, 1);
      digest_of (&world, records, order, &seed, &first);
      shuffle (order, &seed, MANY);
      digest_of (&world, records, order, &seed, &other);
      ck_assert_mem_eq (&first, &other, sizeof first);
      shuffle (order, &seed, 20);
      digest_of (&world, records, order, &seed, &other);
      ck_assert_mem_eq (&first, &other, sizeof first);
    }
  world_finish (&world);
}
END_TEST

/* Days far apart, so that a series is judged in many spans: as of a clock that runs wild, or of an archive that is taken in. */
START_TEST (one_digest_for_days_far_apart)
{
  static struct sf_record records[MANY];
  int order[MANY];
  struct world world;
  struct sf_key first, other;
  world_init (&world, RULES);
  for (unsigned round = 1; round <= 3; round++)
    {
      unsigned seed = round;
      make_records (records, &seed);
      spread_records (records, &seed);
      qsort (records, MANY, sizeof *records, by_valid);
      shuffle (order, &seed, 1);
      digest_of (&world, records, order, &seed, &first);
      shuffle (order, &seed, MANY);
      digest_of (&world, records, order, &seed, &other);
      ck_assert_mem_eq (&first, &other, sizeof first);
    }
  world_finish (&world);
}
END_TEST

/* A storm: each of many stations says something doubtful, so many in a batch. */
static void
digest_of_storm (const struct world *world, int in_batch, struct sf_key *ret_key)
{
  enum
  {
    STATIONS = 12000
  };
  char dir[] = "/tmp/sanfang-quality-XXXXXX", name[16];
  struct sf_store *store = NULL;
  struct sf_quality_control *control = NULL;
  struct sf_quality_counts counts = { 0 };
  struct sf_arena arena = { 0 };
  const struct sf_feed *feeds[] = { &world->feed };
  ck_assert_ptr_nonnull (mkdtemp (dir));
  ck_done (sf_store_open (dir, SF_STORE_WRITE, &store, err));
  ck_done (sf_quality_new (world->rules, store, &control, err));
  ck_done (sf_quality_set_feeds (control, feeds, 1, err));
  for (int i = 0; i < STATIONS; i++)
    {
      snprintf (name, sizeof name, "%d", i);
      struct sf_record record = observe (name, "water_level", 0, T, 60);
      struct sf_store_origin origin = { .message_id = i + 1, .place = (uint32_t) i };
      ck_done (sf_quality_check_record (control, &arena, &world->feed, &record, &counts, err));
      ck_done (sf_store_put (store, &record, &origin, NULL, err));
      sf_arena_reset (&arena);
      if ((i + 1) % in_batch)
        continue;
      ck_done (sf_quality_check_batch (control, &counts, err));
      ck_done (sf_store_commit (store, err));
    }
  ck_done (sf_store_digest (store, ret_key, NULL, err));
  sf_quality_free (control);
  sf_store_close (store);
  sf_arena_finish (&arena);
  ck_done (sf_file_remove_tree (dir, err));
}

START_TEST (one_digest_for_all_batches)
{
  struct world world;
  struct sf_key few, all;
  world_init (&world, RULES);
  digest_of_storm (&world, 200, &few);
  digest_of_storm (&world, 12000, &all);
  ck_assert_mem_eq (&few, &all, sizeof few);
  world_finish (&world);
}
END_TEST

/* A clean series in order asks the store when it is first met, and never again. */
START_TEST (order_costs_no_questions)
{
  struct world world;
  struct shelf *shelf = new_shelf ();
  struct sf_arena arena = { 0 };
  struct sf_quality_counts counts = { 0 };
  world_init (&world, RULES);
  struct sf_quality_control *control = new_control (&world, shelf, 100);
  for (int i = 0; i < 500; i++)
    {
      struct sf_record record = observe ("a", "water_level", 0, T + i * 300, 8 + i % 3 * 0.1);
      ck_done (sf_quality_check_record (control, &arena, &world.feed, &record, &counts, err));
      shelf_put (shelf, &record);
      ck_done (sf_quality_check_batch (control, &counts, err));
      if (i == 0)
        shelf->asked = shelf->told = 0;
    }
  ck_assert_int_eq (shelf->asked, 0);
  ck_assert_int_eq (shelf->told, 0);
  ck_assert_int_eq (counts.doubtful, 0);
  sf_quality_free (control);
  sf_arena_finish (&arena);
  free (shelf);
  world_finish (&world);
}
END_TEST

START_TEST (songtao)
{
  struct world world;
  struct shelf *shelf = new_shelf ();
  struct sf_arena arena = { 0 };
  struct sf_quality_counts counts = { 0 };
  struct sf_record level = observe ("r", "reservoir_level", 0, T, 181.18),
                   storage = observe ("r", "reservoir_storage", 0, T, 24.41e8);
  world_init (&world, RULES);
  struct sf_quality_control *control = new_control (&world, shelf, 100);
  ck_done (sf_quality_check_record (control, &arena, &world.feed, &level, &counts, err));
  shelf_put (shelf, &level);
  ck_done (sf_quality_check_batch (control, &counts, err));
  ck_assert_str_eq (shelf->rows[0].doubt, "");
  ck_done (sf_quality_check_record (control, &arena, &world.feed, &storage, &counts, err));
  shelf_put (shelf, &storage);
  ck_done (sf_quality_check_batch (control, &counts, err));
  ck_assert_str_eq (shelf->rows[0].doubt, "level_storage");
  ck_assert_str_eq (shelf->rows[1].doubt, "level_storage");
  ck_assert_int_eq (sf_quality_batch_counts (control, "f")->doubtful, 2);
  ck_assert_ptr_null (sf_quality_batch_counts (control, "g"));
  sf_quality_free (control);
  sf_arena_finish (&arena);
  free (shelf);
  world_finish (&world);
}
END_TEST

/* Memory that is out is said; nothing leaks (the sanitized build looks) and the next batch is judged. */
/* A clock that ran wild once costs a series nothing afterwards: sixty thousand of them are kept. */
START_TEST (wild_times_leave_nothing_behind)
{
  static const struct sf_quantity_rule rule = { .step.gap_s = 60 };
  const struct sf_tail wanted
      = { .kind = SF_RECORD_OBSERVATION, .subject = "a", .quantity = "water_level", .rule = &rule };
  struct sf_tails cache = { 0 };
  struct sf_tail *series = NULL;
  ck_done (sf_tails_init (&cache, 10, err));
  ck_done (sf_tail_find (&cache, &wanted, true, &series, err));
  ck_done (sf_tail_touch (&cache, series, err));
  for (int64_t day = 0; day < SF_QUALITY_TAIL_SPANS; day++)
    sf_tail_dirty (series, T + day * 86400, T + day * 86400);
  ck_assert_uint_eq (series->spans_count, SF_QUALITY_TAIL_SPANS);
  sf_tail_settle (&cache);
  ck_assert_uint_eq (series->spans_count, 0);
  ck_assert_uint_le (series->spans_capacity, 8);
  sf_tails_finish (&cache);
}
END_TEST

START_TEST (memory_out)
{
  struct world world;
  world_init (&world, RULES);
  for (long n = 1; n < 60; n++)
    {
      struct shelf *shelf = new_shelf ();
      struct sf_arena arena = { 0 };
      struct sf_error err = { 0 };
      struct sf_quality_counts counts = { 0 };
      struct sf_quality_control *control = NULL;
      const struct sf_quality_source source = shelf_source (shelf);
      const struct sf_feed *feeds[] = { &world.feed };
      struct sf_record record = observe ("a", "water_level", 0, T, 60);
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_quality_new_from (world.rules, &source, 10, &control, &err);
      if (code == SF_OK)
        code = sf_quality_set_feeds (control, feeds, 1, &err);
      if (code == SF_OK)
        code = sf_quality_check_record (control, &arena, &world.feed, &record, &counts, &err);
      sf_mem_fail_at (0, 0);
      ck_assert (code == SF_OK || code == SF_ENOMEM);
      sf_quality_free (control);
      sf_arena_finish (&arena);
      free (shelf);
    }
  world_finish (&world);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { values_alone,
                                 times_alone,
                                 places_alone,
                                 doubts_join_and_origins_stay,
                                 reasons_have_words,
                                 bad_rules,
                                 rules_lie_over_each_other,
                                 a_rain_day_is_stated_or_not_checked,
                                 any_order_gives_the_judgement_of_the_whole,
                                 one_digest_for_all_orders,
                                 one_digest_for_days_far_apart,
                                 one_digest_for_all_batches,
                                 order_costs_no_questions,
                                 songtao,
                                 wild_times_leave_nothing_behind,
                                 memory_out,
                                 NULL };
  return run_tests ("quality", tests);
}
