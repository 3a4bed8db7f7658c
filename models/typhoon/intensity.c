/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/intensity.h"

#include <math.h>

static const double grade_lower_mps[SF_GRADES] = { 0, 10.8, 17.2, 24.5, 32.7, 41.5, 51.0 };

enum sf_grade
sf_grade_of_wind (double wind_mps)
{
  int grade = SF_GRADE_NONE;
  while (grade + 1 < SF_GRADES && wind_mps >= grade_lower_mps[grade + 1])
    grade++;
  return (enum sf_grade) grade;
}

const char *
sf_grade_code (enum sf_grade grade)
{
  static const char *const codes[SF_GRADES] = { "-", "TD", "TS", "STS", "TY", "STY", "SuperTY" };
  return codes[grade];
}

const char *
sf_grade_name_zh (enum sf_grade grade)
{
  static const char *const names[SF_GRADES]
      = { "-", "热带低压", "热带风暴", "强热带风暴", "台风", "强台风", "超强台风" };
  return names[grade];
}

static const double force_lower_mps[]
    = { 0, 0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1 };

enum
{
  FORCES = sizeof force_lower_mps / sizeof *force_lower_mps
};

int
sf_beaufort_of_wind (double wind_mps)
{
  if (isnan (wind_mps))
    return -1;
  int force = 0;
  while (force + 1 < FORCES && wind_mps >= force_lower_mps[force + 1])
    force++;
  return force;
}

double
sf_beaufort_lower_mps (int force)
{
  return force >= 0 && force < FORCES ? force_lower_mps[force] : (double) NAN;
}
