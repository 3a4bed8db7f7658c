/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_UV_TILE_H
#define SF_GEODATA_UV_TILE_H

#include "geodata/painter.h"

/* Wind as a texture that a page animates: the eastward and northward component at the centre of every pixel of a window,
   bilinear as in sf_sample_points. A pixel where either component is missing has none. */
struct sf_uv_source
{
  const struct sf_grid *eastward, *northward; /* of the same spec and bands, m/s; borrowed */
  int band;
};

enum
{
  SF_UV_NO_DATA = -32768, /* of both components */
  SF_UV_PER_MPS = 100,    /* steps of 0.01 m/s; beyond +-327.67 m/s the outermost step */
  SF_UV_PNG_MPS = 80      /* a PNG's bytes 0..255 run from -80 to 80 m/s */
};

/* Append width * height pairs u, v of int16, least significant byte first, row 0 at the top. No pixel is blended with an
   alpha on its way to a client, as in a picture it may be. *ret_any (NULL allowed) tells whether any pixel has wind.
   SF_EUNSUPPORTED for a grid that cannot be drawn, SF_EINVAL for a band or component that is not there, or a window that no
   painter takes; SF_ENOMEM. Thread-safe. */
enum sf_code sf_uv_tile_bytes (const struct sf_uv_source *source, const struct sf_window *window, struct sf_strbuf *out,
                               bool *ret_any, struct sf_error *err);

/* The same as a PNG file for viewers and simple clients: R is u, G is v, B is 255 where there is wind, else all are 0; steps
   of 0.63 m/s. It has no alpha, so that browsers hand out the very bytes. */
enum sf_code sf_uv_tile_png (const struct sf_uv_source *source, const struct sf_window *window, struct sf_strbuf *out,
                             bool *ret_any, struct sf_error *err);

#endif
