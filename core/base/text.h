/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_TEXT_H
#define SF_CORE_BASE_TEXT_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed piece of text, not terminated. */
struct sf_span
{
  const char *text;
  size_t length;
};

/* Convert bytes to UTF-8 in the arena (terminated; *ret_length without the terminator).
   charset: "utf-8", "gbk", "gb18030", "utf-16le", "utf-16be", or "auto": a byte order mark decides, else valid UTF-8,
   else GB18030. A UTF-8 byte order mark is dropped. A sequence that the charset does not allow is SF_EFORMAT with its
   byte offset. The converters of the C library are modules: a caged process must have used them before. */
enum sf_code sf_text_to_utf8 (struct sf_arena *arena, const uint8_t *bytes, size_t length, const char *charset,
                              char **ret_text, size_t *ret_length, struct sf_error *err);
bool sf_text_is_utf8 (const uint8_t *bytes, size_t length);
/* How many of the bytes, from the first, are whole and valid UTF-8. */
size_t sf_text_utf8_prefix (const uint8_t *bytes, size_t length);

/* Whole-span numbers, independent of the locale, blanks around allowed. False on empty text, trailing rubbish,
   overflow, hexadecimal, "nan", "inf" and a double of SF_NUMBER_TEXT_BYTES or more. The out-parameter is untouched on
   false. */
enum
{
  SF_NUMBER_TEXT_BYTES = 512
};
bool sf_text_parse_double (struct sf_span span, double *ret_value);
bool sf_text_parse_int (struct sf_span span, int64_t *ret_value);
/* true, yes, on; false, no, off. */
bool sf_text_parse_bool (struct sf_span span, bool *ret_value);

struct sf_span sf_span_of (const char *text);
struct sf_span sf_span_trim (struct sf_span span);
bool sf_span_equal (struct sf_span span, const char *text);

/* Take the next line off *rest (without CR LF or LF); false at the end. *line_number is counted up, starting from 0. */
bool sf_text_next_line (struct sf_span *rest, struct sf_span *ret_line, long *line_number);
/* Take the next blank-separated word off *rest; false when none is left. */
bool sf_text_next_word (struct sf_span *rest, struct sf_span *ret_word);
/* Take the next field up to separator off *rest (double-quoted fields keep separators; quotes are removed only around
   the whole field); false when none is left. "a,,b" has three fields, "" one.
   A doubled quote inside a quoted field stays doubled; a quote that is never closed is a character like others.
   At the end rest->text is NULL. */
bool sf_text_next_field (struct sf_span *rest, char separator, struct sf_span *ret_field);

/* The candidate nearest to name by edit distance when it is near enough to be a slip of the hand, else NULL. */
const char *sf_text_nearest (const char *name, const char *const *candidates, size_t count);

/* A growing text. Zero-initialise. After an allocation fails, failed is set and further additions do nothing:
   check once at the end. text is NULL until something was added. addf writes numbers with a point in every locale. */
struct sf_strbuf
{
  char *text;
  size_t length, capacity;
  bool failed;
};

void sf_strbuf_finish (struct sf_strbuf *buf);
void sf_strbuf_reset (struct sf_strbuf *buf);
void sf_strbuf_add (struct sf_strbuf *buf, const char *text);
void sf_strbuf_add_bytes (struct sf_strbuf *buf, const void *bytes, size_t length);
/* Add bytes for people: what is neither UTF-8 nor printable is written as \xNN. Beyond most bytes (less where that would
   cut a character) an ellipsis of three points stands. */
void sf_strbuf_add_excerpt (struct sf_strbuf *buf, const char *bytes, size_t length, size_t most);
void sf_strbuf_addf (struct sf_strbuf *buf, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

#endif
