/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_LAND_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_LAND_H

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <stdbool.h>
#include <stddef.h>

/* The share of land in the 1-degree circle around any place, made once and looked up by all members. */
struct sf_land_shares
{
  double west_deg, north_deg, step_deg;
  int nx, ny;
  float *share; /* at nodes, row 0 north; owned. NULL: no land anywhere */
};

/* A box in longitude and latitude; longitudes may run on past 180. */
struct sf_lonlat_box
{
  double west_deg, south_deg, east_deg, north_deg;
};

/* Make the shares from count land polygons for a box, as far as the polygons reach (nodes every 0.2 degree; between them
   bilinear, within 0.02 of sf_land_share). Without polygons, or none near, there is no land. SF_ENOMEM; SF_EFORMAT as
   sf_zonal_fractions. */
enum sf_code sf_land_shares_init (struct sf_land_shares *shares, const struct sf_geometry *const *land, size_t count,
                                  const struct sf_lonlat_box *box, struct sf_error *err);
void sf_land_shares_finish (struct sf_land_shares *shares);

/* The share at a place, 0 outside the box. NaN gives 0. */
double sf_land_shares_at (const struct sf_land_shares *shares, double lon_deg, double lat_deg);

#endif
