/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_past.h"

#include <stdio.h>
#include <string.h>

/* In the order of enum sf_quality_flag. */
static const char *const WORDS[] = { "jump", "stuck", "speed", "level_storage", "rain_sum", "two_places" };

enum
{
  WORDS_COUNT = sizeof WORDS / sizeof *WORDS
};

void
sf_quality_words (unsigned char flags, char words[SF_QUALITY_WORDS_BYTES])
{
  size_t length = 0;
  words[0] = '\0';
  for (size_t i = 0; i < WORDS_COUNT; i++)
    if (flags & 1u << i)
      length
          += (size_t) snprintf (words + length, SF_QUALITY_WORDS_BYTES - length, "%s%s", length ? "; " : "", WORDS[i]);
}

static bool
is_word (const char *text, size_t length)
{
  for (size_t i = 0; i < WORDS_COUNT; i++)
    if (strlen (WORDS[i]) == length && memcmp (WORDS[i], text, length) == 0)
      return true;
  return false;
}

size_t
sf_quality_own_length (const char *doubt)
{
  size_t length = strlen (doubt);
  while (length > 0)
    {
      size_t begin = length;
      while (begin > 0 && !(begin > 1 && doubt[begin - 1] == ' ' && doubt[begin - 2] == ';'))
        begin--;
      if (!is_word (doubt + begin, length - begin))
        break;
      length = begin > 1 ? begin - 2 : 0;
    }
  return length;
}

static size_t
place_of (uint64_t series, int64_t valid_s, int64_t received_s, uint32_t revision)
{
  uint64_t hash
      = series ^ (uint64_t) valid_s * 0x9E3779B97F4A7C15u ^ (uint64_t) received_s * 0xC2B2AE3D27D4EB4Fu ^ revision;
  return (size_t) (hash ^ hash >> 31) % SF_QUALITY_DOUBTS;
}

void
sf_quality_memory_clear (struct sf_quality_memory *memory)
{
  for (size_t i = 0; i < SF_QUALITY_DOUBTS; i++)
    sf_mem_free (memory->doubts[i].text);
  memset (memory, 0, sizeof *memory);
}

enum sf_code
sf_quality_remember (struct sf_quality_memory *memory, uint64_t series, const struct sf_record *record,
                     struct sf_error *err)
{
  char *text = sf_mem_strdup (record->doubt);
  if (!text)
    return sf_fail (err, SF_ENOMEM, "out of memory while noting a doubt");
  struct sf_quality_doubt *doubt
      = &memory->doubts[place_of (series, record->valid_s, record->received_s, record->revision)];
  sf_mem_free (doubt->text);
  *doubt = (struct sf_quality_doubt){ series, record->valid_s, record->received_s, record->revision, text };
  return SF_OK;
}

const char *
sf_quality_recall (const struct sf_quality_memory *memory, uint64_t series, const struct sf_store_sample *sample)
{
  const struct sf_quality_doubt *doubt
      = &memory->doubts[place_of (series, sample->valid_s, sample->received_s, sample->revision)];
  bool same = doubt->text && doubt->series == series && doubt->valid_s == sample->valid_s
              && doubt->received_s == sample->received_s && doubt->revision == sample->revision;
  return same ? doubt->text : NULL;
}
