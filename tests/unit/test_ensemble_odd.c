/* SPDX-License-Identifier: Apache-2.0 */
/* The stages cone and landfall at odd moments and on split coasts; expected values are worked by hand. */
#include "tests/unit/stage_bench.h"

#include "geodata/polygon.h"
#include "tests/unit/storm_help.h"

extern const struct sf_plugin ensemble_LTX_sanfang_plugin;

enum
{
  MEMBERS = 10,
  FIXES = 5
};

static bool
never (const struct sf_host *host)
{
  (void) host;
  return false;
}

/* An analysis at twenty past, as feeds bring of a landfall, does not put the circles off their leads. */
START_TEST (circles_stand_at_their_leads)
{
  struct stage_bench bench;
  struct sf_record fixes[8];
  bench_open (&bench, &ensemble_LTX_sanfang_plugin, NULL);
  bench_put_time (&bench, 6 * 3600);
  for (int i = 0; i < 7; i++)
    {
      fixes[i] = bench_fix ("1409", NULL, 12.0 * i, 114 - 2 * i, 17.5 + i);
      fixes[i].as.track.base_s = 0;
      fixes[i].as.track.lead_s = 12 * 3600 * i;
      fixes[i].as.track.wind_mps = 40;
    }
  fixes[7] = bench_fix ("1409", NULL, 5 + 1.0 / 3, 114 - 16.0 / 18, 17.5 + 8.0 / 18);
  bench_put_tracks (&bench, "storm_tracks", fixes, 8);
  ck_done (bench_run (&bench, "cone", err));
  const struct sf_table *circles = bench_take (&bench.io, "cone_circles")->as.table;
  const double leads_h[] = { 6, 12, 24, 36, 48, 60, 72 };
  ck_assert_uint_eq (circles->rows, 7);
  for (size_t row = 0; row < 7; row++)
    {
      ck_assert_double_eq (sf_table_double (circles, "lead", row), leads_h[row]);
      ck_assert_int_eq (sf_table_time (circles, "time", row), (int64_t) (3600 * leads_h[row]));
      ck_assert_double_eq_tol (sf_table_double (circles, "longitude", row), 114 - leads_h[row] / 6, 1e-3);
    }
  /* what we draw around an agency's track is not that agency's, and says so */
  const struct sf_table *cones = bench_take (&bench.io, "cones")->as.table;
  ck_assert_uint_eq (cones->rows, 1);
  ck_assert_str_eq (sf_table_text (cones, "authority", 0), "internal");
  ck_assert_ptr_nonnull (strstr (sf_table_text (cones, "note", 0), "not issued by the agency"));
  ck_assert_ptr_nonnull (strstr (sf_table_text (cones, "note_zh", 0), "并非该机构发布"));
  bench_close (&bench);
}
END_TEST

/* A fix whose year is a slip of the pen does not stretch the members over it. */
START_TEST (a_fix_of_another_year)
{
  struct stage_bench bench;
  struct sf_record fixes[4];
  bench_open (&bench, &ensemble_LTX_sanfang_plugin, NULL);
  ck_done (sf_settings_set (bench.settings, "members", "3", "the test", err));
  bench_put_time (&bench, 3600);
  for (int i = 0; i < 4; i++)
    {
      double lead_h = i < 3 ? 12.0 * i : 8784;
      fixes[i] = bench_fix ("1409", NULL, lead_h, 114 - 2 * i, 17.5 + i);
      fixes[i].as.track.base_s = 0;
      fixes[i].as.track.lead_s = (int64_t) (3600 * lead_h);
      fixes[i].as.track.wind_mps = 40;
    }
  bench_put_tracks (&bench, "storm_tracks", fixes, 4);
  ck_done (bench_run (&bench, "members", err));
  const struct sf_tracks *members = bench_take (&bench.io, "members")->as.tracks;
  ck_assert_uint_eq (members->count, 3);
  ck_assert_uint_eq (members->tracks[0].fixes_count, 9); /* 24 h, every 3 h */
  bench_close (&bench);
}
END_TEST

/* A consensus that the newest analysis has overtaken leaves the members to the official forecast. */
START_TEST (a_consensus_overtaken)
{
  struct stage_bench bench;
  struct sf_record fixes[4], consensus[2];
  bench_open (&bench, &ensemble_LTX_sanfang_plugin, NULL);
  ck_done (sf_settings_set (bench.settings, "members", "3", "the test", err));
  bench_put_time (&bench, 7 * 3600);
  for (int i = 0; i < 3; i++)
    {
      fixes[i] = bench_fix ("1409", NULL, 12 * i, 114 - 2 * i, 17.5 + i);
      fixes[i].as.track.base_s = 0;
      fixes[i].as.track.lead_s = 12 * 3600 * i;
    }
  fixes[3] = bench_fix ("1409", NULL, 7, 113, 18);
  for (int i = 0; i < 2; i++)
    {
      consensus[i] = bench_fix ("1409", NULL, 6 * i, 114 - i, 17.5);
      consensus[i].as.track.agency = "SANFANG";
      consensus[i].as.track.base_s = 0;
      consensus[i].as.track.lead_s = 6 * 3600 * i;
    }
  bench_put_tracks (&bench, "storm_tracks", fixes, 4);
  bench_put_tracks (&bench, "consensus_tracks", consensus, 2);
  ck_done (bench_run (&bench, "members", err));
  const struct sf_tracks *members = bench_take (&bench.io, "members")->as.tracks;
  ck_assert_uint_eq (members->count, 3);
  ck_assert_int_eq (members->tracks[0].fixes[members->tracks[0].fixes_count - 1].valid_s, 24 * 3600);
  bench_close (&bench);
}
END_TEST

/* A feed's member at the pole is one without a centre: the others' chances stand. */
START_TEST (a_member_at_the_pole)
{
  struct stage_bench bench;
  struct sf_record fixes[4];
  bench_open (&bench, &ensemble_LTX_sanfang_plugin, NULL);
  bench.host.cancelled = never;
  bench_put_time (&bench, 0);
  for (int i = 0; i < 4; i++)
    {
      fixes[i] = bench_fix ("1409", i < 2 ? "pf01" : "pf02", 6 * (i % 2), 110, i < 2 ? 20 : 89.5);
      fixes[i].as.track.base_s = 0;
      fixes[i].as.track.lead_s = 6 * 3600 * (i % 2);
      fixes[i].as.track.wind_mps = 40;
      fixes[i].as.track.rmw_km = 40;
    }
  bench_put_tracks (&bench, "members", fixes, 4);
  struct sf_table *places = bench_put_table (&bench, "places");
  sf_table_add_row (places);
  ck_done (sf_table_set_text (places, "code", "p", err));
  ck_done (sf_table_set_double (places, "longitude", 110, err));
  ck_done (sf_table_set_double (places, "latitude", 20.4, err));
  ck_done (bench_run (&bench, "places", err));
  const struct sf_table *chances = bench_take (&bench.io, "place_wind_chances")->as.table;
  ck_assert_uint_eq (chances->rows, 5);
  ck_assert_double_eq (sf_table_double (chances, "probability", 2), 0.5); /* force 8, 44 km off */
  bench_close (&bench);
}
END_TEST

/* Two islands of a county each, 18 to 20 N and 21 to 23 N. */
static void
put_islands (struct stage_bench *bench)
{
  struct sf_table *coast = bench_put_table (bench, "coast"), *counties = bench_put_table (bench, "counties");
  for (int i = 0; i < 2; i++)
    {
      sf_table_add_row (coast);
      sf_table_add_row (counties);
      ck_done (sf_table_set_double (coast, "area", 30000, err));
      ck_done (sf_table_set_geometry (coast, box (109, 18 + 3 * i, 111, 20 + 3 * i), err));
      ck_done (sf_table_set_text (counties, "code", i ? "2" : "1", err));
      ck_done (sf_table_set_text (counties, "name", i ? "North" : "South", err));
      ck_done (sf_table_set_text (counties, "name_zh", i ? "北县" : "南县", err));
      ck_done (sf_table_set_geometry (counties, box (109, 18 + 3 * i, 111, 20 + 3 * i), err));
    }
}

/* Members that go west, at a degree in 3 hours: the first at 19.5 N, the others at 21.5 N. */
static void
put_members (struct stage_bench *bench, double lon_deg, int at_south)
{
  static const char *const names[MEMBERS] = { "g01", "g02", "g03", "g04", "g05", "g06", "g07", "g08", "g09", "g10" };
  struct sf_record fixes[MEMBERS * FIXES];
  for (int i = 0; i < MEMBERS; i++)
    for (int k = 0; k < FIXES; k++)
      {
        struct sf_record *fix = &fixes[i * FIXES + k];
        *fix = bench_fix ("1409", names[i], 3 * k, lon_deg - k, i < at_south ? 19.5 : 21.5);
        fix->as.track.base_s = 0;
        fix->as.track.lead_s = 3 * 3600 * k;
      }
  bench_put_tracks (bench, "members", fixes, MEMBERS * FIXES);
}

/* A stretch lies on one shore: where that does not hold the share asked for, the share that it holds is told. */
START_TEST (a_stretch_tells_what_it_holds)
{
  struct stage_bench bench;
  bench_open (&bench, &ensemble_LTX_sanfang_plugin, NULL);
  put_islands (&bench);
  put_members (&bench, 113, 6);
  ck_done (bench_run (&bench, "landfall", err));
  const struct sf_table *stretches = bench_take (&bench.io, "landfall_stretches")->as.table;
  ck_assert_uint_eq (stretches->rows, 1);
  ck_assert_double_eq_tol (sf_table_double (stretches, "share", 0), 0.6, 1e-12);
  ck_assert_double_eq_tol (sf_table_double (stretches, "probability", 0), 0.6, 1e-12);
  ck_assert_double_eq_tol (sf_table_double (stretches, "total_probability", 0), 1, 1e-12);
  bench_close (&bench);
}
END_TEST

/* A storm over land makes no landfall, which is no good news: the row says so. */
START_TEST (a_storm_ashore)
{
  struct stage_bench bench;
  bench_open (&bench, &ensemble_LTX_sanfang_plugin, NULL);
  put_islands (&bench);
  put_members (&bench, 110, 10);
  ck_done (bench_run (&bench, "landfall", err));
  const struct sf_table *chances = bench_take (&bench.io, "landfall_chances")->as.table;
  ck_assert_uint_eq (chances->rows, 1);
  ck_assert_double_eq (sf_table_double (chances, "probability", 0), 0);
  ck_assert_int_eq (sf_table_time (chances, "end", 0), 12 * 3600); /* of later hours it says nothing */
  ck_assert_ptr_null (sf_table_text (chances, "county_code", 0));
  ck_assert_ptr_nonnull (strstr (sf_table_text (chances, "county", 0), "already on land"));
  ck_assert_ptr_nonnull (strstr (sf_table_text (chances, "county_zh", 0), "再次登陆"));
  bench_close (&bench);
}
END_TEST

int
main (void)
{
  return run_tests ("ensemble_odd",
                    (const TTest *const[]){ circles_stand_at_their_leads, a_stretch_tells_what_it_holds, a_storm_ashore,
                                            a_consensus_overtaken, a_member_at_the_pole, a_fix_of_another_year, NULL });
}
