/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/cf.h"

#include "core/base/time.h"
#include "geodata/cf_crs.h"
#include "geodata/cf_read.h"
#include "geodata/crs.h"
#include "geodata/gridspec.h"

#include <math.h>

/* A list of values being made, and the cell of the last variable: those of one file mostly share their grid. */
struct list
{
  struct sf_arena *arena;
  double lon_deg, lat_deg;
  struct sf_gridspec grid;
  int col, row; /* row counts from the north */
  struct sf_cf_value *values;
  size_t count, capacity;
};

static enum sf_code
find_cell (struct list *list, const struct sf_cf_variable *variable, struct sf_error *err)
{
  const struct sf_gridspec *grid = &variable->grid;
  const double *a = grid->affine;
  if (sf_gridspec_same (grid, &list->grid))
    return SF_OK;
  double x, y;
  int col, row;
  bool geographic;
  SF_TRY (sf_crs_is_geographic (grid->crs, &geographic, err));
  SF_TRY (sf_cf_crs_from_lonlat (grid->crs, list->lon_deg, list->lat_deg, &x, &y, err));
  if (!(geographic ? sf_gridspec_cell_lonlat : sf_gridspec_cell) (grid, x, y, &col, &row))
    return sf_fail (err, SF_ERANGE, "%s: %g, %g lies outside the grid (x %g to %g, y %g to %g, %s)", variable->path,
                    list->lon_deg, list->lat_deg, a[0], a[0] + grid->nx * a[1], a[3] + grid->ny * a[5], a[3],
                    grid->crs);
  list->grid = *grid;
  list->col = col;
  list->row = row;
  return SF_OK;
}

static enum sf_code
add_values (struct list *list, const struct sf_cf_variable *variable, const float *values, size_t count,
            struct sf_error *err)
{
  struct sf_cf_value common = {
    .variable = sf_arena_strdup (list->arena, variable->name),
    .unit = variable->unit,
    .title_en = sf_hdf5_get_text (list->arena, variable->id, "long_name"),
    .title_zh = sf_hdf5_get_text (list->arena, variable->id, "long_name_zh"),
    .band = variable->time_s ? NULL : variable->axis,
    .reference_s = variable->reference_s,
  };
  if (!common.variable || sf_mem_grow ((void **) &list->values, &list->capacity, list->count + count, sizeof common))
    return sf_fail (err, SF_ENOMEM, "%s: no memory for %zu values", variable->path, count);
  for (size_t i = 0; i < count; i++)
    {
      struct sf_cf_value *value = &list->values[list->count++];
      *value = common;
      value->band_value = variable->axis_values ? variable->axis_values[i] : NAN;
      value->time_s = variable->time_s ? variable->time_s[i] : SF_TIME_MISSING;
      value->value = values[i];
    }
  return SF_OK;
}

static enum sf_code
sample_variable (struct list *list, const struct sf_cf_variable *variable, struct sf_error *err)
{
  SF_TRY (find_cell (list, variable, err));
  size_t layers = variable->rank == 3 ? (size_t) variable->shape[0] : 1;
  float *values = sf_arena_alloc (list->arena, layers * sizeof *values);
  if (!values)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for %zu values", variable->path, layers);
  hsize_t start[3] = { 0 }, count[3] = { layers, 1, 1 };
  start[variable->rank - 2] = (hsize_t) (variable->south_first ? variable->grid.ny - 1 - list->row : list->row);
  start[variable->rank - 1] = (hsize_t) list->col;
  SF_TRY (sf_cf_read_values (variable, start, count + (3 - variable->rank), values, err));
  return add_values (list, variable, values, layers, err);
}

static enum sf_code
sample_file (struct list *list, hid_t file, const char *path, struct sf_error *err)
{
  char **names;
  size_t count;
  SF_TRY (sf_cf_list_variables (list->arena, file, path, &names, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      struct sf_cf_variable variable;
      SF_TRY (sf_cf_open_variable (list->arena, file, path, names[i], &variable, err));
      enum sf_code code = sample_variable (list, &variable, err);
      sf_cf_close_variable (&variable);
      SF_TRY (code);
    }
  return SF_OK;
}

/* Move the list into the arena. */
static enum sf_code
hand_over (const struct list *list, const char *path, struct sf_cf_value **ret, struct sf_error *err)
{
  *ret = sf_arena_alloc (list->arena, (list->count + 1) * sizeof **ret);
  if (!*ret)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for %zu values", path, list->count);
  for (size_t i = 0; i < list->count; i++)
    (*ret)[i] = list->values[i];
  return SF_OK;
}

enum sf_code
sf_cf_sample (struct sf_arena *arena, const char *path, double lon_deg, double lat_deg, struct sf_cf_value **ret_values,
              size_t *ret_count, struct sf_error *err)
{
  struct list list = { .arena = arena, .lon_deg = lon_deg, .lat_deg = lat_deg };
  struct sf_cf_value *values = NULL;
  struct sf_hdf5_quiet quiet;
  sf_hdf5_quiet_begin (&quiet);
  enum sf_code code = SF_EIO;
  hid_t file = sf_cf_open_file (path, err);
  if (file < 0)
    goto out;
  code = sample_file (&list, file, path, err);
  if (code == SF_OK)
    code = hand_over (&list, path, &values, err);
  if (code == SF_OK)
    {
      *ret_values = values;
      *ret_count = list.count;
    }
  H5Fclose (file);
out:
  sf_mem_free (list.values);
  sf_hdf5_quiet_end (&quiet);
  return code;
}
