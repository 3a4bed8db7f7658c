/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_private.h"

#include <math.h>
#include <string.h>

/* What a row's judgement hangs on reaches two rows to either side of it, and their links one more each; back in time, as long as
   a value may stand. So a row that comes changes the judgement of no more than two rows before it and, after it, of two rows and
   of those within reach. */
enum
{
  BESIDE = 2,
  CONTEXT = 2 * BESIDE,
  FIRST_LOOK_S = 900 /* movers report often: look so far first, then further */
};

/* Rows of a series around those to be judged. */
struct window
{
  struct sf_store_sample *samples; /* usable ones, in order */
  size_t count;
  struct sf_store_sample *held; /* all of them */
  size_t held_count;
  bool newest;    /* no row is later */
  int64_t last_s; /* of any row, INT64_MIN: none */
};

static struct sf_store_series
name_of (const struct sf_quality_control *control, const struct sf_tail *series)
{
  return (struct sf_store_series){ .kind = series->kind,
                                   .feed = control->feeds[series->feed].name,
                                   .subject = series->subject,
                                   .quantity = series->mover ? NULL : series->quantity,
                                   .period_s = series->period_s };
}

static enum sf_code
ask (struct sf_quality_control *control, const struct sf_tail *series, int64_t from_s, int64_t to_s, long limit,
     struct sf_store_sample **samples, size_t *count, struct sf_error *err)
{
  const struct sf_store_series name = name_of (control, series);
  return control->source.samples (control->source.store, &control->scratch, &name, from_s, to_s, limit, samples, count,
                                  err);
}

static struct sf_tail_point
point_of (const struct sf_tail *series, const struct sf_store_sample *sample)
{
  struct sf_tail_point point
      = { .valid_s = sample->valid_s, .x = sample->value, .lon_deg = sample->lon_deg, .lat_deg = sample->lat_deg };
  if (series->mover)
    {
      point.x = sample->lon_deg;
      point.y = sample->lat_deg;
    }
  return point;
}

static bool
is_usable (const struct sf_tail *series, const struct sf_store_sample *sample)
{
  struct sf_tail_point point = point_of (series, sample);
  return sf_quality_severity (sample->quality) < 2 && !isnan (point.x) && !isnan (point.y);
}

static size_t
keep_usable (const struct sf_tail *series, struct sf_store_sample *samples, size_t count)
{
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (is_usable (series, &samples[i]))
      samples[kept++] = samples[i];
  return kept;
}

static bool
has_context (const struct sf_tail *series, const struct window *window)
{
  size_t before = 0, after = 0;
  while (before < window->count && window->samples[before].valid_s < series->from_s)
    before++;
  while (after < window->count && window->samples[window->count - 1 - after].valid_s > series->to_s)
    after++;
  return before >= CONTEXT && (after >= CONTEXT || window->newest);
}

/* Where the series ends, when nothing of it lies in the window: rows further back are none of its business, but they are there. */
static enum sf_code
find_last (struct sf_quality_control *control, const struct sf_tail *series, struct window *window,
           struct sf_error *err)
{
  struct sf_store_sample *last = NULL;
  size_t count = 0;
  if (!window->newest || window->held_count > 0)
    return SF_OK;
  SF_TRY (ask (control, series, INT64_MIN, series->to_s, 1, &last, &count, err));
  window->last_s = count ? last[0].valid_s : INT64_MIN;
  return SF_OK;
}

/* Load as little around the rows as their judgement needs. */
static enum sf_code
load_window (struct sf_quality_control *control, const struct sf_tail *series, struct window *window,
             struct sf_error *err)
{
  int64_t most_s = sf_tail_reach_s (series), reach_s = series->mover && most_s > FIRST_LOOK_S ? FIRST_LOOK_S : most_s;
  size_t count = 0;
  struct sf_store_sample *later = NULL;
  SF_TRY (ask (control, series, series->to_s + 1, INT64_MAX, 1, &later, &count, err));
  window->newest = count == 0;
  for (;;)
    {
      SF_TRY (ask (control, series, series->from_s - reach_s, series->to_s + (window->newest ? 0 : reach_s), 0,
                   &window->samples, &count, err));
      window->held = sf_arena_calloc (&control->scratch, count + 1, sizeof *window->held);
      if (!window->held)
        return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %.100s", series->subject);
      if (count)
        memcpy (window->held, window->samples, count * sizeof *window->held);
      window->held_count = count;
      window->last_s = count ? window->samples[count - 1].valid_s : INT64_MIN;
      window->count = keep_usable (series, window->samples, count);
      if (reach_s >= most_s || has_context (series, window))
        return find_last (control, series, window, err);
      reach_s = 4 * reach_s < most_s ? 4 * reach_s : most_s;
    }
}

/* --- finding --- */

struct findings
{
  unsigned char *links, *flags;
  int64_t *valid_s;
  double *values;
  int64_t standing_since_s; /* of the last row */
};

static void
find_standing (const struct sf_tail *series, const struct window *window, struct findings *found)
{
  const struct sf_quality_stuck *stuck = &series->rule->stuck;
  size_t begin = 0;
  for (size_t i = 0; i < window->count; i++)
    {
      found->valid_s[i] = window->samples[i].valid_s;
      found->values[i] = window->samples[i].value;
      if (i == 0 || found->values[i] != found->values[i - 1]
          || found->valid_s[i] - found->valid_s[i - 1] > stuck->gap_s)
        begin = i;
      found->standing_since_s = found->valid_s[begin];
      if (sf_quality_is_stuck (stuck, found->values[i], found->valid_s[i] - found->standing_since_s))
        found->flags[i] |= SF_QUALITY_STANDS;
    }
}

static enum sf_code
find_all (struct sf_quality_control *control, const struct sf_tail *series, const struct window *window,
          struct findings *found, struct sf_error *err)
{
  size_t n = window->count + 1;
  *found = (struct findings){ .links = sf_arena_calloc (&control->scratch, n, 1),
                              .flags = sf_arena_calloc (&control->scratch, n, 1),
                              .valid_s = sf_arena_calloc (&control->scratch, n, sizeof *found->valid_s),
                              .values = sf_arena_calloc (&control->scratch, n, sizeof *found->values) };
  if (!found->links || !found->flags || !found->valid_s || !found->values)
    return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %.100s", series->subject);
  for (size_t i = 0; i + 1 < window->count; i++)
    {
      struct sf_tail_point a = point_of (series, &window->samples[i]), b = point_of (series, &window->samples[i + 1]);
      found->links[i] = sf_tail_link (series, &a, &b);
      if (sf_tail_is_apart (series, &a, &b))
        {
          found->flags[i] |= SF_QUALITY_PLACES;
          found->flags[i + 1] |= SF_QUALITY_PLACES;
        }
    }
  for (size_t i = 0; i < window->count; i++)
    if (sf_quality_is_jump (found->links, window->count, i))
      found->flags[i] |= sf_tail_jump_flag (series);
  if (!series->mover)
    find_standing (series, window, found);
  return SF_OK;
}

/* --- telling --- */

/* What the store has of rows around those that are judged; read when it is first needed. */
struct past
{
  int64_t from_s, to_s;
  struct sf_quality_past_row *rows;
  size_t count;
  bool read;
};

static bool
is_same_row (const struct sf_store_sample *a, const struct sf_store_sample *b)
{
  return a->valid_s == b->valid_s && a->revision == b->revision && a->received_s == b->received_s && a->tie == b->tie
         && a->place == b->place;
}

static enum sf_code
read_past (struct sf_quality_control *control, const struct sf_tail *series, struct past *past, struct sf_error *err)
{
  const struct sf_store_series name = name_of (control, series);
  if (past->read)
    return SF_OK;
  past->read = true;
  return control->source.past (control->source.store, &control->scratch, &name, past->from_s, past->to_s, &past->rows,
                               &past->count, err);
}

/* A doubtful row's own doubt, "" for one that is doubtful by a judgement alone. */
static enum sf_code
find_own (struct sf_quality_control *control, const struct sf_tail *series, const struct sf_store_sample *sample,
          struct past *past, struct sf_span *ret_own, struct sf_error *err)
{
  /* The batch's own word comes first: memory keeps a few, and knows rows by less than their key. */
  const char *doubt = sample->doubt ? sample->doubt : sf_quality_recall (&control->memory, series->hash, sample);
  if (!doubt)
    SF_TRY (read_past (control, series, past, err));
  for (size_t i = 0; i < past->count && !doubt; i++)
    if (is_same_row (&past->rows[i].sample, sample))
      doubt = past->rows[i].doubt;
  *ret_own = (struct sf_span){ doubt, doubt ? sf_quality_own_length (doubt) : 0 };
  return SF_OK;
}

/* Give a row the judgement of its own doubt and these flags; one that is fine and stays so is left alone. */
static enum sf_code
tell (struct sf_quality_control *control, const struct sf_tail *series, const struct sf_store_sample *sample,
      unsigned char flags, struct past *past, struct sf_error *err)
{
  char words[SF_QUALITY_WORDS_BYTES];
  const struct sf_store_series name = name_of (control, series);
  struct sf_span own = { NULL, 0 };
  bool doubtful = sf_quality_severity (sample->quality) > 0;
  if (!doubtful && !flags)
    return SF_OK;
  if (doubtful)
    SF_TRY (find_own (control, series, sample, past, &own, err));
  sf_quality_words (flags, words);
  char *text = sf_arena_printf (&control->scratch, "%.*s%s%s", (int) own.length, own.length ? own.text : "",
                                own.length && *words ? "; " : "", words);
  if (!text)
    return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %.100s", series->subject);
  uint8_t quality = sf_quality_worsen (sample->quality % 3, *text ? 1 : 0);
  return control->source.judge (control->source.store, &name, sample, (enum sf_quality) quality, *text ? text : NULL,
                                err);
}

/* A row that another took the place of keeps its own doubt alone, so that it does not matter whether it ever held. */
static enum sf_code
take_back_from_replaced (struct sf_quality_control *control, const struct sf_tail *series, const struct window *window,
                         struct past *past, struct sf_error *err)
{
  SF_TRY (read_past (control, series, past, err));
  for (size_t i = 0; i < past->count; i++)
    {
      struct sf_store_sample *row = &past->rows[i].sample;
      bool told = past->rows[i].doubt && past->rows[i].doubt[sf_quality_own_length (past->rows[i].doubt)];
      bool held = false;
      for (size_t j = 0; j < window->held_count && told && !held; j++)
        held = is_same_row (&window->held[j], row);
      if (told && !held && row->valid_s >= series->from_s && row->valid_s <= series->to_s)
        SF_TRY (tell (control, series, row, 0, past, err));
    }
  return SF_OK;
}

/* Rows that may have changed: from two before the first to two after the last, and all that within reach may stand. What lies
   further away is not touched: the window need not hold all that it was judged by. */
static void
find_affected (const struct sf_tail *series, const struct window *window, size_t *first, size_t *end)
{
  size_t i = 0;
  int64_t effect_s = sf_tail_effect_s (series), standing_s = sf_tail_standing_s (series);
  while (i < window->count && window->samples[i].valid_s < series->from_s)
    i++;
  *first = i > BESIDE ? i - BESIDE : 0;
  while (*first < i && window->samples[*first].valid_s < series->from_s - effect_s)
    ++*first;
  while (i < window->count && window->samples[i].valid_s <= series->to_s)
    i++;
  for (int n = 0; n < BESIDE && i < window->count && window->samples[i].valid_s <= series->to_s + effect_s; n++)
    i++;
  while (i < window->count && window->samples[i].valid_s <= series->to_s + standing_s)
    i++;
  *end = i;
}

static void
count_doubt (struct sf_quality_control *control, const struct sf_tail *series, struct sf_quality_counts *counts)
{
  counts->doubtful++;
  control->feeds[series->feed].counts.doubtful++;
}

/* What memory keeps of the series from now on. */
static void
take_tail (struct sf_tail *series, const struct window *window, const struct findings *found)
{
  size_t first = window->count > SF_QUALITY_TAIL ? window->count - SF_QUALITY_TAIL : 0;
  sf_tail_restart (series);
  for (size_t i = first; i < window->count; i++)
    {
      struct sf_tail_point point = point_of (series, &window->samples[i]);
      sf_tail_append (series, &point);
    }
  for (int i = 0; i < series->tail_count; i++)
    series->tail[i].flags = series->tail[i].told = found->flags[first + (size_t) i];
  series->standing_since_s = found->standing_since_s;
  series->last_s = window->last_s;
  series->known = window->newest;
}

static enum sf_code
judge_with_store (struct sf_quality_control *control, struct sf_tail *series, struct sf_quality_counts *counts,
                  struct sf_error *err)
{
  struct window window = { 0 };
  struct findings found;
  size_t first = 0, end = 0;
  SF_TRY (load_window (control, series, &window, err));
  SF_TRY (find_all (control, series, &window, &found, err));
  find_affected (series, &window, &first, &end);
  struct past past = { .from_s = series->from_s, .to_s = series->to_s };
  if (first < end && window.samples[first].valid_s < past.from_s)
    past.from_s = window.samples[first].valid_s;
  if (first < end && window.samples[end - 1].valid_s > past.to_s)
    past.to_s = window.samples[end - 1].valid_s;
  for (size_t i = first; i < end; i++)
    {
      const struct sf_store_sample *sample = &window.samples[i];
      unsigned char flags = found.flags[i];
      SF_TRY (sf_quality_contradictions (control, series, sample, &flags, err));
      SF_TRY (tell (control, series, sample, flags, &past, err));
      if (flags && sample->valid_s >= series->from_s && sample->valid_s <= series->to_s)
        count_doubt (control, series, counts);
    }
  SF_TRY (take_back_from_replaced (control, series, &window, &past, err));
  take_tail (series, &window, &found);
  return SF_OK;
}

/* Rows that memory judged differently from what the store was told. */
static enum sf_code
tell_tail (struct sf_quality_control *control, struct sf_tail *series, struct sf_quality_counts *counts,
           struct sf_error *err)
{
  for (int i = 0; i < series->tail_count; i++)
    {
      struct sf_tail_point *point = &series->tail[i];
      struct sf_store_sample *samples = NULL;
      size_t count = 0;
      if (point->flags == point->told)
        continue;
      SF_TRY (ask (control, series, point->valid_s, point->valid_s, 1, &samples, &count, err));
      if (count != 1)
        return sf_fail (err, SF_ENOTFOUND, "%.100s: the row that quality control judges is not in the store",
                        series->subject);
      struct past past = { .from_s = point->valid_s, .to_s = point->valid_s };
      SF_TRY (tell (control, series, &samples[0], point->flags, &past, err));
      if (point->flags && !point->told)
        count_doubt (control, series, counts);
      point->told = point->flags;
    }
  return SF_OK;
}

static enum sf_code
judge_span (struct sf_quality_control *control, struct sf_tail *series, const struct sf_tail_span *span,
            struct sf_quality_counts *counts, struct sf_error *err)
{
  sf_arena_reset (&control->scratch);
  series->from_s = span->from_s;
  series->to_s = span->to_s;
  return judge_with_store (control, series, counts, err);
}

/* There are more spans than are kept apart. */
static enum sf_code
judge_all (struct sf_quality_control *control, struct sf_tail *series, struct sf_quality_counts *counts,
           struct sf_error *err)
{
  struct sf_tail_span all = series->rest;
  for (size_t i = 0; i < series->spans_count; i++)
    {
      all.from_s = series->spans[i].from_s < all.from_s ? series->spans[i].from_s : all.from_s;
      all.to_s = series->spans[i].to_s > all.to_s ? series->spans[i].to_s : all.to_s;
    }
  return judge_span (control, series, &all, counts, err);
}

/* The latest span comes last: what it loads is what memory keeps. */
static enum sf_code
judge_spans (struct sf_quality_control *control, struct sf_tail *series, struct sf_quality_counts *counts,
             struct sf_error *err)
{
  for (int i = 0; i < series->tail_count; i++)
    if (series->tail[i].flags != series->tail[i].told)
      sf_tail_dirty (series, series->tail[i].valid_s, series->tail[i].valid_s);
  sf_tail_join_spans (series);
  if (series->rest.from_s <= series->rest.to_s)
    return judge_all (control, series, counts, err);
  for (size_t i = 0; i < series->spans_count; i++)
    SF_TRY (judge_span (control, series, &series->spans[i], counts, err));
  return SF_OK;
}

enum sf_code
sf_quality_judge_series (struct sf_quality_control *control, struct sf_tail *series, struct sf_quality_counts *counts,
                         struct sf_error *err)
{
  sf_arena_reset (&control->scratch);
  if (sf_tail_is_dirty (series))
    return judge_spans (control, series, counts, err);
  return tell_tail (control, series, counts, err);
}
