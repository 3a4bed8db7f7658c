/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/answers/compare.h"
#include "models/typhoon/answers/stages.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const int told_leads_h[] = { 24, 48, 72 };
static const int told_forces[] = { 8, 10, 12 };

enum
{
  LEADS = sizeof told_leads_h / sizeof *told_leads_h,
  FORCES = sizeof told_forces / sizeof *told_forces
};

/* One line of "what changed". */
struct change
{
  struct sf_said subject, place, before, after, words;
};

struct changes
{
  struct sf_answer_rules rules;
  struct sf_table *table;
};

/* A row for all counties has no code: that is a key, too. */
static bool
is_same_key (const char *left, const char *right)
{
  return (!left && !right) || sf_answers_is_same (left, right);
}

static enum sf_code
add_change (const struct changes *changes, const struct change *change, struct sf_error *err)
{
  SF_TRY (sf_answers_add_row (changes->table, err));
  SF_TRY (sf_answers_set_said (changes->table, "subject", change->subject, err));
  SF_TRY (sf_answers_set_said (changes->table, "place", change->place, err));
  SF_TRY (sf_answers_set_said (changes->table, "before", change->before, err));
  SF_TRY (sf_answers_set_said (changes->table, "after", change->after, err));
  return sf_answers_set_said (changes->table, "change", change->words, err);
}

/* A subject of which nothing else can be told. */
static enum sf_code
add_word (const struct changes *changes, struct sf_said subject, struct sf_said words, struct sf_error *err)
{
  struct change change = { .subject = subject,
                           .place = sf_say ("-", "-"),
                           .before = sf_say ("-", "-"),
                           .after = sf_say ("-", "-"),
                           .words = words };
  return add_change (changes, &change, err);
}

/* --- words of a difference --- */

/* "3 h later", "1 h earlier", "now reached", "no longer reached", "little change". */
static struct sf_said
say_shift (int64_t before_s, int64_t after_s, double limit_h)
{
  double hours = sf_answer_hours_apart (before_s, after_s);
  if (before_s == SF_TIME_MISSING && after_s == SF_TIME_MISSING)
    return sf_say ("neither reached", "两次均未达到");
  if (before_s == SF_TIME_MISSING)
    return sf_say ("now reached", "新增达到");
  if (after_s == SF_TIME_MISSING)
    return sf_say ("no longer reached", "不再达到");
  if (!sf_answer_is_beyond (hours, limit_h))
    return sf_say ("little change", "变化不大");
  long tenths = lround (10 * fabs (hours));
  return hours > 0 ? sf_sayf ("%ld.%ld h later", "推迟%ld.%ld小时", tenths / 10, tenths % 10)
                   : sf_sayf ("%ld.%ld h earlier", "提前%ld.%ld小时", tenths / 10, tenths % 10);
}

static struct sf_said
say_likelier (double before, double after, double limit)
{
  if (isnan (before) || isnan (after))
    return sf_say ("not comparable", "无法比较");
  if (!sf_answer_is_beyond (after - before, limit))
    return sf_say ("little change", "变化不大");
  return after > before ? sf_say ("likelier", "可能性增大") : sf_say ("less likely", "可能性减小");
}

/* --- where the centre is going --- */

/* A storm's row at a valid time, linear between its neighbours; false where the earlier forecast does not reach. */
static bool
point_at (const struct sf_table *points, const char *storm, int64_t time_s, double *ret_lon_deg, double *ret_lat_deg,
          double *ret_wind_mps)
{
  long before = -1, after = -1;
  for (size_t row = 0; row < points->rows; row++)
    {
      int64_t at_s = sf_table_time (points, "time", row);
      if (!sf_answers_is_same (sf_table_text (points, "storm", row), storm) || at_s == SF_TIME_MISSING)
        continue;
      if (at_s <= time_s && (before < 0 || at_s > sf_table_time (points, "time", (size_t) before)))
        before = (long) row;
      if (at_s >= time_s && (after < 0 || at_s < sf_table_time (points, "time", (size_t) after)))
        after = (long) row;
    }
  if (before < 0 || after < 0)
    return false;
  size_t a = (size_t) before, b = (size_t) after;
  int64_t from_s = sf_table_time (points, "time", a), to_s = sf_table_time (points, "time", b);
  double t = to_s > from_s ? (double) (time_s - from_s) / (double) (to_s - from_s) : 0;
  double lon = sf_table_double (points, "longitude", a), lat = sf_table_double (points, "latitude", a),
         wind = sf_table_double (points, "wind_speed", a);
  *ret_lon_deg
      = sf_sphere_wrap_lon_deg (lon + t * sf_sphere_wrap_lon_deg (sf_table_double (points, "longitude", b) - lon));
  *ret_lat_deg = lat + t * (sf_table_double (points, "latitude", b) - lat);
  *ret_wind_mps = a == b ? wind : wind + t * (sf_table_double (points, "wind_speed", b) - wind);
  return true;
}

static struct sf_said
say_centre (double lon_deg, double lat_deg, double wind_mps)
{
  struct sf_said where = sf_say_position (lon_deg, lat_deg);
  if (isnan (wind_mps))
    return where;
  return sf_say_joined ("%s, %s", "%s，%s", where, sf_sayf ("%ld m/s", "%ld米/秒", lround (wind_mps)));
}

static struct sf_said
say_moved (const struct changes *changes, double km, double bearing_deg, double wind_mps)
{
  bool moved = km > changes->rules.change.centre_km;
  struct sf_said said = sf_sayf (moved ? "%ld km" : "little change (%ld km)",
                                 moved ? "偏移%ld公里" : "变化不大（%ld公里）", lround (km));
  if (moved)
    said = sf_say_joined ("%s to the %s", "%s，偏%s", said, sf_say_bearing (bearing_deg));
  if (!sf_answer_is_beyond (wind_mps, changes->rules.change.wind_mps))
    return said;
  long by = labs (lround (wind_mps));
  return sf_say_joined ("%s; %s", "%s；%s", said,
                        wind_mps > 0 ? sf_sayf ("stronger by %ld m/s", "增强%ld米/秒", by)
                                     : sf_sayf ("weaker by %ld m/s", "减弱%ld米/秒", by));
}

/* A storm by its name, else by its number. */
static struct sf_said
say_storm (const struct sf_table *table, size_t row)
{
  const char *storm = sf_table_text (table, "storm", row), *name = sf_table_text (table, "name", row),
             *name_zh = sf_table_text (table, "name_zh", row);
  name = name ? name : storm ? storm : "-";
  return sf_say (name, name_zh ? name_zh : name);
}

static enum sf_code
add_centre (const struct changes *changes, const struct sf_table *now, size_t row, const struct sf_table *then,
            struct sf_error *err)
{
  const char *storm = sf_table_text (now, "storm", row);
  int64_t time_s = sf_table_time (now, "time", row);
  double lon = sf_table_double (now, "longitude", row), lat = sf_table_double (now, "latitude", row),
         wind = sf_table_double (now, "wind_speed", row), old_lon, old_lat, old_wind;
  struct change change = { .subject = sf_say ("centre", "台风中心"), .after = say_centre (lon, lat, wind) };
  change.place = sf_say_joined ("%s, %s", "%s，%s", say_storm (now, row), sf_say_time (time_s));
  if (!point_at (then, storm, time_s, &old_lon, &old_lat, &old_wind))
    {
      change.before = sf_say ("not forecast", "未预报");
      change.words = sf_say ("new", "新增");
      return add_change (changes, &change, err);
    }
  change.before = say_centre (old_lon, old_lat, old_wind);
  change.words = say_moved (changes, sf_sphere_distance_km (old_lon, old_lat, lon, lat),
                            sf_sphere_bearing_deg (old_lon, old_lat, lon, lat), wind - old_wind);
  return add_change (changes, &change, err);
}

/* A storm that the forecast was about and is no more. */
static enum sf_code
add_gone (const struct changes *changes, const struct sf_table *then, size_t row, struct sf_error *err)
{
  struct change change = { .subject = sf_say ("centre", "台风中心"),
                           .place = say_storm (then, row),
                           .before = sf_say ("forecast", "有预报"),
                           .after = sf_say ("not forecast", "未预报"),
                           .words = sf_say ("no forecast now", "本次无预报") };
  return add_change (changes, &change, err);
}

static enum sf_code
tell_centre (const struct changes *changes, const struct sf_table *now, const struct sf_table *then,
             struct sf_error *err)
{
  for (size_t row = 0; row < now->rows; row++)
    for (int l = 0; l < LEADS; l++)
      if (sf_table_double (now, "lead", row) == (double) told_leads_h[l])
        SF_TRY (add_centre (changes, now, row, then, err));
  for (size_t row = 0; row < then->rows; row++)
    {
      const char *storm = sf_table_text (then, "storm", row);
      if (!sf_answers_has_storm (now, now->rows, storm) && !sf_answers_has_storm (then, row, storm))
        SF_TRY (add_gone (changes, then, row, err));
    }
  return SF_OK;
}

/* --- landfall by county --- */

/* The row of a table with the same texts in two columns as a row of another; -1 without one. */
static long
find_pair (const struct sf_table *table, const struct sf_table *like, size_t row, const char *first, const char *second)
{
  for (size_t i = 0; i < table->rows; i++)
    if (is_same_key (sf_table_text (table, first, i), sf_table_text (like, first, row))
        && is_same_key (sf_table_text (table, second, i), sf_table_text (like, second, row)))
      return (long) i;
  return -1;
}

static struct sf_said
say_landfall (double probability, int64_t likely_s)
{
  struct sf_said tenths = sf_say_tenths (probability);
  return likely_s == SF_TIME_MISSING
             ? tenths
             : sf_say_joined ("%s, most likely %s", "%s，最可能%s", tenths, sf_say_time (likely_s));
}

/* What a table says of a storm's landfall: a county without a row has no member, a storm without one has no ensemble. */
struct landfall
{
  double probability;
  int64_t likely_s;
};

static struct landfall
landfall_at (const struct sf_table *table, long row, const char *storm)
{
  if (row < 0)
    return (struct landfall){ sf_answers_has_storm (table, table->rows, storm) ? 0 : (double) NAN, SF_TIME_MISSING };
  return (struct landfall){ sf_table_double (table, "probability", (size_t) row),
                            sf_table_time (table, "likely", (size_t) row) };
}

static struct sf_said
say_county (const struct sf_table *table, size_t row)
{
  const char *county = sf_table_text (table, "county", row), *county_zh = sf_table_text (table, "county_zh", row);
  county = county ? county : "-";
  return sf_say_joined ("%s, %s", "%s，%s", say_storm (table, row), sf_say (county, county_zh ? county_zh : county));
}

/* Nothing where the change is within the limits; a storm that comes or goes is told once, of all counties. */
static bool
say_landfall_change (const struct changes *changes, const struct landfall *before, const struct landfall *after,
                     bool all, struct sf_said *ret_words)
{
  double limit = changes->rules.change.probability;
  bool likelier = sf_answer_is_beyond (after->probability - before->probability, limit);
  bool later = fmin (before->probability, after->probability) >= limit
               && sf_answer_is_beyond (sf_answer_hours_apart (before->likely_s, after->likely_s),
                                       changes->rules.change.arrival_h);
  if (isnan (before->probability) || isnan (after->probability))
    *ret_words = isnan (after->probability) ? sf_say ("no forecast now", "本次无预报") : sf_say ("new", "新增");
  else
    *ret_words = likelier ? say_likelier (before->probability, after->probability, limit)
                          : say_shift (before->likely_s, after->likely_s, changes->rules.change.arrival_h);
  return isnan (before->probability) || isnan (after->probability) ? all : likelier || later;
}

static enum sf_code
tell_landfall_row (const struct changes *changes, const struct sf_table *now, long row, const struct sf_table *then,
                   long old, struct sf_error *err)
{
  const struct sf_table *of = row >= 0 ? now : then;
  size_t at = (size_t) (row >= 0 ? row : old);
  const char *storm = sf_table_text (of, "storm", at);
  struct landfall before = landfall_at (then, old, storm), after = landfall_at (now, row, storm);
  struct change change = { .subject = sf_say ("landfall", "登陆"), .place = say_county (of, at) };
  if (!say_landfall_change (changes, &before, &after, !sf_table_text (of, "county_code", at), &change.words))
    return SF_OK;
  change.before = say_landfall (before.probability, before.likely_s);
  change.after = say_landfall (after.probability, after.likely_s);
  return add_change (changes, &change, err);
}

static enum sf_code
tell_landfall (const struct changes *changes, const struct sf_table *now, const struct sf_table *then,
               struct sf_error *err)
{
  for (size_t row = 0; row < now->rows; row++)
    SF_TRY (
        tell_landfall_row (changes, now, (long) row, then, find_pair (then, now, row, "storm", "county_code"), err));
  for (size_t row = 0; row < then->rows; row++)
    if (find_pair (now, then, row, "storm", "county_code") < 0)
      SF_TRY (tell_landfall_row (changes, now, -1, then, (long) row, err));
  return SF_OK;
}

/* --- official wind by county --- */

static enum sf_code
tell_county_begin (const struct changes *changes, struct change *change, const struct sf_table *now, size_t row,
                   const struct sf_table *then, size_t old, struct sf_error *err)
{
  char column[32];
  for (int f = 0; f < FORCES; f++)
    {
      snprintf (column, sizeof column, "force%d_begin", told_forces[f]);
      int64_t before_s = sf_table_time (then, column, old), after_s = sf_table_time (now, column, row);
      double hours = sf_answer_hours_apart (before_s, after_s);
      bool changed = (before_s == SF_TIME_MISSING) != (after_s == SF_TIME_MISSING);
      if (!changed && !sf_answer_is_beyond (hours, changes->rules.change.arrival_h))
        continue;
      change->subject
          = sf_sayf ("force %d begins, on the official track", "%d级风开始（按官方路径推算）", told_forces[f]);
      change->before = sf_say_time (before_s);
      change->after = sf_say_time (after_s);
      change->words = say_shift (before_s, after_s, changes->rules.change.arrival_h);
      SF_TRY (add_change (changes, change, err));
    }
  return SF_OK;
}

static enum sf_code
tell_county (const struct changes *changes, const struct sf_table *now, size_t row, const struct sf_table *then,
             size_t old, struct sf_error *err)
{
  double before = sf_table_double (then, "max_wind", old), after = sf_table_double (now, "max_wind", row);
  double force_before = sf_table_double (then, "max_force", old), force_after = sf_table_double (now, "max_force", row);
  const char *county = sf_table_text (now, "county", row), *county_zh = sf_table_text (now, "county_zh", row);
  struct change change = { .place = sf_say (county ? county : "-", county_zh ? county_zh : "-") };
  bool appeared = isnan (force_before) != isnan (force_after);
  if (appeared || sf_answer_is_beyond (after - before, changes->rules.change.wind_mps))
    {
      change.subject = sf_say ("maximum wind, on the official track", "最大风力（按官方路径推算）");
      change.before = sf_say_wind (force_before, before);
      change.after = sf_say_wind (force_after, after);
      if (appeared)
        change.words = isnan (force_before) ? sf_say ("now within reach", "新进入影响范围")
                                            : sf_say ("no longer given", "本次未给出");
      else
        change.words = after > before ? sf_sayf ("stronger by %ld m/s", "增强%ld米/秒", lround (after - before))
                                      : sf_sayf ("weaker by %ld m/s", "减弱%ld米/秒", lround (before - after));
      SF_TRY (add_change (changes, &change, err));
    }
  /* Without any wind now nobody can say that a force is no longer reached. */
  return isnan (force_after) ? SF_OK : tell_county_begin (changes, &change, now, row, then, old, err);
}

/* How many counties have a force earlier, later, newly or no longer: one line for all of them. */
static enum sf_code
sum_county_begins (const struct changes *changes, const struct sf_table *now, const struct sf_table *then, int force,
                   struct sf_error *err)
{
  char column[32];
  int earlier = 0, later = 0, more = 0, fewer = 0;
  snprintf (column, sizeof column, "force%d_begin", force);
  for (size_t row = 0; row < now->rows; row++)
    {
      long old = find_pair (then, now, row, "county_code", "county_code");
      if (old < 0 || isnan (sf_table_double (now, "max_force", row)))
        continue;
      int64_t before_s = sf_table_time (then, column, (size_t) old), after_s = sf_table_time (now, column, row);
      double hours = sf_answer_hours_apart (before_s, after_s);
      earlier += hours < -changes->rules.change.arrival_h;
      later += hours > changes->rules.change.arrival_h;
      more += before_s == SF_TIME_MISSING && after_s != SF_TIME_MISSING;
      fewer += before_s != SF_TIME_MISSING && after_s == SF_TIME_MISSING;
    }
  if (earlier + later + more + fewer < 2)
    return SF_OK;
  struct change change
      = { .subject = sf_sayf ("force %d begins, on the official track", "%d级风开始（按官方路径推算）", force),
          .place = sf_say ("all counties", "各市县合计"),
          .before = sf_say ("-", "-"),
          .after = sf_say ("-", "-"),
          .words = sf_sayf ("%d earlier, %d later, %d newly, %d no longer", "提前%d个，推迟%d个，新增%d个，不再%d个",
                            earlier, later, more, fewer) };
  return add_change (changes, &change, err);
}

static enum sf_code
tell_counties (const struct changes *changes, const struct sf_table *now, const struct sf_table *then,
               struct sf_error *err)
{
  for (int f = 0; f < FORCES; f++)
    SF_TRY (sum_county_begins (changes, now, then, told_forces[f], err));
  for (size_t row = 0; row < now->rows; row++)
    {
      long old = find_pair (then, now, row, "county_code", "county_code");
      if (old >= 0)
        SF_TRY (tell_county (changes, now, row, then, (size_t) old, err));
    }
  return SF_OK;
}

/* --- chances at places --- */

static bool
is_told (double force)
{
  for (int f = 0; f < FORCES; f++)
    if (force == (double) told_forces[f])
      return true;
  return false;
}

static long
find_chance (const struct sf_table *table, const struct sf_table *like, size_t row)
{
  for (size_t i = 0; i < table->rows; i++)
    if (sf_table_double (table, "force", i) == sf_table_double (like, "force", row)
        && sf_answers_is_same (sf_table_text (table, "code", i), sf_table_text (like, "code", row)))
      return (long) i;
  return -1;
}

static enum sf_code
tell_chances (const struct changes *changes, const struct sf_table *now, const struct sf_table *then,
              struct sf_error *err)
{
  for (size_t row = 0; row < now->rows; row++)
    {
      double force = sf_table_double (now, "force", row);
      long old = is_told (force) ? find_chance (then, now, row) : -1;
      if (old < 0)
        continue;
      double before = sf_table_double (then, "probability", (size_t) old),
             after = sf_table_double (now, "probability", row);
      if (!sf_answer_is_beyond (after - before, changes->rules.change.probability))
        continue;
      const char *name = sf_table_text (now, "name", row), *name_zh = sf_table_text (now, "name_zh", row);
      struct change change = { .subject = sf_sayf ("chance of force %ld", "%ld级风可能性", lround (force)),
                               .place = sf_say (name ? name : "-", name_zh ? name_zh
                                                                   : name  ? name
                                                                           : "-"),
                               .before = sf_say_tenths (before),
                               .after = sf_say_tenths (after),
                               .words = say_likelier (before, after, changes->rules.change.probability) };
      SF_TRY (add_change (changes, &change, err));
    }
  return SF_OK;
}

/* --- the stage --- */

typedef enum sf_code (*tell_fn) (const struct changes *changes, const struct sf_table *now, const struct sf_table *then,
                                 struct sf_error *err);

static const struct group
{
  const char *now, *then, *en, *zh;
  tell_fn tell;
} groups[] = {
  { "consensus_points", "previous:consensus_points", "centre", "台风中心", tell_centre },
  { "landfall_chances", "previous:landfall_chances", "landfall", "登陆", tell_landfall },
  { "county_wind", "previous:county_wind", "wind by county, on the official track", "市县风力（按官方路径推算）",
    tell_counties },
  { "place_wind_chances", "previous:place_wind_chances", "chances of wind at places", "重点地点风力可能性",
    tell_chances },
};

enum
{
  GROUPS = sizeof groups / sizeof *groups
};

static enum sf_code
tell_group (const struct changes *changes, const struct group *group, const struct sf_table *now,
            const struct sf_table *then, struct sf_error *err)
{
  size_t rows = changes->table->rows;
  struct sf_said subject = sf_say (group->en, group->zh);
  if (!now)
    return SF_OK;
  if (!then)
    return add_word (changes, subject, sf_say ("no earlier forecast", "无上次预报"), err);
  if (now->rows == 0 && then->rows == 0)
    return SF_OK;
  SF_TRY (group->tell (changes, now, then, err));
  if (changes->table->rows > rows)
    return SF_OK;
  /* Two forecasts of which one is empty have not been compared. */
  return add_word (changes, subject,
                   now->rows == 0    ? sf_say ("no forecast now", "本次无预报")
                   : then->rows == 0 ? sf_say ("no earlier forecast", "无上次预报")
                                     : sf_say ("no change beyond the limits", "变化均在限值以内"),
                   err);
}

enum sf_code
sf_answers_run_changes (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct changes changes = { .table = NULL };
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_answers_rules (host, &changes.rules, err));
  SF_TRY (sf_dataset_new_table (io->spec (io, "forecast_changes"), NULL, &dataset, err));
  changes.table = dataset->as.table;
  enum sf_code code = SF_OK;
  bool any = false;
  for (int g = 0; g < GROUPS; g++)
    any |= sf_answers_table (io, groups[g].then) != NULL;
  if (!any)
    code = add_word (&changes, sf_say ("forecast", "预报"), sf_say ("no earlier forecast", "无上次预报"), err);
  for (int g = 0; any && code == SF_OK && g < GROUPS; g++)
    code = tell_group (&changes, &groups[g], sf_answers_table (io, groups[g].now),
                       sf_answers_table (io, groups[g].then), err);
  return sf_answers_give (io, "forecast_changes", dataset, code, err);
}
