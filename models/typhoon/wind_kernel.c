/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/wind_kernel.h"

#include <math.h>
#include <string.h>

/* Each loop is written once in plain C, always inlined, and compiled twice: for the plain machine and for AVX2 with
   FMA. Explicit dispatch instead of target_clones, because clang 14 lacks its architecture levels and a test wants to
   force each version. */
#define INLINE static inline __attribute__ ((always_inline))

#define LOG2_E 1.4426950408889634
#define LN2_HIGH 0x1.62e42fefa3800p-1
#define LN2_LOW 0x1.ef35793c76730p-45
#define SQRT_HALF_BITS 0x3fe6a09e667f3bcdULL
#define ONE_BITS 0x3ff0000000000000ULL
#define TWO52_BITS 0x4330000000000000ULL
#define TWO52 0x1p52

INLINE uint64_t
bits_of (double value)
{
  uint64_t bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

INLINE double
double_of (uint64_t bits)
{
  double value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

INLINE int32_t
int_of (float value)
{
  int32_t bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

INLINE float
float_of (int32_t bits)
{
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* The larger; unlike fmax a single instruction, and NaN does not occur here. */
INLINE double
larger (double a, double b)
{
  return a > b ? a : b;
}

/* exp (x) for x at most 700, below -700 as at -700. Taylor series to the 11th power on |r| <= ln 2 / 2, where the first
   term left out is under 1e-14: relative error below 2e-14. */
INLINE double
quick_exp (double x)
{
  const double round_magic = 0x1.8p52;
  x = larger (x, -700.0);
  double shifted = x * LOG2_E + round_magic;
  double n = shifted - round_magic;
  double r = (x - n * LN2_HIGH) - n * LN2_LOW;
  double p = 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return double_of (bits_of (p) + (bits_of (shifted) << 52));
}

/* ln (x) for normal positive x. 2 artanh t with t = (m - 1) / (m + 1), m in [sqrt 1/2, sqrt 2), to the 19th power of t:
   absolute error below 1e-15 plus rounding. */
INLINE double
quick_log (double x)
{
  uint64_t bits = bits_of (x);
  uint64_t exponent = (bits + (ONE_BITS - SQRT_HALF_BITS)) >> 52;
  double m = double_of (bits - ((exponent - 1023) << 52));
  double n = double_of (exponent | TWO52_BITS) - (TWO52 + 1023.0);
  double t = (m - 1.0) / (m + 1.0), q = t * t;
  double p = 2.0 / 19;
  p = p * q + 2.0 / 17;
  p = p * q + 2.0 / 15;
  p = p * q + 2.0 / 13;
  p = p * q + 2.0 / 11;
  p = p * q + 2.0 / 9;
  p = p * q + 2.0 / 7;
  p = p * q + 2.0 / 5;
  p = p * q + 2.0 / 3;
  return n * LN2_HIGH + (n * LN2_LOW + (t * 2.0 + t * q * p));
}

/* The profiles of wind_profile.c at distance r = rmw sqrt(s), with everything that is the same for all cells in
 * scalars. */
struct profile
{
  double half_b, pressure, half_f, factor, momentum;
  double vmax, log_scale, slope, rmw;
};

INLINE struct profile
profile_of (const struct sf_wind_radial *radial)
{
  return (struct profile){
    .half_b = -0.5 * radial->b,
    .pressure = radial->b / radial->rho_kgpm3 * radial->dp_pa,
    .half_f = 0.5 * radial->f_per_s,
    .factor = radial->surface_factor,
    .momentum = 2.0 * (radial->rmw_m * radial->vmax_mps + 0.5 * radial->f_per_s * radial->rmw_m * radial->rmw_m),
    .vmax = radial->in_brackets ? 1.0 : radial->vmax_mps,
    .log_scale = 1.0 + (radial->in_brackets ? 2.0 * log (radial->vmax_mps) : 0.0),
    .slope = radial->x_slope_per_m,
    .rmw = radial->rmw_m
  };
}

INLINE double
holland (const struct profile *p, double r, double s)
{
  double y = quick_exp (p->half_b * quick_log (s)), coriolis = r * p->half_f;
  double v2 = p->pressure * y * quick_exp (-y) + coriolis * coriolis;
  return p->factor * (sqrt (larger (v2, 0.0)) - coriolis);
}

INLINE double
holland_2010 (const struct profile *p, double r, double s)
{
  double log_y = p->half_b * quick_log (s);
  double x = larger (0.4, 0.5 + larger (0.0, r - p->rmw) * p->slope);
  return p->factor * p->vmax * quick_exp (x * (log_y + p->log_scale - quick_exp (log_y)));
}

INLINE double
emanuel_rotunno (const struct profile *p, double r, double s)
{
  return p->factor * larger (0.0, p->momentum * s / ((1.0 + s) * r));
}

INLINE double
profile_at (enum sf_wind_model model, const struct profile *p, double r, double s)
{
  if (model == SF_WIND_H10)
    return holland_2010 (p, r, s);
  if (model == SF_WIND_ER11)
    return emanuel_rotunno (p, r, s);
  return holland (p, r, s);
}

INLINE void
exact_cells (enum sf_wind_model model, const struct sf_wind_eye *eye, double x0, double hx, double y, int n,
             double *restrict speed2, double *restrict u_mps, double *restrict v_mps)
{
  const struct profile p = profile_of (&eye->radial);
  double rmw = p.rmw, inv_rmw2 = 1.0 / (rmw * rmw), y2 = y * y;
  double east = eye->vt_east_mps, north = eye->vt_north_mps, taken = eye->taken_mps, spin = eye->spin;
#pragma omp simd
  for (int i = 0; i < n; i++)
    {
      double x = x0 + (double) i * hx, d2 = x * x + y2;
      double r2 = larger (1.0, d2), r = sqrt (r2), inv = 1.0 / r;
      double share = rmw * inv;
      share = share < 1.0 ? share : 1.0;
      double around = spin * inv * (profile_at (model, &p, r, r2 * inv_rmw2) - taken * share);
      double u = east * share - y * around, v = north * share + x * around;
      u = d2 > 1.0 ? u : 0.0;
      v = d2 > 1.0 ? v : 0.0;
      speed2[i] = u * u + v * v;
      if (u_mps)
        {
          u_mps[i] = u;
          v_mps[i] = v;
        }
    }
}

INLINE void
exact_row (const struct sf_wind_eye *eye, double x0, double hx, double y, int n, double *speed2, double *u_mps,
           double *v_mps)
{
  enum sf_wind_model model = eye->radial.model;
  if (u_mps)
    {
      if (model == SF_WIND_H10)
        exact_cells (SF_WIND_H10, eye, x0, hx, y, n, speed2, u_mps, v_mps);
      else if (model == SF_WIND_ER11)
        exact_cells (SF_WIND_ER11, eye, x0, hx, y, n, speed2, u_mps, v_mps);
      else
        exact_cells (SF_WIND_H08, eye, x0, hx, y, n, speed2, u_mps, v_mps);
    }
  else if (model == SF_WIND_H10)
    exact_cells (SF_WIND_H10, eye, x0, hx, y, n, speed2, NULL, NULL);
  else if (model == SF_WIND_ER11)
    exact_cells (SF_WIND_ER11, eye, x0, hx, y, n, speed2, NULL, NULL);
  else
    exact_cells (SF_WIND_H08, eye, x0, hx, y, n, speed2, NULL, NULL);
}

INLINE void
fill_knots (enum sf_wind_model model, const struct profile *p, int begin, int end, struct sf_wind_table *restrict table)
{
  double *restrict knot_s = table->knot_s, *restrict knot_mps = table->knot_mps;
#pragma omp simd
  for (int i = begin; i < end; i++)
    {
      knot_s[i] = (double) float_of ((SF_WIND_TABLE_FIRST + i) << SF_WIND_TABLE_SHIFT);
      knot_mps[i] = profile_at (model, p, p->rmw * sqrt (knot_s[i]), knot_s[i]);
    }
}

INLINE int
piece_of (double s)
{
  return (int_of ((float) s) >> SF_WIND_TABLE_SHIFT) - SF_WIND_TABLE_FIRST;
}

/* The exponent of H10 stops falling at 0.4, where V has a kink: put the piece with the kink half-way between its chord
 * and V. */
INLINE void
straddle_kink (struct sf_wind_table *table, const struct profile *p, int begin, int end)
{
  double kink_m = p->rmw - 0.1 / p->slope, s = kink_m * kink_m / (p->rmw * p->rmw);
  int i = p->slope < 0.0 && s < 0x1p24 ? piece_of (s) : -1;
  if (i < begin || i >= end)
    return;
  double chord = (double) table->pieces[i].constant + (double) table->pieces[i].slope * s;
  table->pieces[i].constant += (float) (0.5 * (holland_2010 (p, kink_m, s) - chord));
}

/* Pieces are filled in whole groups, so that each is always computed by the same instructions, whatever the range. */
INLINE void
fill_table (struct sf_wind_table *restrict table, const struct sf_wind_eye *eye, double min_s, double max_s)
{
  const struct profile p = profile_of (&eye->radial);
  int begin = piece_of (min_s), end = piece_of (max_s) + SF_WIND_TABLE_GROUP;
  begin = begin < 0 ? 0 : begin - begin % SF_WIND_TABLE_GROUP;
  end = end > SF_WIND_TABLE_SIZE ? SF_WIND_TABLE_SIZE : end - end % SF_WIND_TABLE_GROUP;
  if (eye->radial.model == SF_WIND_H10)
    fill_knots (SF_WIND_H10, &p, begin, end + SF_WIND_TABLE_GROUP, table);
  else if (eye->radial.model == SF_WIND_ER11)
    fill_knots (SF_WIND_ER11, &p, begin, end + SF_WIND_TABLE_GROUP, table);
  else
    fill_knots (SF_WIND_H08, &p, begin, end + SF_WIND_TABLE_GROUP, table);
#pragma omp simd
  for (int i = begin; i < end; i++)
    {
      double slope = (table->knot_mps[i + 1] - table->knot_mps[i]) / (table->knot_s[i + 1] - table->knot_s[i]);
      table->pieces[i].constant = (float) (table->knot_mps[i] - slope * table->knot_s[i]);
      table->pieces[i].slope = (float) slope;
    }
  if (eye->radial.model == SF_WIND_H10)
    straddle_kink (table, &p, begin, end);
  double east = eye->vt_east_mps, north = eye->vt_north_mps;
  table->inv_rmw_per_m = (float) (1.0 / p.rmw);
  table->vt2 = (float) (east * east + north * north);
  table->spin_vt_north = (float) (2.0 * eye->spin * north);
  table->spin_vt_east = (float) (2.0 * eye->spin * east);
  table->taken = (float) eye->taken_mps;
}

/* |w|^2 = V^2 + share (share vt^2 + 2 spin V (vt_north x - vt_east y) / r), V less the motion that the profile holds.
 */
INLINE void
fast_row (const struct sf_wind_table *restrict table, float x0_m, float hx_m, float y_m, int n, float *restrict speed2)
{
  float inv_rmw = table->inv_rmw_per_m, x0 = x0_m * inv_rmw, hx = hx_m * inv_rmw, y = y_m * inv_rmw;
  float y2 = y * y, vt2 = table->vt2, north = table->spin_vt_north, east_y = table->spin_vt_east * y;
  float taken = table->taken;
  const struct sf_wind_piece *restrict pieces = table->pieces;
#pragma omp simd
  for (int i = 0; i < n; i++)
    {
      float x = x0 + (float) i * hx, s = x * x + y2;
      int32_t piece = (int_of (s) >> SF_WIND_TABLE_SHIFT) - SF_WIND_TABLE_FIRST;
      float inv = 1.0f / sqrtf (s), share = inv < 1.0f ? inv : 1.0f;
      float v = pieces[piece].constant + pieces[piece].slope * s - taken * share;
      float cross = (north * x - east_y) * inv;
      float w2 = v * v + share * (share * vt2 + v * cross);
      speed2[i] = w2 > 0.0f ? w2 : 0.0f;
    }
}

INLINE void
raise_float (float *restrict largest, const float *restrict speed2, int n)
{
#pragma omp simd
  for (int i = 0; i < n; i++)
    largest[i] = speed2[i] > largest[i] ? speed2[i] : largest[i];
}

INLINE void
raise_double (double *restrict largest, const double *restrict speed2, int n)
{
#pragma omp simd
  for (int i = 0; i < n; i++)
    largest[i] = speed2[i] > largest[i] ? speed2[i] : largest[i];
}

INLINE void
mark_float (int32_t *restrict marks, const float *restrict speed2, float threshold2, int32_t bit, int n)
{
#pragma omp simd
  for (int i = 0; i < n; i++)
    marks[i] |= speed2[i] >= threshold2 ? bit : 0;
}

INLINE void
mark_double (int32_t *restrict marks, const double *restrict speed2, double threshold2, int32_t bit, int n)
{
#pragma omp simd
  for (int i = 0; i < n; i++)
    marks[i] |= speed2[i] >= threshold2 ? bit : 0;
}

/* The number of the highest set bit of x, from the exponent of x as a float; rounding cannot reach the next power of
   two because the bit below each set bit is cleared. -127 for x = 0. */
INLINE int32_t
highest_bit (int32_t x)
{
  return (int_of ((float) (x & ~(x >> 1))) >> 23) - 127;
}

INLINE int32_t
count_bits (int32_t x)
{
  x -= (x >> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >> 2) & 0x33333333);
  x = (x + (x >> 4)) & 0x0f0f0f0f;
  x += x >> 8;
  return (x + (x >> 16)) & 0x3f;
}

INLINE void
enter_marks (struct sf_wind_spell spell, int32_t *restrict marks, float first_step, int fresh, int n)
{
  float *restrict first = spell.first, *restrict last = spell.last, *restrict count = spell.count;
  if (fresh)
    memset (count, 0, (size_t) n * sizeof *count);
  for (int i = 0; fresh && i < n; i++)
    first[i] = last[i] = -1.0f;
#pragma omp simd
  for (int i = 0; i < n; i++)
    {
      int32_t m = marks[i];
      float lowest = first_step + (float) highest_bit (m & -m), highest = first_step + (float) highest_bit (m);
      float known = first[i], till = last[i];
      first[i] = m != 0 && known < 0.0f ? lowest : known;
      last[i] = m != 0 ? highest : till;
      count[i] += (float) count_bits (m);
      marks[i] = 0;
    }
}

INLINE void
enter_segment (struct sf_wind_spell spell, const float *restrict before_mps, const float *restrict now_mps,
               float threshold_mps, float step, int opening, int n)
{
  float *restrict first = spell.first, *restrict last = spell.last, *restrict count = spell.count;
  float length = opening ? 0.0f : 1.0f;
#pragma omp simd
  for (int i = 0; i < n; i++)
    {
      float b = now_mps[i] - threshold_mps, a = opening ? b : before_mps[i] - threshold_mps;
      float above_a = a > 0.0f ? a : 0.0f, above_b = b > 0.0f ? b : 0.0f;
      float span = fabsf (a) + fabsf (b);
      float part = (above_a + above_b) / (span > 0.0f ? span : 1.0f);
      part = (a >= 0.0f && b >= 0.0f ? 1.0f : part) * length;
      int touched = a >= 0.0f || b >= 0.0f;
      float begins = a >= 0.0f ? step - length : step - part, ends = b >= 0.0f ? step : step - length + part;
      float known = first[i], till = last[i];
      first[i] = touched && known < 0.0f ? begins : known;
      last[i] = touched ? ends : till;
      count[i] += part;
    }
}

/* One set of functions for each instruction set. */
#define DEFINE_KERNELS(suffix, attribute)                                                                              \
  attribute static void fill_table_##suffix (struct sf_wind_table *table, const struct sf_wind_eye *eye, double min_s, \
                                             double max_s)                                                             \
  {                                                                                                                    \
    fill_table (table, eye, min_s, max_s);                                                                             \
  }                                                                                                                    \
  attribute static void fast_row_##suffix (const struct sf_wind_table *table, float x0_m, float hx_m, float y_m,       \
                                           int n, float *speed2)                                                       \
  {                                                                                                                    \
    fast_row (table, x0_m, hx_m, y_m, n, speed2);                                                                      \
  }                                                                                                                    \
  attribute static void exact_row_##suffix (const struct sf_wind_eye *eye, double x0_m, double hx_m, double y_m,       \
                                            int n, double *speed2, double *u_mps, double *v_mps)                       \
  {                                                                                                                    \
    exact_row (eye, x0_m, hx_m, y_m, n, speed2, u_mps, v_mps);                                                         \
  }                                                                                                                    \
  attribute static void raise_float_##suffix (float *largest, const float *speed2, int n)                              \
  {                                                                                                                    \
    raise_float (largest, speed2, n);                                                                                  \
  }                                                                                                                    \
  attribute static void raise_double_##suffix (double *largest, const double *speed2, int n)                           \
  {                                                                                                                    \
    raise_double (largest, speed2, n);                                                                                 \
  }                                                                                                                    \
  attribute static void mark_float_##suffix (int32_t *marks, const float *speed2, float threshold2, int32_t bit,       \
                                             int n)                                                                    \
  {                                                                                                                    \
    mark_float (marks, speed2, threshold2, bit, n);                                                                    \
  }                                                                                                                    \
  attribute static void mark_double_##suffix (int32_t *marks, const double *speed2, double threshold2, int32_t bit,    \
                                              int n)                                                                   \
  {                                                                                                                    \
    mark_double (marks, speed2, threshold2, bit, n);                                                                   \
  }                                                                                                                    \
  attribute static void enter_marks_##suffix (struct sf_wind_spell spell, int32_t *marks, float first_step, int fresh, \
                                              int n)                                                                   \
  {                                                                                                                    \
    enter_marks (spell, marks, first_step, fresh, n);                                                                  \
  }                                                                                                                    \
  attribute static void enter_segment_##suffix (struct sf_wind_spell spell, const float *before_mps,                   \
                                                const float *now_mps, float threshold_mps, float step, int opening,    \
                                                int n)                                                                 \
  {                                                                                                                    \
    enter_segment (spell, before_mps, now_mps, threshold_mps, step, opening, n);                                       \
  }                                                                                                                    \
  static const struct sf_wind_kernels kernels_##suffix = {                                                             \
    fill_table_##suffix, fast_row_##suffix,    exact_row_##suffix,   raise_float_##suffix,  raise_double_##suffix,     \
    mark_float_##suffix, mark_double_##suffix, enter_marks_##suffix, enter_segment_##suffix                            \
  }

DEFINE_KERNELS (plain, );

#if defined(__x86_64__)
DEFINE_KERNELS (avx2, __attribute__ ((target ("avx2,fma"))));

int
sf_wind_kernels_have_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

const struct sf_wind_kernels *
sf_wind_kernels_get (enum sf_wind_isa isa)
{
  return isa != SF_WIND_ISA_PLAIN && sf_wind_kernels_have_avx2 () ? &kernels_avx2 : &kernels_plain;
}
#else
int
sf_wind_kernels_have_avx2 (void)
{
  return 0;
}

const struct sf_wind_kernels *
sf_wind_kernels_get (enum sf_wind_isa isa)
{
  (void) isa;
  return &kernels_plain;
}
#endif
