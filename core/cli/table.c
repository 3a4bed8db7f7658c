/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/json.h"
#include "core/base/time.h"
#include "core/data/table_json.h"

#include <math.h>
#include <string.h>

enum
{
  CELL_BYTES = 160,
  COLUMNS_MAX = 40
};

/* The character at *text, which is taken; a byte that is no UTF-8 stands for itself. */
static unsigned long
next_character (const unsigned char **text)
{
  const unsigned char *c = *text;
  int more = *c >= 0xF0 ? 3 : *c >= 0xE0 ? 2 : *c >= 0xC0 ? 1 : 0;
  unsigned long code = more == 3 ? *c & 0x07u : more == 2 ? *c & 0x0Fu : more == 1 ? *c & 0x1Fu : *c;
  for (c++; more > 0 && (*c & 0xC0) == 0x80; c++, more--)
    code = code << 6 | (*c & 0x3Fu);
  *text = c;
  return code;
}

struct range
{
  unsigned long first, last;
};

static bool
is_among (unsigned long code, const struct range *ranges, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (code >= ranges[i].first && code <= ranges[i].last)
      return true;
  return false;
}

static int
columns_of (unsigned long code)
{
  static const struct range none[] = { { 0x300, 0x36F }, { 0x200B, 0x200F }, { 0x20D0, 0x20FF }, { 0xFE00, 0xFE0F } };
  static const struct range two[]
      = { { 0x1100, 0x115F },   { 0x2E80, 0x303E },   { 0x3041, 0xA4CF },  { 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 },
          { 0xF900, 0xFAFF },   { 0xFE10, 0xFE19 },   { 0xFE30, 0xFE6F },  { 0xFF01, 0xFF60 }, { 0xFFE0, 0xFFE6 },
          { 0x1F300, 0x1F64F }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD } };
  if (is_among (code, none, sizeof none / sizeof *none))
    return 0;
  return is_among (code, two, sizeof two / sizeof *two) ? 2 : 1;
}

static bool
is_control (unsigned long code)
{
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

int
sf_text_columns (const char *text)
{
  int columns = 0;
  for (const unsigned char *c = (const unsigned char *) text; *c;)
    columns += columns_of (next_character (&c));
  return columns;
}

void
sf_text_print (const char *text, FILE *out)
{
  for (const unsigned char *c = (const unsigned char *) text; *c;)
    {
      const unsigned char *start = c;
      if (is_control (next_character (&c)))
        fputc ('?', out);
      else
        fwrite (start, 1, (size_t) (c - start), out);
    }
}

void
sf_text_print_padded (const char *text, int width, bool right, FILE *out)
{
  int pad = width - sf_text_columns (text);
  if (right)
    fprintf (out, "%*s", pad > 0 ? pad : 0, "");
  sf_text_print (text, out);
  if (!right)
    fprintf (out, "%*s", pad > 0 ? pad : 0, "");
}

static void
format_cell (char cell[CELL_BYTES], const struct sf_column *column, size_t row)
{
  char time[SF_TIME_TEXT_BYTES];
  switch (column->spec->quantity->type)
    {
    case SF_COLUMN_TEXT:
      snprintf (cell, CELL_BYTES, "%s", column->as.texts[row] ? column->as.texts[row] : "-");
      break;
    case SF_COLUMN_TIME:
      snprintf (cell, CELL_BYTES, "%s", sf_time_format_beijing (time, column->as.ints[row]));
      break;
    case SF_COLUMN_INT:
      if (column->as.ints[row] == INT64_MIN)
        snprintf (cell, CELL_BYTES, "-");
      else
        snprintf (cell, CELL_BYTES, "%lld", (long long) column->as.ints[row]);
      break;
    case SF_COLUMN_DOUBLE:
      if (isnan (column->as.doubles[row]))
        snprintf (cell, CELL_BYTES, "-");
      else
        snprintf (cell, CELL_BYTES, "%.*f", column->as.doubles[row] == floor (column->as.doubles[row]) ? 0 : 2,
                  column->as.doubles[row]);
      break;
    }
  cell[sf_text_utf8_prefix ((const uint8_t *) cell, strlen (cell))] = '\0';
}

static void
format_head (char cell[CELL_BYTES], const struct sf_column *column, int zh)
{
  const char *title = zh ? column->spec->title_zh : column->spec->title_en;
  const struct sf_quantity *quantity = column->spec->quantity;
  bool bare = quantity->type != SF_COLUMN_DOUBLE || strcmp (quantity->unit, "1") == 0;
  snprintf (cell, CELL_BYTES, bare ? "%s" : "%s [%s]", title, quantity->unit);
}

static size_t
choose_columns (const struct sf_table *table, const char *const *names, size_t count,
                const struct sf_column *chosen[COLUMNS_MAX])
{
  size_t n = 0;
  for (size_t i = 0; names && i < count && n < COLUMNS_MAX; i++)
    if ((chosen[n] = sf_table_column (table, names[i])))
      n++;
  for (size_t i = 0; !names && i < table->columns_count && n < COLUMNS_MAX; i++)
    chosen[n++] = &table->columns[i];
  return n;
}

void
sf_table_print (const struct sf_dataset *dataset, const char *const *columns, size_t columns_count, int zh, FILE *out)
{
  const struct sf_table *table = dataset->as.table;
  const struct sf_column *chosen[COLUMNS_MAX];
  int widths[COLUMNS_MAX] = { 0 };
  char cell[CELL_BYTES];
  size_t n = choose_columns (table, columns, columns_count, chosen);
  fprintf (out, zh ? "%s（%s%s）\n" : "%s (%s%s)\n", zh ? dataset->spec->title_zh : dataset->spec->title_en,
           sf_authority_name (dataset->authority, zh),
           !dataset->simulated ? ""
           : zh                ? "，模拟"
                               : ", simulated");
  if (table->rows == 0)
    {
      fprintf (out, "  %s\n", zh ? "无记录；缺数据不等于无危险" : "no rows; missing data is never an all-clear");
      return;
    }
  for (size_t c = 0; c < n; c++)
    {
      format_head (cell, chosen[c], zh);
      widths[c] = sf_text_columns (cell);
      for (size_t row = 0; row < table->rows; row++)
        {
          format_cell (cell, chosen[c], row);
          widths[c] = sf_text_columns (cell) > widths[c] ? sf_text_columns (cell) : widths[c];
        }
    }
  for (size_t row = 0; row <= table->rows; row++)
    {
      for (size_t c = 0; c < n; c++)
        {
          enum sf_column_type type = chosen[c]->spec->quantity->type;
          if (row == 0)
            format_head (cell, chosen[c], zh);
          else
            format_cell (cell, chosen[c], row - 1);
          fputs ("  ", out);
          sf_text_print_padded (cell, c + 1 < n || type != SF_COLUMN_TEXT ? widths[c] : 0,
                                type == SF_COLUMN_DOUBLE || type == SF_COLUMN_INT, out);
        }
      fputc ('\n', out);
    }
}

void
sf_table_json (const struct sf_dataset *dataset, struct sf_strbuf *out)
{
  const struct sf_table *table = dataset->as.table;
  struct sf_json json = { .out = out };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "dataset", dataset->name);
  sf_json_put_string (&json, "authority", sf_authority_name (dataset->authority, 0));
  sf_json_put_bool (&json, "simulated", dataset->simulated);
  sf_json_key (&json, "rows");
  sf_json_begin_array (&json);
  for (size_t row = 0; row < table->rows; row++)
    {
      sf_json_begin_object (&json);
      sf_table_put_row (&json, table, row);
      sf_json_end_object (&json);
    }
  sf_json_end_array (&json);
  sf_json_end_object (&json);
}
