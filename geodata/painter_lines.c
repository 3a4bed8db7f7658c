/* SPDX-License-Identifier: Apache-2.0 */
/* Isolines with their numbers. The field is taken, bilinear, at the nodes of a lattice that hangs on the plane of pixels,
   and the lines are traced there: their cost depends on the window alone, they run where a bilinear picture of the classes
   changes its colour, and neighbouring windows trace the same squares. Numbers belong to the cells of a second lattice;
   which lines of a cell carry one, and where, depends on that cell alone, and none reaches beyond it. */
#include "geodata/drawn_ink.h"

#include "core/base/mem.h"
#include "geodata/contour.h"
#include "geodata/painter_private.h"
#include "geodata/picture_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum
{
  STEP_PX = 4,
  AROUND_PX = 2 * STEP_PX,
  CELL_PX = 128, /* of the lattice of numbers; windows that are tiles hold whole cells */
  CELL_NUMBERS = 6
};

#define TEXT_PX 11.5
#define CASING_PX 0.9
#define CLEAR_PX 2.0

/* The outline of a level's number around its middle; width 0 where it carries none. */
struct number
{
  cairo_path_t *outline;
  double width, height;
};

struct lines
{
  int count;
  struct number *numbers; /* one for each level of the style */
};

/* A number that was given its place: the middle, in pixels of the window. */
struct placed
{
  int level;
  double x, y, angle, reach;
};

struct cell
{
  struct placed numbers[CELL_NUMBERS];
  int count;
};

/* The cells that touch the window: cell (i, j) begins at pixel (left + i * CELL_PX, top + j * CELL_PX) of the window. */
struct cells
{
  struct cell *list;
  int columns, rows;
  double left, top;
  int64_t parity; /* of column and row of the first cell, counted on the plane */
};

/* The best place found for a level's number in a cell; away: from the cell's middle. */
struct candidate
{
  double away_x, away_y, x, y, angle;
};

static void
lines_finish (struct sf_painter *painter)
{
  struct lines *lines = painter->state;
  for (int i = 0; i < lines->count; i++)
    if (lines->numbers[i].outline)
      cairo_path_destroy (lines->numbers[i].outline);
  sf_mem_free (lines->numbers);
  sf_mem_free (lines);
}

static bool
outline_number (cairo_t *cr, PangoContext *pango, double value, struct number *number)
{
  char text[32];
  PangoRectangle ink;
  snprintf (text, sizeof text, "%g", value);
  PangoLayout *layout = sf_sheet_new_layout (pango, TEXT_PX, true, text);
  pango_layout_get_extents (layout, &ink, NULL);
  number->width = (double) ink.width / PANGO_SCALE;
  number->height = (double) ink.height / PANGO_SCALE;
  cairo_new_path (cr);
  cairo_move_to (cr, -(double) ink.x / PANGO_SCALE - number->width / 2,
                 -(double) ink.y / PANGO_SCALE - number->height / 2);
  pango_cairo_layout_path (cr, layout);
  number->outline = cairo_copy_path (cr);
  g_object_unref (layout);
  return number->outline->status == CAIRO_STATUS_SUCCESS;
}

/* Fonts are found and letters shaped once: that costs more than a tile. */
static enum sf_code
lines_init (struct sf_painter *painter, struct sf_error *err)
{
  const struct sf_style *style = painter->source.style;
  struct lines *lines = sf_mem_calloc (1, sizeof *lines);
  struct number *numbers = sf_mem_calloc ((size_t) style->entries_count, sizeof *numbers);
  bool good = lines && numbers;
  if (!good)
    {
      sf_mem_free (numbers);
      sf_mem_free (lines);
      return sf_fail (err, SF_ENOMEM, "painter: out of memory");
    }
  *lines = (struct lines){ .count = style->entries_count, .numbers = numbers };
  painter->state = lines;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  PangoContext *pango = sf_sheet_new_pango (cr);
  for (int i = 0; good && style->label_every && i < style->entries_count; i += style->label_every)
    good = outline_number (cr, pango, style->entries[i].from, &numbers[i]);
  g_object_unref (pango);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  if (!good)
    {
      lines_finish (painter);
      return sf_fail (err, SF_ENOMEM, "painter: out of memory");
    }
  return SF_OK;
}

static bool
cells_init (struct cells *cells, const struct drawn_plane *plane)
{
  double first_column = floor (plane->column / CELL_PX), first_row = floor (plane->row / CELL_PX);
  cells->columns = (int) (ceil ((plane->column + plane->width) / CELL_PX) - first_column);
  cells->rows = (int) (ceil ((plane->row + plane->height) / CELL_PX) - first_row);
  cells->left = first_column * CELL_PX - plane->column;
  cells->top = first_row * CELL_PX - plane->row;
  cells->parity = (int64_t) first_column + (int64_t) first_row;
  cells->list = sf_mem_calloc ((size_t) cells->columns * (size_t) cells->rows, sizeof *cells->list);
  return cells->list != NULL;
}

/* How far the cells, which numbers do not leave, reach beyond the window. */
static int
cells_margin (const struct cells *cells, const struct drawn_plane *plane)
{
  double right = cells->left + cells->columns * CELL_PX - plane->width,
         bottom = cells->top + cells->rows * CELL_PX - plane->height;
  return (int) ceil (fmax (fmax (-cells->left, -cells->top), fmax (right, bottom)));
}

/* Walk along a line from point i for a length, `way` points at a time; false when the line ends before. Closed lines go
   round. */
static bool
walk (const double *xy, size_t points, size_t i, int way, double length, double *ret_x, double *ret_y)
{
  bool closed = xy[0] == xy[2 * points - 2] && xy[1] == xy[2 * points - 1];
  double x = xy[2 * i], y = xy[2 * i + 1];
  for (size_t steps = 0; steps < points; steps++)
    {
      if (way > 0 ? i + 1 >= points : i == 0)
        {
          if (!closed)
            return false;
          i = way > 0 ? 0 : points - 1;
        }
      i += way > 0 ? 1 : (size_t) -1;
      double dx = xy[2 * i] - x, dy = xy[2 * i + 1] - y, part = hypot (dx, dy);
      if (part >= length)
        {
          *ret_x = x + dx * length / part;
          *ret_y = y + dy * length / part;
          return true;
        }
      length -= part;
      x = xy[2 * i];
      y = xy[2 * i + 1];
    }
  return false;
}

/* The direction in which a number can be written at a point, NaN where the line bends too much or ends. */
static double
text_angle (const double *xy, size_t points, size_t i, double half_width)
{
  double x0, y0, x1, y1;
  if (!walk (xy, points, i, -1, half_width, &x0, &y0) || !walk (xy, points, i, 1, half_width, &x1, &y1)
      || hypot (x1 - x0, y1 - y0) < 1.85 * half_width)
    return NAN;
  double angle = atan2 (y1 - y0, x1 - x0);
  /* not upside down; meridians, which are many, stay clear of the bound */
  return angle > M_PI * 4 / 9 ? angle - M_PI : angle <= -M_PI * 5 / 9 ? angle + M_PI : angle;
}

/* Half the diagonal of what a number covers. */
static double
number_reach (const struct number *number)
{
  return hypot (number->width, number->height) / 2 + CLEAR_PX;
}

static bool
is_nearer (const struct candidate *a, const struct candidate *b)
{
  double from_a = hypot (a->away_x, a->away_y), from_b = hypot (b->away_x, b->away_y);
  if (from_a != from_b)
    return from_a < from_b;
  return a->away_x != b->away_x ? a->away_x < b->away_x : a->away_y < b->away_y;
}

/* Offer point i of a line to its cell, which keeps the one nearest to its middle. Places are compared in 64ths of a pixel,
   so that what is as near as another is so in every window. */
static void
offer (const struct cells *cells, const struct number *number, const double *xy, size_t points, size_t i,
       struct candidate *candidates)
{
  double x = xy[2 * i] - cells->left, y = xy[2 * i + 1] - cells->top;
  int column = (int) floor (x / CELL_PX), row = (int) floor (y / CELL_PX);
  if (column < 0 || row < 0 || column >= cells->columns || row >= cells->rows)
    return;
  struct candidate found = { .x = xy[2 * i], .y = xy[2 * i + 1] };
  found.away_x = round ((x - (column + 0.5) * CELL_PX) * 64) / 64;
  found.away_y = round ((y - (row + 0.5) * CELL_PX) * 64) / 64;
  double room = CELL_PX / 2.0 - number_reach (number);
  struct candidate *best = &candidates[row * cells->columns + column];
  if (fabs (found.away_x) > room || fabs (found.away_y) > room || !is_nearer (&found, best))
    return;
  found.angle = text_angle (xy, points, i, number->width / 2 + CLEAR_PX);
  if (!isnan (found.angle))
    *best = found;
}

/* Give a level's number its place in a cell unless one is in the way. Neighbouring levels take turns from cell to cell, so
   that numbers do not stand in heaps. */
static void
place_number (struct cell *cell, const struct candidate *candidate, int level, double reach)
{
  if (!isfinite (candidate->away_x) || cell->count == CELL_NUMBERS)
    return;
  for (int i = 0; i < cell->count; i++)
    if (hypot (cell->numbers[i].x - candidate->x, cell->numbers[i].y - candidate->y) < cell->numbers[i].reach + reach)
      return;
  cell->numbers[cell->count++] = (struct placed){ level, candidate->x, candidate->y, candidate->angle, reach };
}

static enum sf_code
place_numbers (struct cells *cells, const struct sf_geometry *line, const struct number *number, int level, int turn,
               struct sf_error *err)
{
  size_t count = (size_t) cells->columns * (size_t) cells->rows;
  struct candidate *candidates = sf_mem_alloc (count * sizeof *candidates);
  if (!candidates)
    return sf_fail (err, SF_ENOMEM, "painter: out of memory");
  for (size_t i = 0; i < count; i++)
    candidates[i] = (struct candidate){ .away_x = INFINITY, .away_y = INFINITY };
  for (size_t p = 0; p < line->parts; p++)
    {
      size_t first = line->part_start[p], points = line->part_start[p + 1] - first;
      for (size_t i = 0; i < points; i++)
        offer (cells, number, line->xy + 2 * first, points, i, candidates);
    }
  for (size_t i = 0; i < count; i++)
    {
      int64_t parity = cells->parity + (int64_t) (i % (size_t) cells->columns + i / (size_t) cells->columns) + turn;
      if (parity % 2 == 0)
        place_number (&cells->list[i], &candidates[i], level, number_reach (number));
    }
  sf_mem_free (candidates);
  return SF_OK;
}

static void
add_lines (struct drawn_ink *ink, const struct sf_geometry *line)
{
  for (size_t p = 0; p < line->parts; p++)
    for (size_t i = line->part_start[p]; i + 1 < line->part_start[p + 1]; i++)
      sf_ink_line (ink, line->xy + 2 * i, line->xy + 2 * i + 2);
}

static double
width_of (const struct sf_style_entry *entry)
{
  return entry->width_px > 0 ? entry->width_px : 1;
}

/* Lines make way for a number, which has a halo against what lies below the tile. */
static void
draw_number (cairo_t *cr, const struct number *number, const struct placed *placed, const uint8_t rgba[4])
{
  double width = number->width + 2 * CLEAR_PX, height = number->height + 2 * CLEAR_PX;
  cairo_save (cr);
  cairo_translate (cr, placed->x, placed->y);
  cairo_rotate (cr, placed->angle);
  cairo_rectangle (cr, -width / 2, -height / 2, width, height);
  cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
  cairo_fill (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
  cairo_new_path (cr);
  cairo_append_path (cr, number->outline);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, 2 * CLEAR_PX);
  sf_drawn_colour (cr, sf_drawn_casing_rgba);
  cairo_stroke_preserve (cr);
  sf_drawn_colour (cr, rgba);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_numbers (cairo_t *cr, const struct lines *lines, const struct sf_style *style, const struct cells *cells)
{
  for (int c = 0; c < cells->columns * cells->rows; c++)
    for (int i = 0; i < cells->list[c].count; i++)
      {
        const struct placed *placed = &cells->list[c].numbers[i];
        draw_number (cr, &lines->numbers[placed->level], placed, style->entries[placed->level].rgba);
      }
}

static void
value_range (const float *values, size_t count, double *ret_low, double *ret_high)
{
  float low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < count; i++)
    {
      low = values[i] < low ? values[i] : low;
      high = values[i] > high ? values[i] : high;
    }
  *ret_low = (double) low;
  *ret_high = (double) high;
}

static enum sf_code
draw_level (const struct sf_painter *painter, const struct sf_grid *field, int level, struct cells *cells,
            struct drawn_ink *ink, struct drawn_canvas *canvas, struct sf_error *err)
{
  const struct sf_style *style = painter->source.style;
  const struct sf_style_entry *entry = &style->entries[level];
  const struct number *number = &((const struct lines *) painter->state)->numbers[level];
  enum sf_code code = SF_OK;
  struct sf_geometry *line = NULL;
  SF_TRY (sf_contour_line (field, 0, entry->from + painter->source.origin, &line, err));
  add_lines (ink, line);
  sf_ink_colour (ink, canvas, entry->rgba, width_of (entry), CASING_PX);
  if (number->outline)
    code = place_numbers (cells, line, number, level, level / style->label_every, err);
  sf_geometry_free (line);
  return code;
}

static enum sf_code
draw_levels (const struct sf_painter *painter, const struct sf_grid *field, struct cells *cells,
             struct drawn_canvas *canvas, struct sf_error *err)
{
  const struct sf_style *style = painter->source.style;
  struct drawn_ink ink;
  double low, high, widest = 0;
  enum sf_code code = SF_OK;
  value_range (field->values, sf_gridspec_cells (&field->spec), &low, &high);
  for (int level = 0; level < style->entries_count; level++)
    widest = fmax (widest, width_of (&style->entries[level]));
  SF_TRY (sf_ink_init (&ink, canvas->plane, widest, CASING_PX, err));
  for (int level = style->entries_count - 1; code == SF_OK && level >= 0; level--)
    {
      double value = style->entries[level].from + painter->source.origin;
      if (value > low && value <= high)
        code = draw_level (painter, field, level, cells, &ink, canvas, err);
    }
  sf_ink_finish (&ink);
  if (code == SF_OK)
    draw_numbers (canvas->cr, painter->state, style, cells);
  return code;
}

/* The field at the lattice's nodes as a grid whose places are pixels of the window. */
static enum sf_code
sample_field (const struct sf_painter_source *source, const struct drawn_plane *plane, const struct cells *cells,
              struct sf_grid *field, struct sf_error *err)
{
  struct drawn_plane whole = *plane; /* all pixels of the cells */
  whole.column += cells->left;
  whole.row += cells->top;
  whole.width = cells->columns * CELL_PX;
  whole.height = cells->rows * CELL_PX;
  struct drawn_nodes nodes = sf_drawn_nodes (&whole, STEP_PX, 0, AROUND_PX);
  double half = STEP_PX / 2.0;
  *field = (struct sf_grid){ .bands = 1,
                             .spec = { .nx = nodes.columns,
                                       .ny = nodes.rows,
                                       .affine = { nodes.first_column - plane->column - half, STEP_PX, 0,
                                                   nodes.first_row - plane->row - half, 0, STEP_PX } } };
  field->values = sf_mem_alloc (sf_gridspec_cells (&field->spec) * sizeof *field->values);
  if (!field->values)
    return sf_fail (err, SF_ENOMEM, "painter: out of memory");
  return sf_drawn_sample (source->grid, source->band, plane, &nodes, field->values, err);
}

static enum sf_code
lines_paint (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out, bool *ret_any,
             struct sf_error *err)
{
  const struct sf_painter_source *source = &painter->source;
  struct drawn_plane plane;
  struct drawn_canvas canvas = { 0 };
  struct drawn_finish finish
      = { .window = window, .style = source->style, .is_striped = source->is_striped, .png_level = source->png_level };
  struct sf_grid field = { 0 };
  struct cells cells;
  enum sf_code code = SF_OK;
  SF_TRY (sf_drawn_plane_init (&plane, window, err));
  if (!cells_init (&cells, &plane))
    return sf_fail (err, SF_ENOMEM, "painter: out of memory");
  code = sf_drawn_open (&canvas, &plane, cells_margin (&cells, &plane), err);
  if (code == SF_OK)
    code = sample_field (source, &plane, &cells, &field, err);
  if (code == SF_OK)
    code = draw_levels (painter, &field, &cells, &canvas, err);
  if (code == SF_OK)
    code = sf_drawn_encode (&canvas, &finish, out, ret_any, err);
  sf_mem_free (field.values);
  sf_drawn_close (&canvas);
  sf_mem_free (cells.list);
  return code;
}

const struct painter_kind sf_painter_lines = { lines_init, lines_finish, lines_paint };
