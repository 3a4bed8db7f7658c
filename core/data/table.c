/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/dataset.h"
#include "core/data/dataset_private.h"

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/time.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum
{
  FIRST_ROWS = 8
};

/* The array of a column's values, whatever their type. */
static void **
column_values (struct sf_column *column)
{
  switch (column->spec->quantity->type)
    {
    case SF_COLUMN_TEXT:
      return (void **) &column->as.texts;
    case SF_COLUMN_DOUBLE:
      return (void **) &column->as.doubles;
    case SF_COLUMN_INT:
    case SF_COLUMN_TIME:
      break;
    }
  return (void **) &column->as.ints;
}

/* Make room for so many rows; the arrays that could be grown before memory ran out stay grown, which does no harm. */
static int
reserve (struct sf_table *table, size_t rows)
{
  if (rows > SIZE_MAX / sizeof (double))
    return -1;
  for (size_t i = 0; i < table->columns_count; i++)
    {
      void **values = column_values (&table->columns[i]);
      void *grown = sf_mem_realloc (*values, rows * sizeof (double));
      if (!grown)
        return -1;
      *values = grown;
    }
  if (table->geometries)
    {
      void *grown = sf_mem_realloc (table->geometries, rows * sizeof *table->geometries);
      if (!grown)
        return -1;
      table->geometries = grown;
    }
  table->capacity = rows;
  return 0;
}

_Static_assert(sizeof (double) == sizeof (int64_t) && sizeof (char *) <= sizeof (double),
               "reserve counts eight bytes for a value of any type");
_Static_assert(SF_TIME_MISSING == INT64_MIN, "a missing time is a missing int");

static enum sf_code
fill_table (struct sf_table *table, const struct sf_dataset_spec *spec)
{
  table->columns = sf_mem_calloc (spec->columns_count, sizeof *table->columns);
  if (!table->columns)
    return SF_ENOMEM;
  for (size_t i = 0; i < spec->columns_count; i++)
    table->columns[i].spec = &spec->columns[i];
  table->columns_count = spec->columns_count;
  if (spec->kind == SF_DATASET_FEATURES && !(table->geometries = sf_mem_calloc (1, sizeof *table->geometries)))
    return SF_ENOMEM;
  return reserve (table, FIRST_ROWS) < 0 ? SF_ENOMEM : SF_OK;
}

enum sf_code
sf_dataset_new_table (const struct sf_dataset_spec *spec, const char *instance, struct sf_dataset **ret,
                      struct sf_error *err)
{
  const unsigned kinds = 1u << SF_DATASET_TABLE | 1u << SF_DATASET_SERIES | 1u << SF_DATASET_FEATURES;
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_empty (spec, instance, kinds, &dataset, err));
  dataset->as.table = sf_mem_calloc (1, sizeof *dataset->as.table);
  if (!dataset->as.table || fill_table (dataset->as.table, spec) != SF_OK)
    {
      sf_dataset_unref (dataset);
      return sf_fail (err, SF_ENOMEM, "dataset %s: out of memory", spec->name);
    }
  *ret = dataset;
  return SF_OK;
}

static void
free_texts (const struct sf_table *table, const struct sf_column *column)
{
  for (size_t row = 0; row < table->rows; row++)
    sf_mem_free (column->as.texts[row]);
}

void
sf_table_free (struct sf_table *table)
{
  if (!table)
    return;
  for (size_t i = 0; i < table->columns_count; i++)
    {
      if (table->columns[i].spec->quantity->type == SF_COLUMN_TEXT)
        free_texts (table, &table->columns[i]);
      sf_mem_free (*column_values (&table->columns[i]));
    }
  for (size_t row = 0; table->geometries && row < table->rows; row++)
    sf_geometry_free (table->geometries[row]);
  sf_mem_free (table->geometries);
  sf_mem_free (table->columns);
  sf_mem_free (table);
}

static void
set_missing (struct sf_column *column, size_t row)
{
  switch (column->spec->quantity->type)
    {
    case SF_COLUMN_TEXT:
      column->as.texts[row] = NULL;
      break;
    case SF_COLUMN_DOUBLE:
      column->as.doubles[row] = NAN;
      break;
    case SF_COLUMN_INT:
    case SF_COLUMN_TIME:
      column->as.ints[row] = INT64_MIN;
      break;
    }
}

long
sf_table_add_row (struct sf_table *table)
{
  if (table->rows == table->capacity && (table->capacity > SIZE_MAX / 2 || reserve (table, 2 * table->capacity) < 0))
    return -1;
  size_t row = table->rows++;
  for (size_t i = 0; i < table->columns_count; i++)
    set_missing (&table->columns[i], row);
  if (table->geometries)
    table->geometries[row] = NULL;
  return (long) row;
}

static struct sf_column *
find_column (const struct sf_table *table, const char *name)
{
  for (size_t i = 0; i < table->columns_count; i++)
    if (strcmp (table->columns[i].spec->name, name) == 0)
      return &table->columns[i];
  return NULL;
}

static enum sf_code
fail_unknown (const struct sf_table *table, const char *name, struct sf_error *err)
{
  const char *nearest = NULL;
  const char **names = sf_mem_calloc (table->columns_count, sizeof *names);
  for (size_t i = 0; names && i < table->columns_count; i++)
    names[i] = table->columns[i].spec->name;
  if (names)
    nearest = sf_text_nearest (name, names, table->columns_count);
  sf_mem_free (names);
  if (nearest)
    return sf_fail (err, SF_ENOTFOUND, "no column '%s' in the table; did you mean '%s'?", name, nearest);
  return sf_fail (err, SF_ENOTFOUND, "no column '%s' in the table", name);
}

/* The column to set in the last row. */
static enum sf_code
settable (struct sf_table *table, const char *name, enum sf_column_type type, struct sf_column **ret_column,
          struct sf_error *err)
{
  struct sf_column *column = find_column (table, name);
  if (!column)
    return fail_unknown (table, name, err);
  if (column->spec->quantity->type != type)
    return sf_fail (err, SF_ETYPE, "column '%s' holds %s, not %s", name,
                    sf_column_type_name (column->spec->quantity->type), sf_column_type_name (type));
  if (table->rows == 0)
    return sf_fail (err, SF_EINVAL, "column '%s' set before the first row was added", name);
  *ret_column = column;
  return SF_OK;
}

enum sf_code
sf_table_set_text (struct sf_table *table, const char *column, const char *text, struct sf_error *err)
{
  struct sf_column *found = NULL;
  SF_TRY (settable (table, column, SF_COLUMN_TEXT, &found, err));
  char *copy = text ? sf_mem_strdup (text) : NULL;
  if (text && !copy)
    return sf_fail (err, SF_ENOMEM, "column '%s': out of memory", column);
  sf_mem_free (found->as.texts[table->rows - 1]);
  found->as.texts[table->rows - 1] = copy;
  return SF_OK;
}

enum sf_code
sf_table_set_double (struct sf_table *table, const char *column, double value, struct sf_error *err)
{
  struct sf_column *found = NULL;
  SF_TRY (settable (table, column, SF_COLUMN_DOUBLE, &found, err));
  found->as.doubles[table->rows - 1] = value;
  return SF_OK;
}

enum sf_code
sf_table_set_int (struct sf_table *table, const char *column, int64_t value, struct sf_error *err)
{
  struct sf_column *found = NULL;
  SF_TRY (settable (table, column, SF_COLUMN_INT, &found, err));
  found->as.ints[table->rows - 1] = value;
  return SF_OK;
}

enum sf_code
sf_table_set_time (struct sf_table *table, const char *column, int64_t time_s, struct sf_error *err)
{
  struct sf_column *found = NULL;
  SF_TRY (settable (table, column, SF_COLUMN_TIME, &found, err));
  found->as.ints[table->rows - 1] = time_s;
  return SF_OK;
}

enum sf_code
sf_table_set_geometry (struct sf_table *table, struct sf_geometry *geometry, struct sf_error *err)
{
  if (!table->geometries || table->rows == 0)
    {
      sf_geometry_free (geometry);
      return table->geometries ? sf_fail (err, SF_EINVAL, "geometry set before the first row was added")
                               : sf_fail (err, SF_ETYPE, "a table without features takes no geometry");
    }
  sf_geometry_free (table->geometries[table->rows - 1]);
  table->geometries[table->rows - 1] = geometry;
  return SF_OK;
}

const struct sf_column *
sf_table_column (const struct sf_table *table, const char *name)
{
  return find_column (table, name);
}

/* The column when it has the type and the row is there, else NULL. */
static const struct sf_column *
readable (const struct sf_table *table, const char *name, enum sf_column_type type, size_t row)
{
  const struct sf_column *column = find_column (table, name);
  return column && column->spec->quantity->type == type && row < table->rows ? column : NULL;
}

const char *
sf_table_text (const struct sf_table *table, const char *column, size_t row)
{
  const struct sf_column *found = readable (table, column, SF_COLUMN_TEXT, row);
  return found ? found->as.texts[row] : NULL;
}

double
sf_table_double (const struct sf_table *table, const char *column, size_t row)
{
  const struct sf_column *found = readable (table, column, SF_COLUMN_DOUBLE, row);
  return found ? found->as.doubles[row] : NAN;
}

int64_t
sf_table_int (const struct sf_table *table, const char *column, size_t row)
{
  const struct sf_column *found = readable (table, column, SF_COLUMN_INT, row);
  return found ? found->as.ints[row] : INT64_MIN;
}

int64_t
sf_table_time (const struct sf_table *table, const char *column, size_t row)
{
  const struct sf_column *found = readable (table, column, SF_COLUMN_TIME, row);
  return found ? found->as.ints[row] : SF_TIME_MISSING;
}
