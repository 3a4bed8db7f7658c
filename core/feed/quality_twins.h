/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_TWINS_H
#define SF_CORE_FEED_QUALITY_TWINS_H

#include "core/feed/quality.h"

/* Two numbers for one station: series of one quantity that come from one place and said the same in their last reports. Looked
   for in what is stored, so it depends on neither the order of arrival nor a restart. Nothing is flagged in rows, since nobody
   knows which of the two is right: people are told. */

enum
{
  SF_TWINS_MAX = 100,          /* that are told at once */
  SF_TWINS_SERIES_MAX = 65536, /* that are looked at */
  SF_TWINS_PAIRS_MAX = 5000,   /* whose reports are compared in one look */
  SF_TWINS_YOUNG_S = 30 * 86400
};

struct sf_quality_twin
{
  const char *quantity;
  int64_t period_s;
  const char *subjects[2], *feeds[2]; /* in order */
  double apart_m;
  long reports;
};

struct sf_quality_twins
{
  struct sf_quality_twin twins[SF_TWINS_MAX]; /* by quantity, then subjects */
  size_t count, more;                         /* more: that found no place */
  bool is_partial;                            /* there is more than one look may take */
};

/* Look through the series that were heard of within SF_TWINS_YOUNG_S. An observation without a place is where its asset is, or where
   its feed's rules say that the station stands. How close and how many reports is the rule's word (agreement: twin_m,
   twin_reports), the stricter of two feeds; pairs of `twins` are known. All in the arena. */
enum sf_code sf_quality_find_twins (const struct sf_quality_rules *rules, const struct sf_feed *feeds,
                                    size_t feeds_count, struct sf_store *store, int64_t now_s, struct sf_arena *arena,
                                    struct sf_quality_twins **ret_twins, struct sf_error *err);

#endif
