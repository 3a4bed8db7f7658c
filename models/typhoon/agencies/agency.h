/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_AGENCY_H
#define SF_MODELS_TYPHOON_AGENCIES_AGENCY_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the table of agencies lies, as struct sf_stage.files wants it and below the share folder. */
#define SF_AGENCIES_FILE "typhoon/agencies.yaml"
#define SF_AGENCIES_STAGE_FILE "share:" SF_AGENCIES_FILE

/* Radii of circles around forecast positions that hold a share of the past errors, by lead. One agency's table goes
   with that agency's track only. */
struct sf_cone_table
{
  const char *name;           /* "nhc-2024-atlantic" */
  const char *basin, *source; /* source: where the numbers stand, "recalled" where that was not seen */
  int year;
  double probability; /* 0.667 (NHC), 0.7 (JMA, CMA) */
  bool example;       /* of one storm only: shows the layout, proves nothing */
  size_t count;
  const double *lead_h, *radius_km; /* count of each, leads rising */
};

struct sf_agency
{
  const char *code; /* WMO centre: BABJ, RJTD, PGTW ... */
  const char *name_en, *name_zh;
  const char *authority; /* "official": entitled to forecast for the house's region; "foreign": official elsewhere */
  double averaging_min;  /* of its winds where the feed does not say */
  size_t aliases_count, cones_count;
  const char *const *aliases;        /* other names that feeds use, without regard to case */
  const struct sf_cone_table *cones; /* newest first */
};

/* Everything lives in the arena that it was loaded into. */
struct sf_agencies
{
  size_t count;
  const struct sf_agency *items;
  const struct sf_agency *house; /* whose official forecasts count in the house's region, and whose mean wind is used */
};

/* Load the table of agencies. SF_EFORMAT or SF_EINVAL with file, line and column for an unknown or missing key, a code or
   alias that stands twice, a house that is not in the list, leads that do not rise, a radius below 0. */
enum sf_code sf_agencies_load (struct sf_arena *arena, const char *path, struct sf_agencies *ret_agencies,
                               struct sf_error *err);
/* The same from share_folder/SF_AGENCIES_FILE. */
enum sf_code sf_agencies_load_shared (struct sf_arena *arena, const char *share_folder,
                                      struct sf_agencies *ret_agencies, struct sf_error *err);

/* The agency of a code or alias, NULL when it is unknown or name is NULL. */
const struct sf_agency *sf_agencies_find (const struct sf_agencies *agencies, const char *name);
/* Its code, or name itself where the agency is unknown. */
const char *sf_agencies_code (const struct sf_agencies *agencies, const char *name);

/* An agency's newest cone table that is no example; with examples allowed, an example where nothing else is; NULL: none. */
const struct sf_cone_table *sf_agency_cone (const struct sf_agency *agency, bool allow_example);
/* The radius at a lead: linear between the table's leads and from 0 at lead 0; NaN beyond the last. */
double sf_cone_radius_km (const struct sf_cone_table *table, int64_t lead_s);

#endif
