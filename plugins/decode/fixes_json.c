/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/fixes_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  DEPTH_MAX = 64,
  VALUES_MAX = 500000, /* a value takes up to 230 bytes: 16 MiB of "{}," would take 1.3 GB */
  MESSAGE_MAX_BYTES = 16 << 20,
  LOOK_BYTES = 64 << 10
};

void
sf_fixes_json_open (void)
{
  json_object_seed (0);
}

static bool
is_name_character (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '.';
}

/* Take "name(" and ");" off; a text without them is left as it is. */
static struct sf_span
unwrap (struct sf_span text)
{
  text = sf_span_trim (text);
  size_t name = 0;
  while (name < text.length && is_name_character (text.text[name]))
    name++;
  struct sf_span inner = text;
  if (inner.length && inner.text[inner.length - 1] == ';')
    inner.length--;
  inner = sf_span_trim (inner);
  if (!name || name >= inner.length || inner.text[name] != '(' || inner.text[inner.length - 1] != ')')
    return text;
  return sf_span_trim ((struct sf_span){ inner.text + name + 1, inner.length - name - 2 });
}

struct shape
{
  int depth;     /* levels of nesting */
  size_t values; /* at most so many: one for each opening bracket and each comma */
};

/* What a JSON text would grow into, counted outside its texts. */
static struct shape
shape_of (struct sf_span text)
{
  struct shape shape = { 0 };
  int depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < text.length; i++)
    {
      char c = text.text[i];
      if (in_text)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_text = false;
        }
      else if (c == '"')
        in_text = true;
      else if (c == '{' || c == '[')
        {
          shape.depth = ++depth > shape.depth ? depth : shape.depth;
          shape.values++;
        }
      else if (c == '}' || c == ']')
        depth--;
      else
        shape.values += c == ',';
    }
  return shape;
}

enum sf_code
sf_fixes_json_load (struct sf_arena *arena, const struct sf_message *message, json_t **ret_root, struct sf_error *err)
{
  const char *source = sf_fixes_source (message);
  struct sf_span text;
  json_error_t fault;
  if (message->length > MESSAGE_MAX_BYTES)
    return sf_fail (err, SF_EFORMAT, "%s: %zu bytes; a message has at most %d", source, message->length,
                    MESSAGE_MAX_BYTES);
  SF_TRY (sf_fixes_view_text (arena, message, &text, err));
  text = unwrap (text);
  if (!text.length)
    return sf_fail (err, SF_EFORMAT, "%s: the message is empty; expected JSON", source);
  struct shape shape = shape_of (text);
  if (shape.depth > DEPTH_MAX)
    return sf_fail (err, SF_EFORMAT, "%s: JSON nested deeper than %d levels", source, DEPTH_MAX);
  if (shape.values > VALUES_MAX)
    return sf_fail (err, SF_EFORMAT, "%s: %zu JSON values; a message has at most %d", source, shape.values, VALUES_MAX);
  json_t *root = json_loadb (text.text, text.length, JSON_REJECT_DUPLICATES, &fault);
  if (!root)
    return sf_fail (err, SF_EFORMAT, "%s:%d:%d: no JSON: %s", source, fault.line, fault.column, fault.text);
  *ret_root = root;
  return SF_OK;
}

bool
sf_fixes_json_number (const json_t *value, double *ret_number)
{
  if (!value || json_is_null (value))
    *ret_number = NAN;
  else if (json_is_number (value))
    *ret_number = json_number_value (value);
  else if (!json_is_string (value))
    return false;
  else
    {
      struct sf_span text = sf_span_trim (sf_span_of (json_string_value (value)));
      *ret_number = NAN;
      return !text.length || sf_text_parse_double (text, ret_number);
    }
  return true;
}

const char *
sf_fixes_json_text (const json_t *value)
{
  const char *text = json_string_value (value);
  return text && sf_span_trim (sf_span_of (text)).length ? text : NULL;
}

const char *
sf_fixes_json_identity (struct sf_arena *arena, const json_t *value)
{
  if (json_is_integer (value))
    return sf_arena_printf (arena, "%lld", (long long) json_integer_value (value));
  return sf_fixes_json_text (value);
}

json_t *
sf_fixes_json_any (const json_t *object, const char *const *names)
{
  for (; *names; names++)
    {
      json_t *value = json_object_get (object, *names);
      if (value)
        return value;
    }
  return NULL;
}

void
sf_fixes_json_reject (struct sf_fixes *fixes, const json_t *piece, const char *format, ...)
{
  char text[400];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  char *dump = json_dumps (piece, JSON_COMPACT | JSON_ENCODE_ANY);
  sf_fixes_reject (fixes, 0, sf_span_of (dump ? dump : ""), "%s", text);
  free (dump);
}

enum sf_code
sf_fixes_json_add (struct sf_fixes *fixes, struct sf_record *record, const json_t *piece, struct sf_error *err)
{
  char *dump = json_dumps (piece, JSON_COMPACT | JSON_ENCODE_ANY);
  enum sf_code code = sf_fixes_add (fixes, record, sf_span_of (dump ? dump : ""), err);
  free (dump);
  return code;
}

int
sf_fixes_json_identify (const uint8_t *bytes, size_t length, const char *key, int score)
{
  struct sf_span text = unwrap ((struct sf_span){ (const char *) bytes, length < LOOK_BYTES ? length : LOOK_BYTES });
  size_t first = 0;
  while (first < text.length && first < 200 && text.text[first] != '{' && text.text[first] != '[')
    first++;
  if (first >= text.length || first == 200)
    return 0;
  return memmem (text.text, text.length, key, strlen (key)) ? score : 0;
}
