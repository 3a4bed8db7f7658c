/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_GSHHG_FILE_H
#define SF_GEODATA_GSHHG_FILE_H

#include "core/base/error.h"

#include <stddef.h>
#include <stdint.h>

/* The arrays of binned_GSHHS_?.nc, a netCDF-4 (HDF5) file. There is no description of the layout but GMT's reader
   (gmt_shore.c, P. Wessel); this is how we understand it.
   - The globe is cut into bins of bin_minutes, bins_x a row, numbered from the north-west corner (90 N, 0 E) eastwards,
     then southwards.
   - Bin b owns the segments bin_first[b] .. bin_first[b] + bin_count[b] - 1.
   - A segment is a run of points within its bin: info = points << 9 | level << 6 | entry << 3 | exit. Sides: 0 south, 1
   east, 2 north, 3 west; 4 means that the segment is a closed ring within the bin. Levels: 1 land, 2 lake, 3 island in
   a lake, 4 pond on such an island; 5 and 6 are Antarctica's two coasts.
   - Points begin at point_first; each is an unsigned 16-bit offset from the bin's south-west corner, 65535 = one bin.
   Where a line goes from bin to bin, the last point of one segment and the first of the next are the same place.
   - polygon_id tells to which polygon a segment belongs; polygons have a parent and an area in km2 (negative for lakes
   that are the two banks of a river).
   - Lines that go from bin to bin have the land on their left (seen in all 2.3.7 lines of 100-125 E, 0-30 N; land and
     islands counter-clockwise, lakes clockwise); rings within one bin run clockwise at every level.
   - node_levels of a bin: the level at its four corners, 3 bits each (SW << 9 | SE << 6 | NE << 3 | NW). */
struct sf_gshhg_file
{
  int32_t bin_minutes, bins_x, bins_y;
  size_t bins, segments, points, polygons;
  int32_t *bin_first;
  int16_t *bin_count, *node_levels;
  int32_t *info, *point_first, *polygon_id;
  uint16_t *dx, *dy;
  int32_t *parent;
  double *area_km2;
};

/* Load the whole file and check that every number points into it. Free with sf_gshhg_file_finish. SF_EIO, SF_EFORMAT.
 */
enum sf_code sf_gshhg_file_load (const char *path, struct sf_gshhg_file *ret, struct sf_error *err);
void sf_gshhg_file_finish (struct sf_gshhg_file *file);

#endif
