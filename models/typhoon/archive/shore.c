/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/shore.h"

#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/landfall.h"

#include <math.h>

enum
{
  STEP_S = 1800,      /* pieces of the curve are straight within it to well below the rounding */
  COUNTY_NEAR_KM = 12 /* a county's drawn coast and the coast differ by a few hundred metres, capes by more */
};

static const struct sf_landfall_settings landfall_settings = { .rounding_deg = 0.05, .bay_s = 7200 };

static enum sf_code
index_of (const struct sf_geometry *const *geometries, size_t count, enum sf_polygon_rings rings,
          struct sf_polygon_index **ret_index, struct sf_error *err)
{
  return count > 0 ? sf_polygon_index_new (geometries, count, rings, ret_index, err) : SF_OK;
}

/* The polygon of the coast that holds a place. Only those whose bounds hold it are indexed: a coast has many. */
static enum sf_code
find_land (struct sf_home_shore *shore, const struct sf_table *coast, double lon_deg, double lat_deg,
           struct sf_error *err)
{
  for (size_t row = 0; row < coast->rows && !shore->land; row++)
    {
      double west, south, east, north;
      const struct sf_geometry *geometry = coast->geometries[row];
      bool near = geometry && sf_geometry_bounds (geometry, &west, &south, &east, &north) && lon_deg > west
                  && lon_deg < east && lat_deg > south && lat_deg < north;
      if (!near)
        continue;
      SF_TRY (index_of (&geometry, 1, SF_RINGS_OUTER, &shore->land, err));
      if (sf_polygon_locate (shore->land, lon_deg, lat_deg, NULL) != SF_SIDE_OUT)
        continue;
      sf_polygon_index_free (shore->land);
      shore->land = NULL;
    }
  return SF_OK;
}

enum sf_code
sf_home_shore_open (struct sf_home_shore *shore, const struct sf_table *coast, const struct sf_table *counties,
                    double lon_deg, double lat_deg, struct sf_error *err)
{
  *shore = (struct sf_home_shore){ .county_table = counties, .lon_deg = lon_deg, .lat_deg = lat_deg };
  if (coast)
    SF_TRY (find_land (shore, coast, lon_deg, lat_deg, err));
  if (!counties)
    return SF_OK;
  return index_of ((const struct sf_geometry *const *) counties->geometries, counties->rows, SF_RINGS_ALL,
                   &shore->counties, err);
}

void
sf_home_shore_close (struct sf_home_shore *shore)
{
  sf_polygon_index_free (shore->land);
  sf_polygon_index_free (shore->counties);
}

static long
county_at (const struct sf_home_shore *shore, double lon_deg, double lat_deg)
{
  size_t row;
  if (!shore->counties)
    return -1;
  if (sf_polygon_locate (shore->counties, lon_deg, lat_deg, &row) != SF_SIDE_OUT)
    return (long) row;
  double km = sf_polygon_nearest_km (shore->counties, lon_deg, lat_deg, NULL, NULL, &row);
  return km <= COUNTY_NEAR_KM ? (long) row : -1;
}

static double
shore_km (const struct sf_home_shore *shore, double lon_deg, double lat_deg)
{
  if (sf_polygon_locate (shore->land, lon_deg, lat_deg, NULL) != SF_SIDE_OUT)
    return 0;
  return sf_polygon_distance_km (shore->land, lon_deg, lat_deg, NULL, NULL);
}

static bool
comes_near (const struct sf_home_shore *shore, const struct sf_track *track, double far_km)
{
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_fix *fix = &track->fixes[i].as.track;
      if (sf_sphere_distance_km (fix->lon_deg, fix->lat_deg, shore->lon_deg, shore->lat_deg) <= far_km)
        return true;
    }
  return false;
}

/* The next sample that can be nearer than best_km to a shore that is km away from sample i. */
static size_t
next_nearer (const struct sf_storm_path *path, size_t i, double km, double best_km)
{
  double way_km = 0;
  size_t j = i;
  do
    {
      j++;
      if (j < path->count)
        way_km
            += sf_sphere_distance_km (path->lon_deg[j - 1], path->lat_deg[j - 1], path->lon_deg[j], path->lat_deg[j]);
    }
  while (j < path->count && way_km < 0.99 * (km - best_km));
  return j;
}

static void
find_nearest (const struct sf_home_shore *shore, const struct sf_storm_path *path, struct sf_home_meeting *meeting)
{
  for (size_t i = 0; i < path->count;)
    {
      struct sf_storm_point point = sf_storm_path_point (path, i, 0);
      double km = shore_km (shore, point.lon_deg, point.lat_deg);
      if (km < meeting->distance_km)
        {
          meeting->distance_km = km;
          meeting->time_s = point.time_s;
          meeting->wind_mps = point.wind_mps;
        }
      i = next_nearer (path, i, km, meeting->distance_km);
    }
}

static enum sf_code
meet (const struct sf_home_shore *shore, const struct sf_storm_path *path, struct sf_home_meeting *meeting,
      struct sf_error *err)
{
  struct sf_landfall *landfalls = NULL;
  size_t count = 0;
  SF_TRY (sf_landfall_find (path, NULL, shore->land, &landfall_settings, &landfalls, &count, err));
  if (count > 0)
    *meeting
        = (struct sf_home_meeting){ .landfall = true,
                                    .time_s = landfalls[0].at.time_s,
                                    .wind_mps = landfalls[0].at.wind_mps,
                                    .county = county_at (shore, landfalls[0].at.lon_deg, landfalls[0].at.lat_deg) };
  else
    find_nearest (shore, path, meeting);
  sf_mem_free (landfalls);
  return SF_OK;
}

enum sf_code
sf_home_shore_meet (const struct sf_home_shore *shore, const struct sf_track *track, double far_km,
                    struct sf_home_meeting *ret_meeting, struct sf_error *err)
{
  struct sf_home_meeting meeting
      = { .time_s = SF_TIME_MISSING, .wind_mps = (double) NAN, .distance_km = INFINITY, .county = -1 };
  struct sf_storm_path path;
  enum sf_code code = SF_OK;
  if (shore->land && comes_near (shore, track, far_km))
    {
      code = sf_storm_path_init (&path, track, SF_TRACK_PATH_SPLINE, STEP_S, err);
      if (code == SF_OK)
        {
          code = meet (shore, &path, &meeting, err);
          sf_storm_path_finish (&path);
        }
    }
  if (code == SF_ENOMEM)
    return code;
  *ret_meeting = meeting;
  return SF_OK;
}

static const char *
county_name (const struct sf_home_shore *shore, long county, const char *column, const char *fallback)
{
  const char *name = county >= 0 ? sf_table_text (shore->county_table, column, (size_t) county) : NULL;
  return name ? name : fallback;
}

void
sf_home_meeting_say (const struct sf_home_shore *shore, const struct sf_home_meeting *meeting,
                     struct sf_strbuf *english, struct sf_strbuf *chinese)
{
  char when[SF_TIME_TEXT_BYTES], when_zh[SF_TIME_TEXT_BYTES];
  if (meeting->time_s == SF_TIME_MISSING)
    {
      sf_strbuf_add (english, shore->land ? "none: far away" : "not known: no coast");
      sf_strbuf_add (chinese, shore->land ? "未登陆：距离较远" : "不详：无海岸线数据");
      return;
    }
  sf_time_format_beijing (when, meeting->time_s);
  sf_time_format_beijing_zh (when_zh, meeting->time_s);
  if (meeting->landfall)
    {
      sf_strbuf_addf (english, "%s %s", county_name (shore, meeting->county, "name", "the island"), when);
      sf_strbuf_addf (chinese, "%s %d年%s", county_name (shore, meeting->county, "name_zh", "本岛"),
                      sf_time_to_civil (meeting->time_s, SF_BEIJING_OFFSET_S).year, when_zh);
    }
  else
    {
      sf_strbuf_addf (english, "none; nearest to the shore %.0f km, %s", meeting->distance_km, when);
      sf_strbuf_addf (chinese, "未登陆；距岸最近%.0f公里，%d年%s", meeting->distance_km,
                      sf_time_to_civil (meeting->time_s, SF_BEIJING_OFFSET_S).year, when_zh);
    }
  if (isnan (meeting->wind_mps))
    return;
  sf_strbuf_addf (english, ", %.0f m/s", meeting->wind_mps);
  sf_strbuf_addf (chinese, "，%.0f米/秒", meeting->wind_mps);
}
