/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/storm_step.h"

#include <math.h>
#include <string.h>

#define DEG_RAD (M_PI / 180.0)
#define M_PER_KM 1000.0

/* What blows around the centre, and what the storm's motion adds. */
struct parts
{
  double around_mps, inflow_rad, share;
};

static struct parts
parts_of_eye (const struct sf_storm_step *step, double r_km)
{
  double r_m = r_km * M_PER_KM, share = sf_wind_motion_share (r_m, step->eye.radial.rmw_m);
  return (struct parts){ .around_mps = sf_wind_radial_mps (&step->eye.radial, r_m) - step->eye.taken_mps * share,
                         .inflow_rad = DEG_RAD * sf_inflow_deg (step->inflow, r_m / step->eye.radial.rmw_m),
                         .share = share };
}

static void
compose (const struct sf_storm_step *step, struct parts parts, double east, double north, double *u_mps, double *v_mps)
{
  double along = parts.around_mps * cos (parts.inflow_rad), inward = parts.around_mps * sin (parts.inflow_rad);
  double vt_east = step->has_rings ? 0 : step->eye.vt_east_mps, vt_north = step->has_rings ? 0 : step->eye.vt_north_mps;
  *u_mps = step->scale * (-step->spin * along * north - inward * east + vt_east * parts.share);
  *v_mps = step->scale * (step->spin * along * east - inward * north + vt_north * parts.share);
}

void
sf_storm_step_wind (const struct sf_storm_step *step, double x_km, double y_km, double *u_mps, double *v_mps)
{
  double r_km = hypot (x_km, y_km);
  struct parts parts = { 0 };
  *u_mps = *v_mps = 0;
  if (!step->active || r_km <= 1 / M_PER_KM)
    return;
  if (step->has_rings)
    {
      double azimuth_deg = atan2 (x_km, y_km) / DEG_RAD;
      double rmw_km = sf_vortex_between (step->vortex.mode, step->vortex.rmw_km, azimuth_deg);
      parts.around_mps = sf_vortex_wind_mps (&step->vortex, r_km, azimuth_deg);
      parts.inflow_rad = DEG_RAD * sf_inflow_deg (step->inflow, r_km / rmw_km);
    }
  else
    parts = parts_of_eye (step, r_km);
  compose (step, parts, x_km / r_km, y_km / r_km, u_mps, v_mps);
}

/* --- the table --- */

/* r^2 of a row, in units of SF_POLAR_MIN_KM squared. */
static double
square_of (int row)
{
  int octave = row >> SF_POLAR_BITS, piece = row & ((1 << SF_POLAR_BITS) - 1);
  return ldexp (1.0 + piece / (double) (1 << SF_POLAR_BITS), octave);
}

/* The direction of a column, as a point at distance 1 from the centre. */
static void
direction_of (int column, double *east, double *north)
{
  int quadrant = column / SF_POLAR_PARTS % 4;
  double t = column % SF_POLAR_PARTS / (double) SF_POLAR_PARTS, length = hypot (t, 1 - t), a = t / length,
         b = (1 - t) / length;
  *east = quadrant == 0 ? a : quadrant == 1 ? b : quadrant == 2 ? -a : -b;
  *north = quadrant == 0 ? b : quadrant == 1 ? -a : quadrant == 2 ? -b : a;
}

static void
fill_column (struct sf_polar *polar, const struct sf_storm_step *step, int column, int first_row)
{
  double east, north, u, v;
  direction_of (column, &east, &north);
  if (step->has_rings)
    {
      double azimuth_deg = atan2 (east, north) / DEG_RAD;
      struct sf_vortex_profile profile = sf_vortex_profile_at (&step->vortex, azimuth_deg);
      for (int row = first_row; row < polar->rows; row++)
        {
          double r_km = SF_POLAR_MIN_KM * sqrt (square_of (row));
          polar->mps[column][row] = (float) (step->scale * sf_vortex_profile_wind_mps (&profile, r_km));
        }
      return;
    }
  for (int row = first_row; row < polar->rows; row++)
    {
      double r_km = SF_POLAR_MIN_KM * sqrt (square_of (row));
      compose (step, parts_of_eye (step, r_km), east, north, &u, &v);
      polar->mps[column][row] = (float) hypot (u, v);
    }
}

/* The row that a place at near_km begins to read, or one before it: the table is read in float. */
static int
first_row_of (const struct sf_polar *polar, double near_km)
{
  double square = near_km * near_km / (SF_POLAR_MIN_KM * SF_POLAR_MIN_KM);
  int row = 0;
  while (row < polar->rows - 2 && square_of (row + 2) < 0.999 * square)
    row++;
  return row;
}

/* A place on the line between two quadrants reads a column beyond it, with no weight. */
static bool
is_read (const struct sf_polar_view *view, int column)
{
  for (int q = 0; q < 4; q++)
    {
      int past = (column - q * SF_POLAR_PARTS + 4 * SF_POLAR_PARTS) % (4 * SF_POLAR_PARTS);
      if (view->quadrant[q] && past <= SF_POLAR_PARTS + 1)
        return true;
    }
  return false;
}

void
sf_polar_fill (struct sf_polar *polar, const struct sf_storm_step *step, const struct sf_polar_view *view)
{
  double far = step->reach_km * step->reach_km / (SF_POLAR_MIN_KM * SF_POLAR_MIN_KM);
  polar->rows = 2;
  while (polar->rows < SF_POLAR_ROWS && square_of (polar->rows - 1) < 1.001 * far)
    polar->rows++;
  int first = view ? first_row_of (polar, view->near_km) : 0;
  for (int column = 0; column < SF_POLAR_COLUMNS - 1; column++)
    if (!view || is_read (view, column))
      fill_column (polar, step, column, first);
  memcpy (polar->mps[SF_POLAR_COLUMNS - 1] + first, polar->mps[0] + first,
          (size_t) (polar->rows - first) * sizeof (float));
}
