/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/layer.h"

#include "core/base/json.h"
#include "core/base/time.h"

#include <string.h>
#include <strings.h>

enum sf_map_dimension_kind
sf_map_layer_dimension (const struct sf_map_layer *layer)
{
  return !layer->dimension ? SF_MAP_DIMENSION_NONE : layer->time_s ? SF_MAP_DIMENSION_TIME : SF_MAP_DIMENSION_BAND;
}

void
sf_map_layer_put_value (const struct sf_map_layer *layer, int band, struct sf_strbuf *out)
{
  char time[SF_TIME_TEXT_BYTES];
  if (layer->time_s)
    sf_strbuf_add (out, sf_time_format_utc (time, layer->time_s[band]));
  else if (layer->dimension)
    sf_strbuf_add_double (out, layer->grid->band_values[band]);
}

static enum sf_code
no_such_value (const struct sf_map_layer *layer, const char *text, struct sf_error *err)
{
  struct sf_strbuf first = { 0 }, last = { 0 };
  sf_map_layer_put_value (layer, 0, &first);
  sf_map_layer_put_value (layer, layer->bands - 1, &last);
  enum sf_code code = first.failed || last.failed
                          ? sf_fail (err, SF_ENOMEM, "out of memory for the values of a layer")
                          : sf_fail (err, SF_ENOTFOUND, "layer '%s' has no %s '%.80s'; it has %d values from %s to %s",
                                     layer->name, layer->dimension, text, layer->bands, first.text, last.text);
  sf_strbuf_finish (&first);
  sf_strbuf_finish (&last);
  return code;
}

static enum sf_code
find_time (const struct sf_map_layer *layer, const char *text, int *ret_band, struct sf_error *err)
{
  int64_t time_s;
  int low = 0, high = layer->bands - 1;
  struct sf_error why = { 0 };
  if (sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, &time_s, &why) != SF_OK)
    return sf_fail (err, SF_EINVAL, "layer '%s': time '%.80s': %s", layer->name, text, why.message);
  while (low < high)
    {
      int middle = (low + high) / 2;
      if (layer->time_s[middle] < time_s)
        low = middle + 1;
      else
        high = middle;
    }
  if (layer->time_s[low] != time_s)
    return no_such_value (layer, text, err);
  *ret_band = low;
  return SF_OK;
}

static enum sf_code
find_value (const struct sf_map_layer *layer, const char *text, int *ret_band, struct sf_error *err)
{
  double value;
  if (!sf_text_parse_double (sf_span_of (text), &value))
    return sf_fail (err, SF_EINVAL, "layer '%s': %s '%.80s' is not a number", layer->name, layer->dimension, text);
  for (int band = 0; band < layer->bands; band++)
    if (layer->grid->band_values[band] == value)
      {
        *ret_band = band;
        return SF_OK;
      }
  return no_such_value (layer, text, err);
}

enum sf_code
sf_map_layer_find_band (const struct sf_map_layer *layer, const char *text, int *ret_band, struct sf_error *err)
{
  if (!text || !*text || !layer->dimension || strcasecmp (text, "default") == 0 || strcasecmp (text, "current") == 0)
    {
      *ret_band = layer->default_band;
      return SF_OK;
    }
  return layer->time_s ? find_time (layer, text, ret_band, err) : find_value (layer, text, ret_band, err);
}

enum sf_code
sf_map_layer_find_style (const struct sf_map_layer *layer, const char *name, const struct sf_map_style **ret_style,
                         struct sf_error *err)
{
  struct sf_strbuf names = { 0 };
  bool wants_default = !name || !*name || strcasecmp (name, "default") == 0;
  for (size_t i = 0; i < layer->styles_count; i++)
    {
      if (wants_default || strcmp (layer->styles[i].style->name, name) == 0)
        {
          *ret_style = &layer->styles[i];
          sf_strbuf_finish (&names);
          return SF_OK;
        }
      sf_strbuf_addf (&names, "%s%s", i ? ", " : "", layer->styles[i].style->name);
    }
  enum sf_code code = names.failed ? sf_fail (err, SF_ENOMEM, "out of memory for the names of styles")
                                   : sf_fail (err, SF_ENOTFOUND, "layer '%s' has no style '%.80s'; it has: %s",
                                              layer->name, name ? name : "default", names.text ? names.text : "none");
  sf_strbuf_finish (&names);
  return code;
}

bool
sf_map_layer_is_unreal (const struct sf_map_layer *layer)
{
  return layer->dataset->simulated || layer->dataset->authority >= SF_AUTHORITY_DRILL;
}
