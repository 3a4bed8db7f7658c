/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter mbtiles: NAME.mbtiles a band of each grid and one for all features, MBTiles 1.3
   (https://github.com/mapbox/mbtiles-spec): an SQLite file. Equal tiles are stored once: the table of tiles is a view of addresses and pictures. */
#include "plugins/export/archive.h"

#include <sqlite3.h>

struct archive
{
  const struct sf_pyramid *pyramid;
  const char *path;
  sqlite3 *db;
  sqlite3_stmt *insert_image, *insert_tile, *insert_word;
  struct sf_archive_contents contents; /* their tile_id */
  int64_t images;
};

/* The file is under a temporary name until it is whole, so nothing has to survive a crash; 0x4d504258 is the number that
   file(1) knows MBTiles by. */
static const char begin_sql[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                                "PRAGMA page_size = 4096; PRAGMA application_id = 0x4d504258; BEGIN;"
                                "CREATE TABLE metadata (name TEXT, value TEXT);"
                                "CREATE UNIQUE INDEX name ON metadata (name);"
                                "CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB);"
                                "CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,"
                                " tile_id INTEGER);"
                                "CREATE UNIQUE INDEX map_index ON map (zoom_level, tile_column, tile_row);"
                                "CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data"
                                " FROM map JOIN images ON images.tile_id = map.tile_id;";

static enum sf_code
failed (const struct archive *archive, struct sf_error *err)
{
  int why = sqlite3_errcode (archive->db);
  return sf_fail (err, why == SQLITE_NOMEM ? SF_ENOMEM : SF_EIO, "%s: SQLite: %s", archive->path,
                  sqlite3_errmsg (archive->db));
}

static enum sf_code
execute (const struct archive *archive, const char *sql, struct sf_error *err)
{
  return sqlite3_exec (archive->db, sql, NULL, NULL, NULL) == SQLITE_OK ? SF_OK : failed (archive, err);
}

static enum sf_code
prepare (const struct archive *archive, const char *sql, sqlite3_stmt **ret, struct sf_error *err)
{
  return sqlite3_prepare_v2 (archive->db, sql, -1, ret, NULL) == SQLITE_OK ? SF_OK : failed (archive, err);
}

/* Run a statement whose values are bound, and make it ready for the next. */
static enum sf_code
step (const struct archive *archive, sqlite3_stmt *statement, struct sf_error *err)
{
  enum sf_code code = sqlite3_step (statement) == SQLITE_DONE ? SF_OK : failed (archive, err);
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
take_tile (void *ctx, const struct sf_tile *tile, struct sf_error *err)
{
  struct archive *archive = ctx;
  int64_t id = archive->images + 1;
  if (!sf_archive_contents_find (&archive->contents, &tile->key, &id))
    {
      sqlite3_bind_int64 (archive->insert_image, 1, id);
      sqlite3_bind_blob64 (archive->insert_image, 2, tile->bytes.text, tile->bytes.length, SQLITE_STATIC);
      SF_TRY (step (archive, archive->insert_image, err));
      SF_TRY (sf_archive_contents_add (&archive->contents, &tile->key, id, err));
      archive->images++;
    }
  sqlite3_bind_int (archive->insert_tile, 1, tile->z);
  sqlite3_bind_int (archive->insert_tile, 2, tile->x);
  sqlite3_bind_int (archive->insert_tile, 3, (1 << tile->z) - 1 - tile->y); /* rows are those of TMS: from the south */
  sqlite3_bind_int64 (archive->insert_tile, 4, id);
  return step (archive, archive->insert_tile, err);
}

/* A row of the metadata; an empty text is left out. *text is emptied. */
static enum sf_code
put_word (const struct archive *archive, const char *name, struct sf_strbuf *text, struct sf_error *err)
{
  if (text->failed)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", archive->path);
  if (text->length == 0)
    return SF_OK;
  sqlite3_bind_text (archive->insert_word, 1, name, -1, SQLITE_STATIC);
  sqlite3_bind_text (archive->insert_word, 2, text->text, (int) text->length, SQLITE_STATIC);
  enum sf_code code = step (archive, archive->insert_word, err);
  sf_strbuf_reset (text);
  return code;
}

static enum sf_code
put_place (const struct archive *archive, struct sf_strbuf *text, struct sf_error *err)
{
  const struct sf_pyramid *pyramid = archive->pyramid;
  struct sf_bounds bounds = sf_pyramid_bounds (pyramid);
  sf_strbuf_addf (text, "%.7f,%.7f,%.7f,%.7f", bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y);
  SF_TRY (put_word (archive, "bounds", text, err));
  sf_strbuf_addf (text, "%.7f,%.7f,%d", (bounds.min_x + bounds.max_x) / 2, (bounds.min_y + bounds.max_y) / 2,
                  sf_pyramid_first_zoom (pyramid));
  SF_TRY (put_word (archive, "center", text, err));
  sf_strbuf_addf (text, "%d", pyramid->layer->min_zoom);
  SF_TRY (put_word (archive, "minzoom", text, err));
  sf_strbuf_addf (text, "%d", pyramid->layer->max_zoom);
  return put_word (archive, "maxzoom", text, err);
}

static enum sf_code
put_words (const struct archive *archive, int64_t tiles, struct sf_strbuf *text, struct sf_error *err)
{
  static const char *const fixed[][2] = { { "type", "overlay" }, { "version", "1" }, { "scheme", "tms" } };
  const struct sf_pyramid *pyramid = archive->pyramid;
  const struct sf_tiles_layer *layer = pyramid->layer;
  sf_strbuf_add (text, layer->name.text);
  SF_TRY (put_word (archive, "name", text, err));
  sf_strbuf_add (text, layer->kind->is_vector ? "pbf" : "png");
  SF_TRY (put_word (archive, "format", text, err));
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
    {
      sf_strbuf_add (text, fixed[i][1]);
      SF_TRY (put_word (archive, fixed[i][0], text, err));
    }
  SF_TRY (put_place (archive, text, err));
  sf_strbuf_add_bytes (text, pyramid->work->source_en.text, pyramid->work->source_en.length);
  SF_TRY (put_word (archive, "attribution", text, err));
  sf_strbuf_addf (text, "%s / %s", layer->title_zh.text, layer->title_en.text);
  SF_TRY (put_word (archive, "description", text, err));
  sf_pyramid_put_json (pyramid, NULL, tiles, text);
  return put_word (archive, "json", text, err);
}

static enum sf_code
write_all (struct archive *archive, struct sf_error *err)
{
  int64_t tiles = 0;
  struct sf_strbuf text = { 0 };
  SF_TRY (execute (archive, begin_sql, err));
  SF_TRY (prepare (archive, "INSERT INTO images VALUES (?, ?)", &archive->insert_image, err));
  SF_TRY (prepare (archive, "INSERT INTO map VALUES (?, ?, ?, ?)", &archive->insert_tile, err));
  SF_TRY (prepare (archive, "INSERT INTO metadata VALUES (?, ?)", &archive->insert_word, err));
  SF_TRY (sf_archive_paint (archive->pyramid, SF_TILE_ORDER_COLUMNS, take_tile, archive, &tiles, err));
  enum sf_code code = put_words (archive, tiles, &text, err);
  sf_strbuf_finish (&text);
  return code == SF_OK ? execute (archive, "COMMIT", err) : code;
}

static enum sf_code
fill (const struct sf_pyramid *pyramid, const char *path, struct sf_error *err)
{
  struct archive archive = { .pyramid = pyramid, .path = path };
  enum sf_code code = SF_OK;
  if (sqlite3_open_v2 (path, &archive.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    code = archive.db ? failed (&archive, err) : sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  if (code == SF_OK)
    code = write_all (&archive, err);
  sqlite3_finalize (archive.insert_image);
  sqlite3_finalize (archive.insert_tile);
  sqlite3_finalize (archive.insert_word);
  if (sqlite3_close (archive.db) != SQLITE_OK && code == SF_OK)
    code = failed (&archive, err);
  sf_archive_contents_finish (&archive.contents);
  return code;
}

static enum sf_code
write_pyramid (const struct sf_pyramid *pyramid, struct sf_error *err)
{
  return sf_archive_write (pyramid, "mbtiles", "application/vnd.sqlite3", fill, err);
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  static const struct sf_tiles_format format
      = { .sets = { [SF_TILE_SET_W] = true }, .takes_features = true, .write = write_pyramid };
  return sf_tiles_write (host, job, &format, err);
}

static const struct sf_exporter exporter = {
  .kinds = 1u << SF_DATASET_GRID | 1u << SF_DATASET_CUBE | 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS
           | 1u << SF_DATASET_TABLE,
  .run = run,
};

SF_PLUGIN_EXPORT (mbtiles) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "mbtiles",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "Map tiles in web Mercator in one SQLite file (MBTiles 1.3)",
  .summary_zh = "球面墨卡托地图瓦片 SQLite 单文件包（MBTiles 1.3）",
  .options = sf_tiles_options,
  .as.exporter = &exporter,
};
