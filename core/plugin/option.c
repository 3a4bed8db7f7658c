/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/option.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/time.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum
{
  LIST_LIMIT = 10000,
  CHOICES_SHOWN_BYTES = 256
};

struct value
{
  bool set;
  const char *text; /* canonical: reads back as the same value */
  const char *origin;
  double number;
  int64_t whole;      /* also time, duration, the index of a choice, and bool */
  const char **texts; /* the items of a list */
  double *numbers;
  size_t count;
  const struct sf_yaml *tree;
};

struct sf_settings
{
  struct sf_arena *arena;
  const struct sf_option *options;
  struct value *values;
  size_t count;
};

/* One value on its way in: who says it, and the words to blame it with. */
struct reading
{
  struct sf_settings *settings;
  const struct sf_option *option;
  const char *origin;
  const char *folder; /* that paths are relative to; NULL: the current one */
  struct sf_error *err;
};

const char *
sf_option_type_name (enum sf_option_type type)
{
  static const char *const names[] = { "text",     "number", "whole number", "bool", "choice", "time",
                                       "duration", "texts",  "numbers",      "path", "mapping" };
  return names[type];
}

static enum sf_code
fail_memory (const struct reading *r)
{
  return sf_fail (r->err, SF_ENOMEM, "%s: %s: out of memory", r->origin, r->option->name);
}

static enum sf_code
fail_expected (const struct reading *r, const char *expected, const char *text)
{
  return sf_fail (r->err, SF_ETYPE, "%s: %s: expected %s, got '%.100s'", r->origin, r->option->name, expected, text);
}

static enum sf_code
check_bounds (const struct reading *r, double number)
{
  const struct sf_option *o = r->option;
  if ((o->min == 0 && o->max == 0) || (number >= o->min && number <= o->max))
    return SF_OK;
  const char *unit = o->unit ? o->unit : o->type == SF_OPTION_DURATION ? "s" : "";
  return sf_fail (r->err, SF_ERANGE, "%s: %s: %.10g is outside %.10g..%.10g%s%s", r->origin, o->name, number, o->min,
                  o->max, *unit ? " " : "", unit);
}

/* The text of a strbuf in the arena; the strbuf is finished. */
static enum sf_code
keep (const struct reading *r, struct sf_strbuf *buf, const char **ret_text)
{
  char *copy = buf->failed ? NULL : sf_arena_strndup (r->settings->arena, buf->text ? buf->text : "", buf->length);
  sf_strbuf_finish (buf);
  if (!copy)
    return fail_memory (r);
  *ret_text = copy;
  return SF_OK;
}

static enum sf_code
keep_text (const struct reading *r, const char *text, struct value *value)
{
  value->text = sf_arena_strdup (r->settings->arena, text);
  return value->text ? SF_OK : fail_memory (r);
}

static enum sf_code
read_double (const struct reading *r, const char *text, struct value *value)
{
  struct sf_strbuf buf = { 0 };
  if (!sf_text_parse_double (sf_span_of (text), &value->number))
    return fail_expected (r, "a number", text);
  SF_TRY (check_bounds (r, value->number));
  sf_strbuf_add_double (&buf, value->number);
  return keep (r, &buf, &value->text);
}

static enum sf_code
read_int (const struct reading *r, const char *text, struct value *value)
{
  struct sf_strbuf buf = { 0 };
  if (!sf_text_parse_int (sf_span_of (text), &value->whole))
    return fail_expected (r, "a whole number", text);
  SF_TRY (check_bounds (r, (double) value->whole));
  sf_strbuf_addf (&buf, "%lld", (long long) value->whole);
  return keep (r, &buf, &value->text);
}

static enum sf_code
read_bool (const struct reading *r, const char *text, struct value *value)
{
  bool yes;
  if (!sf_text_parse_bool (sf_span_of (text), &yes))
    return fail_expected (r, "true or false", text);
  value->whole = yes;
  return keep_text (r, yes ? "true" : "false", value);
}

static size_t
count_choices (const struct sf_option *option)
{
  size_t n = 0;
  while (option->choices[n])
    n++;
  return n;
}

static void
list_choices (const struct sf_option *option, char list[CHOICES_SHOWN_BYTES])
{
  size_t at = 0;
  list[0] = '\0';
  for (size_t i = 0; option->choices[i] && at < CHOICES_SHOWN_BYTES; i++)
    at += (size_t) snprintf (list + at, CHOICES_SHOWN_BYTES - at, "%s%s", i ? ", " : "", option->choices[i]);
}

static enum sf_code
read_plain_text (const struct reading *r, const char *text, struct value *value)
{
  const struct sf_option *o = r->option;
  char list[CHOICES_SHOWN_BYTES];
  if (!o->choices)
    return keep_text (r, text, value);
  for (size_t i = 0; o->choices[i]; i++)
    if (strncmp (o->choices[i], text, strlen (o->choices[i])) == 0)
      return keep_text (r, text, value);
  list_choices (o, list);
  /* The text is not repeated: passwords stand in addresses. */
  return sf_fail (r->err, SF_EINVAL, "%s: %s must begin with one of %s", r->origin, o->name, list);
}

static enum sf_code
read_enum (const struct reading *r, const char *text, struct value *value)
{
  const struct sf_option *o = r->option;
  char list[CHOICES_SHOWN_BYTES];
  size_t count = count_choices (o);
  for (size_t i = 0; i < count; i++)
    if (strcmp (o->choices[i], text) == 0)
      {
        value->whole = (int64_t) i;
        return keep_text (r, text, value);
      }
  list_choices (o, list);
  const char *near = sf_text_nearest (text, o->choices, count);
  return sf_fail (r->err, SF_EINVAL, "%s: %s: expected one of %s; got '%.100s'%s%s%s", r->origin, o->name, list, text,
                  near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

static enum sf_code
read_time (const struct reading *r, const char *text, struct value *value)
{
  char buffer[SF_TIME_TEXT_BYTES];
  enum sf_code code = sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, &value->whole, r->err);
  if (code != SF_OK)
    return sf_error_prefix (r->err, code, "%s: %s", r->origin, r->option->name);
  return keep_text (r, sf_time_format_utc (buffer, value->whole), value);
}

/* In the largest unit that divides it: "3d", "6h", "90s". */
static void
add_duration (struct sf_strbuf *buf, int64_t duration_s)
{
  static const struct
  {
    int64_t seconds;
    const char *unit;
  } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
  size_t i = 0;
  while (duration_s == 0 ? i < 3 : duration_s % units[i].seconds != 0)
    i++;
  sf_strbuf_addf (buf, "%lld%s", (long long) (duration_s / units[i].seconds), units[i].unit);
}

static enum sf_code
read_duration (const struct reading *r, const char *text, struct value *value)
{
  struct sf_strbuf buf = { 0 };
  enum sf_code code = sf_time_parse_duration (text, &value->whole, r->err);
  if (code != SF_OK)
    return sf_error_prefix (r->err, code, "%s: %s", r->origin, r->option->name);
  SF_TRY (check_bounds (r, (double) value->whole));
  add_duration (&buf, value->whole);
  return keep (r, &buf, &value->text);
}

static enum sf_code
read_path (const struct reading *r, const char *text, struct value *value)
{
  if (!r->folder || !*text)
    return keep_text (r, text, value);
  value->text = sf_file_join (r->settings->arena, r->folder, text);
  return value->text ? SF_OK : fail_memory (r);
}

/* As JSON, which is YAML too: types come from whoever asks, so all scalars are texts. */
static void
add_tree (struct sf_json *json, const struct sf_yaml *node)
{
  if (node->kind == SF_YAML_SCALAR)
    {
      sf_json_string (json, node->text);
      return;
    }
  bool mapping = node->kind == SF_YAML_MAPPING;
  if (mapping)
    sf_json_begin_object (json);
  else
    sf_json_begin_array (json);
  for (size_t i = 0; i < node->count; i++)
    {
      if (mapping)
        sf_json_key (json, node->keys[i]->text);
      add_tree (json, node->items[i]);
    }
  if (mapping)
    sf_json_end_object (json);
  else
    sf_json_end_array (json);
}

static enum sf_code
keep_tree (const struct reading *r, const struct sf_yaml *node, struct value *value)
{
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf };
  if (node->kind == SF_YAML_SCALAR)
    return fail_expected (r, "a mapping or a list", node->text);
  value->tree = node;
  add_tree (&json, node);
  return keep (r, &buf, &value->text);
}

static enum sf_code
read_tree (const struct reading *r, const char *text, struct value *value)
{
  struct sf_yaml *root = NULL;
  SF_TRY (sf_yaml_parse (r->settings->arena, r->origin, (const uint8_t *) text, strlen (text), &root, r->err));
  return keep_tree (r, root, value);
}

/* An item as it stands in a comma separated list: where it would not read back, in quotes with its own doubled. */
static void
add_item (struct sf_strbuf *buf, const char *item)
{
  size_t length = strlen (item);
  bool plain = length && !strpbrk (item, ",\"") && sf_span_trim (sf_span_of (item)).length == length;
  if (plain)
    {
      sf_strbuf_add (buf, item);
      return;
    }
  sf_strbuf_add (buf, "\"");
  for (; *item; item++)
    sf_strbuf_add_bytes (buf, *item == '"' ? "\"\"" : item, *item == '"' ? 2 : 1);
  sf_strbuf_add (buf, "\"");
}

static enum sf_code
read_numbers (const struct reading *r, struct value *value)
{
  value->numbers = sf_arena_calloc (r->settings->arena, value->count, sizeof *value->numbers);
  if (!value->numbers)
    return fail_memory (r);
  for (size_t i = 0; i < value->count; i++)
    {
      if (!sf_text_parse_double (sf_span_of (value->texts[i]), &value->numbers[i]))
        return fail_expected (r, "numbers", value->texts[i]);
      SF_TRY (check_bounds (r, value->numbers[i]));
    }
  return SF_OK;
}

/* Finish a list whose items are in value->texts. */
static enum sf_code
read_items (const struct reading *r, struct value *value)
{
  struct sf_strbuf buf = { 0 };
  bool numbers = r->option->type == SF_OPTION_DOUBLES;
  if (numbers)
    SF_TRY (read_numbers (r, value));
  for (size_t i = 0; i < value->count; i++)
    {
      if (i)
        sf_strbuf_add (&buf, ", ");
      if (numbers)
        sf_strbuf_add_double (&buf, value->numbers[i]);
      else
        add_item (&buf, value->texts[i]);
    }
  return keep (r, &buf, &value->text);
}

/* Undo the doubling of quotes in place. */
static void
undouble_quotes (char *text)
{
  char *to = text;
  for (const char *from = text; *from; from++)
    {
      *to++ = *from;
      if (from[0] == '"' && from[1] == '"')
        from++;
    }
  *to = '\0';
}

/* Take an item off a comma separated list; NULL when memory is out. */
static char *
next_item (struct sf_arena *arena, struct sf_span *rest, bool *ret_quoted)
{
  struct sf_span field;
  struct sf_span whole = sf_span_trim (*rest);
  *rest = whole.length ? whole : *rest;
  sf_text_next_field (rest, ',', &field);
  bool quoted = field.text > whole.text && field.text[-1] == '"';
  if (!quoted)
    field = sf_span_trim (field);
  char *item = sf_arena_strndup (arena, field.text, field.length);
  if (item && quoted)
    undouble_quotes (item);
  *ret_quoted = quoted;
  return item;
}

/* "a, b, "c, d"": an empty text is an empty list, an empty item an error. */
static enum sf_code
split_list (const struct reading *r, const char *text, struct value *value)
{
  struct sf_span rest = sf_span_trim (sf_span_of (text));
  size_t limit = 1;
  for (size_t i = 0; i < rest.length; i++)
    limit += rest.text[i] == ',';
  if (limit > LIST_LIMIT)
    return sf_fail (r->err, SF_ERANGE, "%s: %s: a list of more than %d items", r->origin, r->option->name, LIST_LIMIT);
  value->texts = sf_arena_calloc (r->settings->arena, limit, sizeof *value->texts);
  if (!value->texts)
    return fail_memory (r);
  if (rest.length == 0)
    return SF_OK;
  while (rest.text)
    {
      bool quoted;
      char *item = next_item (r->settings->arena, &rest, &quoted);
      if (!item)
        return fail_memory (r);
      if (!*item && !quoted)
        return sf_fail (r->err, SF_EINVAL, "%s: %s: item %zu of the list is empty", r->origin, r->option->name,
                        value->count + 1);
      value->texts[value->count++] = item;
    }
  return SF_OK;
}

static enum sf_code
read_list (const struct reading *r, const char *text, struct value *value)
{
  SF_TRY (split_list (r, text, value));
  return read_items (r, value);
}

static enum sf_code
read_text (const struct reading *r, const char *text, struct value *value)
{
  switch (r->option->type)
    {
    case SF_OPTION_TEXT:
      return read_plain_text (r, text, value);
    case SF_OPTION_DOUBLE:
      return read_double (r, text, value);
    case SF_OPTION_INT:
      return read_int (r, text, value);
    case SF_OPTION_BOOL:
      return read_bool (r, text, value);
    case SF_OPTION_ENUM:
      return read_enum (r, text, value);
    case SF_OPTION_TIME:
      return read_time (r, text, value);
    case SF_OPTION_DURATION:
      return read_duration (r, text, value);
    case SF_OPTION_TEXTS:
    case SF_OPTION_DOUBLES:
      return read_list (r, text, value);
    case SF_OPTION_PATH:
      return read_path (r, text, value);
    case SF_OPTION_TREE:
      return read_tree (r, text, value);
    }
  return sf_fail (r->err, SF_ETYPE, "%s: %s: its option table has no such type as %d", r->origin, r->option->name,
                  (int) r->option->type);
}

/* Read text into the option's slot, which stays as it was on failure. */
static enum sf_code
assign (const struct reading *r, const char *text)
{
  struct value value = { .set = true, .origin = r->origin };
  SF_TRY (read_text (r, text, &value));
  r->settings->values[r->option - r->settings->options] = value;
  return SF_OK;
}

static enum sf_code
assign_sequence (const struct reading *r, const struct sf_yaml *node)
{
  struct value value = { .set = true, .origin = r->origin, .count = node->count };
  if (node->count > LIST_LIMIT)
    return sf_fail (r->err, SF_ERANGE, "%s: %s: a list of more than %d items", r->origin, r->option->name, LIST_LIMIT);
  value.texts = sf_arena_calloc (r->settings->arena, node->count, sizeof *value.texts);
  if (!value.texts)
    return fail_memory (r);
  for (size_t i = 0; i < node->count; i++)
    {
      if (node->items[i]->kind != SF_YAML_SCALAR)
        return sf_yaml_fail (r->err, SF_ETYPE, node->items[i], "%s: expected a list of texts or numbers, got %s in it",
                             r->option->name, sf_yaml_kind_name (node->items[i]->kind));
      value.texts[i] = node->items[i]->text;
    }
  SF_TRY (read_items (r, &value));
  r->settings->values[r->option - r->settings->options] = value;
  return SF_OK;
}

static enum sf_code
assign_tree (const struct reading *r, const struct sf_yaml *node)
{
  struct value value = { .set = true, .origin = r->origin };
  SF_TRY (keep_tree (r, node, &value));
  r->settings->values[r->option - r->settings->options] = value;
  return SF_OK;
}

/* The folder part of a file's name in the arena; *ret_folder is NULL for a bare name. */
static enum sf_code
folder_of (const struct reading *r, const char *file, const char **ret_folder)
{
  const char *slash = strrchr (file, '/');
  *ret_folder = NULL;
  if (!slash)
    return SF_OK;
  size_t length = slash == file ? 1 : (size_t) (slash - file);
  *ret_folder = sf_arena_strndup (r->settings->arena, file, length);
  return *ret_folder ? SF_OK : fail_memory (r);
}

static enum sf_code
assign_node (struct sf_settings *settings, const struct sf_option *option, const struct sf_yaml *node,
             struct sf_error *err)
{
  struct reading r = { .settings = settings, .option = option, .err = err };
  bool list = option->type == SF_OPTION_TEXTS || option->type == SF_OPTION_DOUBLES;
  r.origin = node->line == 0 ? node->file
                             : sf_arena_printf (settings->arena, "%s:%d:%d", node->file, node->line, node->column);
  if (!r.origin)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", node->file);
  if (list && node->kind == SF_YAML_SEQUENCE)
    return assign_sequence (&r, node);
  if (option->type == SF_OPTION_TREE)
    return assign_tree (&r, node);
  if (node->kind != SF_YAML_SCALAR)
    return sf_fail (err, SF_ETYPE, "%s: %s: expected %s%s, got %s", r.origin, option->name, list ? "" : "a ",
                    sf_option_type_name (option->type), sf_yaml_kind_name (node->kind));
  if (option->type == SF_OPTION_PATH)
    SF_TRY (folder_of (&r, node->file, &r.folder));
  return assign (&r, node->text);
}

static const struct sf_option *
find_option (const struct sf_settings *settings, const char *name)
{
  for (size_t i = 0; i < settings->count; i++)
    if (strcmp (settings->options[i].name, name) == 0)
      return &settings->options[i];
  return NULL;
}

static size_t
count_names (const char *const *names)
{
  size_t n = 0;
  while (names && names[n])
    n++;
  return n;
}

static bool
is_among (const char *name, const char *const *names)
{
  for (; names && *names; names++)
    if (strcmp (name, *names) == 0)
      return true;
  return false;
}

/* Names of all options and of the keys that others read, for "did you mean". */
static enum sf_code
gather_names (const struct sf_settings *settings, const char *const *skip, const char ***ret_names, size_t *ret_count,
              struct sf_error *err)
{
  size_t skipped = count_names (skip);
  const char **names = sf_arena_calloc (settings->arena, settings->count + skipped, sizeof *names);
  if (!names)
    return sf_fail (err, SF_ENOMEM, "out of memory for settings");
  for (size_t i = 0; i < settings->count; i++)
    names[i] = settings->options[i].name;
  for (size_t i = 0; i < skipped; i++)
    names[settings->count + i] = skip[i];
  *ret_names = names;
  *ret_count = settings->count + skipped;
  return SF_OK;
}

static enum sf_code
read_mapping (struct sf_settings *settings, const struct sf_yaml *mapping, const char *const *skip,
              struct sf_error *err)
{
  if (mapping->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_ETYPE, mapping, "expected settings (key: value), got %s",
                         sf_yaml_kind_name (mapping->kind));
  for (size_t i = 0; i < mapping->count; i++)
    {
      const struct sf_yaml *key = mapping->keys[i];
      const struct sf_option *option = find_option (settings, key->text);
      const char **names = NULL;
      size_t names_count = 0;
      if (is_among (key->text, skip))
        continue;
      if (option)
        {
          SF_TRY (assign_node (settings, option, mapping->items[i], err));
          continue;
        }
      SF_TRY (gather_names (settings, skip, &names, &names_count, err));
      return sf_yaml_fail_key (err, key, names, names_count);
    }
  return SF_OK;
}

static enum sf_code
set_defaults (struct sf_settings *settings, struct sf_error *err)
{
  for (size_t i = 0; i < settings->count; i++)
    {
      const struct sf_option *option = &settings->options[i];
      struct reading r = { .settings = settings, .option = option, .origin = "default", .err = err };
      settings->values[i] = (struct value){ .origin = "not set", .number = NAN, .whole = INT64_MIN };
      if (option->fallback)
        SF_TRY (assign (&r, option->fallback));
    }
  return SF_OK;
}

enum sf_code
sf_settings_parse (struct sf_arena *arena, const struct sf_option *options, const struct sf_yaml *mapping,
                   const char *const *skip, struct sf_settings **ret_settings, struct sf_error *err)
{
  size_t count = 0;
  while (options && options[count].name)
    count++;
  struct sf_settings *settings = sf_arena_calloc (arena, 1, sizeof *settings);
  struct value *values = sf_arena_calloc (arena, count, sizeof *values);
  if (!settings || !values)
    return sf_fail (err, SF_ENOMEM, "out of memory for settings");
  *settings = (struct sf_settings){ .arena = arena, .options = options, .values = values, .count = count };
  SF_TRY (set_defaults (settings, err));
  if (mapping)
    SF_TRY (read_mapping (settings, mapping, skip, err));
  *ret_settings = settings;
  return SF_OK;
}

enum sf_code
sf_settings_set (struct sf_settings *settings, const char *name, const char *text, const char *origin,
                 struct sf_error *err)
{
  const struct sf_option *option = find_option (settings, name);
  if (!option)
    {
      const char **names = NULL;
      size_t count = 0;
      SF_TRY (gather_names (settings, NULL, &names, &count, err));
      const char *near = sf_text_nearest (name, names, count);
      return sf_fail (err, SF_EINVAL, "%s: unknown setting '%.100s'%s%s%s", origin, name,
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
  struct reading r = { .settings = settings, .option = option, .err = err };
  r.origin = sf_arena_strdup (settings->arena, origin);
  if (!r.origin)
    return sf_fail (err, SF_ENOMEM, "%s: %s: out of memory", origin, name);
  return assign (&r, text);
}

enum sf_code
sf_settings_check_required (const struct sf_settings *settings, const char *owner, struct sf_error *err)
{
  for (size_t i = 0; i < settings->count; i++)
    {
      const struct sf_option *o = &settings->options[i];
      if (o->required && !settings->values[i].set)
        return sf_fail (err, SF_EINVAL, "%s: the setting '%s' is required (%s): %s", owner, o->name,
                        sf_option_type_name (o->type), o->help_en ? o->help_en : "");
    }
  return SF_OK;
}

static const struct value *
find_value (const struct sf_settings *settings, const char *name, unsigned types)
{
  const struct sf_option *option = find_option (settings, name);
  assert (option && (types >> option->type & 1));
  return &settings->values[option - settings->options];
}

const char *
sf_settings_text (const struct sf_settings *settings, const char *name)
{
  return find_value (settings, name, 1u << SF_OPTION_TEXT | 1u << SF_OPTION_ENUM | 1u << SF_OPTION_PATH)->text;
}

double
sf_settings_double (const struct sf_settings *settings, const char *name)
{
  return find_value (settings, name, 1u << SF_OPTION_DOUBLE)->number;
}

int64_t
sf_settings_int (const struct sf_settings *settings, const char *name)
{
  return find_value (settings, name, 1u << SF_OPTION_INT | 1u << SF_OPTION_TIME | 1u << SF_OPTION_DURATION)->whole;
}

bool
sf_settings_bool (const struct sf_settings *settings, const char *name)
{
  return find_value (settings, name, 1u << SF_OPTION_BOOL)->whole == 1;
}

size_t
sf_settings_texts (const struct sf_settings *settings, const char *name, const char *const **ret_texts)
{
  const struct value *value = find_value (settings, name, 1u << SF_OPTION_TEXTS);
  *ret_texts = (const char *const *) value->texts;
  return value->count;
}

size_t
sf_settings_doubles (const struct sf_settings *settings, const char *name, const double **ret_values)
{
  const struct value *value = find_value (settings, name, 1u << SF_OPTION_DOUBLES);
  *ret_values = value->numbers;
  return value->count;
}

const struct sf_yaml *
sf_settings_tree (const struct sf_settings *settings, const char *name)
{
  return find_value (settings, name, 1u << SF_OPTION_TREE)->tree;
}

int
sf_settings_choice (const struct sf_settings *settings, const char *name)
{
  const struct value *value = find_value (settings, name, 1u << SF_OPTION_ENUM);
  return value->set ? (int) value->whole : -1;
}

bool
sf_settings_at (const struct sf_settings *settings, size_t index, const struct sf_option **ret_option,
                const char **ret_text, const char **ret_origin)
{
  if (index >= settings->count)
    return false;
  *ret_option = &settings->options[index];
  *ret_text = settings->values[index].text;
  *ret_origin = settings->values[index].origin;
  return true;
}
