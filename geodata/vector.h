/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_VECTOR_H
#define SF_GEODATA_VECTOR_H

#include "core/base/mem.h"
#include "core/data/dataset.h"
#include "geodata/file_about.h"

/* Tables, features and tracks as vector files. In memory and in the files x is longitude and y latitude, in degrees of
   CGCS2000 (EPSG:4490); missing is null in a file; times are ISO 8601 UTC. Texts are UTF-8. */

enum sf_vector_driver
{
  SF_VECTOR_GPKG,   /* GeoPackage: one layer a dataset, named as the dataset ("county_weights@sea"), EPSG:4490 */
  SF_VECTOR_GEOJSON /* RFC 7946: one dataset a file, 6 decimals; WGS84, which CGCS2000 equals to well below 1 m */
};

/* Write datasets of the kinds table, series, features and tracks to one file, which is replaced if it exists; GeoJSON
   takes exactly one of features or tracks. Tracks become a point layer of their fixes with every member of the record.
   The same input gives the same bytes. SF_ETYPE for another kind, SF_EIO when GDAL fails, with its text; no file is
   left then. */
enum sf_code sf_vector_save (const char *path, enum sf_vector_driver driver, const struct sf_dataset *const *datasets,
                             size_t count, const struct sf_file_about *about, struct sf_error *err);

/* Read a layer of any file that GDAL reads (NULL: its first) as a dataset of spec. Every column of the spec must be
   there (others are ignored) and fit its type; geometry must be of the spec's kind, curves are made straight, z is
   dropped. Coordinates of another CRS are transformed to EPSG:4490, as sf_crs_open does or refuses; EPSG:4326 and no CRS
   are taken as they are, the latter only if they can be degrees (else SF_EFORMAT). Times
   without a zone are UTC; local time of unknown zone is refused. *ret has one reference and no key; authority and
   simulated come from the layer's metadata, internal and false where it has none. SF_EIO, SF_ENOTFOUND (the layer, with
   the names there are), SF_EFORMAT, SF_ETYPE. */
enum sf_code sf_vector_load (const char *path, const char *layer, const struct sf_dataset_spec *spec,
                             const char *instance, struct sf_dataset **ret, struct sf_error *err);

/* List the layers of a file, names in the arena, as GDAL orders them (GeoPackage: those with a geometry first). */
enum sf_code sf_vector_layers (struct sf_arena *arena, const char *path, char ***ret_names, size_t *ret_count,
                               struct sf_error *err);

#endif
