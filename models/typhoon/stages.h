/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STAGES_H
#define SF_MODELS_TYPHOON_STAGES_H

#include "core/plugin/plugin.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/storm_outlook.h"
#include "models/typhoon/storm_path.h"

/* The forces whose arrival, end and duration are mapped. */
enum
{
  SF_TYPHOON_FORCES = 4
};
extern const int sf_typhoon_forces[SF_TYPHOON_FORCES]; /* 7, 8, 10, 12 */

/* The option table's choices of drawing a path. */
enum sf_track_path sf_typhoon_path_kind (const struct sf_host *host);
/* The house wind: a fix's wind as a mean over the minutes that products carry (option averaging). NaN stays NaN. */
double sf_typhoon_house_wind (const struct sf_host *host, const struct sf_fix *fix);
int sf_typhoon_averaging_min (const struct sf_host *host);
/* The grade of a fix's wind, taken as a 2-minute mean whatever the products carry. */
enum sf_grade sf_typhoon_grade (const struct sf_host *host, const struct sf_fix *fix);

/* The force of a wind that products carry, and the least such wind of a force. Beaufort forces, like grades, are of the
   2-minute mean (CMA), whatever averaging time the products have. -1 and NaN as in intensity.h. */
int sf_typhoon_force (const struct sf_host *host, double wind_mps);
double sf_typhoon_force_lower_mps (const struct sf_host *host, int force);

/* The time of the cycle, for what has no storm to take a time from; of a stage that needs "cycle_time". */
int64_t sf_typhoon_cycle_s (const struct sf_stage_io *io);

/* The outlooks of a stage that takes "storm_tracks", of the agency that is set. Of several storms, one whose fixes lie more
   than SF_STORM_PATH_LONGEST_S apart is left out with a warning: a wrong date of one must not silence the others. Alone it
   stays, and is refused where its path is drawn. Finish in any case. */
enum sf_code sf_typhoon_open_outlooks (const struct sf_host *host, const struct sf_stage_io *io,
                                       struct sf_storm_outlooks *outlooks, struct sf_error *err);

/* One function a stage; struct sf_stage says what they take and make. */
enum sf_code sf_typhoon_run_match (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_track (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_lines (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_landfall (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_closest (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_cubes (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_hourly (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_wind (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_gust (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_rings (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_areas (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_typhoon_run_counties (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);

#endif
