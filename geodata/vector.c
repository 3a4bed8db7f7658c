/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector.h"

#include "core/base/text.h"
#include "core/base/time.h"
#include "geodata/crs.h"
#include "geodata/gdal_guard.h"
#include "geodata/ogr_geometry.h"
#include "geodata/vector_columns.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One layer being read. */
struct reader
{
  const char *path;
  const struct sf_dataset_spec *spec;
  const char *instance;
  struct sf_gdal_guard guard;
  GDALDatasetH file;
  OGRLayerH layer;
  OGRCoordinateTransformationH to_home; /* NULL: coordinates are taken as they are */
  struct sf_arena arena;
  struct sf_vector_column *columns;
  size_t columns_count;
  int *fields; /* of each column, -1 when the layer has none */
};

static enum sf_code
open_file (const char *path, const struct sf_gdal_guard *guard, GDALDatasetH *ret, struct sf_error *err)
{
  *ret = GDALOpenEx (path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
  if (!*ret)
    return sf_gdal_guard_fail (guard, err, SF_EIO, "%s: cannot open it as a vector file", path);
  return SF_OK;
}

static enum sf_code
find_layer (struct reader *reader, const char *name, struct sf_error *err)
{
  int count = GDALDatasetGetLayerCount (reader->file);
  reader->layer = name        ? GDALDatasetGetLayerByName (reader->file, name)
                  : count > 0 ? GDALDatasetGetLayer (reader->file, 0)
                              : NULL;
  if (reader->layer)
    return SF_OK;
  struct sf_strbuf names = { 0 };
  for (int i = 0; i < count; i++)
    sf_strbuf_addf (&names, "%s%s", i ? ", " : "", OGR_L_GetName (GDALDatasetGetLayer (reader->file, i)));
  sf_fail (err, SF_ENOTFOUND, "%s: no layer %s; it has: %s", reader->path, name ? name : "at all",
           names.text ? names.text : "none");
  sf_strbuf_finish (&names);
  return SF_ENOTFOUND;
}

static bool
is_home (OGRSpatialReferenceH crs)
{
  const char *authority = OSRGetAuthorityName (crs, NULL), *code = OSRGetAuthorityCode (crs, NULL);
  return authority && code && !strcmp (authority, "EPSG") && (!strcmp (code, "4490") || !strcmp (code, "4326"));
}

/* Coordinates of no CRS are taken for degrees: at least they must be able to be. */
static enum sf_code
check_degrees (const struct reader *reader, struct sf_error *err)
{
  OGREnvelope box;
  if (reader->spec->kind != SF_DATASET_FEATURES || OGR_L_GetExtent (reader->layer, &box, TRUE) != OGRERR_NONE)
    return SF_OK;
  if (box.MinX >= -360 && box.MaxX <= 360 && box.MinY >= -90 && box.MaxY <= 90)
    return SF_OK;
  return sf_fail (
      err, SF_EFORMAT,
      "%s: layer %s has no CRS, and %g, %g cannot be longitude and latitude; give it one with ogr2ogr -a_srs",
      reader->path, OGR_L_GetName (reader->layer), box.MinX, box.MinY);
}

/* GDAL takes a way without datum shift silently; our own transform refuses it. */
static enum sf_code
check_way (const struct reader *reader, OGRSpatialReferenceH crs, struct sf_error *err)
{
  struct sf_crs_transform *way = NULL;
  char *wkt = NULL;
  OSRExportToWkt (crs, &wkt);
  enum sf_code code = sf_crs_open (wkt ? wkt : "", SF_CRS_HOME, &way, err);
  sf_crs_close (way);
  CPLFree (wkt);
  return code == SF_OK ? SF_OK
                       : sf_error_prefix (err, code, "%s: layer %s", reader->path, OGR_L_GetName (reader->layer));
}

static enum sf_code
find_crs (struct reader *reader, struct sf_error *err)
{
  OGRSpatialReferenceH crs = OGR_L_GetSpatialRef (reader->layer);
  if (!crs)
    return check_degrees (reader, err);
  if (is_home (crs))
    return SF_OK;
  SF_TRY (check_way (reader, crs, err));
  OGRSpatialReferenceH from = OSRClone (crs), home = OSRNewSpatialReference (NULL);
  OSRSetAxisMappingStrategy (from, OAMS_TRADITIONAL_GIS_ORDER);
  OSRImportFromEPSG (home, 4490);
  OSRSetAxisMappingStrategy (home, OAMS_TRADITIONAL_GIS_ORDER);
  reader->to_home = OCTNewCoordinateTransformation (from, home);
  OSRRelease (from);
  OSRRelease (home);
  if (!reader->to_home)
    return sf_gdal_guard_fail (&reader->guard, err, SF_EUNSUPPORTED, "%s: layer %s: no way from its CRS to EPSG:4490",
                               reader->path, OGR_L_GetName (reader->layer));
  return SF_OK;
}

static enum sf_code
find_columns (struct reader *reader, struct sf_error *err)
{
  SF_TRY (sf_vector_columns (&reader->arena, reader->spec, &reader->columns, &reader->columns_count, err));
  reader->fields = sf_arena_alloc (&reader->arena, (reader->columns_count + 1) * sizeof *reader->fields);
  if (!reader->fields)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for %zu columns", reader->path, reader->columns_count);
  OGRFeatureDefnH definition = OGR_L_GetLayerDefn (reader->layer);
  for (size_t i = 0; i < reader->columns_count; i++)
    {
      reader->fields[i] = OGR_FD_GetFieldIndex (definition, reader->columns[i].name);
      if (reader->fields[i] < 0 && reader->columns[i].required)
        return sf_fail (err, SF_EFORMAT, "%s: layer %s has no column %s, which dataset %s needs", reader->path,
                        OGR_L_GetName (reader->layer), reader->columns[i].name, reader->spec->name);
    }
  return SF_OK;
}

static enum sf_code
bad_value (const struct reader *reader, OGRFeatureH feature, const struct sf_vector_column *column,
           struct sf_error *err)
{
  return sf_fail (err, SF_ETYPE, "%s: layer %s, feature %lld: column %s holds \"%s\", wanted %s", reader->path,
                  OGR_L_GetName (reader->layer), (long long) OGR_F_GetFID (feature), column->name,
                  OGR_F_GetFieldAsString (feature, OGR_F_GetFieldIndex (feature, column->name)),
                  sf_column_type_name (column->type));
}

static bool
read_number (OGRFeatureH feature, int field, OGRFieldType type, double *ret)
{
  if (type == OFTString)
    return sf_text_parse_double (sf_span_of (OGR_F_GetFieldAsString (feature, field)), ret);
  *ret = OGR_F_GetFieldAsDouble (feature, field);
  return type == OFTReal || type == OFTInteger || type == OFTInteger64;
}

static bool
read_integer (OGRFeatureH feature, int field, OGRFieldType type, int64_t *ret)
{
  if (type == OFTString)
    return sf_text_parse_int (sf_span_of (OGR_F_GetFieldAsString (feature, field)), ret);
  *ret = OGR_F_GetFieldAsInteger64 (feature, field);
  return type == OFTInteger || type == OFTInteger64;
}

static bool
read_time (OGRFeatureH feature, int field, OGRFieldType type, int64_t *ret)
{
  if (type == OFTString)
    return sf_time_parse_iso (OGR_F_GetFieldAsString (feature, field), 0, ret, NULL) == SF_OK;
  int y, mo, d, h, mi, s, zone;
  if ((type != OFTDateTime && type != OFTDate)
      || !OGR_F_GetFieldAsDateTime (feature, field, &y, &mo, &d, &h, &mi, &s, &zone) || zone == 1)
    return false;
  /* OGR counts zones in quarters of an hour from 100 = UTC; 0 is unknown, which in these formats is UTC. */
  int32_t offset_s = zone == 0 ? 0 : (zone - 100) * 900;
  struct sf_civil civil = { y, mo, d, h, mi, s };
  return sf_time_from_civil (&civil, offset_s, ret, NULL) == SF_OK;
}

/* The text is the feature's and lives until it is destroyed. */
static enum sf_code
read_value (const struct reader *reader, OGRFeatureH feature, size_t i, struct sf_vector_value *ret,
            struct sf_error *err)
{
  int field = reader->fields[i];
  *ret = (struct sf_vector_value){ .missing = true, .number = NAN, .integer = SF_TIME_MISSING };
  if (field < 0 || !OGR_F_IsFieldSetAndNotNull (feature, field))
    return SF_OK;
  const struct sf_vector_column *column = &reader->columns[i];
  OGRFieldType type = OGR_Fld_GetType (OGR_F_GetFieldDefnRef (feature, field));
  bool good = true;
  if (column->type == SF_COLUMN_TEXT)
    ret->text = OGR_F_GetFieldAsString (feature, field);
  else if (column->type == SF_COLUMN_DOUBLE)
    good = read_number (feature, field, type, &ret->number);
  else if (column->type == SF_COLUMN_INT)
    good = read_integer (feature, field, type, &ret->integer);
  else
    good = read_time (feature, field, type, &ret->integer);
  ret->missing = false;
  return good ? SF_OK : bad_value (reader, feature, column, err);
}

static enum sf_geometry_kind
kind_wanted (const struct sf_dataset_spec *spec)
{
  if (spec->kind == SF_DATASET_TRACKS || !strcmp (spec->geometry, "point"))
    return SF_GEOMETRY_POINT;
  return strcmp (spec->geometry, "line") ? SF_GEOMETRY_POLYGON : SF_GEOMETRY_LINE;
}

/* *ret is NULL where the feature has no geometry. */
static enum sf_code
read_geometry (const struct reader *reader, OGRFeatureH feature, struct sf_geometry **ret, struct sf_error *err)
{
  OGRGeometryH raw = OGR_F_GetGeometryRef (feature);
  *ret = NULL;
  if (!raw || OGR_G_IsEmpty (raw))
    return SF_OK;
  enum sf_geometry_kind wanted = kind_wanted (reader->spec);
  OGRGeometryH plain = OGR_G_GetLinearGeometry (raw, 0, NULL);
  enum sf_code code = SF_OK;
  struct sf_geometry *geometry = NULL;
  if (sf_ogr_kind (plain) != wanted)
    code = sf_fail (err, SF_ETYPE, "%s: layer %s, feature %lld is a %s, but dataset %s holds %ss", reader->path,
                    OGR_L_GetName (reader->layer), (long long) OGR_F_GetFID (feature), OGR_G_GetGeometryName (plain),
                    reader->spec->name, reader->spec->geometry);
  else if (reader->to_home && OGR_G_Transform (plain, reader->to_home) != OGRERR_NONE)
    code = sf_gdal_guard_fail (&reader->guard, err, SF_EFORMAT, "%s: layer %s, feature %lld: cannot transform it",
                               reader->path, OGR_L_GetName (reader->layer), (long long) OGR_F_GetFID (feature));
  else if (!(geometry = sf_ogr_to_geometry (plain)))
    code = sf_fail (err, SF_ENOMEM, "%s: no memory for the geometry of feature %lld", reader->path,
                    (long long) OGR_F_GetFID (feature));
  OGR_G_DestroyGeometry (plain);
  if (code == SF_OK)
    *ret = geometry;
  else
    sf_geometry_free (geometry);
  return code;
}

static enum sf_code
set_value (struct sf_table *table, const struct sf_vector_column *column, const struct sf_vector_value *value,
           struct sf_error *err)
{
  if (value->missing)
    return SF_OK;
  if (column->type == SF_COLUMN_TEXT)
    return sf_table_set_text (table, column->name, value->text, err);
  if (column->type == SF_COLUMN_DOUBLE)
    return sf_table_set_double (table, column->name, value->number, err);
  if (column->type == SF_COLUMN_INT)
    return sf_table_set_int (table, column->name, value->integer, err);
  return sf_table_set_time (table, column->name, value->integer, err);
}

static enum sf_code
read_row (const struct reader *reader, OGRFeatureH feature, struct sf_table *table, struct sf_error *err)
{
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for row %zu", reader->path, table->rows + 1);
  for (size_t i = 0; i < reader->columns_count; i++)
    {
      struct sf_vector_value value;
      SF_TRY (read_value (reader, feature, i, &value, err));
      SF_TRY (set_value (table, &reader->columns[i], &value, err));
    }
  struct sf_geometry *geometry = NULL;
  if (reader->spec->kind == SF_DATASET_FEATURES)
    SF_TRY (read_geometry (reader, feature, &geometry, err));
  return geometry ? sf_table_set_geometry (table, geometry, err) : SF_OK;
}

static enum sf_code
read_table (struct reader *reader, struct sf_dataset **ret, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_table (reader->spec, reader->instance, &dataset, err));
  enum sf_code code = SF_OK;
  OGRFeatureH feature;
  while (code == SF_OK && (feature = OGR_L_GetNextFeature (reader->layer)))
    {
      code = read_row (reader, feature, dataset->as.table, err);
      OGR_F_Destroy (feature);
    }
  if (code == SF_OK)
    *ret = dataset;
  else
    sf_dataset_unref (dataset);
  return code;
}

/* Texts go to the arena: a record only borrows them. */
static enum sf_code
read_fix (struct reader *reader, OGRFeatureH feature, struct sf_record *fix, struct sf_error *err)
{
  sf_record_init (fix, SF_RECORD_TRACK);
  for (size_t i = 0; i < reader->columns_count; i++)
    {
      struct sf_vector_value value;
      SF_TRY (read_value (reader, feature, i, &value, err));
      if (!value.missing && reader->columns[i].type == SF_COLUMN_TEXT
          && !(value.text = sf_arena_strdup (&reader->arena, value.text)))
        return sf_fail (err, SF_ENOMEM, "%s: no memory for a text of %s", reader->path, reader->columns[i].name);
      SF_TRY (sf_vector_record_set (fix, &reader->columns[i], &value, err));
    }
  return SF_OK;
}

static enum sf_code
read_tracks (struct reader *reader, struct sf_dataset **ret, struct sf_error *err)
{
  struct sf_record *fixes = NULL;
  size_t count = 0, capacity = 0;
  enum sf_code code = SF_OK;
  OGRFeatureH feature;
  while (code == SF_OK && (feature = OGR_L_GetNextFeature (reader->layer)))
    {
      if (sf_mem_grow ((void **) &fixes, &capacity, count + 1, sizeof *fixes) != 0)
        code = sf_fail (err, SF_ENOMEM, "%s: no memory for fix %zu", reader->path, count + 1);
      else
        code = read_fix (reader, feature, &fixes[count++], err);
      OGR_F_Destroy (feature);
    }
  if (code == SF_OK)
    code = sf_dataset_new_tracks (reader->spec, reader->instance, fixes, count, ret, err);
  sf_mem_free (fixes);
  return code;
}

static enum sf_code
load (struct reader *reader, const char *layer, struct sf_dataset **ret, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  SF_TRY (open_file (reader->path, &reader->guard, &reader->file, err));
  SF_TRY (find_layer (reader, layer, err));
  SF_TRY (find_columns (reader, err));
  SF_TRY (find_crs (reader, err));
  OGR_L_ResetReading (reader->layer);
  if (reader->spec->kind == SF_DATASET_TRACKS)
    SF_TRY (read_tracks (reader, &dataset, err));
  else
    SF_TRY (read_table (reader, &dataset, err));
  if (reader->guard.text[0])
    {
      sf_dataset_unref (dataset);
      return sf_gdal_guard_fail (&reader->guard, err, SF_EIO, "%s: layer %s: cannot read all of it", reader->path,
                                 OGR_L_GetName (reader->layer));
    }
  sf_file_about_read (dataset, GDALGetMetadataItem (reader->layer, "authority", NULL),
                      GDALGetMetadataItem (reader->layer, "simulated", NULL));
  *ret = dataset;
  return SF_OK;
}

enum sf_code
sf_vector_load (const char *path, const char *layer, const struct sf_dataset_spec *spec, const char *instance,
                struct sf_dataset **ret, struct sf_error *err)
{
  struct reader reader = { .path = path, .spec = spec, .instance = instance };
  sf_gdal_guard_begin (&reader.guard);
  enum sf_code code = load (&reader, layer, ret, err);
  if (reader.to_home)
    OCTDestroyCoordinateTransformation (reader.to_home);
  if (reader.file)
    GDALClose (reader.file);
  sf_gdal_guard_end (&reader.guard);
  sf_arena_finish (&reader.arena);
  return code;
}

enum sf_code
sf_vector_layers (struct sf_arena *arena, const char *path, char ***ret_names, size_t *ret_count, struct sf_error *err)
{
  struct sf_gdal_guard guard;
  sf_gdal_guard_begin (&guard);
  GDALDatasetH file = NULL;
  char **names = NULL;
  int count = 0;
  enum sf_code code = open_file (path, &guard, &file, err);
  if (code != SF_OK)
    goto out;
  count = GDALDatasetGetLayerCount (file);
  names = sf_arena_calloc (arena, (size_t) count, sizeof *names);
  if (!names)
    code = sf_fail (err, SF_ENOMEM, "%s: no memory for the names of %d layers", path, count);
  for (int i = 0; names && code == SF_OK && i < count; i++)
    if (!(names[i] = sf_arena_strdup (arena, OGR_L_GetName (GDALDatasetGetLayer (file, i)))))
      code = sf_fail (err, SF_ENOMEM, "%s: no memory for the names of %d layers", path, count);
  if (code == SF_OK)
    {
      *ret_names = names;
      *ret_count = (size_t) count;
    }
out:
  if (file)
    GDALClose (file);
  sf_gdal_guard_end (&guard);
  return code;
}
