/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_EXPORT_PAGE_H
#define PLUGINS_EXPORT_PAGE_H

#include "core/base/text.h"
#include "core/plugin/plugin.h"
#include "geodata/picture.h"

/* What pages that open without a network have in common: the summary (html) and the sheets (sheet). A page is a template
   of share/templates with {{slots}}, filled with text, tables of datasets, badges and lineage. All text that comes from
   data goes through sf_page_text. */
struct sf_page
{
  const struct sf_host *host;
  const struct sf_export *job;
  struct sf_arena arena;
  struct sf_styles *styles;
  const struct sf_style *force, *grades;
  struct sf_strbuf sources_zh, sources_en;
  struct sf_strbuf *pictures; /* one PNG a map, in the order of the option `maps`; the summary's */
  size_t pictures_count;
  const void *own; /* the exporter's own, for its slots */
};

/* page_text.c */
void sf_page_text (struct sf_strbuf *out, const char *text); /* escaped; NULL gives nothing */
void sf_page_base64 (struct sf_strbuf *out, const void *bytes, size_t length);
void sf_page_none (struct sf_strbuf *out);                               /* a dash: nothing is known */
void sf_page_number (struct sf_strbuf *out, double value, int decimals); /* a dash for NaN */
void sf_page_time (struct sf_strbuf *out, int64_t time_s);               /* "18日 15:15", month before it on hover */
void sf_page_date_time (struct sf_strbuf *out, int64_t time_s);          /* "7月18日 15:15" */
void sf_page_position (struct sf_strbuf *out, double lon_deg, double lat_deg);
void sf_page_bearing (struct sf_strbuf *out, double bearing_deg); /* "东北 NE 45°" */
void sf_page_force (struct sf_strbuf *out, const struct sf_page *page, double wind_mps, double force);
void sf_page_grade (struct sf_strbuf *out, const struct sf_page *page, const char *grade, const char *grade_zh);
/* A probability as a count out of ten: "7/10", "<1/10", ">9/10" (no ensemble knows never and always); "未知 unknown". */
void sf_page_tenths (struct sf_strbuf *out, double probability);
void sf_page_bilingual (struct sf_strbuf *out, const char *zh, const char *en); /* one of them when both are the same */

/* page_section.c: a section is one dataset as a table; it says so when the dataset is absent or empty. */
typedef void (*sf_page_cell_fn) (const struct sf_page *page, const struct sf_table *table, size_t row,
                                 struct sf_strbuf *out);

struct sf_page_column
{
  const char *zh, *en;
  bool number;
  sf_page_cell_fn cell;
};

/* empty_* say what it means that there is no row. */
struct sf_page_section
{
  const char *id, *dataset, *title_zh, *title_en, *note_zh, *note_en, *empty_zh, *empty_en;
  const struct sf_page_column *columns; /* ends with cell NULL */
  bool unknown;                         /* no row says "unknown", not "none": nothing may be taken for an all-clear */
};

/* Rows in the given order (NULL: the table's own); order_count of them where order is given. */
void sf_page_section (const struct sf_page *page, const struct sf_page_section *section, const size_t *order,
                      size_t order_count, struct sf_strbuf *out);

/* A dataset of the job by its name, or by its vocabulary's name without an instance; NULL when absent. */
const struct sf_dataset *sf_page_dataset (const struct sf_page *page, const char *name);
/* Whether the feeds brought no track at all: then "none" would be an all-clear that nobody gave. */
bool sf_page_has_no_track (const struct sf_page *page);
void sf_page_badges (enum sf_authority authority, bool simulated, struct sf_strbuf *out);
void sf_page_lineage (const struct sf_page *page, struct sf_strbuf *out);

/* Functions of cells: a text, two texts, a number, a time. */
#define SF_PAGE_TEXT_CELL(function, column)                                                                            \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    sf_page_text (out, sf_table_text (table, column, row));                                                            \
  }
#define SF_PAGE_TWO_TEXTS_CELL(function, zh, en)                                                                       \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    sf_page_bilingual (out, sf_table_text (table, zh, row), sf_table_text (table, en, row));                           \
  }
#define SF_PAGE_NUMBER_CELL(function, column, decimals)                                                                \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    sf_page_number (out, sf_table_double (table, column, row), decimals);                                              \
  }
#define SF_PAGE_TIME_CELL(function, column)                                                                            \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    sf_page_date_time (out, sf_table_time (table, column, row));                                                       \
  }

/* page_frame.c */
/* Load the styles of the share folder, check them, and find those of forces and grades. Free with sf_page_finish. */
enum sf_code sf_page_load_styles (struct sf_page *page, struct sf_error *err);
/* Read a template: the file named, or share/templates/USUAL. Both live in the page's arena. */
enum sf_code sf_page_load_template (struct sf_page *page, const char *named, const char *usual, const char **ret_path,
                                    const char **ret_text, struct sf_error *err);

/* What stands for a {{name}} of the template; a table of them ends with name NULL. */
struct sf_page_slot
{
  const char *name;
  void (*put) (const struct sf_page *page, struct sf_strbuf *out);
};
void sf_page_title_zh (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_title_en (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_as_of (const struct sf_page *page, struct sf_strbuf *out); /* the clock, Beijing time */
void sf_page_scenario (const struct sf_page *page, struct sf_strbuf *out);
/* Append a template with its slots filled. SF_EFORMAT and SF_ENOTFOUND name the path and line. */
enum sf_code sf_page_fill (const struct sf_page *page, const struct sf_page_slot *slots, const char *path,
                           const char *text, struct sf_strbuf *out, struct sf_error *err);
/* Write a finished file named by sf_picture_format_name (base, what) with a suffix, and register it with the datasets it
   holds, comma separated. */
enum sf_code sf_page_write (const struct sf_export *job, const char *what, enum sf_authority authority, bool simulated,
                            const char *suffix, const char *media_type, const struct sf_strbuf *bytes,
                            const char *datasets, struct sf_error *err);
void sf_page_finish (struct sf_page *page);

#endif
