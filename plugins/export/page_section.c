/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/sha256.h"
#include "plugins/export/page.h"

#include <string.h>

const struct sf_dataset *
sf_page_dataset (const struct sf_page *page, const char *name)
{
  size_t length = strcspn (name, "@");
  for (size_t i = 0; i < page->job->datasets_count; i++)
    {
      const struct sf_dataset *dataset = page->job->datasets[i];
      if (strcmp (dataset->name, name) == 0)
        return dataset;
      if (name[length] == '\0' && strcmp (dataset->spec->name, name) == 0)
        return dataset;
    }
  return NULL;
}

bool
sf_page_has_no_track (const struct sf_page *page)
{
  const struct sf_dataset *points = sf_page_dataset (page, "track_points");
  return points && points->as.table->rows == 0;
}

void
sf_page_badges (enum sf_authority authority, bool simulated, struct sf_strbuf *out)
{
  static const char *const badges[] = {
    "<p class=\"badge official\">官方发布 <span lang=\"en\">Official</span></p>",
    "<p class=\"badge internal\">内部研判参考，不得对外发布 <span lang=\"en\">Internal use only, not for "
    "release</span></p>",
    "<p class=\"badge drill\">演练，非真实情况 <span lang=\"en\">DRILL, not a real event</span></p>",
    "<p class=\"badge drill\">假设推演，非真实情况 <span lang=\"en\">HYPOTHETICAL, not a real event</span></p>",
  };
  sf_strbuf_add (out, badges[authority]);
  if (simulated)
    sf_strbuf_add (out,
                   "<p class=\"badge drill\">含模拟数据 <span lang=\"en\">SIMULATED data in its lineage</span></p>");
}

static void
head (const struct sf_page_section *section, struct sf_strbuf *out)
{
  sf_strbuf_addf (out, "<section id=\"%s\"><h2>%s <small lang=\"en\">%s</small></h2>\n", section->id, section->title_zh,
                  section->title_en);
}

static void
absent (const struct sf_page_section *section, struct sf_strbuf *out)
{
  sf_strbuf_addf (
      out,
      "<p class=\"absent\"><b>缺：</b>本次输出未包含数据集 <code>%s</code>，此处无从判断，不等于没有。"
      "<br><span lang=\"en\"><b>Absent:</b> this output was given no dataset <code>%s</code>; that is not an "
      "all-clear.</span></p></section>\n",
      section->dataset, section->dataset);
}

static void
empty (const struct sf_page_section *section, struct sf_strbuf *out)
{
  sf_strbuf_addf (out, "<p class=\"empty\"><b>%s</b>：%s<br><span lang=\"en\"><b>%s</b>: %s</span></p></section>\n",
                  section->unknown ? "未知" : "无", section->empty_zh, section->unknown ? "Unknown" : "None",
                  section->empty_en);
}

static void
table_rows (const struct sf_page *page, const struct sf_page_section *section, const struct sf_table *table,
            const size_t *order, size_t count, struct sf_strbuf *out)
{
  sf_strbuf_add (out, "<div class=\"scroll\"><table><thead><tr>");
  for (const struct sf_page_column *column = section->columns; column->cell; column++)
    sf_strbuf_addf (out, "<th%s>%s<small lang=\"en\">%s</small></th>", column->number ? " class=\"n\"" : "", column->zh,
                    column->en);
  sf_strbuf_add (out, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < count; i++)
    {
      sf_strbuf_add (out, "<tr>");
      for (const struct sf_page_column *column = section->columns; column->cell; column++)
        {
          sf_strbuf_addf (out, column->number ? "<td class=\"n\">" : "<td>");
          column->cell (page, table, order ? order[i] : i, out);
          sf_strbuf_add (out, "</td>");
        }
      sf_strbuf_add (out, "</tr>\n");
    }
  sf_strbuf_add (out, "</tbody></table></div>\n");
  sf_strbuf_addf (out, "<p class=\"note\">%s <span lang=\"en\">%s</span></p></section>\n", section->note_zh,
                  section->note_en);
}

void
sf_page_section (const struct sf_page *page, const struct sf_page_section *section, const size_t *order,
                 size_t order_count, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, section->dataset);
  head (section, out);
  if (!dataset)
    absent (section, out);
  else if (dataset->as.table->rows == 0 || (order && order_count == 0))
    empty (section, out);
  else
    table_rows (page, section, dataset->as.table, order, order ? order_count : dataset->as.table->rows, out);
}

/* --- lineage --- */

static void
lineage_size (const struct sf_dataset *dataset, struct sf_strbuf *out)
{
  const struct sf_grid *grid = dataset->as.grid;
  switch (dataset->spec->kind)
    {
    case SF_DATASET_GRID:
      sf_strbuf_addf (out, "%d × %d × %d", grid->bands, grid->spec.ny, grid->spec.nx);
      break;
    case SF_DATASET_TRACKS:
      sf_strbuf_addf (out, "%zu 条 <small lang=\"en\">tracks</small>", dataset->as.tracks->count);
      break;
    case SF_DATASET_CUBE:
      sf_strbuf_addf (out, "%d × %d × %d", dataset->as.cube->steps, dataset->as.cube->spec.ny,
                      dataset->as.cube->spec.nx);
      break;
    default:
      sf_strbuf_addf (out, "%zu 行 <small lang=\"en\">rows</small>", dataset->as.table->rows);
    }
}

void
sf_page_lineage (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_strbuf_add (
      out, "<div class=\"scroll\"><table><thead><tr><th>数据集<small lang=\"en\">Dataset</small></th><th>内容<small "
           "lang=\"en\">Content</small></th><th>大小<small lang=\"en\">Size</small></th><th>发布性质<small lang=\"en\">"
           "Authority</small></th><th>模拟<small lang=\"en\">Simulated</small></th><th>键<small lang=\"en\">Key"
           "</small></th></tr></thead><tbody>\n");
  for (size_t i = 0; i < page->job->datasets_count; i++)
    {
      const struct sf_dataset *dataset = page->job->datasets[i];
      char key[SF_KEY_TEXT_BYTES];
      sf_strbuf_add (out, "<tr><td><code>");
      sf_page_text (out, dataset->name);
      sf_strbuf_add (out, "</code></td><td>");
      sf_page_text (out, dataset->spec->title_zh);
      sf_strbuf_add (out, " <small lang=\"en\">");
      sf_page_text (out, dataset->spec->title_en);
      sf_strbuf_add (out, "</small></td><td>");
      lineage_size (dataset, out);
      sf_strbuf_addf (out,
                      "</td><td>%s <small lang=\"en\">%s</small></td><td>%s</td><td><code>%.16s</code></td></tr>\n",
                      sf_authority_name (dataset->authority, 1), sf_authority_name (dataset->authority, 0),
                      dataset->simulated ? "是 yes" : "否 no", sf_key_format (&dataset->key, key));
    }
  sf_strbuf_add (out, "</tbody></table></div>\n");
}
