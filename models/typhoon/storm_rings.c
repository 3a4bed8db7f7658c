/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_rings.h"

#include "models/typhoon/storm_wind.h"

#include <math.h>
#include <string.h>

enum
{
  RADII = SF_RADII_FORCES * SF_QUADRANTS
};

static bool
has_any (const double *radii_km)
{
  for (int i = 0; i < RADII; i++)
    if (radii_km[i] > 0)
      return true;
  return false;
}

static bool
can_carry (const struct sf_vortex_source *source)
{
  return !isnan (source->vmax_mps) || !isnan (source->pressure_hpa);
}

/* Take a fix in when it has rings or can be given those of the last that had; then becomes the last that had. */
static void
take_fix (struct sf_storm_rings *rings, const struct sf_record *record, struct sf_vortex_source source,
          struct sf_vortex_source *last)
{
  if (!sf_storm_fix_is_usable (record))
    return;
  bool own = has_any (source.radii_km);
  if (!own && can_carry (last) && can_carry (&source))
    sf_vortex_carry_rings (last, &source);
  if (!own && rings->count == 0)
    return;
  if (own && can_carry (&source))
    *last = source;
  rings->time_s[rings->count] = record->valid_s;
  memcpy (rings->radii_km[rings->count++], source.radii_km, sizeof source.radii_km);
}

enum sf_code
sf_storm_rings_init (struct sf_storm_rings *rings, const struct sf_host *host, const struct sf_track *track,
                     const struct sf_vortex_rules *rules, struct sf_error *err)
{
  *rings = (struct sf_storm_rings){ .rules = rules };
  rings->time_s = sf_mem_calloc (track->fixes_count, sizeof *rings->time_s);
  rings->radii_km = sf_mem_calloc (track->fixes_count, sizeof *rings->radii_km);
  if (!rings->time_s || !rings->radii_km)
    return sf_fail (err, SF_ENOMEM, "out of memory for the rings of %zu fixes", track->fixes_count);
  struct sf_vortex_source last = { .vmax_mps = NAN, .pressure_hpa = NAN };
  for (size_t i = 0; i < track->fixes_count; i++)
    if (rings->count == 0 || track->fixes[i].valid_s > rings->time_s[rings->count - 1])
      take_fix (rings, &track->fixes[i], sf_storm_wind_source (host, &track->fixes[i].as.track, rules), &last);
  return SF_OK;
}

void
sf_storm_rings_finish (struct sf_storm_rings *rings)
{
  sf_mem_free (rings->time_s);
  sf_mem_free (rings->radii_km);
  *rings = (struct sf_storm_rings){ 0 };
}

void
sf_storm_rings_at (const struct sf_storm_rings *rings, int64_t time_s, double ret_radii_km[RADII])
{
  size_t next = 0;
  while (next < rings->count && rings->time_s[next] < time_s)
    next++;
  size_t last = next > 0 ? next - 1 : 0;
  if (next == rings->count)
    next = last;
  double span = (double) (rings->time_s[next] - rings->time_s[last]);
  double t = span > 0 ? (double) (time_s - rings->time_s[last]) / span : 0;
  bool before = rings->count == 0 || time_s < rings->time_s[0];
  for (int i = 0; i < RADII; i++)
    {
      double a = rings->radii_km[last][i], b = rings->radii_km[next][i];
      ret_radii_km[i] = before ? (double) NAN : t == 0 ? a : t == 1 ? b : a + (b - a) * t;
    }
}
