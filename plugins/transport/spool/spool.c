/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/plugin/plugin.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Delivers the files of a folder, or one file, each once per open. A file is known by path, size and time of change;
   when those are new, by its SHA-256: a file that was only touched is not delivered again, one with new content is.
   Nothing is opened that is no regular file, so a pipe or a device in the folder cannot hold the feed up. */

enum order
{
  ORDER_NAME,
  ORDER_TIME
};

enum after
{
  AFTER_KEEP,
  AFTER_MOVE,
  AFTER_DELETE
};

/* A file as it was when it was last looked at. */
struct known
{
  char *path;
  off_t size;
  struct timespec changed;
  struct timespec first_seen; /* monotonic: since when size and time of change are these */
  bool delivered;
  struct sf_key key; /* of what was delivered */
};

struct state
{
  const struct sf_host *host;
  const char *path, *pattern, *move_to;
  const char *const *ignore;
  size_t ignore_count;
  enum order order;
  enum after after;
  int64_t settle_s, limit_bytes;
  struct known *known;
  size_t known_count, known_capacity;
};

static const char *const order_choices[] = { "name", "time", NULL };
static const char *const after_choices[] = { "keep", "move", "delete", NULL };

static const struct sf_option options[]
    = { { .name = "path",
          .type = SF_OPTION_PATH,
          .required = true,
          .help_en = "the folder whose files are delivered, or one file",
          .help_zh = "待读取的文件夹，或单个文件" },
        { .name = "pattern",
          .type = SF_OPTION_TEXT,
          .fallback = "*",
          .help_en = "glob pattern of the file names, such as CH*BST.txt",
          .help_zh = "文件名通配符，例如 CH*BST.txt" },
        { .name = "ignore",
          .type = SF_OPTION_TEXTS,
          .fallback = ".*, *.part, *.tmp, *.filepart, *~",
          .help_en = "glob patterns of names that are never delivered: files still being written",
          .help_zh = "永不读取的文件名通配符（正在写入的临时文件）" },
        { .name = "order",
          .type = SF_OPTION_ENUM,
          .fallback = "name",
          .choices = order_choices,
          .help_en = "order of delivery: by name, or by time of change and then name",
          .help_zh = "读取顺序：按文件名，或按修改时间" },
        { .name = "after",
          .type = SF_OPTION_ENUM,
          .fallback = "keep",
          .choices = after_choices,
          .help_en = "what happens to a delivered file",
          .help_zh = "读取后对文件的处理：保留、移走、删除" },
        { .name = "move_to",
          .type = SF_OPTION_PATH,
          .help_en = "the folder that delivered files are moved to (after: move)",
          .help_zh = "已读取文件移入的文件夹（after: move）" },
        { .name = "settle",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "0s",
          .help_en = "deliver a file only when it has not changed for so long",
          .help_zh = "文件静止多久后才读取" },
        { .name = "limit",
          .type = SF_OPTION_INT,
          .unit = "byte",
          .fallback = "268435456",
          .min = 1,
          .max = 4294967296.0,
          .help_en = "larger files are left alone and reported",
          .help_zh = "超过此大小的文件不读取并报告" },
        { .name = NULL } };

static void
close_spool (void *opaque)
{
  struct state *state = opaque;
  if (!state)
    return;
  for (size_t i = 0; i < state->known_count; i++)
    sf_mem_free (state->known[i].path);
  sf_mem_free (state->known);
  sf_mem_free (state);
}

static enum sf_code
open_spool (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  const char *path = sf_settings_text (settings, "path");
  struct stat info;
  if (!path)
    return sf_fail (err, SF_EINVAL, "spool: path is not set; name a folder or a file");
  if (stat (path, &info) < 0)
    return sf_fail (err, SF_ENOTFOUND, "spool: %s: %s", path, strerror (errno));
  if (!S_ISDIR (info.st_mode) && !S_ISREG (info.st_mode))
    return sf_fail (err, SF_EINVAL, "spool: %s is neither a folder nor a file", path);
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  *state = (struct state){ .host = host,
                           .path = path,
                           .pattern = sf_settings_text (settings, "pattern"),
                           .move_to = sf_settings_text (settings, "move_to"),
                           .order = (enum order) sf_settings_choice (settings, "order"),
                           .after = (enum after) sf_settings_choice (settings, "after"),
                           .settle_s = sf_settings_int (settings, "settle"),
                           .limit_bytes = sf_settings_int (settings, "limit") };
  state->ignore_count = sf_settings_texts (settings, "ignore", &state->ignore);
  if (state->after == AFTER_MOVE && !state->move_to)
    {
      close_spool (state);
      return sf_fail (err, SF_EINVAL, "spool: after is move, but move_to names no folder");
    }
  *ret_state = state;
  return SF_OK;
}

/* --- what is there --- */

struct entry
{
  const char *path;
  struct stat info;
};

static bool
is_wanted (const struct state *state, const char *name)
{
  for (size_t i = 0; i < state->ignore_count; i++)
    if (!fnmatch (state->ignore[i], name, 0))
      return false;
  return !fnmatch (state->pattern, name, 0);
}

static int
compare_times (struct timespec a, struct timespec b)
{
  int order = (a.tv_sec > b.tv_sec) - (a.tv_sec < b.tv_sec);
  return order ? order : (a.tv_nsec > b.tv_nsec) - (a.tv_nsec < b.tv_nsec);
}

static int
compare_names (const void *left, const void *right)
{
  const struct entry *a = left, *b = right;
  return strcmp (a->path, b->path);
}

static int
compare_changes (const void *left, const void *right)
{
  const struct entry *a = left, *b = right;
  int order = compare_times (a->info.st_mtim, b->info.st_mtim);
  return order ? order : strcmp (a->path, b->path);
}

static enum sf_code
list_folder (const struct state *state, struct sf_arena *arena, struct entry **ret_entries, size_t *ret_count,
             struct sf_error *err)
{
  char **names;
  size_t names_count, count = 0;
  SF_TRY (sf_file_list (arena, state->path, &names, &names_count, err));
  struct entry *entries = sf_arena_calloc (arena, names_count + 1, sizeof *entries);
  if (!entries)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory for the %zu names of %s", names_count, state->path);
  for (size_t i = 0; i < names_count; i++)
    {
      if (!is_wanted (state, names[i]))
        continue;
      struct entry *entry = &entries[count];
      entry->path = sf_file_join (arena, state->path, names[i]);
      if (!entry->path)
        return sf_fail (err, SF_ENOMEM, "spool: out of memory");
      if (stat (entry->path, &entry->info) < 0)
        sf_host_log (state->host, SF_LOG_WARNING, "%s: %s", entry->path, strerror (errno));
      else if (S_ISREG (entry->info.st_mode))
        count++;
    }
  qsort (entries, count, sizeof *entries, state->order == ORDER_TIME ? compare_changes : compare_names);
  *ret_entries = entries;
  *ret_count = count;
  return SF_OK;
}

static enum sf_code
list_files (const struct state *state, struct sf_arena *arena, struct entry **ret_entries, size_t *ret_count,
            struct sf_error *err)
{
  struct stat info;
  if (stat (state->path, &info) < 0)
    return sf_fail (err, SF_EIO, "spool: %s: %s", state->path, strerror (errno));
  if (S_ISDIR (info.st_mode))
    return list_folder (state, arena, ret_entries, ret_count, err);
  struct entry *entry = sf_arena_calloc (arena, 1, sizeof *entry);
  if (!entry)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  *entry = (struct entry){ state->path, info };
  *ret_entries = entry;
  *ret_count = S_ISREG (info.st_mode) ? 1 : 0;
  return SF_OK;
}

/* --- what is new --- */

/* Where a path stands, or would stand, among the known ones, which are sorted. */
static size_t
place_of (const struct state *state, const char *path)
{
  size_t low = 0, high = state->known_count;
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      if (strcmp (state->known[middle].path, path) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The entry of a path, made when there is none; NULL when memory is out. */
static struct known *
know (struct state *state, const char *path)
{
  size_t at = place_of (state, path);
  if (at < state->known_count && !strcmp (state->known[at].path, path))
    return &state->known[at];
  char *copy = sf_mem_strdup (path);
  if (!copy
      || sf_mem_grow ((void **) &state->known, &state->known_capacity, state->known_count + 1, sizeof *state->known)
             < 0)
    {
      sf_mem_free (copy);
      return NULL;
    }
  memmove (&state->known[at + 1], &state->known[at], (state->known_count - at) * sizeof *state->known);
  state->known_count++;
  state->known[at] = (struct known){ .path = copy, .size = -1 };
  return &state->known[at];
}

static bool
is_unchanged (const struct known *known, const struct stat *info)
{
  return known->size == info->st_size && !compare_times (known->changed, info->st_mtim);
}

static double
seconds_between (struct timespec from, struct timespec to)
{
  return (double) (to.tv_sec - from.tv_sec) + (double) (to.tv_nsec - from.tv_nsec) * 1e-9;
}

/* A file has settled when its time of change lies long enough back, or, where clocks disagree, when it has been seen
   unchanged for long enough. */
static bool
is_settled (const struct state *state, struct known *known, const struct stat *info)
{
  struct timespec wall, steady;
  clock_gettime (CLOCK_REALTIME, &wall);
  clock_gettime (CLOCK_MONOTONIC, &steady);
  if (!is_unchanged (known, info))
    {
      known->size = info->st_size;
      known->changed = info->st_mtim;
      known->first_seen = steady;
      known->delivered = false;
    }
  double settle_s = (double) state->settle_s;
  return seconds_between (info->st_mtim, wall) >= settle_s || seconds_between (known->first_seen, steady) >= settle_s;
}

/* --- delivery --- */

static enum sf_code
move_away (const struct state *state, struct sf_arena *arena, const struct entry *entry, const struct sf_key *key,
           struct sf_error *err)
{
  const char *slash = strrchr (entry->path, '/'), *name = slash ? slash + 1 : entry->path;
  char digest[SF_KEY_TEXT_BYTES];
  SF_TRY (sf_file_make_folder (state->move_to, err));
  char *target = sf_file_join (arena, state->move_to, name);
  if (target && sf_file_exists (target))
    target = sf_arena_printf (arena, "%s.%.12s", target, sf_key_format (key, digest));
  if (!target)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  if (rename (entry->path, target) < 0)
    return sf_fail (err, SF_EIO, "spool: %s cannot be moved to %s: %s", entry->path, target, strerror (errno));
  return SF_OK;
}

/* A file that was written anew while its old content was delivered stays: the next look delivers it. */
static void
put_away (const struct state *state, struct sf_arena *arena, const struct entry *entry, const struct known *known)
{
  struct sf_error err;
  struct stat now;
  enum sf_code code = SF_OK;
  if (stat (entry->path, &now) < 0 || !is_unchanged (known, &now))
    return;
  if (state->after == AFTER_MOVE)
    code = move_away (state, arena, entry, &known->key, &err);
  else if (state->after == AFTER_DELETE && unlink (entry->path) < 0)
    code = sf_fail (&err, SF_EIO, "spool: %s cannot be deleted: %s", entry->path, strerror (errno));
  if (code != SF_OK)
    sf_host_log (state->host, SF_LOG_WARNING, "%s", err.message);
}

/* Read a file and hand it over. SF_OK also when it was a touched copy of what was delivered (*ret_new false). */
static enum sf_code
deliver_file (struct state *state, struct sf_arena *arena, const struct entry *entry, struct known *known,
              const struct sf_inlet *inlet, bool *ret_new, struct sf_error *err)
{
  uint8_t *bytes;
  size_t length;
  struct sf_key key;
  struct stat after;
  bool had_key = known->key.bytes[0] || memcmp (known->key.bytes, known->key.bytes + 1, sizeof known->key.bytes - 1);
  *ret_new = false;
  SF_TRY (sf_file_read (arena, entry->path, (size_t) state->limit_bytes, &bytes, &length, err));
  if (stat (entry->path, &after) < 0 || !is_unchanged (known, &after))
    return sf_fail (err, SF_EIO, "%s changed while it was read; it is tried again", entry->path);
  SF_TRY (sf_key_of_bytes (bytes, length, &key, err));
  if (!had_key || memcmp (&key, &known->key, sizeof key))
    {
      struct sf_message message = { .feed = state->host->component,
                                    .source = entry->path,
                                    .bytes = bytes,
                                    .length = length,
                                    .received_s = state->host->clock_s };
      SF_TRY (inlet->deliver (inlet->ctx, &message, err));
      *ret_new = true;
    }
  known->key = key;
  known->delivered = true;
  put_away (state, arena, entry, known);
  return SF_OK;
}

static enum sf_code
look_at (struct state *state, const struct entry *entry, const struct sf_inlet *inlet, long *delivered,
         struct sf_error *err)
{
  struct known *known = know (state, entry->path);
  if (!known)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory for %zu files", state->known_count);
  if ((known->delivered && is_unchanged (known, &entry->info)) || !is_settled (state, known, &entry->info))
    return SF_OK;
  struct sf_arena arena = { 0 };
  struct sf_error local = { 0 };
  bool is_new = false;
  enum sf_code code = deliver_file (state, &arena, entry, known, inlet, &is_new, &local);
  sf_arena_finish (&arena);
  if (is_new && code == SF_OK)
    ++*delivered;
  if (code == SF_ECANCELLED)
    return sf_fail (err, code, "%s", local.message);
  if (code != SF_OK)
    sf_host_log (state->host, SF_LOG_WARNING, "%s: not delivered: %s", entry->path, local.message);
  return SF_OK;
}

static enum sf_code
poll_spool (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct state *state = opaque;
  struct sf_arena arena = { 0 };
  struct entry *entries = NULL;
  size_t count = 0;
  long delivered = 0;
  enum sf_code code = list_files (state, &arena, &entries, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = look_at (state, &entries[i], inlet, &delivered, err);
  sf_arena_finish (&arena);
  *ret_delivered = delivered;
  return code;
}

static const struct sf_transport transport = { .open = open_spool, .poll = poll_spool, .close = close_spool };

SF_PLUGIN_EXPORT (spool) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "spool",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "files of a folder, each once",
  .summary_zh = "文件夹投递：逐个读取文件",
  .options = options,
  .as.transport = &transport,
};
