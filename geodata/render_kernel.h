/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_RENDER_KERNEL_H
#define SF_GEODATA_RENDER_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* The loops over the pixels and cells of one row, for geodata/render_rows.c and png_rows.c. None allocates. Every version
   gives the same bytes: each operation is rounded by itself. */
struct sf_render_kernels
{
  /* out[i] = how many of bounds (rising, at most 255) values[i] reaches; NaN reaches none. */
  void (*classes_float) (const float *values, int count, const float *bounds, int bounds_count, uint8_t *out);
  void (*classes_double) (const double *values, int count, const double *bounds, int bounds_count, uint8_t *out);

  /* out[i] = 0 where values[i] is below low or NaN, else 1 + min (slices - 1, floor ((v - low) / (high - low) * slices)). */
  void (*slices) (const double *values, int count, double low, double high, int slices, uint8_t *out);

  /* out[i] = a[i] + (b[i] - a[i]) t. */
  void (*blend_rows) (const float *a, const float *b, double t, int count, double *out);
  /* out[i] = a + (b - a) share[i] with a = row[left[i]], b = row[left[i] + 1]. Returns whether any is NaN. */
  bool (*blend_columns) (const double *row, const int32_t *left, const double *share, int count, double *out);
  /* Both at once, from the cells of two rows themselves: faster where cells are many more than pixels. */
  bool (*blend_corners) (const float *above, const float *below, double t, const int32_t *left, const double *share,
                         int count, double *out);

  /* out[i] = ((w0 r0[i] + w1 r1[i]) + w2 r2[i]) + w3 r3[i]. */
  void (*cubic_rows) (const float *const rows[4], const double weights[4], int count, double *out);
  /* The same along a row, of row[left[i]] to row[left[i] + 3] by weights[i]. Returns whether any is NaN. */
  bool (*cubic_columns) (const double *row, const int32_t *left, const double (*weights)[4], int count, double *out);

  /* out[i] = values[from[i]]. */
  void (*pick_bytes) (const uint8_t *values, const int32_t *from, int count, uint8_t *out);
  void (*pick_floats) (const float *values, const int32_t *from, int count, float *out);

  /* Two indices below 16 a byte, the left one high; an odd last one has 0 beside it. */
  void (*pack_nibbles) (const uint8_t *indices, int count, uint8_t *out);
  /* out[i] = line[i] - above[i], and above becomes line. */
  void (*subtract_above) (const uint8_t *line, int count, uint8_t *above, uint8_t *out);
  bool (*any_byte) (const uint8_t *bytes, int count);
};

/* The fastest for this machine; plain: those that need nothing beyond the architecture, for tests. */
const struct sf_render_kernels *sf_render_kernels_get (bool plain);

#endif
