/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/gridspec.h"
#include "models/rain/county_rain.h"
#include "models/rain/licence.h"
#include "models/rain/member_rain.h"
#include "models/rain/rain_chance.h"
#include "models/rain/stages.h"

#include <math.h>
#include <stdio.h>

#define SPACING_KM 4.0         /* of the points that stand for a county's own storm */
#define MEMBER_SPACING_KM 12.0 /* and for a thousand members, whose means are scaled to the storm's */

struct job
{
  const struct sf_host *host;
  const struct sf_table *counties, *weights;
  const struct sf_grid *total;
  struct sf_rain_params params;
  struct sf_rain_storm storm;
  const struct sf_tracks *member_tracks; /* NULL: no ensemble */
  const struct sf_tracks *storm_tracks;  /* NULL: no storm */
  int64_t now_s;
  struct sf_rain_points points, member_points;
  struct sf_rain_county *storms; /* by county: the storm itself */
  double *rates;
  double *grid_mean_mm, *grid_max_mm; /* by county, from the grid, with terrain */
  struct sf_rain_members members;
};

static size_t
count_of (const struct job *job)
{
  return job->counties->rows;
}

/* --- from the grid --- */

/* Cells without any rain computed count as none: the mean is one that the county has at least. */
static enum sf_code
sum_grid (struct job *job, struct sf_error *err)
{
  const int64_t *county = sf_table_column (job->weights, "county")->as.ints;
  const int64_t *column = sf_table_column (job->weights, "column")->as.ints;
  const int64_t *row = sf_table_column (job->weights, "row")->as.ints;
  const double *share = sf_table_column (job->weights, "weight")->as.doubles;
  const struct sf_gridspec *spec = &job->total->spec;
  double *area = sf_mem_calloc (count_of (job), sizeof *area);
  if (!area)
    return sf_fail (err, SF_ENOMEM, "out of memory for counties");
  for (size_t i = 0; i < job->weights->rows; i++)
    {
      int64_t c = county[i];
      if (c < 0 || (size_t) c >= count_of (job) || column[i] < 0 || column[i] >= spec->nx || row[i] < 0
          || row[i] >= spec->ny)
        continue;
      double lon_deg, lat_deg;
      sf_gridspec_centre (spec, (int) column[i], (int) row[i], &lon_deg, &lat_deg);
      double weight = share[i] * cos (lat_deg * M_PI / 180);
      float rain = job->total->values[(size_t) row[i] * (size_t) spec->nx + (size_t) column[i]];
      area[c] += weight;
      job->grid_mean_mm[c] += isnan (rain) ? 0 : weight * (double) rain;
      job->grid_max_mm[c] = fmax (job->grid_max_mm[c], (double) rain);
    }
  for (size_t c = 0; c < count_of (job); c++)
    job->grid_mean_mm[c] = area[c] > 0 ? job->grid_mean_mm[c] / area[c] : (double) NAN;
  sf_mem_free (area);
  return SF_OK;
}

/* --- the table --- */

/* The storm's amount on the grid (terrain, every cell) over that at the points brings sums at points to its footing. */
static double
scale_of (const struct job *job, size_t c)
{
  double at_points_mm = job->storms[c].mean_mm;
  return at_points_mm > 0 && job->grid_mean_mm[c] > 0 ? job->grid_mean_mm[c] / at_points_mm : 1;
}

static void
quantiles (const struct job *job, size_t c, double *ret_50_mm, double *ret_90_mm)
{
  double mean_mm = job->grid_mean_mm[c];
  const double *amounts = &mean_mm;
  size_t count = 1;
  double scale = 1;
  if (job->members.count > 0)
    {
      amounts = job->members.mean_mm + c * job->members.stride;
      count = job->members.count;
      scale = scale_of (job, c);
    }
  *ret_50_mm = scale * sf_rain_quantile_mm (amounts, count, job->params.cv, 0.5);
  *ret_90_mm = scale * sf_rain_quantile_mm (amounts, count, job->params.cv, 0.9);
}

static enum sf_code
set_verdict (struct sf_table *table, double mean_mm, struct sf_error *err)
{
  char text[SF_RAIN_TEXT_BYTES];
  struct sf_rain_claim claim = { .source = SF_RAIN_PARAMETRIC, .amount_mm = mean_mm };
  struct sf_rain_answer answer = sf_rain_combine (&claim, 1);
  enum sf_rain_licence licence = sf_rain_licence_of (claim.source);
  SF_TRY (sf_table_set_text (table, "licence", sf_rain_licence_name (licence, false), err));
  SF_TRY (sf_table_set_text (table, "licence_zh", sf_rain_licence_name (licence, true), err));
  SF_TRY (sf_table_set_text (table, "verdict", sf_rain_answer_text (text, &answer, false), err));
  return sf_table_set_text (table, "verdict_zh", sf_rain_answer_text (text, &answer, true), err);
}

/* No amount is shown where none was computed: 0 mm would read as dry. */
static double
shown_mm (double amount_mm)
{
  return amount_mm > 0 ? amount_mm : (double) NAN;
}

static enum sf_code
set_amounts (struct sf_table *table, const struct job *job, size_t c, struct sf_error *err)
{
  double mean_50_mm, mean_90_mm;
  const struct sf_rain_county *county = &job->storms[c];
  quantiles (job, c, &mean_50_mm, &mean_90_mm);
  SF_TRY (sf_table_set_double (table, "mean_rain", shown_mm (job->grid_mean_mm[c]), err));
  SF_TRY (sf_table_set_double (table, "max_rain", shown_mm (job->grid_max_mm[c]), err));
  SF_TRY (sf_table_set_double (table, "mean_rain_50", shown_mm (mean_50_mm), err));
  SF_TRY (sf_table_set_double (table, "mean_rain_90", shown_mm (mean_90_mm), err));
  SF_TRY (sf_table_set_double (table, "past_rain", shown_mm (scale_of (job, c) * county->past_mm), err));
  SF_TRY (sf_table_set_double (table, "max_rate", shown_mm (county->max_rate_mmph), err));
  SF_TRY (sf_table_set_time (table, "begin", county->begin_s, err));
  SF_TRY (sf_table_set_time (table, "end", county->end_s, err));
  return sf_table_set_int (table, "members", (int64_t) job->members.count, err);
}

static enum sf_code
set_window (struct sf_table *table, const struct sf_rain_storm *storm, struct sf_error *err)
{
  char from[SF_TIME_TEXT_BYTES], to[SF_TIME_TEXT_BYTES], text[160];
  if (storm->count == 0)
    {
      SF_TRY (sf_table_set_text (table, "window", "no storm", err));
      return sf_table_set_text (table, "window_zh", "无台风", err);
    }
  int64_t begin_s = storm->begin_s[0], end_s = storm->begin_s[storm->count - 1];
  end_s += llround (3600 * storm->nodes[storm->count - 1].hours);
  snprintf (text, sizeof text, "whole storm, %s to %s", sf_time_format_beijing (from, begin_s),
            sf_time_format_beijing (to, end_s));
  SF_TRY (sf_table_set_text (table, "window", text, err));
  snprintf (text, sizeof text, "台风全过程，%s至%s", sf_time_format_beijing_zh (from, begin_s),
            sf_time_format_beijing_zh (to, end_s));
  return sf_table_set_text (table, "window_zh", text, err);
}

static enum sf_code
add_county (struct sf_table *table, const struct job *job, size_t c, struct sf_error *err)
{
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for the rain of counties");
  SF_TRY (sf_table_set_text (table, "county_code", sf_table_text (job->counties, "code", c), err));
  SF_TRY (sf_table_set_text (table, "county", sf_table_text (job->counties, "name", c), err));
  SF_TRY (sf_table_set_text (table, "county_zh", sf_table_text (job->counties, "name_zh", c), err));
  SF_TRY (set_window (table, &job->storm, err));
  SF_TRY (set_amounts (table, job, c, err));
  return set_verdict (table, job->grid_mean_mm[c], err);
}

static enum sf_code
prepare (struct job *job, const struct sf_stage_io *io, struct sf_error *err)
{
  size_t counties = count_of (job);
  SF_TRY (sf_rain_load_params (job->host, &job->params, err));
  SF_TRY (sf_rain_load_storm (io->input (io, "track_hourly"), &job->params, &job->storm, err));
  SF_TRY (sf_rain_points_new (job->weights, counties, &job->total->spec, SPACING_KM, &job->points, err));
  SF_TRY (sf_rain_points_new (job->weights, counties, &job->total->spec, MEMBER_SPACING_KM, &job->member_points, err));
  job->storms = sf_mem_calloc (counties, sizeof *job->storms);
  job->rates = sf_mem_calloc (job->points.count, sizeof *job->rates);
  job->grid_mean_mm = sf_mem_calloc (counties, sizeof *job->grid_mean_mm);
  job->grid_max_mm = sf_mem_calloc (counties, sizeof *job->grid_max_mm);
  return job->storms && job->rates && job->grid_mean_mm && job->grid_max_mm
             ? SF_OK
             : sf_fail (err, SF_ENOMEM, "out of memory for the rain of %zu counties", counties);
}

static void
finish (struct job *job)
{
  sf_rain_members_free (&job->members);
  sf_mem_free (job->grid_max_mm);
  sf_mem_free (job->grid_mean_mm);
  sf_mem_free (job->rates);
  sf_mem_free (job->storms);
  sf_rain_points_free (&job->member_points);
  sf_rain_points_free (&job->points);
  sf_rain_storm_finish (&job->storm);
}

static enum sf_code
fill (struct job *job, struct sf_table *table, struct sf_error *err)
{
  SF_TRY (sum_grid (job, err));
  sf_rain_county_sum (&job->points, &job->storm, &job->params, job->now_s, job->rates, job->storms);
  SF_TRY (sf_rain_members_sum (job->host, job->member_tracks, job->storm_tracks, &job->member_points, &job->params,
                               &job->members, err));
  for (size_t c = 0; c < count_of (job); c++)
    SF_TRY (add_county (table, job, c, err));
  return SF_OK;
}

enum sf_code
sf_rain_run_counties (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *members = io->input (io, "members"), *time = io->input (io, "cycle_time");
  const struct sf_dataset *storms = io->input (io, "track_hourly");
  struct sf_dataset *dataset = NULL;
  struct job job = { .host = host,
                     .counties = io->input (io, "counties")->as.table,
                     .weights = io->input (io, "county_weights@home")->as.table,
                     .total = io->input (io, "rain_total@home")->as.grid,
                     .member_tracks = members ? members->as.tracks : NULL,
                     .storm_tracks = storms ? storms->as.tracks : NULL,
                     .now_s = SF_TIME_MISSING };
  if (time && time->as.table->rows > 0)
    job.now_s = sf_table_time (time->as.table, "time", 0);
  enum sf_code code = prepare (&job, io, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "county_rain"), NULL, &dataset, err);
  if (code == SF_OK)
    code = fill (&job, dataset->as.table, err);
  finish (&job);
  if (code == SF_OK)
    return io->output (io, "county_rain", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
