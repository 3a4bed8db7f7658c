/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "models/sea/sea_data.h"

#include <math.h>

struct field
{
  const char *key;
  size_t offset;
  int count;
  double min, max;
};

#define FIELD(name, count, min, max)                                                                                   \
  {                                                                                                                    \
#name, offsetof(struct sf_sea_params, name), count, min, max                                                       \
  }

static const struct field fields[] = { FIELD (wind_to_10min, 1, 0.5, 1.5),
                                       FIELD (minimum_depth_m, 1, 1, 100),
                                       FIELD (piece_km, 1, 0.5, 100),
                                       FIELD (rmw_pressure_hpa, SF_SEA_RMW_NODES, 800, 1050),
                                       FIELD (rmw_km, SF_SEA_RMW_NODES, 1, 500),
                                       FIELD (holland_b, 1, 0.5, 3),
                                       FIELD (air_density_kgpm3, 1, 1, 1.3),
                                       FIELD (gradient_factor, 1, 0.5, 1),
                                       FIELD (environment_pressure_hpa, 1, 950, 1050),
                                       FIELD (band_m, 1, 0.4, 5),
                                       FIELD (band_frac, 1, 0.35, 5),
                                       FIELD (arrival_error_h, 1, 0, 24),
                                       FIELD (near_km, 1, 100, 3000) };
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
read_field (const struct sf_yaml *root, const struct field *field, struct sf_sea_params *params, struct sf_error *err)
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

enum sf_code
sf_sea_params_load (struct sf_arena *arena, const char *path, struct sf_sea_params *ret, struct sf_error *err)
{
  const char *keys[FIELDS + 1] = { NULL };
  struct sf_yaml *root = NULL;
  struct sf_sea_params params;
  for (int i = 0; i < FIELDS; i++)
    keys[i] = fields[i].key;
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  for (int i = 0; i < FIELDS; i++)
    SF_TRY (read_field (root, &fields[i], &params, err));
  for (int i = 1; i < SF_SEA_RMW_NODES; i++)
    if (!(params.rmw_pressure_hpa[i] > params.rmw_pressure_hpa[i - 1]))
      return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "rmw_pressure_hpa"), "rmw_pressure_hpa must rise");
  *ret = params;
  return SF_OK;
}

double
sf_sea_rmw_km (const struct sf_sea_params *params, double pc_hpa)
{
  const double *at = params->rmw_pressure_hpa, *km = params->rmw_km;
  if (isnan (pc_hpa))
    return (double) NAN;
  if (pc_hpa <= at[0])
    return km[0];
  for (int i = 1; i < SF_SEA_RMW_NODES; i++)
    if (pc_hpa <= at[i])
      return km[i - 1] + (km[i] - km[i - 1]) * (pc_hpa - at[i - 1]) / (at[i] - at[i - 1]);
  return km[SF_SEA_RMW_NODES - 1];
}
