/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: by hand. */
#include "models/typhoon/storm_outlook.h"
#include "tests/unit/storm_help.h"

static struct sf_storm_outlooks outlooks;

/* A track of fixes at the hours given. */
static struct sf_track
track_of (struct sf_record *records, const char *storm, const char *agency, int64_t base_s, const double *hours,
          size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      sf_record_init (&records[i], SF_RECORD_TRACK);
      records[i].valid_s = llround (3600 * hours[i]);
      records[i].as.track.lon_deg = 110 + hours[i];
      records[i].as.track.lat_deg = 20;
      records[i].as.track.agency = agency;
    }
  return (
      struct sf_track){ .storm = storm, .agency = agency, .base_s = base_s, .fixes = records, .fixes_count = count };
}

START_TEST (analysis_and_latest_forecast)
{
  struct sf_record records[6][8];
  const double past[] = { 0, 6, 12 }, old[] = { 6, 18, 30 }, new[] = { 12, 24, 36, 48 };
  struct sf_track list[] = {
    track_of (records[0], "1409", "RJTD", SF_TIME_MISSING, past, 2),
    track_of (records[1], "1409", "BABJ", SF_TIME_MISSING, past, 3),
    track_of (records[2], "1409", "BABJ", 12 * 3600, new, 4),
    track_of (records[3], "1409", "BABJ", 6 * 3600, old, 3),
    track_of (records[4], "1410", "RJTD", 12 * 3600, new, 4),
    track_of (records[5], "1409", "BABJ", 12 * 3600, new, 4),
  };
  struct sf_tracks tracks = { .count = 6, .tracks = list };
  list[5].member = "01";
  list[5].base_s += 3600;
  ck_done (sf_storm_outlooks_init (&outlooks, &tracks, "BABJ", err));
  ck_assert_uint_eq (outlooks.count, 2);
  ck_assert_str_eq (outlooks.tracks[0].agency, "BABJ");
  ck_assert_int_eq (outlooks.tracks[0].base_s, SF_TIME_MISSING);
  ck_assert_uint_eq (outlooks.tracks[0].fixes_count, 6);
  const int hours[] = { 0, 6, 12, 24, 36, 48 };
  for (int i = 0; i < 6; i++)
    ck_assert_int_eq (outlooks.tracks[0].fixes[i].valid_s, 3600 * hours[i]);
  ck_assert_str_eq (outlooks.tracks[1].storm, "1410");
  ck_assert_str_eq (outlooks.tracks[1].agency, "RJTD");
  ck_assert_uint_eq (outlooks.tracks[1].fixes_count, 4);
  sf_storm_outlooks_finish (&outlooks);
  ck_done (sf_storm_outlooks_init (&outlooks, &tracks, NULL, err));
  ck_assert_str_eq (outlooks.tracks[0].agency, "RJTD");
  ck_assert_uint_eq (outlooks.tracks[0].fixes_count, 2);
  sf_storm_outlooks_finish (&outlooks);
}
END_TEST

START_TEST (nothing_to_say)
{
  struct sf_record records[2];
  const double hours[] = { 0, 6 };
  struct sf_track list[] = { track_of (records, "1409", "BABJ", SF_TIME_MISSING, hours, 2) };
  struct sf_tracks tracks = { .count = 0, .tracks = list };
  ck_done (sf_storm_outlooks_init (&outlooks, &tracks, NULL, err));
  ck_assert_uint_eq (outlooks.count, 0);
  sf_storm_outlooks_finish (&outlooks);
  tracks.count = 1;
  records[0].as.track.lon_deg = NAN;
  records[1].quality = SF_QUALITY_ORIGINAL_UNRELIABLE;
  ck_done (sf_storm_outlooks_init (&outlooks, &tracks, NULL, err));
  ck_assert_uint_eq (outlooks.count, 0);
  sf_storm_outlooks_finish (&outlooks);
}
END_TEST

/* A best track known to the end makes every forecast old. */
START_TEST (best_track_ends_after_the_forecast)
{
  struct sf_record records[2][4];
  const double best[] = { 0, 24, 48, 72 }, forecast[] = { 0, 24, 48 };
  struct sf_track list[] = { track_of (records[0], "1409", "BABJ", SF_TIME_MISSING, best, 4),
                             track_of (records[1], "1409", "BABJ", 0, forecast, 3) };
  struct sf_tracks tracks = { .count = 2, .tracks = list };
  ck_done (sf_storm_outlooks_init (&outlooks, &tracks, NULL, err));
  ck_assert_uint_eq (outlooks.tracks[0].fixes_count, 4);
  sf_storm_outlooks_finish (&outlooks);
}
END_TEST

/* Of two analyses the one whose last fix that can be used is later, however far unreliable ones go. */
START_TEST (unreliable_fixes_go_nowhere)
{
  struct sf_record records[2][3];
  const double one[] = { 0, 6, 96 }, two[] = { 0, 6, 12 };
  struct sf_track list[] = { track_of (records[0], "1409", "BABJ", SF_TIME_MISSING, one, 3),
                             track_of (records[1], "1409", "BABJ", SF_TIME_MISSING, two, 3) };
  struct sf_tracks tracks = { .count = 2, .tracks = list };
  records[0][2].quality = SF_QUALITY_ORIGINAL_UNRELIABLE;
  ck_done (sf_storm_outlooks_init (&outlooks, &tracks, NULL, err));
  ck_assert_int_eq (outlooks.tracks[0].fixes[2].valid_s, 12 * 3600);
  sf_storm_outlooks_finish (&outlooks);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { analysis_and_latest_forecast, nothing_to_say, best_track_ends_after_the_forecast,
                                 unreliable_fixes_go_nowhere, NULL };
  return run_tests ("storm_outlook", tests);
}
