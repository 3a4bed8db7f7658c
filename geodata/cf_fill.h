/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_CF_FILL_H
#define SF_GEODATA_CF_FILL_H

#include "geodata/cf.h"

/* Writing the values of cubes that lie contiguous in a file; private to the CF files of this folder. */

/* Where a cube's values belong: steps x ny x nx floats from offset_bytes of the file on. */
struct sf_cf_fill
{
  const struct sf_dataset *dataset;
  uint64_t offset_bytes;
};

/* Read the cubes and write them to their places in a file that HDF5 has closed, in blocks of about half a mebibyte that
   options->parallel hands out. The same cubes give the same bytes, whatever the order of blocks. SF_ECANCELLED, SF_ENOMEM,
   SF_EIO, or what reading a cube says. */
enum sf_code sf_cf_fill_cubes (const char *path, const struct sf_cf_fill *cubes, size_t count,
                               const struct sf_cf_options *options, struct sf_error *err);

#endif
