/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter pmtiles: NAME.pmtiles a band of each grid and one for all features, PMTiles 3
   (https://github.com/protomaps/PMTiles, spec/v3). Written in one pass: room for header and root directory, the tiles along the Hilbert curve as they are made, metadata, leaves. */
#include "plugins/export/archive.h"
#include "plugins/export/pmtiles/directory.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum
{
  HEADER_BYTES = 127,
  DATA_BEGIN = 16384, /* header and root directory must lie before it */
  NOT_COMPRESSED = 1,
  GZIP = 2,
  MVT = 1,
  PNG = 2,
  PACK_LEVEL = 12 /* metadata and directories are small and read from afar */
};

struct archive
{
  const struct sf_pyramid *pyramid;
  const char *path;
  FILE *file;
  struct sf_archive_contents contents; /* their offsets */
  struct sf_pm_directory directory;
  uint64_t data_bytes, contents_count;
  struct sf_strbuf root, metadata;
};

static enum sf_code
put (const struct archive *archive, const void *bytes, size_t length, struct sf_error *err)
{
  if (fwrite (bytes, 1, length, archive->file) == length)
    return SF_OK;
  return sf_fail (err, SF_EIO, "%s: cannot write: %s", archive->path, strerror (errno));
}

static enum sf_code
take_tile (void *ctx, const struct sf_tile *tile, struct sf_error *err)
{
  struct archive *archive = ctx;
  int64_t offset = (int64_t) archive->data_bytes;
  if (!sf_archive_contents_find (&archive->contents, &tile->key, &offset))
    {
      SF_TRY (put (archive, tile->bytes.text, tile->bytes.length, err));
      SF_TRY (sf_archive_contents_add (&archive->contents, &tile->key, offset, err));
      archive->data_bytes += tile->bytes.length;
      archive->contents_count++;
    }
  return sf_pm_directory_add (&archive->directory, sf_tile_id (tile->z, tile->x, tile->y), (uint64_t) offset,
                              (uint32_t) tile->bytes.length, err);
}

static void
put_number (uint8_t *at, int bytes, uint64_t value)
{
  for (int i = 0; i < bytes; i++)
    at[i] = (uint8_t) (value >> (8 * i));
}

/* Degrees in units of 1e-7. */
static void
put_degrees (uint8_t *at, double degrees)
{
  put_number (at, 4, (uint32_t) (int32_t) lround (degrees * 1e7));
}

static void
fill_header (const struct archive *archive, uint8_t header[HEADER_BYTES])
{
  const struct sf_pm_directory *directory = &archive->directory;
  struct sf_bounds bounds = sf_pyramid_bounds (archive->pyramid);
  bool is_vector = archive->pyramid->layer->kind->is_vector;
  uint64_t metadata_begin = DATA_BEGIN + archive->data_bytes;
  const uint64_t numbers[11] = { HEADER_BYTES,
                                 archive->root.length,
                                 metadata_begin,
                                 archive->metadata.length,
                                 metadata_begin + archive->metadata.length,
                                 directory->leaves.length,
                                 DATA_BEGIN,
                                 archive->data_bytes,
                                 directory->addressed,
                                 directory->entries,
                                 archive->contents_count };
  static const uint8_t magic[8] = { 'P', 'M', 'T', 'i', 'l', 'e', 's', 3 };
  memcpy (header, magic, sizeof magic);
  for (int i = 0; i < 11; i++)
    put_number (header + 8 + 8 * i, 8, numbers[i]);
  header[96] = 1; /* clustered */
  header[97] = GZIP;
  header[98] = is_vector ? GZIP : NOT_COMPRESSED;
  header[99] = is_vector ? MVT : PNG;
  header[100] = (uint8_t) archive->pyramid->layer->min_zoom;
  header[101] = (uint8_t) archive->pyramid->layer->max_zoom;
  put_degrees (header + 102, bounds.min_x);
  put_degrees (header + 106, bounds.min_y);
  put_degrees (header + 110, bounds.max_x);
  put_degrees (header + 114, bounds.max_y);
  header[118] = (uint8_t) sf_pyramid_first_zoom (archive->pyramid);
  put_degrees (header + 119, (bounds.min_x + bounds.max_x) / 2);
  put_degrees (header + 123, (bounds.min_y + bounds.max_y) / 2);
}

static enum sf_code
pack_metadata (struct archive *archive, int64_t tiles, struct sf_error *err)
{
  struct sf_strbuf text = { 0 };
  sf_pyramid_put_json (archive->pyramid, NULL, tiles, &text);
  enum sf_code code = text.failed ? sf_fail (err, SF_ENOMEM, "%s: out of memory", archive->path)
                                  : sf_tiles_gzip (text.text, text.length, PACK_LEVEL, &archive->metadata, err);
  sf_strbuf_finish (&text);
  return code;
}

static enum sf_code
write_all (struct archive *archive, struct sf_error *err)
{
  static const uint8_t room[DATA_BEGIN];
  uint8_t header[HEADER_BYTES] = { 0 };
  int64_t tiles = 0;
  SF_TRY (put (archive, room, sizeof room, err));
  SF_TRY (sf_archive_paint (archive->pyramid, SF_TILE_ORDER_HILBERT, take_tile, archive, &tiles, err));
  SF_TRY (sf_pm_directory_close (&archive->directory, DATA_BEGIN - HEADER_BYTES, &archive->root, err));
  SF_TRY (pack_metadata (archive, tiles, err));
  SF_TRY (put (archive, archive->metadata.text, archive->metadata.length, err));
  if (archive->directory.leaves.length)
    SF_TRY (put (archive, archive->directory.leaves.text, archive->directory.leaves.length, err));
  fill_header (archive, header);
  if (fseek (archive->file, 0, SEEK_SET) != 0)
    return sf_fail (err, SF_EIO, "%s: cannot write: %s", archive->path, strerror (errno));
  SF_TRY (put (archive, header, sizeof header, err));
  return put (archive, archive->root.text, archive->root.length, err);
}

static enum sf_code
fill (const struct sf_pyramid *pyramid, const char *path, struct sf_error *err)
{
  struct archive archive = { .pyramid = pyramid, .path = path, .file = fopen (path, "wb") };
  if (!archive.file)
    return sf_fail (err, SF_EIO, "%s: cannot create: %s", path, strerror (errno));
  enum sf_code code = write_all (&archive, err);
  if (fclose (archive.file) != 0 && code == SF_OK)
    code = sf_fail (err, SF_EIO, "%s: cannot write: %s", path, strerror (errno));
  sf_archive_contents_finish (&archive.contents);
  sf_pm_directory_finish (&archive.directory);
  sf_strbuf_finish (&archive.root);
  sf_strbuf_finish (&archive.metadata);
  return code;
}

static enum sf_code
write_pyramid (const struct sf_pyramid *pyramid, struct sf_error *err)
{
  return sf_archive_write (pyramid, "pmtiles", "application/vnd.pmtiles", fill, err);
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

SF_PLUGIN_EXPORT (pmtiles) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "pmtiles",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "Map tiles in web Mercator in one file for object storage (PMTiles 3)",
  .summary_zh = "球面墨卡托地图瓦片单文件包，供对象存储（PMTiles 3）",
  .options = sf_tiles_options,
  .as.exporter = &exporter,
};
