/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/rain_field.h"

#include "models/rain/orography.h"

#include <math.h>

#define KM_PER_DEG 111.12
#define PIECES_PER_KM 4.0
#define RAD (M_PI / 180)

void
sf_rain_table_fill (struct sf_rain_table *table, const struct sf_rcliper *profile, double reach_km)
{
  table->reach_km = fmin (reach_km, (SF_RAIN_TABLE_SIZE - 2) / PIECES_PER_KM);
  for (int i = 0; i < SF_RAIN_TABLE_SIZE; i++)
    table->rate_mmph[i] = (float) sf_rcliper_rate_mmph (profile, i / PIECES_PER_KM);
}

/* One row as seen from the eye: cell i lies x0_km + i * step_km to the east and y_km to the north. */
struct row_view
{
  double x0_km, step_km, y_km;
  int first, last; /* cells within reach; last < first: none */
};

static struct row_view
view_row (const struct sf_gridspec *spec, const struct sf_rain_node *node, double reach_km, int row)
{
  double lat_deg = spec->affine[3] + (row + 0.5) * spec->affine[5];
  double middle_deg = 0.5 * spec->nx * spec->affine[1];
  double west_deg = remainder (spec->affine[0] + middle_deg - node->lon_deg, 360) - middle_deg;
  double squeeze = KM_PER_DEG * cos (0.5 * (lat_deg + node->lat_deg) * RAD);
  struct row_view view = { .x0_km = (west_deg + 0.5 * spec->affine[1]) * squeeze,
                           .step_km = spec->affine[1] * squeeze,
                           .y_km = (lat_deg - node->lat_deg) * KM_PER_DEG,
                           .last = -1 };
  double room = reach_km * reach_km - view.y_km * view.y_km;
  if (!(room > 0) || !(view.step_km > 0))
    return view;
  double first = ceil ((-sqrt (room) - view.x0_km) / view.step_km);
  double last = floor ((sqrt (room) - view.x0_km) / view.step_km);
  view.first = first > 0 ? (int) fmin (first, spec->nx) : 0;
  view.last = last < spec->nx - 1 ? (int) fmax (last, -1) : spec->nx - 1;
  return view;
}

static inline float
look_up (const struct sf_rain_table *table, float r_km)
{
  float at = r_km * (float) PIECES_PER_KM;
  int i = (int) at;
  float part = at - (float) i;
  return table->rate_mmph[i] + part * (table->rate_mmph[i + 1] - table->rate_mmph[i]);
}

static void
add_flat (const struct row_view *view, const struct sf_rain_table *table, float hours, float *row_mm)
{
  float y2 = (float) (view->y_km * view->y_km), x0 = (float) view->x0_km, step = (float) view->step_km;
  for (int i = view->first; i <= view->last; i++)
    {
      float x = x0 + (float) i * step;
      row_mm[i] += hours * look_up (table, sqrtf (x * x + y2));
    }
}

/* The wind's direction is (-y, x) / r, the circle against the clock, turned inwards by the inflow. */
static void
add_over_terrain (const struct row_view *view, const struct sf_rain_table *table, const struct sf_rain_terrain *terrain,
                  double spin, size_t offset, float hours, float *row_mm)
{
  float along = (float) (spin * cos (terrain->inflow_deg * RAD)), inward = (float) sin (terrain->inflow_deg * RAD);
  float gain = (float) terrain->gain, most = (float) terrain->factor_max, y = (float) view->y_km;
  for (int i = view->first; i <= view->last; i++)
    {
      float x = (float) (view->x0_km + i * view->step_km), r = sqrtf (x * x + y * y);
      float scale = r > 0.1F ? 1 / r : 0;
      float east = (-y * along - x * inward) * scale, north = (x * along - y * inward) * scale;
      float slope = east * terrain->slope_east[offset + (size_t) i] + north * terrain->slope_north[offset + (size_t) i];
      row_mm[i] += hours * look_up (table, r) * sf_orography_factor (slope, gain, most);
    }
}

void
sf_rain_add_rows (const struct sf_gridspec *spec, const struct sf_rain_node *node, const struct sf_rain_table *table,
                  const struct sf_rain_terrain *terrain, int row0, int rows, float *total_mm)
{
  if (!(node->hours > 0) || isnan (node->vmax_1min_mps) || isnan (node->lon_deg) || isnan (node->lat_deg))
    return;
  for (int row = row0; row < row0 + rows; row++)
    {
      struct row_view view = view_row (spec, node, table->reach_km, row);
      float *row_mm = total_mm + (size_t) (row - row0) * (size_t) spec->nx;
      if (terrain && terrain->slope_east)
        add_over_terrain (&view, table, terrain, node->lat_deg < 0 ? -1 : 1, (size_t) row * (size_t) spec->nx,
                          (float) node->hours, row_mm);
      else
        add_flat (&view, table, (float) node->hours, row_mm);
    }
}

void
sf_rain_add_rates (const struct sf_rain_node *node, double reach_km, const double *lon_deg, const double *lat_deg,
                   size_t count, double *rates_mmph)
{
  struct sf_rcliper profile;
  double squeezed_lat_deg = (double) NAN, squeeze = 0;
  if (!sf_rcliper_init (&profile, node->vmax_1min_mps))
    return;
  for (size_t p = 0; p < count; p++)
    {
      double y_km = (lat_deg[p] - node->lat_deg) * KM_PER_DEG, turn_deg = lon_deg[p] - node->lon_deg;
      if (!(fabs (y_km) <= reach_km))
        continue;
      /* Points come in rows of one latitude. */
      if (lat_deg[p] != squeezed_lat_deg)
        {
          squeezed_lat_deg = lat_deg[p];
          squeeze = cos (0.5 * (squeezed_lat_deg + node->lat_deg) * RAD);
        }
      double x_km = (fabs (turn_deg) <= 180 ? turn_deg : remainder (turn_deg, 360)) * KM_PER_DEG * squeeze;
      double r_km = sqrt (x_km * x_km + y_km * y_km);
      if (r_km <= reach_km)
        rates_mmph[p] += sf_rcliper_rate_mmph (&profile, r_km);
    }
}
