/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter xyz: a folder of tiles a band of each grid, NAME/{c,w}/{z}/{x}/{y}.png, with tiles.json and checksums.sha256. */
#include "core/base/file.h"
#include "plugins/export/tiles.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One set of one layer being written. */
struct folder
{
  const struct sf_pyramid *pyramid;
  struct sf_strbuf inside, path; /* of the set: below the job's folder, and with it */
  struct sf_strbuf sums;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "xyz: out of memory");
}

/* Without an fsync a file: whoever publishes the folder syncs the whole tree once. */
static enum sf_code
write_plain (const char *path, const void *bytes, size_t length, struct sf_error *err)
{
  FILE *file = fopen (path, "wb");
  if (!file)
    return sf_fail (err, SF_EIO, "%s: %s", path, strerror (errno));
  bool good = fwrite (bytes, 1, length, file) == length;
  int number = errno;
  if (fclose (file) != 0)
    {
      good = false;
      number = errno;
    }
  return good ? SF_OK : sf_fail (err, SF_EIO, "%s: %s", path, strerror (number));
}

static enum sf_code
take_tile (void *ctx, const struct sf_tile *tile, struct sf_error *err)
{
  struct folder *folder = ctx;
  struct sf_strbuf path = { 0 };
  char key[SF_KEY_TEXT_BYTES];
  sf_strbuf_addf (&path, "%s/%d/%d", folder->path.text, tile->z, tile->x);
  enum sf_code code = path.failed ? no_memory (err) : sf_file_make_folder (path.text, err);
  sf_strbuf_addf (&path, "/%d.png", tile->y);
  if (code == SF_OK && path.failed)
    code = no_memory (err);
  if (code == SF_OK)
    code = write_plain (path.text, tile->bytes.text, tile->bytes.length, err);
  sf_strbuf_addf (&folder->sums, "%s  %d/%d/%d.png\n", sf_key_format (&tile->key, key), tile->z, tile->x, tile->y);
  sf_strbuf_finish (&path);
  return code;
}

static enum sf_code
write_product (const struct folder *folder, const char *name, const char *media_type, const struct sf_strbuf *bytes,
               struct sf_error *err)
{
  const struct sf_export *job = folder->pyramid->work->job;
  struct sf_strbuf path = { 0 }, inside = { 0 };
  sf_strbuf_addf (&inside, "%s/%s", folder->inside.text, name);
  sf_strbuf_addf (&path, "%s/%s", folder->path.text, name);
  enum sf_code code = path.failed || inside.failed || bytes->failed ? no_memory (err) : SF_OK;
  if (code == SF_OK)
    code = sf_file_write (path.text, bytes->text ? bytes->text : "", bytes->length, err);
  if (code == SF_OK)
    code = job->product (job->ctx, inside.text, media_type, folder->pyramid->layer->datasets.text, err);
  sf_strbuf_finish (&inside);
  sf_strbuf_finish (&path);
  return code;
}

static enum sf_code
fill_folder (struct folder *folder, struct sf_error *err)
{
  struct sf_strbuf text = { 0 };
  int64_t count = 0;
  SF_TRY (sf_file_make_folder (folder->path.text, err));
  SF_TRY (sf_pyramid_paint (folder->pyramid, SF_TILE_ORDER_COLUMNS, take_tile, folder, &count, err));
  sf_pyramid_put_json (folder->pyramid, "{z}/{x}/{y}.png", count, &text);
  enum sf_code code = write_product (folder, "checksums.sha256", "text/plain", &folder->sums, err);
  if (code == SF_OK)
    code = write_product (folder, "tiles.json", "application/json", &text, err);
  sf_strbuf_finish (&text);
  return code;
}

static enum sf_code
write_pyramid (const struct sf_pyramid *pyramid, struct sf_error *err)
{
  struct folder folder = { .pyramid = pyramid };
  sf_strbuf_addf (&folder.inside, "%s/%s", pyramid->layer->name.text, sf_tile_set_name (pyramid->set));
  sf_strbuf_addf (&folder.path, "%s/%s", pyramid->work->job->folder, folder.inside.failed ? "" : folder.inside.text);
  enum sf_code code = folder.inside.failed || folder.path.failed ? no_memory (err) : fill_folder (&folder, err);
  sf_strbuf_finish (&folder.inside);
  sf_strbuf_finish (&folder.path);
  sf_strbuf_finish (&folder.sums);
  return code;
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  static const struct sf_tiles_format format
      = { .sets = { [SF_TILE_SET_C] = true, [SF_TILE_SET_W] = true }, .write = write_pyramid };
  return sf_tiles_write (host, job, &format, err);
}

static const struct sf_exporter exporter = {
  .kinds = 1u << SF_DATASET_GRID | 1u << SF_DATASET_CUBE | 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS
           | 1u << SF_DATASET_TABLE,
  .run = run,
};

SF_PLUGIN_EXPORT (xyz) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "xyz",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "Map tiles in Tianditu's matrix sets c and w as a folder",
  .summary_zh = "天地图 c、w 矩阵集的地图瓦片目录",
  .options = sf_tiles_options,
  .as.exporter = &exporter,
};
