/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/feature_painter.h"

#include "core/base/mem.h"
#include "geodata/drawn_shapes.h"
#include "geodata/painter_private.h"

#include <math.h>

#define CASING_PX 1.0
#define RIM_PX 1.3 /* of symbols */

enum
{
  STAR_POINTS = 10
};

static const uint8_t symbol_rim_rgba[4] = { 20, 31, 43, 255 };

struct sf_feature_painter
{
  struct sf_feature_source source;
  struct drawn_shapes *shapes;
  int *groups; /* of each row: the number of its category, -1 for none */
};

enum sf_code
sf_feature_painter_new (const struct sf_feature_source *source, struct sf_feature_painter **ret_painter,
                        struct sf_error *err)
{
  if (source->features->spec->kind != SF_DATASET_FEATURES)
    return sf_fail (err, SF_ETYPE, "painter: %s holds no features", source->features->name);
  if (source->style->kind != SF_STYLE_CATEGORIES)
    return sf_fail (err, SF_EUNSUPPORTED, "painter: style '%s' has no categories, which features are drawn by",
                    source->style->name);
  const struct sf_table *table = source->features->as.table;
  struct sf_feature_painter *painter = sf_mem_calloc (1, sizeof *painter);
  if (painter)
    painter->groups = sf_mem_alloc ((table->rows + 1) * sizeof *painter->groups);
  if (!painter || !painter->groups)
    {
      sf_mem_free (painter);
      return sf_fail (err, SF_ENOMEM, "painter: out of memory");
    }
  painter->source = *source;
  for (size_t row = 0; row < table->rows; row++)
    {
      const struct sf_style_entry *entry = sf_style_category_of (source->style, table, row);
      painter->groups[row] = entry ? (int) (entry - source->style->entries) : -1;
    }
  enum sf_code code = sf_drawn_shapes_new ((const struct sf_geometry *const *) table->geometries,
                                           table->geometries ? table->rows : 0, &painter->shapes, err);
  if (code == SF_OK)
    *ret_painter = painter;
  else
    sf_feature_painter_free (painter);
  return code;
}

void
sf_feature_painter_free (struct sf_feature_painter *painter)
{
  if (!painter)
    return;
  sf_drawn_shapes_free (painter->shapes);
  sf_mem_free (painter->groups);
  sf_mem_free (painter);
}

static double
width_of (const struct sf_style_entry *entry)
{
  return entry->width_px > 0 ? entry->width_px : 1;
}

struct job
{
  const struct sf_feature_painter *painter;
  struct drawn_canvas *canvas;
  struct drawn_area area;
  struct drawn_ink ink;
};

static int
draw_areas (struct job *job)
{
  const struct sf_style *style = job->painter->source.style;
  int status = 0;
  for (int i = 0; status == 0 && i < style->entries_count; i++)
    {
      const struct drawn_choice choice = { .groups = job->painter->groups, .group = i };
      if (style->entries[i].fill_rgba[3] == 0)
        continue;
      status = sf_drawn_shapes_add (job->painter->shapes, job->canvas->plane, &choice, &job->area, NULL);
      if (status == 0)
        status = sf_area_colour (&job->area, job->canvas, style->entries[i].fill_rgba);
    }
  return status;
}

static int
draw_lines (struct job *job)
{
  const struct sf_style *style = job->painter->source.style;
  int status = 0;
  for (int i = 0; status == 0 && i < style->entries_count; i++)
    {
      const struct sf_style_entry *entry = &style->entries[i];
      const struct drawn_choice choice = { .groups = job->painter->groups,
                                           .group = i,
                                           .dash_px = entry->dash_px,
                                           .dashes = entry->dashes,
                                           .width_px = width_of (entry) };
      status = sf_drawn_shapes_add (job->painter->shapes, job->canvas->plane, &choice, NULL, &job->ink);
      if (status == 0)
        sf_ink_colour (&job->ink, job->canvas, entry->rgba, width_of (entry), CASING_PX);
    }
  return status;
}

static int
draw_star (struct job *job, double x, double y, const struct sf_style_entry *entry)
{
  double corners[2 * STAR_POINTS];
  for (int k = 0; k < STAR_POINTS; k++)
    {
      double radius = entry->size_px * (k % 2 ? 0.42 : 1), angle = 2 * M_PI * k / STAR_POINTS;
      corners[2 * k] = x + radius * sin (angle);
      corners[2 * k + 1] = y - radius * cos (angle);
    }
  for (int k = 0; k < STAR_POINTS; k++)
    {
      const double *a = corners + 2 * k, *b = corners + 2 * ((k + 1) % STAR_POINTS);
      sf_ink_line (&job->ink, a, b);
      sf_area_edge (&job->area, a, b);
    }
  sf_ink_colour (&job->ink, job->canvas, entry->rgba, 0, 1.6);
  return sf_area_colour (&job->area, job->canvas, entry->rgba);
}

/* A point is a line without length: a disc. */
static int
draw_circle (struct job *job, double x, double y, const struct sf_style_entry *entry)
{
  const double at[2] = { x, y };
  double diameter = 2 * 0.72 * entry->size_px; /* as on the map sheets */
  sf_ink_line (&job->ink, at, at);
  sf_ink_colour (&job->ink, job->canvas, symbol_rim_rgba, diameter + RIM_PX, 0);
  sf_ink_line (&job->ink, at, at);
  sf_ink_colour (&job->ink, job->canvas, entry->rgba, diameter - RIM_PX, 0);
  return 0;
}

static int
draw_points (struct job *job)
{
  const struct sf_table *table = job->painter->source.features->as.table;
  const struct drawn_plane *plane = job->canvas->plane;
  const double around = job->ink.reach;
  int status = 0;
  for (size_t row = 0; table->geometries && row < table->rows; row++)
    {
      const struct sf_geometry *geometry = table->geometries[row];
      if (!geometry || geometry->kind != SF_GEOMETRY_POINT || job->painter->groups[row] < 0)
        continue;
      const struct sf_style_entry *entry = &job->painter->source.style->entries[job->painter->groups[row]];
      for (size_t i = 0; status == 0 && i < geometry->points; i++)
        {
          double x = sf_drawn_column (plane, geometry->xy[2 * i]) - plane->column,
                 y = sf_drawn_row (plane, geometry->xy[2 * i + 1]) - plane->row;
          if (!(x > -around && y > -around && x < plane->width + around && y < plane->height + around))
            continue;
          status = entry->symbol == SF_SYMBOL_STAR ? draw_star (job, x, y, entry) : draw_circle (job, x, y, entry);
        }
    }
  return status;
}

/* The widest that is drawn: a line with its casing, or a symbol. */
static double
widest (const struct sf_style *style)
{
  double most = 0;
  for (int i = 0; i < style->entries_count; i++)
    most = fmax (most, fmax (width_of (&style->entries[i]) + 2 * CASING_PX, 2 * style->entries[i].size_px + 4));
  return most;
}

static enum sf_code
draw (const struct sf_feature_painter *painter, struct drawn_canvas *canvas, struct sf_error *err)
{
  struct job job = { .painter = painter, .canvas = canvas, .area = { .plane = canvas->plane } };
  SF_TRY (sf_ink_init (&job.ink, canvas->plane, widest (painter->source.style), 0, err));
  int status = draw_areas (&job);
  if (status == 0)
    status = draw_lines (&job);
  if (status == 0)
    status = draw_points (&job);
  sf_area_finish (&job.area);
  sf_ink_finish (&job.ink);
  return status == 0 ? SF_OK : sf_fail (err, SF_ENOMEM, "painter: out of memory");
}

enum sf_code
sf_feature_painter_paint (const struct sf_feature_painter *painter, const struct sf_window *window,
                          struct sf_strbuf *out, bool *ret_any, struct sf_error *err)
{
  const struct sf_feature_source *source = &painter->source;
  struct drawn_finish finish
      = { .window = window, .style = source->style, .is_striped = source->is_striped, .png_level = source->png_level };
  struct drawn_plane plane;
  struct drawn_canvas canvas = { 0 };
  bool any = false;
  SF_TRY (sf_drawn_plane_init (&plane, window, err));
  SF_TRY (sf_drawn_open (&canvas, &plane, 0, err));
  enum sf_code code = draw (painter, &canvas, err);
  if (code == SF_OK)
    code = sf_drawn_encode (&canvas, &finish, out, &any, err);
  sf_drawn_close (&canvas);
  if (code == SF_OK && ret_any)
    *ret_any = any;
  return code;
}
