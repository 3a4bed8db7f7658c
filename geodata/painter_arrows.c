/* SPDX-License-Identifier: Apache-2.0 */
/* Arrows and wind barbs, one at each node of a lattice that hangs on the plane of pixels. */
#include "geodata/drawn.h"

#include "core/base/mem.h"
#include "geodata/painter_private.h"

#include <math.h>

#define CASING_PX 0.9
#define CALM_RADIUS_PX 3.0

/* One arrow or barb: its place in pixels of the window, and a unit vector on the map to where the wind goes. */
struct sign
{
  double x, y, to_x, to_y, speed;
  const struct sf_style_entry *entry;
  bool is_calm, is_south;
};

struct signs
{
  struct sign *list;
  size_t count;
};

static enum sf_code
arrows_init (struct sf_painter *painter, struct sf_error *err)
{
  const struct sf_painter_source *source = &painter->source;
  const struct sf_grid *parts[2] = { source->eastward, source->northward };
  for (int i = 0; i < 2; i++)
    if (!parts[i])
      return sf_fail (err, SF_EINVAL, "painter: style '%s' draws a direction, but the %s wind is not given",
                      source->style->name, i ? "northward" : "eastward");
    else if (!sf_gridspec_same (&parts[i]->spec, &source->grid->spec) || parts[i]->bands != source->grid->bands)
      return sf_fail (err, SF_EINVAL, "painter: the grid of the %s wind is not that of the speed",
                      i ? "northward" : "eastward");
  return SF_OK;
}

static void
arrows_finish (struct sf_painter *painter)
{
  (void) painter;
}

static const struct sf_style_entry *
entry_of (const struct sf_style *style, double value)
{
  const struct sf_style_entry *entry = NULL;
  for (int i = 0; i < style->entries_count && value >= style->entries[i].from; i++)
    entry = &style->entries[i];
  return entry;
}

/* How far a sign can reach from its node, with its casing. */
static double
sign_reach (const struct sf_style *style)
{
  double size = 0;
  for (int i = 0; i < style->entries_count; i++)
    size = fmax (size, style->entries[i].size_px + style->entries[i].width_px);
  return (style->kind == SF_STYLE_BARBS ? 1.25 * size : size / 2) + 3;
}

/* The sign at a node; false where there is none: missing, below the first class, or no direction. */
static bool
make_sign (const struct sf_painter_source *source, const struct drawn_plane *plane, double column, double row,
           const float values[3], struct sign *sign)
{
  double lat_deg = sf_drawn_lat_deg (plane, row);
  double speed = (double) values[0], east = (double) values[1] * sf_drawn_stretch (plane, lat_deg),
         north = (double) values[2], length = hypot (east, north);
  bool calm = source->style->kind == SF_STYLE_BARBS && sf_barb_of (speed, source->style->barb_mps).is_calm;
  *sign = (struct sign){ .x = column - plane->column,
                         .y = row - plane->row,
                         .to_x = calm ? 1 : east / length,
                         .to_y = calm ? 0 : -north / length,
                         .speed = speed,
                         .is_calm = calm,
                         .is_south = lat_deg < 0,
                         .entry = entry_of (source->style, speed) };
  return sign->entry && (calm || (length > 0 && isfinite (length)));
}

static enum sf_code
find_signs (const struct sf_painter_source *source, const struct drawn_plane *plane, struct signs *signs,
            struct sf_error *err)
{
  enum sf_code code = SF_OK;
  double spacing = source->style->spacing_px;
  const struct sf_grid *grids[3] = { source->grid, source->eastward, source->northward };
  struct drawn_nodes nodes = sf_drawn_nodes (plane, spacing, spacing / 2, sign_reach (source->style));
  size_t count = (size_t) nodes.columns * (size_t) nodes.rows;
  float *values = sf_mem_alloc (3 * count * sizeof *values);
  signs->list = sf_mem_alloc (count * sizeof *signs->list);
  if (!values || !signs->list)
    code = sf_fail (err, SF_ENOMEM, "painter: out of memory");
  for (size_t k = 0; code == SF_OK && k < 3; k++)
    code = sf_drawn_sample (grids[k], source->band, plane, &nodes, values + k * count, err);
  for (size_t i = 0; code == SF_OK && i < count; i++)
    {
      double column = nodes.first_column + nodes.step * (double) (i % (size_t) nodes.columns);
      double row = nodes.first_row + nodes.step * (double) (i / (size_t) nodes.columns);
      const float at[3] = { values[i], values[count + i], values[2 * count + i] };
      if (make_sign (source, plane, column, row, at, &signs->list[signs->count]))
        signs->count++;
    }
  sf_mem_free (values);
  return code;
}

/* Along the sign (1: to where the wind goes) and to its left, in pixels. */
static void
point (cairo_t *cr, const struct sign *sign, double along, double left, bool is_first)
{
  double x = sign->x + sign->to_x * along + sign->to_y * left, y = sign->y + sign->to_y * along - sign->to_x * left;
  if (is_first)
    cairo_move_to (cr, x, y);
  else
    cairo_line_to (cr, x, y);
}

/* A filled arrow with its middle at the node. */
static void
add_arrow (cairo_t *cr, const struct sign *sign)
{
  double half = sign->entry->size_px / 2, shaft = sign->entry->width_px > 0 ? sign->entry->width_px / 2 : 0.8;
  double head = fmin (0.42 * sign->entry->size_px, 8), wing = 0.42 * head + shaft;
  point (cr, sign, -half, shaft, true);
  point (cr, sign, half - head, shaft, false);
  point (cr, sign, half - head - 0.15 * head, wing, false);
  point (cr, sign, half, 0, false);
  point (cr, sign, half - head - 0.15 * head, -wing, false);
  point (cr, sign, half - head, -shaft, false);
  point (cr, sign, -half, -shaft, false);
  cairo_close_path (cr);
}

/* The staff runs from the node to where the wind comes from; pennants and barbs stand at its far end, on the side of low
   pressure: left of the wind in the north, right in the south. */
static void
add_barb (cairo_t *cr, const struct sign *sign, double barb_mps)
{
  struct sf_barb barb = sf_barb_of (sign->speed, barb_mps);
  double staff = sign->entry->size_px, side = staff * (sign->is_south ? -0.38 : 0.38), lean = staff * 0.12;
  double gap = staff * fmin (0.13, 0.9 / (1.6 * barb.pennants + barb.longs + barb.shorts)), at = staff;
  point (cr, sign, 0, 0, true);
  point (cr, sign, -staff, 0, false);
  for (int i = 0; i < barb.pennants; i++, at -= 1.6 * gap)
    {
      point (cr, sign, -at, 0, true);
      point (cr, sign, -at, side, false);
      point (cr, sign, -at + 1.3 * gap, 0, false);
      cairo_close_path (cr);
    }
  for (int i = 0; i < barb.longs; i++, at -= gap)
    {
      point (cr, sign, -at, 0, true);
      point (cr, sign, -at - lean, side, false);
    }
  if (barb.shorts)
    {
      at -= at == staff ? gap : 0; /* alone it stands off the end, or it would pass for a long one */
      point (cr, sign, -at, 0, true);
      point (cr, sign, -at - lean / 2, side / 2, false);
    }
}

static void
draw_arrows (cairo_t *cr, const struct signs *signs, const struct sf_style_entry *entry)
{
  cairo_new_path (cr);
  for (size_t i = 0; i < signs->count; i++)
    if (signs->list[i].entry == entry)
      add_arrow (cr, &signs->list[i]);
  sf_drawn_stroke_halo (cr, CASING_PX);
  sf_drawn_colour (cr, entry->rgba);
  cairo_fill (cr);
}

static void
draw_barbs (cairo_t *cr, const struct signs *signs, const struct sf_style_entry *entry, double barb_mps)
{
  double width = entry->width_px > 0 ? entry->width_px : 1.2;
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_new_path (cr);
  for (size_t i = 0; i < signs->count; i++)
    if (signs->list[i].entry == entry && !signs->list[i].is_calm)
      add_barb (cr, &signs->list[i], barb_mps);
  sf_drawn_stroke_halo (cr, CASING_PX + width / 2);
  sf_drawn_colour (cr, entry->rgba);
  cairo_fill_preserve (cr);
  sf_drawn_stroke (cr, entry->rgba, width, 0);
  for (size_t i = 0; i < signs->count; i++)
    if (signs->list[i].entry == entry && signs->list[i].is_calm)
      {
        cairo_new_sub_path (cr);
        cairo_arc (cr, signs->list[i].x, signs->list[i].y, CALM_RADIUS_PX, 0, 2 * M_PI);
      }
  sf_drawn_stroke (cr, entry->rgba, width, CASING_PX);
}

/* One path a class: what overlaps within it is one area, so no window sees another order of drawing. */
static void
draw_signs (cairo_t *cr, const struct signs *signs, const struct sf_style *style)
{
  for (int i = 0; i < style->entries_count; i++)
    if (style->kind == SF_STYLE_BARBS)
      draw_barbs (cr, signs, &style->entries[i], style->barb_mps);
    else
      draw_arrows (cr, signs, &style->entries[i]);
}

void
sf_drawn_sign (cairo_t *cr, const struct sf_style *style, const struct sf_style_entry *entry, double speed, double x,
               double y)
{
  bool barb = style->kind == SF_STYLE_BARBS, calm = barb && sf_barb_of (speed, style->barb_mps).is_calm;
  struct sign sign = { .x = barb && !calm ? x + entry->size_px / 2 : x,
                       .y = barb && !calm ? y + entry->size_px * 0.19 : y,
                       .to_x = 1,
                       .speed = speed,
                       .entry = entry,
                       .is_calm = calm };
  struct signs signs = { &sign, 1 };
  if (barb)
    draw_barbs (cr, &signs, entry, style->barb_mps);
  else
    draw_arrows (cr, &signs, entry);
}

static enum sf_code
arrows_paint (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out, bool *ret_any,
              struct sf_error *err)
{
  const struct sf_painter_source *source = &painter->source;
  struct drawn_plane plane;
  struct drawn_canvas canvas = { 0 };
  struct drawn_finish finish = { window, source->style, source->is_striped, source->png_level };
  struct signs signs = { 0 };
  sf_drawn_plane_init (&plane, window);
  enum sf_code code = sf_drawn_open (&canvas, &plane, (int) (2 * sign_reach (source->style)) + 1, err);
  if (code == SF_OK)
    code = find_signs (source, &plane, &signs, err);
  if (code == SF_OK)
    {
      draw_signs (canvas.cr, &signs, source->style);
      code = sf_drawn_encode (&canvas, &finish, out, ret_any, err);
    }
  sf_mem_free (signs.list);
  sf_drawn_close (&canvas);
  return code;
}

const struct painter_kind sf_painter_arrows = { arrows_init, arrows_finish, arrows_paint };
