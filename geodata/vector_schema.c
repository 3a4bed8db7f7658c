/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector_schema.h"

#include "core/base/text.h"
#include "geodata/gdal_guard.h"

#include <gdal.h>

#include <string.h>

/* Table definitions as in OGC 12-128r17, tables 9, 26 and 27; constraints of values are not used but the extension
   requires their table. */
static const char *const tables[] = {
  "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
  "definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
  "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, "
  "description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), "
  "CONSTRAINT gdc_tn UNIQUE (table_name, name))",
  "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value "
  "TEXT, "
  "min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, "
  "CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))",
  "INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', "
  "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
  "INSERT INTO gpkg_extensions VALUES ('gpkg_data_column_constraints', NULL, 'gpkg_schema', "
  "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
};

static enum sf_code
run (void *gdal_file, const char *path, const char *sql, struct sf_error *err)
{
  struct sf_gdal_guard guard;
  sf_gdal_guard_begin (&guard);
  GDALDatasetReleaseResultSet (gdal_file, GDALDatasetExecuteSQL (gdal_file, sql, NULL, NULL));
  enum sf_code code = SF_OK;
  if (guard.text[0])
    code = sf_gdal_guard_fail (&guard, err, SF_EIO, "%s: cannot describe the columns", path);
  sf_gdal_guard_end (&guard);
  return code;
}

enum sf_code
sf_vector_schema_create (void *gdal_file, const char *path, struct sf_error *err)
{
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
    SF_TRY (run (gdal_file, path, tables[i], err));
  return SF_OK;
}

static void
add_quoted (struct sf_strbuf *sql, const char *text)
{
  for (; *text; text++)
    {
      if (*text == '\'')
        sf_strbuf_add (sql, "'");
      sf_strbuf_add_bytes (sql, text, 1);
    }
}

/* Add 'text' or 'first<between>second<end>'. */
static void
add_value (struct sf_strbuf *sql, const char *first, const char *between, const char *second, const char *end)
{
  sf_strbuf_add (sql, "'");
  add_quoted (sql, first);
  if (second)
    {
      add_quoted (sql, between);
      add_quoted (sql, second);
      add_quoted (sql, end);
    }
  sf_strbuf_add (sql, "'");
}

static enum sf_code
describe (void *gdal_file, const char *path, const char *layer, const struct sf_vector_column *column,
          struct sf_error *err)
{
  const char *unit = column->unit && strcmp (column->unit, "1") != 0 ? column->unit : NULL;
  struct sf_strbuf sql = { 0 };
  sf_strbuf_add (&sql, "INSERT INTO gpkg_data_columns VALUES (");
  add_value (&sql, layer, "", NULL, "");
  sf_strbuf_add (&sql, ", ");
  add_value (&sql, column->name, "", NULL, "");
  sf_strbuf_add (&sql, ", ");
  add_value (&sql, column->name, " [", unit, "]");
  sf_strbuf_add (&sql, ", ");
  add_value (&sql, column->title_en ? column->title_en : column->name, " | ", column->title_zh, "");
  sf_strbuf_add (&sql, ", ");
  add_value (&sql, unit ? unit : "no unit", ", mean over ", column->averaging, "");
  sf_strbuf_add (&sql, ", NULL, NULL)");
  enum sf_code code = sql.failed ? sf_fail (err, SF_ENOMEM, "%s: no memory to describe column %s", path, column->name)
                                 : run (gdal_file, path, sql.text, err);
  sf_strbuf_finish (&sql);
  return code;
}

enum sf_code
sf_vector_schema_describe (void *gdal_file, const char *path, const char *layer, const struct sf_vector_column *columns,
                           size_t count, struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    SF_TRY (describe (gdal_file, path, layer, &columns[i], err));
  return SF_OK;
}
