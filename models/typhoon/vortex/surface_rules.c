/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "models/typhoon/vortex/surface_wind.h"

enum
{
  CODE_MOST = 65535
};

static enum sf_code
to_number (const struct sf_yaml *node, double low, double high, double *ret_value, struct sf_error *err)
{
  double value;
  SF_TRY (sf_yaml_double (node, &value, err));
  if (!(value >= low && value <= high))
    return sf_yaml_fail (err, SF_ERANGE, node, "%g is outside %g to %g", value, low, high);
  *ret_value = value;
  return SF_OK;
}

static enum sf_code
read_number (const struct sf_yaml *parent, const char *key, double low, double high, double *ret_value,
             struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (parent, key);
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, parent, "the ground's rules want '%s'", key);
  return to_number (node, low, high, ret_value, err);
}

/* The value of a key that must be there and of a kind. */
static enum sf_code
find (const struct sf_yaml *root, const char *key, enum sf_yaml_kind kind, const struct sf_yaml **ret_node,
      struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, key);
  enum sf_code code = node && node->kind == kind ? SF_OK : SF_EINVAL;
  if (code == SF_OK)
    *ret_node = node;
  else
    sf_yaml_fail (err, code, node ? node : root, "the ground's rules want '%s' as %s", key, sf_yaml_kind_name (kind));
  return code;
}

static enum sf_code
read_gusts (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  static const char *const keys[SF_SURFACE_MINUTES + 1] = { "1", "2", "10", NULL };
  const struct sf_yaml *gust = NULL, *pair = NULL;
  SF_TRY (find (root, "gust", SF_YAML_MAPPING, &gust, err));
  SF_TRY (sf_yaml_check_keys (gust, keys, err));
  for (int i = 0; i < SF_SURFACE_MINUTES; i++)
    {
      SF_TRY (find (gust, keys[i], SF_YAML_SEQUENCE, &pair, err));
      if (pair->count != 2)
        return sf_yaml_fail (err, SF_EINVAL, pair, "a gust factor at sea and one in-land");
      for (int j = 0; j < 2; j++)
        SF_TRY (to_number (pair->items[j], 1, 3, &rules->gust[i][j], err));
    }
  return SF_OK;
}

static enum sf_code
read_terrain (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  static const char *const keys[] = { "radius_km", "gain", "least", "most", NULL };
  const struct sf_yaml *terrain = NULL;
  SF_TRY (find (root, "terrain", SF_YAML_MAPPING, &terrain, err));
  SF_TRY (sf_yaml_check_keys (terrain, keys, err));
  SF_TRY (read_number (terrain, "radius_km", 0.1, 50, &rules->terrain_radius_km, err));
  SF_TRY (read_number (terrain, "gain", 0, 5, &rules->terrain_gain, err));
  SF_TRY (read_number (terrain, "least", 0, 1, &rules->terrain_least, err));
  return read_number (terrain, "most", 1, 3, &rules->terrain_most, err);
}

static enum sf_code
read_classes (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  const struct sf_yaml *classes = NULL;
  SF_TRY (find (root, "classes", SF_YAML_MAPPING, &classes, err));
  if (classes->count > SF_SURFACE_CLASSES)
    return sf_yaml_fail (err, SF_ERANGE, classes, "%zu classes: at most %d", classes->count, SF_SURFACE_CLASSES);
  for (size_t i = 0; i < classes->count; i++)
    {
      int64_t code;
      SF_TRY (sf_yaml_int (classes->keys[i], &code, err));
      if (code < 0 || code > CODE_MOST)
        return sf_yaml_fail (err, SF_ERANGE, classes->keys[i], "a class is 0 to %d", CODE_MOST);
      SF_TRY (to_number (classes->items[i], 1e-5, 3, &rules->z0_m[i], err));
      rules->code[i] = (int) code;
    }
  rules->classes = classes->count;
  return SF_OK;
}

static enum sf_code
read_rules (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  static const char *const keys[] = { "sea", "land", "gust", "terrain", "classes", NULL };
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (read_number (root, "sea", 1e-5, 0.01, &rules->sea_z0_m, err));
  SF_TRY (read_number (root, "land", 0.011, 3, &rules->land_z0_m, err));
  SF_TRY (read_gusts (root, rules, err));
  SF_TRY (read_terrain (root, rules, err));
  return read_classes (root, rules, err);
}

enum sf_code
sf_surface_rules_load_shared (const char *share_folder, struct sf_surface_rules *ret_rules, struct sf_error *err)
{
  struct sf_surface_rules rules = { 0 };
  struct sf_arena arena;
  struct sf_yaml *root = NULL;
  sf_arena_init (&arena);
  const char *path = sf_arena_printf (&arena, "%s/%s", share_folder, SF_SURFACE_RULES_FILE);
  enum sf_code code
      = path ? sf_yaml_load (&arena, path, &root, err) : sf_fail (err, SF_ENOMEM, "out of memory for a file name");
  if (code == SF_OK)
    code = read_rules (root, &rules, err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    *ret_rules = rules;
  return code;
}
