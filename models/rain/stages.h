/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_STAGES_H
#define SF_MODELS_RAIN_STAGES_H

#include "core/plugin/plugin.h"
#include "models/rain/rain_params.h"
#include "models/rain/rain_storm.h"

/* The parameters that the settings name, or the share folder's. */
enum sf_code sf_rain_load_params (const struct sf_host *host, struct sf_rain_params *ret, struct sf_error *err);
/* All nodes of a tracks dataset's tracks in order of time; NULL: none. */
enum sf_code sf_rain_load_storm (const struct sf_dataset *tracks, const struct sf_rain_params *params,
                                 struct sf_rain_storm *ret, struct sf_error *err);

/* One function a stage; struct sf_stage says what they take and make. */
enum sf_code sf_rain_run_total (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_rain_run_counties (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);

#endif
