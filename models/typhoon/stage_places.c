/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/contour.h"
#include "geodata/gridspec.h"
#include "geodata/polygon_ops.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/stages.h"

#include <math.h>
#include <stdio.h>

/* --- areas where a force is reached --- */

static enum sf_code
add_area (const struct sf_host *host, struct sf_table *table, const struct sf_grid *max, int force,
          struct sf_error *err)
{
  struct sf_geometry *geometry = NULL;
  SF_TRY (sf_contour_band (max, 0, sf_typhoon_force_lower_mps (host, force), INFINITY, &geometry, err));
  if (geometry->parts == 0)
    {
      sf_geometry_free (geometry);
      return SF_OK;
    }
  double area_km2 = sf_polygon_area_km2 (geometry);
  if (sf_table_add_row (table) < 0)
    {
      sf_geometry_free (geometry);
      return sf_fail (err, SF_ENOMEM, "out of memory for the area of force %d", force);
    }
  SF_TRY (sf_table_set_geometry (table, geometry, err));
  SF_TRY (sf_table_set_double (table, "force", force, err));
  SF_TRY (sf_table_set_double (table, "min_wind", sf_typhoon_force_lower_mps (host, force), err));
  return sf_table_set_double (table, "area", area_km2, err);
}

enum sf_code
sf_typhoon_run_areas (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_grid *max = io->input (io, "wind_max@*")->as.grid;
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_table (io->spec (io, "wind_areas@*"), io->instance, &dataset, err));
  enum sf_code code = SF_OK;
  for (int f = 0; code == SF_OK && f < SF_TYPHOON_FORCES; f++)
    code = add_area (host, dataset->as.table, max, sf_typhoon_forces[f], err);
  if (code == SF_OK)
    return io->output (io, "wind_areas@*", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}

/* --- wind by county --- */

/* What is summed over the cells of one county. */
struct county_sum
{
  double weight, wind_weight, wind, max_wind;
  double force8_weight, force12_weight;
  double begin_h[SF_TYPHOON_FORCES], end_h[SF_TYPHOON_FORCES];
};

struct county_job
{
  const struct sf_grid *max, *arrival, *end;
  struct county_sum *sums;
  size_t counties;
  double force8_mps, force12_mps;
  const struct sf_host *host;
};

static void
start_sum (struct county_sum *sum)
{
  *sum = (struct county_sum){ .max_wind = (double) NAN };
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    sum->begin_h[f] = sum->end_h[f] = (double) NAN;
}

static void
add_cell (const struct county_job *job, struct county_sum *sum, size_t cell, double weight)
{
  size_t plane = sf_gridspec_cells (&job->max->spec);
  double wind = (double) job->max->values[cell];
  sum->weight += weight;
  if (isnan (wind))
    return;
  sum->wind_weight += weight;
  sum->wind += weight * wind;
  sum->max_wind = fmax (sum->max_wind, wind);
  sum->force8_weight += wind >= job->force8_mps ? weight : 0;
  sum->force12_weight += wind >= job->force12_mps ? weight : 0;
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    {
      sum->begin_h[f] = fmin (sum->begin_h[f], (double) job->arrival->values[(size_t) f * plane + cell]);
      sum->end_h[f] = fmax (sum->end_h[f], (double) job->end->values[(size_t) f * plane + cell]);
    }
}

static void
sum_counties (struct county_job *job, const struct sf_table *weights)
{
  const struct sf_column *county = sf_table_column (weights, "county"), *column = sf_table_column (weights, "column"),
                         *row = sf_table_column (weights, "row"), *share = sf_table_column (weights, "weight");
  const struct sf_gridspec *spec = &job->max->spec;
  for (size_t i = 0; i < weights->rows; i++)
    {
      int64_t c = county->as.ints[i], x = column->as.ints[i], y = row->as.ints[i];
      if (c < 0 || (size_t) c >= job->counties || x < 0 || x >= spec->nx || y < 0 || y >= spec->ny)
        continue;
      double px, py;
      sf_gridspec_centre (spec, (int) x, (int) y, &px, &py);
      add_cell (job, &job->sums[c], (size_t) y * (size_t) spec->nx + (size_t) x,
                share->as.doubles[i] * cos (py * M_PI / 180));
    }
}

static enum sf_code
set_hours (struct sf_table *table, const char *what, int force, const struct sf_grid *grid, double hours,
           struct sf_error *err)
{
  char column[32];
  snprintf (column, sizeof column, "force%d_%s", force, what);
  return isnan (hours) ? SF_OK
                       : sf_table_set_time (table, column, grid->reference_s + (int64_t) llround (3600 * hours), err);
}

static double
wind_at_seat (const struct sf_grid *max, const struct sf_table *counties, size_t row)
{
  int x, y;
  if (!sf_gridspec_cell (&max->spec, sf_table_double (counties, "seat_longitude", row),
                         sf_table_double (counties, "seat_latitude", row), &x, &y))
    return (double) NAN;
  return (double) max->values[(size_t) y * (size_t) max->spec.nx + (size_t) x];
}

static enum sf_code
add_county (struct sf_table *table, const struct county_job *job, const struct sf_table *counties, size_t row,
            struct sf_error *err)
{
  const struct county_sum *sum = &job->sums[row];
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for county %s", sf_table_text (counties, "name", row));
  SF_TRY (sf_table_set_text (table, "county_code", sf_table_text (counties, "code", row), err));
  SF_TRY (sf_table_set_text (table, "county", sf_table_text (counties, "name", row), err));
  SF_TRY (sf_table_set_text (table, "county_zh", sf_table_text (counties, "name_zh", row), err));
  SF_TRY (sf_table_set_double (table, "seat_max_wind", wind_at_seat (job->max, counties, row), err));
  if (sum->wind_weight == 0)
    return SF_OK;
  SF_TRY (sf_table_set_double (table, "mean_of_max", sum->wind / sum->wind_weight, err));
  SF_TRY (sf_table_set_double (table, "max_wind", sum->max_wind, err));
  SF_TRY (sf_table_set_double (table, "max_force", sf_typhoon_force (job->host, sum->max_wind), err));
  SF_TRY (sf_table_set_double (table, "share_force8", sum->force8_weight / sum->weight, err));
  SF_TRY (sf_table_set_double (table, "share_force12", sum->force12_weight / sum->weight, err));
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    {
      SF_TRY (set_hours (table, "begin", sf_typhoon_forces[f], job->arrival, sum->begin_h[f], err));
      SF_TRY (set_hours (table, "end", sf_typhoon_forces[f], job->end, sum->end_h[f], err));
    }
  return SF_OK;
}

enum sf_code
sf_typhoon_run_counties (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_table *counties = io->input (io, "counties")->as.table;
  struct sf_dataset *dataset = NULL;
  struct county_job job = { .max = io->input (io, "wind_max@home")->as.grid,
                            .arrival = io->input (io, "wind_arrival@home")->as.grid,
                            .end = io->input (io, "wind_end@home")->as.grid,
                            .counties = counties->rows,
                            .force8_mps = sf_typhoon_force_lower_mps (host, 8),
                            .force12_mps = sf_typhoon_force_lower_mps (host, 12),
                            .host = host };
  job.sums = sf_mem_calloc (counties->rows, sizeof *job.sums);
  enum sf_code code = job.sums ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for counties");
  for (size_t c = 0; code == SF_OK && c < counties->rows; c++)
    start_sum (&job.sums[c]);
  if (code == SF_OK)
    sum_counties (&job, io->input (io, "county_weights@home")->as.table);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "county_wind"), NULL, &dataset, err);
  for (size_t row = 0; code == SF_OK && row < counties->rows; row++)
    code = add_county (dataset->as.table, &job, counties, row, err);
  sf_mem_free (job.sums);
  if (code == SF_OK)
    return io->output (io, "county_wind", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
