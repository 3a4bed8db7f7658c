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
find (const struct sf_yaml *parent, const char *key, enum sf_yaml_kind kind, const struct sf_yaml **ret,
      struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (parent, key);
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, parent, "'%s' is missing", key);
  if (node->kind != kind)
    return sf_yaml_fail (err, SF_ETYPE, node, "'%s' wants %s, not %s", key, sf_yaml_kind_name (kind),
                         sf_yaml_kind_name (node->kind));
  *ret = node;
  return SF_OK;
}

static enum sf_code
take_number (const struct sf_yaml *node, const char *key, double low, double high, double *ret_value,
             struct sf_error *err)
{
  double value;
  SF_TRY (sf_yaml_double (node, &value, err));
  if (!(value >= low && value <= high))
    return sf_yaml_fail (err, SF_ERANGE, node, "'%s' is %g, outside %g to %g", key, value, low, high);
  *ret_value = value;
  return SF_OK;
}

/* A number of a mapping and its bounds. */
struct number
{
  const char *key;
  double low, high, *value;
};

static enum sf_code
read_numbers (const struct sf_yaml *parent, const struct number *numbers, size_t count, struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_yaml *node = NULL;
      SF_TRY (find (parent, numbers[i].key, SF_YAML_SCALAR, &node, err));
      SF_TRY (take_number (node, numbers[i].key, numbers[i].low, numbers[i].high, numbers[i].value, err));
    }
  return SF_OK;
}

/* Add a mapping of leads to values to the sums; weights may be NULL for a table of its own. */
static enum sf_code
add_leads (const struct sf_yaml *node, const char *key, double high, double weight, struct sf_lead_table *sums,
           double *weights, struct sf_error *err)
{
  for (size_t i = 0; i < node->count; i++)
    {
      double lead_h, value;
      int at = 0;
      SF_TRY (take_number (node->keys[i], "lead", 0, 360, &lead_h, err));
      SF_TRY (take_number (node->items[i], key, 0, high, &value, err));
      while (at < sums->count && sums->lead_h[at] < lead_h)
        at++;
      bool is_new = at == sums->count || sums->lead_h[at] > lead_h;
      if (is_new && sums->count == SF_LEADS_MOST)
        return sf_yaml_fail (err, SF_ERANGE, node, "'%s' has more than %d leads", key, SF_LEADS_MOST);
      for (int j = sums->count; is_new && j > at; j--)
        {
          sums->lead_h[j] = sums->lead_h[j - 1];
          sums->value[j] = sums->value[j - 1];
          weights[j] = weights[j - 1];
        }
      if (is_new)
        {
          sums->lead_h[at] = lead_h;
          sums->value[at] = weights[at] = 0;
          sums->count++;
        }
      sums->value[at] += weight * value;
      weights[at] += weight;
    }
  return SF_OK;
}

static enum sf_code
divide (const struct sf_yaml *node, const char *key, const double *weights, struct sf_lead_table *table,
        struct sf_error *err)
{
  if (table->count == 0)
    return sf_yaml_fail (err, SF_EINVAL, node, "'%s' has no lead", key);
  for (int i = 0; i < table->count; i++)
    table->value[i] /= weights[i];
  return SF_OK;
}

static enum sf_code
read_table (const struct sf_yaml *root, const char *key, double high, struct sf_lead_table *table, struct sf_error *err)
{
  double weights[SF_LEADS_MOST];
  const struct sf_yaml *node = NULL;
  SF_TRY (find (root, key, SF_YAML_MAPPING, &node, err));
  SF_TRY (add_leads (node, key, high, 1, table, weights, err));
  return divide (node, key, weights, table, err);
}

/* Rows of agencies and years: the weighted mean at each lead. */
static enum sf_code
read_rows (const struct sf_yaml *root, const char *key, const char *const *row_keys, double high,
           struct sf_lead_table *table, struct sf_error *err)
{
  double weights[SF_LEADS_MOST];
  const struct sf_yaml *list = NULL, *errors = NULL;
  SF_TRY (find (root, key, SF_YAML_SEQUENCE, &list, err));
  for (size_t i = 0; i < list->count; i++)
    {
      const struct sf_yaml *row = list->items[i];
      double weight;
      SF_TRY (sf_yaml_check_keys (row, row_keys, err));
      SF_TRY (read_numbers (row, &(struct number){ "weight", 1e-3, 1e3, &weight }, 1, err));
      SF_TRY (find (row, "source", SF_YAML_SCALAR, &errors, err));
      SF_TRY (find (row, row_keys[4], SF_YAML_MAPPING, &errors, err));
      SF_TRY (add_leads (errors, row_keys[4], high, weight, table, weights, err));
    }
  return divide (list, key, weights, table, err);
}

/* A table that says nothing of lead 0 begins with what all agencies together have there. */
static void
begin_with (struct sf_lead_table *table, const struct sf_lead_table *all)
{
  if (table->count == 0 || table->count == SF_LEADS_MOST || table->lead_h[0] <= 0)
    return;
  for (int i = table->count; i > 0; i--)
    {
      table->lead_h[i] = table->lead_h[i - 1];
      table->value[i] = table->value[i - 1];
    }
  table->lead_h[0] = 0;
  table->value[0] = sf_lead_table_at (all, 0);
  table->count++;
}

/* One agency's rows of the track alone. */
static enum sf_code
read_agency (const struct sf_yaml *list, const char *agency, const struct sf_lead_table *all,
             struct sf_agency_errors *errors, struct sf_error *err)
{
  double weights[SF_LEADS_MOST];
  for (size_t i = 0; i < list->count; i++)
    {
      const struct sf_yaml *row = list->items[i];
      double weight;
      if (strcmp (sf_yaml_text (row, "agency", ""), agency) != 0)
        continue;
      SF_TRY (sf_yaml_double (sf_yaml_get (row, "weight"), &weight, err));
      SF_TRY (
          add_leads (sf_yaml_get (row, track_keys[4]), track_keys[4], 5000, weight, &errors->track_km, weights, err));
    }
  snprintf (errors->agency, sizeof errors->agency, "%s", agency);
  SF_TRY (divide (list, "track", weights, &errors->track_km, err));
  begin_with (&errors->track_km, all);
  return SF_OK;
}

/* After read_rows has seen that the rows are right. */
static enum sf_code
read_agencies (const struct sf_yaml *root, struct sf_member_rules *rules, struct sf_error *err)
{
  const struct sf_yaml *list = sf_yaml_get (root, "track");
  for (size_t i = 0; i < list->count; i++)
    {
      const char *agency = sf_yaml_text (list->items[i], "agency", "");
      int known = 0;
      while (known < rules->agencies_count && strcmp (rules->agencies[known].agency, agency) != 0)
        known++;
      if (known < rules->agencies_count)
        continue;
      if (known == SF_ERROR_AGENCIES_MOST)
        return sf_yaml_fail (err, SF_ERANGE, list->items[i], "'track' has more than %d agencies",
                             SF_ERROR_AGENCIES_MOST);
      SF_TRY (read_agency (list, agency, &rules->track_km, &rules->agencies[known], err));
      rules->agencies_count++;
    }
  return SF_OK;
}

const struct sf_lead_table *
sf_member_rules_errors (const struct sf_member_rules *rules, const char *agency)
{
  for (int i = 0; agency && i < rules->agencies_count; i++)
    if (strcmp (rules->agencies[i].agency, agency) == 0)
      return rules->agencies[i].track_km.count > 1 ? &rules->agencies[i].track_km : NULL;
  return NULL;
}

static enum sf_code
read_correlation (const struct sf_yaml *root, const char *key, struct sf_lead_correlation *correlation,
                  struct sf_error *err)
{
  const struct sf_yaml *node = NULL;
  const struct number numbers[]
      = { { "offset_h", 0.1, 240, &correlation->offset_h }, { "length", 0.05, 20, &correlation->length } };
  SF_TRY (find (root, key, SF_YAML_MAPPING, &node, err));
  SF_TRY (sf_yaml_check_keys (node, correlation_keys, err));
  return read_numbers (node, numbers, sizeof numbers / sizeof *numbers, err);
}

static enum sf_code
read_rapid (const struct sf_yaml *root, struct sf_rapid_rules *rapid, struct sf_error *err)
{
  const struct sf_yaml *node = NULL;
  const struct number numbers[] = { { "rate_per_day", 0, 2, &rapid->rate_per_day },
                                    { "hours", 3, 72, &rapid->hours },
                                    { "least_mps", 0, 50, &rapid->least_mps },
                                    { "mean_rest_mps", 0.1, 50, &rapid->mean_rest_mps },
                                    { "most_latitude_deg", 0, 60, &rapid->most_latitude_deg } };
  SF_TRY (find (root, "rapid_intensification", SF_YAML_MAPPING, &node, err));
  SF_TRY (sf_yaml_check_keys (node, rapid_keys, err));
  return read_numbers (node, numbers, sizeof numbers / sizeof *numbers, err);
}

static enum sf_code
read_rules (const struct sf_yaml *root, struct sf_member_rules *rules, struct sf_error *err)
{
  const struct number numbers[] = { { "along_cross_correlation", -0.95, 0.95, &rules->along_cross_correlation },
                                    { "tail_nu", 2.1, 200, &rules->tail_nu },
                                    { "size_intensity_correlation", -0.99, 0.99, &rules->size_intensity_correlation },
                                    { "ring_exponent", 0, 3, &rules->ring_exponent },
                                    { "usual_ring7_km", 20, 1000, &rules->usual_ring7_km },
                                    { "wind_floor_mps", 1, 20, &rules->wind_floor_mps },
                                    { "wind_ceiling_mps", 50, 120, &rules->wind_ceiling_mps },
                                    { "decay_floor", 0.05, 1, &rules->decay_floor },
                                    { "recovery_h", 1, 1000, &rules->recovery_h },
                                    { "environment_hpa", 950, 1050, &rules->environment_hpa },
                                    { "stale_h", 1, 120, &rules->stale_h } };
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (read_rows (root, "track", track_keys, 5000, &rules->track_km, err));
  SF_TRY (read_agencies (root, rules, err));
  SF_TRY (read_rows (root, "intensity", intensity_keys, 50, &rules->intensity_mps, err));
  SF_TRY (read_table (root, "consensus_factor", 5, &rules->consensus_factor, err));
  SF_TRY (read_table (root, "along_over_cross", 10, &rules->along_over_cross, err));
  SF_TRY (read_table (root, "size_deviation", 2, &rules->size_deviation, err));
  SF_TRY (read_correlation (root, "track_correlation", &rules->track_correlation, err));
  SF_TRY (read_correlation (root, "intensity_correlation", &rules->intensity_correlation, err));
  SF_TRY (read_correlation (root, "size_correlation", &rules->size_correlation, err));
  SF_TRY (read_rapid (root, &rules->rapid, err));
  return read_numbers (root, numbers, sizeof numbers / sizeof *numbers, err);
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
