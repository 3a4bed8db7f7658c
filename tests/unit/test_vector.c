/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/base/time.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sf_vocabulary *vocabulary;
static struct sf_error err;
static char folder[64];

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static void
setup (void)
{
  char path[512];
  const char *share = getenv ("SANFANG_SHARE");
  snprintf (path, sizeof path, "%s/vocabulary", share ? share : TEST_SRCDIR "/share");
  ASSERT_OK (sf_vocabulary_load (path, &vocabulary, &err));
  strcpy (folder, "/tmp/sf-vector-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

static void
teardown (void)
{
  sf_file_remove_tree (folder, NULL);
  sf_vocabulary_free (vocabulary);
}

static char *
below (const char *name)
{
  static char paths[4][128];
  static int next;
  next = (next + 1) % 4;
  snprintf (paths[next], sizeof paths[next], "%s/%s", folder, name);
  return paths[next];
}

static void
write_text (const char *path, const char *text)
{
  FILE *f = fopen (path, "w");
  ck_assert_ptr_nonnull (f);
  fputs (text, f);
  fclose (f);
}

static const struct sf_dataset_spec *
spec (const char *name)
{
  const struct sf_dataset_spec *found = sf_vocabulary_dataset (vocabulary, name);
  ck_assert_ptr_nonnull (found);
  return found;
}

static const struct sf_file_about about = { .scenario = "rammasun-2014",
                                            .title_en = "Test",
                                            .title_zh = "测试",
                                            .authority = SF_AUTHORITY_DRILL,
                                            .simulated = true,
                                            .time_s = 1405663200 };

/* Two rows: Rammasun's landfall at Wenchang (18 July 2014, 15:30 BJT = 07:30 UTC), and one with all missing. */
static struct sf_dataset *
landfalls (void)
{
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_dataset_new_table (spec ("landfalls"), "sea", &d, &err));
  struct sf_table *t = d->as.table;
  d->authority = SF_AUTHORITY_DRILL;
  d->simulated = true;
  ck_assert_int_eq (sf_table_add_row (t), 0);
  ASSERT_OK (sf_table_set_text (t, "name_zh", "威马逊's \"眼\"", &err));
  ASSERT_OK (sf_table_set_text (t, "number", "0014", &err));
  ASSERT_OK (sf_table_set_time (t, "time", 1405668600, &err));
  ASSERT_OK (sf_table_set_double (t, "longitude", 110.9, &err));
  ASSERT_OK (sf_table_set_double (t, "wind_speed", 1.0 / 3, &err));
  ASSERT_OK (sf_table_set_geometry (t, sf_geometry_new_point (110.9, 19.9), &err));
  ck_assert_int_eq (sf_table_add_row (t), 1);
  return d;
}

static void
check_landfalls (const struct sf_dataset *d)
{
  const struct sf_table *t = d->as.table;
  ck_assert_uint_eq (t->rows, 2);
  ck_assert_str_eq (sf_table_text (t, "name_zh", 0), "威马逊's \"眼\"");
  ck_assert_str_eq (sf_table_text (t, "number", 0), "0014");
  ck_assert_int_eq (sf_table_time (t, "time", 0), 1405668600);
  ck_assert_double_eq (sf_table_double (t, "longitude", 0), 110.9);
  ck_assert_double_eq (sf_table_double (t, "wind_speed", 0), 1.0 / 3);
  ck_assert_double_nan (sf_table_double (t, "latitude", 0));
  ck_assert_double_eq (t->geometries[0]->xy[0], 110.9);
  ck_assert_double_eq (t->geometries[0]->xy[1], 19.9);
  ck_assert_ptr_null (sf_table_text (t, "name_zh", 1));
  ck_assert_int_eq (sf_table_time (t, "time", 1), SF_TIME_MISSING);
  ck_assert_ptr_null (t->geometries[1]);
}

START_TEST (features_come_back_from_gpkg)
{
  struct sf_dataset *d = landfalls (), *back = NULL;
  ASSERT_OK (sf_vector_save (below ("a.gpkg"), SF_VECTOR_GPKG, (const struct sf_dataset *const *) &d, 1, &about, &err));
  ASSERT_OK (sf_vector_load (below ("a.gpkg"), "landfalls@sea", spec ("landfalls"), "sea", &back, &err));
  check_landfalls (back);
  ck_assert_str_eq (back->name, "landfalls@sea");
  ck_assert_int_eq (back->authority, SF_AUTHORITY_DRILL);
  ck_assert (back->simulated);
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

START_TEST (features_come_back_from_geojson)
{
  struct sf_dataset *d = landfalls (), *back = NULL;
  const char *path = below ("a.geojson");
  ASSERT_OK (sf_vector_save (path, SF_VECTOR_GEOJSON, (const struct sf_dataset *const *) &d, 1, &about, &err));
  ASSERT_OK (sf_vector_load (path, NULL, spec ("landfalls"), "sea", &back, &err));
  check_landfalls (back);
  struct sf_arena arena = { 0 };
  uint8_t *text;
  size_t length;
  ASSERT_OK (sf_file_read (&arena, path, 1 << 20, &text, &length, &err));
  ck_assert_ptr_nonnull (strstr ((char *) text, "\"authority\": \"drill\""));
  ck_assert_ptr_nonnull (strstr ((char *) text, "\"simulated\": true"));
  ck_assert_ptr_nonnull (strstr ((char *) text, "[ 110.9, 19.9 ]"));
  ck_assert_ptr_nonnull (strstr ((char *) text, "\"time\": \"2014-07-18T07:30:00Z\""));
  ck_assert_ptr_nonnull (strstr ((char *) text, "\"latitude\": null"));
  ck_assert_ptr_null (strstr ((char *) text, "NaN"));
  sf_arena_finish (&arena);
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

START_TEST (polygons_keep_holes_and_parts)
{
  static const double rings[3][8] = { { 109, 18, 111, 18, 111, 20, 109, 18 },
                                      { 110.5, 18.6, 110.8, 19.0, 110.8, 18.6, 110.5, 18.6 },
                                      { 112, 16, 113, 16, 113, 17, 112, 16 } };
  struct sf_dataset *d = NULL, *back = NULL;
  ASSERT_OK (sf_dataset_new_table (spec ("coast"), NULL, &d, &err));
  struct sf_geometry *g = sf_geometry_new (SF_GEOMETRY_POLYGON);
  for (int r = 0; r < 3; r++)
    {
      ck_assert_int_eq (sf_geometry_begin_part (g, r != 1), 0);
      for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq (sf_geometry_add_point (g, rings[r][2 * i], rings[r][2 * i + 1]), 0);
    }
  sf_table_add_row (d->as.table);
  ASSERT_OK (sf_table_set_geometry (d->as.table, g, &err));
  ASSERT_OK (sf_vector_save (below ("c.gpkg"), SF_VECTOR_GPKG, (const struct sf_dataset *const *) &d, 1, &about, &err));
  ASSERT_OK (sf_vector_load (below ("c.gpkg"), NULL, spec ("coast"), NULL, &back, &err));
  const struct sf_geometry *b = back->as.table->geometries[0];
  ck_assert_uint_eq (b->parts, 3);
  ck_assert (b->part_outer[0] && !b->part_outer[1] && b->part_outer[2]);
  ck_assert_uint_eq (b->part_start[3], 12);
  ck_assert_mem_eq (b->xy, rings, sizeof rings);
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

static void
fill_fix (struct sf_record *r, int64_t valid_s, double lon, const char *member, int64_t lead_s)
{
  sf_record_init (r, SF_RECORD_TRACK);
  r->feed = "cma";
  r->valid_s = valid_s;
  r->revision = 4000000000u;
  r->quality = SF_QUALITY_CORRECTED_DOUBTFUL;
  r->doubt = "移速可疑";
  r->source = "CH2014BST.txt";
  r->source_line = 77;
  struct sf_fix *f = &r->as.track;
  f->storm = "1409";
  f->number = "1409";
  f->name_zh = "威马逊";
  f->agency = "BABJ";
  f->member = member;
  f->base_s = valid_s - lead_s;
  f->lead_s = lead_s;
  f->lon_deg = lon;
  f->lat_deg = 19.9;
  f->wind_mps = 60;
  f->averaging_min = 2;
  for (int i = 0; i < 11; i++)
    f->radii_km[i] = 100 + i;
}

START_TEST (tracks_come_back_from_gpkg)
{
  struct sf_record fixes[3];
  fill_fix (&fixes[0], 1405663200, 111.1, NULL, 0);
  fill_fix (&fixes[1], 1405684800, 110.3, NULL, 0);
  fill_fix (&fixes[2], 1405706400, 109.1, "EC01", 43200);
  struct sf_dataset *d = NULL, *back = NULL;
  ASSERT_OK (sf_dataset_new_tracks (spec ("tracks"), NULL, fixes, 3, &d, &err));
  ck_assert_uint_eq (d->as.tracks->count, 2);
  ASSERT_OK (sf_vector_save (below ("t.gpkg"), SF_VECTOR_GPKG, (const struct sf_dataset *const *) &d, 1, &about, &err));
  ASSERT_OK (sf_vector_load (below ("t.gpkg"), "tracks", spec ("tracks"), NULL, &back, &err));
  ck_assert_uint_eq (back->as.tracks->count, 2);
  for (size_t t = 0; t < 2; t++)
    {
      const struct sf_track *a = &d->as.tracks->tracks[t], *b = &back->as.tracks->tracks[t];
      ck_assert_uint_eq (a->fixes_count, b->fixes_count);
      ck_assert_int_eq (a->base_s, b->base_s);
      for (size_t i = 0; i < a->fixes_count; i++)
        {
          struct sf_strbuf wire[2] = { { 0 }, { 0 } };
          ASSERT_OK (sf_record_encode (&a->fixes[i], &wire[0], &err));
          ASSERT_OK (sf_record_encode (&b->fixes[i], &wire[1], &err));
          ck_assert_uint_eq (wire[0].length, wire[1].length);
          ck_assert_mem_eq (wire[0].text, wire[1].text, wire[0].length);
          sf_strbuf_finish (&wire[0]);
          sf_strbuf_finish (&wire[1]);
        }
    }
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

/* Also across a change of the wall clock's second, under another name. */
START_TEST (same_input_same_bytes)
{
  struct sf_dataset *d = landfalls ();
  static const char *const names[2][2] = { { "1.gpkg", "other-name.gpkg" }, { "1.geojson", "other-name.geojson" } };
  char first[SF_KEY_TEXT_BYTES], second[SF_KEY_TEXT_BYTES];
  struct sf_key key;
  for (int run = 0; run < 2; run++)
    {
      for (int driver = 0; driver < 2; driver++)
        ASSERT_OK (sf_vector_save (below (names[driver][run]), (enum sf_vector_driver) driver,
                                   (const struct sf_dataset *const *) &d, 1, &about, &err));
      if (run == 0)
        usleep (1100000);
    }
  for (int driver = 0; driver < 2; driver++)
    {
      ASSERT_OK (sf_key_of_file (below (names[driver][0]), &key, &err));
      sf_key_format (&key, first);
      ASSERT_OK (sf_key_of_file (below (names[driver][1]), &key, &err));
      ck_assert_str_eq (sf_key_format (&key, second), first);
    }
  sf_dataset_unref (d);
}
END_TEST

/* The first example of RFC 7946 section 1.5, its line and polygon; a reader that swaps axes or drops closing points
 * fails. */
START_TEST (reads_foreign_geojson)
{
  write_text (below ("rfc.geojson"),
              "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\","
              "\"coordinates\":[[[100.0,0.0],[101.0,0.0],[101.0,1.0],[100.0,1.0],[100.0,0.0]]]},"
              "\"properties\":{\"name\":\"value0\",\"area\":12,\"other\":{\"this\":\"that\"}}}]}");
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_vector_load (below ("rfc.geojson"), NULL, spec ("coast"), NULL, &d, &err));
  const struct sf_geometry *g = d->as.table->geometries[0];
  ck_assert_uint_eq (g->points, 5);
  ck_assert_double_eq (g->xy[4], 101.0);
  ck_assert_double_eq (g->xy[5], 1.0);
  ck_assert_str_eq (sf_table_text (d->as.table, "name", 0), "value0");
  ck_assert_double_eq (sf_table_double (d->as.table, "area", 0), 12);
  ck_assert_int_eq (d->authority, SF_AUTHORITY_INTERNAL);
  sf_dataset_unref (d);
}
END_TEST

/* IOGP Guidance Note 7-2, 3.2.1.2 Popular Visualisation Pseudo Mercator: E -11169055.58, N 2800000.00 is
   24 deg 22' 54.433" N, 100 deg 20' 00.000" W. */
START_TEST (another_crs_is_transformed)
{
  write_text (
      below ("m.geojson"),
      "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
      "\"urn:ogc:def:crs:EPSG::3857\"}},\"features\":[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\","
      "\"coordinates\":[-11169055.58,2800000.0]},\"properties\":{\"code\":460100,\"name\":\"\",\"name_zh\":null,"
      "\"longitude\":\"1.5\",\"latitude\":2}}]}");
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_vector_load (below ("m.geojson"), NULL, spec ("county_seats"), NULL, &d, &err));
  const struct sf_geometry *g = d->as.table->geometries[0];
  ck_assert_double_eq_tol (g->xy[0], -(100 + 20 / 60.0), 1e-7);
  ck_assert_double_eq_tol (g->xy[1], 24 + 22 / 60.0 + 54.433 / 3600, 1e-6);
  ck_assert_str_eq (sf_table_text (d->as.table, "code", 0), "460100");
  ck_assert_double_eq (sf_table_double (d->as.table, "longitude", 0), 1.5);
  sf_dataset_unref (d);
}
END_TEST

/* A table of points without CRS: degrees are taken, metres of some unknown projection refused; Beijing 1954 is refused
   because no shift of its datum is public. */
START_TEST (unknown_places_are_refused)
{
  struct sf_dataset *d = NULL;
  const char *head = "WKT,code,name,name_zh,longitude,latitude\n";
  char text[200];
  snprintf (text, sizeof text, "%s\"POINT (110.35 20.02)\",460100,a,b,110.35,20.02\n", head);
  write_text (below ("degrees.csv"), text);
  ASSERT_OK (sf_vector_load (below ("degrees.csv"), NULL, spec ("county_seats"), NULL, &d, &err));
  ck_assert_double_eq (d->as.table->geometries[0]->xy[0], 110.35);
  sf_dataset_unref (d);
  d = NULL;
  snprintf (text, sizeof text, "%s\"POINT (432000 2214000)\",460100,a,b,110.35,20.02\n", head);
  write_text (below ("metres.csv"), text);
  ck_assert_int_eq (sf_vector_load (below ("metres.csv"), NULL, spec ("county_seats"), NULL, &d, &err), SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (err.message, "no CRS"));
  write_text (below ("b.geojson"),
              "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
              "\"urn:ogc:def:crs:EPSG::4214\"}},\"features\":[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\","
              "\"coordinates\":[110.35,20.02]},\"properties\":{\"code\":\"460100\",\"name\":\"\",\"name_zh\":null,"
              "\"longitude\":1.5,\"latitude\":2}}]}");
  ck_assert_int_eq (sf_vector_load (below ("b.geojson"), NULL, spec ("county_seats"), NULL, &d, &err), SF_EUNSUPPORTED);
  ck_assert_ptr_nonnull (strstr (err.message, "b.geojson"));
  ck_assert_ptr_null (d);
}
END_TEST

/* A zone in the file counts: 15:30+08:00 is 07:30 UTC. Without a zone it is UTC. */
START_TEST (times_with_zones)
{
  write_text (below ("z.geojson"),
              "{\"type\":\"FeatureCollection\",\"features\":["
              "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"storm\":\"a\",\"name\":\"a\",\"agency\":\"a\","
              "\"hours\":24,"
              "\"time\":\"2014-07-18T15:30:00+08:00\",\"longitude\":1,\"latitude\":1,\"direction\":\"in\"}},"
              "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"storm\":\"a\",\"name\":\"a\",\"agency\":\"a\","
              "\"hours\":24,"
              "\"time\":\"2014-07-18T07:30:00\",\"longitude\":1,\"latitude\":1,\"direction\":\"in\"}}]}");
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_vector_load (below ("z.geojson"), NULL, spec ("warning_crossings"), NULL, &d, &err));
  ck_assert_int_eq (sf_table_time (d->as.table, "time", 0), 1405668600);
  ck_assert_int_eq (sf_table_time (d->as.table, "time", 1), 1405668600);
  sf_dataset_unref (d);
}
END_TEST

START_TEST (refusals_name_the_thing)
{
  struct sf_dataset *d = landfalls (), *back = (struct sf_dataset *) 1;
  ASSERT_OK (sf_vector_save (below ("a.gpkg"), SF_VECTOR_GPKG, (const struct sf_dataset *const *) &d, 1, &about, &err));
  ck_assert_int_eq (sf_vector_load (below ("no.gpkg"), NULL, spec ("coast"), NULL, &back, &err), SF_EIO);
  ck_assert_ptr_nonnull (strstr (err.message, "no.gpkg"));
  ck_assert_int_eq (sf_vector_load (below ("a.gpkg"), "coast", spec ("coast"), NULL, &back, &err), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "landfalls@sea"));
  ck_assert_int_eq (sf_vector_load (below ("a.gpkg"), NULL, spec ("counties"), NULL, &back, &err), SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (err.message, "no column code"));
  ck_assert_int_eq (
      sf_vector_save (below ("none/a.gpkg"), SF_VECTOR_GPKG, (const struct sf_dataset *const *) &d, 1, &about, &err),
      SF_EIO);
  write_text (below ("bad.geojson"), "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},"
                                     "\"properties\":{\"name\":\"x\",\"area\":\"wide\"}}");
  ck_assert_int_eq (sf_vector_load (below ("bad.geojson"), NULL, spec ("coast"), NULL, &back, &err), SF_ETYPE);
  ck_assert_ptr_nonnull (strstr (err.message, "\"wide\""));
  write_text (below ("kind.geojson"), "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},"
                                      "\"properties\":{\"name\":\"x\",\"area\":1}}");
  ck_assert_int_eq (sf_vector_load (below ("kind.geojson"), NULL, spec ("coast"), NULL, &back, &err), SF_ETYPE);
  ck_assert_ptr_nonnull (strstr (err.message, "POINT"));
  ck_assert_ptr_eq (back, (struct sf_dataset *) 1);
  sf_dataset_unref (d);
}
END_TEST

START_TEST (tables_and_several_layers)
{
  struct sf_dataset *list[2] = { NULL, landfalls () }, *back = NULL;
  ASSERT_OK (sf_dataset_new_table (spec ("county_weights"), "sea", &list[0], &err));
  for (int i = 0; i < 3; i++)
    {
      sf_table_add_row (list[0]->as.table);
      ASSERT_OK (sf_table_set_int (list[0]->as.table, "county", 9007199254740993 + i, &err));
      ASSERT_OK (sf_table_set_double (list[0]->as.table, "weight", 0.1 * i, &err));
    }
  ASSERT_OK (
      sf_vector_save (below ("b.gpkg"), SF_VECTOR_GPKG, (const struct sf_dataset *const *) list, 2, &about, &err));
  struct sf_arena arena = { 0 };
  char **names;
  size_t count;
  ASSERT_OK (sf_vector_layers (&arena, below ("b.gpkg"), &names, &count, &err));
  ck_assert_uint_eq (count, 2);
  ck_assert_str_eq (names[0], "landfalls@sea");
  ck_assert_str_eq (names[1], "county_weights@sea");
  ASSERT_OK (sf_vector_load (below ("b.gpkg"), names[1], spec ("county_weights"), "sea", &back, &err));
  ck_assert_int_eq (sf_table_int (back->as.table, "county", 2), 9007199254740995);
  ck_assert_int_eq (sf_table_int (back->as.table, "row", 2), INT64_MIN);
  ck_assert_double_eq (sf_table_double (back->as.table, "weight", 2), 0.1 * 2);
  ck_assert_int_eq (
      sf_vector_save (below ("b.geojson"), SF_VECTOR_GEOJSON, (const struct sf_dataset *const *) list, 1, &about, &err),
      SF_ETYPE);
  sf_arena_finish (&arena);
  for (int i = 0; i < 2; i++)
    sf_dataset_unref (list[i]);
  sf_dataset_unref (back);
}
END_TEST

/* Whichever allocation fails, the answer is SF_ENOMEM and no half file is left. */
START_TEST (every_allocation_may_fail)
{
  struct sf_record fix;
  fill_fix (&fix, 1405663200, 111.1, NULL, 0);
  struct sf_dataset *list[2] = { landfalls (), NULL };
  ASSERT_OK (sf_dataset_new_tracks (spec ("tracks"), NULL, &fix, 1, &list[1], &err));
  static const char *const layers[] = { "landfalls@sea", "tracks" };
  enum sf_code code = SF_ENOMEM;
  long n;
  for (n = 1; code != SF_OK; n++)
    {
      sf_mem_fail_at (n, _i);
      code
          = sf_vector_save (below ("m.gpkg"), SF_VECTOR_GPKG, (const struct sf_dataset *const *) list, 2, &about, &err);
      sf_mem_fail_at (0, 0);
      ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "allocation %ld: %s", n, err.message);
      ck_assert_int_eq (sf_file_exists (below ("m.gpkg")), code == SF_OK);
    }
  ck_assert_int_gt (n, 5);
  for (int layer = 0; layer < 2; layer++)
    {
      struct sf_dataset *back = NULL;
      for (n = 1, code = SF_ENOMEM; code != SF_OK; n++)
        {
          sf_mem_fail_at (n, _i);
          code = sf_vector_load (below ("m.gpkg"), layers[layer], list[layer]->spec, NULL, &back, &err);
          sf_mem_fail_at (0, 0);
          ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "allocation %ld: %s", n, err.message);
        }
      ck_assert_int_gt (n, 5);
      sf_dataset_unref (back);
      sf_dataset_unref (list[layer]);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("vector");
  TCase *tc = tcase_create ("vector");
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, features_come_back_from_gpkg);
  tcase_add_test (tc, features_come_back_from_geojson);
  tcase_add_test (tc, polygons_keep_holes_and_parts);
  tcase_add_test (tc, tracks_come_back_from_gpkg);
  tcase_add_test (tc, same_input_same_bytes);
  tcase_add_test (tc, reads_foreign_geojson);
  tcase_add_test (tc, another_crs_is_transformed);
  tcase_add_test (tc, unknown_places_are_refused);
  tcase_add_test (tc, times_with_zones);
  tcase_add_test (tc, refusals_name_the_thing);
  tcase_add_test (tc, tables_and_several_layers);
  tcase_add_loop_test (tc, every_allocation_may_fail, 0, 2);
  suite_add_tcase (suite, tc);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
