/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/record.h"
#include "core/data/member.h"

#include "core/base/json.h"
#include "core/base/sha256.h"

#include <math.h>
#include <string.h>

enum
{
  FLOATS_AT_ONCE = 512
};

static bool
has_name (const struct sf_member *member, const char *name)
{
  return strcmp (member->name, name) == 0;
}

static void
put_coordinate (struct sf_json *json, const struct sf_record *record, const char *name)
{
  const struct sf_member *member = sf_record_members (record->kind);
  while (member->name && !has_name (member, name))
    member++;
  sf_json_put_double (json, name, member->name ? *sf_member_doubles (record, member) : NAN);
}

static bool
all_missing (const double *values, int count)
{
  for (int i = 0; i < count; i++)
    if (!isnan (values[i]))
      return false;
  return true;
}

/* {"r7_km":[NE,SE,SW,NW],"r10_km":...,"r12_km":...}; null where nothing is known. */
static void
put_radii (struct sf_json *json, const double *radii_km)
{
  static const char *const NAMES[SF_RADII_FORCES] = { "r7_km", "r10_km", "r12_km" };
  sf_json_key (json, "radii");
  if (all_missing (radii_km, SF_RADII_FORCES * SF_QUADRANTS))
    {
      sf_json_null (json);
      return;
    }
  sf_json_begin_object (json);
  for (int force = 0; force < SF_RADII_FORCES; force++)
    {
      const double *ring_km = &radii_km[force * SF_QUADRANTS];
      sf_json_key (json, NAMES[force]);
      if (all_missing (ring_km, SF_QUADRANTS))
        {
          sf_json_null (json);
          continue;
        }
      sf_json_begin_array (json);
      for (int quadrant = 0; quadrant < SF_QUADRANTS; quadrant++)
        sf_json_double (json, ring_km[quadrant]);
      sf_json_end_array (json);
    }
  sf_json_end_object (json);
}

static void
put_points (struct sf_json *json, const struct sf_geometry *geometry, size_t part)
{
  for (size_t i = geometry->part_start[part]; i < geometry->part_start[part + 1]; i++)
    {
      sf_json_begin_array (json);
      sf_json_double (json, geometry->xy[2 * i]);
      sf_json_double (json, geometry->xy[2 * i + 1]);
      sf_json_end_array (json);
    }
}

static void
put_point_parts (struct sf_json *json, const struct sf_geometry *geometry)
{
  for (size_t part = 0; part < geometry->parts; part++)
    put_points (json, geometry, part);
}

static void
put_line_parts (struct sf_json *json, const struct sf_geometry *geometry)
{
  for (size_t part = 0; part < geometry->parts; part++)
    {
      sf_json_begin_array (json);
      put_points (json, geometry, part);
      sf_json_end_array (json);
    }
}

/* Each outer ring opens the array of a polygon, which holds its rings. */
static void
put_polygons (struct sf_json *json, const struct sf_geometry *geometry)
{
  for (size_t part = 0; part < geometry->parts; part++)
    {
      if (geometry->part_outer[part])
        sf_json_begin_array (json);
      sf_json_begin_array (json);
      put_points (json, geometry, part);
      sf_json_end_array (json);
      if (part + 1 == geometry->parts || geometry->part_outer[part + 1])
        sf_json_end_array (json);
    }
}

void
sf_record_put_geometry (struct sf_json *json, const char *key, const struct sf_geometry *geometry)
{
  static const char *const TYPES[] = { NULL, "MultiPoint", "MultiLineString", "MultiPolygon" };
  sf_json_key (json, key);
  if (!geometry || geometry->kind == SF_GEOMETRY_NONE)
    {
      sf_json_null (json);
      return;
    }
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", TYPES[geometry->kind]);
  sf_json_key (json, "coordinates");
  sf_json_begin_array (json);
  if (geometry->kind == SF_GEOMETRY_POLYGON)
    put_polygons (json, geometry);
  else if (geometry->kind == SF_GEOMETRY_LINE)
    put_line_parts (json, geometry);
  else
    put_point_parts (json, geometry);
  sf_json_end_array (json);
  sf_json_end_object (json);
}

/* Hash the values as little-endian floats with one NaN, so that equal fields have equal digests. */
static bool
hash_values (const struct sf_field *field, char text[SF_KEY_TEXT_BYTES])
{
  uint8_t bytes[4 * FLOATS_AT_ONCE];
  size_t cells = sf_gridspec_cells (&field->grid);
  struct sf_key key;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return false;
  for (size_t done = 0; done < cells; done += FLOATS_AT_ONCE)
    {
      size_t now = cells - done < FLOATS_AT_ONCE ? cells - done : FLOATS_AT_ONCE;
      for (size_t i = 0; i < now; i++)
        {
          uint32_t bits = UINT32_C (0x7fc00000);
          if (!isnan (field->values[done + i]))
            memcpy (&bits, &field->values[done + i], sizeof bits);
          for (int b = 0; b < 4; b++)
            bytes[4 * i + (size_t) b] = (uint8_t) (bits >> 8 * b);
        }
      sf_hash_add (hash, bytes, 4 * now);
    }
  bool good = sf_hash_finish (hash, &key, NULL) == SF_OK;
  sf_hash_free (hash);
  if (good)
    sf_key_format (&key, text);
  return good;
}

static void
put_grid (struct sf_json *json, const struct sf_field *field)
{
  char digest[SF_KEY_TEXT_BYTES];
  sf_json_key (json, "grid");
  if (!field->values)
    {
      sf_json_null (json);
      return;
    }
  if (!hash_values (field, digest))
    {
      json->out->failed = true;
      return;
    }
  sf_json_begin_object (json);
  sf_json_put_string (json, "crs", field->grid.crs);
  sf_json_key (json, "affine");
  sf_json_begin_array (json);
  for (int i = 0; i < 6; i++)
    sf_json_double (json, field->grid.affine[i]);
  sf_json_end_array (json);
  sf_json_key (json, "shape");
  sf_json_begin_array (json);
  sf_json_int (json, field->grid.ny);
  sf_json_int (json, field->grid.nx);
  sf_json_end_array (json);
  sf_json_put_string (json, "sha256", digest);
  sf_json_end_object (json);
}

static void
put_numbers (struct sf_json *json, const struct sf_record *record, const struct sf_member *member)
{
  const double *values = sf_member_doubles (record, member);
  if (has_name (member, "radii_km"))
    {
      put_radii (json, values);
      return;
    }
  sf_json_key (json, member->name);
  sf_json_begin_array (json);
  for (int i = 0; i < member->count; i++)
    sf_json_double (json, values[i]);
  sf_json_end_array (json);
}

/* Lead times are written in hours, as forecasters say them. */
static void
put_whole (struct sf_json *json, const struct sf_record *record, const struct sf_member *member)
{
  int64_t value = *sf_member_int (record, member);
  if (has_name (member, "lead_s"))
    sf_json_put_double (json, "lead_h", (double) value / 3600);
  else
    sf_json_put_int (json, member->name, value);
}

static void
put_member (struct sf_json *json, const struct sf_record *record, const struct sf_member *member)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      sf_json_put_string (json, member->name, *sf_member_text (record, member));
      break;
    case SF_MEMBER_DOUBLE:
      sf_json_put_double (json, member->name, *sf_member_doubles (record, member));
      break;
    case SF_MEMBER_DOUBLES:
      put_numbers (json, record, member);
      break;
    case SF_MEMBER_INT:
      put_whole (json, record, member);
      break;
    case SF_MEMBER_TIME:
      sf_json_put_time (json, member->name, *sf_member_int (record, member));
      break;
    case SF_MEMBER_GEOMETRY:
      sf_record_put_geometry (json, member->name, *sf_member_geometry (record, member));
      break;
    case SF_MEMBER_GRID:
      put_grid (json, &record->as.field);
      break;
    }
}

void
sf_record_format_json (const struct sf_record *record, struct sf_strbuf *buf)
{
  struct sf_json json = { .out = buf };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "kind", sf_record_kind_name (record->kind, 0));
  sf_json_put_string (&json, "feed", record->feed);
  sf_json_put_time (&json, "time", record->valid_s);
  put_coordinate (&json, record, "lon");
  put_coordinate (&json, record, "lat");
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++)
    if (!has_name (member, "lon") && !has_name (member, "lat"))
      put_member (&json, record, member);
  sf_json_put_time (&json, "received_time", record->received_s);
  sf_json_put_int (&json, "revision", record->revision);
  sf_json_put_int (&json, "quality", record->quality);
  sf_json_put_string (&json, "doubt", record->doubt);
  sf_json_put_string (&json, "source", record->source);
  sf_json_put_int (&json, "source_line", record->source_line);
  sf_json_end_object (&json);
}
