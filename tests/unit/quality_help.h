/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_QUALITY_HELP_H
#define SF_TESTS_UNIT_QUALITY_HELP_H

#include "core/base/time.h"
#include "core/feed/quality_private.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>

/* A store of the header's behaviour in an array, for quality control alone. */

enum
{
  ROWS_MAX = 20000,
  NAME_MAX_BYTES = 32
};

struct row
{
  enum sf_record_kind kind;
  char feed[NAME_MAX_BYTES], subject[NAME_MAX_BYTES], quantity[NAME_MAX_BYTES];
  int64_t period_s, valid_s, received_s;
  uint32_t revision;
  double value, lon_deg, lat_deg;
  uint8_t put, quality;
  char own[300], doubt[300]; /* as put; as judged */
  bool committed;
};

struct shelf
{
  struct row rows[ROWS_MAX];
  int count;
  long asked, told;
};

static inline bool
is_of (const struct row *row, const struct sf_store_series *series)
{
  return row->kind == series->kind && strcmp (row->feed, series->feed) == 0
         && strcmp (row->subject, series->subject) == 0
         && strcmp (row->quantity, series->quantity ? series->quantity : "") == 0 && row->period_s == series->period_s;
}

static inline bool
overrides (const struct row *a, const struct row *b)
{
  return a->revision != b->revision ? a->revision > b->revision : a->received_s > b->received_s;
}

static inline bool
is_same_thing (const struct row *a, const struct row *b)
{
  return a->kind == b->kind && strcmp (a->feed, b->feed) == 0 && strcmp (a->subject, b->subject) == 0
         && strcmp (a->quantity, b->quantity) == 0 && a->period_s == b->period_s && a->valid_s == b->valid_s;
}

static inline bool
holds (const struct shelf *shelf, const struct row *row)
{
  for (int i = 0; i < shelf->count; i++)
    if (&shelf->rows[i] != row && is_same_thing (&shelf->rows[i], row) && overrides (&shelf->rows[i], row))
      return false;
  return true;
}

static inline int
compare_samples (const void *a, const void *b)
{
  const struct sf_store_sample *x = a, *y = b;
  return (x->valid_s > y->valid_s) - (x->valid_s < y->valid_s);
}

static inline enum sf_code
shelf_samples (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series, int64_t from_s,
               int64_t to_s, long limit, struct sf_store_sample **ret_samples, size_t *ret_count, struct sf_error *err)
{
  struct shelf *shelf = (struct shelf *) store;
  struct sf_store_sample *samples = sf_arena_calloc (arena, (size_t) shelf->count + 1, sizeof *samples);
  size_t count = 0;
  (void) err;
  ck_assert_ptr_nonnull (samples);
  shelf->asked++;
  for (int i = 0; i < shelf->count; i++)
    {
      const struct row *row = &shelf->rows[i];
      if (is_of (row, series) && row->valid_s >= from_s && row->valid_s <= to_s && holds (shelf, row))
        samples[count++] = (struct sf_store_sample){ .valid_s = row->valid_s,
                                                     .received_s = row->received_s,
                                                     .value = row->value,
                                                     .lon_deg = row->lon_deg,
                                                     .lat_deg = row->lat_deg,
                                                     .quality = row->quality,
                                                     .revision = row->revision };
    }
  qsort (samples, count, sizeof *samples, compare_samples);
  *ret_samples = samples;
  *ret_count = limit > 0 && count > (size_t) limit ? (size_t) limit : count;
  return SF_OK;
}

static inline enum sf_code
shelf_judge (struct sf_store *store, const struct sf_store_series *series, const struct sf_store_sample *sample,
             enum sf_quality quality, const char *doubt, struct sf_error *err)
{
  struct shelf *shelf = (struct shelf *) store;
  struct row *row = NULL;
  (void) err;
  for (int i = 0; i < shelf->count && !row; i++)
    if (is_of (&shelf->rows[i], series) && shelf->rows[i].valid_s == sample->valid_s
        && shelf->rows[i].received_s == sample->received_s && shelf->rows[i].revision == sample->revision)
      row = &shelf->rows[i];
  ck_assert_ptr_nonnull (row);
  row->quality = (uint8_t) quality;
  snprintf (row->doubt, sizeof row->doubt, "%s", doubt ? doubt : "");
  shelf->told++;
  return SF_OK;
}

static inline enum sf_code
shelf_past (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series, int64_t from_s,
            int64_t to_s, struct sf_quality_past_row **ret_rows, size_t *ret_count, struct sf_error *err)
{
  struct shelf *shelf = (struct shelf *) store;
  struct sf_quality_past_row *rows = sf_arena_calloc (arena, (size_t) shelf->count + 1, sizeof *rows);
  size_t count = 0;
  (void) err;
  ck_assert_ptr_nonnull (rows);
  for (int i = 0; i < shelf->count; i++)
    {
      const struct row *row = &shelf->rows[i];
      if (!row->committed || !is_of (row, series) || row->valid_s < from_s || row->valid_s > to_s)
        continue;
      rows[count++] = (struct sf_quality_past_row){ { .valid_s = row->valid_s,
                                                      .received_s = row->received_s,
                                                      .value = row->value,
                                                      .quality = row->quality,
                                                      .revision = row->revision },
                                                    *row->doubt ? sf_arena_strdup (arena, row->doubt) : NULL };
    }
  *ret_rows = rows;
  *ret_count = count;
  return SF_OK;
}

static inline void
shelf_commit (struct shelf *shelf)
{
  for (int i = 0; i < shelf->count; i++)
    shelf->rows[i].committed = true;
}

static inline struct sf_quality_source
shelf_source (struct shelf *shelf)
{
  return (struct sf_quality_source){ (struct sf_store *) shelf, shelf_samples, shelf_judge, shelf_past };
}

static inline void
shelf_put (struct shelf *shelf, const struct sf_record *record)
{
  bool position = record->kind == SF_RECORD_POSITION;
  struct row row = { .kind = record->kind,
                     .valid_s = record->valid_s,
                     .received_s = record->received_s,
                     .revision = record->revision,
                     .put = record->quality,
                     .quality = record->quality,
                     .value = NAN };
  snprintf (row.feed, sizeof row.feed, "%s", record->feed);
  snprintf (row.own, sizeof row.own, "%s", record->doubt ? record->doubt : "");
  memcpy (row.doubt, row.own, sizeof row.doubt);
  if (position)
    {
      snprintf (row.subject, sizeof row.subject, "%s", record->as.position.mover);
      row.lon_deg = record->as.position.lon_deg;
      row.lat_deg = record->as.position.lat_deg;
    }
  else
    {
      snprintf (row.subject, sizeof row.subject, "%s", record->as.observation.asset);
      snprintf (row.quantity, sizeof row.quantity, "%s", record->as.observation.quantity);
      row.period_s = record->as.observation.period_s;
      row.value = record->as.observation.value;
      row.lon_deg = record->as.observation.lon_deg;
      row.lat_deg = record->as.observation.lat_deg;
    }
  ck_assert_int_lt (shelf->count, ROWS_MAX);
  shelf->rows[shelf->count++] = row;
}

/* Rules out of a text over those of the house. */
struct world
{
  struct sf_arena arena;
  struct sf_vocabulary *vocabulary;
  struct sf_quality_rules *rules;
  struct sf_feed feed;
};

static inline void
world_init (struct world *world, const char *limits)
{
  *world = (struct world){ .feed = { .name = "f", .area = { NAN, NAN, NAN, NAN } } };
  struct sf_yaml *node = NULL;
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &world->vocabulary, err));
  ck_done (sf_quality_rules_load (&world->arena, TEST_SRCDIR "/share", world->vocabulary, &world->rules, err));
  if (!limits)
    return;
  ck_done (sf_yaml_parse (&world->arena, "limits.yaml", (const uint8_t *) limits, strlen (limits), &node, err));
  ck_done (sf_quality_check_limits (node, world->rules, err));
  world->feed.quality = node;
}

static inline void
world_finish (struct world *world)
{
  sf_vocabulary_free (world->vocabulary);
  sf_arena_finish (&world->arena);
}

static inline struct sf_record
observe (const char *asset, const char *quantity, int64_t period_s, int64_t valid_s, double value)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_OBSERVATION);
  record.feed = "f";
  record.valid_s = valid_s;
  record.received_s = valid_s + 60;
  record.as.observation.asset = asset;
  record.as.observation.quantity = quantity;
  record.as.observation.period_s = period_s;
  record.as.observation.value = value;
  return record;
}

static inline struct sf_record
report (const char *mover, const char *type, int64_t valid_s, double lon_deg, double lat_deg)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_POSITION);
  record.feed = "f";
  record.valid_s = valid_s;
  record.received_s = valid_s + 5;
  record.as.position.mover = mover;
  record.as.position.type = type;
  record.as.position.lon_deg = lon_deg;
  record.as.position.lat_deg = lat_deg;
  return record;
}

#endif
