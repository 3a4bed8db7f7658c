/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_HDF5_HELP_H
#define SF_GEODATA_HDF5_HELP_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <hdf5.h>

#include <stdbool.h>
#include <stdint.h>

/* Small helpers over HDF5 for the netCDF files of this folder; private to them. */

/* HDF5 prints its errors by default: keep it quiet in this thread between begin and end. */
struct sf_hdf5_quiet
{
  H5E_auto2_t function;
  void *data;
};
void sf_hdf5_quiet_begin (struct sf_hdf5_quiet *quiet);
void sf_hdf5_quiet_end (const struct sf_hdf5_quiet *quiet);

/* Fail with SF_EIO and "what: HDF5's reason"; call it right after the failing call. */
enum sf_code sf_hdf5_fail (struct sf_error *err, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

/* Property lists that make the same bytes each time and keep the order of attributes as netCDF-4 wants it; negative on
   failure. The caller closes them. */
hid_t sf_hdf5_new_file_plist (void);
hid_t sf_hdf5_new_dataset_plist (void);

/* Put an attribute; a NULL text is left out. Negative on failure. */
int sf_hdf5_put_text (hid_t object, const char *name, const char *utf8);
int sf_hdf5_put_doubles (hid_t object, const char *name, const double *values, size_t count);
int sf_hdf5_put_float (hid_t object, const char *name, float value);
int sf_hdf5_put_ints (hid_t object, const char *name, const int *values, size_t count);

/* Read an attribute; NULL or false when it is absent or of another type. Texts lie in the arena. */
char *sf_hdf5_get_text (struct sf_arena *arena, hid_t object, const char *name);
bool sf_hdf5_get_doubles (hid_t object, const char *name, double *ret_values, size_t count);

#endif
