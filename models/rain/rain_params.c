/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/rain_params.h"

#include "core/base/yaml.h"

#include <math.h>
#include <stddef.h>

#define HOUSE_AVERAGING_MIN 2

struct field
{
  const char *key;
  size_t offset;
  int count;
  double min, max;
};

#define FIELD(name, count, min, max)                                                                                   \
  {                                                                                                                    \
#name, offsetof(struct sf_rain_params, name), count, min, max                                                      \
  }

static const struct field fields[] = { FIELD (reach_km, 1, 1, 500),
                                       FIELD (step_min, 1, 1, 60),
                                       FIELD (averaging_min, SF_RAIN_AVERAGINGS, 1, 60),
                                       FIELD (to_1min, SF_RAIN_AVERAGINGS, 1, 2),
                                       FIELD (cv, 1, 0, 5),
                                       FIELD (orography_gain, 1, 0, 1000),
                                       FIELD (orography_factor_max, 1, 1, 10),
                                       FIELD (orography_scale_km, 1, 0.1, 100),
                                       FIELD (inflow_deg, 1, 0, 60),
                                       FIELD (event_mmph, 1, 0.01, 100) };
enum
{
  FIELDS = sizeof fields / sizeof fields[0]
};

static enum sf_code
read_number (const struct sf_yaml *node, const struct field *field, double *ret, struct sf_error *err)
{
  SF_TRY (sf_yaml_double (node, ret, err));
  if (*ret >= field->min && *ret <= field->max)
    return SF_OK;
  return sf_yaml_fail (err, SF_ERANGE, node, "%s must be %g to %g", field->key, field->min, field->max);
}

static enum sf_code
read_field (const struct sf_yaml *root, const struct field *field, struct sf_rain_params *params, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, field->key);
  double *values = (double *) (void *) ((char *) params + field->offset);
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, root, "%s is missing", field->key);
  if (field->count == 1)
    return read_number (node, field, values, err);
  if (node->kind != SF_YAML_SEQUENCE || node->count != (size_t) field->count)
    return sf_yaml_fail (err, SF_EINVAL, node, "%s must be a list of %d numbers", field->key, field->count);
  for (int i = 0; i < field->count; i++)
    SF_TRY (read_number (node->items[i], field, &values[i], err));
  return SF_OK;
}

static enum sf_code
read_all (const struct sf_yaml *root, struct sf_rain_params *params, struct sf_error *err)
{
  const char *keys[FIELDS + 1] = { NULL };
  for (int i = 0; i < FIELDS; i++)
    keys[i] = fields[i].key;
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  for (int i = 0; i < FIELDS; i++)
    SF_TRY (read_field (root, &fields[i], params, err));
  for (int i = 1; i < SF_RAIN_AVERAGINGS; i++)
    if (!(params->averaging_min[i] > params->averaging_min[i - 1]))
      return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "averaging_min"), "averaging_min must rise");
  return SF_OK;
}

enum sf_code
sf_rain_params_load (const char *path, struct sf_rain_params *ret_params, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_rain_params params = { 0 };
  struct sf_yaml *root = NULL;
  enum sf_code code = sf_yaml_load (&arena, path, &root, err);
  if (code == SF_OK)
    code = read_all (root, &params, err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    *ret_params = params;
  return code;
}

double
sf_rain_factor_to_1min (const struct sf_rain_params *params, double averaging_min)
{
  const double *from = params->averaging_min, *factor = params->to_1min;
  double minutes = isnan (averaging_min) ? HOUSE_AVERAGING_MIN : averaging_min;
  if (minutes <= from[0])
    return factor[0];
  for (int i = 1; i < SF_RAIN_AVERAGINGS; i++)
    if (minutes <= from[i])
      return factor[i - 1] + (factor[i] - factor[i - 1]) * (minutes - from[i - 1]) / (from[i] - from[i - 1]);
  return factor[SF_RAIN_AVERAGINGS - 1];
}
