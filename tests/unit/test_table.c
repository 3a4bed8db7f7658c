/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: by hand; Wenchang's landfall from the official record (typhoon Rammasun, 2014-07-18 15:30 Beijing
 * time). */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/time.h"
#include "core/data/dataset.h"

static const struct sf_quantity TEXT = { "text", "1", NULL, "Text", "文本", NULL, SF_COLUMN_TEXT };
static const struct sf_quantity LONGITUDE
    = { "longitude", "degrees_east", NULL, "Longitude", "经度", NULL, SF_COLUMN_DOUBLE };
static const struct sf_quantity COUNT = { "count", "1", NULL, "Count", "数量", NULL, SF_COLUMN_INT };
static const struct sf_quantity TIME = { "time", "s", NULL, "Time", "时间", NULL, SF_COLUMN_TIME };
static const struct sf_column_spec COLUMNS[] = { { .name = "place", .quantity = &TEXT },
                                                 { .name = "longitude", .quantity = &LONGITUDE },
                                                 { .name = "count", .quantity = &COUNT },
                                                 { .name = "time", .quantity = &TIME } };
static const struct sf_dataset_spec TABLE
    = { .name = "places", .kind = SF_DATASET_TABLE, .columns = COLUMNS, .columns_count = 4 };
static const struct sf_dataset_spec SERIES
    = { .name = "levels", .kind = SF_DATASET_SERIES, .columns = COLUMNS, .columns_count = 4 };
static const struct sf_dataset_spec FEATURES
    = { .name = "landfalls", .kind = SF_DATASET_FEATURES, .geometry = "point", .columns = COLUMNS, .columns_count = 4 };

static struct sf_dataset *
new_dataset (const struct sf_dataset_spec *spec)
{
  struct sf_dataset *dataset = NULL;
  ck_assert_int_eq (sf_dataset_new_table (spec, NULL, &dataset, NULL), SF_OK);
  return dataset;
}

START_TEST (rows)
{
  struct sf_dataset *dataset = new_dataset (&FEATURES);
  struct sf_table *table = dataset->as.table;
  for (long row = 0; row < 1000; row++)
    {
      char name[32];
      snprintf (name, sizeof name, "文昌 %ld", row);
      ck_assert_int_eq (sf_table_add_row (table), row);
      ck_assert_int_eq (sf_table_set_text (table, "place", name, NULL), SF_OK);
      ck_assert_int_eq (sf_table_set_double (table, "longitude", 111.0 + (double) row, NULL), SF_OK);
      ck_assert_int_eq (sf_table_set_int (table, "count", -row, NULL), SF_OK);
      ck_assert_int_eq (sf_table_set_time (table, "time", 1405668600 + row, NULL), SF_OK);
      ck_assert_int_eq (sf_table_set_geometry (table, sf_geometry_new_point (111, 19.9), NULL), SF_OK);
    }
  ck_assert_uint_eq (table->rows, 1000);
  ck_assert_str_eq (sf_table_text (table, "place", 999), "文昌 999");
  ck_assert_str_eq (sf_table_text (table, "place", 0), "文昌 0");
  ck_assert_double_eq (sf_table_double (table, "longitude", 500), 611);
  ck_assert_int_eq (sf_table_int (table, "count", 8), -8);
  ck_assert_int_eq (sf_table_time (table, "time", 0), 1405668600);
  ck_assert_double_eq (table->geometries[999]->xy[1], 19.9);
  ck_assert_ptr_eq (sf_table_column (table, "count")->spec, &COLUMNS[2]);
  ck_assert_ptr_eq (table->columns[3].spec, &COLUMNS[3]);
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (missing_values)
{
  struct sf_dataset *dataset = new_dataset (&SERIES);
  struct sf_table *table = dataset->as.table;
  sf_table_add_row (table);
  ck_assert_ptr_null (sf_table_text (table, "place", 0));
  ck_assert_double_nan (sf_table_double (table, "longitude", 0));
  ck_assert (sf_table_int (table, "count", 0) == INT64_MIN);
  ck_assert (sf_table_time (table, "time", 0) == SF_TIME_MISSING);
  ck_assert_int_eq (sf_table_set_text (table, "place", "a", NULL), SF_OK);
  ck_assert_int_eq (sf_table_set_text (table, "place", "b", NULL), SF_OK);
  ck_assert_str_eq (sf_table_text (table, "place", 0), "b");
  ck_assert_int_eq (sf_table_set_text (table, "place", NULL, NULL), SF_OK);
  ck_assert_ptr_null (sf_table_text (table, "place", 0));
  /* An absent column, one of another type, a row that is not there. */
  ck_assert_double_nan (sf_table_double (table, "nothing", 0));
  ck_assert_double_nan (sf_table_double (table, "count", 0));
  ck_assert_double_nan (sf_table_double (table, "longitude", 1));
  ck_assert_ptr_null (sf_table_text (table, "count", 0));
  ck_assert (sf_table_time (table, "count", 0) == SF_TIME_MISSING);
  ck_assert (sf_table_int (table, "time", 0) == INT64_MIN);
  ck_assert_ptr_null (sf_table_column (table, "nothing"));
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (wrong_columns)
{
  struct sf_dataset *dataset = new_dataset (&TABLE);
  struct sf_table *table = dataset->as.table;
  struct sf_error err;
  ck_assert_int_eq (sf_table_set_int (table, "count", 1, &err), SF_EINVAL);
  sf_table_add_row (table);
  ck_assert_int_eq (sf_table_set_double (table, "longitud", 1, &err), SF_ENOTFOUND);
  ck_assert_msg (strstr (err.message, "did you mean 'longitude'?") != NULL, "%s", err.message);
  ck_assert_int_eq (sf_table_set_double (table, "xyz", 1, &err), SF_ENOTFOUND);
  ck_assert_str_eq (err.message, "no column 'xyz' in the table");
  ck_assert_int_eq (sf_table_set_double (table, "count", 1, &err), SF_ETYPE);
  ck_assert_str_eq (err.message, "column 'count' holds int, not double");
  ck_assert_int_eq (sf_table_set_time (table, "count", 1, &err), SF_ETYPE);
  ck_assert_int_eq (sf_table_set_int (table, "time", 1, &err), SF_ETYPE);
  ck_assert_int_eq (sf_table_set_text (table, "longitude", "1", &err), SF_ETYPE);
  ck_assert (sf_table_int (table, "count", 0) == INT64_MIN);
  sf_dataset_unref (dataset);
}
END_TEST

/* The geometry is taken over whether or not it fits: a sanitizer sees the leak otherwise. */
START_TEST (geometry_is_taken_over)
{
  struct sf_dataset *plain = new_dataset (&TABLE), *features = new_dataset (&FEATURES);
  ck_assert_ptr_null (plain->as.table->geometries);
  sf_table_add_row (plain->as.table);
  ck_assert_int_eq (sf_table_set_geometry (plain->as.table, sf_geometry_new_point (1, 2), NULL), SF_ETYPE);
  ck_assert_int_eq (sf_table_set_geometry (features->as.table, sf_geometry_new_point (1, 2), NULL), SF_EINVAL);
  sf_table_add_row (features->as.table);
  ck_assert_ptr_null (features->as.table->geometries[0]);
  ck_assert_int_eq (sf_table_set_geometry (features->as.table, sf_geometry_new_point (1, 2), NULL), SF_OK);
  ck_assert_int_eq (sf_table_set_geometry (features->as.table, sf_geometry_new_point (3, 4), NULL), SF_OK);
  ck_assert_double_eq (features->as.table->geometries[0]->xy[0], 3);
  ck_assert_int_eq (sf_table_set_geometry (features->as.table, NULL, NULL), SF_OK);
  ck_assert_ptr_null (features->as.table->geometries[0]);
  sf_dataset_unref (features);
  sf_dataset_unref (plain);
}
END_TEST

START_TEST (wrong_kind)
{
  static const struct sf_dataset_spec grid = { .name = "wind_max", .kind = SF_DATASET_GRID, .quantity = &LONGITUDE };
  struct sf_dataset *dataset = NULL;
  struct sf_error err;
  ck_assert_int_eq (sf_dataset_new_table (&grid, NULL, &dataset, &err), SF_ETYPE);
  ck_assert_ptr_null (dataset);
  ck_assert_ptr_nonnull (strstr (err.message, "wind_max is a grid"));
}
END_TEST

/* Fill a table of 20 rows; false when memory ran out on the way. */
static bool
fill (struct sf_dataset **ret)
{
  if (sf_dataset_new_table (&FEATURES, "home", ret, NULL) != SF_OK)
    return false;
  struct sf_table *table = (*ret)->as.table;
  for (size_t row = 0; row < 20; row++)
    {
      if (sf_table_add_row (table) < 0 || sf_table_set_text (table, "place", "文昌", NULL) != SF_OK)
        return false;
      struct sf_geometry *point = sf_geometry_new_point (111, 19.9);
      if (!point || sf_table_set_geometry (table, point, NULL) != SF_OK)
        return false;
    }
  return true;
}

START_TEST (no_memory)
{
  bool filled = false;
  long n;
  for (n = 1; !filled && n < 1000; n++)
    {
      struct sf_dataset *dataset = NULL;
      sf_mem_fail_at (n, 0);
      filled = fill (&dataset);
      sf_mem_fail_at (0, 0);
      for (size_t row = 0; dataset && row + 1 < dataset->as.table->rows; row++)
        ck_assert_str_eq (sf_table_text (dataset->as.table, "place", row), "文昌");
      sf_dataset_unref (dataset);
    }
  ck_assert (filled);
  ck_assert_int_gt (n, 20);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("table");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, rows);
  tcase_add_test (tests, missing_values);
  tcase_add_test (tests, wrong_columns);
  tcase_add_test (tests, geometry_is_taken_over);
  tcase_add_test (tests, wrong_kind);
  tcase_add_test (tests, no_memory);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
