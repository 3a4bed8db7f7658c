/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "models/typhoon/archive/similarity.h"

#include <math.h>
#include <stddef.h>

/* The factors by their names in the file; all are above or at 0, scales above 0. */
static const struct factor
{
  const char *name;
  size_t offset;
  double unit; /* of the file, in the member's */
  bool above_0;
} factors[] = {
  { "shape", offsetof (struct sf_similar_weights, shape), 1, false },
  { "position", offsetof (struct sf_similar_weights, position), 1, false },
  { "season_km_per_day", offsetof (struct sf_similar_weights, season_km), 1, false },
  { "intensity_km_per_mps", offsetof (struct sf_similar_weights, intensity_km), 1, false },
  { "size", offsetof (struct sf_similar_weights, size), 1, false },
  { "unknown_wind_mps", offsetof (struct sf_similar_weights, unknown_mps), 1, false },
  { "back_scale_h", offsetof (struct sf_similar_weights, back_scale_s), 3600, true },
  { "ahead_scale_h", offsetof (struct sf_similar_weights, ahead_scale_s), 3600, true },
};

enum
{
  FACTORS = sizeof factors / sizeof factors[0]
};

static enum sf_code
check_keys (const struct sf_yaml *root, struct sf_error *err)
{
  const char *allowed[FACTORS + 1] = { NULL };
  for (int f = 0; f < FACTORS; f++)
    allowed[f] = factors[f].name;
  return sf_yaml_check_keys (root, allowed, err);
}

static enum sf_code
read_factor (const struct sf_yaml *root, const struct factor *factor, struct sf_similar_weights *weights,
             struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, factor->name);
  double value;
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, root, "%s is missing", factor->name);
  SF_TRY (sf_yaml_double (node, &value, err));
  if (!isfinite (value) || value < 0 || (factor->above_0 && value == 0))
    return sf_yaml_fail (err, SF_ERANGE, node, "%s must be %s 0, not %s", factor->name,
                         factor->above_0 ? "above" : "at least", node->text);
  *(double *) ((char *) weights + factor->offset) = value * factor->unit;
  return SF_OK;
}

enum sf_code
sf_similar_weights_load (const char *path, struct sf_similar_weights *ret_weights, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_yaml *root = NULL;
  struct sf_similar_weights weights = { 0 };
  enum sf_code code = sf_yaml_load (&arena, path, &root, err);
  if (code == SF_OK)
    code = check_keys (root, err);
  for (int f = 0; code == SF_OK && f < FACTORS; f++)
    code = read_factor (root, &factors[f], &weights, err);
  if (code == SF_OK)
    *ret_weights = weights;
  sf_arena_finish (&arena);
  return code;
}
