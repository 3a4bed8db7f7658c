/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sea/level.h"

#include <string.h>

struct sf_level
sf_level_raised (struct sf_level level, double height_m)
{
  return (struct sf_level){ level.m + height_m, level.datum };
}

enum sf_code
sf_level_convert (struct sf_level level, const char *datum, const struct sf_datum_offsets *offsets,
                  struct sf_level *ret, struct sf_error *err)
{
  if (!level.datum || !datum)
    return sf_fail (err, SF_EUNSUPPORTED, "a level whose vertical datum is unknown cannot be added or compared");
  if (strcmp (level.datum, datum) == 0)
    {
      *ret = level;
      return SF_OK;
    }
  for (size_t i = 0; i < offsets->count; i++)
    {
      const struct sf_datum_offset *offset = &offsets->list[i];
      bool forth = strcmp (offset->from, level.datum) == 0 && strcmp (offset->to, datum) == 0;
      bool back = strcmp (offset->to, level.datum) == 0 && strcmp (offset->from, datum) == 0;
      if (!forth && !back)
        continue;
      *ret = (struct sf_level){ level.m + (forth ? offset->m : -offset->m), datum };
      return SF_OK;
    }
  return sf_fail (err, SF_EUNSUPPORTED, "levels on %s and on %s are not added or compared: the step between is unknown",
                  level.datum, datum);
}

enum sf_code
sf_level_above_m (struct sf_level level, struct sf_level other, const struct sf_datum_offsets *offsets, double *ret_m,
                  struct sf_error *err)
{
  struct sf_level same;
  SF_TRY (sf_level_convert (level, other.datum, offsets, &same, err));
  *ret_m = same.m - other.m;
  return SF_OK;
}
