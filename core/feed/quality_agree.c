/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_private.h"

#include <math.h>
#include <string.h>

/* Values of two series of one station that must agree: a reservoir's level with its storage, the rain of hours with that of
   their day, where the rules state when a day of rain ends. A contradiction is told at the level and at the storage, since either
   may be wrong, and at the day. */

enum
{
  HOUR_S = 3600,
  DAY_S = 86400
};

static bool
is_named (const char *name, const char *quantity)
{
  return name && strcmp (name, quantity) == 0;
}

static const struct sf_agreement_rule *
rule_of (const struct sf_quality_control *control, const struct sf_tail *series)
{
  return &control->feeds[series->feed].limits.agreement;
}

/* The quantity that a station's curve holds against this one; NULL: none. */
static const char *
partner_quantity (const struct sf_agreement_rule *rule, const struct sf_tail *series)
{
  if (series->mover || !series->station || !series->station->curve || !rule->level || !rule->storage)
    return NULL;
  return is_named (rule->level, series->quantity)     ? rule->storage
         : is_named (rule->storage, series->quantity) ? rule->level
                                                      : NULL;
}

static bool
is_rain_of (const struct sf_agreement_rule *rule, const struct sf_tail *series, int64_t period_s)
{
  return !series->mover && is_named (rule->rain, series->quantity) && series->period_s == period_s;
}

bool
sf_quality_has_partners (const struct sf_quality_control *control, const struct sf_tail *series)
{
  const struct sf_agreement_rule *rule = rule_of (control, series);
  return partner_quantity (rule, series) || (is_rain_of (rule, series, DAY_S) && rule->rain_day);
}

static enum sf_code
touch (struct sf_quality_control *control, const struct sf_tail *wanted, int64_t from_s, int64_t to_s,
       struct sf_error *err)
{
  struct sf_tail *partner = NULL;
  SF_TRY (sf_tail_find (&control->tails, wanted, true, &partner, err));
  if (partner->known && partner->last_s < from_s)
    return SF_OK;
  sf_tail_dirty (partner, from_s, to_s);
  return sf_tail_touch (&control->tails, partner, err);
}

enum sf_code
sf_quality_touch_partners (struct sf_quality_control *control, struct sf_tail *series, int64_t valid_s,
                           struct sf_error *err)
{
  const struct sf_agreement_rule *rule = rule_of (control, series);
  const char *quantity = partner_quantity (rule, series);
  struct sf_tail wanted = *series;
  if (quantity)
    {
      wanted.quantity = quantity;
      wanted.rule = sf_quality_find_quantity (&control->feeds[series->feed].limits, series->station, quantity);
      return wanted.rule ? touch (control, &wanted, valid_s, valid_s, err) : SF_OK;
    }
  if (!is_rain_of (rule, series, HOUR_S) || !rule->rain_day)
    return SF_OK;
  wanted.period_s = DAY_S;
  return touch (control, &wanted, valid_s, valid_s + DAY_S - HOUR_S, err);
}

static enum sf_code
ask (struct sf_quality_control *control, const struct sf_store_series *name, int64_t from_s, int64_t to_s,
     struct sf_store_sample **samples, size_t *count, struct sf_error *err)
{
  return control->source.samples (control->source.store, &control->scratch, name, from_s, to_s, 0, samples, count, err);
}

static bool
is_usable (const struct sf_store_sample *sample)
{
  return sf_quality_severity (sample->quality) < 2 && !isnan (sample->value);
}

static enum sf_code
hold_against_curve (struct sf_quality_control *control, const struct sf_tail *series,
                    const struct sf_store_sample *sample, const char *quantity, unsigned char *flags,
                    struct sf_error *err)
{
  const struct sf_agreement_rule *rule = rule_of (control, series);
  const struct sf_store_series name
      = { series->kind, control->feeds[series->feed].name, series->subject, quantity, series->period_s };
  struct sf_store_sample *partners = NULL;
  size_t count = 0;
  SF_TRY (ask (control, &name, sample->valid_s, sample->valid_s, &partners, &count, err));
  if (count != 1 || !is_usable (&partners[0]))
    return SF_OK;
  bool is_level = is_named (rule->level, series->quantity);
  double level_m = is_level ? sample->value : partners[0].value;
  double storage_m3 = is_level ? partners[0].value : sample->value;
  double expected_m = sf_quality_curve_level (series->station->curve, series->station->curve_count, storage_m3);
  if (fabs (level_m - expected_m) > rule->level_m)
    *flags |= SF_QUALITY_PAIR;
  return SF_OK;
}

static enum sf_code
hold_against_hours (struct sf_quality_control *control, const struct sf_tail *series,
                    const struct sf_store_sample *sample, unsigned char *flags, struct sf_error *err)
{
  const struct sf_store_series name
      = { series->kind, control->feeds[series->feed].name, series->subject, series->quantity, HOUR_S };
  struct sf_store_sample *hours = NULL;
  size_t count = 0, usable = 0;
  double sum_mm = 0;
  int64_t next_s = sample->valid_s - DAY_S + HOUR_S;
  SF_TRY (ask (control, &name, next_s, sample->valid_s, &hours, &count, err));
  /* Hours that overlap, as of a sliding sum, are left out: each must begin where the last one ended or later. */
  for (size_t i = 0; i < count; i++)
    if (hours[i].valid_s >= next_s && is_usable (&hours[i]))
      {
        sum_mm += hours[i].value;
        next_s = hours[i].valid_s + HOUR_S;
        usable++;
      }
  if (usable > 0 && sf_quality_sum_contradicts (rule_of (control, series), sum_mm, usable == 24, sample->value))
    *flags |= SF_QUALITY_SUM;
  return SF_OK;
}

enum sf_code
sf_quality_contradictions (struct sf_quality_control *control, const struct sf_tail *series,
                           const struct sf_store_sample *sample, unsigned char *flags, struct sf_error *err)
{
  const struct sf_agreement_rule *rule = rule_of (control, series);
  const char *quantity = partner_quantity (rule, series);
  if (quantity)
    return hold_against_curve (control, series, sample, quantity, flags, err);
  if (is_rain_of (rule, series, DAY_S) && sf_rain_day_ends (rule->rain_day, sample->valid_s))
    return hold_against_hours (control, series, sample, flags, err);
  return SF_OK;
}
