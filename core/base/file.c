/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum
{
  READ_START_BYTES = 64 * 1024,
  TEMPORARY_TRIES = 100
};

/* Turn errno into an error: "PATH: cannot VERB: why". */
static enum sf_code
fail_errno (struct sf_error *err, const char *path, const char *verb)
{
  enum sf_code code = errno == ENOENT ? SF_ENOTFOUND : errno == ENOMEM ? SF_ENOMEM : SF_EIO;
  return sf_fail (err, code, "%s: cannot %s: %m", path, verb);
}

/* Fill bytes from fd until it is full or the file ends; *ret_length counts what came. */
static bool
read_full (int fd, uint8_t *bytes, size_t length, size_t *ret_length)
{
  size_t done = 0;
  while (done < length)
    {
      ssize_t n = read (fd, bytes + done, length - done);
      if (n == 0)
        break;
      if (n > 0)
        done += (size_t) n;
      else if (errno != EINTR)
        return false;
    }
  *ret_length = done;
  return true;
}

static size_t
first_guess (int fd, size_t limit_bytes)
{
  struct stat status;
  size_t guess = READ_START_BYTES;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size > 0)
    guess = (size_t) status.st_size;
  return guess < limit_bytes ? guess : limit_bytes;
}

/* Room for the guess and one byte more, which shows whether there is more to come. */
enum sf_code
sf_file_read_open (struct sf_arena *arena, int fd, const char *path, size_t limit_bytes, uint8_t **ret_bytes,
                   size_t *ret_length, struct sf_error *err)
{
  size_t room = first_guess (fd, limit_bytes), length = 0, got;
  uint8_t *bytes = NULL;
  for (;;)
    {
      uint8_t *larger = room < SIZE_MAX - 1 ? sf_arena_alloc (arena, room + 1) : NULL;
      if (!larger)
        return sf_fail (err, SF_ENOMEM, "%s: out of memory reading %zu bytes", path, room);
      if (bytes)
        memcpy (larger, bytes, length);
      bytes = larger;
      if (!read_full (fd, bytes + length, room + 1 - length, &got))
        return fail_errno (err, path, "read");
      length += got;
      if (length <= room)
        break;
      if (room == limit_bytes)
        return sf_fail (err, SF_ERANGE, "%s: larger than the limit of %zu bytes", path, limit_bytes);
      room = room < limit_bytes / 2 ? room * 2 : limit_bytes;
    }
  bytes[length] = '\0';
  *ret_bytes = bytes;
  *ret_length = length;
  return SF_OK;
}

enum sf_code
sf_file_read (struct sf_arena *arena, const char *path, size_t limit_bytes, uint8_t **ret_bytes, size_t *ret_length,
              struct sf_error *err)
{
  if (strcmp (path, "-") == 0)
    return sf_file_read_open (arena, STDIN_FILENO, "standard input", limit_bytes, ret_bytes, ret_length, err);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail_errno (err, path, "open");
  enum sf_code code = sf_file_read_open (arena, fd, path, limit_bytes, ret_bytes, ret_length, err);
  close (fd);
  return code;
}

/* The folder part of path ("." when there is none, "/" for the root) in heap memory. */
static char *
folder_of (const char *path)
{
  const char *slash = strrchr (path, '/');
  if (!slash)
    return sf_mem_strdup (".");
  return sf_mem_printf ("%.*s", (int) (slash == path ? 1 : slash - path), path);
}

/* A hidden name beside path that no other thread or process takes: FOLDER/.NAME.PID-N.tmp, in heap memory. */
static char *
temporary_name (const char *path, int n)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash ? slash + 1 : path;
  return sf_mem_printf ("%.*s.%s.%ld-%d.tmp", (int) (name - path), path, name, (long) getpid (), n);
}

static bool
write_full (int fd, const void *bytes, size_t length)
{
  const char *at = bytes;
  while (length)
    {
      ssize_t n = write (fd, at, length);
      if (n < 0 && errno != EINTR)
        return false;
      if (n > 0)
        {
          at += n;
          length -= (size_t) n;
        }
    }
  return true;
}

/* Create a temporary file beside path (make = NULL), or a symbolic link to make. Returns its name in heap memory and,
   for a file, its descriptor; NULL with errno set on failure. */
static char *
create_temporary (const char *path, const char *make, int *ret_fd)
{
  for (int n = 0; n < TEMPORARY_TRIES; n++)
    {
      char *name = temporary_name (path, n);
      if (!name)
        {
          errno = ENOMEM;
          return NULL;
        }
      int made = make ? symlink (make, name) : open (name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (made >= 0)
        {
          *ret_fd = made;
          return name;
        }
      int why = errno;
      sf_mem_free (name);
      errno = why;
      if (why != EEXIST)
        return NULL;
    }
  return NULL;
}

enum sf_code
sf_file_sync (const char *path, struct sf_error *err)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail_errno (err, path, "open");
  enum sf_code code = SF_OK;
  /* EINVAL: a file system that cannot sync a folder. */
  if (fsync (fd) != 0 && errno != EINVAL)
    code = fail_errno (err, path, "sync");
  close (fd);
  return code;
}

/* Rename the temporary file over path and make that durable; the temporary file is gone on failure. */
static enum sf_code
put_in_place (const char *temporary, const char *path, struct sf_error *err)
{
  char *folder = folder_of (path);
  enum sf_code code;
  if (!folder)
    code = sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  else if (rename (temporary, path) != 0)
    code = fail_errno (err, path, "replace");
  else
    code = sf_file_sync (folder, err);
  if (code != SF_OK)
    unlink (temporary);
  sf_mem_free (folder);
  return code;
}

enum sf_code
sf_file_write (const char *path, const void *bytes, size_t length, struct sf_error *err)
{
  int fd = -1;
  char *temporary = create_temporary (path, NULL, &fd);
  if (!temporary)
    return fail_errno (err, path, "create");
  enum sf_code code = SF_OK;
  if (!write_full (fd, bytes, length))
    code = fail_errno (err, path, "write");
  else if (fsync (fd) != 0)
    code = fail_errno (err, path, "sync");
  if (close (fd) != 0 && code == SF_OK)
    code = fail_errno (err, path, "close");
  if (code == SF_OK)
    code = put_in_place (temporary, path, err);
  else
    unlink (temporary);
  sf_mem_free (temporary);
  return code;
}

enum sf_code
sf_file_replace_link (const char *target, const char *link, struct sf_error *err)
{
  int unused;
  char *temporary = create_temporary (link, target, &unused);
  if (!temporary)
    return fail_errno (err, link, "create");
  enum sf_code code = put_in_place (temporary, link, err);
  sf_mem_free (temporary);
  return code;
}

bool
sf_file_exists (const char *path)
{
  struct stat status;
  return stat (path, &status) == 0;
}

bool
sf_file_is_folder (const char *path)
{
  struct stat status;
  return stat (path, &status) == 0 && S_ISDIR (status.st_mode);
}

/* mkdir of one folder whose parent exists. */
static enum sf_code
make_one (const char *path, struct sf_error *err)
{
  if (mkdir (path, 0777) == 0)
    return SF_OK;
  if (errno == EEXIST && sf_file_is_folder (path))
    return SF_OK;
  return fail_errno (err, path, "make the folder");
}

enum sf_code
sf_file_make_folder (const char *path, struct sf_error *err)
{
  if (sf_file_is_folder (path))
    return SF_OK;
  char *copy = sf_mem_strdup (path);
  if (!copy)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  enum sf_code code = SF_OK;
  for (char *at = copy; *at && code == SF_OK; at++)
    {
      if (*at != '/' || at == copy)
        continue;
      *at = '\0';
      if (!sf_file_is_folder (copy))
        code = make_one (copy, err);
      *at = '/';
    }
  sf_mem_free (copy);
  return code == SF_OK ? make_one (path, err) : code;
}

/* Visit a folder's entries: fn (folder, name, ctx) until one returns non-zero, which is returned; -1 with errno set
   when the folder cannot be read. Takes fd over. */
typedef int (*entry_fn) (int folder, const char *name, void *ctx);

static int
visit_folder (int fd, entry_fn fn, void *ctx)
{
  DIR *stream = fd < 0 ? NULL : fdopendir (fd);
  if (!stream)
    {
      int why = errno;
      if (fd >= 0)
        close (fd);
      errno = why;
      return -1;
    }
  int result = 0;
  while (result == 0)
    {
      errno = 0;
      struct dirent *entry = readdir (stream);
      if (!entry)
        {
          result = errno ? -1 : 0;
          break;
        }
      if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
        result = fn (dirfd (stream), entry->d_name, ctx);
    }
  int why = errno;
  closedir (stream);
  errno = why;
  return result;
}

static int
open_folder (int folder, const char *name)
{
  return openat (folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* What a walk over a tree leaves behind for the error message: the entry that failed. */
struct walk
{
  char failed_name[NAME_MAX + 1];
};

static int
walk_failed (struct walk *walk, const char *name)
{
  if (!*walk->failed_name)
    snprintf (walk->failed_name, sizeof walk->failed_name, "%s", name);
  return -1;
}

static int
remove_entry (int folder, const char *name, void *ctx)
{
  if (unlinkat (folder, name, 0) == 0 || errno == ENOENT)
    return 0;
  if (errno != EISDIR && errno != EPERM)
    return walk_failed (ctx, name);
  if (visit_folder (open_folder (folder, name), remove_entry, ctx) != 0)
    return walk_failed (ctx, name);
  return unlinkat (folder, name, AT_REMOVEDIR) == 0 ? 0 : walk_failed (ctx, name);
}

enum sf_code
sf_file_remove_tree (const char *path, struct sf_error *err)
{
  struct walk walk = { 0 };
  size_t length = strlen (path);
  if (length == 0 || strspn (path, "/.") == length)
    return sf_fail (err, SF_EINVAL, "'%s': this folder is never removed", path);
  if (remove_entry (AT_FDCWD, path, &walk) == 0)
    return SF_OK;
  return sf_fail (err, SF_EIO, "%s: cannot remove '%s': %m", path, walk.failed_name);
}

static int
sync_entry (int folder, const char *name, void *ctx)
{
  struct stat status;
  if (fstatat (folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return walk_failed (ctx, name);
  if (!S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode))
    return 0;
  if (S_ISDIR (status.st_mode) && visit_folder (open_folder (folder, name), sync_entry, ctx) != 0)
    return walk_failed (ctx, name);
  int fd = openat (folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return walk_failed (ctx, name);
  int failed = fsync (fd) != 0 && errno != EINVAL;
  int why = errno;
  close (fd);
  errno = why;
  return failed ? walk_failed (ctx, name) : 0;
}

enum sf_code
sf_file_sync_tree (const char *folder, struct sf_error *err)
{
  struct walk walk = { 0 };
  if (sync_entry (AT_FDCWD, folder, &walk) == 0)
    return SF_OK;
  return sf_fail (err, errno == ENOENT ? SF_ENOTFOUND : SF_EIO, "%s: cannot sync '%s': %m", folder, walk.failed_name);
}

/* Names while they are gathered: in the arena one by one, their array on the heap. */
struct listing
{
  struct sf_arena *arena;
  char **names;
  size_t count, capacity;
};

static int
list_entry (int folder, const char *name, void *ctx)
{
  (void) folder;
  struct listing *list = ctx;
  char *copy = sf_arena_strdup (list->arena, name);
  if (!copy || sf_mem_grow ((void **) &list->names, &list->capacity, list->count + 1, sizeof *list->names) != 0)
    {
      errno = ENOMEM;
      return -1;
    }
  list->names[list->count++] = copy;
  return 0;
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

enum sf_code
sf_file_list (struct sf_arena *arena, const char *folder, char ***ret_names, size_t *ret_count, struct sf_error *err)
{
  struct listing list = { .arena = arena };
  enum sf_code code = SF_OK;
  char **names = NULL;
  if (visit_folder (open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), list_entry, &list) != 0)
    {
      code = fail_errno (err, folder, "list");
      goto out;
    }
  names = sf_arena_alloc (arena, list.count * sizeof *names);
  if (!names)
    {
      code = sf_fail (err, SF_ENOMEM, "%s: out of memory listing %zu names", folder, list.count);
      goto out;
    }
  if (list.count)
    {
      memcpy (names, list.names, list.count * sizeof *names);
      qsort (names, list.count, sizeof *names, compare_names);
    }
  *ret_names = names;
  *ret_count = list.count;
out:
  sf_mem_free (list.names);
  return code;
}

char *
sf_file_join (struct sf_arena *arena, const char *folder, const char *name)
{
  size_t length = folder ? strlen (folder) : 0;
  if (length == 0 || name[0] == '/')
    return sf_arena_strdup (arena, name);
  return sf_arena_printf (arena, "%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", name);
}
