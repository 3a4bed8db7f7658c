/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/text.h"
#include "core/data/dataset.h"
#include "tests/unit/base.h"

#include <jansson.h>
#include <math.h>

static struct sf_vocabulary *vocabulary;
static struct sf_dataset *dataset;

static void
start (void)
{
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, "landfalls"), NULL, &dataset, err));
}

static void
stop (void)
{
  sf_dataset_unref (dataset);
  sf_vocabulary_free (vocabulary);
}

static void
add (const char *name, const char *place, double wind, int64_t time_s)
{
  ck_assert_int_ge (sf_table_add_row (dataset->as.table), 0);
  ck_done (sf_table_set_text (dataset->as.table, "name", name, err));
  ck_done (sf_table_set_text (dataset->as.table, "place", place, err));
  ck_done (sf_table_set_double (dataset->as.table, "wind_speed", wind, err));
  ck_done (sf_table_set_time (dataset->as.table, "time", time_s, err));
}

static char *
print (const char *const *columns, size_t count, int zh)
{
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream (&text, &size);
  ck_assert_ptr_nonnull (out);
  sf_table_print (dataset, columns, count, zh, out);
  fclose (out);
  return text;
}

/* python3: sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) */
START_TEST (columns_of_a_terminal)
{
  static const struct
  {
    const char *text;
    int columns;
  } cases[] = { { "", 0 },       { "abc", 3 },  { "文昌", 4 }, { "Hạ Long", 7 }, { "Đà Nẵng", 7 }, { "ＡＢ", 4 },
                { "（省）", 6 }, { "한국", 4 }, { "カ", 2 },   { "ｶ", 1 },       { "e\u0301", 1 }, { "20.5°N", 6 },
                { "—", 1 },      { "𠀀", 2 },   { "Ж", 1 },    { "გ", 1 },       { "…", 1 } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_msg (sf_text_columns (cases[i].text) == cases[i].columns, "%s takes %d columns, not %d", cases[i].text,
                   cases[i].columns, sf_text_columns (cases[i].text));
}
END_TEST

/* 2014-07-18T06:00:00Z is 14:00 in Beijing (UTC+8). */
START_TEST (rows_stand_under_each_other_with_who_says_it)
{
  static const char *const columns[] = { "name", "place", "wind_speed", "time", "name" };
  add ("Rammasun", "文昌", 60, 1405663200);
  add ("X", "Hạ Long", NAN, INT64_MIN);
  dataset->authority = SF_AUTHORITY_DRILL;
  dataset->simulated = true;
  char *text = print (columns, 4, 0);
  ck_assert_ptr_nonnull (strstr (text, "Landfalls (drill, simulated)\n"));
  ck_assert_ptr_nonnull (strstr (text, "  Rammasun  文昌     "));
  ck_assert_ptr_nonnull (strstr (text, "  X         Hạ Long  "));
  ck_assert_ptr_nonnull (strstr (text, "2014-07-18 14:00"));
  ck_assert_ptr_null (strstr (text, "nan"));
  int width = -1;
  for (char *line = strtok (strchr (text, '\n') + 1, "\n"); line; line = strtok (NULL, "\n"))
    {
      ck_assert_msg (width < 0 || sf_text_columns (line) == width, "'%s' is %d columns wide", line,
                     sf_text_columns (line));
      width = sf_text_columns (line);
    }
  free (text);
  text = print (columns, 1, 1);
  ck_assert_ptr_nonnull (strstr (text, "（演练，模拟）"));
  free (text);
}
END_TEST

START_TEST (a_feed_cannot_drive_the_terminal)
{
  static const char *const columns[] = { "name" };
  char long_name[400] = "";
  for (int i = 0; i < 100; i++)
    memcpy (long_name + 3 * i, "海", 3);
  add ("\x1b[2J\x07\xc2\x9b"
       "31m",
       "", 1, 0);
  add (long_name, "", 1, 0);
  char *text = print (columns, 1, 0);
  ck_assert_ptr_nonnull (strstr (text, "?[2J??31m"));
  ck_assert_ptr_null (strchr (text, 0x1b));
  ck_assert (sf_text_is_utf8 ((const uint8_t *) text, strlen (text)));
  free (text);
}
END_TEST

START_TEST (an_empty_table_says_so)
{
  char *text = print (NULL, 0, 0);
  ck_assert_str_eq (text, "Landfalls (internal)\n  no rows; missing data is never an all-clear\n");
  free (text);
}
END_TEST

START_TEST (json_is_one_line_with_null_where_missing)
{
  struct sf_strbuf buf = { 0 };
  json_error_t why;
  add ("a\"b\n", NULL, NAN, INT64_MIN);
  add ("x", "y", 1.5, 1405663200);
  sf_table_json (dataset, &buf);
  ck_assert_ptr_null (strchr (buf.text, '\n'));
  json_t *root = json_loads (buf.text, 0, &why), *rows = json_object_get (root, "rows");
  ck_assert_msg (root != NULL, "%s", why.text);
  ck_assert_str_eq (json_string_value (json_object_get (root, "authority")), "internal");
  ck_assert_uint_eq (json_array_size (rows), 2);
  ck_assert_str_eq (json_string_value (json_object_get (json_array_get (rows, 0), "name")), "a\"b\n");
  ck_assert (json_is_null (json_object_get (json_array_get (rows, 0), "place")));
  ck_assert (json_is_null (json_object_get (json_array_get (rows, 0), "wind_speed")));
  ck_assert (json_is_null (json_object_get (json_array_get (rows, 0), "time")));
  ck_assert (json_is_null (json_object_get (json_array_get (rows, 0), "entered")));
  ck_assert_str_eq (json_string_value (json_object_get (json_array_get (rows, 1), "time")), "2014-07-18T06:00:00Z");
  json_decref (root);
  sf_strbuf_finish (&buf);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { columns_of_a_terminal,  rows_stand_under_each_other_with_who_says_it, a_feed_cannot_drive_the_terminal,
          an_empty_table_says_so, json_is_one_line_with_null_where_missing,     NULL };
  Suite *suite = suite_create ("table_print");
  TCase *tcase = tcase_create ("table_print");
  tcase_add_checked_fixture (tcase, start, stop);
  for (const TTest *const *test = tests; *test; test++)
    tcase_add_test (tcase, *test);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
