/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter modules cf, cog, geojson and gpkg, loaded as the program loads them. */
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/plugin/host.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sf_vocabulary *vocabulary;
static struct sf_plugin_host *plugins;
static struct sf_pool *pool;
static struct sf_arena arena;
static struct sf_error err;
static char folder[64];

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static void
setup (void)
{
  char path[512];
  const char *share = getenv ("SANFANG_SHARE"), *modules = getenv ("SANFANG_PLUGIN_PATH");
  snprintf (path, sizeof path, "%s/vocabulary", share ? share : TEST_SRCDIR "/share");
  ASSERT_OK (sf_vocabulary_load (path, &vocabulary, &err));
  ASSERT_OK (sf_pool_new (2, &pool, &err));
  struct sf_plugin_host_setup how = { .search_path = modules ? modules : TEST_BUILDDIR "/modules/.libs",
                                      .share_folder = share,
                                      .vocabulary = vocabulary,
                                      .pool = pool };
  ASSERT_OK (sf_plugin_host_new (&how, &plugins, &err));
  strcpy (folder, "/tmp/sf-export-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

static void
teardown (void)
{
  sf_file_remove_tree (folder, NULL);
  sf_plugin_host_free (plugins);
  sf_pool_free (pool);
  sf_vocabulary_free (vocabulary);
  sf_arena_finish (&arena);
}

/* What exporters registered, one "path type datasets" a line. */
static char registered[2000];

static enum sf_code
take_product (void *ctx, const char *path, const char *media_type, const char *datasets, struct sf_error *error)
{
  (void) error;
  size_t used = strlen (registered);
  snprintf (registered + used, sizeof registered - used, "%s %s %s\n", path, media_type, datasets);
  char full[256];
  snprintf (full, sizeof full, "%s/%s", (const char *) ctx, path);
  ck_assert_msg (sf_file_exists (full), "%s was registered but is not there", full);
  return SF_OK;
}

static struct sf_dataset *
new_grid (const char *name, const char *instance, double west)
{
  static const double forces[] = { 7, 8 };
  struct sf_gridspec grid = { 20, 10, { west, 0.1, 0, 21.5, 0, -0.1 }, "EPSG:4490" };
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (vocabulary, name);
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_dataset_new_grid (spec, instance, &grid, forces, spec->band ? 2 : 1, &d, &err));
  for (int i = 0; i < 200; i++)
    d->as.grid->values[i] = (float) west + (float) i;
  d->authority = SF_AUTHORITY_DRILL;
  return d;
}

static struct sf_dataset *
new_table (const char *name)
{
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, name), NULL, &d, &err));
  sf_table_add_row (d->as.table);
  return d;
}

static const struct sf_plugin *export(const char *name, const char *option, const char *value,
                                      const struct sf_dataset *const *datasets, size_t count, struct sf_host *host)
{
  const struct sf_plugin *plugin;
  struct sf_settings *settings = NULL;
  ASSERT_OK (sf_plugin_host_find (plugins, SF_PLUGIN_EXPORTER, name, &plugin, &err));
  if (plugin->options)
    ASSERT_OK (sf_settings_parse (&arena, plugin->options, NULL, NULL, &settings, &err));
  if (option)
    ASSERT_OK (sf_settings_set (settings, option, value, "test", &err));
  sf_plugin_host_handle (plugins, name, settings, 1405555200, host);
  struct sf_export job = { .ctx = folder,
                           .datasets = datasets,
                           .datasets_count = count,
                           .folder = folder,
                           .name = "wind",
                           .scenario = "test",
                           .authority = SF_AUTHORITY_DRILL,
                           .product = take_product };
  registered[0] = '\0';
  ASSERT_OK (plugin->as.exporter->run (host, &job, &err));
  return plugin;
}

/* One file a grid; a second grid under the same instance gets a name of its own. */
START_TEST (cf_groups_by_grid)
{
  struct sf_dataset *list[5]
      = { new_grid ("wind_max", "sea", 105), new_grid ("wind_max", "province", 107),
          new_grid ("wind_arrival", "sea", 105), new_grid ("land_fraction", "sea", 100), new_table ("county_wind") };
  struct sf_host host;
  const struct sf_plugin *plugin
      = export("cf", "layout", "snapshot", (const struct sf_dataset *const *) list, 5, &host);
  ck_assert_str_eq (registered, "wind-sea.nc application/x-netcdf wind_max@sea,wind_arrival@sea\n"
                                "wind-province.nc application/x-netcdf wind_max@province\n"
                                "wind-sea-land_fraction.nc application/x-netcdf land_fraction@sea\n");
  char path[128];
  snprintf (path, sizeof path, "%s/wind-sea.nc", folder);
  struct sf_dataset *back = NULL;
  ASSERT_OK (plugin->as.exporter->load (&host, path, "wind_arrival@sea", &back, &err));
  ck_assert_str_eq (back->name, "wind_arrival@sea");
  ck_assert_int_eq (back->authority, SF_AUTHORITY_DRILL);
  ck_assert_float_eq (back->as.grid->values[199], 304);
  ck_assert_int_eq (plugin->as.exporter->load (&host, path, "no_such@sea", &back, &err), SF_ENOTFOUND);
  sf_dataset_unref (back);
  for (int i = 0; i < 5; i++)
    sf_dataset_unref (list[i]);
}
END_TEST

START_TEST (cog_writes_one_file_a_grid)
{
  struct sf_dataset *list[2] = { new_grid ("wind_max", "sea", 105), new_grid ("wind_arrival", "sea", 105) };
  struct sf_host host;
  export("cog", "compression", "zstd", (const struct sf_dataset *const *) list, 2, &host);
  ck_assert_str_eq (registered,
                    "wind_max-sea.tif image/tiff; application=geotiff; profile=cloud-optimized wind_max@sea\n"
                    "wind_arrival-sea.tif image/tiff; application=geotiff; profile=cloud-optimized wind_arrival@sea\n");
  for (int i = 0; i < 2; i++)
    sf_dataset_unref (list[i]);
}
END_TEST

START_TEST (vectors_go_to_geojson_and_gpkg)
{
  struct sf_dataset *list[3]
      = { new_table ("landfalls"), new_table ("county_wind"), new_grid ("wind_max", "sea", 105) };
  struct sf_host host;
  export("geojson", NULL, NULL, (const struct sf_dataset *const *) list, 3, &host);
  ck_assert_str_eq (registered, "landfalls.geojson application/geo+json landfalls\n");
  const struct sf_plugin *plugin = export("gpkg", NULL, NULL, (const struct sf_dataset *const *) list, 3, &host);
  ck_assert_str_eq (registered, "wind.gpkg application/geopackage+sqlite3 landfalls,county_wind\n");
  char path[128];
  snprintf (path, sizeof path, "%s/wind.gpkg", folder);
  struct sf_dataset *back = NULL;
  ASSERT_OK (plugin->as.exporter->load (&host, path, "county_wind", &back, &err));
  ck_assert_uint_eq (back->as.table->rows, 1);
  ck_assert_double_nan (sf_table_double (back->as.table, "max_wind", 0));
  sf_dataset_unref (back);
  for (int i = 0; i < 3; i++)
    sf_dataset_unref (list[i]);
}
END_TEST

START_TEST (options_are_bounded)
{
  const struct sf_plugin *plugin;
  struct sf_settings *settings;
  ASSERT_OK (sf_plugin_host_find (plugins, SF_PLUGIN_EXPORTER, "cf", &plugin, &err));
  ASSERT_OK (sf_settings_parse (&arena, plugin->options, NULL, NULL, &settings, &err));
  ck_assert_int_eq (sf_settings_choice (settings, "layout"), 0);
  ck_assert_int_eq (sf_settings_int (settings, "deflate"), 4);
  ck_assert_int_ne (sf_settings_set (settings, "deflate", "10", "test", &err), SF_OK);
  ck_assert_int_ne (sf_settings_set (settings, "layout", "tiled", "test", &err), SF_OK);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("exporters");
  TCase *tc = tcase_create ("exporters");
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, cf_groups_by_grid);
  tcase_add_test (tc, cog_writes_one_file_a_grid);
  tcase_add_test (tc, vectors_go_to_geojson_and_gpkg);
  tcase_add_test (tc, options_are_bounded);
  suite_add_tcase (suite, tc);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
