/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_CF_CRS_H
#define SF_GEODATA_CF_CRS_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdbool.h>

/* What a CF grid_mapping variable says of a CRS; private to the CF files of this folder. */

enum
{
  SF_CF_CRS_NUMBERS = 12
};

struct sf_cf_crs
{
  bool geographic;
  const char *mapping;     /* grid_mapping_name, or NULL where CF 1.8 has none for it (crs_wkt then speaks) */
  const char *wkt2, *wkt1; /* WKT2:2019 for crs_wkt, WKT1 for GDAL's spatial_ref; in the arena */
  int count;               /* numeric attributes */
  struct
  {
    const char *name;
    double values[2];
    int values_count;
  } numbers[SF_CF_CRS_NUMBERS];
};

/* Describe a CRS text ("EPSG:4490"). SF_EUNSUPPORTED with GDAL's reason when it is unknown. */
enum sf_code sf_cf_crs_describe (struct sf_arena *arena, const char *text, struct sf_cf_crs *ret, struct sf_error *err);

/* The short name of a CRS given as WKT: "EPSG:4490", or its PROJ text, into a buffer of 64 bytes. SF_EUNSUPPORTED when
   neither fits. */
enum sf_code sf_cf_crs_name (const char *wkt, char name[64], struct sf_error *err);

/* Transform longitude and latitude (EPSG:4490 degrees) to x and y of a CRS; geographic ones are taken as they are. */
enum sf_code sf_cf_crs_from_lonlat (const char *text, double lon_deg, double lat_deg, double *ret_x, double *ret_y,
                                    struct sf_error *err);

#endif
