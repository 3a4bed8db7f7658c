/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_RASTER_H
#define SF_GEODATA_RASTER_H

#include "core/data/dataset.h"
#include "geodata/file_about.h"

/* Grids as raster files through GDAL. */

enum sf_raster_compression
{
  SF_RASTER_DEFLATE, /* read by everything */
  SF_RASTER_ZSTD,    /* smaller and faster, libtiff 4.0.10 and later */
  SF_RASTER_NONE
};

struct sf_raster_options
{
  enum sf_raster_compression compression;
  int level; /* of the compression, 1..9 for deflate, 1..22 for zstd; 0: the format's usual one */
  bool
      overviews; /* halved copies for zooming out; each overview cell is one of the cells it stands for, never a mean */
};

/* Write a grid as a Cloud Optimized GeoTIFF, replacing path: float32, missing is NaN, x and y in the order that GeoTIFF
   readers expect (longitude, latitude), one band a band value with its title in both languages, unit and reference
   time. Row 0 must be the north row. The same input gives the same bytes. SF_ETYPE for another kind than a grid,
   SF_EINVAL, SF_EIO with GDAL's text; no file is left on failure. */
enum sf_code sf_raster_save (const char *path, const struct sf_dataset *grid, const struct sf_raster_options *options,
                             const struct sf_file_about *about, struct sf_error *err);

/* Read all bands (at most 16) of any raster that GDAL reads as a grid dataset of spec: nodata and masked cells become
   NaN, scale and offset are applied, rows are turned so that row 0 is north. The CRS becomes "AUTHORITY:CODE" where the
   file's has one, else its PROJ text; SF_EUNSUPPORTED when that does not fit struct sf_gridspec. Band values and
   reference time come from the metadata that sf_raster_save wrote, else 1, 2, ... and missing. *ret has one reference
   and no key. SF_EIO, SF_EFORMAT, SF_ERANGE for too many bands, SF_ETYPE when a band names another unit than the
   quantity's; a band without unit is taken to be in it. */
enum sf_code sf_raster_load (const char *path, const struct sf_dataset_spec *spec, const char *instance,
                             struct sf_dataset **ret, struct sf_error *err);

#endif
