/* SPDX-License-Identifier: Apache-2.0 */
/* Legends: /v1/legend/{layer}/{style}.png?lang=zh|en&width=. */
#include "plugins/service/map/legend.h"

#include "core/base/time.h"

#include <string.h>

enum
{
  WIDTH_DEFAULT_PX = 240,
  WIDTH_MIN_PX = 120,
  WIDTH_MAX_PX = 1024
};

enum sf_code
sf_map_put_legend (const struct sf_map *map, const struct sf_map_layer *layer, const struct sf_map_style *style,
                   enum sf_legend_language language, int width_px, bool is_transparent,
                   struct sf_map_response *response, struct sf_error *err)
{
  struct sf_legend legend = { .styles = map->styles,
                              .style = style->style,
                              .spec = layer->dataset->spec,
                              .reference_s = layer->grid ? layer->grid->reference_s : SF_TIME_MISSING,
                              .origin = style->origin,
                              .language = language,
                              .width_px = width_px,
                              .is_transparent = is_transparent };
  response->media_type = "image/png";
  return sf_legend_png (&legend, &response->body, err);
}

/* "wind_force" of "wind_force.png". */
static enum sf_code
style_name (const struct sf_map_request *request, const char **ret_name, struct sf_error *err)
{
  const char *file = request->segments[1];
  size_t length = strlen (file);
  if (length < 5 || strcmp (file + length - 4, ".png") != 0)
    return sf_fail (err, SF_ENOTFOUND, "a legend's name ends with .png, got '%.80s'", file);
  *ret_name = sf_arena_strndup (request->arena, file, length - 4);
  return *ret_name ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory");
}

enum sf_code
sf_map_legend (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
               struct sf_error *err)
{
  const struct sf_map_layer *layer;
  const struct sf_map_style *style;
  const char *name, *lang = sf_map_request_get (request, "lang");
  int64_t width_px = WIDTH_DEFAULT_PX;
  if (request->segments_count != 2)
    return sf_fail (err, SF_ENOTFOUND, "a legend is at /v1/legend/{layer}/{style}.png");
  SF_TRY (sf_map_world_find (request->world, request->segments[0], &layer, err));
  SF_TRY (style_name (request, &name, err));
  SF_TRY (sf_map_layer_find_style (layer, name, &style, err));
  if (sf_map_request_get (request, "width"))
    SF_TRY (sf_map_request_int (request, "width", WIDTH_MIN_PX, WIDTH_MAX_PX, &width_px, err));
  enum sf_legend_language language = !lang ? SF_LEGEND_BOTH : sf_map_request_zh (request) ? SF_LEGEND_ZH : SF_LEGEND_EN;
  return sf_map_put_legend (map, layer, style, language, (int) width_px, true, response, err);
}
