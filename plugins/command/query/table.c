/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include <string.h>

/* Rows are held back in blocks, so that columns are as wide as what stands in them and memory stays bounded. */
enum
{
  BLOCK_ROWS = 500
};

/* Columns on a terminal: letters from U+2E80 on take two, continuation bytes none. */
static int
width_of (const char *text)
{
  int width = 0;
  for (const unsigned char *c = (const unsigned char *) text; *c; c++)
    if ((*c & 0xC0) != 0x80)
      width += *c > 0xE2 || (*c == 0xE2 && c[1] >= 0xBA) ? 2 : 1;
  return width;
}

static const char *
next_cell (const char *cell)
{
  return cell + strlen (cell) + 1;
}

/* A text of a feed must not move the cursor. */
static void
add_clean (struct sf_strbuf *line, const char *text)
{
  for (const unsigned char *c = (const unsigned char *) text; *c; c++)
    sf_strbuf_add_bytes (line, *c < 0x20 || *c == 0x7f ? " " : (const char *) c, 1);
}

static enum sf_code
print_block (struct query_output *output, int columns, struct sf_error *err)
{
  int widths[QUERY_COLUMNS_MAX] = { 0 };
  const char *cell = output->cells.text;
  if (output->cells.failed)
    return sf_fail (err, SF_ENOMEM, "no memory for a table of %zu rows", output->block_rows);
  for (size_t i = 0; i < (size_t) columns * (output->block_rows + 1); i++, cell = next_cell (cell))
    {
      int width = width_of (cell), *widest = &widths[i % (size_t) columns];
      *widest = width > *widest ? width : *widest;
    }
  cell = output->cells.text;
  for (size_t row = 0; row <= output->block_rows; row++)
    {
      sf_strbuf_reset (&output->line);
      for (int column = 0; column < columns; column++, cell = next_cell (cell))
        {
          add_clean (&output->line, cell);
          for (int pad = width_of (cell); column + 1 < columns && pad < widths[column] + 2; pad++)
            sf_strbuf_add (&output->line, " ");
        }
      if (output->line.failed)
        return sf_fail (err, SF_ENOMEM, "no memory for a line");
      output->context->print (output->context, "%s\n", output->line.text);
    }
  sf_strbuf_reset (&output->cells);
  output->block_rows = 0;
  return SF_OK;
}

enum sf_code
query_table_put (struct query_output *output, const struct sf_store_row *row, struct sf_error *err)
{
  if (output->block_rows == 0)
    query_add_cells (output, NULL);
  int columns = query_add_cells (output, row);
  return ++output->block_rows == BLOCK_ROWS ? print_block (output, columns, err) : SF_OK;
}

enum sf_code
query_table_end (struct query_output *output, struct sf_error *err)
{
  const struct sf_command_context *context = output->context;
  if (output->rows == 0)
    context->print (context, "%s\n", context->zh ? "没有符合条件的记录" : "no rows answer this query");
  if (output->block_rows == 0)
    return SF_OK;
  size_t before = output->cells.length;
  int columns = query_add_cells (output, NULL);
  if (!output->cells.failed)
    output->cells.length = before;
  return print_block (output, columns, err);
}
