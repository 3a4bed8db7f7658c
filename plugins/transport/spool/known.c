/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/spool/spool.h"

#include "core/base/text.h"

#include <string.h>

void
known_finish (struct known_files *files)
{
  for (size_t i = 0; i < files->count; i++)
    sf_mem_free (files->files[i]);
  sf_mem_free (files->files);
  *files = (struct known_files){ 0 };
}

bool
known_matches (const struct known *known, const struct stat *info)
{
  return known->size == info->st_size && known->changed.tv_sec == info->st_mtim.tv_sec
         && known->changed.tv_nsec == info->st_mtim.tv_nsec;
}

enum sf_code
known_path_text (struct sf_arena *arena, const char *path, const char **ret_text, struct sf_error *err)
{
  char *text, digest[SF_KEY_TEXT_BYTES];
  size_t length;
  struct sf_key key;
  enum sf_code code = sf_text_to_utf8 (arena, (const uint8_t *) path, strlen (path), "auto", &text, &length, err);
  if (code == SF_EFORMAT)
    {
      SF_TRY (sf_key_of_bytes (path, strlen (path), &key, err));
      text = sf_arena_printf (arena, "%s", sf_key_format (&key, digest));
      code = SF_OK;
    }
  if (code != SF_OK || !text)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory");
  *ret_text = text;
  return SF_OK;
}

static enum sf_code
key_of (struct sf_arena *arena, const char *path, const char **ret_key, struct sf_error *err)
{
  const char *text = NULL;
  SF_TRY (known_path_text (arena, path, &text, err));
  *ret_key = sf_arena_printf (arena, "file/%s", text);
  return *ret_key ? SF_OK : sf_fail (err, SF_ENOMEM, "spool: out of memory");
}

/* "SIZE SECONDS NANOSECONDS SHA256" */
static bool
read_value (const char *value, struct known *known)
{
  struct sf_span rest = sf_span_of (value), word;
  int64_t numbers[3];
  char digest[SF_KEY_TEXT_BYTES];
  for (int i = 0; i < 3; i++)
    if (!sf_text_next_word (&rest, &word) || !sf_text_parse_int (word, &numbers[i]))
      return false;
  if (!sf_text_next_word (&rest, &word) || word.length >= sizeof digest)
    return false;
  memcpy (digest, word.text, word.length);
  digest[word.length] = '\0';
  if (sf_key_parse (digest, &known->sha256, NULL) != SF_OK)
    return false;
  known->size = numbers[0];
  known->changed = (struct timespec){ .tv_sec = numbers[1], .tv_nsec = numbers[2] };
  known->has_sha256 = known->is_delivered = true;
  return true;
}

enum sf_code
known_remember (const struct known *known, const struct sf_inlet *inlet, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *key, *value;
  char digest[SF_KEY_TEXT_BYTES];
  enum sf_code code = key_of (&arena, known->path, &key, err);
  if (code == SF_OK)
    {
      value = sf_arena_printf (&arena, "%lld %lld %ld %s", (long long) known->size, (long long) known->changed.tv_sec,
                               known->changed.tv_nsec, sf_key_format (&known->sha256, digest));
      code = value ? inlet->remember (inlet->ctx, key, value, err) : sf_fail (err, SF_ENOMEM, "spool: out of memory");
    }
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
forget (const struct known *known, const struct sf_inlet *inlet, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *key;
  enum sf_code code = key_of (&arena, known->path, &key, err);
  if (code == SF_OK)
    code = inlet->remember (inlet->ctx, key, NULL, err);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
recall (struct known *known, const struct sf_inlet *inlet, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *key, *value = NULL;
  enum sf_code code = key_of (&arena, known->path, &key, err);
  if (code == SF_OK)
    code = inlet->recall (inlet->ctx, &arena, key, &value, err);
  if (code == SF_OK && value)
    read_value (value, known);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
get_to_know (const struct sf_inlet *inlet, bool remembers, const char *path, struct known **ret_known,
             struct sf_error *err)
{
  size_t length = strlen (path) + 1;
  struct known *known = sf_mem_calloc (1, sizeof *known + length);
  if (!known)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory for %s", path);
  known->size = -1;
  known->seen_ms = inlet->now_ms;
  memcpy (known->path, path, length);
  enum sf_code code = remembers ? recall (known, inlet, err) : SF_OK;
  if (code == SF_OK)
    *ret_known = known;
  else
    sf_mem_free (known);
  return code;
}

/* Whether a file that is gone must stay known: it is waited for, or could not be forgotten. */
static bool
must_stay (const struct known *known, const struct sf_inlet *inlet, bool remembers)
{
  return known->number || (remembers && known->has_sha256 && forget (known, inlet, NULL) != SF_OK);
}

enum sf_code
known_update (struct known_files *files, const struct sf_inlet *inlet, bool remembers, const struct found *found,
              size_t found_count, struct sf_error *err)
{
  struct known **merged = sf_mem_alloc ((files->count + found_count + 1) * sizeof (struct known *));
  size_t old = 0, count = 0;
  enum sf_code code = SF_OK;
  if (!merged)
    return sf_fail (err, SF_ENOMEM, "spool: out of memory for %zu files", found_count);
  for (size_t i = 0; i <= found_count; i++)
    {
      const char *path = i < found_count ? found[i].path : NULL;
      int order = -1;
      /* After a failure nothing is forgotten: what is not looked at is not gone. */
      while (old < files->count && (!path || (order = strcmp (files->files[old]->path, path)) < 0))
        {
          struct known *known = files->files[old++];
          if (code != SF_OK || must_stay (known, inlet, remembers))
            merged[count++] = known;
          else
            sf_mem_free (known);
        }
      if (old < files->count && path && order == 0)
        merged[count++] = files->files[old++];
      else if (path && code == SF_OK && (code = get_to_know (inlet, remembers, path, &merged[count], err)) == SF_OK)
        count++;
    }
  sf_mem_free (files->files);
  *files = (struct known_files){ merged, count };
  return code;
}
