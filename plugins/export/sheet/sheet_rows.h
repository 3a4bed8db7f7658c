/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_EXPORT_SHEET_SHEET_ROWS_H
#define PLUGINS_EXPORT_SHEET_SHEET_ROWS_H

#include "plugins/export/sheet/sheet.h"

/* What the sheets' tables have in common: which rows are shown, and cells that several of them have. */

enum
{
  SF_SHEET_MOST_ROWS = 36 /* of a section that may be long; the rest is in the data files */
};

typedef bool (*sf_sheet_wanted_fn) (const struct sf_page *page, const struct sf_table *table, size_t row,
                                    const char *text);

/* The arena of the sheet under way. */
struct sf_arena *sf_sheet_arena (const struct sf_page *page);
/* Show a section's rows that are wanted (NULL: all); show_most at most so many of them, and tells how many it left out. */
void sf_sheet_show (const struct sf_page *page, const struct sf_page_section *section, sf_sheet_wanted_fn wanted,
                    const char *text, struct sf_strbuf *out);
void sf_sheet_show_most (const struct sf_page *page, const struct sf_page_section *section, sf_sheet_wanted_fn wanted,
                         const char *text, size_t most, struct sf_strbuf *out);

/* Two texts without the zone, which the head of the page gives for all times. */
void sf_sheet_said (struct sf_strbuf *out, const struct sf_table *table, size_t row, const char *column_zh,
                    const char *column);
void sf_sheet_count (struct sf_strbuf *out, const struct sf_table *table, const char *column, size_t row);
/* "1.20 (0.9–1.6)" */
void sf_sheet_band (struct sf_strbuf *out, const struct sf_table *table, size_t row, const char *value, const char *low,
                    const char *high, int decimals);

#define SF_SHEET_SAID_CELL(name)                                                                                       \
  static void name (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)       \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    sf_sheet_said (out, table, row, #name "_zh", #name);                                                               \
  }

#define SF_SHEET_COUNT_CELL(function, column)                                                                          \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    sf_sheet_count (out, table, column, row);                                                                          \
  }

#define SF_SHEET_BAND_CELL(function, value, low, high, decimals)                                                       \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    sf_sheet_band (out, table, row, value, low, high, decimals);                                                       \
  }

/* Ends a table of columns. */
#define SF_SHEET_END                                                                                                   \
  {                                                                                                                    \
    NULL, NULL, false, NULL                                                                                            \
  }

#endif
