/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/gridspec.h"
#include "models/typhoon/answers/compare.h"
#include "models/typhoon/answers/stages.h"

#include <math.h>
#include <stdio.h>

static const int forces[] = { 6, 7, 8, 10, 12 };

enum
{
  FORCES = sizeof forces / sizeof *forces
};

struct impact
{
  const struct sf_table *county_wind, *places, *chances;
  const struct sf_grid *max, *arrival, *end;
  struct sf_answer_rules rules;
  int64_t now_s;
  struct sf_table *table;
};

/* What both sides say of one place and force. */
struct side
{
  bool timed;             /* whether anybody was asked for begin and end of this force */
  int64_t begin_s, end_s; /* official */
  double max_mps;
  double probability; /* model */
  int64_t earliest_s, likely_s;
};

struct place
{
  const char *code, *name, *name_zh, *kind, *kind_zh, *county_code;
};

/* --- the model's side --- */

static bool
is_earlier (int64_t time_s, int64_t than_s)
{
  return time_s != SF_TIME_MISSING && (than_s == SF_TIME_MISSING || time_s < than_s);
}

/* Take a row of place_wind_chances in: of several places in a county the likeliest speaks, and the earliest of all. */
static void
take_chance (const struct sf_table *chances, size_t row, struct side *side)
{
  double probability = sf_table_double (chances, "probability", row);
  int64_t earliest_s = sf_table_time (chances, "earliest", row), likely_s = sf_table_time (chances, "likely", row);
  if (is_earlier (earliest_s, side->earliest_s))
    side->earliest_s = earliest_s;
  bool likelier
      = probability > side->probability || (probability == side->probability && is_earlier (likely_s, side->likely_s));
  if (isnan (probability) || !(isnan (side->probability) || likelier))
    return;
  side->probability = probability;
  side->likely_s = likely_s;
}

static void
find_chances (const struct sf_table *chances, const char *column, const char *code, int force, struct side *side)
{
  for (size_t row = 0; chances && row < chances->rows; row++)
    if (sf_answers_is_same (sf_table_text (chances, column, row), code)
        && sf_table_double (chances, "force", row) == (double) force)
      take_chance (chances, row, side);
}

/* --- the official side --- */

static void
find_county_official (const struct sf_table *county_wind, size_t row, int force, struct side *side)
{
  char column[32];
  snprintf (column, sizeof column, "force%d_begin", force);
  side->timed = sf_table_column (county_wind, column) != NULL;
  side->begin_s = sf_table_time (county_wind, column, row);
  snprintf (column, sizeof column, "force%d_end", force);
  side->end_s = sf_table_time (county_wind, column, row);
  side->max_mps = sf_table_double (county_wind, "max_wind", row);
}

/* The time in the force's band of a grid like that of the maximum; false where there is no such band. */
static bool
hours_at (const struct impact *impact, const struct sf_grid *grid, int force, size_t cell, int64_t *ret_s)
{
  if (!grid || !sf_gridspec_same (&grid->spec, &impact->max->spec))
    return false;
  size_t plane = sf_gridspec_cells (&grid->spec);
  for (int b = 0; b < grid->bands; b++)
    if (grid->band_values[b] == (double) force)
      {
        double hours = (double) grid->values[(size_t) b * plane + cell];
        *ret_s = isnan (hours) ? SF_TIME_MISSING : grid->reference_s + (int64_t) llround (3600 * hours);
        return true;
      }
  return false;
}

static void
find_place_official (const struct impact *impact, double lon_deg, double lat_deg, int force, struct side *side)
{
  int x, y;
  if (!impact->max || !sf_gridspec_cell_lonlat (&impact->max->spec, lon_deg, lat_deg, &x, &y))
    return;
  size_t cell = (size_t) y * (size_t) impact->max->spec.nx + (size_t) x;
  side->max_mps = (double) impact->max->values[cell];
  side->timed = hours_at (impact, impact->arrival, force, cell, &side->begin_s);
  hours_at (impact, impact->end, force, cell, &side->end_s);
}

/* --- a row --- */

/* Inside the force at a moment ahead; nothing where no official wind or time is known, or from a begin without an end on. */
static enum sf_code
set_inside (const struct impact *impact, const struct side *side, const char *column, int hours, struct sf_error *err)
{
  int64_t at_s = impact->now_s + (int64_t) hours * 3600;
  bool open = side->begin_s != SF_TIME_MISSING && side->end_s == SF_TIME_MISSING && at_s >= side->begin_s;
  if (isnan (side->max_mps) || !side->timed || open)
    return SF_OK;
  return sf_table_set_int (impact->table, column, sf_answer_is_inside (side->begin_s, side->end_s, at_s), err);
}

static enum sf_code
add_row (const struct impact *impact, const struct place *place, int force, const struct side *side, int disagrees,
         struct sf_error *err)
{
  struct sf_table *table = impact->table;
  SF_TRY (sf_answers_add_row (table, err));
  SF_TRY (sf_table_set_text (table, "code", place->code, err));
  SF_TRY (sf_table_set_text (table, "name", place->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", place->name_zh, err));
  SF_TRY (sf_table_set_text (table, "kind", place->kind, err));
  SF_TRY (sf_table_set_text (table, "kind_zh", place->kind_zh, err));
  SF_TRY (sf_table_set_text (table, "county_code", place->county_code, err));
  SF_TRY (sf_table_set_double (table, "force", force, err));
  SF_TRY (sf_table_set_time (table, "official_begin", side->begin_s, err));
  SF_TRY (sf_table_set_time (table, "official_end", side->end_s, err));
  SF_TRY (sf_table_set_double (table, "official_max", side->max_mps, err));
  SF_TRY (sf_table_set_double (table, "probability", side->probability, err));
  SF_TRY (sf_table_set_time (table, "earliest", side->earliest_s, err));
  SF_TRY (sf_table_set_time (table, "likely", side->likely_s, err));
  SF_TRY (set_inside (impact, side, "now", 0, err));
  SF_TRY (set_inside (impact, side, "in_6h", 6, err));
  SF_TRY (set_inside (impact, side, "in_12h", 12, err));
  SF_TRY (set_inside (impact, side, "in_24h", 24, err));
  return disagrees < 0 ? SF_OK : sf_table_set_int (table, "disagrees", disagrees, err);
}

static struct side
no_side (void)
{
  return (struct side){ .begin_s = SF_TIME_MISSING,
                        .end_s = SF_TIME_MISSING,
                        .max_mps = NAN,
                        .probability = NAN,
                        .earliest_s = SF_TIME_MISSING,
                        .likely_s = SF_TIME_MISSING };
}

/* Force 6 is asked of the model only; a row that neither side fills is left out. */
static bool
is_row (int force, const struct side *side)
{
  return force > 6 || !isnan (side->probability);
}

/* What both sides say of the place at a row of places. */
static struct side
side_of_place (const struct impact *impact, size_t row, int force)
{
  const struct sf_table *places = impact->places;
  struct side side = no_side ();
  find_place_official (impact, sf_table_double (places, "longitude", row), sf_table_double (places, "latitude", row),
                       force, &side);
  find_chances (impact->chances, "code", sf_table_text (places, "code", row), force, &side);
  return side;
}

/* 1 where begin and most likely arrival are too far apart, 0 where they are not, -1 where one is missing. */
static int
disagreement_of (const struct impact *impact, const struct side *side)
{
  double apart_h = sf_answer_hours_apart (side->begin_s, side->likely_s);
  return isnan (apart_h) ? -1 : sf_answer_is_beyond (apart_h, impact->rules.disagreement.arrival_h);
}

/* A county's first cell and its likeliest place are no two views of one thing: it disagrees where one of its places does. */
static int
county_disagreement (const struct impact *impact, const char *county_code, int force)
{
  int worst = -1;
  for (size_t row = 0; impact->places && row < impact->places->rows; row++)
    if (sf_answers_is_same (sf_table_text (impact->places, "county_code", row), county_code))
      {
        struct side side = side_of_place (impact, row, force);
        int here = disagreement_of (impact, &side);
        worst = here > worst ? here : worst;
      }
  return worst;
}

static enum sf_code
add_county (const struct impact *impact, size_t row, struct sf_error *err)
{
  const struct sf_table *from = impact->county_wind;
  struct place place = { .code = sf_table_text (from, "county_code", row),
                         .name = sf_table_text (from, "county", row),
                         .name_zh = sf_table_text (from, "county_zh", row),
                         .kind = "county",
                         .kind_zh = "市县" };
  place.county_code = place.code;
  for (int f = 0; f < FORCES; f++)
    {
      struct side side = no_side ();
      find_county_official (from, row, forces[f], &side);
      find_chances (impact->chances, "county_code", place.code, forces[f], &side);
      if (is_row (forces[f], &side))
        SF_TRY (add_row (impact, &place, forces[f], &side, county_disagreement (impact, place.code, forces[f]), err));
    }
  return SF_OK;
}

static enum sf_code
add_place (const struct impact *impact, size_t row, struct sf_error *err)
{
  const struct sf_table *from = impact->places;
  struct place place = { .code = sf_table_text (from, "code", row),
                         .name = sf_table_text (from, "name", row),
                         .name_zh = sf_table_text (from, "name_zh", row),
                         .kind = sf_table_text (from, "kind", row),
                         .kind_zh = sf_table_text (from, "kind_zh", row),
                         .county_code = sf_table_text (from, "county_code", row) };
  for (int f = 0; f < FORCES; f++)
    {
      struct side side = side_of_place (impact, row, forces[f]);
      if (is_row (forces[f], &side))
        SF_TRY (add_row (impact, &place, forces[f], &side, disagreement_of (impact, &side), err));
    }
  return SF_OK;
}

static const struct sf_grid *
grid_of (const struct sf_stage_io *io, const char *port)
{
  const struct sf_dataset *dataset = io->input (io, port);
  return dataset ? dataset->as.grid : NULL;
}

enum sf_code
sf_answers_run_impact (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct impact impact = { .county_wind = sf_answers_table (io, "county_wind"),
                           .places = sf_answers_table (io, "places"),
                           .chances = sf_answers_table (io, "place_wind_chances"),
                           .max = grid_of (io, "wind_max@home"),
                           .arrival = grid_of (io, "wind_arrival@home"),
                           .end = grid_of (io, "wind_end@home"),
                           .now_s = sf_answers_now (io) };
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_answers_rules (host, &impact.rules, err));
  SF_TRY (sf_dataset_new_table (io->spec (io, "ring_impact"), NULL, &dataset, err));
  impact.table = dataset->as.table;
  enum sf_code code = SF_OK;
  for (size_t row = 0; impact.county_wind && code == SF_OK && row < impact.county_wind->rows; row++)
    code = add_county (&impact, row, err);
  for (size_t row = 0; impact.places && code == SF_OK && row < impact.places->rows; row++)
    code = add_place (&impact, row, err);
  return sf_answers_give (io, "ring_impact", dataset, code, err);
}
