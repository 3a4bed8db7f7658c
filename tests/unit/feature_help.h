/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_FEATURE_HELP_H
#define SF_TESTS_UNIT_FEATURE_HELP_H

#include "core/data/dataset.h"

#include <check.h>
#include <geos_c.h>
#include <math.h>
#include <stdint.h>

/* As ck_assert, for what is asked a million times: libcheck writes down each of its own. */
#define MUST(condition)                                                                                                \
  do                                                                                                                   \
    if (!(condition))                                                                                                  \
      ck_abort_msg ("%s", #condition);                                                                                 \
  while (0)

/* Tables of features for tests, with a column of each type, and the same geometries in GEOS. */
static const struct sf_quantity feature_text = { .name = "text", .type = SF_COLUMN_TEXT },
                                feature_number = { .name = "number", .unit = "1", .type = SF_COLUMN_DOUBLE },
                                feature_whole = { .name = "whole", .unit = "1", .type = SF_COLUMN_INT },
                                feature_time = { .name = "time", .unit = "s", .type = SF_COLUMN_TIME };
static const struct sf_column_spec feature_columns[] = { { "name", "Name", "名称", &feature_text },
                                                         { "speed", "Speed", "速度", &feature_number },
                                                         { "crew", "Crew", "人数", &feature_whole },
                                                         { "seen", "Seen", "时间", &feature_time } };
static const struct sf_dataset_spec feature_spec = {
  .name = "things", .kind = SF_DATASET_FEATURES, .geometry = "point", .columns = feature_columns, .columns_count = 4
};

static inline struct sf_dataset *
features_new (void)
{
  struct sf_dataset *dataset = NULL;
  ck_assert_int_eq (sf_dataset_new_table (&feature_spec, NULL, &dataset, NULL), SF_OK);
  return dataset;
}

/* Add a row with this geometry, which may be NULL. */
static inline void
features_add (struct sf_dataset *dataset, struct sf_geometry *geometry)
{
  MUST (sf_table_add_row (dataset->as.table) >= 0);
  if (geometry)
    MUST (sf_table_set_geometry (dataset->as.table, geometry, NULL) == SF_OK);
}

static inline struct sf_geometry *
feature_of (enum sf_geometry_kind kind, const double *xy, size_t points)
{
  struct sf_geometry *geometry = sf_geometry_new (kind);
  MUST (geometry != NULL);
  for (size_t i = 0; i < points; i++)
    MUST (sf_geometry_add_point (geometry, xy[2 * i], xy[2 * i + 1]) == 0);
  return geometry;
}

static inline double
feature_random (uint64_t *state, double low, double high)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return low + (high - low) * (double) (*state >> 11) * 0x1p-53;
}

/* A star-shaped ring around (x, y), closed. */
static inline void
feature_ring (struct sf_geometry *geometry, bool outer, double x, double y, double radius, int corners, uint64_t *state)
{
  double first[2] = { 0 };
  MUST (sf_geometry_begin_part (geometry, outer) == 0);
  for (int i = 0; i < corners; i++)
    {
      double angle = 2 * M_PI * i / corners, r = radius * feature_random (state, 0.6, 1);
      double px = x + r * cos (angle), py = y + r * sin (angle);
      MUST (sf_geometry_add_point (geometry, px, py) == 0);
      first[0] = i ? first[0] : px;
      first[1] = i ? first[1] : py;
    }
  MUST (sf_geometry_add_point (geometry, first[0], first[1]) == 0);
}

static inline GEOSGeometry *
feature_points_geos (GEOSContextHandle_t geos, const struct sf_geometry *geometry, size_t part, enum GEOSGeomTypes type)
{
  size_t begin = geometry->part_start[part], count = geometry->part_start[part + 1] - begin;
  GEOSCoordSequence *s = GEOSCoordSeq_copyFromBuffer_r (geos, geometry->xy + 2 * begin, (unsigned) count, 0, 0);
  return type == GEOS_POINT        ? GEOSGeom_createPoint_r (geos, s)
         : type == GEOS_LINESTRING ? GEOSGeom_createLineString_r (geos, s)
                                   : GEOSGeom_createLinearRing_r (geos, s);
}

/* One part of a point or line, or one polygon with holes; the caller destroys it. */
static inline GEOSGeometry *
feature_geos (GEOSContextHandle_t geos, const struct sf_geometry *geometry)
{
  if (geometry->kind != SF_GEOMETRY_POLYGON)
    return feature_points_geos (geos, geometry, 0, geometry->kind == SF_GEOMETRY_POINT ? GEOS_POINT : GEOS_LINESTRING);
  GEOSGeometry *holes[8];
  MUST (geometry->parts <= 9);
  for (size_t part = 1; part < geometry->parts; part++)
    holes[part - 1] = feature_points_geos (geos, geometry, part, GEOS_LINEARRING);
  return GEOSGeom_createPolygon_r (geos, feature_points_geos (geos, geometry, 0, GEOS_LINEARRING), holes,
                                   (unsigned) geometry->parts - 1);
}

#endif
