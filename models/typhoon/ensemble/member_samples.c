/* SPDX-License-Identifier: Apache-2.0 */
/* The centre track at equal steps, with its rings. */
#include "models/typhoon/ensemble/member_centre.h"

#include "geodata/sphere.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/storm_path.h"

#include <math.h>
#include <string.h>

enum
{
  RINGS = SF_RADII_FORCES * SF_QUADRANTS
};

static enum sf_code
allocate (struct sf_arena *arena, size_t n, struct sf_centre_samples *samples, struct sf_error *err)
{
  double **const arrays[] = { &samples->hour,     &samples->lead_h,       &samples->lon_deg,         &samples->lat_deg,
                              &samples->wind_mps, &samples->pressure_hpa, &samples->environment_hpa, &samples->rmw_km };
  bool ok = (samples->time_s = sf_arena_calloc (arena, n, sizeof *samples->time_s)) != NULL;
  ok &= (samples->radii_km = sf_arena_calloc (arena, n * RINGS, sizeof *samples->radii_km)) != NULL;
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    ok &= (*arrays[i] = sf_arena_calloc (arena, n, sizeof **arrays[i])) != NULL;
  samples->n = n;
  return ok ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for %zu samples of a track", n);
}

static void
copy_path (const struct sf_centre *centre, const struct sf_storm_path *path, const struct sf_member_rules *rules,
           struct sf_centre_samples *samples)
{
  size_t bytes = samples->n * sizeof (double);
  memcpy (samples->time_s, path->time_s, samples->n * sizeof *path->time_s);
  memcpy (samples->lon_deg, path->lon_deg, bytes);
  memcpy (samples->lat_deg, path->lat_deg, bytes);
  memcpy (samples->wind_mps, path->wind_mps, bytes);
  memcpy (samples->pressure_hpa, path->pressure_hpa, bytes);
  memcpy (samples->rmw_km, path->rmw_km, bytes);
  for (size_t i = 0; i < samples->n; i++)
    {
      bool given = !isnan (path->environment_hpa[i]);
      samples->environment_hpa[i] = given ? path->environment_hpa[i] : rules->environment_hpa;
      samples->hour[i] = (double) (path->time_s[i] - centre->base_s) / 3600;
      samples->lead_h[i] = sf_centre_lead_h (centre, path->time_s[i]);
    }
}

/* One ring through the track's fixes; NaN where they have none. */
static enum sf_code
draw_ring (struct sf_arena *arena, const struct sf_track *track, int ring, struct sf_centre_samples *samples,
           struct sf_error *err)
{
  size_t fixes = track->fixes_count;
  int64_t *time_s = sf_arena_calloc (arena, fixes, sizeof *time_s);
  double *values = sf_arena_calloc (arena, fixes, sizeof *values),
         *out = sf_arena_calloc (arena, samples->n, sizeof *out);
  if (!time_s || !values || !out)
    return sf_fail (err, SF_ENOMEM, "out of memory for the rings of a track");
  for (size_t i = 0; i < fixes; i++)
    {
      time_s[i] = track->fixes[i].valid_s;
      values[i] = track->fixes[i].as.track.radii_km[ring];
    }
  sf_track_interp_linear (time_s, values, fixes, SF_STORM_PATH_GAP_S, samples->time_s, samples->n, out);
  for (size_t i = 0; i < samples->n; i++)
    samples->radii_km[i * RINGS + (size_t) ring] = out[i];
  return SF_OK;
}

/* What an analysed ring becomes in a storm of another wind. */
static double
ring_at (double ring_km, double wind_mps, double analysed_mps, const struct sf_member_rules *rules)
{
  bool known = wind_mps > 0 && analysed_mps > 0;
  return known ? ring_km * pow (wind_mps / analysed_mps, rules->ring_exponent) : ring_km;
}

static void
fill_rings (const struct sf_centre *centre, const struct sf_member_rules *rules, struct sf_centre_samples *samples)
{
  const double force12_mps = 32.7;
  for (size_t i = 0; i < samples->n; i++)
    for (int ring = 0; ring < RINGS; ring++)
      {
        double *km = &samples->radii_km[i * RINGS + (size_t) ring];
        if (isnan (*km) && centre->rings && centre->rings->as.track.radii_km[ring] > 0)
          *km = ring_at (centre->rings->as.track.radii_km[ring], samples->wind_mps[i], centre->rings_wind_mps, rules);
        if (isnan (*km) && !centre->rings && ring < SF_QUADRANTS && samples->wind_mps[i] > 0)
          *km = ring_at (rules->usual_ring7_km, samples->wind_mps[i], force12_mps, rules);
      }
}

enum sf_code
sf_centre_sample (struct sf_arena *arena, const struct sf_centre *centre, const struct sf_member_rules *rules,
                  int64_t step_s, struct sf_centre_samples *ret, struct sf_error *err)
{
  struct sf_storm_path path;
  SF_TRY (sf_storm_path_init (&path, &centre->track, SF_TRACK_PATH_SPLINE, step_s, err));
  enum sf_code code = allocate (arena, path.count, ret, err);
  if (code == SF_OK)
    copy_path (centre, &path, rules, ret);
  for (int ring = 0; code == SF_OK && ring < RINGS; ring++)
    code = draw_ring (arena, &centre->track, ring, ret, err);
  if (code == SF_OK)
    fill_rings (centre, rules, ret);
  sf_storm_path_finish (&path);
  return code;
}

void
sf_centre_samples_fix (const struct sf_centre_samples *samples, size_t k, struct sf_fix *fix)
{
  fix->lon_deg = sf_sphere_wrap_lon_deg (samples->lon_deg[k]);
  fix->lat_deg = samples->lat_deg[k];
  fix->wind_mps = samples->wind_mps[k];
  fix->averaging_min = 2;
  fix->grade = isnan (fix->wind_mps) ? NULL : sf_grade_code (sf_grade_of_wind (fix->wind_mps));
  fix->pressure_hpa = samples->pressure_hpa[k];
  fix->environment_pressure_hpa = samples->environment_hpa[k];
  fix->rmw_km = samples->rmw_km[k];
  memcpy (fix->radii_km, samples->radii_km + k * RINGS, RINGS * sizeof *fix->radii_km);
}
