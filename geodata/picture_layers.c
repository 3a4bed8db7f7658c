/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/picture.h"

#include <stddef.h>
#include <string.h>

enum
{
  LAYERS = 8,
  AGENCIES = 16
};

struct layer
{
  const char *name;
  enum sf_dataset_kind kind;
  size_t offset; /* of the member of struct sf_picture */
  bool by_default;
};

static const struct layer layers[LAYERS] = {
  { "coast", SF_DATASET_FEATURES, offsetof (struct sf_picture, coast), true },
  { "counties", SF_DATASET_FEATURES, offsetof (struct sf_picture, counties), true },
  { "county_seats", SF_DATASET_FEATURES, offsetof (struct sf_picture, county_seats), true },
  { "warning_lines", SF_DATASET_FEATURES, offsetof (struct sf_picture, warning_lines), true },
  { "wind_areas", SF_DATASET_FEATURES, offsetof (struct sf_picture, wind_areas), false },
  { "track_points", SF_DATASET_FEATURES, offsetof (struct sf_picture, track_points), true },
  { "tracks", SF_DATASET_TRACKS, offsetof (struct sf_picture, tracks), true },
  { "landfalls", SF_DATASET_FEATURES, offsetof (struct sf_picture, landfalls), true },
};

static const struct sf_dataset *
find_dataset (const struct sf_dataset *const *datasets, size_t count, const struct layer *layer)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp (datasets[i]->spec->name, layer->name) == 0 && datasets[i]->spec->kind == layer->kind)
      return datasets[i];
  return NULL;
}

static void
put_layer (struct sf_picture *picture, const struct layer *layer, const struct sf_dataset *dataset)
{
  memcpy ((char *) picture + layer->offset, &dataset, sizeof dataset);
}

enum sf_code
sf_picture_find_layers (struct sf_picture *picture, const struct sf_dataset *const *datasets, size_t count,
                        const char *const *names, size_t names_count, struct sf_error *err)
{
  const char *known[LAYERS];
  for (size_t k = 0; k < LAYERS; k++)
    {
      known[k] = layers[k].name;
      if (names_count == 0 && layers[k].by_default)
        put_layer (picture, &layers[k], find_dataset (datasets, count, &layers[k]));
    }
  for (size_t n = 0; n < names_count; n++)
    {
      size_t k = 0;
      while (k < LAYERS && strcmp (layers[k].name, names[n]) != 0)
        k++;
      if (k == LAYERS)
        {
          const char *nearest = sf_text_nearest (names[n], known, LAYERS);
          return sf_fail (err, SF_ENOTFOUND, "'%s' is not a layer of a picture%s%s", names[n],
                          nearest ? "; nearest: " : "", nearest ? nearest : "");
        }
      put_layer (picture, &layers[k], find_dataset (datasets, count, &layers[k]));
    }
  return SF_OK;
}

struct agencies
{
  const char *list[AGENCIES];
  int count;
};

static void
note_agency (struct agencies *agencies, const char *agency)
{
  if (!agency)
    return;
  for (int i = 0; i < agencies->count; i++)
    if (strcmp (agencies->list[i], agency) == 0)
      return;
  if (agencies->count < AGENCIES)
    agencies->list[agencies->count++] = agency;
}

static void
note_agencies (const struct sf_picture *picture, struct agencies *agencies)
{
  const struct sf_table *points = picture->track_points ? picture->track_points->as.table : NULL;
  const struct sf_tracks *tracks = picture->tracks ? picture->tracks->as.tracks : NULL;
  for (size_t row = 0; points && row < points->rows; row++)
    note_agency (agencies, sf_table_text (points, "agency", row));
  for (size_t t = 0; tracks && !points && t < tracks->count; t++)
    note_agency (agencies, tracks->tracks[t].agency);
}

void
sf_picture_format_sources (const struct sf_picture *picture, bool zh, struct sf_strbuf *out)
{
  struct agencies agencies = { .count = 0 };
  const struct sf_style *style = NULL;
  const char *separator = zh ? "；" : "; ", *use = NULL;
  size_t begin = out->length;
  note_agencies (picture, &agencies);
  if (picture->styles && sf_styles_find (picture->styles, "track", &style, NULL) != SF_OK)
    style = NULL;
  for (int i = 0; i < agencies.count; i++)
    {
      const struct sf_style_entry *entry = style ? sf_style_category (style, agencies.list[i]) : NULL;
      sf_strbuf_add (out, i ? (zh ? "、" : ", ") : zh ? "路径 " : "track ");
      sf_strbuf_add (out, !entry ? agencies.list[i] : zh ? entry->label_zh : entry->label_en);
    }
  if (picture->coast)
    sf_strbuf_addf (out, "%s%s GSHHG", out->length > begin ? separator : "", zh ? "海岸线" : "coast");
  if (!picture->counties || picture->counties->as.table->rows == 0)
    return;
  use = sf_table_text (picture->counties->as.table, "use", 0);
  sf_strbuf_addf (out, "%s%s", out->length > begin ? separator : "", zh ? "市县界" : "county boundaries");
  if (use)
    sf_strbuf_addf (out, zh ? "（%s）" : " (%s)", zh && strcmp (use, "demo only") == 0 ? "仅供演示" : use);
}

void
sf_picture_format_name (const char *base, const struct sf_dataset *grid, int band, const char *what,
                        enum sf_authority authority, bool simulated, struct sf_strbuf *out)
{
  if (authority == SF_AUTHORITY_DRILL)
    sf_strbuf_add (out, "DRILL-");
  else if (authority == SF_AUTHORITY_HYPOTHETICAL)
    sf_strbuf_add (out, "HYPOTHETICAL-");
  else if (simulated)
    sf_strbuf_add (out, "SIMULATED-");
  const char *subject = grid ? grid->spec->name : what;
  sf_strbuf_add (out, base);
  if (strcmp (base, subject) != 0)
    sf_strbuf_addf (out, "-%s", subject);
  if (!grid)
    return;
  if (*sf_dataset_instance (grid->name))
    sf_strbuf_addf (out, "-%s", sf_dataset_instance (grid->name));
  if (grid->spec->band)
    sf_strbuf_addf (out, "-%g", grid->as.grid->band_values[band]);
}
