/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/render_kernel.h"

#include <string.h>

/* Each loop is written once, always inlined, and compiled for the plain machine and for AVX2. AVX2 without FMA, and this
   file with -ffp-contract=off: a fused multiply-add would make a pixel depend on the CPU. */
#define INLINE static inline __attribute__ ((always_inline))

/* Vectors of 32 bytes; where the machine has none the compiler splits them. */
typedef double pair_double __attribute__ ((vector_size (16)));
typedef double four_double __attribute__ ((vector_size (32)));
typedef int64_t four_int64 __attribute__ ((vector_size (32)));

enum
{
  CHUNK = 64,
  BLOCK = 16
};

INLINE void
classes_float (const float *values, int count, const float *bounds, int bounds_count, uint8_t *out)
{
  for (int begin = 0; begin < count; begin += CHUNK)
    {
      int length = count - begin < CHUNK ? count - begin : CHUNK;
      int32_t reached[CHUNK] = { 0 };
      float chunk[CHUNK] = { 0 };
      memcpy (chunk, values + begin, (size_t) length * sizeof *chunk);
      for (int k = 0; k < bounds_count; k++)
        for (int i = 0; i < CHUNK; i++)
          reached[i] += chunk[i] >= bounds[k];
      for (int i = 0; i < length; i++)
        out[begin + i] = (uint8_t) reached[i];
    }
}

/* The counts of 16 values stay in registers over all bounds. */
INLINE void
classes_block (const double values[BLOCK], const double *bounds, int bounds_count, uint8_t out[BLOCK])
{
  four_double v[4];
  four_int64 reached[4] = { { 0 }, { 0 }, { 0 }, { 0 } };
  int64_t counts[BLOCK];
  memcpy (v, values, sizeof v);
  for (int k = 0; k < bounds_count; k++)
    {
      four_double bound = { bounds[k], bounds[k], bounds[k], bounds[k] };
      reached[0] -= v[0] >= bound;
      reached[1] -= v[1] >= bound;
      reached[2] -= v[2] >= bound;
      reached[3] -= v[3] >= bound;
    }
  memcpy (counts, reached, sizeof counts);
  for (int i = 0; i < BLOCK; i++)
    out[i] = (uint8_t) counts[i];
}

INLINE void
classes_double (const double *values, int count, const double *bounds, int bounds_count, uint8_t *out)
{
  int i = 0;
  for (; i + BLOCK <= count; i += BLOCK)
    classes_block (values + i, bounds, bounds_count, out + i);
  if (i == count)
    return;
  double rest[BLOCK] = { 0 };
  uint8_t rest_out[BLOCK];
  memcpy (rest, values + i, (size_t) (count - i) * sizeof *rest);
  classes_block (rest, bounds, bounds_count, rest_out);
  memcpy (out + i, rest_out, (size_t) (count - i));
}

INLINE void
slices (const double *values, int count, double low, double high, int slices_count, uint8_t *out)
{
  double span = high - low, last = (double) (slices_count - 1);
  for (int i = 0; i < count; i++)
    {
      double v = values[i] >= low ? values[i] : low;
      double slice = (v - low) / span * (double) slices_count;
      slice = slice < last ? slice : last;
      out[i] = (uint8_t) (values[i] >= low ? 1 + (int) slice : 0);
    }
}

INLINE void
blend_rows (const float *a, const float *b, double t, int count, double *out)
{
  for (int i = 0; i < count; i++)
    out[i] = (double) a[i] + ((double) b[i] - (double) a[i]) * t;
}

INLINE bool
blend_columns (const double *row, const int32_t *left, const double *share, int count, double *out)
{
  int i = 0;
  bool missing = false;
  four_int64 missing_of_four = { 0 };
  for (; i + 4 <= count; i += 4)
    {
      /* Whole pairs are loaded and sorted into left and right: a gather of single values is several times slower. */
      pair_double p0, p1, p2, p3;
      four_double t;
      memcpy (&p0, row + left[i], sizeof p0);
      memcpy (&p1, row + left[i + 1], sizeof p1);
      memcpy (&p2, row + left[i + 2], sizeof p2);
      memcpy (&p3, row + left[i + 3], sizeof p3);
      memcpy (&t, share + i, sizeof t);
      four_double even = __builtin_shufflevector (p0, p2, 0, 1, 2, 3);
      four_double odd = __builtin_shufflevector (p1, p3, 0, 1, 2, 3);
      four_double a = __builtin_shufflevector (even, odd, 0, 4, 2, 6);
      four_double b = __builtin_shufflevector (even, odd, 1, 5, 3, 7);
      four_double v = a + (b - a) * t;
      missing_of_four |= v != v;
      memcpy (out + i, &v, sizeof v);
    }
  for (; i < count; i++)
    {
      double a = row[left[i]], b = row[left[i] + 1];
      out[i] = a + (b - a) * share[i];
      missing |= out[i] != out[i];
    }
  return missing || (missing_of_four[0] | missing_of_four[1] | missing_of_four[2] | missing_of_four[3]);
}

INLINE void
cubic_rows (const float *const rows[4], const double weights[4], int count, double *out)
{
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  double w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3];
  for (int i = 0; i < count; i++)
    out[i] = ((w0 * (double) r0[i] + w1 * (double) r1[i]) + w2 * (double) r2[i]) + w3 * (double) r3[i];
}

INLINE bool
cubic_columns (const double *row, const int32_t *left, const double (*weights)[4], int count, double *out)
{
  bool missing = false;
  for (int i = 0; i < count; i++)
    {
      four_double v, w;
      memcpy (&v, row + left[i], sizeof v);
      memcpy (&w, weights[i], sizeof w);
      v *= w;
      out[i] = ((v[0] + v[1]) + v[2]) + v[3];
      missing |= out[i] != out[i];
    }
  return missing;
}

INLINE void
pick_bytes (const uint8_t *values, const int32_t *from, int count, uint8_t *out)
{
  for (int i = 0; i < count; i++)
    out[i] = values[from[i]];
}

INLINE void
pick_floats (const float *values, const int32_t *from, int count, float *out)
{
  for (int i = 0; i < count; i++)
    out[i] = values[from[i]];
}

INLINE void
pack_nibbles (const uint8_t *indices, int count, uint8_t *out)
{
  for (int i = 0; i < count / 2; i++)
    out[i] = (uint8_t) (indices[2 * i] << 4 | indices[2 * i + 1]);
  if (count % 2)
    out[count / 2] = (uint8_t) (indices[count - 1] << 4);
}

INLINE void
subtract_above (const uint8_t *line, int count, uint8_t *above, uint8_t *out)
{
  for (int i = 0; i < count; i++)
    {
      uint8_t now = line[i];
      out[i] = (uint8_t) (now - above[i]);
      above[i] = now;
    }
}

INLINE bool
any_byte (const uint8_t *bytes, int count)
{
  uint8_t any = 0;
  for (int i = 0; i < count; i++)
    any |= bytes[i];
  return any != 0;
}

#define DEFINE_KERNELS(suffix, attribute)                                                                              \
  attribute static void classes_float_##suffix (const float *values, int count, const float *bounds, int bounds_count, \
                                                uint8_t *restrict out)                                                 \
  {                                                                                                                    \
    classes_float (values, count, bounds, bounds_count, out);                                                          \
  }                                                                                                                    \
  attribute static void classes_double_##suffix (const double *values, int count, const double *bounds,                \
                                                 int bounds_count, uint8_t *restrict out)                              \
  {                                                                                                                    \
    classes_double (values, count, bounds, bounds_count, out);                                                         \
  }                                                                                                                    \
  attribute static void slices_##suffix (const double *values, int count, double low, double high, int slices_count,   \
                                         uint8_t *restrict out)                                                        \
  {                                                                                                                    \
    slices (values, count, low, high, slices_count, out);                                                              \
  }                                                                                                                    \
  attribute static void blend_rows_##suffix (const float *a, const float *b, double t, int count,                      \
                                             double *restrict out)                                                     \
  {                                                                                                                    \
    blend_rows (a, b, t, count, out);                                                                                  \
  }                                                                                                                    \
  attribute static bool blend_columns_##suffix (const double *row, const int32_t *left, const double *share,           \
                                                int count, double *restrict out)                                       \
  {                                                                                                                    \
    return blend_columns (row, left, share, count, out);                                                               \
  }                                                                                                                    \
  attribute static void cubic_rows_##suffix (const float *const rows[4], const double weights[4], int count,           \
                                             double *restrict out)                                                     \
  {                                                                                                                    \
    cubic_rows (rows, weights, count, out);                                                                            \
  }                                                                                                                    \
  attribute static bool cubic_columns_##suffix (const double *row, const int32_t *left, const double (*weights)[4],    \
                                                int count, double *restrict out)                                       \
  {                                                                                                                    \
    return cubic_columns (row, left, weights, count, out);                                                             \
  }                                                                                                                    \
  attribute static void pick_bytes_##suffix (const uint8_t *values, const int32_t *from, int count,                    \
                                             uint8_t *restrict out)                                                    \
  {                                                                                                                    \
    pick_bytes (values, from, count, out);                                                                             \
  }                                                                                                                    \
  attribute static void pick_floats_##suffix (const float *values, const int32_t *from, int count,                     \
                                              float *restrict out)                                                     \
  {                                                                                                                    \
    pick_floats (values, from, count, out);                                                                            \
  }                                                                                                                    \
  attribute static void pack_nibbles_##suffix (const uint8_t *indices, int count, uint8_t *restrict out)               \
  {                                                                                                                    \
    pack_nibbles (indices, count, out);                                                                                \
  }                                                                                                                    \
  attribute static void subtract_above_##suffix (const uint8_t *line, int count, uint8_t *restrict above,              \
                                                 uint8_t *restrict out)                                                \
  {                                                                                                                    \
    subtract_above (line, count, above, out);                                                                          \
  }                                                                                                                    \
  attribute static bool any_byte_##suffix (const uint8_t *bytes, int count) { return any_byte (bytes, count); }        \
  static const struct sf_render_kernels kernels_##suffix                                                               \
      = { classes_float_##suffix, classes_double_##suffix, slices_##suffix,         blend_rows_##suffix,               \
          blend_columns_##suffix, cubic_rows_##suffix,     cubic_columns_##suffix,  pick_bytes_##suffix,               \
          pick_floats_##suffix,   pack_nibbles_##suffix,   subtract_above_##suffix, any_byte_##suffix }

DEFINE_KERNELS (plain, );

#if defined(__x86_64__)
DEFINE_KERNELS (avx2, __attribute__ ((target ("avx2"))));

const struct sf_render_kernels *
sf_render_kernels_get (bool plain)
{
  return plain || !__builtin_cpu_supports ("avx2") ? &kernels_plain : &kernels_avx2;
}
#else
const struct sf_render_kernels *
sf_render_kernels_get (bool plain)
{
  (void) plain;
  return &kernels_plain;
}
#endif
