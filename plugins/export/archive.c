/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/archive.h"

#include "core/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  CONTENTS_START = 1024, /* powers of two */
  CONTENTS_MOST = 1 << 20,
  CONTENT_KEY_BYTES = 16
};

/* Half a SHA-256 tells contents apart; number -1 marks a free slot. */
struct sf_archive_content
{
  uint8_t key[CONTENT_KEY_BYTES];
  int64_t number;
};

enum sf_code
sf_archive_begin (struct sf_archive_file *file, const char *folder, const char *name, struct sf_error *err)
{
  sf_strbuf_addf (&file->path, "%s/%s", folder, name);
  sf_strbuf_addf (&file->folder, "%s/.tiles-XXXXXX", folder);
  if (file->path.failed || file->folder.failed)
    return sf_fail (err, SF_ENOMEM, "%s/%s: out of memory", folder, name);
  if (!mkdtemp (file->folder.text))
    {
      sf_strbuf_reset (&file->folder);
      return sf_fail (err, SF_EIO, "%s: cannot make a folder beside it: %s", file->path.text, strerror (errno));
    }
  sf_strbuf_addf (&file->temporary, "%s/%s", file->folder.text, name);
  return file->temporary.failed ? sf_fail (err, SF_ENOMEM, "%s: out of memory", file->path.text) : SF_OK;
}

enum sf_code
sf_archive_commit (struct sf_archive_file *file, struct sf_error *err)
{
  SF_TRY (sf_file_sync (file->temporary.text, err));
  if (rename (file->temporary.text, file->path.text) != 0)
    return sf_fail (err, SF_EIO, "%s: cannot replace: %s", file->path.text, strerror (errno));
  struct sf_strbuf above = { 0 };
  sf_strbuf_add_bytes (&above, file->path.text, (size_t) (strrchr (file->path.text, '/') - file->path.text));
  enum sf_code code
      = above.failed ? sf_fail (err, SF_ENOMEM, "%s: out of memory", file->path.text) : sf_file_sync (above.text, err);
  sf_strbuf_finish (&above);
  return code;
}

void
sf_archive_drop (struct sf_archive_file *file)
{
  if (file->folder.length)
    sf_file_remove_tree (file->folder.text, NULL);
  sf_strbuf_finish (&file->path);
  sf_strbuf_finish (&file->folder);
  sf_strbuf_finish (&file->temporary);
}

/* The slot that holds a key, or the free one where it belongs. */
static size_t
find_slot (const struct sf_archive_content *slots, size_t capacity, const uint8_t *key)
{
  uint64_t start;
  memcpy (&start, key, sizeof start);
  size_t at = (size_t) start & (capacity - 1);
  while (slots[at].number >= 0 && memcmp (slots[at].key, key, CONTENT_KEY_BYTES) != 0)
    at = (at + 1) & (capacity - 1);
  return at;
}

bool
sf_archive_contents_find (const struct sf_archive_contents *contents, const struct sf_key *key, int64_t *ret_number)
{
  if (contents->count == 0)
    return false;
  size_t at = find_slot (contents->slots, contents->capacity, key->bytes);
  if (contents->slots[at].number < 0)
    return false;
  *ret_number = contents->slots[at].number;
  return true;
}

static bool
grow (struct sf_archive_contents *contents)
{
  size_t capacity = contents->capacity ? contents->capacity * 2 : CONTENTS_START;
  struct sf_archive_content *slots = sf_mem_alloc (capacity * sizeof *slots);
  if (!slots)
    return false;
  for (size_t i = 0; i < capacity; i++)
    slots[i].number = -1;
  for (size_t i = 0; i < contents->capacity; i++)
    if (contents->slots[i].number >= 0)
      slots[find_slot (slots, capacity, contents->slots[i].key)] = contents->slots[i];
  sf_mem_free (contents->slots);
  contents->slots = slots;
  contents->capacity = capacity;
  return true;
}

enum sf_code
sf_archive_contents_add (struct sf_archive_contents *contents, const struct sf_key *key, int64_t number,
                         struct sf_error *err)
{
  if (contents->count == CONTENTS_MOST)
    return SF_OK;
  if (contents->count * 2 >= contents->capacity && !grow (contents))
    return sf_fail (err, SF_ENOMEM, "out of memory after %zu different tiles", contents->count);
  struct sf_archive_content *slot = &contents->slots[find_slot (contents->slots, contents->capacity, key->bytes)];
  memcpy (slot->key, key->bytes, CONTENT_KEY_BYTES);
  slot->number = number;
  contents->count++;
  return SF_OK;
}

void
sf_archive_contents_finish (struct sf_archive_contents *contents)
{
  sf_mem_free (contents->slots);
}

enum sf_code
sf_archive_paint (const struct sf_pyramid *pyramid, enum sf_tile_order order, sf_tile_fn take, void *ctx,
                  int64_t *ret_count, struct sf_error *err)
{
  SF_TRY (sf_pyramid_paint (pyramid, order, take, ctx, ret_count, err));
  if (*ret_count > 0)
    return SF_OK;
  sf_host_log (pyramid->work->host, SF_LOG_WARNING, "%s shows nothing at all: its archive holds one empty tile",
               pyramid->layer->name.text);
  return sf_pyramid_paint_first (pyramid, order, take, ctx, err);
}

enum sf_code
sf_archive_write (const struct sf_pyramid *pyramid, const char *suffix, const char *media_type, sf_archive_fn fill,
                  struct sf_error *err)
{
  const struct sf_export *job = pyramid->work->job;
  struct sf_archive_file file = { 0 };
  struct sf_strbuf name = { 0 };
  sf_strbuf_addf (&name, "%s.%s", pyramid->layer->name.text, suffix);
  enum sf_code code = name.failed ? sf_fail (err, SF_ENOMEM, "%s: out of memory", suffix)
                                  : sf_archive_begin (&file, job->folder, name.text, err);
  if (code == SF_OK)
    code = fill (pyramid, file.temporary.text, err);
  if (code == SF_OK)
    code = sf_archive_commit (&file, err);
  if (code == SF_OK)
    code = job->product (job->ctx, name.text, media_type, pyramid->layer->datasets.text, err);
  sf_archive_drop (&file);
  sf_strbuf_finish (&name);
  return code;
}
