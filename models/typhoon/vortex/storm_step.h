/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_STORM_STEP_H
#define SF_MODELS_TYPHOON_VORTEX_STORM_STEP_H

#include "models/typhoon/vortex/inflow.h"
#include "models/typhoon/vortex/vortex.h"
#include "models/typhoon/wind_kernel.h"

/* One storm at one moment: where it is and its wind around it, either a vortex that meets rings or a symmetric profile
   with the storm's motion (wind_kernel.h). Places are seen from the centre on the house's plane: x_km to the east, y_km
   to the north, 111.12 km a degree. */
struct sf_storm_step
{
  bool active; /* false: no wind from this storm at this moment, and no other member counts */
  bool has_rings;
  double lon_deg, lat_deg, cos_lat;
  double spin;     /* +1 anticlockwise, -1 clockwise */
  double reach_km; /* farther places get no wind from it */
  double scale;    /* multiplies every speed: another averaging time */
  enum sf_inflow inflow;
  struct sf_vortex vortex;
  struct sf_wind_eye eye;
};

/* The wind at a place: east and north, in m/s; 0 within 1 m of the centre. Reach is not looked at. */
void sf_storm_step_wind (const struct sf_storm_step *step, double x_km, double y_km, double *u_mps, double *v_mps);

/* The speed around the storm as a table: straight in r^2 between radii, 32 a doubling of r, and along each quadrant
   in 24 equal parts of x / (x + y), which puts the ramps of a vortex on its lines. Nearer than SF_POLAR_MIN_KM the value
   is that of this radius. Against the equations: within 0.25 m/s,
   1.25 where the ring of a force closes between two quadrants (measured by the tests). */
#define SF_POLAR_MIN_KM 1.0
enum
{
  SF_POLAR_PARTS = 24,
  SF_POLAR_COLUMNS = 4 * SF_POLAR_PARTS + 1,
  SF_POLAR_BITS = 4,     /* sixteen pieces a doubling of r^2 */
  SF_POLAR_OCTAVES = 22, /* to 2048 km */
  SF_POLAR_ROWS = (SF_POLAR_OCTAVES << SF_POLAR_BITS) + 1
};

struct sf_polar
{
  int rows; /* filled */
  float mps[SF_POLAR_COLUMNS][SF_POLAR_ROWS];
};

/* Where places lie that a table is for. */
struct sf_polar_view
{
  double near_km;   /* no place is nearer to the centre */
  bool quadrant[4]; /* NE SE SW NW: places may lie there */
};

/* Fill the table out to the step's reach; with a view only those parts that sf_polar_row reads for its places. */
void sf_polar_fill (struct sf_polar *polar, const struct sf_storm_step *step, const struct sf_polar_view *view);

/* Raise the speeds of n places of a row to the table's, x_km = x0_km + i hx_km. All instruction sets give the same bits. */
void sf_polar_row (const struct sf_polar *polar, enum sf_wind_isa isa, float x0_km, float hx_km, float y_km, int n,
                   float *speed_mps);

#endif
