/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_MAPPING_H
#define SF_PLUGINS_DECODE_MAPPING_H

#include "plugins/decode/fixes.h"

/* The mapping language: how the values of a row, whatever it was read from, become records (doc/ingest/mapping.md).
   Shared by the decoders `delimited`, whose values are columns, and `json_map`, whose values stand at JSON pointers. Rows
   of a message are told in a struct sf_fixes, of which only the message, the sink and the rejections are used. */

struct sf_mapping;

/* The settings that go with "map" in a decoder's option table. */
#define SF_MAPPING_OPTIONS                                                                                             \
  { .name = "map",                                                                                                     \
    .type = SF_OPTION_TREE,                                                                                            \
    .required = true,                                                                                                  \
    .help_en = "what becomes of a row: one record, or a list of them (doc/ingest/mapping.md)",                         \
    .help_zh = "每一行变成什么记录：一个或一组（见 doc/ingest/mapping.md）" },                                         \
      { .name = "missing",                                                                                             \
        .type = SF_OPTION_TEXTS,                                                                                       \
        .fallback = "",                                                                                                \
        .help_en = "tokens that mean not reported in every field, besides blank, — / and ****: -999, 9999, MM ...",    \
        .help_zh = "除空白、—、/、****外，所有字段中表示未报的记号：-999、9999、MM等" },                               \
      { .name = "decimal",                                                                                             \
        .type = SF_OPTION_TEXT,                                                                                        \
        .fallback = ".",                                                                                               \
        .help_en = "the decimal sign of numbers: a point or a comma; never guessed",                                   \
        .help_zh = "小数点符号：点或逗号，不作猜测" },                                                                 \
  {                                                                                                                    \
    .name = "thousands", .type = SF_OPTION_TEXT,                                                                       \
    .help_en = "the sign between groups of three digits; without it such a number is refused",                         \
    .help_zh = "千位分隔符；未注明时带分隔符的数被拒绝"                                             \
  }

/* Read the settings above. reference: the key that names a value, "column" or "pointer". All in the arena, with the
   settings' texts borrowed. SF_EINVAL with file, line and column. */
enum sf_code sf_mapping_new (struct sf_arena *arena, const struct sf_host *host, const char *reference,
                             const struct sf_mapping **ret_mapping, struct sf_error *err);
/* The values that a row must bring, in this order. */
size_t sf_mapping_references (const struct sf_mapping *mapping, const char *const **ret_names);
/* Whether a record wants this reference; false when all that name it say "optional". */
bool sf_mapping_is_needed (const struct sf_mapping *mapping, size_t reference);

/* What the state of a decoder begins with that reads by a mapping, as its first member; made by sf_fix_state_new. */
struct sf_mapped_state
{
  struct sf_fix_state base;
  struct sf_arena settings; /* the mapping and what belongs to it */
  struct sf_arena row;      /* what the values of a row needed */
  const struct sf_mapping *mapping;
  struct sf_span *values; /* of the references, in a row; in settings */
};
/* Free such a state; NULL is fine. Serves as a decoder's close. */
void sf_mapped_state_free (void *state);

struct sf_mapping_row
{
  long line;                    /* from 1; 0 where lines make no sense */
  struct sf_span piece;         /* what it was read from, for quarantine */
  const struct sf_span *values; /* UTF-8, one for each reference; empty: not reported; text NULL: the row has no such
                                   place, which is rejected where a needed value should stand there */
};

/* Emit the records of a row. What cannot be read is rejected: a value alone, or the row where it is its identity, time
   or, for positions, its place. *rows_read counts up when its identity and time could be read, or when "only" leaves it
   out. */
enum sf_code sf_mapping_emit (const struct sf_mapping *mapping, struct sf_fixes *fixes,
                              const struct sf_mapping_row *row, long *rows_read, struct sf_error *err);

#endif
