/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"
#include "plugins/decode/fixes_json.h"
#include "plugins/decode/mapping.h"

#include <stdlib.h>
#include <string.h>

/* JSON of any department, a document or one value a line, read by the mapping language. A row is an item of the array at
   "rows", or the value there itself; its values stand at JSON pointers (RFC 6901) below it, or, with "^" before the
   pointer, below the whole document. */

enum
{
  POINTER_DEPTH_MAX = 32
};

/* A pointer cut at its slashes, "~1" and "~0" put back. */
struct path
{
  bool from_root;
  const char **keys;
  size_t count;
};

struct state
{
  struct sf_mapped_state mapped;
  bool lines;
  struct path rows;
  struct path *paths; /* of the references */
  size_t values_count;
};

static const char *const form_choices[] = { "document", "lines", NULL };

static const struct sf_option options[]
    = { SF_MAPPING_OPTIONS,
        { .name = "form",
          .type = SF_OPTION_ENUM,
          .fallback = "document",
          .choices = form_choices,
          .help_en = "one JSON document a message, or one value a line",
          .help_zh = "每条消息一个JSON文档，或每行一个值" },
        { .name = "rows",
          .type = SF_OPTION_TEXT,
          .fallback = "",
          .help_en = "JSON pointer to the array whose items are rows (/data/list); empty: the value itself",
          .help_zh = "行所在数组的JSON指针（如/data/list）；空：整个值" },
        { .name = NULL } };

/* --- pointers --- */

/* Put "~1" and "~0" back in place; false for another "~". */
static bool
unescape (char *key)
{
  char *to = key;
  for (const char *from = key; *from; from++)
    if (*from != '~')
      *to++ = *from;
    else if (*++from == '0' || *from == '1')
      *to++ = *from == '0' ? '~' : '/';
    else
      return false;
  *to = '\0';
  return true;
}

static enum sf_code
parse_path (struct sf_arena *arena, const char *pointer, struct path *ret_path, struct sf_error *err)
{
  struct path path = { .from_root = pointer[0] == '^' };
  const char *rest = pointer + path.from_root;
  path.keys = sf_arena_calloc (arena, POINTER_DEPTH_MAX, sizeof *path.keys);
  if (!path.keys)
    return sf_fail (err, SF_ENOMEM, "json_map: out of memory");
  while (*rest)
    {
      size_t length = strcspn (rest + 1, "/");
      char *key = sf_arena_strndup (arena, rest + 1, length);
      if (!key)
        return sf_fail (err, SF_ENOMEM, "json_map: out of memory");
      if (*rest != '/' || path.count == POINTER_DEPTH_MAX || !unescape (key))
        return sf_fail (err, SF_EINVAL,
                        "json_map: '%s' is no JSON pointer (/a/b, /list/0, ^/issued) of at most %d levels", pointer,
                        POINTER_DEPTH_MAX);
      path.keys[path.count++] = key;
      rest += 1 + length;
    }
  *ret_path = path;
  return SF_OK;
}

/* The value at a pointer; NULL: there is no such place. What would stand below a null is as unknown as the null. */
static json_t *
follow (const struct path *path, json_t *value)
{
  for (size_t i = 0; i < path->count && value && !json_is_null (value); i++)
    {
      int64_t index;
      if (json_is_object (value))
        value = json_object_get (value, path->keys[i]);
      else if (json_is_array (value) && sf_text_parse_int (sf_span_of (path->keys[i]), &index) && index >= 0)
        value = json_array_get (value, (size_t) index);
      else
        value = NULL;
    }
  return value;
}

static enum sf_code
read_settings (struct state *state, const struct sf_host *host, struct sf_error *err)
{
  const char *const *names;
  SF_TRY (sf_mapping_new (&state->mapped.settings, host, "pointer", &state->mapped.mapping, err));
  SF_TRY (parse_path (&state->mapped.settings, sf_settings_text (host->settings, "rows"), &state->rows, err));
  state->lines = sf_settings_choice (host->settings, "form") == 1;
  state->values_count = sf_mapping_references (state->mapped.mapping, &names);
  state->paths = sf_arena_calloc (&state->mapped.settings, state->values_count + 1, sizeof *state->paths);
  state->mapped.values
      = sf_arena_calloc (&state->mapped.settings, state->values_count + 1, sizeof *state->mapped.values);
  if (!state->paths || !state->mapped.values)
    return sf_fail (err, SF_ENOMEM, "json_map: out of memory");
  for (size_t i = 0; i < state->values_count; i++)
    SF_TRY (parse_path (&state->mapped.settings, names[i], &state->paths[i], err));
  return SF_OK;
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_fix_state_new (sizeof *state, "json_map", err);
  if (!state)
    return SF_ENOMEM;
  sf_fixes_json_open ();
  enum sf_code code = read_settings (state, host, err);
  if (code != SF_OK)
    sf_mapped_state_free (state);
  else
    *ret_state = state;
  return code;
}

/* --- rows --- */

/* The text of a scalar; that of null and of a container is empty, and there is none where nothing stands. Numbers are written
   as the shortest text that reads back the same. */
static bool
scalar_text (struct state *state, const json_t *value, struct sf_span *ret_text)
{
  struct sf_strbuf buf = { 0 };
  *ret_text = (struct sf_span){ value ? "" : NULL, 0 };
  if (json_is_string (value))
    *ret_text = (struct sf_span){ json_string_value (value), json_string_length (value) };
  else if (json_is_boolean (value))
    *ret_text = sf_span_of (json_is_true (value) ? "true" : "false");
  if (!json_is_number (value))
    return true;
  if (json_is_integer (value))
    sf_strbuf_addf (&buf, "%lld", (long long) json_integer_value (value));
  else
    sf_strbuf_add_double (&buf, json_real_value (value));
  char *text = buf.failed ? NULL : sf_arena_strndup (&state->mapped.row, buf.text, buf.length);
  if (text)
    *ret_text = (struct sf_span){ text, buf.length };
  sf_strbuf_finish (&buf);
  return text != NULL;
}

static enum sf_code
decode_row (struct state *state, json_t *root, json_t *row, long line, long *rows_read, struct sf_error *err)
{
  const char *const *names;
  struct sf_fixes *fixes = &state->mapped.base.fixes;
  char *dump = json_dumps (row, JSON_COMPACT | JSON_ENCODE_ANY);
  struct sf_span piece = sf_span_of (dump ? dump : "");
  enum sf_code code = SF_OK;
  sf_arena_reset (&state->mapped.row);
  sf_mapping_references (state->mapped.mapping, &names);
  for (size_t i = 0; i < state->values_count && code == SF_OK; i++)
    {
      json_t *value = follow (&state->paths[i], state->paths[i].from_root ? root : row);
      if (!scalar_text (state, value, &state->mapped.values[i]))
        code = sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (fixes->message));
      if (json_is_object (value) || json_is_array (value))
        sf_fixes_reject (fixes, line, piece, "pointer %s: a list or an object, not one value", names[i]);
    }
  struct sf_mapping_row values = { line, piece, state->mapped.values };
  if (code == SF_OK)
    code = sf_mapping_emit (state->mapped.mapping, fixes, &values, rows_read, err);
  free (dump);
  return code;
}

static enum sf_code
decode_value (struct state *state, json_t *root, long line, long *rows_read, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->mapped.base.fixes;
  json_t *rows = follow (&state->rows, root);
  if (!rows || json_is_null (rows))
    {
      sf_fixes_reject (fixes, line, (struct sf_span){ "", 0 }, "nothing stands at the pointer of the rows");
      return SF_OK;
    }
  if (!json_is_array (rows))
    return decode_row (state, root, rows, line, rows_read, err);
  for (size_t i = 0; i < json_array_size (rows); i++)
    SF_TRY (decode_row (state, root, json_array_get (rows, i), line ? line : (long) i + 1, rows_read, err));
  return SF_OK;
}

static enum sf_code
decode_document (struct state *state, long *rows_read, struct sf_error *err)
{
  json_t *root;
  SF_TRY (sf_fixes_json_load (&state->mapped.base.arena, state->mapped.base.fixes.message, &root, err));
  enum sf_code code = decode_value (state, root, 0, rows_read, err);
  json_decref (root);
  return code;
}

static enum sf_code
decode_line (struct state *state, struct sf_span line, long number, long *rows_read, struct sf_error *err)
{
  struct sf_message one = *state->mapped.base.fixes.message;
  struct sf_error why;
  json_t *root;
  one.bytes = (const uint8_t *) line.text;
  one.length = line.length;
  enum sf_code code = sf_fixes_json_load (&state->mapped.base.arena, &one, &root, &why);
  if (code == SF_EFORMAT)
    {
      /* The loader tells the message and its own first line before what is wrong. */
      const char *text = strstr (why.message, "no JSON: ");
      sf_fixes_reject (&state->mapped.base.fixes, number, line, "%s", text ? text : why.message);
      return SF_OK;
    }
  if (code != SF_OK)
    return sf_fail (err, code, "%s", why.message);
  code = decode_value (state, root, number, rows_read, err);
  json_decref (root);
  return code;
}

static enum sf_code
decode_lines (struct state *state, long *rows_read, struct sf_error *err)
{
  struct sf_span text, line;
  SF_TRY (sf_fixes_view_text (&state->mapped.base.arena, state->mapped.base.fixes.message, &text, err));
  if (!sf_span_trim (text).length)
    return sf_fail (err, SF_EFORMAT, "%s: the message is empty; expected JSON",
                    sf_fixes_source (state->mapped.base.fixes.message));
  for (long number = 0; sf_text_next_line (&text, &line, &number);)
    if (sf_span_trim (line).length)
      SF_TRY (decode_line (state, line, number, rows_read, err));
  return SF_OK;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  long rows_read = 0;
  sf_arena_reset (&state->mapped.base.arena);
  sf_fixes_begin (&state->mapped.base.fixes, message, sink);
  SF_TRY (state->lines ? decode_lines (state, &rows_read, err) : decode_document (state, &rows_read, err));
  if (!rows_read && state->mapped.base.fixes.rejected)
    return sf_fixes_verdict (&state->mapped.base.fixes, "rows of JSON that the mapping describes", err);
  return SF_OK;
}

static int
identify (const uint8_t *bytes, size_t length)
{
  return sf_fixes_json_identify (bytes, length, "\":", 50);
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "JSON documents and JSON lines",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_mapped_state_free,
};

SF_PLUGIN_EXPORT (json_map) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "json_map",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "JSON of any department, read by a mapping",
  .summary_zh = "各部门JSON数据（按映射读取）",
  .options = options,
  .as.decoder = &decoder,
};
