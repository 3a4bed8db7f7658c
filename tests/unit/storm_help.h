/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_STORM_HELP_H
#define SF_TESTS_UNIT_STORM_HELP_H

#include "core/base/time.h"
#include "geodata/polygon.h"
#include "models/typhoon/storm_path.h"
#include "tests/unit/base.h"

#include <math.h>

enum
{
  MOST_FIXES = 16
};

/* A best track of up to MOST_FIXES fixes. */
struct storm
{
  struct sf_record fixes[MOST_FIXES];
  struct sf_track track;
};

static inline void
storm_start (struct storm *storm)
{
  memset (storm, 0, sizeof *storm);
  storm->track = (struct sf_track){
    .storm = "2014-0010", .number = "1409", .agency = "BABJ", .base_s = SF_TIME_MISSING, .fixes = storm->fixes
  };
}

/* Add a fix at an hour from the epoch; the caller may change it further. */
static inline struct sf_record *
storm_add (struct storm *storm, double hour, double lon_deg, double lat_deg)
{
  ck_assert_uint_lt (storm->track.fixes_count, MOST_FIXES);
  struct sf_record *record = &storm->fixes[storm->track.fixes_count++];
  sf_record_init (record, SF_RECORD_TRACK);
  record->valid_s = llround (3600 * hour);
  record->as.track.lon_deg = lon_deg;
  record->as.track.lat_deg = lat_deg;
  return record;
}

/* A straight path of two fixes, sampled every 300 s. */
static inline void
straight_path (struct sf_storm_path *path, struct storm *storm, double hours, double lon0, double lat0, double lon1,
               double lat1)
{
  storm_start (storm);
  storm_add (storm, 0, lon0, lat0);
  storm_add (storm, hours, lon1, lat1);
  ck_done (sf_storm_path_init (path, &storm->track, SF_TRACK_PATH_LINEAR, 300, err));
}

/* Land of polygons, each a closed ring of corners. */
static inline struct sf_geometry *
ring_of (const double *lon_lat, size_t corners)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  sf_geometry_begin_part (geometry, true);
  for (size_t i = 0; i <= corners; i++)
    sf_geometry_add_point (geometry, lon_lat[2 * (i % corners)], lon_lat[2 * (i % corners) + 1]);
  return geometry;
}

static inline struct sf_geometry *
box (double west, double south, double east, double north)
{
  return ring_of ((double[]){ west, south, east, south, east, north, west, north }, 4);
}

/* Takes the geometries. */
static inline struct sf_polygon_index *
land_of (struct sf_geometry **list, size_t count)
{
  struct sf_polygon_index *index = NULL;
  ck_done (sf_polygon_index_new ((const struct sf_geometry *const *) list, count, SF_RINGS_OUTER, &index, err));
  for (size_t i = 0; i < count; i++)
    sf_geometry_free (list[i]);
  return index;
}

#endif
