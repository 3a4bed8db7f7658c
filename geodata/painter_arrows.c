/* SPDX-License-Identifier: Apache-2.0 */
/* Arrows and wind barbs, one at each node of a lattice that hangs on the plane of pixels. */
#include "geodata/drawn_ink.h"
#include "geodata/drawn_sign.h"

#include "core/base/mem.h"
#include "geodata/painter_private.h"

#include <math.h>

#define CASING_PX 0.9

struct signs
{
  struct drawn_sign *list;
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

/* The sign at a node; false where there is none: missing, below the first class, or no direction. */
static bool
make_sign (const struct sf_painter_source *source, const struct drawn_plane *plane, double column, double row,
           const float values[3], struct drawn_sign *sign)
{
  double lat_deg = sf_drawn_lat_deg (plane, row);
  double speed = (double) values[0], east = (double) values[1] * sf_drawn_stretch (plane, lat_deg),
         north = (double) values[2], length = hypot (east, north);
  bool calm = source->style->kind == SF_STYLE_BARBS && sf_barb_of (speed, source->style->barb_mps).is_calm;
  *sign = (struct drawn_sign){ .x = column - plane->column,
                               .y = row - plane->row,
                               .to_x = calm ? 1 : east / length,
                               .to_y = calm ? 0 : -north / length,
                               .speed = speed,
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
  struct drawn_nodes nodes
      = sf_drawn_nodes (plane, spacing, spacing / 2, sf_sign_reach (source->style) + CASING_PX + 2);
  size_t count = (size_t) nodes.columns * (size_t) nodes.rows;
  float *values = sf_mem_alloc (3 * count * sizeof *values);
  signs->list = sf_mem_alloc (count * sizeof *signs->list);
  if (!values || !signs->list)
    code = sf_fail (err, SF_ENOMEM, "painter: out of memory");
  for (size_t k = 0; code == SF_OK && k < 3; k++)
    code = sf_drawn_sample (grids[k], source->band, plane, &nodes, values + k * count, err);
  for (size_t i = 0; code == SF_OK && i < count; i++)
    {
      size_t across = i % (size_t) nodes.columns, down = i / (size_t) nodes.columns;
      double column = nodes.first_column + nodes.step * (double) across;
      double row = nodes.first_row + nodes.step * (double) down;
      const float at[3] = { values[i], values[count + i], values[2 * count + i] };
      if (make_sign (source, plane, column, row, at, &signs->list[signs->count]))
        signs->count++;
    }
  sf_mem_free (values);
  return code;
}

/* Hand the outlines of a class's signs to the ink, and what is filled to the area. Arrows are all area; their outline is
   there for the casing. */
static void
add_class (const struct signs *signs, const struct sf_style *style, const struct sf_style_entry *entry,
           struct drawn_ink *ink, struct drawn_area *area)
{
  struct drawn_outline outline;
  for (size_t i = 0; i < signs->count; i++)
    {
      if (signs->list[i].entry != entry)
        continue;
      sf_sign_outline (style, &signs->list[i], &outline);
      for (int p = 0; p < outline.parts_count; p++)
        {
          const struct drawn_outline_part *part = &outline.parts[p];
          const double *xy = outline.xy + 2 * part->first;
          for (int k = 0; k < part->count; k++)
            {
              const double *a = xy + 2 * k, *b = xy + 2 * ((k + 1) % part->count);
              if (k + 1 < part->count || part->is_closed)
                sf_ink_line (ink, a, b);
              if (part->is_filled)
                sf_area_edge (area, a, b);
            }
        }
    }
}

static enum sf_code
draw_signs (struct drawn_canvas *canvas, const struct signs *signs, const struct sf_style *style, struct sf_error *err)
{
  const struct drawn_plane *plane = canvas->plane;
  struct drawn_ink ink;
  struct drawn_area area = { .plane = plane };
  double widest = 0;
  int status = 0;
  for (int i = 0; i < style->entries_count; i++)
    widest = fmax (widest, sf_sign_width (&style->entries[i]));
  SF_TRY (sf_ink_init (&ink, plane, widest, CASING_PX, err));
  for (int i = 0; status == 0 && i < style->entries_count; i++)
    {
      const struct sf_style_entry *entry = &style->entries[i];
      add_class (signs, style, entry, &ink, &area);
      sf_ink_colour (&ink, canvas, entry->rgba, style->kind == SF_STYLE_BARBS ? sf_sign_width (entry) : 0, CASING_PX);
      status = sf_area_colour (&area, canvas, entry->rgba);
    }
  sf_area_finish (&area);
  sf_ink_finish (&ink);
  return status == 0 ? SF_OK : sf_fail (err, SF_ENOMEM, "painter: out of memory");
}

static enum sf_code
arrows_paint (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out, bool *ret_any,
              struct sf_error *err)
{
  const struct sf_painter_source *source = &painter->source;
  struct drawn_plane plane;
  struct drawn_canvas canvas = { 0 };
  struct drawn_finish finish
      = { .window = window, .style = source->style, .is_striped = source->is_striped, .png_level = source->png_level };
  struct signs signs = { 0 };
  SF_TRY (sf_drawn_plane_init (&plane, window, err));
  enum sf_code code = sf_drawn_open (&canvas, &plane, 0, err);
  if (code == SF_OK)
    code = find_signs (source, &plane, &signs, err);
  if (code == SF_OK)
    code = draw_signs (&canvas, &signs, source->style, err);
  if (code == SF_OK)
    code = sf_drawn_encode (&canvas, &finish, out, ret_any, err);
  sf_mem_free (signs.list);
  sf_drawn_close (&canvas);
  return code;
}

const struct painter_kind sf_painter_arrows = { arrows_init, arrows_finish, arrows_paint };
