/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_CF_H
#define SF_GEODATA_CF_H

#include "core/base/mem.h"
#include "core/data/dataset.h"
#include "geodata/file_about.h"

/* Grids and cubes as CF-1.8 netCDF-4 files, written and read with the HDF5 library.
   A file holds the grids and cubes of one gridspec: readers (xarray.open_dataset, GDAL, QGIS) look at the root group
   only, so each grid of a domain gets a file of its own rather than a group. Rows run from north to south, as in struct
   sf_grid. HDF5 has one lock for all its users: calls from several threads are safe but take turns. */

enum sf_cf_layout
{
  SF_CF_SNAPSHOT, /* contiguous, aligned at 4096 bytes: readers map the values at their offset in the file */
  SF_CF_PRODUCT   /* chunked, shuffled and deflated */
};

/* What a product's chunks of cubes serve, by the measurements of handbook fusion.md 3.2. */
enum sf_cf_access
{
  SF_CF_BALANCED, /* 4 steps x 90 x 120 */
  SF_CF_MAPS,     /* 1 x 150 x 200 */
  SF_CF_SERIES    /* 24 x 45 x 60 */
};

struct sf_cf_options
{
  enum sf_cf_layout layout;
  enum sf_cf_access access;
  int deflate;                         /* 0..9, of products */
  const char *institution, *source;    /* texts of the global attributes, NULL: left out */
  bool (*cancelled) (const void *ctx); /* asked between blocks of cubes; NULL: never */
  const void *cancelled_ctx;
  /* Runs fn (ctx, block) for all blocks, in any order and number at once; NULL: one after another. For snapshots' cubes. */
  enum sf_code (*parallel) (const void *parallel_ctx, int blocks,
                            enum sf_code (*fn) (void *ctx, int block, struct sf_error *err), void *ctx,
                            struct sf_error *err);
  const void *parallel_ctx;
};

/* Write grids and cubes of one gridspec to path, replacing it. Each dataset becomes a variable named as the dataset
   without its instance, float32 with _FillValue NaN. Quantities "hours since the reference" get the unit "hours since
   <reference>" and are decoded as times by readers; durations keep the unit "h", which xarray leaves as a number (it
   would turn "hours" into a timedelta). Cubes are read by blocks: memory is one row of chunks (at most 24 x 45 x nx
   values), in the snapshot layout half a mebibyte a thread, whatever their size. The same input gives the same bytes. SF_ETYPE for other kinds, SF_ECONFLICT when
   gridspecs or variable names clash, SF_EUNSUPPORTED for a rotated grid or unknown CRS, SF_ECANCELLED, SF_EIO; no file
   is left on failure. */
enum sf_code sf_cf_save (const char *path, const struct sf_dataset *const *datasets, size_t count,
                         const struct sf_cf_options *options, const struct sf_file_about *about, struct sf_error *err);

/* Read the variable named spec->name as a dataset of spec (grid or cube). Where the layout allows, which is that of
   snapshots, both are mapped: a grid copy-on-write, a cube to be read (its values are set). Else a grid is copied and a
   cube is a provider on the file. The file may be removed or replaced meanwhile without harm, but not be cut. *ret
   has one reference and no key; authority and simulated are the variable's. SF_EIO, SF_ENOTFOUND (naming the variables
   there are), SF_ETYPE when unit or shape do not fit the spec, SF_EFORMAT. */
enum sf_code sf_cf_load (const char *path, const struct sf_dataset_spec *spec, const char *instance,
                         struct sf_dataset **ret, struct sf_error *err);

/* One value at a point. Texts lie in the arena. */
struct sf_cf_value
{
  const char *variable, *unit, *title_en, *title_zh; /* unit as in the vocabulary: "h" for hours since the reference */
  const char *band;                                  /* name of the band axis, NULL for none */
  double band_value;                                 /* NaN without a band axis */
  int64_t time_s;                                    /* of a cube's step; SF_TIME_MISSING for a grid */
  int64_t reference_s;                               /* value counts hours from it; else SF_TIME_MISSING */
  double value;                                      /* of the cell that holds the point; NaN when missing */
};

/* Read every variable's values at lon, lat (EPSG:4490 degrees) without reading whole arrays: the cell that holds the
   point, for each band or step, in the file's order. A point on the border of two cells belongs to the eastern and
   southern one, on the outer edge to the last. SF_ERANGE outside the grid, SF_EIO, SF_EFORMAT. */
enum sf_code sf_cf_sample (struct sf_arena *arena, const char *path, double lon_deg, double lat_deg,
                           struct sf_cf_value **ret_values, size_t *ret_count, struct sf_error *err);

#endif
