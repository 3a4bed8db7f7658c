/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/polygon.h"
#include "models/typhoon/ensemble/arrivals.h"
#include "models/typhoon/ensemble/stages.h"

#include <string.h>

/* The raster of points that stands for a county beside its seat. */
#define RASTER_DEG 0.1

/* ECMWF's strike distance. */
#define STRIKE_KM 120.0

/* Points of all places, in room for `capacity`. */
struct points
{
  size_t count, capacity;
  double *lon_deg, *lat_deg;
  size_t *place_of;
};

static void
points_finish (struct points *points)
{
  sf_mem_free (points->lon_deg);
  sf_mem_free (points->lat_deg);
  sf_mem_free (points->place_of);
}

static enum sf_code
points_grow (struct points *points, struct sf_error *err)
{
  size_t capacity = points->capacity ? 2 * points->capacity : 512;
  double *lon = sf_mem_realloc (points->lon_deg, capacity * sizeof *lon);
  points->lon_deg = lon ? lon : points->lon_deg;
  double *lat = sf_mem_realloc (points->lat_deg, capacity * sizeof *lat);
  points->lat_deg = lat ? lat : points->lat_deg;
  size_t *place_of = sf_mem_realloc (points->place_of, capacity * sizeof *place_of);
  points->place_of = place_of ? place_of : points->place_of;
  if (!lon || !lat || !place_of)
    return sf_fail (err, SF_ENOMEM, "out of memory for the points of %zu places", capacity);
  points->capacity = capacity;
  return SF_OK;
}

static enum sf_code
add_point (struct points *points, double lon_deg, double lat_deg, size_t place, struct sf_error *err)
{
  if (points->count == points->capacity)
    SF_TRY (points_grow (points, err));
  points->lon_deg[points->count] = lon_deg;
  points->lat_deg[points->count] = lat_deg;
  points->place_of[points->count++] = place;
  return SF_OK;
}

static enum sf_code
add_raster (struct points *points, const struct sf_geometry *polygon, size_t place, struct sf_error *err)
{
  struct sf_polygon_index *index = NULL;
  double west, south, east, north;
  if (!sf_geometry_bounds (polygon, &west, &south, &east, &north))
    return SF_OK;
  SF_TRY (sf_polygon_index_new (&polygon, 1, SF_RINGS_ALL, &index, err));
  enum sf_code code = SF_OK;
  long row0 = lround (floor (south / RASTER_DEG)), row1 = lround (ceil (north / RASTER_DEG));
  long column0 = lround (floor (west / RASTER_DEG)), column1 = lround (ceil (east / RASTER_DEG));
  for (long row = row0; row <= row1; row++)
    for (long column = column0; column <= column1 && code == SF_OK; column++)
      {
        double lon = (double) column * RASTER_DEG, lat = (double) row * RASTER_DEG;
        if (sf_polygon_locate (index, lon, lat, NULL) != SF_SIDE_OUT)
          code = add_point (points, lon, lat, place, err);
      }
  sf_polygon_index_free (index);
  return code;
}

/* The polygon of the county that a place is the seat of; NULL when it is none or the counties are not at hand. */
static const struct sf_geometry *
county_of (const struct sf_table *places, size_t row, const struct sf_table *counties)
{
  const char *kind = sf_table_text (places, "kind", row), *code = sf_table_text (places, "county_code", row);
  if (!counties || !kind || !code || strcmp (kind, "county_seat") != 0)
    return NULL;
  for (size_t c = 0; c < counties->rows; c++)
    {
      const char *own = sf_table_text (counties, "code", c);
      if (own && strcmp (own, code) == 0)
        return counties->geometries[c];
    }
  return NULL;
}

static enum sf_code
find_points (const struct sf_table *places, const struct sf_table *counties, struct points *points,
             struct sf_error *err)
{
  for (size_t row = 0; row < places->rows; row++)
    {
      double lon = sf_table_double (places, "longitude", row), lat = sf_table_double (places, "latitude", row);
      const struct sf_geometry *county = county_of (places, row, counties);
      if (!isnan (lon + lat))
        SF_TRY (add_point (points, lon, lat, row, err));
      if (county)
        SF_TRY (add_raster (points, county, row, err));
    }
  return SF_OK;
}

/* --- the table --- */

static enum sf_code
set_hour (struct sf_table *table, const char *column, int64_t reference_s, double hour, struct sf_error *err)
{
  return isnan (hour) ? SF_OK : sf_table_set_time (table, column, reference_s + (int64_t) llround (3600.0 * hour), err);
}

static enum sf_code
set_place (struct sf_table *table, const struct sf_table *places, size_t row, struct sf_error *err)
{
  static const char *const columns[] = { "code", "name", "name_zh", "kind", "kind_zh", "county_code" };
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
    SF_TRY (sf_table_set_text (table, columns[i], sf_table_text (places, columns[i], row), err));
  return SF_OK;
}

static enum sf_code
set_chance (struct sf_table *table, const struct sf_member_hours *hours, const struct sf_arrival_chance *chance,
            struct sf_error *err)
{
  static const char *const windows[SF_CHANCE_WINDOWS] = { "probability_24h", "probability_48h", "probability_72h" };
  static const int from_hour[SF_CHANCE_WINDOWS] = { 0, 25, 49 };
  SF_TRY (sf_table_set_double (table, "probability", chance->probability, err));
  for (int w = 0; w < SF_CHANCE_WINDOWS; w++)
    if (hours->last_hour >= from_hour[w])
      SF_TRY (sf_table_set_double (table, windows[w], chance->window_probability[w], err));
  SF_TRY (set_hour (table, "earliest", hours->reference_s, chance->earliest_h, err));
  SF_TRY (set_hour (table, "likely", hours->reference_s, chance->likely_h, err));
  SF_TRY (set_hour (table, "latest", hours->reference_s, chance->latest_h, err));
  SF_TRY (set_hour (table, "one_in_ten", hours->reference_s, chance->one_in_ten_h, err));
  return set_hour (table, "end_likely", hours->reference_s, chance->end_likely_h, err);
}

static enum sf_code
add_place (struct sf_table *table, const struct sf_table *places, size_t row, const struct sf_member_hours *hours,
           const struct sf_arrival_chance *chances, double struck, struct sf_error *err)
{
  for (int f = 0; f < SF_CHANCE_FORCES; f++)
    {
      if (sf_table_add_row (table) < 0)
        return sf_fail (err, SF_ENOMEM, "out of memory for the wind at %zu places", places->rows);
      SF_TRY (set_place (table, places, row, err));
      SF_TRY (sf_table_set_double (table, "force", sf_member_force[f], err));
      SF_TRY (sf_table_set_int (table, "members", (int64_t) hours->members, err));
      SF_TRY (set_chance (table, hours, &chances[row * SF_CHANCE_FORCES + (size_t) f], err));
      SF_TRY (sf_table_set_double (table, "strike_120km", struck, err));
    }
  return SF_OK;
}

static enum sf_code
fill_table (const struct sf_host *host, const struct sf_member_hours *hours, const struct sf_table *places,
            const struct points *points, struct sf_table *table, struct sf_error *err)
{
  struct sf_chances members = sf_ensemble_usual_chances (host, hours);
  struct sf_arrival_places where = { points->count, points->lon_deg, points->lat_deg, points->place_of, places->rows };
  if (members.members == 0)
    return SF_OK;
  members.strikes = 1;
  members.strike_km[0] = STRIKE_KM;
  struct sf_arrival_chance *chances = sf_mem_calloc (places->rows * SF_CHANCE_FORCES + 1, sizeof *chances);
  double *struck = sf_mem_calloc (places->rows + 1, sizeof *struck);
  enum sf_code code
      = chances && struck ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for %zu places", places->rows);
  if (code == SF_OK)
    code = sf_arrivals_find (host, &members, &where, chances, struck, err);
  for (size_t row = 0; code == SF_OK && row < places->rows; row++)
    if (!isnan (sf_table_double (places, "longitude", row)))
      code = add_place (table, places, row, hours, chances, struck[row], err);
  sf_mem_free (struck);
  sf_mem_free (chances);
  return code;
}

enum sf_code
sf_ensemble_run_places (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_table *places = io->input (io, "places")->as.table;
  const struct sf_dataset *counties = io->input (io, "counties");
  struct sf_member_hours hours = { .last_hour = -1 };
  struct points points = { 0 };
  struct sf_dataset *dataset = NULL;
  enum sf_code code = sf_ensemble_hours (host, io, &hours, err);
  if (code == SF_OK)
    code = find_points (places, counties ? counties->as.table : NULL, &points, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "place_wind_chances"), NULL, &dataset, err);
  if (code == SF_OK)
    code = fill_table (host, &hours, places, &points, dataset->as.table, err);
  points_finish (&points);
  sf_member_hours_finish (&hours);
  return sf_ensemble_give (io, "place_wind_chances", dataset, code, err);
}
