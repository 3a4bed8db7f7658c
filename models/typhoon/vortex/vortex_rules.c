/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/vortex_rules.h"

#include "core/base/yaml.h"

static const char *const keys[] = { "mean_share", "environment_pressure", "ring7", NULL };

/* Each entry stands for its force and all above, up to the next entry. */
static enum sf_code
read_ring7 (const struct sf_yaml *node, double ring7_km[SF_VORTEX_BEAUFORT], struct sf_error *err)
{
  int last = -1;
  for (size_t i = 0; node && i < node->count; i++)
    {
      int64_t force;
      double km;
      SF_TRY (sf_yaml_int (node->keys[i], &force, err));
      if (force <= last || force >= SF_VORTEX_BEAUFORT)
        return sf_yaml_fail (err, SF_ERANGE, node->keys[i], "force %s: forces 0 to 17, each above the one before",
                             node->keys[i]->text);
      SF_TRY (sf_yaml_double_in (node->items[i], 1, 2000, &km, err));
      last = (int) force;
      for (int f = last; f < SF_VORTEX_BEAUFORT; f++)
        ring7_km[f] = km;
    }
  return SF_OK;
}

static enum sf_code
read_rules (const struct sf_yaml *root, struct sf_vortex_rules *rules, struct sf_error *err)
{
  const struct sf_yaml_number numbers[] = { { "mean_share", 0.1, 1, &rules->mean_share, 0 },
                                            { "environment_pressure", 950, 1050, &rules->environment_hpa, 0 } };
  const struct sf_yaml *ring7 = NULL;
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (sf_yaml_numbers (root, numbers, sizeof numbers / sizeof *numbers, err));
  SF_TRY (sf_yaml_need (root, "ring7", SF_YAML_MAPPING, &ring7, err));
  if (ring7->count == 0)
    return sf_yaml_fail (err, SF_EINVAL, ring7, "'ring7' wants radii by force");
  return read_ring7 (ring7, rules->ring7_km, err);
}

enum sf_code
sf_vortex_rules_load (const char *path, struct sf_vortex_rules *ret_rules, struct sf_error *err)
{
  struct sf_vortex_rules rules = { 0 };
  struct sf_arena arena;
  struct sf_yaml *root = NULL;
  sf_arena_init (&arena);
  enum sf_code code = sf_yaml_load (&arena, path, &root, err);
  if (code == SF_OK)
    code = read_rules (root, &rules, err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    *ret_rules = rules;
  return code;
}

enum sf_code
sf_vortex_rules_load_shared (const char *share_folder, struct sf_vortex_rules *ret_rules, struct sf_error *err)
{
  struct sf_arena arena;
  sf_arena_init (&arena);
  const char *path = sf_arena_printf (&arena, "%s/%s", share_folder, SF_VORTEX_RULES_FILE);
  enum sf_code code
      = path ? sf_vortex_rules_load (path, ret_rules, err) : sf_fail (err, SF_ENOMEM, "out of memory for a file name");
  sf_arena_finish (&arena);
  return code;
}
