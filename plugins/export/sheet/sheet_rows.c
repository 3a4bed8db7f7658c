/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/sheet/sheet_rows.h"

#include <math.h>
#include <string.h>

struct sf_arena *
sf_sheet_arena (const struct sf_page *page)
{
  const struct sf_sheet_run *run = page->own;
  return run->arena;
}

/* Rows that are wanted, in the table's order; NULL when memory is out, then all are shown. */
static size_t *
choose_rows (const struct sf_page *page, const struct sf_table *table, sf_sheet_wanted_fn wanted, const char *text,
             size_t *ret_count)
{
  size_t *order = sf_arena_calloc (sf_sheet_arena (page), table->rows + 1, sizeof *order);
  *ret_count = 0;
  for (size_t row = 0; order && row < table->rows; row++)
    if (wanted (page, table, row, text))
      order[(*ret_count)++] = row;
  return order;
}

/* Rows that are wanted (NULL: all), at most so many of them (0: all); what is left out is counted. */
void
sf_sheet_show_most (const struct sf_page *page, const struct sf_page_section *section, sf_sheet_wanted_fn wanted,
                    const char *text, size_t most, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, section->dataset);
  size_t count = 0, *order = dataset && wanted ? choose_rows (page, dataset->as.table, wanted, text, &count) : NULL;
  size_t shown = most && count > most ? most : count;
  sf_page_section (page, section, order, shown, out);
  if (order && count > shown)
    sf_strbuf_addf (out,
                    "<p class=\"note\">另有%zu行，见数据文件。 <span lang=\"en\">%zu more rows: see the data "
                    "file.</span></p>\n",
                    count - shown, count - shown);
}

void
sf_sheet_show (const struct sf_page *page, const struct sf_page_section *section, sf_sheet_wanted_fn wanted,
               const char *text, struct sf_strbuf *out)
{
  sf_sheet_show_most (page, section, wanted, text, 0, out);
}

/* A text without the zone, which the head of the page gives for all times. */
static void
put_without (struct sf_strbuf *out, const char *text, const char *zone)
{
  const char *found;
  for (; text && (found = strstr (text, zone)); text = found + strlen (zone))
    {
      char *before = sf_mem_printf ("%.*s", (int) (found - text), text);
      sf_page_text (out, before);
      sf_mem_free (before);
    }
  sf_page_text (out, text);
}

void
sf_sheet_said (struct sf_strbuf *out, const struct sf_table *table, size_t row, const char *column_zh,
               const char *column)
{
  const char *zh = sf_table_text (table, column_zh, row), *en = sf_table_text (table, column, row);
  put_without (out, zh ? zh : en, "（北京时间）");
  if (!zh || !en || strcmp (zh, en) == 0)
    return;
  sf_strbuf_add (out, " <small lang=\"en\">");
  put_without (out, en, " BJT");
  sf_strbuf_add (out, "</small>");
}

void
sf_sheet_count (struct sf_strbuf *out, const struct sf_table *table, const char *column, size_t row)
{
  int64_t value = sf_table_int (table, column, row);
  if (value == INT64_MIN)
    sf_page_none (out);
  else
    sf_strbuf_addf (out, "%lld", (long long) value);
}

/* "1.20 (0.9–1.6)" */
void
sf_sheet_band (struct sf_strbuf *out, const struct sf_table *table, size_t row, const char *value, const char *low,
               const char *high, int decimals)
{
  sf_page_number (out, sf_table_double (table, value, row), decimals);
  if (isnan (sf_table_double (table, low, row)) || isnan (sf_table_double (table, high, row)))
    return;
  sf_strbuf_addf (out, " <small>(%.*f–%.*f)</small>", decimals, sf_table_double (table, low, row), decimals,
                  sf_table_double (table, high, row));
}
