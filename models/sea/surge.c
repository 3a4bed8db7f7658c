/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sea/surge.h"

#include "geodata/sphere.h"
#include "models/sea/inverse_barometer.h"

#include <math.h>

#define LONGEST_GAP_S 86400
#define B_MIN 1.0
#define B_MAX 2.5
#define PA_PER_HPA 100.0
#define M_PER_KM 1000.0

/* --- pressure --- */

static double
between (double a, double b, double part)
{
  if (isnan (a) || isnan (b))
    return isnan (a) ? b : a;
  return a + part * (b - a);
}

/* A storm at a time, straight between the fixes around it; false outside its span and in a gap. */
static bool
storm_at (const struct sf_track *track, int64_t time_s, struct sf_fix *ret)
{
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_record *now = &track->fixes[i], *next = i + 1 < track->fixes_count ? now + 1 : now;
      if (now->valid_s > time_s)
        return false;
      if (now->valid_s != time_s && next->valid_s < time_s)
        continue;
      if (next->valid_s - now->valid_s > LONGEST_GAP_S || (next == now && now->valid_s != time_s))
        return false;
      const struct sf_fix *a = &now->as.track, *b = &next->as.track;
      int64_t span_s = next->valid_s - now->valid_s;
      double part = span_s > 0 ? (double) (time_s - now->valid_s) / (double) span_s : 0;
      *ret = *a;
      ret->lon_deg = a->lon_deg + part * remainder (b->lon_deg - a->lon_deg, 360);
      ret->lat_deg = a->lat_deg + part * (b->lat_deg - a->lat_deg);
      ret->pressure_hpa = between (a->pressure_hpa, b->pressure_hpa, part);
      ret->environment_pressure_hpa = between (a->environment_pressure_hpa, b->environment_pressure_hpa, part);
      ret->wind_mps = between (a->wind_mps, b->wind_mps, part);
      ret->rmw_km = between (a->rmw_km, b->rmw_km, part);
      return true;
    }
  return false;
}

static double
holland_b (const struct sf_sea_params *params, double wind_mps, double drop_hpa)
{
  double gradient_mps = wind_mps / params->gradient_factor;
  if (isnan (gradient_mps) || !(drop_hpa > 0))
    return params->holland_b;
  double b = gradient_mps * gradient_mps * M_E * params->air_density_kgpm3 / (PA_PER_HPA * drop_hpa);
  return fmin (fmax (b, B_MIN), B_MAX);
}

static double
surge_of_storm (const struct sf_fix *storm, const struct sf_sea_params *params, double lon_deg, double lat_deg)
{
  double pn_hpa = storm->environment_pressure_hpa;
  pn_hpa = isnan (pn_hpa) ? params->environment_pressure_hpa : pn_hpa;
  double drop_hpa = pn_hpa - storm->pressure_hpa;
  if (isnan (drop_hpa) || drop_hpa <= 0)
    return isnan (drop_hpa) ? (double) NAN : 0;
  double rmw_km = storm->rmw_km > 0 ? storm->rmw_km : sf_sea_rmw_km (params, storm->pressure_hpa);
  double r_km = sf_sphere_distance_km (storm->lon_deg, storm->lat_deg, lon_deg, lat_deg);
  double pressure_hpa
      = sf_sea_pressure_hpa (storm->pressure_hpa, pn_hpa, rmw_km, holland_b (params, storm->wind_mps, drop_hpa), r_km);
  return sf_sea_inverse_barometer_m (pn_hpa, pressure_hpa);
}

double
sf_sea_pressure_surge_m (const struct sf_tracks *storms, const struct sf_sea_params *params, int64_t time_s,
                         double lon_deg, double lat_deg)
{
  double largest_m = (double) NAN;
  struct sf_fix storm;
  for (size_t t = 0; t < storms->count; t++)
    if (storm_at (&storms->tracks[t], time_s, &storm))
      largest_m = fmax (largest_m, surge_of_storm (&storm, params, lon_deg, lat_deg));
  return largest_m;
}

bool
sf_sea_storm_is_near (const struct sf_tracks *storms, double near_km, int64_t time_s, double lon_deg, double lat_deg)
{
  struct sf_fix storm;
  for (size_t t = 0; t < storms->count; t++)
    if (storm_at (&storms->tracks[t], time_s, &storm)
        && sf_sphere_distance_km (storm.lon_deg, storm.lat_deg, lon_deg, lat_deg) <= near_km)
      return true;
  return false;
}

/* --- wind along the way --- */

/* The depth that stands for a bottom sloping from one to another: the integral of 1 / depth is length / this. */
static double
depth_of_slope_m (double outer_m, double inner_m)
{
  if (outer_m <= 0 || inner_m <= 0 || fabs (outer_m - inner_m) < 1e-6 * outer_m)
    return 0.5 * (outer_m + inner_m);
  return (outer_m - inner_m) / log (outer_m / inner_m);
}

size_t
sf_sea_way_pieces (const struct sf_sea_station *station, double piece_km, struct sf_sea_way_piece *pieces)
{
  size_t count = 0;
  for (size_t i = 0; i + 1 < station->way_count; i++)
    {
      const struct sf_sea_way_point *a = &station->way[i], *b = &station->way[i + 1];
      double length_km = sf_sphere_distance_km (a->lon_deg, a->lat_deg, b->lon_deg, b->lat_deg);
      double bearing_rad = sf_sphere_bearing_deg (a->lon_deg, a->lat_deg, b->lon_deg, b->lat_deg) * M_PI / 180;
      int parts = length_km > piece_km ? (int) ceil (length_km / piece_km) : 1;
      for (int k = 0; k < parts; k++, count++)
        {
          double part = (k + 0.5) / parts, deeper_m = b->depth_m - a->depth_m;
          if (!pieces)
            continue;
          pieces[count]
              = (struct sf_sea_way_piece){ .lon_deg = a->lon_deg + part * (b->lon_deg - a->lon_deg),
                                           .lat_deg = a->lat_deg + part * (b->lat_deg - a->lat_deg),
                                           .length_m = M_PER_KM * length_km / parts,
                                           .depth_m = depth_of_slope_m (a->depth_m + k * deeper_m / parts,
                                                                        a->depth_m + (k + 1) * deeper_m / parts),
                                           .east = sin (bearing_rad),
                                           .north = cos (bearing_rad) };
        }
    }
  return count;
}

struct sf_sea_piece
sf_sea_wind_on_piece (const struct sf_sea_way_piece *piece, double east_mps, double north_mps, double wind_to_10min)
{
  return (struct sf_sea_piece){ .length_m = piece->length_m,
                                .depth_m = piece->depth_m,
                                .wind_mps = wind_to_10min * hypot (east_mps, north_mps),
                                .along_mps = wind_to_10min * (east_mps * piece->east + north_mps * piece->north) };
}

/* --- the peak --- */

static double
or_zero (double value)
{
  return isnan (value) ? 0 : value;
}

/* The highest total when the surge comes `later` hours later. Surge beyond the series is none. */
static double
highest_total_m (const struct sf_sea_series *series, size_t first, long later)
{
  double highest_m = (double) NAN;
  for (size_t i = first; i < series->count; i++)
    {
      long from = (long) i - later;
      double surge_m = from >= 0 && (size_t) from < series->count ? or_zero (series->surge_m[from]) : 0;
      highest_m = fmax (highest_m, series->tide_m[i] + surge_m);
    }
  return highest_m;
}

static double
half_band_m (const struct sf_sea_params *params, double surge_m)
{
  return fmax (params->band_m, params->band_frac * surge_m);
}

static bool
is_higher (const struct sf_sea_series *series, bool has_tide, size_t i, size_t than)
{
  const double *tide = series->tide_m, *surge = series->surge_m;
  if (has_tide)
    return tide[i] + or_zero (surge[i]) > tide[than] + or_zero (surge[than]) || isnan (tide[than]);
  return surge[i] > surge[than] || isnan (surge[than]);
}

bool
sf_sea_find_peak (const struct sf_sea_series *series, size_t first, const struct sf_sea_params *params,
                  struct sf_sea_peak *ret)
{
  struct sf_sea_peak peak = { .hour = first };
  double largest_m = (double) NAN;
  for (size_t i = first; i < series->count; i++)
    {
      peak.has_tide |= !isnan (series->tide_m[i]);
      largest_m = fmax (largest_m, series->surge_m[i]);
    }
  peak.has_surge = !isnan (largest_m);
  if (!peak.has_surge && !peak.has_tide)
    return false;
  for (size_t i = first + 1; i < series->count; i++)
    if (is_higher (series, peak.has_tide, i, peak.hour))
      peak.hour = i;
  peak.surge_m = series->surge_m[peak.hour];
  double half_m = half_band_m (params, peak.surge_m);
  peak.surge_low_m = peak.surge_m < half_m ? 0 : peak.surge_m - half_m;
  peak.surge_high_m = peak.surge_m + half_m;
  peak.total_m = peak.total_low_m = peak.total_high_m = series->tide_m[peak.hour] + or_zero (peak.surge_m);
  long shift = lround (params->arrival_error_h);
  for (long later = -shift; peak.has_surge && later <= shift; later++)
    {
      double total_m = highest_total_m (series, first, later);
      peak.total_low_m = fmin (peak.total_low_m, total_m);
      peak.total_high_m = fmax (peak.total_high_m, total_m);
    }
  if (peak.has_surge)
    {
      peak.total_low_m -= half_band_m (params, largest_m);
      peak.total_high_m += half_band_m (params, largest_m);
    }
  *ret = peak;
  return true;
}
