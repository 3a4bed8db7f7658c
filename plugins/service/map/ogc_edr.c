/* SPDX-License-Identifier: Apache-2.0 */
/* OGC API EDR: the values of a grid or cube at a position or in an area, as CoverageJSON 1.0. */
#include "plugins/service/map/ogc.h"

#include "geodata/gridspec.h"
#include "geodata/polygon.h"
#include "geodata/wkt.h"
#include "plugins/service/map/value.h"

#include <math.h>
#include <string.h>

enum
{
  VALUES_MAX = 2000000 /* of one answer */
};

/* What one query asks of a layer. */
struct query
{
  struct sf_map_request *request;
  const struct sf_map_layer *layer;
  int first, bands;   /* those wanted, one after another */
  const char *wanted; /* names of parameters, "a,b"; NULL for all */
  struct sf_json json;
};

static enum sf_code
read_coordinates (const struct sf_map_request *request, enum sf_geometry_kind kind, const char *example,
                  struct sf_geometry **ret_geometry, struct sf_error *err)
{
  const char *text = sf_map_request_get (request, "coords");
  if (!text)
    return sf_fail (err, SF_EINVAL, "coords is missing: coords=%s", example);
  SF_TRY (sf_wkt_parse (text, ret_geometry, err));
  if ((*ret_geometry)->kind == kind)
    return SF_OK;
  sf_geometry_free (*ret_geometry);
  *ret_geometry = NULL;
  return sf_fail (err, SF_EINVAL, "coords '%.80s' is not of the kind this query takes, such as %s", text, example);
}

/* The steps in datetime, else all; for a band axis the value that a parameter names, else all. */
static enum sf_code
find_bands (struct query *query, struct sf_error *err)
{
  const struct sf_map_layer *layer = query->layer;
  int64_t from_s, to_s;
  query->first = 0;
  query->bands = layer->bands;
  if (layer->dimension && !layer->time_s && sf_map_request_get (query->request, layer->dimension))
    {
      query->bands = 1;
      return sf_map_request_band (query->request, layer, &query->first, err);
    }
  SF_TRY (sf_map_request_datetime (query->request, &from_s, &to_s, err));
  if (!layer->time_s)
    return SF_OK;
  while (query->bands > 0 && layer->time_s[query->first] < from_s)
    {
      query->first++;
      query->bands--;
    }
  while (query->bands > 0 && layer->time_s[query->first + query->bands - 1] > to_s)
    query->bands--;
  return query->bands > 0 ? SF_OK : sf_fail (err, SF_ENOTFOUND, "layer '%s' has no step in that datetime", layer->name);
}

/* --- CoverageJSON --- */

/* The name of a band's parameter; without memory the answer fails. */
static const char *
parameter_name (struct query *query, int band)
{
  struct sf_strbuf value = { 0 };
  const char *name = query->layer->dataset->spec->quantity->name;
  if (sf_map_layer_dimension (query->layer) != SF_MAP_DIMENSION_BAND)
    return name;
  sf_map_layer_put_value (query->layer, band, &value);
  const char *made
      = value.failed ? NULL
                     : sf_arena_printf (query->request->arena, "%s_%s_%s", name, query->layer->dimension, value.text);
  sf_strbuf_finish (&value);
  query->json.out->failed |= !made;
  return made ? made : name;
}

/* Bands of an axis are parameters of their own; the steps of a cube are one. */
static int
parameters_of (const struct query *query)
{
  return query->layer->time_s ? 1 : query->bands;
}

static bool
is_wanted (struct query *query, int parameter)
{
  struct sf_span rest = sf_span_of (query->wanted ? query->wanted : ""), one;
  const char *name = parameter_name (query, query->first + parameter);
  while (query->wanted && sf_text_next_field (&rest, ',', &one))
    if (sf_span_equal (sf_span_trim (one), name))
      return true;
  return !query->wanted;
}

/* The parameter parameter-name, which must name some of ours. */
static enum sf_code
find_parameters (struct query *query, struct sf_error *err)
{
  const char *names = sf_map_request_get (query->request, "parameter-name");
  query->wanted = names && *names ? names : NULL;
  for (int p = 0; p < parameters_of (query); p++)
    if (is_wanted (query, p))
      return SF_OK;
  return sf_fail (err, SF_EINVAL, "parameter-name '%.80s': layer '%s' has no such parameter here, but %s%s", names,
                  query->layer->name, parameter_name (query, query->first),
                  parameters_of (query) > 1 ? " and others" : "");
}

static void
put_parameter (struct sf_json *json, const struct sf_dataset_spec *spec)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Parameter");
  sf_map_put_titles (json, "description", spec->title_en, spec->title_zh);
  sf_json_key (json, "unit");
  sf_json_begin_object (json);
  sf_json_key (json, "symbol");
  sf_json_begin_object (json);
  sf_json_put_string (json, "value", spec->quantity->unit);
  sf_json_put_string (json, "type", "https://www.unidata.ucar.edu/software/udunits/");
  sf_json_end_object (json);
  sf_json_end_object (json);
  sf_json_key (json, "observedProperty");
  sf_json_begin_object (json);
  sf_map_put_titles (json, "label", spec->quantity->title_en, spec->quantity->title_zh);
  sf_json_end_object (json);
  sf_json_end_object (json);
}

static void
put_parameters (struct query *query, const char *key)
{
  struct sf_json *json = &query->json;
  sf_json_key (json, key);
  sf_json_begin_object (json);
  for (int i = 0; i < parameters_of (query); i++)
    if (is_wanted (query, i))
      {
        sf_json_key (json, parameter_name (query, query->first + i));
        put_parameter (json, query->layer->dataset->spec);
      }
  sf_json_end_object (json);
}

void
sf_map_put_parameter_names (struct sf_json *json, struct sf_map_request *request, const struct sf_map_layer *layer)
{
  struct query query = { .request = request, .layer = layer, .bands = layer->bands, .json = *json };
  put_parameters (&query, "parameter_names");
  *json = query.json;
}

static void
put_reference (struct sf_json *json, bool has_time)
{
  sf_json_key (json, "referencing");
  sf_json_begin_array (json);
  sf_json_begin_object (json);
  sf_json_key (json, "coordinates");
  sf_json_begin_array (json);
  sf_json_string (json, "x");
  sf_json_string (json, "y");
  sf_json_end_array (json);
  sf_json_key (json, "system");
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "GeographicCRS");
  sf_json_put_string (json, "id", "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
  sf_json_end_object (json);
  sf_json_end_object (json);
  if (has_time)
    {
      sf_json_begin_object (json);
      sf_json_key (json, "coordinates");
      sf_json_begin_array (json);
      sf_json_string (json, "t");
      sf_json_end_array (json);
      sf_json_key (json, "system");
      sf_json_begin_object (json);
      sf_json_put_string (json, "type", "TemporalRS");
      sf_json_put_string (json, "calendar", "Gregorian");
      sf_json_end_object (json);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
begin_axis (struct sf_json *json, const char *name)
{
  sf_json_key (json, name);
  sf_json_begin_object (json);
  sf_json_key (json, "values");
  sf_json_begin_array (json);
}

static void
end_axis (struct sf_json *json)
{
  sf_json_end_array (json);
  sf_json_end_object (json);
}

static void
put_time_axis (struct query *query)
{
  if (!query->layer->time_s)
    return;
  begin_axis (&query->json, "t");
  for (int i = 0; i < query->bands; i++)
    sf_json_time (&query->json, query->layer->time_s[query->first + i]);
  end_axis (&query->json);
}

/* Until the domain's axes; who may say it stands in front. */
static void
begin_coverage (struct query *query, const char *domain)
{
  struct sf_json *json = &query->json;
  const struct sf_dataset *dataset = query->layer->dataset;
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Coverage");
  sf_json_put_string (json, "id", query->layer->name);
  sf_json_put_string (json, "snapshot", query->request->world->snapshot->id);
  sf_map_put_authority (json, dataset->authority, dataset->simulated);
  sf_json_put_time (json, "reference_time", query->layer->grid->reference_s);
  sf_json_key (json, "domain");
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Domain");
  sf_json_put_string (json, "domainType", domain);
  sf_json_key (json, "axes");
  sf_json_begin_object (json);
}

static void
end_domain (struct query *query)
{
  sf_json_end_object (&query->json);
  put_reference (&query->json, query->layer->time_s != NULL);
  sf_json_end_object (&query->json);
  put_parameters (query, "parameters");
}

static void
begin_range (struct query *query, int parameter, const char *const *axes, const int *shape, int count)
{
  struct sf_json *json = &query->json;
  sf_json_key (json, parameter_name (query, query->first + parameter));
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "NdArray");
  sf_json_put_string (json, "dataType", "float");
  sf_json_key (json, "axisNames");
  sf_json_begin_array (json);
  for (int i = 0; i < count; i++)
    sf_json_string (json, axes[i]);
  sf_json_end_array (json);
  sf_json_key (json, "shape");
  sf_json_begin_array (json);
  for (int i = 0; i < count; i++)
    sf_json_int (json, shape[i]);
  sf_json_end_array (json);
  sf_json_key (json, "values");
  sf_json_begin_array (json);
}

static void
end_range (struct query *query)
{
  sf_json_end_array (&query->json);
  sf_json_end_object (&query->json);
}

/* Three decimals say all that a value of ours means. */
static void
put_float (struct sf_json *json, float value)
{
  if (isnan (value))
    sf_json_null (json);
  else
    sf_json_fixed (json, (double) value, 3);
}

/* --- position --- */

static void
put_position (struct query *query, double lon_deg, double lat_deg)
{
  static const char *const axes[] = { "t" };
  struct sf_json *json = &query->json;
  bool has_time = query->layer->time_s != NULL;
  begin_coverage (query, has_time ? "PointSeries" : "Point");
  begin_axis (json, "x");
  sf_json_double (json, lon_deg);
  end_axis (json);
  begin_axis (json, "y");
  sf_json_double (json, lat_deg);
  end_axis (json);
  put_time_axis (query);
  end_domain (query);
  sf_json_key (json, "ranges");
  sf_json_begin_object (json);
  for (int p = 0; p < parameters_of (query); p++)
    {
      if (!is_wanted (query, p))
        continue;
      begin_range (query, p, axes, &query->bands, has_time ? 1 : 0);
      for (int i = 0; i < (has_time ? query->bands : 1); i++)
        put_float (json, (float) sf_map_layer_value (query->layer, query->first + p + i, lon_deg, lat_deg));
      end_range (query);
    }
  sf_json_end_object (json);
  sf_json_end_object (json);
}

static enum sf_code
begin_query (struct query *query, struct sf_map_request *request, const struct sf_map_layer *layer,
             struct sf_map_response *response, struct sf_error *err)
{
  *query = (struct query){ .request = request, .layer = layer, .json = { .out = &response->body } };
  response->media_type = "application/prs.coverage+json";
  if (!layer->grid)
    return sf_fail (err, SF_ENOTFOUND, "layer '%s' has features, no values; see its items", layer->name);
  SF_TRY (sf_map_request_crs84 (request, "crs", err));
  SF_TRY (find_bands (query, err));
  return find_parameters (query, err);
}

enum sf_code
sf_map_ogc_position (struct sf_map_request *request, const struct sf_map_layer *layer, struct sf_map_response *response,
                     struct sf_error *err)
{
  struct query query;
  struct sf_geometry *point = NULL;
  enum sf_code code = SF_OK;
  SF_TRY (begin_query (&query, request, layer, response, err));
  SF_TRY (read_coordinates (request, SF_GEOMETRY_POINT, "POINT(110.35 20.02)", &point, err));
  double lon_deg = point->xy[0], lat_deg = point->xy[1];
  int column, row;
  if (point->points != 1)
    code = sf_fail (err, SF_EINVAL, "coords names %zu points; ask for one at a time", point->points);
  else if (!sf_gridspec_cell_lonlat (&layer->grid->spec, lon_deg, lat_deg, &column, &row))
    code = sf_fail (err, SF_ENOTFOUND, "%g %g is outside layer '%s' (longitude before latitude)", lon_deg, lat_deg,
                    layer->name);
  else
    put_position (&query, lon_deg, lat_deg);
  sf_geometry_free (point);
  return code;
}

/* --- area --- */

/* Cells of the grid whose rows and columns lie in [0] <= i < [1]. */
struct cells
{
  int columns[2], rows[2];
};

/* The whole cells between two places on an axis of count cells, which may lie anywhere. */
static void
span_cells (double a, double b, int count, int ret_span[2])
{
  ret_span[0] = (int) fmin (fmax (floor (fmin (a, b)), 0), count);
  ret_span[1] = (int) fmin (fmax (ceil (fmax (a, b)), 0), count);
}

static struct cells
cells_over (const struct sf_gridspec *spec, const struct sf_geometry *area)
{
  struct cells cells = { 0 };
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0, c0, r0, c1, r1;
  sf_geometry_bounds (area, &x0, &y0, &x1, &y1);
  sf_gridspec_index (spec, x0, y0, &c0, &r0);
  sf_gridspec_index (spec, x1, y1, &c1, &r1);
  span_cells (c0, c1, spec->nx, cells.columns);
  span_cells (r0, r1, spec->ny, cells.rows);
  return cells;
}

/* Whether a cell's centre is inside, for each cell. */
static bool *
mask_cells (const struct query *query, const struct sf_polygon_index *area, const struct cells *cells)
{
  const struct sf_gridspec *spec = &query->layer->grid->spec;
  int nx = cells->columns[1] - cells->columns[0], ny = cells->rows[1] - cells->rows[0];
  bool *inside = sf_arena_alloc (query->request->arena, (size_t) nx * (size_t) ny);
  for (int r = 0; inside && r < ny; r++)
    for (int c = 0; c < nx; c++)
      {
        double x, y;
        sf_gridspec_centre (spec, cells->columns[0] + c, cells->rows[0] + r, &x, &y);
        inside[(size_t) r * (size_t) nx + (size_t) c] = sf_polygon_locate (area, x, y, NULL) != SF_SIDE_OUT;
      }
  return inside;
}

static void
put_axes (struct query *query, const struct cells *cells)
{
  const struct sf_gridspec *spec = &query->layer->grid->spec;
  double x, y;
  begin_axis (&query->json, "x");
  for (int c = cells->columns[0]; c < cells->columns[1]; c++)
    {
      sf_gridspec_centre (spec, c, 0, &x, &y);
      sf_json_double (&query->json, x);
    }
  end_axis (&query->json);
  begin_axis (&query->json, "y");
  for (int r = cells->rows[0]; r < cells->rows[1]; r++)
    {
      sf_gridspec_centre (spec, 0, r, &x, &y);
      sf_json_double (&query->json, y);
    }
  end_axis (&query->json);
  put_time_axis (query);
}

static void
put_cells (struct query *query, const struct cells *cells, const bool *inside, int band)
{
  const struct sf_gridspec *spec = &query->layer->grid->spec;
  int nx = cells->columns[1] - cells->columns[0];
  const float *values = query->layer->grid->values + (size_t) band * sf_gridspec_cells (spec);
  for (int r = cells->rows[0]; r < cells->rows[1]; r++)
    for (int c = cells->columns[0]; c < cells->columns[1]; c++)
      {
        bool is_in = inside[(size_t) (r - cells->rows[0]) * (size_t) nx + (size_t) (c - cells->columns[0])];
        put_float (&query->json, is_in ? values[(size_t) r * (size_t) spec->nx + (size_t) c] : NAN);
      }
}

static void
put_area (struct query *query, const struct cells *cells, const bool *inside)
{
  static const char *const axes[] = { "t", "y", "x" };
  struct sf_json *json = &query->json;
  bool has_time = query->layer->time_s != NULL;
  const int shape[] = { query->bands, cells->rows[1] - cells->rows[0], cells->columns[1] - cells->columns[0] };
  begin_coverage (query, "Grid");
  put_axes (query, cells);
  end_domain (query);
  sf_json_key (json, "ranges");
  sf_json_begin_object (json);
  for (int p = 0; p < parameters_of (query); p++)
    {
      if (!is_wanted (query, p))
        continue;
      begin_range (query, p, axes + !has_time, shape + !has_time, has_time ? 3 : 2);
      for (int i = 0; i < (has_time ? query->bands : 1); i++)
        put_cells (query, cells, inside, query->first + p + i);
      end_range (query);
    }
  sf_json_end_object (json);
  sf_json_end_object (json);
}

static enum sf_code
answer_area (struct query *query, const struct sf_geometry *area, struct sf_error *err)
{
  struct sf_polygon_index *index = NULL;
  struct cells cells = cells_over (&query->layer->grid->spec, area);
  int64_t nx = cells.columns[1] - cells.columns[0], ny = cells.rows[1] - cells.rows[0];
  if (nx <= 0 || ny <= 0)
    return sf_fail (err, SF_ENOTFOUND, "the area does not touch layer '%s' (longitude before latitude)",
                    query->layer->name);
  if (nx * ny * query->bands > VALUES_MAX)
    return sf_fail (err, SF_ERANGE,
                    "the area has %lld values of layer '%s', more than %d: ask for a smaller one or a "
                    "shorter datetime",
                    (long long) (nx * ny * query->bands), query->layer->name, VALUES_MAX);
  SF_TRY (sf_polygon_index_new (&area, 1, SF_RINGS_ALL, &index, err));
  const bool *inside = mask_cells (query, index, &cells);
  sf_polygon_index_free (index);
  if (!inside)
    return sf_fail (err, SF_ENOMEM, "out of memory for an area");
  put_area (query, &cells, inside);
  return SF_OK;
}

enum sf_code
sf_map_ogc_area (struct sf_map_request *request, const struct sf_map_layer *layer, struct sf_map_response *response,
                 struct sf_error *err)
{
  struct query query;
  struct sf_geometry *area = NULL;
  SF_TRY (begin_query (&query, request, layer, response, err));
  SF_TRY (read_coordinates (request, SF_GEOMETRY_POLYGON, "POLYGON((110 19,111 19,111 20,110 19))", &area, err));
  enum sf_code code = answer_area (&query, area, err);
  sf_geometry_free (area);
  return code;
}
