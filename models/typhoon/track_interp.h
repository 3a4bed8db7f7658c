/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_TRACK_INTERP_H
#define SF_MODELS_TYPHOON_TRACK_INTERP_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

enum sf_track_path
{
  SF_TRACK_PATH_LINEAR, /* straight between fixes */
  SF_TRACK_PATH_SPLINE, /* cubic with not-a-knot ends; a parabola through 3 fixes, straight through 2 */
};

/* Count the equal steps of step_s seconds from the first to the last time, both in: the size of the arrays that
   sf_track_interpolate fills. A remainder shorter than a step at the end is left out. 0 for n 0 or step_s < 1. */
size_t sf_track_interp_count (const int64_t *time_s, size_t n, int64_t step_s);

/* Fill out_time_s[count] with time_s[0] + k step_s, count being sf_track_interp_count. */
void sf_track_interp_times (const int64_t *time_s, int64_t step_s, size_t count, int64_t *out_time_s);

/* The doubles of workspace that sf_track_interp_path needs for n fixes. */
size_t sf_track_interp_workspace (size_t n);

/* Interpolate positions (degrees) from n fixes at strictly ascending irregular times to count ascending times inside
   them. Longitudes may jump at 180; out_lon_deg is continuous and starts at lon_deg[0], so it may leave the input's
   range; a latitude that would swing beyond a pole stays at it. workspace holds sf_track_interp_workspace (n) doubles. No array may overlap another. SF_EINVAL: n is 0, times
   do not ascend, or a position is missing; the message names the fix. SF_ERANGE: a wanted time lies outside the fixes.
   Spline: de Boor 1978, A Practical Guide to Splines, ch. IV (as scipy interp1d "cubic"). */
enum sf_code sf_track_interp_path (const int64_t *time_s, const double *lon_deg, const double *lat_deg, size_t n,
                                   enum sf_track_path path, const int64_t *at_s, size_t count, double *out_lon_deg,
                                   double *out_lat_deg, double *workspace, struct sf_error *err);

/* Interpolate a variable linearly between the fixes that have it; NaN before the first and after the last of them.
   Times as for sf_track_interp_path, already checked by it. NaN in is missing and bridged only over gaps of at most
   max_gap_s seconds; a longer gap stays NaN. */
void sf_track_interp_linear (const int64_t *time_s, const double *values, size_t n, int64_t max_gap_s,
                             const int64_t *at_s, size_t count, double *out);

#endif
