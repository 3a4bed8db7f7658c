/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A record that came through keeps the rules, can be copied, shown and sent on, and comes back as the same bytes. */
static void
use (const struct sf_record *record)
{
  struct sf_arena arena = { 0 };
  struct sf_strbuf first = { 0 }, second = { 0 }, json = { 0 };
  struct sf_record copy, back;
  size_t used = 0;
  if (sf_record_check (record, NULL) != SF_OK || sf_record_copy (&arena, record, &copy, NULL) != SF_OK
      || sf_record_encode (&copy, &first, NULL) != SF_OK
      || sf_record_decode (&arena, (const uint8_t *) first.text, first.length, &back, &used, NULL) != SF_OK
      || used != first.length || sf_record_encode (&back, &second, NULL) != SF_OK || second.length != first.length
      || memcmp (first.text, second.text, first.length) != 0)
    abort ();
  sf_record_format_json (record, &json);
  if (json.failed || !sf_text_is_utf8 ((const uint8_t *) json.text, json.length))
    abort ();
  sf_strbuf_finish (&json);
  sf_strbuf_finish (&second);
  sf_strbuf_finish (&first);
  sf_arena_finish (&arena);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct sf_arena arena = { 0 };
  for (size_t at = 0; at < size;)
    {
      struct sf_error err = { 0 };
      struct sf_record record;
      size_t used = 0;
      enum sf_code code = sf_record_decode (&arena, data + at, size - at, &record, &used, &err);
      if (code == SF_OK && (used < 4 || used > size - at))
        abort ();
      if (code != SF_OK
          && (code != SF_EFORMAT || !*err.message
              || !sf_text_is_utf8 ((const uint8_t *) err.message, strlen (err.message))))
        abort ();
      if (code != SF_OK)
        break;
      use (&record);
      at += used;
    }
  sf_arena_finish (&arena);
  return 0;
}
