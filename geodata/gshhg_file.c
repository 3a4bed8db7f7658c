/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/gshhg_file.h"
#include "core/base/mem.h"

#include <hdf5.h>
#include <string.h>

/* Read a one-dimensional variable as a memory type; *ret is the caller's. */
static enum sf_code
read_array (hid_t file, const char *path, const char *name, hid_t type, size_t item_bytes, void **ret,
            size_t *ret_count, struct sf_error *err)
{
  enum sf_code code = SF_EIO;
  hid_t space = -1, variable = H5Dopen2 (file, name, H5P_DEFAULT);
  void *values = NULL;
  if (variable < 0 || (space = H5Dget_space (variable)) < 0)
    {
      sf_fail (err, SF_EIO, "%s: no variable %s; is it a binned_GSHHS file of GSHHG 2.3?", path, name);
      goto out;
    }
  hssize_t count = H5Sget_simple_extent_npoints (space);
  if (count < 0 || !(values = sf_mem_alloc ((size_t) count * item_bytes)))
    {
      code = sf_fail (err, SF_ENOMEM, "%s: out of memory for %s", path, name);
      goto out;
    }
  if (H5Dread (variable, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    {
      sf_fail (err, SF_EIO, "%s: cannot read %s", path, name);
      goto out;
    }
  *ret = values;
  values = NULL;
  *ret_count = (size_t) count;
  code = SF_OK;
out:
  sf_mem_free (values);
  if (space >= 0)
    H5Sclose (space);
  if (variable >= 0)
    H5Dclose (variable);
  return code;
}

static enum sf_code
read_scalar (hid_t file, const char *path, const char *name, int32_t *ret, struct sf_error *err)
{
  void *values = NULL;
  size_t count = 0;
  SF_TRY (read_array (file, path, name, H5T_NATIVE_INT32, sizeof *ret, &values, &count, err));
  if (count == 1)
    memcpy (ret, values, sizeof *ret);
  sf_mem_free (values);
  return count == 1 ? SF_OK : sf_fail (err, SF_EFORMAT, "%s: %s is not one number", path, name);
}

/* Read an array into *field and demand that it has want items (0: any number, told in *ret_count). */
#define READ(name, type, field, want)                                                                                  \
  do                                                                                                                   \
    {                                                                                                                  \
      size_t count_ = 0;                                                                                               \
      void *values_ = NULL;                                                                                            \
      SF_TRY (read_array (file, path, name, type, sizeof *out->field, &values_, &count_, err));                        \
      out->field = values_;                                                                                            \
      if (want == 0)                                                                                                   \
        want = count_;                                                                                                 \
      if (count_ != want)                                                                                              \
        return sf_fail (err, SF_EFORMAT, "%s: %s has %zu values, expected %zu", path, name, count_, want);             \
    }                                                                                                                  \
  while (0)

static enum sf_code
read_all (hid_t file, const char *path, struct sf_gshhg_file *out, struct sf_error *err)
{
  SF_TRY (read_scalar (file, path, "Bin_size_in_minutes", &out->bin_minutes, err));
  SF_TRY (read_scalar (file, path, "N_bins_in_360_longitude_range", &out->bins_x, err));
  SF_TRY (read_scalar (file, path, "N_bins_in_180_degree_latitude_range", &out->bins_y, err));
  if (out->bin_minutes <= 0 || (int64_t) out->bin_minutes * out->bins_x != 360 * 60
      || (int64_t) out->bin_minutes * out->bins_y != 180 * 60)
    return sf_fail (err, SF_EFORMAT, "%s: %d x %d bins of %d minutes are not the globe", path, out->bins_x, out->bins_y,
                    out->bin_minutes);
  out->bins = (size_t) out->bins_x * (size_t) out->bins_y;
  READ ("Id_of_first_segment_in_a_bin", H5T_NATIVE_INT32, bin_first, out->bins);
  READ ("N_segments_in_a_bin", H5T_NATIVE_INT16, bin_count, out->bins);
  READ ("Embedded_node_levels_in_a_bin", H5T_NATIVE_INT16, node_levels, out->bins);
  READ ("Embedded_npts_levels_exit_entry_for_a_segment", H5T_NATIVE_INT32, info, out->segments);
  READ ("Id_of_first_point_in_a_segment", H5T_NATIVE_INT32, point_first, out->segments);
  READ ("Id_of_GSHHS_ID", H5T_NATIVE_INT32, polygon_id, out->segments);
  /* Stored as signed shorts that mean unsigned ones: read as they are, a conversion would clip. */
  READ ("Relative_longitude_from_SW_corner_of_bin", H5T_NATIVE_INT16, dx, out->points);
  READ ("Relative_latitude_from_SW_corner_of_bin", H5T_NATIVE_INT16, dy, out->points);
  READ ("Id_of_parent_polygons", H5T_NATIVE_INT32, parent, out->polygons);
  READ ("The_km_squared_area_of_polygons", H5T_NATIVE_DOUBLE, area_km2, out->polygons);
  return SF_OK;
}

static enum sf_code
check_references (const char *path, const struct sf_gshhg_file *file, struct sf_error *err)
{
  for (size_t b = 0; b < file->bins; b++)
    if (file->bin_count[b] < 0
        || (file->bin_count[b] > 0
            && (file->bin_first[b] < 0 || (size_t) file->bin_first[b] + (size_t) file->bin_count[b] > file->segments)))
      return sf_fail (err, SF_EFORMAT, "%s: bin %zu points beyond the segments", path, b);
  for (size_t s = 0; s < file->segments; s++)
    {
      int32_t points = file->info[s] >> 9;
      if (points < 2 || file->point_first[s] < 0 || (size_t) file->point_first[s] + (size_t) points > file->points)
        return sf_fail (err, SF_EFORMAT, "%s: segment %zu points beyond the points", path, s);
      if (file->polygon_id[s] < 0 || (size_t) file->polygon_id[s] >= file->polygons)
        return sf_fail (err, SF_EFORMAT, "%s: segment %zu belongs to no polygon", path, s);
    }
  return SF_OK;
}

enum sf_code
sf_gshhg_file_load (const char *path, struct sf_gshhg_file *ret, struct sf_error *err)
{
  struct sf_gshhg_file loaded = { 0 };
  hid_t file = -1;
  /* HDF5 prints its error stack by default; the library must be silent. */
  H5E_BEGIN_TRY { file = H5Fopen (path, H5F_ACC_RDONLY, H5P_DEFAULT); }
  H5E_END_TRY
  if (file < 0)
    return sf_fail (err, SF_EIO, "%s: cannot be opened as HDF5 (Debian package gmt-gshhg-full)", path);
  enum sf_code code = SF_EIO;
  H5E_BEGIN_TRY { code = read_all (file, path, &loaded, err); }
  H5E_END_TRY
  H5Fclose (file);
  if (code == SF_OK)
    code = check_references (path, &loaded, err);
  if (code == SF_OK)
    *ret = loaded;
  else
    sf_gshhg_file_finish (&loaded);
  return code;
}

void
sf_gshhg_file_finish (struct sf_gshhg_file *file)
{
  sf_mem_free (file->bin_first);
  sf_mem_free (file->bin_count);
  sf_mem_free (file->node_levels);
  sf_mem_free (file->info);
  sf_mem_free (file->point_first);
  sf_mem_free (file->polygon_id);
  sf_mem_free (file->dx);
  sf_mem_free (file->dy);
  sf_mem_free (file->parent);
  sf_mem_free (file->area_km2);
  *file = (struct sf_gshhg_file){ 0 };
}
