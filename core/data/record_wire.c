/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/record.h"
#include "core/data/member.h"

#include <math.h>
#include <string.h>

/* A record on the wire, all numbers little-endian:
     u32 length of all that follows; u8 version; u8 kind; u8 quality; u32 revision; i64 valid, received, source line;
     texts feed, doubt, source; then the kind's members in the order of its table.
   A text is u32 length and bytes, length 0xffffffff for NULL. A number is an IEEE 754 double (one NaN only), an int or a
   time i64. A geometry is u8 kind (0: none), u32 parts, u32 points, for each part u32 the end of its points and u8 outer,
   then x and y of each point. A grid is i32 nx, ny, six doubles, the CRS text and nx * ny floats. */
enum
{
  WIRE_VERSION = 1,
  FLOATS_AT_ONCE = 512
};

static const uint32_t NULL_TEXT = UINT32_MAX;

static void
put_u8 (struct sf_strbuf *buf, unsigned value)
{
  uint8_t byte = (uint8_t) value;
  sf_strbuf_add_bytes (buf, &byte, 1);
}

static void
store_u32 (uint8_t *to, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    to[i] = (uint8_t) (value >> 8 * i);
}

static void
put_u32 (struct sf_strbuf *buf, uint32_t value)
{
  uint8_t bytes[4];
  store_u32 (bytes, value);
  sf_strbuf_add_bytes (buf, bytes, sizeof bytes);
}

static void
put_u64 (struct sf_strbuf *buf, uint64_t value)
{
  uint8_t bytes[8];
  for (int i = 0; i < 8; i++)
    bytes[i] = (uint8_t) (value >> 8 * i);
  sf_strbuf_add_bytes (buf, bytes, sizeof bytes);
}

/* All NaNs are written as one, so that equal records have equal bytes. */
static void
put_double (struct sf_strbuf *buf, double value)
{
  uint64_t bits = UINT64_C (0x7ff8000000000000);
  if (!isnan (value))
    memcpy (&bits, &value, sizeof bits);
  put_u64 (buf, bits);
}

static void
put_text (struct sf_strbuf *buf, const char *text)
{
  size_t length = text ? strlen (text) : 0;
  put_u32 (buf, text ? (uint32_t) length : NULL_TEXT);
  if (length)
    sf_strbuf_add_bytes (buf, text, length);
}

static void
put_geometry (struct sf_strbuf *buf, const struct sf_geometry *geometry)
{
  put_u8 (buf, geometry ? (unsigned) geometry->kind : SF_GEOMETRY_NONE);
  if (!geometry)
    return;
  put_u32 (buf, (uint32_t) geometry->parts);
  put_u32 (buf, (uint32_t) geometry->points);
  for (size_t part = 0; part < geometry->parts; part++)
    {
      put_u32 (buf, (uint32_t) geometry->part_start[part + 1]);
      put_u8 (buf, geometry->part_outer && geometry->part_outer[part]);
    }
  for (size_t i = 0; i < 2 * geometry->points; i++)
    put_double (buf, geometry->xy[i]);
}

static void
put_floats (struct sf_strbuf *buf, const float *values, size_t count)
{
  uint8_t bytes[4 * FLOATS_AT_ONCE];
  for (size_t done = 0; done < count && !buf->failed; done += FLOATS_AT_ONCE)
    {
      size_t now = count - done < FLOATS_AT_ONCE ? count - done : FLOATS_AT_ONCE;
      for (size_t i = 0; i < now; i++)
        {
          uint32_t bits = UINT32_C (0x7fc00000);
          if (!isnan (values[done + i]))
            memcpy (&bits, &values[done + i], sizeof bits);
          store_u32 (bytes + 4 * i, bits);
        }
      sf_strbuf_add_bytes (buf, bytes, 4 * now);
    }
}

static void
put_grid (struct sf_strbuf *buf, const struct sf_field *field)
{
  put_u32 (buf, (uint32_t) field->grid.nx);
  put_u32 (buf, (uint32_t) field->grid.ny);
  for (int i = 0; i < 6; i++)
    put_double (buf, field->grid.affine[i]);
  put_text (buf, field->grid.crs);
  put_floats (buf, field->values, sf_gridspec_cells (&field->grid));
}

static void
put_member (struct sf_strbuf *buf, const struct sf_record *record, const struct sf_member *member)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      put_text (buf, *sf_member_text (record, member));
      break;
    case SF_MEMBER_DOUBLE:
    case SF_MEMBER_DOUBLES:
      for (int i = 0; i < member->count; i++)
        put_double (buf, sf_member_doubles (record, member)[i]);
      break;
    case SF_MEMBER_INT:
    case SF_MEMBER_TIME:
      put_u64 (buf, (uint64_t) *sf_member_int (record, member));
      break;
    case SF_MEMBER_GEOMETRY:
      put_geometry (buf, *sf_member_geometry (record, member));
      break;
    case SF_MEMBER_GRID:
      put_grid (buf, &record->as.field);
      break;
    }
}

enum sf_code
sf_record_encode (const struct sf_record *record, struct sf_strbuf *buf, struct sf_error *err)
{
  SF_TRY (sf_record_check (record, err));
  size_t start = buf->length;
  put_u32 (buf, 0);
  put_u8 (buf, WIRE_VERSION);
  put_u8 (buf, (unsigned) record->kind);
  put_u8 (buf, record->quality);
  put_u32 (buf, record->revision);
  put_u64 (buf, (uint64_t) record->valid_s);
  put_u64 (buf, (uint64_t) record->received_s);
  put_u64 (buf, (uint64_t) record->source_line);
  put_text (buf, record->feed);
  put_text (buf, record->doubt);
  put_text (buf, record->source);
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++)
    put_member (buf, record, member);
  if (buf->failed)
    return sf_fail (err, SF_ENOMEM, "no memory to encode a record of kind %s", sf_record_kind_name (record->kind, 0));
  /* Counts inside are cut to 32 bits above, but whatever overflowed them is longer than this in bytes. */
  size_t length = buf->length - start - 4;
  if (length >= UINT32_MAX)
    {
      buf->length = start;
      buf->text[start] = '\0';
      return sf_fail (err, SF_ERANGE, "a record of kind %s takes %zu bytes; at most 4 GiB go into one",
                      sf_record_kind_name (record->kind, 0), length);
    }
  store_u32 ((uint8_t *) buf->text + start, (uint32_t) length);
  return SF_OK;
}

struct reader
{
  struct sf_arena *arena;
  const uint8_t *bytes;
  size_t length, at;
  struct sf_error *err;
};

/* The next count items of item_bytes each, or SF_EFORMAT when so many are not there. */
static enum sf_code
take (struct reader *reader, const char *what, size_t count, size_t item_bytes, const uint8_t **ret_bytes)
{
  size_t left = reader->length - reader->at;
  if (count > left / item_bytes)
    return sf_fail (reader->err, SF_EFORMAT, "offset %zu: %s needs %zu x %zu bytes, %zu are left", reader->at, what,
                    count, item_bytes, left);
  *ret_bytes = reader->bytes + reader->at;
  reader->at += count * item_bytes;
  return SF_OK;
}

static enum sf_code
no_memory (const struct reader *reader)
{
  return sf_fail (reader->err, SF_ENOMEM, "offset %zu: no memory to decode a record", reader->at);
}

static uint32_t
fetch_u32 (const uint8_t *from)
{
  return (uint32_t) from[0] | (uint32_t) from[1] << 8 | (uint32_t) from[2] << 16 | (uint32_t) from[3] << 24;
}

static uint64_t
fetch_u64 (const uint8_t *from)
{
  return fetch_u32 (from) | (uint64_t) fetch_u32 (from + 4) << 32;
}

static double
fetch_double (const uint8_t *from)
{
  uint64_t bits = fetch_u64 (from);
  double value;
  memcpy (&value, &bits, sizeof value);
  return isnan (value) ? NAN : value;
}

static enum sf_code
get_u8 (struct reader *reader, const char *what, uint8_t *ret_value)
{
  const uint8_t *from = NULL;
  SF_TRY (take (reader, what, 1, 1, &from));
  *ret_value = *from;
  return SF_OK;
}

static enum sf_code
get_u32 (struct reader *reader, const char *what, uint32_t *ret_value)
{
  const uint8_t *from = NULL;
  SF_TRY (take (reader, what, 1, 4, &from));
  *ret_value = fetch_u32 (from);
  return SF_OK;
}

static enum sf_code
get_i64 (struct reader *reader, const char *what, int64_t *ret_value)
{
  const uint8_t *from = NULL;
  SF_TRY (take (reader, what, 1, 8, &from));
  *ret_value = (int64_t) fetch_u64 (from);
  return SF_OK;
}

static enum sf_code
get_doubles (struct reader *reader, const char *what, size_t count, double *ret_values)
{
  const uint8_t *from = NULL;
  SF_TRY (take (reader, what, count, 8, &from));
  for (size_t i = 0; i < count; i++)
    ret_values[i] = fetch_double (from + 8 * i);
  return SF_OK;
}

/* A text without NUL inside; that it is UTF-8 is for sf_record_check. */
static enum sf_code
get_text (struct reader *reader, const char *what, const char **ret_text)
{
  uint32_t length = 0;
  const uint8_t *from = NULL;
  SF_TRY (get_u32 (reader, what, &length));
  if (length == NULL_TEXT)
    {
      *ret_text = NULL;
      return SF_OK;
    }
  size_t at = reader->at;
  SF_TRY (take (reader, what, length, 1, &from));
  if (memchr (from, '\0', length))
    return sf_fail (reader->err, SF_EFORMAT, "offset %zu: %s has a NUL inside", at, what);
  *ret_text = sf_arena_strndup (reader->arena, (const char *) from, length);
  return *ret_text ? SF_OK : no_memory (reader);
}

static enum sf_code
get_parts (struct reader *reader, struct sf_geometry *geometry)
{
  const uint8_t *from = NULL;
  SF_TRY (take (reader, "geometry: parts", geometry->parts, 5, &from));
  bool polygon = geometry->kind == SF_GEOMETRY_POLYGON;
  geometry->part_start = sf_arena_calloc (reader->arena, geometry->parts + 1, sizeof *geometry->part_start);
  if (polygon)
    geometry->part_outer = sf_arena_calloc (reader->arena, geometry->parts, sizeof *geometry->part_outer);
  if (!geometry->part_start || (polygon && !geometry->part_outer))
    return no_memory (reader);
  for (size_t part = 0; part < geometry->parts; part++, from += 5)
    {
      geometry->part_start[part + 1] = fetch_u32 (from);
      if (from[4] > polygon)
        return sf_fail (reader->err, SF_EFORMAT, "offset %zu: geometry: part %zu is outer %d",
                        (size_t) (from - reader->bytes), part, from[4]);
      if (polygon)
        geometry->part_outer[part] = from[4];
    }
  geometry->part_capacity = geometry->parts + 1;
  geometry->outer_capacity = polygon ? geometry->parts : 0;
  return SF_OK;
}

static enum sf_code
get_geometry (struct reader *reader, const struct sf_geometry **ret_geometry)
{
  uint8_t kind = 0;
  uint32_t parts = 0, points = 0;
  const uint8_t *from = NULL;
  SF_TRY (get_u8 (reader, "geometry", &kind));
  if (kind == SF_GEOMETRY_NONE)
    return SF_OK;
  if (kind > SF_GEOMETRY_POLYGON)
    return sf_fail (reader->err, SF_EFORMAT, "offset %zu: geometry of kind %d", reader->at - 1, kind);
  SF_TRY (get_u32 (reader, "geometry: parts", &parts));
  SF_TRY (get_u32 (reader, "geometry: points", &points));
  struct sf_geometry *geometry = sf_arena_calloc (reader->arena, 1, sizeof *geometry);
  if (!geometry)
    return no_memory (reader);
  geometry->kind = (enum sf_geometry_kind) kind;
  geometry->parts = parts;
  SF_TRY (get_parts (reader, geometry));
  SF_TRY (take (reader, "geometry: points", points, 16, &from));
  geometry->xy = sf_arena_alloc (reader->arena, (size_t) points * 2 * sizeof *geometry->xy);
  if (!geometry->xy)
    return no_memory (reader);
  for (size_t i = 0; i < 2 * (size_t) points; i++)
    geometry->xy[i] = fetch_double (from + 8 * i);
  geometry->points = geometry->point_capacity = points;
  *ret_geometry = geometry;
  return SF_OK;
}

static enum sf_code
get_crs (struct reader *reader, char *crs, size_t size)
{
  size_t at = reader->at;
  const char *text = NULL;
  SF_TRY (get_text (reader, "grid: CRS", &text));
  if (!text || strlen (text) >= size)
    return sf_fail (reader->err, SF_EFORMAT, "offset %zu: grid: the CRS text is %s", at, text ? "too long" : "missing");
  memcpy (crs, text, strlen (text) + 1);
  return SF_OK;
}

static enum sf_code
get_grid (struct reader *reader, struct sf_field *field)
{
  uint32_t nx = 0, ny = 0;
  const uint8_t *from = NULL;
  SF_TRY (get_u32 (reader, "grid: nx", &nx));
  SF_TRY (get_u32 (reader, "grid: ny", &ny));
  if (nx > INT32_MAX || ny > INT32_MAX)
    return sf_fail (reader->err, SF_EFORMAT, "offset %zu: grid of %u x %u cells", reader->at - 8, nx, ny);
  SF_TRY (get_doubles (reader, "grid: transform", 6, field->grid.affine));
  SF_TRY (get_crs (reader, field->grid.crs, sizeof field->grid.crs));
  size_t cells = (size_t) nx * ny;
  SF_TRY (take (reader, "grid: values", cells, 4, &from));
  field->grid.nx = (int) nx;
  field->grid.ny = (int) ny;
  if (cells == 0)
    return SF_OK;
  float *values = sf_arena_alloc (reader->arena, cells * sizeof *values);
  if (!values)
    return no_memory (reader);
  for (size_t i = 0; i < cells; i++)
    {
      uint32_t bits = fetch_u32 (from + 4 * i);
      memcpy (&values[i], &bits, sizeof bits);
    }
  field->values = values;
  return SF_OK;
}

static enum sf_code
get_member (struct reader *reader, struct sf_record *record, const struct sf_member *member)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      return get_text (reader, member->name, sf_member_text (record, member));
    case SF_MEMBER_DOUBLE:
    case SF_MEMBER_DOUBLES:
      return get_doubles (reader, member->name, (size_t) member->count, sf_member_doubles (record, member));
    case SF_MEMBER_INT:
    case SF_MEMBER_TIME:
      return get_i64 (reader, member->name, sf_member_int (record, member));
    case SF_MEMBER_GEOMETRY:
      return get_geometry (reader, sf_member_geometry (record, member));
    case SF_MEMBER_GRID:
      return get_grid (reader, &record->as.field);
    }
  return SF_OK;
}

static enum sf_code
get_head (struct reader *reader, struct sf_record *record)
{
  uint8_t version = 0, kind = 0, quality = 0;
  SF_TRY (get_u8 (reader, "version", &version));
  if (version != WIRE_VERSION)
    return sf_fail (reader->err, SF_EFORMAT, "offset %zu: wire version %d; this program reads %d", reader->at - 1,
                    version, WIRE_VERSION);
  SF_TRY (get_u8 (reader, "kind", &kind));
  if (kind >= SF_RECORD_KINDS)
    return sf_fail (reader->err, SF_EFORMAT, "offset %zu: record of kind %d", reader->at - 1, kind);
  sf_record_init (record, (enum sf_record_kind) kind);
  SF_TRY (get_u8 (reader, "quality", &quality));
  record->quality = quality;
  SF_TRY (get_u32 (reader, "revision", &record->revision));
  SF_TRY (get_i64 (reader, "time", &record->valid_s));
  SF_TRY (get_i64 (reader, "received time", &record->received_s));
  SF_TRY (get_i64 (reader, "source line", &record->source_line));
  SF_TRY (get_text (reader, "feed", &record->feed));
  SF_TRY (get_text (reader, "doubt", &record->doubt));
  return get_text (reader, "source", &record->source);
}

enum sf_code
sf_record_decode (struct sf_arena *arena, const uint8_t *bytes, size_t length, struct sf_record *ret_record,
                  size_t *ret_used, struct sf_error *err)
{
  struct reader reader = { .arena = arena, .bytes = bytes, .length = length, .err = err };
  uint32_t inside = 0;
  struct sf_record record;
  SF_TRY (get_u32 (&reader, "record length", &inside));
  if (inside > length - reader.at)
    return sf_fail (err, SF_EFORMAT, "offset 0: a record of %u bytes, %zu are there", inside, length - reader.at);
  reader.length = reader.at + inside;
  SF_TRY (get_head (&reader, &record));
  for (const struct sf_member *member = sf_record_members (record.kind); member->name; member++)
    SF_TRY (get_member (&reader, &record, member));
  if (reader.at != reader.length)
    return sf_fail (err, SF_EFORMAT, "offset %zu: %zu bytes too many in the record", reader.at,
                    reader.length - reader.at);
  if (sf_record_check (&record, err) != SF_OK)
    return sf_error_prefix (err, SF_EFORMAT, "offset 0");
  *ret_record = record;
  *ret_used = reader.length;
  return SF_OK;
}
