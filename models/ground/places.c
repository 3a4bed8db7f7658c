/* SPDX-License-Identifier: Apache-2.0 */
#include "models/ground/places.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <math.h>
#include <string.h>

enum
{
  FILE_BYTES_MAX = 16 << 20,
  FIELDS = 8,
  SEAT_FIELDS = 5
};

const char *const sf_place_kinds[][2] = { { "county_seat", "市县" }, { "harbour", "港口" },  { "reservoir", "水库" },
                                          { "island", "岛礁" },      { "township", "乡镇" }, { NULL, NULL } };

/* Where in a file we are, for messages. */
struct place_line
{
  const char *path;
  long number;
  struct sf_span fields[FIELDS];
};

static const char *
kind_zh (const char *kind)
{
  for (size_t i = 0; sf_place_kinds[i][0]; i++)
    if (strcmp (sf_place_kinds[i][0], kind) == 0)
      return sf_place_kinds[i][1];
  return NULL;
}

static enum sf_code
copy_field (struct sf_arena *arena, const struct place_line *line, int field, const char **ret, struct sf_error *err)
{
  struct sf_span text = line->fields[field];
  *ret = text.length ? sf_arena_strndup (arena, text.text, text.length) : NULL;
  if (text.length && !*ret)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", line->path);
  return SF_OK;
}

static enum sf_code
read_degrees (const struct place_line *line, int field, const char *what, double limit, double *ret,
              struct sf_error *err)
{
  struct sf_span text = line->fields[field];
  double value;
  if (!sf_text_parse_double (text, &value))
    return sf_fail (err, SF_EFORMAT, "%s:%ld: %s '%.*s' is not a number", line->path, line->number, what,
                    (int) text.length, text.text);
  if (!(fabs (value) <= limit))
    return sf_fail (err, SF_ERANGE, "%s:%ld: %s %g is outside -%g..%g", line->path, line->number, what, value, limit,
                    limit);
  *ret = value;
  return SF_OK;
}

static enum sf_code
check_place (const struct place_line *line, struct sf_place *place, struct sf_error *err)
{
  if (!place->code || !place->name)
    return sf_fail (err, SF_EFORMAT, "%s:%ld: a place needs a code and a name", line->path, line->number);
  if (!place->kind || !(place->kind_zh = kind_zh (place->kind)))
    return sf_fail (err, SF_EFORMAT, "%s:%ld: kind '%s': county_seat, harbour, reservoir, island or township",
                    line->path, line->number, place->kind ? place->kind : "");
  return SF_OK;
}

/* Put a place where its code stands already, below `own` (those of files before), or at the end. */
static enum sf_code
put_place (struct sf_arena *arena, const struct place_line *line, const struct sf_place *place, size_t own,
           struct sf_place_list *list, struct sf_error *err)
{
  for (size_t i = 0; i < list->count; i++)
    if (strcmp (list->places[i].code, place->code) == 0)
      {
        if (i >= own)
          return sf_fail (err, SF_EFORMAT, "%s:%ld: code %s stands in this file twice", line->path, line->number,
                          place->code);
        list->places[i] = *place;
        return SF_OK;
      }
  if (list->count == list->capacity)
    {
      size_t capacity = list->capacity ? 2 * list->capacity : 128;
      struct sf_place *places = sf_arena_calloc (arena, capacity, sizeof *places);
      if (!places)
        return sf_fail (err, SF_ENOMEM, "%s: out of memory for %zu places", line->path, capacity);
      if (list->count > 0)
        memcpy (places, list->places, list->count * sizeof *places);
      list->places = places;
      list->capacity = capacity;
    }
  list->places[list->count++] = *place;
  return SF_OK;
}

static enum sf_code
read_place (struct sf_arena *arena, const struct place_line *line, struct sf_place *place, struct sf_error *err)
{
  SF_TRY (copy_field (arena, line, 0, &place->code, err));
  SF_TRY (copy_field (arena, line, 1, &place->name, err));
  SF_TRY (copy_field (arena, line, 2, &place->name_zh, err));
  SF_TRY (copy_field (arena, line, 3, &place->kind, err));
  SF_TRY (read_degrees (line, 4, "longitude", 180, &place->lon_deg, err));
  SF_TRY (read_degrees (line, 5, "latitude", 90, &place->lat_deg, err));
  SF_TRY (copy_field (arena, line, 6, &place->county_code, err));
  SF_TRY (copy_field (arena, line, 7, &place->source, err));
  return check_place (line, place, err);
}

static enum sf_code
read_seat (struct sf_arena *arena, const struct place_line *line, struct sf_place *place, struct sf_error *err)
{
  SF_TRY (copy_field (arena, line, 0, &place->code, err));
  SF_TRY (copy_field (arena, line, 1, &place->name, err));
  SF_TRY (copy_field (arena, line, 2, &place->name_zh, err));
  SF_TRY (read_degrees (line, 3, "longitude", 180, &place->lon_deg, err));
  SF_TRY (read_degrees (line, 4, "latitude", 90, &place->lat_deg, err));
  place->kind = sf_place_kinds[0][0];
  place->county_code = place->code;
  place->source = "share/places/hainan_counties.csv";
  return check_place (line, place, err);
}

typedef enum sf_code (*read_fn) (struct sf_arena *arena, const struct place_line *line, struct sf_place *place,
                                 struct sf_error *err);

static enum sf_code
split_line (struct place_line *line, struct sf_span text, int fields, struct sf_error *err)
{
  struct sf_span field;
  int n = 0;
  for (; sf_text_next_field (&text, ',', &field); n++)
    if (n < fields)
      line->fields[n] = sf_span_trim (field);
  if (n != fields)
    return sf_fail (err, SF_EFORMAT, "%s:%ld: %d fields between commas, not %d", line->path, line->number, n, fields);
  return SF_OK;
}

static enum sf_code
load (struct sf_arena *arena, const char *path, int fields, read_fn read, struct sf_place_list *list,
      struct sf_error *err)
{
  uint8_t *bytes;
  size_t length, own = list->count;
  SF_TRY (sf_file_read (arena, path, FILE_BYTES_MAX, &bytes, &length, err));
  if (!sf_text_is_utf8 (bytes, length))
    return sf_fail (err, SF_EFORMAT, "%s is not UTF-8 text", path);
  size_t mark = length >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  struct sf_span rest = { (const char *) bytes + mark, length - mark }, text;
  struct place_line line = { .path = path };
  bool begun = false;
  while (sf_text_next_line (&rest, &text, &line.number))
    {
      struct sf_place place = { 0 };
      text = sf_span_trim (text);
      if (text.length == 0 || text.text[0] == '#')
        continue;
      SF_TRY (split_line (&line, text, fields, err));
      bool header = !begun && sf_span_equal (line.fields[0], "code");
      begun = true;
      if (header)
        continue;
      SF_TRY (read (arena, &line, &place, err));
      SF_TRY (put_place (arena, &line, &place, own, list, err));
    }
  return SF_OK;
}

enum sf_code
sf_places_load (struct sf_arena *arena, const char *path, struct sf_place_list *list, struct sf_error *err)
{
  return load (arena, path, FIELDS, read_place, list, err);
}

enum sf_code
sf_places_load_seats (struct sf_arena *arena, const char *path, struct sf_place_list *list, struct sf_error *err)
{
  return load (arena, path, SEAT_FIELDS, read_seat, list, err);
}

/* --- the stage --- */

static enum sf_code
load_all (const struct sf_host *host, struct sf_arena *arena, struct sf_place_list *list, struct sf_error *err)
{
  static const char *const files[]
      = { "places/hainan_counties.csv", "places/harbours.csv", "places/reservoirs.csv", "places/named_islands.csv" };
  const char *own = sf_settings_text (host->settings, "places");
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    {
      const char *path = sf_file_join (arena, host->share_folder, files[i]);
      if (!path)
        return sf_fail (err, SF_ENOMEM, "out of memory for a file name");
      SF_TRY (i == 0 ? sf_places_load_seats (arena, path, list, err) : sf_places_load (arena, path, list, err));
    }
  return own ? sf_places_load (arena, own, list, err) : SF_OK;
}

static enum sf_code
add_place (struct sf_table *table, const struct sf_place *place, struct sf_error *err)
{
  struct sf_geometry *point = sf_geometry_new_point (place->lon_deg, place->lat_deg);
  if (!point || sf_table_add_row (table) < 0)
    {
      sf_geometry_free (point);
      return sf_fail (err, SF_ENOMEM, "out of memory for named places");
    }
  SF_TRY (sf_table_set_geometry (table, point, err));
  SF_TRY (sf_table_set_text (table, "code", place->code, err));
  SF_TRY (sf_table_set_text (table, "name", place->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", place->name_zh, err));
  SF_TRY (sf_table_set_text (table, "kind", place->kind, err));
  SF_TRY (sf_table_set_text (table, "kind_zh", place->kind_zh, err));
  SF_TRY (sf_table_set_text (table, "county_code", place->county_code, err));
  SF_TRY (sf_table_set_text (table, "source", place->source, err));
  SF_TRY (sf_table_set_double (table, "longitude", place->lon_deg, err));
  return sf_table_set_double (table, "latitude", place->lat_deg, err);
}

enum sf_code
sf_ground_run_places (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_place_list list = { 0 };
  struct sf_dataset *dataset = NULL;
  enum sf_code code = load_all (host, &arena, &list, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "places"), NULL, &dataset, err);
  for (size_t i = 0; code == SF_OK && i < list.count; i++)
    code = add_place (dataset->as.table, &list.places[i], err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    return io->output (io, "places", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
