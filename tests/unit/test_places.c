/* SPDX-License-Identifier: Apache-2.0 */
/* The files of named places: what they must hold, and what is said about a bad line. test_ground checks that the
   places lie where they belong. */
#include "models/ground/places.h"
#include "tests/unit/base.h"

#include "core/base/file.h"

#include <stdio.h>
#include <unistd.h>

static char folder[64];

static const char *
file_of (const char *text)
{
  static char path[96];
  snprintf (path, sizeof path, "%s/own.csv", folder);
  FILE *file = fopen (path, "wb");
  ck_assert_ptr_nonnull (file);
  fputs (text, file);
  fclose (file);
  return path;
}

static void
make_folder (void)
{
  snprintf (folder, sizeof folder, "/tmp/test_places_XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

static void
drop_folder (void)
{
  unlink (file_of (""));
  rmdir (folder);
}

START_TEST (the_files_of_the_program_load)
{
  static const char *const names[] = { "harbours.csv", "reservoirs.csv", "named_islands.csv" };
  static const char *const kinds[] = { "harbour", "reservoir", "island" };
  struct sf_arena arena = { 0 };
  struct sf_place_list list = { 0 };
  ck_done (sf_places_load_seats (&arena, TEST_SRCDIR "/share/places/hainan_counties.csv", &list, err));
  ck_assert_uint_eq (list.count, 19);
  ck_assert_str_eq (list.places[0].kind, "county_seat");
  ck_assert_str_eq (list.places[0].name_zh, "海口市");
  for (int i = 0; i < 3; i++)
    {
      char path[512];
      size_t before = list.count;
      snprintf (path, sizeof path, "%s/share/places/%s", TEST_SRCDIR, names[i]);
      ck_done (sf_places_load (&arena, path, &list, err));
      ck_assert_uint_ge (list.count, before + 12);
      for (size_t k = before; k < list.count; k++)
        {
          const struct sf_place *place = &list.places[k];
          ck_assert_str_eq (place->kind, kinds[i]);
          ck_assert (place->name_zh && place->kind_zh && place->county_code && place->source);
          ck_assert (place->lon_deg > 108 && place->lon_deg < 118.5 && place->lat_deg > 3 && place->lat_deg < 20.5);
        }
    }
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (an_own_file_adds_and_corrects)
{
  struct sf_arena arena = { 0 };
  struct sf_place_list list = { 0 };
  ck_done (sf_places_load (&arena, TEST_SRCDIR "/share/places/harbours.csv", &list, err));
  size_t before = list.count;
  ck_done (sf_places_load (&arena,
                           file_of ("\xef\xbb\xbf"
                                    "code,name,name_zh,kind,longitude,latitude,county_code,source\r\n"
                                    "# ours\r\n"
                                    "HB01, Qinglan new ,清澜新港,harbour,110.84,19.56,469005,survey\r\n"
                                    "\r\n"
                                    "T1,Longlou,,township,110.95,19.65,,\r\n"),
                           &list, err));
  ck_assert_uint_eq (list.count, before + 1);
  ck_assert_str_eq (list.places[0].name, "Qinglan new");
  ck_assert_double_eq (list.places[0].lon_deg, 110.84);
  ck_assert_str_eq (list.places[before].kind_zh, "乡镇");
  ck_assert_ptr_null (list.places[before].name_zh);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (a_bad_line_is_named)
{
  static const struct
  {
    const char *text;
    enum sf_code code;
    const char *says;
  } bad[] = {
    { "a,b,c\n", SF_EFORMAT, "own.csv:1: 3 fields" },
    { "# x\na,b,,harbour,1,2,,,\n", SF_EFORMAT, "own.csv:2: 9 fields" },
    { "a,b,,harbour,1x,2,,\n", SF_EFORMAT, "longitude '1x'" },
    { "a,b,,harbour,181,2,,\n", SF_ERANGE, "longitude 181" },
    { "a,b,,harbour,1,nan,,\n", SF_EFORMAT, "latitude" },
    { "a,b,,castle,1,2,,\n", SF_EFORMAT, "kind 'castle'" },
    { ",b,,harbour,1,2,,\n", SF_EFORMAT, "code" },
    { "a,b,,harbour,1,2,,\na,c,,harbour,1,2,,\n", SF_EFORMAT, "own.csv:2: code a" },
    { "a,\xb0\xa1,,harbour,1,2,,\n", SF_EFORMAT, "UTF-8" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
      struct sf_arena arena = { 0 };
      struct sf_place_list list = { 0 };
      struct sf_error err = { 0 };
      ck_assert_int_eq (sf_places_load (&arena, file_of (bad[i].text), &list, &err), bad[i].code);
      ck_assert_msg (strstr (err.message, bad[i].says), "%s", err.message);
      sf_arena_finish (&arena);
    }
  struct sf_arena arena = { 0 };
  struct sf_place_list list = { 0 };
  ck_assert_int_eq (sf_places_load (&arena, "/nowhere/at/all.csv", &list, NULL), SF_ENOTFOUND);
  ck_done (sf_places_load (&arena, file_of ("\n# nothing\n"), &list, err));
  ck_assert_uint_eq (list.count, 0);
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("places");
  TCase *tcase = tcase_create ("places");
  tcase_add_unchecked_fixture (tcase, make_folder, drop_folder);
  tcase_add_test (tcase, the_files_of_the_program_load);
  tcase_add_test (tcase, an_own_file_adds_and_corrects);
  tcase_add_test (tcase, a_bad_line_is_named);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
