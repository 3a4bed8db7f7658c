/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/approach.h"

#include "geodata/sphere.h"

#include <math.h>

enum
{
  TIE_PER_KM = 1000000 /* a millimetre: what doubles of degrees leave undecided */
};

/* The fraction of the piece from sample i on that is nearest to the place, in a plane between the two. */
static double
nearest_fraction (const struct sf_storm_path *path, size_t i, double lon_deg, double lat_deg)
{
  double squeeze = cos (0.5 * (lat_deg + path->lat_deg[i]) * M_PI / 180);
  double x0 = squeeze * sf_sphere_wrap_lon_deg (path->lon_deg[i] - lon_deg), y0 = path->lat_deg[i] - lat_deg;
  double dx = squeeze * (path->lon_deg[i + 1] - path->lon_deg[i]), dy = path->lat_deg[i + 1] - path->lat_deg[i];
  double length2 = dx * dx + dy * dy;
  return length2 > 0 ? fmax (0, fmin (1, -(x0 * dx + y0 * dy) / length2)) : 0;
}

struct sf_approach
sf_approach_find (const struct sf_storm_path *path, double lon_deg, double lat_deg)
{
  struct sf_approach best = { .distance_km = INFINITY };
  for (size_t i = 0; i < path->count; i++)
    {
      double t = i + 1 < path->count ? nearest_fraction (path, i, lon_deg, lat_deg) : 0;
      struct sf_storm_point at = sf_storm_path_point (path, i, t);
      double km = sf_sphere_distance_km (lon_deg, lat_deg, at.lon_deg, at.lat_deg);
      if (km < best.distance_km - 1.0 / TIE_PER_KM)
        best = (struct sf_approach){ .at = at, .distance_km = km };
    }
  best.bearing_deg = sf_sphere_bearing_deg (lon_deg, lat_deg, best.at.lon_deg, best.at.lat_deg);
  return best;
}
