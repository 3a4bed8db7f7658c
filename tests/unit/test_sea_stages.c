/* SPDX-License-Identifier: Apache-2.0 */
/* The sea model's stages by themselves: no storm, a storm far away, one with and one without a wind field, datums that do
   not fit. Expected values: the kernels, tested by themselves, and a uniform wind worked out by hand. */
#include "core/base/file.h"
#include "tests/unit/stage_bench.h"

#include <stdio.h>
#include <unistd.h>

extern const struct sf_plugin sea_LTX_sanfang_plugin;

static const struct sf_gridspec HOME = { 60, 45, { 107, 0.1, 0, 21.5, 0, -0.1 }, "EPSG:4490" };

/* A wind that is the same everywhere and always. */
struct still
{
  int64_t time_s[12];
  float value;
};

static enum sf_code
read_still (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  const struct still *still = impl;
  (void) err;
  ck_assert (step >= 0 && step < 12 && row0 >= 0 && row0 + rows <= HOME.ny);
  for (int i = 0; i < rows * HOME.nx; i++)
    out[i] = still->value;
  return SF_OK;
}

static void
put_wind (struct stage_bench *bench, const char *port, struct still *still, float value)
{
  struct sf_dataset *dataset = NULL;
  still->value = value;
  for (int i = 0; i < 12; i++)
    still->time_s[i] = 3600 * i;
  struct sf_cube cube = { .spec = HOME, .steps = 12, .time_s = still->time_s, .read = read_still, .impl = still };
  ck_done (sf_dataset_new_cube (bench_spec (&bench->io, port), "home", &cube, &dataset, err));
  bench_put (bench, port, dataset);
}

static void
open_sea (struct stage_bench *bench)
{
  bench_open (bench, &sea_LTX_sanfang_plugin, &HOME);
}

/* A storm that stands for eleven hours. */
static void
put_storm (struct stage_bench *bench, double lon_deg, double lat_deg)
{
  struct sf_record fixes[12];
  for (int i = 0; i < 12; i++)
    {
      fixes[i] = bench_fix ("A", NULL, i, lon_deg, lat_deg);
      fixes[i].as.track.pressure_hpa = 960;
    }
  bench_put_tracks (bench, "track_hourly", fixes, 12);
}

static const struct sf_table *
rows_of (const struct stage_bench *bench, const char *port)
{
  return bench_take (&bench->io, port)->as.table;
}

static size_t
row_of (const struct sf_table *table, const char *code)
{
  for (size_t i = 0; i < table->rows; i++)
    if (!strcmp (sf_table_text (table, "code", i), code))
      return i;
  ck_abort_msg ("no row of %s", code);
}

static void
check_words (const struct sf_table *table, const char *code, const char *en, const char *zh)
{
  size_t row = row_of (table, code);
  const char *verdict = sf_table_text (table, "verdict", row), *verdict_zh = sf_table_text (table, "verdict_zh", row);
  ck_assert_msg (strstr (verdict, en) != NULL, "'%s' is not in: %s", en, verdict);
  ck_assert_msg (strstr (verdict_zh, zh) != NULL, "'%s' is not in: %s", zh, verdict_zh);
}

START_TEST (stations)
{
  struct stage_bench bench;
  open_sea (&bench);
  ck_done (bench_run (&bench, "stations", err));
  const struct sf_table *table = rows_of (&bench, "tide_stations");
  size_t xiuying = row_of (table, "xiuying"), sanya = row_of (table, "sanya");
  ck_assert_double_eq (sf_table_double (table, "yellow", xiuying), 2.90);
  ck_assert (isnan (sf_table_double (table, "blue", xiuying)));
  ck_assert_str_eq (sf_table_text (table, "datum", xiuying), "Xiuying gauge zero");
  ck_assert_str_eq (sf_table_text (table, "levels_datum_zh", xiuying), "秀英站水尺零点");
  ck_assert_int_eq (sf_table_int (table, "levels_year", xiuying), 1992);
  ck_assert_str_eq (sf_table_text (table, "levels_source", sanya), "no level known");
  ck_assert_str_eq (sf_table_text (table, "tide_source", sanya), "tide unknown");
  ck_assert_ptr_null (sf_table_text (table, "datum", sanya));
  ck_assert_ptr_nonnull (table->geometries[sanya]);
  bench_close (&bench);
}
END_TEST

/* Noon of 16 September 2014 at Haikou, astronomical tide 2.32 m: no storm in the data, one that is never near. */
START_TEST (tide_only)
{
  for (int with = 0; with < 3; with++)
    {
      struct stage_bench bench;
      open_sea (&bench);
      bench_put_time (&bench, 1410825600);
      if (with == 1)
        bench_put_tracks (&bench, "track_hourly", NULL, 0);
      if (with == 2)
        put_storm (&bench, 150, 10);
      ck_done (bench_run (&bench, "surge", err));
      const struct sf_table *table = rows_of (&bench, "station_surge");
      size_t xiuying = row_of (table, "xiuying");
      ck_assert (isnan (sf_table_double (table, "surge", xiuying)));
      ck_assert_double_eq (sf_table_double (table, "total", xiuying), sf_table_double (table, "tide", xiuying));
      ck_assert_str_eq (sf_table_text (table, "colour", xiuying), "unknown");
      check_words (table, "xiuying", "no storm near: tide only", "仅天文潮");
      check_words (table, "xiuying", "under the yellow level", "低于黄色警戒潮位");
      check_words (table, "sanya", "no storm near and tide unknown: no answer", "无结论");
      check_words (table, "dongfang", "no warning level known", "警戒潮位未知");
      ck_assert_uint_eq (rows_of (&bench, "surge_series")->rows, table->rows * 73);
      bench_close (&bench);
    }
}
END_TEST

START_TEST (no_storm_and_no_clock)
{
  struct stage_bench bench;
  open_sea (&bench);
  ck_done (bench_run (&bench, "surge", err));
  ck_assert_uint_gt (rows_of (&bench, "station_surge")->rows, 0);
  ck_assert_uint_eq (rows_of (&bench, "surge_series")->rows, 0);
  check_words (rows_of (&bench, "station_surge"), "xiuying", "no answer", "无结论");
  bench_close (&bench);
}
END_TEST

/* An east wind of 20 / 0.931 m/s, so that 20 m/s act: stress 1.0241 Pa. At Bo'ao's way, two straight lines almost due
   west, the set-up is the integral of tau / (rho g (h + eta)), done here in 100 m steps with the way's mean slope. */
START_TEST (a_storm_with_wind)
{
  struct stage_bench bench;
  struct still east, north;
  open_sea (&bench);
  bench_put_time (&bench, 20 * 86400);
  put_storm (&bench, 112, 19.5);
  put_wind (&bench, "wind_u_cube@home", &east, (float) (-20 / 0.931));
  put_wind (&bench, "wind_v_cube@home", &north, 0);
  ck_done (bench_run (&bench, "surge", err));
  const struct sf_table *table = rows_of (&bench, "station_surge");
  size_t boao = row_of (table, "boao");
  static const double way[][3]
      = { { 111.40, 19.05, 120 }, { 111.00, 19.10, 80 }, { 110.75, 19.14, 40 }, { 110.60, 19.16, 8 } };
  double eta_m = 0;
  for (int i = 0; i < 3; i++)
    {
      double east_km = (way[i][0] - way[i + 1][0]) * 111.195 * cos (19.1 * M_PI / 180);
      double length_km = hypot (east_km, (way[i + 1][1] - way[i][1]) * 111.195);
      for (int k = 0; k < 1000; k++)
        {
          double depth_m = way[i][2] + (k + 0.5) / 1000 * (way[i + 1][2] - way[i][2]);
          eta_m += 1.0241 * east_km / length_km * length_km / (10055.25 * (fmax (depth_m, 5) + eta_m));
        }
    }
  ck_assert_double_gt (eta_m, 0.1);
  ck_assert_double_eq_tol (sf_table_double (table, "surge_wind", boao), eta_m, 0.03 * eta_m);
  ck_assert_double_eq_tol (
      sf_table_double (table, "surge", boao),
      sf_table_double (table, "surge_wind", boao) + sf_table_double (table, "surge_pressure", boao), 1e-9);
  ck_assert_double_eq (sf_table_double (table, "surge_wind", row_of (table, "dongfang")), 0); /* wind off the land */
  check_words (table, "boao", "tide unknown: no total level; no warning level known", "天文潮未知");
  check_words (table, "boao", "first order", "一阶估计");
  bench_close (&bench);
}
END_TEST

START_TEST (a_storm_without_wind)
{
  struct stage_bench bench;
  open_sea (&bench);
  put_storm (&bench, 110.3, 20.1);
  ck_done (bench_run (&bench, "surge", err));
  const struct sf_table *table = rows_of (&bench, "station_surge");
  size_t xiuying = row_of (table, "xiuying");
  ck_assert (isnan (sf_table_double (table, "surge_wind", xiuying)));
  ck_assert_double_gt (sf_table_double (table, "surge", xiuying), 0.2);
  check_words (table, "xiuying", "surge unknown, at least 0.", "增水未知，至少0.");
  bench_close (&bench);
}
END_TEST

/* The storm began ten hours before now: the peak is sought among what is to come. */
START_TEST (what_lies_ahead)
{
  struct stage_bench bench;
  open_sea (&bench);
  bench_put_time (&bench, 10 * 3600);
  put_storm (&bench, 110.3, 20.1);
  ck_done (bench_run (&bench, "surge", err));
  const struct sf_table *table = rows_of (&bench, "station_surge");
  ck_assert_int_ge (sf_table_time (table, "time", row_of (table, "xiuying")), 10 * 3600);
  ck_assert_ptr_nonnull (strstr (sf_table_text (table, "window", 0), "from now on, 1970-01-01 18:00 BJT"));
  bench_close (&bench);
}
END_TEST

static void
write_stations (char *path, const char *text)
{
  int handle = mkstemp (path);
  ck_assert_int_ge (handle, 0);
  close (handle);
  ck_done (sf_file_write (path, text, strlen (text), err));
}

/* Levels on another datum than the tide: an answer in words, no colour, and the others go on. */
START_TEST (another_datum_is_refused_in_words)
{
  static const char text[]
      = "datums: {a: {en: Gauge zero, zh: 水尺零点}, b: {en: National datum, zh: 国家基准}}\noffsets: []\nstations:\n"
        "  - {code: one, name: One, name_zh: 一, longitude: 110.3, latitude: 20,\n"
        "     tide: {datum: a, mean_level_m: 1, source: s, constituents: {K1: [0.5, 10]}},\n"
        "     levels: {datum: b, blue: 0.1, yellow: 0.2, orange: 0.3, red: 0.4, year: 2014, source: s}}\n"
        "  - {code: two, name: Two, name_zh: 二, longitude: 110.3, latitude: 20,\n"
        "     tide: {datum: a, mean_level_m: 1, source: s, constituents: {K1: [0.5, 10]}},\n"
        "     levels: {datum: a, blue: 0.1, yellow: 0.2, orange: 0.3, red: 0.4, year: 2014, source: s}}\n";
  struct stage_bench bench;
  char path[] = "/tmp/test_sea_stages_XXXXXX";
  write_stations (path, text);
  open_sea (&bench);
  ck_done (sf_settings_set (bench.settings, "stations", path, "test", err));
  bench_put_time (&bench, 1410825600);
  ck_done (bench_run (&bench, "surge", err));
  const struct sf_table *table = rows_of (&bench, "station_surge");
  ck_assert_str_eq (sf_table_text (table, "colour", 0), "unknown");
  ck_assert (isnan (sf_table_double (table, "above_level", 0)));
  check_words (table, "one", "warning levels are on National datum, the step between is unknown: not compared",
               "警戒潮位为国家基准，与潮位基准之间的差值未知，不作比较");
  ck_assert_str_eq (sf_table_text (table, "colour", 1), "red");
  ck_assert_str_eq (sf_table_text (table, "colour_high", 0), "unknown");
  ck_assert_str_eq (sf_table_text (table, "colour_high_zh", 1), "红色");
  check_words (table, "two", "red: over the blue level by", "红色，超蓝色警戒潮位");
  bench_close (&bench);
  unlink (path);
}
END_TEST

/* All four levels far above a tide that hardly moves: "none" without a storm, but not where a part of its surge is not known. */
START_TEST (no_all_clear_from_what_is_not_known)
{
  static const char text[]
      = "datums: {a: {en: Gauge zero, zh: 水尺零点}}\noffsets: []\nstations:\n"
        "  - {code: one, name: One, name_zh: 一, longitude: 110.3, latitude: 20,\n"
        "     tide: {datum: a, mean_level_m: 1, source: s, constituents: {K1: [0.01, 10]}},\n"
        "     levels: {datum: a, blue: 9, yellow: 10, orange: 11, red: 12, year: 2014, source: s},\n"
        "     profile: {reason: r, source: s, points: [[111, 20, 50], [110.3, 20, 10]]}}\n";
  static const double winds[] = { NAN, NAN, -10 };
  static const char *const colours[] = { "none", "unknown", "none" };
  char path[] = "/tmp/test_sea_stages_XXXXXX";
  write_stations (path, text);
  for (int with = 0; with < 3; with++)
    {
      struct stage_bench bench;
      struct still east, north;
      open_sea (&bench);
      ck_done (sf_settings_set (bench.settings, "stations", path, "test", err));
      bench_put_time (&bench, with == 0 ? 0 : 20 * 86400);
      if (with > 0)
        put_storm (&bench, 112, 19.5);
      put_wind (&bench, "wind_u_cube@home", &east, (float) winds[with]);
      put_wind (&bench, "wind_v_cube@home", &north, 0);
      ck_done (bench_run (&bench, "surge", err));
      const struct sf_table *table = rows_of (&bench, "station_surge");
      ck_assert_str_eq (sf_table_text (table, "colour", 0), colours[with]);
      ck_assert_str_eq (sf_table_text (table, "colour_high", 0), sf_table_text (table, "colour", 0));
      if (with == 1)
        {
          check_words (table, "one", "surge unknown, at least 0.", "增水未知，至少0.");
          check_words (table, "one", "no all-clear", "不能判为未达警戒");
        }
      bench_close (&bench);
    }
  unlink (path);
}
END_TEST

START_TEST (refusals)
{
  struct stage_bench bench;
  open_sea (&bench);
  ck_done (sf_settings_set (bench.settings, "stations", "/nowhere.yaml", "test", err));
  ck_fails (bench_run (&bench, "stations", err), SF_ENOTFOUND, "nowhere.yaml");
  ck_fails (bench_run (&bench, "surge", err), SF_ENOTFOUND, "nowhere.yaml");
  bench_close (&bench);
}
END_TEST

/* Every allocation fails once: the stages say so and hold nothing. */
START_TEST (out_of_memory)
{
  struct stage_bench bench;
  struct still east, north;
  open_sea (&bench);
  bench_put_time (&bench, 6 * 3600);
  put_storm (&bench, 112, 19.5);
  put_wind (&bench, "wind_u_cube@home", &east, -20);
  put_wind (&bench, "wind_v_cube@home", &north, 0);
  int held = bench.count;
  for (int stage = 0; stage < 2; stage++)
    for (long n = 1;; n += stage == 0 || n < 400 ? 1 : 97)
      {
        sf_mem_fail_at (n, 0);
        enum sf_code code = bench_run (&bench, stage == 0 ? "stations" : "surge", NULL);
        sf_mem_fail_at (0, 0);
        if (code == SF_OK)
          {
            ck_assert_int_gt (n, 5);
            break;
          }
        ck_assert_int_eq (code, SF_ENOMEM);
        ck_assert_int_eq (bench.count, held + stage);
      }
  bench_close (&bench);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { stations,
                                 tide_only,
                                 no_storm_and_no_clock,
                                 a_storm_with_wind,
                                 a_storm_without_wind,
                                 what_lies_ahead,
                                 another_datum_is_refused_in_words,
                                 no_all_clear_from_what_is_not_known,
                                 refusals,
                                 out_of_memory,
                                 NULL };
  return run_tests ("sea_stages", tests);
}
