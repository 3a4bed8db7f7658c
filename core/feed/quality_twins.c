/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_twins.h"

#include "core/base/time.h"
#include "core/feed/quality_kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values must move to be told apart: two gauges beside each other both say 0 through a dry month. */
enum
{
  DIFFERENT_VALUES = 3
};

static const double DEGREE_M = 111194.93; /* of latitude, on the sphere that distances are taken on */

/* A feed with the rules that hold for it. */
struct owner
{
  const char *name;
  struct sf_quality_limits limits;
};

struct asset
{
  const char *id;
  double lon_deg, lat_deg;
};

struct series
{
  struct sf_store_series name;
  const struct owner *owner;
  double lon_deg, lat_deg;
};

struct looking
{
  struct sf_arena *arena;
  struct sf_store *store;
  int64_t oldest_s;
  struct owner *owners;
  size_t owners_count;
  struct asset *assets;
  size_t assets_count, assets_capacity;
  struct series *series;
  size_t series_count, series_capacity;
  size_t compared;
  struct sf_quality_twins *twins;
};

static enum sf_code
fail_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory looking for stations with two numbers");
}

/* --- what there is --- */

static enum sf_code
take_owners (struct looking *looking, const struct sf_quality_rules *rules, const struct sf_feed *feeds, size_t count,
             struct sf_error *err)
{
  looking->owners = sf_arena_calloc (looking->arena, count + 1, sizeof *looking->owners);
  if (!looking->owners)
    return fail_memory (err);
  for (size_t i = 0; i < count; i++)
    {
      struct owner *owner = &looking->owners[looking->owners_count++];
      *owner = (struct owner){ feeds[i].name, rules->limits };
      if (feeds[i].quality)
        SF_TRY (sf_quality_limits_read (looking->arena, feeds[i].quality, &rules->limits, rules->vocabulary,
                                        &owner->limits, err));
    }
  return SF_OK;
}

static enum sf_code
take_asset (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct looking *looking = ctx;
  const struct sf_asset *asset = &row->record->as.asset;
  if (isnan (asset->lon_deg) || isnan (asset->lat_deg))
    return SF_OK;
  if (looking->assets_count == SF_TWINS_SERIES_MAX)
    {
      looking->twins->is_partial = true;
      return SF_OK;
    }
  if (sf_mem_grow ((void **) &looking->assets, &looking->assets_capacity, looking->assets_count + 1,
                   sizeof *looking->assets)
      != 0)
    return fail_memory (err);
  const char *id = sf_arena_strdup (looking->arena, asset->id);
  if (!id)
    return fail_memory (err);
  looking->assets[looking->assets_count++] = (struct asset){ id, asset->lon_deg, asset->lat_deg };
  return SF_OK;
}

static int
compare_assets (const void *a, const void *b)
{
  const struct asset *x = a, *y = b;
  int order = strcmp (x->id, y->id);
  return order ? order : (x->lon_deg > y->lon_deg) - (x->lon_deg < y->lon_deg);
}

static int
compare_ids (const void *id, const void *asset)
{
  return strcmp (id, ((const struct asset *) asset)->id);
}

static const struct owner *
find_owner (const struct looking *looking, const char *feed)
{
  for (size_t i = 0; i < looking->owners_count; i++)
    if (!strcmp (looking->owners[i].name, feed))
      return &looking->owners[i];
  return NULL;
}

/* Where a series is from; false: nobody says. */
static bool
find_place (const struct looking *looking, const struct owner *owner, const struct sf_observation *observation,
            double *ret_lon_deg, double *ret_lat_deg)
{
  const struct sf_station_rule *station = sf_quality_find_station (&owner->limits, observation->asset);
  *ret_lon_deg = observation->lon_deg;
  *ret_lat_deg = observation->lat_deg;
  if (isnan (*ret_lon_deg) && station)
    {
      *ret_lon_deg = station->lon_deg;
      *ret_lat_deg = station->lat_deg;
    }
  const struct asset *asset
      = isnan (*ret_lon_deg) && looking->assets_count
            ? bsearch (observation->asset, looking->assets, looking->assets_count, sizeof *looking->assets, compare_ids)
            : NULL;
  if (asset)
    {
      *ret_lon_deg = asset->lon_deg;
      *ret_lat_deg = asset->lat_deg;
    }
  return !isnan (*ret_lon_deg) && !isnan (*ret_lat_deg);
}

static enum sf_code
take_series (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct looking *looking = ctx;
  const struct sf_observation *observation = &row->record->as.observation;
  const struct owner *owner = find_owner (looking, row->record->feed);
  double lon_deg, lat_deg;
  if (!owner || row->record->valid_s < looking->oldest_s || !(owner->limits.agreement.twin_m > 0)
      || !find_place (looking, owner, observation, &lon_deg, &lat_deg))
    return SF_OK;
  if (looking->series_count == SF_TWINS_SERIES_MAX)
    {
      looking->twins->is_partial = true;
      return SF_OK;
    }
  if (sf_mem_grow ((void **) &looking->series, &looking->series_capacity, looking->series_count + 1,
                   sizeof *looking->series)
      != 0)
    return fail_memory (err);
  const char *subject = sf_arena_strdup (looking->arena, observation->asset),
             *quantity = sf_arena_strdup (looking->arena, observation->quantity);
  if (!subject || !quantity)
    return fail_memory (err);
  looking->series[looking->series_count++] = (struct series){
    { SF_RECORD_OBSERVATION, owner->name, subject, quantity, observation->period_s }, owner, lon_deg, lat_deg
  };
  return SF_OK;
}

static enum sf_code
collect (struct looking *looking, struct sf_error *err)
{
  struct sf_store_query query;
  sf_store_query_init (&query, SF_RECORD_ASSET);
  query.latest = true;
  SF_TRY (sf_store_read (looking->store, &query, take_asset, looking, err));
  if (looking->assets_count)
    qsort (looking->assets, looking->assets_count, sizeof *looking->assets, compare_assets);
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  query.latest = true;
  return sf_store_read (looking->store, &query, take_series, looking, err);
}

/* --- pairs --- */

/* Of one quantity and span from south to north, so that who is near lies near. */
static int
compare_series (const void *a, const void *b)
{
  const struct series *x = a, *y = b;
  int order = strcmp (x->name.quantity, y->name.quantity);
  if (order == 0)
    order = (x->name.period_s > y->name.period_s) - (x->name.period_s < y->name.period_s);
  if (order == 0)
    order = (x->lat_deg > y->lat_deg) - (x->lat_deg < y->lat_deg);
  if (order == 0)
    order = strcmp (x->name.subject, y->name.subject);
  return order ? order : strcmp (x->name.feed, y->name.feed);
}

static bool
knows_pair (const struct owner *owner, const char *a, const char *b)
{
  const struct sf_agreement_rule *rule = &owner->limits.agreement;
  for (size_t i = 0; i < rule->twins_count; i++)
    if ((!strcmp (rule->twins[i].ids[0], a) && !strcmp (rule->twins[i].ids[1], b))
        || (!strcmp (rule->twins[i].ids[0], b) && !strcmp (rule->twins[i].ids[1], a)))
      return true;
  return false;
}

static bool
is_sound (const struct sf_store_sample *sample)
{
  return sample->quality != SF_QUALITY_MISSING && !isnan (sample->value);
}

/* The reports of equal times, the newest first, as long as they say the same: whether so many do, with values that move. */
static bool
say_the_same (const struct sf_store_sample *a, size_t a_count, const struct sf_store_sample *b, size_t b_count,
              long reports)
{
  double seen[DIFFERENT_VALUES];
  size_t seen_count = 0;
  long same = 0;
  while (a_count && b_count && same < reports)
    {
      const struct sf_store_sample *x = &a[a_count - 1], *y = &b[b_count - 1];
      bool skips_x = !is_sound (x) || x->valid_s > y->valid_s, skips_y = !is_sound (y) || y->valid_s > x->valid_s;
      a_count -= skips_x || !skips_y;
      b_count -= skips_y || !skips_x;
      if (skips_x || skips_y)
        continue;
      if (x->value != y->value)
        return false;
      size_t known = 0;
      while (known < seen_count && seen[known] != x->value)
        known++;
      if (known == seen_count && seen_count < DIFFERENT_VALUES)
        seen[seen_count++] = x->value;
      same++;
    }
  return same >= reports && seen_count == DIFFERENT_VALUES;
}

static void
add_twin (struct sf_quality_twins *twins, const struct series *a, const struct series *b, double apart_m, long reports)
{
  bool turned = strcmp (a->name.subject, b->name.subject) > 0;
  const struct series *first = turned ? b : a, *second = turned ? a : b;
  if (twins->count == SF_TWINS_MAX)
    twins->more++;
  else
    twins->twins[twins->count++] = (struct sf_quality_twin){ a->name.quantity,
                                                             a->name.period_s,
                                                             { first->name.subject, second->name.subject },
                                                             { first->name.feed, second->name.feed },
                                                             apart_m,
                                                             reports };
}

static enum sf_code
compare_pair (struct looking *looking, const struct series *a, const struct series *b, double apart_m,
              struct sf_error *err)
{
  struct sf_arena scratch = { 0 };
  struct sf_store_sample *samples[2] = { NULL, NULL };
  size_t counts[2] = { 0, 0 };
  long reports_a = a->owner->limits.agreement.twin_reports, reports_b = b->owner->limits.agreement.twin_reports;
  long reports = reports_a > reports_b ? reports_a : reports_b;
  const struct series *both[] = { a, b };
  enum sf_code code = SF_OK;
  looking->compared++;
  for (int i = 0; i < 2 && code == SF_OK; i++)
    code = sf_store_samples (looking->store, &scratch, &both[i]->name, SF_TIME_MISSING, SF_TIME_MISSING, 2 * reports,
                             &samples[i], &counts[i], err);
  if (code == SF_OK && say_the_same (samples[0], counts[0], samples[1], counts[1], reports))
    add_twin (looking->twins, a, b, apart_m, reports);
  sf_arena_finish (&scratch);
  return code;
}

/* How far two series of two stations may be apart to be looked at; negative: they are not a pair. */
static double
reach_m (const struct series *a, const struct series *b)
{
  double a_m = a->owner->limits.agreement.twin_m, b_m = b->owner->limits.agreement.twin_m;
  if (!strcmp (a->name.subject, b->name.subject) || knows_pair (a->owner, a->name.subject, b->name.subject)
      || knows_pair (b->owner, a->name.subject, b->name.subject))
    return -1;
  return a_m < b_m ? a_m : b_m;
}

static enum sf_code
compare_neighbours (struct looking *looking, size_t index, struct sf_error *err)
{
  const struct series *a = &looking->series[index];
  for (size_t i = index + 1; i < looking->series_count; i++)
    {
      const struct series *b = &looking->series[i];
      if (strcmp (a->name.quantity, b->name.quantity) || a->name.period_s != b->name.period_s
          || (b->lat_deg - a->lat_deg) * DEGREE_M > a->owner->limits.agreement.twin_m)
        return SF_OK;
      double apart_m = sf_quality_distance_m (a->lon_deg, a->lat_deg, b->lon_deg, b->lat_deg);
      if (!(apart_m <= reach_m (a, b)))
        continue;
      if (looking->compared == SF_TWINS_PAIRS_MAX)
        {
          looking->twins->is_partial = true;
          return SF_OK;
        }
      SF_TRY (compare_pair (looking, a, b, apart_m, err));
    }
  return SF_OK;
}

static int
compare_twins (const void *a, const void *b)
{
  const struct sf_quality_twin *x = a, *y = b;
  int order = strcmp (x->quantity, y->quantity);
  if (order == 0)
    order = strcmp (x->subjects[0], y->subjects[0]);
  return order ? order : strcmp (x->subjects[1], y->subjects[1]);
}

enum sf_code
sf_quality_find_twins (const struct sf_quality_rules *rules, const struct sf_feed *feeds, size_t feeds_count,
                       struct sf_store *store, int64_t now_s, struct sf_arena *arena,
                       struct sf_quality_twins **ret_twins, struct sf_error *err)
{
  struct looking looking = { .arena = arena, .store = store, .oldest_s = now_s - SF_TWINS_YOUNG_S };
  looking.twins = sf_arena_calloc (arena, 1, sizeof *looking.twins);
  enum sf_code code = looking.twins ? take_owners (&looking, rules, feeds, feeds_count, err) : fail_memory (err);
  if (code == SF_OK)
    code = collect (&looking, err);
  if (code == SF_OK && looking.series_count)
    qsort (looking.series, looking.series_count, sizeof *looking.series, compare_series);
  for (size_t i = 0; i < looking.series_count && code == SF_OK; i++)
    code = compare_neighbours (&looking, i, err);
  if (code == SF_OK)
    {
      qsort (looking.twins->twins, looking.twins->count, sizeof *looking.twins->twins, compare_twins);
      *ret_twins = looking.twins;
    }
  sf_mem_free (looking.assets);
  sf_mem_free (looking.series);
  return code;
}
