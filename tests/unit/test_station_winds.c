/* SPDX-License-Identifier: Apache-2.0 */
/* The wind against anemometers, which no ring was fitted to. Tracks: CMA 1409 Rammasun (best track, no rings) and CMA 2411
   Yagi (NMC's archive; rings of the bulletin of 5 September 2024 19:00 Beijing time: 7 about 300 to 350 km, 10 about 140, 12
   about 60, Hainan Meteorological Bureau). Measured: Nanhai Net 18 July 2014 (17 July 15:00 to 18 July 15:00 Beijing
   time: Qizhou Islands mean of force 17, gust 17; Tonggu Ling gust 14), CMA 2024 (Tonggu Ling gust 66.7 m/s on 6 September
   16:28; Haikou gust 41.9, in Rammasun 45.6), Hainan Meteorological Bureau 7 September 2024 (Chenhang Island gust
   23.2). Forces stand for the middle of their range. Places to a hundredth of a degree (recalled). The test prints the
   table; it fails only where a place is off by more than the ratios that it has found here, so that a change shows. */
#include "models/typhoon/vortex/storm_step.h"
#include "models/typhoon/vortex/surface_wind.h"
#include "models/typhoon/wind_field.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>

enum
{
  MOST_FIXES = 16,
  PARTS = 36 /* of the six hours between fixes */
};

struct fixes
{
  int count;
  double hour, step_h; /* of the first fix, UTC hours of an own day 0 */
  double lat_lon_hpa_mps[MOST_FIXES][4];
  double ring_km[SF_RADII_FORCES]; /* in all quadrants; NaN: not issued */
};

/* 17 July 2014 00Z on. */
static const struct fixes rammasun = { 9,
                                       0,
                                       6,
                                       { { 16.4, 115.8, 960, 40 },
                                         { 16.8, 115.0, 950, 45 },
                                         { 17.5, 114.3, 930, 50 },
                                         { 18.5, 113.4, 920, 58 },
                                         { 19.1, 112.3, 900, 65 },
                                         { 19.9, 111.3, 888, 72 },
                                         { 20.3, 110.3, 910, 60 },
                                         { 21.0, 109.4, 935, 52 },
                                         { 21.7, 108.3, 945, 48 } },
                                       { NAN, NAN, NAN } };

/* 5 September 2024 12Z on. */
static const struct fixes yagi = { 7,
                                   12,
                                   6,
                                   { { 19.3, 114.2, 925, 58 },
                                     { 19.2, 113.0, 915, 62 },
                                     { 19.2, 112.3, 915, 62 },
                                     { 19.7, 111.3, 915, 62 },
                                     { 20.0, 110.3, 925, 58 },
                                     { 20.3, 109.0, 935, 52 },
                                     { 20.5, 108.1, 930, 55 } },
                                   { 325, 140, 60 } };

struct station
{
  const char *name;
  const struct fixes *fixes;
  double lon_deg, lat_deg;
  double until_h; /* of the measurement, counted as the fixes' hours */
  bool gust, land;
  double measured_mps;
  double least_ratio, most_ratio; /* of the vortex's wind to it */
};

static const struct station stations[] = {
  { "Rammasun, Qizhou Islands, mean", &rammasun, 111.27, 19.98, 31, false, false, 58.6, 1.1, 1.3 },
  { "Rammasun, Tonggu Ling, gust", &rammasun, 111.03, 19.65, 31, true, false, 43.8, 1.7, 1.9 },
  { "Rammasun, Haikou, gust", &rammasun, 110.25, 20.00, 48, true, true, 45.6, 1.4, 1.6 },
  { "Yagi, Tonggu Ling, gust", &yagi, 111.03, 19.65, 40, true, false, 66.7, 1.0, 1.15 },
  { "Yagi, Haikou, gust", &yagi, 110.25, 20.00, 48, true, true, 41.9, 1.5, 1.7 },
  { "Yagi, Chenhang Island, gust", &yagi, 111.71, 16.45, 48, true, false, 23.2, 0.65, 0.8 },
};

static struct sf_vortex_rules vortex_rules;
static struct sf_surface_rules surface_rules;

/* The storm part / PARTS of the way from fix i on. */
static struct sf_vortex_source
source_at (const struct fixes *fixes, int i, int part)
{
  const double *a = fixes->lat_lon_hpa_mps[i], *b = fixes->lat_lon_hpa_mps[i + 1], t = part / (double) PARTS;
  struct sf_vortex_source source = { .lat_deg = a[0] + t * (b[0] - a[0]),
                                     .lon_deg = a[1] + t * (b[1] - a[1]),
                                     .pressure_hpa = a[2] + t * (b[2] - a[2]),
                                     .vmax_mps = a[3] + t * (b[3] - a[3]),
                                     .environment_hpa = NAN,
                                     .rmw_km = NAN,
                                     .rules = &vortex_rules };
  for (int r = 0; r < SF_RADII_FORCES * SF_QUADRANTS; r++)
    source.radii_km[r] = fixes->ring_km[r / SF_QUADRANTS];
  return source;
}

static double
vortex_mps (const struct station *station, const struct sf_vortex_source *source)
{
  struct sf_vortex vortex;
  double x = (station->lon_deg - source->lon_deg) * 111.12 * cos (source->lat_deg * M_PI / 180);
  double y = (station->lat_deg - source->lat_deg) * 111.12;
  ck_done (sf_vortex_fit (&vortex, source, SF_VORTEX_ENVELOPE, NULL, err));
  return sf_vortex_wind_mps (&vortex, hypot (x, y), atan2 (x, y) * 180 / M_PI);
}

/* The largest 2-minute wind at the station over open water, by the vortex and by the symmetric profile H08. */
static void
largest_winds (const struct station *station, double *ret_vortex_mps, double *ret_h08_mps)
{
  const struct fixes *fixes = station->fixes;
  struct sf_wind_node nodes[MOST_FIXES * PARTS];
  struct sf_wind_track track;
  struct sf_wind_track_options options;
  int64_t time_s[MOST_FIXES * PARTS];
  double lon[MOST_FIXES * PARTS], lat[MOST_FIXES * PARTS], pc[MOST_FIXES * PARTS], vmax[MOST_FIXES * PARTS];
  struct sf_wind_fixes samples = { .time_s = time_s, .lon_deg = lon, .lat_deg = lat, .pc_hpa = pc, .vmax_mps = vmax };
  *ret_vortex_mps = *ret_h08_mps = 0;
  for (int i = 0; i + 1 < fixes->count; i++)
    for (int part = 0; part < PARTS; part++)
      {
        struct sf_vortex_source source = source_at (fixes, i, part);
        double hour = fixes->hour + fixes->step_h * (i + part / (double) PARTS);
        if (hour > station->until_h)
          continue;
        time_s[samples.n] = llround (3600 * hour);
        lon[samples.n] = source.lon_deg;
        lat[samples.n] = source.lat_deg;
        pc[samples.n] = source.pressure_hpa;
        vmax[samples.n++] = source.vmax_mps;
        *ret_vortex_mps = fmax (*ret_vortex_mps, vortex_mps (station, &source));
      }
  sf_wind_track_options_init (&options);
  options.vmax_averaging_min = 2;
  options.first_node = SF_WIND_FIRST_FORWARD;
  ck_done (sf_wind_track_init (&track, nodes, &samples, &options, err));
  for (size_t k = 0; k < track.n; k++)
    {
      double u, v;
      sf_wind_at (&track, k, 2000e3, station->lon_deg, station->lat_deg, &u, &v);
      *ret_h08_mps = fmax (*ret_h08_mps, hypot (u, v) / 1.08);
    }
}

START_TEST (stations_of_two_storms)
{
  printf ("%-32s %8s %8s %6s %8s %6s\n", "m/s", "measured", "vortex", "ratio", "H08", "ratio");
  for (size_t i = 0; i < sizeof stations / sizeof *stations; i++)
    {
      const struct station *station = &stations[i];
      double vortex, h08, factor = sf_surface_mixed_gust_factor (&surface_rules, 2, station->land);
      largest_winds (station, &vortex, &h08);
      vortex *= station->gust ? factor : 1;
      h08 *= station->gust ? factor : 1;
      printf ("%-32s %8.1f %8.1f %6.2f %8.1f %6.2f\n", station->name, station->measured_mps, vortex,
              vortex / station->measured_mps, h08, h08 / station->measured_mps);
      ck_assert_double_ge (vortex / station->measured_mps, station->least_ratio);
      ck_assert_double_le (vortex / station->measured_mps, station->most_ratio);
    }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { stations_of_two_storms, NULL };
  struct sf_error err;
  if (sf_vortex_rules_load_shared (TEST_SRCDIR "/share", &vortex_rules, &err) != SF_OK
      || sf_surface_rules_load_shared (TEST_SRCDIR "/share", &surface_rules, &err) != SF_OK)
    {
      fprintf (stderr, "%s\n", err.message);
      return EXIT_FAILURE;
    }
  return run_tests ("station winds", tests);
}
