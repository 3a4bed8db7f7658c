/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/hdf5_help.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A file that could not be closed, as on a full disk, makes HDF5 1.10 crash when it cleans up at exit; all that is ours is
   closed by then. Only the first call, before anything else of HDF5, has an effect. */
void
sf_hdf5_quiet_begin (struct sf_hdf5_quiet *quiet)
{
  H5dont_atexit ();
  H5Eget_auto2 (H5E_DEFAULT, &quiet->function, &quiet->data);
  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
}

void
sf_hdf5_quiet_end (const struct sf_hdf5_quiet *quiet)
{
  H5Eset_auto2 (H5E_DEFAULT, quiet->function, quiet->data);
}

/* The first entry upwards is the one nearest to the cause. */
static herr_t
take_reason (unsigned n, const H5E_error2_t *error, void *ctx)
{
  char *reason = ctx;
  if (n == 0 && error->desc)
    snprintf (reason, 200, "%s", error->desc);
  return 0;
}

enum sf_code
sf_hdf5_fail (struct sf_error *err, const char *format, ...)
{
  char reason[200] = "HDF5 gives no reason", what[300];
  H5Ewalk2 (H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, reason);
  H5Eclear2 (H5E_DEFAULT);
  va_list args;
  va_start (args, format);
  vsnprintf (what, sizeof what, format, args);
  va_end (args);
  return sf_fail (err, SF_EIO, "%s: %s", what, reason);
}

hid_t
sf_hdf5_new_file_plist (void)
{
  hid_t plist = H5Pcreate (H5P_FILE_CREATE);
  unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  if (plist >= 0
      && (H5Pset_obj_track_times (plist, false) < 0 || H5Pset_link_creation_order (plist, order) < 0
          || H5Pset_attr_creation_order (plist, order) < 0))
    {
      H5Pclose (plist);
      return -1;
    }
  return plist;
}

hid_t
sf_hdf5_new_dataset_plist (void)
{
  hid_t plist = H5Pcreate (H5P_DATASET_CREATE);
  if (plist >= 0
      && (H5Pset_obj_track_times (plist, false) < 0
          || H5Pset_attr_creation_order (plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0))
    {
      H5Pclose (plist);
      return -1;
    }
  return plist;
}

/* Takes space over. */
static int
put (hid_t object, const char *name, hid_t type, hid_t space, const void *value)
{
  hid_t attribute = space < 0 ? -1 : H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  int failed = attribute < 0 || H5Awrite (attribute, type, value) < 0;
  if (attribute >= 0)
    failed |= H5Aclose (attribute) < 0;
  if (space >= 0)
    H5Sclose (space);
  return failed ? -1 : 0;
}

int
sf_hdf5_put_text (hid_t object, const char *name, const char *utf8)
{
  if (!utf8)
    return 0;
  size_t length = strlen (utf8);
  hid_t type = H5Tcopy (H5T_C_S1);
  if (type < 0)
    return -1;
  int failed = H5Tset_size (type, length ? length : 1) < 0 || H5Tset_cset (type, H5T_CSET_UTF8) < 0
               || put (object, name, type, H5Screate (H5S_SCALAR), utf8) < 0;
  H5Tclose (type);
  return failed ? -1 : 0;
}

static hid_t
line_of (size_t count)
{
  hsize_t size = count;
  return H5Screate_simple (1, &size, NULL);
}

int
sf_hdf5_put_doubles (hid_t object, const char *name, const double *values, size_t count)
{
  return put (object, name, H5T_NATIVE_DOUBLE, line_of (count), values);
}

int
sf_hdf5_put_float (hid_t object, const char *name, float value)
{
  return put (object, name, H5T_NATIVE_FLOAT, line_of (1), &value);
}

int
sf_hdf5_put_ints (hid_t object, const char *name, const int *values, size_t count)
{
  return put (object, name, H5T_NATIVE_INT, line_of (count), values);
}

static char *
read_variable_text (struct sf_arena *arena, hid_t attribute, hid_t type)
{
  char *raw = NULL, *text = NULL;
  hid_t space = H5Aget_space (attribute);
  if (H5Sget_simple_extent_npoints (space) == 1 && H5Aread (attribute, type, &raw) >= 0 && raw)
    text = sf_arena_strdup (arena, raw);
  if (raw)
    H5free_memory (raw);
  H5Sclose (space);
  return text;
}

static char *
read_text (struct sf_arena *arena, hid_t attribute, hid_t type)
{
  if (H5Tget_class (type) != H5T_STRING)
    return NULL;
  if (H5Tis_variable_str (type) > 0)
    return read_variable_text (arena, attribute, type);
  size_t length = H5Tget_size (type);
  char *text = sf_arena_calloc (arena, length + 1, 1);
  return text && H5Aget_storage_size (attribute) == length && H5Aread (attribute, type, text) >= 0 ? text : NULL;
}

char *
sf_hdf5_get_text (struct sf_arena *arena, hid_t object, const char *name)
{
  if (H5Aexists (object, name) <= 0)
    return NULL;
  hid_t attribute = H5Aopen (object, name, H5P_DEFAULT);
  if (attribute < 0)
    return NULL;
  hid_t type = H5Aget_type (attribute);
  char *text = type >= 0 ? read_text (arena, attribute, type) : NULL;
  if (type >= 0)
    H5Tclose (type);
  H5Aclose (attribute);
  return text;
}

bool
sf_hdf5_get_doubles (hid_t object, const char *name, double *ret_values, size_t count)
{
  if (H5Aexists (object, name) <= 0)
    return false;
  hid_t attribute = H5Aopen (object, name, H5P_DEFAULT);
  if (attribute < 0)
    return false;
  hid_t space = H5Aget_space (attribute), type = H5Aget_type (attribute);
  bool good = H5Sget_simple_extent_npoints (space) == (hssize_t) count && H5Tget_class (type) != H5T_STRING
              && H5Aread (attribute, H5T_NATIVE_DOUBLE, ret_values) >= 0;
  H5Tclose (type);
  H5Sclose (space);
  H5Aclose (attribute);
  return good;
}
