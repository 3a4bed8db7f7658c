/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/answers/compare.h"
#include "models/typhoon/answers/line.h"
#include "models/typhoon/answers/middle.h"
#include "models/typhoon/answers/stages.h"
#include "models/typhoon/intensity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const int leads_h[] = { 24, 48, 72 };
static const int arrival_forces[] = { 8, 10, 12 };

enum
{
  LEADS = sizeof leads_h / sizeof *leads_h,
  ARRIVALS = sizeof arrival_forces / sizeof *arrival_forces,
  MOST_FORCES = 18
};

/* One comparison: what both say and how far that is apart. */
struct pair
{
  const char *storm;
  struct sf_said subject, place, official, model, difference, limit;
  bool flagged;
};

struct comparing
{
  struct sf_answer_rules rules;
  const char *agency;
  int64_t now_s;
  const struct sf_tracks *tracks; /* NULL: none */
  const struct sf_table *chances; /* landfall_chances; NULL: not at hand */
  struct pair *pairs;
  size_t count, capacity;
};

static enum sf_code
add_pair (struct comparing *c, const struct pair *pair, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &c->pairs, &c->capacity, c->count + 1, sizeof *c->pairs) != 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for disagreements");
  c->pairs[c->count++] = *pair;
  return SF_OK;
}

static struct sf_said
say_km (double km)
{
  return isnan (km) ? sf_say ("not comparable", "无法比较") : sf_sayf ("%ld km", "%ld公里", lround (km));
}

static struct sf_said
say_hours (double hours)
{
  long tenths = lround (10 * fabs (hours));
  if (isnan (hours))
    return sf_say ("not comparable", "无法比较");
  if (tenths == 0)
    return sf_say ("same time", "时间相同");
  return hours < 0 ? sf_sayf ("model %ld.%ld h earlier", "模型早%ld.%ld小时", tenths / 10, tenths % 10)
                   : sf_sayf ("model %ld.%ld h later", "模型晚%ld.%ld小时", tenths / 10, tenths % 10);
}

/* A limit with its unit: "3 h", "0.5 h". */
static struct sf_said
say_limit (double limit, const char *unit_en, const char *unit_zh)
{
  long tenths = lround (10 * limit);
  const char *format = tenths % 10 ? "%ld.%ld" : "%ld";
  return sf_say_joined ("%s %s", "%s%s", sf_sayf (format, format, tenths / 10, tenths % 10), sf_say (unit_en, unit_zh));
}

static enum sf_code
open_line (const struct comparing *c, const char *storm, struct sf_answer_line *line, struct sf_error *err)
{
  int64_t stale_s = (int64_t) (3600 * c->rules.fixes.stale_h);
  return sf_answer_line_init (line, c->tracks, storm, c->agency, c->now_s, stale_s, err);
}

/* --- the centre --- */

static enum sf_code
compare_centre (struct comparing *c, const struct sf_answer_line *line, const struct sf_table *points, size_t row,
                struct sf_error *err)
{
  struct sf_answer_point official;
  int64_t time_s = sf_table_time (points, "time", row);
  double lon = sf_table_double (points, "longitude", row), lat = sf_table_double (points, "latitude", row);
  const char *name = sf_table_text (points, "name", row), *name_zh = sf_table_text (points, "name_zh", row);
  struct pair pair = { .storm = sf_table_text (points, "storm", row),
                       .subject = sf_say ("centre", "台风中心"),
                       .model = sf_say_position (lon, lat),
                       .limit = say_limit (c->rules.disagreement.track_km, "km", "公里") };
  name = name ? name : "-";
  pair.place = sf_say_joined ("%s, %s", "%s，%s", sf_say (name, name_zh ? name_zh : name), sf_say_time (time_s));
  if (sf_answer_line_at (line, time_s, &official))
    {
      double km = sf_sphere_distance_km (official.lon_deg, official.lat_deg, lon, lat);
      pair.official = sf_say_position (official.lon_deg, official.lat_deg);
      pair.difference = say_km (km);
      pair.flagged = sf_answer_is_beyond (km, c->rules.disagreement.track_km);
    }
  else
    {
      pair.official = sf_say ("no forecast", "无预报");
      pair.difference = say_km ((double) NAN);
    }
  return add_pair (c, &pair, err);
}

static bool
is_told_lead (double lead_h)
{
  for (int l = 0; l < LEADS; l++)
    if (lead_h == (double) leads_h[l])
      return true;
  return false;
}

static enum sf_code
compare_centres (struct comparing *c, const struct sf_table *points, struct sf_error *err)
{
  for (size_t row = 0; points && c->tracks && row < points->rows; row++)
    {
      struct sf_answer_line line;
      const char *storm = sf_table_text (points, "storm", row);
      if (!is_told_lead (sf_table_double (points, "lead", row)))
        continue;
      enum sf_code code = open_line (c, storm, &line, err);
      if (code == SF_OK)
        code = compare_centre (c, &line, points, row, err);
      sf_answer_line_finish (&line);
      SF_TRY (code);
    }
  return SF_OK;
}

/* --- landfall --- */

/* What the official side knows of a storm: a landfall that no analysis has overtaken is ahead, though its hour may be past. */
struct official
{
  bool forecast;  /* whether there is an official forecast; true where the tracks are not at hand */
  int64_t from_s; /* landfalls from then on are ahead */
};

static enum sf_code
ask_official (const struct comparing *c, const char *storm, struct official *ret, struct sf_error *err)
{
  struct sf_answer_line line;
  *ret = (struct official){ .forecast = true, .from_s = c->now_s };
  if (!c->tracks)
    return SF_OK;
  SF_TRY (open_line (c, storm, &line, err));
  ret->forecast = line.forecast_s != SF_TIME_MISSING;
  ret->from_s = line.analysis_to_s != SF_TIME_MISSING ? line.analysis_to_s : c->now_s;
  sf_answer_line_finish (&line);
  return SF_OK;
}

/* The first landfall of a storm that is ahead; -1 without. */
static long
next_landfall (const struct sf_table *landfalls, const char *storm, int64_t from_s)
{
  long next = -1;
  for (size_t row = 0; landfalls && row < landfalls->rows; row++)
    {
      int64_t time_s = sf_table_time (landfalls, "time", row);
      if (!sf_answers_is_same (sf_table_text (landfalls, "storm", row), storm) || time_s == SF_TIME_MISSING
          || time_s < from_s)
        continue;
      if (next < 0 || time_s < sf_table_time (landfalls, "time", (size_t) next))
        next = (long) row;
    }
  return next;
}

/* The narrowest stretch of a storm: where most landfalls crowd. */
static long
narrowest_stretch (const struct sf_table *stretches, const char *storm)
{
  long narrowest = -1;
  for (size_t row = 0; stretches && row < stretches->rows; row++)
    if (sf_answers_is_same (sf_table_text (stretches, "storm", row), storm)
        && (narrowest < 0
            || sf_table_double (stretches, "share", row) < sf_table_double (stretches, "share", (size_t) narrowest)))
      narrowest = (long) row;
  return narrowest;
}

static const char *
text_or_dash (const struct sf_table *table, const char *column, size_t row)
{
  const char *text = sf_table_text (table, column, row);
  return text ? text : "-";
}

/* "Wanning to Qionghai (7/10)": place and time are conditional on a landfall, whose chance stands beside them. */
static struct sf_said
say_stretch (const struct sf_table *stretches, size_t s)
{
  struct sf_said where = sf_say_joined (
      "%s to %s", "%s至%s",
      sf_say (text_or_dash (stretches, "from_county", s), text_or_dash (stretches, "from_county_zh", s)),
      sf_say (text_or_dash (stretches, "to_county", s), text_or_dash (stretches, "to_county_zh", s)));
  return sf_say_joined ("%s (%s)", "%s（%s）", where,
                        sf_say_tenths (sf_table_double (stretches, "total_probability", s)));
}

static enum sf_code
compare_landfall_place (struct comparing *c, const char *storm, const struct sf_table *landfalls, size_t l,
                        const struct sf_table *stretches, size_t s, struct sf_error *err)
{
  double lon, lat, km = NAN;
  struct pair pair = { .storm = storm,
                       .subject = sf_say ("landfall, place", "登陆地点"),
                       .place = sf_say ("coast", "沿海"),
                       .limit = say_limit (c->rules.disagreement.landfall_km, "km", "公里") };
  pair.official = sf_say (text_or_dash (landfalls, "place", l), text_or_dash (landfalls, "place_zh", l));
  pair.model = say_stretch (stretches, s);
  if (sf_answer_middle (stretches->geometries[s], &lon, &lat))
    km = sf_sphere_distance_km (sf_table_double (landfalls, "longitude", l), sf_table_double (landfalls, "latitude", l),
                                lon, lat);
  pair.difference = say_km (km);
  pair.flagged = sf_answer_is_beyond (km, c->rules.disagreement.landfall_km);
  return add_pair (c, &pair, err);
}

static enum sf_code
compare_landfall_time (struct comparing *c, const char *storm, int64_t official_s, int64_t model_s,
                       struct sf_error *err)
{
  double hours = sf_answer_hours_apart (official_s, model_s);
  struct pair pair = { .storm = storm,
                       .subject = sf_say ("landfall, time", "登陆时间"),
                       .place = sf_say ("coast", "沿海"),
                       .official = sf_say_time (official_s),
                       .model = sf_say_time (model_s),
                       .difference = say_hours (hours),
                       .limit = say_limit (c->rules.disagreement.arrival_h, "h", "小时"),
                       .flagged = sf_answer_is_beyond (hours, c->rules.disagreement.arrival_h) };
  return add_pair (c, &pair, err);
}

/* What the model says where it has no stretch; *ret_asked: whether that is an answer. */
static struct sf_said
say_no_stretch (const struct comparing *c, const char *storm, int64_t landfall_s, bool *ret_asked)
{
  *ret_asked = !c->chances;
  for (size_t row = 0; c->chances && row < c->chances->rows; row++)
    {
      int64_t end_s = sf_table_time (c->chances, "end", row);
      if (!sf_answers_is_same (sf_table_text (c->chances, "storm", row), storm))
        continue;
      if (end_s != SF_TIME_MISSING && landfall_s != SF_TIME_MISSING && landfall_s > end_s)
        return sf_say ("beyond the members' hours", "超出集合时效");
      *ret_asked = true;
    }
  return *ret_asked ? sf_say ("none", "无") : sf_say ("no ensemble", "无集合预报");
}

/* One side alone sees a landfall: a disagreement if the other was asked, and if the model holds it likely. */
static enum sf_code
tell_one_landfall (struct comparing *c, const char *storm, const struct official *official,
                   const struct sf_table *landfalls, long l, const struct sf_table *stretches, long s,
                   struct sf_error *err)
{
  bool asked = true;
  int64_t landfall_s = l >= 0 ? sf_table_time (landfalls, "time", (size_t) l) : SF_TIME_MISSING;
  struct sf_said model = s >= 0 ? say_stretch (stretches, (size_t) s) : say_no_stretch (c, storm, landfall_s, &asked);
  bool both = official->forecast && asked;
  double likely = s >= 0 ? sf_table_double (stretches, "total_probability", (size_t) s) : 1;
  struct pair pair = { .storm = storm,
                       .subject = sf_say ("landfall", "登陆"),
                       .place = sf_say ("coast", "沿海"),
                       .official = official->forecast ? sf_say ("none", "无") : sf_say ("no forecast", "无预报"),
                       .model = model,
                       .difference = both ? sf_say ("one side only", "仅一方有") : say_km ((double) NAN),
                       .limit = sf_say ("-", "-"),
                       .flagged = both && !(likely < c->rules.disagreement.likely_at) };
  if (l >= 0)
    pair.official
        = sf_say (text_or_dash (landfalls, "place", (size_t) l), text_or_dash (landfalls, "place_zh", (size_t) l));
  return add_pair (c, &pair, err);
}

static enum sf_code
compare_landfall (struct comparing *c, const char *storm, const struct sf_table *landfalls,
                  const struct sf_table *stretches, struct sf_error *err)
{
  struct official official;
  SF_TRY (ask_official (c, storm, &official, err));
  long l = next_landfall (landfalls, storm, official.from_s), s = narrowest_stretch (stretches, storm);
  if (l < 0 && s < 0)
    return SF_OK;
  if (l < 0 || s < 0)
    return tell_one_landfall (c, storm, &official, landfalls, l, stretches, s, err);
  SF_TRY (compare_landfall_place (c, storm, landfalls, (size_t) l, stretches, (size_t) s, err));
  return compare_landfall_time (c, storm, sf_table_time (landfalls, "time", (size_t) l),
                                sf_table_time (stretches, "likely", (size_t) s), err);
}

/* Only where both sides have been asked: a model that was not run says nothing. */
static enum sf_code
compare_landfalls (struct comparing *c, const struct sf_table *landfalls, const struct sf_table *stretches,
                   struct sf_error *err)
{
  if (!landfalls || !stretches)
    return SF_OK;
  for (size_t row = 0; row < landfalls->rows; row++)
    if (!sf_answers_has_storm (landfalls, row, sf_table_text (landfalls, "storm", row)))
      SF_TRY (compare_landfall (c, sf_table_text (landfalls, "storm", row), landfalls, stretches, err));
  for (size_t row = 0; row < stretches->rows; row++)
    if (!sf_answers_has_storm (stretches, row, sf_table_text (stretches, "storm", row))
        && !sf_answers_has_storm (landfalls, landfalls->rows, sf_table_text (stretches, "storm", row)))
      SF_TRY (compare_landfall (c, sf_table_text (stretches, "storm", row), landfalls, stretches, err));
  return SF_OK;
}

/* --- wind at county seats: both sides at the same place, for a county's first cell is hours before its seat --- */

static bool
is_seat (const struct sf_table *impact, size_t row)
{
  return sf_answers_is_same (sf_table_text (impact, "kind", row), "county_seat");
}

/* One past the last row of the place at a row. */
static size_t
end_of_place (const struct sf_table *impact, size_t row)
{
  size_t end = row + 1;
  while (end < impact->rows && is_seat (impact, end)
         && sf_answers_is_same (sf_table_text (impact, "code", end), sf_table_text (impact, "code", row)))
    end++;
  return end;
}

static struct sf_said
say_likely_force (struct sf_likely_force likely)
{
  if (isnan (likely.low))
    return sf_say ("unknown", "未知");
  if (likely.low == 0)
    return sf_sayf ("below force %ld", "不足%ld级", lround (likely.high) + 1);
  if (likely.high == 17)
    return sf_sayf ("force %ld or more", "%ld级以上", lround (likely.low));
  return likely.low == likely.high ? sf_sayf ("force %ld", "%ld级", lround (likely.low))
                                   : sf_sayf ("force %ld-%ld", "%ld-%ld级", lround (likely.low), lround (likely.high));
}

static struct sf_said
say_place (const struct sf_table *impact, size_t row)
{
  return sf_say (text_or_dash (impact, "name", row), text_or_dash (impact, "name_zh", row));
}

static enum sf_code
compare_force (struct comparing *c, const struct sf_table *impact, size_t first, size_t end, struct sf_error *err)
{
  double force[MOST_FORCES], probability[MOST_FORCES], wind_mps = sf_table_double (impact, "official_max", first);
  size_t count = 0;
  for (size_t row = first; row < end && count < MOST_FORCES; row++)
    {
      force[count] = sf_table_double (impact, "force", row);
      probability[count++] = sf_table_double (impact, "probability", row);
    }
  double official = isnan (wind_mps) ? (double) NAN : (double) sf_beaufort_of_wind (wind_mps);
  struct sf_likely_force likely = sf_answer_likely_force (force, probability, count, c->rules.disagreement.likely_at);
  double apart = sf_answer_force_apart (official, likely);
  if (isnan (apart))
    return SF_OK;
  struct pair pair = { .subject = sf_say ("maximum force", "最大风力"),
                       .place = say_place (impact, first),
                       .official = sf_say_wind (official, (double) NAN),
                       .model = say_likely_force (likely),
                       .difference = sf_sayf ("%ld", "%ld级", labs (lround (apart))),
                       .limit = say_limit (c->rules.disagreement.force, "and more", "级及以上"),
                       .flagged = fabs (apart) >= c->rules.disagreement.force };
  return add_pair (c, &pair, err);
}

static bool
is_told_force (double force)
{
  for (int f = 0; f < ARRIVALS; f++)
    if (force == (double) arrival_forces[f])
      return true;
  return false;
}

static enum sf_code
compare_arrival (struct comparing *c, const struct sf_table *impact, size_t row, struct sf_error *err)
{
  double force = sf_table_double (impact, "force", row);
  int64_t official_s = sf_table_time (impact, "official_begin", row), model_s = sf_table_time (impact, "likely", row);
  double hours = sf_answer_hours_apart (official_s, model_s);
  if (!is_told_force (force) || isnan (hours))
    return SF_OK;
  struct pair pair = { .subject = sf_sayf ("force %ld begins", "%ld级风开始", lround (force)),
                       .place = say_place (impact, row),
                       .official = sf_say_time (official_s),
                       .difference = say_hours (hours),
                       .limit = say_limit (c->rules.disagreement.arrival_h, "h", "小时"),
                       .flagged = sf_answer_is_beyond (hours, c->rules.disagreement.arrival_h) };
  pair.model = sf_say_joined ("%s (%s)", "%s（%s）", sf_say_time (model_s),
                              sf_say_tenths (sf_table_double (impact, "probability", row)));
  return add_pair (c, &pair, err);
}

static enum sf_code
compare_seats (struct comparing *c, const struct sf_table *impact, struct sf_error *err)
{
  for (size_t row = 0, end; impact && row < impact->rows; row = end)
    {
      end = row + 1;
      if (!is_seat (impact, row))
        continue;
      end = end_of_place (impact, row);
      SF_TRY (compare_force (c, impact, row, end, err));
      for (size_t i = row; i < end; i++)
        SF_TRY (compare_arrival (c, impact, i, err));
    }
  return SF_OK;
}

/* --- rain: no feed brings an official amount yet, and the reader is told so --- */

static enum sf_code
tell_rain (struct comparing *c, const struct sf_table *rain, struct sf_error *err)
{
  double most_mm = NAN;
  for (size_t row = 0; rain && row < rain->rows; row++)
    most_mm = fmax (most_mm, sf_table_double (rain, "mean_rain", row));
  if (!rain || rain->rows == 0)
    return SF_OK;
  struct pair pair = { .subject = sf_say ("rain by county", "市县雨量"),
                       .place = sf_say ("all counties", "各市县"),
                       .official = sf_say ("no official amount in the feeds", "资料中无官方雨量预报"),
                       .model = isnan (most_mm) ? sf_say ("unknown, at least 0 mm", "未知，至少0毫米")
                                                : sf_sayf ("first order, at most %ld mm as a county's mean",
                                                           "一阶估计，市县面雨量最大%ld毫米", lround (most_mm)),
                       .difference = sf_say ("not comparable", "无法比较"),
                       .limit = say_limit (100 * c->rules.disagreement.rain_share, "%", "%") };
  return add_pair (c, &pair, err);
}

/* --- the table --- */

static enum sf_code
write_pairs (const struct comparing *c, bool flagged, struct sf_table *table, struct sf_error *err)
{
  for (size_t i = 0; i < c->count; i++)
    {
      const struct pair *pair = &c->pairs[i];
      if (pair->flagged != flagged)
        continue;
      SF_TRY (sf_answers_add_row (table, err));
      SF_TRY (sf_table_set_text (table, "storm", pair->storm, err));
      SF_TRY (sf_answers_set_said (table, "subject", pair->subject, err));
      SF_TRY (sf_answers_set_said (table, "place", pair->place, err));
      SF_TRY (sf_answers_set_said (table, "official", pair->official, err));
      SF_TRY (sf_answers_set_said (table, "model", pair->model, err));
      SF_TRY (sf_answers_set_said (table, "difference", pair->difference, err));
      SF_TRY (sf_answers_set_said (table, "limit", pair->limit, err));
      SF_TRY (sf_table_set_int (table, "flagged", pair->flagged, err));
    }
  return SF_OK;
}

static enum sf_code
compare_all (struct comparing *c, const struct sf_stage_io *io, struct sf_error *err)
{
  SF_TRY (compare_centres (c, sf_answers_table (io, "consensus_points"), err));
  SF_TRY (compare_landfalls (c, sf_answers_table (io, "landfalls"), sf_answers_table (io, "landfall_stretches"), err));
  SF_TRY (compare_seats (c, sf_answers_table (io, "ring_impact"), err));
  return tell_rain (c, sf_answers_table (io, "county_rain"), err);
}

enum sf_code
sf_answers_run_disagreements (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct comparing c = { .agency = sf_settings_text (host->settings, "agency"),
                         .now_s = sf_answers_now (io),
                         .tracks = sf_answers_tracks (io),
                         .chances = sf_answers_table (io, "landfall_chances") };
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_answers_rules (host, &c.rules, err));
  SF_TRY (sf_dataset_new_table (io->spec (io, "disagreements"), NULL, &dataset, err));
  enum sf_code code = compare_all (&c, io, err);
  if (code == SF_OK)
    code = write_pairs (&c, true, dataset->as.table, err);
  if (code == SF_OK)
    code = write_pairs (&c, false, dataset->as.table, err);
  sf_mem_free (c.pairs);
  return sf_answers_give (io, "disagreements", dataset, code, err);
}
