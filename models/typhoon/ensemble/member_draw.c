/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_draw.h"

#include "geodata/sphere.h"

#include <math.h>

/* One stream of random numbers for each thing that is drawn; never change one that is there. */
enum stream
{
  STREAM_ALONG = 1,
  STREAM_CROSS = 2,
  STREAM_TAIL = 3, /* and 4 */
  STREAM_WIND = 5,
  STREAM_SIZE = 6,
  STREAM_RAPID = 7
};

/* Fill out[n] with normal values of deviation 1 that have the factor's correlation. */
static void
draw_process (const struct sf_draws *draws, enum stream stream, const double *factor, size_t n, double *out,
              double *normals)
{
  sf_draw_normals (draws, stream, normals, n);
  for (size_t i = 0; i < n; i++)
    {
      out[i] = 0;
      for (size_t k = 0; k <= i; k++)
        out[i] += factor[i * n + k] * normals[k];
    }
}

static void
draw_track (const struct sf_member_plan *plan, const struct sf_draws *draws, struct sf_member_errors *errors,
            double *workspace)
{
  size_t n = plan->n;
  double r = plan->along_cross_correlation, rest = sqrt (1 - r * r);
  double w = sqrt (plan->nu / (2 * sf_draw_gamma (draws, STREAM_TAIL, plan->nu / 2)));
  draw_process (draws, STREAM_ALONG, plan->track_factor, n, errors->along_km, workspace);
  draw_process (draws, STREAM_CROSS, plan->track_factor, n, errors->cross_km, workspace);
  for (size_t i = 0; i < n; i++)
    {
      double along = errors->along_km[i], cross = r * along + rest * errors->cross_km[i];
      errors->along_km[i] = w * plan->along_km[i] * along;
      errors->cross_km[i] = w * plan->cross_km[i] * cross;
    }
}

/* The gain of a rapid intensification at each lead, less its mean; added to out. */
static void
add_rapid (const struct sf_member_plan *plan, const struct sf_draws *draws, double *out)
{
  double begin_h = -24 * log (sf_draw_uniform (draws, STREAM_RAPID, 0)) / plan->rapid.rate_per_day;
  double gain = plan->rapid.least_mps - plan->rapid.mean_rest_mps * log (sf_draw_uniform (draws, STREAM_RAPID, 1));
  size_t k = 0;
  while (k + 1 < plan->n && plan->hour[k + 1] <= begin_h)
    k++;
  bool comes = k + 1 < plan->n && plan->rapid_allowed[k];
  for (size_t i = 0; i < plan->n; i++)
    {
      double share = fmin (1, fmax (0, plan->hour[i] - begin_h) / plan->rapid.hours);
      out[i] += (comes ? share * gain : 0) - plan->rapid_mean_mps[i];
    }
}

void
sf_member_draw (const struct sf_member_plan *plan, const struct sf_draws *draws, struct sf_member_errors *errors,
                double *workspace)
{
  size_t n = plan->n;
  double r = plan->size_wind_correlation, rest = sqrt (1 - r * r), *own = workspace + n;
  draw_track (plan, draws, errors, workspace);
  draw_process (draws, STREAM_WIND, plan->wind_factor, n, errors->wind_mps, workspace);
  draw_process (draws, STREAM_SIZE, plan->size_factor, n, own, workspace);
  for (size_t i = 0; i < n; i++)
    {
      errors->size[i] = exp (plan->size[i] * (r * errors->wind_mps[i] + rest * own[i]));
      errors->wind_mps[i] *= plan->wind_mps[i];
    }
  add_rapid (plan, draws, errors->wind_mps);
}

/* The step from sample k to the next in a local plane: km east and north. */
static void
step_km (const double *lon_deg, const double *lat_deg, size_t k, double *ret_east_km, double *ret_north_km)
{
  double km_per_deg = SF_EARTH_RADIUS_KM * M_PI / 180, mid_rad = (lat_deg[k] + lat_deg[k + 1]) / 2 * M_PI / 180;
  *ret_east_km = remainder (lon_deg[k + 1] - lon_deg[k], 360) * cos (mid_rad) * km_per_deg;
  *ret_north_km = (lat_deg[k + 1] - lat_deg[k]) * km_per_deg;
}

void
sf_member_axes (const double *hour, const double *lon_deg, const double *lat_deg, size_t n, double *ret_to_deg)
{
  const double bell_h = 12, still_km = 1;
  for (size_t i = 0; i < n; i++)
    {
      double east_km = 0, north_km = 0;
      for (size_t k = 0; k + 1 < n; k++)
        {
          double east, north, away = ((hour[k] + hour[k + 1]) / 2 - hour[i]) / bell_h, weight = exp (-away * away / 2);
          step_km (lon_deg, lat_deg, k, &east, &north);
          east_km += weight * east;
          north_km += weight * north;
        }
      bool still = hypot (east_km, north_km) < still_km;
      ret_to_deg[i] = !still ? atan2 (east_km, north_km) * 180 / M_PI : i > 0 ? ret_to_deg[i - 1] : 0;
    }
}

void
sf_member_place (double lon_deg, double lat_deg, double to_deg, double along_km, double cross_km, double *ret_lon_deg,
                 double *ret_lat_deg)
{
  const double most_lat_deg = 85;
  double bearing_deg = to_deg + atan2 (cross_km, along_km) * 180 / M_PI;
  sf_sphere_destination (lon_deg, lat_deg, bearing_deg, hypot (along_km, cross_km), ret_lon_deg, ret_lat_deg);
  *ret_lat_deg = fmax (-most_lat_deg, fmin (most_lat_deg, *ret_lat_deg));
}
