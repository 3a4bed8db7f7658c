/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_OGC_H
#define PLUGINS_SERVICE_MAP_OGC_H

#include "plugins/service/map/documents.h"
#include "plugins/service/map/tiles.h"

/* What the files of OGC API (/ogc) and of the catalogue (/stac) share. A collection is a layer. */

/* A member of "links". href is absolute, below request->root: "/ogc/collections". title NULL: none. */
struct sf_map_link
{
  const char *href, *rel, *type, *title;
};
void sf_map_put_link (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_link *link);
/* Begin "links" with the one to the document itself; the caller ends the array. */
void sf_map_begin_links (struct sf_json *json, const struct sf_map_request *request, const char *type);

/* SF_EUNSUPPORTED when the parameter names another reference system than longitude and latitude in degrees, as all do that
   bear none. */
enum sf_code sf_map_request_crs84 (const struct sf_map_request *request, const char *key, struct sf_error *err);
/* Bounds of a request's bbox=west,south,east,north (six numbers: heights are left out), in degrees: false when there is
   none. A box over the antimeridian has east < west. */
enum sf_code sf_map_request_bbox (const struct sf_map_request *request, bool *ret_given, struct sf_bounds *ret_bounds,
                                  struct sf_error *err);
/* The span of datetime=instant, a/b, a/.. or ../b (RFC 3339); without one INT64_MIN to INT64_MAX. */
enum sf_code sf_map_request_datetime (const struct sf_map_request *request, int64_t *ret_from_s, int64_t *ret_to_s,
                                      struct sf_error *err);

/* "extent" of a layer: spatial, and temporal for a cube. */
void sf_map_put_extent (struct sf_json *json, const struct sf_map_layer *layer);
/* Begin a feature: geometry and properties of a row; the caller ends the object. */
void sf_map_begin_feature (struct sf_json *json, const struct sf_map_layer *layer, size_t row);
void sf_map_put_geometry (struct sf_json *json, const struct sf_geometry *geometry);

/* ogc_features.c, ogc_tiles.c, ogc_edr.c: what is below /ogc/collections/{id}; request->segments are those after the id. */
enum sf_code sf_map_ogc_items (struct sf_map_request *request, const struct sf_map_layer *layer,
                               struct sf_map_response *response, struct sf_error *err);
enum sf_code sf_map_ogc_map (struct sf_map_request *request, const struct sf_map_layer *layer, const char *style,
                             struct sf_map_response *response, struct sf_error *err);
enum sf_code sf_map_ogc_tilesets (struct sf_map_request *request, const struct sf_map_layer *layer, const char *style,
                                  struct sf_map_response *response, struct sf_error *err);
enum sf_code sf_map_ogc_matrix_sets (struct sf_map_request *request, struct sf_map_response *response,
                                     struct sf_error *err);
enum sf_code sf_map_ogc_position (struct sf_map_request *request, const struct sf_map_layer *layer,
                                  struct sf_map_response *response, struct sf_error *err);
enum sf_code sf_map_ogc_area (struct sf_map_request *request, const struct sf_map_layer *layer,
                              struct sf_map_response *response, struct sf_error *err);
/* "parameter_names" of a collection: what position and area answer. */
void sf_map_put_parameter_names (struct sf_json *json, struct sf_map_request *request,
                                 const struct sf_map_layer *layer);
/* openapi.c */
void sf_map_put_openapi (struct sf_json *json, const struct sf_map_request *request);

#endif
