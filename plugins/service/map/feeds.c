/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/feeds.h"

#include "core/base/json.h"
#include "core/feed/health.h"

#include <string.h>

struct sight
{
  const char *feed;
  enum sf_feed_state state;
};

struct sf_map_feeds
{
  const char *folder;
  struct sf_arena arenas[2]; /* of the last look and of this one, in turn */
  int turn;
  struct sight *seen; /* in the arena of the last look */
  size_t seen_count;
  bool has_looked;
};

struct sf_map_feeds *
sf_map_feeds_new (const char *folder)
{
  struct sf_map_feeds *feeds = sf_mem_calloc (1, sizeof *feeds);
  if (feeds)
    feeds->folder = folder;
  return feeds;
}

void
sf_map_feeds_free (struct sf_map_feeds *feeds)
{
  if (!feeds)
    return;
  sf_arena_finish (&feeds->arenas[0]);
  sf_arena_finish (&feeds->arenas[1]);
  sf_mem_free (feeds);
}

static const struct sight *
find_seen (const struct sf_map_feeds *feeds, const char *feed)
{
  for (size_t i = 0; i < feeds->seen_count; i++)
    if (strcmp (feeds->seen[i].feed, feed) == 0)
      return &feeds->seen[i];
  return NULL;
}

static void
put_words (struct sf_json *json, const char *key, const char *en, const char *zh)
{
  sf_json_key (json, key);
  sf_json_begin_object (json);
  sf_json_put_string (json, "en", en);
  sf_json_put_string (json, "zh", zh);
  sf_json_end_object (json);
}

static void
put_state (struct sf_json *json, const char *key, enum sf_feed_state state)
{
  put_words (json, key, sf_feed_state_name (state, 0), sf_feed_state_name (state, 1));
}

static void
tell (const struct sf_feed_health *health, enum sf_feed_state state, const struct sight *was, int64_t now_s,
      sf_map_feed_changed changed, void *ctx)
{
  struct sf_strbuf text = { 0 };
  struct sf_json json = { .out = &text };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "feed", health->feed);
  put_words (&json, "title", health->title_en, health->title_zh);
  put_words (&json, "department", health->department_en, health->department_zh);
  put_state (&json, "state", state);
  if (was)
    put_state (&json, "was", was->state);
  else
    sf_json_put_string (&json, "was", NULL);
  sf_json_put_time (&json, "time", now_s);
  sf_json_end_object (&json);
  if (!text.failed)
    changed (ctx, text.text);
  sf_strbuf_finish (&text);
}

void
sf_map_feeds_look (struct sf_map_feeds *feeds, int64_t now_s, sf_map_feed_changed changed, void *ctx)
{
  struct sf_health_board board;
  struct sf_arena *arena = &feeds->arenas[feeds->turn];
  sf_arena_reset (arena);
  if (sf_health_load (arena, feeds->folder, &board, NULL) != SF_OK)
    return;
  struct sight *seen = sf_arena_calloc (arena, board.feeds_count + 1, sizeof *seen);
  if (!seen)
    return;
  for (size_t i = 0; i < board.feeds_count; i++)
    {
      const struct sight *was = find_seen (feeds, board.feeds[i].feed);
      seen[i] = (struct sight){ board.feeds[i].feed, sf_feed_state_at (&board, &board.feeds[i], now_s) };
      if (feeds->has_looked && (!was || was->state != seen[i].state))
        tell (&board.feeds[i], seen[i].state, was, now_s, changed, ctx);
    }
  feeds->seen = seen;
  feeds->seen_count = board.feeds_count;
  feeds->has_looked = true;
  feeds->turn = 1 - feeds->turn;
}
