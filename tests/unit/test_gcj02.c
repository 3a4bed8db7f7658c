/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the test pairs of the eviltransform project (Shanghai, Shenzhen, Beijing), repeated in many ports of
   it. Its formula is the only public one; the official algorithm and official pairs are not published. */
#include "geodata/gcj02.h"
#include "tests/unit/base.h"

#include <math.h>

START_TEST (published_pairs)
{
  static const double pairs[3][4] = { { 121.5272106, 31.1774276, 121.531541859215, 31.17530398364597 },
                                      { 113.912316, 22.543847, 113.9171764808363, 22.540796131694766 },
                                      { 116.377817, 39.911954, 116.38404722455657, 39.91334545536069 } };
  for (int i = 0; i < 3; i++)
    {
      double lon, lat;
      sf_gcj02_from_wgs84 (pairs[i][0], pairs[i][1], &lon, &lat);
      ck_assert_double_eq_tol (lon, pairs[i][2], 1e-12);
      ck_assert_double_eq_tol (lat, pairs[i][3], 1e-12);
      sf_gcj02_to_wgs84 (pairs[i][2], pairs[i][3], &lon, &lat);
      ck_assert_double_eq_tol (lon, pairs[i][0], 1e-9);
      ck_assert_double_eq_tol (lat, pairs[i][1], 1e-9);
    }
}
END_TEST

/* Every half degree of China: forward then inverse comes back to 1e-9 degrees. */
START_TEST (round_trip)
{
  double worst = 0;
  for (double lon = 72.6; lon < 137.3; lon += 0.5)
    for (double lat = 1.3; lat < 55.4; lat += 0.5)
      {
        double shifted_lon, shifted_lat, lon2, lat2;
        sf_gcj02_from_wgs84 (lon, lat, &shifted_lon, &shifted_lat);
        ck_assert (shifted_lon != lon && shifted_lat != lat);
        sf_gcj02_to_wgs84 (shifted_lon, shifted_lat, &lon2, &lat2);
        worst = fmax (worst, fmax (fabs (lon2 - lon), fabs (lat2 - lat)));
      }
  ck_assert_double_lt (worst, 1e-9);
}
END_TEST

/* The case of the eviltransform tests outside China: Denver. */
START_TEST (abroad)
{
  double lon, lat;
  sf_gcj02_from_wgs84 (-104.9903, 39.7392, &lon, &lat);
  ck_assert (lon == -104.9903 && lat == 39.7392);
  sf_gcj02_to_wgs84 (-104.9903, 39.7392, &lon, &lat);
  ck_assert (lon == -104.9903 && lat == 39.7392);
  sf_gcj02_to_wgs84 (NAN, 20, &lon, &lat);
  ck_assert (isnan (lon) && lat == 20);
  ck_assert (!sf_gcj02_applies (NAN, 20));
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { published_pairs, round_trip, abroad, NULL };
  return run_tests ("gcj02", tests);
}
