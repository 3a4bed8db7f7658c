/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/landfall.h"

#include "core/base/mem.h"
#include "geodata/sphere.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* A time during which the centre is on one land or within the rounding of it, bays included. */
struct contact
{
  struct sf_landfall landfall;
  double nearest_km;
  bool began_on_land;
  bool returned;       /* it was beyond the rounding for less than a bay's time, which changes the landfall no more */
  size_t since, until; /* the samples from which and up to which the contact is known to last */
};

/* Contacts being gathered along samples first..last of a path that may be displaced. */
struct finder
{
  const struct sf_storm_path *path;
  const struct sf_polygon_index *land;
  double rounding_deg, shift_lon_deg, shift_lat_deg;
  double reach_km; /* how near a contact is; 0: as near as the rounding */
  int64_t bay_s;
  size_t first, last;
  double sea_km; /* of the last sample that was looked at, 0 on land or when a land was entered since */
  struct contact *list;
  size_t count, capacity;
};

enum
{
  WINDOW_S = 6 * 3600 /* entries of displaced ways farther apart are other landfalls */
};

static double
km_of_deg (double deg)
{
  return deg * SF_EARTH_RADIUS_KM * M_PI / 180;
}

static double
rounding_km (double rounding_deg, double lat_deg)
{
  return km_of_deg (hypot (rounding_deg, rounding_deg * cos (lat_deg * M_PI / 180)));
}

static struct sf_storm_point
point_of (const struct finder *finder, size_t i, double t)
{
  struct sf_storm_point point = sf_storm_path_point (finder->path, i, t);
  point.lon_deg = sf_sphere_wrap_lon_deg (point.lon_deg + finder->shift_lon_deg);
  point.lat_deg += finder->shift_lat_deg;
  return point;
}

/* Where the centre stands to the land: distance from the nearest shore, below 0 on land, and which polygon. */
struct standing
{
  double km, reach_km;
  size_t polygon;
};

static struct standing
standing_at (const struct finder *finder, const struct sf_storm_point *at)
{
  struct standing standing
      = { .reach_km = finder->reach_km > 0 ? finder->reach_km : rounding_km (finder->rounding_deg, at->lat_deg) };
  standing.km = sf_polygon_nearest_km (finder->land, at->lon_deg, at->lat_deg, NULL, NULL, &standing.polygon);
  if (sf_polygon_locate (finder->land, at->lon_deg, at->lat_deg, &standing.polygon) != SF_SIDE_OUT)
    standing.km = -standing.km;
  return standing;
}

/* The contact with a polygon that lasts at sample i, or a new one; NULL when memory is out. */
static struct contact *
contact_of (struct finder *finder, size_t polygon, size_t i)
{
  const int64_t *time_s = finder->path->time_s;
  for (size_t k = finder->count; k-- > 0;)
    {
      struct contact *contact = &finder->list[k];
      if (contact->landfall.polygon == polygon
          && (i <= contact->until || time_s[i] - time_s[contact->until] < finder->bay_s))
        {
          contact->returned |= i > contact->until;
          return contact;
        }
    }
  if (sf_mem_grow ((void **) &finder->list, &finder->capacity, finder->count + 1, sizeof *finder->list) != 0)
    return NULL;
  finder->list[finder->count]
      = (struct contact){ .landfall = { .polygon = polygon }, .nearest_km = INFINITY, .since = i, .until = i };
  return &finder->list[finder->count++];
}

/* Take a sample within the rounding of a land, or on it, into its contact, which lasts until sample next. */
static enum sf_code
touch (struct finder *finder, size_t i, size_t next, const struct sf_storm_point *at, const struct standing *standing,
       struct sf_error *err)
{
  struct contact *contact = contact_of (finder, standing->polygon, i);
  if (!contact)
    return sf_fail (err, SF_ENOMEM, "out of memory for a landfall");
  contact->began_on_land |= i == finder->first && standing->km <= 0;
  contact->until = next > contact->until ? next : contact->until;
  if (standing->km < contact->nearest_km && !contact->landfall.entered && !contact->returned)
    {
      contact->landfall.at = *at;
      contact->nearest_km = standing->km;
    }
  return SF_OK;
}

static enum sf_code
enter (struct finder *finder, size_t i, double t, size_t polygon, struct sf_error *err)
{
  struct contact *contact = contact_of (finder, polygon, i);
  finder->sea_km = 0;
  if (!contact)
    return sf_fail (err, SF_ENOMEM, "out of memory for a landfall");
  contact->until = i + 1 > contact->until ? i + 1 : contact->until;
  if (contact->landfall.entered || contact->returned)
    return SF_OK;
  contact->landfall.at = point_of (finder, i, t);
  contact->landfall.entered = true;
  return SF_OK;
}

/* The entries on the piece after sample i; turn_deg brings its longitudes to those of the land. */
static enum sf_code
look_for_entries (struct finder *finder, size_t i, double turn_deg, struct sf_error *err)
{
  const struct sf_storm_path *path = finder->path;
  double shift_lon_deg = finder->shift_lon_deg + turn_deg, shift_lat_deg = finder->shift_lat_deg;
  struct sf_polygon_crossing *crossings = NULL;
  size_t count = 0;
  enum sf_code code = sf_polygon_crossings (finder->land, path->lon_deg[i] + shift_lon_deg,
                                            path->lat_deg[i] + shift_lat_deg, path->lon_deg[i + 1] + shift_lon_deg,
                                            path->lat_deg[i + 1] + shift_lat_deg, &crossings, &count, err);
  for (size_t c = 0; code == SF_OK && c < count; c++)
    if (crossings[c].entering)
      code = enter (finder, i, crossings[c].t, crossings[c].geometry, err);
  sf_mem_free (crossings);
  return code;
}

/* A piece across 180 degrees is looked at on both sides. */
static enum sf_code
cross_piece (struct finder *finder, size_t i, struct sf_error *err)
{
  const double *lon_deg = finder->path->lon_deg;
  double begin_deg = lon_deg[i] + finder->shift_lon_deg, end_deg = lon_deg[i + 1] + finder->shift_lon_deg;
  double turn_deg = sf_sphere_wrap_lon_deg (begin_deg) - begin_deg;
  double end_turn_deg = sf_sphere_wrap_lon_deg (end_deg) - end_deg;
  SF_TRY (look_for_entries (finder, i, turn_deg, err));
  return fabs (end_turn_deg - turn_deg) > 180 ? look_for_entries (finder, i, end_turn_deg, err) : SF_OK;
}

static double
piece_km (const struct sf_storm_path *path, size_t i)
{
  return sf_sphere_distance_km (path->lon_deg[i], path->lat_deg[i], path->lon_deg[i + 1], path->lat_deg[i + 1]);
}

/* The next sample to look at: on the way to it no shore is crossed and, from the sea, none comes within reach. */
static size_t
next_after (const struct finder *finder, size_t i, const struct sf_storm_point *at, const struct standing *standing)
{
  double sea_km = standing->km - standing->reach_km, inland_km = -standing->km > standing->reach_km ? -standing->km : 0;
  double meridian_km = km_of_deg ((180 - fabs (at->lon_deg)) * cos (at->lat_deg * M_PI / 180));
  /* A hundredth is left to the error of distances. */
  double free_km = 0.99 * fmin (standing->km > 0 ? sea_km : inland_km, meridian_km), way_km = 0;
  size_t j = i;
  while (j < finder->last && (way_km += piece_km (finder->path, j)) < free_km)
    j++;
  return j > i ? j : i + 1;
}

static enum sf_code
find_contacts (struct finder *finder, struct sf_error *err)
{
  for (size_t i = finder->first; i <= finder->last;)
    {
      struct sf_storm_point at = point_of (finder, i, 0);
      struct standing standing = standing_at (finder, &at);
      size_t next = next_after (finder, i, &at, &standing);
      if (standing.km <= standing.reach_km)
        SF_TRY (touch (finder, i, next, &at, &standing, err));
      /* A shore met at a sample, as exactly as doubles can tell, is entered on neither piece: at the nearer end. */
      if (standing.km <= 0 && finder->sea_km > 0)
        SF_TRY (enter (finder, finder->sea_km < -standing.km ? i - 1 : i, 0, standing.polygon, err));
      finder->sea_km = fmax (standing.km, 0);
      if (next == i + 1 && i < finder->last)
        SF_TRY (cross_piece (finder, i, err));
      i = next;
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

/* The entry on the same land that is nearest in time, within the window; NULL when there is none. */
static const struct sf_storm_point *
counterpart (const struct finder *finder, const struct sf_landfall *landfall)
{
  const struct sf_storm_point *best = NULL;
  int64_t best_s = WINDOW_S;
  for (size_t i = 0; i < finder->count; i++)
    {
      const struct contact *contact = &finder->list[i];
      int64_t apart_s = llabs (contact->landfall.at.time_s - landfall->at.time_s);
      bool same = contact->landfall.polygon == landfall->polygon && contact->landfall.entered;
      if (!same || contact->began_on_land || apart_s > best_s)
        continue;
      best = &contact->landfall.at;
      best_s = apart_s;
    }
  return best;
}

static void
widen (struct sf_landfall *landfall, const struct sf_storm_point *twin)
{
  double km = sf_sphere_distance_km (landfall->at.lon_deg, landfall->at.lat_deg, twin->lon_deg, twin->lat_deg);
  landfall->uncertainty_km = fmax (landfall->uncertainty_km, km);
  landfall->earliest_s = twin->time_s < landfall->earliest_s ? twin->time_s : landfall->earliest_s;
  landfall->latest_s = twin->time_s > landfall->latest_s ? twin->time_s : landfall->latest_s;
}

/* How far a way may be off, east or west and north or south. */
struct slack
{
  double km, lon_deg, lat_deg;
};

static struct slack
slack_at (double rounding_deg, double position_error_km, double lat_deg)
{
  double error_deg = position_error_km / km_of_deg (1), squeeze = fmax (cos (lat_deg * M_PI / 180), 0.01);
  return (struct slack){ .km = fmax (rounding_km (rounding_deg, lat_deg), position_error_km),
                         .lon_deg = fmax (rounding_deg, error_deg / squeeze),
                         .lat_deg = fmax (rounding_deg, error_deg) };
}

/* Widen a landfall to where a way enters when it is displaced to one of 3 x 3 sides (4 is none). */
static enum sf_code
widen_by_side (const struct finder *ours, const struct sf_storm_path *way, const struct slack *slack, int side,
               struct sf_landfall *landfall, struct sf_error *err)
{
  int column = side % 3 - 1, row = side / 3 - 1;
  struct finder displaced = { .path = way,
                              .land = ours->land,
                              .shift_lon_deg = column * slack->lon_deg,
                              .shift_lat_deg = row * slack->lat_deg,
                              .bay_s = ours->bay_s,
                              .last = way->count - 1 };
  while (displaced.first < displaced.last && way->time_s[displaced.first] < landfall->at.time_s - WINDOW_S)
    displaced.first++;
  while (displaced.last > displaced.first && way->time_s[displaced.last] > landfall->at.time_s + WINDOW_S)
    displaced.last--;
  enum sf_code code = find_contacts (&displaced, err);
  const struct sf_storm_point *twin = code == SF_OK ? counterpart (&displaced, landfall) : NULL;
  if (twin)
    widen (landfall, twin);
  sf_mem_free (displaced.list);
  return code;
}

static enum sf_code
add_uncertainty (const struct finder *ours, const struct sf_storm_path *other, double position_error_km,
                 struct sf_landfall *landfall, struct sf_error *err)
{
  struct slack slack = slack_at (ours->rounding_deg, position_error_km, landfall->at.lat_deg);
  double speed_mps = speed_at (ours->path, landfall->at.time_s);
  int64_t slack_s = speed_mps > 0.5 ? (int64_t) llround (1000 * slack.km / speed_mps) : ours->bay_s;
  landfall->uncertainty_km = slack.km;
  landfall->earliest_s = landfall->at.time_s - slack_s;
  landfall->latest_s = landfall->at.time_s + slack_s;
  for (int side = 0; side < 9; side++)
    {
      SF_TRY (widen_by_side (ours, ours->path, &slack, side, landfall, err));
      if (other)
        SF_TRY (widen_by_side (ours, other, &slack, side, landfall, err));
    }
  return SF_OK;
}

/* Whether a contact is a landfall: the centre came from the sea. */
static bool
came_ashore (const struct finder *finder, const struct contact *contact)
{
  bool from_start = contact->landfall.at.time_s == finder->path->time_s[0] && !contact->landfall.entered;
  return !contact->began_on_land && !from_start;
}

static int
compare_landfalls (const void *a, const void *b)
{
  int64_t ta = ((const struct sf_landfall *) a)->at.time_s, tb = ((const struct sf_landfall *) b)->at.time_s;
  return (ta > tb) - (ta < tb);
}

static enum sf_code
list_landfalls (const struct finder *ours, const struct sf_storm_path *other, double position_error_km,
                struct sf_landfall **ret_landfalls, size_t *ret_count, struct sf_error *err)
{
  size_t n = 0;
  enum sf_code code = SF_OK;
  struct sf_landfall *list = sf_mem_calloc (ours->count, sizeof *list);
  if (!list)
    return sf_fail (err, SF_ENOMEM, "out of memory for landfalls");
  for (size_t i = 0; code == SF_OK && i < ours->count; i++)
    if (came_ashore (ours, &ours->list[i]))
      {
        list[n] = ours->list[i].landfall;
        code = add_uncertainty (ours, other, position_error_km, &list[n++], err);
      }
  if (code != SF_OK)
    {
      sf_mem_free (list);
      return code;
    }
  qsort (list, n, sizeof *list, compare_landfalls);
  *ret_landfalls = list;
  *ret_count = n;
  return SF_OK;
}

static enum sf_code
check_settings (const struct sf_landfall_settings *settings, struct sf_error *err)
{
  if (settings->rounding_deg >= 0 && settings->bay_s >= 0 && settings->position_error_km >= 0)
    return SF_OK;
  return sf_fail (err, SF_EINVAL,
                  "a landfall wants a rounding, a bay and an error of at least 0, not %g degrees, %" PRId64
                  " s and %g km",
                  settings->rounding_deg, settings->bay_s, settings->position_error_km);
}

enum sf_code
sf_landfall_find (const struct sf_storm_path *path, const struct sf_storm_path *other,
                  const struct sf_polygon_index *land, const struct sf_landfall_settings *settings,
                  struct sf_landfall **ret_landfalls, size_t *ret_count, struct sf_error *err)
{
  struct finder ours = { .path = path,
                         .land = land,
                         .rounding_deg = settings->rounding_deg,
                         .bay_s = settings->bay_s,
                         .last = path->count - 1 };
  SF_TRY (check_settings (settings, err));
  enum sf_code code = find_contacts (&ours, err);
  if (code == SF_OK)
    code = list_landfalls (&ours, other, settings->position_error_km, ret_landfalls, ret_count, err);
  sf_mem_free (ours.list);
  return code;
}

/* Whether a contact of the wide reach is a pass: outside the rounding, and neither where the way begins nor where it
   ends. */
static bool
is_pass (const struct finder *finder, const struct contact *contact)
{
  const struct sf_storm_path *path = finder->path;
  const struct sf_storm_point *at = &contact->landfall.at;
  bool at_end = at->time_s == path->time_s[0] || at->time_s == path->time_s[path->count - 1];
  return !contact->landfall.entered && !contact->began_on_land && !at_end
         && contact->nearest_km > rounding_km (finder->rounding_deg, at->lat_deg);
}

/* Whether a landfall says it already: on the same land while the contact lasts, or near it in place and time. */
static bool
is_said (const struct finder *finder, const struct contact *contact, const struct sf_landfall *landfall)
{
  const struct sf_storm_path *path = finder->path;
  const struct sf_storm_point *at = &contact->landfall.at, *theirs = &landfall->at;
  size_t until = contact->until < path->count ? contact->until : path->count - 1;
  if (landfall->polygon == contact->landfall.polygon && theirs->time_s >= path->time_s[contact->since]
      && theirs->time_s <= path->time_s[until])
    return true;
  return llabs (theirs->time_s - at->time_s) <= 2 * WINDOW_S
         && sf_sphere_distance_km (theirs->lon_deg, theirs->lat_deg, at->lon_deg, at->lat_deg) <= 2 * finder->reach_km;
}

static bool
is_beside_landfall (const struct finder *finder, const struct contact *contact, const struct sf_landfall *landfalls,
                    size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (is_said (finder, contact, &landfalls[i]))
      return true;
  return false;
}

static struct sf_shore_pass
pass_of (const struct finder *finder, const struct contact *contact)
{
  const struct sf_storm_path *path = finder->path;
  struct sf_shore_pass pass
      = { .at = contact->landfall.at,
          .earliest_s = path->time_s[contact->since],
          .latest_s = path->time_s[contact->until < path->count ? contact->until : path->count - 1],
          .polygon = contact->landfall.polygon };
  pass.distance_km = sf_polygon_distance_km (finder->land, pass.at.lon_deg, pass.at.lat_deg, &pass.shore_lon_deg,
                                             &pass.shore_lat_deg);
  return pass;
}

static int
compare_passes (const void *a, const void *b)
{
  int64_t ta = ((const struct sf_shore_pass *) a)->at.time_s, tb = ((const struct sf_shore_pass *) b)->at.time_s;
  return (ta > tb) - (ta < tb);
}

enum sf_code
sf_shore_pass_find (const struct sf_storm_path *path, const struct sf_polygon_index *land,
                    const struct sf_landfall_settings *settings, const struct sf_landfall *landfalls,
                    size_t landfalls_count, struct sf_shore_pass **ret_passes, size_t *ret_count, struct sf_error *err)
{
  struct finder wide = { .path = path,
                         .land = land,
                         .rounding_deg = settings->rounding_deg,
                         .reach_km = settings->position_error_km,
                         .bay_s = settings->bay_s,
                         .last = path->count - 1 };
  struct sf_shore_pass *passes = NULL;
  size_t n = 0;
  SF_TRY (check_settings (settings, err));
  enum sf_code code = wide.reach_km > 0 ? find_contacts (&wide, err) : SF_OK;
  if (code == SF_OK && !(passes = sf_mem_calloc (wide.count + 1, sizeof *passes)))
    code = sf_fail (err, SF_ENOMEM, "out of memory for passes of a shore");
  for (size_t i = 0; code == SF_OK && i < wide.count; i++)
    if (is_pass (&wide, &wide.list[i]) && !is_beside_landfall (&wide, &wide.list[i], landfalls, landfalls_count))
      passes[n++] = pass_of (&wide, &wide.list[i]);
  sf_mem_free (wide.list);
  if (code != SF_OK)
    return code;
  qsort (passes, n, sizeof *passes, compare_passes);
  *ret_passes = passes;
  *ret_count = n;
  return SF_OK;
}
