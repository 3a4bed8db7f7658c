/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/ogr_geometry.h"

enum sf_geometry_kind
sf_ogr_kind (OGRGeometryH geometry)
{
  switch (wkbFlatten (OGR_G_GetGeometryType (geometry)))
    {
    case wkbPoint:
    case wkbMultiPoint:
      return SF_GEOMETRY_POINT;
    case wkbLineString:
    case wkbMultiLineString:
      return SF_GEOMETRY_LINE;
    case wkbPolygon:
    case wkbMultiPolygon:
      return SF_GEOMETRY_POLYGON;
    default:
      return SF_GEOMETRY_NONE;
    }
}

/* One point, line or ring as a part. 0, or -1 when memory is out. */
static int
add_part (struct sf_geometry *geometry, OGRGeometryH from, bool outer)
{
  int count = OGR_G_GetPointCount (from);
  if (sf_geometry_begin_part (geometry, outer) != 0)
    return -1;
  for (int i = 0; i < count; i++)
    if (sf_geometry_add_point (geometry, OGR_G_GetX (from, i), OGR_G_GetY (from, i)) != 0)
      return -1;
  return 0;
}

static int
add_polygon (struct sf_geometry *geometry, OGRGeometryH polygon)
{
  for (int ring = 0; ring < OGR_G_GetGeometryCount (polygon); ring++)
    if (add_part (geometry, OGR_G_GetGeometryRef (polygon, ring), ring == 0) != 0)
      return -1;
  return 0;
}

static int
add_simple (struct sf_geometry *geometry, OGRGeometryH from)
{
  return geometry->kind == SF_GEOMETRY_POLYGON ? add_polygon (geometry, from) : add_part (geometry, from, true);
}

static int
add_geometry (struct sf_geometry *geometry, OGRGeometryH from)
{
  OGRwkbGeometryType type = wkbFlatten (OGR_G_GetGeometryType (from));
  if (type == wkbPoint || type == wkbLineString || type == wkbPolygon)
    return add_simple (geometry, from);
  for (int i = 0; i < OGR_G_GetGeometryCount (from); i++)
    if (add_simple (geometry, OGR_G_GetGeometryRef (from, i)) != 0)
      return -1;
  return 0;
}

struct sf_geometry *
sf_ogr_to_geometry (OGRGeometryH geometry)
{
  struct sf_geometry *copy = sf_geometry_new (sf_ogr_kind (geometry));
  if (copy && add_geometry (copy, geometry) == 0)
    return copy;
  sf_geometry_free (copy);
  return NULL;
}
