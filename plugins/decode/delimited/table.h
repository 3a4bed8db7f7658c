/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_DELIMITED_TABLE_H
#define SF_PLUGINS_DECODE_DELIMITED_TABLE_H

#include "plugins/decode/fixes.h"

/* Text tables: charsets, rows that span lines, fields. */

enum
{
  SF_TABLE_COLUMNS_MAX = 1000
};

enum sf_table_form
{
  SF_TABLE_SEPARATED,
  SF_TABLE_BLANKS, /* runs of blanks and tabs */
  SF_TABLE_FIXED
};

/* A column of a fixed form; from counts characters, not bytes, from 0. */
struct sf_table_slice
{
  const char *name;
  int64_t from, width;
};

struct sf_table_layout
{
  enum sf_table_form form;
  char separator;
  bool quotes;
  const struct sf_table_slice *slices;
  size_t slices_count;
};

/* View the message as UTF-8, its charset "auto" or one of sf_text_to_utf8's: bytes that the charset does not allow cost
   their line, which is rejected. What stands in its place is a line that sf_table_next_row leaves out. */
enum sf_code sf_table_view (struct sf_arena *arena, struct sf_fixes *fixes, const char *charset,
                            struct sf_span *ret_text, struct sf_error *err);

/* Take the next row off *rest: a line, or several where a quoted field holds line breaks (at most 16; a quote that is not
   closed so far is a character like others). Blank lines are left out. *line: of its first line, from 1. */
bool sf_table_next_row (const struct sf_table_layout *layout, struct sf_span *rest, struct sf_span *ret_row,
                        long *line_number, long *ret_line);

/* Split a row; the fields are trimmed, doubled quotes made one in the arena. *ret_count is what the row has, which may
   be more than SF_TABLE_COLUMNS_MAX, of which no more than that are in fields. False when memory is out. */
bool sf_table_split (const struct sf_table_layout *layout, struct sf_arena *arena, struct sf_span row,
                     struct sf_span fields[SF_TABLE_COLUMNS_MAX], size_t *ret_count);

#endif
