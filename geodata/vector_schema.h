/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_VECTOR_SCHEMA_H
#define SF_GEODATA_VECTOR_SCHEMA_H

#include "geodata/vector_columns.h"

/* The schema extension of GeoPackage (OGC 12-128r17, annex F.9), which says in the file what its columns mean. GDAL 3.6
   reads it but does not write it. Private to the vector files; gdal_file is an open GeoPackage (GDALDatasetH). */

/* Make the extension's tables in a new file. SF_EIO with SQLite's text. */
enum sf_code sf_vector_schema_create (void *gdal_file, const char *path, struct sf_error *err);

/* Say of each column of a layer: its name with the unit, title in both languages, unit, averaging time. */
enum sf_code sf_vector_schema_describe (void *gdal_file, const char *path, const char *layer,
                                        const struct sf_vector_column *columns, size_t count, struct sf_error *err);

#endif
