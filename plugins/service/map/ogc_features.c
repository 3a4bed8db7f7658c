/* SPDX-License-Identifier: Apache-2.0 */
/* OGC API Features: /ogc/collections/{id}/items and /items/{feature}; GeoJSON (RFC 7946). */
#include "plugins/service/map/ogc.h"

#include "core/base/time.h"
#include "core/data/table_json.h"

#include <string.h>

enum
{
  LIMIT_DEFAULT = 10,
  LIMIT_MAX = 10000,
  PAGE_BYTES = 16 << 20 /* a page ends once it has these: the features of a coast are large */
};

/* --- geometry --- */

static void
put_point (struct sf_json *json, const struct sf_geometry *geometry, size_t point)
{
  sf_json_begin_array (json);
  sf_json_double (json, geometry->xy[2 * point]);
  sf_json_double (json, geometry->xy[2 * point + 1]);
  sf_json_end_array (json);
}

static void
put_part (struct sf_json *json, const struct sf_geometry *geometry, size_t part, bool is_backwards)
{
  size_t first = geometry->part_start[part], end = geometry->part_start[part + 1];
  sf_json_begin_array (json);
  for (size_t i = first; i < end; i++)
    put_point (json, geometry, is_backwards ? first + end - 1 - i : i);
  sf_json_end_array (json);
}

/* Whether a ring runs clockwise; from its first point, so that no digits are lost. */
static bool
is_clockwise (const struct sf_geometry *geometry, size_t ring)
{
  const double *first = &geometry->xy[2 * geometry->part_start[ring]];
  double twice_area = 0;
  for (size_t i = geometry->part_start[ring] + 1; i < geometry->part_start[ring + 1]; i++)
    {
      const double *a = &geometry->xy[2 * (i - 1)], *b = a + 2;
      twice_area += (a[0] - first[0]) * (b[1] - first[1]) - (b[0] - first[0]) * (a[1] - first[1]);
    }
  return twice_area < 0;
}

static void
put_points (struct sf_json *json, const struct sf_geometry *geometry)
{
  sf_json_put_string (json, "type", geometry->points == 1 ? "Point" : "MultiPoint");
  sf_json_key (json, "coordinates");
  if (geometry->points == 1)
    {
      put_point (json, geometry, 0);
      return;
    }
  sf_json_begin_array (json);
  for (size_t i = 0; i < geometry->points; i++)
    put_point (json, geometry, i);
  sf_json_end_array (json);
}

static void
put_lines (struct sf_json *json, const struct sf_geometry *geometry)
{
  sf_json_put_string (json, "type", geometry->parts == 1 ? "LineString" : "MultiLineString");
  sf_json_key (json, "coordinates");
  if (geometry->parts == 1)
    {
      put_part (json, geometry, 0, false);
      return;
    }
  sf_json_begin_array (json);
  for (size_t part = 0; part < geometry->parts; part++)
    put_part (json, geometry, part, false);
  sf_json_end_array (json);
}

/* Outer rings counter-clockwise, holes clockwise (RFC 7946, 3.1.6), whatever way they run in the layer. */
static void
put_polygons (struct sf_json *json, const struct sf_geometry *geometry)
{
  sf_json_put_string (json, "type", "MultiPolygon");
  sf_json_key (json, "coordinates");
  sf_json_begin_array (json);
  for (size_t part = 0; part < geometry->parts; part++)
    {
      bool begins = part == 0 || geometry->part_outer[part];
      if (begins && part > 0)
        sf_json_end_array (json);
      if (begins)
        sf_json_begin_array (json);
      put_part (json, geometry, part, is_clockwise (geometry, part) == geometry->part_outer[part]);
    }
  if (geometry->parts > 0)
    sf_json_end_array (json);
  sf_json_end_array (json);
}

void
sf_map_put_geometry (struct sf_json *json, const struct sf_geometry *geometry)
{
  if (!geometry || geometry->points == 0)
    {
      sf_json_null (json);
      return;
    }
  sf_json_begin_object (json);
  if (geometry->kind == SF_GEOMETRY_POINT)
    put_points (json, geometry);
  else if (geometry->kind == SF_GEOMETRY_LINE)
    put_lines (json, geometry);
  else
    put_polygons (json, geometry);
  sf_json_end_object (json);
}

void
sf_map_begin_feature (struct sf_json *json, const struct sf_map_layer *layer, size_t row)
{
  const struct sf_table *table = layer->dataset->as.table;
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Feature");
  sf_json_put_int (json, "id", (int64_t) row + 1);
  sf_json_key (json, "geometry");
  sf_map_put_geometry (json, table->geometries[row]);
  sf_json_key (json, "properties");
  sf_json_begin_object (json);
  sf_table_put_row (json, table, row);
  sf_json_end_object (json);
}

/* --- which rows --- */

struct filter
{
  bool has_box;
  struct sf_bounds box;
  int64_t from_s, to_s;
  const struct sf_column *begin, *end; /* columns of time; NULL: none, every row passes */
};

static const struct sf_column *
time_column (const struct sf_table *table, const char *name)
{
  const struct sf_column *column = sf_table_column (table, name);
  return column && column->spec->quantity->type == SF_COLUMN_TIME ? column : NULL;
}

static enum sf_code
read_filter (const struct sf_map_request *request, const struct sf_table *table, struct filter *ret_filter,
             struct sf_error *err)
{
  struct filter filter = { .begin = time_column (table, "time"), .end = time_column (table, "time") };
  if (!filter.begin)
    {
      filter.begin = time_column (table, "begin");
      filter.end = time_column (table, "end");
    }
  SF_TRY (sf_map_request_bbox (request, &filter.has_box, &filter.box, err));
  SF_TRY (sf_map_request_datetime (request, &filter.from_s, &filter.to_s, err));
  *ret_filter = filter;
  return SF_OK;
}

static bool
overlaps (const struct sf_geometry *geometry, const struct sf_bounds *box)
{
  double x0, y0, x1, y1;
  if (!geometry || !sf_geometry_bounds (geometry, &x0, &y0, &x1, &y1) || y1 < box->min_y || y0 > box->max_y)
    return false;
  return box->min_x <= box->max_x ? x1 >= box->min_x && x0 <= box->max_x : x1 >= box->min_x || x0 <= box->max_x;
}

/* A row without a time is true at any time: missing is no reason to hide it. */
static bool
passes (const struct filter *filter, const struct sf_table *table, size_t row)
{
  int64_t begin_s = filter->begin ? filter->begin->as.ints[row] : SF_TIME_MISSING;
  int64_t end_s = filter->end ? filter->end->as.ints[row] : SF_TIME_MISSING;
  if (filter->has_box && !overlaps (table->geometries[row], &filter->box))
    return false;
  return (begin_s == SF_TIME_MISSING || begin_s <= filter->to_s)
         && (end_s == SF_TIME_MISSING || end_s >= filter->from_s);
}

/* --- pages --- */

/* The request's own address with another offset. */
static const char *
page_href (const struct sf_map_request *request, int64_t offset, int64_t limit)
{
  struct sf_strbuf out = { 0 };
  static const char *const kept[] = { "bbox", "datetime" };
  sf_strbuf_add_bytes (&out, request->rest, strcspn (request->rest, "?"));
  sf_strbuf_addf (&out, "?offset=%lld&limit=%lld", (long long) offset, (long long) limit);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    {
      const char *value = sf_map_request_get (request, kept[i]);
      const char *escaped = value ? sf_map_escape (request->arena, value) : NULL;
      out.failed |= value && !escaped;
      if (escaped)
        sf_strbuf_addf (&out, "&%s=%s", kept[i], escaped);
    }
  const char *href = out.failed ? NULL : sf_arena_strdup (request->arena, out.text);
  sf_strbuf_finish (&out);
  return href;
}

static enum sf_code
optional_int (const struct sf_map_request *request, const char *key, int64_t min, int64_t max, int64_t *value,
              struct sf_error *err)
{
  return sf_map_request_get (request, key) ? sf_map_request_int (request, key, min, max, value, err) : SF_OK;
}

static enum sf_code
answer_page (struct sf_map_request *request, const struct sf_map_layer *layer, struct sf_map_response *response,
             struct sf_error *err)
{
  const struct sf_table *table = layer->dataset->as.table;
  struct filter filter;
  struct sf_json json = { .out = &response->body };
  int64_t offset = 0, limit = LIMIT_DEFAULT, matched = 0, returned = 0;
  SF_TRY (read_filter (request, table, &filter, err));
  SF_TRY (optional_int (request, "offset", 0, INT32_MAX, &offset, err));
  SF_TRY (optional_int (request, "limit", 1, INT32_MAX, &limit, err));
  limit = limit > LIMIT_MAX ? LIMIT_MAX : limit;
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "type", "FeatureCollection");
  sf_json_key (&json, "features");
  sf_json_begin_array (&json);
  for (size_t row = 0; row < table->rows; row++)
    if (passes (&filter, table, row) && matched++ >= offset && returned < limit && response->body.length < PAGE_BYTES)
      {
        sf_map_begin_feature (&json, layer, row);
        sf_json_end_object (&json);
        returned++;
      }
  sf_json_end_array (&json);
  sf_json_put_int (&json, "numberMatched", matched);
  sf_json_put_int (&json, "numberReturned", returned);
  sf_map_put_authority (&json, layer->dataset->authority, layer->dataset->simulated);
  sf_map_begin_links (&json, request, "application/geo+json");
  if (offset + returned < matched)
    sf_map_put_link (
        &json, request,
        &(struct sf_map_link){ page_href (request, offset + returned, limit), "next", "application/geo+json", NULL });
  sf_json_end_array (&json);
  sf_json_end_object (&json);
  return SF_OK;
}

static void
put_alone (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer, size_t row)
{
  const char *collection = sf_arena_printf (request->arena, "/ogc/collections/%s", layer->name);
  sf_map_begin_feature (json, layer, row);
  sf_map_put_authority (json, layer->dataset->authority, layer->dataset->simulated);
  sf_map_begin_links (json, request, "application/geo+json");
  sf_map_put_link (json, request, &(struct sf_map_link){ collection, "collection", "application/json", NULL });
  sf_json_end_array (json);
  sf_json_end_object (json);
}

enum sf_code
sf_map_ogc_items (struct sf_map_request *request, const struct sf_map_layer *layer, struct sf_map_response *response,
                  struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  int64_t id;
  if (layer->grid)
    return sf_fail (err, SF_ENOTFOUND, "layer '%s' is a grid and has no features", layer->name);
  response->media_type = "application/geo+json";
  if (request->segments_count == 0)
    return answer_page (request, layer, response, err);
  if (request->segments_count > 1)
    return sf_fail (err, SF_ENOTFOUND, "a feature has nothing below it");
  if (sf_map_parse_int ("a feature's id", request->segments[0], 1, (int64_t) layer->dataset->as.table->rows, &id, err)
      != SF_OK)
    return sf_fail (err, SF_ENOTFOUND, "layer '%s' has no feature '%.80s'; it has %zu", layer->name,
                    request->segments[0], layer->dataset->as.table->rows);
  put_alone (&json, request, layer, (size_t) id - 1);
  return SF_OK;
}
