/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_H
#define SF_CORE_FEED_QUALITY_H

#include "core/feed/feed.h"
#include "core/store/store.h"

/* Quality control at ingest: it flags and never deletes. Rules are data: share/rules/quality.yaml by quantity and kind of
   mover, a feed's `quality:` over it, and within that by station (doc/ingest/quality.md has every key). A judgement depends on the rows and the rules
   alone, not on the order in which rows came: a late row has its neighbours judged again. */
struct sf_quality_rules;

/* Load the rules of a share folder; in the arena. Errors name file, line and column. */
enum sf_code sf_quality_rules_load (struct sf_arena *arena, const char *share_folder,
                                    const struct sf_vocabulary *vocabulary, struct sf_quality_rules **ret_rules,
                                    struct sf_error *err);
/* Check a feed's own limits (feed->quality) as they stand over the rules; errors name file, line and column. What reads feeds
   calls it, so that limits with a fault never come to ingest, where they would hold up the store. */
enum sf_code sf_quality_check_limits (const struct sf_yaml *limits, const struct sf_quality_rules *rules,
                                      struct sf_error *err);

/* Which day a feed's daily rain is of, as its rules state it ("08-08", in Beijing time); NULL: they do not, so the rain of hours is
   not held against it. */
enum sf_code sf_quality_rain_day (const struct sf_quality_rules *rules, const struct sf_feed *feed,
                                  const char **ret_rain_day, struct sf_error *err);

/* The state of quality control of one ingest: bounded memory of what was last said, else asked of the store. */
struct sf_quality_control;
enum sf_code sf_quality_new (const struct sf_quality_rules *rules, struct sf_store *store,
                             struct sf_quality_control **ret_control, struct sf_error *err);
void sf_quality_free (struct sf_quality_control *control);
/* Feeds come and go, between two batches; limits of a feed that is not told are the defaults. What they point to outlives the
   next call. */
enum sf_code sf_quality_set_feeds (struct sf_quality_control *control, const struct sf_feed *const *feeds, size_t count,
                                   struct sf_error *err);

/* After sf_store_drop_batch, or when a checked record was not put: rows that memory holds are not in the store. */
void sf_quality_forget (struct sf_quality_control *control);

/* What was found in one record or row, for the board. */
struct sf_quality_counts
{
  long doubtful, unreliable, late, future, out_of_order, out_of_area, missing;
};

/* Before a record goes into the store, in the order in which records are put: checks that need the record alone (range, unit,
   clock, area, side of the coast, place of a station). Sets quality and doubt (which may point into the arena). A doubt is a
   reason, ": " and numbers; several are joined by "; ". */
enum sf_code sf_quality_check_record (struct sf_quality_control *control, struct sf_arena *arena,
                                      const struct sf_feed *feed, struct sf_record *record,
                                      struct sf_quality_counts *counts, struct sf_error *err);
/* After a batch was put and before it is committed: checks along the series that it touched; judges rows through
   sf_store_judge. A judgement stands in the row in place of the record's own quality and doubt; its doubt is the record's own, then
   the reasons along the series, and it is taken back when they are gone or another row takes the row's place. A mover has one
   type within a feed. What is damaged leaves its own series unjudged and no others; SF_ENOMEM, SF_EBUSY and SF_EFULL end it. */
enum sf_code sf_quality_check_batch (struct sf_quality_control *control, struct sf_quality_counts *counts,
                                     struct sf_error *err);

/* After SF_ENOMEM of sf_quality_check_batch: the feed whose rows it was at; NULL: none. */
const char *sf_quality_failed_feed (const struct sf_quality_control *control);
/* How many series of a feed the last sf_quality_check_batch did not judge since what the store has of them cannot be read; *ret_why
   names the file. Such rows keep their own quality. */
long sf_quality_unjudged (const struct sf_quality_control *control, const char *feed, const char **ret_why);

/* What sf_quality_check_batch found last in the rows of a feed; NULL for a feed that it does not know. */
const struct sf_quality_counts *sf_quality_batch_counts (const struct sf_quality_control *control, const char *feed);

/* The words for a reason: of a doubt up to its ':' or ';'. "" for one that quality control does not give. */
const char *sf_quality_reason_title (const char *reason, size_t length, int zh);

/* Let positions be held against the coast: a file that the build makes of it (data/coast-mask.bin). Absent: SF_ENOTFOUND. */
enum sf_code sf_quality_rules_use_coast (struct sf_quality_rules *rules, struct sf_arena *arena, const char *path,
                                         struct sf_error *err);

#endif
