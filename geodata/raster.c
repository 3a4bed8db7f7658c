/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/raster.h"

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "geodata/gdal_guard.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum
{
  BANDS_MAX = 16
};

/* One raster being read. */
struct reader
{
  const char *path;
  struct sf_gdal_guard guard;
  GDALDatasetH file;
  struct sf_gridspec spec;
  double band_values[BANDS_MAX];
  int bands;
  bool south_first;
};

static enum sf_code
read_crs (struct reader *reader, struct sf_error *err)
{
  OGRSpatialReferenceH crs = GDALGetSpatialRef (reader->file);
  if (!crs)
    return sf_fail (err, SF_EFORMAT, "%s: it has no CRS; give it one with gdal_edit.py -a_srs", reader->path);
  const char *authority = OSRGetAuthorityName (crs, NULL), *code = OSRGetAuthorityCode (crs, NULL);
  char *proj = NULL;
  int need;
  if (authority && code)
    need = snprintf (reader->spec.crs, sizeof reader->spec.crs, "%s:%s", authority, code);
  else if (OSRExportToProj4 (crs, &proj) == OGRERR_NONE && proj[0])
    need = snprintf (reader->spec.crs, sizeof reader->spec.crs, "%s", proj);
  else
    need = -1;
  CPLFree (proj);
  if (need < 0 || (size_t) need >= sizeof reader->spec.crs)
    return sf_fail (err, SF_EUNSUPPORTED, "%s: its CRS has no code and no short PROJ text; warp it to EPSG:4490 first",
                    reader->path);
  return SF_OK;
}

static enum sf_code
read_shape (struct reader *reader, struct sf_error *err)
{
  reader->spec.nx = GDALGetRasterXSize (reader->file);
  reader->spec.ny = GDALGetRasterYSize (reader->file);
  reader->bands = GDALGetRasterCount (reader->file);
  if (reader->bands < 1 || reader->bands > BANDS_MAX)
    return sf_fail (err, SF_ERANGE, "%s: it has %d bands; a grid has 1 to %d", reader->path, reader->bands, BANDS_MAX);
  double *affine = reader->spec.affine;
  if (GDALGetGeoTransform (reader->file, affine) != CE_None)
    return sf_fail (err, SF_EFORMAT, "%s: it has no geotransform: where its cells lie is unknown", reader->path);
  reader->south_first = affine[5] > 0;
  if (reader->south_first)
    {
      affine[0] += reader->spec.ny * affine[2];
      affine[3] += reader->spec.ny * affine[5];
      affine[2] = -affine[2];
      affine[5] = -affine[5];
    }
  return read_crs (reader, err);
}

static enum sf_code
read_band_values (struct reader *reader, struct sf_error *err)
{
  for (int b = 0; b < reader->bands; b++)
    {
      GDALRasterBandH band = GDALGetRasterBand (reader->file, b + 1);
      const char *text = GDALGetMetadataItem (band, "band_value", NULL);
      reader->band_values[b] = b + 1;
      if (text && !sf_text_parse_double (sf_span_of (text), &reader->band_values[b]))
        return sf_fail (err, SF_EFORMAT, "%s: band %d: band_value \"%s\" is no number", reader->path, b + 1, text);
    }
  return SF_OK;
}

static enum sf_code
read_reference (const struct reader *reader, int64_t *ret_s, struct sf_error *err)
{
  const char *text = GDALGetMetadataItem (GDALGetRasterBand (reader->file, 1), "reference_time", NULL);
  *ret_s = SF_TIME_MISSING;
  if (text && sf_time_parse_iso (text, 0, ret_s, NULL) != SF_OK)
    return sf_fail (err, SF_EFORMAT, "%s: reference_time \"%s\" is no time", reader->path, text);
  return SF_OK;
}

/* A unit that a band names must be the quantity's. */
static enum sf_code
check_unit (const struct reader *reader, int b, const struct sf_dataset_spec *spec, struct sf_error *err)
{
  const char *unit = GDALGetRasterUnitType (GDALGetRasterBand (reader->file, b + 1));
  if (!unit || !unit[0] || strcmp (unit, spec->quantity->unit) == 0)
    return SF_OK;
  return sf_fail (err, SF_ETYPE, "%s: band %d is in \"%s\", but dataset %s in \"%s\"", reader->path, b + 1, unit,
                  spec->name, spec->quantity->unit);
}

/* Values of one band into out, as float32 with scale and offset, NaN where the mask says so. line has room for nx
 * bytes. */
static enum sf_code
read_band (const struct reader *reader, int b, float *out, unsigned char *line, struct sf_error *err)
{
  int nx = reader->spec.nx, ny = reader->spec.ny;
  GDALRasterBandH band = GDALGetRasterBand (reader->file, b + 1), mask = GDALGetMaskBand (band);
  double scale = GDALGetRasterScale (band, NULL), offset = GDALGetRasterOffset (band, NULL);
  for (int row = 0; row < ny; row++)
    {
      float *values = out + (size_t) (reader->south_first ? ny - 1 - row : row) * (size_t) nx;
      if (GDALRasterIO (band, GF_Read, 0, row, nx, 1, values, nx, 1, GDT_Float32, 0, 0) != CE_None
          || GDALRasterIO (mask, GF_Read, 0, row, nx, 1, line, nx, 1, GDT_Byte, 0, 0) != CE_None)
        return sf_gdal_guard_fail (&reader->guard, err, SF_EIO, "%s: band %d, row %d: cannot read", reader->path, b + 1,
                                   row);
      for (int col = 0; col < nx; col++)
        values[col] = line[col] ? (float) (values[col] * scale + offset) : NAN;
    }
  return SF_OK;
}

static enum sf_code
load (struct reader *reader, const struct sf_dataset_spec *spec, const char *instance, struct sf_dataset **ret,
      struct sf_error *err)
{
  reader->file = GDALOpenEx (reader->path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
  if (!reader->file)
    return sf_gdal_guard_fail (&reader->guard, err, SF_EIO, "%s: cannot open it as a raster", reader->path);
  SF_TRY (read_shape (reader, err));
  int64_t reference_s;
  SF_TRY (read_band_values (reader, err));
  SF_TRY (read_reference (reader, &reference_s, err));
  struct sf_dataset *dataset = NULL;
  enum sf_code code
      = sf_dataset_new_grid (spec, instance, &reader->spec, reader->band_values, reader->bands, &dataset, err);
  if (code != SF_OK)
    return sf_error_prefix (err, code, "%s", reader->path);
  dataset->as.grid->reference_s = reference_s;
  size_t cells = (size_t) reader->spec.nx * (size_t) reader->spec.ny;
  unsigned char *line = sf_mem_alloc ((size_t) reader->spec.nx);
  if (!line)
    code = sf_fail (err, SF_ENOMEM, "%s: no memory for a row", reader->path);
  for (int b = 0; code == SF_OK && b < reader->bands; b++)
    code = check_unit (reader, b, spec, err);
  for (int b = 0; code == SF_OK && b < reader->bands; b++)
    code = read_band (reader, b, dataset->as.grid->values + (size_t) b * cells, line, err);
  sf_mem_free (line);
  sf_file_about_read (dataset, GDALGetMetadataItem (reader->file, "authority", NULL),
                      GDALGetMetadataItem (reader->file, "simulated", NULL));
  if (code == SF_OK)
    *ret = dataset;
  else
    sf_dataset_unref (dataset);
  return code;
}

enum sf_code
sf_raster_load (const char *path, const struct sf_dataset_spec *spec, const char *instance, struct sf_dataset **ret,
                struct sf_error *err)
{
  if (spec->kind != SF_DATASET_GRID)
    return sf_fail (err, SF_ETYPE, "%s: dataset %s is a %s; a raster is a grid", path, spec->name,
                    sf_dataset_kind_name (spec->kind));
  struct reader reader = { .path = path };
  sf_gdal_guard_begin (&reader.guard);
  enum sf_code code = load (&reader, spec, instance, ret, err);
  if (reader.file)
    GDALClose (reader.file);
  sf_gdal_guard_end (&reader.guard);
  return code;
}
