/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/past_errors.h"

#include "core/base/yaml.h"

#include <math.h>
#include <stdlib.h>

enum
{
  NUMBER_MOST = 1000000 /* hours, km or cases */
};

static const double share_at_start = 0.4;

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for the table of errors");
}

static enum sf_code
read_numbers (struct sf_arena *arena, const struct sf_yaml *node, const char *key, size_t count,
              const double **ret_numbers, struct sf_error *err)
{
  const struct sf_yaml *list = sf_yaml_get (node, key);
  if (!list || list->kind != SF_YAML_SEQUENCE || (count && list->count != count))
    return sf_yaml_fail (err, SF_EINVAL, list ? list : node, "'%s' is a list of numbers, one for each lead", key);
  double *numbers = sf_arena_calloc (arena, list->count, sizeof *numbers);
  if (!numbers)
    return no_memory (err);
  for (size_t i = 0; i < list->count; i++)
    {
      SF_TRY (sf_yaml_double (list->items[i], &numbers[i], err));
      if (!(numbers[i] > 0 && numbers[i] <= NUMBER_MOST))
        return sf_yaml_fail (err, SF_EINVAL, list->items[i], "'%s' has numbers above 0, at most %d", key, NUMBER_MOST);
    }
  *ret_numbers = numbers;
  return SF_OK;
}

static enum sf_code
read_year (struct sf_arena *arena, const struct sf_yaml *node, struct sf_past_year *year, struct sf_error *err)
{
  static const char *const keys[] = { "agency", "year", "lead_h", "mean_km", "cases", "source", NULL };
  int64_t number;
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  year->agency = sf_yaml_text (node, "agency", NULL);
  year->source = sf_yaml_text (node, "source", NULL);
  if (!year->agency || !year->source || !sf_yaml_get (node, "year"))
    return sf_yaml_fail (err, SF_EINVAL, node, "a year of errors has agency, year and source");
  SF_TRY (sf_yaml_int (sf_yaml_get (node, "year"), &number, err));
  if (number < 1 || number > 9999)
    return sf_yaml_fail (err, SF_ERANGE, sf_yaml_get (node, "year"), "a year is 1 to 9999");
  year->year = (int) number;
  SF_TRY (read_numbers (arena, node, "lead_h", 0, &year->lead_h, err));
  year->count = sf_yaml_get (node, "lead_h")->count;
  SF_TRY (read_numbers (arena, node, "mean_km", year->count, &year->mean_km, err));
  SF_TRY (read_numbers (arena, node, "cases", year->count, &year->cases, err));
  for (size_t i = 0; i < year->count; i++) /* closer ones would make any slope beyond the last */
    if (year->lead_h[i] < (i ? year->lead_h[i - 1] : 0) + 1)
      return sf_yaml_fail (err, SF_EINVAL, node, "leads rise by at least an hour");
  return SF_OK;
}

static int
compare_doubles (const void *left, const void *right)
{
  double a = *(const double *) left, b = *(const double *) right;
  return (a > b) - (a < b);
}

static double
pool_at (const struct sf_past_errors *errors, double lead_h)
{
  double sum = 0, cases = 0;
  for (size_t y = 0; y < errors->years_count; y++)
    for (size_t i = 0; i < errors->years[y].count; i++)
      if (errors->years[y].lead_h[i] == lead_h)
        {
          sum += errors->years[y].mean_km[i] * errors->years[y].cases[i];
          cases += errors->years[y].cases[i];
        }
  return sum / cases;
}

static enum sf_code
pool (struct sf_arena *arena, struct sf_past_errors *errors, struct sf_error *err)
{
  size_t room = 0, n = 0;
  for (size_t y = 0; y < errors->years_count; y++)
    room += errors->years[y].count;
  double *lead_h = sf_arena_calloc (arena, room, sizeof *lead_h),
         *mean_km = sf_arena_calloc (arena, room, sizeof *mean_km);
  if (!lead_h || !mean_km)
    return no_memory (err);
  for (size_t y = 0; y < errors->years_count; y++)
    for (size_t i = 0; i < errors->years[y].count; i++)
      lead_h[n++] = errors->years[y].lead_h[i];
  qsort (lead_h, n, sizeof *lead_h, compare_doubles);
  for (size_t i = 0; i < n; i++)
    if (errors->count == 0 || lead_h[i] > lead_h[errors->count - 1])
      {
        lead_h[errors->count] = lead_h[i];
        mean_km[errors->count++] = pool_at (errors, lead_h[i]);
      }
  errors->lead_h = lead_h;
  errors->mean_km = mean_km;
  return SF_OK;
}

enum sf_code
sf_past_errors_load (struct sf_arena *arena, const char *path, struct sf_past_errors *ret_errors, struct sf_error *err)
{
  static const char *const keys[] = { "years", NULL };
  struct sf_yaml *root;
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  const struct sf_yaml *list = sf_yaml_get (root, "years");
  if (!list || list->kind != SF_YAML_SEQUENCE)
    return sf_yaml_fail (err, SF_EINVAL, list ? list : root, "'years' is a list");
  struct sf_past_year *years = sf_arena_calloc (arena, list->count, sizeof *years);
  if (!years)
    return no_memory (err);
  for (size_t i = 0; i < list->count; i++)
    SF_TRY (read_year (arena, list->items[i], &years[i], err));
  struct sf_past_errors errors = { .years_count = list->count, .years = years };
  SF_TRY (pool (arena, &errors, err));
  *ret_errors = errors;
  return SF_OK;
}

enum sf_code
sf_past_errors_load_shared (struct sf_arena *arena, const char *share_folder, struct sf_past_errors *ret_errors,
                            struct sf_error *err)
{
  const char *path = sf_arena_printf (arena, "%s/%s", share_folder, SF_PAST_ERRORS_FILE);
  return path ? sf_past_errors_load (arena, path, ret_errors, err) : no_memory (err);
}

double
sf_past_error_mean_km (const struct sf_past_errors *errors, int64_t lead_s)
{
  double hours = (double) lead_s / 3600, before_h = 0, before_km, slope = 0;
  if (errors->count == 0)
    return (double) NAN;
  before_km = share_at_start * errors->mean_km[0];
  for (size_t i = 0; i < errors->count; i++)
    {
      slope = (errors->mean_km[i] - before_km) / (errors->lead_h[i] - before_h);
      if (hours <= errors->lead_h[i])
        break;
      before_h = errors->lead_h[i];
      before_km = errors->mean_km[i];
    }
  return before_km + slope * (hours - before_h);
}

double
sf_past_error_radius_km (const struct sf_past_errors *errors, int64_t lead_s, double share)
{
  return sf_past_error_mean_km (errors, lead_s) * sqrt (-log1p (-share)) * M_2_SQRTPI;
}
