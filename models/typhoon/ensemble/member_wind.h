/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_WIND_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_WIND_H

#include <stddef.h>

/* Land and the maximum wind. The official forecast has decayed over its land already, so land acts on a member as a
   ratio: member = (official / decay (official path) + error) x decay (member's path). A member on the official path
   without error has the official wind to the last bit or two; one that stays at sea is not decayed. */

/* A path: n leads, and the share of land in the 1-degree circle around the centre at each, NaN: not known, taken as sea. */
struct sf_land_path
{
  size_t n;
  const double *hour;       /* ascending */
  const double *land_share; /* 0..1 */
  double decay_floor;       /* a decay is never below it */
  double recovery_h;        /* over the sea what is left of a decay falls by e in this time */
};

/* The decay at each lead of a path on which the winds are known: decay[0] = 1; from lead to lead it takes on the share
   that sf_land_decay_step leaves of the wind (Kaplan & DeMaria 1995, island form), with the mean land share of both ends,
   and recovers with the mean share of sea. A wind that is NaN or 0 decays nothing. */
void sf_land_decay_of_winds (const struct sf_land_path *path, const double *wind_mps, double *ret_decay);

/* The winds on a path whose winds without land are given: wind = sea wind x decay, the decay as above. */
void sf_land_decay_along (const struct sf_land_path *path, const double *sea_mps, double *ret_wind_mps);

/* The pressure that goes with a wind: the drop to the environment grows with the square of the wind, from the drop and
   wind of the centre track. Without a usable drop there (missing, or below 1 hPa), from the wind alone by CLIMADA's fit
   (sf_wind_pressure_from_vmax_hpa). Kept between 850 hPa and the environment. NaN for a missing wind. */
struct sf_wind_pressure
{
  double wind_mps, pressure_hpa, environment_hpa; /* of the centre track */
};
double sf_member_pressure_hpa (const struct sf_wind_pressure *centre, double lon_deg, double lat_deg, double wind_mps);

#endif
