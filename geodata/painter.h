/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_PAINTER_H
#define SF_GEODATA_PAINTER_H

#include "core/base/text.h"
#include "core/data/dataset.h"
#include "geodata/style.h"
#include "geodata/tile_matrix.h"

/* A painter turns any window of one band of a grid in one style into a PNG. All that does not depend on the window (exact
   bounds, palette, the PNG's head) is made once; painting is thread-safe and allocates nothing that outlives the call. */
struct sf_painter;

/* What a painter paints. All members are borrowed and must outlive it. A cube is painted step by step: give its values as a
   grid whose bands are the steps. */
struct sf_painter_source
{
  const struct sf_grid *grid; /* longitude and latitude; see geodata/render.h */
  int band;
  const struct sf_grid *eastward,
      *northward; /* of the same spec and bands, for styles that draw a direction; else NULL */
  const struct sf_style *style;
  double origin;   /* of sf_render_origin, found once for all bands */
  bool is_striped; /* drills, hypothetical and simulated layers: no client can show them as the real thing */
  int png_level; /* 0: as fast as this machine can, for tiles that are made when asked for; 1..12: libdeflate's, for files */
};

/* SF_EUNSUPPORTED for a grid that is rotated or in another CRS, and for a style that cannot draw a grid; SF_EINVAL for a
   band that is not there, a direction that is missing or another png_level; SF_ENOMEM. Free with sf_painter_free. */
enum sf_code sf_painter_new (const struct sf_painter_source *source, struct sf_painter **ret_painter,
                             struct sf_error *err);
void sf_painter_free (struct sf_painter *painter);

/* A window: width x height pixels whose outer edges are bounds, in degrees (projection c) or metres (w). */
struct sf_window
{
  enum sf_tile_set projection;
  struct sf_bounds bounds;
  int width, height;
};

/* Append the PNG file of a window to *out. Pixels are those of sf_render_indices, missing and outside fully transparent.
   *ret_any (NULL allowed) tells whether any pixel is not transparent. The same window gives the same bytes on every
   thread, and with png_level above 0 on every machine. What is drawn across windows (lines, labels, arrows) does not
   change at their edges. SF_EINVAL for an empty or too large window (more than 8192 pixels a side) and for bounds that are
   not finite, SF_ENOMEM. Classes and ramps take some 300 KiB beside the file with png_level 0, else the pixels twice. */
enum sf_code sf_painter_paint (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out,
                               bool *ret_any, struct sf_error *err);

#endif
