/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/value.h"

#include "core/base/time.h"
#include "geodata/sample.h"

#include <math.h>

double
sf_map_layer_value (const struct sf_map_layer *layer, int band, double lon_deg, double lat_deg)
{
  const double position[2] = { lon_deg, lat_deg };
  float value = NAN;
  struct sf_error none = { 0 };
  if (!layer->grid || sf_sample_lonlat (layer->grid, band, SF_SAMPLE_NEAREST, position, 1, &value, &none) != SF_OK)
    return NAN;
  return value;
}

bool
sf_map_layer_covers (const struct sf_map_layer *layer, double lon_deg, double lat_deg)
{
  const struct sf_bounds *bounds = &layer->bounds_deg;
  double turned = lon_deg + 360 * ceil ((bounds->min_x - lon_deg) / 360);
  return turned <= bounds->max_x && lat_deg >= bounds->min_y && lat_deg <= bounds->max_y;
}

const struct sf_style_entry *
sf_map_style_class (const struct sf_map_style *style, double value)
{
  const struct sf_style_entry *found = NULL;
  if (style->style->kind != SF_STYLE_CLASSES)
    return NULL;
  for (int i = 0; i < style->style->entries_count && value >= style->style->entries[i].from + style->origin; i++)
    found = &style->style->entries[i];
  return found;
}

int64_t
sf_map_value_time_s (const struct sf_map_layer *layer, double value)
{
  if (!layer->grid || layer->grid->reference_s == SF_TIME_MISSING || isnan (value))
    return SF_TIME_MISSING;
  return layer->grid->reference_s + llround (3600 * value);
}
