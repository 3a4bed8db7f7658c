/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/storm_step.h"

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

enum
{
  PIECE_SHIFT = 23 - SF_POLAR_BITS,
  FIRST_ROW = 127 << SF_POLAR_BITS
};

/* A row of the table from the leading bits of the float r^2, the way through it from the others. No branch: the loop goes
   into vectors, whose loads are gathers. */
INLINE float
speed_at (const float *table, int last_row, float x_km, float y_km)
{
  const float unit = (float) (1 / (SF_POLAR_MIN_KM * SF_POLAR_MIN_KM));
  float s = (x_km * x_km + y_km * y_km) * unit, ax = fabsf (x_km), ay = fabsf (y_km), sum = ax + ay;
  int bits;
  s = s < 1.0f ? 1.0f : s;
  memcpy (&bits, &s, sizeof bits);
  int row = (bits >> PIECE_SHIFT) - FIRST_ROW;
  row = row > last_row ? last_row : row;
  float part = (float) (bits & ((1 << PIECE_SHIFT) - 1)) * (1.0f / (float) (1 << PIECE_SHIFT));
  int east = x_km >= 0.0f, north = y_km >= 0.0f;
  float turn = (east == north ? ax : ay) / (sum > 0.0f ? sum : 1.0f);
  float at = ((float) (east ? 1 - north : 2 + north) + turn) * (float) SF_POLAR_PARTS;
  int column = (int) at;
  column = column > SF_POLAR_COLUMNS - 2 ? SF_POLAR_COLUMNS - 2 : column;
  int place = column * SF_POLAR_ROWS + row;
  float a0 = table[place], a1 = table[place + 1];
  float b0 = table[place + SF_POLAR_ROWS], b1 = table[place + SF_POLAR_ROWS + 1];
  float a = a0 + (a1 - a0) * part, b = b0 + (b1 - b0) * part;
  return a + (b - a) * (at - (float) column);
}

INLINE void
row_of (const struct sf_polar *polar, float x0_km, float hx_km, float y_km, int n, float *restrict speed_mps)
{
  const float *table = &polar->mps[0][0];
  int last_row = polar->rows - 2;
#pragma omp simd
  for (int i = 0; i < n; i++)
    {
      float speed = speed_at (table, last_row, x0_km + (float) i * hx_km, y_km);
      speed_mps[i] = speed > speed_mps[i] ? speed : speed_mps[i];
    }
}

static void
row_plain (const struct sf_polar *polar, float x0_km, float hx_km, float y_km, int n, float *speed_mps)
{
  row_of (polar, x0_km, hx_km, y_km, n, speed_mps);
}

#if defined(__x86_64__)
/* Without FMA: the same roundings as the plain one. */
__attribute__ ((target ("avx2"))) static void
row_avx2 (const struct sf_polar *polar, float x0_km, float hx_km, float y_km, int n, float *speed_mps)
{
  row_of (polar, x0_km, hx_km, y_km, n, speed_mps);
}

void
sf_polar_row (const struct sf_polar *polar, enum sf_wind_isa isa, float x0_km, float hx_km, float y_km, int n,
              float *speed_mps)
{
  if (isa != SF_WIND_ISA_PLAIN && __builtin_cpu_supports ("avx2"))
    row_avx2 (polar, x0_km, hx_km, y_km, n, speed_mps);
  else
    row_plain (polar, x0_km, hx_km, y_km, n, speed_mps);
}
#else
void
sf_polar_row (const struct sf_polar *polar, enum sf_wind_isa isa, float x0_km, float hx_km, float y_km, int n,
              float *speed_mps)
{
  (void) isa;
  row_plain (polar, x0_km, hx_km, y_km, n, speed_mps);
}
#endif
