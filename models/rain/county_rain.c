/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/county_rain.h"

#include "core/base/time.h"
#include "geodata/gridspec.h"

#include <math.h>

#define KM_PER_DEG 111.12

/* --- points --- */

struct cells
{
  const int64_t *county, *column, *row;
  const double *weight;
  size_t rows, counties;
  const struct sf_gridspec *spec;
  int64_t stride;
};

static bool
is_cell (const struct cells *cells, size_t i)
{
  return cells->county[i] >= 0 && (size_t) cells->county[i] < cells->counties && cells->weight[i] > 0;
}

static bool
is_kept (const struct cells *cells, size_t i)
{
  return cells->column[i] % cells->stride == 0 && cells->row[i] % cells->stride == 0;
}

static void
add_point (const struct cells *cells, size_t i, struct sf_rain_points *points)
{
  size_t at = points->count++;
  sf_gridspec_centre (cells->spec, (int) cells->column[i], (int) cells->row[i], &points->lon_deg[at],
                      &points->lat_deg[at]);
  points->weight[at] = cells->weight[i] * cos (points->lat_deg[at] * M_PI / 180);
}

static void
add_county (const struct cells *cells, size_t county, struct sf_rain_points *points)
{
  size_t first = points->count, largest = cells->rows;
  double sum = 0;
  points->first[county] = first;
  for (size_t i = 0; i < cells->rows; i++)
    {
      if (!is_cell (cells, i) || (size_t) cells->county[i] != county)
        continue;
      if (largest == cells->rows || cells->weight[i] > cells->weight[largest])
        largest = i;
      if (is_kept (cells, i))
        add_point (cells, i, points);
    }
  if (points->count == first && largest < cells->rows)
    add_point (cells, largest, points);
  for (size_t p = first; p < points->count; p++)
    sum += points->weight[p];
  for (size_t p = first; p < points->count; p++)
    points->weight[p] /= sum;
}

enum sf_code
sf_rain_points_new (const struct sf_table *weights, size_t counties, const struct sf_gridspec *spec, double spacing_km,
                    struct sf_rain_points *ret, struct sf_error *err)
{
  struct cells cells = { .county = sf_table_column (weights, "county")->as.ints,
                         .column = sf_table_column (weights, "column")->as.ints,
                         .row = sf_table_column (weights, "row")->as.ints,
                         .weight = sf_table_column (weights, "weight")->as.doubles,
                         .rows = weights->rows,
                         .counties = counties,
                         .spec = spec,
                         .stride = llround (spacing_km / (fabs (spec->affine[5]) * KM_PER_DEG)) };
  size_t room = counties;
  cells.stride = cells.stride < 1 ? 1 : cells.stride;
  for (size_t i = 0; i < weights->rows; i++)
    room += is_kept (&cells, i);
  struct sf_rain_points points = { .counties = counties,
                                   .lon_deg = sf_mem_calloc (room, sizeof (double)),
                                   .lat_deg = sf_mem_calloc (room, sizeof (double)),
                                   .weight = sf_mem_calloc (room, sizeof (double)),
                                   .first = sf_mem_calloc (counties + 1, sizeof (size_t)) };
  if (!points.lon_deg || !points.lat_deg || !points.weight || !points.first)
    {
      sf_rain_points_free (&points);
      return sf_fail (err, SF_ENOMEM, "out of memory for the points of %zu counties", counties);
    }
  for (size_t c = 0; c < counties; c++)
    add_county (&cells, c, &points);
  points.first[counties] = points.count;
  *ret = points;
  return SF_OK;
}

void
sf_rain_points_free (struct sf_rain_points *points)
{
  sf_mem_free (points->lon_deg);
  sf_mem_free (points->lat_deg);
  sf_mem_free (points->weight);
  sf_mem_free (points->first);
}

/* --- sums --- */

/* Rates of nodes [from, to), which begin together, at every point. */
static void
rates_at (const struct sf_rain_points *points, const struct sf_rain_storm *storm, size_t from, size_t to,
          double reach_km, double *rates)
{
  for (size_t p = 0; p < points->count; p++)
    rates[p] = 0;
  for (size_t i = from; i < to; i++)
    sf_rain_add_rates (&storm->nodes[i], reach_km, points->lon_deg, points->lat_deg, points->count, rates);
}

static void
take_step (struct sf_rain_county *county, const struct sf_rain_points *points, size_t c, const double *rates,
           const struct sf_rain_params *params, int64_t begin_s, double hours, int64_t now_s)
{
  double mean_mmph = 0;
  for (size_t p = points->first[c]; p < points->first[c + 1]; p++)
    {
      mean_mmph += points->weight[p] * rates[p];
      county->max_rate_mmph = fmax (county->max_rate_mmph, rates[p]);
    }
  county->mean_mm += mean_mmph * hours;
  county->past_mm += begin_s < now_s ? mean_mmph * hours : 0;
  if (!(mean_mmph >= params->event_mmph))
    return;
  county->begin_s = county->begin_s == SF_TIME_MISSING ? begin_s : county->begin_s;
  county->end_s = begin_s + llround (3600 * hours);
}

void
sf_rain_county_sum (const struct sf_rain_points *points, const struct sf_rain_storm *storm,
                    const struct sf_rain_params *params, int64_t now_s, double *rates,
                    struct sf_rain_county *ret_counties)
{
  for (size_t c = 0; c < points->counties; c++)
    ret_counties[c] = (struct sf_rain_county){ .past_mm = now_s == SF_TIME_MISSING ? (double) NAN : 0,
                                               .begin_s = SF_TIME_MISSING,
                                               .end_s = SF_TIME_MISSING };
  for (size_t from = 0, to; from < storm->count; from = to)
    {
      for (to = from + 1; to < storm->count && storm->begin_s[to] == storm->begin_s[from]; to++)
        ;
      rates_at (points, storm, from, to, params->reach_km, rates);
      for (size_t c = 0; c < points->counties; c++)
        take_step (&ret_counties[c], points, c, rates, params, storm->begin_s[from], storm->nodes[from].hours, now_s);
    }
}
