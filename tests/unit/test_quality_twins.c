/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/feed/quality_twins.h"
#include "tests/unit/quality_help.h"

/* Stations of a made-up coast. At 20 degrees north 0.0004 degrees of longitude are 41.8 m (111194.93 m times cos 20 a degree), 0.0006
   are 62.7 m: within and beyond the 50 m of the house's rules, in which 12 reports must be the same. */

static const int64_t T = 1763000000 - 1763000000 % 3600;

enum
{
  REPORTS = 30
};

struct station
{
  const char *id, *feed;
  double lon_deg;
  double (*value) (int report);
  int first, step; /* which reports it gave */
  bool by_asset;   /* its place stands in the register, not in its reports */
};

static double
moves (int report)
{
  return 3 + (report * 7 % 11) / 10.0;
}

static double
moves_otherwise (int report)
{
  return moves (report) + (report == REPORTS - 5) / 100.0;
}

static double
differed_once (int report)
{
  return moves (report) + (report == REPORTS - 15) / 100.0;
}

static double
is_dry (int report)
{
  return report % 2 ? 0 : 0.5;
}

static struct sf_record
report_of (const struct station *station, int report)
{
  struct sf_record record = observe (station->id, "water_level", 0, T + report * 3600, station->value (report));
  record.feed = station->feed;
  if (!station->by_asset)
    {
      record.as.observation.lon_deg = station->lon_deg;
      record.as.observation.lat_deg = 20;
    }
  return record;
}

static struct sf_record
entry_of (const struct station *station)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_ASSET);
  record.feed = "register";
  record.valid_s = record.received_s = T;
  record.as.asset.id = station->id;
  record.as.asset.lon_deg = station->lon_deg;
  record.as.asset.lat_deg = 20;
  return record;
}

static void
put (struct sf_store *store, const struct sf_record *record, uint32_t number)
{
  struct sf_store_origin origin = { .message_id = number + 1, .place = number };
  origin.sha256.bytes[0] = (uint8_t) number;
  ck_done (sf_store_put (store, record, &origin, NULL, err));
}

static void
fill (struct sf_store *store, const struct station *stations, size_t count, bool backward)
{
  uint32_t number = 0;
  for (size_t k = 0; k < count; k++)
    {
      const struct station *station = &stations[backward ? count - 1 - k : k];
      struct sf_record record = entry_of (station);
      if (station->by_asset)
        put (store, &record, number++);
      for (int i = 0; i < REPORTS; i++)
        {
          int report = backward ? REPORTS - 1 - i : i;
          record = report_of (station, report);
          if (report >= station->first && report % (station->step ? station->step : 1) == 0)
            put (store, &record, number++);
        }
      ck_done (sf_store_commit (store, err));
    }
}

/* What is found, as "a=b c=d". */
static void
find (const struct station *stations, size_t count, const char *limits, bool backward, int64_t now_s, char text[512])
{
  char dir[] = "/tmp/sanfang-twins-XXXXXX";
  struct world world;
  struct sf_store *store = NULL;
  struct sf_arena arena = { 0 };
  struct sf_quality_twins *twins = NULL;
  world_init (&world, limits);
  const struct sf_feed feeds[] = { world.feed, { .name = "g", .area = { NAN, NAN, NAN, NAN } } };
  ck_assert_ptr_nonnull (mkdtemp (dir));
  ck_done (sf_store_open (dir, SF_STORE_WRITE, &store, err));
  fill (store, stations, count, backward);
  sf_store_close (store);
  ck_done (sf_store_open (dir, SF_STORE_READ, &store, err));
  ck_done (sf_quality_find_twins (world.rules, feeds, 2, store, now_s, &arena, &twins, err));
  *text = '\0';
  for (size_t i = 0; i < twins->count; i++)
    snprintf (text + strlen (text), 512 - strlen (text), "%s%s=%s", *text ? " " : "", twins->twins[i].subjects[0],
              twins->twins[i].subjects[1]);
  ck_assert (!twins->is_partial && !twins->more);
  sf_store_close (store);
  sf_arena_finish (&arena);
  world_finish (&world);
  ck_done (sf_file_remove_tree (dir, err));
}

#define ck_found(stations, limits, expected)                                                                           \
  do                                                                                                                   \
    {                                                                                                                  \
      char text_[512];                                                                                                 \
      for (int backward_ = 0; backward_ < 2; backward_++)                                                              \
        {                                                                                                              \
          find (stations, sizeof (stations) / sizeof *(stations), limits, backward_, T + REPORTS * 3600, text_);       \
          ck_assert_str_eq (text_, expected);                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
  while (0)

START_TEST (one_place_and_one_voice)
{
  static const struct station stations[] = {
    { "b", "f", 110.0004, moves, 0, 0, false }, { "a", "f", 110, moves, 0, 0, false },
    { "far", "f", 111, moves, 0, 0, false },    { "near", "f", 110.001, moves, 0, 0, false },
    { "c", "f", 112, moves, 0, 0, false },      { "other", "f", 112, moves_otherwise, 0, 0, false },
    { "d", "f", 113, is_dry, 0, 0, false },     { "dry", "f", 113, is_dry, 0, 0, false },
    { "e", "f", 114, moves, 0, 0, false },      { "late", "g", 114, differed_once, 0, 0, false },
  };
  /* b and near are 62.7 m apart, a and near 104.5; another value within the last 12 reports parts c, one before them not e. */
  ck_found (stations, NULL, "a=b e=late");
}
END_TEST

START_TEST (reports_are_matched_by_their_times)
{
  static const struct station stations[] = {
    { "young", "f", 110, moves, REPORTS - 11, 0, false },
    { "old", "f", 110, moves, 0, 0, false },
    { "every", "f", 111, moves, 0, 0, false },
    { "second", "g", 111, moves, 0, 2, false },
    { "third", "f", 112, moves, 0, 0, false },
    { "rare", "f", 112, moves, 0, 3, false },
  };
  /* 11 reports are too few; of 24 hours 12 are even; a third of 24 is too few. */
  ck_found (stations, NULL, "every=second");
}
END_TEST

START_TEST (places_come_from_the_register_and_the_rules)
{
  static const struct station stations[] = {
    { "1", "f", 110, moves, 0, 0, true },
    { "2", "f", 110.0001, moves, 0, 0, false },
    { "3", "f", NAN, moves, 0, 0, false },
  };
  ck_found (stations, NULL, "1=2");
  ck_found (stations, "stations: {\"3\": {position: [110.0002, 20]}}", "1=2 1=3 2=3");
  ck_found (stations, "agreement: {twins: [[\"2\", \"1\"]]}", "");
  ck_found (stations, "agreement: {twin_m: 0}", "");
  ck_found (stations, "agreement: {twin_m: 10}", "");
  ck_found (stations, "agreement: {twin_reports: 31}", "");
}
END_TEST

/* The same number in two feeds is one station that two departments tell of; who has been silent for a month is not looked at. */
START_TEST (what_is_no_twin)
{
  static const struct station stations[]
      = { { "a", "f", 110, moves, 0, 0, false }, { "a", "g", 110, moves, 0, 0, false } };
  static const struct station pair[] = { { "a", "f", 110, moves, 0, 0, false }, { "b", "f", 110, moves, 0, 0, false } };
  char text[512];
  ck_found (stations, NULL, "");
  find (pair, 2, NULL, false, T + REPORTS * 3600, text);
  ck_assert_str_eq (text, "a=b");
  find (pair, 2, NULL, false, T + REPORTS * 3600 + SF_TWINS_YOUNG_S, text);
  ck_assert_str_eq (text, "");
}
END_TEST

START_TEST (memory_out)
{
  static const struct station stations[]
      = { { "a", "f", 110, moves, 0, 0, true }, { "b", "f", 110, moves, 0, 0, false } };
  char dir[] = "/tmp/sanfang-twins-XXXXXX";
  struct world world;
  struct sf_store *store = NULL;
  enum sf_code code = SF_ENOMEM;
  long n = 1;
  world_init (&world, "agreement: {twin_m: 60, twins: [[x, y]]}");
  ck_assert_ptr_nonnull (mkdtemp (dir));
  ck_done (sf_store_open (dir, SF_STORE_WRITE, &store, err));
  fill (store, stations, 2, false);
  sf_store_close (store);
  for (; code == SF_ENOMEM; n++)
    {
      struct sf_arena arena = { 0 };
      struct sf_error why = { 0 };
      struct sf_quality_twins *twins = NULL;
      ck_done (sf_store_open (dir, SF_STORE_READ, &store, err));
      sf_mem_fail_at (n, 0);
      code = sf_quality_find_twins (world.rules, &world.feed, 1, store, T + REPORTS * 3600, &arena, &twins, &why);
      sf_mem_fail_at (0, 0);
      ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "%s", why.message);
      ck_assert (code != SF_OK || twins->count == 1);
      sf_store_close (store);
      sf_arena_finish (&arena);
    }
  ck_assert_int_gt (n, 20);
  world_finish (&world);
  ck_done (sf_file_remove_tree (dir, err));
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { one_place_and_one_voice,
                                 reports_are_matched_by_their_times,
                                 places_come_from_the_register_and_the_rules,
                                 what_is_no_twin,
                                 memory_out,
                                 NULL };
  return run_tests ("quality_twins", tests);
}
