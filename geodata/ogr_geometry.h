/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_OGR_GEOMETRY_H
#define SF_GEODATA_OGR_GEOMETRY_H

#include "core/data/geometry.h"

#include <ogr_api.h>

/* Geometries of OGR as ours; private to the sources of this folder. */

/* The kind that holds a geometry without curves; NONE for a collection. */
enum sf_geometry_kind sf_ogr_kind (OGRGeometryH geometry);
/* A copy; NULL when memory is out. The kind must not be NONE. */
struct sf_geometry *sf_ogr_to_geometry (OGRGeometryH geometry);

#endif
