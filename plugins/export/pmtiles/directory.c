/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/pmtiles/directory.h"

#include "plugins/export/tiles.h"

enum
{
  LEAF_ENTRIES = 4096,
  PACK_LEVEL = 12
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "pmtiles: out of memory");
}

static void
add_varint (struct sf_strbuf *out, uint64_t value)
{
  uint8_t bytes[10];
  size_t length = 0;
  for (; value >= 0x80; value >>= 7)
    bytes[length++] = (uint8_t) (value | 0x80);
  bytes[length++] = (uint8_t) value;
  sf_strbuf_add_bytes (out, bytes, length);
}

/* Columns: rises of the id, runs, lengths, offsets; 0 is an offset that follows on the one before. */
static void
add_columns (const struct sf_pm_entry *entries, size_t count, struct sf_strbuf *out)
{
  uint64_t last = 0, expected = UINT64_MAX;
  add_varint (out, count);
  for (size_t i = 0; i < count; last = entries[i++].id)
    add_varint (out, entries[i].id - last);
  for (size_t i = 0; i < count; i++)
    add_varint (out, entries[i].run);
  for (size_t i = 0; i < count; i++)
    add_varint (out, entries[i].length);
  for (size_t i = 0; i < count; i++)
    {
      add_varint (out, entries[i].offset == expected ? 0 : entries[i].offset + 1);
      expected = entries[i].offset + entries[i].length;
    }
}

static enum sf_code
pack_entries (const struct sf_pm_entry *entries, size_t count, struct sf_strbuf *out, struct sf_error *err)
{
  struct sf_strbuf plain = { 0 };
  add_columns (entries, count, &plain);
  enum sf_code code = plain.failed ? no_memory (err) : sf_tiles_gzip (plain.text, plain.length, PACK_LEVEL, out, err);
  sf_strbuf_finish (&plain);
  return code;
}

static enum sf_code
close_leaf (struct sf_pm_directory *directory, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &directory->root, &directory->root_capacity, directory->root_count + 1,
                   sizeof *directory->root))
    return no_memory (err);
  size_t before = directory->leaves.length;
  SF_TRY (pack_entries (directory->leaf, directory->leaf_count, &directory->leaves, err));
  directory->root[directory->root_count++] = (struct sf_pm_entry){
    .id = directory->leaf[0].id, .offset = before, .length = (uint32_t) (directory->leaves.length - before)
  };
  directory->leaf_count = 0;
  return SF_OK;
}

enum sf_code
sf_pm_directory_add (struct sf_pm_directory *directory, uint64_t id, uint64_t offset, uint32_t length,
                     struct sf_error *err)
{
  struct sf_pm_entry *last = directory->leaf_count ? &directory->leaf[directory->leaf_count - 1] : NULL;
  directory->addressed++;
  if (last && last->id + last->run == id && last->offset == offset)
    {
      last->run++;
      return SF_OK;
    }
  if (directory->leaf_count == LEAF_ENTRIES)
    SF_TRY (close_leaf (directory, err));
  if (sf_mem_grow ((void **) &directory->leaf, &directory->leaf_capacity, directory->leaf_count + 1,
                   sizeof *directory->leaf))
    return no_memory (err);
  directory->leaf[directory->leaf_count++]
      = (struct sf_pm_entry){ .id = id, .offset = offset, .length = length, .run = 1 };
  directory->entries++;
  return SF_OK;
}

enum sf_code
sf_pm_directory_close (struct sf_pm_directory *directory, size_t limit_bytes, struct sf_strbuf *out,
                       struct sf_error *err)
{
  if (directory->root_count == 0)
    {
      SF_TRY (pack_entries (directory->leaf, directory->leaf_count, out, err));
      if (out->length <= limit_bytes)
        return SF_OK;
      sf_strbuf_reset (out);
    }
  SF_TRY (close_leaf (directory, err));
  SF_TRY (pack_entries (directory->root, directory->root_count, out, err));
  if (out->length > limit_bytes)
    return sf_fail (err, SF_ERANGE, "pmtiles: a root directory of %zu leaves takes %zu bytes, at most %zu are allowed",
                    directory->root_count, out->length, limit_bytes);
  return SF_OK;
}

void
sf_pm_directory_finish (struct sf_pm_directory *directory)
{
  sf_mem_free (directory->leaf);
  sf_mem_free (directory->root);
  sf_strbuf_finish (&directory->leaves);
}
