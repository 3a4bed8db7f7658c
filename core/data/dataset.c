/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/dataset.h"
#include "core/data/dataset_private.h"

#include "core/base/mem.h"
#include "core/base/time.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum sf_code
sf_dataset_new_empty (const struct sf_dataset_spec *spec, const char *instance, unsigned kinds, struct sf_dataset **ret,
                      struct sf_error *err)
{
  if (!(kinds & 1u << spec->kind))
    return sf_fail (err, SF_ETYPE, "dataset %s is a %s: it cannot be made as another kind", spec->name,
                    sf_dataset_kind_name (spec->kind));
  struct sf_dataset *dataset = sf_mem_calloc (1, sizeof *dataset);
  if (!dataset)
    return sf_fail (err, SF_ENOMEM, "dataset %s: out of memory", spec->name);
  bool plain = !instance || !*instance;
  dataset->name = plain ? sf_mem_strdup (spec->name) : sf_mem_printf ("%s@%s", spec->name, instance);
  if (!dataset->name)
    {
      sf_mem_free (dataset);
      return sf_fail (err, SF_ENOMEM, "dataset %s: out of memory", spec->name);
    }
  dataset->spec = spec;
  dataset->authority = SF_AUTHORITY_INTERNAL;
  dataset->references = 1;
  *ret = dataset;
  return SF_OK;
}

static enum sf_code
check_bands (const struct sf_dataset_spec *spec, const double *band_values, int bands, struct sf_error *err)
{
  const int most = (int) (sizeof ((struct sf_grid *) 0)->band_values / sizeof (double));
  if (!spec->band && bands != 1)
    return sf_fail (err, SF_EINVAL, "dataset %s has no band axis: bands must be 1, not %d", spec->name, bands);
  if (bands < 1 || bands > most)
    return sf_fail (err, SF_EINVAL, "dataset %s: bands must be 1 to %d, not %d", spec->name, most, bands);
  if (spec->band && !band_values)
    return sf_fail (err, SF_EINVAL, "dataset %s: values of the band axis (%s) are missing", spec->name,
                    spec->band->name);
  return SF_OK;
}

static enum sf_code
check_gridspec (const struct sf_dataset_spec *spec, const struct sf_gridspec *grid, struct sf_error *err)
{
  if (grid->nx < 1 || grid->ny < 1)
    return sf_fail (err, SF_EINVAL, "dataset %s: a grid of %d x %d cells is empty", spec->name, grid->nx, grid->ny);
  for (int i = 0; i < 6; i++)
    if (!isfinite (grid->affine[i]))
      return sf_fail (err, SF_EINVAL, "dataset %s: the grid's transform [%d] is %g", spec->name, i, grid->affine[i]);
  return SF_OK;
}

static void
free_grid (struct sf_grid *grid)
{
  if (grid && grid->free_impl)
    grid->free_impl (grid->impl);
  else if (grid)
    sf_mem_free (grid->values);
  sf_mem_free (grid);
}

enum sf_code
sf_dataset_new_grid (const struct sf_dataset_spec *spec, const char *instance, const struct sf_gridspec *grid,
                     const double *band_values, int bands, struct sf_dataset **ret, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_empty (spec, instance, 1u << SF_DATASET_GRID, &dataset, err));
  enum sf_code code = check_bands (spec, band_values, bands, err);
  if (code == SF_OK)
    code = check_gridspec (spec, grid, err);
  if (code != SF_OK)
    goto out;

  code = SF_ENOMEM;
  size_t cells = sf_gridspec_cells (grid), count = cells * (size_t) bands;
  struct sf_grid *made = dataset->as.grid = sf_mem_calloc (1, sizeof *made);
  if (made && cells <= PTRDIFF_MAX / sizeof (float) / (size_t) bands)
    made->values = sf_mem_alloc (count * sizeof (float));
  if (!made || !made->values)
    {
      sf_fail (err, code, "dataset %s: no memory for %d band(s) of %d x %d cells", spec->name, bands, grid->nx,
               grid->ny);
      goto out;
    }
  made->spec = *grid;
  made->bands = bands;
  made->reference_s = SF_TIME_MISSING;
  for (int i = 0; i < bands; i++)
    made->band_values[i] = band_values ? band_values[i] : NAN;
  for (size_t i = 0; i < count; i++)
    made->values[i] = NAN;
  *ret = dataset;
  dataset = NULL;
  code = SF_OK;

out:
  sf_dataset_unref (dataset);
  return code;
}

enum sf_code
sf_dataset_adopt_grid (const struct sf_dataset_spec *spec, const char *instance, const struct sf_grid *grid,
                       struct sf_dataset **ret, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_empty (spec, instance, 1u << SF_DATASET_GRID, &dataset, err));
  enum sf_code code = check_bands (spec, grid->band_values, grid->bands, err);
  if (code == SF_OK)
    code = check_gridspec (spec, &grid->spec, err);
  if (code == SF_OK && !(dataset->as.grid = sf_mem_alloc (sizeof *grid)))
    code = sf_fail (err, SF_ENOMEM, "dataset %s: out of memory", spec->name);
  if (code != SF_OK)
    {
      sf_dataset_unref (dataset);
      return code;
    }
  *dataset->as.grid = *grid;
  *ret = dataset;
  return SF_OK;
}

static enum sf_code
check_cube (const struct sf_dataset_spec *spec, const struct sf_cube *cube, struct sf_error *err)
{
  SF_TRY (check_gridspec (spec, &cube->spec, err));
  if (!cube->read || cube->steps < 1 || !cube->time_s)
    return sf_fail (err, SF_EINVAL,
                    "dataset %s: a cube needs a read function and at least one step with its time (has %d)", spec->name,
                    cube->steps);
  for (int i = 1; i < cube->steps; i++)
    if (cube->time_s[i] <= cube->time_s[i - 1])
      return sf_fail (err, SF_EINVAL, "dataset %s: the time of step %d is not after that of step %d", spec->name, i,
                      i - 1);
  return SF_OK;
}

enum sf_code
sf_dataset_new_cube (const struct sf_dataset_spec *spec, const char *instance, const struct sf_cube *cube,
                     struct sf_dataset **ret, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_empty (spec, instance, 1u << SF_DATASET_CUBE, &dataset, err));
  enum sf_code code = check_cube (spec, cube, err);
  if (code == SF_OK && !(dataset->as.cube = sf_mem_alloc (sizeof *cube)))
    code = sf_fail (err, SF_ENOMEM, "dataset %s: out of memory", spec->name);
  if (code != SF_OK)
    {
      sf_dataset_unref (dataset);
      return code;
    }
  *dataset->as.cube = *cube;
  *ret = dataset;
  return SF_OK;
}

enum sf_code
sf_cube_read_window (const struct sf_cube *cube, int step, const struct sf_cell_window *window, float *rows_mem,
                     float *out, struct sf_error *err)
{
  size_t columns = (size_t) window->columns, nx = (size_t) cube->spec.nx;
  if (cube->read_window)
    return cube->read_window (cube->impl, step, window, out, err);
  SF_TRY (cube->read (cube->impl, step, window->row0, window->rows, rows_mem, err));
  for (size_t r = 0; r < (size_t) window->rows; r++)
    memcpy (out + r * columns, rows_mem + r * nx + window->column0, columns * sizeof *out);
  return SF_OK;
}

static void
free_cube (struct sf_cube *cube)
{
  if (cube && cube->free_impl)
    cube->free_impl (cube->impl);
  sf_mem_free (cube);
}

static void
free_content (struct sf_dataset *dataset)
{
  switch (dataset->spec->kind)
    {
    case SF_DATASET_TABLE:
    case SF_DATASET_SERIES:
    case SF_DATASET_FEATURES:
      sf_table_free (dataset->as.table);
      break;
    case SF_DATASET_GRID:
      free_grid (dataset->as.grid);
      break;
    case SF_DATASET_CUBE:
      free_cube (dataset->as.cube);
      break;
    case SF_DATASET_TRACKS:
      sf_tracks_free (dataset->as.tracks);
      break;
    case SF_DATASET_KINDS:
      break;
    }
}

bool
sf_dataset_band_wanted (const struct sf_dataset *grid, int band, const double *values, size_t count)
{
  bool wanted = count == 0 || !grid->spec->band;
  for (size_t i = 0; i < count; i++)
    wanted |= values[i] == grid->as.grid->band_values[band];
  return wanted;
}

struct sf_dataset *
sf_dataset_ref (const struct sf_dataset *dataset)
{
  /* The count is no part of what a const view promises. */
  struct sf_dataset *counted = (struct sf_dataset *) dataset;
  if (counted)
    __atomic_add_fetch (&counted->references, 1, __ATOMIC_RELAXED);
  return counted;
}

void
sf_dataset_unref (struct sf_dataset *dataset)
{
  if (!dataset || __atomic_sub_fetch (&dataset->references, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  free_content (dataset);
  sf_mem_free (dataset->name);
  sf_mem_free (dataset);
}

const char *
sf_dataset_instance (const char *name)
{
  const char *at = strchr (name, '@');
  return at ? at + 1 : "";
}

const char *
sf_authority_name (enum sf_authority authority, int zh)
{
  switch (authority)
    {
    case SF_AUTHORITY_OFFICIAL:
      return zh ? "官方" : "official";
    case SF_AUTHORITY_INTERNAL:
      return zh ? "内部" : "internal";
    case SF_AUTHORITY_DRILL:
      return zh ? "演练" : "drill";
    case SF_AUTHORITY_HYPOTHETICAL:
      return zh ? "假设" : "hypothetical";
    }
  return zh ? "未知" : "unknown";
}
