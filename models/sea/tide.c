/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sea/tide.h"

#include <math.h>
#include <string.h>

#define RAD (M_PI / 180)
#define J2000_S 946728000.0 /* 2000-01-01 12:00 */
#define CENTURY_S (36525.0 * 86400)

/* Whose nodal factors a constituent takes; those of M2 to a power. */
enum nodal
{
  NODAL_NONE,
  NODAL_M2,
  NODAL_K2,
  NODAL_K1,
  NODAL_O1,
  NODAL_J1,
  NODAL_OO1,
  NODAL_MF,
  NODAL_MM
};

struct constituent
{
  const char *name;
  signed char day, s, h, p, p1; /* multiples of the hour angle from midnight, moon, sun, perigee, perihelion */
  short constant_deg;
  enum nodal nodal;
  double power;
};

static const struct constituent table[] = {
  { "M2", 2, -2, 2, 0, 0, 0, NODAL_M2, 1 },        { "S2", 2, 0, 0, 0, 0, 0, NODAL_NONE, 1 },
  { "N2", 2, -3, 2, 1, 0, 0, NODAL_M2, 1 },        { "K2", 2, 0, 2, 0, 0, 0, NODAL_K2, 1 },
  { "2N2", 2, -4, 2, 2, 0, 0, NODAL_M2, 1 },       { "MU2", 2, -4, 4, 0, 0, 0, NODAL_M2, 1 },
  { "NU2", 2, -3, 4, -1, 0, 0, NODAL_M2, 1 },      { "L2", 2, -1, 2, -1, 0, 180, NODAL_M2, 1 },
  { "T2", 2, 0, -1, 0, 1, 0, NODAL_NONE, 1 },      { "R2", 2, 0, 1, 0, -1, 180, NODAL_NONE, 1 },
  { "LAMBDA2", 2, -1, 0, 1, 0, 180, NODAL_M2, 1 }, { "K1", 1, 0, 1, 0, 0, 90, NODAL_K1, 1 },
  { "O1", 1, -2, 1, 0, 0, 270, NODAL_O1, 1 },      { "P1", 1, 0, -1, 0, 0, 270, NODAL_NONE, 1 },
  { "Q1", 1, -3, 1, 1, 0, 270, NODAL_O1, 1 },      { "J1", 1, 1, 1, -1, 0, 90, NODAL_J1, 1 },
  { "OO1", 1, 2, 1, 0, 0, 90, NODAL_OO1, 1 },      { "2Q1", 1, -4, 1, 2, 0, 270, NODAL_O1, 1 },
  { "RHO1", 1, -3, 3, -1, 0, 270, NODAL_O1, 1 },   { "SIGMA1", 1, -4, 3, 0, 0, 270, NODAL_O1, 1 },
  { "M4", 4, -4, 4, 0, 0, 0, NODAL_M2, 2 },        { "MS4", 4, -2, 2, 0, 0, 0, NODAL_M2, 1 },
  { "MN4", 4, -5, 4, 1, 0, 0, NODAL_M2, 2 },       { "M6", 6, -6, 6, 0, 0, 0, NODAL_M2, 3 },
  { "MM", 0, 1, 0, -1, 0, 0, NODAL_MM, 1 },        { "MF", 0, 2, 0, 0, 0, 0, NODAL_MF, 1 },
  { "MSF", 0, 2, -2, 0, 0, 0, NODAL_NONE, 1 },     { "SA", 0, 0, 1, 0, 0, 0, NODAL_NONE, 1 },
  { "SSA", 0, 0, 2, 0, 0, 0, NODAL_NONE, 1 },
};

enum
{
  CONSTITUENTS = sizeof table / sizeof table[0]
};

int
sf_tide_find (const char *name)
{
  for (int i = 0; i < CONSTITUENTS; i++)
    if (strcmp (table[i].name, name) == 0)
      return i;
  return -1;
}

const char *
sf_tide_name (int constituent)
{
  return constituent >= 0 && constituent < CONSTITUENTS ? table[constituent].name : NULL;
}

/* Degrees, not reduced. */
struct astronomy
{
  double day_deg, s_deg, h_deg, p_deg, p1_deg, node_deg;
};

static struct astronomy
astronomy_at (int64_t time_s)
{
  double t = ((double) time_s - J2000_S) / CENTURY_S;
  int64_t of_day_s = ((time_s % 86400) + 86400) % 86400;
  return (struct astronomy){ .day_deg = (double) of_day_s / 240,
                             .s_deg = 218.3164477 + (481267.88123421 - 0.0015786 * t) * t,
                             .h_deg = 280.46646 + (36000.76983 + 0.0003032 * t) * t,
                             .p_deg = 83.3532465 + (4069.0137287 - 0.01032 * t) * t,
                             .p1_deg = 282.93735 + 1.71946 * t,
                             .node_deg = 125.0445479 - (1934.1362891 - 0.0020754 * t) * t };
}

/* f = f0 + f1 cos N + f2 cos 2N + f3 cos 3N; u = u1 sin N + u2 sin 2N + u3 sin 3N degrees. */
struct series
{
  double f[4], u[3];
};

static const struct series series[] = {
  [NODAL_NONE] = { { 1, 0, 0, 0 }, { 0, 0, 0 } },
  [NODAL_M2] = { { 1.0004, -0.0373, 0.0002, 0 }, { -2.14, 0, 0 } },
  [NODAL_K2] = { { 1.0241, 0.2863, 0.0083, -0.0015 }, { -17.74, 0.68, -0.04 } },
  [NODAL_K1] = { { 1.0060, 0.1150, -0.0088, 0.0006 }, { -8.86, 0.68, -0.07 } },
  [NODAL_O1] = { { 1.0089, 0.1871, -0.0147, 0.0014 }, { 10.80, -1.34, 0.19 } },
  [NODAL_J1] = { { 1.0129, 0.1676, -0.0170, 0.0016 }, { -12.94, 1.34, -0.19 } },
  [NODAL_OO1] = { { 1.1027, 0.6504, 0.0317, -0.0014 }, { -36.68, 4.02, -0.57 } },
  [NODAL_MF] = { { 1.0429, 0.4135, -0.0040, 0 }, { -23.74, 2.68, -0.38 } },
  [NODAL_MM] = { { 1.0000, -0.1300, 0.0013, 0 }, { 0, 0, 0 } },
};

static double
term_m (const struct sf_tide_term *term, const struct astronomy *sky)
{
  const struct constituent *c = &table[term->constituent];
  const struct series *nodal = &series[c->nodal];
  double n = sky->node_deg * RAD, f = nodal->f[0], u_deg = 0;
  double v_deg = c->day * sky->day_deg + c->s * sky->s_deg + c->h * sky->h_deg + c->p * sky->p_deg + c->p1 * sky->p1_deg
                 + c->constant_deg;
  for (int k = 1; k <= 3; k++)
    {
      f += nodal->f[k] * cos (k * n);
      u_deg += nodal->u[k - 1] * sin (k * n);
    }
  if (c->power != 1)
    f = pow (f, c->power);
  return f * term->amplitude_m * cos ((fmod (v_deg, 360) + c->power * u_deg - term->phase_deg) * RAD);
}

double
sf_tide_height_m (const struct sf_tide *tide, int64_t time_s)
{
  struct astronomy sky = astronomy_at (time_s);
  double height_m = 0;
  for (size_t i = 0; i < tide->count; i++)
    height_m += term_m (&tide->terms[i], &sky);
  return height_m;
}
