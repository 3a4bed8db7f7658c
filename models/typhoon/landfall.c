/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/landfall.h"

#include "core/base/mem.h"
#include "geodata/sphere.h"

#include <math.h>
#include <stdlib.h>

/* A time during which the centre is on land or within the rounding of it. */
struct contact
{
  struct sf_landfall landfall;
  double nearest_km;
  bool began_on_land;
  int64_t end_s;
};

/* Contacts being gathered along a path. */
struct finder
{
  const struct sf_storm_path *path;
  const struct sf_polygon_index *land;
  const struct sf_landfall_settings *settings;
  struct contact *list;
  size_t count, capacity;
  bool open; /* the last contact goes on */
};

static double
rounding_km (const struct finder *finder, double lat_deg)
{
  double side_km = finder->settings->rounding_deg * SF_EARTH_RADIUS_KM * M_PI / 180;
  return hypot (side_km, side_km * cos (lat_deg * M_PI / 180));
}

/* Where the centre stands to the land at a sample: distance (0 on land) and which polygon. */
struct standing
{
  double km;
  size_t polygon;
};

static struct standing
standing_at (const struct finder *finder, size_t i)
{
  double lon = sf_sphere_wrap_lon_deg (finder->path->lon_deg[i]), lat = finder->path->lat_deg[i], shore_lon, shore_lat;
  struct standing standing = { 0 };
  if (sf_polygon_locate (finder->land, lon, lat, &standing.polygon) != SF_SIDE_OUT)
    return standing;
  standing.km = sf_polygon_distance_km (finder->land, lon, lat, &shore_lon, &shore_lat);
  if (isfinite (standing.km))
    {
      double inland_deg = sf_sphere_bearing_deg (lon, lat, shore_lon, shore_lat);
      sf_sphere_destination (shore_lon, shore_lat, inland_deg, 0.001, &shore_lon, &shore_lat);
      sf_polygon_locate (finder->land, shore_lon, shore_lat, &standing.polygon);
    }
  return standing;
}

static enum sf_code
begin_contact (struct finder *finder, size_t i, const struct standing *standing, struct sf_error *err)
{
  const struct contact *last = finder->count > 0 ? &finder->list[finder->count - 1] : NULL;
  finder->open = true;
  if (last && last->landfall.polygon == standing->polygon
      && finder->path->time_s[i] - last->end_s < finder->settings->bay_s)
    return SF_OK;
  if (sf_mem_grow ((void **) &finder->list, &finder->capacity, finder->count + 1, sizeof *finder->list) != 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for a landfall");
  finder->list[finder->count++]
      = (struct contact) { .landfall = { .at = sf_storm_path_point (finder->path, i, 0), .polygon = standing->polygon },
                           .nearest_km = standing->km,
                           .began_on_land = standing->km == 0 && i == 0,
                           .end_s = INT64_MAX };
  return SF_OK;
}

static void
come_nearer (struct finder *finder, size_t i, const struct standing *standing)
{
  struct contact *contact = &finder->list[finder->count - 1];
  if (contact->landfall.entered || standing->km >= contact->nearest_km || contact->end_s != INT64_MAX)
    return;
  contact->nearest_km = standing->km;
  contact->landfall.at = sf_storm_path_point (finder->path, i, 0);
  contact->landfall.polygon = standing->polygon;
}

/* The first entry of the contact on the piece after sample i, if there is one. */
static enum sf_code
look_for_entry (struct finder *finder, size_t i, struct sf_error *err)
{
  const struct sf_storm_path *path = finder->path;
  struct contact *contact = &finder->list[finder->count - 1];
  struct sf_polygon_crossing *crossings = NULL;
  size_t count = 0;
  if (contact->landfall.entered || contact->end_s != INT64_MAX || i + 1 >= path->count)
    return SF_OK;
  double turn = sf_sphere_wrap_lon_deg (path->lon_deg[i]) - path->lon_deg[i];
  enum sf_code code = sf_polygon_crossings (finder->land, path->lon_deg[i] + turn, path->lat_deg[i],
                                            path->lon_deg[i + 1] + turn, path->lat_deg[i + 1], &crossings, &count, err);
  for (size_t c = 0; code == SF_OK && c < count && !contact->landfall.entered; c++)
    if (crossings[c].entering)
      {
        contact->landfall.at = sf_storm_path_point (path, i, crossings[c].t);
        contact->landfall.polygon = crossings[c].geometry;
        contact->landfall.entered = true;
        contact->nearest_km = 0;
      }
  sf_mem_free (crossings);
  return code;
}

static double
piece_km (const struct sf_storm_path *path, size_t i)
{
  return sf_sphere_distance_km (path->lon_deg[i], path->lat_deg[i], path->lon_deg[i + 1], path->lat_deg[i + 1]);
}

/* Samples that can be passed over: while the way is shorter than what is left to the rounding's reach. */
static size_t
skip_from (const struct finder *finder, size_t i, double free_km)
{
  double way_km = 0;
  size_t j = i;
  while (j + 1 < finder->path->count && (way_km += piece_km (finder->path, j)) < free_km)
    j++;
  return j > i ? j : i + 1;
}

static enum sf_code
find_contacts (struct finder *finder, struct sf_error *err)
{
  const struct sf_storm_path *path = finder->path;
  for (size_t i = 0; i < path->count;)
    {
      struct standing standing = standing_at (finder, i);
      double reach_km = rounding_km (finder, path->lat_deg[i]);
      if (standing.km > reach_km)
        {
          if (finder->open)
            finder->list[finder->count - 1].end_s = path->time_s[i];
          finder->open = false;
          i = skip_from (finder, i, standing.km - reach_km);
          continue;
        }
      if (!finder->open)
        SF_TRY (begin_contact (finder, i, &standing, err));
      come_nearer (finder, i, &standing);
      SF_TRY (look_for_entry (finder, i, err));
      i++;
    }
  return SF_OK;
}

static double
speed_at (const struct sf_storm_path *path, int64_t time_s)
{
  size_t i = 0;
  double to_deg, mps;
  while (i + 1 < path->count && path->time_s[i] < time_s)
    i++;
  sf_storm_path_motion (path, i, &to_deg, &mps);
  return mps;
}

/* The contact of the other path that is nearest in time on the same land, within six hours; NULL when there is none. */
static const struct sf_landfall *
counterpart (const struct finder *other, const struct sf_landfall *landfall)
{
  const struct sf_landfall *best = NULL;
  int64_t best_s = 6 * 3600;
  for (size_t i = 0; i < other->count; i++)
    {
      const struct sf_landfall *one = &other->list[i].landfall;
      int64_t apart_s = llabs (one->at.time_s - landfall->at.time_s);
      if (one->polygon == landfall->polygon && apart_s <= best_s)
        {
          best = one;
          best_s = apart_s;
        }
    }
  return best;
}

static void
add_uncertainty (const struct finder *finder, const struct finder *other, struct sf_landfall *landfall)
{
  double slack_km = rounding_km (finder, landfall->at.lat_deg), speed_mps = speed_at (finder->path, landfall->at.time_s);
  int64_t slack_s = speed_mps > 0.5 ? (int64_t) llround (1000 * slack_km / speed_mps) : finder->settings->bay_s;
  const struct sf_landfall *twin = other ? counterpart (other, landfall) : NULL;
  int64_t early_s = landfall->at.time_s, late_s = landfall->at.time_s;
  landfall->uncertainty_km = slack_km;
  if (twin)
    {
      early_s = twin->at.time_s < early_s ? twin->at.time_s : early_s;
      late_s = twin->at.time_s > late_s ? twin->at.time_s : late_s;
      landfall->uncertainty_km
          += sf_sphere_distance_km (landfall->at.lon_deg, landfall->at.lat_deg, twin->at.lon_deg, twin->at.lat_deg);
    }
  landfall->earliest_s = early_s - slack_s;
  landfall->latest_s = late_s + slack_s;
}

static enum sf_code
list_landfalls (const struct finder *ours, const struct finder *theirs, struct sf_landfall **ret_landfalls,
                size_t *ret_count, struct sf_error *err)
{
  size_t n = 0;
  struct sf_landfall *list = sf_mem_calloc (ours->count, sizeof *list);
  if (!list)
    return sf_fail (err, SF_ENOMEM, "out of memory for landfalls");
  for (size_t i = 0; i < ours->count; i++)
    {
      if (ours->list[i].began_on_land)
        continue;
      list[n] = ours->list[i].landfall;
      add_uncertainty (ours, theirs, &list[n++]);
    }
  *ret_landfalls = list;
  *ret_count = n;
  return SF_OK;
}

enum sf_code
sf_landfall_find (const struct sf_storm_path *path, const struct sf_storm_path *other, const struct sf_polygon_index *land,
                  const struct sf_landfall_settings *settings, struct sf_landfall **ret_landfalls, size_t *ret_count,
                  struct sf_error *err)
{
  struct finder ours = { .path = path, .land = land, .settings = settings };
  struct finder theirs = { .path = other, .land = land, .settings = settings };
  enum sf_code code = find_contacts (&ours, err);
  if (code == SF_OK && other)
    code = find_contacts (&theirs, err);
  if (code == SF_OK)
    code = list_landfalls (&ours, other ? &theirs : NULL, ret_landfalls, ret_count, err);
  sf_mem_free (ours.list);
  sf_mem_free (theirs.list);
  return code;
}
