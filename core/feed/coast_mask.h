/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_COAST_MASK_H
#define SF_CORE_FEED_COAST_MASK_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdint.h>

/* Which side of the coast a place is on, out of a small file that the build makes of the coast (see
   geodata/tools/make_coast_mask.c): rows of runs. Near the shore, harbours and estuaries included, both sides are right. */
struct sf_coast_mask;

enum sf_coast_side
{
  SF_COAST_UNKNOWN, /* outside the mask, or no number */
  SF_COAST_SEA,
  SF_COAST_SHORE,
  SF_COAST_LAND
};

/* Load a mask, in the arena. SF_EFORMAT when it is not one, or damaged. */
enum sf_code sf_coast_mask_load (struct sf_arena *arena, const char *path, struct sf_coast_mask **ret_mask,
                                 struct sf_error *err);
enum sf_coast_side sf_coast_mask_at (const struct sf_coast_mask *mask, double lon_deg, double lat_deg);

/* The file, little-endian: the magic, then f64 west, south, step in degrees, u32 columns, rows; for each row from the south u32
   its runs; then all runs, u16 length, u16 side. The lengths of a row sum up to columns. */
#define SF_COAST_MAGIC "SFCOAST1"

#endif
