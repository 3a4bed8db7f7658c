/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_FILE_H
#define SF_CORE_BASE_FILE_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read a whole file ("-" is standard input) into the arena, terminated by a NUL that is not counted.
   Larger than limit_bytes is SF_ERANGE. */
enum sf_code sf_file_read (struct sf_arena *arena, const char *path, size_t limit_bytes, uint8_t **ret_bytes,
                           size_t *ret_length, struct sf_error *err);
/* The same of a descriptor from where it stands; it stays open. path: its name in messages. */
enum sf_code sf_file_read_open (struct sf_arena *arena, int fd, const char *path, size_t limit_bytes,
                                uint8_t **ret_bytes, size_t *ret_length, struct sf_error *err);

/* Write bytes to path so that a crash leaves the old file or the new one, never half: temporary file beside it, fsync,
   rename, fsync of the folder. */
enum sf_code sf_file_write (const char *path, const void *bytes, size_t length, struct sf_error *err);

bool sf_file_exists (const char *path);
bool sf_file_is_folder (const char *path);
/* Make a folder and its parents; an existing one is fine. */
enum sf_code sf_file_make_folder (const char *path, struct sf_error *err);
/* Remove a file or a folder with all in it; symbolic links are removed, not followed; absent is fine. */
enum sf_code sf_file_remove_tree (const char *path, struct sf_error *err);
/* fsync a file or folder; and every file and folder below a folder. */
enum sf_code sf_file_sync (const char *path, struct sf_error *err);
enum sf_code sf_file_sync_tree (const char *folder, struct sf_error *err);
/* Point the symbolic link `link` at target by a rename. */
enum sf_code sf_file_replace_link (const char *target, const char *link, struct sf_error *err);
/* Names in a folder, sorted by bytes, without "." and ".."; *ret_names in the arena. */
enum sf_code sf_file_list (struct sf_arena *arena, const char *folder, char ***ret_names, size_t *ret_count,
                           struct sf_error *err);
/* folder/name in the arena; a name that is absolute stays as it is. */
char *sf_file_join (struct sf_arena *arena, const char *folder, const char *name);

#endif
