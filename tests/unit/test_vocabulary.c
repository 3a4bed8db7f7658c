/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the files in share/vocabulary themselves, counted line by line; broken files are written by the
 * tests. */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/data/vocabulary.h"

static char folder[256]; /* of the broken files */

static bool
has_chinese (const char *text)
{
  for (; *text; text++)
    if ((unsigned char) *text >= 0xE4 && (unsigned char) *text <= 0xE9)
      return true;
  return false;
}

static bool
is_ascii (const char *text)
{
  for (; *text; text++)
    if ((unsigned char) *text >= 0x80)
      return false;
  return true;
}

/* How many lines of a file begin an entry, that is, begin with a letter. */
static size_t
count_entries (const char *name)
{
  char path[512], line[4096];
  size_t count = 0;
  snprintf (path, sizeof path, "%s/share/vocabulary/%s", TEST_SRCDIR, name);
  FILE *file = fopen (path, "r");
  ck_assert_msg (file != NULL, "%s", path);
  while (fgets (line, sizeof line, file))
    count += isalpha ((unsigned char) *line) != 0;
  fclose (file);
  return count;
}

static struct sf_vocabulary *
load_real (void)
{
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_error err = { 0 };
  ck_assert_msg (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) == SF_OK, "%s", err.message);
  return vocabulary;
}

START_TEST (real_quantities)
{
  struct sf_vocabulary *vocabulary = load_real ();
  const struct sf_quantity *const *list = NULL;
  size_t count = sf_vocabulary_quantities (vocabulary, &list);
  ck_assert_uint_eq (count, count_entries ("quantities.yaml"));
  ck_assert_uint_gt (count, 0);
  for (size_t i = 0; i < count; i++)
    {
      ck_assert_msg (*list[i]->title_en && is_ascii (list[i]->title_en), "%s", list[i]->name);
      ck_assert_msg (has_chinese (list[i]->title_zh), "%s", list[i]->name);
      ck_assert_msg (*list[i]->unit && is_ascii (list[i]->unit), "%s", list[i]->name);
      ck_assert_ptr_eq (sf_vocabulary_quantity (vocabulary, list[i]->name), list[i]);
    }
  sf_vocabulary_free (vocabulary);
}
END_TEST

START_TEST (real_datasets)
{
  struct sf_vocabulary *vocabulary = load_real ();
  const struct sf_dataset_spec *const *list = NULL;
  size_t count = sf_vocabulary_datasets (vocabulary, &list);
  ck_assert_uint_eq (count, count_entries ("datasets.yaml"));
  ck_assert_uint_gt (count, 0);
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_dataset_spec *spec = list[i];
      ck_assert_msg (*spec->title_en && is_ascii (spec->title_en), "%s", spec->name);
      ck_assert_msg (has_chinese (spec->title_zh), "%s", spec->name);
      for (size_t c = 0; c < spec->columns_count; c++)
        {
          const struct sf_column_spec *column = &spec->columns[c];
          ck_assert_msg (has_chinese (column->title_zh) && *column->title_en, "%s.%s", spec->name, column->name);
          ck_assert_msg (column->title_en != column->quantity->title_en, "%s.%s has no title in columns.yaml",
                         spec->name, column->name);
        }
      ck_assert_msg (!spec->missing_en == !spec->missing_zh, "%s", spec->name);
      ck_assert_msg (!spec->missing_zh || has_chinese (spec->missing_zh), "%s", spec->name);
      ck_assert_ptr_eq (sf_vocabulary_dataset (vocabulary, spec->name), spec);
      for (size_t c = 0; c < spec->columns_count; c++)
        ck_assert_ptr_eq (sf_vocabulary_quantity (vocabulary, spec->columns[c].quantity->name),
                          spec->columns[c].quantity);
    }
  sf_vocabulary_free (vocabulary);
}
END_TEST

START_TEST (single_entries)
{
  struct sf_vocabulary *vocabulary = load_real ();
  const struct sf_quantity *wind = sf_vocabulary_quantity (vocabulary, "wind_speed");
  ck_assert_str_eq (wind->unit, "m s-1");
  ck_assert_str_eq (wind->averaging, "2 min");
  ck_assert_str_eq (wind->standard_name, "wind_speed");
  ck_assert_int_eq (wind->type, SF_COLUMN_DOUBLE);
  ck_assert_int_eq (sf_vocabulary_quantity (vocabulary, "time")->type, SF_COLUMN_TIME);
  ck_assert_ptr_null (sf_vocabulary_quantity (vocabulary, "duration")->standard_name);
  const struct sf_dataset_spec *arrival = sf_vocabulary_dataset (vocabulary, "wind_arrival@sea");
  ck_assert_str_eq (arrival->name, "wind_arrival");
  ck_assert_int_eq (arrival->kind, SF_DATASET_GRID);
  ck_assert_str_eq (arrival->quantity->name, "hours_since");
  ck_assert_str_eq (arrival->band->name, "beaufort_force");
  ck_assert_str_eq (arrival->missing_zh, "未达到该风力");
  const struct sf_dataset_spec *seats = sf_vocabulary_dataset (vocabulary, "county_seats");
  ck_assert_str_eq (seats->geometry, "point");
  ck_assert_uint_eq (seats->columns_count, 5);
  ck_assert_str_eq (seats->columns[3].name, "longitude");
  ck_assert_str_eq (seats->columns[3].quantity->unit, "degrees_east");
  sf_vocabulary_free (vocabulary);
}
END_TEST

START_TEST (absent_names)
{
  struct sf_vocabulary *vocabulary = load_real ();
  ck_assert_ptr_null (sf_vocabulary_quantity (vocabulary, "wind"));
  ck_assert_ptr_null (sf_vocabulary_dataset (vocabulary, "wind"));
  ck_assert_ptr_null (sf_vocabulary_dataset (vocabulary, "@sea"));
  ck_assert_ptr_null (sf_vocabulary_dataset (vocabulary, "wind_maximum@sea"));
  ck_assert_str_eq (sf_vocabulary_nearest_dataset (vocabulary, "wind_mx@sea"), "wind_max");
  ck_assert_str_eq (sf_vocabulary_nearest_dataset (vocabulary, "landfals"), "landfalls");
  ck_assert_ptr_null (sf_vocabulary_nearest_dataset (vocabulary, "something else"));
  ck_assert_str_eq (sf_dataset_kind_name (SF_DATASET_FEATURES), "features");
  ck_assert_str_eq (sf_dataset_kind_name (SF_DATASET_KINDS), "unknown");
  ck_assert_str_eq (sf_column_type_name (SF_COLUMN_TIME), "time");
  ck_assert_str_eq (sf_column_type_name ((enum sf_column_type) 9), "unknown");
  sf_vocabulary_free (vocabulary);
}
END_TEST

static void
write_file (const char *name, const char *text)
{
  char path[512];
  snprintf (path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen (path, "w");
  ck_assert_msg (file != NULL && fputs (text, file) >= 0 && fclose (file) == 0, "%s", path);
}

#define TITLE "title: {en: A, zh: 甲}"
#define GOOD_QUANTITIES                                                                                                \
  "speed: {unit: m s-1, " TITLE "}\n"                                                                                  \
  "time: {type: time, unit: s, " TITLE "}\n"                                                                           \
  "label: {type: text, unit: \"1\", " TITLE "}\n"

/* Loading fails with this code, at this place, with these words. */
static void
expect_fault (const char *quantities, const char *datasets, enum sf_code code, const char *place, const char *words)
{
  struct sf_vocabulary *vocabulary = (struct sf_vocabulary *) folder;
  struct sf_error err = { 0 };
  write_file ("quantities.yaml", quantities);
  write_file ("datasets.yaml", datasets);
  enum sf_code found = sf_vocabulary_load (folder, &vocabulary, &err);
  ck_assert_msg (found == code, "%s: '%s' instead of %s", sf_code_name (found), err.message, sf_code_name (code));
  ck_assert_ptr_eq (vocabulary, (struct sf_vocabulary *) folder);
  ck_assert_msg (strstr (err.message, place) != NULL, "'%s' lacks '%s'", err.message, place);
  ck_assert_msg (strstr (err.message, words) != NULL, "'%s' lacks '%s'", err.message, words);
}

START_TEST (broken_quantities)
{
  static const struct
  {
    const char *text;
    enum sf_code code;
    const char *place, *words;
  } cases[] = {
    { "a: {unit: m, titel: {en: A, zh: 甲}}\n", SF_EINVAL, "quantities.yaml:1:14", "title" },
    { "a: {unit: m, title: {en: A}}\n", SF_EINVAL, "quantities.yaml:1:21", "no Chinese (zh) text" },
    { "a: {unit: m, title: {zh: 甲}}\n", SF_EINVAL, "quantities.yaml:1:21", "no English (en) text" },
    { "a: {unit: m, title: {en: '', zh: 甲}}\n", SF_EINVAL, "quantities.yaml:1:26", "no English (en) text" },
    { "a: {unit: m, title: {en: A, zh: 甲, fr: B}}\n", SF_EINVAL, "quantities.yaml:1:", "fr" },
    { "a: {unit: m, title: A}\n", SF_ETYPE, "quantities.yaml:1:21", "{en: ..., zh: ...}" },
    { "a: {unit: m}\n", SF_EINVAL, "quantities.yaml:1:1", "'title' is missing" },
    { "\na: {" TITLE "}\n", SF_EINVAL, "quantities.yaml:2:1", "'unit' is missing" },
    { "a: {unit: [m], " TITLE "}\n", SF_ETYPE, "quantities.yaml:1:11", "'unit' must be a text" },
    { "a: {unit: m, type: intt, " TITLE "}\n", SF_EINVAL, "quantities.yaml:1:20", "did you mean 'int'?" },
    { "a: {unit: m, " TITLE "}\nb: {unit: m, " TITLE "}\na: {unit: m, " TITLE "}\n", SF_ECONFLICT,
      "quantities.yaml:3:1", "key 'a'" },
    { "Wind Speed: {unit: m, " TITLE "}\n", SF_EINVAL, "quantities.yaml:1:1", "no name" },
    { "1a: {unit: m, " TITLE "}\n", SF_EINVAL, "quantities.yaml:1:1", "no name" },
    { "a: m\n", SF_ETYPE, "quantities.yaml:1:4", "expected a mapping" },
    { "[a, b]\n", SF_EINVAL, "quantities.yaml:1:1", "expected quantities" },
    { "# nothing\n", SF_EINVAL, "quantities.yaml:", "expected quantities" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_fault (cases[i].text, "d: {kind: tracks, " TITLE "}\n", cases[i].code, cases[i].place, cases[i].words);
}
END_TEST

START_TEST (broken_datasets)
{
  static const struct
  {
    const char *text;
    enum sf_code code;
    const char *place, *words;
  } cases[] = {
    { "d: {kind: grid, quantity: sped, " TITLE "}\n", SF_ENOTFOUND, "datasets.yaml:1:27", "did you mean 'speed'?" },
    { "d: {kind: grid, quantity: zzz, " TITLE "}\n", SF_ENOTFOUND, "datasets.yaml:1:27", "unknown quantity 'zzz'" },
    { "d: {kind: table, columns: {s: sped}, " TITLE "}\n", SF_ENOTFOUND, "datasets.yaml:1:31",
      "did you mean 'speed'?" },
    { "d: {kind: table, columns: {s: speed, s: time}, " TITLE "}\n", SF_ECONFLICT, "datasets.yaml:1:38", "key 's'" },
    { "d: {kind: table, columns: {}, " TITLE "}\n", SF_ETYPE, "datasets.yaml:1:27", "{name: quantity, ...}" },
    { "d: {kind: table, columns: {s: [speed]}, " TITLE "}\n", SF_ETYPE, "datasets.yaml:1:31", "name of a quantity" },
    { "d: {kind: table, columns: {S: speed}, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:28", "no name" },
    { "d: {kind: grind, quantity: speed, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:11", "did you mean 'grid'?" },
    { "d: {quantity: speed, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:1", "'kind' is missing" },
    { "d: {kind: grid, quantity: speed}\n", SF_EINVAL, "datasets.yaml:1:1", "'title' is missing" },
    { "d: {kind: grid, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:1", "'quantity' is missing; a grid needs it" },
    { "d: {kind: cube, quantity: speed, band: speed, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:40",
      "a cube has no 'band'" },
    { "d: {kind: grid, quantity: label, " TITLE "}\n", SF_ETYPE, "datasets.yaml:1:27", "of type text" },
    { "d: {kind: grid, quantity: speed, band: time, " TITLE "}\n", SF_ETYPE, "datasets.yaml:1:40", "of type time" },
    { "d: {kind: table, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:1", "'columns' is missing" },
    { "d: {kind: features, columns: {s: speed}, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:1",
      "'geometry' is missing" },
    { "d: {kind: features, geometry: pint, columns: {s: speed}, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:31",
      "did you mean 'point'?" },
    { "d: {kind: tracks, geometry: point, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:29",
      "a tracks has no 'geometry'" },
    { "d: {kind: tracks, missing: {en: A}, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:28", "no Chinese (zh) text" },
    { "d: {kind: tracks, colums: {s: speed}, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:19", "columns" },
    { "d@sea: {kind: tracks, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:1", "no name" },
    { "d: {kind: series, quantity: speed, columns: {s: speed}, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:1",
      "column of time" },
    { "d: {kind: series, quantity: speed, columns: {t: time}, " TITLE "}\n", SF_EINVAL, "datasets.yaml:1:1",
      "column of speed" },
    { "", SF_EINVAL, "datasets.yaml:", "expected datasets" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_fault (GOOD_QUANTITIES, cases[i].text, cases[i].code, cases[i].place, cases[i].words);
}
END_TEST

START_TEST (good_series)
{
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_error err = { 0 };
  write_file ("quantities.yaml", GOOD_QUANTITIES);
  write_file ("datasets.yaml", "d: {kind: series, quantity: speed, columns: {t: time, v: speed}, " TITLE "}\n");
  ck_assert_msg (sf_vocabulary_load (folder, &vocabulary, &err) == SF_OK, "%s", err.message);
  ck_assert_int_eq (sf_vocabulary_dataset (vocabulary, "d")->kind, SF_DATASET_SERIES);
  sf_vocabulary_free (vocabulary);
}
END_TEST

START_TEST (no_files)
{
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_error err = { 0 };
  ck_assert_int_ne (sf_vocabulary_load ("/nonexistent", &vocabulary, &err), SF_OK);
  ck_assert_msg (strstr (err.message, "/nonexistent/quantities.yaml") != NULL, "%s", err.message);
  ck_assert_ptr_null (vocabulary);
  sf_vocabulary_free (NULL);
}
END_TEST

START_TEST (no_memory)
{
  bool loaded = false;
  long n;
  for (n = 1; !loaded && n < 5000; n++)
    {
      struct sf_vocabulary *vocabulary = NULL;
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, NULL);
      sf_mem_fail_at (0, 0);
      loaded = code == SF_OK;
      ck_assert_msg (loaded || (code == SF_ENOMEM && !vocabulary), "allocation %ld: %s", n, sf_code_name (code));
      sf_vocabulary_free (vocabulary);
    }
  ck_assert (loaded);
  ck_assert_int_gt (n, 3);
}
END_TEST

static void
make_folder (void)
{
  snprintf (folder, sizeof folder, "%s/vocabulary-XXXXXX", TEST_BUILDDIR);
  if (!mkdtemp (folder))
    {
      perror (folder);
      exit (EXIT_FAILURE);
    }
}

static void
remove_folder (void)
{
  char path[512];
  snprintf (path, sizeof path, "%s/quantities.yaml", folder);
  unlink (path);
  snprintf (path, sizeof path, "%s/datasets.yaml", folder);
  unlink (path);
  rmdir (folder);
}

/* Sentences of the decoders, of cages and of the journal as they stand in their sources. */
START_TEST (refusals_have_a_class_in_both_languages)
{
  static const struct
  {
    const char *sentence, *name;
  } refusals[] = {
    { "it ended its decoder's worker 3 times: it was ended by signal 11 (Segmentation fault)", "decoder_ended" },
    { "it sends more than it may: 9 records, 3 rejects", "too_much" },
    { "p.csv:3: a: column x: '1e400' is too large a number", "too_much" },
    { "part 2 of 3: the message is too large", "too_much" },
    { "the journal's checksum does not hold: it is not what was received", "damaged" },
    { "the check of a frame of 30 bytes fails", "damaged" },
    { "part 2 of 3: those before are missing", "parts" },
    { "storm 1409 RAMMASUN: the header announces 9 lines, 3 follow", "parts" },
    { "function 4A is not read", "not_known" },
    { "message 0200 is encrypted", "not_known" },
    { "element 45 is not in the table", "not_known" },
    { "in/a.csv:1: no column is named '停电用户数'", "mapping" },
    { "m:7: e: pointer /q: the row has no such place; 'optional: true' if it may lack it", "mapping" },
    { "nothing stands at the pointer of the rows", "mapping" },
    { "a: {code}: '469025' is no code of adcode@2020", "code" },
    { "a: 460100 is 海口市 in adcode@2020, the row says '三亚市': codes of another edition?", "code" },
    { "{/topic}: the row says not whose it is", "identity" },
    { "'x' is no storm identifier (SID)", "identity" },
    { "observation lacks asset", "identity" },
    { "a: column t: 'x' is no time of the declared format in the years 1840 to 2150", "time" },
    { "a: column t: the row has no time", "time" },
    { "2507010900 is no time YYMMDDhhmm", "time" },
    { "a: longitude 300, latitude 1 is no place", "place" },
    { "no position: not fixed, longitude and latitude 0", "place" },
    { "lon 200 is outside -180..180", "place" },
    { "a: column v: '0,1' is no number", "number" },
    { "value is infinite", "number" },
    { "element 39 (Z): its digits are no number", "number" },
    { "storm 1409: pressure 2000 hPa is outside 800-1100", "range" },
    { "a: course 400 is outside 0-360 degrees", "range" },
    { "7 fields under 9 columns", "fields" },
    { "3 bytes of values are left over", "fields" },
    { "'x' does not stand between '' and '°'", "fields" },
    { "name is not valid UTF-8", "text" },
    { "a: {id}: holds a NUL byte", "text" },
    { "no JSON: 1:2: ']' expected near '}'", "form" },
    { "no readable header 66666 before this line", "form" },
    { "in/a.csv: is empty", "form" },
    { "in/geometry_in_gbk.csv:3: numbers: column v: 'x' is no number", "number" },
    { "something that nobody foresaw", "other" },
  };
  struct sf_vocabulary *vocabulary = load_real ();
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
    {
      const struct sf_reason_class *is = sf_vocabulary_reason (vocabulary, refusals[i].sentence);
      ck_assert_msg (!strcmp (is->name, refusals[i].name), "%s: %s", refusals[i].sentence, is->name);
      ck_assert (is_ascii (is->title_en) && has_chinese (is->title_zh));
    }
  sf_vocabulary_free (vocabulary);
}
END_TEST

int
main (void)
{
  make_folder ();
  Suite *suite = suite_create ("vocabulary");
  TCase *tests = tcase_create ("all");
  tcase_set_timeout (tests, 60);
  tcase_add_test (tests, real_quantities);
  tcase_add_test (tests, real_datasets);
  tcase_add_test (tests, single_entries);
  tcase_add_test (tests, absent_names);
  tcase_add_test (tests, broken_quantities);
  tcase_add_test (tests, broken_datasets);
  tcase_add_test (tests, good_series);
  tcase_add_test (tests, refusals_have_a_class_in_both_languages);
  tcase_add_test (tests, no_files);
  tcase_add_test (tests, no_memory);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  remove_folder ();
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
