/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_SURGE_H
#define SF_MODELS_SEA_SURGE_H

#include "core/data/dataset.h"
#include "models/sea/sea_data.h"
#include "models/sea/wind_setup.h"

/* The surge by pressure at a place and time, m: that of the storm which presses least there (several storms do not add:
   their lows are one field, and the deepest counts). The storm's pressure and place are taken straight between its
   fixes; a missing radius of maximum wind, pressure around it or Holland B comes from the parameters; B follows wind and
   pressure where both are known: (v / gradient_factor)^2 e rho / dp, within 1 to 2.5 (Holland 1980). NaN where no storm
   has a pressure at that time. */
double sf_sea_pressure_surge_m (const struct sf_tracks *storms, const struct sf_sea_params *params, int64_t time_s,
                                double lon_deg, double lat_deg);

/* Whether a storm's centre is within near_km of a place at that time. */
bool sf_sea_storm_is_near (const struct sf_tracks *storms, double near_km, int64_t time_s, double lon_deg,
                           double lat_deg);

/* A piece of a station's way as winds are wanted for it. */
struct sf_sea_way_piece
{
  double lon_deg, lat_deg; /* its middle */
  double length_m, depth_m;
  double east, north; /* unit vector towards the gauge */
};

/* Cut a station's way into pieces of at most piece_km, outermost first; the depth of a piece on a slope is the logarithmic
   mean of its ends', so that few pieces do. Without room (NULL) it only counts. */
size_t sf_sea_way_pieces (const struct sf_sea_station *station, double piece_km, struct sf_sea_way_piece *pieces);

/* Bring the wind over a piece (east, north; house mean; NaN: none known) into the form of wind_setup.h. */
struct sf_sea_piece sf_sea_wind_on_piece (const struct sf_sea_way_piece *piece, double east_mps, double north_mps,
                                          double wind_to_10min);

/* A station's hours. Surges NaN where not known; the tide above its datum, NaN where not known. */
struct sf_sea_series
{
  size_t count;
  int64_t *time_s; /* an hour apart */
  double *pressure_m, *wind_m, *surge_m, *tide_m;
};

/* The answer for a station: the hour of the highest total (of the highest surge without a tide) and the band around. */
struct sf_sea_peak
{
  size_t hour;
  bool has_surge, has_tide;
  double surge_m, surge_low_m, surge_high_m;
  double total_m, total_low_m, total_high_m;
};

/* Find the peak among hours [first, count). surge_low and surge_high: half the band is max (band_m, band_frac of the
   surge), never below 0. total_low and total_high: the surge may come up to arrival_error_h earlier or later against the
   tide; the lowest and the highest of the peaks that gives, less and more half a band of the largest surge. Hours without a surge have
   the tide alone; without any surge low, total and high are the tide. False where no hour has either. */
bool sf_sea_find_peak (const struct sf_sea_series *series, size_t first, const struct sf_sea_params *params,
                       struct sf_sea_peak *ret);

#endif
