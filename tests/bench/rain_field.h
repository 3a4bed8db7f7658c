/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_BENCH_RAIN_FIELD_H
#define SF_TESTS_BENCH_RAIN_FIELD_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* An invented field like a storm's rain of a day over 107..113 E, 17..21.5 N: rings round a centre, two hundred showers, dry
   ground between them, and a piece that no radar sees (missing). The same place has the same rain on every grid. */
enum
{
  RAIN_SHOWERS = 200
};
#define RAIN_WEST_DEG 107.0
#define RAIN_NORTH_DEG 21.5
#define RAIN_WIDTH_DEG 6.0
#define RAIN_HEIGHT_DEG 4.5

/* A fixed sequence of numbers in [0, 1): 64-bit linear congruential generator, Knuth's multiplier (MMIX). */
static inline double
rain_random (uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double) (*state >> 11) * 0x1p-53;
}

/* Add a shower of radius_deg (to where it is 1/e of its height) to the cells it reaches. */
static inline void
rain_add_shower (float *values, int nx, int ny, double lon_deg, double lat_deg, double radius_deg, double height_mm)
{
  double step = RAIN_WIDTH_DEG / nx;
  for (int y = 0; y < ny; y++)
    {
      double dy = RAIN_NORTH_DEG - (y + 0.5) * step - lat_deg;
      double half = 9 * radius_deg * radius_deg - dy * dy;
      if (half < 0)
        continue;
      half = sqrt (half);
      int first = (int) fmax (0, (lon_deg - half - RAIN_WEST_DEG) / step);
      int last = (int) fmin (nx - 1, (lon_deg + half - RAIN_WEST_DEG) / step);
      for (int x = first; x <= last; x++)
        {
          double dx = RAIN_WEST_DEG + (x + 0.5) * step - lon_deg;
          values[(size_t) y * (size_t) nx + (size_t) x]
              += (float) (height_mm * exp (-(dx * dx + dy * dy) / (radius_deg * radius_deg)));
        }
    }
}

static inline void
rain_fill (float *values, int nx, int ny)
{
  uint64_t state = 20140718;
  double step = RAIN_WIDTH_DEG / nx;
  for (int y = 0; y < ny; y++)
    for (int x = 0; x < nx; x++)
      {
        double dx = (x + 0.5) * step - 3.4, dy = (y + 0.5) * step - 2.0, r = hypot (dx, dy), turn = atan2 (dy, dx);
        double bands = 60 * (1 + sin (9 * r - 2 * turn)) * exp (-r) - 18;
        values[(size_t) y * (size_t) nx + (size_t) x] = (float) fmax (bands, 0);
      }
  for (int i = 0; i < RAIN_SHOWERS; i++)
    {
      double lon_deg = RAIN_WEST_DEG + RAIN_WIDTH_DEG * rain_random (&state);
      double lat_deg = RAIN_NORTH_DEG - RAIN_HEIGHT_DEG * rain_random (&state);
      double radius_deg = 0.02 + 0.2 * pow (rain_random (&state), 3);
      rain_add_shower (values, nx, ny, lon_deg, lat_deg, radius_deg, 150 * pow (rain_random (&state), 2));
    }
  for (int y = 0; y < ny; y++)
    for (int x = 0; x < nx; x++)
      if (hypot ((x + 0.5) * step - 0.9, (y + 0.5) * step - 3.6) < 0.5)
        values[(size_t) y * (size_t) nx + (size_t) x] = NAN;
}

#endif
