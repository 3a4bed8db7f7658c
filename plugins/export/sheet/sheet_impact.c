/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/sheet/sheet.h"

#include <math.h>
#include <string.h>

/* The table of ring impact has a row for a place and force; on the sheet a place is one row and a force one column. */

static const int shown_forces[] = { 7, 8, 10, 12 };

enum
{
  SHOWN = sizeof shown_forces / sizeof *shown_forces
};

/* Rows [first, end) of one place. */
struct group
{
  size_t first, end;
};

static bool
same_place (const struct sf_table *table, size_t a, size_t b)
{
  const char *code_a = sf_table_text (table, "code", a), *code_b = sf_table_text (table, "code", b),
             *kind_a = sf_table_text (table, "kind", a), *kind_b = sf_table_text (table, "kind", b);
  return code_a && code_b && kind_a && kind_b && strcmp (code_a, code_b) == 0 && strcmp (kind_a, kind_b) == 0;
}

static struct group
group_at (const struct sf_table *table, size_t first)
{
  struct group group = { first, first + 1 };
  while (group.end < table->rows && same_place (table, first, group.end))
    group.end++;
  return group;
}

static bool
is_county (const struct sf_table *table, size_t row)
{
  const char *kind = sf_table_text (table, "kind", row);
  return kind && strcmp (kind, "county") == 0;
}

static long
row_of_force (const struct sf_table *table, struct group group, int force)
{
  for (size_t row = group.first; row < group.end; row++)
    if (sf_table_double (table, "force", row) == (double) force)
      return (long) row;
  return -1;
}

/* Seats are in their counties' rows already. */
static bool
is_seat (const struct sf_table *table, size_t row)
{
  const char *kind = sf_table_text (table, "kind", row);
  return kind && strcmp (kind, "county_seat") == 0;
}

/* Whether anybody gives the place a force of 7 or more; a county is shown in any case. */
static bool
is_touched (const struct sf_table *table, struct group group)
{
  for (size_t row = group.first; row < group.end; row++)
    if (sf_table_double (table, "force", row) >= 7
        && (sf_table_time (table, "official_begin", row) != SF_TIME_MISSING
            || sf_table_double (table, "probability", row) >= SF_SHEET_LEAST_CHANCE))
      return true;
  return false;
}

/* --- cells --- */

static void
put_official (struct sf_strbuf *out, const struct sf_table *table, size_t row, bool disagrees)
{
  int64_t begin_s = sf_table_time (table, "official_begin", row), end_s = sf_table_time (table, "official_end", row);
  sf_strbuf_add (out, "<span class=\"said\">");
  if (begin_s != SF_TIME_MISSING)
    {
      sf_page_time (out, begin_s);
      sf_strbuf_add (out, "–");
      sf_page_time (out, end_s);
    }
  else if (isnan (sf_table_double (table, "official_max", row)))
    sf_strbuf_add (out, "<span class=\"none\">未知 unknown</span>");
  else
    sf_strbuf_add (out, "<span class=\"none\">未达到 not reached</span>");
  sf_strbuf_add (out, disagrees ? " <b class=\"keep\">分歧</b></span>" : "</span>");
}

/* Minutes would pretend to what no ensemble knows. Earliest is rounded down: an order may come early, not late. */
static void
put_hour (struct sf_strbuf *out, int64_t time_s, bool down)
{
  char whole[SF_TIME_TEXT_BYTES];
  struct sf_civil civil = sf_time_to_civil (time_s + (down ? 0 : 1800), SF_BEIJING_OFFSET_S);
  sf_strbuf_addf (out, "<time title=\"%s\">%d日%02d时</time>", sf_time_format_beijing (whole, time_s), civil.day,
                  civil.hour);
}

/* An arrival never stands without the chance that it is conditional on. */
static void
put_model (struct sf_strbuf *out, const struct sf_table *table, size_t row)
{
  double probability = sf_table_double (table, "probability", row);
  int64_t earliest_s = sf_table_time (table, "earliest", row), likely_s = sf_table_time (table, "likely", row);
  if (isnan (probability))
    return;
  sf_strbuf_add (out, "<span class=\"said model\">可能性 ");
  sf_page_tenths (out, probability);
  if (likely_s != SF_TIME_MISSING && earliest_s != SF_TIME_MISSING && probability >= SF_SHEET_LEAST_CHANCE)
    {
      sf_strbuf_add (out, "，最早");
      put_hour (out, earliest_s, true);
      sf_strbuf_add (out, "（1/10），最可能");
      put_hour (out, likely_s, false);
    }
  sf_strbuf_add (out, "</span>");
}

static void
put_force_cell (struct sf_strbuf *out, const struct sf_table *table, struct group group, int force)
{
  long row = row_of_force (table, group, force);
  bool disagrees = row >= 0 && sf_table_int (table, "disagrees", (size_t) row) == 1;
  sf_strbuf_add (out, disagrees ? "<td class=\"flagged\">" : "<td>");
  if (row >= 0)
    {
      put_official (out, table, (size_t) row, disagrees);
      put_model (out, table, (size_t) row);
    }
  else
    sf_page_none (out);
  sf_strbuf_add (out, "</td>");
}

/* The highest force whose ring the place is inside at a moment. */
static void
put_inside (struct sf_strbuf *out, const struct sf_table *table, struct group group, const char *column)
{
  double highest = 0;
  bool known = false;
  for (size_t row = group.first; row < group.end; row++)
    {
      int64_t inside = sf_table_int (table, column, row);
      known |= inside != INT64_MIN;
      if (inside == 1)
        highest = fmax (highest, sf_table_double (table, "force", row));
    }
  if (!known)
    sf_strbuf_add (out, "<td><span class=\"none keep\">未知</span></td>");
  else if (highest > 0)
    sf_strbuf_addf (out, "<td><b class=\"keep\">%.0f级</b></td>", highest);
  else
    sf_strbuf_add (out, "<td><span class=\"none\">—</span></td>");
}

static void
put_place (const struct sf_page *page, struct sf_strbuf *out, const struct sf_table *table, struct group group)
{
  static const char *const moments[] = { "now", "in_6h", "in_12h", "in_24h" };
  sf_strbuf_add (out, "<tr><td>");
  sf_page_bilingual (out, sf_table_text (table, "name_zh", group.first), sf_table_text (table, "name", group.first));
  if (!is_county (table, group.first))
    {
      sf_strbuf_add (out, "</td><td>");
      sf_page_bilingual (out, sf_table_text (table, "kind_zh", group.first),
                         sf_table_text (table, "kind", group.first));
    }
  sf_strbuf_add (out, "</td><td>");
  sf_page_force (out, page, sf_table_double (table, "official_max", group.first), NAN);
  sf_strbuf_add (out, "</td>");
  for (int m = 0; m < 4; m++)
    put_inside (out, table, group, moments[m]);
  for (int f = 0; f < SHOWN; f++)
    put_force_cell (out, table, group, shown_forces[f]);
  sf_strbuf_add (out, "</tr>\n");
}

/* --- tables --- */

static void
put_head (struct sf_strbuf *out, bool counties)
{
  sf_strbuf_add (out, "<div class=\"scroll\"><table><thead><tr>");
  sf_strbuf_add (out, counties ? "<th>市县<small lang=\"en\">County</small></th>"
                               : "<th>地点<small lang=\"en\">Place</small></th><th>类别<small "
                                 "lang=\"en\">Kind</small></th>");
  sf_strbuf_add (out,
                 "<th>最大风 m/s<small lang=\"en\">Max. wind</small></th>"
                 "<th class=\"keep\">现在<small lang=\"en\">Now</small></th><th>+6h</th><th>+12h</th><th>+24h</th>");
  for (int f = 0; f < SHOWN; f++)
    sf_strbuf_addf (out, "<th>%d级风 <small lang=\"en\">Force %d</small></th>", shown_forces[f], shown_forces[f]);
  sf_strbuf_add (out, "</tr></thead><tbody>\n");
}

static void
put_part (const struct sf_page *page, const struct sf_table *table, bool counties, struct sf_strbuf *out)
{
  size_t left_out = 0, shown = 0;
  sf_strbuf_add (out, counties
                          ? "<section id=\"counties\"><h2>市县 <small lang=\"en\">Counties</small></h2>\n"
                          : "<section id=\"places\"><h2>港口、水库、岛屿等 <small lang=\"en\">Harbours, reservoirs, "
                            "islands ...</small></h2>\n");
  put_head (out, counties);
  for (size_t row = 0; row < table->rows;)
    {
      struct group group = group_at (table, row);
      row = group.end;
      if (is_county (table, group.first) != counties || is_seat (table, group.first))
        continue;
      if (!counties && !is_touched (table, group))
        left_out++;
      else
        {
          put_place (page, out, table, group);
          shown++;
        }
    }
  sf_strbuf_add (out, "</tbody></table></div>\n");
  if (left_out)
    sf_strbuf_addf (
        out,
        "<p class=\"note\">另有%zu处两方均未给出7级风（模型可能性不足1/20）或无资料，见数据文件。 <span "
        "lang=\"en\">%zu more places have force 7 from neither side, or no data: see the data file.</span></p>\n",
        left_out, left_out);
  if (counties)
    sf_strbuf_add (
        out,
        "<p "
        "class=\"note\">"
        "每格：上为按官方路径推算的起–止（市县内任一格点，非官方发布），下为模型：可能性（十次中的次数，取县内可能性最"
        "大的"
        "地点）、最早（1/10）、最可能（1/"
        "2），均以达到该风力为条件。标“分歧”者：县内有地点的官方与模型时间相差超过限值。现在、+"
        "6h…：按官方路径所处的最高风力。 <span "
        "lang=\"en\">Each cell: above, from–to computed on the official track (any cell of the county; not issued by "
        "the agency); below, the model: chance out "
        "of ten (the likeliest place of the county), earliest (1 in 10) and most likely (1 in 2), both conditional on "
        "reaching the force. 分歧: at one of its places the two differ beyond the limit. Now, +6h ...: the highest "
        "force of that wind it is inside.</span></p>\n");
  if (!shown)
    sf_strbuf_add (out, "<p class=\"empty\">没有可列出的地点。 <span lang=\"en\">No place to list.</span></p>\n");
  sf_strbuf_add (out, "</section>\n");
}

static bool
has_places (const struct sf_table *table)
{
  for (size_t row = 0; row < table->rows; row++)
    if (!is_county (table, row) && !is_seat (table, row))
      return true;
  return false;
}

void
sf_sheet_impact (const struct sf_page *page, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, "ring_impact");
  if (!dataset || dataset->as.table->rows == 0)
    {
      sf_strbuf_add (
          out, "<p class=\"absent\">没有风圈影响资料：未知，不等于没有影响。 <span lang=\"en\">No data of ring impact: "
               "unknown, which is no all-clear.</span></p>\n");
      return;
    }
  put_part (page, dataset->as.table, true, out);
  if (has_places (dataset->as.table))
    put_part (page, dataset->as.table, false, out);
}
