/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/cf.h"

#include "core/base/time.h"
#include "geodata/cf_crs.h"
#include "geodata/cf_fill.h"
#include "geodata/hdf5_help.h"

#include <hdf5_hl.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum
{
  RANK_MAX = 3,
  ALIGNMENT_BYTES = 4096
};

/* A dimension of the file with its coordinate variable; values or times tell which axis it stands for. */
struct dim
{
  char name[64];
  hsize_t size;
  hid_t scale;
  const double *values;  /* of a band axis */
  const int64_t *time_s; /* of a time axis */
};

struct writer
{
  const char *path;
  const struct sf_cf_options *options;
  const struct sf_file_about *about;
  const struct sf_gridspec *grid;
  struct sf_arena arena;
  struct sf_cf_crs crs;
  hid_t file;
  struct dim *dims;
  int dims_count, y, x, nv;
  struct sf_cf_fill *fills; /* contiguous cubes, whose values are written when HDF5 has closed the file */
  size_t fills_count;
};

/* A data variable being made. */
struct variable
{
  const struct sf_dataset *dataset;
  int rank, dims[RANK_MAX];
  hsize_t shape[RANK_MAX], chunk[RANK_MAX];
  hid_t id;
};

static enum sf_code
fail (const struct writer *writer, const char *what, const char *name, struct sf_error *err)
{
  return sf_hdf5_fail (err, "%s: cannot %s %s", writer->path, what, name);
}

/* A dataset of its own kind; the plist is closed. Negative on failure. */
static hid_t
create (hid_t file, const char *name, hid_t type, int rank, const hsize_t *shape, hid_t plist)
{
  hid_t space = rank ? H5Screate_simple (rank, shape, NULL) : H5Screate (H5S_SCALAR), id = -1;
  if (space >= 0 && plist >= 0)
    id = H5Dcreate2 (file, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  if (space >= 0)
    H5Sclose (space);
  if (plist >= 0)
    H5Pclose (plist);
  return id;
}

/* Make a dimension with its coordinate variable (type and data of the values); returns its index, or -1. */
static int
add_dim (struct writer *writer, const char *name, hsize_t size, hid_t type, const void *data)
{
  int index = writer->dims_count;
  struct dim *dim = &writer->dims[index];
  snprintf (dim->name, sizeof dim->name, "%s", name);
  dim->size = size;
  dim->scale = create (writer->file, name, type, 1, &size, sf_hdf5_new_dataset_plist ());
  if (dim->scale < 0)
    return -1;
  writer->dims_count++;
  if ((data && H5Dwrite (dim->scale, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0)
      || sf_hdf5_put_ints (dim->scale, "_Netcdf4Dimid", &index, 1) < 0)
    return -1;
  char label[64];
  snprintf (label, sizeof label, "%s", name);
  if (!data) /* how netCDF-4 marks a dimension without a variable */
    snprintf (label, sizeof label, "This is a netCDF dimension but not a netCDF variable.%10d", (int) size);
  return H5DSset_scale (dim->scale, label) < 0 ? -1 : index;
}

static int
put_axis (hid_t scale, const char *standard_name, const char *en, const char *zh, const char *unit, const char *axis)
{
  return sf_hdf5_put_text (scale, "standard_name", standard_name) < 0 || sf_hdf5_put_text (scale, "long_name", en) < 0
                 || sf_hdf5_put_text (scale, "long_name_zh", zh) < 0 || sf_hdf5_put_text (scale, "units", unit) < 0
                 || sf_hdf5_put_text (scale, "axis", axis) < 0
             ? -1
             : 0;
}

/* Tie a variable's axes to their dimensions. */
static int
attach (const struct writer *writer, hid_t id, const int *dims, int rank)
{
  for (int i = 0; i < rank; i++)
    if (H5DSattach_scale (id, writer->dims[dims[i]].scale, (unsigned) i) < 0)
      return -1;
  return sf_hdf5_put_ints (id, "_Netcdf4Coordinates", dims, (size_t) rank);
}

static int
add_bounds (struct writer *writer, int dim, double first, double step)
{
  const struct dim *of = &writer->dims[dim];
  char name[80];
  snprintf (name, sizeof name, "%s_bnds", of->name);
  double *edges = sf_mem_alloc (2 * (size_t) of->size * sizeof *edges);
  if (!edges)
    return -1;
  for (hsize_t i = 0; i < of->size; i++)
    {
      edges[2 * i] = first + (double) i * step;
      edges[2 * i + 1] = first + (double) (i + 1) * step;
    }
  hsize_t shape[2] = { of->size, 2 };
  int dims[2] = { dim, writer->nv };
  hid_t id = create (writer->file, name, H5T_NATIVE_DOUBLE, 2, shape, sf_hdf5_new_dataset_plist ());
  int failed = id < 0 || H5Dwrite (id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, edges) < 0
               || attach (writer, id, dims, 2) < 0 || sf_hdf5_put_text (of->scale, "bounds", name) < 0;
  if (id >= 0)
    H5Dclose (id);
  sf_mem_free (edges);
  return failed ? -1 : 0;
}

/* One axis of the grid: centres of its cells; -1 on failure. */
static int
add_grid_dim (struct writer *writer, bool is_x, int count, double first, double step)
{
  bool geographic = writer->crs.geographic;
  double *centres = sf_mem_alloc ((size_t) count * sizeof *centres);
  if (!centres)
    return -1;
  for (int i = 0; i < count; i++)
    centres[i] = first + (i + 0.5) * step;
  const char *name = geographic ? (is_x ? "lon" : "lat") : (is_x ? "x" : "y");
  int dim = add_dim (writer, name, (hsize_t) count, H5T_NATIVE_DOUBLE, centres);
  sf_mem_free (centres);
  if (dim < 0)
    return -1;
  hid_t scale = writer->dims[dim].scale;
  int failed;
  if (geographic && is_x)
    failed = put_axis (scale, "longitude", "Longitude", "经度", "degrees_east", "X");
  else if (geographic)
    failed = put_axis (scale, "latitude", "Latitude", "纬度", "degrees_north", "Y");
  else if (is_x)
    failed = put_axis (scale, "projection_x_coordinate", "Easting", "东坐标", "m", "X");
  else
    failed = put_axis (scale, "projection_y_coordinate", "Northing", "北坐标", "m", "Y");
  return failed ? -1 : dim;
}

static enum sf_code
add_grid (struct writer *writer, struct sf_error *err)
{
  const struct sf_gridspec *grid = writer->grid;
  writer->y = add_grid_dim (writer, false, grid->ny, grid->affine[3], grid->affine[5]);
  if (writer->y < 0)
    return fail (writer, "write", "the rows' coordinates", err);
  writer->x = add_grid_dim (writer, true, grid->nx, grid->affine[0], grid->affine[1]);
  if (writer->x < 0)
    return fail (writer, "write", "the columns' coordinates", err);
  writer->nv = add_dim (writer, "nv", 2, H5T_IEEE_F32BE, NULL);
  if (writer->nv < 0 || add_bounds (writer, writer->y, grid->affine[3], grid->affine[5]) < 0
      || add_bounds (writer, writer->x, grid->affine[0], grid->affine[1]) < 0)
    return fail (writer, "write", "the cells' bounds", err);
  return SF_OK;
}

/* The grid_mapping variable: CF attributes, WKT2 in crs_wkt, and GDAL's own spatial_ref and GeoTransform, which keep
   the cells' corners exact. */
static enum sf_code
add_crs (struct writer *writer, struct sf_error *err)
{
  const struct sf_cf_crs *crs = &writer->crs;
  const double *a = writer->grid->affine;
  char *transform
      = sf_arena_printf (&writer->arena, "%.17g %.17g %.17g %.17g %.17g %.17g", a[0], a[1], a[2], a[3], a[4], a[5]);
  hid_t id = create (writer->file, "crs", H5T_NATIVE_INT, 0, NULL, sf_hdf5_new_dataset_plist ());
  int zero = 0;
  int failed = !transform || id < 0 || H5Dwrite (id, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &zero) < 0
               || sf_hdf5_put_text (id, "grid_mapping_name", crs->mapping) < 0;
  for (int i = 0; !failed && i < crs->count; i++)
    failed
        = sf_hdf5_put_doubles (id, crs->numbers[i].name, crs->numbers[i].values, (size_t) crs->numbers[i].values_count)
          < 0;
  failed = failed || sf_hdf5_put_text (id, "crs_name", writer->grid->crs) < 0
           || sf_hdf5_put_text (id, "crs_wkt", crs->wkt2) < 0 || sf_hdf5_put_text (id, "spatial_ref", crs->wkt1) < 0
           || sf_hdf5_put_text (id, "GeoTransform", transform) < 0;
  enum sf_code code = failed ? fail (writer, "write", "the variable crs", err) : SF_OK;
  if (id >= 0)
    H5Dclose (id);
  return code;
}

/* A name that no variable of the file has yet: "time", "time_2", ... */
static void
free_name (const struct writer *writer, const char *stem, char name[64])
{
  snprintf (name, 64, "%s", stem);
  for (int n = 2; H5Lexists (writer->file, name, H5P_DEFAULT) > 0; n++)
    snprintf (name, 64, "%s_%d", stem, n);
}

static int
band_dim (struct writer *writer, const struct sf_dataset *dataset)
{
  const struct sf_grid *grid = dataset->as.grid;
  const struct sf_quantity *band = dataset->spec->band;
  for (int d = 0; d < writer->dims_count; d++)
    if (writer->dims[d].values && writer->dims[d].size == (hsize_t) grid->bands
        && !strncmp (writer->dims[d].name, band->name, strlen (band->name))
        && !memcmp (writer->dims[d].values, grid->band_values, (size_t) grid->bands * sizeof (double)))
      return d;
  char name[64];
  free_name (writer, band->name, name);
  int dim = add_dim (writer, name, (hsize_t) grid->bands, H5T_NATIVE_DOUBLE, grid->band_values);
  if (dim < 0
      || put_axis (writer->dims[dim].scale, band->standard_name, band->title_en, band->title_zh, band->unit, NULL) < 0)
    return -1;
  writer->dims[dim].values = grid->band_values;
  return dim;
}

static int
time_dim (struct writer *writer, const struct sf_cube *cube)
{
  for (int d = 0; d < writer->dims_count; d++)
    if (writer->dims[d].time_s && writer->dims[d].size == (hsize_t) cube->steps
        && !memcmp (writer->dims[d].time_s, cube->time_s, (size_t) cube->steps * sizeof (int64_t)))
      return d;
  char name[64];
  free_name (writer, "time", name);
  int dim = add_dim (writer, name, (hsize_t) cube->steps, H5T_NATIVE_INT64, cube->time_s);
  if (dim < 0
      || put_axis (writer->dims[dim].scale, "time", "Time", "时间", "seconds since 1970-01-01 00:00:00", "T") < 0
      || sf_hdf5_put_text (writer->dims[dim].scale, "calendar", "proleptic_gregorian") < 0)
    return -1;
  writer->dims[dim].time_s = cube->time_s;
  return dim;
}

static void
choose_chunk (const struct writer *writer, struct variable *variable)
{
  static const hsize_t cubes[][3] = { { 4, 90, 120 }, { 1, 150, 200 }, { 24, 45, 60 } };
  bool cube = variable->dataset->spec->kind == SF_DATASET_CUBE;
  const hsize_t *wanted = cubes[cube ? writer->options->access : SF_CF_MAPS] + (RANK_MAX - variable->rank);
  for (int i = 0; i < variable->rank; i++)
    variable->chunk[i] = wanted[i] < variable->shape[i] ? wanted[i] : variable->shape[i];
}

static hid_t
variable_plist (const struct writer *writer, const struct variable *variable)
{
  hid_t plist = sf_hdf5_new_dataset_plist ();
  float fill = NAN;
  int failed = plist < 0 || H5Pset_fill_value (plist, H5T_NATIVE_FLOAT, &fill) < 0;
  if (!failed && writer->options->layout == SF_CF_SNAPSHOT)
    failed = H5Pset_layout (plist, H5D_CONTIGUOUS) < 0 || H5Pset_alloc_time (plist, H5D_ALLOC_TIME_EARLY) < 0
             || H5Pset_fill_time (plist, H5D_FILL_TIME_NEVER) < 0;
  else if (!failed)
    failed = H5Pset_chunk (plist, variable->rank, variable->chunk) < 0
             || (writer->options->deflate > 0
                 && (H5Pset_shuffle (plist) < 0 || H5Pset_deflate (plist, (unsigned) writer->options->deflate) < 0));
  if (failed && plist >= 0)
    H5Pclose (plist);
  return failed ? -1 : plist;
}

static enum sf_code
shape_variable (struct writer *writer, struct variable *variable, struct sf_error *err)
{
  const struct sf_dataset *dataset = variable->dataset;
  if (dataset->spec->kind == SF_DATASET_CUBE || dataset->spec->band)
    {
      variable->dims[0]
          = dataset->spec->kind == SF_DATASET_CUBE ? time_dim (writer, dataset->as.cube) : band_dim (writer, dataset);
      if (variable->dims[0] < 0)
        return fail (writer, "write the first axis of", dataset->name, err);
      variable->rank = 1;
    }
  variable->dims[variable->rank++] = writer->y;
  variable->dims[variable->rank++] = writer->x;
  for (int i = 0; i < variable->rank; i++)
    variable->shape[i] = writer->dims[variable->dims[i]].size;
  choose_chunk (writer, variable);
  return SF_OK;
}

/* The unit as CF says it: hours since the reference become a time. */
static const char *
unit_of (struct writer *writer, const struct sf_dataset *dataset)
{
  if (dataset->spec->kind != SF_DATASET_GRID || dataset->as.grid->reference_s == SF_TIME_MISSING)
    return dataset->spec->quantity->unit;
  struct sf_civil t = sf_time_to_civil (dataset->as.grid->reference_s, 0);
  return sf_arena_printf (&writer->arena, "hours since %04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day, t.hour,
                          t.minute, t.second);
}

static int
describe_variable (struct writer *writer, hid_t id, const struct sf_dataset *dataset)
{
  const struct sf_dataset_spec *spec = dataset->spec;
  const char *averaging = spec->quantity->averaging, *unit = unit_of (writer, dataset);
  const char *methods = averaging ? sf_arena_printf (&writer->arena, "time: mean (over %s)", averaging) : NULL;
  bool is_time = unit != spec->quantity->unit;
  return !unit || (averaging && !methods) || sf_hdf5_put_float (id, "_FillValue", NAN) < 0
                 || sf_hdf5_put_text (id, "standard_name", spec->quantity->standard_name) < 0
                 || sf_hdf5_put_text (id, "long_name", spec->title_en) < 0
                 || sf_hdf5_put_text (id, "long_name_zh", spec->title_zh) < 0
                 || sf_hdf5_put_text (id, "units", unit) < 0
                 || sf_hdf5_put_text (id, "calendar", is_time ? "proleptic_gregorian" : NULL) < 0
                 || sf_hdf5_put_text (id, "grid_mapping", "crs") < 0
                 || sf_hdf5_put_text (id, "cell_methods", methods) < 0
                 || sf_hdf5_put_text (id, "averaging", averaging) < 0
                 || sf_hdf5_put_text (id, "quantity", spec->quantity->name) < 0
                 || sf_hdf5_put_text (id, "missing_means", spec->missing_en) < 0
                 || sf_hdf5_put_text (id, "missing_means_zh", spec->missing_zh) < 0
                 || sf_hdf5_put_text (id, "authority", sf_authority_name (dataset->authority, 0)) < 0
                 || sf_hdf5_put_text (id, "authority_zh", sf_authority_name (dataset->authority, 1)) < 0
                 || sf_hdf5_put_text (id, "simulated", dataset->simulated ? "true" : "false") < 0
             ? -1
             : 0;
}

/* Read steps x rows of a cube into block and write them to the file. */
static enum sf_code
write_block (const struct writer *writer, const struct variable *variable, const hsize_t *start, const hsize_t *count,
             float *block, struct sf_error *err)
{
  const struct sf_cube *cube = variable->dataset->as.cube;
  size_t step_cells = (size_t) (count[1] * count[2]);
  for (hsize_t s = 0; s < count[0]; s++)
    SF_TRY (cube->read (cube->impl, (int) (start[0] + s), (int) start[1], (int) count[1],
                        block + (size_t) s * step_cells, err));
  hid_t memory = H5Screate_simple (3, count, NULL), file = H5Dget_space (variable->id);
  int failed = memory < 0 || file < 0 || H5Sselect_hyperslab (file, H5S_SELECT_SET, start, NULL, count, NULL) < 0
               || H5Dwrite (variable->id, H5T_NATIVE_FLOAT, memory, file, H5P_DEFAULT, block) < 0;
  enum sf_code code = failed ? fail (writer, "write a block of", variable->dataset->name, err) : SF_OK;
  if (memory >= 0)
    H5Sclose (memory);
  if (file >= 0)
    H5Sclose (file);
  return code;
}

/* A row of chunks after the other. */
static enum sf_code
write_chunks (const struct writer *writer, const struct variable *variable, struct sf_error *err)
{
  const struct sf_cf_options *options = writer->options;
  hsize_t most[3] = { variable->chunk[0], variable->chunk[1], variable->shape[2] }, start[3] = { 0 }, count[3];
  float *block = sf_mem_alloc ((size_t) (most[0] * most[1] * most[2]) * sizeof *block);
  if (!block)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for a block of %s", writer->path, variable->dataset->name);
  enum sf_code code = SF_OK;
  memcpy (count, most, sizeof count);
  for (start[0] = 0; code == SF_OK && start[0] < variable->shape[0]; start[0] += most[0])
    for (start[1] = 0; code == SF_OK && start[1] < variable->shape[1]; start[1] += most[1])
      {
        for (int i = 0; i < 2; i++)
          count[i] = start[i] + most[i] <= variable->shape[i] ? most[i] : variable->shape[i] - start[i];
        if (options->cancelled && options->cancelled (options->cancelled_ctx))
          code = sf_fail (err, SF_ECANCELLED, "%s: cancelled", writer->path);
        else
          code = write_block (writer, variable, start, count, block, err);
      }
  sf_mem_free (block);
  return code;
}

/* HDF5 would write contiguous values through one thread: only their place is taken here. */
static enum sf_code
postpone_cube (struct writer *writer, const struct variable *variable, struct sf_error *err)
{
  haddr_t offset = H5Dget_offset (variable->id);
  if (offset == HADDR_UNDEF)
    return fail (writer, "find the place of", variable->dataset->name, err);
  writer->fills[writer->fills_count++] = (struct sf_cf_fill){ variable->dataset, (uint64_t) offset };
  return SF_OK;
}

static enum sf_code
add_variable (struct writer *writer, const struct sf_dataset *dataset, struct sf_error *err)
{
  const char *name = dataset->spec->name;
  struct variable variable = { .dataset = dataset, .id = -1 };
  SF_TRY (shape_variable (writer, &variable, err));
  if (H5Lexists (writer->file, name, H5P_DEFAULT) > 0)
    return sf_fail (err, SF_ECONFLICT, "%s: the name %s of dataset %s is taken already", writer->path, name,
                    dataset->name);
  variable.id
      = create (writer->file, name, H5T_IEEE_F32LE, variable.rank, variable.shape, variable_plist (writer, &variable));
  if (variable.id < 0)
    return fail (writer, "create", dataset->name, err);
  enum sf_code code = SF_OK;
  if (attach (writer, variable.id, variable.dims, variable.rank) < 0
      || describe_variable (writer, variable.id, dataset) < 0)
    code = fail (writer, "describe", dataset->name, err);
  else if (dataset->spec->kind == SF_DATASET_CUBE)
    code = writer->options->layout == SF_CF_SNAPSHOT ? postpone_cube (writer, &variable, err)
                                                     : write_chunks (writer, &variable, err);
  else if (H5Dwrite (variable.id, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, dataset->as.grid->values) < 0)
    code = fail (writer, "write", dataset->name, err);
  if (H5Dclose (variable.id) < 0 && code == SF_OK)
    code = fail (writer, "finish", dataset->name, err);
  return code;
}

static enum sf_code
describe_file (const struct writer *writer, struct sf_error *err)
{
  const struct sf_file_about *about = writer->about;
  const struct sf_cf_options *options = writer->options;
  hid_t root = H5Gopen2 (writer->file, "/", H5P_DEFAULT);
  int failed = root < 0 || sf_hdf5_put_text (root, "Conventions", "CF-1.8") < 0
               || sf_hdf5_put_text (root, "title", about->title_en) < 0
               || sf_hdf5_put_text (root, "title_zh", about->title_zh) < 0
               || sf_hdf5_put_text (root, "institution", options->institution) < 0
               || sf_hdf5_put_text (root, "source", options->source) < 0
               || sf_hdf5_put_text (root, "scenario", about->scenario) < 0
               || sf_hdf5_put_text (root, "authority", sf_authority_name (about->authority, 0)) < 0
               || sf_hdf5_put_text (root, "authority_zh", sf_authority_name (about->authority, 1)) < 0
               || sf_hdf5_put_text (root, "simulated", about->simulated ? "true" : "false") < 0;
  enum sf_code code = failed ? fail (writer, "describe", "the file", err) : SF_OK;
  if (root >= 0)
    H5Gclose (root);
  return code;
}

static enum sf_code
create_file (struct writer *writer, struct sf_error *err)
{
  if (unlink (writer->path) != 0 && errno != ENOENT)
    return sf_fail (err, SF_EIO, "%s: cannot replace it: %s", writer->path, strerror (errno));
  hid_t fcpl = sf_hdf5_new_file_plist (), fapl = H5Pcreate (H5P_FILE_ACCESS);
  int failed
      = fcpl < 0 || fapl < 0 || H5Pset_libver_bounds (fapl, H5F_LIBVER_V18, H5F_LIBVER_V18) < 0
        || (writer->options->layout == SF_CF_SNAPSHOT && H5Pset_alignment (fapl, ALIGNMENT_BYTES, ALIGNMENT_BYTES) < 0);
  if (!failed)
    writer->file = H5Fcreate (writer->path, H5F_ACC_EXCL, fcpl, fapl);
  enum sf_code code = failed || writer->file < 0 ? fail (writer, "create", "the file", err) : SF_OK;
  if (fcpl >= 0)
    H5Pclose (fcpl);
  if (fapl >= 0)
    H5Pclose (fapl);
  return code;
}

static enum sf_code
write_file (struct writer *writer, const struct sf_dataset *const *datasets, size_t count, struct sf_error *err)
{
  enum sf_code code = sf_cf_crs_describe (&writer->arena, writer->grid->crs, &writer->crs, err);
  if (code != SF_OK)
    return sf_error_prefix (err, code, "%s", writer->path);
  writer->dims = sf_arena_calloc (&writer->arena, count + 3, sizeof *writer->dims);
  writer->fills = sf_arena_calloc (&writer->arena, count, sizeof *writer->fills);
  if (!writer->dims || !writer->fills)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for its dimensions", writer->path);
  SF_TRY (create_file (writer, err));
  SF_TRY (describe_file (writer, err));
  SF_TRY (add_crs (writer, err));
  SF_TRY (add_grid (writer, err));
  for (size_t i = 0; i < count; i++)
    SF_TRY (add_variable (writer, datasets[i], err));
  return SF_OK;
}

static const struct sf_gridspec *
gridspec_of (const struct sf_dataset *dataset)
{
  return dataset->spec->kind == SF_DATASET_CUBE ? &dataset->as.cube->spec : &dataset->as.grid->spec;
}

static enum sf_code
check (const char *path, const struct sf_dataset *const *datasets, size_t count, struct sf_error *err)
{
  if (count == 0)
    return sf_fail (err, SF_EINVAL, "%s: no dataset to write", path);
  for (size_t i = 0; i < count; i++)
    {
      enum sf_dataset_kind kind = datasets[i]->spec->kind;
      if (kind != SF_DATASET_GRID && kind != SF_DATASET_CUBE)
        return sf_fail (err, SF_ETYPE, "%s: dataset %s is a %s; a CF file here holds grids and cubes", path,
                        datasets[i]->name, sf_dataset_kind_name (kind));
      if (kind == SF_DATASET_CUBE && datasets[i]->as.cube->steps < 1)
        return sf_fail (err, SF_EINVAL, "%s: dataset %s has no steps", path, datasets[i]->name);
      if (sf_gridspec_cells (gridspec_of (datasets[i])) == 0)
        return sf_fail (err, SF_EINVAL, "%s: dataset %s has no cells", path, datasets[i]->name);
      if (!sf_gridspec_same (gridspec_of (datasets[i]), gridspec_of (datasets[0])))
        return sf_fail (err, SF_ECONFLICT, "%s: datasets %s and %s lie on different grids", path, datasets[0]->name,
                        datasets[i]->name);
    }
  const double *affine = gridspec_of (datasets[0])->affine;
  if (affine[2] != 0 || affine[4] != 0 || affine[1] <= 0 || affine[5] >= 0)
    return sf_fail (err, SF_EUNSUPPORTED,
                    "%s: the grid of %s is turned or not north row first, which CF axes cannot say", path,
                    datasets[0]->name);
  return SF_OK;
}

enum sf_code
sf_cf_save (const char *path, const struct sf_dataset *const *datasets, size_t count,
            const struct sf_cf_options *options, const struct sf_file_about *about, struct sf_error *err)
{
  SF_TRY (check (path, datasets, count, err));
  struct writer writer
      = { .path = path, .options = options, .about = about, .grid = gridspec_of (datasets[0]), .file = -1 };
  struct sf_hdf5_quiet quiet;
  sf_hdf5_quiet_begin (&quiet);
  enum sf_code code = write_file (&writer, datasets, count, err);
  for (int i = 0; i < writer.dims_count; i++)
    H5Dclose (writer.dims[i].scale);
  if (writer.file >= 0 && H5Fclose (writer.file) < 0 && code == SF_OK)
    code = fail (&writer, "finish", "the file", err);
  sf_hdf5_quiet_end (&quiet);
  if (code == SF_OK && writer.fills_count > 0)
    code = sf_cf_fill_cubes (path, writer.fills, writer.fills_count, options, err);
  if (code != SF_OK && writer.file >= 0)
    unlink (path);
  sf_arena_finish (&writer.arena);
  return code;
}
