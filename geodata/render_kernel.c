/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/render_kernel.h"

#include <string.h>

/* Each loop is written once, always inlined, and compiled for the plain machine and for AVX2. AVX2 without FMA, and this
   file with -ffp-contract=off: a fused multiply-add would make a pixel depend on the CPU. */
#define INLINE static inline __attribute__ ((always_inline))

/* Vectors of 32 bytes; where the machine has none the compiler splits them. */
typedef double pair_double __attribute__ ((vector_size (16)));
typedef double four_double __attribute__ ((vector_size (32)));
typedef float four_float __attribute__ ((vector_size (16)));
typedef float eight_float __attribute__ ((vector_size (32)));
typedef int64_t four_int64 __attribute__ ((vector_size (32)));
typedef int32_t eight_int32 __attribute__ ((vector_size (32)));
typedef uint8_t bytes_16 __attribute__ ((vector_size (16)));
typedef uint8_t bytes_32 __attribute__ ((vector_size (32)));

enum
{
  FLOATS = 32, /* a block of values whose counts stay in registers over all bounds */
  DOUBLES = 16
};

/* Counts of four vectors, each below 256, become the bytes of one vector and are then put in order. Arrays of vectors would
   be kept in memory. */
INLINE void
classes_of_floats (const float *values, const float *bounds, int bounds_count, uint8_t *out)
{
  eight_float v0, v1, v2, v3;
  eight_int32 n0 = { 0 }, n1 = { 0 }, n2 = { 0 }, n3 = { 0 };
  memcpy (&v0, values, sizeof v0);
  memcpy (&v1, values + 8, sizeof v1);
  memcpy (&v2, values + 16, sizeof v2);
  memcpy (&v3, values + 24, sizeof v3);
  for (int k = 0; k < bounds_count; k++)
    {
      float b = bounds[k];
      eight_float bound = { b, b, b, b, b, b, b, b };
      n0 -= v0 >= bound;
      n1 -= v1 >= bound;
      n2 -= v2 >= bound;
      n3 -= v3 >= bound;
    }
  bytes_32 bytes = (bytes_32) (n0 | n1 << 8 | n2 << 16 | n3 << 24);
  bytes = __builtin_shufflevector (bytes, bytes, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29, 2, 6, 10, 14,
                                   18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
  memcpy (out, &bytes, sizeof bytes);
}

INLINE void
classes_of_doubles (const double *values, const double *bounds, int bounds_count, uint8_t *out)
{
  four_double v0, v1, v2, v3;
  four_int64 n0 = { 0 }, n1 = { 0 }, n2 = { 0 }, n3 = { 0 };
  memcpy (&v0, values, sizeof v0);
  memcpy (&v1, values + 4, sizeof v1);
  memcpy (&v2, values + 8, sizeof v2);
  memcpy (&v3, values + 12, sizeof v3);
  for (int k = 0; k < bounds_count; k++)
    {
      four_double bound = { bounds[k], bounds[k], bounds[k], bounds[k] };
      n0 -= v0 >= bound;
      n1 -= v1 >= bound;
      n2 -= v2 >= bound;
      n3 -= v3 >= bound;
    }
  bytes_32 bytes = (bytes_32) (n0 | n1 << 8 | n2 << 16 | n3 << 24);
  bytes_16 sorted = __builtin_shufflevector (bytes, bytes, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27);
  memcpy (out, &sorted, sizeof sorted);
}

/* The last block overlaps the one before it; fewer values than a block are copied into one. */
INLINE void
classes_float (const float *values, int count, const float *bounds, int bounds_count, uint8_t *out)
{
  for (int i = 0; i + FLOATS <= count; i += FLOATS)
    classes_of_floats (values + i, bounds, bounds_count, out + i);
  if (count >= FLOATS)
    classes_of_floats (values + count - FLOATS, bounds, bounds_count, out + count - FLOATS);
  else if (count > 0)
    {
      float block[FLOATS] = { 0 };
      uint8_t block_out[FLOATS];
      memcpy (block, values, (size_t) count * sizeof *block);
      classes_of_floats (block, bounds, bounds_count, block_out);
      memcpy (out, block_out, (size_t) count);
    }
}

INLINE void
classes_double (const double *values, int count, const double *bounds, int bounds_count, uint8_t *out)
{
  for (int i = 0; i + DOUBLES <= count; i += DOUBLES)
    classes_of_doubles (values + i, bounds, bounds_count, out + i);
  if (count >= DOUBLES)
    classes_of_doubles (values + count - DOUBLES, bounds, bounds_count, out + count - DOUBLES);
  else if (count > 0)
    {
      double block[DOUBLES] = { 0 };
      uint8_t block_out[DOUBLES];
      memcpy (block, values, (size_t) count * sizeof *block);
      classes_of_doubles (block, bounds, bounds_count, block_out);
      memcpy (out, block_out, (size_t) count);
    }
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

/* The pairs of pixels 0 and 2, and of 1 and 3. */
#define load_pairs(row, left, even, odd)                                                                               \
  do                                                                                                                   \
    {                                                                                                                  \
      double pair[4];                                                                                                  \
      for (int p = 0; p < 4; p++)                                                                                      \
        memcpy (&pair[p], (row) + (left)[p], sizeof pair[p]);                                                          \
      even = (pair_double){ pair[0], pair[2] };                                                                        \
      odd = (pair_double){ pair[1], pair[3] };                                                                         \
    }                                                                                                                  \
  while (0)

INLINE bool
blend_corners (const float *above, const float *below, double t, const int32_t *left, const double *share, int count,
               double *out)
{
  int i = 0;
  bool missing = false;
  four_int64 missing_of_four = { 0 };
  four_double down = { t, t, t, t };
  for (; i + 4 <= count; i += 4)
    {
      pair_double even_above, odd_above, even_below, odd_below; /* pairs of floats, moved as doubles */
      four_double along;
      load_pairs (above, left + i, even_above, odd_above);
      load_pairs (below, left + i, even_below, odd_below);
      memcpy (&along, share + i, sizeof along);
      four_double even = __builtin_convertvector((four_float) even_above, four_double);
      four_double odd = __builtin_convertvector((four_float) odd_above, four_double);
      even += (__builtin_convertvector((four_float) even_below, four_double) - even) * down;
      odd += (__builtin_convertvector((four_float) odd_below, four_double) - odd) * down;
      four_double a = __builtin_shufflevector (even, odd, 0, 4, 2, 6);
      four_double b = __builtin_shufflevector (even, odd, 1, 5, 3, 7);
      four_double v = a + (b - a) * along;
      missing_of_four |= v != v;
      memcpy (out + i, &v, sizeof v);
    }
  for (; i < count; i++)
    {
      double a = (double) above[left[i]], b = (double) above[left[i] + 1];
      a += ((double) below[left[i]] - a) * t;
      b += ((double) below[left[i] + 1] - b) * t;
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
  attribute static bool blend_corners_##suffix (const float *above, const float *below, double t, const int32_t *left, \
                                                const double *share, int count, double *restrict out)                  \
  {                                                                                                                    \
    return blend_corners (above, below, t, left, share, count, out);                                                   \
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
      = { classes_float_##suffix, classes_double_##suffix, slices_##suffix,       blend_rows_##suffix,                 \
          blend_columns_##suffix, blend_corners_##suffix,  cubic_rows_##suffix,   cubic_columns_##suffix,              \
          pick_bytes_##suffix,    pick_floats_##suffix,    pack_nibbles_##suffix, subtract_above_##suffix,             \
          any_byte_##suffix }

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
