/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_WIND_KERNEL_H
#define SF_MODELS_TYPHOON_WIND_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "models/typhoon/wind_profile.h"

/* The hot loops of wind_field.c: one row of cells and one position of the storm at a time. Distances are in metres on a
   plane at the eye, x to the east and y to the north, and a row's cells stand at x = x0 + i hx. No kernel allocates or
   checks. */

/* Steps whose marks are collected before they are turned into times; the sign bit stays free, so that a mark is a
   positive int. */
#define SF_WIND_MARK_STEPS 31

/* Which instructions the kernels use. AUTO picks the best that the machine has; the others force one, for tests. */
enum sf_wind_isa
{
  SF_WIND_ISA_AUTO,
  SF_WIND_ISA_PLAIN,
  SF_WIND_ISA_AVX2,
};

/* One position of the storm, ready for the exact kernels. */
struct sf_wind_eye
{
  struct sf_wind_radial radial;
  double spin; /* +1 anticlockwise, -1 clockwise */
  double vt_east_mps;
  double vt_north_mps;
  double taken_mps; /* translation speed that the profile holds and that is taken off; 0 if it holds none */
};

/* The same for the fast kernel: V as a table of straight pieces in s = (r / rmw)^2, equally many for each doubling of
   s, with the radius of maximum wind on a joint. A piece is found from the leading bits of the float s. */
#define SF_WIND_TABLE_BITS 7 /* 128 pieces for each doubling of s */
#define SF_WIND_TABLE_SHIFT (23 - SF_WIND_TABLE_BITS)
#define SF_WIND_TABLE_MIN_EXPONENT (-8) /* from r = rmw / 16: nearer cells are computed exactly */
#define SF_WIND_TABLE_MAX_EXPONENT 24   /* to r = 4096 rmw */
#define SF_WIND_TABLE_SIZE ((SF_WIND_TABLE_MAX_EXPONENT - SF_WIND_TABLE_MIN_EXPONENT) << SF_WIND_TABLE_BITS)
#define SF_WIND_TABLE_GROUP 16
#define SF_WIND_TABLE_FIRST ((127 + SF_WIND_TABLE_MIN_EXPONENT) << SF_WIND_TABLE_BITS)

struct sf_wind_piece
{
  float constant, slope; /* V = constant + slope s, in m/s */
};

struct sf_wind_table
{
  struct sf_wind_piece pieces[SF_WIND_TABLE_SIZE];
  double knot_s[SF_WIND_TABLE_SIZE + SF_WIND_TABLE_GROUP];
  double knot_mps[SF_WIND_TABLE_SIZE + SF_WIND_TABLE_GROUP];
  float inv_rmw_per_m;
  float vt2, spin_vt_north, spin_vt_east, taken;
};

/* Times of one threshold over a block of cells, in steps: first and last step at or above it (-1: none) and how many.
 */
struct sf_wind_spell
{
  float *first, *last, *count;
};

struct sf_wind_kernels
{
  /* Fill the table's pieces from min_s to max_s (at most 2^SF_WIND_TABLE_MAX_EXPONENT). */
  void (*fill_table) (struct sf_wind_table *table, const struct sf_wind_eye *eye, double min_s, double max_s);
  /* Squared speeds of n cells of a row, each at least rmw / 16 from the eye, from the table: m2/s2. */
  void (*fast_row) (const struct sf_wind_table *table, float x0_m, float hx_m, float y_m, int n, float *speed2);
  /* Squared speeds and, unless NULL, wind vectors (m/s) of n cells of a row by the equations. Within 1 m of the eye: 0.
   */
  void (*exact_row) (const struct sf_wind_eye *eye, double x0_m, double hx_m, double y_m, int n, double *speed2,
                     double *u_mps, double *v_mps);
  /* largest[i] = max (largest[i], speed2[i]). */
  void (*raise_float) (float *largest, const float *speed2, int n);
  void (*raise_double) (double *largest, const double *speed2, int n);
  /* marks[i] |= bit where speed2[i] >= threshold2. */
  void (*mark_float) (int32_t *marks, const float *speed2, float threshold2, int32_t bit, int n);
  void (*mark_double) (int32_t *marks, const double *speed2, double threshold2, int32_t bit, int n);
  /* Enter the marks of the steps from first_step on into spell and clear them; fresh: spell holds nothing yet. */
  void (*enter_marks) (struct sf_wind_spell spell, int32_t *marks, float first_step, int fresh, int n);
  /* Enter the step from the step before (speeds before_mps) to step (now_mps), with straight lines between, into spell;
     opening: there is no step before. count takes the time at or above the threshold, in steps. */
  void (*enter_segment) (struct sf_wind_spell spell, const float *before_mps, const float *now_mps, float threshold_mps,
                         float step, int opening, int n);
};

/* Get the kernels for an instruction set; PLAIN where the machine lacks the one asked for. */
const struct sf_wind_kernels *sf_wind_kernels_get (enum sf_wind_isa isa);

/* Whether the machine has AVX2 and FMA, so that SF_WIND_ISA_AVX2 is really used. */
int sf_wind_kernels_have_avx2 (void);

#endif
