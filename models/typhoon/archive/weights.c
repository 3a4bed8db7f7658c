/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "models/typhoon/archive/similarity.h"

#include <math.h>

/* The factors as the file names them, in the order of `values` below. All are at or above 0, scales above 0. */
enum factor
{
  SHAPE,
  POSITION,
  SEASON,
  INTENSITY,
  SIZE,
  UNKNOWN_WIND,
  BACK_SCALE,
  AHEAD_SCALE,
  FACTORS
};
static const char *const names[FACTORS + 1]
    = { "shape", "position",         "season_km_per_day", "intensity_km_per_mps",
        "size",  "unknown_wind_mps", "back_scale_h",      "ahead_scale_h" };

static enum sf_code
read_factor (const struct sf_yaml *root, int factor, double *ret_value, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, names[factor]);
  bool above_0 = factor == BACK_SCALE || factor == AHEAD_SCALE;
  double value;
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, root, "%s is missing", names[factor]);
  SF_TRY (sf_yaml_double (node, &value, err));
  if (!isfinite (value) || value < 0 || (above_0 && value == 0))
    return sf_yaml_fail (err, SF_ERANGE, node, "%s must be %s 0, not %s", names[factor], above_0 ? "above" : "at least",
                         node->text);
  *ret_value = value;
  return SF_OK;
}

enum sf_code
sf_similar_weights_load (const char *path, struct sf_similar_weights *ret_weights, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_yaml *root = NULL;
  double values[FACTORS] = { 0 };
  enum sf_code code = sf_yaml_load (&arena, path, &root, err);
  if (code == SF_OK)
    code = sf_yaml_check_keys (root, names, err);
  for (int f = 0; code == SF_OK && f < FACTORS; f++)
    code = read_factor (root, f, &values[f], err);
  if (code == SF_OK)
    *ret_weights = (struct sf_similar_weights){ .shape = values[SHAPE],
                                                .position = values[POSITION],
                                                .season_km = values[SEASON],
                                                .intensity_km = values[INTENSITY],
                                                .size = values[SIZE],
                                                .unknown_mps = values[UNKNOWN_WIND],
                                                .back_scale_s = 3600 * values[BACK_SCALE],
                                                .ahead_scale_s = 3600 * values[AHEAD_SCALE] };
  sf_arena_finish (&arena);
  return code;
}
