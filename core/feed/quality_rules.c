/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_rules.h"

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/feed/coast_mask.h"
#include "core/feed/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const NONE = "none";

static enum sf_code
no_memory (const struct sf_yaml *node, struct sf_error *err)
{
  return sf_yaml_fail (err, SF_ENOMEM, node, "out of memory");
}

/* "step: none" takes a rule of the base away. */
static bool
is_none (const struct sf_yaml *node)
{
  return node->kind == SF_YAML_SCALAR && strcmp (node->text, NONE) == 0;
}

static enum sf_code
read_number (const struct sf_yaml *owner, const char *key, double low, double high, double *number,
             struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  return node ? sf_yaml_double_in (node, low, high, number, err) : SF_OK;
}

/* --- ranges --- */

/* "[0, 300]", "none" at an end that is open. */
static enum sf_code
read_bounds (const struct sf_yaml *owner, const char *key, double bounds[2], struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  double read[2] = { NAN, NAN };
  if (!node)
    return SF_OK;
  if (!is_none (node))
    {
      SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, key, err));
      if (node->count != 2)
        return sf_yaml_fail (err, SF_EINVAL, node, "%s: expected [lowest, highest], got %zu items", key, node->count);
      for (int i = 0; i < 2; i++)
        if (!is_none (node->items[i]))
          SF_TRY (sf_yaml_double (node->items[i], &read[i], err));
      if (read[0] > read[1])
        return sf_yaml_fail (err, SF_ERANGE, node, "%s: the lowest %g is above the highest %g", key, read[0], read[1]);
    }
  memcpy (bounds, read, sizeof read);
  return SF_OK;
}

static enum sf_code
read_range (const struct sf_yaml *node, struct sf_quality_range *range, struct sf_error *err)
{
  SF_TRY (read_bounds (node, "hard", range->hard, err));
  return read_bounds (node, "soft", range->soft, err);
}

static enum sf_code
read_spans (const struct sf_yaml *owner, struct sf_quantity_rule *rule, struct sf_error *err)
{
  static const char *const keys[] = { "hard", "soft", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "spans");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "spans", err));
  if (node->count > SF_QUALITY_SPANS)
    return sf_yaml_fail (err, SF_ERANGE, node, "spans: at most %d, got %zu", SF_QUALITY_SPANS, node->count);
  rule->spans_count = node->count;
  for (size_t i = 0; i < node->count; i++)
    {
      SF_TRY (sf_yaml_prefix (err, sf_time_parse_duration (node->keys[i]->text, &rule->spans[i].period_s, err),
                              node->keys[i], "spans"));
      if (i > 0 && rule->spans[i].period_s <= rule->spans[i - 1].period_s)
        return sf_yaml_fail (err, SF_ERANGE, node->keys[i], "spans: the shortest comes first");
      rule->spans[i].range = (struct sf_quality_range){ { NAN, NAN }, { NAN, NAN } };
      SF_TRY (sf_read_kind (node->items[i], SF_YAML_MAPPING, node->keys[i]->text, err));
      SF_TRY (sf_yaml_check_keys (node->items[i], keys, err));
      SF_TRY (read_range (node->items[i], &rule->spans[i].range, err));
    }
  return SF_OK;
}

/* --- changes --- */

static enum sf_code
read_step (const struct sf_yaml *owner, struct sf_quality_step *step, struct sf_error *err)
{
  static const char *const keys[] = { "per_hour", "least", "gap", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "step");
  if (!node)
    return SF_OK;
  *step = (struct sf_quality_step){ .per_hour = NAN };
  if (is_none (node))
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "step", err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  const struct sf_yaml_number numbers[] = { { "per_hour", 0, 1e15, &step->per_hour, 0 } };
  SF_TRY (sf_yaml_numbers (node, numbers, 1, err));
  step->gap_s = 3600;
  SF_TRY (read_number (node, "least", 0, 1e15, &step->least, err));
  return sf_read_duration (node, "gap", &step->gap_s, err);
}

static enum sf_code
read_exceptions (const struct sf_yaml *owner, struct sf_quality_stuck *stuck, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "except");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, "except", err));
  if (node->count > SF_QUALITY_EXCEPTIONS)
    return sf_yaml_fail (err, SF_ERANGE, node, "except: at most %d values", SF_QUALITY_EXCEPTIONS);
  stuck->exceptions_count = node->count;
  for (size_t i = 0; i < node->count; i++)
    SF_TRY (sf_yaml_double (node->items[i], &stuck->exceptions[i], err));
  return SF_OK;
}

static enum sf_code
read_stuck (const struct sf_yaml *owner, struct sf_quality_stuck *stuck, struct sf_error *err)
{
  static const char *const keys[] = { "for", "gap", "except", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "stuck");
  if (!node)
    return SF_OK;
  *stuck = (struct sf_quality_stuck){ 0 };
  if (is_none (node))
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "stuck", err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (sf_read_duration (node, "for", &stuck->for_s, err));
  if (stuck->for_s <= 0)
    return sf_yaml_fail (err, SF_EINVAL, node, "stuck: 'for' is missing: how long a value may stand still");
  stuck->gap_s = stuck->for_s / 2;
  SF_TRY (sf_read_duration (node, "gap", &stuck->gap_s, err));
  if (stuck->gap_s > stuck->for_s / 2)
    return sf_yaml_fail (err, SF_ERANGE, node, "stuck: 'gap' is more than half of 'for': two rows would make a proof");
  return read_exceptions (node, stuck, err);
}

static enum sf_code
read_units (const struct sf_yaml *owner, struct sf_quantity_rule *rule, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "units");
  if (!node)
    return SF_OK;
  rule->units_count = 0;
  if (is_none (node))
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "units", err));
  if (node->count > SF_QUALITY_UNITS)
    return sf_yaml_fail (err, SF_ERANGE, node, "units: at most %d", SF_QUALITY_UNITS);
  for (size_t i = 0; i < node->count; i++)
    {
      rule->units[i].name = node->keys[i]->text;
      SF_TRY (sf_yaml_double_in (node->items[i], 1e-12, 1e12, &rule->units[i].factor, err));
    }
  rule->units_count = node->count;
  return SF_OK;
}

/* --- quantities --- */

static enum sf_code
read_quantity (const struct sf_yaml *node, struct sf_quantity_rule *rule, struct sf_error *err)
{
  static const char *const keys[] = { "hard", "soft", "spans", "step", "stuck", "units", "source", NULL };
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, rule->quantity->name, err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (read_range (node, &rule->range, err));
  SF_TRY (read_spans (node, rule, err));
  SF_TRY (read_step (node, &rule->step, err));
  SF_TRY (read_stuck (node, &rule->stuck, err));
  return read_units (node, rule, err);
}

static int
compare_quantities (const void *a, const void *b)
{
  const struct sf_quantity_rule *x = a, *y = b;
  return strcmp (x->quantity->name, y->quantity->name);
}

struct quantity_rules
{
  const struct sf_quantity_rule *rules;
  size_t count;
};

static const struct sf_quantity_rule *
find_among (struct quantity_rules among, const char *name)
{
  size_t low = 0, high = among.count;
  while (low < high)
    {
      size_t middle = (low + high) / 2;
      int order = strcmp (name, among.rules[middle].quantity->name);
      if (order == 0)
        return among.rules + middle;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return NULL;
}

static enum sf_code
fail_quantity (const struct sf_yaml *key, const struct sf_vocabulary *vocabulary, struct sf_error *err)
{
  const struct sf_quantity *const *list;
  const char *names[256];
  size_t count = sf_vocabulary_quantities (vocabulary, &list);
  count = count < 256 ? count : 256;
  for (size_t i = 0; i < count; i++)
    names[i] = list[i]->name;
  return sf_yaml_fail_key (err, key, names, count);
}

/* The base's rules with a mapping's over them, sorted by name. */
static enum sf_code
read_quantities (struct sf_arena *arena, const struct sf_yaml *owner, const struct sf_vocabulary *vocabulary,
                 struct quantity_rules base, struct quantity_rules *ret_rules, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "quantities");
  *ret_rules = base;
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "quantities", err));
  struct sf_quantity_rule *rules = sf_arena_calloc (arena, base.count + node->count + 1, sizeof *rules);
  if (!rules)
    return no_memory (node, err);
  size_t count = base.count;
  if (count)
    memcpy (rules, base.rules, count * sizeof *rules);
  for (size_t i = 0; i < node->count; i++)
    {
      const struct sf_quantity_rule *old = find_among (base, node->keys[i]->text);
      struct sf_quantity_rule *rule = old ? &rules[old - base.rules] : &rules[count];
      if (!old)
        {
          const struct sf_quantity *quantity = sf_vocabulary_quantity (vocabulary, node->keys[i]->text);
          if (!quantity)
            return fail_quantity (node->keys[i], vocabulary, err);
          *rule = (struct sf_quantity_rule){ .quantity = quantity,
                                             .range = { { NAN, NAN }, { NAN, NAN } },
                                             .step = { .per_hour = NAN } };
          count++;
        }
      SF_TRY (read_quantity (node->items[i], rule, err));
    }
  qsort (rules, count, sizeof *rules, compare_quantities);
  *ret_rules = (struct quantity_rules){ rules, count };
  return SF_OK;
}

/* --- movers --- */

static enum sf_code
read_mover (const struct sf_yaml *node, struct sf_mover_rule *rule, struct sf_error *err)
{
  static const char *const keys[] = { "side", "speed", "slack", "gap", "source", NULL };
  static const char *const sides[] = { "any", "sea", "land" };
  int side = (int) rule->side;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, rule->type, err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (sf_read_choice (node, "side", sides, 3, &side, err));
  rule->side = (enum sf_quality_side) side;
  SF_TRY (read_number (node, "speed", 0.1, 1e5, &rule->speed_mps, err));
  SF_TRY (read_number (node, "slack", 0, 1e6, &rule->slack_m, err));
  return sf_read_duration (node, "gap", &rule->gap_s, err);
}

/* "default" is the rule of all that have none of their own; the others begin as its copy. */
static enum sf_code
read_movers (struct sf_arena *arena, const struct sf_yaml *owner, struct sf_quality_limits *limits,
             struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "movers");
  struct sf_mover_rule first = { .type = "", .speed_mps = NAN, .slack_m = 500, .gap_s = 6 * 3600 };
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "movers", err));
  struct sf_mover_rule *rules = sf_arena_calloc (arena, limits->movers_count + node->count + 1, sizeof *rules);
  if (!rules)
    return no_memory (node, err);
  size_t count = limits->movers_count;
  if (count)
    memcpy (rules, limits->movers, count * sizeof *rules);
  for (size_t i = 0; i < node->count; i++)
    {
      const char *type = strcmp (node->keys[i]->text, "default") == 0 ? "" : node->keys[i]->text;
      size_t at = 0;
      while (at < count && strcmp (rules[at].type, type) != 0)
        at++;
      if (at == count)
        {
          const struct sf_mover_rule *fallback = count ? sf_quality_find_mover (limits, "") : NULL;
          rules[count] = fallback ? *fallback : first;
          rules[count++].type = type;
        }
      SF_TRY (read_mover (node->items[i], &rules[at], err));
      limits->movers = rules;
      limits->movers_count = count;
    }
  return SF_OK;
}

/* --- clock and agreement --- */

static enum sf_code
read_clock (const struct sf_yaml *owner, struct sf_clock_rule *clock, struct sf_error *err)
{
  static const char *const keys[] = { "ahead", "far_ahead", "resets", "reset_span", "source", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "clock");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "clock", err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (sf_read_duration (node, "ahead", &clock->ahead_s, err));
  SF_TRY (sf_read_duration (node, "far_ahead", &clock->far_ahead_s, err));
  SF_TRY (sf_read_duration (node, "reset_span", &clock->reset_span_s, err));
  if (clock->far_ahead_s < clock->ahead_s)
    return sf_yaml_fail (err, SF_ERANGE, node, "clock: 'far_ahead' is less than 'ahead'");
  const struct sf_yaml *resets = sf_yaml_get (node, "resets");
  if (!resets)
    return SF_OK;
  SF_TRY (sf_read_kind (resets, SF_YAML_SEQUENCE, "resets", err));
  if (resets->count > SF_QUALITY_RESETS)
    return sf_yaml_fail (err, SF_ERANGE, resets, "resets: at most %d", SF_QUALITY_RESETS);
  clock->resets_count = resets->count;
  for (size_t i = 0; i < resets->count; i++)
    SF_TRY (sf_yaml_prefix (err,
                            sf_time_parse_iso (resets->items[i]->text, SF_TIME_NO_DEFAULT, &clock->resets_s[i], err),
                            resets->items[i], "resets"));
  return SF_OK;
}

static enum sf_code
read_quantity_name (const struct sf_yaml *owner, const char *key, const struct sf_vocabulary *vocabulary,
                    const char **name, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return SF_OK;
  if (is_none (node))
    {
      *name = NULL;
      return SF_OK;
    }
  SF_TRY (sf_read_text (owner, key, NULL, name, err));
  return sf_vocabulary_quantity (vocabulary, *name) ? SF_OK : fail_quantity (node, vocabulary, err);
}

static const char *const rain_days[] = { "none", "08-08", "20-20", "00-00" };

const char *
sf_rain_day_name (enum sf_rain_day rain_day)
{
  return rain_day == SF_RAIN_DAY_UNSTATED ? NULL : rain_days[rain_day];
}

bool
sf_rain_day_ends (enum sf_rain_day rain_day, int64_t time_s)
{
  static const int64_t ends_s[] = { -1, 8 * 3600, 20 * 3600, 0 };
  int64_t in_day_s = (time_s + SF_BEIJING_OFFSET_S) % 86400;
  return (in_day_s < 0 ? in_day_s + 86400 : in_day_s) == ends_s[rain_day];
}

/* "twins: [[60102300, 60102301]]": two stations side by side that may say the same. */
static enum sf_code
read_twins (struct sf_arena *arena, const struct sf_yaml *owner, struct sf_agreement_rule *rule, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "twins");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, "twins", err));
  struct sf_twin_pair *pairs = sf_arena_calloc (arena, node->count + 1, sizeof *pairs);
  if (!pairs)
    return no_memory (node, err);
  for (size_t i = 0; i < node->count; i++)
    {
      const struct sf_yaml *pair = node->items[i];
      if (pair->kind != SF_YAML_SEQUENCE || pair->count != 2 || pair->items[0]->kind != SF_YAML_SCALAR
          || pair->items[1]->kind != SF_YAML_SCALAR)
        return sf_yaml_fail (err, SF_EINVAL, pair, "twins: expected [number, number]");
      pairs[i] = (struct sf_twin_pair){ { pair->items[0]->text, pair->items[1]->text } };
    }
  rule->twins = pairs;
  rule->twins_count = node->count;
  return SF_OK;
}

static enum sf_code
read_twin_reports (const struct sf_yaml *owner, struct sf_agreement_rule *rule, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "twin_reports");
  int64_t reports;
  if (!node)
    return SF_OK;
  SF_TRY (sf_yaml_int (node, &reports, err));
  if (reports < 3 || reports > 1000)
    return sf_yaml_fail (err, SF_ERANGE, node, "twin_reports: %lld is not from 3 to 1000", (long long) reports);
  rule->twin_reports = reports;
  return SF_OK;
}

static enum sf_code
read_agreement (struct sf_arena *arena, const struct sf_yaml *owner, const struct sf_vocabulary *vocabulary,
                struct sf_agreement_rule *rule, struct sf_error *err)
{
  static const char *const keys[]
      = { "level",     "storage", "level_m",      "rain",  "rain_mm", "rain_share", "rain_day",
          "station_m", "twin_m",  "twin_reports", "twins", "source",  NULL };
  int rain_day = (int) rule->rain_day;
  const struct sf_yaml *node = sf_yaml_get (owner, "agreement");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "agreement", err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (read_quantity_name (node, "level", vocabulary, &rule->level, err));
  SF_TRY (read_quantity_name (node, "storage", vocabulary, &rule->storage, err));
  SF_TRY (read_quantity_name (node, "rain", vocabulary, &rule->rain, err));
  SF_TRY (read_number (node, "level_m", 0, 1000, &rule->level_m, err));
  SF_TRY (read_number (node, "rain_mm", 0, 1000, &rule->rain_mm, err));
  SF_TRY (read_number (node, "rain_share", 0, 1, &rule->rain_share, err));
  SF_TRY (read_number (node, "twin_m", 0, 10000, &rule->twin_m, err));
  SF_TRY (read_twin_reports (node, rule, err));
  SF_TRY (read_twins (arena, node, rule, err));
  SF_TRY (sf_read_choice (node, "rain_day", rain_days, sizeof rain_days / sizeof *rain_days, &rain_day, err));
  rule->rain_day = (enum sf_rain_day) rain_day;
  return read_number (node, "station_m", 0, 1e6, &rule->station_m, err);
}

/* --- stations --- */

static enum sf_code
read_curve (struct sf_arena *arena, const struct sf_yaml *owner, struct sf_station_rule *station, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "curve");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, "curve", err));
  if (node->count < 2 || node->count > SF_QUALITY_CURVE_MAX)
    return sf_yaml_fail (err, SF_ERANGE, node, "curve: expected 2 to %d pairs [level_m, storage_m3], got %zu",
                         SF_QUALITY_CURVE_MAX, node->count);
  struct sf_curve_point *curve = sf_arena_calloc (arena, node->count, sizeof *curve);
  if (!curve)
    return no_memory (node, err);
  for (size_t i = 0; i < node->count; i++)
    {
      const struct sf_yaml *pair = node->items[i];
      SF_TRY (sf_read_kind (pair, SF_YAML_SEQUENCE, "curve", err));
      if (pair->count != 2)
        return sf_yaml_fail (err, SF_EINVAL, pair, "curve: expected [level_m, storage_m3]");
      SF_TRY (sf_yaml_double (pair->items[0], &curve[i].level_m, err));
      SF_TRY (sf_yaml_double (pair->items[1], &curve[i].storage_m3, err));
      if (i > 0 && !(curve[i].level_m > curve[i - 1].level_m && curve[i].storage_m3 > curve[i - 1].storage_m3))
        return sf_yaml_fail (err, SF_ERANGE, pair, "curve: levels and storages must rise");
    }
  station->curve = curve;
  station->curve_count = node->count;
  return SF_OK;
}

static enum sf_code
read_place (const struct sf_yaml *owner, struct sf_station_rule *station, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "position");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, "position", err));
  if (node->count != 2)
    return sf_yaml_fail (err, SF_EINVAL, node, "position: expected [longitude, latitude]");
  SF_TRY (sf_yaml_double_in (node->items[0], -180, 180, &station->lon_deg, err));
  return sf_yaml_double_in (node->items[1], -90, 90, &station->lat_deg, err);
}

static int
compare_stations (const void *a, const void *b)
{
  const struct sf_station_rule *x = a, *y = b;
  return strcmp (x->id, y->id);
}

static enum sf_code
read_stations (struct sf_arena *arena, const struct sf_yaml *owner, const struct sf_vocabulary *vocabulary,
               struct sf_quality_limits *limits, struct sf_error *err)
{
  static const char *const keys[] = { "quantities", "position", "curve", "source", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "stations");
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "stations", err));
  struct sf_station_rule *stations = sf_arena_calloc (arena, node->count + 1, sizeof *stations);
  if (!stations)
    return no_memory (node, err);
  for (size_t i = 0; i < node->count; i++)
    {
      struct sf_station_rule *station = &stations[i];
      struct quantity_rules base = { limits->quantities, limits->quantities_count }, own;
      *station = (struct sf_station_rule){ .id = node->keys[i]->text, .lon_deg = NAN, .lat_deg = NAN };
      SF_TRY (sf_read_kind (node->items[i], SF_YAML_MAPPING, station->id, err));
      SF_TRY (sf_yaml_check_keys (node->items[i], keys, err));
      SF_TRY (read_quantities (arena, node->items[i], vocabulary, base, &own, err));
      station->quantities = own.rules;
      station->quantities_count = own.count;
      SF_TRY (read_place (node->items[i], station, err));
      SF_TRY (read_curve (arena, node->items[i], station, err));
    }
  qsort (stations, node->count, sizeof *stations, compare_stations);
  limits->stations = stations;
  limits->stations_count = node->count;
  return SF_OK;
}

/* --- the whole --- */

enum sf_code
sf_quality_limits_read (struct sf_arena *arena, const struct sf_yaml *node, const struct sf_quality_limits *base,
                        const struct sf_vocabulary *vocabulary, struct sf_quality_limits *ret_limits,
                        struct sf_error *err)
{
  static const char *const keys[] = { "clock", "quantities", "movers", "agreement", "stations", NULL };
  struct sf_quality_limits limits = { .agreement = { .twin_reports = 12 } };
  struct quantity_rules quantities;
  if (base)
    limits = *base;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "quality", err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (read_clock (node, &limits.clock, err));
  SF_TRY (read_agreement (arena, node, vocabulary, &limits.agreement, err));
  SF_TRY (read_movers (arena, node, &limits, err));
  SF_TRY (read_quantities (arena, node, vocabulary,
                           (struct quantity_rules){ limits.quantities, limits.quantities_count }, &quantities, err));
  limits.quantities = quantities.rules;
  limits.quantities_count = quantities.count;
  SF_TRY (read_stations (arena, node, vocabulary, &limits, err));
  *ret_limits = limits;
  return SF_OK;
}

enum sf_code
sf_quality_rules_load (struct sf_arena *arena, const char *share_folder, const struct sf_vocabulary *vocabulary,
                       struct sf_quality_rules **ret_rules, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  const char *path = sf_file_join (arena, share_folder, "rules/quality.yaml");
  struct sf_quality_rules *rules = sf_arena_calloc (arena, 1, sizeof *rules);
  if (!path || !rules)
    return sf_fail (err, SF_ENOMEM, "out of memory reading the rules of quality control");
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  if (sf_yaml_get (root, "stations"))
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "stations"), "stations belong to a feed's 'quality'");
  rules->vocabulary = vocabulary;
  SF_TRY (sf_quality_limits_read (arena, root, NULL, vocabulary, &rules->limits, err));
  *ret_rules = rules;
  return SF_OK;
}

enum sf_code
sf_quality_check_limits (const struct sf_yaml *limits, const struct sf_quality_rules *rules, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_quality_limits read;
  enum sf_code code = sf_quality_limits_read (&arena, limits, &rules->limits, rules->vocabulary, &read, err);
  sf_arena_finish (&arena);
  return code;
}

/* --- finding --- */

const struct sf_quantity_rule *
sf_quality_find_quantity (const struct sf_quality_limits *limits, const struct sf_station_rule *station,
                          const char *quantity)
{
  struct quantity_rules among = station ? (struct quantity_rules){ station->quantities, station->quantities_count }
                                        : (struct quantity_rules){ limits->quantities, limits->quantities_count };
  return quantity ? find_among (among, quantity) : NULL;
}

const struct sf_station_rule *
sf_quality_find_station (const struct sf_quality_limits *limits, const char *id)
{
  const struct sf_station_rule key = { .id = id };
  if (!limits->stations_count || !id)
    return NULL;
  return bsearch (&key, limits->stations, limits->stations_count, sizeof key, compare_stations);
}

const struct sf_mover_rule *
sf_quality_find_mover (const struct sf_quality_limits *limits, const char *type)
{
  const struct sf_mover_rule *fallback = NULL;
  for (size_t i = 0; i < limits->movers_count; i++)
    if (type && strcmp (limits->movers[i].type, type) == 0)
      return &limits->movers[i];
    else if (!*limits->movers[i].type)
      fallback = &limits->movers[i];
  return fallback;
}

const struct sf_quality_range *
sf_quality_find_range (const struct sf_quantity_rule *rule, int64_t period_s)
{
  for (size_t i = 0; i < rule->spans_count; i++)
    if (period_s <= rule->spans[i].period_s)
      return &rule->spans[i].range;
  return &rule->range;
}

enum sf_code
sf_quality_rain_day (const struct sf_quality_rules *rules, const struct sf_feed *feed, const char **ret_rain_day,
                     struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_quality_limits limits = rules->limits;
  enum sf_code code
      = feed->quality ? sf_quality_limits_read (&arena, feed->quality, &rules->limits, rules->vocabulary, &limits, err)
                      : SF_OK;
  if (code == SF_OK)
    *ret_rain_day = limits.agreement.rain ? sf_rain_day_name (limits.agreement.rain_day) : NULL;
  sf_arena_finish (&arena);
  return code;
}

enum sf_code
sf_quality_rules_use_coast (struct sf_quality_rules *rules, struct sf_arena *arena, const char *path,
                            struct sf_error *err)
{
  struct sf_coast_mask *coast = NULL;
  if (!sf_file_exists (path))
    return sf_fail (err, SF_ENOTFOUND, "%s: there is no coast mask; positions are not held against the coast", path);
  SF_TRY (sf_coast_mask_load (arena, path, &coast, err));
  rules->coast = coast;
  return SF_OK;
}
