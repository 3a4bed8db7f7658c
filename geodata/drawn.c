/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/drawn.h"

#include "core/base/mem.h"
#include "geodata/painter_private.h"
#include "geodata/png.h"

#include <math.h>
#include <string.h>

/* cairo 1.16's fast way to rasterize sets everything so much to the left: its samples are floored to quarters. */
#define FAST_SHIFT_PX 0.125

enum
{
  SLOTS = 1024
};

const uint8_t sf_drawn_casing_rgba[4] = { 255, 255, 255, 158 };

/* The exact resolution of a level where a window has it but for rounding: all windows of a level share one plane. */
static double
snap_step (enum sf_tile_set projection, double step)
{
  struct sf_tile_matrix matrix;
  for (int id = sf_tile_set_min_id (projection); id <= sf_tile_set_max_id (projection); id++)
    if (sf_tile_matrix_get (projection, id, &matrix, NULL) == SF_OK && fabs (step / matrix.resolution - 1) < 1e-9)
      return matrix.resolution;
  return step;
}

static double
snap_position (double position)
{
  double nearest = round (position);
  return fabs (position - nearest) < 1e-5 ? nearest : position;
}

enum sf_code
sf_drawn_plane_init (struct drawn_plane *plane, const struct sf_window *window, struct sf_error *err)
{
  const double most = (double) (INT64_C (1) << 40);
  const struct sf_bounds *bounds = &window->bounds;
  struct sf_tile_matrix matrix;
  SF_TRY (sf_painter_check_window (window, err));
  SF_TRY (sf_tile_matrix_get (window->projection, sf_tile_set_min_id (window->projection), &matrix, err));
  *plane = (struct drawn_plane){ .projection = window->projection,
                                 .left = matrix.left,
                                 .top = matrix.top,
                                 .width = window->width,
                                 .height = window->height };
  plane->step_x = snap_step (window->projection, (bounds->max_x - bounds->min_x) / window->width);
  plane->step_y = snap_step (window->projection, (bounds->max_y - bounds->min_y) / window->height);
  plane->column = snap_position ((bounds->min_x - plane->left) / plane->step_x);
  plane->row = snap_position ((plane->top - bounds->max_y) / plane->step_y);
  if (!(fabs (plane->column) < most && fabs (plane->row) < most))
    return sf_fail (err, SF_EINVAL, "painter: a window too fine or too far out to be drawn (%.17g %.17g %.17g %.17g)",
                    bounds->min_x, bounds->min_y, bounds->max_x, bounds->max_y);
  return SF_OK;
}

double
sf_drawn_lon_deg (const struct drawn_plane *plane, double column)
{
  double x = plane->left + column * plane->step_x;
  return plane->projection == SF_TILE_SET_W ? x / sf_mercator_x_m (1) : x;
}

double
sf_drawn_lat_deg (const struct drawn_plane *plane, double row)
{
  double y = plane->top - row * plane->step_y;
  return plane->projection == SF_TILE_SET_W ? sf_mercator_lat_deg (y) : y;
}

double
sf_drawn_column (const struct drawn_plane *plane, double lon_deg)
{
  double x = plane->projection == SF_TILE_SET_W ? sf_mercator_x_m (lon_deg) : lon_deg;
  return (x - plane->left) / plane->step_x;
}

double
sf_drawn_row (const struct drawn_plane *plane, double lat_deg)
{
  double y = plane->projection == SF_TILE_SET_W ? sf_mercator_y_m (lat_deg) : lat_deg;
  return (plane->top - y) / plane->step_y;
}

double
sf_drawn_stretch (const struct drawn_plane *plane, double lat_deg)
{
  double square = plane->step_y / plane->step_x;
  return plane->projection == SF_TILE_SET_W ? square : square / fmax (cos (lat_deg * (M_PI / 180)), 1e-6);
}

struct drawn_nodes
sf_drawn_nodes (const struct drawn_plane *plane, double step, double offset, double around)
{
  double first_column = ceil ((plane->column - around - offset) / step);
  double first_row = ceil ((plane->row - around - offset) / step);
  double last_column = floor ((plane->column + plane->width + around - offset) / step);
  double last_row = floor ((plane->row + plane->height + around - offset) / step);
  return (struct drawn_nodes){ .first_column = offset + first_column * step,
                               .first_row = offset + first_row * step,
                               .step = step,
                               .columns = (int) fmax (0, last_column - first_column + 1),
                               .rows = (int) fmax (0, last_row - first_row + 1) };
}

/* Where a position of one axis falls among the cells: the two centres around it and the share of the second; own < 0
   outside. */
struct place
{
  int own, low, high;
  double share;
};

static struct place
place_among (double position, int cells)
{
  if (!(position >= 0 && position <= cells))
    return (struct place){ .own = -1 };
  double centre = fmin (fmax (position - 0.5, 0), cells - 1);
  int low = (int) centre;
  return (struct place){ .own = position < cells ? (int) position : cells - 1,
                         .low = low,
                         .high = low + 1 < cells ? low + 1 : low,
                         .share = centre - low };
}

static struct place
place_column (const struct sf_gridspec *spec, double lon_deg)
{
  double position = (lon_deg - spec->affine[0]) / spec->affine[1], turn = 360 / fabs (spec->affine[1]);
  if (position < 0 && position + turn <= spec->nx)
    position += turn;
  else if (position > spec->nx && position - turn >= 0)
    position -= turn;
  return place_among (position, spec->nx);
}

/* The others share the weight of missing neighbours; a missing cell of one's own is missing. */
static float
patched_value (const float *own_row, const float *above, const float *below, const struct place *column,
               const struct place *row)
{
  const float values[4] = { above[column->low], above[column->high], below[column->low], below[column->high] };
  double sum = 0, weights = 0;
  if (isnan (own_row[column->own]))
    return NAN;
  for (int k = 0; k < 4; k++)
    {
      double weight = (k & 1 ? column->share : 1 - column->share) * (k & 2 ? row->share : 1 - row->share);
      if (isnan (values[k]) || weight == 0)
        continue;
      sum += weight * (double) values[k];
      weights += weight;
    }
  return weights > 0 ? (float) (sum / weights) : NAN;
}

static void
sample_row (const struct sf_grid *grid, int band, const struct place *row, const struct place *columns, int count,
            float *out)
{
  size_t nx = (size_t) grid->spec.nx;
  const float *values = grid->values + (size_t) band * nx * (size_t) grid->spec.ny;
  const float *above = values + nx * (size_t) row->low, *below = values + nx * (size_t) row->high;
  for (int i = 0; i < count; i++)
    {
      const struct place *column = &columns[i];
      if (column->own < 0)
        {
          out[i] = NAN;
          continue;
        }
      double a = (double) above[column->low], b = (double) above[column->high];
      double left = a + ((double) below[column->low] - a) * row->share;
      double right = b + ((double) below[column->high] - b) * row->share;
      out[i] = (float) (left + (right - left) * column->share);
      if (isnan (out[i]))
        out[i] = patched_value (values + nx * (size_t) row->own, above, below, column, row);
    }
}

enum sf_code
sf_drawn_sample (const struct sf_grid *grid, int band, const struct drawn_plane *plane, const struct drawn_nodes *nodes,
                 float *out, struct sf_error *err)
{
  const struct sf_gridspec *spec = &grid->spec;
  struct place *columns = sf_mem_alloc ((size_t) nodes->columns * sizeof *columns);
  if (!columns)
    return sf_fail (err, SF_ENOMEM, "sampling %d columns: out of memory", nodes->columns);
  for (int i = 0; i < nodes->columns; i++)
    columns[i] = place_column (spec, sf_drawn_lon_deg (plane, nodes->first_column + i * nodes->step));
  for (int j = 0; j < nodes->rows; j++)
    {
      float *line = out + (size_t) j * (size_t) nodes->columns;
      double lat_deg = sf_drawn_lat_deg (plane, nodes->first_row + j * nodes->step);
      struct place row = place_among ((lat_deg - spec->affine[3]) / spec->affine[5], spec->ny);
      if (row.own >= 0)
        sample_row (grid, band, &row, columns, nodes->columns, line);
      else
        for (int i = 0; i < nodes->columns; i++)
          line[i] = NAN;
    }
  sf_mem_free (columns);
  return SF_OK;
}

enum sf_code
sf_drawn_open (struct drawn_canvas *canvas, const struct drawn_plane *plane, int margin, struct sf_error *err)
{
  canvas->plane = plane;
  canvas->margin = margin;
  canvas->surface
      = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, plane->width + 2 * margin, plane->height + 2 * margin);
  canvas->cr = cairo_create (canvas->surface);
  if (cairo_status (canvas->cr) != CAIRO_STATUS_SUCCESS)
    {
      sf_drawn_close (canvas);
      return sf_fail (err, SF_ENOMEM, "drawing %dx%d pixels: out of memory", plane->width, plane->height);
    }
  cairo_set_antialias (canvas->cr, CAIRO_ANTIALIAS_FAST); /* half the time; hardly told apart at 8 times the size */
  cairo_translate (canvas->cr, margin + FAST_SHIFT_PX, margin);
  return SF_OK;
}

uint32_t *
sf_drawn_row_pixels (struct drawn_canvas *canvas, int y)
{
  size_t stride = (size_t) cairo_image_surface_get_stride (canvas->surface);
  uint8_t *row = cairo_image_surface_get_data (canvas->surface) + stride * (size_t) (y + canvas->margin);
  return (uint32_t *) (void *) row + canvas->margin;
}

void
sf_drawn_close (struct drawn_canvas *canvas)
{
  if (canvas->cr)
    cairo_destroy (canvas->cr);
  if (canvas->surface)
    cairo_surface_destroy (canvas->surface);
  canvas->cr = NULL;
  canvas->surface = NULL;
}

void
sf_drawn_colour (cairo_t *cr, const uint8_t rgba[4])
{
  cairo_set_source_rgba (cr, rgba[0] / 255.0, rgba[1] / 255.0, rgba[2] / 255.0, rgba[3] / 255.0);
}

/* From cairo's premultiplied word to bytes R G B A. */
static void
straight_pixel (uint32_t pixel, uint8_t ret_rgba[4])
{
  uint32_t alpha = pixel >> 24, c[3] = { pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255 };
  for (int k = 0; k < 3; k++)
    ret_rgba[k] = (uint8_t) (alpha == 255 ? c[k] : alpha == 0 ? 0 : (c[k] * 255 + alpha / 2) / alpha);
  ret_rgba[3] = (uint8_t) alpha;
}

static uint8_t
round_to (uint32_t value, uint32_t parts)
{
  uint32_t part = (value * parts * 2 + 255) / 510;
  return (uint8_t) ((part * 510 + parts) / (parts * 2));
}

static bool
is_own_colour (const struct sf_style *style, const uint8_t rgba[4])
{
  for (int i = 0; i < style->entries_count; i++)
    if (memcmp (style->entries[i].rgba, rgba, 4) == 0)
      return true;
  return false;
}

static uint32_t
finish_pixel (const struct drawn_finish *finish, uint32_t pixel, bool is_striped)
{
  uint8_t rgba[4];
  straight_pixel (pixel, rgba);
  if (!is_own_colour (finish->style, rgba))
    {
      rgba[3] = finish->is_opaque ? 255 : round_to (rgba[3], 10);
      for (int k = 0; k < 3; k++)
        rgba[k] = rgba[3] ? round_to (rgba[k], finish->is_opaque ? 51 : 7) : 0;
    }
  if (is_striped && rgba[3])
    memcpy (rgba, sf_painter_stripe_rgba, 3);
  memcpy (&pixel, rgba, sizeof pixel);
  return pixel;
}

static const uint32_t *
surface_row (cairo_surface_t *surface, int y)
{
  size_t stride = (size_t) cairo_image_surface_get_stride (surface);
  return (const uint32_t *) (const void *) (cairo_image_surface_get_data (surface) + stride * (size_t) y);
}

/* Lines are thin: stripes take half of each period, where filled areas have an eighth. */
static void
finish_pixels (const struct drawn_canvas *canvas, const struct drawn_finish *finish, uint32_t *out)
{
  int column, row, width = finish->window->width, height = finish->window->height;
  sf_painter_phase (finish->window, SF_PAINTER_STRIPE_PERIOD, &column, &row);
  for (int y = 0; y < height; y++)
    {
      const uint32_t *line = surface_row (canvas->surface, y + canvas->margin) + canvas->margin;
      uint32_t last = 0, last_out = 0;
      bool last_striped = false;
      for (int x = 0; x < width; x++, out++)
        {
          int phase = (x + column + y + row) % SF_PAINTER_STRIPE_PERIOD;
          bool striped = finish->is_striped && phase < SF_PAINTER_STRIPE_PERIOD / 2;
          if (line[x] != last || striped != last_striped)
            {
              last = line[x];
              last_striped = striped;
              last_out = last ? finish_pixel (finish, last, striped) : 0;
            }
          *out = last_out;
        }
    }
}

/* Number the colours in the order in which they come; false when there are more than 256. */
static bool
find_palette (const uint32_t *pixels, size_t count, uint8_t *indices, uint32_t palette[256], int *ret_colours)
{
  uint32_t keys[SLOTS] = { 0 }, last = ~pixels[0];
  int16_t numbers[SLOTS];
  int colours = 0;
  uint8_t last_index = 0;
  memset (numbers, -1, sizeof numbers);
  for (size_t i = 0; i < count; i++)
    {
      if (pixels[i] != last)
        {
          uint32_t slot = (pixels[i] * 2654435761u) >> 22;
          while (numbers[slot] >= 0 && keys[slot] != pixels[i])
            slot = (slot + 1) % SLOTS;
          if (numbers[slot] < 0 && colours == 256)
            return false;
          if (numbers[slot] < 0)
            {
              keys[slot] = palette[colours] = pixels[i];
              numbers[slot] = (int16_t) colours++;
            }
          last = pixels[i];
          last_index = (uint8_t) numbers[slot];
        }
      indices[i] = last_index;
    }
  *ret_colours = colours;
  return true;
}

static enum sf_code
encode_pixels (const uint32_t *pixels, int width, int height, int png_level, struct sf_strbuf *out, bool *ret_any,
               struct sf_error *err)
{
  struct sf_png_image image = { .width = width, .height = height, .channels = 4, .pixels = (const uint8_t *) pixels };
  size_t count = (size_t) width * (size_t) height;
  uint32_t palette[256] = { 0 };
  uint8_t *indices = sf_mem_alloc (count);
  if (!indices)
    return sf_fail (err, SF_ENOMEM, "drawing %dx%d pixels: out of memory", width, height);
  if (find_palette (pixels, count, indices, palette, &image.colours))
    {
      image.channels = 1;
      image.pixels = indices;
      image.palette = (const uint8_t (*)[4]) palette;
    }
  *ret_any = image.channels == 4 || image.colours > 1 || palette[0] != 0;
  enum sf_code code = sf_png_encode (&image, png_level ? png_level : 1, out, err);
  sf_mem_free (indices);
  return code;
}

enum sf_code
sf_drawn_encode (const struct drawn_canvas *canvas, const struct drawn_finish *finish, struct sf_strbuf *out,
                 bool *ret_any, struct sf_error *err)
{
  int width = finish->window->width, height = finish->window->height;
  uint32_t *pixels = sf_mem_alloc ((size_t) width * (size_t) height * sizeof *pixels);
  enum sf_code code = SF_OK;
  cairo_surface_flush (canvas->surface);
  if (!pixels || cairo_status (canvas->cr) != CAIRO_STATUS_SUCCESS)
    code = sf_fail (err, SF_ENOMEM, "drawing %dx%d pixels: out of memory", width, height);
  else
    {
      finish_pixels (canvas, finish, pixels);
      code = encode_pixels (pixels, width, height, finish->png_level, out, ret_any, err);
    }
  sf_mem_free (pixels);
  return code;
}

enum sf_code
sf_drawn_encode_exact (cairo_surface_t *surface, int png_level, struct sf_strbuf *out, struct sf_error *err)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  uint32_t *pixels = sf_mem_alloc ((size_t) width * (size_t) height * sizeof *pixels);
  bool any;
  if (!pixels)
    return sf_fail (err, SF_ENOMEM, "drawing %dx%d pixels: out of memory", width, height);
  cairo_surface_flush (surface);
  for (int i = 0; i < width * height; i++)
    {
      uint8_t rgba[4];
      straight_pixel (surface_row (surface, i / width)[i % width], rgba);
      memcpy (&pixels[i], rgba, sizeof rgba);
    }
  enum sf_code code = encode_pixels (pixels, width, height, png_level, out, &any, err);
  sf_mem_free (pixels);
  return code;
}
