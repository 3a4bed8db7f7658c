/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_DRAWN_INK_H
#define SF_GEODATA_DRAWN_INK_H

#include "geodata/drawn.h"

/* Lines and areas on a canvas, pixel by pixel; not installed. cairo's rasterizer is faster in a row where no edge ends, and
   comes out a shade differently there: what stands elsewhere in the row shows, so a line would change from window to window.
   Here a pixel depends on what is near it alone. */

/* Lines as the squared distance of each pixel's centre from the nearest: the union of all, with round joins and ends. */
struct drawn_ink
{
  const struct drawn_plane *plane;
  float *nearest;    /* of width * height pixels, reach2 where no line comes near */
  int *first, *last; /* of each row: the columns that are not reach2, last < first when there is none */
  double reach, reach2;
};

/* Ink for lines of at most width_px with a casing of casing_px on each side. SF_ENOMEM. */
enum sf_code sf_ink_init (struct drawn_ink *ink, const struct drawn_plane *plane, double width_px, double casing_px,
                          struct sf_error *err);
void sf_ink_finish (struct drawn_ink *ink);
/* The part of a line that comes near the window, as shares of its length; false when there is none. */
bool sf_ink_near_window (const struct drawn_ink *ink, const double a[2], const double b[2], double *ret_t0,
                         double *ret_t1);
/* Add a line from a to b, in pixels of the window. */
void sf_ink_line (struct drawn_ink *ink, const double a[2], const double b[2]);
/* Colour all lines added, the casing below them first (white; casing_px 0: none), and begin anew. */
void sf_ink_colour (struct drawn_ink *ink, struct drawn_canvas *canvas, const uint8_t rgba[4], double width_px,
                    double casing_px);

/* An area, by the even-odd rule, as the places where its edges cross four lines in each row of pixels. */
struct drawn_area
{
  const struct drawn_plane *plane;
  struct drawn_crossing
  {
    int line, x; /* x in 256ths of a pixel */
  } * list;
  size_t count, capacity;
  bool failed;
};

void sf_area_edge (struct drawn_area *area, const double a[2], const double b[2]);
/* Colour the area and begin anew. 0, or -1 when memory was out. */
int sf_area_colour (struct drawn_area *area, struct drawn_canvas *canvas, const uint8_t rgba[4]);
void sf_area_finish (struct drawn_area *area);

#endif
