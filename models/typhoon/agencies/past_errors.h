/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_PAST_ERRORS_H
#define SF_MODELS_TYPHOON_AGENCIES_PAST_ERRORS_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stddef.h>
#include <stdint.h>

#define SF_PAST_ERRORS_FILE "typhoon/errors.yaml"
#define SF_PAST_ERRORS_STAGE_FILE "share:" SF_PAST_ERRORS_FILE

/* Position errors of one agency in one year. */
struct sf_past_year
{
  const char *agency, *source;
  int year;
  size_t count;
  const double *lead_h, *mean_km, *cases; /* count of each, leads rising */
};

/* Position errors of several years, and what they say together. */
struct sf_past_errors
{
  size_t years_count;
  const struct sf_past_year *years;
  size_t count;                   /* leads of the pooled table, rising */
  const double *lead_h, *mean_km; /* means over all years and agencies, weighted by cases */
};

/* Load the table; everything is in the arena. Years of leads that differ are pooled lead by lead. SF_EFORMAT or SF_EINVAL
   with file, line and column. */
enum sf_code sf_past_errors_load (struct sf_arena *arena, const char *path, struct sf_past_errors *ret_errors,
                                  struct sf_error *err);
enum sf_code sf_past_errors_load_shared (struct sf_arena *arena, const char *share_folder,
                                         struct sf_past_errors *ret_errors, struct sf_error *err);

/* The mean error at a lead, linear between the leads, towards 0.4 of the first at lead 0 (an analysis has an error, too:
   CMA's was 15 to 23 km in 2020 to 2023, against 75 km at 24 h) and with the last slope beyond the last. NaN for an empty
   table. */
double sf_past_error_mean_km (const struct sf_past_errors *errors, int64_t lead_s);
/* The radius that holds a share (0 < share < 1) of errors whose two components are normal and alike: mean * sqrt (-ln
   (1 - share)) * 2 / sqrt (pi) (Rayleigh). */
double sf_past_error_radius_km (const struct sf_past_errors *errors, int64_t lead_s, double share);

#endif
