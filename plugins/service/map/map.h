/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_MAP_H
#define PLUGINS_SERVICE_MAP_MAP_H

#include "plugins/service/map/request.h"
#include "plugins/service/map/response.h"

/* The map service: requests in, answers out, without a network. http.c puts it on one. */
struct sf_map
{
  const struct sf_host *host;
  struct sf_styles *styles;
  struct sf_map_worlds *worlds;
  const char *public_url; /* what absolute links begin with; NULL: what the request's Host says */
  const char *tianditu;   /* path of a cache of Tianditu's maps; NULL: none */
  const char *folder;     /* of the snapshots */
  struct sf_map_live *live;
  struct sf_map_guard *guard; /* of http_guard.h; NULL without a network */
  int picture_side_max;       /* pixels of what GetMap draws, either way */
};

/* A handler answers one kind of resource. Whatever it returns but SF_OK becomes an error answer in JSON: SF_EINVAL,
   SF_ERANGE, SF_EFORMAT, SF_EUNSUPPORTED, SF_ETYPE 400; SF_ENOTFOUND 404; SF_ENOMEM 503; others 500. A protocol with error
   documents of its own fills response, with a status of 400 or more, and returns SF_OK. Any thread. */
typedef enum sf_code (*sf_map_handler) (struct sf_map *map, struct sf_map_request *request,
                                        struct sf_map_response *response, struct sf_error *err);

enum sf_map_caching
{
  SF_MAP_NO_STORE, /* changes by itself */
  SF_MAP_PIXELS,   /* pinned: immutable; current: no-store; kept in memory */
  SF_MAP_DOCUMENT, /* pinned: immutable; current: no-cache with ETag */
  SF_MAP_FILE      /* of the program, not of a snapshot: no-cache with ETag */
};

/* A route: the first parts of the path and who answers. */
struct sf_map_route
{
  const char *path; /* "v1/layers"; "wmts?GetCapabilities" by the parameter `request`; "" is the root alone */
  sf_map_handler handler;
  bool needs_world;
  enum sf_map_caching caching;
};

/* The table of routes, and the route of a request, NULL when there is none; the route's parts are taken off the request's
   segments. */
const struct sf_map_route *sf_map_routes (size_t *ret_count);
const struct sf_map_route *sf_map_find_route (struct sf_map_request *request);

/* Answer a parsed request; response must be zeroed but for file = -1. begin finds route and world (NULL in *ret_route when
   there is none) and returns whether there is more to do; if so, finish runs the handler. Both dress errors and set the
   headers of caching, so neither fails. Between them a kept answer may be taken instead. */
bool sf_map_begin (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
                   const struct sf_map_route **ret_route);
void sf_map_finish (struct sf_map *map, struct sf_map_request *request, const struct sf_map_route *route,
                    struct sf_map_response *response);

/* Fill response with the JSON form of an error. */
void sf_map_put_error (struct sf_map_response *response, int status, const struct sf_error *err);

/* The ETag of a resource of a snapshot; NULL when memory is out. */
const char *sf_map_entity_tag (const struct sf_map_request *request);
/* Whether the client holds the representation of this tag already (If-None-Match). */
bool sf_map_holds (const struct sf_map_request *request, const char *tag);

/* --- handlers, one file each --- */
enum sf_code sf_map_state (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_snapshots (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_layers (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_ogc (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_stac (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_files (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_web (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_point_query (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_legend (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_place (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_listen (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_base (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_uv (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_tiles (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_vector (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_wmts (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_wms (struct sf_map *, struct sf_map_request *, struct sf_map_response *, struct sf_error *);
enum sf_code sf_map_wmts_metadata (struct sf_map *, struct sf_map_request *, struct sf_map_response *,
                                   struct sf_error *);

#endif
