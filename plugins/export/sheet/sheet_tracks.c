/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/sheet/sheet_rows.h"

#include <math.h>
#include <string.h>

SF_PAGE_TIME_CELL (time_cell, "time")
SF_PAGE_NUMBER_CELL (pressure, "pressure", 0)
SF_PAGE_NUMBER_CELL (disagreement, "disagreement", 0)
SF_PAGE_TWO_TEXTS_CELL (radii_7, "radii_7", "radii_7")
SF_PAGE_TWO_TEXTS_CELL (radii_10, "radii_10", "radii_10")
SF_PAGE_TWO_TEXTS_CELL (radii_12, "radii_12", "radii_12")
SF_PAGE_TWO_TEXTS_CELL (storm_name, "name_zh", "name")
SF_PAGE_TWO_TEXTS_CELL (county, "county_zh", "county")
SF_PAGE_TWO_TEXTS_CELL (agency_name, "agency_zh", "agency")
SF_PAGE_TEXT_CELL (method, "method")
SF_PAGE_TEXT_CELL (storm_id, "storm")
SF_PAGE_TEXT_CELL (agencies, "agencies")
SF_PAGE_NUMBER_CELL (lead, "lead", 0)
SF_PAGE_NUMBER_CELL (spread, "spread", 0)
SF_PAGE_NUMBER_CELL (error_68, "error_68", 0)
SF_PAGE_NUMBER_CELL (error_70, "error_70", 0)
SF_PAGE_NUMBER_CELL (error_90, "error_90", 0)
SF_PAGE_NUMBER_CELL (mean_error, "mean_error", 0)
SF_PAGE_NUMBER_CELL (from_consensus, "from_consensus", 0)
SF_PAGE_NUMBER_CELL (length_km, "length", 0)
SF_PAGE_NUMBER_CELL (uncertainty, "uncertainty", 0)
SF_SHEET_SAID_CELL (place)
SF_SHEET_COUNT_CELL (count_cell, "count")

static void
sample (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  const char *text = sf_table_text (table, "sample", row);
  (void) page;
  sf_page_bilingual (out,
                     text && !strcmp (text, "own")      ? "各自样本"
                     : text && !strcmp (text, "paired") ? "与集成同样本"
                     : text && !strcmp (text, "common") ? "各机构同样本"
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

/* Times only beside the chance of the event that they are conditional on; those of a few stray members are none. */
static void
when (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  if (sf_table_time (table, "likely", row) == SF_TIME_MISSING
      || sf_table_double (table, "probability", row) < SF_SHEET_LEAST_CHANCE)
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
until (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_time (out, sf_table_time (table, "end", row));
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
stretch (const struct sf_page *page, const struct sf_table *table, size_t row, struct sf_strbuf *out)
{
  (void) page;
  sf_page_bilingual (out, sf_table_text (table, "from_county_zh", row), sf_table_text (table, "from_county", row));
  sf_strbuf_add (out, " – ");
  sf_page_bilingual (out, sf_table_text (table, "to_county_zh", row), sf_table_text (table, "to_county", row));
}

SF_SHEET_BAND_CELL (against, "against_consensus", "against_low", "against_high", 0)

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
  const char *kept = sf_arena_strdup (sf_sheet_arena (page), text.text && !text.failed ? text.text : "");
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
    SF_SHEET_END,
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
          .empty_zh = "资料中没有路径，不等于没有天气。",
          .empty_en = "the feeds have no track, which does not mean that there is no weather.",
          .columns = columns,
          .unknown = true };
  const struct sf_dataset *dataset = sf_page_dataset (page, "fix_table");
  const struct sf_table *table = dataset ? dataset->as.table : NULL;
  for (size_t row = 0; table && row < table->rows; row++)
    if (is_first_of_storm (table, row))
      {
        section.title_zh = heading (page, table, row, "name_zh");
        section.title_en = heading (page, table, row, "name");
        sf_sheet_show (page, &section, is_of_storm, sf_table_text (table, "storm", row), out);
      }
  if (!table || table->rows == 0)
    sf_sheet_show (page, &section, NULL, NULL, out);
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
    SF_SHEET_END,
  };
  static const struct sf_page_section stretches
      = { "stretches",
          "landfall_stretches",
          "可能登陆岸段（模型）",
          "Stretch of coast (model)",
          "可能性对全部成员而言，份额对登陆成员而言；时间以在该岸段登陆为条件。",
          "The chance is of all members, the share of those that come ashore; times are conditional on landfall in the "
          "stretch.",
          "没有集合成员，或成员均未登陆；不是解除警报。",
          "there is no member, or none comes ashore; this is no all-clear.",
          stretch_columns,
          true };
  static const struct sf_page_column chance_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "市县", "County", false, county },
    { "可能性", "Chance", false, chance },
    { "时间", "Time", false, when },
    { "登陆时风速", "Wind at landfall", false, wind },
    { "统计至", "Until", false, until },
    SF_SHEET_END,
  };
  static const struct sf_page_section chances
      = { "chances",
          "landfall_chances",
          "各市县登陆可能性（模型）",
          "Chances by county (model)",
          "可能性为十次中的次数，按首次登陆计：先在别县登陆者不计入；时间以在该县登陆为条件；“统计至”以后未知。",
          "Chances are counts out of ten of the first landfall: a storm that comes ashore elsewhere first is not "
          "counted; times are conditional on landfall in that county; what comes after \"until\" is unknown.",
          "没有集合成员，或成员均未在本省登陆；不是解除警报。",
          "there is no member, or none comes ashore in the province; this is no all-clear.",
          chance_columns,
          true };
  static const struct sf_page_column official_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "地点", "Place", false, place },
    { "时间", "Time", false, time_cell },
    { "范围", "Range", false, range },
    { "位置", "Position", false, position },
    { "误差 km", "±km", true, uncertainty },
    { "风", "Wind", false, wind },
    { "等级", "Grade", false, grade },
    SF_SHEET_END,
  };
  static const struct sf_page_section official_section
      = { "official",
          "landfalls",
          "官方路径的登陆",
          "Landfall of the official track",
          "由官方定位与预报路径推得；范围来自取整与时次间隔，不含预报误差。",
          "From the official fixes and forecast; the range is that of rounding and steps, not of the forecast's error.",
          "没有官方路径，或其未越过海岸线；不是解除警报。",
          "there is no official track, or it crosses no coast; this is no all-clear.",
          official_columns,
          true };
  sf_sheet_show (page, &stretches, NULL, NULL, out);
  sf_sheet_show (page, &chances, NULL, NULL, out);
  sf_sheet_show (page, &official_section, is_recent, NULL, out);
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
    SF_SHEET_END,
  };
  static const struct sf_page_section consensus = { "consensus",
                                                    "consensus_points",
                                                    "多机构集成",
                                                    "Consensus",
                                                    "按真实时效对齐；内部研判产品。",
                                                    "Aligned by true lead; an internal product.",
                                                    "不足两家机构有预报，未作集成。",
                                                    "fewer than two agencies have a forecast.",
                                                    consensus_columns,
                                                    false };
  static const struct sf_page_column forecast_columns[] = {
    { "台风", "Storm", false, storm_name },
    { "机构", "Agency", false, agency_name },
    { "时效 h", "Lead", true, lead },
    { "时间", "Time", false, time_cell },
    { "位置", "Position", false, position },
    { "风 m/s", "Wind", false, wind },
    { "气压 hPa", "Pressure", true, pressure },
    { "距集成 km", "From consensus", true, from_consensus },
    SF_SHEET_END,
  };
  static const struct sf_page_section forecasts = { "forecasts",
                                                    "agency_forecasts",
                                                    "各机构预报（整日时效）",
                                                    "Agencies, whole days of lead",
                                                    "风速已换算为2分钟平均。",
                                                    "Winds are converted to the 2-minute mean.",
                                                    "没有机构预报。",
                                                    "no agency has a forecast.",
                                                    forecast_columns,
                                                    false };
  static const struct sf_page_column error_columns[] = {
    { "台风", "Storm", false, storm_id },
    { "机构", "Agency", false, agency_name },
    { "样本", "Sample", false, sample },
    { "时效 h", "Lead", true, lead },
    { "次数", "Count", true, count_cell },
    { "平均误差 km", "Mean error", true, mean_error },
    { "70%误差 km", "70 % within", true, error_70 },
    { "90%误差 km", "90 % within", true, error_90 },
    { "减集成（5–95%）", "Minus consensus", true, against },
    SF_SHEET_END,
  };
  static const struct sf_page_section errors = { "errors",
                                                 "track_errors",
                                                 "路径预报误差",
                                                 "Track errors",
                                                 "只用当时已知的预报检验。",
                                                 "Verified with what was known then.",
                                                 "可检验的预报不足。",
                                                 "no forecast can be verified yet.",
                                                 error_columns,
                                                 false };
  sf_sheet_show (page, &consensus, NULL, NULL, out);
  sf_sheet_show (page, &forecasts, is_whole_day, NULL, out);
  sf_sheet_show (page, &errors, is_whole_day, NULL, out);
}
