/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/spans_kernel.h"

/* gcc's analyzer takes what omp simd adds to a loop for uninitialized. */
#ifdef SF_ANALYZE
#pragma GCC diagnostic ignored "-Wanalyzer-use-of-uninitialized-value"
#endif

/* Each loop is written once in plain C, always inlined, and compiled twice: for the plain machine and for AVX2, without
   FMA, so that the exact test rounds in the same way everywhere. */
#define INLINE static inline __attribute__ ((always_inline))

/* The least distance from a centre, as a share of the largest radius, at which an estimate starts. */
#define START_SHARE 0.02f

struct float_shape
{
  float ne, se, sw, nw, largest;
};

INLINE float
larger (float a, float b)
{
  return a > b ? a : b;
}

INLINE struct float_shape
float_shape_of (const struct sf_force_shape *shape)
{
  struct float_shape f = { .ne = (float) shape->half_ne,
                           .se = (float) shape->half_se,
                           .sw = (float) shape->half_sw,
                           .nw = (float) shape->half_nw };
  f.largest = 2.0f * larger (larger (f.ne, f.se), larger (f.sw, f.nw));
  return f;
}

/* One Newton step for r^3 = s along the row; s as in sf_force_shape_reaches. */
INLINE float
nearer_edge (const struct float_shape *f, float x, float y)
{
  float u = x + y, v = x - y, r2 = x * x + y * y, r = sqrtf (r2);
  float a = u > 0.0f ? f->ne : f->sw, b = v > 0.0f ? f->se : f->nw;
  float au = a * u, bv = b * v;
  return x - (r2 * r - (au * u + bv * v)) / (3.0f * x * r - 2.0f * (au + bv));
}

/* Where the row leaves the circle that has the edge's radius in the direction of (x, y); on x's side. */
INLINE float
on_circle (const struct float_shape *f, float x, float y, float least2)
{
  float u = x + y, v = x - y, r2 = x * x + y * y;
  float a = u > 0.0f ? f->ne : f->sw, b = v > 0.0f ? f->se : f->nw;
  float radius = (a * u * u + b * v * v) / r2;
  return sqrtf (larger (radius * radius - y * y, least2));
}

/* The number of the first cell at or right of x, the last at or left of it. x is within limit of 0, or made so; NaN
   too. */
INLINE float
within (float x, float limit)
{
  x = x > -limit ? x : -limit;
  return x < limit ? x : limit;
}

INLINE int32_t
cell_up (float column)
{
  int32_t whole = (int32_t) column;
  return whole + ((float) whole < column ? 1 : 0);
}

INLINE int32_t
cell_down (float column)
{
  int32_t whole = (int32_t) column;
  return whole - ((float) whole > column ? 1 : 0);
}

INLINE void
force_runs (const struct sf_force_shape *shape, const struct sf_span_rows *rows, struct sf_spans *runs)
{
  const struct float_shape f = float_shape_of (shape);
  float largest2 = f.largest * f.largest, least2 = START_SHARE * START_SHARE * largest2;
  float x0 = (float) rows->x0, per_cell = (float) (1.0 / rows->hx), limit = 1.001f * f.largest;
  int n = rows->n;
#pragma omp simd
  for (int k = 0; k < n; k++)
    {
      float y = (float) rows->y[k], start = sqrtf (larger (largest2 - y * y, least2));
      float right = on_circle (&f, start, y, least2), left = -on_circle (&f, -start, y, least2);
      /* Written out: an inner loop would keep the compiler from taking eight rows at once. */
      right = nearer_edge (&f, nearer_edge (&f, nearer_edge (&f, right, y), y), y);
      left = nearer_edge (&f, nearer_edge (&f, nearer_edge (&f, left, y), y), y);
      runs->first[k] = cell_up ((within (left, limit) - x0) * per_cell);
      runs->last[k] = cell_down ((within (right, limit) - x0) * per_cell);
    }
}

/* The edges of a moving disc: the discs at both ends, and the straight edges between them where a row meets those. */
INLINE void
strike_runs (const struct sf_strike_leg *leg, double radius_km, const struct sf_span_rows *rows, struct sf_spans *runs)
{
  float x0 = (float) rows->x0, per_cell = (float) (1.0 / rows->hx), d2 = (float) (radius_km * radius_km);
  float sx = (float) leg->step_x, sy = (float) leg->step_y;
  float length = sqrtf (sx * sx + sy * sy), scale = length > 0.0f ? (float) radius_km / length : 0.0f;
  float per_sy = sy != 0.0f ? 1.0f / sy : 0.0f;
  float nx = scale * fabsf (sy), ny = sy > 0.0f ? -scale * sx : scale * sx;
  float far = (float) radius_km + length, none = 4.0f * far;
  int n = rows->n;
#pragma omp simd
  for (int k = 0; k < n; k++)
    {
      float y = (float) rows->y[k], there = y - sy;
      float half2 = d2 - y * y, half2_there = d2 - there * there;
      float half = half2 > 0.0f ? sqrtf (half2) : -none, half_there = half2_there > 0.0f ? sqrtf (half2_there) : -none;
      float t_right = (y - ny) * per_sy, t_left = (y + ny) * per_sy;
      float edge_right = t_right > 0.0f && t_right < 1.0f ? nx + t_right * sx : -none;
      float edge_left = t_left > 0.0f && t_left < 1.0f ? -nx + t_left * sx : none;
      float right = larger (larger (half, sx + half_there), edge_right);
      float left = -larger (larger (half, half_there - sx), -edge_left);
      runs->first[k] = cell_up ((within (left, far) - x0) * per_cell);
      runs->last[k] = cell_down ((within (right, far) - x0) * per_cell);
    }
}

INLINE int
force_check (const struct sf_force_shape *shape, const struct sf_span_rows *rows, const struct sf_spans *runs,
             int32_t *restrict wrong)
{
  const struct sf_force_shape s = *shape;
  double x0 = rows->x0, hx = rows->hx;
  int32_t any = 0;
  int n = rows->n;
#pragma omp simd reduction(| : any)
  for (int k = 0; k < n; k++)
    {
      double y = rows->y[k];
      int32_t first = runs->first[k], last = runs->last[k];
      int in = (int) sf_force_shape_reaches (&s, x0 + (double) first * hx, y)
               & (int) sf_force_shape_reaches (&s, x0 + (double) last * hx, y);
      int out = (int) sf_force_shape_reaches (&s, x0 + (double) (first - 1) * hx, y)
                | (int) sf_force_shape_reaches (&s, x0 + (double) (last + 1) * hx, y);
      wrong[k] = (in ^ 1) | out;
      any |= wrong[k];
    }
  return any;
}

/* 1 where the leg strikes (x, y). */
INLINE int
strikes (const struct sf_strike_leg *leg, double radius2_km2, double x, double y)
{
  return sf_strike_leg_distance2 (leg, x, y) <= radius2_km2;
}

INLINE int
strike_check (const struct sf_strike_leg *leg, double radius2_km2, const struct sf_span_rows *rows,
              const struct sf_spans *runs, int32_t *restrict wrong)
{
  const struct sf_strike_leg l = *leg;
  double x0 = rows->x0, hx = rows->hx;
  int32_t any = 0;
  int n = rows->n;
#pragma omp simd reduction(| : any)
  for (int k = 0; k < n; k++)
    {
      double y = rows->y[k];
      int32_t first = runs->first[k], last = runs->last[k];
      int in = strikes (&l, radius2_km2, x0 + (double) first * hx, y)
               & strikes (&l, radius2_km2, x0 + (double) last * hx, y);
      int out = strikes (&l, radius2_km2, x0 + (double) (first - 1) * hx, y)
                | strikes (&l, radius2_km2, x0 + (double) (last + 1) * hx, y);
      wrong[k] = (in ^ 1) | out;
      any |= wrong[k];
    }
  return any;
}

INLINE void
force_cells (const struct sf_force_shape *shape, double x0, double hx, double y, int first, int n,
             uint8_t *restrict held)
{
  const struct sf_force_shape s = *shape;
#pragma omp simd
  for (int i = 0; i < n; i++)
    held[i] = sf_force_shape_holds (&s, x0 + (double) (first + i) * hx, y);
}

INLINE int
join (const struct sf_spans *runs, int n, int nx, int32_t *restrict first, int32_t *restrict last,
      int32_t *restrict apart)
{
  int32_t any = 0;
#pragma omp simd reduction(| : any)
  for (int k = 0; k < n; k++)
    {
      int32_t a = runs->first[k] > 0 ? runs->first[k] : 0, b = runs->last[k] < nx - 1 ? runs->last[k] : nx - 1;
      int32_t c = first[k], d = last[k];
      int nothing = a > b, fresh = c > d, touch = (a <= d + 1) & (b >= c - 1);
      int32_t low = a < c ? a : c, high = b > d ? b : d;
      low = fresh ? a : low;
      high = fresh ? b : high;
      int take = (nothing ^ 1) & (fresh | touch);
      first[k] = take ? low : c;
      last[k] = take ? high : d;
      apart[k] = (nothing | fresh | touch) ^ 1;
      any |= apart[k];
    }
  return any;
}

/* Four words of counters at once. */
typedef uint64_t four_words __attribute__ ((vector_size (32), aligned (8), may_alias));

INLINE void
count (uint64_t *restrict planes, size_t stride, int digits, const uint64_t *restrict bits, size_t n)
{
  size_t w = 0;
  for (; w + 4 <= n; w += 4)
    {
      four_words carry = *(const four_words *) (bits + w);
      for (int p = 0; p < digits && (carry[0] | carry[1] | carry[2] | carry[3]) != 0; p++)
        {
          four_words *plane = (four_words *) (planes + (size_t) p * stride + w), both = *plane & carry;
          *plane ^= carry;
          carry = both;
        }
    }
  for (; w < n; w++)
    for (uint64_t carry = bits[w], p = 0; carry != 0 && p < (uint64_t) digits; p++)
      {
        uint64_t *plane = planes + p * stride + w, both = *plane & carry;
        *plane ^= carry;
        carry = both;
      }
}

INLINE void
spread (const uint64_t *restrict bits, int n, uint16_t weight, uint16_t *restrict counts)
{
  static const uint16_t lane[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 };
  for (int i = 0; i < n; i += 16)
    {
      uint16_t part = (uint16_t) (bits[i / 64] >> (i % 64));
      int cells = n - i < 16 ? n - i : 16;
      if (part == 0)
        continue;
      for (int j = 0; j < cells; j++)
        counts[i + j] = (uint16_t) (counts[i + j] + ((part & lane[j]) != 0 ? weight : 0));
    }
}

INLINE void
mark_places (const struct sf_force_shape *shape, const double centre[3], int n, const double *restrict lon_deg,
             const double *restrict lat_deg, int32_t hour, int32_t windows, int32_t *restrict first,
             int32_t *restrict last, int32_t *restrict seen)
{
  const struct sf_force_shape s = *shape;
  double lon = centre[0], lat = centre[1], km_per_deg = centre[2];
#pragma omp simd
  for (int i = 0; i < n; i++)
    {
      double turn = lon_deg[i] - lon;
      turn = turn > 180.0 ? turn - 360.0 : turn;
      turn = turn < -180.0 ? turn + 360.0 : turn;
      int held = sf_force_shape_holds (&s, turn * km_per_deg, (lat_deg[i] - lat) * SF_FORCE_KM_PER_DEG);
      int32_t known = first[i], till = last[i];
      first[i] = (held & (known < 0)) != 0 ? hour : known;
      last[i] = held ? hour : till;
      seen[i] |= held ? windows : 0;
    }
}

INLINE void
mark_struck (const struct sf_strike_leg *leg, double radius2_km2, const double centre[3], int n,
             const double *restrict lon_deg, const double *restrict lat_deg, int32_t *restrict struck)
{
  const struct sf_strike_leg l = *leg;
  double lon = centre[0], lat = centre[1], km_per_deg = centre[2];
#pragma omp simd
  for (int i = 0; i < n; i++)
    {
      double turn = lon_deg[i] - lon;
      turn = turn > 180.0 ? turn - 360.0 : turn;
      turn = turn < -180.0 ? turn + 360.0 : turn;
      double d2 = sf_strike_leg_distance2 (&l, turn * km_per_deg, (lat_deg[i] - lat) * SF_FORCE_KM_PER_DEG);
      struck[i] |= d2 <= radius2_km2;
    }
}

/* One set of functions for each instruction set. */
#define DEFINE_KERNELS(suffix, attribute)                                                                              \
  attribute static void force_runs_##suffix (const struct sf_force_shape *shape, const struct sf_span_rows *rows,      \
                                             struct sf_spans *runs)                                                    \
  {                                                                                                                    \
    force_runs (shape, rows, runs);                                                                                    \
  }                                                                                                                    \
  attribute static void strike_runs_##suffix (const struct sf_strike_leg *leg, double radius_km,                       \
                                              const struct sf_span_rows *rows, struct sf_spans *runs)                  \
  {                                                                                                                    \
    strike_runs (leg, radius_km, rows, runs);                                                                          \
  }                                                                                                                    \
  attribute static int force_check_##suffix (const struct sf_force_shape *shape, const struct sf_span_rows *rows,      \
                                             const struct sf_spans *runs, int32_t *wrong)                              \
  {                                                                                                                    \
    return force_check (shape, rows, runs, wrong);                                                                     \
  }                                                                                                                    \
  attribute static int strike_check_##suffix (const struct sf_strike_leg *leg, double radius2_km2,                     \
                                              const struct sf_span_rows *rows, const struct sf_spans *runs,            \
                                              int32_t *wrong)                                                          \
  {                                                                                                                    \
    return strike_check (leg, radius2_km2, rows, runs, wrong);                                                         \
  }                                                                                                                    \
  attribute static void force_cells_##suffix (const struct sf_force_shape *shape, double x0, double hx, double y,      \
                                              int first, int n, uint8_t *held)                                         \
  {                                                                                                                    \
    force_cells (shape, x0, hx, y, first, n, held);                                                                    \
  }                                                                                                                    \
  attribute static int join_##suffix (const struct sf_spans *runs, int n, int nx, int32_t *first, int32_t *last,       \
                                      int32_t *apart)                                                                  \
  {                                                                                                                    \
    return join (runs, n, nx, first, last, apart);                                                                     \
  }                                                                                                                    \
  attribute static void count_##suffix (uint64_t *planes, size_t stride, int digits, const uint64_t *bits,             \
                                        size_t words)                                                                  \
  {                                                                                                                    \
    count (planes, stride, digits, bits, words);                                                                       \
  }                                                                                                                    \
  attribute static void spread_##suffix (const uint64_t *bits, int n, uint16_t weight, uint16_t *counts)               \
  {                                                                                                                    \
    spread (bits, n, weight, counts);                                                                                  \
  }                                                                                                                    \
  attribute static void mark_places_##suffix (const struct sf_force_shape *shape, const double centre[3], int n,       \
                                              const double *lon_deg, const double *lat_deg, int32_t hour,              \
                                              int32_t windows, int32_t *first, int32_t *last, int32_t *seen)           \
  {                                                                                                                    \
    mark_places (shape, centre, n, lon_deg, lat_deg, hour, windows, first, last, seen);                                \
  }                                                                                                                    \
  attribute static void mark_struck_##suffix (const struct sf_strike_leg *leg, double radius2_km2,                     \
                                              const double centre[3], int n, const double *lon_deg,                    \
                                              const double *lat_deg, int32_t *struck)                                  \
  {                                                                                                                    \
    mark_struck (leg, radius2_km2, centre, n, lon_deg, lat_deg, struck);                                               \
  }                                                                                                                    \
  static const struct sf_span_kernels kernels_##suffix = {                                                             \
    force_runs_##suffix, strike_runs_##suffix, force_check_##suffix, strike_check_##suffix, force_cells_##suffix,      \
    join_##suffix,       count_##suffix,       spread_##suffix,      mark_places_##suffix,  mark_struck_##suffix       \
  }

DEFINE_KERNELS (plain, );

#if defined(__x86_64__)
DEFINE_KERNELS (avx2, __attribute__ ((target ("avx2"))));

const struct sf_span_kernels *
sf_span_kernels_get (enum sf_wind_isa isa)
{
  return isa != SF_WIND_ISA_PLAIN && __builtin_cpu_supports ("avx2") ? &kernels_avx2 : &kernels_plain;
}
#else
const struct sf_span_kernels *
sf_span_kernels_get (enum sf_wind_isa isa)
{
  (void) isa;
  return &kernels_plain;
}
#endif
