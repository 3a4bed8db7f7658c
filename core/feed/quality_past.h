/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_PAST_H
#define SF_CORE_FEED_QUALITY_PAST_H

#include "core/feed/quality_tails.h"

/* What a row was doubted for as it was put. The store shows a judgement in place of the record's own quality and doubt; so that a
   judgement can be taken back, its doubt always begins with the record's own, and the words of a series stand last. What is not
   yet committed is remembered here, the rest is read from the store. */

enum
{
  SF_QUALITY_DOUBTS = 8192, /* doubts of rows lately put */
  SF_QUALITY_WORDS_BYTES = 128
};

struct sf_quality_doubt
{
  uint64_t series;
  int64_t valid_s, received_s;
  uint32_t revision;
  char *text;
};

struct sf_quality_memory
{
  struct sf_quality_doubt doubts[SF_QUALITY_DOUBTS]; /* a hash table of one place each: the later one stays */
};

void sf_quality_memory_clear (struct sf_quality_memory *memory);
/* Remember a doubtful record's own doubt (not NULL). */
enum sf_code sf_quality_remember (struct sf_quality_memory *memory, uint64_t series, const struct sf_record *record,
                                  struct sf_error *err);
/* NULL: nothing is remembered of the row. */
const char *sf_quality_recall (const struct sf_quality_memory *memory, uint64_t series,
                               const struct sf_store_sample *sample);

/* The words of flags, "jump; stuck", or "". */
void sf_quality_words (unsigned char flags, char words[SF_QUALITY_WORDS_BYTES]);
/* How much of a doubt is the record's own: its length without the words of a series at its end. */
size_t sf_quality_own_length (const char *doubt);

#endif
