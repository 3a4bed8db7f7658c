/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STORM_PATH_H
#define SF_MODELS_TYPHOON_STORM_PATH_H

#include "core/data/dataset.h"
#include "models/typhoon/track_interp.h"

#include <math.h>

/* Whether a record of a track can be drawn through: it has a position, and its quality is not unreliable. */
static inline bool
sf_storm_fix_is_usable (const struct sf_record *record)
{
  return record->quality < SF_QUALITY_ORIGINAL_UNRELIABLE && !isnan (record->as.track.lon_deg)
         && !isnan (record->as.track.lat_deg);
}

/* A storm's way at any moment between its first and last fix. All arrays belong to the path. */
struct sf_storm_path
{
  const struct sf_track *track; /* borrowed */
  enum sf_track_path kind;
  size_t count;
  int64_t step_s;
  int64_t *time_s;           /* count: equal steps from the first fix; the last fix's own time ends it */
  double *lon_deg, *lat_deg; /* continuous longitudes */
  double *pressure_hpa, *environment_hpa, *wind_mps, *rmw_km; /* linear between fixes that have them, NaN elsewhere */
};

/* The longest gap between fixes that values are drawn across: agencies give 72 h and 120 h and nothing between. */
#define SF_STORM_PATH_GAP_S (48 * 3600)

/* The longest life of a storm that is believed: the longest on record (Freddy 2023) lasted five weeks. */
#define SF_STORM_PATH_LONGEST_S (60 * 86400)

/* Sample a track every step_s seconds and at its last fix. Fixes without a position, of quality unreliable, or at the
   time of the fix before are passed over. A single fix gives a path of one point. SF_EINVAL without any usable fix
   or for a step below 1 s, SF_ERANGE for a track longer than SF_STORM_PATH_LONGEST_S, SF_ENOMEM. */
enum sf_code sf_storm_path_init (struct sf_storm_path *path, const struct sf_track *track, enum sf_track_path kind,
                                 int64_t step_s, struct sf_error *err);
/* The same at the moments axis_s + k step_s only, so that several storms share their moments; a track that has none of
   them gives a path of one point, its first fix moved to the nearest of them. */
enum sf_code sf_storm_path_init_on (struct sf_storm_path *path, const struct sf_track *track, enum sf_track_path kind,
                                    int64_t step_s, int64_t axis_s, struct sf_error *err);
void sf_storm_path_finish (struct sf_storm_path *path);

/* A point of the path. */
struct sf_storm_point
{
  int64_t time_s;
  double lon_deg, lat_deg; /* lon in -180..180 */
  double wind_mps, pressure_hpa;
};

/* The point at fraction t (0..1) of the piece from sample i to i + 1. */
struct sf_storm_point sf_storm_path_point (const struct sf_storm_path *path, size_t i, double t);

/* Motion at sample i, from the sample before (the first: to the next): direction clockwise from north and speed. NaN
   for a path of one point; direction NaN when it stands still. */
void sf_storm_path_motion (const struct sf_storm_path *path, size_t i, double *ret_to_deg, double *ret_mps);

#endif
