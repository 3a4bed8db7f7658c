/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the same constants in @neaps/tide-predictor 0.11.0 (npm; Schureman's closed forms for nodal factors),
   which shares no code with this; and the astronomical tide of 2.32 m at noon of 16 September 2014 at Haikou, as it was
   announced the day before (Hainan's marine forecast, 16 September 2014). */
#include "models/sea/sea_data.h"
#include "tests/unit/base.h"

#include <math.h>

#define STATIONS TEST_SRCDIR "/share/sea/stations.yaml"

static const struct sf_sea_station *
find (const struct sf_sea_stations *stations, const char *code)
{
  for (size_t i = 0; i < stations->count; i++)
    if (!strcmp (stations->list[i].code, code))
      return &stations->list[i];
  ck_abort_msg ("no station %s", code);
}

START_TEST (against_another_program)
{
  static const struct
  {
    const char *code;
    int64_t time_s;
    double height_m;
  } table[]
      = { { "xiuying", 699404400, 0.3552 },    { "xiuying", 1255305600, 0.8357 },  { "xiuying", 1410825600, 0.4332 },
          { "xiuying", 1410840000, 0.7595 },   { "xiuying", 1410868800, -0.5620 }, { "xiuying", 1725613200, -0.3026 },
          { "xiuying", 1795672800, -0.8524 },  { "xiuying", 1908297000, 0.3900 },  { "dongfang", 699404400, -0.1099 },
          { "dongfang", 1255305600, 1.4237 },  { "dongfang", 1410825600, 0.9610 }, { "dongfang", 1410840000, 0.4202 },
          { "dongfang", 1410868800, -0.5481 }, { "dongfang", 1725613200, 0.4941 }, { "dongfang", 1795672800, -1.0926 },
          { "dongfang", 1908297000, -0.2653 } };
  struct sf_arena arena = { 0 };
  struct sf_sea_stations stations;
  ck_done (sf_sea_stations_load (&arena, STATIONS, &stations, err));
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    ck_assert_double_eq_tol (sf_tide_height_m (&find (&stations, table[i].code)->tide, table[i].time_s),
                             table[i].height_m, 0.02);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (as_announced)
{
  struct sf_arena arena = { 0 };
  struct sf_sea_stations stations;
  ck_done (sf_sea_stations_load (&arena, STATIONS, &stations, err));
  const struct sf_sea_station *xiuying = find (&stations, "xiuying");
  ck_assert_double_eq_tol (xiuying->mean_level.m + sf_tide_height_m (&xiuying->tide, 1410840000), 2.32, 0.05);
  sf_arena_finish (&arena);
}
END_TEST

/* S2 stands still against the sun: V is 0 at midnight UTC, so high water comes phase / 30 hours later. */
START_TEST (solar_tide_by_hand)
{
  struct sf_tide tide = { 1, { { sf_tide_find ("S2"), 0.5, 60 } } };
  ck_assert_double_eq_tol (sf_tide_height_m (&tide, 1410825600 + 7200), 0.5, 1e-12);
  ck_assert_double_eq_tol (sf_tide_height_m (&tide, 1410825600 + 5 * 3600), 0, 1e-9);
  ck_assert_double_eq_tol (sf_tide_height_m (&tide, 1410825600 + 8 * 3600), -0.5, 1e-12);
  ck_assert_double_eq_tol (sf_tide_height_m (&tide, -86400 * 365 + 7200), 0.5, 1e-12); /* before 1970 */
}
END_TEST

/* M2 comes back after 12.4206012 h, O1 after 25.8193387 h. */
START_TEST (lunar_periods)
{
  static const struct
  {
    const char *name;
    double period_h;
  } table[] = { { "M2", 12.4206012 }, { "O1", 25.8193387 },  { "K1", 23.9344721 }, { "N2", 12.6583475 },
                { "Q1", 26.8683567 }, { "MF", 327.8599387 }, { "SA", 8765.8211 } };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    {
      struct sf_tide tide = { 1, { { sf_tide_find (table[i].name), 1, 90 } } };
      int64_t begin_s = 1410825600, later_s = begin_s + llround (3600 * table[i].period_h);
      ck_assert_double_eq_tol (sf_tide_height_m (&tide, later_s), sf_tide_height_m (&tide, begin_s), 0.02);
    }
}
END_TEST

START_TEST (names)
{
  for (int i = 0; sf_tide_name (i); i++)
    ck_assert_int_eq (sf_tide_find (sf_tide_name (i)), i);
  ck_assert_int_eq (sf_tide_find ("m2"), -1);
  ck_assert_ptr_null (sf_tide_name (-1));
  struct sf_tide none = { 0 };
  ck_assert_double_eq (sf_tide_height_m (&none, 0), 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { against_another_program, as_announced, solar_tide_by_hand, lunar_periods, names, NULL };
  return run_tests ("tide", tests);
}
