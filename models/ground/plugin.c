/* SPDX-License-Identifier: Apache-2.0 */
/* Model "ground": what does not move. Coast and counties are read from the files that the build made (or that the
   settings name); the shares of grid cells that are land or belong to a county are computed exactly. */
#include "core/base/file.h"
#include "core/plugin/plugin.h"
#include "geodata/crs.h"
#include "geodata/vector.h"
#include "geodata/zonal.h"
#include "models/ground/places.h"

static const struct sf_option options[]
    = { { .name = "coast",
          .type = SF_OPTION_PATH,
          .help_en = "file with the layer \"coast\"; without it coast.gpkg of the data folder",
          .help_zh = "含“coast”图层的文件；未指定时用数据目录中的 coast.gpkg" },
        { .name = "counties",
          .type = SF_OPTION_PATH,
          .help_en = "file with the county boundaries; without it counties.gpkg of the data folder",
          .help_zh = "市县边界文件；未指定时用数据目录中的 counties.gpkg" },
        { .name = "counties_layer",
          .type = SF_OPTION_TEXT,
          .fallback = "counties",
          .help_en = "layer of the county boundaries in their file",
          .help_zh = "市县边界文件中的图层名" },
        { .name = "places",
          .type = SF_OPTION_PATH,
          .help_en = "file of the user's own places, merged with those that come along: UTF-8, a line each of "
                     "code,name,name_zh,kind,longitude,latitude,county_code,source",
          .help_zh = "用户自有重点地点文件，与自带地点合并：UTF-8 文本，每行为 "
                     "code,name,name_zh,kind,longitude,latitude,county_code,source" },
        { .name = NULL } };

/* The file that a setting names, or the one of the data folder; *ret_named tells which. */
static enum sf_code
find_file (const struct sf_host *host, struct sf_arena *arena, const char *setting, const char *usual, const char **ret,
           bool *ret_named, struct sf_error *err)
{
  const char *named = sf_settings_text (host->settings, setting);
  *ret_named = named != NULL;
  *ret = named ? named : sf_file_join (arena, host->data_folder ? host->data_folder : ".", usual);
  return *ret ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for a file name");
}

static enum sf_code
run_coast (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_dataset *coast = NULL;
  const char *path = NULL;
  bool named;
  enum sf_code code = find_file (host, &arena, "coast", "coast.gpkg", &path, &named, err);
  if (code == SF_OK && !sf_file_exists (path))
    code = sf_fail (
        err, SF_ENOTFOUND,
        "%s is missing: without a coast no landfall can be found. Install the Debian package gmt-gshhg-full, "
        "configure and run make; it is then made in the build's data folder",
        path);
  if (code == SF_OK)
    code = sf_vector_load (path, "coast", io->spec (io, "coast"), NULL, &coast, err);
  if (code == SF_OK)
    sf_host_log (host, SF_LOG_INFO, "coast: %zu polygons from %s", coast->as.table->rows, path);
  sf_arena_finish (&arena);
  return code == SF_OK ? io->output (io, "coast", coast, err) : code;
}

/* Polygons of a features dataset in a grid's plane: borrowed where coordinates are the same, else copies. */
struct plane
{
  const struct sf_geometry *const *polygons;
  struct sf_geometry **copies; /* NULL when borrowed */
  size_t count;
};

static void
plane_finish (struct plane *plane)
{
  for (size_t i = 0; plane->copies && i < plane->count; i++)
    sf_geometry_free (plane->copies[i]);
  sf_mem_free (plane->copies);
}

static enum sf_code
plane_init (struct plane *plane, const struct sf_table *table, const char *crs, struct sf_error *err)
{
  struct sf_crs_transform *transform = NULL;
  *plane = (struct plane){ .count = table->rows, .polygons = (const struct sf_geometry *const *) table->geometries };
  if (sf_crs_same_lonlat (crs, SF_CRS_HOME))
    return SF_OK;
  SF_TRY (sf_crs_open (SF_CRS_HOME, crs, &transform, err));
  plane->copies = sf_mem_calloc (table->rows, sizeof *plane->copies);
  enum sf_code code = plane->copies ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for %zu polygons", table->rows);
  for (size_t i = 0; i < table->rows && code == SF_OK; i++)
    {
      if (!table->geometries[i])
        continue;
      if (!(plane->copies[i] = sf_geometry_copy (table->geometries[i])))
        code = sf_fail (err, SF_ENOMEM, "out of memory for %zu polygons", table->rows);
      else if (sf_crs_transform_points (transform, plane->copies[i]->xy, plane->copies[i]->points)
               < plane->copies[i]->points)
        code = sf_fail (err, SF_ERANGE, "polygon %zu reaches beyond what %s can show", i, crs);
    }
  sf_crs_close (transform);
  plane->polygons = (const struct sf_geometry *const *) plane->copies;
  if (code != SF_OK)
    plane_finish (plane);
  return code;
}

static enum sf_code
run_land (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct plane plane;
  struct sf_dataset *land = NULL;
  (void) host;
  SF_TRY (plane_init (&plane, io->input (io, "coast")->as.table, io->grid->crs, err));
  enum sf_code code
      = sf_dataset_new_grid (io->spec (io, "land_fraction@*"), io->instance, io->grid, NULL, 1, &land, err);
  if (code == SF_OK)
    code = sf_zonal_fractions (plane.polygons, plane.count, io->grid, land->as.grid->values, err);
  plane_finish (&plane);
  if (code == SF_OK)
    return io->output (io, "land_fraction@*", land, err);
  sf_dataset_unref (land);
  return code;
}

/* The seat of each county as a point of its own. */
static enum sf_code
add_seat (const struct sf_table *counties, size_t row, struct sf_table *seats, struct sf_error *err)
{
  double lon_deg = sf_table_double (counties, "seat_longitude", row);
  double lat_deg = sf_table_double (counties, "seat_latitude", row);
  struct sf_geometry *point = sf_geometry_new_point (lon_deg, lat_deg);
  if (!point || sf_table_add_row (seats) < 0)
    {
      sf_geometry_free (point);
      return sf_fail (err, SF_ENOMEM, "out of memory for county seats");
    }
  SF_TRY (sf_table_set_geometry (seats, point, err));
  SF_TRY (sf_table_set_text (seats, "code", sf_table_text (counties, "code", row), err));
  SF_TRY (sf_table_set_text (seats, "name", sf_table_text (counties, "name", row), err));
  SF_TRY (sf_table_set_text (seats, "name_zh", sf_table_text (counties, "name_zh", row), err));
  SF_TRY (sf_table_set_double (seats, "longitude", lon_deg, err));
  return sf_table_set_double (seats, "latitude", lat_deg, err);
}

/* The counties as the file has them; an empty table and a warning when no file was named and the usual one is missing.
 */
static enum sf_code
load_counties (const struct sf_host *host, const struct sf_stage_io *io, struct sf_arena *arena,
               struct sf_dataset **ret, struct sf_error *err)
{
  const char *path = NULL;
  bool named;
  SF_TRY (find_file (host, arena, "counties", "counties.gpkg", &path, &named, err));
  if (named || sf_file_exists (path))
    return sf_vector_load (path, sf_settings_text (host->settings, "counties_layer"), io->spec (io, "counties"), NULL,
                           ret, err);
  sf_host_log (host, SF_LOG_WARNING,
               "the table of counties (%s) is missing: there will be no answers by county. ./autogen.sh fetches the "
               "demonstration boundaries (npm package echarts 4.9.0) and make builds them; or name a file of your own "
               "with the setting 'counties'",
               path);
  return sf_dataset_new_table (io->spec (io, "counties"), NULL, ret, err);
}

static enum sf_code
run_counties (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_dataset *counties = NULL, *seats = NULL;
  enum sf_code code = load_counties (host, io, &arena, &counties, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "county_seats"), NULL, &seats, err);
  for (size_t row = 0; code == SF_OK && row < counties->as.table->rows; row++)
    code = add_seat (counties->as.table, row, seats->as.table, err);
  sf_arena_finish (&arena);
  if (code != SF_OK)
    {
      sf_dataset_unref (seats);
      sf_dataset_unref (counties);
      return code;
    }
  if ((code = io->output (io, "counties", counties, err)) == SF_OK)
    return io->output (io, "county_seats", seats, err);
  sf_dataset_unref (seats);
  return code;
}

/* One row for each cell of each county: the county's row in `counties`, column, row, share of the cell. */
static enum sf_code
add_weights (const struct sf_geometry *polygon, size_t county, const struct sf_gridspec *grid, struct sf_table *table,
             struct sf_error *err)
{
  struct sf_zonal_cell *cells = NULL;
  size_t count = 0;
  SF_TRY (sf_zonal_cells (polygon, grid, &cells, &count, err));
  enum sf_code code = SF_OK;
  for (size_t i = 0; i < count && code == SF_OK; i++)
    {
      if (sf_table_add_row (table) < 0)
        code = sf_fail (err, SF_ENOMEM, "out of memory for %zu cells", count);
      if (code == SF_OK)
        code = sf_table_set_int (table, "county", (int64_t) county, err);
      if (code == SF_OK)
        code = sf_table_set_int (table, "column", cells[i].column, err);
      if (code == SF_OK)
        code = sf_table_set_int (table, "row", cells[i].row, err);
      if (code == SF_OK)
        code = sf_table_set_double (table, "weight", cells[i].fraction, err);
    }
  sf_mem_free (cells);
  return code;
}

static enum sf_code
run_weights (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct plane plane;
  struct sf_dataset *weights = NULL;
  (void) host;
  SF_TRY (plane_init (&plane, io->input (io, "counties")->as.table, io->grid->crs, err));
  enum sf_code code = sf_dataset_new_table (io->spec (io, "county_weights@*"), io->instance, &weights, err);
  for (size_t i = 0; i < plane.count && code == SF_OK; i++)
    if (plane.polygons[i])
      code = add_weights (plane.polygons[i], i, io->grid, weights->as.table, err);
  plane_finish (&plane);
  if (code == SF_OK)
    return io->output (io, "county_weights@*", weights, err);
  sf_dataset_unref (weights);
  return code;
}

static const struct sf_port coast_ports[] = { { SF_MAKES, "coast" }, { SF_MAKES, NULL } };
static const struct sf_port land_ports[]
    = { { SF_NEEDS, "coast" }, { SF_MAKES, "land_fraction@*" }, { SF_MAKES, NULL } };
static const struct sf_port counties_ports[]
    = { { SF_MAKES, "counties" }, { SF_MAKES, "county_seats" }, { SF_MAKES, NULL } };
static const struct sf_port weights_ports[]
    = { { SF_NEEDS, "counties" }, { SF_MAKES, "county_weights@*" }, { SF_MAKES, NULL } };
static const struct sf_port places_ports[] = { { SF_MAKES, "places" }, { SF_MAKES, NULL } };

static const char *const coast_files[] = { "data:coast.gpkg", NULL };
static const char *const counties_files[] = { "data:counties.gpkg", NULL };
static const char *const places_files[] = { "share:places/hainan_counties.csv", "share:places/harbours.csv",
                                            "share:places/reservoirs.csv", "share:places/named_islands.csv", NULL };

static const struct sf_stage stages[] = { { .name = "coast",
                                            .title_en = "Coast",
                                            .title_zh = "海岸线",
                                            .ports = coast_ports,
                                            .files = coast_files,
                                            .run = run_coast },
                                          { .name = "land",
                                            .title_en = "Land fraction of grid cells",
                                            .title_zh = "格点陆地占比",
                                            .ports = land_ports,
                                            .run = run_land },
                                          { .name = "counties",
                                            .title_en = "Counties and their seats",
                                            .title_zh = "市县及其驻地",
                                            .ports = counties_ports,
                                            .files = counties_files,
                                            .run = run_counties },
                                          { .name = "weights",
                                            .title_en = "Coverage weights of counties",
                                            .title_zh = "市县格点覆盖权重",
                                            .ports = weights_ports,
                                            .run = run_weights },
                                          { .name = "places",
                                            .title_en = "Named places: county seats, harbours, reservoirs, islands",
                                            .title_zh = "重点地点：市县驻地、港口、水库、岛礁",
                                            .ports = places_ports,
                                            .files = places_files,
                                            .run = sf_ground_run_places },
                                          { .name = NULL } };

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (ground) = { SF_PLUGIN_HEAD,
                              .kind = SF_PLUGIN_MODEL,
                              .name = "ground",
                              .version = "0.1.0",
                              .licence = "Apache-2.0",
                              .summary_en = "Static ground: coast, land share, counties, coverage weights",
                              .summary_zh = "静态底数：海岸线、陆地占比、市县及覆盖权重",
                              .options = options,
                              .as.model = &model };
