/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/html/summary.h"

#include <math.h>
#include <string.h>

static const char zone[] = " <small>北京时间 BJT</small>";

static void
card_begin (struct sf_strbuf *out, const char *zh, const char *en)
{
  sf_strbuf_addf (out, "<article><h3>%s <small lang=\"en\">%s</small></h3>", zh, en);
}

static void
card_absent (struct sf_strbuf *out, const char *dataset)
{
  sf_strbuf_addf (out,
                  "<p class=\"big none\">未知 <small lang=\"en\">unknown</small></p><p>缺数据集 <code>%s</code> "
                  "<span lang=\"en\">dataset absent</span></p></article>\n",
                  dataset);
}

static void
card_storm (const struct sf_page *page, struct sf_strbuf *out)
{
  /* The official line where there is a forecast: the strongest of all agencies is nobody's word. */
  const struct sf_dataset *fixes = sf_page_dataset (page, "fix_table");
  const struct sf_dataset *dataset = fixes && fixes->as.table->rows ? fixes : sf_page_dataset (page, "track_points");
  card_begin (out, "峰值强度", "Peak intensity");
  if (!dataset)
    {
      card_absent (out, "track_points");
      return;
    }
  const struct sf_table *table = dataset->as.table;
  size_t best = 0;
  double strongest = NAN;
  for (size_t row = 0; row < table->rows; row++)
    {
      double wind_mps = sf_table_double (table, "wind_speed", row);
      if (isnan (strongest) ? !isnan (wind_mps) : wind_mps > strongest)
        {
          strongest = wind_mps;
          best = row;
        }
    }
  if (isnan (strongest))
    {
      sf_strbuf_add (
          out, "<p class=\"big none\">无 <small lang=\"en\">none</small></p><p>路径中没有风速 <span lang=\"en\">no "
               "wind in the track</span></p></article>\n");
      return;
    }
  sf_strbuf_add (out, "<p class=\"big\">");
  sf_page_grade (out, page, sf_table_text (table, "grade", best), sf_table_text (table, "grade_zh", best));
  sf_strbuf_addf (out, "</p><p>%.0f m/s · ", strongest);
  sf_page_number (out, sf_table_double (table, "pressure", best), 0);
  sf_strbuf_add (out, " hPa · ");
  sf_page_date_time (out, sf_table_time (table, "time", best));
  sf_strbuf_add (out, zone);
  sf_strbuf_add (out, "</p></article>\n");
}

/* The landfall that a reader here asks about first: the earliest in a county of ours, else the earliest anywhere. */
static size_t
first_landfall (const struct sf_table *table)
{
  size_t first = 0;
  for (size_t row = 1; row < table->rows; row++)
    {
      bool ours = sf_table_text (table, "place_zh", row) != NULL,
           was_ours = sf_table_text (table, "place_zh", first) != NULL;
      bool earlier = sf_table_time (table, "time", row) < sf_table_time (table, "time", first);
      if (ours != was_ours ? ours : earlier)
        first = row;
    }
  return first;
}

static void
card_landfall (const struct sf_page *page, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, "landfalls");
  card_begin (out, "登陆", "Landfall");
  if (!dataset)
    {
      card_absent (out, "landfalls");
      return;
    }
  const struct sf_table *table = dataset->as.table;
  if (table->rows == 0 && sf_page_has_no_track (page))
    {
      sf_strbuf_add (out,
                     "<p class=\"big none\">未知 <small lang=\"en\">unknown</small></p><p>没有路径，不等于没有影响 "
                     "<span lang=\"en\">no track, which is no all-clear</span></p></article>\n");
      return;
    }
  if (table->rows == 0)
    {
      sf_strbuf_add (out,
                     "<p class=\"big\">无 <small lang=\"en\">none</small></p><p>中心未越过海岸线 <span lang=\"en\">the "
                     "centre crossed no coast</span></p></article>\n");
      return;
    }
  size_t first = first_landfall (table);
  const char *place_zh = sf_table_text (table, "place_zh", first), *place = sf_table_text (table, "place", first);
  sf_strbuf_add (out, "<p class=\"big\">");
  sf_page_date_time (out, sf_table_time (table, "time", first));
  sf_strbuf_add (out, zone);
  sf_strbuf_add (out, "</p><p>");
  sf_page_text (out, place_zh ? place_zh : "地点未定");
  sf_strbuf_add (out, " <span lang=\"en\">");
  sf_page_text (out, place ? place : "place unknown");
  sf_strbuf_add (out, "</span>");
  sf_page_contact (out, table, first);
  sf_strbuf_add (out, " · ");
  sf_page_time (out, sf_table_time (table, "earliest", first));
  sf_strbuf_add (out, " – ");
  sf_page_time (out, sf_table_time (table, "latest", first));
  if (table->rows > 1)
    sf_strbuf_addf (out, " · 共%zu次 <span lang=\"en\">%zu in all</span>", table->rows, table->rows);
  sf_strbuf_add (out, "</p></article>\n");
}

static void
card_counties (const struct sf_page *page, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, "county_wind");
  card_begin (out, "受影响市县", "Counties affected");
  if (!dataset)
    {
      card_absent (out, "county_wind");
      return;
    }
  const struct sf_table *table = dataset->as.table;
  size_t force10 = 0, force12 = 0, unknown = 0;
  for (size_t row = 0; row < table->rows; row++)
    {
      double force = sf_table_double (table, "max_force", row);
      force10 += force >= 10;
      force12 += force >= 12;
      unknown += isnan (force);
    }
  if (table->rows == 0)
    sf_strbuf_add (
        out, "<p class=\"big none\">未知 <small lang=\"en\">unknown</small></p><p>没有市县边界 <span lang=\"en\">no "
             "county boundaries</span></p></article>\n");
  else
    sf_strbuf_addf (
        out,
        "<p class=\"big\">%zu<small> / %zu</small></p><p>达到10级 <span lang=\"en\">reach force 10</span>，其中"
        "12级以上 %zu <span lang=\"en\">of them force 12</span>；无数据 %zu <span lang=\"en\">without data</span>"
        "</p></article>\n",
        force10, table->rows, force12, unknown);
}

static void
card_arrival (const struct sf_page *page, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, "county_wind");
  card_begin (out, "8级风最早到达", "First force 8");
  if (!dataset)
    {
      card_absent (out, "county_wind");
      return;
    }
  const struct sf_table *table = dataset->as.table;
  int64_t earliest = SF_TIME_MISSING;
  size_t first = 0, unknown = 0;
  for (size_t row = 0; row < table->rows; row++)
    {
      int64_t begin_s = sf_table_time (table, "force8_begin", row);
      unknown += isnan (sf_table_double (table, "max_wind", row));
      if (begin_s != SF_TIME_MISSING && (earliest == SF_TIME_MISSING || begin_s < earliest))
        {
          earliest = begin_s;
          first = row;
        }
    }
  sf_strbuf_add (out, "<p class=\"big\">");
  if (earliest == SF_TIME_MISSING && table->rows == 0)
    sf_strbuf_add (out,
                   "未知 <small lang=\"en\">unknown</small></p><p>没有市县边界 <span lang=\"en\">no county boundaries"
                   "</span>");
  else if (earliest == SF_TIME_MISSING && unknown == table->rows)
    sf_strbuf_add (out,
                   "未知 <small lang=\"en\">unknown</small></p><p>各市县均无风力数据 <span lang=\"en\">no county has "
                   "data</span>");
  else if (earliest == SF_TIME_MISSING)
    sf_strbuf_addf (out,
                    "无 <small lang=\"en\">none</small></p><p>有数据的市县均未达到8级 <span lang=\"en\">no county with "
                    "data reaches force 8</span>；无数据 %zu <span lang=\"en\">without data</span>",
                    unknown);
  else
    {
      sf_page_date_time (out, earliest);
      sf_strbuf_add (out, zone);
      sf_strbuf_add (out, "</p><p>");
      sf_page_text (out, sf_table_text (table, "county_zh", first));
      sf_strbuf_add (out, " <span lang=\"en\">");
      sf_page_text (out, sf_table_text (table, "county", first));
      sf_strbuf_add (out, "</span>");
    }
  sf_strbuf_add (out, "</p></article>\n");
}

void
sf_page_cards (const struct sf_page *page, struct sf_strbuf *out)
{
  card_storm (page, out);
  card_landfall (page, out);
  card_arrival (page, out);
  card_counties (page, out);
}

void
sf_page_maps (const struct sf_page *page, struct sf_strbuf *out)
{
  const char *const *names;
  size_t count = sf_settings_texts (page->host->settings, "maps", &names);
  for (size_t i = 0; i < count && i < page->pictures_count; i++)
    {
      sf_strbuf_add (out, "<figure>");
      if (page->pictures[i].length)
        {
          sf_strbuf_add (out, "<img alt=\"");
          sf_page_text (out, names[i]);
          sf_strbuf_add (out, "\" src=\"data:image/png;base64,");
          sf_page_base64 (out, page->pictures[i].text, page->pictures[i].length);
          sf_strbuf_add (out, "\">");
        }
      else
        {
          sf_strbuf_add (out, "<p class=\"absent\"><b>缺图：</b>本次输出未包含数据集 <code>");
          sf_page_text (out, names[i]);
          sf_strbuf_add (out,
                         "</code><br><span lang=\"en\"><b>Map absent:</b> this output was given no such dataset.</span>"
                         "</p>");
        }
      sf_strbuf_add (out, "</figure>\n");
    }
}
