/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_CF_READ_H
#define SF_GEODATA_CF_READ_H

#include "core/base/mem.h"
#include "core/data/grid.h"
#include "geodata/hdf5_help.h"

/* Reading variables of CF files; private to the CF files of this folder. */

/* An open variable on a grid: (y, x), or with an axis of bands or times before. */
struct sf_cf_variable
{
  const char *path, *name;
  hid_t id;
  int rank; /* 2 or 3 */
  hsize_t shape[3];
  struct sf_gridspec grid;
  bool south_first;    /* rows of the file run from south to north; grid is turned already */
  float fill;          /* _FillValue, NaN by default */
  const char *unit;    /* "h" where the file says "hours since" */
  int64_t reference_s; /* for "hours since"; else SF_TIME_MISSING */
  const char *axis;    /* name of the first of three axes, NULL for two */
  double *axis_values; /* of a band axis, else NULL */
  int64_t *time_s;     /* of a time axis, else NULL */
};

/* Open a file for reading; negative on failure with err set. */
hid_t sf_cf_open_file (const char *path, struct sf_error *err);
/* Names of the file's data variables (those with a grid_mapping), in the order they were made. */
enum sf_code sf_cf_list_variables (struct sf_arena *arena, hid_t file, const char *path, char ***ret_names,
                                   size_t *ret_count, struct sf_error *err);
/* Open one and read all about it but its values; texts and axes lie in the arena. Close with sf_cf_close_variable. */
enum sf_code sf_cf_open_variable (struct sf_arena *arena, hid_t file, const char *path, const char *name,
                                  struct sf_cf_variable *ret, struct sf_error *err);
void sf_cf_close_variable (struct sf_cf_variable *variable);
/* Read count values from start (in the file's own row order) into out; fill values become NaN. */
enum sf_code sf_cf_read_values (const struct sf_cf_variable *variable, const hsize_t *start, const hsize_t *count,
                                float *out, struct sf_error *err);

#endif
