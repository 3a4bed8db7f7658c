/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/delimited/table.h"

#include <string.h>

enum
{
  ROW_LINES_MAX = 16
};

/* --- charsets --- */

static bool
is_ascii (struct sf_span line)
{
  for (size_t i = 0; i < line.length; i++)
    if ((unsigned char) line.text[i] >= 0x80)
      return false;
  return true;
}

/* Of the lines that tell, most decide: one damaged line of a UTF-8 file does not make it GB 18030, nor the short GBK line
   that happens to be valid UTF-8 the other way. */
static const char *
guess_charset (struct sf_span text)
{
  struct sf_span line;
  long number = 0, valid = 0, other = 0;
  while (sf_text_next_line (&text, &line, &number))
    if (!is_ascii (line))
      {
        bool good = sf_text_is_utf8 ((const uint8_t *) line.text, line.length);
        valid += good;
        other += !good;
      }
  return valid >= other ? "utf-8" : "gb18030";
}

/* Convert line by line; a bad one becomes a NUL, which no good line is. */
static enum sf_code
convert_lines (struct sf_arena *arena, struct sf_fixes *fixes, const char *charset, struct sf_span text,
               struct sf_span *ret_text, struct sf_error *err)
{
  struct sf_strbuf all = { 0 };
  struct sf_arena scratch = { 0 };
  struct sf_span line;
  enum sf_code code = SF_OK;
  for (long number = 0; code == SF_OK && sf_text_next_line (&text, &line, &number); sf_strbuf_add (&all, "\n"))
    {
      char *utf8;
      size_t length;
      struct sf_error why;
      sf_arena_reset (&scratch);
      code = sf_text_to_utf8 (&scratch, (const uint8_t *) line.text, line.length, charset, &utf8, &length, &why);
      if (code == SF_OK)
        sf_strbuf_add_bytes (&all, utf8, length);
      else if (code == SF_EFORMAT)
        {
          sf_fixes_reject (fixes, number, line, "%s", why.message);
          sf_strbuf_add_bytes (&all, "", 1);
          code = SF_OK;
        }
      else
        sf_fail (err, code, "%s: %s", sf_fixes_source (fixes->message), why.message);
    }
  char *copy = code == SF_OK && !all.failed ? sf_arena_strndup (arena, all.text ? all.text : "", all.length) : NULL;
  if (code == SF_OK && !copy)
    code = sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (fixes->message));
  if (code == SF_OK)
    *ret_text = (struct sf_span){ copy, all.length };
  sf_strbuf_finish (&all);
  sf_arena_finish (&scratch);
  return code;
}

enum sf_code
sf_table_view (struct sf_arena *arena, struct sf_fixes *fixes, const char *charset, struct sf_span *ret_text,
               struct sf_error *err)
{
  struct sf_span text;
  char *utf8;
  size_t length;
  SF_TRY (sf_fixes_view_text (arena, fixes->message, &text, err));
  bool marked = text.text != (const char *) fixes->message->bytes;
  if (marked)
    charset = "utf-8";
  else if (!strcmp (charset, "auto"))
    charset = guess_charset (text);
  if (!strcmp (charset, "utf-8") && sf_text_is_utf8 ((const uint8_t *) text.text, text.length))
    {
      *ret_text = text;
      return SF_OK;
    }
  enum sf_code code = sf_text_to_utf8 (arena, (const uint8_t *) text.text, text.length, charset, &utf8, &length, err);
  if (code == SF_EFORMAT)
    return convert_lines (arena, fixes, charset, text, ret_text, err);
  if (code != SF_OK)
    return sf_error_prefix (err, code, "%s", sf_fixes_source (fixes->message));
  *ret_text = (struct sf_span){ utf8, length };
  return SF_OK;
}

/* --- rows --- */

static bool
ends_field (const struct sf_table_layout *layout, struct sf_span text, size_t at)
{
  return at >= text.length || text.text[at] == layout->separator || text.text[at] == '\n'
         || (text.text[at] == '\r' && (at + 1 == text.length || text.text[at + 1] == '\n'));
}

/* Where the quoted field that begins at a quote is over; `at` itself when it is none. */
static size_t
skip_quoted (const struct sf_table_layout *layout, struct sf_span text, size_t at)
{
  int lines = 1;
  for (size_t i = at + 1; i < text.length && lines <= ROW_LINES_MAX; i++)
    {
      lines += text.text[i] == '\n';
      if (text.text[i] != '"')
        continue;
      if (i + 1 < text.length && text.text[i + 1] == '"')
        i++;
      else
        return ends_field (layout, text, i + 1) ? i + 1 : at;
    }
  return at;
}

/* The length of the first row, up to its line break. */
static size_t
row_length (const struct sf_table_layout *layout, struct sf_span text)
{
  size_t at = 0;
  for (;;)
    {
      if (at < text.length && text.text[at] == '"')
        at = skip_quoted (layout, text, at);
      while (at < text.length && text.text[at] != layout->separator && text.text[at] != '\n')
        at++;
      if (at >= text.length || text.text[at] == '\n')
        return at;
      at++;
    }
}

static bool
is_left_out (struct sf_span line)
{
  return !sf_span_trim (line).length || (line.length == 1 && !line.text[0]);
}

bool
sf_table_next_row (const struct sf_table_layout *layout, struct sf_span *rest, struct sf_span *ret_row,
                   long *line_number, long *ret_line)
{
  for (;;)
    {
      struct sf_span before = *rest, line;
      if (!sf_text_next_line (rest, &line, line_number))
        return false;
      *ret_line = *line_number;
      if (is_left_out (line))
        continue;
      *ret_row = line;
      size_t length = layout->form == SF_TABLE_SEPARATED && layout->quotes ? row_length (layout, before) : 0;
      while (rest->length && (size_t) (rest->text - before.text) <= length)
        {
          if (!sf_text_next_line (rest, &line, line_number))
            break;
          ret_row->length = (size_t) (line.text + line.length - ret_row->text);
        }
      return true;
    }
}

/* --- fields --- */

static bool
undouble (struct sf_arena *arena, struct sf_span *field)
{
  if (!memmem (field->text, field->length, "\"\"", 2))
    return true;
  char *text = sf_arena_alloc (arena, field->length);
  size_t length = 0;
  if (!text)
    return false;
  for (size_t i = 0; i < field->length; i++)
    {
      text[length++] = field->text[i];
      i += field->text[i] == '"' && i + 1 < field->length && field->text[i + 1] == '"';
    }
  *field = (struct sf_span){ text, length };
  return true;
}

static bool
next_plain (struct sf_span *rest, char separator, struct sf_span *ret_field)
{
  if (!rest->text)
    return false;
  const char *end = memchr (rest->text, separator, rest->length);
  size_t length = end ? (size_t) (end - rest->text) : rest->length;
  *ret_field = (struct sf_span){ rest->text, length };
  *rest = end ? (struct sf_span){ end + 1, rest->length - length - 1 } : (struct sf_span){ NULL, 0 };
  return true;
}

static bool
next_field (const struct sf_table_layout *layout, struct sf_span *rest, struct sf_span *ret_field)
{
  if (layout->form == SF_TABLE_BLANKS)
    return sf_text_next_word (rest, ret_field);
  return layout->quotes ? sf_text_next_field (rest, layout->separator, ret_field)
                        : next_plain (rest, layout->separator, ret_field);
}

/* Characters of UTF-8 from `from`, so many or as many as there are. */
static struct sf_span
cut (struct sf_span row, int64_t from, int64_t width)
{
  size_t begin = row.length, end = row.length;
  int64_t character = -1;
  for (size_t i = 0; i < row.length; i++)
    {
      if (((unsigned char) row.text[i] & 0xC0) == 0x80)
        continue;
      character++;
      if (character == from)
        begin = i;
      if (character == from + width)
        {
          end = i;
          break;
        }
    }
  return sf_span_trim ((struct sf_span){ row.text + begin, end - begin });
}

static void
split_fixed (const struct sf_table_layout *layout, struct sf_span row, struct sf_span fields[SF_TABLE_COLUMNS_MAX],
             size_t *ret_count)
{
  for (size_t i = 0; i < layout->slices_count; i++)
    fields[i] = cut (row, layout->slices[i].from, layout->slices[i].width);
  *ret_count = layout->slices_count;
}

bool
sf_table_split (const struct sf_table_layout *layout, struct sf_arena *arena, struct sf_span row,
                struct sf_span fields[SF_TABLE_COLUMNS_MAX], size_t *ret_count)
{
  struct sf_span field, rest = row;
  size_t count = 0;
  if (layout->form == SF_TABLE_FIXED)
    {
      split_fixed (layout, row, fields, ret_count);
      return true;
    }
  for (; next_field (layout, &rest, &field); count++)
    {
      bool quoted = layout->form == SF_TABLE_SEPARATED && layout->quotes && field.text > row.text
                    && field.text[-1] == '"' && field.text + field.length < row.text + row.length
                    && field.text[field.length] == '"';
      if (count >= SF_TABLE_COLUMNS_MAX)
        continue;
      if (quoted && !undouble (arena, &field))
        return false;
      fields[count] = sf_span_trim (field);
    }
  *ret_count = count;
  return true;
}
