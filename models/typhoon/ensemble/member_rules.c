/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_rules.h"

#include "core/base/yaml.h"

#include <stdio.h>
#include <string.h>

double
sf_lead_table_at (const struct sf_lead_table *table, double lead_h)
{
  int i = 0;
  if (table->count == 1 || lead_h <= table->lead_h[0])
    return table->value[0];
  while (i + 2 < table->count && lead_h > table->lead_h[i + 1])
    i++;
  double t = (lead_h - table->lead_h[i]) / (table->lead_h[i + 1] - table->lead_h[i]);
  return table->value[i] + t * (table->value[i + 1] - table->value[i]);
}

bool
sf_lead_table_add (struct sf_lead_table *table, double lead_h, double value, double weight)
{
  int at = 0;
  while (at < table->count && table->lead_h[at] < lead_h)
    at++;
  bool is_new = at == table->count || table->lead_h[at] > lead_h;
  if (is_new && table->count == SF_LEADS_MOST)
    return false;
  for (int i = table->count; is_new && i > at; i--)
    {
      table->lead_h[i] = table->lead_h[i - 1];
      table->value[i] = table->value[i - 1];
      table->weight[i] = table->weight[i - 1];
    }
  if (is_new)
    {
      table->lead_h[at] = lead_h;
      table->value[at] = table->weight[at] = 0;
      table->count++;
    }
  table->weight[at] += weight;
  table->value[at] += (value - table->value[at]) * weight / table->weight[at];
  return true;
}

static const char *const keys[] = { "track",
                                    "consensus_factor",
                                    "along_over_cross",
                                    "along_cross_correlation",
                                    "track_correlation",
                                    "tail_nu",
                                    "intensity",
                                    "intensity_correlation",
                                    "rapid_intensification",
                                    "size_deviation",
                                    "size_correlation",
                                    "size_intensity_correlation",
                                    "ring_exponent",
                                    "usual_ring7_km",
                                    "wind_floor_mps",
                                    "wind_ceiling_mps",
                                    "decay_floor",
                                    "recovery_h",
                                    "environment_hpa",
                                    "stale_h",
                                    NULL };
static const char *const track_keys[] = { "agency", "years", "weight", "source", "mean_error_km", NULL };
static const char *const intensity_keys[] = { "agency", "years", "weight", "source", "mean_error_mps", NULL };
static const char *const correlation_keys[] = { "offset_h", "length", NULL };
static const char *const rapid_keys[]
    = { "rate_per_day", "hours", "least_mps", "mean_rest_mps", "most_latitude_deg", NULL };

static enum sf_code
add_leads (const struct sf_yaml *node, const char *key, double high, double weight, struct sf_lead_table *table,
           struct sf_error *err)
{
  for (size_t i = 0; i < node->count; i++)
    {
      double lead_h, value;
      SF_TRY (sf_yaml_double_in (node->keys[i], 0, 360, &lead_h, err));
      SF_TRY (sf_yaml_double_in (node->items[i], 0, high, &value, err));
      if (!sf_lead_table_add (table, lead_h, value, weight))
        return sf_yaml_fail (err, SF_ERANGE, node, "'%s' has more than %d leads", key, SF_LEADS_MOST);
    }
  return SF_OK;
}

static enum sf_code
check_leads (const struct sf_yaml *node, const char *key, const struct sf_lead_table *table, struct sf_error *err)
{
  if (table->count == 0)
    return sf_yaml_fail (err, SF_EINVAL, node, "'%s' has no lead", key);
  for (int i = 1; i < table->count; i++) /* closer ones would make any slope beyond the last */
    if (table->lead_h[i] < table->lead_h[i - 1] + 1)
      return sf_yaml_fail (err, SF_ERANGE, node, "'%s' has leads less than an hour apart", key);
  return SF_OK;
}

static enum sf_code
read_table (const struct sf_yaml *root, const char *key, double high, struct sf_lead_table *table, struct sf_error *err)
{
  const struct sf_yaml *node = NULL;
  SF_TRY (sf_yaml_need (root, key, SF_YAML_MAPPING, &node, err));
  SF_TRY (add_leads (node, key, high, 1, table, err));
  return check_leads (node, key, table, err);
}

/* The errors of an agency alone, new where it has none; NULL when there is no room. */
static struct sf_lead_table *
errors_of (struct sf_member_rules *rules, const char *agency)
{
  int i = 0;
  while (i < rules->agencies_count && strcmp (rules->agencies[i].agency, agency) != 0)
    i++;
  if (i == SF_ERROR_AGENCIES_MOST)
    return NULL;
  if (i == rules->agencies_count)
    snprintf (rules->agencies[rules->agencies_count++].agency, sizeof rules->agencies[i].agency, "%s", agency);
  return &rules->agencies[i].track_km;
}

/* One row of an agency and years. errors_key is the last of row_keys. */
static enum sf_code
read_row (const struct sf_yaml *row, const char *const *row_keys, double high, struct sf_lead_table *all,
          struct sf_member_rules *by_agency, struct sf_error *err)
{
  const struct sf_yaml *errors = NULL;
  const char *errors_key = row_keys[4];
  double weight;
  SF_TRY (sf_yaml_check_keys (row, row_keys, err));
  SF_TRY (sf_yaml_numbers (row, &(struct sf_yaml_number){ "weight", 1e-3, 1e3, &weight, 0 }, 1, err));
  SF_TRY (sf_yaml_need (row, "source", SF_YAML_SCALAR, &errors, err));
  SF_TRY (sf_yaml_need (row, errors_key, SF_YAML_MAPPING, &errors, err));
  SF_TRY (add_leads (errors, errors_key, high, weight, all, err));
  struct sf_lead_table *own = by_agency ? errors_of (by_agency, sf_yaml_text (row, "agency", "")) : NULL;
  if (by_agency && !own)
    return sf_yaml_fail (err, SF_ERANGE, row, "more than %d agencies", SF_ERROR_AGENCIES_MOST);
  return own ? add_leads (errors, errors_key, high, weight, own, err) : SF_OK;
}

/* Rows of agencies and years: the weighted mean at each lead; by_agency NULL: not kept apart. */
static enum sf_code
read_rows (const struct sf_yaml *root, const char *key, const char *const *row_keys, double high,
           struct sf_lead_table *all, struct sf_member_rules *by_agency, struct sf_error *err)
{
  const struct sf_yaml *list = NULL;
  SF_TRY (sf_yaml_need (root, key, SF_YAML_SEQUENCE, &list, err));
  for (size_t i = 0; i < list->count; i++)
    SF_TRY (read_row (list->items[i], row_keys, high, all, by_agency, err));
  return check_leads (list, key, all, err);
}

enum sf_code
sf_member_rules_add_years (struct sf_member_rules *rules, const struct sf_past_errors *past, struct sf_error *err)
{
  for (size_t y = 0; y < past->years_count; y++)
    {
      const struct sf_past_year *year = &past->years[y];
      struct sf_lead_table *own = errors_of (rules, year->agency);
      for (size_t i = 0; i < year->count; i++)
        if (!own || !sf_lead_table_add (&rules->track_km, year->lead_h[i], year->mean_km[i], 1)
            || !sf_lead_table_add (own, year->lead_h[i], year->mean_km[i], 1))
          return sf_fail (err, SF_ERANGE, "the errors of %s in %d do not fit beside those of %d agencies at %d leads",
                          year->agency, year->year, SF_ERROR_AGENCIES_MOST, SF_LEADS_MOST);
    }
  return SF_OK;
}

bool
sf_member_rules_errors (const struct sf_member_rules *rules, const char *agency, struct sf_lead_table *ret_track_km)
{
  for (int i = 0; agency && i < rules->agencies_count; i++)
    {
      const struct sf_lead_table *own = &rules->agencies[i].track_km;
      if (strcmp (rules->agencies[i].agency, agency) != 0 || own->count == 0 || own->lead_h[own->count - 1] <= 0)
        continue;
      *ret_track_km = *own;
      return own->lead_h[0] <= 0 || sf_lead_table_add (ret_track_km, 0, sf_lead_table_at (&rules->track_km, 0), 1);
    }
  return false;
}

static enum sf_code
read_correlation (const struct sf_yaml *root, const char *key, struct sf_lead_correlation *correlation,
                  struct sf_error *err)
{
  const struct sf_yaml *node = NULL;
  const struct sf_yaml_number numbers[]
      = { { "offset_h", 0.1, 240, &correlation->offset_h, 0 }, { "length", 0.05, 20, &correlation->length, 0 } };
  SF_TRY (sf_yaml_need (root, key, SF_YAML_MAPPING, &node, err));
  SF_TRY (sf_yaml_check_keys (node, correlation_keys, err));
  return sf_yaml_numbers (node, numbers, sizeof numbers / sizeof *numbers, err);
}

static enum sf_code
read_rapid (const struct sf_yaml *root, struct sf_rapid_rules *rapid, struct sf_error *err)
{
  const struct sf_yaml *node = NULL;
  const struct sf_yaml_number numbers[] = { { "rate_per_day", 0, 2, &rapid->rate_per_day, 0 },
                                            { "hours", 3, 72, &rapid->hours, 0 },
                                            { "least_mps", 0, 50, &rapid->least_mps, 0 },
                                            { "mean_rest_mps", 0.1, 50, &rapid->mean_rest_mps, 0 },
                                            { "most_latitude_deg", 0, 60, &rapid->most_latitude_deg, 0 } };
  SF_TRY (sf_yaml_need (root, "rapid_intensification", SF_YAML_MAPPING, &node, err));
  SF_TRY (sf_yaml_check_keys (node, rapid_keys, err));
  return sf_yaml_numbers (node, numbers, sizeof numbers / sizeof *numbers, err);
}

static enum sf_code
read_rules (const struct sf_yaml *root, struct sf_member_rules *rules, struct sf_error *err)
{
  const struct sf_yaml_number numbers[]
      = { { "along_cross_correlation", -0.95, 0.95, &rules->along_cross_correlation, 0 },
          { "tail_nu", 2.1, 200, &rules->tail_nu, 0 },
          { "size_intensity_correlation", -0.99, 0.99, &rules->size_intensity_correlation, 0 },
          { "ring_exponent", 0, 3, &rules->ring_exponent, 0 },
          { "usual_ring7_km", 20, 1000, &rules->usual_ring7_km, 0 },
          { "wind_floor_mps", 1, 20, &rules->wind_floor_mps, 0 },
          { "wind_ceiling_mps", 50, 120, &rules->wind_ceiling_mps, 0 },
          { "decay_floor", 0.05, 1, &rules->decay_floor, 0 },
          { "recovery_h", 1, 1000, &rules->recovery_h, 0 },
          { "environment_hpa", 950, 1050, &rules->environment_hpa, 0 },
          { "stale_h", 1, 120, &rules->stale_h, 0 } };
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (read_rows (root, "track", track_keys, 5000, &rules->track_km, rules, err));
  SF_TRY (read_rows (root, "intensity", intensity_keys, 50, &rules->intensity_mps, NULL, err));
  SF_TRY (read_table (root, "consensus_factor", 5, &rules->consensus_factor, err));
  SF_TRY (read_table (root, "along_over_cross", 10, &rules->along_over_cross, err));
  SF_TRY (read_table (root, "size_deviation", 2, &rules->size_deviation, err));
  SF_TRY (read_correlation (root, "track_correlation", &rules->track_correlation, err));
  SF_TRY (read_correlation (root, "intensity_correlation", &rules->intensity_correlation, err));
  SF_TRY (read_correlation (root, "size_correlation", &rules->size_correlation, err));
  SF_TRY (read_rapid (root, &rules->rapid, err));
  return sf_yaml_numbers (root, numbers, sizeof numbers / sizeof *numbers, err);
}

enum sf_code
sf_member_rules_load (const char *path, struct sf_member_rules *ret_rules, struct sf_error *err)
{
  struct sf_member_rules rules = { 0 };
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
