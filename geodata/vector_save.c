/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "geodata/gdal_guard.h"
#include "geodata/vector_columns.h"
#include "geodata/vector_schema.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* One file being written. */
struct job
{
  const char *path;
  enum sf_vector_driver driver;
  const struct sf_file_about *about;
  struct sf_gdal_guard guard;
  GDALDatasetH file;
  OGRSpatialReferenceH crs;
  struct sf_arena arena;
};

/* One layer of it. */
struct layer
{
  OGRLayerH handle;
  struct sf_vector_column *columns;
  size_t columns_count;
};

static bool
has_geometry (const struct sf_dataset *dataset)
{
  return dataset->spec->kind == SF_DATASET_TRACKS || dataset->spec->kind == SF_DATASET_FEATURES;
}

/* Whether a geometry needs the layer to be of the multi kind. */
static bool
is_multi (const struct sf_geometry *geometry)
{
  if (geometry->kind == SF_GEOMETRY_POINT)
    return geometry->points > 1;
  if (geometry->kind == SF_GEOMETRY_LINE)
    return geometry->parts > 1;
  size_t outers = 0;
  for (size_t p = 0; p < geometry->parts; p++)
    outers += geometry->part_outer[p] ? 1 : 0;
  return outers > 1;
}

static OGRwkbGeometryType
layer_type (const struct sf_dataset *dataset)
{
  if (!has_geometry (dataset))
    return wkbNone;
  if (dataset->spec->kind == SF_DATASET_TRACKS)
    return wkbPoint;
  const struct sf_table *table = dataset->as.table;
  bool multi = false;
  for (size_t row = 0; table->geometries && row < table->rows; row++)
    multi = multi || (table->geometries[row] && is_multi (table->geometries[row]));
  const char *kind = dataset->spec->geometry;
  if (!strcmp (kind, "point"))
    return multi ? wkbMultiPoint : wkbPoint;
  if (!strcmp (kind, "line"))
    return multi ? wkbMultiLineString : wkbLineString;
  return multi ? wkbMultiPolygon : wkbPolygon;
}

static OGRGeometryH
points_of (const struct sf_geometry *geometry, size_t part, OGRwkbGeometryType type)
{
  size_t first = geometry->part_start[part], count = geometry->part_start[part + 1] - first;
  OGRGeometryH line = OGR_G_CreateGeometry (type);
  OGR_G_SetPointCount (line, (int) count);
  for (size_t i = 0; i < count; i++)
    OGR_G_SetPoint_2D (line, (int) i, geometry->xy[2 * (first + i)], geometry->xy[2 * (first + i) + 1]);
  return line;
}

static OGRGeometryH
ogr_points (const struct sf_geometry *geometry)
{
  OGRGeometryH all = OGR_G_CreateGeometry (wkbMultiPoint);
  for (size_t i = 0; i < geometry->points; i++)
    {
      OGRGeometryH point = OGR_G_CreateGeometry (wkbPoint);
      OGR_G_SetPoint_2D (point, 0, geometry->xy[2 * i], geometry->xy[2 * i + 1]);
      OGR_G_AddGeometryDirectly (all, point);
    }
  return all;
}

static OGRGeometryH
ogr_lines (const struct sf_geometry *geometry)
{
  OGRGeometryH all = OGR_G_CreateGeometry (wkbMultiLineString);
  for (size_t p = 0; p < geometry->parts; p++)
    OGR_G_AddGeometryDirectly (all, points_of (geometry, p, wkbLineString));
  return all;
}

static OGRGeometryH
ogr_polygons (const struct sf_geometry *geometry)
{
  OGRGeometryH all = OGR_G_CreateGeometry (wkbMultiPolygon), polygon = NULL;
  for (size_t p = 0; p < geometry->parts; p++)
    {
      if (!polygon || geometry->part_outer[p])
        {
          if (polygon)
            OGR_G_AddGeometryDirectly (all, polygon);
          polygon = OGR_G_CreateGeometry (wkbPolygon);
        }
      OGR_G_AddGeometryDirectly (polygon, points_of (geometry, p, wkbLinearRing));
    }
  if (polygon)
    OGR_G_AddGeometryDirectly (all, polygon);
  return all;
}

/* The geometry as the layer's type; NULL for none. The caller owns it. */
static OGRGeometryH
ogr_geometry (const struct sf_geometry *geometry, OGRwkbGeometryType type)
{
  if (!geometry || geometry->points == 0)
    return NULL;
  OGRGeometryH all = geometry->kind == SF_GEOMETRY_POINT  ? ogr_points (geometry)
                     : geometry->kind == SF_GEOMETRY_LINE ? ogr_lines (geometry)
                                                          : ogr_polygons (geometry);
  return OGR_G_ForceTo (all, type, NULL);
}

static void
set_time (OGRFeatureH feature, int index, int64_t time_s)
{
  struct sf_civil t = sf_time_to_civil (time_s, 0);
  OGR_F_SetFieldDateTime (feature, index, t.year, t.month, t.day, t.hour, t.minute, t.second, 100);
}

static void
set_field (const struct job *job, OGRFeatureH feature, int index, enum sf_column_type type,
           const struct sf_vector_value *value)
{
  char text[SF_TIME_TEXT_BYTES];
  if (value->missing)
    OGR_F_SetFieldNull (feature, index);
  else if (type == SF_COLUMN_TEXT)
    OGR_F_SetFieldString (feature, index, value->text);
  else if (type == SF_COLUMN_DOUBLE)
    OGR_F_SetFieldDouble (feature, index, value->number);
  else if (type == SF_COLUMN_INT)
    OGR_F_SetFieldInteger64 (feature, index, value->integer);
  else if (job->driver == SF_VECTOR_GEOJSON)
    OGR_F_SetFieldString (feature, index, sf_time_format_utc (text, value->integer));
  else
    set_time (feature, index, value->integer);
}

/* Hand the feature to its layer; takes feature and geometry over. */
static enum sf_code
add_feature (struct job *job, const struct layer *layer, OGRFeatureH feature, OGRGeometryH geometry, size_t row,
             struct sf_error *err)
{
  if (geometry)
    OGR_F_SetGeometryDirectly (feature, geometry);
  OGR_F_SetFID (feature, (GIntBig) row + 1);
  OGRErr failed = OGR_L_CreateFeature (layer->handle, feature);
  OGR_F_Destroy (feature);
  if (failed != OGRERR_NONE)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: layer %s: cannot write row %zu", job->path,
                               OGR_L_GetName (layer->handle), row + 1);
  return SF_OK;
}

static enum sf_code
write_table (struct job *job, const struct layer *layer, const struct sf_dataset *dataset, struct sf_error *err)
{
  const struct sf_table *table = dataset->as.table;
  OGRFeatureDefnH definition = OGR_L_GetLayerDefn (layer->handle);
  OGRwkbGeometryType type = layer_type (dataset);
  for (size_t row = 0; row < table->rows; row++)
    {
      OGRFeatureH feature = OGR_F_Create (definition);
      for (size_t i = 0; i < layer->columns_count; i++)
        {
          struct sf_vector_value value = sf_vector_table_value (table, i, row);
          set_field (job, feature, (int) i, layer->columns[i].type, &value);
        }
      OGRGeometryH geometry = type != wkbNone && table->geometries ? ogr_geometry (table->geometries[row], type) : NULL;
      SF_TRY (add_feature (job, layer, feature, geometry, row, err));
    }
  return SF_OK;
}

static enum sf_code
write_fix (struct job *job, const struct layer *layer, const struct sf_record *fix, size_t row, struct sf_error *err)
{
  OGRFeatureH feature = OGR_F_Create (OGR_L_GetLayerDefn (layer->handle));
  for (size_t i = 0; i < layer->columns_count; i++)
    {
      struct sf_vector_value value = sf_vector_record_value (fix, &layer->columns[i]);
      set_field (job, feature, (int) i, layer->columns[i].type, &value);
    }
  OGRGeometryH point = NULL;
  if (isfinite (fix->as.track.lon_deg) && isfinite (fix->as.track.lat_deg))
    {
      point = OGR_G_CreateGeometry (wkbPoint);
      OGR_G_SetPoint_2D (point, 0, fix->as.track.lon_deg, fix->as.track.lat_deg);
    }
  return add_feature (job, layer, feature, point, row, err);
}

static enum sf_code
write_tracks (struct job *job, const struct layer *layer, const struct sf_tracks *tracks, struct sf_error *err)
{
  size_t row = 0;
  for (size_t t = 0; t < tracks->count; t++)
    for (size_t f = 0; f < tracks->tracks[t].fixes_count; f++)
      SF_TRY (write_fix (job, layer, &tracks->tracks[t].fixes[f], row++, err));
  return SF_OK;
}

static enum sf_code
add_field (struct job *job, const struct layer *layer, const struct sf_vector_column *column, struct sf_error *err)
{
  bool text_time = column->type == SF_COLUMN_TIME && job->driver == SF_VECTOR_GEOJSON;
  OGRFieldType type = column->type == SF_COLUMN_DOUBLE ? OFTReal
                      : column->type == SF_COLUMN_INT  ? OFTInteger64
                      : column->type == SF_COLUMN_TIME ? OFTDateTime
                                                       : OFTString;
  OGRFieldDefnH field = OGR_Fld_Create (column->name, text_time ? OFTString : type);
  OGRErr failed = OGR_L_CreateField (layer->handle, field, FALSE);
  OGR_Fld_Destroy (field);
  if (failed != OGRERR_NONE)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot add column %s", job->path, column->name);
  return SF_OK;
}

/* What a reader of the file must know, as members of the GeoJSON FeatureCollection. */
static void
geojson_about (const struct job *job, const struct sf_dataset *dataset, const struct layer *layer,
               struct sf_strbuf *out)
{
  struct sf_json json = { .out = out };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "type", "FeatureCollection");
  sf_json_put_string (&json, "title", dataset->spec->title_en);
  sf_json_put_string (&json, "title_zh", dataset->spec->title_zh);
  sf_json_put_string (&json, "scenario", job->about->scenario);
  sf_json_put_string (&json, "authority", sf_authority_name (dataset->authority, 0));
  sf_json_put_string (&json, "authority_zh", sf_authority_name (dataset->authority, 1));
  sf_json_put_bool (&json, "simulated", dataset->simulated);
  sf_json_put_string (&json, "coordinates_from",
                      "EPSG:4490 (CGCS2000), taken as WGS84: the two agree to well below 1 m");
  sf_json_key (&json, "columns");
  sf_json_begin_object (&json);
  for (size_t i = 0; i < layer->columns_count; i++)
    {
      sf_json_key (&json, layer->columns[i].name);
      sf_json_begin_object (&json);
      sf_json_put_string (&json, "unit", layer->columns[i].unit);
      sf_json_put_string (&json, "title", layer->columns[i].title_en);
      sf_json_put_string (&json, "title_zh", layer->columns[i].title_zh);
      if (layer->columns[i].averaging)
        sf_json_put_string (&json, "averaging", layer->columns[i].averaging);
      sf_json_end_object (&json);
    }
  sf_json_end_object (&json);
  sf_json_end_object (&json);
}

static char **
layer_options (struct job *job, const struct sf_dataset *dataset, const struct layer *layer, struct sf_error *err)
{
  char **options = NULL;
  struct sf_strbuf text = { 0 };
  if (job->driver == SF_VECTOR_GEOJSON)
    {
      geojson_about (job, dataset, layer, &text);
      options = CSLSetNameValue (options, "RFC7946", "YES");
      options = CSLSetNameValue (options, "COORDINATE_PRECISION", "6");
      options = CSLSetNameValue (options, "NATIVE_MEDIA_TYPE", "application/vnd.geo+json");
      options = CSLSetNameValue (options, "NATIVE_DATA", text.text);
    }
  else
    {
      sf_strbuf_addf (&text, "%s | %s (%s%s)", dataset->spec->title_en, dataset->spec->title_zh,
                      sf_authority_name (dataset->authority, 0), dataset->simulated ? ", simulated" : "");
      options = CSLSetNameValue (options, "DESCRIPTION", text.text);
    }
  if (text.failed)
    {
      CSLDestroy (options);
      options = NULL;
      sf_fail (err, SF_ENOMEM, "%s: no memory for the layer's description", job->path);
    }
  sf_strbuf_finish (&text);
  return options;
}

static void
describe (GDALMajorObjectH object, const struct sf_file_about *about, enum sf_authority authority, bool simulated)
{
  GDALSetMetadataItem (object, "authority", sf_authority_name (authority, 0), NULL);
  GDALSetMetadataItem (object, "authority_zh", sf_authority_name (authority, 1), NULL);
  GDALSetMetadataItem (object, "simulated", simulated ? "true" : "false", NULL);
  if (about->scenario)
    GDALSetMetadataItem (object, "scenario", about->scenario, NULL);
  if (about->title_en)
    GDALSetMetadataItem (object, "title", about->title_en, NULL);
  if (about->title_zh)
    GDALSetMetadataItem (object, "title_zh", about->title_zh, NULL);
}

static enum sf_code
make_layer (struct job *job, const struct sf_dataset *dataset, struct layer *layer, struct sf_error *err)
{
  SF_TRY (sf_vector_columns (&job->arena, dataset->spec, &layer->columns, &layer->columns_count, err));
  char **options = layer_options (job, dataset, layer, err);
  if (!options)
    return SF_ENOMEM;
  OGRwkbGeometryType type = layer_type (dataset);
  layer->handle = GDALDatasetCreateLayer (job->file, dataset->name, type == wkbNone ? NULL : job->crs, type, options);
  CSLDestroy (options);
  if (!layer->handle)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot make layer %s", job->path, dataset->name);
  for (size_t i = 0; i < layer->columns_count; i++)
    SF_TRY (add_field (job, layer, &layer->columns[i], err));
  if (job->driver == SF_VECTOR_GPKG)
    {
      struct sf_file_about about = *job->about;
      about.title_en = dataset->spec->title_en;
      about.title_zh = dataset->spec->title_zh;
      describe (layer->handle, &about, dataset->authority, dataset->simulated);
    }
  return SF_OK;
}

static enum sf_code
write_layer (struct job *job, const struct sf_dataset *dataset, struct sf_error *err)
{
  struct layer layer = { 0 };
  SF_TRY (make_layer (job, dataset, &layer, err));
  if (dataset->spec->kind == SF_DATASET_TRACKS)
    SF_TRY (write_tracks (job, &layer, dataset->as.tracks, err));
  else
    SF_TRY (write_table (job, &layer, dataset, err));
  if (job->driver == SF_VECTOR_GEOJSON)
    return SF_OK;
  return sf_vector_schema_describe (job->file, job->path, dataset->name, layer.columns, layer.columns_count, err);
}

static enum sf_code
write_all (struct job *job, const struct sf_dataset *const *datasets, size_t count, struct sf_error *err)
{
  const char *driver = job->driver == SF_VECTOR_GPKG ? "GPKG" : "GeoJSON";
  if (unlink (job->path) != 0 && errno != ENOENT)
    return sf_fail (err, SF_EIO, "%s: cannot replace it: %s", job->path, strerror (errno));
  job->crs = OSRNewSpatialReference (NULL);
  if (OSRImportFromEPSG (job->crs, job->driver == SF_VECTOR_GPKG ? 4490 : 4326) != OGRERR_NONE)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: PROJ does not know the CRS (is proj.db there?)",
                               job->path);
  OSRSetAxisMappingStrategy (job->crs, OAMS_TRADITIONAL_GIS_ORDER);
  job->file = GDALCreate (GDALGetDriverByName (driver), job->path, 0, 0, 0, GDT_Unknown, NULL);
  if (!job->file)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot create it", job->path);
  bool transaction = GDALDatasetTestCapability (job->file, ODsCTransactions);
  if (transaction && GDALDatasetStartTransaction (job->file, FALSE) != OGRERR_NONE)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot begin a transaction", job->path);
  if (job->driver == SF_VECTOR_GPKG)
    {
      describe (job->file, job->about, job->about->authority, job->about->simulated);
      SF_TRY (sf_vector_schema_create (job->file, job->path, err));
    }
  for (size_t i = 0; i < count; i++)
    SF_TRY (write_layer (job, datasets[i], err));
  if (transaction && GDALDatasetCommitTransaction (job->file) != OGRERR_NONE)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot commit", job->path);
  return SF_OK;
}

/* Options of GDAL that hold in this thread while a file is written. */
static void
set_config (const char *date, const char *synchronous)
{
  CPLSetThreadLocalConfigOption ("OGR_CURRENT_DATE", date);
  /* The caller syncs whole folders at once; a crash before that leaves a file that nobody looks at. */
  CPLSetThreadLocalConfigOption ("OGR_SQLITE_SYNCHRONOUS", synchronous);
}

static enum sf_code
check_kinds (const char *path, enum sf_vector_driver driver, const struct sf_dataset *const *datasets, size_t count,
             struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    {
      enum sf_dataset_kind kind = datasets[i]->spec->kind;
      if (kind == SF_DATASET_GRID || kind == SF_DATASET_CUBE
          || (driver == SF_VECTOR_GEOJSON && !has_geometry (datasets[i])))
        return sf_fail (err, SF_ETYPE, "%s: dataset %s is a %s, which this format does not hold", path,
                        datasets[i]->name, sf_dataset_kind_name (kind));
    }
  if (driver == SF_VECTOR_GEOJSON && count != 1)
    return sf_fail (err, SF_EINVAL, "%s: a GeoJSON file holds one dataset, not %zu", path, count);
  return SF_OK;
}

enum sf_code
sf_vector_save (const char *path, enum sf_vector_driver driver, const struct sf_dataset *const *datasets, size_t count,
                const struct sf_file_about *about, struct sf_error *err)
{
  SF_TRY (check_kinds (path, driver, datasets, count, err));
  struct job job = { .path = path, .driver = driver, .about = about };
  struct sf_civil t = sf_time_to_civil (about->time_s == SF_TIME_MISSING ? 0 : about->time_s, 0);
  char date[64];
  snprintf (date, sizeof date, "%04d-%02d-%02dT%02d:%02d:%02d.000Z", t.year, t.month, t.day, t.hour, t.minute,
            t.second);
  sf_gdal_guard_begin (&job.guard);
  set_config (date, "OFF");
  enum sf_code code = write_all (&job, datasets, count, err);
  if (job.file)
    GDALClose (job.file);
  if (code == SF_OK && job.guard.text[0])
    code = sf_gdal_guard_fail (&job.guard, err, SF_EIO, "%s: cannot finish it", path);
  if (job.crs)
    OSRRelease (job.crs);
  if (code != SF_OK && job.file)
    unlink (path);
  set_config (NULL, NULL);
  sf_gdal_guard_end (&job.guard);
  sf_arena_finish (&job.arena);
  return code;
}
