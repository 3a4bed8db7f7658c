/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_DRAWN_H
#define SF_GEODATA_DRAWN_H

#include "geodata/painter.h"

#include <cairo.h>

/* Shared by the files that draw tiles by lines and letters; not installed. What is drawn hangs on the endless plane of
   pixels that a window is cut from, never on the window, so that windows of one resolution meet without seams. */

/* The plane of a window's resolution. Pixel (0, 0) begins at 180 W and the top of the world (90 N, or that of w);
   positions on it count pixels to the east and south. */
struct drawn_plane
{
  enum sf_tile_set projection;
  double left, top;      /* degrees or metres */
  double step_x, step_y; /* degrees or metres a pixel */
  double column, row;    /* of the window's first pixel, whole numbers for tiles */
  int width, height;     /* of the window */
};

/* SF_EINVAL for a window that no painter takes, or one so fine or far out that its pixels have no numbers (2^40 of them
   from the corner; the closest level has 2^26). */
enum sf_code sf_drawn_plane_init (struct drawn_plane *plane, const struct sf_window *window, struct sf_error *err);
double sf_drawn_lon_deg (const struct drawn_plane *plane, double column);
double sf_drawn_lat_deg (const struct drawn_plane *plane, double row);
double sf_drawn_column (const struct drawn_plane *plane, double lon_deg);
double sf_drawn_row (const struct drawn_plane *plane, double lat_deg);
/* How many times longer a kilometre to the east is drawn than one to the north, at a latitude. */
double sf_drawn_stretch (const struct drawn_plane *plane, double lat_deg);

/* The nodes of a lattice on the plane: node i lies at first + i * step pixels. */
struct drawn_nodes
{
  double first_column, first_row, step;
  int columns, rows;
};

/* The nodes offset + n * step (n whole) that lie in the window or at most `around` pixels outside. */
struct drawn_nodes sf_drawn_nodes (const struct drawn_plane *plane, double step, double offset, double around);

/* Sample a band of a grid in longitude and latitude at all nodes, rows first, bilinear with the rules of
   sf_sample_points. SF_ENOMEM. */
enum sf_code sf_drawn_sample (const struct sf_grid *grid, int band, const struct drawn_plane *plane,
                              const struct drawn_nodes *nodes, float *out, struct sf_error *err);

/* A transparent canvas of the window. cairo's coordinates are pixels of the window from its first one. */
struct drawn_canvas
{
  const struct drawn_plane *plane;
  cairo_surface_t *surface;
  cairo_t *cr;
  int margin;
};

/* What cairo draws must be one shape a call and not reach more than `margin` pixels outside the window: see drawn_ink.h. */
enum sf_code sf_drawn_open (struct drawn_canvas *canvas, const struct drawn_plane *plane, int margin,
                            struct sf_error *err);
/* The pixels of a row of the window, for those who draw without cairo: 0xAARRGGBB, premultiplied. */
uint32_t *sf_drawn_row_pixels (struct drawn_canvas *canvas, int y);

/* How a canvas becomes a picture. Pixels of the style's own colours stay as they are; the blends at the edges of lines are
   rounded (alpha to tenths, colour to sevenths of the scale; colour to 51sts where all is opaque), each pixel by itself, so
   that nearly every tile fits a palette, which is a third of the bytes and of the time. Stripes colour what is drawn only. */
struct drawn_finish
{
  const struct sf_window *window;
  const struct sf_style *style;
  bool is_striped, is_opaque;
  int png_level;
};
/* Append the canvas as a PNG file. */
enum sf_code sf_drawn_encode (const struct drawn_canvas *canvas, const struct drawn_finish *finish,
                              struct sf_strbuf *out, bool *ret_any, struct sf_error *err);
/* The same for a whole ARGB surface, every pixel as it is. */
enum sf_code sf_drawn_encode_exact (cairo_surface_t *surface, int png_level, struct sf_strbuf *out,
                                    struct sf_error *err);
void sf_drawn_close (struct drawn_canvas *canvas);

void sf_drawn_colour (cairo_t *cr, const uint8_t rgba[4]);
/* The white below lines and around letters, so that they show on any ground. */
extern const uint8_t sf_drawn_casing_rgba[4];

#endif
