/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_REQUEST_H
#define PLUGINS_SERVICE_MAP_REQUEST_H

#include "plugins/service/map/world.h"

enum
{
  SF_MAP_MAX_SEGMENTS = 24,
  SF_MAP_MAX_PARAMETERS = 64,
  SF_MAP_MAX_TARGET_BYTES = 8000
};

struct sf_map_parameter
{
  const char *key, *value;
};

/* A request, taken apart. Knows nothing of the HTTP library: tests and fuzzers make them by hand. Texts are decoded UTF-8
   in the arena, which lives as long as the request. */
struct sf_map_request
{
  struct sf_arena *arena;
  const char *method;                        /* GET, HEAD */
  const char *segments[SF_MAP_MAX_SEGMENTS]; /* of the path, after /snapshots/{id} */
  int segments_count;                        /* "/" has none */
  struct sf_map_parameter parameters[SF_MAP_MAX_PARAMETERS];
  int parameters_count;
  const char *rest;           /* the target after /snapshots/{id}, as it came: names the resource */
  const char *snapshot_id;    /* of /snapshots/{id}; NULL: the current one */
  struct sf_map_world *world; /* NULL for resources that need none */
  const char *base_url;       /* "https://maps.example": what absolute links begin with, without a slash at the end */
  const char *root;           /* base_url, and /snapshots/{id} where the request was pinned */
  int64_t now_s;
  const char *(*header) (const void *connection, const char *name); /* NULL when absent */
  const void *connection;
};

/* Take a target ("/tiles/a/b.png?x=1") apart: SF_EINVAL says what is wrong with it (no slash at the start, bad percent
   escape, NUL, not UTF-8, "..", too many pieces), SF_ERANGE that it is too long. arena must be set. */
enum sf_code sf_map_request_parse (struct sf_map_request *request, const char *target, struct sf_error *err);

/* Take the first count parts off the path. */
void sf_map_request_shift (struct sf_map_request *request, int count);

/* A parameter by key in any case, NULL when absent; the first of several. */
const char *sf_map_request_get (const struct sf_map_request *request, const char *key);
const char *sf_map_request_header (const struct sf_map_request *request, const char *name);
/* Numbers: absent is SF_ENOTFOUND, otherwise SF_EINVAL or SF_ERANGE names the parameter and the value. */
enum sf_code sf_map_request_double (const struct sf_map_request *request, const char *key, double min, double max,
                                    double *ret_value, struct sf_error *err);
enum sf_code sf_map_request_int (const struct sf_map_request *request, const char *key, int64_t min, int64_t max,
                                 int64_t *ret_value, struct sf_error *err);
/* The parameter `time`; SF_TIME_MISSING when absent, empty, "default" or "current". SF_EINVAL says what is wrong. */
enum sf_code sf_map_request_time (const struct sf_map_request *request, int64_t *ret_time_s, struct sf_error *err);
/* A segment as a whole number. */
enum sf_code sf_map_parse_int (const char *what, const char *text, int64_t min, int64_t max, int64_t *ret_value,
                               struct sf_error *err);
/* A text as part of an address, percent-escaped where it must be; slashes stay. NULL when memory is out. */
const char *sf_map_escape (struct sf_arena *arena, const char *text);
/* Chinese wanted: ?lang=zh|en, else the first of Accept-Language. */
bool sf_map_request_zh (const struct sf_map_request *request);

#endif
