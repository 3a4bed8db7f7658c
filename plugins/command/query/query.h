/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_COMMAND_QUERY_QUERY_H
#define SF_PLUGINS_COMMAND_QUERY_QUERY_H

#include "core/data/vocabulary.h"
#include "core/plugin/plugin.h"
#include "core/store/store.h"

/* The parts of `sanfang query`. Each run returns an exit code. */
int query_run_point (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err);
int query_run_rows (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err);

/* --- rows of the store on their way to people and programs --- */

enum query_format
{
  QUERY_TABLE,
  QUERY_CSV,
  QUERY_JSON,
  QUERY_GEOJSON
};

/* A writer of rows: begin, a row at a time, end. Texts of a row are borrowed. */
struct query_output
{
  const struct sf_command_context *context;
  enum sf_record_kind kind;
  enum query_format format;
  bool all_revisions;
  struct sf_strbuf line;
  long rows;
  struct sf_strbuf cells; /* of the table's block: each ends with NUL */
  size_t block_rows;
};

enum sf_code query_begin (struct query_output *output, struct sf_error *err);
enum sf_code query_put (void *output, const struct sf_store_row *row, struct sf_error *err);
enum sf_code query_end (struct query_output *output, struct sf_error *err);

/* The table for people (table.c). */
enum sf_code query_table_put (struct query_output *output, const struct sf_store_row *row, struct sf_error *err);
enum sf_code query_table_end (struct query_output *output, struct sf_error *err);

/* The cells of a row in a people's table (columns.c): each begins a new column; the titles are asked with row NULL. Returns how
   many. */
enum
{
  QUERY_COLUMNS_MAX = 16
};
int query_add_cells (struct query_output *output, const struct sf_store_row *row);
const char *query_quality_words (unsigned quality, int zh);
/* The unit of an observation's or field's quantity, "" where it has none or is unknown. */
const char *query_unit (const struct query_output *output, const char *quantity);

/* Linear completion of gaps of a series between its rows (fill.c), for observations that hold, in order. */
struct query_fill
{
  const struct sf_vocabulary *vocabulary;
  int64_t gap_s; /* the longest gap that is completed, at the step that the series shows most often */
  sf_store_visit visit;
  void *ctx;
  struct sf_arena arena; /* of the series now */
  struct sf_store_row *rows;
  size_t count, capacity;
  struct sf_strbuf doubt;
};
enum sf_code query_fill_put (void *fill, const struct sf_store_row *row, struct sf_error *err);
enum sf_code query_fill_end (struct query_fill *fill, struct sf_error *err);
void query_fill_finish (struct query_fill *fill);

#endif
