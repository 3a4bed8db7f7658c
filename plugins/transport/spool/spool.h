/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_TRANSPORT_SPOOL_SPOOL_H
#define PLUGINS_TRANSPORT_SPOOL_SPOOL_H

#include "core/base/sha256.h"
#include "core/plugin/plugin.h"

#include <sys/stat.h>
#include <time.h>

/* --- folder.c: which files are there --- */

struct folder
{
  const struct sf_host *host;
  const char *path; /* of the folder */
  const char *only; /* the one file of it that is wanted; NULL: those of the patterns */
  const char *const *ignore;
  size_t ignore_count;
  const char *pattern;
  int depth;         /* of subfolders; 0: none */
  dev_t left_device; /* the subfolder that is left out (where files are moved to); left_inode 0: none */
  ino_t left_inode;
  int watch;  /* inotify descriptor; -1: none */
  long links; /* wanted names that the last listing found to be symbolic links; they are not followed */
  char first_link[256];
};

struct found
{
  const char *path; /* below the folder */
  struct stat info;
};

/* The wanted regular files, sorted by the bytes of their paths; a subfolder that cannot be listed is logged and passed over. */
enum sf_code folder_list (struct folder *folder, struct sf_arena *arena, struct found **ret_found, size_t *ret_count,
                          struct sf_error *err);
/* The folder that a path below the folder leads to, open for the ..at calls, and the last name of the path; no symbolic link
   below the folder is followed, also none that came after the listing. -1 with errno; the caller closes it. */
int folder_open_below (const struct folder *folder, const char *path, const char **ret_name);
/* Watch the folder, as far as the system can; folder_list adds the subfolders. */
void folder_watch (struct folder *folder);
/* Whether a file came or changed since the last call. */
bool folder_stirred (struct folder *folder);

/* --- known.c: what is known of each file --- */

struct known
{
  off_t size;
  struct timespec changed;
  int64_t seen_ms;      /* since when size and time of change are these */
  struct sf_key sha256; /* of what was delivered */
  uint64_t number;      /* of the message whose acknowledgement is waited for; 0: none */
  bool has_sha256, is_delivered, is_reported;
  bool is_stuck; /* held, and could not be put away */
  char path[];   /* below the folder */
};

/* Sorted by path; each entry stays where it is while it is known. */
struct known_files
{
  struct known **files;
  size_t count;
};

void known_finish (struct known_files *files);
bool known_matches (const struct known *known, const struct stat *info);
/* Make the list that of the found files: what is known of a path is kept, a new path is recalled from the inlet (remembers),
   one that is gone is forgotten, unless its acknowledgement is waited for. */
enum sf_code known_update (struct known_files *files, const struct sf_inlet *inlet, bool remembers,
                           const struct found *found, size_t found_count, struct sf_error *err);
/* Remember durably what was delivered of a file. */
enum sf_code known_remember (const struct known *known, const struct sf_inlet *inlet, struct sf_error *err);
/* A path as UTF-8 text: names in GBK are converted, any others give the digest of their bytes. */
enum sf_code known_path_text (struct sf_arena *arena, const char *path, const char **ret_text, struct sf_error *err);

#endif
