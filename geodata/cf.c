/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/cf.h"

#include "core/base/text.h"
#include "core/base/time.h"
#include "geodata/cf_read.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A cube on a file: mapped (values not NULL), or read through HDF5. */
struct file_cube
{
  struct sf_arena arena; /* owns path, name, times and the variable's texts */
  struct sf_cf_variable variable;
  hid_t file;
  void *map;
  size_t map_bytes;
  const float *values; /* first value within map */
};

static enum sf_code
not_found (const char *path, hid_t file, const char *name, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_strbuf text = { 0 };
  char **names = NULL;
  size_t count = 0;
  sf_cf_list_variables (&arena, file, path, &names, &count, NULL);
  for (size_t i = 0; i < count; i++)
    sf_strbuf_addf (&text, "%s%s", i ? ", " : "", names[i]);
  sf_fail (err, SF_ENOTFOUND, "%s: no variable %s; it has: %s", path, name, text.text ? text.text : "none");
  sf_strbuf_finish (&text);
  sf_arena_finish (&arena);
  return SF_ENOTFOUND;
}

static enum sf_code
check_type (const struct sf_cf_variable *variable, const struct sf_dataset_spec *spec, struct sf_error *err)
{
  if (strcmp (variable->unit, spec->quantity->unit) != 0)
    return sf_fail (err, SF_ETYPE, "%s: %s is in \"%s\", but dataset %s in \"%s\"", variable->path, variable->name,
                    variable->unit, spec->name, spec->quantity->unit);
  bool cube = spec->kind == SF_DATASET_CUBE;
  if (cube != (variable->time_s != NULL) || (!cube && (variable->axis_values != NULL) != (spec->band != NULL)))
    return sf_fail (err, SF_ETYPE, "%s: %s has the axes (%s%sy, x), which do not fit dataset %s (%s)", variable->path,
                    variable->name, variable->axis ? variable->axis : "", variable->axis ? ", " : "", spec->name,
                    sf_dataset_kind_name (spec->kind));
  if (!cube && variable->rank == 3 && variable->shape[0] > 16)
    return sf_fail (err, SF_ERANGE, "%s: %s has %llu bands; a grid has at most 16", variable->path, variable->name,
                    (unsigned long long) variable->shape[0]);
  return SF_OK;
}

/* Read count layers of rows [row0, row0 + rows) of the grid's order from layer on. */
static enum sf_code
read_rows (const struct sf_cf_variable *variable, int layer, int row0, int rows, float *out, struct sf_error *err)
{
  const struct sf_gridspec *grid = &variable->grid;
  int from = variable->south_first ? grid->ny - row0 - rows : row0;
  hsize_t start[3] = { (hsize_t) layer, (hsize_t) from, 0 }, count[3] = { 1, (hsize_t) rows, (hsize_t) grid->nx };
  int skip = 3 - variable->rank;
  SF_TRY (sf_cf_read_values (variable, start + skip, count + skip, out, err));
  for (int a = 0, b = rows - 1; variable->south_first && a < b; a++, b--)
    for (int col = 0; col < grid->nx; col++)
      {
        float *north = out + (size_t) a * (size_t) grid->nx + col, *south = out + (size_t) b * (size_t) grid->nx + col;
        float swap = *north;
        *north = *south;
        *south = swap;
      }
  return SF_OK;
}

static enum sf_code
load_grid (const struct sf_cf_variable *variable, const struct sf_dataset_spec *spec, const char *instance,
           struct sf_dataset **ret, struct sf_error *err)
{
  int bands = variable->rank == 3 ? (int) variable->shape[0] : 1;
  double zero = 0;
  const double *band_values = variable->axis_values ? variable->axis_values : &zero;
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_grid (spec, instance, &variable->grid, band_values, bands, &dataset, err));
  dataset->as.grid->reference_s = variable->reference_s;
  size_t cells = sf_gridspec_cells (&variable->grid);
  enum sf_code code = SF_OK;
  for (int b = 0; code == SF_OK && b < bands; b++)
    code = read_rows (variable, b, 0, variable->grid.ny, dataset->as.grid->values + (size_t) b * cells, err);
  if (code == SF_OK)
    *ret = dataset;
  else
    sf_dataset_unref (dataset);
  return code;
}

static enum sf_code
read_cube (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  const struct file_cube *cube = impl;
  size_t nx = (size_t) cube->variable.grid.nx;
  if (cube->values)
    {
      size_t first = ((size_t) step * (size_t) cube->variable.grid.ny + (size_t) row0) * nx;
      memcpy (out, cube->values + first, (size_t) rows * nx * sizeof *out);
      return SF_OK;
    }
  struct sf_hdf5_quiet quiet;
  sf_hdf5_quiet_begin (&quiet);
  enum sf_code code = read_rows (&cube->variable, step, row0, rows, out, err);
  sf_hdf5_quiet_end (&quiet);
  return code;
}

static void
free_cube (void *impl)
{
  struct file_cube *cube = impl;
  struct sf_hdf5_quiet quiet;
  sf_hdf5_quiet_begin (&quiet);
  if (cube->map)
    munmap (cube->map, cube->map_bytes);
  sf_cf_close_variable (&cube->variable);
  if (cube->file >= 0)
    H5Fclose (cube->file);
  sf_hdf5_quiet_end (&quiet);
  sf_arena_finish (&cube->arena);
  sf_mem_free (cube);
}

/* Map the values of a contiguous variable that needs no change on its way; where it does not, HDF5 reads it. */
static void
try_map (struct file_cube *cube)
{
  const struct sf_cf_variable *variable = &cube->variable;
  haddr_t offset = H5Dget_offset (variable->id);
  hid_t type = H5Dget_type (variable->id);
  bool plain = offset != HADDR_UNDEF && offset % sizeof (float) == 0 && H5Tequal (type, H5T_NATIVE_FLOAT) > 0
               && isnan (variable->fill) && !variable->south_first;
  H5Tclose (type);
  int fd = plain ? open (variable->path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return;
  size_t page = (size_t) sysconf (_SC_PAGESIZE), begin = (size_t) offset / page * page;
  size_t bytes
      = (size_t) offset - begin + (size_t) variable->shape[0] * sf_gridspec_cells (&variable->grid) * sizeof (float);
  struct stat info;
  void *map = MAP_FAILED;
  if (fstat (fd, &info) == 0 && (size_t) info.st_size >= begin + bytes)
    map = mmap (NULL, bytes, PROT_READ, MAP_SHARED, fd, (off_t) begin);
  close (fd);
  if (map == MAP_FAILED)
    return;
  cube->map = map;
  cube->map_bytes = bytes;
  cube->values = (const float *) (const void *) ((const char *) map + ((size_t) offset - begin));
}

static enum sf_code
load_cube (const char *path, const struct sf_dataset_spec *spec, const char *instance, struct sf_dataset **ret,
           struct sf_error *err)
{
  struct file_cube *cube = sf_mem_calloc (1, sizeof *cube);
  if (!cube)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for cube %s", path, spec->name);
  cube->file = -1;
  enum sf_code code = SF_OK;
  const char *own = sf_arena_strdup (&cube->arena, path), *name = sf_arena_strdup (&cube->arena, spec->name);
  if (!own || !name)
    code = sf_fail (err, SF_ENOMEM, "%s: no memory for cube %s", path, spec->name);
  else if ((cube->file = sf_cf_open_file (own, err)) < 0)
    code = SF_EIO;
  else
    code = sf_cf_open_variable (&cube->arena, cube->file, own, name, &cube->variable, err);
  if (code == SF_OK)
    code = check_type (&cube->variable, spec, err);
  if (code == SF_OK)
    {
      try_map (cube);
      struct sf_cube provider = { .spec = cube->variable.grid,
                                  .steps = (int) cube->variable.shape[0],
                                  .time_s = cube->variable.time_s,
                                  .read = read_cube,
                                  .free_impl = free_cube,
                                  .impl = cube };
      code = sf_dataset_new_cube (spec, instance, &provider, ret, err);
    }
  if (code != SF_OK)
    free_cube (cube);
  return code;
}

/* What the variable says of itself; the arena is for the texts. */
static enum sf_code
read_lineage (struct sf_arena *arena, const struct sf_cf_variable *variable, struct sf_dataset *dataset,
              struct sf_error *err)
{
  const char *authority = sf_hdf5_get_text (arena, variable->id, "authority");
  const char *simulated = sf_hdf5_get_text (arena, variable->id, "simulated");
  if ((!authority && H5Aexists (variable->id, "authority") > 0)
      || (!simulated && H5Aexists (variable->id, "simulated") > 0))
    return sf_fail (err, SF_EFORMAT, "%s: cannot read who is behind %s (attributes authority and simulated)",
                    variable->path, variable->name);
  sf_file_about_read (dataset, authority, simulated);
  return SF_OK;
}

static enum sf_code
load (struct sf_arena *arena, hid_t file, const char *path, const struct sf_dataset_spec *spec, const char *instance,
      struct sf_dataset **ret, struct sf_error *err)
{
  if (H5Lexists (file, spec->name, H5P_DEFAULT) <= 0)
    return not_found (path, file, spec->name, err);
  struct sf_cf_variable variable;
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_cf_open_variable (arena, file, path, spec->name, &variable, err));
  enum sf_code code = check_type (&variable, spec, err);
  if (code == SF_OK && spec->kind == SF_DATASET_GRID)
    code = load_grid (&variable, spec, instance, &dataset, err);
  else if (code == SF_OK)
    code = load_cube (path, spec, instance, &dataset, err);
  if (code == SF_OK)
    code = read_lineage (arena, &variable, dataset, err);
  if (code == SF_OK)
    *ret = dataset;
  else if (dataset)
    sf_dataset_unref (dataset);
  sf_cf_close_variable (&variable);
  return code;
}

enum sf_code
sf_cf_load (const char *path, const struct sf_dataset_spec *spec, const char *instance, struct sf_dataset **ret,
            struct sf_error *err)
{
  if (spec->kind != SF_DATASET_GRID && spec->kind != SF_DATASET_CUBE)
    return sf_fail (err, SF_ETYPE, "%s: dataset %s is a %s; a CF file here holds grids and cubes", path, spec->name,
                    sf_dataset_kind_name (spec->kind));
  struct sf_arena arena = { 0 };
  struct sf_hdf5_quiet quiet;
  sf_hdf5_quiet_begin (&quiet);
  hid_t file = sf_cf_open_file (path, err);
  enum sf_code code = file < 0 ? SF_EIO : load (&arena, file, path, spec, instance, ret, err);
  if (file >= 0)
    H5Fclose (file);
  sf_hdf5_quiet_end (&quiet);
  sf_arena_finish (&arena);
  return code;
}
