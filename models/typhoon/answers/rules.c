/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/answers/rules.h"

#include "core/base/yaml.h"

#include <stddef.h>
#include <string.h>

const char *const sf_answer_place_names[SF_ANSWER_PLACES] = { "wenchang", "haikou", "sanya", "yongxing" };

enum
{
  MOST_KEYS = 8
};

/* One number of the file: where it stands, where it goes, and the most that makes sense. */
struct limit
{
  const char *group, *key;
  size_t offset;
  double most;
};

static const struct limit limits[] = {
  { "disagreement", "arrival_h", offsetof (struct sf_answer_rules, disagreement.arrival_h), 240 },
  { "disagreement", "landfall_km", offsetof (struct sf_answer_rules, disagreement.landfall_km), 5000 },
  { "disagreement", "force", offsetof (struct sf_answer_rules, disagreement.force), 17 },
  { "disagreement", "rain_share", offsetof (struct sf_answer_rules, disagreement.rain_share), 100 },
  { "disagreement", "track_km", offsetof (struct sf_answer_rules, disagreement.track_km), 5000 },
  { "disagreement", "likely_at", offsetof (struct sf_answer_rules, disagreement.likely_at), 1 },
  { "change", "arrival_h", offsetof (struct sf_answer_rules, change.arrival_h), 240 },
  { "change", "centre_km", offsetof (struct sf_answer_rules, change.centre_km), 5000 },
  { "change", "wind_mps", offsetof (struct sf_answer_rules, change.wind_mps), 100 },
  { "change", "probability", offsetof (struct sf_answer_rules, change.probability), 1 },
  { "fix_table", "past_h", offsetof (struct sf_answer_rules, fixes.past_h), 240 },
  { "fix_table", "ahead_h", offsetof (struct sf_answer_rules, fixes.ahead_h), 240 },
  { "fix_table", "hourly_within_km", offsetof (struct sf_answer_rules, fixes.hourly_within_km), 5000 },
  { "fix_table", "stale_h", offsetof (struct sf_answer_rules, fixes.stale_h), 240 },
};

enum
{
  LIMITS = sizeof limits / sizeof *limits
};

static enum sf_code
need (const struct sf_yaml *owner, const char *key, const struct sf_yaml **ret_node, struct sf_error *err)
{
  *ret_node = sf_yaml_get (owner, key);
  return *ret_node ? SF_OK : sf_yaml_fail (err, SF_EINVAL, owner, "'%s' is missing", key);
}

static enum sf_code
read_limit (const struct sf_yaml *group, const struct limit *limit, struct sf_answer_rules *rules, struct sf_error *err)
{
  static const char *const keys[] = { "value", "source", NULL };
  const struct sf_yaml *node = NULL, *source = NULL;
  SF_TRY (need (group, limit->key, &node, err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (need (node, "source", &source, err));
  double *into = (double *) (void *) ((char *) rules + limit->offset);
  return sf_yaml_numbers (node, &(struct sf_yaml_number){ "value", 0, limit->most, into, 0 }, 1, err);
}

/* All limits of a group, and no other key. */
static enum sf_code
read_group (const struct sf_yaml *root, const char *name, struct sf_answer_rules *rules, struct sf_error *err)
{
  const char *keys[MOST_KEYS] = { NULL };
  size_t count = 0;
  const struct sf_yaml *group = NULL;
  SF_TRY (need (root, name, &group, err));
  for (size_t i = 0; i < LIMITS; i++)
    if (!strcmp (limits[i].group, name) && count + 1 < MOST_KEYS)
      keys[count++] = limits[i].key;
  SF_TRY (sf_yaml_check_keys (group, keys, err));
  for (size_t i = 0; i < LIMITS; i++)
    if (!strcmp (limits[i].group, name))
      SF_TRY (read_limit (group, &limits[i], rules, err));
  return SF_OK;
}

static enum sf_code
read_places (const struct sf_yaml *root, struct sf_answer_rules *rules, struct sf_error *err)
{
  static const char *const names[] = { "wenchang", "haikou", "sanya", "yongxing", NULL };
  static const char *const keys[] = { "longitude", "latitude", NULL };
  const struct sf_yaml *places = NULL, *place = NULL;
  SF_TRY (need (root, "places", &places, err));
  SF_TRY (sf_yaml_check_keys (places, names, err));
  for (int p = 0; p < SF_ANSWER_PLACES; p++)
    {
      SF_TRY (need (places, sf_answer_place_names[p], &place, err));
      SF_TRY (sf_yaml_check_keys (place, keys, err));
      const struct sf_yaml_number numbers[]
          = { { "longitude", -180, 180, &rules->lon_deg[p], 0 }, { "latitude", -90, 90, &rules->lat_deg[p], 0 } };
      SF_TRY (sf_yaml_numbers (place, numbers, 2, err));
    }
  return SF_OK;
}

static enum sf_code
read_all (const struct sf_yaml *root, struct sf_answer_rules *rules, struct sf_error *err)
{
  static const char *const keys[] = { "disagreement", "change", "fix_table", "places", NULL };
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  for (size_t i = 0; i < LIMITS; i++)
    if (i == 0 || strcmp (limits[i].group, limits[i - 1].group) != 0)
      SF_TRY (read_group (root, limits[i].group, rules, err));
  return read_places (root, rules, err);
}

enum sf_code
sf_answer_rules_load (const char *path, struct sf_answer_rules *ret_rules, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_yaml *root = NULL;
  struct sf_answer_rules rules = { 0 };
  enum sf_code code = sf_yaml_load (&arena, path, &root, err);
  if (code == SF_OK)
    code = read_all (root, &rules, err);
  if (code == SF_OK)
    *ret_rules = rules;
  sf_arena_finish (&arena);
  return code;
}
