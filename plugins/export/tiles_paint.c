/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

#include <time.h>

enum
{
  BATCH_TILES = 1024,
  PROGRESS_S = 5
};

struct batch
{
  const struct sf_pyramid *pyramid;
  struct sf_tile *tiles;
  int count;
};

static enum sf_code
paint_tile (const struct sf_pyramid *pyramid, struct sf_tile *tile, struct sf_error *err)
{
  const struct sf_tiles_layer *layer = pyramid->layer;
  sf_strbuf_reset (&tile->bytes);
  SF_TRY (layer->kind->paint (layer, pyramid->set, tile->z, tile->x, tile->y, &tile->bytes, &tile->any, err));
  return sf_key_of_bytes (tile->bytes.text, tile->bytes.length, &tile->key, err);
}

static enum sf_code
paint_block (void *ctx, int block, struct sf_error *err)
{
  const struct batch *batch = ctx;
  return paint_tile (batch->pyramid, &batch->tiles[block], err);
}

static bool
fill_batch (struct batch *batch, struct sf_tile_cursor *cursor)
{
  batch->count = 0;
  while (batch->count < BATCH_TILES && sf_tile_cursor_next (cursor))
    {
      struct sf_tile *tile = &batch->tiles[batch->count++];
      tile->z = cursor->z;
      tile->x = cursor->x;
      tile->y = cursor->y;
    }
  return batch->count > 0;
}

static int64_t
monotonic_s (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

static void
tell_progress (const struct sf_pyramid *pyramid, int64_t done, int64_t *last_s)
{
  int64_t now_s = monotonic_s ();
  if (now_s - *last_s < PROGRESS_S)
    return;
  *last_s = now_s;
  sf_host_log (pyramid->work->host, SF_LOG_INFO, "%s in %s: %lld of %lld tiles", pyramid->layer->name.text,
               sf_tile_set_name (pyramid->set), (long long) done, (long long) pyramid->possible);
}

static enum sf_code
paint_batches (struct batch *batch, enum sf_tile_order order, sf_tile_fn take, void *ctx, int64_t *ret_count,
               struct sf_error *err)
{
  const struct sf_host *host = batch->pyramid->work->host;
  struct sf_tile_cursor cursor = { .pyramid = batch->pyramid, .order = order, .z = -1 };
  int64_t done = 0, count = 0, last_s = monotonic_s ();
  while (fill_batch (batch, &cursor))
    {
      SF_TRY (host->parallel (host, batch->count, paint_block, batch, err));
      for (int i = 0; i < batch->count; i++)
        if (batch->tiles[i].any)
          {
            SF_TRY (take (ctx, &batch->tiles[i], err));
            count++;
          }
      done += batch->count;
      tell_progress (batch->pyramid, done, &last_s);
    }
  *ret_count = count;
  return SF_OK;
}

enum sf_code
sf_pyramid_paint (const struct sf_pyramid *pyramid, enum sf_tile_order order, sf_tile_fn take, void *ctx,
                  int64_t *ret_count, struct sf_error *err)
{
  struct batch batch = { .pyramid = pyramid, .tiles = sf_mem_calloc (BATCH_TILES, sizeof *batch.tiles) };
  if (!batch.tiles)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", pyramid->work->host->component);
  enum sf_code code = paint_batches (&batch, order, take, ctx, ret_count, err);
  for (int i = 0; i < BATCH_TILES; i++)
    sf_strbuf_finish (&batch.tiles[i].bytes);
  sf_mem_free (batch.tiles);
  return code;
}

enum sf_code
sf_pyramid_paint_first (const struct sf_pyramid *pyramid, enum sf_tile_order order, sf_tile_fn take, void *ctx,
                        struct sf_error *err)
{
  struct sf_tile_cursor cursor = { .pyramid = pyramid, .order = order, .z = -1 };
  if (!sf_tile_cursor_next (&cursor))
    return sf_fail (err, SF_ERANGE, "%s: %s lies outside the tiles of set %s", pyramid->work->host->component,
                    pyramid->layer->name.text, sf_tile_set_name (pyramid->set));
  struct sf_tile tile = { .z = cursor.z, .x = cursor.x, .y = cursor.y };
  enum sf_code code = paint_tile (pyramid, &tile, err);
  if (code == SF_OK)
    code = take (ctx, &tile, err);
  sf_strbuf_finish (&tile.bytes);
  return code;
}
