/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/feed_names.h"

#include "core/base/text.h"
#include "core/feed/health.h"
#include "core/feed/journal.h"

#include <string.h>

static enum sf_code
add (struct sf_arena *arena, struct sf_feed_names *names, const char *const *more, size_t count, struct sf_error *err)
{
  const char **all = sf_arena_calloc (arena, names->count + count + 1, sizeof *all);
  if (!all)
    return sf_fail (err, SF_ENOMEM, "out of memory for the names of feeds");
  if (names->count)
    memcpy (all, names->names, names->count * sizeof *all);
  if (count)
    memcpy (all + names->count, more, count * sizeof *all);
  names->names = all;
  names->count += count;
  return SF_OK;
}

/* What is not there or damaged knows no names; without memory nobody knows. */
static enum sf_code
pass_over (enum sf_code code, struct sf_error *err)
{
  return code == SF_ENOMEM ? sf_fail (err, SF_ENOMEM, "out of memory for the names of feeds") : SF_OK;
}

static enum sf_code
add_board (struct sf_arena *arena, const char *dir, struct sf_feed_names *names, struct sf_error *err)
{
  struct sf_health_board board;
  enum sf_code code = sf_health_load (arena, dir, &board, NULL);
  names->has_board = code == SF_OK;
  if (code != SF_OK)
    return pass_over (code, err);
  const char **more = sf_arena_calloc (arena, board.feeds_count + 1, sizeof *more);
  if (!more)
    return sf_fail (err, SF_ENOMEM, "out of memory for the names of feeds");
  for (size_t i = 0; i < board.feeds_count; i++)
    more[i] = board.feeds[i].feed;
  names->present = board.feeds_count;
  return add (arena, names, more, board.feeds_count, err);
}

static enum sf_code
add_store (struct sf_arena *arena, const char *dir, struct sf_feed_names *names, struct sf_error *err)
{
  struct sf_store *store = NULL;
  const char *const *more = NULL;
  size_t count = 0;
  enum sf_code code = sf_store_open (dir, SF_STORE_READ, &store, NULL);
  if (code == SF_OK)
    code = sf_store_names (store, SF_STORE_FEEDS, arena, &more, &count, NULL);
  sf_store_close (store);
  return code == SF_OK ? add (arena, names, more, count, err) : pass_over (code, err);
}

static enum sf_code
add_journal (struct sf_arena *arena, const char *dir, struct sf_feed_names *names, struct sf_error *err)
{
  struct sf_journal *journal = NULL;
  const char *const *more = NULL;
  size_t count = 0;
  enum sf_code code = sf_journal_open (dir, false, &journal, NULL);
  if (code == SF_OK)
    code = sf_journal_feeds (journal, arena, &more, &count, NULL);
  sf_journal_close (journal);
  return code == SF_OK ? add (arena, names, more, count, err) : pass_over (code, err);
}

enum sf_code
sf_feed_names_find (struct sf_arena *arena, const char *dir, struct sf_feed_names *ret_names, struct sf_error *err)
{
  struct sf_feed_names names = { 0 };
  SF_TRY (add_board (arena, dir, &names, err));
  SF_TRY (add_store (arena, dir, &names, err));
  names.stored = names.count;
  SF_TRY (add_journal (arena, dir, &names, err));
  *ret_names = names;
  return SF_OK;
}

static bool
is_among (const struct sf_feed_names *names, size_t count, const char *name)
{
  for (size_t i = 0; i < count; i++)
    if (!strcmp (names->names[i], name))
      return true;
  return false;
}

bool
sf_feed_names_has (const struct sf_feed_names *names, const char *name)
{
  return is_among (names, names->count, name);
}

bool
sf_feed_names_is_present (const struct sf_feed_names *names, const char *name)
{
  return !names->has_board || is_among (names, names->present, name);
}

enum sf_code
sf_feed_names_check (const struct sf_feed_names *names, const char *name, struct sf_error *err)
{
  if (!names->count || sf_feed_names_has (names, name))
    return SF_OK;
  const char *nearest = sf_text_nearest (name, names->names, names->count);
  return sf_fail (err, SF_EINVAL, "there is no feed '%s'%s%s%s", name, nearest ? "; did you mean '" : "",
                  nearest ? nearest : "; sanfang feeds lists them", nearest ? "'?" : "");
}
