/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_tails.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  SPANS_KEPT = 8,     /* room for them that a series keeps between batches */
  PLACES_S = 2 * 3600 /* rows of two places no further apart than this are two stations, not one that was moved */
};

static const struct sf_tail_span NO_SPAN = { INT64_MAX, INT64_MIN };

/* --- keys --- */

static uint64_t
add_to_hash (uint64_t hash, const char *text)
{
  for (; *text; text++)
    hash = (hash ^ (unsigned char) *text) * 0x100000001B3u;
  return (hash ^ 0xFF) * 0x100000001B3u;
}

/* FNV-1a (Fowler, Noll, Vo). */
static uint64_t
hash_of (const struct sf_tail *s)
{
  uint64_t hash = 0xCBF29CE484222325u;
  hash = add_to_hash (add_to_hash (hash, s->subject), s->quantity);
  hash = (hash ^ (uint64_t) s->period_s) * 0x100000001B3u;
  hash = (hash ^ (uint64_t) s->feed << 8 ^ (uint64_t) s->kind) * 0x100000001B3u;
  return hash ^ hash >> 29;
}

static bool
is_same (const struct sf_tail *a, const struct sf_tail *b)
{
  return a->feed == b->feed && a->kind == b->kind && a->period_s == b->period_s && strcmp (a->subject, b->subject) == 0
         && strcmp (a->quantity, b->quantity) == 0;
}

/* --- the cache --- */

enum sf_code
sf_tails_init (struct sf_tails *cache, size_t max, struct sf_error *err)
{
  size_t buckets = 64;
  while (buckets < max)
    buckets *= 2;
  *cache = (struct sf_tails){ .max = max, .buckets_count = buckets };
  cache->buckets = sf_mem_calloc (buckets, sizeof *cache->buckets);
  return cache->buckets ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for quality control");
}

static void
take_from_order (struct sf_tails *cache, struct sf_tail *series)
{
  *(series->newer ? &series->newer->older : &cache->newest) = series->older;
  *(series->older ? &series->older->newer : &cache->oldest) = series->newer;
}

static void
put_first (struct sf_tails *cache, struct sf_tail *series)
{
  series->newer = NULL;
  series->older = cache->newest;
  *(cache->newest ? &cache->newest->newer : &cache->oldest) = series;
  cache->newest = series;
}

static void
drop (struct sf_tails *cache, struct sf_tail *series)
{
  struct sf_tail **at = &cache->buckets[series->hash & (cache->buckets_count - 1)];
  while (*at != series)
    at = &(*at)->next;
  *at = series->next;
  take_from_order (cache, series);
  cache->count--;
  sf_mem_free (series->spans);
  sf_mem_free (series->key);
  sf_mem_free (series);
}

void
sf_tails_clear (struct sf_tails *cache)
{
  cache->touched_count = 0;
  while (cache->oldest)
    drop (cache, cache->oldest);
}

void
sf_tails_finish (struct sf_tails *cache)
{
  if (cache->buckets)
    sf_tails_clear (cache);
  sf_mem_free (cache->buckets);
  sf_mem_free (cache->touched);
  *cache = (struct sf_tails){ 0 };
}

static struct sf_tail *
make_series (const struct sf_tail *wanted)
{
  size_t subject = strlen (wanted->subject) + 1, quantity = strlen (wanted->quantity) + 1;
  struct sf_tail *series = sf_mem_alloc (sizeof *series);
  char *key = sf_mem_alloc (subject + quantity);
  if (!series || !key)
    {
      sf_mem_free (series);
      sf_mem_free (key);
      return NULL;
    }
  memcpy (key, wanted->subject, subject);
  memcpy (key + subject, wanted->quantity, quantity);
  *series = *wanted;
  series->key = key;
  series->subject = key;
  series->quantity = key + subject;
  series->known = false;
  series->touched = false;
  sf_tail_restart (series);
  series->spans = NULL;
  series->spans_count = series->spans_capacity = 0;
  series->rest = NO_SPAN;
  return series;
}

/* A batch may touch more series than are kept: they go at its end. */
static void
make_room (struct sf_tails *cache)
{
  struct sf_tail *series = cache->oldest;
  while (cache->count >= cache->max && series)
    {
      struct sf_tail *newer = series->newer;
      if (series->touched)
        return;
      drop (cache, series);
      series = newer;
    }
}

enum sf_code
sf_tail_find (struct sf_tails *cache, const struct sf_tail *wanted, bool make, struct sf_tail **ret_series,
              struct sf_error *err)
{
  uint64_t hash = hash_of (wanted);
  struct sf_tail **bucket = &cache->buckets[hash & (cache->buckets_count - 1)], *series = *bucket;
  while (series && !(series->hash == hash && is_same (series, wanted)))
    series = series->next;
  if (series && series != cache->newest)
    {
      take_from_order (cache, series);
      put_first (cache, series);
    }
  *ret_series = series;
  if (series || !make)
    return SF_OK;
  make_room (cache);
  series = make_series (wanted);
  if (!series)
    return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %.100s", wanted->subject);
  series->hash = hash;
  series->next = *bucket;
  *bucket = series;
  put_first (cache, series);
  cache->count++;
  *ret_series = series;
  return SF_OK;
}

enum sf_code
sf_tail_touch (struct sf_tails *cache, struct sf_tail *series, struct sf_error *err)
{
  if (series->touched)
    return SF_OK;
  if (sf_mem_grow ((void **) &cache->touched, &cache->touched_capacity, cache->touched_count + 1,
                   sizeof (struct sf_tail *))
      != 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %.100s", series->subject);
  cache->touched[cache->touched_count++] = series;
  series->touched = true;
  return SF_OK;
}

static void
forget_spans (struct sf_tail *series)
{
  series->spans_count = 0;
  series->rest = NO_SPAN;
  if (series->spans_capacity <= SPANS_KEPT)
    return;
  sf_mem_free (series->spans);
  series->spans = NULL;
  series->spans_capacity = 0;
}

void
sf_tail_settle (struct sf_tails *cache)
{
  for (size_t i = 0; i < cache->touched_count; i++)
    {
      cache->touched[i]->touched = false;
      forget_spans (cache->touched[i]);
    }
  cache->touched_count = 0;
  while (cache->count > cache->max)
    drop (cache, cache->oldest);
}

/* --- a series --- */

static int
compare_spans (const void *a, const void *b)
{
  const struct sf_tail_span *x = a, *y = b;
  return (x->from_s > y->from_s) - (x->from_s < y->from_s);
}

static void
widen (struct sf_tail_span *span, int64_t from_s, int64_t to_s)
{
  span->from_s = from_s < span->from_s ? from_s : span->from_s;
  span->to_s = to_s > span->to_s ? to_s : span->to_s;
}

void
sf_tail_join_spans (struct sf_tail *series)
{
  size_t kept = 0;
  if (series->spans_count == 0)
    return;
  int64_t reach_s = sf_tail_reach_s (series);
  qsort (series->spans, series->spans_count, sizeof *series->spans, compare_spans);
  for (size_t i = 1; i < series->spans_count; i++)
    {
      const struct sf_tail_span *span = &series->spans[i];
      if (span->from_s <= series->spans[kept].to_s + reach_s)
        widen (&series->spans[kept], span->from_s, span->to_s);
      else
        series->spans[++kept] = *span;
    }
  series->spans_count = kept + 1;
}

bool
sf_tail_is_dirty (const struct sf_tail *series)
{
  return series->spans_count > 0 || series->rest.from_s <= series->rest.to_s;
}

void
sf_tail_dirty (struct sf_tail *series, int64_t from_s, int64_t to_s)
{
  struct sf_tail_span *last = series->spans_count ? &series->spans[series->spans_count - 1] : NULL;
  int64_t reach_s = sf_tail_reach_s (series);
  if (last && from_s <= last->to_s + reach_s && to_s >= last->from_s - reach_s)
    {
      widen (last, from_s, to_s);
      return;
    }
  if (series->spans_count == SF_QUALITY_TAIL_SPANS)
    sf_tail_join_spans (series);
  bool room = series->spans_count < SF_QUALITY_TAIL_SPANS
              && sf_mem_grow ((void **) &series->spans, &series->spans_capacity, series->spans_count + 1,
                              sizeof *series->spans)
                     == 0;
  if (room)
    series->spans[series->spans_count++] = (struct sf_tail_span){ from_s, to_s };
  else
    widen (&series->rest, from_s, to_s);
}

void
sf_tail_restart (struct sf_tail *series)
{
  series->tail_count = 0;
  series->last_s = INT64_MIN;
  series->standing_since_s = 0;
}

unsigned char
sf_tail_link (const struct sf_tail *series, const struct sf_tail_point *a, const struct sf_tail_point *b)
{
  int64_t dt_s = b->valid_s - a->valid_s;
  if (series->mover)
    return (unsigned char) sf_quality_speed_link (
        series->mover, dt_s, dt_s > series->mover->gap_s ? NAN : sf_quality_distance_m (a->x, a->y, b->x, b->y));
  return (unsigned char) sf_quality_step_link (&series->rule->step, dt_s, b->x - a->x);
}

bool
sf_tail_is_apart (const struct sf_tail *series, const struct sf_tail_point *a, const struct sf_tail_point *b)
{
  if (series->mover || b->valid_s - a->valid_s > sf_tail_effect_s (series)
      || (a->lon_deg == b->lon_deg && a->lat_deg == b->lat_deg))
    return false;
  return sf_quality_distance_m (a->lon_deg, a->lat_deg, b->lon_deg, b->lat_deg) > series->station_m;
}

unsigned char
sf_tail_jump_flag (const struct sf_tail *series)
{
  return series->mover ? SF_QUALITY_SPEEDS : SF_QUALITY_JUMPS;
}

int64_t
sf_tail_effect_s (const struct sf_tail *series)
{
  if (series->mover)
    return 2 * series->mover->gap_s;
  int64_t jumps_s = 2 * series->rule->step.gap_s,
          apart_s = PLACES_S > 2 * series->period_s ? PLACES_S : 2 * series->period_s;
  return jumps_s > apart_s ? jumps_s : apart_s;
}

int64_t
sf_tail_standing_s (const struct sf_tail *series)
{
  return series->mover ? 0 : series->rule->stuck.for_s + series->rule->stuck.gap_s;
}

int64_t
sf_tail_reach_s (const struct sf_tail *series)
{
  int64_t effect_s = sf_tail_effect_s (series), standing_s = sf_tail_standing_s (series);
  return effect_s + (effect_s > standing_s ? effect_s : standing_s);
}

/* Whether the last value stands for too long; keeps since when. */
static bool
last_stands (struct sf_tail *series)
{
  if (series->mover)
    return false;
  const struct sf_quality_stuck *stuck = &series->rule->stuck;
  const struct sf_tail_point *last = &series->tail[series->tail_count - 1];
  bool goes_on = series->tail_count > 1 && last[-1].x == last->x && last->valid_s - last[-1].valid_s <= stuck->gap_s;
  if (!goes_on)
    series->standing_since_s = last->valid_s;
  return sf_quality_is_stuck (stuck, last->x, last->valid_s - series->standing_since_s);
}

/* A point that leaves with something untold is judged by rows from the store. */
static void
shift (struct sf_tail *series)
{
  if (series->tail[0].flags != series->tail[0].told)
    sf_tail_dirty (series, series->tail[0].valid_s, series->tail[0].valid_s);
  memmove (series->tail, series->tail + 1, (SF_QUALITY_TAIL - 1) * sizeof *series->tail);
  series->tail_count--;
}

void
sf_tail_append (struct sf_tail *series, const struct sf_tail_point *row)
{
  unsigned char links[SF_QUALITY_TAIL];
  if (series->tail_count == SF_QUALITY_TAIL)
    shift (series);
  struct sf_tail_point *tail = series->tail, *last = &tail[series->tail_count];
  *last = *row;
  last->link = SF_QUALITY_APART;
  last->flags = last->told = 0;
  if (series->tail_count > 0)
    last->link = sf_tail_link (series, last - 1, last);
  int count = ++series->tail_count;
  if (last_stands (series))
    last->flags = SF_QUALITY_STANDS;
  if (count > 1 && sf_tail_is_apart (series, last - 1, last))
    {
      last->flags |= SF_QUALITY_PLACES;
      last[-1].flags |= SF_QUALITY_PLACES;
    }
  bool any_broken = false;
  for (int i = 1; i < count; i++)
    {
      links[i - 1] = tail[i].link;
      any_broken |= tail[i].link == SF_QUALITY_BROKEN;
    }
  unsigned char jump = sf_tail_jump_flag (series);
  for (int i = count > 3 ? count - 3 : 0; any_broken && i < count; i++)
    {
      bool jumps = sf_quality_is_jump (links, (size_t) count, (size_t) i);
      tail[i].flags = (unsigned char) ((tail[i].flags & ~jump) | (jumps ? jump : 0));
    }
  series->last_s = row->valid_s;
}
