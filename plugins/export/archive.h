/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_EXPORT_ARCHIVE_H
#define SF_PLUGINS_EXPORT_ARCHIVE_H

#include "plugins/export/tiles.h"

/* What the formats share that keep a whole pyramid in one file. */

/* A file that grows in a hidden folder beside its place, whatever its writer puts there with it, and appears whole or not at
   all. */
struct sf_archive_file
{
  struct sf_strbuf path, folder, temporary; /* its place, the hidden folder, the file in it to write to */
};

enum sf_code sf_archive_begin (struct sf_archive_file *file, const char *folder, const char *name,
                               struct sf_error *err);
/* Sync the temporary file, put it in place of path and drop the rest. */
enum sf_code sf_archive_commit (struct sf_archive_file *file, struct sf_error *err);
/* Remove what was not committed and free; fine after a begin that failed and after commit. */
void sf_archive_drop (struct sf_archive_file *file);

/* Which contents an archive holds already, and under what number of its own. It remembers the first million of them:
   later ones are stored again where they repeat. Zero-initialise. */
struct sf_archive_contents
{
  struct sf_archive_content *slots;
  size_t capacity, count;
};

/* Look a content up: true gives the number that it was added with. */
bool sf_archive_contents_find (const struct sf_archive_contents *contents, const struct sf_key *key,
                               int64_t *ret_number);
/* Add one that was not found. SF_ENOMEM. */
enum sf_code sf_archive_contents_add (struct sf_archive_contents *contents, const struct sf_key *key, int64_t number,
                                      struct sf_error *err);
void sf_archive_contents_finish (struct sf_archive_contents *contents);

/* Paint a pyramid of at least one tile into an archive: where nothing is to be seen the first tile is stored, empty,
   and that is logged. *ret_count is how many tiles show anything. */
enum sf_code sf_archive_paint (const struct sf_pyramid *pyramid, enum sf_tile_order order, sf_tile_fn take, void *ctx,
                               int64_t *ret_count, struct sf_error *err);

/* Paint, write and announce NAME.SUFFIX in the job's folder: fill makes the file at path. */
typedef enum sf_code (*sf_archive_fn) (const struct sf_pyramid *pyramid, const char *path, struct sf_error *err);
enum sf_code sf_archive_write (const struct sf_pyramid *pyramid, const char *suffix, const char *media_type,
                               sf_archive_fn fill, struct sf_error *err);

#endif
