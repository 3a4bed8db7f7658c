/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STORM_WIND_H
#define SF_MODELS_TYPHOON_STORM_WIND_H

#include "models/typhoon/stages.h"
#include "models/typhoon/storm_ground.h"
#include "models/typhoon/storm_nwp.h"
#include "models/typhoon/storm_outlook.h"
#include "models/typhoon/vortex/storm_field.h"

/* The wind of all storms of the input "storm_tracks" on a stage's grid, ready for the kernels, as the model's settings
   say. One storm without rings, with nothing blended in, goes through wind_field.h; all else through storm_field.h, on
   one axis of time. Without a storm there are no steps. The struct must stay where it is. */
struct sf_storm_winds
{
  struct sf_storm_outlooks outlooks;
  size_t storms, steps;
  int64_t first_s, step_s;

  bool plain;
  struct sf_wind_node *nodes;
  struct sf_wind_track track;
  struct sf_wind_field plain_field;

  struct sf_storm_step **step; /* storms arrays of steps */
  struct sf_storm_field field;
  struct sf_storm_ground ground;
  struct sf_storm_nwp nwp;
};

/* Join, draw and prepare. SF_EUNSUPPORTED for a grid that is not of longitude and latitude; else as storm_path.h,
   wind_track.h and vortex.h say. Close in any case. */
enum sf_code sf_storm_winds_open (const struct sf_host *host, const struct sf_stage_io *io,
                                  struct sf_storm_winds *winds, struct sf_error *err);
void sf_storm_winds_close (struct sf_storm_winds *winds);

int64_t sf_storm_winds_time_s (const struct sf_storm_winds *winds, size_t step);

/* The bytes of workspace for a call on rows rows. */
size_t sf_storm_winds_workspace_bytes (const struct sf_storm_winds *winds, int rows);

/* Maxima and times of thresholds as sf_wind_field_max; thresholds are those of sf_typhoon_forces. */
enum sf_code sf_storm_winds_max (const struct sf_storm_winds *winds, int row0, int rows, void *workspace,
                                 const struct sf_wind_output *output, struct sf_error *err);
/* A window's cells of one step; NaN where nothing was computed. */
enum sf_code sf_storm_winds_step (const struct sf_storm_winds *winds, size_t step, const struct sf_cell_window *window,
                                  void *workspace, float *u_mps, float *v_mps, float *speed_mps, struct sf_error *err);

/* The vortex source of a fix (for its rings), as the settings convert winds. */
struct sf_vortex_source sf_storm_wind_source (const struct sf_host *host, const struct sf_fix *fix,
                                              const struct sf_vortex_rules *rules);

#endif
