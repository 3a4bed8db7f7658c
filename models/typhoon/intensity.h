/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_INTENSITY_H
#define SF_MODELS_TYPHOON_INTENSITY_H

/* Grades of tropical cyclones, GB/T 19201-2006, by the 2-minute mean wind near the centre in m/s:
   TD 10.8-17.1, TS 17.2-24.4, STS 24.5-32.6, TY 32.7-41.4, STY 41.5-50.9, SuperTY >= 51.0. */
enum sf_grade
{
  SF_GRADE_NONE, /* weaker than a depression, or no wind given */
  SF_GRADE_TD,
  SF_GRADE_TS,
  SF_GRADE_STS,
  SF_GRADE_TY,
  SF_GRADE_STY,
  SF_GRADE_SUPER_TY,
  SF_GRADES
};

/* The grade of a 2-minute mean wind; values between two classes' printed bounds (17.15) belong to the lower class. */
enum sf_grade sf_grade_of_wind (double wind_mps);
/* "STY", "强台风"; "-" for none. Static texts. */
const char *sf_grade_code (enum sf_grade grade);
const char *sf_grade_name_zh (enum sf_grade grade);

/* The Beaufort force 0..17 of a mean wind by GB/T 28591-2012's lower bounds, -1 for NaN. The scale ends at 17 (56.1 to
   61.2 m/s): stronger winds count as 17 and are told apart by their speed. */
int sf_beaufort_of_wind (double wind_mps);
/* The least mean wind of a force 0..17 in m/s; NaN outside. */
double sf_beaufort_lower_mps (int force);

#endif
