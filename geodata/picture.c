/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/picture.h"

#include "core/base/time.h"
#include "geodata/picture_draw.h"
#include "geodata/png.h"
#include "geodata/render.h"

#include <math.h>
#include <string.h>

#define HEADER_PX 100.0
#define LEGEND_PX 300.0
#define LEFT_PX 74.0
#define GAP_PX 22.0
#define BELOW_MAP_PX 40.0
#define FOOTER_PX 84.0
#define LEAST_MAP_PX 640.0

static void
widen (struct sf_bounds *bounds, const struct sf_dataset *dataset)
{
  const struct sf_table *table = dataset ? dataset->as.table : NULL;
  for (size_t row = 0; table && table->geometries && row < table->rows; row++)
    {
      double min_x, min_y, max_x, max_y;
      if (!table->geometries[row] || !sf_geometry_bounds (table->geometries[row], &min_x, &min_y, &max_x, &max_y))
        continue;
      bounds->min_x = fmin (bounds->min_x, min_x);
      bounds->min_y = fmin (bounds->min_y, min_y);
      bounds->max_x = fmax (bounds->max_x, max_x);
      bounds->max_y = fmax (bounds->max_y, max_y);
    }
}

static enum sf_code
find_extent (const struct sf_picture *picture, struct sf_bounds *ret_extent, struct sf_error *err)
{
  struct sf_bounds extent = picture->extent;
  bool given = extent.min_x != 0 || extent.min_y != 0 || extent.max_x != 0 || extent.max_y != 0;
  if (!given && picture->grid)
    extent = sf_render_grid_bounds (&picture->grid->as.grid->spec);
  else if (!given)
    {
      extent = (struct sf_bounds){ INFINITY, INFINITY, -INFINITY, -INFINITY };
      widen (&extent, picture->track_points);
      if (!(extent.min_x <= extent.max_x))
        widen (&extent, picture->coast);
      extent = (struct sf_bounds){ extent.min_x - 2, fmax (-85, extent.min_y - 2), extent.max_x + 2,
                                   fmin (85, extent.max_y + 2) };
    }
  if (!(extent.min_x < extent.max_x && extent.min_y < extent.max_y && extent.min_y >= -89 && extent.max_y <= 89
        && extent.max_x - extent.min_x <= 360))
    return sf_fail (err, SF_EINVAL, "picture: extent %g,%g..%g,%g is not west,south..east,north in degrees",
                    extent.min_x, extent.min_y, extent.max_x, extent.max_y);
  *ret_extent = extent;
  return SF_OK;
}

static enum sf_code
find_styles (struct sf_sheet *sheet, struct sf_error *err)
{
  const struct sf_picture *picture = sheet->picture;
  const struct sf_styles *styles = picture->styles;
  SF_TRY (sf_styles_find (styles, "basemap", &sheet->basemap, err));
  SF_TRY (sf_styles_find (styles, "typhoon_grades", &sheet->grades, err));
  SF_TRY (sf_styles_find (styles, "track", &sheet->track, err));
  SF_TRY (sf_styles_find (styles, "warning_lines", &sheet->warning_lines, err));
  SF_TRY (sf_styles_find (styles, "wind_areas", &sheet->wind_areas, err));
  if (!picture->grid)
    return SF_OK;
  sheet->field_spec = picture->grid->spec;
  sheet->field_reference_s = picture->grid->as.grid->reference_s;
  sheet->field = picture->style ? picture->style : sf_styles_default (styles, picture->grid->name);
  if (sheet->field)
    sheet->origin = sf_render_origin (picture->grid->as.grid, sheet->field);
  if (!sheet->field)
    return sf_fail (err, SF_ENOTFOUND, "picture: dataset '%s' has no default style; name one", picture->grid->name);
  if (picture->band < 0 || picture->band >= picture->grid->as.grid->bands)
    return sf_fail (err, SF_EINVAL, "picture: %s has no band %d", picture->grid->name, picture->band);
  return SF_OK;
}

/* The map's height follows from the extent, true to scale at the middle latitude; a tall extent narrows map and sheet. */
static void
lay_out (struct sf_sheet *sheet)
{
  const struct sf_bounds *e = &sheet->extent;
  double middle = (e->min_y + e->max_y) / 2 * (M_PI / 180);
  double tall = (e->max_y - e->min_y) / ((e->max_x - e->min_x) * cos (middle));
  double width = SF_SHEET_WIDTH - LEFT_PX - 2 * GAP_PX - LEGEND_PX;
  double height = width * tall, most = width * 1.1;
  if (height > most)
    {
      width = fmax (LEAST_MAP_PX, most / tall);
      height = fmin (width * tall, 3 * width);
    }
  sheet->map = (struct sf_box){ LEFT_PX, HEADER_PX + 20, width, fmax (height, 200) };
  sheet->width = LEFT_PX + width + 2 * GAP_PX + LEGEND_PX;
  sheet->height = sheet->map.y + sheet->map.height + BELOW_MAP_PX + FOOTER_PX;
}

/* A legend that is taller than the map is made smaller: its height is measured by drawing it where nothing shows. */
static void
draw_legend (struct sf_sheet *sheet, const struct sf_box *place)
{
  const struct sf_box corner = { 0, 0, place->width, place->height };
  cairo_save (sheet->cr);
  cairo_rectangle (sheet->cr, 0, 0, 0, 0);
  cairo_clip (sheet->cr);
  double height = sf_sheet_draw_legend (sheet, &corner), room = sheet->height - FOOTER_PX - place->y;
  cairo_restore (sheet->cr);
  cairo_save (sheet->cr);
  cairo_translate (sheet->cr, place->x, place->y);
  if (height > room)
    cairo_scale (sheet->cr, room / height, room / height);
  sf_sheet_draw_legend (sheet, &corner);
  cairo_restore (sheet->cr);
}

static enum sf_code
draw_sheet (struct sf_sheet *sheet, struct sf_error *err)
{
  struct sf_box legend = { sheet->map.x + sheet->map.width + GAP_PX, sheet->map.y, LEGEND_PX, sheet->map.height };
  struct sf_box footer = { 28, sheet->height - FOOTER_PX + 6, sheet->width - 56, FOOTER_PX };
  cairo_scale (sheet->cr, sheet->scale, sheet->scale);
  cairo_set_source_rgb (sheet->cr, 1, 1, 1);
  cairo_paint (sheet->cr);
  SF_TRY (sf_sheet_draw_ground (sheet, err));
  sf_sheet_draw_outlines (sheet);
  SF_TRY (sf_sheet_draw_tracks (sheet, err));
  sf_sheet_draw_watermark (sheet);
  sf_sheet_draw_frame (sheet);
  sf_sheet_draw_header (sheet, HEADER_PX);
  draw_legend (sheet, &legend);
  sf_sheet_draw_footer (sheet, &footer);
  if (cairo_status (sheet->cr) != CAIRO_STATUS_SUCCESS)
    return sf_fail (err, SF_ENOMEM, "picture: %s", cairo_status_to_string (cairo_status (sheet->cr)));
  return SF_OK;
}

static const char *
authority_word (enum sf_authority authority)
{
  static const char *const words[] = { "official", "internal", "drill", "hypothetical" };
  return words[authority];
}

static enum sf_code
encode (const struct sf_sheet *sheet, cairo_surface_t *surface, struct sf_strbuf *png, struct sf_error *err)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  size_t stride = (size_t) cairo_image_surface_get_stride (surface);
  uint8_t *rgb = sf_mem_alloc ((size_t) width * (size_t) height * 3);
  if (!rgb)
    return sf_fail (err, SF_ENOMEM, "picture: out of memory");
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        uint32_t pixel;
        uint8_t *out = rgb + ((size_t) y * (size_t) width + (size_t) x) * 3;
        memcpy (&pixel, cairo_image_surface_get_data (surface) + stride * (size_t) y + 4 * (size_t) x, sizeof pixel);
        out[0] = (uint8_t) (pixel >> 16);
        out[1] = (uint8_t) (pixel >> 8);
        out[2] = (uint8_t) pixel;
      }
  const struct sf_png_text texts[] = { { "sanfang:authority", authority_word (sheet->picture->authority) },
                                       { "sanfang:simulated", sheet->picture->simulated ? "true" : "false" },
                                       { "Title", sheet->picture->title_zh ? sheet->picture->title_zh : "" } };
  struct sf_png_image image
      = { .width = width, .height = height, .channels = 3, .pixels = rgb, .texts = texts, .texts_count = 3 };
  enum sf_code code = sf_png_encode (&image, 6, png, err);
  sf_mem_free (rgb);
  return code;
}

enum sf_code
sf_picture_draw (const struct sf_picture *picture, struct sf_strbuf *png, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  cairo_surface_t *surface = NULL;
  struct sf_sheet *sheet = NULL;
  struct sf_bounds extent;
  if (picture->width_px < 480 || picture->width_px > 4096)
    return sf_fail (err, SF_EINVAL, "picture: width %d is outside 480..4096 pixels", picture->width_px);
  SF_TRY (find_extent (picture, &extent, err));
  sheet = sf_mem_calloc (1, sizeof *sheet);
  if (!sheet)
    return sf_fail (err, SF_ENOMEM, "picture: out of memory");
  sheet->picture = picture;
  sheet->extent = extent;
  sheet->scale = picture->width_px / SF_SHEET_WIDTH;
  lay_out (sheet);
  code = find_styles (sheet, err);
  if (code != SF_OK)
    goto out;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) lround (sheet->width * sheet->scale),
                                        (int) lround (sheet->height * sheet->scale));
  sheet->cr = cairo_create (surface);
  sheet->pango = sf_sheet_new_pango (sheet->cr);
  code = draw_sheet (sheet, err);
  if (code == SF_OK)
    code = encode (sheet, surface, png, err);
out:
  if (sheet->pango)
    g_object_unref (sheet->pango);
  if (sheet->cr)
    cairo_destroy (sheet->cr);
  if (surface)
    cairo_surface_destroy (surface);
  sf_mem_free (sheet);
  return code;
}
