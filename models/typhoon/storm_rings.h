/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STORM_RINGS_H
#define SF_MODELS_TYPHOON_STORM_RINGS_H

#include "core/plugin/plugin.h"
#include "models/typhoon/vortex/vortex.h"

/* A track's rings at any moment. A fix without any ring after one that has some (CMA's forecasts) takes those of the last
   that had, as sf_vortex_carry_rings moves them. */
struct sf_storm_rings
{
  size_t count; /* fixes with rings; 0: the track has none */
  int64_t *time_s;
  double (*radii_km)[SF_RADII_FORCES * SF_QUADRANTS];
  const struct sf_vortex_rules *rules; /* borrowed */
};

enum sf_code sf_storm_rings_init (struct sf_storm_rings *rings, const struct sf_host *host,
                                  const struct sf_track *track, const struct sf_vortex_rules *rules,
                                  struct sf_error *err);
void sf_storm_rings_finish (struct sf_storm_rings *rings);

/* Straight between the fixes that have rings; NaN before the first of them, the last one's after it. A ring that only one
   of two fixes has is not there between them. */
void sf_storm_rings_at (const struct sf_storm_rings *rings, int64_t time_s,
                        double ret_radii_km[SF_RADII_FORCES * SF_QUADRANTS]);

#endif
