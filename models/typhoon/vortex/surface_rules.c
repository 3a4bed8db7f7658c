/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "models/typhoon/vortex/surface_wind.h"

enum
{
  CODE_MOST = 65535
};

static enum sf_code
read_gusts (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  static const char *const keys[SF_SURFACE_MINUTES + 1] = { "1", "2", "10", NULL };
  const struct sf_yaml *gust = NULL;
  SF_TRY (sf_yaml_need (root, "gust", SF_YAML_MAPPING, &gust, err));
  SF_TRY (sf_yaml_check_keys (gust, keys, err));
  for (int i = 0; i < SF_SURFACE_MINUTES; i++)
    {
      const struct sf_yaml_number sea_and_land = { keys[i], 1, 3, rules->gust[i], 2 };
      SF_TRY (sf_yaml_numbers (gust, &sea_and_land, 1, err));
    }
  return SF_OK;
}

static enum sf_code
read_terrain (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  static const char *const keys[] = { "radius_km", "gain", "least", "most", NULL };
  const struct sf_yaml_number numbers[] = { { "radius_km", 0.1, 50, &rules->terrain_radius_km, 0 },
                                            { "gain", 0, 5, &rules->terrain_gain, 0 },
                                            { "least", 0, 1, &rules->terrain_least, 0 },
                                            { "most", 1, 3, &rules->terrain_most, 0 } };
  const struct sf_yaml *terrain = NULL;
  SF_TRY (sf_yaml_need (root, "terrain", SF_YAML_MAPPING, &terrain, err));
  SF_TRY (sf_yaml_check_keys (terrain, keys, err));
  return sf_yaml_numbers (terrain, numbers, sizeof numbers / sizeof *numbers, err);
}

static enum sf_code
read_classes (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  const struct sf_yaml *classes = NULL;
  SF_TRY (sf_yaml_need (root, "classes", SF_YAML_MAPPING, &classes, err));
  if (classes->count > SF_SURFACE_CLASSES)
    return sf_yaml_fail (err, SF_ERANGE, classes, "%zu classes: at most %d", classes->count, SF_SURFACE_CLASSES);
  for (size_t i = 0; i < classes->count; i++)
    {
      int64_t code;
      SF_TRY (sf_yaml_int (classes->keys[i], &code, err));
      if (code < 0 || code > CODE_MOST)
        return sf_yaml_fail (err, SF_ERANGE, classes->keys[i], "a class is 0 to %d", CODE_MOST);
      SF_TRY (sf_yaml_double_in (classes->items[i], 1e-5, 3, &rules->z0_m[i], err));
      rules->code[i] = (int) code;
    }
  rules->classes = classes->count;
  return SF_OK;
}

static enum sf_code
read_rules (const struct sf_yaml *root, struct sf_surface_rules *rules, struct sf_error *err)
{
  static const char *const keys[] = { "sea", "land", "gust", "terrain", "classes", NULL };
  const struct sf_yaml_number numbers[]
      = { { "sea", 1e-5, 0.01, &rules->sea_z0_m, 0 }, { "land", 0.011, 3, &rules->land_z0_m, 0 } };
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (sf_yaml_numbers (root, numbers, sizeof numbers / sizeof *numbers, err));
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
