/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_set.h"

#include "models/typhoon/ensemble/member_wind.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/wind_profile.h"

#include <math.h>

enum
{
  RINGS = SF_RADII_FORCES * SF_QUADRANTS
};

enum sf_code
sf_member_set_init (struct sf_member_set *set, struct sf_arena *arena, const struct sf_centre_samples *samples,
                    const struct sf_member_rules *rules, const struct sf_lead_table *track_km, size_t members,
                    struct sf_error *err)
{
  struct sf_plan_leads leads = {
    .n = samples->n, .hour = samples->hour, .lead_h = samples->lead_h, .lat_deg = samples->lat_deg, .track_km = track_km
  };
  double **const rows[] = { &set->axis_deg, &set->sea_mps, &set->decay };
  double **const all[] = { &set->lon_deg, &set->lat_deg, &set->size, &set->wind_mps };
  *set = (struct sf_member_set){ .members = members, .n = samples->n, .samples = samples, .rules = rules };
  bool ok = true;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ok &= (*rows[i] = sf_arena_calloc (arena, set->n, sizeof **rows[i])) != NULL;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    ok &= (*all[i] = sf_arena_calloc (arena, members * set->n, sizeof **all[i])) != NULL;
  if (!ok)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu members at %zu leads", members, set->n);
  sf_member_axes (samples->hour, samples->lon_deg, samples->lat_deg, set->n, set->axis_deg);
  return sf_member_plan_init (&set->plan, rules, &leads, err);
}

void
sf_member_set_finish (struct sf_member_set *set)
{
  sf_member_plan_finish (&set->plan);
}

enum sf_code
sf_member_set_draw (struct sf_member_set *set, size_t first, size_t last, struct sf_error *err)
{
  size_t n = set->n;
  double *room = sf_mem_calloc (4 * n, sizeof *room);
  if (!room)
    return sf_fail (err, SF_ENOMEM, "out of memory for the errors of a member");
  for (size_t i = first; i < last; i++)
    {
      struct sf_draws draws = { .seed = set->seed, .storm = set->storm, .member = (uint32_t) i };
      struct sf_member_errors errors
          = { .along_km = room, .cross_km = room + n, .wind_mps = set->wind_mps + i * n, .size = set->size + i * n };
      sf_member_draw (&set->plan, &draws, &errors, room + 2 * n);
      for (size_t k = 0; k < n; k++)
        sf_member_place (set->samples->lon_deg[k], set->samples->lat_deg[k], set->axis_deg[k], errors.along_km[k],
                         errors.cross_km[k], &set->lon_deg[i * n + k], &set->lat_deg[i * n + k]);
    }
  sf_mem_free (room);
  return SF_OK;
}

/* A longitude on the same turn as another. */
static double
turn_to (double lon_deg, double near_deg)
{
  return near_deg + remainder (lon_deg - near_deg, 360);
}

static void
take_in (struct sf_lonlat_box *box, double lon_deg, double lat_deg)
{
  box->west_deg = fmin (box->west_deg, lon_deg);
  box->east_deg = fmax (box->east_deg, lon_deg);
  box->south_deg = fmin (box->south_deg, lat_deg);
  box->north_deg = fmax (box->north_deg, lat_deg);
}

struct sf_lonlat_box
sf_member_set_box (const struct sf_member_set *set)
{
  struct sf_lonlat_box box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t k = 0; k < set->n; k++)
    take_in (&box, set->samples->lon_deg[k], set->samples->lat_deg[k]);
  for (size_t at = 0; at < set->members * set->n; at++)
    take_in (&box, turn_to (set->lon_deg[at], set->samples->lon_deg[at % set->n]), set->lat_deg[at]);
  return box;
}

static struct sf_land_path
land_path (const struct sf_member_set *set, const double *share)
{
  return (struct sf_land_path){ .n = set->n,
                                .hour = set->samples->hour,
                                .land_share = share,
                                .decay_floor = set->rules->decay_floor,
                                .recovery_h = set->rules->recovery_h };
}

void
sf_member_set_decay (struct sf_member_set *set)
{
  const struct sf_centre_samples *samples = set->samples;
  double *share = set->sea_mps; /* the shares are needed until the decay is made, the winds only then */
  for (size_t k = 0; k < set->n; k++)
    share[k] = sf_land_shares_at (set->land, samples->lon_deg[k], samples->lat_deg[k]);
  struct sf_land_path path = land_path (set, share);
  sf_land_decay_of_winds (&path, samples->wind_mps, set->decay);
  for (size_t k = 0; k < set->n; k++)
    set->sea_mps[k] = samples->wind_mps[k] / set->decay[k];
}

enum sf_code
sf_member_set_winds (struct sf_member_set *set, size_t first, size_t last, struct sf_error *err)
{
  size_t n = set->n;
  const struct sf_centre_samples *samples = set->samples;
  double *share = sf_mem_calloc (2 * n, sizeof *share);
  if (!share)
    return sf_fail (err, SF_ENOMEM, "out of memory for the winds of a member");
  double *sea_mps = share + n;
  for (size_t i = first; i < last; i++)
    {
      double *wind_mps = set->wind_mps + i * n;
      struct sf_land_path path = land_path (set, share);
      for (size_t k = 0; k < n; k++)
        {
          double floor_mps = fmin (set->rules->wind_floor_mps, set->sea_mps[k]);
          double ceiling_mps = fmax (set->rules->wind_ceiling_mps, set->sea_mps[k]);
          double lon_deg = turn_to (set->lon_deg[i * n + k], samples->lon_deg[k]);
          share[k] = sf_land_shares_at (set->land, lon_deg, set->lat_deg[i * n + k]);
          sea_mps[k] = isnan (set->sea_mps[k]) ? set->sea_mps[k]
                                               : fmin (ceiling_mps, fmax (floor_mps, set->sea_mps[k] + wind_mps[k]));
        }
      sf_land_decay_along (&path, sea_mps, wind_mps);
    }
  sf_mem_free (share);
  return SF_OK;
}

/* Rings follow the centre's, by wind and size; a force that the member has not has none. Returns the smallest. */
static double
set_rings (const struct sf_member_set *set, size_t k, double wind_mps, double size, struct sf_fix *fix)
{
  static const double threshold_mps[SF_RADII_FORCES] = { 13.9, 24.5, 32.7 };
  double centre_mps = set->samples->wind_mps[k], least_km = INFINITY;
  double ratio = wind_mps > 0 && centre_mps > 0 ? pow (wind_mps / centre_mps, set->rules->ring_exponent) : 1;
  for (int ring = 0; ring < RINGS; ring++)
    {
      bool there = isnan (wind_mps) || wind_mps >= threshold_mps[ring / SF_QUADRANTS];
      double km = set->samples->radii_km[k * RINGS + (size_t) ring] * ratio * size;
      fix->radii_km[ring] = there ? km : (double) NAN;
      least_km = there && km > 0 ? fmin (least_km, km) : least_km;
    }
  return least_km;
}

void
sf_member_set_fix (const struct sf_member_set *set, size_t i, size_t k, struct sf_fix *fix)
{
  const double ring_over_rmw
      = 1.2; /* a ring lies outside the radius of maximum wind, or it would have no wind to meet */
  const struct sf_centre_samples *samples = set->samples;
  size_t at = i * set->n + k;
  struct sf_wind_pressure centre = { .wind_mps = samples->wind_mps[k],
                                     .pressure_hpa = samples->pressure_hpa[k],
                                     .environment_hpa = samples->environment_hpa[k] };
  fix->lon_deg = set->lon_deg[at];
  fix->lat_deg = set->lat_deg[at];
  fix->wind_mps = set->wind_mps[at];
  fix->averaging_min = 2;
  fix->grade = isnan (fix->wind_mps) ? NULL : sf_grade_code (sf_grade_of_wind (fix->wind_mps));
  fix->pressure_hpa = isnan (fix->wind_mps)
                          ? samples->pressure_hpa[k]
                          : sf_member_pressure_hpa (&centre, fix->lon_deg, fix->lat_deg, fix->wind_mps);
  fix->environment_pressure_hpa = centre.environment_hpa;
  double least_ring_km = set_rings (set, k, fix->wind_mps, set->size[at], fix);
  double rmw_km
      = isnan (samples->rmw_km[k]) ? sf_wind_rmw_from_pressure_m (fix->pressure_hpa) / 1000 : samples->rmw_km[k];
  fix->rmw_km = isnan (rmw_km) ? rmw_km : fmin (rmw_km * set->size[at], least_ring_km / ring_over_rmw);
}
