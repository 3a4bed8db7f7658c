/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "models/sea/stages.h"

#include <math.h>

/* Whether all parts of the surge are known at the peak: else it is one that the station has at least. */
static bool
is_whole (const struct sf_sea_answer *answer)
{
  const struct sf_sea_series *series = answer->series;
  size_t hour = answer->peak.hour;
  return !answer->has_storm || !answer->has_peak || !isnan (series->pressure_m[hour] + series->wind_m[hour]);
}

/* --- the verdict --- */

static void
say_surge (struct sf_strbuf *text, const struct sf_sea_answer *answer, bool zh)
{
  const struct sf_sea_peak *peak = &answer->peak;
  if (!answer->has_storm)
    sf_strbuf_add (text, zh ? "无台风影响，仅天文潮" : "no storm near: tide only");
  else if (isnan (peak->surge_m))
    sf_strbuf_add (text, zh ? "增水未知" : "surge unknown");
  else if (isnan (answer->series->wind_m[peak->hour]))
    sf_strbuf_addf (text,
                    zh ? "增水未知，至少%.2f米（仅气压，无风场或无水深剖面）"
                       : "surge unknown, at least %.2f m (pressure only: no wind field or no profile)",
                    peak->surge_m);
  else if (!is_whole (answer))
    sf_strbuf_addf (text,
                    zh ? "增水未知，至少%.2f米（仅风，无中心气压）"
                       : "surge unknown, at least %.2f m (wind only: no central pressure)",
                    peak->surge_m);
  else
    sf_strbuf_addf (text, zh ? "增水%.2f米（%.2f至%.2f米），一阶估计" : "surge %.2f m (%.2f to %.2f m), first order",
                    peak->surge_m, peak->surge_low_m, peak->surge_high_m);
}

static void
say_total (struct sf_strbuf *text, const struct sf_sea_answer *answer, bool zh)
{
  const struct sf_sea_peak *peak = &answer->peak;
  const char *datum = sf_sea_datum_name (answer->stations, answer->station->mean_level.datum, zh);
  if (!peak->has_tide)
    sf_strbuf_add (text, zh ? "；天文潮未知，不计总潮位" : "; tide unknown: no total level");
  else
    sf_strbuf_addf (text, zh ? "；总潮位%.2f米（%.2f至%.2f米），%s" : "; total %.2f m (%.2f to %.2f m) above %s",
                    peak->total_m, peak->total_low_m, peak->total_high_m, datum);
}

static void
say_colour (struct sf_strbuf *text, const struct sf_sea_answer *answer, const struct sf_sea_warning *warning, bool zh)
{
  const char *lowest = sf_sea_colour_name (warning->lowest, zh);
  int year = answer->station->levels_year;
  if (warning->colour == SF_SEA_UNKNOWN && warning->lowest == SF_SEA_BLUE)
    sf_strbuf_addf (text,
                    zh ? "；已知部分低于%s警戒潮位%.2f米（%d年核定），增水未知，不能判为未达警戒"
                       : "; what is known stays under the %s level by %.2f m (of %d): no all-clear",
                    lowest, -warning->above_m, year);
  else if (warning->colour == SF_SEA_UNKNOWN)
    sf_strbuf_addf (text,
                    zh ? "；低于%s警戒潮位%.2f米（%d年核定），更低等级的警戒潮位未知"
                       : "; under the %s level by %.2f m (of %d), the levels below it are not known",
                    lowest, -warning->above_m, year);
  else if (warning->colour == SF_SEA_NO_COLOUR)
    sf_strbuf_addf (text, zh ? "；低于%s警戒潮位%.2f米（%d年核定）" : "; under the %s level by %.2f m (of %d)", lowest,
                    -warning->above_m, year);
  else
    sf_strbuf_addf (text, zh ? "；%s，超%s警戒潮位%.2f米（%d年核定）" : "; %s: over the %s level by %.2f m (of %d)",
                    sf_sea_colour_name (warning->colour, zh), lowest, warning->above_m, year);
}

static void
say_warning (struct sf_strbuf *text, const struct sf_sea_answer *answer, const struct sf_sea_warning *warning,
             bool comparable, bool zh)
{
  if (!comparable)
    sf_strbuf_addf (text,
                    zh ? "；警戒潮位为%s，与潮位基准之间的差值未知，不作比较"
                       : "; warning levels are on %s, the step between is unknown: not compared",
                    sf_sea_datum_name (answer->stations, answer->station->levels.datum, zh));
  else if (warning->lowest == SF_SEA_UNKNOWN)
    sf_strbuf_add (text, zh ? "；警戒潮位未知" : "; no warning level known");
  else if (answer->peak.has_tide)
    say_colour (text, answer, warning, zh);
}

static enum sf_code
set_verdict (struct sf_table *table, const struct sf_sea_answer *answer, const struct sf_sea_warning *warning,
             bool comparable, bool zh, struct sf_error *err)
{
  struct sf_strbuf text = { 0 };
  if (answer->has_peak)
    {
      say_surge (&text, answer, zh);
      say_total (&text, answer, zh);
      say_warning (&text, answer, warning, comparable, zh);
    }
  else
    sf_strbuf_add (&text, zh ? "无台风影响，天文潮未知：无结论" : "no storm near and tide unknown: no answer");
  enum sf_code code = text.failed ? sf_fail (err, SF_ENOMEM, "out of memory for a verdict")
                                  : sf_table_set_text (table, zh ? "verdict_zh" : "verdict", text.text, err);
  sf_strbuf_finish (&text);
  return code;
}

/* --- the row --- */

static enum sf_code
set_numbers (struct sf_table *table, const struct sf_sea_answer *answer, struct sf_error *err)
{
  const struct sf_sea_peak *peak = &answer->peak;
  const struct sf_sea_series *series = answer->series;
  SF_TRY (sf_table_set_time (table, "time", series->time_s[peak->hour], err));
  SF_TRY (sf_table_set_double (table, "surge", peak->surge_m, err));
  SF_TRY (sf_table_set_double (table, "surge_pressure", series->pressure_m[peak->hour], err));
  SF_TRY (sf_table_set_double (table, "surge_wind", series->wind_m[peak->hour], err));
  SF_TRY (sf_table_set_double (table, "surge_low", peak->surge_low_m, err));
  SF_TRY (sf_table_set_double (table, "surge_high", peak->surge_high_m, err));
  SF_TRY (sf_table_set_double (table, "tide", series->tide_m[peak->hour], err));
  SF_TRY (sf_table_set_double (table, "total", peak->total_m, err));
  SF_TRY (sf_table_set_double (table, "total_low", peak->total_low_m, err));
  return sf_table_set_double (table, "total_high", peak->total_high_m, err);
}

/* What a total of this station means. One that cannot be compared is said so in the verdict; it stops nobody else's answer. */
static bool
warn (const struct sf_sea_answer *answer, double total_m, struct sf_sea_warning *ret)
{
  struct sf_level total = { answer->has_peak ? total_m : (double) NAN, answer->station->mean_level.datum };
  *ret = (struct sf_sea_warning){ SF_SEA_UNKNOWN, SF_SEA_UNKNOWN, (double) NAN };
  if (sf_sea_warn (&answer->station->levels, total, &answer->stations->offsets, ret, NULL) != SF_OK)
    return false;
  /* Part of a surge may raise the colour, never give the all-clear. */
  if (ret->colour == SF_SEA_NO_COLOUR && !is_whole (answer))
    ret->colour = SF_SEA_UNKNOWN;
  return true;
}

enum sf_code
sf_sea_add_answer (struct sf_table *table, const struct sf_sea_answer *answer, struct sf_error *err)
{
  const struct sf_sea_station *station = answer->station;
  const char *datum = station->mean_level.datum;
  struct sf_sea_warning warning, worse;
  bool comparable = warn (answer, answer->peak.total_m, &warning);
  warn (answer, answer->peak.total_high_m, &worse);
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for the surge at %s", station->code);
  SF_TRY (sf_table_set_text (table, "code", station->code, err));
  SF_TRY (sf_table_set_text (table, "name", station->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", station->name_zh, err));
  SF_TRY (sf_table_set_text (table, "window", answer->window_en, err));
  SF_TRY (sf_table_set_text (table, "window_zh", answer->window_zh, err));
  SF_TRY (sf_table_set_text (table, "datum", sf_sea_datum_name (answer->stations, datum, false), err));
  SF_TRY (sf_table_set_text (table, "datum_zh", sf_sea_datum_name (answer->stations, datum, true), err));
  if (answer->has_peak)
    SF_TRY (set_numbers (table, answer, err));
  SF_TRY (sf_table_set_text (table, "colour", sf_sea_colour_name (warning.colour, false), err));
  SF_TRY (sf_table_set_text (table, "colour_zh", sf_sea_colour_name (warning.colour, true), err));
  SF_TRY (sf_table_set_text (table, "colour_high", sf_sea_colour_name (worse.colour, false), err));
  SF_TRY (sf_table_set_text (table, "colour_high_zh", sf_sea_colour_name (worse.colour, true), err));
  SF_TRY (sf_table_set_double (table, "above_level", warning.above_m, err));
  SF_TRY (set_verdict (table, answer, &warning, comparable, false, err));
  return set_verdict (table, answer, &warning, comparable, true, err);
}
