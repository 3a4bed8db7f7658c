/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/render_kernel.h"

/* Contraction to fused multiply-add would make a pixel depend on the CPU. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3", "fp-contract=off")
#if defined(__x86_64__)
#define CLONES __attribute__ ((target_clones ("arch=x86-64-v3", "default")))
#endif
#endif
#ifndef CLONES
#define CLONES
#endif

enum
{
  CHUNK = 64
};

CLONES void
sf_render_classes_float (const float *values, int count, const float *bounds, int bounds_count, uint8_t *out)
{
  for (int begin = 0; begin < count; begin += CHUNK)
    {
      int length = count - begin < CHUNK ? count - begin : CHUNK;
      int32_t reached[CHUNK] = { 0 };
      float chunk[CHUNK] = { 0 };
      for (int i = 0; i < length; i++)
        chunk[i] = values[begin + i];
      for (int k = 0; k < bounds_count; k++)
        for (int i = 0; i < CHUNK; i++)
          reached[i] += chunk[i] >= bounds[k];
      for (int i = 0; i < length; i++)
        out[begin + i] = (uint8_t) reached[i];
    }
}

CLONES void
sf_render_classes_double (const double *values, int count, const double *bounds, int bounds_count, uint8_t *out)
{
  for (int begin = 0; begin < count; begin += CHUNK)
    {
      int length = count - begin < CHUNK ? count - begin : CHUNK;
      int64_t reached[CHUNK] = { 0 };
      double chunk[CHUNK] = { 0 };
      for (int i = 0; i < length; i++)
        chunk[i] = values[begin + i];
      for (int k = 0; k < bounds_count; k++)
        for (int i = 0; i < CHUNK; i++)
          reached[i] += chunk[i] >= bounds[k];
      for (int i = 0; i < length; i++)
        out[begin + i] = (uint8_t) reached[i];
    }
}

CLONES void
sf_render_slices (const double *values, int count, double low, double high, int slices, uint8_t *out)
{
  double span = high - low, last = (double) (slices - 1);
  for (int i = 0; i < count; i++)
    {
      double v = values[i] >= low ? values[i] : low;
      double slice = (v - low) / span * (double) slices;
      slice = slice < last ? slice : last;
      out[i] = (uint8_t) (values[i] >= low ? 1 + (int) slice : 0);
    }
}

CLONES void
sf_render_blend_rows (const float *a, const float *b, double t, int count, double *out)
{
  for (int i = 0; i < count; i++)
    out[i] = (double) a[i] + ((double) b[i] - (double) a[i]) * t;
}

CLONES void
sf_render_blend_columns (const double *row, const int32_t *left, const int32_t *right, const double *share, int count,
                         double *out)
{
  for (int i = 0; i < count; i++)
    {
      double a = row[left[i]], b = row[right[i]];
      out[i] = a + (b - a) * share[i];
    }
}
