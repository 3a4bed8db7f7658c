/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/sheet/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- rows of a table that a section shows --- */

static struct sf_arena *
arena_of (const struct sf_page *page)
{
  const struct sf_sheet_run *run = page->own;
  return run->arena;
}

typedef bool (*wanted_fn) (const struct sf_page *page, const struct sf_table *table, size_t row, const char *text);

enum
{
  MOST_ROWS = 36 /* of a section that may be long; the rest is in the data files */
};

/* Rows that are wanted, in the table's order; NULL when memory is out, then all are shown. */
static size_t *
choose_rows (const struct sf_page *page, const struct sf_table *table, wanted_fn wanted, const char *text,
             size_t *ret_count)
{
  size_t *order = sf_arena_calloc (arena_of (page), table->rows + 1, sizeof *order);
  *ret_count = 0;
  for (size_t row = 0; order && row < table->rows; row++)
    if (wanted (page, table, row, text))
      order[(*ret_count)++] = row;
  return order;
}

/* Rows that are wanted (NULL: all), at most so many of them (0: all); what is left out is counted. */
static void
show_most (const struct sf_page *page, const struct sf_page_section *section, wanted_fn wanted, const char *text,
           size_t most, struct sf_strbuf *out)
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

static void
show (const struct sf_page *page, const struct sf_page_section *section, wanted_fn wanted, const char *text,
      struct sf_strbuf *out)
{
  show_most (page, section, wanted, text, 0, out);
}

/* --- cells --- */

SF_PAGE_TIME_CELL (time_cell, "time")
SF_PAGE_NUMBER_CELL (pressure, "pressure", 0)
SF_PAGE_NUMBER_CELL (disagreement, "disagreement", 0)
SF_PAGE_TWO_TEXTS_CELL (radii_7, "radii_7", "radii_7")
SF_PAGE_TWO_TEXTS_CELL (radii_10, "radii_10", "radii_10")
SF_PAGE_TWO_TEXTS_CELL (radii_12, "radii_12", "radii_12")
SF_PAGE_TWO_TEXTS_CELL (storm_name, "name_zh", "name")
SF_PAGE_TWO_TEXTS_CELL (county, "county_zh", "county")
SF_PAGE_TWO_TEXTS_CELL (subject, "subject_zh", "subject")
SF_PAGE_TWO_TEXTS_CELL (change, "change_zh", "change")
SF_PAGE_TWO_TEXTS_CELL (difference, "difference_zh", "difference")
SF_PAGE_TWO_TEXTS_CELL (limit, "limit_zh", "limit")
SF_PAGE_TWO_TEXTS_CELL (effects, "effects_zh", "effects")
SF_PAGE_TEXT_CELL (effects_source, "effects_source")
SF_PAGE_TWO_TEXTS_CELL (landfall_text, "landfall_zh", "landfall")
SF_PAGE_TWO_TEXTS_CELL (verdict, "verdict_zh", "verdict")
SF_PAGE_TWO_TEXTS_CELL (limits, "limits_zh", "limits")
SF_PAGE_TWO_TEXTS_CELL (agency_name, "agency_zh", "agency")
SF_PAGE_TWO_TEXTS_CELL (name_cell, "name_zh", "name")
SF_PAGE_TEXT_CELL (method, "method")
SF_PAGE_TEXT_CELL (agencies, "agencies")
SF_PAGE_TWO_TEXTS_CELL (datum, "datum_zh", "datum")
SF_PAGE_TWO_TEXTS_CELL (licence, "licence_zh", "licence")
SF_PAGE_NUMBER_CELL (mean_rain_50, "mean_rain_50", 0)
SF_PAGE_NUMBER_CELL (lead, "lead", 0)
SF_PAGE_NUMBER_CELL (spread, "spread", 0)
SF_PAGE_NUMBER_CELL (error_68, "error_68", 0)
SF_PAGE_NUMBER_CELL (error_70, "error_70", 0)
SF_PAGE_NUMBER_CELL (error_90, "error_90", 0)
SF_PAGE_NUMBER_CELL (mean_error, "mean_error", 0)
SF_PAGE_NUMBER_CELL (from_consensus, "from_consensus", 0)
SF_PAGE_NUMBER_CELL (length_km, "length", 0)
SF_PAGE_NUMBER_CELL (uncertainty, "uncertainty", 0)
SF_PAGE_NUMBER_CELL (like_distance, "distance", 2)
SF_PAGE_NUMBER_CELL (return_period, "return_period", 0)
SF_PAGE_NUMBER_CELL (mean_rain, "mean_rain", 0)
SF_PAGE_NUMBER_CELL (max_rain, "max_rain", 0)
SF_PAGE_NUMBER_CELL (mean_rain_90, "mean_rain_90", 0)
SF_PAGE_NUMBER_CELL (max_rate, "max_rate", 1)
SF_PAGE_NUMBER_CELL (tide, "tide", 2)
SF_PAGE_NUMBER_CELL (above_level, "above_level", 2)

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

static void
put_said (struct sf_strbuf *out, const struct sf_table *table, size_t row, const char *column_zh, const char *column)
{
  const char *zh = sf_table_text (table, column_zh, row), *en = sf_table_text (table, column, row);
  put_without (out, zh ? zh : en, "（北京时间）");
  if (!zh || !en || strcmp (zh, en) == 0)
    return;
  sf_strbuf_add (out, " <small lang=\"en\">");
  put_without (out, en, " BJT");
  sf_strbuf_add (out, "</small>");
}

#define SAID_CELL(name)                                                                                                \
  static void name (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)       \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    put_said (out, table, row, #name "_zh", #name);                                                                    \
  }
SAID_CELL (place)
SAID_CELL (before)
SAID_CELL (after)
SAID_CELL (official)
SAID_CELL (model)

static void
count_of (struct sf_strbuf *out, const struct sf_table *table, const char *column, size_t row)
{
  int64_t value = sf_table_int (table, column, row);
  if (value == INT64_MIN)
    sf_page_none (out);
  else
    sf_strbuf_addf (out, "%lld", (long long) value);
}

#define COUNT_CELL(function, column)                                                                                   \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    count_of (out, table, column, row);                                                                                \
  }
COUNT_CELL (rank, "rank")
COUNT_CELL (year, "year")
COUNT_CELL (years, "years")
COUNT_CELL (count_cell, "count")

static void
sample (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  const char *text = sf_table_text (table, "sample", row);
  (void) page;
  sf_page_bilingual (out,
                     text && !strcmp (text, "own")      ? "各自样本"
                     : text && !strcmp (text, "paired") ? "与集成同样本"
                                                        : text,
                     text);
}

static void
position (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  double lon = sf_table_double (table, "longitude", row), lat = sf_table_double (table, "latitude", row);
  (void) page;
  if (isnan (lon) || isnan (lat))
    sf_page_none (out);
  else
    sf_strbuf_addf (out, "<span class=\"keep\">%.1f°%c %.1f°%c</span>", fabs (lat), lat < 0 ? 'S' : 'N', fabs (lon),
                    lon < 0 ? 'W' : 'E');
}

/* The narrow table of fixes needs short words. */
static void
kind (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  static const struct
  {
    const char *kind, *zh, *en;
  } words[] = { { "analysis", "实况", "fix" },
                { "forecast", "预报", "fcst" },
                { "forecast, interpolated", "插值", "interp." } };
  const char *text = sf_table_text (table, "kind", row);
  (void) page;
  for (size_t i = 0; text && i < sizeof words / sizeof *words; i++)
    if (strcmp (words[i].kind, text) == 0)
      {
        sf_strbuf_addf (out, "<span class=\"keep\">%s <small lang=\"en\">%s</small></span>", words[i].zh, words[i].en);
        return;
      }
  sf_page_text (out, text);
}

static void
short_time (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_time (out, sf_table_time (table, "time", row));
}

static void
wind (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  sf_page_force (out, page, sf_table_double (table, "wind_speed", row), sf_table_double (table, "beaufort", row));
}

static void
grade (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  sf_page_grade (out, page, sf_table_text (table, "grade", row), sf_table_text (table, "grade_zh", row));
}

/* One of eight winds, in both languages; false for NaN. */
static bool
put_wind_rose (struct sf_strbuf *out, double bearing_deg)
{
  static const char *const words[] = { "北N", "东北NE", "东E", "东南SE", "南S", "西南SW", "西W", "西北NW" };
  if (isnan (bearing_deg))
    return false;
  sf_strbuf_add (out, words[(int) floor (fmod (bearing_deg + 382.5, 360) / 45) % 8]);
  return true;
}

static void
motion (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  double speed_mps = sf_table_double (table, "motion_speed", row);
  (void) page;
  sf_strbuf_add (out, "<span class=\"keep\">");
  bool any = put_wind_rose (out, sf_table_double (table, "motion_to", row));
  if (!isnan (speed_mps))
    sf_strbuf_addf (out, "%s%.0f km/h", any ? " " : "", speed_mps * 3.6);
  sf_strbuf_add (out, "</span>");
  if (!any && isnan (speed_mps))
    sf_page_none (out);
}

static void
put_from (struct sf_strbuf *out, double km, double bearing_deg)
{
  if (isnan (km) || isnan (bearing_deg))
    {
      sf_page_none (out);
      return;
    }
  sf_strbuf_addf (out, "<span class=\"keep\">%.0f <small>", km);
  put_wind_rose (out, bearing_deg);
  sf_strbuf_add (out, "</small></span>");
}

#define FROM_CELL(place)                                                                                               \
  static void place (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)      \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    put_from (out, sf_table_double (table, #place "_distance", row), sf_table_double (table, #place "_bearing", row)); \
  }
FROM_CELL (wenchang)
FROM_CELL (haikou)
FROM_CELL (sanya)
FROM_CELL (yongxing)

static void
fixed_by (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_text (out, sf_table_text (table, "agency", row));
  sf_strbuf_add (out, " <small>");
  sf_page_time (out, sf_table_time (table, "issued", row));
  sf_strbuf_add (out, "</small>");
}

static void
chance (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_tenths (out, sf_table_double (table, "probability", row));
}

/* Times only beside the chance of the event that they are conditional on. */
static void
when (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  if (sf_table_time (table, "likely", row) == SF_TIME_MISSING)
    {
      sf_page_none (out);
      return;
    }
  sf_strbuf_add (out, "最早 ");
  sf_page_time (out, sf_table_time (table, "earliest", row));
  sf_strbuf_add (out, "（1/10），最可能 ");
  sf_page_time (out, sf_table_time (table, "likely", row));
  sf_strbuf_add (out, "，可能性 ");
  sf_page_tenths (out, sf_table_double (table, "probability", row));
  sf_strbuf_add (out, " <small lang=\"en\">earliest (1 in 10), most likely, chance</small>");
}

static void
share_pct (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_number (out, 100 * sf_table_double (table, "share", row), 0);
  sf_strbuf_add (out, "%");
}

static void
latest (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_time (out, sf_table_time (table, "latest", row));
}

static void
range (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_time (out, sf_table_time (table, "earliest", row));
  sf_strbuf_add (out, " – ");
  sf_page_time (out, sf_table_time (table, "latest", row));
}

static void
span (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_time (out, sf_table_time (table, "begin", row));
  sf_strbuf_add (out, " – ");
  sf_page_time (out, sf_table_time (table, "end", row));
}

static void
stretch (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_bilingual (out, sf_table_text (table, "from_county_zh", row), sf_table_text (table, "from_county", row));
  sf_strbuf_add (out, " – ");
  sf_page_bilingual (out, sf_table_text (table, "to_county_zh", row), sf_table_text (table, "to_county", row));
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

/* "1.20 (0.9–1.6)" */
static void
put_band (struct sf_strbuf *out, const struct sf_table *table, size_t row, const char *value, const char *low,
          const char *high, int decimals)
{
  sf_page_number (out, sf_table_double (table, value, row), decimals);
  if (isnan (sf_table_double (table, low, row)) || isnan (sf_table_double (table, high, row)))
    return;
  sf_strbuf_addf (out, " <small>(%.*f–%.*f)</small>", decimals, sf_table_double (table, low, row), decimals,
                  sf_table_double (table, high, row));
}

#define BAND_CELL(function, value, low, high, decimals)                                                                \
  static void function (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)   \
  {                                                                                                                    \
    (void) page;                                                                                                       \
    put_band (out, table, row, value, low, high, decimals);                                                            \
  }
BAND_CELL (surge, "surge", "surge_low", "surge_high", 2)
BAND_CELL (total, "total", "total_low", "total_high", 2)
BAND_CELL (return_wind, "wind_speed", "low", "high", 1)
BAND_CELL (against, "against_consensus", "against_low", "against_high", 0)

static void
colour (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_bilingual (out, sf_table_text (table, "colour_zh", row), sf_table_text (table, "colour", row));
}

/* --- sheets --- */

#define END                                                                                                            \
  {                                                                                                                    \
    NULL, NULL, false, NULL                                                                                            \
  }

static bool
is_of_storm (const struct sf_page *page, const struct sf_table *table, size_t row, const char *storm)
{
  (void) page;
  const char *text = sf_table_text (table, "storm", row);
  return text && storm && strcmp (text, storm) == 0;
}

static bool
is_first_of_storm (const struct sf_table *table, size_t row)
{
  for (size_t i = 0; i < row; i++)
    if (is_of_storm (NULL, table, i, sf_table_text (table, "storm", row)))
      return false;
  return true;
}

/* A storm's name as it stands in a heading, escaped. */
static const char *
heading (const struct sf_page *page, const struct sf_table *table, size_t row, const char *name)
{
  struct sf_strbuf text = { 0 };
  const char *shown = sf_table_text (table, name, row), *number = sf_table_text (table, "number", row);
  sf_page_text (&text, shown ? shown : sf_table_text (table, "storm", row));
  sf_strbuf_add (&text, number ? " " : "");
  sf_page_text (&text, number);
  const char *kept = sf_arena_strdup (arena_of (page), text.text && !text.failed ? text.text : "");
  sf_strbuf_finish (&text);
  return kept ? kept : "";
}

void
sf_sheet_fixes (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column columns[] = {
    { "时间", "Time", false, short_time },
    { "性质", "Kind", false, kind },
    { "位置", "Position", false, position },
    { "风 级·m/s", "Wind", false, wind },
    { "等级", "Grade", false, grade },
    { "气压 hPa", "Pres.", true, pressure },
    { "移向移速", "Motion", false, motion },
    { "7级圈 km", "Force 7", false, radii_7 },
    { "10级圈 km", "Force 10", false, radii_10 },
    { "12级圈 km", "Force 12", false, radii_12 },
    { "文昌 km", "Wenchang", true, wenchang },
    { "海口 km", "Haikou", true, haikou },
    { "三亚 km", "Sanya", true, sanya },
    { "永兴 km", "Yongxing", true, yongxing },
    { "差异 km", "Apart", true, disagreement },
    { "机构 起报", "Agency, issued", false, fixed_by },
    END,
  };
  struct sf_page_section section
      = { .id = "fixes",
          .dataset = "fix_table",
          .title_zh = "定位与预报",
          .title_en = "Fixes and forecast",
          .note_zh = "风圈半径按东北/东南/西南/"
                     "西北；文昌、海口、三亚、永兴：距离与自该地看台风中心的方位；差异为各机构同一时刻位置的最大间距；"
                     "风速为2分钟平均。",
          .note_en = "Radii NE/SE/SW/NW; distance and bearing as seen from the four places; apart: the largest "
                     "distance between any two "
                     "at that time; wind: 2-minute mean.",
          .empty_zh = "没有台风定位：资料中没有路径，不等于没有天气。",
          .empty_en = "no fix: the feeds have no track, which does not mean that there is no weather.",
          .columns = columns };
  const struct sf_dataset *dataset = sf_page_dataset (page, "fix_table");
  const struct sf_table *table = dataset ? dataset->as.table : NULL;
  for (size_t row = 0; table && row < table->rows; row++)
    if (is_first_of_storm (table, row))
      {
        section.title_zh = heading (page, table, row, "name_zh");
        section.title_en = heading (page, table, row, "name");
        show (page, &section, is_of_storm, sf_table_text (table, "storm", row), out);
      }
  if (!table || table->rows == 0)
    show (page, &section, NULL, NULL, out);
}

/* Landfalls of days ago are history. */
static bool
is_recent (const struct sf_page *page, const struct sf_table *table, size_t row, const char *text)
{
  (void) text;
  int64_t time_s = sf_table_time (table, "time", row);
  return time_s != SF_TIME_MISSING && time_s >= page->host->clock_s - 86400;
}

void
sf_sheet_landfall (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column stretch_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "可能登陆岸段", "Stretch of coast", false, stretch },
    { "长度 km", "Length", true, length_km },
    { "登陆于此的可能性", "Chance of landfall here", false, chance },
    { "占登陆成员", "Share of landfalls", true, share_pct },
    { "时间", "Time", false, when },
    { "最晚", "Latest", false, latest },
    END,
  };
  static const struct sf_page_section stretches
      = { "stretches",
          "landfall_stretches",
          "可能登陆岸段（模型）",
          "Stretch of coast (model)",
          "可能性对全部成员而言，份额对登陆成员而言；时间以在该岸段登陆为条件。",
          "The chance is of all members, the share of those that come ashore; times are conditional on landfall in the "
          "stretch.",
          "集合成员均未登陆，或没有集合成员。",
          "no member comes ashore, or there is no member.",
          stretch_columns };
  static const struct sf_page_column chance_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "市县", "County", false, county },
    { "可能性", "Chance", false, chance },
    { "时间", "Time", false, when },
    { "登陆时风速", "Wind at landfall", false, wind },
    END,
  };
  static const struct sf_page_section chances = { "chances",
                                                  "landfall_chances",
                                                  "各市县登陆可能性（模型）",
                                                  "Chances by county (model)",
                                                  "可能性为十次中的次数；时间以在该县登陆为条件。",
                                                  "Chances are counts out of ten; times are conditional on landfall "
                                                  "in that county.",
                                                  "集合成员均未在本省登陆，或没有集合成员。",
                                                  "no member comes ashore in the province, or there is no member.",
                                                  chance_columns };
  static const struct sf_page_column official_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "地点", "Place", false, place },
    { "时间", "Time", false, time_cell },
    { "范围", "Range", false, range },
    { "位置", "Position", false, position },
    { "误差 km", "±km", true, uncertainty },
    { "风", "Wind", false, wind },
    { "等级", "Grade", false, grade },
    END,
  };
  static const struct sf_page_section official_section
      = { "official",
          "landfalls",
          "官方路径的登陆",
          "Landfall of the official track",
          "由官方定位与预报路径推得；范围来自取整与时次间隔，不含预报误差。",
          "From the official fixes and forecast; the range is that of rounding and steps, not of the forecast's error.",
          "官方路径未越过海岸线，或没有路径。",
          "the official track crosses no coast, or there is no track.",
          official_columns };
  show (page, &stretches, NULL, NULL, out);
  show (page, &chances, NULL, NULL, out);
  show (page, &official_section, is_recent, NULL, out);
}

/* Whole days of lead, which is what people compare. */
static bool
is_whole_day (const struct sf_page *page, const struct sf_table *table, size_t row, const char *text)
{
  (void) page;
  double lead_h = sf_table_double (table, "lead", row);
  (void) text;
  return lead_h > 0 && fmod (lead_h, 24) == 0;
}

void
sf_sheet_agencies (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column consensus_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "时效 h", "Lead", true, lead },
    { "时间", "Time", false, time_cell },
    { "位置", "Position", false, position },
    { "风 m/s", "Wind", false, wind },
    { "机构", "Agencies", false, agencies },
    { "离散 km", "Spread", true, spread },
    { "68%误差 km", "68 % within", true, error_68 },
    { "90%误差 km", "90 % within", true, error_90 },
    { "方法", "Method", false, method },
    END,
  };
  static const struct sf_page_section consensus = { "consensus",
                                                    "consensus_points",
                                                    "多机构集成",
                                                    "Consensus",
                                                    "按真实时效对齐；内部研判产品。",
                                                    "Aligned by true lead; an internal product.",
                                                    "不足两家机构有预报，未作集成。",
                                                    "fewer than two agencies have a forecast.",
                                                    consensus_columns };
  static const struct sf_page_column forecast_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "机构", "Agency", false, agency_name },
    { "时效 h", "Lead", true, lead },
    { "时间", "Time", false, time_cell },
    { "位置", "Position", false, position },
    { "风 m/s", "Wind", false, wind },
    { "气压 hPa", "Pressure", true, pressure },
    { "距集成 km", "From consensus", true, from_consensus },
    END,
  };
  static const struct sf_page_section forecasts = { "forecasts",
                                                    "agency_forecasts",
                                                    "各机构预报（整日时效）",
                                                    "Agencies, whole days of lead",
                                                    "风速已换算为2分钟平均。",
                                                    "Winds are converted to the 2-minute mean.",
                                                    "没有机构预报。",
                                                    "no agency has a forecast.",
                                                    forecast_columns };
  static const struct sf_page_column error_columns[] = {
    { "机构", "Agency", false, agency_name },
    { "样本", "Sample", false, sample },
    { "时效 h", "Lead", true, lead },
    { "次数", "Count", true, count_cell },
    { "平均误差 km", "Mean error", true, mean_error },
    { "70%误差 km", "70 % within", true, error_70 },
    { "90%误差 km", "90 % within", true, error_90 },
    { "减集成（5–95%）", "Minus consensus", true, against },
    END,
  };
  static const struct sf_page_section errors = { "errors",
                                                 "track_errors",
                                                 "路径预报误差",
                                                 "Track errors",
                                                 "只用当时已知的预报检验。",
                                                 "Verified with what was known then.",
                                                 "可检验的预报不足。",
                                                 "no forecast can be verified yet.",
                                                 error_columns };
  show (page, &consensus, NULL, NULL, out);
  show (page, &forecasts, is_whole_day, NULL, out);
  show (page, &errors, is_whole_day, NULL, out);
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
    END,
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
                                                  columns };
  static const struct sf_page_column return_columns[] = {
    { "地点", "Place", false, name_cell },     { "重现期 年", "Return period", true, return_period },
    { "风速 m/s", "Wind", true, return_wind }, { "资料年数", "Years", true, years },
    { "局限", "Limits", false, limits },       END,
  };
  static const struct sf_page_section returns = { "returns",
                                                  "wind_return",
                                                  "大风重现期",
                                                  "Return periods of wind",
                                                  "括号内为不确定范围。",
                                                  "The uncertainty stands in brackets.",
                                                  "没有资料。",
                                                  "no data.",
                                                  return_columns };
  show (page, &similar, NULL, NULL, out);
  if (sf_page_dataset (page, "wind_return"))
    show (page, &returns, NULL, NULL, out);
}

/* For how long the rows of a table are: the same for all, so said once. */
static void
put_window (const struct sf_page *page, const char *name, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, name);
  if (!dataset || dataset->as.table->rows == 0 || !sf_table_text (dataset->as.table, "window_zh", 0))
    return;
  sf_strbuf_add (out, "<p>时段 <span lang=\"en\">Window</span>：");
  put_said (out, dataset->as.table, 0, "window_zh", "window");
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
    END,
  };
  static const struct sf_page_section rain = { "rain",
                                               "county_rain",
                                               "市县雨量（一阶估计）",
                                               "Rain by county (first order)",
                                               "参数化雨量只可提高判断，不可降低。",
                                               "A parametric rain may raise a verdict, never lower it.",
                                               "没有雨量估计：未知，至少为0。",
                                               "no estimate: unknown, at least 0.",
                                               rain_columns };
  static const struct sf_page_column surge_columns[] = {
    { "验潮站", "Station", false, name_cell }, { "最高时刻", "At", false, time_cell },
    { "增水 m", "Surge", true, surge },        { "天文潮 m", "Tide", true, tide },
    { "总潮位 m", "Total", true, total },      { "基准面", "Datum", false, datum },
    { "警戒", "Colour", false, colour },       { "超警戒 m", "Above", true, above_level },
    { "结论", "Verdict", false, verdict },     END,
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
                                                 surge_columns };
  put_window (page, "county_rain", out);
  show (page, &rain, NULL, NULL, out);
  put_window (page, "station_surge", out);
  show (page, &surges, NULL, NULL, out);
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
    END,
  };
  static const struct sf_page_section beyond = { "beyond",
                                                 "disagreements",
                                                 "分歧：超过限值",
                                                 "Disagreement: beyond the limits",
                                                 "限值可由本单位设定。",
                                                 "The limits are data that an office can set.",
                                                 "没有超过限值的项目，或没有可比的双方。",
                                                 "nothing is beyond a limit, or there are no two sides to compare.",
                                                 pair_columns };
  static const struct sf_page_section within
      = { "within", "disagreements", "对照：限值以内", "Side by side: within the limits", "", "",
          "没有。", "none.",         pair_columns };
  static const struct sf_page_column change_columns[] = {
    { "项目", "Subject", false, subject }, { "地点", "Place", false, place },   { "上次", "Before", false, before },
    { "本次", "Now", false, after },       { "变化", "Change", false, change }, END,
  };
  static const struct sf_page_section changes = { "changes",
                                                  "forecast_changes",
                                                  "与上次预报的变化",
                                                  "What changed since the last forecast",
                                                  "上次指同一输出文件夹中上一次发布的结果。",
                                                  "The last forecast is what was published last into the same folder.",
                                                  "没有可比较的内容。",
                                                  "there is nothing to compare.",
                                                  change_columns };
  show (page, &beyond, is_flagged, "flagged", out);
  show_most (page, &changes, is_any, NULL, MOST_ROWS, out);
  show_most (page, &within, is_flagged, NULL, MOST_ROWS, out);
}
