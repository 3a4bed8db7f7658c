/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_SNAPSHOT_H
#define SF_CORE_CYCLE_SNAPSHOT_H

#include "core/base/file.h"
#include "core/data/dataset.h"
#include "core/plugin/host.h"

/* A published cycle under DIR: snapshots/<id>/manifest.json and what it lists; the link DIR/current points to the newest.
   A snapshot is made beside (snapshots/.making-<id>), synced, renamed, and then current is replaced by a rename: whoever
   reads sees the old one or the new one. */

#define SF_MANIFEST_FORM 1

/* A dataset of a manifest. */
struct sf_manifest_dataset
{
  const char *name, *kind;
  struct sf_key key;
  enum sf_authority authority;
  bool simulated;
  const char *exporter; /* that keeps it in the snapshot; NULL when it is not kept (most cubes) */
  const char *file;     /* relative to the snapshot */
};

struct sf_manifest_product
{
  const char *path, *media_type, *datasets;
  struct sf_key sha256;
  int64_t size_bytes;
};

/* Where a snapshot's data came from. */
struct sf_manifest_feed
{
  const char *name, *decoder;
  enum sf_authority authority;
  bool simulated;
  size_t messages_count;
  const char *last_source; /* of its last message; NULL without any */
};

/* An open snapshot. It is pinned: it is not removed while anybody has it open. */
struct sf_snapshot
{
  struct sf_arena arena;
  int pin;            /* descriptor with a shared lock */
  const char *folder; /* absolute */
  const char *id, *scenario, *title_en, *title_zh;
  int64_t clock_s;
  enum sf_authority authority;
  bool simulated;
  struct sf_manifest_feed *feeds;
  size_t feeds_count;
  struct sf_manifest_dataset *datasets;
  size_t datasets_count;
  struct sf_manifest_product *products;
  size_t products_count;
};

/* Open snapshot id below dir (NULL: the current one). SF_ENOTFOUND says that nothing was published yet, or that there is
   no such id; a manifest of a newer form is refused in words (SF_EUNSUPPORTED). */
enum sf_code sf_snapshot_open (const char *dir, const char *id, struct sf_snapshot **ret_snapshot,
                               struct sf_error *err);
void sf_snapshot_close (struct sf_snapshot *snapshot);
const struct sf_manifest_dataset *sf_snapshot_find (const struct sf_snapshot *snapshot, const char *dataset);
/* Read a kept dataset back through the exporter that wrote it; its key, authority and simulated are set. */
enum sf_code sf_snapshot_load (const struct sf_snapshot *snapshot, struct sf_plugin_host *plugins, const char *dataset,
                               struct sf_dataset **ret_dataset, struct sf_error *err);
/* Whether a path leads to something inside a folder: relative, and no empty part, "." or ".." in it. */
bool sf_snapshot_is_inside (const char *path);
/* Check every product's size and SHA-256 against the manifest. */
enum sf_code sf_snapshot_verify (const struct sf_snapshot *snapshot, struct sf_error *err);

/* Take the writer's lock of dir (one writer at a time; SF_ECONFLICT when another holds it), sweep half-made folders.
   *ret_lock is closed to give it back; all that follows is for whoever holds it. */
enum sf_code sf_snapshot_lock (const char *dir, struct sf_arena *arena, int *ret_lock, struct sf_error *err);
/* Make the folder that snapshot id is made in; *ret_making_folder in the arena. */
enum sf_code sf_snapshot_begin (const char *dir, const char *id, struct sf_arena *arena, char **ret_making_folder,
                                struct sf_error *err);
/* Make the folder current: sync, rename (over one of the same id), link. */
enum sf_code sf_snapshot_publish (const char *dir, const char *id, const char *making_folder, struct sf_error *err);
/* Point current at a snapshot that is there. */
enum sf_code sf_snapshot_make_current (const char *dir, const char *id, struct sf_error *err);
/* Remove the oldest snapshots beyond keep; current and pinned ones stay, and so does what is no snapshot. */
enum sf_code sf_snapshot_sweep (const char *dir, int keep, struct sf_error *err);

#endif
