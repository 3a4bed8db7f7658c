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

/* The values of a variable, mapped from its file. */
struct mapping
{
  void *pages; /* NULL: not mapped */
  size_t bytes;
  float *values; /* the first one, within pages */
};

/* A cube on a file: mapped, or read through HDF5. */
struct file_cube
{
  struct sf_arena arena; /* owns path, name, times and the variable's texts */
  struct sf_cf_variable variable;
  hid_t file;
  struct mapping map;
  int fd;       /* of a mapped cube's file, for read */
  off_t offset; /* of its first value */
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

/* --- mapping --- */

/* Whether the values lie in the file as they are wanted: in one piece, in this machine's form, north first. */
static bool
is_plain (const struct sf_cf_variable *variable, haddr_t offset)
{
  hid_t type = H5Dget_type (variable->id);
  bool plain = offset != HADDR_UNDEF && offset % sizeof (float) == 0 && H5Tequal (type, H5T_NATIVE_FLOAT) > 0
               && isnan (variable->fill) && !variable->south_first;
  H5Tclose (type);
  return plain;
}

/* Map the values of a variable that needs no change on its way; where it does, HDF5 reads it. Returns a descriptor of the
   file, -1 when nothing is mapped. */
static int
map_values (const struct sf_cf_variable *variable, haddr_t offset, int protection, int flags, struct mapping *ret)
{
  int fd = is_plain (variable, offset) ? open (variable->path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return -1;
  size_t page = (size_t) sysconf (_SC_PAGESIZE), begin = (size_t) offset / page * page;
  size_t layers = variable->rank == 3 ? (size_t) variable->shape[0] : 1;
  size_t bytes = (size_t) offset - begin + layers * sf_gridspec_cells (&variable->grid) * sizeof (float);
  struct stat info;
  void *pages = MAP_FAILED;
  if (fstat (fd, &info) == 0 && (size_t) info.st_size >= begin + bytes)
    pages = mmap (NULL, bytes, protection, flags, fd, (off_t) begin);
  if (pages == MAP_FAILED)
    {
      close (fd);
      return -1;
    }
  float *values = (float *) (void *) ((char *) pages + ((size_t) offset - begin));
  *ret = (struct mapping){ .pages = pages, .bytes = bytes, .values = values };
  return fd;
}

/* --- grids --- */

static void
free_grid_map (void *impl)
{
  const struct mapping *map = impl;
  munmap (map->pages, map->bytes);
  sf_mem_free (impl);
}

/* Copy-on-write: whoever changes a value of a grid changes it for itself. */
static enum sf_code
adopt_mapped (const struct sf_cf_variable *variable, const struct sf_dataset_spec *spec, const char *instance,
              const struct mapping *map, struct sf_dataset **ret, struct sf_error *err)
{
  struct mapping *impl = sf_mem_alloc (sizeof *impl);
  if (!impl)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for grid %s", variable->path, spec->name);
  *impl = *map;
  struct sf_grid grid = { .spec = variable->grid,
                          .bands = variable->rank == 3 ? (int) variable->shape[0] : 1,
                          .reference_s = variable->reference_s,
                          .values = map->values,
                          .free_impl = free_grid_map,
                          .impl = impl };
  for (int b = 0; b < grid.bands; b++)
    grid.band_values[b] = variable->axis_values ? variable->axis_values[b] : NAN;
  enum sf_code code = sf_dataset_adopt_grid (spec, instance, &grid, ret, err);
  if (code != SF_OK)
    sf_mem_free (impl);
  return code;
}

static enum sf_code
copy_grid (const struct sf_cf_variable *variable, const struct sf_dataset_spec *spec, const char *instance,
           struct sf_dataset **ret, struct sf_error *err)
{
  int bands = variable->rank == 3 ? (int) variable->shape[0] : 1;
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_grid (spec, instance, &variable->grid, variable->axis_values, bands, &dataset, err));
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
load_grid (const struct sf_cf_variable *variable, const struct sf_dataset_spec *spec, const char *instance,
           struct sf_dataset **ret, struct sf_error *err)
{
  struct mapping map;
  int fd = map_values (variable, H5Dget_offset (variable->id), PROT_READ | PROT_WRITE, MAP_PRIVATE, &map);
  if (fd < 0)
    return copy_grid (variable, spec, instance, ret, err);
  close (fd);
  enum sf_code code = adopt_mapped (variable, spec, instance, &map, ret, err);
  if (code != SF_OK)
    munmap (map.pages, map.bytes);
  return code;
}

/* --- cubes --- */

/* Reading whole cubes through their pages would hold all of them. */
static enum sf_code
read_file (const struct file_cube *cube, size_t first, size_t count, float *out, struct sf_error *err)
{
  char *to = (char *) out;
  size_t left = count * sizeof *out;
  off_t at = cube->offset + (off_t) (first * sizeof *out);
  while (left > 0)
    {
      ssize_t n = pread (cube->fd, to, left, at);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return sf_fail (err, SF_EIO, "%s: cannot read %s: %s", cube->variable.path, cube->variable.name,
                        n < 0 ? strerror (errno) : "the file was cut");
      to += n;
      at += n;
      left -= (size_t) n;
    }
  return SF_OK;
}

static enum sf_code
read_cube (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  const struct file_cube *cube = impl;
  size_t nx = (size_t) cube->variable.grid.nx;
  if (cube->fd >= 0)
    return read_file (cube, ((size_t) step * (size_t) cube->variable.grid.ny + (size_t) row0) * nx, (size_t) rows * nx,
                      out, err);
  struct sf_hdf5_quiet quiet;
  sf_hdf5_quiet_begin (&quiet);
  enum sf_code code = read_rows (&cube->variable, step, row0, rows, out, err);
  sf_hdf5_quiet_end (&quiet);
  return code;
}

static void
close_file (struct file_cube *cube)
{
  sf_cf_close_variable (&cube->variable);
  if (cube->file >= 0)
    H5Fclose (cube->file);
  cube->file = -1;
}

static void
free_cube (void *impl)
{
  struct file_cube *cube = impl;
  struct sf_hdf5_quiet quiet;
  sf_hdf5_quiet_begin (&quiet);
  close_file (cube);
  sf_hdf5_quiet_end (&quiet);
  if (cube->map.pages)
    munmap (cube->map.pages, cube->map.bytes);
  if (cube->fd >= 0)
    close (cube->fd);
  sf_arena_finish (&cube->arena);
  sf_mem_free (cube);
}

/* A mapped cube needs HDF5 no more. */
static void
map_cube (struct file_cube *cube)
{
  haddr_t offset = H5Dget_offset (cube->variable.id);
  cube->fd = map_values (&cube->variable, offset, PROT_READ, MAP_SHARED, &cube->map);
  if (cube->fd < 0)
    return;
  cube->offset = (off_t) offset;
  close_file (cube);
}

static enum sf_code
load_cube (const char *path, const struct sf_dataset_spec *spec, const char *instance, struct sf_dataset **ret,
           struct sf_error *err)
{
  struct file_cube *cube = sf_mem_calloc (1, sizeof *cube);
  if (!cube)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for cube %s", path, spec->name);
  cube->file = cube->fd = -1;
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
      map_cube (cube);
      struct sf_cube provider = { .spec = cube->variable.grid,
                                  .steps = (int) cube->variable.shape[0],
                                  .time_s = cube->variable.time_s,
                                  .values = cube->map.values,
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
