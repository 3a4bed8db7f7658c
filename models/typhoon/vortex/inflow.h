/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_INFLOW_H
#define SF_MODELS_TYPHOON_VORTEX_INFLOW_H

/* By how much the wind blows inward of the circle around the centre. */
enum sf_inflow
{
  SF_INFLOW_NONE,
  SF_INFLOW_CONSTANT,   /* 20 degrees: over the sea, 22.6 on average (Zhang & Uhlhorn 2012, recalled) */
  SF_INFLOW_MCCONOCHIE, /* by radius, as below */
};

/* The angle, in degrees, at r over rmw. McConochie: 10 r/rmw inside rmw, 10 + 75 (r/rmw - 1) to 1.2 rmw, 25 beyond
   (McConochie, Hardy & Mason 2004, after Sobey, Harper & Stark 1977). */
double sf_inflow_deg (enum sf_inflow inflow, double ratio);

#endif
