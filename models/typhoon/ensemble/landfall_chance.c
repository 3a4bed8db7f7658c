/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/landfall_chance.h"

#include "core/base/mem.h"
#include "core/base/time.h"
#include "geodata/sphere.h"

#include <math.h>
#include <stdlib.h>

/* A way being followed. */
struct walk
{
  const struct sf_ashore_query *query;
  bool on_land;
  int64_t left_s; /* when it last left a polygon, and which */
  size_t left_polygon;
  bool found;
  struct sf_entry entry; /* once found */
};

static struct sf_entry
entry_at (const struct sf_record *a, const struct sf_record *b, const struct sf_polygon_crossing *crossing)
{
  double t = crossing->t, from_mps = a->as.track.wind_mps, to_mps = b->as.track.wind_mps;
  return (struct sf_entry){ .time_s = a->valid_s + llround (t * (double) (b->valid_s - a->valid_s)),
                            .lon_deg = crossing->x,
                            .lat_deg = crossing->y,
                            .wind_mps = from_mps + t * (to_mps - from_mps),
                            .polygon = crossing->geometry };
}

static void
cross (struct walk *walk, const struct sf_entry *at, bool entering)
{
  bool bay = at->polygon == walk->left_polygon && at->time_s - walk->left_s < walk->query->bay_s;
  walk->on_land = entering;
  if (!entering)
    {
      walk->left_s = at->time_s;
      walk->left_polygon = at->polygon;
    }
  else if (!walk->found && !bay && walk->query->counts (walk->query->ctx, at))
    {
      walk->entry = *at;
      walk->found = true;
    }
}

static enum sf_code
follow (struct walk *walk, const struct sf_record *a, const struct sf_record *b, struct sf_error *err)
{
  const struct sf_fix *p = &a->as.track, *q = &b->as.track;
  struct sf_polygon_crossing end = { .t = 1, .x = q->lon_deg, .y = q->lat_deg }, *crossings = NULL;
  size_t count = 0;
  SF_TRY (sf_polygon_crossings (walk->query->land, p->lon_deg, p->lat_deg,
                                p->lon_deg + remainder (q->lon_deg - p->lon_deg, 360), q->lat_deg, &crossings, &count,
                                err));
  for (size_t i = 0; i < count; i++)
    {
      struct sf_entry entry = entry_at (a, b, &crossings[i]);
      cross (walk, &entry, crossings[i].entering);
    }
  sf_mem_free (crossings);
  /* A shore met at a fix, as exactly as doubles can tell, is crossed on neither piece. */
  bool on_land = sf_polygon_locate (walk->query->land, end.x, end.y, &end.geometry) != SF_SIDE_OUT;
  if (on_land && !walk->on_land)
    {
      struct sf_entry entry = entry_at (a, b, &end);
      cross (walk, &entry, true);
    }
  walk->on_land = on_land;
  return SF_OK;
}

enum sf_code
sf_ashore_first (const struct sf_ashore_query *query, const struct sf_track *track, struct sf_entry *ret_entry,
                 bool *ret_found, struct sf_error *err)
{
  struct walk walk = { .query = query, .left_polygon = SIZE_MAX };
  const struct sf_record *last = NULL;
  for (size_t i = 0; i < track->fixes_count && !walk.found; i++)
    {
      const struct sf_record *fix = &track->fixes[i];
      double lon_deg = fix->as.track.lon_deg, lat_deg = fix->as.track.lat_deg;
      if (isnan (lon_deg) || isnan (lat_deg) || (last && fix->valid_s <= last->valid_s))
        continue;
      if (last)
        SF_TRY (follow (&walk, last, fix, err));
      else
        walk.on_land = sf_polygon_locate (query->land, lon_deg, lat_deg, NULL) != SF_SIDE_OUT;
      last = fix;
    }
  *ret_found = walk.found;
  if (walk.found)
    *ret_entry = walk.entry;
  return SF_OK;
}

static int
compare_times (const void *a, const void *b)
{
  int64_t p = *(const int64_t *) a, q = *(const int64_t *) b;
  return (p > q) - (p < q);
}

static int
compare_doubles (const void *a, const void *b)
{
  double p = *(const double *) a, q = *(const double *) b;
  return (p > q) - (p < q);
}

/* The index, among count, by which a share has come. */
static size_t
index_of (size_t count, double share)
{
  size_t i = (size_t) ceil (share * (double) count - 1e-9);
  return i == 0 ? 0 : i > count ? count - 1 : i - 1;
}

int64_t
sf_ashore_quantile_s (int64_t *time_s, size_t count, double share)
{
  if (count == 0)
    return SF_TIME_MISSING;
  qsort (time_s, count, sizeof *time_s, compare_times);
  return time_s[index_of (count, share)];
}

double
sf_ashore_quantile_mps (double *wind_mps, size_t count, double share)
{
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (!isnan (wind_mps[i]))
      wind_mps[n++] = wind_mps[i];
  if (n == 0)
    return NAN;
  qsort (wind_mps, n, sizeof *wind_mps, compare_doubles);
  return wind_mps[index_of (n, share)];
}

void
sf_shore_measure (struct sf_shore *shore)
{
  shore->km[0] = 0;
  for (size_t i = 1; i < shore->points; i++)
    shore->km[i]
        = shore->km[i - 1]
          + sf_sphere_distance_km (shore->xy[2 * i - 2], shore->xy[2 * i - 1], shore->xy[2 * i], shore->xy[2 * i + 1]);
}

double
sf_shore_locate_km (const struct sf_shore *shore, double lon_deg, double lat_deg)
{
  double squeeze = cos (lat_deg * M_PI / 180), best = INFINITY, best_km = 0;
  for (size_t i = 0; i + 1 < shore->points; i++)
    {
      double ax = (shore->xy[2 * i] - lon_deg) * squeeze, ay = shore->xy[2 * i + 1] - lat_deg;
      double dx = (shore->xy[2 * i + 2] - lon_deg) * squeeze - ax, dy = shore->xy[2 * i + 3] - lat_deg - ay;
      double length2 = dx * dx + dy * dy, t = length2 > 0 ? -(ax * dx + ay * dy) / length2 : 0;
      t = fmax (0, fmin (1, t));
      double x = ax + t * dx, y = ay + t * dy, away = x * x + y * y;
      if (away < best)
        {
          best = away;
          best_km = shore->km[i] + t * (shore->km[i + 1] - shore->km[i]);
        }
    }
  return best_km;
}

/* The piece that holds a place within the ring's length. */
static size_t
piece_at (const struct sf_shore *shore, double at_km)
{
  size_t low = 0, high = shore->points - 1;
  while (high - low > 1)
    {
      size_t mid = (low + high) / 2;
      *(shore->km[mid] <= at_km ? &low : &high) = mid;
    }
  return low;
}

static double
into_ring (const struct sf_shore *shore, double at_km)
{
  double length_km = shore->km[shore->points - 1];
  return at_km - length_km * floor (at_km / length_km);
}

void
sf_shore_point (const struct sf_shore *shore, double at_km, double *ret_lon_deg, double *ret_lat_deg)
{
  double km = into_ring (shore, at_km);
  size_t i = piece_at (shore, km);
  double span_km = shore->km[i + 1] - shore->km[i], t = span_km > 0 ? (km - shore->km[i]) / span_km : 0;
  *ret_lon_deg = shore->xy[2 * i] + t * (shore->xy[2 * i + 2] - shore->xy[2 * i]);
  *ret_lat_deg = shore->xy[2 * i + 1] + t * (shore->xy[2 * i + 3] - shore->xy[2 * i + 1]);
}

struct sf_stretch
sf_shore_shortest (double *place_km, size_t count, size_t wanted, double length_km)
{
  struct sf_stretch best = { .begin_km = 0, .end_km = INFINITY };
  wanted = wanted < 1 ? 1 : wanted > count ? count : wanted;
  qsort (place_km, count, sizeof *place_km, compare_doubles);
  for (size_t i = 0; i < count; i++)
    {
      size_t j = (i + wanted - 1) % count;
      double end_km = place_km[j] + (j < i ? length_km : 0);
      if (end_km - place_km[i] < best.end_km - best.begin_km)
        best = (struct sf_stretch){ .begin_km = place_km[i], .end_km = end_km, .first = i, .last = j };
    }
  return best;
}

int
sf_shore_add_line (const struct sf_shore *shore, const struct sf_stretch *stretch, struct sf_geometry *line)
{
  double length_km = shore->km[shore->points - 1], lon_deg, lat_deg;
  double turn_km = length_km * floor (stretch->begin_km / length_km);
  size_t i = piece_at (shore, stretch->begin_km - turn_km) + 1;
  int failed = sf_geometry_begin_part (line, true);
  sf_shore_point (shore, stretch->begin_km, &lon_deg, &lat_deg);
  failed |= sf_geometry_add_point (line, lon_deg, lat_deg);
  for (; !failed && turn_km + shore->km[i] < stretch->end_km; i++)
    {
      failed = sf_geometry_add_point (line, shore->xy[2 * i], shore->xy[2 * i + 1]);
      if (i == shore->points - 1)
        {
          i = 0; /* the same place as the last: gone on from its next */
          turn_km += length_km;
        }
    }
  sf_shore_point (shore, stretch->end_km, &lon_deg, &lat_deg);
  return failed | sf_geometry_add_point (line, lon_deg, lat_deg);
}
