/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/agency.h"

#include "core/base/yaml.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum
{
  NUMBER_MOST = 20000 /* hours or km: half round the Earth */
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for the table of agencies");
}

/* The value of a key that must be there. */
static enum sf_code
need (const struct sf_yaml *node, const char *key, const struct sf_yaml **ret_value, struct sf_error *err)
{
  *ret_value = sf_yaml_get (node, key);
  return *ret_value ? SF_OK : sf_yaml_fail (err, SF_EINVAL, node, "'%s' is missing", key);
}

static enum sf_code
need_text (const struct sf_yaml *node, const char *key, const char **ret_text, struct sf_error *err)
{
  const struct sf_yaml *value;
  SF_TRY (need (node, key, &value, err));
  if (value->kind != SF_YAML_SCALAR || !value->text[0])
    return sf_yaml_fail (err, SF_EINVAL, value, "'%s' is a text", key);
  *ret_text = value->text;
  return SF_OK;
}

static enum sf_code
need_double (const struct sf_yaml *node, const char *key, double *ret_value, struct sf_error *err)
{
  const struct sf_yaml *value;
  SF_TRY (need (node, key, &value, err));
  return sf_yaml_double (value, ret_value, err);
}

static enum sf_code
read_numbers (struct sf_arena *arena, const struct sf_yaml *node, const char *key, const double **ret_numbers,
              size_t *ret_count, struct sf_error *err)
{
  const struct sf_yaml *list;
  SF_TRY (need (node, key, &list, err));
  if (list->kind != SF_YAML_SEQUENCE || list->count == 0)
    return sf_yaml_fail (err, SF_EINVAL, list, "'%s' is a list of numbers", key);
  double *numbers = sf_arena_calloc (arena, list->count, sizeof *numbers);
  if (!numbers)
    return no_memory (err);
  for (size_t i = 0; i < list->count; i++)
    {
      SF_TRY (sf_yaml_double (list->items[i], &numbers[i], err));
      if (numbers[i] < 0 || numbers[i] > NUMBER_MOST)
        return sf_yaml_fail (err, SF_EINVAL, list->items[i], "'%s' has numbers from 0 to %d", key, NUMBER_MOST);
    }
  *ret_numbers = numbers;
  *ret_count = list->count;
  return SF_OK;
}

static enum sf_code
read_cone (struct sf_arena *arena, const struct sf_yaml *node, struct sf_cone_table *cone, struct sf_error *err)
{
  static const char *const keys[]
      = { "name", "basin", "year", "probability", "example", "source", "lead_h", "radius_km", NULL };
  const struct sf_yaml *year, *example = sf_yaml_get (node, "example");
  int64_t year_value;
  size_t radii;
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (need_text (node, "name", &cone->name, err));
  SF_TRY (need_text (node, "basin", &cone->basin, err));
  SF_TRY (need_text (node, "source", &cone->source, err));
  SF_TRY (need (node, "year", &year, err));
  SF_TRY (sf_yaml_int (year, &year_value, err));
  SF_TRY (need_double (node, "probability", &cone->probability, err));
  if (example)
    SF_TRY (sf_yaml_bool (example, &cone->example, err));
  SF_TRY (read_numbers (arena, node, "lead_h", &cone->lead_h, &cone->count, err));
  SF_TRY (read_numbers (arena, node, "radius_km", &cone->radius_km, &radii, err));
  cone->year = (int) year_value;
  if (!(cone->probability > 0 && cone->probability < 1))
    return sf_yaml_fail (err, SF_EINVAL, node, "probability is between 0 and 1");
  if (radii != cone->count)
    return sf_yaml_fail (err, SF_EINVAL, node, "%zu leads have %zu radii", cone->count, radii);
  for (size_t i = 0; i < cone->count; i++)
    if (cone->lead_h[i] <= (i ? cone->lead_h[i - 1] : 0))
      return sf_yaml_fail (err, SF_EINVAL, node, "leads rise from above 0");
  return SF_OK;
}

static enum sf_code
read_cones (struct sf_arena *arena, const struct sf_yaml *node, struct sf_agency *agency, struct sf_error *err)
{
  if (!node)
    return SF_OK;
  if (node->kind != SF_YAML_SEQUENCE)
    return sf_yaml_fail (err, SF_EINVAL, node, "'cones' is a list");
  struct sf_cone_table *cones = sf_arena_calloc (arena, node->count, sizeof *cones);
  if (!cones)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      SF_TRY (read_cone (arena, node->items[i], &cones[i], err));
      if (i && cones[i].year > cones[i - 1].year)
        return sf_yaml_fail (err, SF_EINVAL, node->items[i], "cones stand newest first");
    }
  agency->cones = cones;
  agency->cones_count = node->count;
  return SF_OK;
}

static enum sf_code
read_aliases (struct sf_arena *arena, const struct sf_yaml *node, struct sf_agency *agency, struct sf_error *err)
{
  if (!node)
    return SF_OK;
  if (node->kind != SF_YAML_SEQUENCE)
    return sf_yaml_fail (err, SF_EINVAL, node, "'aliases' is a list");
  const char **aliases = sf_arena_calloc (arena, node->count, sizeof *aliases);
  if (!aliases)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      if (node->items[i]->kind != SF_YAML_SCALAR)
        return sf_yaml_fail (err, SF_EINVAL, node->items[i], "an alias is a text");
      aliases[i] = node->items[i]->text;
    }
  agency->aliases = aliases;
  agency->aliases_count = node->count;
  return SF_OK;
}

static enum sf_code
read_agency (struct sf_arena *arena, const struct sf_yaml *node, struct sf_agency *agency, struct sf_error *err)
{
  static const char *const keys[] = { "name", "authority", "averaging", "aliases", "cones", NULL };
  static const char *const name_keys[] = { "en", "zh", NULL };
  const struct sf_yaml *name;
  agency->code = node->key;
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (need (node, "name", &name, err));
  SF_TRY (sf_yaml_check_keys (name, name_keys, err));
  SF_TRY (need_text (name, "en", &agency->name_en, err));
  SF_TRY (need_text (name, "zh", &agency->name_zh, err));
  SF_TRY (need_text (node, "authority", &agency->authority, err));
  if (strcmp (agency->authority, "official") != 0 && strcmp (agency->authority, "foreign") != 0)
    return sf_yaml_fail (err, SF_EINVAL, node, "authority '%s': official or foreign", agency->authority);
  SF_TRY (need_double (node, "averaging", &agency->averaging_min, err));
  if (!(agency->averaging_min > 0))
    return sf_yaml_fail (err, SF_EINVAL, node, "averaging is minutes above 0");
  SF_TRY (read_aliases (arena, sf_yaml_get (node, "aliases"), agency, err));
  return read_cones (arena, sf_yaml_get (node, "cones"), agency, err);
}

static bool
is_called (const struct sf_agency *agency, const char *name)
{
  bool called = strcasecmp (agency->code, name) == 0;
  for (size_t i = 0; !called && i < agency->aliases_count; i++)
    called = strcasecmp (agency->aliases[i], name) == 0;
  return called;
}

/* No name may mean two agencies. */
static enum sf_code
check_names (const struct sf_agencies *agencies, const struct sf_yaml *list, struct sf_error *err)
{
  for (size_t i = 0; i < agencies->count; i++)
    for (size_t j = 0; j < i; j++)
      {
        const struct sf_agency *agency = &agencies->items[i], *before = &agencies->items[j];
        bool twice = is_called (before, agency->code);
        for (size_t a = 0; !twice && a < agency->aliases_count; a++)
          twice = is_called (before, agency->aliases[a]);
        if (twice)
          return sf_yaml_fail (err, SF_EINVAL, list->items[i], "%s bears a name of %s", agency->code, before->code);
      }
  return SF_OK;
}

enum sf_code
sf_agencies_load (struct sf_arena *arena, const char *path, struct sf_agencies *ret_agencies, struct sf_error *err)
{
  static const char *const keys[] = { "house", "agencies", NULL };
  struct sf_yaml *root;
  const struct sf_yaml *list, *house;
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (need (root, "house", &house, err));
  SF_TRY (need (root, "agencies", &list, err));
  if (list->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_EINVAL, list, "'agencies' is a mapping of codes");
  struct sf_agency *items = sf_arena_calloc (arena, list->count, sizeof *items);
  if (!items)
    return no_memory (err);
  for (size_t i = 0; i < list->count; i++)
    SF_TRY (read_agency (arena, list->items[i], &items[i], err));
  struct sf_agencies agencies = { .count = list->count, .items = items };
  SF_TRY (check_names (&agencies, list, err));
  agencies.house = sf_agencies_find (&agencies, house->text);
  if (!agencies.house)
    return sf_yaml_fail (err, SF_EINVAL, house, "the house agency '%s' is not in the list", house->text);
  *ret_agencies = agencies;
  return SF_OK;
}

enum sf_code
sf_agencies_load_shared (struct sf_arena *arena, const char *share_folder, struct sf_agencies *ret_agencies,
                         struct sf_error *err)
{
  const char *path = sf_arena_printf (arena, "%s/%s", share_folder, SF_AGENCIES_FILE);
  return path ? sf_agencies_load (arena, path, ret_agencies, err) : no_memory (err);
}

const struct sf_agency *
sf_agencies_find (const struct sf_agencies *agencies, const char *name)
{
  for (size_t i = 0; name && i < agencies->count; i++)
    if (is_called (&agencies->items[i], name))
      return &agencies->items[i];
  return NULL;
}

const char *
sf_agencies_code (const struct sf_agencies *agencies, const char *name)
{
  const struct sf_agency *agency = sf_agencies_find (agencies, name);
  return agency ? agency->code : name;
}

const struct sf_cone_table *
sf_agency_cone (const struct sf_agency *agency, bool allow_example)
{
  const struct sf_cone_table *example = NULL;
  for (size_t i = 0; i < agency->cones_count; i++)
    {
      if (!agency->cones[i].example)
        return &agency->cones[i];
      example = example ? example : &agency->cones[i];
    }
  return allow_example ? example : NULL;
}

double
sf_cone_radius_km (const struct sf_cone_table *table, int64_t lead_s)
{
  double hours = (double) lead_s / 3600, before_h = 0, before_km = 0;
  if (hours < 0)
    return (double) NAN;
  for (size_t i = 0; i < table->count; i++)
    {
      if (hours <= table->lead_h[i])
        return before_km + (table->radius_km[i] - before_km) * (hours - before_h) / (table->lead_h[i] - before_h);
      before_h = table->lead_h[i];
      before_km = table->radius_km[i];
    }
  return (double) NAN;
}
