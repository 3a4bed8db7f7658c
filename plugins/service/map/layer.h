/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_LAYER_H
#define PLUGINS_SERVICE_MAP_LAYER_H

#include "core/base/text.h"
#include "core/data/dataset.h"
#include "geodata/painter.h"
#include "geodata/vector_tile.h"

/* A layer is what a dataset of a snapshot looks like to map clients: named as the dataset with its instance
   ("wind_max@province"), immutable, read by any thread. */

/* A style that can draw a layer. painters has one painter a band. */
struct sf_map_style
{
  const struct sf_style *style;
  double origin; /* of sf_render_origin */
  struct sf_painter **painters;
};

struct sf_map_layer
{
  struct sf_dataset *dataset;
  const char *name;
  const char *title_en, *title_zh;
  struct sf_bounds bounds_deg; /* of what is in it; empty (min > max) for features without geometry */

  /* Grids and cubes: a cube is held as a grid whose bands are its steps. */
  const struct sf_grid *grid; /* NULL for features */
  struct sf_grid steps;       /* backs grid for a cube */
  float *copied;              /* owned values of a cube that is not mapped */

  /* The components of a wind, from its sisters of the same cells and bands; NULL where there are none. */
  const struct sf_grid *eastward, *northward;

  /* The one dimension, NULL when there is none: "time" of a cube, else the quantity of the band axis ("beaufort_force"). */
  const char *dimension;
  const int64_t *time_s; /* of a cube; NULL otherwise */
  int bands;             /* values of the dimension, 1 without one */
  int default_band;

  struct sf_map_style *styles; /* the default first; none for features */
  size_t styles_count;

  struct sf_vector_layer *vector; /* of features, with their index; NULL for grids */
};

enum sf_map_dimension_kind
{
  SF_MAP_DIMENSION_NONE,
  SF_MAP_DIMENSION_BAND,
  SF_MAP_DIMENSION_TIME
};
enum sf_map_dimension_kind sf_map_layer_dimension (const struct sf_map_layer *layer);

/* Append the band's value as requests and documents write it: "8", "0.9", "2014-07-18T06:00:00Z". */
void sf_map_layer_put_value (const struct sf_map_layer *layer, int band, struct sf_strbuf *out);
/* Find the band that a request's text names; NULL, "", "default" and "current" give the default. SF_EINVAL or
   SF_ENOTFOUND names layer, dimension and text. */
enum sf_code sf_map_layer_find_band (const struct sf_map_layer *layer, const char *text, int *ret_band,
                                     struct sf_error *err);
/* Find a style; NULL, "" and "default" give the default. SF_ENOTFOUND lists those there are. */
enum sf_code sf_map_layer_find_style (const struct sf_map_layer *layer, const char *name,
                                      const struct sf_map_style **ret_style, struct sf_error *err);
/* Whether it must be striped and badged: a drill, hypothetical or simulated. */
bool sf_map_layer_is_unreal (const struct sf_map_layer *layer);

#endif
