/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/uv_tile.h"

#include "core/base/mem.h"
#include "geodata/drawn.h"
#include "geodata/painter_private.h"
#include "geodata/png.h"
#include "geodata/render.h"

#include <math.h>

static enum sf_code
check_source (const struct sf_uv_source *source, struct sf_error *err)
{
  if (!source->eastward || !source->northward)
    return sf_fail (err, SF_EINVAL, "wind texture: the %s wind is not given",
                    source->eastward ? "northward" : "eastward");
  SF_TRY (sf_render_check_band (source->eastward, source->band, err));
  SF_TRY (sf_render_check_band (source->northward, source->band, err));
  if (!sf_gridspec_same (&source->eastward->spec, &source->northward->spec))
    return sf_fail (err, SF_EINVAL, "wind texture: the two components are not of one grid");
  return SF_OK;
}

/* Both components at the centres of the window's pixels, u first, then v. */
static enum sf_code
sample_both (const struct sf_uv_source *source, const struct sf_window *window, float **ret_values,
             struct sf_error *err)
{
  struct drawn_plane plane;
  SF_TRY (check_source (source, err));
  SF_TRY (sf_drawn_plane_init (&plane, window, err));
  struct drawn_nodes nodes = { plane.column + 0.5, plane.row + 0.5, 1, window->width, window->height };
  size_t count = (size_t) window->width * (size_t) window->height;
  float *values = sf_mem_alloc (2 * count * sizeof *values);
  if (!values)
    return sf_fail (err, SF_ENOMEM, "wind texture %dx%d: out of memory", window->width, window->height);
  enum sf_code code = sf_drawn_sample (source->eastward, source->band, &plane, &nodes, values, err);
  if (code == SF_OK)
    code = sf_drawn_sample (source->northward, source->band, &plane, &nodes, values + count, err);
  if (code == SF_OK)
    *ret_values = values;
  else
    sf_mem_free (values);
  return code;
}

static void
put_int16 (uint8_t *bytes, double value)
{
  int step = (int) round (fmin (32767, fmax (-32767, value * SF_UV_PER_MPS)));
  bytes[0] = (uint8_t) (step & 255);
  bytes[1] = (uint8_t) (step >> 8 & 255);
}

static void
put_no_data (uint8_t *bytes)
{
  bytes[0] = bytes[2] = 0;
  bytes[1] = bytes[3] = 0x80; /* SF_UV_NO_DATA */
}

enum sf_code
sf_uv_tile_bytes (const struct sf_uv_source *source, const struct sf_window *window, struct sf_strbuf *out,
                  bool *ret_any, struct sf_error *err)
{
  float *values;
  size_t count = (size_t) window->width * (size_t) window->height;
  bool any = false;
  SF_TRY (sample_both (source, window, &values, err));
  uint8_t *bytes = sf_mem_alloc (4 * count);
  for (size_t i = 0; bytes && i < count; i++)
    {
      float u = values[i], v = values[count + i];
      if (isnan (u) || isnan (v))
        {
          put_no_data (bytes + 4 * i);
          continue;
        }
      put_int16 (bytes + 4 * i, (double) u);
      put_int16 (bytes + 4 * i + 2, (double) v);
      any = true;
    }
  sf_mem_free (values);
  if (bytes)
    sf_strbuf_add_bytes (out, bytes, 4 * count);
  sf_mem_free (bytes);
  if (!bytes || out->failed)
    return sf_fail (err, SF_ENOMEM, "wind texture %dx%d: out of memory", window->width, window->height);
  if (ret_any)
    *ret_any = any;
  return SF_OK;
}

static uint8_t
byte_of (float mps)
{
  double share = ((double) mps + SF_UV_PNG_MPS) / (2.0 * SF_UV_PNG_MPS);
  return (uint8_t) round (fmin (1, fmax (0, share)) * 255);
}

enum sf_code
sf_uv_tile_png (const struct sf_uv_source *source, const struct sf_window *window, struct sf_strbuf *out, bool *ret_any,
                struct sf_error *err)
{
  float *values;
  size_t count = (size_t) window->width * (size_t) window->height;
  bool any = false;
  SF_TRY (sample_both (source, window, &values, err));
  uint8_t *pixels = sf_mem_calloc (count, 3);
  for (size_t i = 0; pixels && i < count; i++)
    if (!isnan (values[i]) && !isnan (values[count + i]))
      {
        pixels[3 * i] = byte_of (values[i]);
        pixels[3 * i + 1] = byte_of (values[count + i]);
        pixels[3 * i + 2] = 255;
        any = true;
      }
  struct sf_png_image image = { .width = window->width, .height = window->height, .channels = 3, .pixels = pixels };
  enum sf_code code = pixels ? sf_png_encode (&image, 1, out, err)
                             : sf_fail (err, SF_ENOMEM, "wind texture %dx%d: out of memory", image.width, image.height);
  sf_mem_free (pixels);
  sf_mem_free (values);
  if (code == SF_OK && ret_any)
    *ret_any = any;
  return code;
}
