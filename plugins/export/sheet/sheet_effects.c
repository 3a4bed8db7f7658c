/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/sheet/sheet_rows.h"

#include <math.h>
#include <string.h>

SF_PAGE_TIME_CELL (time_cell, "time")
SF_PAGE_TWO_TEXTS_CELL (county, "county_zh", "county")
SF_PAGE_TWO_TEXTS_CELL (subject, "subject_zh", "subject")
SF_PAGE_TWO_TEXTS_CELL (change, "change_zh", "change")
SF_PAGE_TWO_TEXTS_CELL (difference, "difference_zh", "difference")
SF_PAGE_TWO_TEXTS_CELL (limit, "limit_zh", "limit")
SF_PAGE_TWO_TEXTS_CELL (effects, "effects_zh", "effects")
SF_PAGE_TEXT_CELL (effects_source, "effects_source")
SF_PAGE_TWO_TEXTS_CELL (landfall_text, "landfall_zh", "landfall")
SF_PAGE_TWO_TEXTS_CELL (verdict, "verdict_zh", "verdict")
SF_PAGE_TWO_TEXTS_CELL (name_cell, "name_zh", "name")
SF_PAGE_TWO_TEXTS_CELL (datum, "datum_zh", "datum")
SF_PAGE_TWO_TEXTS_CELL (licence, "licence_zh", "licence")
SF_PAGE_NUMBER_CELL (mean_rain_50, "mean_rain_50", 0)
SF_PAGE_NUMBER_CELL (like_distance, "distance", 2)
SF_PAGE_NUMBER_CELL (mean_rain, "mean_rain", 0)
SF_PAGE_NUMBER_CELL (max_rain, "max_rain", 0)
SF_PAGE_NUMBER_CELL (mean_rain_90, "mean_rain_90", 0)
SF_PAGE_NUMBER_CELL (max_rate, "max_rate", 1)
SF_PAGE_NUMBER_CELL (tide, "tide", 2)
SF_PAGE_NUMBER_CELL (above_level, "above_level", 2)
SF_SHEET_SAID_CELL (place)
SF_SHEET_SAID_CELL (before)
SF_SHEET_SAID_CELL (after)
SF_SHEET_SAID_CELL (official)
SF_SHEET_SAID_CELL (model)
SF_SHEET_COUNT_CELL (rank, "rank")
SF_SHEET_COUNT_CELL (year, "year")

static void
span (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_time (out, sf_table_time (table, "begin", row));
  sf_strbuf_add (out, " – ");
  sf_page_time (out, sf_table_time (table, "end", row));
}

static void
like_name (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_bilingual (out, sf_table_text (table, "similar_name_zh", row), sf_table_text (table, "similar_name", row));
  sf_strbuf_add (out, " <small>");
  sf_page_text (out, sf_table_text (table, "similar_number", row));
  sf_strbuf_add (out, "</small>");
}

static void
max_wind (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  sf_page_force (out, page, sf_table_double (table, "max_wind", row), NAN);
}

SF_SHEET_BAND_CELL (surge, "surge", "surge_low", "surge_high", 2)
SF_SHEET_BAND_CELL (total, "total", "total_low", "total_high", 2)

static void
colour (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_bilingual (out, sf_table_text (table, "colour_zh", row), sf_table_text (table, "colour", row));
}

/* --- return periods: a place is one row, a period one column, the limits are said once --- */

enum
{
  MOST_PERIODS = 8
};

/* One past the last row of the place at a row; *ret_known tells whether any of its winds is known. */
static size_t
end_of_place (const struct sf_table *table, size_t row, bool *ret_known)
{
  const char *code = sf_table_text (table, "code", row);
  size_t end = row;
  *ret_known = false;
  for (; end < table->rows; end++)
    {
      const char *other = sf_table_text (table, "code", end);
      if (!code || !other || strcmp (code, other) != 0)
        break;
      *ret_known |= !isnan (sf_table_double (table, "wind_speed", end));
    }
  return end > row ? end : row + 1;
}

static void
put_return_row (struct sf_strbuf *out, const struct sf_table *table, size_t row, size_t end, size_t columns)
{
  sf_strbuf_add (out, "<tr><td>");
  sf_page_bilingual (out, sf_table_text (table, "name_zh", row), sf_table_text (table, "name", row));
  sf_strbuf_add (out, "</td>");
  for (size_t p = 0; p < columns; p++)
    {
      sf_strbuf_add (out, "<td class=\"n\">");
      if (row + p < end)
        sf_sheet_band (out, table, row + p, "wind_speed", "low", "high", 1);
      sf_strbuf_add (out, "</td>");
    }
  sf_strbuf_add (out, "<td class=\"n\">");
  sf_sheet_count (out, table, "years", row);
  sf_strbuf_add (out, "</td></tr>\n");
}

static void
put_return_head (struct sf_strbuf *out, const struct sf_table *table, size_t columns)
{
  sf_strbuf_add (out, "<div class=\"scroll\"><table><thead><tr><th>地点<small lang=\"en\">Place</small></th>");
  for (size_t p = 0; p < columns; p++)
    {
      double years = sf_table_double (table, "return_period", p);
      sf_strbuf_addf (out, "<th class=\"n\">%.0f年一遇 m/s<small lang=\"en\">%.0f years</small></th>", years, years);
    }
  sf_strbuf_add (out, "<th class=\"n\">资料年数<small lang=\"en\">Years</small></th></tr></thead><tbody>\n");
}

static void
put_returns (const struct sf_page *page, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, "wind_return");
  const struct sf_table *table = dataset ? dataset->as.table : NULL;
  bool known, any = false;
  if (!table || table->rows == 0)
    return;
  size_t columns = end_of_place (table, 0, &known), shown = 0;
  columns = columns < MOST_PERIODS ? columns : MOST_PERIODS;
  sf_strbuf_add (out,
                 "<section id=\"returns\"><h2>大风重现期 <small lang=\"en\">Return periods of wind</small></h2>\n");
  for (size_t row = 0, end; row < table->rows && shown < SF_SHEET_MOST_ROWS; row = end)
    {
      end = end_of_place (table, row, &known);
      if (!known)
        continue;
      if (!any)
        put_return_head (out, table, columns);
      any = true;
      shown++;
      put_return_row (out, table, row, end, columns);
    }
  sf_strbuf_add (out, any ? "</tbody></table></div>\n"
                          : "<p class=\"empty\"><b>未知</b> <span lang=\"en\">Unknown</span></p>\n");
  sf_strbuf_add (out, "<p class=\"note\">");
  sf_page_bilingual (out, sf_table_text (table, "limits_zh", 0), sf_table_text (table, "limits", 0));
  sf_strbuf_add (out, "</p></section>\n");
}

void
sf_sheet_similar (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column columns[] = {
    { "序", "Rank", true, rank },
    { "台风", "Storm", false, like_name },
    { "年份", "Year", true, year },
    { "距离", "Distance", true, like_distance },
    { "最大风 m/s", "Max. wind", false, max_wind },
    { "登陆海南", "Landfall in Hainan", false, landfall_text },
    { "对海南的影响", "Effects on Hainan", false, effects },
    { "来源", "Source", false, effects_source },
    { "与当前的不同", "Different from today", false, difference },
    SF_SHEET_END,
  };
  static const struct sf_page_section similar = { "similar",
                                                  "similar_storms",
                                                  "相似台风",
                                                  "Similar storms",
                                                  "距离越小越相似（形状、位置、季节、强度加权）。",
                                                  "The smaller the distance the more alike (shape, position, season, "
                                                  "intensity, weighted).",
                                                  "没有台风可比，或资料库为空。",
                                                  "there is no storm to compare, or the archive is empty.",
                                                  columns,
                                                  false };
  sf_sheet_show (page, &similar, NULL, NULL, out);
  put_returns (page, out);
}

/* For how long the rows of a table are: the same for all, so said once. */
static void
put_window (const struct sf_page *page, const char *name, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, name);
  if (!dataset || dataset->as.table->rows == 0 || !sf_table_text (dataset->as.table, "window_zh", 0))
    return;
  sf_strbuf_add (out, "<p>时段 <span lang=\"en\">Window</span>：");
  sf_sheet_said (out, dataset->as.table, 0, "window_zh", "window");
  sf_strbuf_add (out, "</p>\n");
}

void
sf_sheet_rain_surge (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column rain_columns[] = {
    { "市县", "County", false, county },
    { "面雨量 mm", "Mean", true, mean_rain },
    { "成员中值 mm", "Members, 50 %", true, mean_rain_50 },
    { "较坏 mm", "Worse, 90 %", true, mean_rain_90 },
    { "最大点 mm", "Largest", true, max_rain },
    { "雨强 mm/h", "Rate", true, max_rate },
    { "起–止", "From–to", false, span },
    { "资料用途", "Licence", false, licence },
    { "结论", "Verdict", false, verdict },
    SF_SHEET_END,
  };
  static const struct sf_page_section rain = { "rain",
                                               "county_rain",
                                               "市县雨量（一阶估计）",
                                               "Rain by county (first order)",
                                               "参数化雨量只可提高判断，不可降低。",
                                               "A parametric rain may raise a verdict, never lower it.",
                                               "没有雨量估计：未知，至少为0。",
                                               "no estimate: unknown, at least 0.",
                                               rain_columns,
                                               true };
  static const struct sf_page_column surge_columns[] = {
    { "验潮站", "Station", false, name_cell }, { "最高时刻", "At", false, time_cell },
    { "增水 m", "Surge", true, surge },        { "天文潮 m", "Tide", true, tide },
    { "总潮位 m", "Total", true, total },      { "基准面", "Datum", false, datum },
    { "警戒", "Colour", false, colour },       { "超警戒 m", "Above", true, above_level },
    { "结论", "Verdict", false, verdict },     SF_SHEET_END,
  };
  static const struct sf_page_section surges = { "surge",
                                                 "station_surge",
                                                 "风暴潮（一阶估计）",
                                                 "Surge (first order)",
                                                 "括号内为范围；不同基准面的潮位不得相加或比较。",
                                                 "The range stands in brackets; levels of different datums are never "
                                                 "added or compared.",
                                                 "没有风暴潮估计：未知。",
                                                 "no estimate: unknown.",
                                                 surge_columns,
                                                 true };
  put_window (page, "county_rain", out);
  sf_sheet_show (page, &rain, NULL, NULL, out);
  put_window (page, "station_surge", out);
  sf_sheet_show (page, &surges, NULL, NULL, out);
}

static bool
is_flagged (const struct sf_page *page, const struct sf_table *table, size_t row, const char *text)
{
  (void) page;
  return (sf_table_int (table, "flagged", row) == 1) == (text != NULL);
}

static bool
is_any (const struct sf_page *page, const struct sf_table *table, size_t row, const char *text)
{
  (void) page;
  (void) table;
  (void) row;
  (void) text;
  return true;
}

void
sf_sheet_changes (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column pair_columns[] = {
    { "项目", "Subject", false, subject },
    { "地点", "Place", false, place },
    { "官方", "Official", false, official },
    { "模型", "Model", false, model },
    { "相差", "Difference", false, difference },
    { "限值", "Limit", false, limit },
    SF_SHEET_END,
  };
  static const struct sf_page_section beyond = { "beyond",
                                                 "disagreements",
                                                 "分歧：超过限值",
                                                 "Disagreement: beyond the limits",
                                                 "限值可由本单位设定；风力的“官方”系按官方路径推算，并非官方发布。",
                                                 "The limits are data that an office can set. Winds called official "
                                                 "are computed on the official track, not issued.",
                                                 "没有超过限值的项目，或没有可比的双方。",
                                                 "nothing is beyond a limit, or there are no two sides to compare.",
                                                 pair_columns,
                                                 false };
  static const struct sf_page_section within = { "within",
                                                 "disagreements",
                                                 "对照：限值以内",
                                                 "Side by side: within the limits",
                                                 "",
                                                 "",
                                                 "没有。",
                                                 "none.",
                                                 pair_columns,
                                                 false };
  static const struct sf_page_column change_columns[] = {
    { "项目", "Subject", false, subject }, { "地点", "Place", false, place },   { "上次", "Before", false, before },
    { "本次", "Now", false, after },       { "变化", "Change", false, change }, SF_SHEET_END,
  };
  static const struct sf_page_section changes = { "changes",
                                                  "forecast_changes",
                                                  "与上次预报的变化",
                                                  "What changed since the last forecast",
                                                  "上次指同一输出文件夹中上一次发布的结果。",
                                                  "The last forecast is what was published last into the same folder.",
                                                  "没有可比较的内容。",
                                                  "there is nothing to compare.",
                                                  change_columns,
                                                  false };
  sf_sheet_show (page, &beyond, is_flagged, "flagged", out);
  sf_sheet_show_most (page, &changes, is_any, NULL, SF_SHEET_MOST_ROWS, out);
  sf_sheet_show_most (page, &within, is_flagged, NULL, SF_SHEET_MOST_ROWS, out);
}
