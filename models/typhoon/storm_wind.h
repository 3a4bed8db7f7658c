/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STORM_WIND_H
#define SF_MODELS_TYPHOON_STORM_WIND_H

#include "models/typhoon/stages.h"
#include "models/typhoon/wind_field.h"

/* A storm's wind on a stage's grid, ready for the kernels, as the model's settings say; owns its nodes. */
struct sf_storm_wind
{
  struct sf_wind_node *nodes;
  struct sf_wind_track track;
  struct sf_wind_field field; /* borrows track: the struct must stay where it is */
};

/* Choose the track of the input "tracks", draw its path and prepare its nodes. SF_EUNSUPPORTED for a grid that is not of
   longitude and latitude; else as storm_path.h and wind_track.h say. Close in any case. */
enum sf_code sf_storm_wind_open (const struct sf_host *host, const struct sf_stage_io *io, struct sf_storm_wind *wind,
                                 struct sf_error *err);
void sf_storm_wind_close (struct sf_storm_wind *wind);

#endif
