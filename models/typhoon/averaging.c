/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/averaging.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const int minutes[] = { 1, 2, 10 };
enum
{
  MINUTES_COUNT = sizeof minutes / sizeof *minutes
};

/* To a 1-minute mean, by exposure, from each of minutes[]. */
static const struct
{
  const char *name;
  double to_one_minute[MINUTES_COUNT];
} exposures[] = {
  [SF_WIND_EXPOSURE_AGENCY] = { "agency", { 1.0, 1.08, 1.16 } },
  [SF_WIND_EXPOSURE_AT_SEA] = { "at-sea", { 1.0, 1.03, 1.0 / 0.93 } },
};

int
sf_wind_exposure_find (const char *name)
{
  for (size_t i = 0; i < sizeof exposures / sizeof *exposures; i++)
    if (strcmp (name, exposures[i].name) == 0)
      return (int) i;
  return -1;
}

const char *
sf_wind_exposure_name (enum sf_wind_exposure exposure)
{
  return exposures[exposure].name;
}

static int
minutes_index (int wanted)
{
  for (int i = 0; i < MINUTES_COUNT; i++)
    if (minutes[i] == wanted)
      return i;
  return -1;
}

enum sf_code
sf_wind_averaging_factor (int from_min, int to_min, enum sf_wind_exposure exposure, double *ret_factor,
                          struct sf_error *err)
{
  int from = minutes_index (from_min), to = minutes_index (to_min);
  if (from < 0 || to < 0)
    return sf_fail (err, SF_ERANGE, "wind averaging time of %d minutes: only 1, 2 and 10 have a factor",
                    from < 0 ? from_min : to_min);
  *ret_factor = exposures[exposure].to_one_minute[from] / exposures[exposure].to_one_minute[to];
  return SF_OK;
}

double
sf_wind_convert_averaging (double v_mps, int from_min, int to_min, enum sf_wind_exposure exposure)
{
  double factor = NAN;
  sf_wind_averaging_factor (from_min, to_min, exposure, &factor, NULL);
  return v_mps * factor;
}
