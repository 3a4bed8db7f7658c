/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/tools/echarts_map.h"
#include "core/base/mem.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Take one code unit off valid UTF-8; -1 for a character beyond the units' range. */
static long
next_unit (const unsigned char **at)
{
  const unsigned char *p = *at;
  if (p[0] < 0x80)
    {
      *at += 1;
      return p[0];
    }
  if (p[0] < 0xE0)
    {
      *at += 2;
      return (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
  if (p[0] >= 0xF0)
    return -1;
  *at += 3;
  return (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
}

static long
unzigzag (long unit)
{
  long n = unit - 64;
  return n & 1 ? -(n + 1) / 2 : n / 2;
}

enum sf_code
sf_echarts_ring_decode (const char *utf8, size_t length, long offset_x, long offset_y, double scale, bool outer,
                        struct sf_geometry *geometry, struct sf_error *err)
{
  const unsigned char *at = (const unsigned char *) utf8, *end = at + length;
  long x = offset_x, y = offset_y;
  if (sf_geometry_begin_part (geometry, outer))
    return sf_fail (err, SF_ENOMEM, "out of memory for a ring");
  while (at < end)
    {
      long unit_x = next_unit (&at), unit_y = unit_x >= 64 && at < end ? next_unit (&at) : -1;
      if (unit_x < 64 || unit_y < 64)
        return sf_fail (err, SF_EFORMAT, "the packed ring has a broken pair at byte %td",
                        at - (const unsigned char *) utf8);
      x += unzigzag (unit_x);
      y += unzigzag (unit_y);
      if (sf_geometry_add_point (geometry, (double) x / scale, (double) y / scale))
        return sf_fail (err, SF_ENOMEM, "out of memory for a ring");
    }
  return SF_OK;
}

static enum sf_code
decode_polygon (const json_t *rings, const json_t *offsets, double scale, struct sf_geometry *geometry,
                struct sf_error *err)
{
  for (size_t i = 0; i < json_array_size (rings); i++)
    {
      const json_t *ring = json_array_get (rings, i), *offset = json_array_get (offsets, i);
      if (!json_is_string (ring) || json_array_size (offset) != 2)
        return sf_fail (err, SF_EFORMAT, "ring %zu: no packed text or no encodeOffsets", i);
      SF_TRY (sf_echarts_ring_decode (
          json_string_value (ring), json_string_length (ring), (long) json_integer_value (json_array_get (offset, 0)),
          (long) json_integer_value (json_array_get (offset, 1)), scale, i == 0, geometry, err));
    }
  return SF_OK;
}

static enum sf_code
decode_geometry (const json_t *from, double scale, struct sf_geometry *geometry, struct sf_error *err)
{
  const char *type = json_string_value (json_object_get (from, "type"));
  const json_t *coordinates = json_object_get (from, "coordinates"), *offsets = json_object_get (from, "encodeOffsets");
  if (!type || !json_is_array (coordinates) || !json_is_array (offsets))
    return sf_fail (err, SF_EFORMAT, "no type, coordinates or encodeOffsets");
  if (!strcmp (type, "Polygon"))
    return decode_polygon (coordinates, offsets, scale, geometry, err);
  if (strcmp (type, "MultiPolygon"))
    return sf_fail (err, SF_EFORMAT, "geometry '%s' is no polygon", type);
  for (size_t i = 0; i < json_array_size (coordinates); i++)
    SF_TRY (decode_polygon (json_array_get (coordinates, i), json_array_get (offsets, i), scale, geometry, err));
  return SF_OK;
}

static enum sf_code
parse_unit (const json_t *feature, double scale, struct sf_echarts_unit *unit, struct sf_error *err)
{
  const json_t *properties = json_object_get (feature, "properties"), *cp = json_object_get (properties, "cp");
  const char *code = json_string_value (json_object_get (feature, "id"));
  const char *name = json_string_value (json_object_get (properties, "name"));
  if (!code || strlen (code) >= sizeof unit->code || !name)
    return sf_fail (err, SF_EFORMAT, "a feature has no id or no name");
  strcpy (unit->code, code);
  unit->name = sf_mem_strdup (name);
  unit->geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  if (!unit->name || !unit->geometry)
    return sf_fail (err, SF_ENOMEM, "out of memory for a map");
  bool has_cp = json_array_size (cp) == 2;
  unit->cp_lon_deg = has_cp ? json_number_value (json_array_get (cp, 0)) : NAN;
  unit->cp_lat_deg = has_cp ? json_number_value (json_array_get (cp, 1)) : NAN;
  enum sf_code result = decode_geometry (json_object_get (feature, "geometry"), scale, unit->geometry, err);
  return result == SF_OK ? SF_OK : sf_error_prefix (err, result, "unit %s", code);
}

enum sf_code
sf_echarts_map_parse (const char *bytes, size_t length, struct sf_echarts_map *ret, struct sf_error *err)
{
  json_error_t reason;
  struct sf_echarts_map map = { 0 };
  enum sf_code code = SF_OK;
  json_t *root = json_loadb (bytes, length, 0, &reason);
  if (!root)
    return sf_fail (err, SF_EFORMAT, "line %d: %s", reason.line, reason.text);
  const json_t *features = json_object_get (root, "features"), *scale = json_object_get (root, "UTF8Scale");
  if (!json_is_true (json_object_get (root, "UTF8Encoding")) || !json_is_array (features))
    code = sf_fail (err, SF_EFORMAT, "not a packed echarts map (no UTF8Encoding or no features)");
  else if (!(map.units = sf_mem_calloc (json_array_size (features), sizeof *map.units)))
    code = sf_fail (err, SF_ENOMEM, "out of memory for a map");
  for (size_t i = 0; code == SF_OK && i < json_array_size (features); i++)
    {
      map.count++;
      code = parse_unit (json_array_get (features, i), json_is_number (scale) ? json_number_value (scale) : 1024,
                         &map.units[i], err);
    }
  json_decref (root);
  if (code == SF_OK)
    *ret = map;
  else
    sf_echarts_map_finish (&map);
  return code;
}

void
sf_echarts_map_finish (struct sf_echarts_map *map)
{
  for (size_t i = 0; i < map->count; i++)
    {
      sf_mem_free (map->units[i].name);
      sf_geometry_free (map->units[i].geometry);
    }
  sf_mem_free (map->units);
  *map = (struct sf_echarts_map){ 0 };
}
