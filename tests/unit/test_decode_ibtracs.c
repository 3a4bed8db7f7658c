/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: column names, units row, order and letters of IFLAG, codes and units as NOAA NCEI documents IBTrACS v04
   (column documentation; catalogue entry NOAA/IBTrACS/v4). The rows are written in that layout. */
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>

extern const struct sf_plugin ibtracs_LTX_sanfang_plugin;
#define IBTRACS (&ibtracs_LTX_sanfang_plugin)

#define HEADER                                                                                                         \
  "SID,SEASON,NUMBER,BASIN,SUBBASIN,NAME,ISO_TIME,NATURE,LAT,LON,WMO_WIND,WMO_PRES,WMO_AGENCY,TRACK_TYPE,IFLAG,"       \
  "USA_AGENCY,USA_LAT,USA_LON,USA_STATUS,USA_WIND,USA_PRES,USA_R34_NE,USA_R34_SE,USA_R34_SW,USA_R34_NW,USA_R50_NE,"    \
  "USA_R50_SE,USA_R50_SW,USA_R50_NW,USA_POCI,USA_ROCI,USA_RMW,TOKYO_LAT,TOKYO_LON,TOKYO_GRADE,TOKYO_WIND,TOKYO_PRES,"  \
  "TOKYO_R50_DIR,TOKYO_R50_LONG,TOKYO_R50_SHORT,TOKYO_R30_DIR,TOKYO_R30_LONG,TOKYO_R30_SHORT,CMA_LAT,CMA_LON,CMA_CAT," \
  "CMA_WIND,CMA_PRES,HKO_LAT,HKO_LON,HKO_CAT,HKO_WIND,HKO_PRES\n"
#define UNITS                                                                                                          \
  " ,Year, , , , , , ,degrees_north,degrees_east,kts,mb, , , , ,degrees_north,degrees_east, ,kts,mb,nmile,nmile,"      \
  "nmile,nmile,nmile,nmile,nmile,nmile,mb,nmile,nmile,degrees_north,degrees_east,1,kts,mb, ,nmile,nmile, ,nmile,"      \
  "nmile,degrees_north,degrees_east,1,kts,mb,degrees_north,degrees_east, ,kts,mb\n"
#define ROW(time, flags)                                                                                               \
  "2014190N08154,2014,44,WP,MM,RAMMASUN," time ",TS,19.9,111.3,90,935,tokyo,main," flags ",jtwc_wp,19.9,111.3,ST,135," \
  "922,130,110,90,120,80,65,60,75,1005,200,10,20.0,111.2,5,90,935,9,80,80,2,180,150,19.9,111.3,6,140,888,19.9,111.2,"  \
  "ST,110,930\n"

static const struct sf_fix *
fix_of (const struct decoded *out, const char *agency)
{
  for (size_t i = 0; i < out->count; i++)
    if (!strcmp (out->records[i].as.track.agency, agency))
      return &out->records[i].as.track;
  ck_abort_msg ("no fix of %s", agency);
  return NULL;
}

START_TEST (each_agency_in_its_own_averaging)
{
  struct decoded *out = decode_help_text (IBTRACS, HEADER UNITS ROW ("2014-07-18 06:00:00", "OOOO___________"));
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 4);
  ck_assert_uint_eq (out->rejects_count, 0);
  const struct sf_fix *usa = fix_of (out, "PGTW"), *tokyo = fix_of (out, "RJTD"), *cma = fix_of (out, "BABJ"),
                      *hko = fix_of (out, "VHHH");
  ck_assert_int_eq (out->records[0].valid_s, 1405663200); /* date -u -d 2014-07-18T06:00Z +%s */
  ck_assert_str_eq (usa->storm, "2014190N08154");
  ck_assert_str_eq (usa->name, "RAMMASUN");
  ck_assert_ptr_null (usa->number);
  ck_assert_double_eq (usa->averaging_min, 1);
  ck_assert_double_eq (tokyo->averaging_min, 10);
  ck_assert_double_eq (cma->averaging_min, 2);
  ck_assert_double_eq (hko->averaging_min, 10);
  ck_assert_double_eq_tol (usa->wind_mps, 69.45, 1e-9);
  ck_assert_double_eq_tol (cma->wind_mps, 72.0222222222, 1e-9);
  ck_assert_double_eq (cma->pressure_hpa, 888);
  ck_assert_str_eq (usa->grade, "SuperTY");
  ck_assert_str_eq (hko->grade, "STY");
  ck_assert_str_eq (cma->grade, "SuperTY");
  ck_assert_str_eq (tokyo->grade, "TY");
  ck_assert_double_eq (usa->environment_pressure_hpa, 1005);
  ck_assert_double_eq_tol (usa->roci_km, 370.4, 1e-9);
  ck_assert_double_eq_tol (usa->rmw_km, 18.52, 1e-9);
  ck_assert (isnan (usa->radii_km[0]));
  ck_assert_double_eq_tol (usa->radii_km[4], 148.16, 1e-9);
  ck_assert_double_eq_tol (usa->radii_km[7], 138.9, 1e-9);
  ck_assert_double_eq_tol (tokyo->radii_km[0], 333.36, 1e-9); /* 180 nmi to the east */
  ck_assert_double_eq_tol (tokyo->radii_km[1], 333.36, 1e-9);
  ck_assert_double_eq_tol (tokyo->radii_km[2], 277.8, 1e-9);
  ck_assert_double_eq_tol (tokyo->radii_km[6], 148.16, 1e-9);
  decode_help_free (out);
}
END_TEST

/* IFLAG: USA original, Tokyo's position interpolated, CMA's intensity interpolated, HKO's variables. */
START_TEST (interpolated_rows_are_completed)
{
  struct decoded *out = decode_help_text (IBTRACS, HEADER UNITS ROW ("2014-07-18 09:00:00", "OPIV___________"));
  ck_assert_uint_eq (out->count, 4);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  for (int i = 1; i < 4; i++)
    ck_assert_int_eq (out->records[i].quality, SF_QUALITY_COMPLETED_RELIABLE);
  decode_help_free (out);
}
END_TEST

START_TEST (columns_are_found_by_name)
{
  struct decoded *out
      = decode_help_text (IBTRACS, "CMA_LON,CMA_LAT,ISO_TIME,SID,BASIN,CMA_WIND,KMA_LAT,KMA_LON,KMA_WIND,NAME\n"
                                   " , , , , , , , , , \n"
                                   "226.0,12.5,2014-08-07 00:00:00,2014206N11222,NA,60,12.4,-134.1,65,NOT_NAMED\n"
                                   " , ,2014-08-07 03:00:00,2014206N11222,NA, , , , ,NOT_NAMED\n");
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_double_eq (fix_of (out, "BABJ")->lon_deg, -134.0);
  ck_assert_double_eq (fix_of (out, "BABJ")->lat_deg, 12.5);
  ck_assert_double_eq (fix_of (out, "RKSL")->averaging_min, 10);
  ck_assert_ptr_null (fix_of (out, "RKSL")->name);
  decode_help_free (out);
}
END_TEST

START_TEST (chosen_agencies)
{
  const char *text = HEADER UNITS ROW ("2014-07-18 06:00:00", "OOOO___________"),
             *settings[] = { "agencies=CMA, WMO", NULL };
  struct decoded *out = decode_help_run (IBTRACS, "ib.csv", text, strlen (text), settings);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_str_eq (out->records[0].as.track.agency, "BABJ");
  ck_assert_str_eq (out->records[1].as.track.agency, "WMO");
  ck_assert_double_eq (out->records[1].as.track.averaging_min, 10); /* WMO_AGENCY is tokyo */
  ck_assert_double_eq (out->records[1].as.track.pressure_hpa, 935);
  decode_help_free (out);
}
END_TEST

START_TEST (bad_rows_fall_alone)
{
  struct decoded *out = decode_help_text (IBTRACS, "SID,ISO_TIME,CMA_LAT,CMA_LON,CMA_WIND,CMA_PRES\n"
                                                   " , ,degrees_north,degrees_east,kts,mb\n"
                                                   "2014190N08154,2014-07-18 00:00:00,19.1,112.3,126,900\n"
                                                   "2014190N08154,2014-07-18 25:00:00,19.1,112.3,126,900\n"
                                                   "?,2014-07-18 03:00:00,19.1,112.3,126,900\n"
                                                   "2014190N08154,2014-07-18 03:00:00,nan,112.3,126,900\n"
                                                   "2014190N08154,2014-07-18 03:00:00,19.1,112.3,inf,900\n"
                                                   "2014190N08154,2014-07-18 06:00:00,19.9,111.3,140,888\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 4);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "test.txt:4: storm 2014190N08154"));
  decode_help_free (out);
}
END_TEST

START_TEST (refuses_other_tables)
{
  struct decoded *out = decode_help_text (IBTRACS, "time,agency,lon,lat\n2018-09-08T08:00,JP,162.6,13.6\n");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (out->err.message, "SID"));
  decode_help_free (out);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { each_agency_in_its_own_averaging,
                                 interpolated_rows_are_completed,
                                 columns_are_found_by_name,
                                 chosen_agencies,
                                 bad_rows_fall_alone,
                                 refuses_other_tables,
                                 NULL };
  return run_tests ("decode_ibtracs", tests);
}
