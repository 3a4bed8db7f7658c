/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/cf_crs.h"

#include "geodata/gdal_guard.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <ogr_srs_api.h>

#include <stdio.h>
#include <string.h>

/* CF's names of projections and of their parameters beside those of WKT1 (CF 1.8 appendix F). NULL ends a list. */
static const struct
{
  const char *wkt, *cf;
  struct
  {
    const char *wkt, *cf;
  } parameters[6];
} projections[] = {
  { SRS_PT_TRANSVERSE_MERCATOR,
    "transverse_mercator",
    { { SRS_PP_SCALE_FACTOR, "scale_factor_at_central_meridian" },
      { SRS_PP_CENTRAL_MERIDIAN, "longitude_of_central_meridian" },
      { SRS_PP_LATITUDE_OF_ORIGIN, "latitude_of_projection_origin" },
      { SRS_PP_FALSE_EASTING, "false_easting" },
      { SRS_PP_FALSE_NORTHING, "false_northing" } } },
  { SRS_PT_LAMBERT_CONFORMAL_CONIC_2SP,
    "lambert_conformal_conic",
    { { SRS_PP_CENTRAL_MERIDIAN, "longitude_of_central_meridian" },
      { SRS_PP_LATITUDE_OF_ORIGIN, "latitude_of_projection_origin" },
      { SRS_PP_FALSE_EASTING, "false_easting" },
      { SRS_PP_FALSE_NORTHING, "false_northing" } } },
  { SRS_PT_ALBERS_CONIC_EQUAL_AREA,
    "albers_conical_equal_area",
    { { SRS_PP_LONGITUDE_OF_CENTER, "longitude_of_central_meridian" },
      { SRS_PP_LATITUDE_OF_CENTER, "latitude_of_projection_origin" },
      { SRS_PP_FALSE_EASTING, "false_easting" },
      { SRS_PP_FALSE_NORTHING, "false_northing" } } },
};

static void
add_number (struct sf_cf_crs *crs, const char *name, double value)
{
  if (crs->count == SF_CF_CRS_NUMBERS)
    return;
  crs->numbers[crs->count].name = name;
  crs->numbers[crs->count].values[0] = value;
  crs->numbers[crs->count].values_count = 1;
  crs->count++;
}

static void
add_projection (struct sf_cf_crs *crs, OGRSpatialReferenceH srs, const char *projection)
{
  for (size_t p = 0; p < sizeof projections / sizeof projections[0]; p++)
    {
      if (strcmp (projections[p].wkt, projection) != 0)
        continue;
      crs->mapping = projections[p].cf;
      for (int i = 0; i < 6 && projections[p].parameters[i].wkt; i++)
        add_number (crs, projections[p].parameters[i].cf,
                    OSRGetNormProjParm (srs, projections[p].parameters[i].wkt, 0, NULL));
      if (!strcmp (projection, SRS_PT_TRANSVERSE_MERCATOR))
        return;
      add_number (crs, "standard_parallel", OSRGetNormProjParm (srs, SRS_PP_STANDARD_PARALLEL_1, 0, NULL));
      crs->numbers[crs->count - 1].values[1] = OSRGetNormProjParm (srs, SRS_PP_STANDARD_PARALLEL_2, 0, NULL);
      crs->numbers[crs->count - 1].values_count = 2;
    }
}

static char *
export_wkt (struct sf_arena *arena, OGRSpatialReferenceH srs, const char *format)
{
  char *raw = NULL, *text = NULL;
  char **options = CSLSetNameValue (NULL, "FORMAT", format);
  if (OSRExportToWktEx (srs, &raw, (const char *const *) options) == OGRERR_NONE && raw)
    text = sf_arena_strdup (arena, raw);
  CSLDestroy (options);
  CPLFree (raw);
  return text;
}

static enum sf_code
describe (struct sf_arena *arena, OGRSpatialReferenceH srs, struct sf_cf_crs *ret, struct sf_error *err)
{
  *ret = (struct sf_cf_crs){ .geographic = OSRIsGeographic (srs) };
  ret->wkt2 = export_wkt (arena, srs, "WKT2_2019");
  ret->wkt1 = export_wkt (arena, srs, "WKT1_GDAL");
  if (!ret->wkt2)
    return sf_fail (err, SF_EUNSUPPORTED, "the CRS cannot be written as WKT2");
  add_number (ret, "semi_major_axis", OSRGetSemiMajor (srs, NULL));
  add_number (ret, "inverse_flattening", OSRGetInvFlattening (srs, NULL));
  add_number (ret, "longitude_of_prime_meridian", OSRGetPrimeMeridian (srs, NULL));
  const char *projection = OSRGetAttrValue (srs, "PROJECTION", 0);
  if (ret->geographic)
    ret->mapping = "latitude_longitude";
  else if (projection)
    add_projection (ret, srs, projection);
  return SF_OK;
}

enum sf_code
sf_cf_crs_describe (struct sf_arena *arena, const char *text, struct sf_cf_crs *ret, struct sf_error *err)
{
  struct sf_gdal_guard guard;
  sf_gdal_guard_begin (&guard);
  OGRSpatialReferenceH srs = OSRNewSpatialReference (NULL);
  enum sf_code code = SF_OK;
  if (OSRSetFromUserInput (srs, text) != OGRERR_NONE)
    code = sf_gdal_guard_fail (&guard, err, SF_EUNSUPPORTED, "unknown CRS \"%s\"", text);
  else
    code = describe (arena, srs, ret, err);
  OSRRelease (srs);
  sf_gdal_guard_end (&guard);
  return code;
}

static bool
short_name (OGRSpatialReferenceH srs, char name[64])
{
  const char *authority = OSRGetAuthorityName (srs, NULL), *code = OSRGetAuthorityCode (srs, NULL);
  if (authority && code)
    return snprintf (name, 64, "%s:%s", authority, code) < 64;
  char *proj = NULL;
  bool good = OSRExportToProj4 (srs, &proj) == OGRERR_NONE && proj && proj[0] && strlen (proj) < 64;
  if (good)
    memcpy (name, proj, strlen (proj) + 1);
  CPLFree (proj);
  return good;
}

enum sf_code
sf_cf_crs_name (const char *wkt, char name[64], struct sf_error *err)
{
  struct sf_gdal_guard guard;
  sf_gdal_guard_begin (&guard);
  OGRSpatialReferenceH srs = OSRNewSpatialReference (NULL);
  enum sf_code code = SF_OK;
  if (OSRSetFromUserInput (srs, wkt) != OGRERR_NONE)
    code = sf_gdal_guard_fail (&guard, err, SF_EUNSUPPORTED, "its CRS text is unreadable");
  else if (!short_name (srs, name))
    code = sf_fail (err, SF_EUNSUPPORTED, "its CRS has no code and no short PROJ text; warp it to EPSG:4490 first");
  OSRRelease (srs);
  sf_gdal_guard_end (&guard);
  return code;
}

enum sf_code
sf_cf_crs_from_lonlat (const char *text, double lon_deg, double lat_deg, double *ret_x, double *ret_y,
                       struct sf_error *err)
{
  struct sf_gdal_guard guard;
  sf_gdal_guard_begin (&guard);
  OGRSpatialReferenceH from = OSRNewSpatialReference (NULL), to = OSRNewSpatialReference (NULL);
  OGRCoordinateTransformationH transform = NULL;
  double x = lon_deg, y = lat_deg;
  enum sf_code code = SF_OK;
  OSRImportFromEPSG (from, 4490);
  OSRSetAxisMappingStrategy (from, OAMS_TRADITIONAL_GIS_ORDER);
  if (OSRSetFromUserInput (to, text) != OGRERR_NONE)
    {
      code = sf_gdal_guard_fail (&guard, err, SF_EUNSUPPORTED, "unknown CRS \"%s\"", text);
      goto out;
    }
  OSRSetAxisMappingStrategy (to, OAMS_TRADITIONAL_GIS_ORDER);
  if (OSRIsGeographic (to))
    goto out;
  transform = OCTNewCoordinateTransformation (from, to);
  if (!transform || !OCTTransform (transform, 1, &x, &y, NULL))
    code = sf_gdal_guard_fail (&guard, err, SF_ERANGE, "%g, %g lies outside the reach of %s", lon_deg, lat_deg, text);
out:
  if (code == SF_OK)
    {
      *ret_x = x;
      *ret_y = y;
    }
  if (transform)
    OCTDestroyCoordinateTransformation (transform);
  OSRRelease (from);
  OSRRelease (to);
  sf_gdal_guard_end (&guard);
  return code;
}
