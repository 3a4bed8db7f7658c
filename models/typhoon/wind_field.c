/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/wind_field.h"

#include <math.h>
#include <string.h>

#define DEG_RAD (M_PI / 180.0)
#define SECONDS_PER_HOUR 3600.0

/* Cells that are worked on at a time, so that their state stays in the second-level cache. */
#define BLOCK_CELLS 38400

/* A table that reaches a little beyond the last cell, and an exact core a little larger than needed: float rounding. */
#define TABLE_MARGIN 1.001
#define CORE_RMW_SHARE 0.0626
#define MAX_DISTANCE_LIMIT_M 2000e3

struct workspace
{
  struct sf_wind_table *table;
  double *row_double, *row_u, *row_v; /* nx each */
  float *row_float, *row_now;         /* nx each */
  double *largest_double;             /* a block each, from here on */
  float *largest_float, *before;
  int32_t *marks;    /* SF_WIND_MAX_THRESHOLDS blocks */
  float *before_top; /* the largest of before in each row of the block */
};

/* Rows [row0, row0 + rows) of the grid, and where their results stand. */
struct block
{
  int row0, rows;
  size_t cells;
  struct sf_wind_spell spells[SF_WIND_MAX_THRESHOLDS];
};

/* Columns [begin, end). */
struct span
{
  int begin, end;
};

void
sf_wind_settings_init (struct sf_wind_settings *settings)
{
  *settings = (struct sf_wind_settings){ .mode = SF_WIND_FAST,
                                         .times = SF_WIND_TIMES_STEP,
                                         .max_distance_m = 300e3,
                                         .cutoff_mps = 17.5,
                                         .scale = 1.0,
                                         .isa = SF_WIND_ISA_AUTO };
}

static int
block_rows (int nx)
{
  return nx < BLOCK_CELLS ? BLOCK_CELLS / nx : 1;
}

static size_t
block_cells (int nx)
{
  return (size_t) block_rows (nx) * (size_t) nx;
}

size_t
sf_wind_workspace_bytes (int nx)
{
  size_t row_bytes = (size_t) nx * (3 * sizeof (double) + 2 * sizeof (float));
  size_t cell_bytes = sizeof (double) + 2 * sizeof (float) + SF_WIND_MAX_THRESHOLDS * sizeof (int32_t);
  size_t top_bytes = (size_t) block_rows (nx) * sizeof (float);
  return sizeof (struct sf_wind_table) + row_bytes + block_cells (nx) * cell_bytes + top_bytes;
}

static struct workspace
divide_workspace (void *memory, int nx)
{
  size_t columns = (size_t) nx, cells = block_cells (nx);
  struct workspace w;
  w.table = memory;
  w.row_double = (void *) (w.table + 1);
  w.row_u = w.row_double + columns;
  w.row_v = w.row_u + columns;
  w.largest_double = w.row_v + columns;
  w.row_float = (void *) (w.largest_double + cells);
  w.row_now = w.row_float + columns;
  w.largest_float = w.row_now + columns;
  w.before = w.largest_float + cells;
  w.marks = (void *) (w.before + cells);
  w.before_top = (void *) (w.marks + SF_WIND_MAX_THRESHOLDS * cells);
  return w;
}

static enum sf_code
check_grid (const struct sf_wind_grid *grid, struct sf_error *err)
{
  if (grid->nx < 1 || grid->ny < 1)
    return sf_fail (err, SF_EINVAL, "wind grid of %d x %d cells: both must be at least 1", grid->nx, grid->ny);
  if (!(grid->dlon_deg > 0.0) || !(fabs (grid->dlat_deg) > 0.0) || !isfinite (grid->lon0_deg + grid->lat0_deg))
    return sf_fail (err, SF_EINVAL,
                    "wind grid with cells of %g x %g degrees: columns must go east, rows north or south",
                    grid->dlon_deg, grid->dlat_deg);
  if (grid->dlon_deg * grid->nx > 360.0 + 1e-9 * grid->dlon_deg)
    return sf_fail (err, SF_EINVAL, "wind grid of %g degrees of longitude: at most 360", grid->dlon_deg * grid->nx);
  return SF_OK;
}

static enum sf_code
check_settings (const struct sf_wind_settings *settings, struct sf_error *err)
{
  if (!(settings->max_distance_m > 0.0 && settings->max_distance_m <= MAX_DISTANCE_LIMIT_M))
    return sf_fail (err, SF_EINVAL, "wind max_distance_m %g: must be above 0 and at most %g", settings->max_distance_m,
                    MAX_DISTANCE_LIMIT_M);
  if (!(settings->scale > 0.0 && settings->scale < 10.0))
    return sf_fail (err, SF_EINVAL, "wind scale %g: must be above 0 and below 10", settings->scale);
  if (settings->thresholds < 0 || settings->thresholds > SF_WIND_MAX_THRESHOLDS)
    return sf_fail (err, SF_EINVAL, "%d wind thresholds: at most %d", settings->thresholds, SF_WIND_MAX_THRESHOLDS);
  for (int t = 0; t < settings->thresholds; t++)
    if (!(settings->threshold_mps[t] > 0.0))
      return sf_fail (err, SF_EINVAL, "wind threshold %g m/s: must be above 0", settings->threshold_mps[t]);
  return SF_OK;
}

static enum sf_code
check_call (const struct sf_wind_field *field, int row0, int rows, struct sf_error *err)
{
  SF_TRY (check_grid (&field->grid, err));
  SF_TRY (check_settings (&field->settings, err));
  if (row0 < 0 || rows < 0 || row0 > field->grid.ny - rows)
    return sf_fail (err, SF_EINVAL, "wind rows %d to %d of a grid of %d rows", row0, row0 + rows, field->grid.ny);
  return SF_OK;
}

/* The cells of a row whose distance from the eye is at most (closed) or less than limit_m. x0_m is the first cell's. */
static struct span
cells_within (double x0_m, double hx_m, double y_m, double limit_m, int nx)
{
  double limit2 = limit_m * limit_m, half2 = limit2 - y_m * y_m;
  if (half2 < 0.0)
    return (struct span){ 0, 0 };
  double half = sqrt (half2), left = ceil ((-half - x0_m) / hx_m), right = floor ((half - x0_m) / hx_m);
  double begin = fmax (0.0, left - 1.0), end = fmin ((double) nx, right + 2.0);
  if (begin >= end)
    return (struct span){ 0, 0 };
  struct span span = { (int) begin, (int) end };
  double x = x0_m + span.begin * hx_m;
  while (span.begin < span.end && x * x + y_m * y_m > limit2)
    x = x0_m + ++span.begin * hx_m;
  x = x0_m + (span.end - 1) * hx_m;
  while (span.begin < span.end && x * x + y_m * y_m > limit2)
    x = x0_m + (--span.end - 1) * hx_m;
  return span;
}

static struct sf_wind_eye
eye_of (const struct sf_wind_track *track, size_t step)
{
  const struct sf_wind_node *node = &track->nodes[step];
  return (struct sf_wind_eye){ .radial = node->radial,
                               .spin = track->hemisphere,
                               .vt_east_mps = node->vt_east_mps,
                               .vt_north_mps = node->vt_north_mps,
                               .taken_mps = sf_wind_model_holds_motion (track->model) ? node->vt_mps : 0.0 };
}

/* One step seen from one row of the grid, or from one of its images 360 degrees away. */
struct row_view
{
  double x0_m, hx_m, y_m;
  struct span reach;
};

static struct row_view
view_row (const struct sf_wind_field *field, const struct sf_wind_node *node, int row, int image)
{
  const struct sf_wind_grid *grid = &field->grid;
  double middle = grid->lon0_deg + 0.5 * grid->dlon_deg * (grid->nx - 1);
  double eye_lon = middle + remainder (node->lon_deg - middle, 360.0) + 360.0 * image;
  double m_per_deg = SF_WIND_M_PER_DEG * node->cos_lat;
  struct row_view view = { .x0_m = (grid->lon0_deg - eye_lon) * m_per_deg,
                           .hx_m = grid->dlon_deg * m_per_deg,
                           .y_m = (grid->lat0_deg + row * grid->dlat_deg - node->lat_deg) * SF_WIND_M_PER_DEG };
  view.reach = cells_within (view.x0_m, view.hx_m, view.y_m, field->settings.max_distance_m, grid->nx);
  return view;
}

/* Squared speeds of some cells from the table; speeds2 is indexed by column. */
static void
fast_cells (const struct sf_wind_kernels *kernels, const struct sf_wind_table *table, const struct row_view *view,
            struct span cells, float *speeds2)
{
  if (cells.begin < cells.end)
    kernels->fast_row (table, (float) (view->x0_m + cells.begin * view->hx_m), (float) view->hx_m, (float) view->y_m,
                       cells.end - cells.begin, speeds2 + cells.begin);
}

/* Squared speeds of the cells in reach go to row_float: from the table, those by the eye exactly. */
static void
fast_row (const struct sf_wind_kernels *kernels, const struct sf_wind_eye *eye, const struct row_view *view, int nx,
          const struct workspace *w)
{
  struct span core = cells_within (view->x0_m, view->hx_m, view->y_m, CORE_RMW_SHARE * eye->radial.rmw_m, nx),
              reach = view->reach;
  if (core.begin >= core.end)
    {
      fast_cells (kernels, w->table, view, reach, w->row_float);
      return;
    }
  core.begin = core.begin > reach.begin ? core.begin : reach.begin;
  core.end = core.end < reach.end ? core.end : reach.end;
  fast_cells (kernels, w->table, view, (struct span){ reach.begin, core.begin }, w->row_float);
  fast_cells (kernels, w->table, view, (struct span){ core.end, reach.end }, w->row_float);
  kernels->exact_row (eye, view->x0_m + core.begin * view->hx_m, view->hx_m, view->y_m, core.end - core.begin,
                      w->row_double, NULL, NULL);
  for (int i = core.begin; i < core.end; i++)
    w->row_float[i] = (float) w->row_double[i - core.begin];
}

/* Squared speeds of the cells in reach go to row_float (fast) or row_double (exact), indexed by column. */
static void
compute_row (const struct sf_wind_field *field, const struct sf_wind_kernels *kernels, const struct sf_wind_eye *eye,
             const struct row_view *view, const struct workspace *w)
{
  struct span reach = view->reach;
  if (field->settings.mode == SF_WIND_FAST)
    fast_row (kernels, eye, view, field->grid.nx, w);
  else
    kernels->exact_row (eye, view->x0_m + reach.begin * view->hx_m, view->hx_m, view->y_m, reach.end - reach.begin,
                        w->row_double + reach.begin, NULL, NULL);
}

/* Raise the maxima of the cells in reach, and mark the thresholds that they meet. offset: of the row in the block. */
static void
enter_row (const struct sf_wind_field *field, const struct sf_wind_kernels *kernels, struct span reach, size_t offset,
           size_t block_size, int32_t bit, const struct workspace *w)
{
  const struct sf_wind_settings *settings = &field->settings;
  int n = reach.end - reach.begin, fast = settings->mode == SF_WIND_FAST;
  size_t at = offset + (size_t) reach.begin;
  const float *speeds = w->row_float + reach.begin;
  const double *exact = w->row_double + reach.begin;
  if (fast)
    kernels->raise_float (w->largest_float + at, speeds, n);
  else
    kernels->raise_double (w->largest_double + at, exact, n);
  for (int t = 0; t < settings->thresholds && settings->times == SF_WIND_TIMES_STEP; t++)
    {
      double threshold = settings->threshold_mps[t] / settings->scale;
      int32_t *marks = w->marks + (size_t) t * block_size + at;
      if (fast)
        kernels->mark_float (marks, speeds, (float) (threshold * threshold), bit, n);
      else
        kernels->mark_double (marks, exact, threshold * threshold, bit, n);
    }
}

/* Put the unscaled speeds of the cells in reach into row_now; returns the largest. */
static float
keep_speeds (const struct sf_wind_field *field, struct span reach, const struct workspace *w)
{
  float top2 = 0.0f;
  int fast = field->settings.mode == SF_WIND_FAST;
  for (int i = reach.begin; i < reach.end; i++)
    {
      float speed2 = fast ? w->row_float[i] : (float) w->row_double[i];
      top2 = speed2 > top2 ? speed2 : top2;
      w->row_now[i] = fast ? sqrtf (speed2) : (float) sqrt (w->row_double[i]);
    }
  /* Rounded up: the top decides whether a threshold can be met at all. */
  return sqrtf (top2) * 1.000001f;
}

/* Follow the straight lines from the step before to row_now, then make row_now the step before. row: of the block; top: the
   largest of row_now. A threshold above both rows' tops is met nowhere between them. */
static void
enter_lines (const struct sf_wind_field *field, const struct sf_wind_kernels *kernels, const struct block *block,
             int row, size_t step, int opening, float top, const struct workspace *w)
{
  int nx = field->grid.nx;
  size_t offset = (size_t) row * (size_t) nx;
  float top_of_both = top > w->before_top[row] ? top : w->before_top[row];
  for (int t = 0; t < field->settings.thresholds; t++)
    {
      struct sf_wind_spell spell = block->spells[t];
      spell = (struct sf_wind_spell){ spell.first + offset, spell.last + offset, spell.count + offset };
      float threshold = (float) (field->settings.threshold_mps[t] / field->settings.scale);
      if (top_of_both >= threshold)
        kernels->enter_segment (spell, w->before + offset, w->row_now, threshold, (float) step, opening, nx);
    }
  if (top_of_both > 0.0f)
    memcpy (w->before + offset, w->row_now, (size_t) nx * sizeof *w->before);
  w->before_top[row] = top;
}

/* The distance, along the meridian, from the node to the nearest row of the block; 0 if it lies between its rows. */
static double
distance_to_block_m (const struct sf_wind_field *field, const struct block *block, const struct sf_wind_node *node)
{
  const struct sf_wind_grid *grid = &field->grid;
  double a = grid->lat0_deg + block->row0 * grid->dlat_deg, b = a + (block->rows - 1) * grid->dlat_deg;
  double gap_deg = fmax (fmin (a, b) - node->lat_deg, node->lat_deg - fmax (a, b));
  return fmax (0.0, gap_deg * SF_WIND_M_PER_DEG);
}

/* Enter one step into the block. opening: no earlier step made wind. */
static void
enter_step (const struct sf_wind_field *field, const struct sf_wind_kernels *kernels, const struct block *block,
            size_t step, int opening, const struct workspace *w)
{
  const struct sf_wind_node *node = &field->track->nodes[step];
  const struct sf_wind_settings *settings = &field->settings;
  double distance_m = distance_to_block_m (field, block, node);
  int in_reach = node->active && distance_m <= settings->max_distance_m, nx = field->grid.nx;
  int lines = settings->times == SF_WIND_TIMES_LINEAR && settings->thresholds > 0;
  if (!in_reach && !lines)
    return;
  struct sf_wind_eye eye = eye_of (field->track, step);
  double near_rmw = distance_m / eye.radial.rmw_m, far_rmw = settings->max_distance_m / eye.radial.rmw_m;
  int32_t bit = (int32_t) 1 << (step % SF_WIND_MARK_STEPS);
  if (in_reach && settings->mode == SF_WIND_FAST)
    kernels->fill_table (w->table, &eye, near_rmw * near_rmw / TABLE_MARGIN, TABLE_MARGIN * far_rmw * far_rmw);
  for (int r = 0; r < block->rows; r++)
    {
      size_t offset = (size_t) r * (size_t) nx;
      float top = 0.0f;
      if (lines && (in_reach || w->before_top[r] > 0.0f))
        memset (w->row_now, 0, (size_t) nx * sizeof *w->row_now);
      for (int image = -1; in_reach && image <= 1; image++)
        {
          struct row_view view = view_row (field, node, block->row0 + r, image);
          if (view.reach.begin >= view.reach.end)
            continue;
          compute_row (field, kernels, &eye, &view, w);
          enter_row (field, kernels, view.reach, offset, block->cells, bit, w);
          if (lines)
            top = fmaxf (top, keep_speeds (field, view.reach, w));
        }
      if (lines)
        enter_lines (field, kernels, block, r, step, opening, top, w);
    }
}

static void
clear_block (const struct sf_wind_field *field, const struct block *block, const struct workspace *w)
{
  memset (w->largest_float, 0, block->cells * sizeof *w->largest_float);
  if (field->settings.mode == SF_WIND_EXACT)
    memset (w->largest_double, 0, block->cells * sizeof *w->largest_double);
  if (field->settings.thresholds == 0)
    return;
  memset (w->before, 0, block->cells * sizeof *w->before);
  memset (w->before_top, 0, (size_t) block->rows * sizeof *w->before_top);
  memset (w->marks, 0, (size_t) field->settings.thresholds * block->cells * sizeof *w->marks);
  for (int t = 0; field->settings.times == SF_WIND_TIMES_LINEAR && t < field->settings.thresholds; t++)
    for (size_t i = 0; i < block->cells; i++)
      {
        block->spells[t].first[i] = block->spells[t].last[i] = -1.0f;
        block->spells[t].count[i] = 0.0f;
      }
}

/* Turn the marks of the steps that end with step (counting from a multiple of SF_WIND_MARK_STEPS) into steps. */
static void
enter_marks (const struct sf_wind_field *field, const struct sf_wind_kernels *kernels, const struct block *block,
             size_t step, const struct workspace *w)
{
  size_t first = step - step % SF_WIND_MARK_STEPS;
  for (int t = 0; t < field->settings.thresholds; t++)
    kernels->enter_marks (block->spells[t], w->marks + (size_t) t * block->cells, (float) first, first == 0,
                          (int) block->cells);
}

/* Write the block's maxima; at: of its first cell in the output. */
static void
finish_maxima (const struct sf_wind_field *field, const struct block *block, const struct sf_wind_output *output,
               size_t at, const struct workspace *w)
{
  double scale = field->settings.scale, cutoff = field->settings.cutoff_mps;
  int fast = field->settings.mode == SF_WIND_FAST;
  for (size_t i = 0; i < block->cells && (output->max_mps || output->max_double_mps); i++)
    {
      double speed = scale * (fast ? (double) sqrtf (w->largest_float[i]) : sqrt (w->largest_double[i]));
      speed = speed < cutoff ? 0.0 : speed;
      if (output->max_mps)
        output->max_mps[at + i] = (float) speed;
      if (output->max_double_mps)
        output->max_double_mps[at + i] = speed;
    }
}

/* Turn steps into hours in place, and "never" into NaN. */
static void
finish_hours (const struct sf_wind_spell *spell, size_t cells, float step_h)
{
  for (size_t i = 0; i < cells; i++)
    {
      spell->first[i] = spell->first[i] < 0.0f ? NAN : spell->first[i] * step_h;
      spell->last[i] = spell->last[i] < 0.0f ? NAN : spell->last[i] * step_h;
      spell->count[i] *= step_h;
    }
}

static void
compute_block (const struct sf_wind_field *field, const struct sf_wind_kernels *kernels, const struct block *block,
               const struct sf_wind_output *output, size_t at, const struct workspace *w)
{
  const struct sf_wind_track *track = field->track;
  int marking = field->settings.thresholds > 0 && field->settings.times == SF_WIND_TIMES_STEP, opening = 1;
  clear_block (field, block, w);
  for (size_t step = 0; step < track->n; step++)
    {
      if (track->nodes[step].active || !opening)
        enter_step (field, kernels, block, step, opening, w);
      opening = opening && !track->nodes[step].active;
      if (marking && (step % SF_WIND_MARK_STEPS == SF_WIND_MARK_STEPS - 1 || step == track->n - 1))
        enter_marks (field, kernels, block, step, w);
    }
  finish_maxima (field, block, output, at, w);
  for (int t = 0; t < field->settings.thresholds; t++)
    finish_hours (&block->spells[t], block->cells, (float) ((double) track->step_s / SECONDS_PER_HOUR));
}

enum sf_code
sf_wind_field_max (const struct sf_wind_field *field, int row0, int rows, void *workspace,
                   const struct sf_wind_output *output, struct sf_error *err)
{
  SF_TRY (check_call (field, row0, rows, err));
  const struct sf_wind_kernels *kernels = sf_wind_kernels_get (field->settings.isa);
  struct workspace w = divide_workspace (workspace, field->grid.nx);
  int most = block_rows (field->grid.nx);
  for (int done = 0; done < rows; done += most)
    {
      size_t at = (size_t) done * (size_t) field->grid.nx;
      struct block block = { .row0 = row0 + done, .rows = rows - done < most ? rows - done : most };
      block.cells = (size_t) block.rows * (size_t) field->grid.nx;
      for (int t = 0; t < field->settings.thresholds; t++)
        block.spells[t] = (struct sf_wind_spell){ output->hours[t].arrival_h + at, output->hours[t].end_h + at,
                                                  output->hours[t].duration_h + at };
      compute_block (field, kernels, &block, output, at, &w);
    }
  return SF_OK;
}

/* Write the cells in reach; out is the row, values begin with the first cell in reach. */
static void
write_cells (const double *values, double scale, struct span reach, float *out)
{
  if (out)
    for (int i = reach.begin; i < reach.end; i++)
      out[i] = (float) (scale * values[i - reach.begin]);
}

static void
fill_cells (float *out, size_t n, double value)
{
  for (size_t i = 0; out && i < n; i++)
    out[i] = (float) value;
}

enum sf_code
sf_wind_field_step (const struct sf_wind_field *field, size_t step, int row0, int rows, void *workspace, float *u_mps,
                    float *v_mps, float *speed_mps, struct sf_error *err)
{
  SF_TRY (check_call (field, row0, rows, err));
  if (step >= field->track->n)
    return sf_fail (err, SF_EINVAL, "wind step %zu of a track of %zu nodes", step, field->track->n);
  const struct sf_wind_node *node = &field->track->nodes[step];
  const struct sf_wind_kernels *kernels = sf_wind_kernels_get (field->settings.isa);
  struct workspace w = divide_workspace (workspace, field->grid.nx);
  struct sf_wind_eye eye = eye_of (field->track, step);
  size_t nx = (size_t) field->grid.nx;
  double scale = field->settings.scale;
  fill_cells (u_mps, nx * (size_t) rows, field->settings.beyond_mps);
  fill_cells (v_mps, nx * (size_t) rows, field->settings.beyond_mps);
  fill_cells (speed_mps, nx * (size_t) rows, field->settings.beyond_mps);
  for (int view_index = 0; node->active && view_index < 3 * rows; view_index++)
    {
      int row = view_index / 3, image = view_index % 3 - 1;
      struct row_view view = view_row (field, node, row0 + row, image);
      int n = view.reach.end - view.reach.begin;
      if (n < 1)
        continue;
      size_t at = (size_t) row * nx;
      kernels->exact_row (&eye, view.x0_m + view.reach.begin * view.hx_m, view.hx_m, view.y_m, n, w.row_double, w.row_u,
                          w.row_v);
      for (int i = 0; i < n; i++)
        w.row_double[i] = sqrt (w.row_double[i]);
      write_cells (w.row_u, scale, view.reach, u_mps ? u_mps + at : NULL);
      write_cells (w.row_v, scale, view.reach, v_mps ? v_mps + at : NULL);
      write_cells (w.row_double, scale, view.reach, speed_mps ? speed_mps + at : NULL);
    }
  return SF_OK;
}

void
sf_wind_at (const struct sf_wind_track *track, size_t step, double max_distance_m, double lon_deg, double lat_deg,
            double *u_mps, double *v_mps)
{
  const struct sf_wind_node *node = &track->nodes[step];
  double east_m = remainder (lon_deg - node->lon_deg, 360.0) * SF_WIND_M_PER_DEG * node->cos_lat;
  double north_m = (lat_deg - node->lat_deg) * SF_WIND_M_PER_DEG;
  double r_m = hypot (east_m, north_m);
  *u_mps = *v_mps = 0.0;
  if (!node->active || r_m > max_distance_m || r_m <= 1.0)
    return;
  double share = sf_wind_motion_share (r_m, node->radial.rmw_m);
  double around_mps = sf_wind_radial_mps (&node->radial, r_m);
  if (sf_wind_model_holds_motion (track->model))
    around_mps -= node->vt_mps * share;
  *u_mps = -track->hemisphere * around_mps * north_m / r_m + node->vt_east_mps * share;
  *v_mps = track->hemisphere * around_mps * east_m / r_m + node->vt_north_mps * share;
}

double
sf_wind_max_at (const struct sf_wind_track *track, const struct sf_wind_settings *settings, double lon_deg,
                double lat_deg)
{
  double largest_mps = 0.0, u_mps, v_mps;
  for (size_t step = 0; step < track->n; step++)
    {
      sf_wind_at (track, step, settings->max_distance_m, lon_deg, lat_deg, &u_mps, &v_mps);
      largest_mps = fmax (largest_mps, hypot (u_mps, v_mps));
    }
  largest_mps *= settings->scale;
  return largest_mps < settings->cutoff_mps ? 0.0 : largest_mps;
}
