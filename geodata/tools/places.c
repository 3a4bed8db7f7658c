/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/tools/places.h"
#include "core/base/file.h"
#include "core/base/text.h"

enum
{
  FIELDS_MAX = 8,
  FILE_BYTES_MAX = 1 << 20
};

/* A table as fields of text, fields_count a row. */
struct rows
{
  struct sf_span (*fields)[FIELDS_MAX];
  long *lines;
  size_t count;
};

static enum sf_code
load_rows (struct sf_arena *arena, const char *path, size_t fields_count, struct rows *ret, struct sf_error *err)
{
  uint8_t *bytes;
  size_t length, lines = 1;
  long number = 0;
  SF_TRY (sf_file_read (arena, path, FILE_BYTES_MAX, &bytes, &length, err));
  for (size_t i = 0; i < length; i++)
    lines += bytes[i] == '\n';
  struct rows rows
      = { sf_arena_calloc (arena, lines, sizeof *rows.fields), sf_arena_calloc (arena, lines, sizeof (long)), 0 };
  if (!rows.fields || !rows.lines)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  struct sf_span rest = { (const char *) bytes, length }, line, field;
  while (sf_text_next_line (&rest, &line, &number))
    {
      size_t n = 0;
      if (sf_span_trim (line).length == 0 || line.text[0] == '#')
        continue;
      while (n < FIELDS_MAX && sf_text_next_field (&line, ',', &field))
        rows.fields[rows.count][n++] = sf_span_trim (field);
      if (n != fields_count)
        return sf_fail (err, SF_EFORMAT, "%s:%ld: %zu fields, expected %zu", path, number, n, fields_count);
      rows.lines[rows.count++] = number;
    }
  *ret = rows;
  return SF_OK;
}

static enum sf_code
read_number (const char *path, const struct rows *rows, size_t row, size_t field, double *ret, struct sf_error *err)
{
  struct sf_span text = rows->fields[row][field];
  if (sf_text_parse_double (text, ret))
    return SF_OK;
  return sf_fail (err, SF_EFORMAT, "%s:%ld: '%.*s' is not a number", path, rows->lines[row], (int) text.length,
                  text.text);
}

static const char *
copy_text (struct sf_arena *arena, const struct rows *rows, size_t row, size_t field)
{
  return sf_arena_strndup (arena, rows->fields[row][field].text, rows->fields[row][field].length);
}

enum sf_code
sf_islands_load (struct sf_arena *arena, const char *path, struct sf_island **ret, size_t *ret_count,
                 struct sf_error *err)
{
  struct rows rows;
  SF_TRY (load_rows (arena, path, 4, &rows, err));
  struct sf_island *islands = sf_arena_calloc (arena, rows.count, sizeof *islands);
  if (!islands)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  for (size_t i = 0; i < rows.count; i++)
    {
      SF_TRY (read_number (path, &rows, i, 0, &islands[i].lon_deg, err));
      SF_TRY (read_number (path, &rows, i, 1, &islands[i].lat_deg, err));
      SF_TRY (read_number (path, &rows, i, 3, &islands[i].area_km2, err));
      if (!(islands[i].name = copy_text (arena, &rows, i, 2)))
        return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
    }
  *ret = islands;
  *ret_count = rows.count;
  return SF_OK;
}

enum sf_code
sf_county_places_load (struct sf_arena *arena, const char *path, struct sf_county_place **ret, size_t *ret_count,
                       struct sf_error *err)
{
  struct rows rows;
  SF_TRY (load_rows (arena, path, 5, &rows, err));
  struct sf_county_place *places = sf_arena_calloc (arena, rows.count, sizeof *places);
  if (!places)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  for (size_t i = 0; i < rows.count; i++)
    {
      places[i].code = copy_text (arena, &rows, i, 0);
      places[i].name = copy_text (arena, &rows, i, 1);
      places[i].name_zh = copy_text (arena, &rows, i, 2);
      if (!places[i].code || !places[i].name || !places[i].name_zh)
        return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
      SF_TRY (read_number (path, &rows, i, 3, &places[i].seat_lon_deg, err));
      SF_TRY (read_number (path, &rows, i, 4, &places[i].seat_lat_deg, err));
    }
  *ret = places;
  *ret_count = rows.count;
  return SF_OK;
}
