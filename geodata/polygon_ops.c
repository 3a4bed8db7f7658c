/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/polygon_ops.h"
#include "core/base/mem.h"

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>
#include <geodesic.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define GRS80_A_M 6378137.0
#define GRS80_F (1 / 298.257222101)

static double
ring_area_km2 (const struct geod_geodesic *ellipsoid, const struct sf_geometry *polygon, size_t part)
{
  struct geod_polygon sum;
  double area_m2 = 0;
  geod_polygon_init (&sum, 0);
  for (size_t i = polygon->part_start[part]; i + 1 < polygon->part_start[part + 1]; i++)
    geod_polygon_addpoint (ellipsoid, &sum, polygon->xy[2 * i + 1], polygon->xy[2 * i]);
  geod_polygon_compute (ellipsoid, &sum, 0, 1, &area_m2, NULL);
  return fabs (area_m2) * 1e-6;
}

double
sf_polygon_area_km2 (const struct sf_geometry *polygon)
{
  struct geod_geodesic ellipsoid;
  double area_km2 = 0;
  if (polygon->kind != SF_GEOMETRY_POLYGON)
    return NAN;
  geod_init (&ellipsoid, GRS80_A_M, GRS80_F);
  for (size_t part = 0; part < polygon->parts; part++)
    area_km2 += (polygon->part_outer[part] ? 1 : -1) * ring_area_km2 (&ellipsoid, polygon, part);
  return area_km2;
}

/* One GEOS context with the text of its last error. */
struct work
{
  GEOSContextHandle_t geos;
  char text[256];
};

static void
keep_message (const char *message, void *ctx)
{
  struct work *work = ctx;
  snprintf (work->text, sizeof work->text, "%s", message);
}

static enum sf_code
begin_work (struct work *work, struct sf_error *err)
{
  work->text[0] = '\0';
  if (!(work->geos = GEOS_init_r ()))
    return sf_fail (err, SF_ENOMEM, "out of memory for GEOS");
  GEOSContext_setErrorMessageHandler_r (work->geos, keep_message, work);
  return SF_OK;
}

static enum sf_code
geos_fail (const struct work *work, const char *what, struct sf_error *err)
{
  if (!work->text[0]) /* GEOS tells its reasons: it was not asked, memory was out before */
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", what);
  return sf_fail (err, SF_EFORMAT, "%s: GEOS says: %s", what, work->text);
}

static GEOSGeometry *
ring_to_geos (struct work *work, const struct sf_geometry *polygon, size_t part)
{
  size_t begin = polygon->part_start[part], count = polygon->part_start[part + 1] - begin;
  GEOSCoordSequence *points
      = GEOSCoordSeq_copyFromBuffer_r (work->geos, polygon->xy + 2 * begin, (unsigned) count, 0, 0);
  return points ? GEOSGeom_createLinearRing_r (work->geos, points) : NULL;
}

/* The polygon whose outer ring is part first and whose holes follow up to part end. */
static GEOSGeometry *
one_to_geos (struct work *work, const struct sf_geometry *polygon, size_t first, size_t end)
{
  GEOSGeometry *made = NULL, *outer = ring_to_geos (work, polygon, first);
  size_t holes_count = end - first - 1, done = 0;
  GEOSGeometry **holes = sf_mem_calloc (holes_count, sizeof *holes);
  while (outer && holes && done < holes_count && (holes[done] = ring_to_geos (work, polygon, first + 1 + done)))
    done++;
  if (outer && holes && done == holes_count)
    made = GEOSGeom_createPolygon_r (work->geos, outer, holes, (unsigned) holes_count);
  else
    {
      GEOSGeom_destroy_r (work->geos, outer);
      for (size_t i = 0; i < done; i++)
        GEOSGeom_destroy_r (work->geos, holes[i]);
    }
  sf_mem_free (holes);
  return made;
}

static enum sf_code
to_geos (struct work *work, const struct sf_geometry *polygon, GEOSGeometry **ret, struct sf_error *err)
{
  if (polygon->kind != SF_GEOMETRY_POLYGON)
    return sf_fail (err, SF_ETYPE, "the geometry is not a polygon");
  GEOSGeometry **list = sf_mem_calloc (polygon->parts, sizeof *list);
  size_t count = 0, first = 0;
  if (!list)
    return sf_fail (err, SF_ENOMEM, "out of memory for GEOS");
  for (size_t part = 1; part <= polygon->parts; part++)
    {
      if (part < polygon->parts && !polygon->part_outer[part])
        continue;
      if (!(list[count] = one_to_geos (work, polygon, first, part)))
        break;
      count++;
      first = part;
    }
  GEOSGeometry *made = first == polygon->parts || polygon->parts == 0
                           ? GEOSGeom_createCollection_r (work->geos, GEOS_MULTIPOLYGON, list, (unsigned) count)
                           : NULL;
  if (!made)
    for (size_t i = 0; i < count; i++)
      GEOSGeom_destroy_r (work->geos, list[i]);
  sf_mem_free (list);
  if (!made)
    return geos_fail (work, "polygon", err);
  *ret = made;
  return SF_OK;
}

static int
add_ring (struct work *work, const GEOSGeometry *ring, bool outer, struct sf_geometry *geometry)
{
  const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r (work->geos, ring);
  unsigned count = 0;
  if (!points || !GEOSCoordSeq_getSize_r (work->geos, points, &count))
    return -1;
  if (sf_geometry_begin_part (geometry, outer))
    return -1;
  for (unsigned i = 0; i < count; i++)
    {
      double x, y;
      if (!GEOSCoordSeq_getXY_r (work->geos, points, i, &x, &y) || sf_geometry_add_point (geometry, x, y))
        return -1;
    }
  return 0;
}

static int
add_polygons (struct work *work, const GEOSGeometry *from, struct sf_geometry *geometry)
{
  int type = GEOSGeomTypeId_r (work->geos, from), failed = 0;
  if (GEOSisEmpty_r (work->geos, from))
    return 0;
  if (type == GEOS_POLYGON)
    {
      failed = add_ring (work, GEOSGetExteriorRing_r (work->geos, from), true, geometry);
      int holes = GEOSGetNumInteriorRings_r (work->geos, from);
      for (int i = 0; i < holes && !failed; i++)
        failed = add_ring (work, GEOSGetInteriorRingN_r (work->geos, from, i), false, geometry);
      return failed;
    }
  if (type != GEOS_MULTIPOLYGON && type != GEOS_GEOMETRYCOLLECTION)
    return 0;
  int members = GEOSGetNumGeometries_r (work->geos, from);
  for (int i = 0; i < members && !failed; i++)
    failed = add_polygons (work, GEOSGetGeometryN_r (work->geos, from, i), geometry);
  return failed;
}

static enum sf_code
from_geos (struct work *work, const GEOSGeometry *from, struct sf_geometry **ret, struct sf_error *err)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  if (!geometry || add_polygons (work, from, geometry))
    {
      sf_geometry_free (geometry);
      return sf_fail (err, SF_ENOMEM, "out of memory for a polygon");
    }
  *ret = geometry;
  return SF_OK;
}

enum sf_code
sf_polygon_check (const struct sf_geometry *polygon, struct sf_error *err)
{
  struct work work;
  GEOSGeometry *geometry = NULL, *place = NULL;
  char *reason = NULL;
  SF_TRY (begin_work (&work, err));
  enum sf_code code = to_geos (&work, polygon, &geometry, err);
  if (code == SF_OK)
    {
      char valid = GEOSisValidDetail_r (work.geos, geometry, 0, &reason, &place);
      double x = NAN, y = NAN;
      if (valid != 1 && place)
        {
          GEOSGeomGetX_r (work.geos, place, &x);
          GEOSGeomGetY_r (work.geos, place, &y);
        }
      if (valid != 1)
        code = sf_fail (err, SF_EFORMAT, "the polygon is not valid: %s at (%.9g, %.9g)", reason ? reason : work.text, x,
                        y);
    }
  GEOSFree_r (work.geos, reason);
  GEOSGeom_destroy_r (work.geos, place);
  GEOSGeom_destroy_r (work.geos, geometry);
  GEOS_finish_r (work.geos);
  return code;
}

enum operation
{
  MAKE_VALID,
  INTERSECTION,
  SIMPLIFY,
  UNION
};

static GEOSGeometry *
apply (struct work *work, enum operation operation, const GEOSGeometry *a, const GEOSGeometry *b, double tolerance)
{
  switch (operation)
    {
    case MAKE_VALID:
      return GEOSMakeValid_r (work->geos, a);
    case INTERSECTION:
      return GEOSIntersection_r (work->geos, a, b);
    case SIMPLIFY:
      return GEOSTopologyPreserveSimplify_r (work->geos, a, tolerance);
    case UNION:
      return GEOSUnaryUnion_r (work->geos, a);
    }
  return NULL;
}

static enum sf_code
run (enum operation operation, const char *what, const struct sf_geometry *a, const struct sf_geometry *b,
     double tolerance, struct sf_geometry **ret, struct sf_error *err)
{
  struct work work;
  GEOSGeometry *first = NULL, *second = NULL, *made = NULL;
  SF_TRY (begin_work (&work, err));
  enum sf_code code = to_geos (&work, a, &first, err);
  if (code == SF_OK && b)
    code = to_geos (&work, b, &second, err);
  if (code == SF_OK && !(made = apply (&work, operation, first, second, tolerance)))
    code = geos_fail (&work, what, err);
  if (code == SF_OK)
    code = from_geos (&work, made, ret, err);
  GEOSGeom_destroy_r (work.geos, made);
  GEOSGeom_destroy_r (work.geos, second);
  GEOSGeom_destroy_r (work.geos, first);
  GEOS_finish_r (work.geos);
  return code;
}

enum sf_code
sf_polygon_make_valid (const struct sf_geometry *polygon, struct sf_geometry **ret, struct sf_error *err)
{
  return run (MAKE_VALID, "make valid", polygon, NULL, 0, ret, err);
}

enum sf_code
sf_polygon_intersection (const struct sf_geometry *a, const struct sf_geometry *b, struct sf_geometry **ret,
                         struct sf_error *err)
{
  return run (INTERSECTION, "intersection", a, b, 0, ret, err);
}

enum sf_code
sf_polygon_clip_box (const struct sf_geometry *polygon, double min_x, double min_y, double max_x, double max_y,
                     struct sf_geometry **ret, struct sf_error *err)
{
  double xy[10] = { min_x, min_y, max_x, min_y, max_x, max_y, min_x, max_y, min_x, min_y };
  size_t starts[2] = { 0, 5 };
  bool outer = true;
  struct sf_geometry box
      = { .kind = SF_GEOMETRY_POLYGON, .parts = 1, .points = 5, .part_start = starts, .part_outer = &outer, .xy = xy };
  if (!(min_x < max_x && min_y < max_y))
    return sf_fail (err, SF_EINVAL, "the box %g to %g, %g to %g is empty", min_x, max_x, min_y, max_y);
  return run (INTERSECTION, "clip", polygon, &box, 0, ret, err);
}

enum sf_code
sf_polygon_simplify (const struct sf_geometry *polygon, double tolerance, struct sf_geometry **ret,
                     struct sf_error *err)
{
  return run (SIMPLIFY, "simplify", polygon, NULL, tolerance, ret, err);
}

enum sf_code
sf_polygon_union (const struct sf_geometry *polygons, struct sf_geometry **ret, struct sf_error *err)
{
  return run (UNION, "union", polygons, NULL, 0, ret, err);
}
