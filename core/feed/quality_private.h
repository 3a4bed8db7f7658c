/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_PRIVATE_H
#define SF_CORE_FEED_QUALITY_PRIVATE_H

#include "core/feed/quality_past.h"

/* A row of the store or its batch, whether it holds or not, with what is said of it. */
struct sf_quality_past_row
{
  struct sf_store_sample sample;
  const char *doubt; /* NULL: none */
};

/* Where rows are asked for and told their judgement: the store's functions, or a test's. */
struct sf_quality_source
{
  struct sf_store *store;
  enum sf_code (*samples) (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series,
                           int64_t from_s, int64_t to_s, long limit, struct sf_store_sample **ret_samples,
                           size_t *ret_count, struct sf_error *err);
  enum sf_code (*judge) (struct sf_store *store, const struct sf_store_series *series,
                         const struct sf_store_sample *sample, enum sf_quality quality, const char *doubt,
                         struct sf_error *err);
  /* All rows of a series in a span of time, in the arena. */
  enum sf_code (*past) (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series,
                        int64_t from_s, int64_t to_s, struct sf_quality_past_row **ret_rows, size_t *ret_count,
                        struct sf_error *err);
};

/* A feed as quality control knows it. */
struct sf_quality_feed
{
  char *name;
  struct sf_quality_limits limits; /* in the control's arena, as its texts */
  struct sf_box area;
  int64_t late_s;                  /* later than this after its valid time, a record is late; 0: never */
  struct sf_quality_counts counts; /* of the last batch */
  long unjudged;                   /* series of it */
  struct sf_error why;             /* one of them was not */
};

struct sf_quality_control
{
  const struct sf_quality_rules *rules;
  struct sf_quality_source source;
  struct sf_arena arena; /* of the feeds */
  struct sf_quality_feed *feeds;
  size_t feeds_count, feeds_max, last_feed;
  const char *failed_feed;
  struct sf_tails tails;
  struct sf_arena scratch; /* of one series */
  struct sf_quality_memory memory;
};

enum sf_code sf_quality_new_from (const struct sf_quality_rules *rules, const struct sf_quality_source *source,
                                  size_t series_max, struct sf_quality_control **ret_control, struct sf_error *err);

/* quality_record.c: what a record alone tells; a position's or observation's texts are there. */
enum sf_code sf_quality_look_at (const struct sf_quality_rules *rules, const struct sf_quality_feed *feed,
                                 struct sf_arena *arena, struct sf_record *record, struct sf_quality_counts *counts,
                                 struct sf_error *err);
/* Quality made no better than a severity (1 doubtful, 2 unreliable), with its origin kept; missing stays missing. */
uint8_t sf_quality_worsen (uint8_t quality, int severity);
int sf_quality_severity (uint8_t quality);

/* quality_batch.c: judge what a touched series wants judged. */
enum sf_code sf_quality_judge_series (struct sf_quality_control *control, struct sf_tail *series,
                                      struct sf_quality_counts *counts, struct sf_error *err);

/* quality_agree.c: values that must agree with those of other series. */
/* A row of a series came: mark rows of others that it may contradict. */
enum sf_code sf_quality_touch_partners (struct sf_quality_control *control, struct sf_tail *series, int64_t valid_s,
                                        struct sf_error *err);
/* Whether rows of this series are held against others: they always want the store's help. */
bool sf_quality_has_partners (const struct sf_quality_control *control, const struct sf_tail *series);
/* What a row contradicts. */
enum sf_code sf_quality_contradictions (struct sf_quality_control *control, const struct sf_tail *series,
                                        const struct sf_store_sample *sample, unsigned char *flags,
                                        struct sf_error *err);

#endif
