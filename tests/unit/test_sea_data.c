/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped stations and parameters, and what a file of one's own may not say. */
#include "core/base/file.h"
#include "models/sea/sea_data.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

START_TEST (shipped_stations)
{
  struct sf_arena arena = { 0 };
  struct sf_sea_stations stations;
  ck_done (sf_sea_stations_load (&arena, TEST_SRCDIR "/share/sea/stations.yaml", &stations, err));
  ck_assert_uint_ge (stations.count, 6);
  size_t tides = 0;
  for (size_t i = 0; i < stations.count; i++)
    {
      const struct sf_sea_station *station = &stations.list[i];
      ck_assert (station->lon_deg > 107 && station->lon_deg < 113 && station->lat_deg > 17 && station->lat_deg < 21.5);
      ck_assert_uint_ge (station->way_count, 2);
      ck_assert_int_eq (station->tide.count > 0, station->mean_level.datum != NULL);
      tides += station->tide.count > 0;
      const struct sf_sea_way_point *last = &station->way[station->way_count - 1];
      ck_assert_double_lt (hypot (last->lon_deg - station->lon_deg, last->lat_deg - station->lat_deg), 0.05);
    }
  ck_assert_uint_eq (tides, 2);
  const struct sf_sea_station *xiuying = &stations.list[0];
  ck_assert_str_eq (xiuying->code, "xiuying");
  ck_assert_double_eq (xiuying->levels.m[SF_SEA_YELLOW], 2.90);
  ck_assert (isnan (xiuying->levels.m[SF_SEA_BLUE]));
  ck_assert_int_eq (xiuying->levels_year, 1992);
  ck_assert_str_eq (sf_sea_datum_name (&stations, xiuying->levels.datum, true), "秀英站水尺零点");
  ck_assert_str_eq (sf_sea_datum_name (&stations, "other", true), "other");
  ck_assert_ptr_null (sf_sea_datum_name (&stations, NULL, true));
  ck_assert (isnan (stations.list[1].levels.m[SF_SEA_RED])); /* no level known */
  sf_arena_finish (&arena);
}
END_TEST

/* Nodes of CLIMADA's relation: 940 hPa 15.726927 nautical miles; half way to 980, the mean of both. */
START_TEST (shipped_parameters)
{
  struct sf_arena arena = { 0 };
  struct sf_sea_params params;
  ck_done (sf_sea_params_load (&arena, TEST_SRCDIR "/share/sea/surge.yaml", &params, err));
  ck_assert_double_eq_tol (sf_sea_rmw_km (&params, 940), 15.726927 * 1.852, 1e-4);
  ck_assert_double_eq_tol (sf_sea_rmw_km (&params, 960), (15.726927 + 25.742142) / 2 * 1.852, 1e-4);
  ck_assert_double_eq_tol (sf_sea_rmw_km (&params, 800), 14.907318 * 1.852, 1e-4);
  ck_assert_double_eq_tol (sf_sea_rmw_km (&params, 1030), 56.856522 * 1.852, 1e-4);
  ck_assert (isnan (sf_sea_rmw_km (&params, (double) NAN)));
  ck_assert_double_eq (params.band_m, 0.4);
  ck_assert_double_eq (params.band_frac, 0.35);
  sf_arena_finish (&arena);
}
END_TEST

static enum sf_code
load_text (const char *text, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_sea_stations stations;
  char path[] = "/tmp/test_sea_data_XXXXXX";
  int handle = mkstemp (path);
  ck_assert_int_ge (handle, 0);
  close (handle);
  ck_assert_int_eq (sf_file_write (path, text, strlen (text), NULL), SF_OK);
  enum sf_code code = sf_sea_stations_load (&arena, path, &stations, err);
  sf_arena_finish (&arena);
  unlink (path);
  return code;
}

#define HEAD "datums: {zero: {en: Zero, zh: 零点}}\noffsets: []\nstations:\n"
#define STATION "  - {code: a, name: A, name_zh: 甲, longitude: 110, latitude: 20"

START_TEST (crooked_files)
{
  static const struct
  {
    const char *text, *words;
    enum sf_code code;
  } table[] = {
    { "offsets: []\nstations: []\n", "datums is missing", SF_EINVAL },
    { "datums: {zero: {en: Zero}}\noffsets: []\nstations: []\n", ":1:", SF_EINVAL },
    { HEAD STATION ", tide: {mean_level_m: 1, source: s, constituents: {}}}\n", "no level", SF_EINVAL },
    { HEAD STATION ", tide: {datum: nought, mean_level_m: 1, source: s, constituents: {}}}\n", "nought", SF_EINVAL },
    { HEAD STATION ", tide: {datum: zero, mean_level_m: 1, constituents: {}}}\n", "source", SF_EINVAL },
    { HEAD STATION ", tide: {datum: zero, mean_level_m: 1, source: s, constituents: {M9: [1, 2]}}}\n", "M9",
      SF_EINVAL },
    { HEAD STATION ", tide: {datum: zero, mean_level_m: 1, source: s, constituents: {M2: [99, 2]}}}\n", "99",
      SF_ERANGE },
    { HEAD STATION ", tide: {datum: zero, mean_level_m: 1, source: s, constituents: {M2: [1]}}}\n", "M2", SF_EINVAL },
    { HEAD STATION ", levels: {datum: zero, blue: 3, yellow: 2, year: 2014, source: s}}\n", "yellow", SF_EINVAL },
    { HEAD STATION ", levels: {datum: zero, blue: 3, source: s}}\n", "year is missing", SF_EINVAL },
    { HEAD STATION ", levels: {blue: 3, year: 2014, source: s}}\n", "no level", SF_EINVAL },
    { HEAD STATION ", profile: {reason: r, source: s, points: [[110, 20, 5]]}}\n", "two points", SF_EINVAL },
    { HEAD STATION ", profile: {source: s, points: [[110, 20, 5], [111, 20, 5]]}}\n", "reason", SF_EINVAL },
    { HEAD STATION ", profile: {reason: r, source: s, points: [[110, 20, -5], [111, 20, 5]]}}\n", "-5", SF_ERANGE },
    { HEAD STATION ", colour: red}\n", "colour", SF_EINVAL },
    { HEAD STATION "}\n" STATION "}\n", "second station a", SF_ECONFLICT },
    { HEAD "  - {code: a, name: A, name_zh: 甲, longitude: 110}\n", "latitude is missing", SF_EINVAL },
    { "datums: {a: {en: A, zh: 甲}, b: {en: B, zh: 乙}}\noffsets:\n  - {from: a, to: b, metres: 1, source: s}\n"
      "  - {from: b, to: a, metres: -1, source: s}\nstations: []\n",
      "second offset", SF_ECONFLICT },
    { "datums: {a: {en: A, zh: 甲}, b: {en: B, zh: 乙}}\noffsets:\n  - {from: a, to: b, metres: 1}\nstations: []\n",
      "source", SF_EINVAL },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    ck_fails (load_text (table[i].text, err), table[i].code, table[i].words);
  ck_done (load_text (HEAD STATION "}\n", err));
  ck_done (load_text ("datums: {}\noffsets: []\nstations: []\n", err));
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { shipped_stations, shipped_parameters, crooked_files, NULL };
  return run_tests ("sea_data", tests);
}
