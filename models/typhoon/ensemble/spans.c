/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/spans.h"

#include <string.h>

/* From this |D/M| on a side counts as one that rows may cut twice; the true bound is 0.69. */
#define STEEP 0.65

/* Rows that an edge misses by less than this share of it are looked at all the same: rounding. */
#define EDGE_SHARE 1e-9

/* The top of a side R = m + d sin 2a above the axis through its middle: how high, and x / y there. */
static double
top_of_side (double m, double d, double *ret_slope)
{
  *ret_slope = 0.0;
  if (!(m > 0.0))
    return 0.0;
  double share = d / m, t = 2.0 * share / (1.0 + 2.56 * fabs (share));
  for (int i = 0; i < 3; i++)
    t -= (t * (1.0 + t * (4.0 * share + t)) - 2.0 * share) / (1.0 + t * (8.0 * share + 3.0 * t));
  double q = 1.0 + t * t;
  *ret_slope = t;
  return (m + 2.0 * d * t / q) / sqrt (q);
}

/* How far from the axis a steep side's edge has a local top: towards the quadrant that is smaller by 2 e m, e =
   share of d. 0 for a side that is not steep. */
static double
slack_of_side (double m, double d)
{
  double e = m > 0.0 ? d / m : 0.0, t = 0.0;
  if (e < STEEP)
    return 0.0;
  /* h (t) = 1 - 4 e t + t^2 + 2 e t^3 falls from 1 and is convex: Newton's steps come to its first root from below. A
     side that is not steep after all has none, and the steps run away. */
  for (int i = 0; i < 8 && t < 1.0; i++)
    t -= (1.0 + t * (-4.0 * e + t * (1.0 + 2.0 * e * t))) / (-4.0 * e + t * (2.0 + 6.0 * e * t));
  if (!(t > 0.0 && t < 1.0))
    t = 1.0;
  double q = 1.0 + t * t, root = sqrt (q);
  return 1.001 * t * (m / root - 2.0 * e * m * t / (q * root)) + 1e-6 * m;
}

static double
larger (double a, double b)
{
  return a > b ? a : b;
}

static double
smaller (double a, double b)
{
  return a < b ? a : b;
}

bool
sf_span_region_force (struct sf_span_region *region, const struct sf_force_shape *shape)
{
  double ne = shape->half_ne, se = shape->half_se, sw = shape->half_sw, nw = shape->half_nw;
  double slope_up, slope_down;
  double up = top_of_side (ne + nw, ne - nw, &slope_up), down = top_of_side (sw + se, sw - se, &slope_down);
  double largest = 2.0 * larger (larger (ne, se), larger (sw, nw));
  double slack_up = larger (slack_of_side (ne + se, se - ne), slack_of_side (nw + sw, sw - nw));
  double slack_down = larger (slack_of_side (ne + se, ne - se), slack_of_side (nw + sw, nw - sw));
  *region = (struct sf_span_region){ .force = shape,
                                     .radius_km = largest,
                                     .y_min = -larger (down, slack_down),
                                     .y_max = larger (up, slack_up),
                                     .x_min = -largest,
                                     .x_max = largest,
                                     .slack_down = slack_down,
                                     .slack_up = slack_up,
                                     .axis_x = { -slope_down * down, 0.0, slope_up * up },
                                     .axis_y = { -down, 0.0, up } };
  return largest > 0.0;
}

void
sf_span_region_strike (struct sf_span_region *region, const struct sf_strike_leg *leg, double radius_km)
{
  bool rises = leg->step_y > 0.0;
  double low_x = rises ? 0.0 : leg->step_x, low_y = rises ? 0.0 : leg->step_y;
  double high_x = rises ? leg->step_x : 0.0, high_y = rises ? leg->step_y : 0.0;
  *region = (struct sf_span_region){ .leg = *leg,
                                     .radius_km = radius_km,
                                     .y_min = low_y - radius_km,
                                     .y_max = high_y + radius_km,
                                     .x_min = smaller (0.0, leg->step_x) - radius_km,
                                     .x_max = larger (0.0, leg->step_x) + radius_km,
                                     .axis_x = { low_x, low_x, high_x },
                                     .axis_y = { low_y, low_y, high_y } };
}

static double
axis_at (const struct sf_span_region *region, double y)
{
  const double *ax = region->axis_x, *ay = region->axis_y;
  if (y <= ay[0])
    return ax[0];
  if (y >= ay[2])
    return ax[2];
  int i = y < ay[1] ? 0 : 1;
  return ax[i] + (ax[i + 1] - ax[i]) * ((y - ay[i]) / (ay[i + 1] - ay[i]));
}

/* The cell at or left of x, within what an int holds. */
static int
cell_of (const struct sf_span_rows *rows, double x)
{
  double column = (x - rows->x0) / rows->hx;
  column = column > -1e9 ? column : -1e9;
  int cell = (int) (column < 1e9 ? column : 1e9);
  return cell - (cell > column);
}

/* The end of a row's run, from cell `near` within it towards guess, which lies on the end's side; step is -1 for the first
   cell, 1 for the last. A guess outside is halved down, one inside is followed outward. */
static int
mend_end (const struct sf_span_region *region, const struct sf_span_rows *rows, double y, int near, int guess, int step)
{
  int in = near, out = guess;
  if (sf_span_region_holds (region, rows->x0 + guess * rows->hx, y))
    {
      for (in = guess; sf_span_region_holds (region, rows->x0 + (in + step) * rows->hx, y);)
        in += step;
      return in;
    }
  while (out - in != step)
    {
      int middle = in + (out - in) / 2;
      if (sf_span_region_holds (region, rows->x0 + middle * rows->hx, y))
        in = middle;
      else
        out = middle;
    }
  return in;
}

/* Put a row's run right by the exact test alone. A row that is cut is cut at the axis, so that it holds the cell left
   or right of that point, or none; the two beyond are for rounding. */
static void
mend_row (const struct sf_span_region *region, const struct sf_span_rows *rows, int k, struct sf_spans *runs)
{
  double y = rows->y[k];
  int near = cell_of (rows, axis_at (region, y)) - 1, end = near + 4;
  int first = runs->first[k], last = runs->last[k];
  while (near < end && !sf_span_region_holds (region, rows->x0 + near * rows->hx, y))
    near++;
  runs->first[k] = near == end ? 0 : mend_end (region, rows, y, near, first < near ? first : near, -1);
  runs->last[k] = near == end ? -1 : mend_end (region, rows, y, near, last > near ? last : near, 1);
}

/* --- the set --- */

static void
set_run (uint64_t *row, int first, int last)
{
  size_t a = (size_t) first / 64, b = (size_t) last / 64;
  uint64_t head = UINT64_MAX << (first % 64), tail = UINT64_MAX >> (63 - last % 64);
  if (a == b)
    {
      row[a] |= head & tail;
      return;
    }
  row[a] |= head;
  for (size_t w = a + 1; w < b; w++)
    row[w] = UINT64_MAX;
  row[b] |= tail;
}

/* The run's cells that the grid has, straight to the bits. */
static void
set_cut_run (struct sf_span_set *set, int row, int first, int last)
{
  first = first > 0 ? first : 0;
  last = last < set->nx - 1 ? last : set->nx - 1;
  if (first <= last)
    set_run (set->bits + (size_t) row * set->words, first, last);
}

static void
empty_run (struct sf_span_set *set, int row)
{
  set->first[row] = 0;
  set->last[row] = -1;
}

void
sf_span_set_clear (struct sf_span_set *set, bool all)
{
  int begin = all ? 0 : set->row_begin, end = all ? set->ny : set->row_end;
  if (begin < end)
    memset (set->bits + (size_t) begin * set->words, 0, (size_t) (end - begin) * set->words * sizeof *set->bits);
  for (int row = begin; row < end; row++)
    empty_run (set, row);
  set->row_begin = set->ny;
  set->row_end = 0;
}

void
sf_span_set_settle (struct sf_span_set *set)
{
  for (int row = set->row_begin; row < set->row_end; row++)
    if (set->first[row] <= set->last[row])
      {
        set_run (set->bits + (size_t) row * set->words, set->first[row], set->last[row]);
        empty_run (set, row);
      }
}

/* The cells of the eye in a row, first..last, the exact test deciding. */
static bool
eye_run (const struct sf_force_shape *shape, const struct sf_span_rows *rows, int k, int *ret_first, int *ret_last)
{
  double y = rows->y[k], x0 = rows->x0, hx = rows->hx, half2 = shape->inner2 - y * y;
  if (half2 <= 0.0)
    return false;
  double half = sqrt (half2);
  int first = cell_of (rows, -half), last = cell_of (rows, half) + 1;
  while (first <= last && !sf_force_shape_is_eye (shape, x0 + first * hx, y))
    first++;
  while (last > first && !sf_force_shape_is_eye (shape, x0 + last * hx, y))
    last--;
  *ret_first = first;
  *ret_last = last;
  return first <= last;
}

/* Where the eye leaves cells of a row out that the set does not have already, enter the two parts beside it and
   leave no run. */
static void
take_eye_out (struct sf_span_set *set, int row, const struct sf_force_shape *shape, const struct sf_span_rows *rows,
              int k, struct sf_spans *runs)
{
  int first, last;
  if (runs->first[k] > runs->last[k] || !eye_run (shape, rows, k, &first, &last))
    return;
  int seen_first = first > 0 ? first : 0, seen_last = last < set->nx - 1 ? last : set->nx - 1;
  if (seen_first > seen_last || (set->first[row] <= seen_first && set->last[row] >= seen_last))
    return;
  set_cut_run (set, row, runs->first[k], first - 1 < runs->last[k] ? first - 1 : runs->last[k]);
  set_cut_run (set, row, last + 1 > runs->first[k] ? last + 1 : runs->first[k], runs->last[k]);
  runs->first[k] = 0;
  runs->last[k] = -1;
}

/* Enter a row cell by cell. */
static void
add_cells (struct sf_span_set *set, const struct sf_span_kernels *kernels, const struct sf_span_region *region,
           const struct sf_span_rows *rows, int k, int row)
{
  uint8_t held[64];
  int left = cell_of (rows, region->x_min), right = cell_of (rows, region->x_max) + 2;
  int begin = left > 0 ? left : 0, end = right < set->nx ? right : set->nx;
  for (int i = begin - begin % 64; i < end; i += 64)
    {
      int n = set->nx - i < 64 ? set->nx - i : 64;
      uint64_t word = 0;
      kernels->force_cells (region->force, rows->x0, rows->hx, rows->y[k], i, n, held);
      for (int j = 0; j < n; j++)
        word |= (uint64_t) held[j] << j;
      set->bits[(size_t) row * set->words + (size_t) i / 64] |= word;
    }
}

/* Rows that do not touch the set's run: that run goes to the bits, the new one takes its place. */
static void
part_runs (struct sf_span_set *set, int row0, const struct sf_spans *runs, int n, const int32_t *apart)
{
  for (int k = 0; k < n; k++)
    if (apart[k])
      {
        int row = row0 + k;
        set_run (set->bits + (size_t) row * set->words, set->first[row], set->last[row]);
        set->first[row] = runs->first[k] > 0 ? runs->first[k] : 0;
        set->last[row] = runs->last[k] < set->nx - 1 ? runs->last[k] : set->nx - 1;
      }
}

static void
find_runs (const struct sf_span_kernels *kernels, const struct sf_span_region *region, const struct sf_span_rows *rows,
           struct sf_spans *runs)
{
  int32_t wrong[SF_SPAN_ROWS];
  int any;
  if (region->force)
    {
      kernels->force_runs (region->force, rows, runs);
      any = kernels->force_check (region->force, rows, runs, wrong);
    }
  else
    {
      kernels->strike_runs (&region->leg, region->radius_km, rows, runs);
      any = kernels->strike_check (&region->leg, region->radius_km * region->radius_km, rows, runs, wrong);
    }
  for (int k = 0; any && k < rows->n; k++)
    if (wrong[k])
      mend_row (region, rows, k, runs);
}

/* The rows of a call, [*ret_begin, *ret_end), with low <= y <= high; rows a little beyond may be among them. */
static void
rows_between (const struct sf_span_rows *rows, double low, double high, int *ret_begin, int *ret_end)
{
  double y0 = rows->y[0], step = rows->n > 1 ? rows->y[1] - y0 : 1.0;
  double a = (low - y0) / step, b = (high - y0) / step;
  double first = smaller (a, b) - 0.01, last = larger (a, b) + 1.01;
  *ret_begin = (int) smaller (larger (first, 0.0), (double) rows->n);
  *ret_end = (int) larger (smaller (last, (double) rows->n), 0.0);
}

/* Rows that are not one run: those by the axis of a steep side go in cell by cell ... */
static void
add_slack_rows (struct sf_span_set *set, const struct sf_span_kernels *kernels, const struct sf_span_region *region,
                const struct sf_span_rows *rows, int row0, struct sf_spans *runs)
{
  int begin, end;
  rows_between (rows, -region->slack_down, region->slack_up, &begin, &end);
  for (int k = begin; k < end; k++)
    {
      add_cells (set, kernels, region, rows, k, row0 + k);
      runs->first[k] = 0;
      runs->last[k] = -1;
    }
}

/* ... and those by the eye in two parts. */
static void
add_eye_rows (struct sf_span_set *set, const struct sf_force_shape *shape, const struct sf_span_rows *rows, int row0,
              struct sf_spans *runs)
{
  int begin, end;
  double inner = sqrt (shape->inner2);
  rows_between (rows, -inner, inner, &begin, &end);
  for (int k = begin; k < end; k++)
    take_eye_out (set, row0 + k, shape, rows, k, runs);
}

/* The rows of the grid that a region may cut, [*ret_begin, *ret_end). */
static void
rows_of (const struct sf_wind_grid *grid, double lat_deg, const struct sf_span_region *region, int *ret_begin,
         int *ret_end)
{
  double margin = EDGE_SHARE * (region->y_max - region->y_min);
  double a = (lat_deg + (region->y_min - margin) / SF_FORCE_KM_PER_DEG - grid->lat0_deg) / grid->dlat_deg;
  double b = (lat_deg + (region->y_max + margin) / SF_FORCE_KM_PER_DEG - grid->lat0_deg) / grid->dlat_deg;
  double low = ceil (smaller (a, b) - EDGE_SHARE), high = floor (larger (a, b) + EDGE_SHARE);
  *ret_begin = (int) smaller (larger (low, 0.0), (double) grid->ny);
  *ret_end = (int) larger (smaller (high + 1.0, (double) grid->ny), 0.0);
}

/* Rows [row0, row0 + n) of one image of the grid. */
static void
add_rows (struct sf_span_set *set, const struct sf_span_kernels *kernels, const struct sf_wind_grid *grid,
          double lat_deg, const struct sf_span_region *region, struct sf_span_rows *rows, int row0)
{
  struct sf_spans runs;
  int32_t apart[SF_SPAN_ROWS];
#pragma omp simd
  for (int k = 0; k < rows->n; k++)
    rows->y[k] = (grid->lat0_deg + (row0 + k) * grid->dlat_deg - lat_deg) * SF_FORCE_KM_PER_DEG;
  find_runs (kernels, region, rows, &runs);
  if (region->slack_up > 0.0 || region->slack_down > 0.0)
    add_slack_rows (set, kernels, region, rows, row0, &runs);
  if (region->force && region->force->inner2 > 0.0)
    add_eye_rows (set, region->force, rows, row0, &runs);
  if (kernels->join (&runs, rows->n, set->nx, set->first + row0, set->last + row0, apart))
    part_runs (set, row0, &runs, rows->n, apart);
}

void
sf_span_set_add (struct sf_span_set *set, const struct sf_span_kernels *kernels, const struct sf_wind_grid *grid,
                 double lon_deg, double lat_deg, double km_per_deg_lon, const struct sf_span_region *region)
{
  double middle = grid->lon0_deg + 0.5 * grid->dlon_deg * (grid->nx - 1);
  double near = middle + remainder (lon_deg - middle, 360.0);
  int begin, end;
  rows_of (grid, lat_deg, region, &begin, &end);
  for (int image = -1; image <= 1 && begin < end; image++)
    {
      struct sf_span_rows rows
          = { .x0 = (grid->lon0_deg - (near + 360.0 * image)) * km_per_deg_lon, .hx = grid->dlon_deg * km_per_deg_lon };
      if (rows.x0 > region->x_max || rows.x0 + rows.hx * (grid->nx - 1) < region->x_min)
        continue;
      set->row_begin = begin < set->row_begin ? begin : set->row_begin;
      set->row_end = end > set->row_end ? end : set->row_end;
      for (int row = begin; row < end; row += SF_SPAN_ROWS)
        {
          rows.n = end - row < SF_SPAN_ROWS ? end - row : SF_SPAN_ROWS;
          add_rows (set, kernels, grid, lat_deg, region, &rows, row);
        }
    }
}
