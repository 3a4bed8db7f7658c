/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_COAST_GSHHG_H
#define SF_GEODATA_COAST_GSHHG_H

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <stdbool.h>
#include <stddef.h>

/* The shoreline of GSHHG (Wessel & Smith 1996, J. Geophys. Res. 101 B4, 8741-8743; LGPL) as closed polygons, assembled
   from GMT's binned netCDF files binned_GSHHS_?.nc. */

/* One land polygon: land (level 1) or an island in a lake (level 3), with its lakes (levels 2 and 4) as holes. */
struct sf_gshhg_polygon
{
  int id;                /* number in the file, by falling area; the same in every box */
  int level;             /* 1 or 3 */
  double whole_area_km2; /* the file's own figure for the outer ring, of the whole polygon even when cut */
  bool cut;              /* the box's border closes it */
  bool mended;           /* a ring crossed or touched itself and was made valid */
  struct sf_geometry
      *geometry; /* longitude and latitude in degrees (WGS 84), valid in the sense of OGC Simple Features */
};

struct sf_gshhg
{
  size_t count; /* by rising id */
  struct sf_gshhg_polygon *polygons;
};

/* A box in whole degrees, 0 <= west < east <= 360. */
struct sf_gshhg_box
{
  int west_deg, south_deg, east_deg, north_deg;
};

/* Load all land of a box. Its edges must be edges of the file's bins (whole degrees in the full resolution). Free with
   sf_gshhg_finish. SF_EIO when the file cannot be read or lacks a variable, SF_EINVAL for a box that does not fit the
   bins, SF_EFORMAT when the pieces do not join, with polygon and place. */
enum sf_code sf_gshhg_load (const char *path, struct sf_gshhg_box box, struct sf_gshhg *ret, struct sf_error *err);
void sf_gshhg_finish (struct sf_gshhg *coast);

#endif
