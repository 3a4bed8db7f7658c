/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector_tile.h"

#include "core/base/mem.h"
#include "geodata/polygon_ops.h"
#include "tests/unit/feature_help.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct sf_error err;

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

/* A tile of set c whose units are exact in doubles: 360 / 2^8 / 4096 degrees. */
static const struct sf_vector_tile place = { .set = SF_TILE_SET_C, .z = 8, .x = 206, .y = 49 };
#define UNIT_DEG (360.0 / 256 / 4096)

static double
lon_deg (double x)
{
  return (place.x * 4096 + x) * UNIT_DEG - 180;
}

static double
lat_deg (double y)
{
  return 90 - (place.y * 4096 + y) * UNIT_DEG;
}

static void
add_part (struct sf_geometry *geometry, bool outer, const double *units, size_t points)
{
  MUST (sf_geometry_begin_part (geometry, outer) == 0);
  for (size_t i = 0; i < points; i++)
    MUST (sf_geometry_add_point (geometry, lon_deg (units[2 * i]), lat_deg (units[2 * i + 1])) == 0);
}

static struct sf_vector_layer *
layer_of (const struct sf_dataset *dataset)
{
  struct sf_vector_layer *layer = NULL;
  ASSERT_OK (sf_vector_layer_new ("things", dataset->as.table, &layer, &err));
  return layer;
}

static struct sf_strbuf
encode (const struct sf_vector_layer *layer, const struct sf_vector_tile *tile)
{
  struct sf_strbuf out = { 0 };
  ASSERT_OK (sf_vector_tile_encode (&layer, 1, tile, &out, &err));
  return out;
}

/* A reader of the messages, from the words of the specification. */
struct reader
{
  const uint8_t *at, *end;
};

static uint64_t
read_varint (struct reader *r)
{
  uint64_t value = 0;
  for (int shift = 0;; shift += 7)
    {
      MUST (r->at < r->end && shift < 64);
      value |= (uint64_t) (*r->at & 127) << shift;
      if (*r->at++ < 128)
        return value;
    }
}

/* The next field; *ret_body holds its bytes, or its value stands in *ret_value. False at the end. */
static bool
read_field (struct reader *r, int *ret_number, struct reader *ret_body, uint64_t *ret_value)
{
  if (r->at == r->end)
    return false;
  uint64_t tag = read_varint (r), length = 0;
  *ret_number = (int) (tag >> 3);
  if ((tag & 7) == 0)
    *ret_value = read_varint (r);
  else
    length = (tag & 7) == 1 ? 8 : (tag & 7) == 5 ? 4 : read_varint (r);
  MUST (length <= (uint64_t) (r->end - r->at));
  *ret_body = (struct reader){ r->at, r->at + length };
  r->at += length;
  return true;
}

/* Fields of a number within a message, the n-th from 0. */
static bool
find_field (struct reader r, int number, int n, struct reader *ret_body, uint64_t *ret_value)
{
  int found;
  while (read_field (&r, &found, ret_body, ret_value))
    if (found == number && n-- == 0)
      return true;
  return false;
}

static struct reader
part_of (struct reader r, int number, int n)
{
  struct reader body;
  uint64_t value;
  MUST (find_field (r, number, n, &body, &value));
  return body;
}

static struct reader
whole (const struct sf_strbuf *tile)
{
  return (struct reader){ (const uint8_t *) tile->text, (const uint8_t *) tile->text + tile->length };
}

static int
count_fields (struct reader r, int number)
{
  struct reader body;
  uint64_t value;
  int n = 0;
  while (find_field (r, number, n, &body, &value))
    n++;
  return n;
}

/* Compare the geometry of the only feature of a dataset with the commands that the specification gives (4.3.5). */
static void
check_commands (struct sf_geometry *geometry, int type, const uint64_t *commands, size_t count)
{
  struct sf_dataset *dataset = features_new ();
  features_add (dataset, geometry);
  struct sf_vector_layer *layer = layer_of (dataset);
  struct sf_strbuf tile = encode (layer, &place);
  struct reader feature = part_of (part_of (whole (&tile), 3, 0), 2, 0), body;
  uint64_t value;
  ck_assert (find_field (feature, 1, 0, &body, &value) && value == 1);
  ck_assert (find_field (feature, 3, 0, &body, &value) && value == (uint64_t) type);
  body = part_of (feature, 4, 0);
  for (size_t i = 0; i < count; i++)
    ck_assert_uint_eq (read_varint (&body), commands[i]);
  ck_assert (body.at == body.end);
  sf_strbuf_finish (&tile);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
}

#define CHECK_COMMANDS(geometry, type, ...)                                                                            \
  check_commands (geometry, type, (const uint64_t[]){ __VA_ARGS__ },                                                   \
                  sizeof ((const uint64_t[]){ __VA_ARGS__ }) / sizeof (uint64_t))

START_TEST (geometry_is_written_as_in_the_specification)
{
  struct sf_geometry *g = sf_geometry_new (SF_GEOMETRY_POINT);
  add_part (g, false, (const double[]){ 25, 17 }, 1);
  CHECK_COMMANDS (g, 1, 9, 50, 34);
  g = sf_geometry_new (SF_GEOMETRY_POINT);
  add_part (g, false, (const double[]){ 5, 7, 3, 2 }, 2);
  CHECK_COMMANDS (g, 1, 17, 10, 14, 3, 9);
  g = sf_geometry_new (SF_GEOMETRY_LINE);
  add_part (g, false, (const double[]){ 2, 2, 2, 10, 10, 10 }, 3);
  CHECK_COMMANDS (g, 2, 9, 4, 4, 18, 0, 16, 16, 0);
  g = sf_geometry_new (SF_GEOMETRY_LINE);
  add_part (g, false, (const double[]){ 2, 2, 2, 10, 10, 10 }, 3);
  add_part (g, false, (const double[]){ 1, 1, 3, 5 }, 2);
  CHECK_COMMANDS (g, 2, 9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8);
  g = sf_geometry_new (SF_GEOMETRY_POLYGON);
  add_part (g, true, (const double[]){ 3, 6, 8, 12, 20, 34, 3, 6 }, 4);
  CHECK_COMMANDS (g, 3, 9, 6, 12, 18, 10, 12, 24, 44, 15);
}
END_TEST

/* The specification's multipolygon, drawn with the directions of its rings turned round: they come out as they must. Rings
   may begin at any corner: ours at the first by x, then y. */
START_TEST (rings_are_turned_as_the_specification_wants)
{
  struct sf_geometry *g = sf_geometry_new (SF_GEOMETRY_POLYGON);
  add_part (g, true, (const double[]){ 0, 0, 0, 10, 10, 10, 10, 0, 0, 0 }, 5);
  add_part (g, true, (const double[]){ 11, 11, 11, 20, 20, 20, 20, 11, 11, 11 }, 5);
  add_part (g, false, (const double[]){ 13, 13, 17, 13, 17, 17, 13, 17, 13, 13 }, 5);
  CHECK_COMMANDS (g, 3, 9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4, 13, 26, 0, 8,
                  8, 0, 0, 7, 15);
}
END_TEST

START_TEST (attributes_are_typed_and_stand_once)
{
  struct sf_dataset *dataset = features_new ();
  struct sf_table *t = dataset->as.table;
  for (int row = 0; row < 3; row++)
    features_add (dataset, sf_geometry_new_point (lon_deg (10 * row), lat_deg (5)));
  const struct
  {
    int row;
    const char *name;
    double speed;
    int64_t crew, seen_s;
  } rows[] = { { 0,
                 "a\xff"
                 "b\xe6\xb5",
                 0.5, -1, 1405668600 },
               { 1, "", 0.1, INT64_MAX, INT64_MIN },
               { 2, NULL, NAN, INT64_MIN, 1405668600 } };
  for (size_t i = 0; i < 3; i++)
    {
      t->rows = i + 1; /* set_... are for the last row */
      if (rows[i].name)
        ASSERT_OK (sf_table_set_text (t, "name", rows[i].name, &err));
      ASSERT_OK (sf_table_set_double (t, "speed", rows[i].speed, &err));
      ASSERT_OK (sf_table_set_int (t, "crew", rows[i].crew, &err));
      ASSERT_OK (sf_table_set_time (t, "seen", rows[i].seen_s, &err));
    }
  struct sf_vector_layer *layer = layer_of (dataset);
  struct sf_strbuf tile = encode (layer, &place);
  struct reader body = part_of (whole (&tile), 3, 0);
  ck_assert_int_eq (memcmp (part_of (body, 1, 0).at, "things", 6), 0);
  const char *const keys[] = { "name", "speed", "crew", "seen" };
  ck_assert_int_eq (count_fields (body, 3), 4);
  for (int i = 0; i < 4; i++)
    ck_assert_int_eq (memcmp (part_of (body, 3, i).at, keys[i], strlen (keys[i])), 0);
  /* In order of rows; the broken text has a replacement for each byte that is no UTF-8; 2014-07-18T07:30:00Z stands once. */
  const char float_half[] = "\x15\0\0\0\x3f", double_tenth[] = "\x19\x9a\x99\x99\x99\x99\x99\xb9\x3f";
  const struct
  {
    const char *bytes;
    size_t length;
  } values[] = { { "\x0a\x0b"
                   "a\xef\xbf\xbd"
                   "b\xef\xbf\xbd\xef\xbf\xbd",
                   13 },
                 { float_half, 5 },
                 { "\x30\x01", 2 },
                 { "\x0a\x14"
                   "2014-07-18T07:30:00Z",
                   22 },
                 { "\x0a\0", 2 },
                 { double_tenth, 9 },
                 { "\x30\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 } };
  ck_assert_int_eq (count_fields (body, 4), 7);
  for (int i = 0; i < 7; i++)
    {
      struct reader value = part_of (body, 4, i);
      ck_assert_uint_eq ((size_t) (value.end - value.at), values[i].length);
      ck_assert_int_eq (memcmp (value.at, values[i].bytes, values[i].length), 0);
    }
  const uint8_t tags[3][8] = { { 0, 0, 1, 1, 2, 2, 3, 3 }, { 0, 4, 1, 5, 2, 6 }, { 3, 3 } };
  const size_t lengths[] = { 8, 6, 2 };
  for (int i = 0; i < 3; i++)
    {
      struct reader value = part_of (part_of (body, 2, i), 2, 0);
      ck_assert_uint_eq ((size_t) (value.end - value.at), lengths[i]);
      ck_assert_int_eq (memcmp (value.at, tags[i], lengths[i]), 0);
    }
  sf_strbuf_finish (&tile);

  const char *const some[] = { "crew" }, *const none[] = { "captain" };
  struct sf_vector_tile chosen = place;
  chosen.columns = some;
  chosen.columns_count = 1;
  tile = encode (layer, &chosen);
  ck_assert_int_eq (count_fields (part_of (whole (&tile), 3, 0), 3), 1);
  size_t before = tile.length;
  chosen.columns = none;
  const struct sf_vector_layer *const layers[] = { layer };
  ck_assert_int_eq (sf_vector_tile_encode (layers, 1, &chosen, &tile, &err), SF_ENOTFOUND);
  ck_assert_uint_eq (tile.length, before);
  sf_strbuf_finish (&tile);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (empty_tiles_have_no_bytes_and_others_their_layers)
{
  struct sf_dataset *empty = features_new (), *here = features_new ();
  features_add (empty, NULL);
  features_add (empty, sf_geometry_new (SF_GEOMETRY_POLYGON));
  features_add (empty, sf_geometry_new_point (NAN, NAN));
  features_add (empty, feature_of (SF_GEOMETRY_LINE, (const double[]){ lon_deg (5), lat_deg (5) }, 1));
  features_add (empty, feature_of (SF_GEOMETRY_POLYGON,
                                   (const double[]){ lon_deg (5), lat_deg (5), lon_deg (50), lat_deg (50) }, 2));
  features_add (here, sf_geometry_new_point (lon_deg (5), lat_deg (5)));
  const struct sf_vector_layer *layers[] = { layer_of (empty), layer_of (here), layer_of (here) };
  struct sf_strbuf tile = { 0 };
  ASSERT_OK (sf_vector_tile_encode (layers, 1, &place, &tile, &err));
  ck_assert_uint_eq (tile.length, 0);
  ASSERT_OK (sf_vector_tile_encode (layers, 0, &place, &tile, &err));
  ck_assert_uint_eq (tile.length, 0);
  ASSERT_OK (sf_vector_tile_encode (layers, 3, &place, &tile, &err));
  ck_assert_int_eq (count_fields (whole (&tile), 3), 2);
  size_t before = tile.length;
  const struct sf_vector_tile outside[]
      = { { SF_TILE_SET_C, 0, 0, 0, NULL, 0 },   { SF_TILE_SET_C, 24, 0, 0, NULL, 0 },
          { SF_TILE_SET_W, -1, 0, 0, NULL, 0 },  { SF_TILE_SET_W, 19, 0, 0, NULL, 0 },
          { SF_TILE_SET_C, 8, 256, 0, NULL, 0 }, { SF_TILE_SET_C, 8, 0, 128, NULL, 0 },
          { SF_TILE_SET_W, 8, -1, 0, NULL, 0 },  { SF_TILE_SET_W, 8, 0, -1, NULL, 0 } };
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
    ck_assert_int_eq (sf_vector_tile_encode (layers, 3, &outside[i], &tile, &err), SF_ERANGE);
  ck_assert_uint_eq (tile.length, before);
  sf_strbuf_finish (&tile);
  for (int i = 0; i < 3; i++)
    sf_vector_layer_free ((struct sf_vector_layer *) layers[i]);
  sf_dataset_unref (empty);
  sf_dataset_unref (here);
}
END_TEST

static int
features_in (const struct sf_vector_layer *layer, enum sf_tile_set set, int z, int x, int y)
{
  struct sf_strbuf tile = encode (layer, &(struct sf_vector_tile){ set, z, x, y, NULL, 0 });
  int count = tile.length ? count_fields (part_of (whole (&tile), 3, 0), 2) : 0;
  sf_strbuf_finish (&tile);
  return count;
}

START_TEST (the_world_is_round)
{
  struct sf_dataset *dataset = features_new ();
  features_add (dataset, feature_of (SF_GEOMETRY_LINE, (const double[]){ 170, 10, 190, 10 }, 2));
  struct sf_vector_layer *layer = layer_of (dataset);
  for (int set = 0; set < SF_TILE_SETS; set++)
    {
      int y = set == SF_TILE_SET_C ? 1 : 3; /* 10 N at level 3 */
      ck_assert_int_eq (features_in (layer, set, 3, 7, y), 1);
      ck_assert_int_eq (features_in (layer, set, 3, 0, y), 1);
      ck_assert_int_eq (features_in (layer, set, 3, 1, y), 0);
    }
  /* A line at the edge of the one tile of the world stands on both sides of it, as one feature. */
  ck_assert_int_eq (features_in (layer, SF_TILE_SET_W, 0, 0, 0), 1);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
  /* In the buffer beyond the antimeridian. */
  dataset = features_new ();
  features_add (dataset, sf_geometry_new_point (179.99, 10));
  features_add (dataset, sf_geometry_new_point (-179.99, 10));
  layer = layer_of (dataset);
  ck_assert_int_eq (features_in (layer, SF_TILE_SET_C, 3, 7, 1), 2);
  ck_assert_int_eq (features_in (layer, SF_TILE_SET_C, 3, 0, 1), 2);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
}
END_TEST

enum
{
  RINGS_MAX = 60000
};

/* Every part of a tile's polygons as a GEOS polygon, checked; returns the area of all. */
static double
check_polygons (GEOSContextHandle_t geos, const struct sf_strbuf *tile)
{
  struct reader layer = tile->length ? part_of (whole (tile), 3, 0) : (struct reader){ 0 };
  double total = 0;
  for (int n = 0; n < (tile->length ? count_fields (layer, 2) : 0); n++)
    {
      struct reader r = part_of (part_of (layer, 2, n), 4, 0);
      GEOSGeometry *rings[RINGS_MAX], *polygons[RINGS_MAX];
      unsigned rings_count = 0, polygons_count = 0;
      int64_t x = 0, y = 0;
      while (r.at < r.end || rings_count)
        {
          double xy[2 * 70000], area2 = 0;
          xy[0] = xy[1] = 0;
          unsigned count = 0;
          uint64_t command = r.at < r.end ? read_varint (&r) : 0;
          for (; command && (command & 7) != 7; command = read_varint (&r))
            for (uint64_t k = command >> 3; k > 0; k--)
              {
                uint64_t dx = read_varint (&r), dy = read_varint (&r);
                xy[2 * count] = (double) (x += (int64_t) (dx >> 1 ^ -(dx & 1)));
                xy[2 * count + 1] = (double) (y += (int64_t) (dy >> 1 ^ -(dy & 1)));
                MUST (x >= -64 && x <= 4160 && y >= -64 && y <= 4160 && ++count < 70000);
              }
          xy[2 * count] = xy[0];
          xy[2 * count + 1] = xy[1];
          for (unsigned i = 0; i < count; i++)
            area2 += xy[2 * i] * xy[2 * i + 3] - xy[2 * i + 2] * xy[2 * i + 1];
          MUST (command == 0 || fabs (area2) >= 32);
          if (rings_count && (command == 0 || area2 > 0))
            {
              MUST (polygons_count < RINGS_MAX);
              polygons[polygons_count++] = GEOSGeom_createPolygon_r (geos, rings[0], rings + 1, rings_count - 1);
              rings_count = 0;
            }
          if (command == 0)
            break;
          MUST (rings_count || area2 > 0);
          MUST (rings_count < RINGS_MAX);
          rings[rings_count++]
              = GEOSGeom_createLinearRing_r (geos, GEOSCoordSeq_copyFromBuffer_r (geos, xy, count + 1, 0, 0));
        }
      GEOSGeometry *all = GEOSGeom_createCollection_r (geos, GEOS_MULTIPOLYGON, polygons, polygons_count);
      char *reason = GEOSisValidReason_r (geos, all);
      ck_assert_str_eq (reason, "Valid Geometry");
      GEOSFree_r (geos, reason);
      double area;
      GEOSArea_r (geos, all, &area);
      total += area;
      GEOSGeom_destroy_r (geos, all);
    }
  return total;
}

/* Rings through random points cross themselves, each other and the tile. Expected: GEOS's own valid form of them. */
START_TEST (wild_polygons_come_out_valid)
{
  GEOSContextHandle_t geos = GEOS_init_r ();
  uint64_t state = (uint64_t) _i + 1;
  for (int round = 0; round < 60; round++)
    {
      int corners = (int) feature_random (&state, 3, round % 10 == 0 ? 120 : 25),
          parts = (int) feature_random (&state, 1, 5);
      double side = pow (2, feature_random (&state, 2, 12));
      bool is_coarse = round % 3 == 0; /* corners on few points: many touch and coincide */
      struct sf_geometry *g = sf_geometry_new (SF_GEOMETRY_POLYGON), *valid = NULL;
      double length = 0;
      for (int part = 0; part < parts; part++)
        {
          double xy[2 * 121] = { 0 };
          for (int i = 0; i < 2 * corners; i++)
            xy[i] = is_coarse ? floor (feature_random (&state, 0, 9)) * side / 8 : feature_random (&state, 0, side);
          xy[2 * corners] = xy[0];
          xy[2 * corners + 1] = xy[1];
          for (int i = 0; i < corners; i++)
            length += hypot (xy[2 * i + 2] - xy[2 * i], xy[2 * i + 3] - xy[2 * i + 1]);
          add_part (g, part == 0, xy, (size_t) corners + 1);
        }
      struct sf_dataset *dataset = features_new ();
      features_add (dataset, sf_geometry_copy (g));
      struct sf_vector_layer *layer = layer_of (dataset);
      struct sf_strbuf tile = encode (layer, &place);
      double area = check_polygons (geos, &tile);
      sf_strbuf_finish (&tile);
      for (int z = 3; z < 12; z += 4)
        {
          int shift = z - place.z;
          const struct sf_vector_tile other = { SF_TILE_SET_C,
                                                z,
                                                shift < 0 ? place.x >> -shift : place.x << shift,
                                                shift < 0 ? place.y >> -shift : place.y << shift,
                                                NULL,
                                                0 };
          tile = encode (layer, &other);
          check_polygons (geos, &tile);
          sf_strbuf_finish (&tile);
        }
      /* Even-odd over all rings, as GEOS's "linework" method makes valid one ring; several rings overlap at will. */
      if (parts == 1)
        {
          double expected = 0;
          ASSERT_OK (sf_polygon_make_valid (g, &valid, &err));
          for (size_t part = 0; part < valid->parts; part++)
            {
              double ring = 0;
              for (size_t i = valid->part_start[part]; i + 1 < valid->part_start[part + 1]; i++)
                ring += valid->xy[2 * i] * valid->xy[2 * i + 3] - valid->xy[2 * i + 2] * valid->xy[2 * i + 1];
              expected += (valid->part_outer[part] ? 0.5 : -0.5) * fabs (ring) / (UNIT_DEG * UNIT_DEG);
            }
          /* A strip of 1.21 units along the rings, and as much again where nodes pull at edges; rings below 16. */
          ck_assert_double_eq_tol (area, expected, 2 * length + 16 * corners);
          sf_geometry_free (valid);
        }
      sf_geometry_free (g);
      sf_vector_layer_free (layer);
      sf_dataset_unref (dataset);
    }
  GEOS_finish_r (geos);
}
END_TEST

/* A million corners, crossing everything: an answer in bounded work, still valid; and a line of as many points. */
START_TEST (a_million_points_are_borne)
{
  GEOSContextHandle_t geos = GEOS_init_r ();
  struct sf_dataset *dataset = features_new ();
  uint64_t state = 5;
  for (int kind = SF_GEOMETRY_LINE; kind <= SF_GEOMETRY_POLYGON; kind++)
    {
      struct sf_geometry *g = sf_geometry_new ((enum sf_geometry_kind) kind);
      for (int i = 0; i < 1000000; i++)
        sf_geometry_add_point (g, lon_deg (feature_random (&state, -500, 4500)),
                               lat_deg (feature_random (&state, -500, 4500)));
      sf_geometry_add_point (g, g->xy[0], g->xy[1]);
      if (kind == SF_GEOMETRY_POLYGON)
        features_add (dataset, g);
      else
        {
          struct sf_dataset *lines = features_new ();
          features_add (lines, g);
          struct sf_vector_layer *layer = layer_of (lines);
          struct sf_strbuf tile = encode (layer, &place);
          ck_assert_uint_gt (tile.length, 1000000);
          sf_strbuf_finish (&tile);
          sf_vector_layer_free (layer);
          sf_dataset_unref (lines);
        }
    }
  struct sf_vector_layer *layer = layer_of (dataset);
  struct sf_strbuf tile = encode (layer, &place);
  check_polygons (geos, &tile);
  sf_strbuf_finish (&tile);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
  GEOS_finish_r (geos);
}
END_TEST

/* Coordinates of all kinds at every level: only an answer is asked for. */
START_TEST (rubbish_is_borne)
{
  const double rubbish[] = { 0, -0.0, 1e-300, 90, -90, 91, 180, -180, 360, 1e6, -1e300, 1e308, INFINITY, NAN };
  const size_t kinds = sizeof rubbish / sizeof *rubbish;
  uint64_t state = 77;
  struct sf_dataset *dataset = features_new ();
  for (int row = 0; row < 3000; row++)
    {
      struct sf_geometry *g = sf_geometry_new ((enum sf_geometry_kind) feature_random (&state, 0, 4));
      for (int i = (int) feature_random (&state, 0, 8); i > 0; i--)
        {
          if (feature_random (&state, 0, 1) < 0.2)
            sf_geometry_begin_part (g, feature_random (&state, 0, 1) < 0.5);
          double x = rubbish[(size_t) feature_random (&state, 0, (double) kinds - (row % 4 ? 2 : 0))];
          sf_geometry_add_point (g, x,
                                 rubbish[(size_t) feature_random (&state, 0, (double) kinds - (row % 4 ? 2 : 0))]);
        }
      features_add (dataset, g);
    }
  struct sf_vector_layer *layer = layer_of (dataset);
  ck_assert_uint_gt (sf_feature_index_unplaced (sf_vector_layer_index (layer)), 100);
  for (int set = 0; set < SF_TILE_SETS; set++)
    for (int z = sf_tile_set_min_id (set); z <= sf_tile_set_max_id (set); z++)
      {
        struct sf_tile_matrix matrix;
        ASSERT_OK (sf_tile_matrix_get (set, z, &matrix, &err));
        const int xs[] = { 0, matrix.columns / 2, matrix.columns - 1 }, ys[] = { 0, matrix.rows / 2, matrix.rows - 1 };
        for (int i = 0; i < 9; i++)
          features_in (layer, set, z, xs[i % 3], ys[i / 3]);
      }
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
}
END_TEST

static struct sf_dataset *
many_points (size_t count)
{
  struct sf_dataset *dataset = features_new ();
  uint64_t state = 1;
  for (size_t i = 0; i < count; i++)
    {
      features_add (dataset, sf_geometry_new_point (lon_deg (feature_random (&state, 0, 4096)),
                                                    lat_deg (feature_random (&state, 0, 4096))));
      MUST (sf_table_set_int (dataset->as.table, "crew", (int64_t) (i % 7), &err) == SF_OK);
    }
  return dataset;
}

START_TEST (points_are_thinned_from_a_number_on)
{
  static const struct sf_column_spec count_column[] = { { "count", "Count", "数", &feature_whole } };
  struct sf_dataset_spec spec = feature_spec;
  struct sf_dataset *dataset = many_points (SF_VECTOR_TILE_POINTS);
  struct sf_vector_layer *layer = layer_of (dataset);
  ck_assert_str_eq (sf_vector_layer_count_key (layer), "count");
  ck_assert_int_eq (features_in (layer, place.set, place.z, place.x, place.y), SF_VECTOR_TILE_POINTS);
  sf_vector_layer_free (layer);
  features_add (dataset, sf_geometry_new_point (lon_deg (5), lat_deg (5)));
  layer = layer_of (dataset);
  int thinned = features_in (layer, place.set, place.z, place.x, place.y);
  ck_assert (thinned > 4000 && thinned < 7000);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
  spec.columns = count_column;
  spec.columns_count = 1;
  dataset = NULL;
  ASSERT_OK (sf_dataset_new_table (&spec, NULL, &dataset, &err));
  layer = layer_of (dataset);
  ck_assert_str_eq (sf_vector_layer_count_key (layer), "point_count");
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
}
END_TEST

static struct sf_dataset *
mixed (size_t rows)
{
  struct sf_dataset *dataset = features_new ();
  uint64_t state = 9;
  for (size_t i = 0; i < rows; i++)
    {
      double x = lon_deg (feature_random (&state, 0, 4096)), y = lat_deg (feature_random (&state, 0, 4096));
      struct sf_geometry *g = sf_geometry_new (i % 3 == 0   ? SF_GEOMETRY_POINT
                                               : i % 3 == 1 ? SF_GEOMETRY_LINE
                                                            : SF_GEOMETRY_POLYGON);
      if (i % 3 == 0)
        sf_geometry_add_point (g, x, y);
      else
        feature_ring (g, true, x, y, 500 * UNIT_DEG, 40, &state);
      features_add (dataset, g);
      ASSERT_OK (sf_table_set_text (dataset->as.table, "name", i % 2 ? "odd" : "even", &err));
      ASSERT_OK (sf_table_set_double (dataset->as.table, "speed", (double) i / 3, &err));
    }
  return dataset;
}

/* Every allocation fails once, while the layer is made and while a tile is: an error, nothing lost, nothing appended. */
START_TEST (lack_of_memory_is_an_error)
{
  struct sf_dataset *datasets[] = { mixed (60), many_points (SF_VECTOR_TILE_POINTS + 1) };
  for (int d = 0; d < 2; d++)
    {
      struct sf_vector_layer *layer = NULL;
      long n = 0, step = d ? 7 : 1;
      for (enum sf_code code = SF_ENOMEM; code == SF_ENOMEM;)
        {
          sf_mem_fail_at (n += step, 0);
          code = sf_vector_layer_new ("things", datasets[d]->as.table, &layer, &err);
          sf_mem_fail_at (0, 0);
          ck_assert (code == SF_ENOMEM ? layer == NULL : code == SF_OK);
        }
      ck_assert_int_gt (n, 20);
      const struct sf_vector_layer *const layers[] = { layer, layer };
      n = 0;
      for (enum sf_code code = SF_ENOMEM; code == SF_ENOMEM;)
        {
          struct sf_strbuf out = { 0 };
          sf_strbuf_add (&out, "before");
          sf_mem_fail_at (n += step, 0);
          code = sf_vector_tile_encode (layers, 2, &place, &out, &err);
          sf_mem_fail_at (0, 0);
          ck_assert (code == SF_OK || (code == SF_ENOMEM && out.length == 6));
          sf_strbuf_finish (&out);
        }
      ck_assert_int_gt (n, 20);
      sf_vector_layer_free (layer);
      sf_dataset_unref (datasets[d]);
    }
}
END_TEST

struct share
{
  const struct sf_vector_layer *layer;
  const struct sf_strbuf *expected;
  bool same;
};

static void *
encode_often (void *context)
{
  struct share *share = context;
  share->same = true;
  for (int i = 0; i < 50; i++)
    {
      struct sf_strbuf out = { 0 };
      share->same &= sf_vector_tile_encode (&share->layer, 1, &place, &out, NULL) == SF_OK
                     && out.length == share->expected->length
                     && memcmp (out.text, share->expected->text, out.length) == 0;
      sf_strbuf_finish (&out);
    }
  return NULL;
}

START_TEST (threads_get_the_same_bytes)
{
  struct sf_dataset *dataset = mixed (300);
  struct sf_vector_layer *layer = layer_of (dataset);
  sf_dataset_unref (dataset); /* nothing of it is kept */
  struct sf_strbuf expected = encode (layer, &place);
  struct share shares[4];
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    {
      shares[i] = (struct share){ .layer = layer, .expected = &expected };
      ck_assert_int_eq (pthread_create (&threads[i], NULL, encode_often, &shares[i]), 0);
    }
  for (int i = 0; i < 4; i++)
    {
      pthread_join (threads[i], NULL);
      ck_assert (shares[i].same);
    }
  sf_strbuf_finish (&expected);
  sf_vector_layer_free (layer);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("vector_tile");
  TCase *tc = tcase_create ("all");
  tcase_set_timeout (tc, 240);
  tcase_add_test (tc, geometry_is_written_as_in_the_specification);
  tcase_add_test (tc, rings_are_turned_as_the_specification_wants);
  tcase_add_test (tc, attributes_are_typed_and_stand_once);
  tcase_add_test (tc, empty_tiles_have_no_bytes_and_others_their_layers);
  tcase_add_test (tc, the_world_is_round);
  tcase_add_loop_test (tc, wild_polygons_come_out_valid, 0, 4);
  tcase_add_test (tc, a_million_points_are_borne);
  tcase_add_test (tc, rubbish_is_borne);
  tcase_add_test (tc, points_are_thinned_from_a_number_on);
  tcase_add_test (tc, lack_of_memory_is_an_error);
  tcase_add_test (tc, threads_get_the_same_bytes);
  suite_add_tcase (suite, tc);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
