/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/wkt.h"

#include "geodata/gdal_guard.h"
#include "geodata/ogr_geometry.h"

#include <math.h>
#include <string.h>

static bool
is_finite (const struct sf_geometry *geometry)
{
  for (size_t i = 0; i < 2 * geometry->points; i++)
    if (!isfinite (geometry->xy[i]))
      return false;
  return geometry->points > 0;
}

enum sf_code
sf_wkt_parse (const char *text, struct sf_geometry **ret_geometry, struct sf_error *err)
{
  struct sf_gdal_guard guard;
  OGRGeometryH parsed = NULL;
  struct sf_geometry *geometry = NULL;
  char *rest = (char *) text; /* only read and moved */
  enum sf_code code = SF_OK;
  sf_gdal_guard_begin (&guard);
  if (OGR_G_CreateFromWkt (&rest, NULL, &parsed) != OGRERR_NONE || !parsed || rest[strspn (rest, " ")]
      || sf_ogr_kind (parsed) == SF_GEOMETRY_NONE)
    code = sf_fail (err, SF_EFORMAT, "'%.80s' is no point, line or polygon in well-known text, such as POINT(110.3 20)",
                    text);
  else if (!(geometry = sf_ogr_to_geometry (parsed)))
    code = sf_fail (err, SF_ENOMEM, "out of memory for a geometry");
  else if (!is_finite (geometry))
    code = sf_fail (err, SF_EFORMAT, "'%.80s' is empty or has a coordinate that is not finite", text);
  if (parsed)
    OGR_G_DestroyGeometry (parsed);
  sf_gdal_guard_end (&guard);
  if (code == SF_OK)
    *ret_geometry = geometry;
  else
    sf_geometry_free (geometry);
  return code;
}
