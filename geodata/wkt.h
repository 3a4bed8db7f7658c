/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_WKT_H
#define SF_GEODATA_WKT_H

#include "core/base/error.h"
#include "core/data/geometry.h"

/* Parse well-known text (OGC 06-103r4: POINT, LINESTRING, POLYGON and their MULTI forms; heights are left out). SF_EFORMAT
   for what is no such text, holds a coordinate that is not finite, or is empty. Free *ret with sf_geometry_free. */
enum sf_code sf_wkt_parse (const char *text, struct sf_geometry **ret_geometry, struct sf_error *err);

#endif
