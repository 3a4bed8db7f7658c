/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the rules in core/data/dataset.h worked by hand; fixes of Rammasun as in the CMA best track
 * (CH2014BST). */
#include <check.h>

#include "core/data/dataset.h"
#include "tests/unit/random_record.h"

enum
{
  H = 3600
};

static const int64_t T0 = 1405641600; /* 2014-07-18T00:00Z */
static const struct sf_dataset_spec SPEC = { .name = "tracks", .kind = SF_DATASET_TRACKS };

static struct sf_record
fix (const char *agency, const char *member, int base_h, int lead_h, double lon_deg)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_TRACK);
  record.feed = "nmc";
  record.source = "a.json";
  record.valid_s = T0 + (base_h + lead_h) * H;
  record.as.track.storm = "1409";
  record.as.track.agency = agency;
  record.as.track.member = member;
  record.as.track.base_s = T0 + base_h * H;
  record.as.track.lead_s = lead_h * H;
  record.as.track.lon_deg = lon_deg;
  record.as.track.lat_deg = 19.9;
  return record;
}

static struct sf_dataset *
new_tracks (const struct sf_record *fixes, size_t count)
{
  struct sf_dataset *dataset = NULL;
  struct sf_error err = { 0 };
  ck_assert_msg (sf_dataset_new_tracks (&SPEC, NULL, fixes, count, &dataset, &err) == SF_OK, "%s", err.message);
  return dataset;
}

START_TEST (best_track)
{
  struct sf_record fixes[] = {
    fix ("BABJ", NULL, 12, 0, 110.3),
    fix ("BABJ", NULL, 0, 0, 112.3),
    fix ("BABJ", NULL, 18, 0, 109.4),
    fix ("BABJ", NULL, 6, 0, 111.3),
  };
  const double expected[] = { 112.3, 111.3, 110.3, 109.4 };
  fixes[0].as.track.number = "1409";
  fixes[2].as.track.name = "Rammasun";
  struct sf_dataset *dataset = new_tracks (fixes, 4);
  ck_assert_uint_eq (dataset->as.tracks->count, 1);
  const struct sf_track *track = &dataset->as.tracks->tracks[0];
  ck_assert_uint_eq (track->fixes_count, 4);
  ck_assert (track->base_s == SF_TIME_MISSING);
  ck_assert_str_eq (track->storm, "1409");
  ck_assert_str_eq (track->number, "1409");
  ck_assert_str_eq (track->name, "Rammasun");
  ck_assert_str_eq (track->agency, "BABJ");
  ck_assert_ptr_null (track->member);
  ck_assert_ptr_null (track->name_zh);
  for (int i = 0; i < 4; i++)
    {
      ck_assert_double_eq (track->fixes[i].as.track.lon_deg, expected[i]);
      ck_assert_int_eq (track->fixes[i].valid_s, T0 + i * 6 * H);
      ck_assert_int_eq (track->fixes[i].quality, SF_QUALITY_ORIGINAL_RELIABLE);
    }
  sf_dataset_unref (dataset);
}
END_TEST

static void
expect_track (const struct sf_dataset *dataset, size_t index, const char *agency, const char *member, int64_t base_s,
              size_t fixes_count)
{
  ck_assert_uint_lt (index, dataset->as.tracks->count);
  const struct sf_track *track = &dataset->as.tracks->tracks[index];
  ck_assert_str_eq (track->agency, agency);
  ck_assert (same_text (track->member, member));
  ck_assert_int_eq (track->base_s, base_s);
  ck_assert_uint_eq (track->fixes_count, fixes_count);
}

/* Analyses at 0, 3 and 6 h, forecasts from 0 and 6 h of one agency, one of another without a lead-0 fix. */
START_TEST (forecasts)
{
  struct sf_record fixes[] = {
    fix ("BABJ", NULL, 6, 24, 108.3), fix ("BABJ", NULL, 6, 12, 109.4), fix ("RJTD", NULL, 0, 24, 108),
    fix ("BABJ", NULL, 0, 0, 112.3),  fix ("BABJ", NULL, 0, 12, 110.2), fix ("BABJ", NULL, 3, 0, 111.8),
    fix ("BABJ", NULL, 6, 0, 111.3),
  };
  struct sf_dataset *dataset = new_tracks (fixes, 7);
  ck_assert_uint_eq (dataset->as.tracks->count, 4);
  expect_track (dataset, 0, "BABJ", NULL, SF_TIME_MISSING, 3);
  expect_track (dataset, 1, "BABJ", NULL, T0, 2);
  expect_track (dataset, 2, "BABJ", NULL, T0 + 6 * H, 3);
  expect_track (dataset, 3, "RJTD", NULL, T0, 1);
  ck_assert_double_eq (dataset->as.tracks->tracks[2].fixes[0].as.track.lon_deg, 111.3);
  ck_assert_double_eq (dataset->as.tracks->tracks[2].fixes[2].as.track.lon_deg, 108.3);
  sf_dataset_unref (dataset);
}
END_TEST

/* A member's start of a forecast is no analysis; a member with lead-0 fixes only is a best track of its own. */
START_TEST (members)
{
  struct sf_record fixes[] = {
    fix ("ECMF", "EN01", 0, 0, 112),   fix ("ECMF", "EN01", 0, 6, 111),   fix ("ECMF", "EN02", 0, 0, 112.5),
    fix ("ECMF", "EN02", 0, 6, 111.5), fix ("PGTW", "BEST", 0, 0, 112.2), fix ("PGTW", "BEST", 6, 0, 111.2),
  };
  struct sf_dataset *dataset = new_tracks (fixes, 6);
  ck_assert_uint_eq (dataset->as.tracks->count, 3);
  expect_track (dataset, 0, "ECMF", "EN01", T0, 2);
  expect_track (dataset, 1, "ECMF", "EN02", T0, 2);
  expect_track (dataset, 2, "PGTW", "BEST", SF_TIME_MISSING, 2);
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (feeds_and_storms_stay_apart)
{
  struct sf_record fixes[]
      = { fix ("BABJ", NULL, 0, 0, 112), fix ("BABJ", NULL, 0, 0, 112), fix ("BABJ", NULL, 0, 0, 112) };
  fixes[1].feed = "zjwater";
  fixes[2].as.track.storm = "1410";
  struct sf_dataset *dataset = new_tracks (fixes, 3);
  ck_assert_uint_eq (dataset->as.tracks->count, 3);
  ck_assert_str_eq (dataset->as.tracks->tracks[1].storm, "1410");
  ck_assert_str_eq (dataset->as.tracks->tracks[2].fixes[0].feed, "zjwater");
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (identical_duplicates)
{
  struct sf_record fixes[]
      = { fix ("BABJ", NULL, 0, 0, 112.3), fix ("BABJ", NULL, 6, 0, 111.3), fix ("BABJ", NULL, 0, 0, 112.3) };
  fixes[2].source = "b.json";
  fixes[2].received_s = T0 + 9 * H;
  fixes[2].as.track.name = "Rammasun";
  fixes[2].as.track.number = "1409";
  fixes[2].quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
  fixes[2].doubt = "too fast";
  struct sf_dataset *dataset = new_tracks (fixes, 3);
  const struct sf_track *track = &dataset->as.tracks->tracks[0];
  ck_assert_uint_eq (dataset->as.tracks->count, 1);
  ck_assert_uint_eq (track->fixes_count, 2);
  ck_assert_int_eq (track->fixes[0].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_str_eq (track->fixes[0].doubt, "too fast");
  ck_assert_int_eq (track->fixes[1].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_str_eq (track->number, "1409");
  ck_assert_str_eq (track->name, "Rammasun");
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (contradictions)
{
  struct sf_record fixes[]
      = { fix ("BABJ", NULL, 0, 0, 113.3), fix ("BABJ", NULL, 0, 0, 112.3), fix ("BABJ", NULL, 6, 0, 111.3) };
  fixes[0].source_line = 4;
  fixes[1].source_line = 9;
  fixes[0].quality = SF_QUALITY_CORRECTED_RELIABLE;
  fixes[1].quality = SF_QUALITY_ORIGINAL_UNRELIABLE;
  fixes[1].doubt = "swapped";
  struct sf_dataset *dataset = new_tracks (fixes, 3);
  const struct sf_track *track = &dataset->as.tracks->tracks[0];
  ck_assert_uint_eq (track->fixes_count, 3);
  ck_assert_double_eq (track->fixes[0].as.track.lon_deg, 113.3);
  ck_assert_double_eq (track->fixes[1].as.track.lon_deg, 112.3);
  ck_assert_int_eq (track->fixes[0].quality, SF_QUALITY_CORRECTED_DOUBTFUL);
  ck_assert_int_eq (track->fixes[1].quality, SF_QUALITY_ORIGINAL_UNRELIABLE);
  ck_assert_str_eq (track->fixes[0].doubt, "another fix of the same time differs (a.json:9)");
  ck_assert_str_eq (track->fixes[1].doubt, "swapped; another fix of the same time differs (a.json:4)");
  ck_assert_ptr_null (track->fixes[2].doubt);
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (revisions)
{
  struct sf_record fixes[]
      = { fix ("BABJ", NULL, 0, 0, 113.3), fix ("BABJ", NULL, 0, 0, 114.1), fix ("BABJ", NULL, 0, 0, 112.9) };
  fixes[1].revision = 2;
  fixes[2].revision = 1;
  struct sf_dataset *dataset = new_tracks (fixes, 3);
  const struct sf_track *track = &dataset->as.tracks->tracks[0];
  ck_assert_uint_eq (track->fixes_count, 1);
  ck_assert_double_eq (track->fixes[0].as.track.lon_deg, 114.1);
  ck_assert_int_eq (track->fixes[0].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (missing_times)
{
  struct sf_record fixes[]
      = { fix ("BABJ", NULL, 0, 12, 110.3), fix ("BABJ", NULL, 0, 24, 109.4), fix ("BABJ", NULL, 0, 0, 112.3) };
  struct sf_dataset *dataset = NULL;
  struct sf_error err;
  fixes[0].valid_s = SF_TIME_MISSING;
  fixes[1].as.track.base_s = SF_TIME_MISSING;
  fixes[2].as.track.base_s = SF_TIME_MISSING;
  dataset = new_tracks (fixes, 3);
  expect_track (dataset, 0, "BABJ", NULL, SF_TIME_MISSING, 1);
  expect_track (dataset, 1, "BABJ", NULL, T0, 3);
  ck_assert_int_eq (dataset->as.tracks->tracks[1].fixes[1].valid_s, T0 + 12 * H);
  ck_assert_int_eq (dataset->as.tracks->tracks[1].fixes[2].as.track.base_s, T0);
  sf_dataset_unref (dataset);
  dataset = NULL;
  fixes[0].as.track.base_s = SF_TIME_MISSING;
  fixes[0].source_line = 7;
  ck_assert_int_eq (sf_dataset_new_tracks (&SPEC, NULL, fixes, 3, &dataset, &err), SF_EINVAL);
  ck_assert_str_eq (err.message, "dataset tracks: a.json:7: storm 1409: the fix has no time");
  ck_assert_ptr_null (dataset);
}
END_TEST

START_TEST (refusals)
{
  struct sf_record fixes[] = { fix ("BABJ", NULL, 0, 0, 112.3), fix ("BABJ", NULL, 6, 0, 200) };
  struct sf_dataset_spec table = { .name = "counties", .kind = SF_DATASET_TABLE };
  struct sf_dataset *dataset = NULL;
  struct sf_error err;
  ck_assert_int_eq (sf_dataset_new_tracks (&SPEC, NULL, fixes, 2, &dataset, &err), SF_ERANGE);
  ck_assert_ptr_nonnull (strstr (err.message, "lon 200 is outside -180..180"));
  sf_record_init (&fixes[1], SF_RECORD_POSITION);
  ck_assert_int_eq (sf_dataset_new_tracks (&SPEC, NULL, fixes, 2, &dataset, &err), SF_ETYPE);
  ck_assert_int_eq (sf_dataset_new_tracks (&table, NULL, fixes, 1, &dataset, &err), SF_ETYPE);
  ck_assert_ptr_null (dataset);
  dataset = new_tracks (NULL, 0);
  ck_assert_uint_eq (dataset->as.tracks->count, 0);
  sf_dataset_unref (dataset);
}
END_TEST

/* The records may go once the tracks are made, and their order does not matter where times differ. */
START_TEST (any_order_gives_the_same)
{
  unsigned state = random_seed ();
  struct sf_record fixes[60];
  for (int i = 0; i < 60; i++)
    fixes[i] = fix (i % 2 ? "BABJ" : "RJTD", NULL, i / 20 * 6, i % 20 / 2 * 6, 100 + i / 10.0);
  struct sf_dataset *first = new_tracks (fixes, 60);
  for (int round = 0; round < 20; round++)
    {
      for (unsigned i = 59; i > 0; i--)
        {
          unsigned j = random_below (&state, i + 1);
          struct sf_record swap = fixes[i];
          fixes[i] = fixes[j];
          fixes[j] = swap;
        }
      struct sf_record *block = malloc (sizeof fixes);
      memcpy (block, fixes, sizeof fixes);
      struct sf_dataset *other = new_tracks (block, 60);
      free (block);
      ck_assert_uint_eq (other->as.tracks->count, 8); /* two agencies: an analysis and three forecasts each */
      for (size_t t = 0; t < 8; t++)
        {
          const struct sf_track *a = &first->as.tracks->tracks[t], *b = &other->as.tracks->tracks[t];
          ck_assert_uint_eq (a->fixes_count, t % 4 == 0 ? 3 : 10);
          ck_assert_uint_eq (b->fixes_count, a->fixes_count);
          for (size_t i = 0; i < a->fixes_count; i++)
            ck_assert_ptr_null (record_difference (&a->fixes[i], &b->fixes[i]));
        }
      sf_dataset_unref (other);
    }
  sf_dataset_unref (first);
}
END_TEST

START_TEST (no_memory)
{
  struct sf_record fixes[]
      = { fix ("BABJ", NULL, 0, 0, 113.3), fix ("BABJ", NULL, 0, 0, 112.3), fix ("BABJ", NULL, 0, 6, 111.3) };
  bool made = false;
  long n;
  for (n = 1; !made && n < 100; n++)
    {
      struct sf_dataset *dataset = NULL;
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_dataset_new_tracks (&SPEC, NULL, fixes, 3, &dataset, NULL);
      sf_mem_fail_at (0, 0);
      made = code == SF_OK;
      ck_assert (made ? dataset != NULL : code == SF_ENOMEM && !dataset);
      sf_dataset_unref (dataset);
    }
  ck_assert (made);
  ck_assert_int_eq (n - 1, 6); /* dataset, name, tracks, entries and one arena block, then it works */
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("tracks");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, best_track);
  tcase_add_test (tests, forecasts);
  tcase_add_test (tests, members);
  tcase_add_test (tests, feeds_and_storms_stay_apart);
  tcase_add_test (tests, identical_duplicates);
  tcase_add_test (tests, contradictions);
  tcase_add_test (tests, revisions);
  tcase_add_test (tests, missing_times);
  tcase_add_test (tests, refusals);
  tcase_add_test (tests, any_order_gives_the_same);
  tcase_add_test (tests, no_memory);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
