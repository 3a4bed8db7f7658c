/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/averaging.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/vortex/vortex.h"
#include "models/typhoon/vortex/vortex_profile.h"
#include "models/typhoon/wind_profile.h"

#include <math.h>

#define PA_PER_HPA 100.0

/* A ring this near the radius of maximum wind would make the wind a cliff. */
#define RMW_MARGIN 1.05
/* Where an estimated radius of maximum wind lies beyond a ring, the ring is believed and rmw is this share of it. */
#define RMW_IN_RING 0.7
/* Of two rings the outer must be at least this much larger: else one is not a ring of its own. */
#define ORDER_MARGIN 1.02
/* Beyond the outermost ring the wind falls by between these powers of the radius: an inverse square root to the 1.5th
   power brackets observed outer winds (Holland, Belanger & Fritz 2010, Fig. 7: x 0.4 to 0.6 with b near 1.5). */
#define TAIL_MIN_POWER 0.5
#define TAIL_MAX_POWER 1.5

/* The rings' places among the vortex's forces (12, 10, 8, 7, 6), and the other way round. */
static const int level_of_ring[SF_RADII_FORCES] = { 3, 1, 0 };
static const int ring_of_level[SF_VORTEX_FORCES] = { 2, 1, -1, 0, -1 };

const char *
sf_ring_reason (enum sf_ring_state state, bool zh)
{
  switch (state)
    {
    case SF_RING_ABOVE_VMAX:
      return zh ? "给出了该级风圈，但最大风速低于该级" : "a ring is given, but the maximum wind is below its force";
    case SF_RING_INSIDE_RMW:
      return zh ? "风圈位于给定的最大风速半径之内" : "the ring lies inside the given radius of maximum wind";
    case SF_RING_ORDER:
      return zh ? "风圈不小于下一级风圈" : "the ring is not inside the next lower force's";
    case SF_RING_NOWHERE:
      return zh ? "四个象限均为0，但最大风速达到该级" : "0 in all quadrants, but the maximum wind reaches the force";
    default:
      return "";
    }
}

/* What is known of the storm after the gaps are filled. */
struct storm
{
  double vmax_mps, rmw_km, b;
  bool rmw_given;
};

static enum sf_code
check (const struct sf_vortex_source *source, struct sf_error *err)
{
  if (!source->rules)
    return sf_fail (err, SF_EINVAL, "a vortex wants its rules");
  if (!(fabs (source->lat_deg) <= 90) || !isfinite (source->lon_deg))
    return sf_fail (err, SF_EINVAL, "a vortex wants a position, not %g, %g", source->lon_deg, source->lat_deg);
  if (isnan (source->vmax_mps) && isnan (source->pressure_hpa))
    return sf_fail (err, SF_EINVAL, "a vortex wants a maximum wind or a central pressure");
  if (source->vmax_mps < 0 || source->vmax_mps > 150)
    return sf_fail (err, SF_ERANGE, "maximum wind %g m/s: 0 to 150", source->vmax_mps);
  if (source->pressure_hpa < 800 || source->pressure_hpa > 1100)
    return sf_fail (err, SF_ERANGE, "central pressure %g hPa: 800 to 1100", source->pressure_hpa);
  if (source->rmw_km < 0 || source->rmw_km > 600)
    return sf_fail (err, SF_ERANGE, "radius of maximum wind %g km: 0 to 600", source->rmw_km);
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    if (source->radii_km[i] < 0 || source->radii_km[i] > 3000)
      return sf_fail (err, SF_ERANGE, "a ring of %g km: 0 to 3000", source->radii_km[i]);
  return SF_OK;
}

/* The relations are of 1-minute winds as agencies compare them. */
static struct storm
fill_storm (const struct sf_vortex_source *source)
{
  double pressure = source->pressure_hpa, vmax = source->vmax_mps;
  double one_minute = sf_wind_convert_averaging (vmax, 2, 1, SF_WIND_EXPOSURE_AGENCY);
  double around = isnan (source->environment_hpa) ? source->rules->environment_hpa : source->environment_hpa;
  if (isnan (pressure))
    pressure = sf_wind_pressure_from_vmax_hpa (source->lon_deg, source->lat_deg, one_minute);
  if (isnan (vmax))
    {
      one_minute = fmax (1, sf_wind_vmax_from_pressure_mps (source->lon_deg, source->lat_deg, pressure));
      vmax = sf_wind_convert_averaging (one_minute, 1, 2, SF_WIND_EXPOSURE_AGENCY);
    }
  struct storm storm = { .vmax_mps = fmax (vmax, 0.1), .rmw_km = source->rmw_km, .rmw_given = source->rmw_km > 0 };
  if (!storm.rmw_given)
    storm.rmw_km = sf_wind_rmw_from_pressure_m (pressure) / 1000;
  double dp_pa = fmax (SF_WIND_MIN_DP_PA, (around - pressure) * PA_PER_HPA);
  storm.b = sf_wind_b_h1980 (one_minute, dp_pa, SF_WIND_RHO_KGPM3, SF_WIND_SURFACE_FACTOR);
  return storm;
}

/* The rings as they are going to be used: NaN where there is none. */
struct rings
{
  enum sf_ring_state state[SF_RADII_FORCES][SF_QUADRANTS];
  double km[SF_RADII_FORCES][SF_QUADRANTS];
};

static double
ring_mps (int ring)
{
  return sf_vortex_threshold_mps[level_of_ring[ring]];
}

static void
drop (struct rings *rings, int ring, int q, enum sf_ring_state why)
{
  rings->state[ring][q] = why;
  rings->km[ring][q] = (double) NAN;
}

static void
take_force (struct rings *rings, const struct sf_vortex_source *source, double share, double vmax_mps, int ring)
{
  const double *given = source->radii_km + ring * SF_QUADRANTS;
  bool nowhere = given[0] == 0 && given[1] == 0 && given[2] == 0 && given[3] == 0, below = ring_mps (ring) >= vmax_mps;
  for (int q = 0; q < SF_QUADRANTS; q++)
    {
      rings->km[ring][q] = share * given[q];
      rings->state[ring][q] = SF_RING_MET;
      if (isnan (given[q]))
        drop (rings, ring, q, SF_RING_ABSENT);
      else if (given[q] == 0)
        drop (rings, ring, q, nowhere && !below ? SF_RING_NOWHERE : SF_RING_NOT_REACHED);
      else if (below)
        drop (rings, ring, q, SF_RING_ABOVE_VMAX);
    }
}

/* Of two rings out of order the wider one, of the weaker force, is kept. */
static void
check_quadrant (struct rings *rings, const struct storm *storm, int q)
{
  double outer_km = INFINITY;
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    {
      double km = rings->km[ring][q];
      if (rings->state[ring][q] == SF_RING_NOT_REACHED)
        outer_km = 0;
      if (isnan (km))
        continue;
      if (storm->rmw_given && km < RMW_MARGIN * storm->rmw_km)
        drop (rings, ring, q, SF_RING_INSIDE_RMW);
      else if (km * ORDER_MARGIN > outer_km)
        drop (rings, ring, q, SF_RING_ORDER);
      else
        outer_km = km;
    }
}

static bool
has_ring (const struct rings *rings, int q)
{
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    if (!isnan (rings->km[ring][q]) || rings->state[ring][q] == SF_RING_NOT_REACHED)
      return true;
  return false;
}

/* The mean of a force's rings over the quadrants that have one; NaN if none has. */
static double
mean_ring (const struct rings *rings, int ring)
{
  double sum = 0;
  int count = 0;
  for (int q = 0; q < SF_QUADRANTS; q++)
    if (!isnan (rings->km[ring][q]))
      {
        sum += rings->km[ring][q];
        count++;
      }
  return count ? sum / count : (double) NAN;
}

/* Quadrants of which nothing is known get the mean of the others; returns whether no quadrant knows anything, and
   force 7 its usual extent. */
static bool
fill_quadrants (struct rings *rings, const struct sf_vortex_rules *rules, double share, double vmax_mps)
{
  double means[SF_RADII_FORCES];
  bool known[SF_QUADRANTS], any = false;
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    means[ring] = mean_ring (rings, ring);
  for (int q = 0; q < SF_QUADRANTS; q++)
    any |= known[q] = has_ring (rings, q);
  if (!any)
    {
      int force = sf_beaufort_of_wind (vmax_mps);
      force = force < 0 ? 0 : force >= SF_VORTEX_BEAUFORT ? SF_VORTEX_BEAUFORT - 1 : force;
      means[0] = rules->ring7_km[force] > 0 && vmax_mps > ring_mps (0) ? share * rules->ring7_km[force] : (double) NAN;
    }
  for (int q = 0; q < SF_QUADRANTS; q++)
    for (int ring = 0; !known[q] && ring < SF_RADII_FORCES; ring++)
      rings->km[ring][q] = means[ring];
  return !any;
}

/* The peak of a quadrant: the storm's, or, where the quadrant does not reach a force that the storm reaches, half way
   from the next lower force that the vortex carries. */
static double
find_peak (const struct rings *rings, double vmax_mps, int q)
{
  static const double below_mps[SF_RADII_FORCES] = { 10.8, 13.9, 24.5 };
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    if (rings->state[ring][q] == SF_RING_NOT_REACHED && ring_mps (ring) < vmax_mps)
      return fmin (vmax_mps, 0.5 * (ring_mps (ring) + below_mps[ring]));
  return vmax_mps;
}

static double
find_rmw (const struct rings *rings, const struct storm *storm, int q)
{
  double smallest = INFINITY;
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    smallest = fmin (smallest, rings->km[ring][q]);
  return smallest < RMW_MARGIN * storm->rmw_km ? RMW_IN_RING * smallest : storm->rmw_km;
}

/* The profile through a quadrant's rings, its tail by the last piece. */
static struct sf_vortex_profile
fit_quadrant (const struct rings *rings, const struct sf_vortex *vortex, int q)
{
  struct sf_vortex_profile profile;
  double usual = 0.5;
  sf_vortex_profile_init (&profile, vortex->peak_mps[q], vortex->rmw_km[q], vortex->b, usual);
  for (int ring = SF_RADII_FORCES - 1; ring >= 0; ring--)
    if (!isnan (rings->km[ring][q]))
      sf_vortex_profile_add (&profile, rings->km[ring][q], ring_mps (ring));
  double last = sf_vortex_profile_last_exponent (&profile);
  double x = isnan (last) ? usual : last;
  profile.tail = fmin (fmax (x, TAIL_MIN_POWER / vortex->b), TAIL_MAX_POWER / vortex->b);
  return profile;
}

/* A ring that the peak lets be is met as it is; what has none is solved. */
static double
find_radius (const struct sf_vortex_profile *profile, const struct rings *rings, int f, int q)
{
  int ring = ring_of_level[f];
  double threshold_mps = sf_vortex_threshold_mps[f];
  if (ring < 0 || isnan (rings->km[ring][q]))
    return sf_vortex_profile_radius_km (profile, threshold_mps);
  return log (threshold_mps) <= profile->log_mps[0] ? rings->km[ring][q] : 0;
}

static void
fill_radii (struct sf_vortex *vortex, const struct rings *rings, int q)
{
  struct sf_vortex_profile profile = fit_quadrant (rings, vortex, q);
  for (int f = 0; f < SF_VORTEX_FORCES; f++)
    vortex->radius_km[f][q] = find_radius (&profile, rings, f, q);
  vortex->tail += profile.tail / SF_QUADRANTS;
}

static double
carry_ring (double km, double threshold_mps, const struct storm *then, const struct storm *now)
{
  if (!(km > 0))
    return km;
  double rmw_km = fmin (then->rmw_km, RMW_IN_RING * km), fallen = log (then->vmax_mps / threshold_mps);
  double exponent = fallen / sf_vortex_g (km / rmw_km, then->b), to_fall = log (now->vmax_mps / threshold_mps);
  if (!(fallen > 0))
    return (double) NAN;
  if (to_fall <= 0)
    return fmin (now->rmw_km, rmw_km);
  return fmin (now->rmw_km, rmw_km) * sf_vortex_outside (to_fall / exponent, now->b);
}

void
sf_vortex_carry_rings (const struct sf_vortex_source *then, struct sf_vortex_source *now)
{
  struct storm before = fill_storm (then), present = fill_storm (now);
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    if (!isnan (now->radii_km[i]))
      return;
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    now->radii_km[i] = carry_ring (then->radii_km[i], ring_mps (i / SF_QUADRANTS), &before, &present);
}

static void
tell (struct sf_vortex_report *report, const struct sf_vortex_source *source, const struct rings *rings,
      const struct sf_vortex *vortex)
{
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    for (int q = 0; q < SF_QUADRANTS; q++)
      {
        double met = vortex->radius_km[level_of_ring[ring]][q];
        report->state[ring][q] = rings->state[ring][q];
        report->given_km[ring][q] = source->radii_km[ring * SF_QUADRANTS + q];
        report->met_km[ring][q] = met > 0 ? met : (double) NAN;
      }
}

enum sf_code
sf_vortex_fit (struct sf_vortex *vortex, const struct sf_vortex_source *source, enum sf_vortex_mode mode,
               struct sf_vortex_report *report, struct sf_error *err)
{
  struct rings rings;
  SF_TRY (check (source, err));
  struct storm storm = fill_storm (source);
  double share = mode == SF_VORTEX_MEAN ? source->rules->mean_share : 1;
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    take_force (&rings, source, share, storm.vmax_mps, ring);
  for (int q = 0; q < SF_QUADRANTS; q++)
    check_quadrant (&rings, &storm, q);
  bool usual_size = fill_quadrants (&rings, source->rules, share, storm.vmax_mps);
  *vortex = (struct sf_vortex){ .mode = mode, .vmax_mps = storm.vmax_mps, .b = storm.b };
  for (int q = 0; q < SF_QUADRANTS; q++)
    {
      vortex->peak_mps[q] = find_peak (&rings, storm.vmax_mps, q);
      vortex->rmw_km[q] = find_rmw (&rings, &storm, q);
      fill_radii (vortex, &rings, q);
    }
  if (report)
    {
      report->usual_size = usual_size;
      tell (report, source, &rings, vortex);
    }
  return SF_OK;
}
