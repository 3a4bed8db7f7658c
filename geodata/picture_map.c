/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/picture_draw.h"

#include "geodata/render.h"
#include "geodata/sphere.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void
sf_sheet_to_map (const struct sf_sheet *sheet, double lon_deg, double lat_deg, double *ret_x, double *ret_y)
{
  const struct sf_bounds *extent = &sheet->extent;
  *ret_x = sheet->map.x + (lon_deg - extent->min_x) / (extent->max_x - extent->min_x) * sheet->map.width;
  *ret_y = sheet->map.y + (extent->max_y - lat_deg) / (extent->max_y - extent->min_y) * sheet->map.height;
}

/* cairo holds coordinates in 24.8 fixed point: keep far points from overflowing. */
static double
tame (double pixels)
{
  return fmin (50000, fmax (-50000, pixels));
}

static bool
part_meets_map (const struct sf_sheet *sheet, const struct sf_geometry *geometry, size_t part)
{
  double min_x = INFINITY, min_y = INFINITY, max_x = -INFINITY, max_y = -INFINITY;
  for (size_t i = geometry->part_start[part]; i < geometry->part_start[part + 1]; i++)
    {
      min_x = fmin (min_x, geometry->xy[2 * i]);
      max_x = fmax (max_x, geometry->xy[2 * i]);
      min_y = fmin (min_y, geometry->xy[2 * i + 1]);
      max_y = fmax (max_y, geometry->xy[2 * i + 1]);
    }
  const struct sf_bounds *extent = &sheet->extent;
  return min_x <= extent->max_x && max_x >= extent->min_x && min_y <= extent->max_y && max_y >= extent->min_y;
}

/* Put a geometry on the path; points less than 0.35 pixels from the last are left out. */
static void
add_path (struct sf_sheet *sheet, const struct sf_geometry *geometry)
{
  const double least = 0.35 * 0.35;
  for (size_t p = 0; p < geometry->parts; p++)
    {
      if (!part_meets_map (sheet, geometry, p))
        continue;
      size_t first = geometry->part_start[p], end = geometry->part_start[p + 1];
      double last_x = 0, last_y = 0;
      for (size_t i = first; i < end; i++)
        {
          double x, y;
          sf_sheet_to_map (sheet, geometry->xy[2 * i], geometry->xy[2 * i + 1], &x, &y);
          x = tame (x);
          y = tame (y);
          if (i == first)
            cairo_move_to (sheet->cr, x, y);
          else if (i + 1 < end && (x - last_x) * (x - last_x) + (y - last_y) * (y - last_y) < least)
            continue;
          else
            cairo_line_to (sheet->cr, x, y);
          last_x = x;
          last_y = y;
        }
      if (geometry->kind == SF_GEOMETRY_POLYGON)
        cairo_close_path (sheet->cr);
    }
}

static void
add_dataset_path (struct sf_sheet *sheet, const struct sf_dataset *dataset)
{
  const struct sf_table *table = dataset->as.table;
  cairo_new_path (sheet->cr);
  for (size_t row = 0; table->geometries && row < table->rows; row++)
    if (table->geometries[row])
      add_path (sheet, table->geometries[row]);
}

void
sf_sheet_stroke (struct sf_sheet *sheet, const struct sf_style_entry *entry, double casing_px)
{
  cairo_set_line_join (sheet->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (sheet->cr, entry->dashes ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  cairo_set_dash (sheet->cr, NULL, 0, 0);
  if (casing_px > 0)
    {
      cairo_set_source_rgba (sheet->cr, 1, 1, 1, 0.62);
      cairo_set_line_width (sheet->cr, entry->width_px + 2 * casing_px);
      cairo_stroke_preserve (sheet->cr);
    }
  cairo_set_dash (sheet->cr, entry->dash_px, entry->dashes, 0);
  cairo_set_line_width (sheet->cr, entry->width_px > 0 ? entry->width_px : 1);
  sf_sheet_colour (sheet, entry->rgba);
  cairo_stroke (sheet->cr);
  cairo_set_dash (sheet->cr, NULL, 0, 0);
}

static void
clip_to_map (struct sf_sheet *sheet)
{
  cairo_save (sheet->cr);
  cairo_rectangle (sheet->cr, sheet->map.x, sheet->map.y, sheet->map.width, sheet->map.height);
  cairo_clip (sheet->cr);
}

static void
note_classes (struct sf_sheet *sheet, const uint8_t *indices, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (indices[i])
      sheet->classes_present[(indices[i] - 1) / 64] |= (uint64_t) 1 << ((indices[i] - 1) % 64);
}

static void
colour_pixels (cairo_surface_t *surface, const uint8_t *indices, int width, int height, const uint8_t (*palette)[4])
{
  uint8_t *data = cairo_image_surface_get_data (surface);
  size_t stride = (size_t) cairo_image_surface_get_stride (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const uint8_t *c = palette[indices[(size_t) y * (size_t) width + (size_t) x]];
        uint32_t alpha = c[3];
        uint32_t pixel = alpha << 24 | (c[0] * alpha / 255) << 16 | (c[1] * alpha / 255) << 8 | c[2] * alpha / 255;
        memcpy (data + stride * (size_t) y + 4 * (size_t) x, &pixel, sizeof pixel);
      }
  cairo_surface_mark_dirty (surface);
}

/* The field at the map's own device pixels, so that no pixel is interpolated twice. */
static enum sf_code
draw_field (struct sf_sheet *sheet, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  const struct sf_picture *picture = sheet->picture;
  int width = (int) lround (sheet->map.width * sheet->scale), height = (int) lround (sheet->map.height * sheet->scale);
  size_t pixels = (size_t) width * (size_t) height;
  uint8_t palette[256][4], *indices = sf_mem_alloc (pixels);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  struct sf_render render = { .grid = picture->grid->as.grid,
                              .band = picture->band,
                              .style = sheet->field,
                              .origin = sheet->origin,
                              .projection = SF_TILE_SET_C,
                              .bounds = sheet->extent,
                              .width = width,
                              .height = height };
  bool any;
  if (!indices || cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    code = sf_fail (err, SF_ENOMEM, "picture: out of memory");
  if (code == SF_OK)
    code = sf_render_indices (&render, indices, &any, err);
  if (code == SF_OK)
    {
      sf_style_palette (sheet->field, palette);
      note_classes (sheet, indices, pixels);
      colour_pixels (surface, indices, width, height, (const uint8_t (*)[4]) palette);
      cairo_save (sheet->cr);
      cairo_translate (sheet->cr, sheet->map.x, sheet->map.y);
      cairo_scale (sheet->cr, sheet->map.width / width, sheet->map.height / height);
      cairo_set_source_surface (sheet->cr, surface, 0, 0);
      cairo_pattern_set_filter (cairo_get_source (sheet->cr), CAIRO_FILTER_NEAREST);
      cairo_paint (sheet->cr);
      cairo_restore (sheet->cr);
    }
  cairo_surface_destroy (surface);
  sf_mem_free (indices);
  return code;
}

enum sf_code
sf_sheet_draw_ground (struct sf_sheet *sheet, struct sf_error *err)
{
  const struct sf_picture *picture = sheet->picture;
  enum sf_code code = SF_OK;
  clip_to_map (sheet);
  sf_sheet_colour (sheet, sf_sheet_base (sheet, "sea")->rgba);
  cairo_paint (sheet->cr);
  if (picture->coast)
    {
      add_dataset_path (sheet, picture->coast);
      cairo_set_fill_rule (sheet->cr, CAIRO_FILL_RULE_EVEN_ODD);
      sf_sheet_colour (sheet, sf_sheet_base (sheet, "land")->rgba);
      cairo_fill (sheet->cr);
    }
  if (picture->grid)
    code = draw_field (sheet, err);
  cairo_restore (sheet->cr);
  return code;
}

/* A round step that gives about seven lines over a span of degrees. */
static double
graticule_step (double span_deg)
{
  static const double steps[] = { 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45 };
  size_t i = 0;
  while (i + 1 < sizeof steps / sizeof *steps && span_deg / steps[i] > 8)
    i++;
  return steps[i];
}

static void
degree_text (char text[32], double value_deg, char positive, char negative)
{
  double size = fabs (value_deg);
  snprintf (text, 32, "%.*f°%c", size == floor (size) ? 0 : 1, size, value_deg < 0 ? negative : positive);
}

/* Lines inside the map when labels is false, else ticks and labels outside. */
static void
draw_graticule (struct sf_sheet *sheet, bool labels)
{
  const struct sf_bounds *e = &sheet->extent;
  const struct sf_box *map = &sheet->map;
  double step = graticule_step (fmax (e->max_x - e->min_x, e->max_y - e->min_y));
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 15, "muted");
  char text[32];
  double x, y;
  for (double lon = ceil (e->min_x / step) * step; lon <= e->max_x + 1e-9; lon += step)
    {
      sf_sheet_to_map (sheet, lon, e->min_y, &x, &y);
      cairo_move_to (sheet->cr, x, map->y + (labels ? map->height : 0));
      cairo_line_to (sheet->cr, x, map->y + map->height + (labels ? 7 : 0));
      if (!labels)
        continue;
      sf_sheet_stroke (sheet, sf_sheet_base (sheet, "text"), 0);
      degree_text (text, lon, 'E', 'W');
      lettering.align = SF_ALIGN_CENTRE;
      sf_sheet_text (sheet, &lettering, x, map->y + map->height + 18, text);
    }
  for (double lat = ceil (e->min_y / step) * step; lat <= e->max_y + 1e-9; lat += step)
    {
      sf_sheet_to_map (sheet, e->min_x, lat, &x, &y);
      cairo_move_to (sheet->cr, map->x - (labels ? 7 : 0), y);
      cairo_line_to (sheet->cr, map->x + (labels ? 0 : map->width), y);
      if (!labels)
        continue;
      sf_sheet_stroke (sheet, sf_sheet_base (sheet, "text"), 0);
      degree_text (text, lat, 'N', 'S');
      lettering.align = SF_ALIGN_RIGHT;
      sf_sheet_text (sheet, &lettering, map->x - 11, y, text);
    }
  if (!labels)
    sf_sheet_stroke (sheet, sf_sheet_base (sheet, "graticule"), 0);
}

/* Whether a line comes into the map; long segments are looked at in 64 places. */
static bool
line_on_map (const struct sf_sheet *sheet, const struct sf_geometry *geometry)
{
  const struct sf_bounds *e = &sheet->extent;
  for (size_t p = 0; p < geometry->parts; p++)
    for (size_t i = geometry->part_start[p]; i + 1 < geometry->part_start[p + 1]; i++)
      for (int k = 0; k <= 64; k++)
        {
          const double *a = geometry->xy + 2 * i;
          double x = a[0] + (a[2] - a[0]) * k / 64, y = a[1] + (a[3] - a[1]) * k / 64;
          if (x >= e->min_x && x <= e->max_x && y >= e->min_y && y <= e->max_y)
            return true;
        }
  return false;
}

static void
draw_warning_lines (struct sf_sheet *sheet)
{
  const struct sf_table *table = sheet->picture->warning_lines->as.table;
  for (size_t row = 0; table->geometries && row < table->rows; row++)
    {
      char key[32];
      snprintf (key, sizeof key, "%.0f", sf_table_double (table, "hours", row));
      const struct sf_style_entry *entry = sf_style_category (sheet->warning_lines, key);
      if (!entry || !table->geometries[row])
        continue;
      cairo_new_path (sheet->cr);
      add_path (sheet, table->geometries[row]);
      sf_sheet_stroke (sheet, entry, 1.2);
      if (line_on_map (sheet, table->geometries[row]))
        sheet->warning_lines_present |= 1u << (unsigned) (entry - sheet->warning_lines->entries);
    }
}

static void
draw_wind_areas (struct sf_sheet *sheet)
{
  const struct sf_table *table = sheet->picture->wind_areas->as.table;
  for (size_t row = 0; table->geometries && row < table->rows; row++)
    {
      char key[32];
      snprintf (key, sizeof key, "%.0f", sf_table_double (table, "force", row));
      const struct sf_style_entry *entry = sf_style_category (sheet->wind_areas, key);
      if (!entry || !table->geometries[row])
        continue;
      cairo_new_path (sheet->cr);
      add_path (sheet, table->geometries[row]);
      sf_sheet_stroke (sheet, entry, 0.8);
    }
}

void
sf_sheet_draw_outlines (struct sf_sheet *sheet)
{
  const struct sf_picture *picture = sheet->picture;
  clip_to_map (sheet);
  if (picture->counties && sheet->map.width / (sheet->extent.max_x - sheet->extent.min_x) > 40)
    {
      add_dataset_path (sheet, picture->counties);
      sf_sheet_stroke (sheet, sf_sheet_base (sheet, "county"), 0.7);
    }
  if (picture->coast)
    {
      add_dataset_path (sheet, picture->coast);
      sf_sheet_stroke (sheet, sf_sheet_base (sheet, "coast"), 1);
    }
  cairo_new_path (sheet->cr);
  draw_graticule (sheet, false);
  if (picture->wind_areas && sheet->wind_areas)
    draw_wind_areas (sheet);
  if (picture->warning_lines && sheet->warning_lines)
    draw_warning_lines (sheet);
  cairo_restore (sheet->cr);
}

/* A bar of a round number of kilometres at the middle latitude, a sixth of the map at most. */
static void
draw_scale_bar (struct sf_sheet *sheet)
{
  static const double lengths_km[] = { 1000, 500, 400, 200, 100, 50, 40, 20, 10, 5, 2, 1 };
  const struct sf_bounds *e = &sheet->extent;
  double lat_deg = (e->min_y + e->max_y) / 2, x = sheet->map.x + 26, y = sheet->map.y + sheet->map.height - 30;
  double per_km = sheet->map.width / (e->max_x - e->min_x) / sf_sphere_distance_km (0, lat_deg, 1, lat_deg);
  size_t i = 0;
  while (i + 1 < sizeof lengths_km / sizeof *lengths_km && lengths_km[i] * per_km > sheet->map.width / 6)
    i++;
  double length = lengths_km[i] * per_km;
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 14, "text");
  char text[96];
  snprintf (text, sizeof text, "%.0f km（%.1f°%c）", lengths_km[i], fabs (lat_deg), lat_deg < 0 ? 'S' : 'N');
  lettering.halo_px = 0;
  struct sf_box words = sf_sheet_measure (sheet, &lettering, text);
  double plate = fmax (length, words.width) + 24;
  cairo_set_source_rgba (sheet->cr, 1, 1, 1, 0.82);
  cairo_rectangle (sheet->cr, x - 12, y - 27, plate, 45);
  cairo_fill (sheet->cr);
  sf_sheet_colour (sheet, lettering.rgba);
  for (int k = 0; k < 4; k++)
    {
      cairo_rectangle (sheet->cr, x + length * k / 4, y + 3, length / 4, 6);
      if (k % 2)
        cairo_set_source_rgb (sheet->cr, 1, 1, 1);
      else
        sf_sheet_colour (sheet, lettering.rgba);
      cairo_fill (sheet->cr);
    }
  cairo_rectangle (sheet->cr, x, y + 3, length, 6);
  cairo_set_line_width (sheet->cr, 1);
  sf_sheet_colour (sheet, lettering.rgba);
  cairo_stroke (sheet->cr);
  sf_sheet_text (sheet, &lettering, x, y - 12, text);
}

void
sf_sheet_draw_frame (struct sf_sheet *sheet)
{
  const struct sf_box *map = &sheet->map;
  draw_scale_bar (sheet);
  cairo_rectangle (sheet->cr, map->x, map->y, map->width, map->height);
  cairo_set_line_width (sheet->cr, 1.6);
  sf_sheet_colour (sheet, sf_sheet_base (sheet, "text")->rgba);
  cairo_stroke (sheet->cr);
  draw_graticule (sheet, true);
}

static const char *
watermark_text (const struct sf_picture *picture)
{
  if (picture->authority == SF_AUTHORITY_DRILL)
    return "演练 DRILL";
  if (picture->authority == SF_AUTHORITY_HYPOTHETICAL)
    return "假设 HYPOTHETICAL";
  return picture->simulated ? "模拟 SIMULATED" : NULL;
}

void
sf_sheet_draw_watermark (struct sf_sheet *sheet)
{
  const char *text = watermark_text (sheet->picture);
  if (!text)
    return;
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 62, "drill");
  lettering.bold = true;
  lettering.align = SF_ALIGN_CENTRE;
  lettering.rgba[3] = 70;
  lettering.halo_px = 1;
  clip_to_map (sheet);
  for (int row = 0; row < 9; row++)
    for (int column = 0; column < 5; column++)
      {
        double x = sheet->map.x + (column * 560.0) + (row % 2) * 280.0, y = sheet->map.y + 90 + row * 190.0;
        if (x > sheet->map.x + sheet->map.width + 300 || y > sheet->map.y + sheet->map.height + 100)
          continue;
        cairo_save (sheet->cr);
        cairo_translate (sheet->cr, x, y);
        cairo_rotate (sheet->cr, -0.42);
        sf_sheet_text (sheet, &lettering, 0, 0, text);
        cairo_restore (sheet->cr);
      }
  cairo_restore (sheet->cr);
}
