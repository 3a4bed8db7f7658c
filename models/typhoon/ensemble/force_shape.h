/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_FORCE_SHAPE_H
#define SF_MODELS_TYPHOON_ENSEMBLE_FORCE_SHAPE_H

#include <math.h>
#include <stdbool.h>

/* Where a force blows around a centre: the one definition for grids, places and tests. x is to the east and y to the
   north, in km on the house's plane at the centre (wind_kernel.h): x = (lon - lon_eye) 111.12 cos lat_eye, y = (lat
   - lat_eye) 111.12.

   A point is inside when inner <= r <= R (azimuth). Between the centres of two neighbouring quadrants (45, 135, 225,
   315 degrees) R goes from one radius to the other by the cosine of twice the angle, as the handbook of Holland's B
   has it: R = R1 cos^2 a + R2 sin^2 a, a the angle from the first centre. R is continuous, meets each radius at its
   quadrant's centre, stays between the two, and keeps the order of two forces. Against a straight line in azimuth it
   is at most 0.0526 |R1 - R2| away, and the mean over azimuth is the same. With u = x + y and v = x - y the test
   needs no angle and no root: r^3 <= R1 u^2 / 2 + R2 v^2 / 2, both sides squared.

   Every operation is a single rounded one in this order: files that include this header are compiled with
   -ffp-contract=off, so that all of them decide the same on a point at the very edge. */

/* Kilometres in one degree of latitude: SF_WIND_M_PER_DEG. */
#define SF_FORCE_KM_PER_DEG 111.12

/* The radii of one force at one time. The force is there where any of outer_km is above 0; one that is not counts as
   0. inner_km: inside of it the eye is calmer; NaN and negative as 0. */
struct sf_force_radii
{
  double outer_km[4]; /* NE SE SW NW */
  double inner_km;
};

struct sf_force_shape
{
  double half_ne, half_se, half_sw, half_nw; /* half of the outer radii, km */
  double inner2;                             /* km2 */
};

/* False, and shape empty, when the force is not there. */
static inline bool
sf_force_shape_init (struct sf_force_shape *shape, const struct sf_force_radii *radii)
{
  const double *outer = radii->outer_km, inner = radii->inner_km > 0.0 ? radii->inner_km : 0.0;
  *shape = (struct sf_force_shape){ .half_ne = outer[0] > 0.0 ? 0.5 * outer[0] : 0.0,
                                    .half_se = outer[1] > 0.0 ? 0.5 * outer[1] : 0.0,
                                    .half_sw = outer[2] > 0.0 ? 0.5 * outer[2] : 0.0,
                                    .half_nw = outer[3] > 0.0 ? 0.5 * outer[3] : 0.0,
                                    .inner2 = inner * inner };
  return shape->half_ne > 0.0 || shape->half_se > 0.0 || shape->half_sw > 0.0 || shape->half_nw > 0.0;
}

/* Whether (x, y) is within the outer edge, and within the eye. */
static inline bool
sf_force_shape_reaches (const struct sf_force_shape *shape, double x, double y)
{
  double u = x + y, v = x - y, r2 = x * x + y * y;
  double a = u > 0.0 ? shape->half_ne : shape->half_sw, b = v > 0.0 ? shape->half_se : shape->half_nw;
  double s = a * (u * u) + b * (v * v);
  return r2 * r2 * r2 <= s * s;
}

static inline bool
sf_force_shape_is_eye (const struct sf_force_shape *shape, double x, double y)
{
  return x * x + y * y < shape->inner2;
}

static inline bool
sf_force_shape_holds (const struct sf_force_shape *shape, double x, double y)
{
  return sf_force_shape_reaches (shape, x, y) && !sf_force_shape_is_eye (shape, x, y);
}

/* How far inside (x, y) is, in km: the smaller of R - r and r - inner; negative outside. Its sign is that of
   sf_force_shape_holds but for rounding at the very edge. */
static inline double
sf_force_shape_margin_km (const struct sf_force_shape *shape, double x, double y)
{
  double u = x + y, v = x - y, r2 = x * x + y * y, r = sqrt (r2);
  double a = u > 0.0 ? shape->half_ne : shape->half_sw, b = v > 0.0 ? shape->half_se : shape->half_nw;
  double reach = r2 > 0.0 ? (a * (u * u) + b * (v * v)) / r2
                          : 0.5 * (shape->half_ne + shape->half_sw) + 0.5 * (shape->half_se + shape->half_nw);
  double out = reach - r, in = shape->inner2 > 0.0 ? r - sqrt (shape->inner2) : out;
  return out < in ? out : in;
}

/* The way of a centre between two of its positions: x and y of the first, and the step to the second, in km on the
   plane of the way's middle latitude. A point is struck within d when its distance from this line is at most d. */
struct sf_strike_leg
{
  double step_x, step_y, inv_step2; /* inv_step2 is 0 for a centre that stays */
};

/* Squared distance from the leg of a point that lies (x, y) from the leg's first end, km2. */
static inline double
sf_strike_leg_distance2 (const struct sf_strike_leg *leg, double x, double y)
{
  double t = (x * leg->step_x + y * leg->step_y) * leg->inv_step2;
  t = t > 0.0 ? t : 0.0;
  t = t < 1.0 ? t : 1.0;
  double dx = x - t * leg->step_x, dy = y - t * leg->step_y;
  return dx * dx + dy * dy;
}

#endif
