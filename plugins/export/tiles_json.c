/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

void
sf_tiles_put_titles (struct sf_json *json, const char *key, const char *en, const char *zh)
{
  sf_json_key (json, key);
  sf_json_begin_object (json);
  sf_json_put_string (json, "en", en);
  sf_json_put_string (json, "zh", zh);
  sf_json_end_object (json);
}

static void
put_address (struct sf_json *json, const char *address)
{
  sf_json_put_string (json, "tilejson", "3.0.0");
  sf_json_key (json, "tiles");
  sf_json_begin_array (json);
  sf_json_string (json, address);
  sf_json_end_array (json);
  sf_json_put_string (json, "scheme", "xyz");
}

static void
put_place (struct sf_json *json, const struct sf_pyramid *pyramid, int64_t tiles)
{
  static const char *const notes[SF_TILE_SETS] = {
    "Tianditu set c: z is the TILEMATRIX id of a Tianditu WMTS (1 = 2x1 tiles of 0.703125 degree a pixel), rows from "
    "90 N; the same level is z-1 in WorldCRS84Quad and in services that count 2x1 as level 0.",
    "Tianditu set w: z is the TILEMATRIX id of a Tianditu WMTS, of GoogleMapsCompatible and of XYZ clients alike."
  };
  struct sf_bounds bounds = sf_pyramid_bounds (pyramid);
  const double corners[4] = { bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y };
  int first = sf_tile_set_min_id (pyramid->set);
  sf_json_put_int (json, "minzoom", pyramid->layer->min_zoom > first ? pyramid->layer->min_zoom : first);
  sf_json_put_int (json, "maxzoom", pyramid->layer->max_zoom);
  sf_json_key (json, "bounds");
  sf_json_begin_array (json);
  for (int i = 0; i < 4; i++)
    sf_json_double (json, corners[i]);
  sf_json_end_array (json);
  sf_json_put_string (json, "tile_matrix_set", sf_tile_set_name (pyramid->set));
  sf_json_put_string (json, "crs", sf_tile_set_crs (pyramid->set));
  sf_json_put_string (json, "numbering", notes[pyramid->set]);
  sf_json_put_int (json, "tile_count", tiles);
  sf_json_put_string (json, "missing_tiles", pyramid->layer->kind->missing);
}

void
sf_pyramid_put_json (const struct sf_pyramid *pyramid, const char *address, int64_t tiles, struct sf_strbuf *out)
{
  const struct sf_tiles *work = pyramid->work;
  const struct sf_tiles_layer *layer = pyramid->layer;
  const struct sf_export *job = work->job;
  struct sf_json json = { .out = out, .indent = 2 };
  sf_json_begin_object (&json);
  if (address)
    put_address (&json, address);
  sf_json_put_string (&json, "name", layer->name.text);
  sf_json_put_string (&json, "type", "overlay");
  if (work->source_en.length)
    sf_json_put_string (&json, "attribution", work->source_en.text);
  put_place (&json, pyramid, tiles);
  sf_tiles_put_titles (&json, "title", layer->title_en.text, layer->title_zh.text);
  sf_tiles_put_titles (&json, "scenario", job->title_en, job->title_zh);
  sf_tiles_put_titles (&json, "authority", sf_authority_name (job->authority, 0),
                       sf_authority_name (job->authority, 1));
  sf_json_put_bool (&json, "simulated", job->simulated);
  sf_json_put_bool (&json, "striped", work->is_striped && !layer->kind->is_vector);
  sf_json_put_time (&json, "as_of", work->host->clock_s);
  layer->kind->put_json (layer, &json);
  sf_json_end_object (&json);
  sf_strbuf_add (out, "\n");
}
