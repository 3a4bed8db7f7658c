/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/sphere.h"
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/answers/hours.h"
#include "models/typhoon/answers/stages.h"
#include "models/typhoon/intensity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum
{
  MOST_ROWS = 400, /* of one storm */
  MOST_LINES = 16  /* agencies that are set against each other */
};

struct fixing
{
  const struct sf_tracks *tracks;
  const char *agency;
  int64_t now_s;
  struct sf_agencies agencies;
  struct sf_answer_rules rules;
  struct sf_table *table;
};

/* The lines of all agencies for one storm; the first is the one that fixes. */
struct lines
{
  struct sf_answer_line items[MOST_LINES];
  size_t count;
};

/* --- text of radii --- */

static enum sf_code
set_radii (struct sf_table *table, const char *column, const double *radii_km, struct sf_error *err)
{
  char text[80];
  size_t length = 0;
  bool any = false;
  for (int q = 0; q < SF_QUADRANTS; q++)
    {
      any |= !isnan (radii_km[q]);
      length += (size_t) snprintf (text + length, sizeof text - length, q ? "/" : "%s", "");
      if (isnan (radii_km[q]))
        length += (size_t) snprintf (text + length, sizeof text - length, "-");
      else
        length += (size_t) snprintf (text + length, sizeof text - length, "%ld", lround (radii_km[q]));
    }
  return any ? sf_table_set_text (table, column, text, err) : SF_OK;
}

/* --- a row --- */

static enum sf_code
set_kind (struct sf_table *table, const struct sf_answer_point *point, struct sf_error *err)
{
  struct sf_said said = sf_say ("analysis", "实况");
  if (point->forecast)
    said = point->interpolated ? sf_say ("forecast, interpolated", "预报插值") : sf_say ("forecast", "预报");
  return sf_answers_set_said (table, "kind", said, err);
}

static enum sf_code
set_storm (struct sf_table *table, const struct sf_track *track, struct sf_error *err)
{
  SF_TRY (sf_table_set_text (table, "storm", track->storm, err));
  SF_TRY (sf_table_set_text (table, "number", track->number, err));
  SF_TRY (sf_table_set_text (table, "name", track->name, err));
  return sf_table_set_text (table, "name_zh", track->name_zh, err);
}

static enum sf_code
set_agency (const struct fixing *f, const char *code, struct sf_error *err)
{
  const struct sf_agency *agency = sf_agencies_find (&f->agencies, code);
  SF_TRY (sf_table_set_text (f->table, "agency", code, err));
  return sf_table_set_text (f->table, "agency_zh", agency ? agency->name_zh : NULL, err);
}

static enum sf_code
set_wind (struct sf_table *table, const struct sf_answer_point *point, struct sf_error *err)
{
  SF_TRY (sf_table_set_double (table, "wind_speed", point->wind_mps, err));
  SF_TRY (sf_table_set_double (table, "pressure", point->pressure_hpa, err));
  if (isnan (point->wind_mps))
    return SF_OK;
  enum sf_grade grade = sf_grade_of_wind (point->wind_mps);
  SF_TRY (sf_table_set_double (table, "beaufort", sf_beaufort_of_wind (point->wind_mps), err));
  SF_TRY (sf_table_set_text (table, "grade", sf_grade_code (grade), err));
  return sf_table_set_text (table, "grade_zh", sf_grade_name_zh (grade), err);
}

static enum sf_code
set_places (struct sf_table *table, const struct sf_answer_rules *rules, const struct sf_answer_point *point,
            struct sf_error *err)
{
  char column[64];
  for (int p = 0; p < SF_ANSWER_PLACES; p++)
    {
      double lon = rules->lon_deg[p], lat = rules->lat_deg[p];
      snprintf (column, sizeof column, "%s_distance", sf_answer_place_names[p]);
      SF_TRY (
          sf_table_set_double (table, column, sf_sphere_distance_km (lon, lat, point->lon_deg, point->lat_deg), err));
      snprintf (column, sizeof column, "%s_bearing", sf_answer_place_names[p]);
      SF_TRY (
          sf_table_set_double (table, column, sf_sphere_bearing_deg (lon, lat, point->lon_deg, point->lat_deg), err));
    }
  return SF_OK;
}

/* How far apart the agencies stand at a moment: fixes against fixes, forecasts against forecasts. */
static double
disagreement_km (const struct lines *lines, const struct sf_answer_point *point)
{
  double lon_deg[MOST_LINES], lat_deg[MOST_LINES];
  struct sf_answer_point other;
  size_t count = 0;
  for (size_t i = 0; i < lines->count; i++)
    if (sf_answer_line_at (&lines->items[i], point->time_s, &other) && other.forecast == point->forecast)
      {
        lon_deg[count] = other.lon_deg;
        lat_deg[count++] = other.lat_deg;
      }
  return sf_answer_widest_km (lon_deg, lat_deg, count);
}

static enum sf_code
add_fix (struct fixing *f, const struct sf_track *track, const struct lines *lines, int64_t time_s,
         struct sf_error *err)
{
  struct sf_table *table = f->table;
  struct sf_answer_point point;
  if (!sf_answer_line_at (&lines->items[0], time_s, &point))
    return SF_OK;
  SF_TRY (sf_answers_add_row (table, err));
  SF_TRY (set_storm (table, track, err));
  SF_TRY (set_kind (table, &point, err));
  SF_TRY (set_agency (f, lines->items[0].agency, err));
  SF_TRY (sf_table_set_time (table, "issued", point.issued_s, err));
  SF_TRY (sf_table_set_time (table, "time", time_s, err));
  SF_TRY (sf_table_set_double (table, "longitude", point.lon_deg, err));
  SF_TRY (sf_table_set_double (table, "latitude", point.lat_deg, err));
  SF_TRY (set_wind (table, &point, err));
  SF_TRY (sf_table_set_double (table, "motion_to", point.motion_to_deg, err));
  SF_TRY (sf_table_set_double (table, "motion_speed", point.motion_mps, err));
  SF_TRY (set_radii (table, "radii_7", &point.radii_km[0], err));
  SF_TRY (set_radii (table, "radii_10", &point.radii_km[SF_QUADRANTS], err));
  SF_TRY (set_radii (table, "radii_12", &point.radii_km[2 * SF_QUADRANTS], err));
  SF_TRY (set_places (table, &f->rules, &point, err));
  return sf_table_set_double (table, "disagreement", disagreement_km (lines, &point), err);
}

/* --- a storm --- */

static bool
is_first_of (const struct sf_tracks *tracks, size_t index, bool by_agency)
{
  const struct sf_track *track = &tracks->tracks[index];
  for (size_t i = 0; i < index; i++)
    {
      const struct sf_track *other = &tracks->tracks[i];
      if (other->storm && strcmp (other->storm, track->storm) == 0
          && (!by_agency || (other->agency && track->agency && strcmp (other->agency, track->agency) == 0)))
        return false;
    }
  return true;
}

static enum sf_code
add_line (struct fixing *f, struct lines *lines, const char *storm, const char *agency, struct sf_error *err)
{
  int64_t stale_s = (int64_t) (3600 * f->rules.fixes.stale_h);
  if (lines->count == MOST_LINES)
    return SF_OK;
  SF_TRY (sf_answer_line_init (&lines->items[lines->count], f->tracks, storm, agency, f->now_s, stale_s, err));
  lines->count++;
  return SF_OK;
}

/* The line of the official agency first; where it says nothing of this storm, that of the first agency that does. */
static enum sf_code
open_lines (struct fixing *f, struct lines *lines, const char *storm, struct sf_error *err)
{
  const struct sf_tracks *tracks = f->tracks;
  SF_TRY (add_line (f, lines, storm, f->agency, err));
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      if (!track->storm || strcmp (track->storm, storm) != 0 || !track->agency || track->member
          || strcmp (track->agency, f->agency) == 0 || !is_first_of (tracks, i, true))
        continue;
      SF_TRY (add_line (f, lines, storm, track->agency, err));
      if (lines->items[0].count == 0 && lines->count > 1)
        {
          sf_answer_line_finish (&lines->items[0]);
          lines->items[0] = lines->items[--lines->count];
        }
    }
  return SF_OK;
}

static enum sf_code
add_storm (struct fixing *f, const struct sf_track *track, struct sf_error *err)
{
  struct lines *lines = sf_mem_calloc (1, sizeof *lines);
  int64_t *times_s = sf_mem_calloc (MOST_ROWS, sizeof *times_s);
  enum sf_code code = lines && times_s ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for the fix table");
  if (code == SF_OK)
    code = open_lines (f, lines, track->storm, err);
  size_t count
      = code == SF_OK && lines->count ? sf_answer_hours (&lines->items[0], &f->rules, f->now_s, times_s, MOST_ROWS) : 0;
  for (size_t i = 0; code == SF_OK && i < count; i++)
    code = add_fix (f, track, lines, times_s[i], err);
  for (size_t i = 0; lines && i < lines->count; i++)
    sf_answer_line_finish (&lines->items[i]);
  sf_mem_free (lines);
  sf_mem_free (times_s);
  return code;
}

static enum sf_code
fill_table (const struct sf_host *host, struct fixing *f, struct sf_arena *arena, struct sf_error *err)
{
  SF_TRY (sf_answers_rules (host, &f->rules, err));
  SF_TRY (sf_agencies_load_shared (arena, host->share_folder, &f->agencies, err));
  for (size_t i = 0; f->tracks && i < f->tracks->count; i++)
    if (f->tracks->tracks[i].storm && is_first_of (f->tracks, i, false))
      SF_TRY (add_storm (f, &f->tracks->tracks[i], err));
  return SF_OK;
}

enum sf_code
sf_answers_run_fixes (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct fixing f = { .tracks = sf_answers_tracks (io),
                      .agency = sf_settings_text (host->settings, "agency"),
                      .now_s = sf_answers_now (io) };
  struct sf_arena arena = { 0 };
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_table (io->spec (io, "fix_table"), NULL, &dataset, err));
  f.table = dataset->as.table;
  enum sf_code code = fill_table (host, &f, &arena, err);
  sf_arena_finish (&arena);
  return sf_answers_give (io, "fix_table", dataset, code, err);
}
