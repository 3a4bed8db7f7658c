/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/cf_read.h"

#include "core/base/text.h"
#include "core/base/time.h"
#include "geodata/cf_crs.h"

#include <hdf5_hl.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The longest axis that is read: 40 m cells round the whole Earth. The cells of three such axes still count in 64 bits.
 */
enum
{
  AXIS_MAX = 1 << 20
};

/* Times farther from the reference than this are garbage, and might not count in 64 bits. */
static const double LONGEST_SPAN_S = 1e13;

/* How far a coordinate may lie from equal spacing, in cells: float32 longitudes at 0.01 degrees lose up to 0.0008. */
static const double SPACING_TOLERANCE_CELLS = 0.01;

hid_t
sf_cf_open_file (const char *path, struct sf_error *err)
{
  hid_t file = H5Fopen (path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0)
    sf_hdf5_fail (err, "%s: cannot open it as netCDF-4", path);
  return file;
}

static bool
is_data (hid_t file, const char *name)
{
  H5O_info_t info;
  if (H5Oget_info_by_name2 (file, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0 || info.type != H5O_TYPE_DATASET)
    return false;
  return H5Aexists_by_name (file, name, "grid_mapping", H5P_DEFAULT) > 0;
}

enum sf_code
sf_cf_list_variables (struct sf_arena *arena, hid_t file, const char *path, char ***ret_names, size_t *ret_count,
                      struct sf_error *err)
{
  H5G_info_t info;
  if (H5Gget_info (file, &info) < 0)
    return sf_hdf5_fail (err, "%s: cannot list its variables", path);
  char **names = sf_arena_calloc (arena, (size_t) info.nlinks + 1, sizeof *names);
  size_t count = 0;
  for (hsize_t i = 0; names && i < info.nlinks; i++)
    {
      char name[256];
      H5_index_t by = H5_INDEX_CRT_ORDER;
      if (H5Lget_name_by_idx (file, ".", by, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) < 0
          && H5Lget_name_by_idx (file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) < 0)
        return sf_hdf5_fail (err, "%s: cannot list its variables", path);
      if (is_data (file, name) && !(names[count++] = sf_arena_strdup (arena, name)))
        names = NULL;
    }
  if (!names)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for the names of its variables", path);
  *ret_names = names;
  *ret_count = count;
  return SF_OK;
}

/* A one-dimensional coordinate variable. */
struct axis
{
  struct sf_arena *arena;
  hsize_t size;
  char name[64];
  double *values;
  const char *unit, *calendar;
};

/* Take the first scale of a dimension; a negative return stops with an error. */
static herr_t
take_scale (hid_t variable, unsigned dim, hid_t scale, void *ctx)
{
  (void) variable;
  (void) dim;
  struct axis *axis = ctx;
  hid_t space = H5Dget_space (scale);
  hssize_t points = H5Sget_simple_extent_npoints (space);
  H5Sclose (space);
  char full[256] = "";
  H5Iget_name (scale, full, sizeof full);
  snprintf (axis->name, sizeof axis->name, "%.63s", full[0] == '/' ? full + 1 : full);
  if (points != (hssize_t) axis->size)
    return -1;
  axis->values = sf_arena_calloc (axis->arena, axis->size, sizeof *axis->values);
  axis->unit = sf_hdf5_get_text (axis->arena, scale, "units");
  axis->calendar = sf_hdf5_get_text (axis->arena, scale, "calendar");
  if (!axis->values || H5Dread (scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, axis->values) < 0)
    return -1;
  return 1;
}

static enum sf_code
read_axis (struct sf_arena *arena, const struct sf_cf_variable *variable, int dim, struct axis *ret,
           struct sf_error *err)
{
  *ret = (struct axis){ .arena = arena, .size = variable->shape[dim] };
  if (H5DSiterate_scales (variable->id, (unsigned) dim, NULL, take_scale, ret) <= 0)
    return sf_hdf5_fail (err, "%s: axis %d of %s has no coordinates", variable->path, dim + 1, variable->name);
  return SF_OK;
}

/* Corner and step of an axis of equal steps; one cell alone has no step. */
static enum sf_code
axis_steps (const struct sf_cf_variable *variable, const struct axis *axis, double *ret_corner, double *ret_step,
            struct sf_error *err)
{
  size_t n = (size_t) axis->size;
  double first = axis->values[0], step = n > 1 ? (axis->values[n - 1] - first) / (double) (n - 1) : NAN;
  for (size_t i = 0; i < n && n > 1; i++)
    if (!(fabs (axis->values[i] - first - (double) i * step) <= SPACING_TOLERANCE_CELLS * fabs (step)))
      return sf_fail (err, SF_EFORMAT, "%s: axis %s of %s does not go in equal steps (at %zu: %.9g)", variable->path,
                      axis->name, variable->name, i, axis->values[i]);
  *ret_corner = first - step / 2;
  *ret_step = step;
  return SF_OK;
}

static bool
parse_transform (const char *text, double affine[6])
{
  struct sf_span rest = sf_span_of (text), word;
  for (int i = 0; i < 6; i++)
    if (!sf_text_next_word (&rest, &word) || !sf_text_parse_double (word, &affine[i]))
      return false;
  return true;
}

/* The exact corners that GDAL's attribute keeps are taken when they are those of the coordinates. */
static enum sf_code
refine (struct sf_arena *arena, struct sf_cf_variable *variable, hid_t crs, struct sf_error *err)
{
  struct sf_gridspec exact = variable->grid;
  const char *text = sf_hdf5_get_text (arena, crs, "GeoTransform");
  bool given = text && parse_transform (text, exact.affine);
  bool one_cell = isnan (variable->grid.affine[1]) || isnan (variable->grid.affine[5]);
  if (one_cell && !given)
    return sf_fail (err, SF_EFORMAT, "%s: %s has a single row or column and no GeoTransform", variable->path,
                    variable->name);
  if (given && (one_cell || sf_gridspec_same (&exact, &variable->grid)))
    variable->grid = exact;
  return SF_OK;
}

static enum sf_code
read_crs (struct sf_arena *arena, hid_t file, struct sf_cf_variable *variable, struct sf_error *err)
{
  const char *mapping = sf_hdf5_get_text (arena, variable->id, "grid_mapping");
  hid_t crs = mapping ? H5Dopen2 (file, mapping, H5P_DEFAULT) : -1;
  if (crs < 0)
    return sf_fail (err, SF_EFORMAT, "%s: %s has no grid_mapping variable", variable->path, variable->name);
  const char *name = sf_hdf5_get_text (arena, crs, "crs_name"), *wkt = sf_hdf5_get_text (arena, crs, "crs_wkt");
  if (!wkt)
    wkt = sf_hdf5_get_text (arena, crs, "spatial_ref");
  enum sf_code code = SF_OK;
  if (name && strlen (name) < sizeof variable->grid.crs)
    memcpy (variable->grid.crs, name, strlen (name) + 1);
  else if (wkt)
    code = sf_cf_crs_name (wkt, variable->grid.crs, err);
  else
    code = sf_fail (err, SF_EFORMAT, "the grid_mapping %s has no crs_wkt", mapping);
  if (code != SF_OK)
    sf_error_prefix (err, code, "%s", variable->path);
  if (code == SF_OK)
    code = refine (arena, variable, crs, err);
  H5Dclose (crs);
  return code;
}

static enum sf_code
read_grid (struct sf_arena *arena, hid_t file, struct sf_cf_variable *variable, struct sf_error *err)
{
  struct axis y, x;
  double *affine = variable->grid.affine;
  SF_TRY (read_axis (arena, variable, variable->rank - 2, &y, err));
  SF_TRY (read_axis (arena, variable, variable->rank - 1, &x, err));
  SF_TRY (axis_steps (variable, &y, &affine[3], &affine[5], err));
  SF_TRY (axis_steps (variable, &x, &affine[0], &affine[1], err));
  variable->grid.ny = (int) y.size;
  variable->grid.nx = (int) x.size;
  variable->south_first = affine[5] > 0;
  if (variable->south_first)
    {
      affine[3] += (double) y.size * affine[5];
      affine[5] = -affine[5];
    }
  return read_crs (arena, file, variable, err);
}

/* "hours since 2014-07-17 00:00:00" to the seconds of one unit and the reference. */
static bool
parse_since (const char *text, int64_t *ret_unit_s, int64_t *ret_reference_s)
{
  static const struct
  {
    const char *name;
    int64_t seconds;
  } units[] = { { "seconds since ", 1 }, { "minutes since ", 60 }, { "hours since ", 3600 }, { "days since ", 86400 } };
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (!strncmp (text, units[i].name, strlen (units[i].name))
        && sf_time_parse_iso (text + strlen (units[i].name), 0, ret_reference_s, NULL) == SF_OK)
      {
        *ret_unit_s = units[i].seconds;
        return true;
      }
  return false;
}

/* Other calendars have days that the real one does not have (360_day), or lack some (noleap). */
static enum sf_code
check_calendar (const struct sf_cf_variable *variable, const char *calendar, struct sf_error *err)
{
  static const char *const real[] = { "standard", "gregorian", "proleptic_gregorian" };
  for (size_t i = 0; calendar && i < sizeof real / sizeof real[0]; i++)
    if (!strcasecmp (calendar, real[i]))
      return SF_OK;
  return calendar ? sf_fail (err, SF_EUNSUPPORTED, "%s: the times of %s are in the calendar %s; wanted %s",
                             variable->path, variable->name, calendar, real[0])
                  : SF_OK;
}

static enum sf_code
read_times (struct sf_arena *arena, struct sf_cf_variable *variable, const struct axis *axis, int64_t unit_s,
            int64_t reference_s, struct sf_error *err)
{
  SF_TRY (check_calendar (variable, axis->calendar, err));
  if (!(variable->time_s = sf_arena_calloc (arena, axis->size, sizeof *variable->time_s)))
    return sf_fail (err, SF_ENOMEM, "%s: no memory for axis %s", variable->path, axis->name);
  for (size_t i = 0; i < axis->size; i++)
    {
      double span_s = axis->values[i] * (double) unit_s;
      if (!(fabs (span_s) <= LONGEST_SPAN_S))
        return sf_fail (err, SF_EFORMAT, "%s: axis %s of %s: %g at %zu is no time", variable->path, axis->name,
                        variable->name, axis->values[i], i);
      variable->time_s[i] = reference_s + llround (span_s);
    }
  return SF_OK;
}

static enum sf_code
read_first_axis (struct sf_arena *arena, struct sf_cf_variable *variable, struct sf_error *err)
{
  struct axis axis;
  int64_t unit_s, reference_s;
  SF_TRY (read_axis (arena, variable, 0, &axis, err));
  variable->axis = sf_arena_strdup (arena, axis.name);
  if (!variable->axis)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for axis %s", variable->path, axis.name);
  if (axis.unit && parse_since (axis.unit, &unit_s, &reference_s))
    return read_times (arena, variable, &axis, unit_s, reference_s, err);
  variable->axis_values = axis.values;
  return SF_OK;
}

static enum sf_code
read_meaning (struct sf_arena *arena, struct sf_cf_variable *variable, struct sf_error *err)
{
  int64_t unit_s;
  double fill = NAN;
  if (H5Aexists (variable->id, "scale_factor") > 0 || H5Aexists (variable->id, "add_offset") > 0)
    return sf_fail (err, SF_EUNSUPPORTED, "%s: %s is packed; unpack it first (ncpdq -U, cdo -b F32 copy)",
                    variable->path, variable->name);
  if (!sf_hdf5_get_doubles (variable->id, "_FillValue", &fill, 1))
    sf_hdf5_get_doubles (variable->id, "missing_value", &fill, 1);
  variable->fill = (float) fill;
  variable->reference_s = SF_TIME_MISSING;
  variable->unit = sf_hdf5_get_text (arena, variable->id, "units");
  if (!variable->unit)
    return sf_fail (err, SF_EFORMAT, "%s: %s has no units", variable->path, variable->name);
  if (!parse_since (variable->unit, &unit_s, &variable->reference_s))
    return SF_OK;
  if (unit_s != 3600)
    return sf_fail (err, SF_EUNSUPPORTED, "%s: %s counts \"%s\"; wanted hours", variable->path, variable->name,
                    variable->unit);
  variable->unit = "h";
  return check_calendar (variable, sf_hdf5_get_text (arena, variable->id, "calendar"), err);
}

static enum sf_code
read_shape (struct sf_cf_variable *variable, struct sf_error *err)
{
  hid_t space = H5Dget_space (variable->id);
  variable->rank = H5Sget_simple_extent_ndims (space);
  if (variable->rank == 2 || variable->rank == 3)
    H5Sget_simple_extent_dims (space, variable->shape, NULL);
  H5Sclose (space);
  if (variable->rank != 2 && variable->rank != 3)
    return sf_fail (err, SF_EFORMAT, "%s: %s has %d axes; wanted y, x and at most one before", variable->path,
                    variable->name, variable->rank);
  for (int i = 0; i < variable->rank; i++)
    if (variable->shape[i] < 1 || variable->shape[i] > AXIS_MAX)
      return sf_fail (err, SF_EFORMAT, "%s: axis %d of %s is %llu long; wanted 1 to %d", variable->path, i + 1,
                      variable->name, (unsigned long long) variable->shape[i], AXIS_MAX);
  return SF_OK;
}

static enum sf_code
read_about (struct sf_arena *arena, hid_t file, struct sf_cf_variable *variable, struct sf_error *err)
{
  SF_TRY (read_shape (variable, err));
  SF_TRY (read_grid (arena, file, variable, err));
  if (variable->rank == 3)
    SF_TRY (read_first_axis (arena, variable, err));
  return read_meaning (arena, variable, err);
}

enum sf_code
sf_cf_open_variable (struct sf_arena *arena, hid_t file, const char *path, const char *name, struct sf_cf_variable *ret,
                     struct sf_error *err)
{
  struct sf_cf_variable variable = { .path = path, .name = name };
  variable.id = H5Dopen2 (file, name, H5P_DEFAULT);
  if (variable.id < 0)
    return sf_hdf5_fail (err, "%s: cannot open %s", path, name);
  enum sf_code code = read_about (arena, file, &variable, err);
  if (code == SF_OK)
    *ret = variable;
  else
    H5Dclose (variable.id);
  return code;
}

void
sf_cf_close_variable (struct sf_cf_variable *variable)
{
  if (variable->id > 0)
    H5Dclose (variable->id);
  variable->id = -1;
}

enum sf_code
sf_cf_read_values (const struct sf_cf_variable *variable, const hsize_t *start, const hsize_t *count, float *out,
                   struct sf_error *err)
{
  hid_t memory = H5Screate_simple (variable->rank, count, NULL), file = H5Dget_space (variable->id);
  int failed = memory < 0 || file < 0 || H5Sselect_hyperslab (file, H5S_SELECT_SET, start, NULL, count, NULL) < 0
               || H5Dread (variable->id, H5T_NATIVE_FLOAT, memory, file, H5P_DEFAULT, out) < 0;
  enum sf_code code = failed ? sf_hdf5_fail (err, "%s: cannot read %s", variable->path, variable->name) : SF_OK;
  if (memory >= 0)
    H5Sclose (memory);
  if (file >= 0)
    H5Sclose (file);
  size_t cells = 1;
  for (int i = 0; i < variable->rank; i++)
    cells *= (size_t) count[i];
  for (size_t i = 0; code == SF_OK && !isnan (variable->fill) && i < cells; i++)
    if (out[i] == variable->fill)
      out[i] = NAN;
  return code;
}
