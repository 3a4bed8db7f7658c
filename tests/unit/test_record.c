/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the Rammasun fix of 2014-07-18 06 UTC from the CMA best track (CH2014BST); ranges from the header.
 */
#include <check.h>

#include "tests/unit/random_record.h"

static unsigned seed;

static bool
has_chinese (const char *text)
{
  for (; *text; text++)
    if ((unsigned char) *text >= 0xE4 && (unsigned char) *text <= 0xE9)
      return true;
  return false;
}

START_TEST (tables)
{
  for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
    {
      const struct sf_member *members = sf_record_members ((enum sf_record_kind) kind);
      ck_assert_str_ne (sf_record_kind_name ((enum sf_record_kind) kind, 0), "unknown");
      ck_assert (has_chinese (sf_record_kind_name ((enum sf_record_kind) kind, 1)));
      for (const struct sf_member *a = members; a->name; a++)
        {
          ck_assert_msg (a->title_en && *a->title_en && !has_chinese (a->title_en), "%s", a->name);
          ck_assert_msg (a->title_zh && has_chinese (a->title_zh), "%s", a->name);
          for (const struct sf_member *b = members; b < a; b++)
            ck_assert_msg (strcmp (a->name, b->name) != 0 && a->offset != b->offset, "%s", a->name);
        }
    }
  ck_assert_ptr_null (sf_record_members ((enum sf_record_kind) 99)->name);
  ck_assert_str_eq (sf_record_kind_name ((enum sf_record_kind) 99, 0), "unknown");
}
END_TEST

static size_t
member_bytes (const struct sf_member *member)
{
  switch (member->type)
    {
    case SF_MEMBER_DOUBLES:
      return (size_t) member->count * sizeof (double);
    case SF_MEMBER_GRID:
      return sizeof (struct sf_gridspec) + sizeof (float *);
    case SF_MEMBER_TEXT:
    case SF_MEMBER_DOUBLE:
    case SF_MEMBER_INT:
    case SF_MEMBER_TIME:
    case SF_MEMBER_GEOMETRY:
      break;
    }
  return 8;
}

/* The tables leave no member of a struct out: their sizes add up to it. */
START_TEST (tables_are_complete)
{
  const size_t sizes[SF_RECORD_KINDS] = {
    sizeof (struct sf_asset), sizeof (struct sf_observation), sizeof (struct sf_position),
    sizeof (struct sf_fix),   sizeof (struct sf_event),       sizeof (struct sf_field),
  };
  for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
    {
      size_t total = 0;
      for (const struct sf_member *member = sf_record_members ((enum sf_record_kind) kind); member->name; member++)
        total += member_bytes (member);
      ck_assert_uint_eq (total, sizes[kind]);
    }
}
END_TEST

START_TEST (empty_records)
{
  struct sf_record record;
  memset (&record, 0x55, sizeof record);
  sf_record_init (&record, SF_RECORD_TRACK);
  ck_assert_int_eq (record.kind, SF_RECORD_TRACK);
  ck_assert_ptr_null (record.as.track.storm);
  ck_assert_double_nan (record.as.track.radii_km[11]);
  ck_assert_double_nan (record.as.track.roci_km);
  ck_assert_int_eq (record.as.track.lead_s, 0);
  ck_assert (record.as.track.base_s == SF_TIME_MISSING && record.valid_s == SF_TIME_MISSING
             && record.received_s == SF_TIME_MISSING);
  ck_assert_int_eq (record.quality, SF_QUALITY_ORIGINAL_RELIABLE);
  for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
    {
      sf_record_init (&record, (enum sf_record_kind) kind);
      ck_assert_int_eq (sf_record_check (&record, NULL), SF_OK);
    }
  sf_record_init (&record, SF_RECORD_EVENT);
  ck_assert_ptr_null (record.as.event.geometry);
  ck_assert (record.as.event.end_s == SF_TIME_MISSING);
}
END_TEST

static struct sf_record
rammasun (void)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_TRACK);
  record.feed = "cma_bst";
  record.source = "CH2014BST.txt";
  record.source_line = 412;
  record.valid_s = record.as.track.base_s = 1405663200;
  record.as.track.storm = "1409";
  record.as.track.lon_deg = 111.3;
  record.as.track.lat_deg = 19.9;
  record.as.track.pressure_hpa = 888;
  record.as.track.wind_mps = 72;
  return record;
}

static void
expect_fault (const struct sf_record *record, enum sf_code code, const char *words)
{
  struct sf_error err = { 0 };
  ck_assert_int_eq (sf_record_check (record, &err), code);
  ck_assert_int_eq (err.code, code);
  ck_assert_msg (strstr (err.message, words) != NULL, "'%s' lacks '%s'", err.message, words);
}

START_TEST (check_common)
{
  struct sf_record good = rammasun (), bad = good;
  ck_assert_int_eq (sf_record_check (&good, NULL), SF_OK);
  bad.kind = (enum sf_record_kind) 6;
  expect_fault (&bad, SF_EFORMAT, "kind 6");
  bad = good, bad.quality = 10;
  expect_fault (&bad, SF_ERANGE, "CH2014BST.txt:412: track record: quality 10");
  bad = good, bad.feed = "\xff";
  expect_fault (&bad, SF_EFORMAT, "feed is not valid UTF-8");
  bad = good, bad.source = "\xc0\x80";
  expect_fault (&bad, SF_EFORMAT, "track record: source is not valid UTF-8");
  bad = good, bad.valid_s = INT64_MAX;
  expect_fault (&bad, SF_ERANGE, "outside the years 1 to 9999");
  bad = good, bad.source_line = -1;
  expect_fault (&bad, SF_ERANGE, "source line -1");
}
END_TEST

START_TEST (check_members)
{
  struct sf_record good = rammasun (), bad = good;
  const double edges[] = { -180, 180 };
  for (int i = 0; i < 2; i++)
    {
      bad = good, bad.as.track.lon_deg = edges[i], bad.as.track.lat_deg = edges[i] / 2;
      ck_assert_int_eq (sf_record_check (&bad, NULL), SF_OK);
      bad.as.track.lon_deg = nextafter (edges[i], 2 * edges[i]);
      expect_fault (&bad, SF_ERANGE, "outside -180..180");
      bad = good, bad.as.track.lat_deg = nextafter (edges[i] / 2, edges[i]);
      expect_fault (&bad, SF_ERANGE, "outside -90..90");
    }
  bad = good, bad.as.track.name_zh = "\xe5\xa8";
  expect_fault (&bad, SF_EFORMAT, "name_zh is not valid UTF-8");
  bad = good, bad.as.track.radii_km[11] = -INFINITY;
  expect_fault (&bad, SF_ERANGE, "radii_km is infinite");
  bad = good, bad.as.track.lead_s = INT64_MIN;
  expect_fault (&bad, SF_ERANGE, "lead_s");
  bad = good, bad.as.track.base_s = SF_TIME_MISSING + 1;
  expect_fault (&bad, SF_ERANGE, "base_time");
}
END_TEST

START_TEST (check_geometries)
{
  double xy[] = { 110, 19, 111, 19, 111, 20, 110, 19 };
  size_t starts[] = { 0, 4 };
  bool outer[] = { true };
  struct sf_geometry ring
      = { .kind = SF_GEOMETRY_POLYGON, .parts = 1, .points = 4, .part_start = starts, .part_outer = outer, .xy = xy };
  struct sf_record event;
  sf_record_init (&event, SF_RECORD_EVENT);
  event.as.event.geometry = &ring;
  ck_assert_int_eq (sf_record_check (&event, NULL), SF_OK);
  xy[7] = 19.5;
  expect_fault (&event, SF_EFORMAT, "ring 0 is not closed");
  xy[7] = 19, xy[2] = NAN;
  expect_fault (&event, SF_ERANGE, "point 1");
  xy[2] = 111, xy[3] = 90.5;
  expect_fault (&event, SF_ERANGE, "lat 90.5");
  xy[3] = 19, starts[1] = 3;
  expect_fault (&event, SF_EFORMAT, "do not span all");
  starts[1] = 4, outer[0] = false;
  expect_fault (&event, SF_EFORMAT, "first ring is a hole");
  outer[0] = true, ring.points = 3, starts[1] = 3;
  expect_fault (&event, SF_EFORMAT, "needs at least 4");
  ring.kind = SF_GEOMETRY_NONE;
  expect_fault (&event, SF_EFORMAT, "kind 0");
  ring.kind = SF_GEOMETRY_LINE, ring.parts = 0;
  expect_fault (&event, SF_EFORMAT, "3 points in no part");
}
END_TEST

START_TEST (check_part_order)
{
  double xy[8] = { 0 };
  size_t starts[] = { 0, SIZE_MAX, 4 };
  struct sf_geometry lines = { .kind = SF_GEOMETRY_LINE, .parts = 2, .points = 4, .part_start = starts, .xy = xy };
  struct sf_record event;
  sf_record_init (&event, SF_RECORD_EVENT);
  event.as.event.geometry = &lines;
  expect_fault (&event, SF_EFORMAT, "part 0 spans");
  starts[1] = 3;
  expect_fault (&event, SF_EFORMAT, "part 1 spans points 3 to 4 of 4; it needs at least 2");
  starts[1] = 2;
  ck_assert_int_eq (sf_record_check (&event, NULL), SF_OK);
}
END_TEST

START_TEST (check_fields)
{
  float values[6] = { 1, NAN, 3, 4, 5, 6 };
  struct sf_record field;
  sf_record_init (&field, SF_RECORD_FIELD);
  field.as.field.grid = (struct sf_gridspec){ 3, 2, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
  expect_fault (&field, SF_EFORMAT, "grid of 3 x 2 cells without values");
  field.as.field.values = values;
  ck_assert_int_eq (sf_record_check (&field, NULL), SF_OK);
  values[5] = INFINITY;
  expect_fault (&field, SF_ERANGE, "value of cell 5 is infinite");
  values[5] = 6, field.as.field.grid.affine[4] = NAN;
  expect_fault (&field, SF_ERANGE, "transform [4] is nan");
  field.as.field.grid.affine[4] = 0, memset (field.as.field.grid.crs, 'x', sizeof field.as.field.grid.crs);
  expect_fault (&field, SF_EFORMAT, "has no end");
  field.as.field.grid.crs[0] = '\0', field.as.field.grid.nx = -3;
  expect_fault (&field, SF_EFORMAT, "grid of -3 x 2 cells with values");
}
END_TEST

START_TEST (copies_are_deep)
{
  struct sf_arena from = { 0 }, to = { 0 };
  unsigned state = seed;
  for (int i = 0; i < 300; i++)
    {
      struct sf_record record, copy;
      random_record (&from, &state, (enum sf_record_kind) (i % SF_RECORD_KINDS), &record);
      ck_assert_int_eq (sf_record_copy (&to, &record, &copy, NULL), SF_OK);
      const char *difference = record_difference (&record, &copy);
      ck_assert_msg (!difference, "record %d: %s", i, difference);
      ck_assert (!record.feed || record.feed != copy.feed);
      if (record.kind == SF_RECORD_EVENT && record.as.event.geometry)
        ck_assert_ptr_ne (record.as.event.geometry->xy, copy.as.event.geometry->xy);
      if (record.kind == SF_RECORD_FIELD && record.as.field.values)
        ck_assert_ptr_ne (record.as.field.values, copy.as.field.values);
    }
  sf_arena_finish (&to);
  sf_arena_finish (&from);
}
END_TEST

START_TEST (copy_without_memory)
{
  struct sf_record record = rammasun (), copy = { .source_line = 77 };
  struct sf_arena arena = { 0 };
  struct sf_error err;
  sf_mem_fail_at (1, 1);
  enum sf_code code = sf_record_copy (&arena, &record, &copy, &err);
  sf_mem_fail_at (0, 0);
  ck_assert_int_eq (code, SF_ENOMEM);
  ck_assert_int_eq (copy.source_line, 77);
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  seed = random_seed ();
  Suite *suite = suite_create ("record");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, tables);
  tcase_add_test (tests, tables_are_complete);
  tcase_add_test (tests, empty_records);
  tcase_add_test (tests, check_common);
  tcase_add_test (tests, check_members);
  tcase_add_test (tests, check_geometries);
  tcase_add_test (tests, check_part_order);
  tcase_add_test (tests, check_fields);
  tcase_add_test (tests, copies_are_deep);
  tcase_add_test (tests, copy_without_memory);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
