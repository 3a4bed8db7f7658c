/* SPDX-License-Identifier: Apache-2.0 */
/* The rain model's stages by themselves: no storm, one that stands, two at once, members, terrain. Expected values follow
   from the kernel's rate at one place and the hours. */
#include "geodata/raster.h"
#include "models/rain/r_cliper.h"
#include "models/rain/rain_chance.h"
#include "tests/unit/stage_bench.h"

#include <stdio.h>
#include <unistd.h>

extern const struct sf_plugin rain_LTX_sanfang_plugin;

static const struct sf_gridspec HOME = { 20, 20, { 109, 0.1, 0, 20, 0, -0.1 }, "EPSG:4490" };

static void
open_rain (struct stage_bench *bench)
{
  bench_open (bench, &rain_LTX_sanfang_plugin, &HOME);
}

/* Two counties: cell (10, 10) and cell (12, 12), and one without cells. */
static void
put_counties (struct stage_bench *bench)
{
  static const char *const codes[] = { "1", "2", "3" };
  struct sf_table *counties = bench_put_table (bench, "counties");
  struct sf_table *weights = bench_put_table (bench, "county_weights@home");
  for (int c = 0; c < 3; c++)
    {
      ck_assert_int_eq (sf_table_add_row (counties), c);
      ck_done (sf_table_set_text (counties, "code", codes[c], err));
      ck_done (sf_table_set_text (counties, "name", "County", err));
      ck_done (sf_table_set_text (counties, "name_zh", "县", err));
    }
  for (int c = 0; c < 2; c++)
    {
      ck_assert_int_eq (sf_table_add_row (weights), c);
      ck_done (sf_table_set_int (weights, "county", c, err));
      ck_done (sf_table_set_int (weights, "column", 10 + 2 * c, err));
      ck_done (sf_table_set_int (weights, "row", 10 + 2 * c, err));
      ck_done (sf_table_set_double (weights, "weight", 0.5, err));
    }
}

static void
make (struct stage_bench *bench)
{
  ck_done (bench_run (bench, "total", err));
  bench->names[bench->count - 1] = "rain_total@home"; /* as the graph names the first grid's */
  put_counties (bench);
  ck_done (bench_run (bench, "counties", err));
}

static const struct sf_table *
answers (const struct stage_bench *bench)
{
  return bench_take (&bench->io, "county_rain")->as.table;
}

/* A storm that stands over the centre of cell (10, 10) for six hours. */
static size_t
standing (struct sf_record *fixes, const char *storm, const char *member, double wind_mps)
{
  for (int i = 0; i < 2; i++)
    {
      fixes[i] = bench_fix (storm, member, 6 * i, 110.05, 18.95);
      fixes[i].as.track.wind_mps = wind_mps;
    }
  return 2;
}

static double
centre_mmph (double wind_2min_mps)
{
  struct sf_rcliper profile;
  ck_assert (sf_rcliper_init (&profile, 1.08 * wind_2min_mps));
  return sf_rcliper_rate_mmph (&profile, 0);
}

START_TEST (no_storm)
{
  for (int with_empty = 0; with_empty < 2; with_empty++)
    {
      struct stage_bench bench;
      open_rain (&bench);
      if (with_empty)
        {
          bench_put_tracks (&bench, "track_hourly", NULL, 0);
          bench_put_tracks (&bench, "members", NULL, 0);
          bench_put_time (&bench, 0);
        }
      make (&bench);
      const struct sf_grid *total = bench_take (&bench.io, "rain_total@home")->as.grid;
      for (size_t i = 0; i < sf_gridspec_cells (&HOME); i++)
        ck_assert (isnan (total->values[i]));
      ck_assert_uint_eq (answers (&bench)->rows, 3);
      for (size_t c = 0; c < 3; c++)
        {
          ck_assert_str_eq (sf_table_text (answers (&bench), "verdict", c), "unknown, at least 0 mm");
          ck_assert_str_eq (sf_table_text (answers (&bench), "verdict_zh", c), "未知，至少0毫米");
          ck_assert_str_eq (sf_table_text (answers (&bench), "licence", c), "raise only");
          ck_assert_str_eq (sf_table_text (answers (&bench), "window", c), "no storm");
          ck_assert (isnan (sf_table_double (answers (&bench), "mean_rain", c)));
          ck_assert (isnan (sf_table_double (answers (&bench), "mean_rain_90", c)));
          ck_assert_int_eq (sf_table_time (answers (&bench), "begin", c), SF_TIME_MISSING);
        }
      bench_close (&bench);
    }
}
END_TEST

START_TEST (a_standing_storm)
{
  struct stage_bench bench;
  struct sf_record fixes[2];
  open_rain (&bench);
  bench_put_tracks (&bench, "track_hourly", fixes, standing (fixes, "A", NULL, 40));
  bench_put_time (&bench, 2 * 3600);
  make (&bench);
  const struct sf_table *table = answers (&bench);
  double mean_mm = 6 * centre_mmph (40);
  ck_assert_double_eq_tol (sf_table_double (table, "mean_rain", 0), mean_mm, 0.05);
  ck_assert_double_eq_tol (sf_table_double (table, "max_rain", 0), mean_mm, 0.05);
  ck_assert_double_eq_tol (sf_table_double (table, "past_rain", 0), mean_mm / 3, 0.05);
  ck_assert_double_eq_tol (sf_table_double (table, "max_rate", 0), centre_mmph (40), 0.01);
  ck_assert_double_eq_tol (sf_table_double (table, "mean_rain_50", 0), mean_mm / sqrt (1.36), 0.05);
  ck_assert_double_eq_tol (sf_table_double (table, "mean_rain_90", 0), mean_mm * 1.7452445533792198, 0.1);
  ck_assert_int_eq (sf_table_time (table, "begin", 0), 0);
  ck_assert_int_eq (sf_table_time (table, "end", 0), 6 * 3600);
  ck_assert_int_eq (sf_table_int (table, "members", 0), 0);
  char verdict[64];
  snprintf (verdict, sizeof verdict, "unknown, at least %.0f mm", floor (mean_mm));
  ck_assert_str_eq (sf_table_text (table, "verdict", 0), verdict);
  ck_assert_str_eq (sf_table_text (table, "window", 0), "whole storm, 1970-01-01 08:00 BJT to 1970-01-01 14:00 BJT");
  ck_assert_str_eq (sf_table_text (table, "window_zh", 0),
                    "台风全过程，1月1日08:00（北京时间）至1月1日14:00（北京时间）");
  ck_assert_str_eq (sf_table_text (table, "verdict", 2), "unknown, at least 0 mm"); /* a county without cells */
  bench_close (&bench);
}
END_TEST

START_TEST (two_storms_add)
{
  struct stage_bench bench;
  struct sf_record fixes[4];
  open_rain (&bench);
  standing (fixes, "A", NULL, 40);
  standing (fixes + 2, "B", NULL, 25);
  bench_put_tracks (&bench, "track_hourly", fixes, 4);
  make (&bench);
  double rate_mmph = centre_mmph (40) + centre_mmph (25);
  ck_assert_double_eq_tol (sf_table_double (answers (&bench), "mean_rain", 0), 6 * rate_mmph, 0.1);
  ck_assert_double_eq_tol (sf_table_double (answers (&bench), "max_rate", 0), rate_mmph, 0.01);
  ck_assert (isnan (sf_table_double (answers (&bench), "past_rain", 0))); /* no clock */
  bench_close (&bench);
}
END_TEST

START_TEST (members_spread_the_worse_case)
{
  struct stage_bench bench;
  struct sf_record fixes[8];
  const double winds[] = { 20, 40, 60 };
  double amounts[3];
  static const char *const names[] = { "g0001", "g0002", "g0003" };
  open_rain (&bench);
  bench_put_tracks (&bench, "track_hourly", fixes, standing (fixes, "A", NULL, 40));
  for (int m = 0; m < 3; m++)
    {
      standing (fixes + 2 * m, "A", names[m], winds[m]);
      amounts[m] = 6 * centre_mmph (winds[m]);
    }
  bench_put_tracks (&bench, "members", fixes, 6);
  make (&bench);
  ck_assert_int_eq (sf_table_int (answers (&bench), "members", 0), 3);
  ck_assert_double_eq_tol (sf_table_double (answers (&bench), "mean_rain_90", 0),
                           sf_rain_quantile_mm (amounts, 3, 0.6, 0.9), 0.2);
  ck_assert_double_gt (sf_table_double (answers (&bench), "mean_rain_90", 0),
                       sf_table_double (answers (&bench), "mean_rain_50", 0));
  bench_close (&bench);
}
END_TEST

/* Two storms of one member count as one. */
START_TEST (members_with_two_storms)
{
  struct stage_bench bench;
  struct sf_record fixes[4];
  open_rain (&bench);
  bench_put_tracks (&bench, "track_hourly", fixes, standing (fixes, "A", NULL, 40));
  standing (fixes, "A", "g0001", 40);
  standing (fixes + 2, "B", "g0001", 40);
  bench_put_tracks (&bench, "members", fixes, 4);
  make (&bench);
  double both_mm = 12 * centre_mmph (40);
  ck_assert_int_eq (sf_table_int (answers (&bench), "members", 0), 1);
  ck_assert_double_eq_tol (sf_table_double (answers (&bench), "mean_rain_50", 0),
                           sf_rain_quantile_mm (&both_mm, 1, 0.6, 0.5), 0.2);
  bench_close (&bench);
}
END_TEST

/* A storm that rained for six hours when its members begin: they hold the six to come, the worse case both. Another storm
   that no member follows is in every member; one of another identity but the same number is followed. */
START_TEST (members_begin_at_their_base)
{
  double amounts[2];
  for (int with = 0; with < 3; with++)
    {
      struct stage_bench bench;
      struct sf_record fixes[8];
      open_rain (&bench);
      for (int i = 0; i < 3; i++)
        {
          fixes[i] = bench_fix ("A", NULL, 6 * i, 110.05, 18.95);
          fixes[i].as.track.wind_mps = 40;
          fixes[i].as.track.number = "1415";
        }
      standing (fixes + 3, "B", NULL, 30);
      bench_put_tracks (&bench, "track_hourly", fixes, with == 1 ? 5 : 3);
      for (int m = 0; m < 2; m++)
        for (int i = 0; i < 2; i++)
          {
            struct sf_record *fix = &fixes[2 * m + i];
            *fix = bench_fix (with == 2 ? "other" : "A", m == 0 ? "g0001" : "g0002", 6 + 6 * i, 110.05, 18.95);
            fix->as.track.wind_mps = m == 0 ? 20 : 60;
            fix->as.track.number = "1415";
          }
      bench_put_tracks (&bench, "members", fixes, 4);
      make (&bench);
      for (int m = 0; m < 2; m++)
        amounts[m] = 6 * (centre_mmph (40) + centre_mmph (m == 0 ? 20 : 60) + (with == 1 ? centre_mmph (30) : 0));
      ck_assert_int_eq (sf_table_int (answers (&bench), "members", 0), 2);
      ck_assert_double_eq_tol (sf_table_double (answers (&bench), "mean_rain_90", 0),
                               sf_rain_quantile_mm (amounts, 2, 0.6, 0.9), 0.3);
      bench_close (&bench);
    }
}
END_TEST

/* Ground that rises by 100 m a tenth of a degree to the east. */
static void
write_slope (const struct stage_bench *bench, const char *path)
{
  static const struct sf_gridspec wide = { 30, 30, { 108.5, 0.1, 0, 20.5, 0, -0.1 }, "EPSG:4490" };
  const struct sf_raster_options options = { .compression = SF_RASTER_NONE };
  const struct sf_file_about about = { 0 };
  struct sf_dataset *slope = NULL;
  ck_done (sf_dataset_new_grid (bench_spec (&bench->io, "elevation"), NULL, &wide, NULL, 1, &slope, err));
  for (int i = 0; i < 900; i++)
    slope->as.grid->values[i] = (float) (100 * (i % 30));
  ck_done (sf_raster_save (path, slope, &options, &about, err));
  sf_dataset_unref (slope);
}

/* Winds from the west, south of the centre, are lifted; no cell has less rain. */
START_TEST (terrain_raises)
{
  struct stage_bench bench;
  struct sf_record fixes[2];
  char path[] = "/tmp/test_rain_stages_XXXXXX";
  int handle = mkstemp (path);
  ck_assert_int_ge (handle, 0);
  close (handle);
  const struct sf_grid *totals[2];
  struct stage_bench benches[2];
  for (int with = 0; with < 2; with++)
    {
      open_rain (&benches[with]);
      if (with)
        write_slope (&benches[with], path);
      if (with)
        ck_done (sf_settings_set (benches[with].settings, "elevation", path, "test", err));
      bench_put_tracks (&benches[with], "track_hourly", fixes, standing (fixes, "A", NULL, 40));
      ck_done (bench_run (&benches[with], "total", err));
      totals[with] = bench_take (&benches[with].io, "rain_total@*")->as.grid;
    }
  for (size_t i = 0; i < sf_gridspec_cells (&HOME); i++)
    ck_assert_float_ge (totals[1]->values[i], totals[0]->values[i] * 0.99999F);
  ck_assert_float_gt (totals[1]->values[15 * 20 + 10], 1.05F * totals[0]->values[15 * 20 + 10]);
  ck_assert_float_eq_tol (totals[1]->values[5 * 20 + 10], totals[0]->values[5 * 20 + 10], 1e-3F);
  bench_close (&benches[0]);
  bench_close (&benches[1]);
  open_rain (&bench);
  ck_done (sf_settings_set (bench.settings, "elevation", "/nowhere.tif", "test", err));
  ck_fails (bench_run (&bench, "total", err), SF_EIO, "nowhere.tif");
  bench_close (&bench);
  unlink (path);
}
END_TEST

START_TEST (refusals)
{
  struct stage_bench bench;
  struct sf_gridspec turned = HOME, plane = HOME;
  turned.affine[2] = 0.01;
  strcpy (plane.crs, "EPSG:3857");
  open_rain (&bench);
  bench.io.grid = &turned;
  ck_fails (bench_run (&bench, "total", err), SF_EUNSUPPORTED, "EPSG:4490");
  bench.io.grid = &plane;
  ck_fails (bench_run (&bench, "total", err), SF_EUNSUPPORTED, "EPSG:3857");
  bench.io.grid = &HOME;
  ck_done (sf_settings_set (bench.settings, "parameters", TEST_SRCDIR "/share/sea/surge.yaml", "test", err));
  ck_fails (bench_run (&bench, "total", err), SF_EINVAL, "surge.yaml:");
  bench_close (&bench);
}
END_TEST

/* Every allocation fails once: the stages say so and hold nothing. */
START_TEST (out_of_memory)
{
  static const char *const names[] = { "g0001", "g0002" };
  struct stage_bench bench;
  struct sf_record fixes[4];
  open_rain (&bench);
  bench_put_tracks (&bench, "track_hourly", fixes, standing (fixes, "A", NULL, 40));
  standing (fixes, "A", names[0], 20);
  standing (fixes + 2, "A", names[1], 40);
  bench_put_tracks (&bench, "members", fixes, 4);
  make (&bench);
  int held = bench.count;
  for (int stage = 0; stage < 2; stage++)
    for (long n = 1;; n++)
      {
        sf_mem_fail_at (n, 0);
        enum sf_code code = bench_run (&bench, stage == 0 ? "total" : "counties", NULL);
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
  const TTest *const tests[] = { no_storm,
                                 a_standing_storm,
                                 two_storms_add,
                                 members_spread_the_worse_case,
                                 members_with_two_storms,
                                 members_begin_at_their_base,
                                 terrain_raises,
                                 refusals,
                                 out_of_memory,
                                 NULL };
  return run_tests ("rain_stages", tests);
}
