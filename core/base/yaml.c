/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Bounds that no honest file meets and that keep a hostile one small. Nodes are counted as a walk over the tree meets
   them, each alias as all that it stands for. */
enum
{
  DEPTH_LIMIT = 64,
  NODES_LIMIT = 1000000,
  ANCHORS_LIMIT = 1000,
  FILE_BYTES_LIMIT = 16 * 1024 * 1024,
  ALLOWED_KEYS_SHOWN = 64
};

struct anchor
{
  const char *name;
  const struct sf_yaml *node;
  size_t nodes; /* in its tree, aliases expanded */
  int height;   /* 1 for a scalar */
};

struct reader
{
  yaml_parser_t parser;
  struct sf_arena *arena;
  const char *file;
  size_t nodes;
  struct anchor *anchors;
  size_t anchors_count, anchors_capacity;
  /* Children of the containers that are open, innermost last. */
  struct sf_yaml **stack;
  size_t stack_count, stack_capacity;
  struct sf_error *err;
};

static enum sf_code
fail_at (struct reader *reader, enum sf_code code, const yaml_mark_t *mark, const char *text)
{
  return sf_fail (reader->err, code, "%s:%zu:%zu: %s", reader->file, mark->line + 1, mark->column + 1, text);
}

static enum sf_code
fail_memory (struct reader *reader)
{
  return sf_fail (reader->err, SF_ENOMEM, "%s: out of memory reading YAML", reader->file);
}

static enum sf_code
fail_parser (struct reader *reader)
{
  const yaml_parser_t *p = &reader->parser;
  if (p->error == YAML_MEMORY_ERROR)
    return fail_memory (reader);
  const char *context = p->context ? p->context : "";
  return sf_fail (reader->err, SF_EFORMAT, "%s:%zu:%zu: %s%s%s (indent with blanks, quote texts with ':' or '#')",
                  reader->file, p->problem_mark.line + 1, p->problem_mark.column + 1, context, *context ? ": " : "",
                  p->problem ? p->problem : "not YAML");
}

static enum sf_code
next_event (struct reader *reader, yaml_event_t *event)
{
  return yaml_parser_parse (&reader->parser, event) ? SF_OK : fail_parser (reader);
}

static struct sf_yaml *
new_node (struct reader *reader, enum sf_yaml_kind kind, const yaml_event_t *event)
{
  struct sf_yaml *node = sf_arena_calloc (reader->arena, 1, sizeof *node);
  if (!node)
    return NULL;
  node->kind = kind;
  node->file = reader->file;
  node->line = (int) event->start_mark.line + 1;
  node->column = (int) event->start_mark.column + 1;
  node->text = "";
  return node;
}

static enum sf_code
push (struct reader *reader, struct sf_yaml *node)
{
  if (sf_mem_grow ((void **) &reader->stack, &reader->stack_capacity, reader->stack_count + 1,
                   sizeof (struct sf_yaml *))
      != 0)
    return fail_memory (reader);
  reader->stack[reader->stack_count++] = node;
  return SF_OK;
}

static enum sf_code
count_nodes (struct reader *reader, size_t nodes, const yaml_event_t *event)
{
  if (nodes > NODES_LIMIT - reader->nodes)
    return fail_at (reader, SF_ERANGE, &event->start_mark, "more than 1000000 nodes, counting what aliases stand for");
  reader->nodes += nodes;
  return SF_OK;
}

static const char *
event_anchor (const yaml_event_t *event)
{
  if (event->type == YAML_SCALAR_EVENT)
    return (const char *) event->data.scalar.anchor;
  if (event->type == YAML_SEQUENCE_START_EVENT)
    return (const char *) event->data.sequence_start.anchor;
  return (const char *) event->data.mapping_start.anchor;
}

static const char *
event_tag (const yaml_event_t *event)
{
  if (event->type == YAML_SCALAR_EVENT)
    return (const char *) event->data.scalar.tag;
  if (event->type == YAML_SEQUENCE_START_EVENT)
    return (const char *) event->data.sequence_start.tag;
  return (const char *) event->data.mapping_start.tag;
}

static enum sf_code
remember_anchor (struct reader *reader, const yaml_event_t *event, const struct sf_yaml *node, size_t nodes, int height)
{
  const char *name = event_anchor (event);
  if (!name)
    return SF_OK;
  if (reader->anchors_count == ANCHORS_LIMIT)
    return fail_at (reader, SF_ERANGE, &event->start_mark, "more than 1000 anchors");
  if (sf_mem_grow ((void **) &reader->anchors, &reader->anchors_capacity, reader->anchors_count + 1,
                   sizeof *reader->anchors)
      != 0)
    return fail_memory (reader);
  char *copy = sf_arena_strdup (reader->arena, name);
  if (!copy)
    return fail_memory (reader);
  reader->anchors[reader->anchors_count++]
      = (struct anchor){ .name = copy, .node = node, .nodes = nodes, .height = height };
  return SF_OK;
}

/* A copy of the anchored node that stands where the alias stands; what is below is shared. */
static enum sf_code
read_alias (struct reader *reader, const yaml_event_t *event, int depth, struct sf_yaml **ret_node, int *ret_height)
{
  const char *name = (const char *) event->data.alias.anchor;
  const struct anchor *anchor = NULL;
  for (size_t i = reader->anchors_count; i > 0 && !anchor; i--)
    if (strcmp (reader->anchors[i - 1].name, name) == 0)
      anchor = &reader->anchors[i - 1];
  if (!anchor)
    return fail_at (reader, SF_EFORMAT, &event->start_mark,
                    "this alias names no anchor that stands complete before it");
  if (depth + anchor->height - 1 > DEPTH_LIMIT)
    return fail_at (reader, SF_ERANGE, &event->start_mark, "nested deeper than 64 levels");
  SF_TRY (count_nodes (reader, anchor->nodes, event));
  struct sf_yaml *node = new_node (reader, anchor->node->kind, event);
  if (!node)
    return fail_memory (reader);
  struct sf_yaml place = *node;
  *node = *anchor->node;
  node->line = place.line;
  node->column = place.column;
  *ret_node = node;
  *ret_height = anchor->height;
  return SF_OK;
}

static enum sf_code
read_scalar (struct reader *reader, const yaml_event_t *event, struct sf_yaml **ret_node)
{
  const char *text = (const char *) event->data.scalar.value;
  size_t length = event->data.scalar.length;
  if (memchr (text, '\0', length))
    return fail_at (reader, SF_EFORMAT, &event->start_mark, "a text must not hold a NUL character");
  struct sf_yaml *node = new_node (reader, SF_YAML_SCALAR, event);
  char *copy = node ? sf_arena_strndup (reader->arena, text, length) : NULL;
  if (!copy)
    return fail_memory (reader);
  node->text = copy;
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  *ret_node = node;
  return SF_OK;
}

static enum sf_code read_node (struct reader *reader, yaml_event_t *event, int depth, struct sf_yaml **ret_node,
                               int *ret_height);

/* Read nodes onto the stack until the event end comes. */
static enum sf_code
read_children (struct reader *reader, yaml_event_type_t end, bool keyed, int depth, int *ret_height)
{
  const char *key = NULL;
  int tallest = 0;
  for (bool is_key = keyed;; is_key = keyed && !is_key)
    {
      yaml_event_t event;
      struct sf_yaml *node = NULL;
      int height = 0;
      enum sf_code code = next_event (reader, &event);
      if (code != SF_OK)
        return code;
      yaml_event_type_t type = event.type;
      if (type == end)
        code = SF_OK;
      else if (is_key && type != YAML_SCALAR_EVENT)
        code = fail_at (reader, SF_EFORMAT, &event.start_mark, "a key must be a plain text");
      else
        code = read_node (reader, &event, depth, &node, &height);
      yaml_event_delete (&event);
      if (code != SF_OK || !node)
        {
          *ret_height = tallest + 1;
          return code;
        }
      if (is_key && strcmp (node->text, "<<") == 0 && !node->quoted)
        return sf_yaml_fail (reader->err, SF_EUNSUPPORTED, node, "merge keys '<<' are not supported; repeat the keys");
      if (is_key)
        key = node->text;
      else
        node->key = key;
      tallest = height > tallest ? height : tallest;
      SF_TRY (push (reader, node));
    }
}

static int
compare_keys (const void *a, const void *b)
{
  const struct sf_yaml *x = *(struct sf_yaml *const *) a, *y = *(struct sf_yaml *const *) b;
  int order = strcmp (x->text, y->text);
  if (order == 0)
    order = (x->line > y->line) - (x->line < y->line);
  return order ? order : (x->column > y->column) - (x->column < y->column);
}

static enum sf_code
check_duplicates (struct reader *reader, const struct sf_yaml *node)
{
  struct sf_yaml **sorted = sf_mem_alloc (node->count * sizeof (struct sf_yaml *));
  if (!sorted)
    return fail_memory (reader);
  enum sf_code code = SF_OK;
  for (size_t i = 0; i < node->count; i++)
    sorted[i] = node->keys[i];
  qsort (sorted, node->count, sizeof (struct sf_yaml *), compare_keys);
  for (size_t i = 1; i < node->count && code == SF_OK; i++)
    if (strcmp (sorted[i - 1]->text, sorted[i]->text) == 0)
      code = sf_yaml_fail (reader->err, SF_ECONFLICT, sorted[i], "key '%.100s' stands already in line %d",
                           sorted[i]->text, sorted[i - 1]->line);
  sf_mem_free (sorted);
  return code;
}

/* Move the children above base from the stack into the node. */
static enum sf_code
take_children (struct reader *reader, size_t base, struct sf_yaml *node)
{
  size_t count = reader->stack_count - base;
  size_t step = node->kind == SF_YAML_MAPPING ? 2 : 1;
  reader->stack_count = base;
  node->count = count / step;
  if (count == 0)
    return SF_OK;
  struct sf_yaml **from = reader->stack + base;
  node->items = sf_arena_calloc (reader->arena, node->count, sizeof (struct sf_yaml *));
  if (step == 2)
    node->keys = sf_arena_calloc (reader->arena, node->count, sizeof (struct sf_yaml *));
  if (!node->items || (step == 2 && !node->keys))
    return fail_memory (reader);
  for (size_t i = 0; i < node->count; i++)
    {
      node->items[i] = from[step * i + step - 1];
      if (step == 2)
        node->keys[i] = from[2 * i];
    }
  return step == 2 ? check_duplicates (reader, node) : SF_OK;
}

static enum sf_code
read_container (struct reader *reader, const yaml_event_t *event, int depth, struct sf_yaml **ret_node, int *ret_height)
{
  bool keyed = event->type == YAML_MAPPING_START_EVENT;
  size_t base = reader->stack_count;
  struct sf_yaml *node = new_node (reader, keyed ? SF_YAML_MAPPING : SF_YAML_SEQUENCE, event);
  if (!node)
    return fail_memory (reader);
  SF_TRY (
      read_children (reader, keyed ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, keyed, depth + 1, ret_height));
  SF_TRY (take_children (reader, base, node));
  *ret_node = node;
  return SF_OK;
}

/* The node that begins with event, depth levels down (1 for the root). */
static enum sf_code
read_node (struct reader *reader, yaml_event_t *event, int depth, struct sf_yaml **ret_node, int *ret_height)
{
  if (depth > DEPTH_LIMIT)
    return fail_at (reader, SF_ERANGE, &event->start_mark, "nested deeper than 64 levels");
  if (event->type == YAML_ALIAS_EVENT)
    return read_alias (reader, event, depth, ret_node, ret_height);
  if (event_tag (event))
    return fail_at (reader, SF_EUNSUPPORTED, &event->start_mark, "tags ('!...') are not supported");
  size_t before = reader->nodes;
  SF_TRY (count_nodes (reader, 1, event));
  *ret_height = 1;
  if (event->type == YAML_SCALAR_EVENT)
    SF_TRY (read_scalar (reader, event, ret_node));
  else
    SF_TRY (read_container (reader, event, depth, ret_node, ret_height));
  return remember_anchor (reader, event, *ret_node, reader->nodes - before, *ret_height);
}

/* Read events up to one that begins a node or ends the stream; *ret_event is then the caller's to delete. */
static enum sf_code
next_content (struct reader *reader, yaml_event_t *ret_event)
{
  for (;;)
    {
      SF_TRY (next_event (reader, ret_event));
      switch (ret_event->type)
        {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
          yaml_event_delete (ret_event);
          break;
        default:
          return SF_OK;
        }
    }
}

static enum sf_code
read_document (struct reader *reader, struct sf_yaml **ret_root)
{
  yaml_event_t event;
  int height;
  struct sf_yaml *root = NULL;
  SF_TRY (next_content (reader, &event));
  if (event.type == YAML_STREAM_END_EVENT)
    {
      root = new_node (reader, SF_YAML_MAPPING, &event);
      yaml_event_delete (&event);
      if (!root)
        return fail_memory (reader);
      *ret_root = root;
      return SF_OK;
    }
  enum sf_code code = read_node (reader, &event, 1, &root, &height);
  yaml_event_delete (&event);
  SF_TRY (code);
  SF_TRY (next_content (reader, &event));
  if (event.type != YAML_STREAM_END_EVENT)
    code = fail_at (reader, SF_EFORMAT, &event.start_mark, "a second document; one file holds one");
  yaml_event_delete (&event);
  SF_TRY (code);
  if (root && root->kind == SF_YAML_SCALAR && !root->quoted && !*root->text)
    root->kind = SF_YAML_MAPPING;
  *ret_root = root;
  return SF_OK;
}

/* libyaml reports bad bytes without a line; and it takes UTF-16, which no file of ours is. */
static enum sf_code
check_bytes (const char *file, const uint8_t *bytes, size_t length, struct sf_error *err)
{
  size_t good = sf_text_utf8_prefix (bytes, length), line = 1;
  const uint8_t *zero = good ? memchr (bytes, '\0', good) : NULL;
  if (good == length && !zero)
    return SF_OK;
  size_t bad = zero ? (size_t) (zero - bytes) : good;
  for (size_t i = 0; i < bad; i++)
    line += bytes[i] == '\n';
  return sf_fail (err, SF_EFORMAT, "%s:%zu: byte 0x%02X is not UTF-8 text; save the file as UTF-8", file, line,
                  bytes[bad]);
}

enum sf_code
sf_yaml_parse (struct sf_arena *arena, const char *file, const uint8_t *bytes, size_t length, struct sf_yaml **ret_root,
               struct sf_error *err)
{
  struct reader reader = { .arena = arena, .err = err };
  SF_TRY (check_bytes (file, bytes, length, err));
  reader.file = sf_arena_strdup (arena, file);
  if (!reader.file || !yaml_parser_initialize (&reader.parser))
    return sf_fail (err, SF_ENOMEM, "%s: out of memory reading YAML", file);
  yaml_parser_set_encoding (&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (&reader.parser, length ? bytes : (const uint8_t *) "", length);
  enum sf_code code = read_document (&reader, ret_root);
  yaml_parser_delete (&reader.parser);
  sf_mem_free (reader.anchors);
  sf_mem_free (reader.stack);
  return code;
}

enum sf_code
sf_yaml_load (struct sf_arena *arena, const char *path, struct sf_yaml **ret_root, struct sf_error *err)
{
  uint8_t *bytes;
  size_t length;
  SF_TRY (sf_file_read (arena, path, FILE_BYTES_LIMIT, &bytes, &length, err));
  return sf_yaml_parse (arena, path, bytes, length, ret_root, err);
}

const struct sf_yaml *
sf_yaml_get (const struct sf_yaml *node, const char *key)
{
  if (!node || node->kind != SF_YAML_MAPPING)
    return NULL;
  for (size_t i = 0; i < node->count; i++)
    if (strcmp (node->keys[i]->text, key) == 0)
      return node->items[i];
  return NULL;
}

const char *
sf_yaml_text (const struct sf_yaml *node, const char *key, const char *fallback)
{
  const struct sf_yaml *value = sf_yaml_get (node, key);
  return value && value->kind == SF_YAML_SCALAR ? value->text : fallback;
}

enum sf_code
sf_yaml_fail (struct sf_error *err, enum sf_code code, const struct sf_yaml *node, const char *format, ...)
{
  if (!err)
    return code;
  char text[sizeof err->message];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  sf_fail (err, code, "%s", text);
  return sf_yaml_prefix (err, code, node, NULL);
}

enum sf_code
sf_yaml_prefix (struct sf_error *err, enum sf_code code, const struct sf_yaml *node, const char *what)
{
  if (code == SF_OK)
    return SF_OK;
  if (what)
    sf_error_prefix (err, code, "%s", what);
  if (node->line == 0)
    return sf_error_prefix (err, code, "%s", node->file);
  return sf_error_prefix (err, code, "%s:%d:%d", node->file, node->line, node->column);
}

const char *
sf_yaml_kind_name (enum sf_yaml_kind kind)
{
  return kind == SF_YAML_SCALAR ? "a text" : kind == SF_YAML_SEQUENCE ? "a list" : "a mapping";
}

/* The allowed keys in one line, for a message. */
static void
join_keys (char *text, size_t size, const char *const *allowed, size_t count)
{
  size_t at = 0;
  text[0] = '\0';
  for (size_t i = 0; i < count && i < ALLOWED_KEYS_SHOWN && at < size; i++)
    at += (size_t) snprintf (text + at, size - at, "%s%s", i ? ", " : "", allowed[i]);
}

enum sf_code
sf_yaml_fail_key (struct sf_error *err, const struct sf_yaml *key, const char *const *allowed, size_t count)
{
  char list[320];
  const char *near = sf_text_nearest (key->text, allowed, count);
  if (near)
    return sf_yaml_fail (err, SF_EINVAL, key, "unknown key '%.100s'; did you mean '%s'?", key->text, near);
  join_keys (list, sizeof list, allowed, count);
  return sf_yaml_fail (err, SF_EINVAL, key, "unknown key '%.100s'; known are: %s", key->text, *list ? list : "none");
}

enum sf_code
sf_yaml_check_keys (const struct sf_yaml *node, const char *const *allowed, struct sf_error *err)
{
  size_t allowed_count = 0;
  if (node->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_ETYPE, node, "%s%sexpected a mapping (key: value), got %s", node->key ? node->key : "",
                         node->key ? ": " : "", sf_yaml_kind_name (node->kind));
  while (allowed[allowed_count])
    allowed_count++;
  for (size_t i = 0; i < node->count; i++)
    {
      size_t k = 0;
      while (k < allowed_count && strcmp (node->keys[i]->text, allowed[k]) != 0)
        k++;
      if (k == allowed_count)
        return sf_yaml_fail_key (err, node->keys[i], allowed, allowed_count);
    }
  return SF_OK;
}

/* "KEY: expected a number, got 'abc'". */
static enum sf_code
fail_expected (const struct sf_yaml *node, const char *expected, struct sf_error *err)
{
  const char *key = node->key ? node->key : "", *colon = node->key ? ": " : "";
  if (node->kind != SF_YAML_SCALAR)
    return sf_yaml_fail (err, SF_ETYPE, node, "%s%sexpected %s, got %s", key, colon, expected,
                         sf_yaml_kind_name (node->kind));
  return sf_yaml_fail (err, SF_ETYPE, node, "%s%sexpected %s, got '%.100s'", key, colon, expected, node->text);
}

enum sf_code
sf_yaml_double (const struct sf_yaml *node, double *ret_value, struct sf_error *err)
{
  if (node->kind != SF_YAML_SCALAR || !sf_text_parse_double (sf_span_of (node->text), ret_value))
    return fail_expected (node, "a number", err);
  return SF_OK;
}

enum sf_code
sf_yaml_int (const struct sf_yaml *node, int64_t *ret_value, struct sf_error *err)
{
  if (node->kind != SF_YAML_SCALAR || !sf_text_parse_int (sf_span_of (node->text), ret_value))
    return fail_expected (node, "a whole number", err);
  return SF_OK;
}

enum sf_code
sf_yaml_bool (const struct sf_yaml *node, bool *ret_value, struct sf_error *err)
{
  if (node->kind != SF_YAML_SCALAR || !sf_text_parse_bool (sf_span_of (node->text), ret_value))
    return fail_expected (node, "true or false", err);
  return SF_OK;
}

enum sf_code
sf_yaml_need (const struct sf_yaml *owner, const char *key, enum sf_yaml_kind kind, const struct sf_yaml **ret_node,
              struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, owner, "'%s' is missing", key);
  if (node->kind != kind)
    return sf_yaml_fail (err, SF_ETYPE, node, "'%s' wants %s, not %s", key, sf_yaml_kind_name (kind),
                         sf_yaml_kind_name (node->kind));
  *ret_node = node;
  return SF_OK;
}

enum sf_code
sf_yaml_double_in (const struct sf_yaml *node, double low, double high, double *ret_value, struct sf_error *err)
{
  double value;
  SF_TRY (sf_yaml_double (node, &value, err));
  if (!(value >= low && value <= high))
    return sf_yaml_fail (err, SF_ERANGE, node, "%s%s%s is outside %g to %g", node->key ? node->key : "",
                         node->key ? ": " : "", node->text, low, high);
  *ret_value = value;
  return SF_OK;
}

static enum sf_code
read_number (const struct sf_yaml *owner, const struct sf_yaml_number *number, struct sf_error *err)
{
  const struct sf_yaml *node = NULL;
  if (number->count == 0)
    {
      SF_TRY (sf_yaml_need (owner, number->key, SF_YAML_SCALAR, &node, err));
      return sf_yaml_double_in (node, number->low, number->high, number->into, err);
    }
  SF_TRY (sf_yaml_need (owner, number->key, SF_YAML_SEQUENCE, &node, err));
  if (node->count != number->count)
    return sf_yaml_fail (err, SF_EINVAL, node, "'%s' must be a list of %zu numbers", number->key, number->count);
  for (size_t i = 0; i < number->count; i++)
    SF_TRY (sf_yaml_double_in (node->items[i], number->low, number->high, &number->into[i], err));
  return SF_OK;
}

enum sf_code
sf_yaml_numbers (const struct sf_yaml *owner, const struct sf_yaml_number *numbers, size_t count, struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    SF_TRY (read_number (owner, &numbers[i], err));
  return SF_OK;
}
