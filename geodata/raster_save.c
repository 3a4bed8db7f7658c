/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/raster.h"

#include "core/base/time.h"
#include "geodata/gdal_guard.h"

#include <cpl_string.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is being written. */
struct job
{
  const char *path;
  const struct sf_dataset *dataset;
  const struct sf_raster_options *options;
  const struct sf_file_about *about;
  struct sf_gdal_guard guard;
  GDALDatasetH memory, file;
};

static enum sf_code
check (const char *path, const struct sf_dataset *dataset, struct sf_error *err)
{
  if (dataset->spec->kind != SF_DATASET_GRID)
    return sf_fail (err, SF_ETYPE, "%s: dataset %s is a %s; a raster file holds a grid", path, dataset->name,
                    sf_dataset_kind_name (dataset->spec->kind));
  if (dataset->as.grid->spec.affine[5] >= 0)
    return sf_fail (err, SF_EINVAL, "%s: dataset %s: row 0 is not the north row", path, dataset->name);
  return SF_OK;
}

static enum sf_code
set_crs (struct job *job, struct sf_error *err)
{
  const char *text = job->dataset->as.grid->spec.crs;
  OGRSpatialReferenceH crs = OSRNewSpatialReference (NULL);
  enum sf_code code = SF_OK;
  if (OSRSetFromUserInput (crs, text) != OGRERR_NONE)
    code = sf_gdal_guard_fail (&job->guard, err, SF_EUNSUPPORTED, "%s: unknown CRS \"%s\"", job->path, text);
  OSRSetAxisMappingStrategy (crs, OAMS_TRADITIONAL_GIS_ORDER);
  if (code == SF_OK)
    GDALSetSpatialRef (job->memory, crs);
  OSRRelease (crs);
  return code;
}

static void
set_item (GDALMajorObjectH object, const char *name, const char *value)
{
  if (value)
    GDALSetMetadataItem (object, name, value, NULL);
}

static void
describe_band (const struct job *job, GDALRasterBandH band, int index)
{
  const struct sf_grid *grid = job->dataset->as.grid;
  const struct sf_dataset_spec *spec = job->dataset->spec;
  char title[300], text[64];
  snprintf (title, sizeof title, "%s | %s", spec->title_en, spec->title_zh);
  if (spec->band)
    snprintf (title, sizeof title, "%s, %s %g | %s，%s%g", spec->title_en, spec->band->title_en,
              grid->band_values[index], spec->title_zh, spec->band->title_zh, grid->band_values[index]);
  GDALSetDescription (band, title);
  GDALSetRasterUnitType (band, spec->quantity->unit);
  GDALSetRasterNoDataValue (band, (double) NAN);
  set_item (band, "quantity", spec->quantity->name);
  set_item (band, "averaging", spec->quantity->averaging);
  if (spec->band)
    {
      snprintf (text, sizeof text, "%.17g", grid->band_values[index]);
      set_item (band, "band_quantity", spec->band->name);
      set_item (band, "band_value", text);
    }
  if (grid->reference_s != SF_TIME_MISSING)
    set_item (band, "reference_time", sf_time_format_utc (text, grid->reference_s));
}

static void
describe (const struct job *job)
{
  const struct sf_dataset *d = job->dataset;
  set_item (job->memory, "title", d->spec->title_en);
  set_item (job->memory, "title_zh", d->spec->title_zh);
  set_item (job->memory, "dataset", d->name);
  set_item (job->memory, "scenario", job->about->scenario);
  set_item (job->memory, "authority", sf_authority_name (d->authority, 0));
  set_item (job->memory, "authority_zh", sf_authority_name (d->authority, 1));
  set_item (job->memory, "simulated", d->simulated ? "true" : "false");
  set_item (job->memory, "missing", d->spec->missing_en);
  set_item (job->memory, "missing_zh", d->spec->missing_zh);
  set_item (job->memory, "AREA_OR_POINT", "Area");
}

/* The grid as a GDAL dataset over the caller's values; the COG driver copies from it. */
static enum sf_code
wrap (struct job *job, struct sf_error *err)
{
  const struct sf_grid *grid = job->dataset->as.grid;
  job->memory = GDALCreate (GDALGetDriverByName ("MEM"), "", grid->spec.nx, grid->spec.ny, 0, GDT_Float32, NULL);
  if (!job->memory)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot wrap the grid", job->path);
  double affine[6];
  memcpy (affine, grid->spec.affine, sizeof affine);
  GDALSetGeoTransform (job->memory, affine);
  SF_TRY (set_crs (job, err));
  size_t cells = (size_t) grid->spec.nx * (size_t) grid->spec.ny;
  for (int b = 0; b < grid->bands; b++)
    {
      char pointer[64];
      snprintf (pointer, sizeof pointer, "%p", (void *) (grid->values + (size_t) b * cells));
      char **options = CSLSetNameValue (NULL, "DATAPOINTER", pointer);
      CPLErr failed = GDALAddBand (job->memory, GDT_Float32, options);
      CSLDestroy (options);
      if (failed != CE_None)
        return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot wrap band %d", job->path, b + 1);
      describe_band (job, GDALGetRasterBand (job->memory, b + 1), b);
    }
  describe (job);
  return SF_OK;
}

static char **
cog_options (const struct sf_raster_options *options)
{
  static const char *const names[] = { "DEFLATE", "ZSTD", "NONE" };
  char **list = CSLSetNameValue (NULL, "COMPRESS", names[options->compression]);
  char level[16];
  snprintf (level, sizeof level, "%d", options->level);
  if (options->level > 0 && options->compression != SF_RASTER_NONE)
    list = CSLSetNameValue (list, "LEVEL", level);
  if (options->compression != SF_RASTER_NONE)
    list = CSLSetNameValue (list, "PREDICTOR", "FLOATING_POINT");
  list = CSLSetNameValue (list, "BLOCKSIZE", "256");
  list = CSLSetNameValue (list, "NUM_THREADS", "1");
  list = CSLSetNameValue (list, "OVERVIEWS", options->overviews ? "IGNORE_EXISTING" : "NONE");
  list = CSLSetNameValue (list, "OVERVIEW_RESAMPLING", "NEAREST");
  list = CSLSetNameValue (list, "BIGTIFF", "IF_SAFER");
  return list;
}

static enum sf_code
write_file (struct job *job, struct sf_error *err)
{
  SF_TRY (wrap (job, err));
  if (unlink (job->path) != 0 && errno != ENOENT)
    return sf_fail (err, SF_EIO, "%s: cannot replace it: %s", job->path, strerror (errno));
  char **options = cog_options (job->options);
  job->file = GDALCreateCopy (GDALGetDriverByName ("COG"), job->path, job->memory, TRUE, options, NULL, NULL);
  CSLDestroy (options);
  if (!job->file)
    return sf_gdal_guard_fail (&job->guard, err, SF_EIO, "%s: cannot write it", job->path);
  return SF_OK;
}

enum sf_code
sf_raster_save (const char *path, const struct sf_dataset *grid, const struct sf_raster_options *options,
                const struct sf_file_about *about, struct sf_error *err)
{
  SF_TRY (check (path, grid, err));
  struct job job = { .path = path, .dataset = grid, .options = options, .about = about };
  sf_gdal_guard_begin (&job.guard);
  enum sf_code code = write_file (&job, err);
  if (job.file)
    GDALClose (job.file);
  if (code == SF_OK && job.guard.text[0])
    code = sf_gdal_guard_fail (&job.guard, err, SF_EIO, "%s: cannot finish it", path);
  if (job.memory)
    GDALClose (job.memory);
  if (code == SF_EIO)
    unlink (path);
  sf_gdal_guard_end (&job.guard);
  return code;
}
