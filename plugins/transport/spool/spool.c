/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/spool/spool.h"

#include "core/base/file.h"
#include "plugins/transport/pull.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Delivers the files of a folder, or one file, each once. A file is known by path, size and time of change; when those are
   new, by its SHA-256: a file that was only touched is not delivered again, one with new content is. Kept files are
   remembered with the message that they became. Files to be moved or deleted are not: they go when their message is held,
   and one that a crash left behind is delivered again, which its identity makes a duplicate, and then put away.
   Nothing is read that is no regular file of the folder itself: a pipe or a device cannot hold the feed up, a symbolic link
   shows nobody what only we may read. */

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

/* A look at a folder takes at most one part in LOOK_SHARE of the time, however large it is. */
enum
{
  LOOK_SHARE = 10,
  LOOK_GAP_MS = 20,
  RETRY_MS = 1000,
  BUSY_WAIT_MS = 100,
  EMPTY_MS = 60000 /* a file may be empty for so long: its writer has made it and not yet written */
};

struct state
{
  const struct sf_host *host;
  const char *move_to;
  char *folder_path;
  struct folder folder;
  enum order order;
  enum after after;
  int64_t settle_s, limit_bytes, every_ms;
  struct known_files known;
  struct known **todo; /* what the last look found to deliver, from todo_next on */
  size_t todo_count, todo_next;
  bool looked, stirred;
  int64_t look_again_ms, look_earliest_ms;
  struct known **waiting; /* for their acknowledgement, in the order of their numbers */
  size_t waiting_count, waiting_capacity;
  uint64_t taken;
  long refused; /* files of this round that could not be delivered */
  struct pull_alarm not_delivered, not_put_away, unreadable, links;
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
          .help_en = "what happens to a file once its content is held durably",
          .help_zh = "内容可靠保存之后对文件的处理：保留、移走、删除" },
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
        { .name = "depth",
          .type = SF_OPTION_INT,
          .fallback = "0",
          .min = 0,
          .max = 16,
          .help_en = "so many levels of subfolders are read too",
          .help_zh = "同时读取多少层子文件夹" },
        { .name = "every",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "10s",
          .min = 1,
          .max = 86400,
          .help_en
          = "look at the whole folder at least so often, also where the system tells of no changes (network drives)",
          .help_zh = "至少每隔多久查看一次整个文件夹（网络盘不通知变化时也有效）" },
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
  if (state->folder.watch >= 0)
    close (state->folder.watch);
  known_finish (&state->known);
  sf_mem_free (state->waiting);
  sf_mem_free (state->todo);
  sf_mem_free (state->folder_path);
  sf_mem_free (state);
}

/* The folder to list, and the one file of it when path is a file. */
static enum sf_code
set_folder (struct state *state, const char *path, struct sf_error *err)
{
  struct stat info;
  if (!path)
    return sf_fail (err, SF_EINVAL, "spool: path is not set; name a folder or a file");
  if (stat (path, &info) < 0)
    return sf_fail (err, SF_ENOTFOUND, "spool: %s: %s", path, strerror (errno));
  if (S_ISREG (info.st_mode) && lstat (path, &info) == 0 && S_ISLNK (info.st_mode))
    return sf_fail (err, SF_EINVAL, "spool: %s is a symbolic link, which is not followed; name the file itself", path);
  if (!S_ISDIR (info.st_mode) && !S_ISREG (info.st_mode))
    return sf_fail (err, SF_EINVAL, "spool: %s is neither a folder nor a file", path);
  const char *slash = S_ISREG (info.st_mode) ? strrchr (path, '/') : NULL;
  if (S_ISREG (info.st_mode))
    {
      state->folder.only = slash ? slash + 1 : path;
      state->folder_path = slash ? sf_mem_printf ("%.*s", (int) (slash - path + 1), path) : sf_mem_strdup (".");
      if (!state->folder_path)
        return sf_fail (err, SF_ENOMEM, "spool: out of memory");
    }
  state->folder.path = state->folder_path ? state->folder_path : path;
  return SF_OK;
}

static enum sf_code
set_move_to (struct state *state, const char *move_to, struct sf_error *err)
{
  struct stat info;
  if (state->after != AFTER_MOVE)
    return SF_OK;
  if (!move_to)
    return sf_fail (err, SF_EINVAL, "spool: after is move, but move_to names no folder");
  SF_TRY (sf_file_make_folder (move_to, err));
  if (stat (move_to, &info) < 0)
    return sf_fail (err, SF_EIO, "spool: %s: %s", move_to, strerror (errno));
  state->move_to = move_to;
  state->folder.left_device = info.st_dev;
  state->folder.left_inode = info.st_ino;
  return SF_OK;
}

static enum sf_code
open_spool (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  *state = (struct state){ .host = host,
                           .folder = { .host = host,
                                       .pattern = sf_settings_text (settings, "pattern"),
                                       .depth = (int) sf_settings_int (settings, "depth"),
                                       .watch = -1 },
                           .order = (enum order) sf_settings_choice (settings, "order"),
                           .after = (enum after) sf_settings_choice (settings, "after"),
                           .settle_s = sf_settings_int (settings, "settle"),
                           .limit_bytes = sf_settings_int (settings, "limit"),
                           .every_ms = sf_settings_int (settings, "every") * 1000,
                           .not_delivered = { .name = "files_not_delivered" },
                           .not_put_away = { .name = "files_not_put_away" },
                           .unreadable = { .name = "folder_unreadable" },
                           .links = { .name = "links_refused" } };
  state->folder.ignore_count = sf_settings_texts (settings, "ignore", &state->folder.ignore);
  enum sf_code code = set_folder (state, sf_settings_text (settings, "path"), err);
  if (code == SF_OK)
    code = set_move_to (state, sf_settings_text (settings, "move_to"), err);
  if (code != SF_OK)
    {
      close_spool (state);
      return code;
    }
  folder_watch (&state->folder);
  *ret_state = state;
  return SF_OK;
}

/* --- what is to be delivered --- */

static bool
remembers (const struct state *state)
{
  return state->after == AFTER_KEEP;
}

static int64_t
settle_ms (const struct state *state, const struct known *known)
{
  int64_t settle_ms = state->settle_s * 1000;
  return known->size == 0 && settle_ms < EMPTY_MS ? EMPTY_MS : settle_ms;
}

/* How long until a file has settled, in ms: its time of change lies long enough back by the system's clock, which set it, or,
   where clocks disagree, it has been seen unchanged for long enough. */
static int64_t
settles_in_ms (const struct state *state, const struct known *known, int64_t now_ms)
{
  struct timespec wall;
  clock_gettime (CLOCK_REALTIME, &wall);
  int64_t age_ms = ((int64_t) wall.tv_sec - known->changed.tv_sec) * 1000
                   + ((int64_t) wall.tv_nsec - known->changed.tv_nsec) / 1000000;
  int64_t seen_ms = now_ms - known->seen_ms, longest_ms = age_ms > seen_ms ? age_ms : seen_ms;
  int64_t wait_ms = settle_ms (state, known);
  return wait_ms > longest_ms ? wait_ms - longest_ms : 0;
}

static void
note_version (struct known *known, const struct stat *info, int64_t now_ms)
{
  if (known_matches (known, info))
    return;
  known->size = info->st_size;
  known->changed = info->st_mtim;
  known->seen_ms = now_ms;
  known->is_delivered = known->is_reported = false;
}

static int
compare_changes (const void *left, const void *right)
{
  const struct known *a = *(struct known *const *) left, *b = *(struct known *const *) right;
  int order = (a->changed.tv_sec > b->changed.tv_sec) - (a->changed.tv_sec < b->changed.tv_sec);
  if (!order)
    order = (a->changed.tv_nsec > b->changed.tv_nsec) - (a->changed.tv_nsec < b->changed.tv_nsec);
  return order ? order : strcmp (a->path, b->path);
}

/* Fill todo from the files found; both lists are sorted by path, and every found file is known. */
static enum sf_code
choose (struct state *state, const struct found *found, size_t count, int64_t now_ms, struct sf_error *err)
{
  struct known **todo = sf_mem_realloc (state->todo, (count + 1) * sizeof (struct known *));
  size_t at = 0;
  if (!todo)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory for %zu files", count);
  state->todo = todo;
  state->todo_count = state->todo_next = 0;
  for (size_t i = 0; i < count; i++)
    {
      while (strcmp (state->known.files[at]->path, found[i].path) < 0)
        at++;
      struct known *known = state->known.files[at];
      note_version (known, &found[i].info, now_ms);
      if (known->is_delivered)
        continue;
      int64_t wait_ms = settles_in_ms (state, known, now_ms);
      if (wait_ms == 0)
        todo[state->todo_count++] = known;
      else if (now_ms + wait_ms < state->look_again_ms)
        state->look_again_ms = now_ms + wait_ms;
    }
  if (state->order == ORDER_TIME)
    qsort (todo, state->todo_count, sizeof *todo, compare_changes);
  return SF_OK;
}

static int64_t
spent_ms (const struct timespec *since)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return ((int64_t) now.tv_sec - since->tv_sec) * 1000 + ((int64_t) now.tv_nsec - since->tv_nsec) / 1000000;
}

static enum sf_code
look (struct state *state, const struct sf_inlet *inlet, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct found *found;
  size_t count;
  struct timespec begin;
  clock_gettime (CLOCK_MONOTONIC, &begin);
  state->looked = true;
  state->stirred = false;
  state->refused = 0;
  state->todo_count = state->todo_next = 0; /* the update may free what it points to */
  state->look_again_ms = inlet->now_ms + state->every_ms;
  enum sf_code code = folder_list (&state->folder, &arena, &found, &count, err);
  if (code == SF_OK)
    code = known_update (&state->known, inlet, remembers (state), found, count, err);
  if (code == SF_OK)
    code = choose (state, found, count, inlet->now_ms, err);
  sf_arena_finish (&arena);
  state->look_earliest_ms = inlet->now_ms + LOOK_GAP_MS + LOOK_SHARE * spent_ms (&begin);
  return code;
}

static bool
must_look (const struct state *state, int64_t now_ms)
{
  if (!state->looked)
    return true;
  return now_ms >= (state->stirred ? state->look_earliest_ms : state->look_again_ms);
}

/* --- delivery --- */

static enum sf_code
hand_over (struct state *state, struct sf_arena *arena, struct known *known, const struct sf_message *bytes,
           const struct sf_inlet *inlet, struct sf_error *err)
{
  const char *name;
  char digest[SF_KEY_TEXT_BYTES];
  if (sf_mem_grow ((void **) &state->waiting, &state->waiting_capacity, state->waiting_count + 1,
                   sizeof *state->waiting)
      < 0)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  SF_TRY (known_path_text (arena, known->path, &name, err));
  struct sf_message message = *bytes;
  message.feed = state->host->component;
  message.source = sf_file_join (arena, state->folder.path, name);
  message.identity = sf_arena_printf (arena, "%s#%s", name, sf_key_format (&known->sha256, digest));
  message.received_s = inlet->now_s;
  if (!message.source || !message.identity)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  SF_TRY (inlet->deliver (inlet->ctx, &message, err));
  state->taken++;
  if (!remembers (state))
    {
      known->number = state->taken;
      state->waiting[state->waiting_count++] = known;
    }
  return SF_OK;
}

/* The bytes of a file as it was found, in the arena. */
static enum sf_code
read_file (const struct state *state, struct sf_arena *arena, const struct known *known, struct sf_message *message,
           struct sf_error *err)
{
  struct stat info;
  const char *name;
  uint8_t *bytes = NULL;
  enum sf_code code = SF_OK;
  int folder = folder_open_below (&state->folder, known->path, &name);
  int fd = folder < 0 ? -1 : openat (folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &info) < 0)
    code = sf_fail (err, SF_EIO, "%s", errno == ELOOP ? "it is a symbolic link now" : strerror (errno));
  else if (!S_ISREG (info.st_mode))
    code = sf_fail (err, SF_EIO, "it is no regular file any more");
  else
    code = sf_file_read_open (arena, fd, known->path, (size_t) state->limit_bytes, &bytes, &message->length, err);
  if (code == SF_OK && (fstat (fd, &info) < 0 || !known_matches (known, &info)))
    code = sf_fail (err, SF_EIO, "it changed while it was read; it is tried again");
  message->bytes = bytes;
  if (fd >= 0)
    close (fd);
  if (folder >= 0)
    close (folder);
  return code;
}

/* Read a file and hand it over. SF_OK also when it was a touched copy of what was delivered (*ret_new false). */
static enum sf_code
deliver_file (struct state *state, struct sf_arena *arena, struct known *known, const struct sf_inlet *inlet,
              bool *ret_new, struct sf_error *err)
{
  struct sf_message message = { 0 };
  struct sf_key key, last = known->sha256;
  SF_TRY (read_file (state, arena, known, &message, err));
  SF_TRY (sf_key_of_bytes (message.bytes, message.length, &key, err));
  *ret_new = !known->has_sha256 || memcmp (&key, &last, sizeof key);
  known->sha256 = key;
  enum sf_code code = *ret_new ? hand_over (state, arena, known, &message, inlet, err) : SF_OK;
  if (code != SF_OK)
    {
      known->sha256 = last;
      return code;
    }
  known->has_sha256 = known->is_delivered = true;
  /* What cannot be remembered is delivered again after a restart: its identity makes it a duplicate. */
  struct sf_error why;
  if (remembers (state) && known_remember (known, inlet, &why) != SF_OK)
    sf_host_log (state->host, SF_LOG_DEBUG, "%s: not remembered: %s", known->path, why.message);
  return SF_OK;
}

static void
report_refused (struct state *state, struct known *known, const struct sf_inlet *inlet, const char *why)
{
  state->refused++;
  if (state->look_again_ms > inlet->now_ms + RETRY_MS)
    state->look_again_ms = inlet->now_ms + RETRY_MS;
  if (!known->is_reported)
    sf_host_log (state->host, SF_LOG_WARNING, "%s/%s: not delivered: %s", state->folder.path, known->path, why);
  known->is_reported = true;
  if (state->refused == 1)
    pull_alarm_raise (&state->not_delivered, inlet, "%s: %s", known->path, why);
}

/* *ret_delivered counts up. SF_OK also when the file is refused; SF_EBUSY: go on with it later. */
static enum sf_code
do_next (struct state *state, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct known *known = state->todo[state->todo_next];
  struct sf_arena arena = { 0 };
  struct sf_error why = { 0 };
  bool is_new = false;
  enum sf_code code = deliver_file (state, &arena, known, inlet, &is_new, &why);
  sf_arena_finish (&arena);
  if (code == SF_ECANCELLED || code == SF_EBUSY)
    return sf_fail (err, code, "%s", why.message);
  state->todo_next++;
  if (code != SF_OK)
    report_refused (state, known, inlet, why.message);
  else if (is_new)
    ++*ret_delivered;
  return SF_OK;
}

/* --- putting away --- */

/* folder_fd, name: where the file is. */
static enum sf_code
move_away (const struct state *state, struct sf_arena *arena, const struct known *known, int folder_fd,
           const char *name, struct sf_error *err)
{
  char digest[SF_KEY_TEXT_BYTES];
  const char *slash = strrchr (known->path, '/');
  char *target = sf_file_join (arena, state->move_to, known->path);
  const char *folder = slash && target ? sf_arena_strndup (arena, target, strlen (target) - strlen (slash)) : NULL;
  if (folder)
    SF_TRY (sf_file_make_folder (folder, err));
  if (target && sf_file_exists (target))
    target = sf_arena_printf (arena, "%s.%.12s", target, sf_key_format (&known->sha256, digest));
  if (!target || (slash && !folder))
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  if (renameat (folder_fd, name, AT_FDCWD, target) < 0)
    return sf_fail (err, SF_EIO, "%s/%s cannot be moved to %s: %s", state->folder.path, known->path, target,
                    errno == EXDEV ? "move_to must be on the same file system" : strerror (errno));
  return SF_OK;
}

/* A file that was written anew while its old content was taken in stays: the next look delivers it. */
static enum sf_code
put_away (struct state *state, struct sf_arena *arena, const struct known *known, struct sf_error *err)
{
  const char *name;
  struct stat info;
  enum sf_code code = SF_OK;
  int folder_fd = folder_open_below (&state->folder, known->path, &name);
  if (folder_fd < 0 || fstatat (folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0 || !known_matches (known, &info))
    code = SF_OK; /* it is gone, or another one */
  else if (state->after == AFTER_MOVE)
    code = move_away (state, arena, known, folder_fd, name, err);
  else if (unlinkat (folder_fd, name, 0) < 0)
    code = sf_fail (err, SF_EIO, "%s/%s cannot be deleted: %s", state->folder.path, known->path, strerror (errno));
  if (folder_fd >= 0)
    close (folder_fd);
  return code;
}

/* What cannot be put away is tried again with every look. */
static bool
try_put_away (struct state *state, const struct sf_inlet *inlet, struct known *known)
{
  struct sf_arena arena = { 0 };
  struct sf_error why;
  bool was_stuck = known->is_stuck;
  known->is_stuck = put_away (state, &arena, known, &why) != SF_OK;
  sf_arena_finish (&arena);
  if (known->is_stuck && !was_stuck)
    sf_host_log (state->host, SF_LOG_WARNING, "%s", why.message);
  if (known->is_stuck)
    pull_alarm_raise (&state->not_put_away, inlet, "%s", why.message);
  return !known->is_stuck;
}

static void
retry_put_away (struct state *state, const struct sf_inlet *inlet)
{
  if (!state->not_put_away.text[0])
    return;
  for (size_t i = 0; i < state->known.count; i++)
    if (state->known.files[i]->is_stuck && !try_put_away (state, inlet, state->known.files[i]))
      return;
  pull_alarm_end (&state->not_put_away, inlet);
}

static void
acknowledge_spool (void *opaque, const struct sf_inlet *inlet, uint64_t through)
{
  struct state *state = opaque;
  size_t done = 0;
  for (; done < state->waiting_count && state->waiting[done]->number <= through; done++)
    {
      state->waiting[done]->number = 0;
      try_put_away (state, inlet, state->waiting[done]);
    }
  if (done == 0)
    return;
  state->waiting_count -= done;
  memmove (state->waiting, state->waiting + done, state->waiting_count * sizeof (struct known *));
}

/* --- polling --- */

static void
tell_links (struct state *state, const struct sf_inlet *inlet)
{
  const struct folder *folder = &state->folder;
  if (folder->links == 0)
    pull_alarm_end (&state->links, inlet);
  else if (folder->links == 1)
    pull_alarm_raise (&state->links, inlet, "%s: a symbolic link is not followed", folder->first_link);
  else
    pull_alarm_raise (&state->links, inlet, "%s and %ld more: symbolic links are not followed", folder->first_link,
                      folder->links - 1);
}

static enum sf_code
poll_spool (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct state *state = opaque;
  long delivered = 0;
  enum sf_code code = SF_OK;
  state->stirred |= folder_stirred (&state->folder);
  if (state->todo_next == state->todo_count && must_look (state, inlet->now_ms))
    {
      struct sf_error why;
      code = look (state, inlet, &why);
      if (code == SF_OK)
        pull_alarm_end (&state->unreadable, inlet);
      else
        pull_alarm_raise (&state->unreadable, inlet, "%s", why.message);
      if (code != SF_OK)
        return sf_fail (err, code, "%s", why.message);
      tell_links (state, inlet);
      retry_put_away (state, inlet);
    }
  while (code == SF_OK && state->todo_next < state->todo_count)
    code = do_next (state, inlet, &delivered, err);
  if (code == SF_OK && state->refused == 0)
    pull_alarm_end (&state->not_delivered, inlet);
  *ret_delivered = delivered;
  return code == SF_EBUSY ? SF_OK : code;
}

static int64_t
wait_spool (void *opaque, int64_t now_ms, int *ret_fd)
{
  const struct state *state = opaque;
  *ret_fd = state->folder.watch;
  if (state->todo_next < state->todo_count)
    return BUSY_WAIT_MS;
  int64_t next_ms = state->stirred ? state->look_earliest_ms : state->look_again_ms;
  return next_ms > now_ms ? next_ms - now_ms : 0;
}

static const struct sf_transport transport = {
  .open = open_spool, .poll = poll_spool, .acknowledge = acknowledge_spool, .wait_ms = wait_spool, .close = close_spool
};

SF_PLUGIN_EXPORT (spool) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "spool",
  .version = "0.2.0",
  .licence = "Apache-2.0",
  .summary_en = "files of a folder, each once",
  .summary_zh = "文件夹投递：逐个读取文件",
  .options = options,
  .as.transport = &transport,
};
