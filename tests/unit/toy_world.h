/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_TOY_WORLD_H
#define SF_TESTS_UNIT_TOY_WORLD_H

#include "core/base/time.h"
#include "plugins/service/map/world_load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A world made in memory for tests of the map service: a grid with a band axis, one without, a wind of three hours with its
   components, points, counties with codes, a coast, one product; share/ of the source tree gives vocabulary and styles, and
   is the folder of the snapshot. What cannot be made ends the program. */

struct toy_world
{
  struct sf_host host;
  struct sf_vocabulary *vocabulary;
  struct sf_styles *styles;
  struct sf_map_world *world;
};

enum
{
  TOY_NX = 60,
  TOY_NY = 45,
  TOY_STEPS = 3
};

static inline void
toy_must (bool good)
{
  if (!good)
    abort ();
}

static inline struct sf_gridspec
toy_grid (void)
{
  return (struct sf_gridspec){ TOY_NX, TOY_NY, { 107, 0.1, 0, 21.5, 0, -0.1 }, "EPSG:4490" };
}

/* Values that rise to the east, with a hole. */
static inline void
toy_fill (float *values, int bands)
{
  for (int band = 0; band < bands; band++)
    for (int row = 0; row < TOY_NY; row++)
      for (int column = 0; column < TOY_NX; column++)
        values[(band * TOY_NY + row) * TOY_NX + column]
            = row > 20 && row < 25 && column > 30 && column < 40 ? NAN : (float) (column + 5 * band) * 0.9f;
}

static inline struct sf_dataset *
toy_new_grid (const struct toy_world *toy, const char *name, int bands)
{
  static const double forces[] = { 7, 8, 10, 12 };
  struct sf_gridspec spec = toy_grid ();
  struct sf_dataset *dataset = NULL;
  toy_must (sf_dataset_new_grid (sf_vocabulary_dataset (toy->vocabulary, name), "toy", &spec, bands > 1 ? forces : NULL,
                                 bands, &dataset, NULL)
            == SF_OK);
  toy_fill (dataset->as.grid->values, bands);
  dataset->as.grid->reference_s = strcmp (name, "wind_arrival") == 0 ? 1405641600 : SF_TIME_MISSING;
  return dataset;
}

static inline enum sf_code
toy_read (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  (void) err;
  memcpy (out, (const float *) impl + (step * TOY_NY + row0) * TOY_NX, (size_t) rows * TOY_NX * sizeof *out);
  return SF_OK;
}

static inline struct sf_dataset *
toy_new_cube (const struct toy_world *toy, const char *name)
{
  static const int64_t time_s[TOY_STEPS] = { 1405641600, 1405645200, 1405648800 };
  float *values = malloc (sizeof *values * TOY_STEPS * TOY_NY * TOY_NX);
  struct sf_dataset *dataset = NULL;
  toy_must (values != NULL);
  toy_fill (values, TOY_STEPS);
  struct sf_cube cube = {
    .spec = toy_grid (), .steps = TOY_STEPS, .time_s = time_s, .read = toy_read, .free_impl = free, .impl = values
  };
  toy_must (sf_dataset_new_cube (sf_vocabulary_dataset (toy->vocabulary, name), "toy", &cube, &dataset, NULL) == SF_OK);
  return dataset;
}

/* A column that this kind of features may lack. */
static inline void
toy_set_text (struct sf_table *table, const char *column, const char *text)
{
  toy_must (!sf_table_column (table, column) || sf_table_set_text (table, column, text, NULL) == SF_OK);
}

static inline struct sf_dataset *
toy_new_features (const struct toy_world *toy, const char *name)
{
  struct sf_dataset *dataset = NULL;
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (toy->vocabulary, name);
  bool is_polygon = strcmp (spec->geometry, "polygon") == 0;
  toy_must (sf_dataset_new_table (spec, NULL, &dataset, NULL) == SF_OK);
  for (int i = 0; i < 5; i++)
    {
      double x = 109 + 0.4 * i, y = 19 + 0.2 * i;
      struct sf_geometry *geometry = sf_geometry_new (is_polygon ? SF_GEOMETRY_POLYGON : SF_GEOMETRY_POINT);
      toy_must (geometry && sf_table_add_row (dataset->as.table) >= 0);
      sf_geometry_begin_part (geometry, true);
      sf_geometry_add_point (geometry, x, y);
      for (int corner = 1; is_polygon && corner < 4; corner++)
        sf_geometry_add_point (geometry, x + 0.5 * (corner != 3), y + 0.5 * (corner != 1));
      if (is_polygon)
        sf_geometry_add_point (geometry, x, y);
      toy_must (sf_table_set_geometry (dataset->as.table, geometry, NULL) == SF_OK);
      char code[16];
      snprintf (code, sizeof code, "4601%02d", i);
      toy_set_text (dataset->as.table, "code", code);
      toy_set_text (dataset->as.table, "name", i == 3 ? NULL : "Wenchang");
      toy_set_text (dataset->as.table, "name_zh", "文昌");
    }
  return dataset;
}

static inline void
toy_add_product (struct sf_snapshot *snapshot)
{
  snapshot->products = sf_arena_calloc (&snapshot->arena, 1, sizeof *snapshot->products);
  toy_must (snapshot->products != NULL);
  snapshot->products[0] = (struct sf_manifest_product){
    .path = "styles/basemap.yaml", .media_type = "application/yaml", .datasets = "coast", .size_bytes = 1
  };
  snapshot->products_count = 1;
}

static inline void
toy_world_open (struct toy_world *toy, const char *share_folder)
{
  char folder[4096];
  struct sf_snapshot *snapshot = calloc (1, sizeof *snapshot);
  memset (toy, 0, sizeof *toy);
  snprintf (folder, sizeof folder, "%s/vocabulary", share_folder);
  toy_must (snapshot && sf_vocabulary_load (folder, &toy->vocabulary, NULL) == SF_OK);
  snprintf (folder, sizeof folder, "%s/styles", share_folder);
  toy_must (sf_styles_load (folder, &toy->styles, NULL) == SF_OK);
  toy->host = (struct sf_host){ .component = "toy",
                                .vocabulary = toy->vocabulary,
                                .share_folder = share_folder,
                                .data_folder = share_folder,
                                .clock_s = SF_TIME_MISSING };
  *snapshot = (struct sf_snapshot){ .pin = -1,
                                    .folder = share_folder,
                                    .id = "20140718T000000Z-000000000000",
                                    .scenario = "toy",
                                    .title_en = "Toy",
                                    .title_zh = "玩具",
                                    .clock_s = 1405641600,
                                    .authority = SF_AUTHORITY_INTERNAL,
                                    .simulated = true };
  struct sf_dataset *datasets[]
      = { toy_new_grid (toy, "wind_max", 1),           toy_new_grid (toy, "wind_arrival", 4),
          toy_new_cube (toy, "wind_hourly"),           toy_new_cube (toy, "wind_hourly_eastward"),
          toy_new_cube (toy, "wind_hourly_northward"), toy_new_features (toy, "landfalls"),
          toy_new_features (toy, "counties"),          toy_new_features (toy, "coast") };
  snapshot->datasets_count = sizeof datasets / sizeof *datasets;
  snapshot->datasets = sf_arena_calloc (&snapshot->arena, snapshot->datasets_count, sizeof *snapshot->datasets);
  toy_must (snapshot->datasets != NULL);
  for (size_t i = 0; i < snapshot->datasets_count; i++)
    snapshot->datasets[i].name = datasets[i]->name;
  toy_add_product (snapshot);
  struct sf_map_world_setup setup = { .host = &toy->host, .styles = toy->styles, .serial = 1 };
  toy_must (sf_map_world_make (&setup, snapshot, datasets, sizeof datasets / sizeof *datasets, &toy->world, NULL)
            == SF_OK);
}

static inline void
toy_world_close (struct toy_world *toy)
{
  sf_map_world_release (toy->world);
  sf_styles_free (toy->styles);
  sf_vocabulary_free (toy->vocabulary);
}

#endif
