/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_POINT_H
#define PLUGINS_SERVICE_MAP_POINT_H

#include "geodata/crs.h"
#include "geodata/polygon_cover.h"
#include "plugins/service/map/world.h"

#include <pthread.h>

/* Answers about a place, prepared when a world is opened: the values of all grids of one spec lie together cell by cell,
   and all of an answer that does not depend on the place is text already. */

/* A piece of an answer, not terminated. */
struct sf_map_piece
{
  const char *text;
  size_t length;
};

/* The layers on cells of one spec. */
struct sf_map_point_grid
{
  const struct sf_gridspec *spec;
  bool is_geographic;
  struct sf_crs_transform *from_home; /* NULL where positions are taken over as they are */
  pthread_mutex_t lock;               /* of from_home */
  size_t slots;                       /* values of a cell's record */
  float *records;                     /* cells x slots; NULL when there are only cubes */
};

struct sf_map_point_layer
{
  const struct sf_map_layer *layer;
  struct sf_map_point_grid *grid;
  size_t slot;                      /* of its first band; not used for cubes */
  const struct sf_map_style *style; /* that has the classes of its values; NULL for none */
  struct sf_map_piece head;         /* up to the age of the data */
  struct sf_map_piece *values;      /* what stands before the value of a band; one for a cube */
  struct sf_map_piece *classes;     /* what stands after a value: one an entry of the style */
  struct sf_map_piece missing, unclassed, outside;
  struct sf_map_piece tail;
};

struct sf_map_point
{
  struct sf_map_point_grid *grids;
  size_t grids_count;
  struct sf_map_point_layer *layers;
  size_t layers_count;
  struct sf_polygon_cover *cover; /* of all polygons of all layers */
  struct sf_map_piece *areas;     /* what is said of a place in each of them */
  struct sf_map_piece about;      /* the snapshot */
  size_t bytes_max;               /* no answer is longer */
};

/* Prepare a world whose layers are there; what it takes from the world's arena stays until the world is freed. */
enum sf_code sf_map_point_new (struct sf_map_world *world, struct sf_map_point **ret_point, struct sf_error *err);
void sf_map_point_free (struct sf_map_point *point);

struct sf_map_point_question
{
  double lon_deg, lat_deg;
  int64_t time_s; /* of cubes; SF_TIME_MISSING: each one's default step */
  int64_t now_s;
};

/* Append the answer, a JSON object, to *out. */
enum sf_code sf_map_point_answer (const struct sf_map_world *world, const struct sf_map_point_question *question,
                                  struct sf_strbuf *out, struct sf_error *err);

enum
{
  SF_MAP_POINT_PLACES = 3 /* decimals of a value */
};

#endif
