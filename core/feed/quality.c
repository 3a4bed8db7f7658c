/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_private.h"

#include "core/base/time.h"

#include <math.h>
#include <string.h>

enum
{
  UNTOLD_FEEDS = 64
};

enum sf_code
sf_quality_new_from (const struct sf_quality_rules *rules, const struct sf_quality_source *source, size_t series_max,
                     struct sf_quality_control **ret_control, struct sf_error *err)
{
  struct sf_quality_control *control = sf_mem_calloc (1, sizeof *control);
  enum sf_code code = control ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for quality control");
  if (code == SF_OK)
    {
      control->rules = rules;
      control->source = *source;
      code = sf_tails_init (&control->tails, series_max, err);
    }
  if (code == SF_OK)
    code = sf_quality_set_feeds (control, NULL, 0, err);
  if (code == SF_OK)
    *ret_control = control;
  else
    sf_quality_free (control);
  return code;
}

void
sf_quality_free (struct sf_quality_control *control)
{
  if (!control)
    return;
  sf_tails_finish (&control->tails);
  sf_quality_memory_clear (&control->memory);
  sf_arena_finish (&control->arena);
  sf_arena_finish (&control->scratch);
  sf_mem_free (control);
}

void
sf_quality_forget (struct sf_quality_control *control)
{
  sf_tails_clear (&control->tails);
  sf_quality_memory_clear (&control->memory);
}

/* --- feeds --- */

static enum sf_code
take_feed (struct sf_arena *arena, const struct sf_quality_rules *rules, const struct sf_feed *feed,
           struct sf_quality_feed *ret_feed, struct sf_error *err)
{
  *ret_feed = (struct sf_quality_feed){ .name = sf_arena_strdup (arena, feed->name),
                                        .limits = rules->limits,
                                        .area = feed->area,
                                        .late_s = feed->cadence_s > 0 ? feed->cadence_s + feed->lateness_s : 0 };
  if (!ret_feed->name)
    return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %s", feed->name);
  if (!feed->quality)
    return SF_OK;
  enum sf_code code
      = sf_quality_limits_read (arena, feed->quality, &rules->limits, rules->vocabulary, &ret_feed->limits, err);
  return code == SF_OK ? SF_OK : sf_error_prefix (err, code, "%s", feed->name);
}

enum sf_code
sf_quality_set_feeds (struct sf_quality_control *control, const struct sf_feed *const *feeds, size_t count,
                      struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_quality_feed *taken = sf_arena_calloc (&arena, count + UNTOLD_FEEDS, sizeof *taken);
  enum sf_code code = taken ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for quality control");
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = take_feed (&arena, control->rules, feeds[i], &taken[i], err);
  if (code != SF_OK)
    {
      sf_arena_finish (&arena);
      return code;
    }
  sf_tails_clear (&control->tails);
  sf_arena_finish (&control->arena);
  control->arena = arena;
  control->feeds = taken;
  control->feeds_count = count;
  control->feeds_max = count + UNTOLD_FEEDS;
  control->last_feed = 0;
  return SF_OK;
}

/* A feed that nobody told of gets the defaults. */
static enum sf_code
find_feed (struct sf_quality_control *control, const char *name, size_t *ret_feed, struct sf_error *err)
{
  size_t i = control->last_feed;
  if (i >= control->feeds_count || strcmp (control->feeds[i].name, name) != 0)
    for (i = 0; i < control->feeds_count && strcmp (control->feeds[i].name, name) != 0;)
      i++;
  if (i == control->feeds_count)
    {
      const struct sf_feed untold = { .name = name, .area = { NAN, NAN, NAN, NAN } };
      if (i == control->feeds_max)
        return sf_fail (err, SF_ERANGE, "%s: more than %d feeds that quality control was not told of", name,
                        UNTOLD_FEEDS);
      SF_TRY (take_feed (&control->arena, control->rules, &untold, &control->feeds[i], err));
      control->feeds_count++;
    }
  *ret_feed = control->last_feed = i;
  return SF_OK;
}

/* --- records --- */

/* The series of a record; false where no rule looks along it. */
static bool
describe_series (const struct sf_quality_feed *feed, size_t index, const struct sf_record *record,
                 struct sf_tail *series)
{
  *series = (struct sf_tail){ .kind = record->kind, .feed = index, .quantity = "" };
  if (record->kind == SF_RECORD_POSITION)
    {
      series->subject = record->as.position.mover;
      series->mover = sf_quality_find_mover (&feed->limits, record->as.position.type);
      return series->subject && series->mover && !isnan (series->mover->speed_mps);
    }
  const struct sf_observation *o = &record->as.observation;
  series->subject = o->asset;
  series->quantity = o->quantity;
  series->station_m = feed->limits.agreement.station_m;
  series->period_s = o->period_s;
  series->station = sf_quality_find_station (&feed->limits, o->asset);
  series->rule = sf_quality_find_quantity (&feed->limits, series->station, o->quantity);
  return series->subject && series->rule;
}

static bool
is_usable (const struct sf_record *record)
{
  return sf_quality_severity (record->quality) < 2;
}

static void
append (struct sf_tail *series, const struct sf_record *record)
{
  const struct sf_observation *o = &record->as.observation;
  const struct sf_position *p = &record->as.position;
  struct sf_tail_point row = { .valid_s = record->valid_s };
  if (record->kind == SF_RECORD_POSITION)
    {
      row.x = p->lon_deg;
      row.y = p->lat_deg;
    }
  else
    {
      row.x = o->value;
      row.lon_deg = o->lon_deg;
      row.lat_deg = o->lat_deg;
    }
  sf_tail_append (series, &row);
}

/* The usual case, a row later than all before, is judged out of memory; else the store must help. */
static enum sf_code
add_to_series (struct sf_quality_control *control, struct sf_tail *series, const struct sf_record *record,
               struct sf_quality_counts *counts, struct sf_error *err)
{
  counts->out_of_order += series->known && record->valid_s < series->last_s;
  SF_TRY (sf_tail_touch (&control->tails, series, err));
  if (!series->known || record->valid_s <= series->last_s || sf_quality_has_partners (control, series))
    {
      series->known = false;
      sf_tail_dirty (series, record->valid_s, record->valid_s);
    }
  else if (is_usable (record))
    append (series, record);
  else
    series->last_s = record->valid_s;
  return sf_quality_touch_partners (control, series, record->valid_s, err);
}

static bool
has_rules_along (const struct sf_quality_control *control, const struct sf_tail *series)
{
  const struct sf_agreement_rule *rule = &control->feeds[series->feed].limits.agreement;
  return series->mover || series->station_m > 0 || !isnan (series->rule->step.per_hour) || series->rule->stuck.for_s > 0
         || (series->station && series->station->curve) || (rule->rain && strcmp (rule->rain, series->quantity) == 0);
}

enum sf_code
sf_quality_check_record (struct sf_quality_control *control, struct sf_arena *arena, const struct sf_feed *feed,
                         struct sf_record *record, struct sf_quality_counts *counts, struct sf_error *err)
{
  size_t index = 0;
  struct sf_tail wanted, *series = NULL;
  if (record->kind != SF_RECORD_OBSERVATION && record->kind != SF_RECORD_POSITION)
    return SF_OK;
  SF_TRY (find_feed (control, feed->name, &index, err));
  const struct sf_quality_feed *known = &control->feeds[index];
  SF_TRY (sf_quality_look_at (control->rules, known, arena, record, counts, err));
  if (record->valid_s == SF_TIME_MISSING || !describe_series (known, index, record, &wanted)
      || !has_rules_along (control, &wanted))
    return SF_OK;
  if (strlen (wanted.subject) + strlen (wanted.quantity) + 2 > SF_QUALITY_KEY_BYTES)
    return SF_OK;
  SF_TRY (sf_tail_find (&control->tails, &wanted, true, &series, err));
  if (sf_quality_severity (record->quality) == 1)
    SF_TRY (sf_quality_remember (&control->memory, series->hash, record, err));
  return add_to_series (control, series, record, counts, err);
}

/* What is damaged stays so; anything else may go well when all of the batch is done again. */
static bool
is_damage (enum sf_code code)
{
  return code != SF_OK && code != SF_ENOMEM && code != SF_EBUSY && code != SF_EFULL;
}

/* The next row of the series begins anew. */
static void
leave_unjudged (struct sf_quality_control *control, struct sf_tail *series, const struct sf_error *why)
{
  struct sf_quality_feed *feed = &control->feeds[series->feed];
  feed->unjudged++;
  feed->why = *why;
  sf_tail_restart (series);
  series->known = false;
}

static enum sf_code
judge_touched (struct sf_quality_control *control, struct sf_tail *series, struct sf_quality_counts *counts,
               struct sf_error *err)
{
  struct sf_error why = { 0 };
  enum sf_code code = sf_quality_judge_series (control, series, counts, &why);
  if (code == SF_OK)
    return SF_OK;
  if (is_damage (code))
    {
      leave_unjudged (control, series, &why);
      return SF_OK;
    }
  control->failed_feed = code == SF_ENOMEM ? control->feeds[series->feed].name : NULL;
  return sf_fail (err, code, "%s", why.message);
}

enum sf_code
sf_quality_check_batch (struct sf_quality_control *control, struct sf_quality_counts *counts, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  control->failed_feed = NULL;
  for (size_t i = 0; i < control->feeds_count; i++)
    {
      control->feeds[i].counts = (struct sf_quality_counts){ 0 };
      control->feeds[i].unjudged = 0;
    }
  for (size_t i = 0; i < control->tails.touched_count && code == SF_OK; i++)
    code = judge_touched (control, control->tails.touched[i], counts, err);
  if (code == SF_OK)
    sf_tail_settle (&control->tails);
  else
    sf_quality_forget (control);
  return code;
}

const char *
sf_quality_failed_feed (const struct sf_quality_control *control)
{
  return control->failed_feed;
}

static const struct sf_quality_feed *
find_known (const struct sf_quality_control *control, const char *name)
{
  for (size_t i = 0; i < control->feeds_count; i++)
    if (strcmp (control->feeds[i].name, name) == 0)
      return &control->feeds[i];
  return NULL;
}

long
sf_quality_unjudged (const struct sf_quality_control *control, const char *feed, const char **ret_why)
{
  const struct sf_quality_feed *known = find_known (control, feed);
  *ret_why = known ? known->why.message : "";
  return known ? known->unjudged : 0;
}

const struct sf_quality_counts *
sf_quality_batch_counts (const struct sf_quality_control *control, const char *feed)
{
  const struct sf_quality_feed *known = find_known (control, feed);
  return known ? &known->counts : NULL;
}
