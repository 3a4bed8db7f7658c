/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_SEARCH_H
#define SF_MODELS_TYPHOON_ARCHIVE_SEARCH_H

#include "models/typhoon/archive/past.h"

/* What past storms are sought. */
struct sf_past_query
{
  double lon_deg, lat_deg, radius_km;
  int months[2], years[2]; /* first and last, both included; months may run over new year (11, 2) */
  double least_wind_mps;   /* inside the circle; 0: also storms without a wind */
  const char *name;        /* name or number, without regard to case; the circle is then not asked. NULL: any */
};

/* Where a storm came closest to the circle's centre, with month, year and, inside the circle, the strongest wind as
   asked. */
struct sf_past_hit
{
  size_t storm;
  int64_t time_s;
  double lon_deg, lat_deg, distance_km;
  double
      wind_mps; /* the strongest inside the circle; of the closest moment when it never came inside. NaN: none known */
};

/* Whether storm s answers the query, and where it came closest: on the straight way between its points, so within the
   circle also when no point is. The month and year are those of that moment. */
bool sf_past_search (const struct sf_past *past, size_t s, const struct sf_past_query *query,
                     struct sf_past_hit *ret_hit);

#endif
