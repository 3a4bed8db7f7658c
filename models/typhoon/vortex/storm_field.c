/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/storm_field.h"

#include <math.h>
#include <string.h>

#define KM_PER_DEG (SF_WIND_M_PER_DEG / 1000.0)
#define SECONDS_PER_HOUR 3600.0f

/* Values of one row, and of the whole band where times run straight from step to step. */
struct workspace
{
  struct sf_polar *polar;
  float *now, *share, *u, *v, *speed; /* nx each */
  float *before, *largest;            /* rows x nx */
};

double
sf_background_share (const struct sf_background *background, double r_km)
{
  double t = (background->none_km - r_km) / fmax (background->none_km - background->full_km, 1e-9);
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  return t * t * (3 - 2 * t);
}

size_t
sf_storm_field_workspace_bytes (const struct sf_storm_field *field, int rows)
{
  size_t nx = (size_t) field->grid.nx;
  return sizeof (struct sf_polar) * (field->storms + 1) + (5 * nx + 2 * nx * (size_t) rows) * sizeof (float);
}

static struct workspace
divide (const struct sf_storm_field *field, int rows, void *memory)
{
  size_t nx = (size_t) field->grid.nx;
  struct workspace w = { .polar = memory };
  w.now = (float *) (void *) (w.polar + field->storms + 1);
  w.share = w.now + nx;
  w.u = w.share + nx;
  w.v = w.u + nx;
  w.speed = w.v + nx;
  w.before = w.speed + nx;
  w.largest = w.before + nx * (size_t) rows;
  return w;
}

static enum sf_code
check (const struct sf_storm_field *field, int row0, int rows, struct sf_error *err)
{
  const struct sf_wind_grid *grid = &field->grid;
  if (grid->nx < 1 || grid->ny < 1 || !(grid->dlon_deg > 0) || !(fabs (grid->dlat_deg) > 0)
      || !isfinite (grid->lon0_deg + grid->lat0_deg))
    return sf_fail (err, SF_EINVAL, "wind grid of %d x %d cells of %g x %g degrees", grid->nx, grid->ny, grid->dlon_deg,
                    grid->dlat_deg);
  if (row0 < 0 || rows < 0 || row0 > grid->ny - rows)
    return sf_fail (err, SF_EINVAL, "wind rows %d to %d of a grid of %d rows", row0, row0 + rows, grid->ny);
  if (field->thresholds < 0 || field->thresholds > SF_WIND_MAX_THRESHOLDS)
    return sf_fail (err, SF_EINVAL, "%d wind thresholds: at most %d", field->thresholds, SF_WIND_MAX_THRESHOLDS);
  return SF_OK;
}

/* A row seen from a storm, or from one of its images 360 degrees away; cells [begin, end) are in reach. */
struct view
{
  double x0_km, hx_km, y_km;
  int begin, end;
};

static struct view
view_row (const struct sf_wind_grid *grid, const struct sf_storm_step *step, int row, int image)
{
  double middle = grid->lon0_deg + 0.5 * grid->dlon_deg * (grid->nx - 1);
  double eye_lon = middle + remainder (step->lon_deg - middle, 360.0) + 360.0 * image;
  double km_per_deg = KM_PER_DEG * step->cos_lat;
  struct view view = { .x0_km = (grid->lon0_deg - eye_lon) * km_per_deg,
                       .hx_km = grid->dlon_deg * km_per_deg,
                       .y_km = (grid->lat0_deg + row * grid->dlat_deg - step->lat_deg) * KM_PER_DEG };
  double half2 = step->reach_km * step->reach_km - view.y_km * view.y_km;
  if (half2 < 0)
    return view;
  double half = sqrt (half2);
  view.begin = (int) fmax (0, fmin (grid->nx, ceil ((-half - view.x0_km) / view.hx_km)));
  view.end = (int) fmax (view.begin, fmin (grid->nx, floor ((half - view.x0_km) / view.hx_km) + 1));
  return view;
}

static void
raise_share (const struct sf_storm_field *field, const struct view *view, float *share)
{
  for (int i = view->begin; i < view->end; i++)
    {
      double r_km = hypot (view->x0_km + i * view->hx_km, view->y_km);
      float own = (float) sf_background_share (field->background, r_km);
      share[i] = own > share[i] ? own : share[i];
    }
}

/* Cells out of reach of all storms keep their share of 0. */
static void
blend_speeds (const struct sf_storm_field *field, size_t step, int row, const struct workspace *w)
{
  field->background->row (field->background->ctx, step, row, NULL, NULL, w->speed);
  for (int i = 0; i < field->grid.nx; i++)
    if (!isnan (w->speed[i]))
      w->now[i] = w->share[i] * w->now[i] + (1 - w->share[i]) * w->speed[i];
}

static void
raise_exactly (const struct sf_storm_step *step, const struct view *view, float *speed_mps)
{
  for (int i = view->begin; i < view->end; i++)
    {
      double u, v;
      sf_storm_step_wind (step, view->x0_km + i * view->hx_km, view->y_km, &u, &v);
      speed_mps[i] = fmaxf (speed_mps[i], (float) hypot (u, v));
    }
}

/* Raise the row's speeds, and the storms' shares of them, to one storm's. */
static void
raise_row (const struct sf_storm_field *field, const struct sf_storm_step *step, const struct sf_polar *polar,
           const struct view *view, const struct workspace *w)
{
  if (field->exact)
    raise_exactly (step, view, w->now);
  else
    sf_polar_row (polar, SF_WIND_ISA_AUTO, (float) (view->x0_km + view->begin * view->hx_km), (float) view->hx_km,
                  (float) view->y_km, view->end - view->begin, w->now + view->begin);
  if (field->background)
    raise_share (field, view, w->share);
}

/* The speeds of one row at one step go to now. Storms out of the band's reach have an empty table. */
static void
compute_row (const struct sf_storm_field *field, size_t step, int row, const struct workspace *w)
{
  size_t nx = (size_t) field->grid.nx;
  memset (w->now, 0, nx * sizeof *w->now);
  memset (w->share, 0, nx * sizeof *w->share);
  for (size_t s = 0; s < field->storms; s++)
    for (int image = -1; w->polar[s].rows > 0 && image <= 1; image++)
      {
        struct view view = view_row (&field->grid, &field->storm[s][step], row, image);
        if (view.begin < view.end)
          raise_row (field, &field->storm[s][step], &w->polar[s], &view, w);
      }
  const float *ground = field->ground ? field->ground + (size_t) row * nx : NULL;
  for (size_t i = 0; ground && i < nx; i++)
    w->now[i] *= ground[i];
  if (field->background)
    blend_speeds (field, step, row, w);
}

/* The rows of one threshold's times. */
static struct sf_wind_spell
spell_of (const struct sf_wind_output *output, int threshold, size_t offset)
{
  const struct sf_wind_hours *hours = &output->hours[threshold];
  return (struct sf_wind_spell){ hours->arrival_h + offset, hours->end_h + offset, hours->duration_h + offset };
}

/* Each step at or above the threshold counts as one. */
static void
enter_step (struct sf_wind_spell spell, const float *now, float threshold_mps, float step, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (now[i] >= threshold_mps)
      {
        spell.first[i] = spell.first[i] < 0 ? step : spell.first[i];
        spell.last[i] = step;
        spell.count[i] += 1;
      }
}

static void
enter_row (const struct sf_storm_field *field, size_t step, size_t offset, const struct sf_wind_output *output,
           const struct workspace *w)
{
  const struct sf_wind_kernels *kernels = sf_wind_kernels_get (SF_WIND_ISA_AUTO);
  int nx = field->grid.nx;
  kernels->raise_float (w->largest + offset, w->now, nx);
  for (int t = 0; t < field->thresholds; t++)
    {
      float threshold = (float) field->threshold_mps[t];
      struct sf_wind_spell spell = spell_of (output, t, offset);
      if (field->times == SF_WIND_TIMES_LINEAR)
        kernels->enter_segment (spell, w->before + offset, w->now, threshold, (float) step, step == 0, nx);
      else
        enter_step (spell, w->now, threshold, (float) step, (size_t) nx);
    }
  memcpy (w->before + offset, w->now, (size_t) nx * sizeof *w->before);
}

static void
start_band (const struct sf_storm_field *field, size_t cells, const struct sf_wind_output *output,
            const struct workspace *w)
{
  memset (w->largest, 0, cells * sizeof *w->largest);
  memset (w->before, 0, cells * sizeof *w->before);
  for (int t = 0; t < field->thresholds; t++)
    for (size_t i = 0; i < cells; i++)
      {
        output->hours[t].arrival_h[i] = output->hours[t].end_h[i] = -1;
        output->hours[t].duration_h[i] = 0;
      }
}

static void
finish_band (const struct sf_storm_field *field, size_t cells, const struct sf_wind_output *output,
             const struct workspace *w)
{
  float step_h = (float) field->step_s / SECONDS_PER_HOUR;
  if (output->max_mps)
    memcpy (output->max_mps, w->largest, cells * sizeof *w->largest);
  for (int t = 0; t < field->thresholds; t++)
    for (size_t i = 0; i < cells; i++)
      {
        const struct sf_wind_hours *hours = &output->hours[t];
        hours->arrival_h[i] = hours->arrival_h[i] < 0 ? NAN : hours->arrival_h[i] * step_h;
        hours->end_h[i] = hours->end_h[i] < 0 ? NAN : hours->end_h[i] * step_h;
        hours->duration_h[i] *= step_h;
      }
}

static bool
reaches_band (const struct sf_wind_grid *grid, const struct sf_storm_step *step, int row0, int rows)
{
  double a = grid->lat0_deg + row0 * grid->dlat_deg, b = a + (rows - 1) * grid->dlat_deg;
  double gap_deg = fmax (fmin (a, b) - step->lat_deg, step->lat_deg - fmax (a, b));
  return step->active && gap_deg * KM_PER_DEG <= step->reach_km;
}

/* How far a storm is from a stretch of places from low to high, 0 within it. */
static double
gap_km (double low_km, double high_km)
{
  return low_km > 0 ? low_km : high_km < 0 ? -high_km : 0;
}

/* Where the cells of a band that a storm reaches lie around it. A hair more is looked at than is there: rounding. */
static struct sf_polar_view
look_at_band (const struct sf_wind_grid *grid, const struct sf_storm_step *step, int row0, int rows)
{
  const double hair_km = 0.01;
  struct sf_polar_view view = { .near_km = INFINITY };
  struct view first = view_row (grid, step, row0, 0), last = view_row (grid, step, row0 + rows - 1, 0);
  double south_km = fmin (first.y_km, last.y_km) - hair_km, north_km = fmax (first.y_km, last.y_km) + hair_km;
  for (int image = -1; image <= 1; image++)
    {
      struct view row = view_row (grid, step, row0, image);
      double west_km = row.x0_km - hair_km, east_km = row.x0_km + row.hx_km * (grid->nx - 1) + hair_km;
      double near_km = hypot (gap_km (west_km, east_km), gap_km (south_km, north_km));
      if (near_km > step->reach_km)
        continue;
      view.near_km = fmin (view.near_km, near_km);
      view.quadrant[0] |= east_km >= 0 && north_km >= 0;
      view.quadrant[1] |= east_km >= 0 && south_km <= 0;
      view.quadrant[2] |= west_km <= 0 && south_km <= 0;
      view.quadrant[3] |= west_km <= 0 && north_km >= 0;
    }
  return view;
}

enum sf_code
sf_storm_field_max (const struct sf_storm_field *field, int row0, int rows, void *workspace,
                    const struct sf_wind_output *output, struct sf_error *err)
{
  SF_TRY (check (field, row0, rows, err));
  struct workspace w = divide (field, rows, workspace);
  size_t nx = (size_t) field->grid.nx, cells = nx * (size_t) rows;
  bool before = false;
  start_band (field, cells, output, &w);
  for (size_t step = 0; step < field->steps; step++)
    {
      bool now = field->background != NULL;
      for (size_t s = 0; s < field->storms; s++)
        {
          w.polar[s].rows = 0;
          if (!reaches_band (&field->grid, &field->storm[s][step], row0, rows))
            continue;
          struct sf_polar_view view = look_at_band (&field->grid, &field->storm[s][step], row0, rows);
          if (isinf (view.near_km))
            continue;
          w.polar[s].rows = 1; /* in reach; mode exact needs no table */
          if (!field->exact)
            sf_polar_fill (&w.polar[s], &field->storm[s][step], &view);
          now = true;
        }
      for (int r = 0; (now || before) && r < rows; r++)
        {
          compute_row (field, step, row0 + r, &w);
          enter_row (field, step, (size_t) r * nx, output, &w);
        }
      before = now;
    }
  finish_band (field, cells, output, &w);
  return SF_OK;
}

/* --- one step, exactly --- */

struct cell
{
  double u, v, speed, share;
  bool reached;
};

static void
look_from (const struct sf_storm_field *field, const struct sf_storm_step *step, double x_km, double y_km,
           struct cell *cell)
{
  double u, v;
  if (!step->active || hypot (x_km, y_km) > step->reach_km)
    return;
  sf_storm_step_wind (step, x_km, y_km, &u, &v);
  if (!cell->reached || hypot (u, v) > cell->speed)
    {
      cell->u = u;
      cell->v = v;
      cell->speed = hypot (u, v);
    }
  if (field->background)
    cell->share = fmax (cell->share, sf_background_share (field->background, hypot (x_km, y_km)));
  cell->reached = true;
}

static void
blend_cell (struct cell *cell, float u, float v, float speed)
{
  if (isnan (speed))
    return;
  double own = cell->share, east = own * cell->u + (1 - own) * (double) u,
         north = own * cell->v + (1 - own) * (double) v;
  cell->speed = own * cell->speed + (1 - own) * (double) speed;
  double length = hypot (east, north);
  cell->u = length > 0 ? east / length * cell->speed : 0;
  cell->v = length > 0 ? north / length * cell->speed : 0;
  cell->reached = true;
}

static struct cell
compute_cell (const struct sf_storm_field *field, size_t step, int row, int column, const struct workspace *w)
{
  const struct sf_wind_grid *grid = &field->grid;
  struct cell cell = { 0 };
  double lon = grid->lon0_deg + column * grid->dlon_deg, lat = grid->lat0_deg + row * grid->dlat_deg;
  for (size_t s = 0; s < field->storms; s++)
    {
      const struct sf_storm_step *storm = &field->storm[s][step];
      look_from (field, storm, remainder (lon - storm->lon_deg, 360.0) * KM_PER_DEG * storm->cos_lat,
                 (lat - storm->lat_deg) * KM_PER_DEG, &cell);
    }
  if (field->ground)
    {
      double factor = (double) field->ground[(size_t) row * (size_t) grid->nx + (size_t) column];
      cell.u *= factor;
      cell.v *= factor;
      cell.speed *= factor;
    }
  if (field->background)
    blend_cell (&cell, w->u[column], w->v[column], w->speed[column]);
  return cell;
}

static void
put (float *out, size_t at, const struct cell *cell, double value)
{
  if (out)
    out[at] = cell->reached ? (float) value : NAN;
}

enum sf_code
sf_storm_field_step (const struct sf_storm_field *field, size_t step, const struct sf_cell_window *window,
                     void *workspace, float *u_mps, float *v_mps, float *speed_mps, struct sf_error *err)
{
  SF_TRY (check (field, window->row0, window->rows, err));
  if (window->column0 < 0 || window->columns < 0 || window->column0 > field->grid.nx - window->columns)
    return sf_fail (err, SF_EINVAL, "wind columns %d to %d of a grid of %d columns", window->column0,
                    window->column0 + window->columns, field->grid.nx);
  if (step >= field->steps)
    return sf_fail (err, SF_EINVAL, "wind step %zu of %zu", step, field->steps);
  struct workspace w = divide (field, window->rows, workspace);
  size_t at = 0;
  for (int r = window->row0; r < window->row0 + window->rows; r++)
    {
      if (field->background)
        field->background->row (field->background->ctx, step, r, w.u, w.v, w.speed);
      for (int i = window->column0; i < window->column0 + window->columns; i++, at++)
        {
          struct cell cell = compute_cell (field, step, r, i, &w);
          put (u_mps, at, &cell, cell.u);
          put (v_mps, at, &cell, cell.v);
          put (speed_mps, at, &cell, cell.speed);
        }
    }
  return SF_OK;
}
