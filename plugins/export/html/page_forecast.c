/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/html/summary.h"

#include <string.h>

/* What a forecast adds to the summary. A look back has none of it, so a section whose dataset is absent is left out; what
   an absence would mean stands on the sheets. */

SF_PAGE_TWO_TEXTS_CELL (storm, "name_zh", "name")
SF_PAGE_TWO_TEXTS_CELL (county, "county_zh", "county")
SF_PAGE_TWO_TEXTS_CELL (subject, "subject_zh", "subject")
SF_PAGE_TWO_TEXTS_CELL (place, "place_zh", "place")
SF_PAGE_TWO_TEXTS_CELL (before, "before_zh", "before")
SF_PAGE_TWO_TEXTS_CELL (after, "after_zh", "after")
SF_PAGE_TWO_TEXTS_CELL (change, "change_zh", "change")
SF_PAGE_TWO_TEXTS_CELL (official, "official_zh", "official")
SF_PAGE_TWO_TEXTS_CELL (model, "model_zh", "model")
SF_PAGE_TWO_TEXTS_CELL (difference, "difference_zh", "difference")

enum
{
  MOST_ROWS = 12
};

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
  const double least_chance = 0.05;
  (void) page;
  if (sf_table_time (table, "likely", row) == SF_TIME_MISSING
      || sf_table_double (table, "probability", row) < least_chance)
    {
      sf_page_none (out);
      return;
    }
  sf_strbuf_add (out, "最早 ");
  sf_page_date_time (out, sf_table_time (table, "earliest", row));
  sf_strbuf_add (out, "（1/10），最可能 ");
  sf_page_date_time (out, sf_table_time (table, "likely", row));
  sf_strbuf_add (out, "，可能性 ");
  sf_page_tenths (out, sf_table_double (table, "probability", row));
}

/* The first rows of a table, of disagreements those that are flagged. */
static void
show (const struct sf_page *page, const struct sf_page_section *section, bool flagged, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, section->dataset);
  size_t order[MOST_ROWS], count = 0;
  for (size_t row = 0; dataset && row < dataset->as.table->rows && count < MOST_ROWS; row++)
    if (!flagged || sf_table_int (dataset->as.table, "flagged", row) == 1)
      order[count++] = row;
  if (dataset)
    sf_page_section (page, section, order, count, out);
}

void
sf_page_forecast (const struct sf_page *page, struct sf_strbuf *out)
{
  static const struct sf_page_column pair_columns[] = {
    { "项目", "Subject", false, subject },       { "地点", "Place", false, place },
    { "官方", "Official", false, official },     { "模型", "Model", false, model },
    { "相差", "Difference", false, difference }, { NULL, NULL, false, NULL },
  };
  static const struct sf_page_section pairs
      = { "disagreements",
          "disagreements",
          "官方与模型分歧",
          "Official and model disagree",
          "超过限值的前12项；全部见分歧单页。风力的“官方”系按官方路径推算，并非官方发布。以官方预报为准。",
          "The first 12 beyond a limit; all of them on the sheet of changes. Winds called official are computed on the "
          "official track, not issued. The official forecast is the default.",
          "没有超过限值的项目，或没有可比的双方。",
          "nothing is beyond a limit, or there are no two sides to compare.",
          pair_columns,
          false };
  static const struct sf_page_column chance_columns[] = {
    { "台风", "Storm", false, storm },     { "市县", "County", false, county },
    { "可能性", "Chance", false, chance }, { "时间（北京时间）", "Time, UTC+8", false, when },
    { NULL, NULL, false, NULL },
  };
  static const struct sf_page_section chances
      = { "chances",
          "landfall_chances",
          "登陆可能性",
          "Chances of landfall",
          "可能性为十次中的次数；时间以在该县登陆为条件。",
          "Chances are counts out of ten; times are conditional on landfall in that county.",
          "没有集合成员，或成员均未在本省登陆；不是解除警报。",
          "there is no member, or none comes ashore in the province; this is no all-clear.",
          chance_columns,
          true };
  static const struct sf_page_column change_columns[] = {
    { "项目", "Subject", false, subject }, { "地点", "Place", false, place },   { "上次", "Before", false, before },
    { "本次", "Now", false, after },       { "变化", "Change", false, change }, { NULL, NULL, false, NULL },
  };
  static const struct sf_page_section changes = { "changes",
                                                  "forecast_changes",
                                                  "与上次预报的变化",
                                                  "What changed since the last forecast",
                                                  "前12项；全部见变化单页。",
                                                  "The first 12; all of them on the sheet of changes.",
                                                  "没有可比较的内容。",
                                                  "there is nothing to compare.",
                                                  change_columns,
                                                  false };
  show (page, &chances, false, out);
  show (page, &pairs, true, out);
  show (page, &changes, false, out);
}
