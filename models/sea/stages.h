/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_STAGES_H
#define SF_MODELS_SEA_STAGES_H

#include "core/plugin/plugin.h"
#include "models/sea/surge.h"

/* The files that the settings name, or the share folder's. */
enum sf_code sf_sea_load_stations (const struct sf_host *host, struct sf_arena *arena, struct sf_sea_stations *ret,
                                   struct sf_error *err);
enum sf_code sf_sea_load_params (const struct sf_host *host, struct sf_arena *arena, struct sf_sea_params *ret,
                                 struct sf_error *err);

/* What one station's answer is made of. */
struct sf_sea_answer
{
  const struct sf_sea_stations *stations;
  const struct sf_sea_station *station;
  const struct sf_sea_series *series;
  struct sf_sea_peak peak;
  bool has_peak;
  bool has_storm; /* some storm is near some station */
  const char *window_en, *window_zh;
};

/* Add a station's row to station_surge: numbers, the colour of the total and of the band's upper end, and the verdict, in
   both languages. */
enum sf_code sf_sea_add_answer (struct sf_table *table, const struct sf_sea_answer *answer, struct sf_error *err);

/* One function a stage; struct sf_stage says what they take and make. */
enum sf_code sf_sea_run_stations (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_sea_run_surge (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);

#endif
