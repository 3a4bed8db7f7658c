/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_LAND_DECAY_H
#define SF_MODELS_TYPHOON_VORTEX_LAND_DECAY_H

#include "core/data/grid.h"

#include <stddef.h>

/* How a storm's maximum wind falls over land: Kaplan & DeMaria 1995 (J. Appl. Meteor. 34, 2499-2512), storms south of
   37 N, and the form for islands and narrow lands (DeMaria, Knaff & Kaplan 2006), which decays by the share of the
   circulation that lies over land. The equations are of 1-minute winds; these functions take and give 2-minute ones
   (agencies' factor 1.08, averaging.h). No function ever makes a wind rise.

   The reduction R = 0.9 at the coast is friction at the surface, not a loss of the storm's strength: it is in the
   mainland equation only. Steps and factors leave it to the roughness of the ground (doc/typhoon/wind.md). */

#define SF_LAND_DECAY_R 0.9
#define SF_LAND_DECAY_BACKGROUND_KT 26.7
#define SF_LAND_DECAY_RATE_PH 0.095
/* Radius of the circle whose land share counts: one degree of latitude. */
#define SF_LAND_DECAY_CIRCLE_KM 111.12

/* The wind hours after the centre of a storm of wind_mps crossed the coast of a continent: Vb + (R V0 - Vb) e^(-at),
   never rising: below 29.7 kt, where R V0 is under Vb, it stays R V0. Without the paper's correction by the distance
   inland, which operational use of the equation has dropped too (NCEP's decay routine, 2004). */
double sf_land_decay_mainland_mps (double wind_mps, double hours);

/* The wind after dt_h hours with a share land_frac (0..1) of the 1-degree circle over land: dV/dt = -F a (V - Vb). A
   wind at or below Vb stays; NaN in either gives NaN. */
double sf_land_decay_step (double wind_mps, double land_frac, double dt_h);

/* The decay that a path has suffered, as a factor, at each of its n points, step_h hours apart; factor[0] is 1. wind_mps
   is the wind at each point that the storm really has or is forecast to have (it says how near the decay is to its end);
   land_frac the land share at each point, taken as the mean of the two ends of a step. Where either is NaN the factor
   is carried on.

   Use as a ratio: a member's wind is the official wind x factor(member's path) / factor(official path), both with the
   official wind: a member on the official path has the official wind, one that stays at sea is not decayed. */
void sf_land_decay_factors (const double *wind_mps, const double *land_frac, size_t n, double step_h, double *factor);

/* The share of the 1-degree circle around a place that is land, from a grid of land fractions in longitude and latitude
   (rows as spec says): 200 places spread evenly over the circle, each the cell that it falls into. Places outside the
   grid or NaN are left out; NaN where all are. Error of a straight coast: below 0.02. */
double sf_land_share (const struct sf_gridspec *spec, const float *land_fraction, double lon_deg, double lat_deg);

#endif
