/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/spool/spool.h"

#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Only what can bring something new: what we put away ourselves must not wake us. */
enum
{
  STIRRING = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | IN_ONLYDIR
};

void
folder_watch (struct folder *folder)
{
  folder->watch = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (folder->watch < 0)
    sf_host_log (folder->host, SF_LOG_WARNING, "%s cannot be watched (%s); it is looked at now and then", folder->path,
                 strerror (errno));
}

bool
folder_stirred (struct folder *folder)
{
  char events[4096] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  bool stirred = false;
  while (folder->watch >= 0 && read (folder->watch, events, sizeof events) > 0)
    stirred = true;
  return stirred;
}

/* Without a watch (a limit of the system, a network file system) the regular look finds what is new. */
static void
watch_one (const struct folder *folder, const char *path)
{
  if (folder->watch >= 0 && inotify_add_watch (folder->watch, path, STIRRING) < 0)
    sf_host_log (folder->host, SF_LOG_DEBUG, "%s is not watched: %s", path, strerror (errno));
}

static bool
is_wanted (const struct folder *folder, const char *name)
{
  if (folder->only)
    return !strcmp (name, folder->only);
  for (size_t i = 0; i < folder->ignore_count; i++)
    if (!fnmatch (folder->ignore[i], name, 0))
      return false;
  return !fnmatch (folder->pattern, name, 0);
}

struct listing
{
  struct folder *folder;
  struct sf_arena *arena;
  struct found *found; /* heap while it grows */
  size_t count, capacity;
};

static enum sf_code list_below (struct listing *listing, const char *below, int depth, struct sf_error *err);

/* A link to a folder is not followed: it may lead anywhere, also back. */
static bool
is_entered (const struct listing *listing, const char *name, const char *path, int depth)
{
  const struct folder *folder = listing->folder;
  struct stat info;
  if (depth >= folder->depth || lstat (path, &info) < 0 || !S_ISDIR (info.st_mode))
    return false;
  for (size_t i = 0; i < folder->ignore_count; i++)
    if (!fnmatch (folder->ignore[i], name, 0))
      return false;
  return !folder->left_inode || info.st_ino != folder->left_inode || info.st_dev != folder->left_device;
}

/* Whoever may write into the folder could otherwise read whatever we may read. */
static void
note_link (struct folder *folder, const char *path)
{
  if (folder->links++ == 0)
    snprintf (folder->first_link, sizeof folder->first_link, "%s", path);
}

static enum sf_code
take_name (struct listing *listing, const char *below, const char *name, int depth, struct sf_error *err)
{
  struct folder *folder = listing->folder;
  const char *short_path = below ? sf_arena_printf (listing->arena, "%s/%s", below, name) : name;
  const char *path = short_path ? sf_file_join (listing->arena, folder->path, short_path) : NULL;
  struct stat info;
  if (!path
      || sf_mem_grow ((void **) &listing->found, &listing->capacity, listing->count + 1, sizeof *listing->found) < 0)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory for the files of %s", folder->path);
  if (is_entered (listing, name, path, depth))
    return list_below (listing, short_path, depth + 1, err);
  if (!is_wanted (folder, name))
    return SF_OK;
  if (lstat (path, &info) < 0)
    sf_host_log (folder->host, SF_LOG_WARNING, "%s: %s", path, strerror (errno));
  else if (S_ISLNK (info.st_mode))
    note_link (folder, short_path);
  else if (S_ISREG (info.st_mode))
    listing->found[listing->count++] = (struct found){ short_path, info };
  return SF_OK;
}

static enum sf_code
list_below (struct listing *listing, const char *below, int depth, struct sf_error *err)
{
  const struct folder *folder = listing->folder;
  const char *path = below ? sf_file_join (listing->arena, folder->path, below) : folder->path;
  char **names;
  size_t count;
  struct sf_error why;
  if (!path)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  watch_one (folder, path);
  enum sf_code code = sf_file_list (listing->arena, path, &names, &count, &why);
  if (code != SF_OK && below && code != SF_ENOMEM)
    {
      sf_host_log (folder->host, SF_LOG_WARNING, "%s", why.message);
      return SF_OK;
    }
  if (code != SF_OK)
    return sf_fail (err, code, "spool: %s", why.message);
  for (size_t i = 0; i < count; i++)
    SF_TRY (take_name (listing, below, names[i], depth, err));
  return SF_OK;
}

int
folder_open_below (const struct folder *folder, const char *path, const char **ret_name)
{
  int fd = open (folder->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *slash;
  for (; fd >= 0 && (slash = strchr (path, '/')); path = slash + 1)
    {
      char name[NAME_MAX + 1];
      snprintf (name, sizeof name, "%.*s", (int) (slash - path), path);
      int below = openat (fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      close (fd);
      fd = below;
    }
  *ret_name = path;
  return fd;
}

static int
compare_paths (const void *left, const void *right)
{
  const struct found *a = left, *b = right;
  return strcmp (a->path, b->path);
}

enum sf_code
folder_list (struct folder *folder, struct sf_arena *arena, struct found **ret_found, size_t *ret_count,
             struct sf_error *err)
{
  struct listing listing = { .folder = folder, .arena = arena };
  struct stat info;
  folder->links = 0;
  enum sf_code code = list_below (&listing, NULL, 0, err);
  const char *only = folder->only && code == SF_OK ? sf_file_join (arena, folder->path, folder->only) : NULL;
  if (only && lstat (only, &info) < 0)
    code = sf_fail (err, SF_EIO, "spool: %s: %s", only, strerror (errno));
  if (code == SF_OK)
    {
      *ret_found = sf_arena_alloc (arena, listing.count * sizeof **ret_found);
      if (!*ret_found)
        code = sf_fail (err, SF_ENOMEM, "spool: out of memory for the files of %s", folder->path);
    }
  if (code == SF_OK && listing.count > 0)
    {
      memcpy (*ret_found, listing.found, listing.count * sizeof **ret_found);
      qsort (*ret_found, listing.count, sizeof **ret_found, compare_paths);
    }
  if (code == SF_OK)
    *ret_count = listing.count;
  sf_mem_free (listing.found);
  return code;
}
