/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/wind_track.h"

#include <inttypes.h>
#include <math.h>

#define PA_PER_HPA 100.0
#define SECONDS_PER_HOUR 3600.0
#define DEG_RAD (M_PI / 180.0)

/* Below this a central pressure is taken for a gap of the record, and the pressure trend after it for unknown
 * (CLIMADA). */
#define TREND_MIN_PC_HPA 850.0

void
sf_wind_track_options_init (struct sf_wind_track_options *options)
{
  *options = (struct sf_wind_track_options){ .model = SF_WIND_H08,
                                             .pn_default_hpa = 1005.0,
                                             .rho_kgpm3 = SF_WIND_RHO_KGPM3,
                                             .surface_factor = SF_WIND_SURFACE_FACTOR,
                                             .vmax_averaging_min = 1,
                                             .exposure = SF_WIND_EXPOSURE_AGENCY,
                                             .first_node = SF_WIND_FIRST_SILENT };
}

static double
value_at (const double *values, size_t i)
{
  return values ? values[i] : NAN;
}

/* Fail when a value is present but outside [low, high]. */
static enum sf_code
check_range (size_t i, const char *what, double value, double low, double high, const char *hint, struct sf_error *err)
{
  if (isnan (value) || (value >= low && value <= high))
    return SF_OK;
  return sf_fail (err, SF_ERANGE, "track fix %zu: %s %g is outside %g to %g: %s", i, what, value, low, high, hint);
}

static enum sf_code
check_position (const struct sf_wind_fixes *fixes, size_t i, struct sf_error *err)
{
  double lon = fixes->lon_deg[i], lat = fixes->lat_deg[i];
  if (!isfinite (lon) || !isfinite (lat))
    return sf_fail (err, SF_EINVAL, "track fix %zu has no position: drop it or interpolate before", i);
  SF_TRY (check_range (i, "latitude", lat, -89.0, 89.0, "are longitude and latitude swapped?", err));
  return check_range (i, "longitude", lon, -360.0, 540.0, "it must be in degrees", err);
}

static enum sf_code
check_times (const struct sf_wind_fixes *fixes, struct sf_error *err)
{
  for (size_t i = 1; i < fixes->n; i++)
    {
      int64_t step = fixes->time_s[i] - fixes->time_s[i - 1], first = fixes->time_s[1] - fixes->time_s[0];
      if (step <= 0)
        return sf_fail (err, SF_EINVAL, "track fix %zu is not later than the one before it", i);
      if (step != first)
        return sf_fail (err, SF_EINVAL,
                        "track fix %zu is %" PRId64 " s after the one before, the first step is %" PRId64
                        " s: interpolate the track to equal steps before",
                        i, step, first);
    }
  return SF_OK;
}

static enum sf_code
check_values (const struct sf_wind_fixes *fixes, size_t i, struct sf_error *err)
{
  SF_TRY (check_position (fixes, i, err));
  SF_TRY (check_range (i, "central pressure", value_at (fixes->pc_hpa, i), 800, 1100, "it must be in hPa", err));
  SF_TRY (check_range (i, "surrounding pressure", value_at (fixes->pn_hpa, i), 900, 1100, "it must be in hPa", err));
  SF_TRY (check_range (i, "maximum wind", value_at (fixes->vmax_mps, i), 0, 150, "it must be in m/s", err));
  double rmw_m = value_at (fixes->rmw_m, i);
  if (rmw_m != 0.0)
    SF_TRY (check_range (i, "radius of maximum wind", rmw_m, 1e3, 600e3, "it must be in m", err));
  if (isnan (value_at (fixes->pc_hpa, i)) && isnan (value_at (fixes->vmax_mps, i)))
    return sf_fail (err, SF_EINVAL,
                    "track fix %zu has neither central pressure nor maximum wind: interpolate one before", i);
  return SF_OK;
}

/* Copy one fix into a node, estimating what is missing. to_one_minute converts the input's wind. */
static void
fill_node (struct sf_wind_node *node, const struct sf_wind_fixes *fixes, size_t i,
           const struct sf_wind_track_options *options, double to_one_minute)
{
  double pc = value_at (fixes->pc_hpa, i), pn = value_at (fixes->pn_hpa, i);
  double vmax = to_one_minute * value_at (fixes->vmax_mps, i), rmw = value_at (fixes->rmw_m, i);
  double lon = remainder (fixes->lon_deg[i], 360.0), lat = fixes->lat_deg[i];
  unsigned filled = 0;
  if (isnan (pc))
    {
      pc = sf_wind_pressure_from_vmax_hpa (lon, lat, vmax);
      filled |= SF_WIND_FILLED_PC;
    }
  if (isnan (vmax))
    {
      vmax = fmax (0.0, sf_wind_vmax_from_pressure_mps (lon, lat, pc));
      filled |= SF_WIND_FILLED_VMAX;
    }
  if (isnan (pn))
    {
      pn = options->pn_default_hpa;
      filled |= SF_WIND_FILLED_PN;
    }
  pc = fmin (pc, pn);
  if (isnan (rmw) || rmw <= 0.0)
    {
      rmw = sf_wind_rmw_from_pressure_m (pc);
      filled |= SF_WIND_FILLED_RMW;
    }
  *node = (struct sf_wind_node){ .time_s = fixes->time_s[i],
                                 .lon_deg = lon,
                                 .lat_deg = lat,
                                 .cos_lat = cos (lat * DEG_RAD),
                                 .pc_hpa = pc,
                                 .pn_hpa = pn,
                                 .vmax_mps = vmax,
                                 .filled = filled };
  node->radial.rmw_m = rmw;
}

/* Set the motion of node from a to b, limited to 30 kn. */
static void
set_motion (struct sf_wind_node *node, const struct sf_wind_node *a, const struct sf_wind_node *b)
{
  double step_s = (double) (b->time_s - a->time_s);
  double north = (b->lat_deg - a->lat_deg) * SF_WIND_M_PER_DEG / step_s;
  double east = (b->lon_deg - a->lon_deg) * SF_WIND_M_PER_DEG * a->cos_lat / step_s;
  double speed = hypot (north, east);
  double limit = speed > SF_WIND_MAX_TRANSLATION_MPS ? SF_WIND_MAX_TRANSLATION_MPS / speed : 1.0;
  node->vt_north_mps = north * limit;
  node->vt_east_mps = east * limit;
  node->vt_mps = speed * limit;
}

static void
set_motions (struct sf_wind_track *track, enum sf_wind_first_node first_node)
{
  struct sf_wind_node *nodes = track->nodes;
  for (size_t k = 1; k < track->n; k++)
    {
      nodes[k].lon_deg = nodes[k - 1].lon_deg + remainder (nodes[k].lon_deg - nodes[k - 1].lon_deg, 360.0);
      set_motion (&nodes[k], &nodes[k - 1], &nodes[k]);
      nodes[k].active = true;
    }
  nodes[0].active = first_node == SF_WIND_FIRST_FORWARD;
  if (nodes[0].active && track->n > 1)
    set_motion (&nodes[0], &nodes[0], &nodes[1]);
}

/* Set b, density and profile of a node; before is the node before it, NULL for the first. */
static void
set_profile (struct sf_wind_node *node, const struct sf_wind_node *before, const struct sf_wind_track_options *options)
{
  struct sf_wind_radial *radial = &node->radial;
  double dp_pa = fmax (SF_WIND_MIN_DP_PA, (node->pn_hpa - node->pc_hpa) * PA_PER_HPA);
  double rho = isnan (options->rho_kgpm3) ? sf_wind_density_kgpm3 (node->lat_deg, node->pc_hpa * PA_PER_HPA, dp_pa)
                                          : options->rho_kgpm3;
  double trend_hpaph = 0.0, factor = options->surface_factor;
  if (before && before->pc_hpa >= TREND_MIN_PC_HPA)
    trend_hpaph = (node->pc_hpa - before->pc_hpa) * SECONDS_PER_HOUR / (double) (node->time_s - before->time_s);
  radial->model = options->model;
  radial->dp_pa = dp_pa;
  radial->rho_kgpm3 = rho;
  radial->f_per_s = options->cyclostrophic ? 0.0 : sf_wind_coriolis_per_s (node->lat_deg);
  radial->surface_factor = options->model == SF_WIND_H1980 ? factor : 1.0;
  radial->in_brackets = options->h10_in_brackets;
  if (options->model == SF_WIND_H1980)
    radial->b = sf_wind_b_h1980 (sf_wind_gradient_mps (node->vmax_mps, node->vt_mps, factor), dp_pa, rho, 1.0);
  else if (options->model == SF_WIND_H10 && options->h10_given_vmax)
    radial->b = sf_wind_b_h1980 (node->vmax_mps, dp_pa, rho, factor);
  else
    radial->b = sf_wind_bs_h08 (dp_pa, trend_hpaph, node->lat_deg, node->vt_mps, factor);
  if (options->model == SF_WIND_H10 && !options->h10_given_vmax)
    node->vmax_mps = sf_wind_vmax_h08_mps (radial->b, dp_pa, rho);
  radial->vmax_mps = node->vmax_mps;
  if (options->model == SF_WIND_H10)
    sf_wind_radial_finish (radial);
}

static double
majority_hemisphere (const struct sf_wind_node *nodes, size_t n)
{
  size_t north = 0, south = 0;
  for (size_t i = 0; i < n; i++)
    {
      north += nodes[i].lat_deg > 0.0;
      south += nodes[i].lat_deg < 0.0;
    }
  return south > north ? -1.0 : 1.0;
}

/* A profile that is not a number everywhere makes no wind (CLIMADA sets such winds to 0): kernels never see a NaN. */
static bool
has_wind (const struct sf_wind_node *node)
{
  return isfinite (sf_wind_radial_mps (&node->radial, node->radial.rmw_m))
         && isfinite (sf_wind_radial_mps (&node->radial, 2.0 * node->radial.rmw_m));
}

enum sf_code
sf_wind_track_init (struct sf_wind_track *track, struct sf_wind_node *nodes, const struct sf_wind_fixes *fixes,
                    const struct sf_wind_track_options *options, struct sf_error *err)
{
  double to_one_minute;
  if (fixes->n == 0)
    return sf_fail (err, SF_EINVAL, "the track is empty: no wind can be computed without a position");
  SF_TRY (sf_wind_averaging_factor (options->vmax_averaging_min, 1, options->exposure, &to_one_minute, err));
  SF_TRY (
      check_range (0, "default surrounding pressure", options->pn_default_hpa, 900, 1100, "it must be in hPa", err));
  SF_TRY (check_times (fixes, err));
  for (size_t i = 0; i < fixes->n; i++)
    SF_TRY (check_values (fixes, i, err));
  for (size_t i = 0; i < fixes->n; i++)
    fill_node (&nodes[i], fixes, i, options, to_one_minute);
  *track = (struct sf_wind_track){ .nodes = nodes,
                                   .n = fixes->n,
                                   .model = options->model,
                                   .step_s = fixes->n > 1 ? fixes->time_s[1] - fixes->time_s[0] : 0,
                                   .hemisphere = majority_hemisphere (nodes, fixes->n) };
  set_motions (track, options->first_node);
  for (size_t i = 0; i < track->n; i++)
    {
      set_profile (&nodes[i], i > 0 ? &nodes[i - 1] : NULL, options);
      nodes[i].active = nodes[i].active && has_wind (&nodes[i]);
    }
  return SF_OK;
}
