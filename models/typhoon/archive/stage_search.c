/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/archive/search.h"
#include "models/typhoon/archive/stages.h"
#include "models/typhoon/intensity.h"

#include <math.h>
#include <stdlib.h>

static enum sf_code
read_pair (const struct sf_host *host, const char *name, double least, double most, int ret_pair[2],
           struct sf_error *err)
{
  const double *values;
  size_t count = sf_settings_doubles (host->settings, name, &values);
  if (count == 0)
    return SF_OK;
  for (size_t i = 0; i < count; i++)
    if (count != 2 || values[i] != floor (values[i]) || values[i] < least || values[i] > most)
      return sf_fail (err, SF_EINVAL, "analogues: %s wants two whole numbers from %g to %g", name, least, most);
  ret_pair[0] = (int) values[0];
  ret_pair[1] = (int) values[1];
  return SF_OK;
}

static enum sf_code
read_query (const struct sf_host *host, struct sf_past_query *query, struct sf_error *err)
{
  const double *circle;
  size_t count = sf_settings_doubles (host->settings, "circle", &circle);
  if (count != 3 || !(fabs (circle[0]) <= 180) || !(fabs (circle[1]) <= 90) || !(circle[2] > 0))
    return sf_fail (err, SF_EINVAL, "analogues: circle wants a longitude, a latitude and a radius above 0 km");
  *query = (struct sf_past_query){ .lon_deg = circle[0],
                                   .lat_deg = circle[1],
                                   .radius_km = circle[2],
                                   .months = { 1, 12 },
                                   .years = { 1, 9999 },
                                   .name = sf_settings_text (host->settings, "name") };
  /* The grades of GB/T 19201 begin at these forces. */
  static const int forces[] = { 6, 8, 10, 12, 14, 16 };
  int grade = sf_settings_choice (host->settings, "least_grade");
  query->least_wind_mps = grade > 0 ? sf_beaufort_lower_mps (forces[grade]) : 0;
  SF_TRY (read_pair (host, "months", 1, 12, query->months, err));
  return read_pair (host, "years", 1, 9999, query->years, err);
}

static enum sf_code
set_strength (struct sf_table *table, const struct sf_past_storm *storm, struct sf_error *err)
{
  enum sf_grade grade = sf_grade_of_wind (storm->max_wind_mps);
  bool known = !isnan (storm->max_wind_mps);
  SF_TRY (sf_table_set_double (table, "max_wind", storm->max_wind_mps, err));
  SF_TRY (sf_table_set_double (table, "min_pressure", storm->min_pressure_hpa, err));
  SF_TRY (sf_table_set_text (table, "grade", known ? sf_grade_code (grade) : NULL, err));
  return sf_table_set_text (table, "grade_zh", known ? sf_grade_name_zh (grade) : NULL, err);
}

static enum sf_code
add_hit (const struct sf_analogues *analogues, struct sf_table *table, const struct sf_past_hit *hit,
         struct sf_error *err)
{
  const struct sf_past_storm *storm = &analogues->past.storms[hit->storm];
  const struct sf_past_point *points = &analogues->past.points[storm->first];
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for past storms");
  SF_TRY (sf_table_set_text (table, "storm", storm->track->storm, err));
  SF_TRY (sf_table_set_text (table, "number", storm->track->number, err));
  SF_TRY (sf_table_set_text (table, "name", sf_analogues_name (storm->track), err));
  SF_TRY (sf_table_set_text (table, "name_zh", sf_analogues_name_zh (analogues, storm->track), err));
  SF_TRY (sf_table_set_int (table, "year", storm->year, err));
  SF_TRY (sf_table_set_time (table, "begin", points[0].time_s, err));
  SF_TRY (sf_table_set_time (table, "end", points[storm->count - 1].time_s, err));
  SF_TRY (set_strength (table, storm, err));
  SF_TRY (sf_table_set_time (table, "time", hit->time_s, err));
  SF_TRY (sf_table_set_double (table, "distance", hit->distance_km, err));
  SF_TRY (sf_table_set_double (table, "longitude", sf_sphere_wrap_lon_deg (hit->lon_deg), err));
  SF_TRY (sf_table_set_double (table, "latitude", hit->lat_deg, err));
  SF_TRY (sf_table_set_double (table, "wind_speed", hit->wind_mps, err));
  return sf_analogues_set_effects (analogues, table, storm, err);
}

static int
compare_hits (const void *a, const void *b)
{
  int64_t ta = ((const struct sf_past_hit *) a)->time_s, tb = ((const struct sf_past_hit *) b)->time_s;
  return (ta < tb) - (ta > tb);
}

/* The hits, the latest first. */
static size_t
find_hits (const struct sf_past *past, const struct sf_past_query *query, struct sf_past_hit *hits)
{
  size_t found = 0;
  for (size_t s = 0; s < past->storms_count; s++)
    found += sf_past_search (past, s, query, &hits[found]);
  qsort (hits, found, sizeof *hits, compare_hits);
  return found;
}

static enum sf_code
fill (const struct sf_host *host, const struct sf_analogues *analogues, struct sf_table *table, struct sf_error *err)
{
  struct sf_past_query query;
  size_t rows = (size_t) sf_settings_int (host->settings, "rows");
  SF_TRY (read_query (host, &query, err));
  struct sf_past_hit *hits = sf_mem_calloc (analogues->past.storms_count + 1, sizeof *hits);
  if (!hits)
    return sf_fail (err, SF_ENOMEM, "out of memory for past storms");
  size_t found = find_hits (&analogues->past, &query, hits);
  enum sf_code code = SF_OK;
  for (size_t h = 0; code == SF_OK && h < found && h < rows; h++)
    code = add_hit (analogues, table, &hits[h], err);
  if (found > rows)
    sf_host_log (host, SF_LOG_INFO, "%zu past storms answer the search; the latest %zu are listed (option rows)", found,
                 rows);
  sf_mem_free (hits);
  return code;
}

enum sf_code
sf_analogues_run_search (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_analogues analogues;
  struct sf_dataset *dataset = NULL;
  enum sf_code code = sf_analogues_open (&analogues, host, io, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "past_storms"), NULL, &dataset, err);
  if (code == SF_OK)
    code = fill (host, &analogues, dataset->as.table, err);
  sf_analogues_close (&analogues);
  return sf_analogues_give (io, "past_storms", dataset, code, err);
}
