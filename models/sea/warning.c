/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sea/warning.h"

#include <math.h>

const char *
sf_sea_colour_name (enum sf_sea_colour colour, bool zh)
{
  static const char *const names[][2] = { { "blue", "蓝色" }, { "yellow", "黄色" },   { "orange", "橙色" },
                                          { "red", "红色" },  { "none", "未达警戒" }, { "unknown", "未知" } };
  return names[colour][zh];
}

static enum sf_sea_colour
lowest_known (const struct sf_sea_levels *levels)
{
  for (int c = 0; c < SF_SEA_COLOURS; c++)
    if (!isnan (levels->m[c]))
      return (enum sf_sea_colour) c;
  return SF_SEA_UNKNOWN;
}

enum sf_code
sf_sea_warn (const struct sf_sea_levels *levels, struct sf_level total, const struct sf_datum_offsets *offsets,
             struct sf_sea_warning *ret, struct sf_error *err)
{
  struct sf_sea_warning warning = { SF_SEA_UNKNOWN, lowest_known (levels), (double) NAN };
  if (warning.lowest == SF_SEA_UNKNOWN || isnan (total.m))
    {
      *ret = warning;
      return SF_OK;
    }
  struct sf_level same;
  SF_TRY (sf_level_convert (total, levels->datum, offsets, &same, err));
  warning.above_m = same.m - levels->m[warning.lowest];
  warning.colour = warning.lowest == SF_SEA_BLUE ? SF_SEA_NO_COLOUR : SF_SEA_UNKNOWN;
  for (int c = 0; c < SF_SEA_COLOURS; c++)
    if (same.m >= levels->m[c])
      warning.colour = (enum sf_sea_colour) c;
  *ret = warning;
  return SF_OK;
}
