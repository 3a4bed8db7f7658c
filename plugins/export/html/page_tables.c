/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/html/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
sf_page_contact (struct sf_strbuf *out, const struct sf_table *landfalls, size_t row)
{
  if (sf_table_int (landfalls, "entered", row) == 0)
    sf_strbuf_add (
        out,
        " <small>离岸距离小于路径精度，登陆或近岸掠过均有可能 <span lang=\"en\">nearer the shore than the track can "
        "tell: a landfall or a close pass</span></small>");
}

SF_PAGE_TWO_TEXTS_CELL (storm_names, "name_zh", "name")
SF_PAGE_TEXT_CELL (storm_name, "name")
SF_PAGE_TEXT_CELL (agency, "agency")
SF_PAGE_TIME_CELL (time_cell, "time")
SF_PAGE_NUMBER_CELL (pressure, "pressure", 0)
SF_PAGE_NUMBER_CELL (uncertainty, "uncertainty", 0)
SF_PAGE_TWO_TEXTS_CELL (county, "county_zh", "county")
SF_PAGE_NUMBER_CELL (mean_of_max, "mean_of_max", 1)
SF_PAGE_NUMBER_CELL (seat_max, "seat_max_wind", 1)
SF_PAGE_NUMBER_CELL (distance, "distance", 0)

static void
range (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  int64_t earliest = sf_table_time (table, "earliest", row), latest = sf_table_time (table, "latest", row);
  sf_page_time (out, earliest);
  sf_strbuf_add (out, " – ");
  sf_page_time (out, latest);
}

static void
place (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_bilingual (out, sf_table_text (table, "place_zh", row), sf_table_text (table, "place", row));
  sf_page_contact (out, table, row);
}

static void
position (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_position (out, sf_table_double (table, "longitude", row), sf_table_double (table, "latitude", row));
}

static void
wind (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  sf_page_force (out, page, sf_table_double (table, "wind_speed", row), sf_table_double (table, "beaufort", row));
}

static void
max_wind (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  sf_page_force (out, page, sf_table_double (table, "max_wind", row), sf_table_double (table, "max_force", row));
}

static void
grade (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  sf_page_grade (out, page, sf_table_text (table, "grade", row), sf_table_text (table, "grade_zh", row));
}

static void
share8 (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_number (out, sf_table_double (table, "share_force8", row) * 100, 0);
}

/* From and to of a force in a county; a county without wind has not "not reached" it, there is nothing to tell. */
static void
span (const struct sf_table *table, size_t row, const char *begin, const char *end, struct sf_strbuf *out)
{
  int64_t begin_s = sf_table_time (table, begin, row), end_s = sf_table_time (table, end, row);
  if (begin_s == SF_TIME_MISSING && isnan (sf_table_double (table, "max_wind", row)))
    {
      sf_strbuf_add (out, "<span class=\"none\">无数据 no data</span>");
      return;
    }
  if (begin_s == SF_TIME_MISSING)
    {
      sf_strbuf_add (out, "<span class=\"none\">未达到 not reached</span>");
      return;
    }
  sf_page_time (out, begin_s);
  sf_strbuf_add (out, "–");
  sf_page_time (out, end_s);
  if (end_s != SF_TIME_MISSING)
    sf_strbuf_addf (out, " <small>%.0f h</small>", (double) (end_s - begin_s) / 3600);
}

#define SPAN_CELL(force)                                                                                               \
  static void force##_span (const struct sf_page *page, const struct sf_table *table, size_t row,                      \
                            struct sf_strbuf *out)                                                                     \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    span (table, row, #force "_begin", #force "_end", out);                                                            \
  }
SPAN_CELL (force7)
SPAN_CELL (force8)
SPAN_CELL (force10)
SPAN_CELL (force12)

static void
bearing (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_bearing (out, sf_table_double (table, "bearing", row));
}

static void
hours (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_strbuf_addf (out, "%.0f小时 <small lang=\"en\">%.0f h</small>", sf_table_double (table, "hours", row),
                  sf_table_double (table, "hours", row));
}

static void
direction (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  const char *text = sf_table_text (table, "direction", row);
  bool inward = text && strcmp (text, "inward") == 0, outward = text && strcmp (text, "outward") == 0;
  sf_page_bilingual (out, inward ? "进入" : outward ? "离开" : text, text);
}

static void
motion (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  double speed_mps = sf_table_double (table, "motion_speed", row);
  sf_page_bearing (out, sf_table_double (table, "motion_to", row));
  if (!isnan (speed_mps))
    sf_strbuf_addf (out, " %.0f km/h", speed_mps * 3.6);
}

static void
storm_any (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  storm_names (page, table, row, out);
  if (sf_table_text (table, "number", row))
    {
      sf_strbuf_add (out, " <small>");
      sf_page_text (out, sf_table_text (table, "number", row));
      sf_strbuf_add (out, "</small>");
    }
}

/* Without any track "none" would be an all-clear that nobody gave. */
static void
say_no_track (const struct sf_page *page, struct sf_page_section *section)
{
  if (!sf_page_has_no_track (page))
    return;
  section->unknown = true;
  section->empty_zh = "没有路径，不等于没有影响。";
  section->empty_en = "there is no track, which is no all-clear.";
}

void
sf_page_landfalls (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column columns[] = {
    { "台风", "Storm", false, storm_any },
    { "地点", "Place", false, place },
    { "时间（北京时间）", "Time, UTC+8", false, time_cell },
    { "可能范围", "Range, UTC+8", false, range },
    { "位置", "Position", false, position },
    { "误差 km", "±km", true, uncertainty },
    { "风速 m/s", "Wind m/s", false, wind },
    { "气压 hPa", "Pressure", true, pressure },
    { "等级", "Grade", false, grade },
    { "机构", "Agency", false, agency },
    { NULL, NULL, false, NULL },
  };
  struct sf_page_section section
      = { "landfalls",
          "landfalls",
          "登陆",
          "Landfall",
          "中心穿越海岸线之处；范围由路径点取整（0.1°）与时次间隔决定。时间均为北京时间（UTC+8）。",
          "Where the centre crosses the coast; the range follows from the rounding of the track (0.1°) and its steps. "
          "All times "
          "are Beijing time (UTC+8).",
          "路径时段内中心未越过海岸线。",
          "the centre crossed no coast within the track.",
          columns,
          false };
  say_no_track (page, &section);
  sf_page_section (page, &section, NULL, 0, out);
}

/* Where a county comes in the table: earliest force 8 first, then the strongest wind. */
struct rank
{
  int64_t begin_s;
  double wind_mps;
  size_t row;
};

static int
compare_ranks (const void *a, const void *b)
{
  const struct rank *p = a, *q = b;
  if (p->begin_s != q->begin_s)
    return p->begin_s < q->begin_s ? -1 : 1;
  if (p->wind_mps != q->wind_mps)
    return p->wind_mps > q->wind_mps ? -1 : 1;
  return p->row < q->row ? -1 : p->row > q->row;
}

/* Rows in order of rank; NULL when memory is out, then the table's own order stands. */
static size_t *
county_order (const struct sf_table *table, struct sf_arena *arena)
{
  struct rank *ranks = sf_arena_calloc (arena, table->rows, sizeof *ranks);
  size_t *order = sf_arena_calloc (arena, table->rows, sizeof *order);
  if (!ranks || !order)
    return NULL;
  for (size_t row = 0; row < table->rows; row++)
    {
      int64_t begin_s = sf_table_time (table, "force8_begin", row);
      double wind_mps = sf_table_double (table, "max_wind", row);
      ranks[row] = (struct rank){ .begin_s = begin_s == SF_TIME_MISSING ? INT64_MAX : begin_s,
                                  .wind_mps = isnan (wind_mps) ? -1 : wind_mps,
                                  .row = row };
    }
  qsort (ranks, table->rows, sizeof *ranks, compare_ranks);
  for (size_t i = 0; i < table->rows; i++)
    order[i] = ranks[i].row;
  return order;
}

void
sf_page_counties (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column columns[] = {
    { "市县", "County", false, county },
    { "最大风 级·m/s", "Maximum, force · m/s", false, max_wind },
    { "平均 m/s", "Mean of max.", true, mean_of_max },
    { "驻地 m/s", "At the seat", true, seat_max },
    { "7级风 起–止", "Force 7 from–to", false, force7_span },
    { "8级风 起–止", "Force 8 from–to", false, force8_span },
    { "10级风 起–止", "Force 10 from–to", false, force10_span },
    { "12级风 起–止", "Force 12 from–to", false, force12_span },
    { "8级以上面积 %", "Area ≥ 8, %", true, share8 },
    { NULL, NULL, false, NULL },
  };
  static const struct sf_page_section section = {
    "counties",
    "county_wind",
    "市县风力与到达时间",
    "Wind and arrival by county",
    "按8级风最早到达排序。起止为市县内任一格点首次达到与最后达到的时刻，北京时间（UTC+8）；风速为10米高度2分钟平均。",
    "Earliest force 8 first. From–to: first and last time that any cell of the county has the force, Beijing time "
    "(UTC+8); "
    "wind at 10 m, 2-minute mean.",
    "没有市县边界数据，未作市县统计。",
    "there are no county boundaries, so nothing could be counted by county.",
    columns,
    false
  };
  const struct sf_dataset *dataset = sf_page_dataset (page, "county_wind");
  struct sf_arena arena;
  sf_arena_init (&arena);
  size_t *order = dataset && dataset->as.table->rows ? county_order (dataset->as.table, &arena) : NULL;
  sf_page_section (page, &section, order, dataset ? dataset->as.table->rows : 0, out);
  sf_arena_finish (&arena);
}

void
sf_page_approach (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column columns[] = {
    { "市县驻地", "County seat", false, county }, { "最近时刻（北京时间）", "Nearest at, UTC+8", false, time_cell },
    { "距离 km", "Distance", true, distance },    { "中心方位", "Centre lies to the", false, bearing },
    { "中心位置", "Centre", false, position },    { "台风", "Storm", false, storm_name },
    { "机构", "Agency", false, agency },          { NULL, NULL, false, NULL },
  };
  static const struct sf_page_section section
      = { "approach",
          "closest_approach",
          "台风中心最近时刻",
          "Closest approach of the centre",
          "方位为自驻地看台风中心。时间为北京时间（UTC+8）。大风可早于中心到达数小时。",
          "Direction as seen from the seat. Beijing time (UTC+8). Strong wind may come hours before the centre.",
          "没有市县驻地数据或没有路径。",
          "there are no county seats, or no track.",
          columns,
          false };
  sf_page_section (page, &section, NULL, 0, out);
}

void
sf_page_crossings (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column columns[] = {
    { "警戒线", "Line", false, hours },
    { "方向", "Direction", false, direction },
    { "时间（北京时间）", "Time, UTC+8", false, time_cell },
    { "位置", "Position", false, position },
    { "台风", "Storm", false, storm_name },
    { "机构", "Agency", false, agency },
    { NULL, NULL, false, NULL },
  };
  struct sf_page_section section = { "crossings",
                                     "warning_crossings",
                                     "穿越警戒线",
                                     "Crossings of the warning lines",
                                     "时间为北京时间（UTC+8）。",
                                     "Beijing time (UTC+8).",
                                     "路径未穿越24小时或48小时警戒线。",
                                     "the track crosses neither the 24 h nor the 48 h line.",
                                     columns,
                                     false };
  say_no_track (page, &section);
  sf_page_section (page, &section, NULL, 0, out);
}

void
sf_page_track (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column columns[] = {
    { "时间（北京时间）", "Time, UTC+8", false, time_cell },
    { "台风", "Storm", false, storm_any },
    { "位置", "Position", false, position },
    { "风 级·m/s", "Wind, force · m/s", false, wind },
    { "气压 hPa", "Pressure", true, pressure },
    { "等级", "Grade", false, grade },
    { "移向移速", "Motion", false, motion },
    { "机构", "Agency", false, agency },
    { NULL, NULL, false, NULL },
  };
  static const struct sf_page_section section
      = { "track",
          "track_points",
          "台风路径",
          "Track",
          "等级按 GB/T 19201-2006，由中心附近最大风速（2分钟平均）判定。时间为北京时间（UTC+8）。",
          "Grades of GB/T 19201-2006 by the maximum wind near the centre (2-minute mean). Beijing time (UTC+8).",
          "没有路径点。",
          "there is no track point.",
          columns,
          false };
  sf_page_section (page, &section, NULL, 0, out);
}
