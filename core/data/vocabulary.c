/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/vocabulary.h"

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/file.h"
#include "core/base/yaml.h"

#include <string.h>

struct sf_vocabulary
{
  struct sf_arena arena; /* owns all below */
  const struct sf_quantity **quantities;
  size_t quantities_count;
  const struct sf_dataset_spec **datasets;
  size_t datasets_count;
  const struct sf_yaml *column_titles; /* NULL without columns.yaml */
  struct reason *reasons;
  size_t reasons_count;
};

struct reason
{
  struct sf_reason_class is;
  const struct sf_yaml *words;
};

static const char *const KIND_NAMES[SF_DATASET_KINDS] = { "table", "series", "grid", "cube", "features", "tracks" };
static const char *const TYPE_NAMES[] = { "text", "double", "int", "time" };
static const char *const GEOMETRY_NAMES[] = { "point", "line", "polygon" };

enum
{
  TYPES = sizeof TYPE_NAMES / sizeof *TYPE_NAMES,
  GEOMETRIES = sizeof GEOMETRY_NAMES / sizeof *GEOMETRY_NAMES
};

const char *
sf_dataset_kind_name (enum sf_dataset_kind kind)
{
  return (unsigned) kind < SF_DATASET_KINDS ? KIND_NAMES[kind] : "unknown";
}

const char *
sf_column_type_name (enum sf_column_type type)
{
  return (unsigned) type < TYPES ? TYPE_NAMES[type] : "unknown";
}

static enum sf_code
fail_memory (struct sf_error *err, const struct sf_yaml *node)
{
  return sf_yaml_fail (err, SF_ENOMEM, node, "out of memory");
}

/* Fail with what was wanted and, when one is near, the name that was probably meant. */
static enum sf_code
fail_unknown (struct sf_error *err, enum sf_code code, const struct sf_yaml *node, const char *what,
              const char *const *names, size_t count)
{
  const char *nearest = sf_text_nearest (node->text, names, count);
  if (nearest)
    return sf_yaml_fail (err, code, node, "unknown %s '%s'; did you mean '%s'?", what, node->text, nearest);
  return sf_yaml_fail (err, code, node, "unknown %s '%s'", what, node->text);
}

/* Names are lower-case identifiers: they become file names, table columns and netCDF variables. */
static enum sf_code
check_name (const struct sf_yaml *node, struct sf_error *err)
{
  const char *text = node->text;
  bool good = *text >= 'a' && *text <= 'z' && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen (text);
  if (!good)
    return sf_yaml_fail (err, SF_EINVAL, node, "'%s' is no name: use a-z, 0-9 and _, a letter first", text);
  return SF_OK;
}

static enum sf_code
check_mapping (const struct sf_yaml *key, const struct sf_yaml *node, struct sf_error *err)
{
  if (node->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_ETYPE, node, "%s: expected a mapping (key: value)", key->text);
  return SF_OK;
}

/* The text of a key of the entry `name`; NULL when absent and not required. */
static enum sf_code
get_text (const struct sf_yaml *name, const struct sf_yaml *node, const char *key, bool required, const char **ret_text,
          struct sf_error *err)
{
  const struct sf_yaml *value = sf_yaml_get (node, key);
  if (!value && !required)
    return SF_OK;
  if (!value)
    return sf_yaml_fail (err, SF_EINVAL, name, "%s: '%s' is missing", name->text, key);
  if (value->kind != SF_YAML_SCALAR || !*value->text)
    return sf_yaml_fail (err, SF_ETYPE, value, "%s: '%s' must be a text that is not empty", name->text, key);
  *ret_text = value->text;
  return SF_OK;
}

/* {en: ..., zh: ...}: both languages or, when not required, nothing at all. */
static enum sf_code
get_both_languages (const struct sf_yaml *name, const struct sf_yaml *node, const char *key, bool required,
                    const char **ret_en, const char **ret_zh, struct sf_error *err)
{
  static const char *const LANGUAGES[] = { "en", "zh", NULL };
  const struct sf_yaml *texts = sf_yaml_get (node, key);
  if (!texts && !required)
    return SF_OK;
  if (!texts)
    return sf_yaml_fail (err, SF_EINVAL, name, "%s: '%s' is missing; give {en: ..., zh: ...}", name->text, key);
  if (texts->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_ETYPE, texts, "%s: '%s' must be {en: ..., zh: ...}", name->text, key);
  SF_TRY (sf_yaml_check_keys (texts, LANGUAGES, err));
  for (int i = 0; i < 2; i++)
    {
      const struct sf_yaml *text = sf_yaml_get (texts, LANGUAGES[i]);
      if (!text || text->kind != SF_YAML_SCALAR || !*text->text)
        return sf_yaml_fail (err, SF_EINVAL, text ? text : texts, "%s: '%s' has no %s text", name->text, key,
                             i == 0 ? "English (en)" : "Chinese (zh)");
      *(i == 0 ? ret_en : ret_zh) = text->text;
    }
  return SF_OK;
}

/* The index in names of a key's text; *ret_index is untouched when the key is absent and not required. */
static enum sf_code
get_choice (const struct sf_yaml *name, const struct sf_yaml *node, const char *key, bool required,
            const char *const *names, size_t count, size_t *ret_index, struct sf_error *err)
{
  const char *text = NULL;
  SF_TRY (get_text (name, node, key, required, &text, err));
  for (size_t i = 0; text && i < count; i++)
    if (strcmp (text, names[i]) == 0)
      {
        *ret_index = i;
        return SF_OK;
      }
  return text ? fail_unknown (err, SF_EINVAL, sf_yaml_get (node, key), key, names, count) : SF_OK;
}

static enum sf_code
read_quantity (struct sf_arena *arena, const struct sf_yaml *name, const struct sf_yaml *node,
               const struct sf_quantity **ret_quantity, struct sf_error *err)
{
  static const char *const KEYS[] = { "type", "unit", "standard_name", "averaging", "title", NULL };
  SF_TRY (check_name (name, err));
  SF_TRY (check_mapping (name, node, err));
  SF_TRY (sf_yaml_check_keys (node, KEYS, err));
  struct sf_quantity *quantity = sf_arena_calloc (arena, 1, sizeof *quantity);
  if (!quantity)
    return fail_memory (err, name);
  size_t type = SF_COLUMN_DOUBLE;
  quantity->name = name->text;
  SF_TRY (get_choice (name, node, "type", false, TYPE_NAMES, TYPES, &type, err));
  SF_TRY (get_text (name, node, "unit", true, &quantity->unit, err));
  SF_TRY (get_text (name, node, "standard_name", false, &quantity->standard_name, err));
  SF_TRY (get_text (name, node, "averaging", false, &quantity->averaging, err));
  SF_TRY (get_both_languages (name, node, "title", true, &quantity->title_en, &quantity->title_zh, err));
  quantity->type = (enum sf_column_type) type;
  *ret_quantity = quantity;
  return SF_OK;
}

static enum sf_code
read_quantities (struct sf_vocabulary *vocabulary, const char *folder, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  const char *path = sf_arena_printf (&vocabulary->arena, "%s/quantities.yaml", folder);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
  SF_TRY (sf_yaml_load (&vocabulary->arena, path, &root, err));
  if (root->kind != SF_YAML_MAPPING || root->count == 0)
    return sf_yaml_fail (err, SF_EINVAL, root, "expected quantities (name: {unit: ..., title: ...})");
  vocabulary->quantities = sf_arena_calloc (&vocabulary->arena, root->count, sizeof *vocabulary->quantities);
  if (!vocabulary->quantities)
    return fail_memory (err, root);
  for (size_t i = 0; i < root->count; i++)
    {
      SF_TRY (read_quantity (&vocabulary->arena, root->keys[i], root->items[i], &vocabulary->quantities[i], err));
      vocabulary->quantities_count++;
    }
  return SF_OK;
}

/* The quantity that a scalar node names. */
static enum sf_code
resolve_quantity (struct sf_vocabulary *vocabulary, const struct sf_yaml *name, const struct sf_yaml *node,
                  const struct sf_quantity **ret_quantity, struct sf_error *err)
{
  if (node->kind != SF_YAML_SCALAR)
    return sf_yaml_fail (err, SF_ETYPE, node, "%s: expected the name of a quantity", name->text);
  const struct sf_quantity *quantity = sf_vocabulary_quantity (vocabulary, node->text);
  if (quantity)
    {
      *ret_quantity = quantity;
      return SF_OK;
    }
  size_t count = vocabulary->quantities_count;
  const char **names = sf_arena_calloc (&vocabulary->arena, count, sizeof *names);
  if (!names)
    return fail_memory (err, node);
  for (size_t i = 0; i < count; i++)
    names[i] = vocabulary->quantities[i]->name;
  return fail_unknown (err, SF_ENOTFOUND, node, "quantity", names, count);
}

/* The quantity of a grid's values or of its band axis, which is always a number. */
static enum sf_code
read_number_quantity (struct sf_vocabulary *vocabulary, const struct sf_yaml *name, const struct sf_yaml *node,
                      const char *key, const struct sf_quantity **ret_quantity, struct sf_error *err)
{
  const struct sf_yaml *value = sf_yaml_get (node, key);
  if (!value)
    return SF_OK;
  const struct sf_quantity *quantity = NULL;
  SF_TRY (resolve_quantity (vocabulary, name, value, &quantity, err));
  if (quantity->type != SF_COLUMN_DOUBLE)
    return sf_yaml_fail (err, SF_ETYPE, value, "%s: %s '%s' is of type %s; it must be double", name->text, key,
                         quantity->name, sf_column_type_name (quantity->type));
  *ret_quantity = quantity;
  return SF_OK;
}

static enum sf_code
read_columns (struct sf_vocabulary *vocabulary, const struct sf_yaml *name, const struct sf_yaml *node,
              struct sf_dataset_spec *spec, struct sf_error *err)
{
  const struct sf_yaml *columns = sf_yaml_get (node, "columns");
  if (!columns)
    return SF_OK;
  if (columns->kind != SF_YAML_MAPPING || columns->count == 0)
    return sf_yaml_fail (err, SF_ETYPE, columns, "%s: 'columns' must be {name: quantity, ...}", name->text);
  struct sf_column_spec *list = sf_arena_calloc (&vocabulary->arena, columns->count, sizeof *list);
  if (!list)
    return fail_memory (err, columns);
  for (size_t i = 0; i < columns->count; i++)
    {
      SF_TRY (check_name (columns->keys[i], err));
      list[i].name = columns->keys[i]->text;
      SF_TRY (resolve_quantity (vocabulary, columns->keys[i], columns->items[i], &list[i].quantity, err));
      const struct sf_yaml *title = sf_yaml_get (vocabulary->column_titles, list[i].name);
      list[i].title_en = sf_yaml_text (title, "en", list[i].quantity->title_en);
      list[i].title_zh = sf_yaml_text (title, "zh", list[i].quantity->title_zh);
    }
  spec->columns = list;
  spec->columns_count = columns->count;
  return SF_OK;
}

/* A key that a kind must have, may have, or may not have. */
static enum sf_code
check_presence (const struct sf_yaml *name, const struct sf_yaml *node, enum sf_dataset_kind kind, const char *key,
                unsigned must, unsigned may, struct sf_error *err)
{
  const struct sf_yaml *value = sf_yaml_get (node, key);
  unsigned bit = 1u << kind;
  if (!value && must & bit)
    return sf_yaml_fail (err, SF_EINVAL, name, "%s: '%s' is missing; a %s needs it", name->text, key, KIND_NAMES[kind]);
  if (value && !((must | may) & bit))
    return sf_yaml_fail (err, SF_EINVAL, value, "%s: a %s has no '%s'", name->text, KIND_NAMES[kind], key);
  return SF_OK;
}

static enum sf_code
check_shape (const struct sf_yaml *name, const struct sf_yaml *node, enum sf_dataset_kind kind, struct sf_error *err)
{
  const unsigned table = 1u << SF_DATASET_TABLE, series = 1u << SF_DATASET_SERIES, grid = 1u << SF_DATASET_GRID,
                 cube = 1u << SF_DATASET_CUBE, features = 1u << SF_DATASET_FEATURES, tracks = 1u << SF_DATASET_TRACKS;
  SF_TRY (check_presence (name, node, kind, "quantity", grid | cube | series, 0, err));
  SF_TRY (check_presence (name, node, kind, "band", 0, grid, err));
  SF_TRY (check_presence (name, node, kind, "geometry", features, 0, err));
  return check_presence (name, node, kind, "columns", table | features | series, tracks, err);
}

/* A series has a column of times and one of its quantity. */
static enum sf_code
check_series (const struct sf_yaml *name, const struct sf_dataset_spec *spec, struct sf_error *err)
{
  bool has_time = false, has_value = false;
  for (size_t i = 0; i < spec->columns_count; i++)
    {
      has_time |= spec->columns[i].quantity->type == SF_COLUMN_TIME;
      has_value |= spec->columns[i].quantity == spec->quantity;
    }
  if (!has_time || !has_value)
    return sf_yaml_fail (err, SF_EINVAL, name, "%s: a series needs a column of %s", name->text,
                         has_time ? spec->quantity->name : "time");
  return SF_OK;
}

static enum sf_code
read_dataset (struct sf_vocabulary *vocabulary, const struct sf_yaml *name, const struct sf_yaml *node,
              const struct sf_dataset_spec **ret_spec, struct sf_error *err)
{
  static const char *const KEYS[] = { "kind", "title", "quantity", "band", "geometry", "missing", "columns", NULL };
  SF_TRY (check_name (name, err));
  SF_TRY (check_mapping (name, node, err));
  SF_TRY (sf_yaml_check_keys (node, KEYS, err));
  struct sf_dataset_spec *spec = sf_arena_calloc (&vocabulary->arena, 1, sizeof *spec);
  if (!spec)
    return fail_memory (err, name);
  size_t kind = 0, geometry = GEOMETRIES;
  spec->name = name->text;
  SF_TRY (get_choice (name, node, "kind", true, KIND_NAMES, SF_DATASET_KINDS, &kind, err));
  spec->kind = (enum sf_dataset_kind) kind;
  SF_TRY (get_both_languages (name, node, "title", true, &spec->title_en, &spec->title_zh, err));
  SF_TRY (get_both_languages (name, node, "missing", false, &spec->missing_en, &spec->missing_zh, err));
  SF_TRY (check_shape (name, node, spec->kind, err));
  SF_TRY (get_choice (name, node, "geometry", false, GEOMETRY_NAMES, GEOMETRIES, &geometry, err));
  spec->geometry = geometry < GEOMETRIES ? GEOMETRY_NAMES[geometry] : NULL;
  SF_TRY (read_number_quantity (vocabulary, name, node, "quantity", &spec->quantity, err));
  SF_TRY (read_number_quantity (vocabulary, name, node, "band", &spec->band, err));
  SF_TRY (read_columns (vocabulary, name, node, spec, err));
  if (spec->kind == SF_DATASET_SERIES)
    SF_TRY (check_series (name, spec, err));
  *ret_spec = spec;
  return SF_OK;
}

static enum sf_code
read_datasets (struct sf_vocabulary *vocabulary, const char *folder, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  const char *path = sf_arena_printf (&vocabulary->arena, "%s/datasets.yaml", folder);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
  SF_TRY (sf_yaml_load (&vocabulary->arena, path, &root, err));
  if (root->kind != SF_YAML_MAPPING || root->count == 0)
    return sf_yaml_fail (err, SF_EINVAL, root, "expected datasets (name: {kind: ..., title: ...})");
  vocabulary->datasets = sf_arena_calloc (&vocabulary->arena, root->count, sizeof *vocabulary->datasets);
  if (!vocabulary->datasets)
    return fail_memory (err, root);
  for (size_t i = 0; i < root->count; i++)
    {
      SF_TRY (read_dataset (vocabulary, root->keys[i], root->items[i], &vocabulary->datasets[i], err));
      vocabulary->datasets_count++;
    }
  return SF_OK;
}

/* A file that a folder may lack: *ret_root stays NULL then. expected: what its mapping has, in words. */
static enum sf_code
load_if_there (struct sf_vocabulary *vocabulary, const char *folder, const char *name, const char *expected,
               struct sf_yaml **ret_root, struct sf_error *err)
{
  char *path = sf_file_join (&vocabulary->arena, folder, name);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
  if (!sf_file_exists (path))
    return SF_OK;
  SF_TRY (sf_yaml_load (&vocabulary->arena, path, ret_root, err));
  if ((*ret_root)->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_EINVAL, *ret_root, "expected %s", expected);
  return SF_OK;
}

static enum sf_code
read_column_titles (struct sf_vocabulary *vocabulary, const char *folder, struct sf_error *err)
{
  static const char *const KEYS[] = { "en", "zh", NULL };
  struct sf_yaml *root = NULL;
  SF_TRY (
      load_if_there (vocabulary, folder, "columns.yaml", "titles of columns (name: {en: ..., zh: ...})", &root, err));
  if (!root)
    return SF_OK;
  for (size_t i = 0; i < root->count; i++)
    {
      SF_TRY (sf_yaml_check_keys (root->items[i], KEYS, err));
      if (!sf_yaml_text (root->items[i], "en", NULL) || !sf_yaml_text (root->items[i], "zh", NULL))
        return sf_yaml_fail (err, SF_EINVAL, root->keys[i], "column %s needs a title in English (en) and Chinese (zh)",
                             root->keys[i]->text);
    }
  vocabulary->column_titles = root;
  return SF_OK;
}

static enum sf_code
read_reason (const struct sf_yaml *name, const struct sf_yaml *node, struct reason *reason, struct sf_error *err)
{
  static const char *const KEYS[] = { "title", "words", NULL };
  SF_TRY (check_name (name, err));
  SF_TRY (check_mapping (name, node, err));
  SF_TRY (sf_yaml_check_keys (node, KEYS, err));
  reason->is.name = name->text;
  reason->words = sf_yaml_get (node, "words");
  if (!reason->words || reason->words->kind != SF_YAML_SEQUENCE)
    return sf_yaml_fail (err, SF_EINVAL, name, "%s: 'words' must be a list of texts", name->text);
  for (size_t i = 0; i < reason->words->count; i++)
    if (reason->words->items[i]->kind != SF_YAML_SCALAR || !*reason->words->items[i]->text)
      return sf_yaml_fail (err, SF_ETYPE, reason->words->items[i], "%s: a word must be a text that is not empty",
                           name->text);
  return get_both_languages (name, node, "title", true, &reason->is.title_en, &reason->is.title_zh, err);
}

static enum sf_code
read_reasons (struct sf_vocabulary *vocabulary, const char *folder, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  SF_TRY (load_if_there (vocabulary, folder, "reasons.yaml", "classes of reasons (name: {title: ..., words: [...]})",
                         &root, err));
  if (!root)
    return SF_OK;
  vocabulary->reasons = sf_arena_calloc (&vocabulary->arena, root->count + 1, sizeof *vocabulary->reasons);
  if (!vocabulary->reasons)
    return fail_memory (err, root);
  for (size_t i = 0; i < root->count; i++)
    SF_TRY (read_reason (root->keys[i], root->items[i], &vocabulary->reasons[i], err));
  vocabulary->reasons_count = root->count;
  return SF_OK;
}

/* What stands before a sentence, "FILE:LINE: ID: ", holds words of its own. */
static const char *
skip_names (const char *sentence)
{
  for (const char *end; (end = strstr (sentence, ": ")) && strcspn (sentence, " ") > (size_t) (end - sentence);)
    sentence = end + 2;
  return sentence;
}

const struct sf_reason_class *
sf_vocabulary_reason (const struct sf_vocabulary *vocabulary, const char *sentence)
{
  static const struct sf_reason_class other = { "other", "for another reason", "其他原因" };
  const char *words = skip_names (sentence);
  for (size_t i = 0; i < vocabulary->reasons_count; i++)
    for (size_t k = 0; k < vocabulary->reasons[i].words->count; k++)
      if (strstr (words, vocabulary->reasons[i].words->items[k]->text))
        return &vocabulary->reasons[i].is;
  return &other;
}

enum sf_code
sf_vocabulary_load (const char *folder, struct sf_vocabulary **ret_vocabulary, struct sf_error *err)
{
  struct sf_vocabulary *vocabulary = sf_mem_calloc (1, sizeof *vocabulary);
  if (!vocabulary)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
  sf_arena_init (&vocabulary->arena);
  enum sf_code code = read_quantities (vocabulary, folder, err);
  if (code == SF_OK)
    code = read_column_titles (vocabulary, folder, err);
  if (code == SF_OK)
    code = read_datasets (vocabulary, folder, err);
  if (code == SF_OK)
    code = read_reasons (vocabulary, folder, err);
  if (code != SF_OK)
    {
      sf_vocabulary_free (vocabulary);
      return code;
    }
  *ret_vocabulary = vocabulary;
  return SF_OK;
}

void
sf_vocabulary_free (struct sf_vocabulary *vocabulary)
{
  if (!vocabulary)
    return;
  sf_arena_finish (&vocabulary->arena);
  sf_mem_free (vocabulary);
}

const struct sf_quantity *
sf_vocabulary_quantity (const struct sf_vocabulary *vocabulary, const char *name)
{
  for (size_t i = 0; i < vocabulary->quantities_count; i++)
    if (strcmp (vocabulary->quantities[i]->name, name) == 0)
      return vocabulary->quantities[i];
  return NULL;
}

const struct sf_dataset_spec *
sf_vocabulary_dataset (const struct sf_vocabulary *vocabulary, const char *name)
{
  size_t length = strcspn (name, "@");
  for (size_t i = 0; i < vocabulary->datasets_count; i++)
    {
      const char *known = vocabulary->datasets[i]->name;
      if (strlen (known) == length && memcmp (known, name, length) == 0)
        return vocabulary->datasets[i];
    }
  return NULL;
}

const char *
sf_vocabulary_nearest_dataset (const struct sf_vocabulary *vocabulary, const char *name)
{
  size_t length = strcspn (name, "@"), count = vocabulary->datasets_count;
  char *plain = sf_mem_alloc (length + 1);
  const char **names = sf_mem_calloc (count, sizeof *names);
  const char *nearest = NULL;
  if (plain && names)
    {
      memcpy (plain, name, length);
      plain[length] = '\0';
      for (size_t i = 0; i < count; i++)
        names[i] = vocabulary->datasets[i]->name;
      nearest = sf_text_nearest (plain, names, count);
    }
  sf_mem_free (names);
  sf_mem_free (plain);
  return nearest;
}

size_t
sf_vocabulary_quantities (const struct sf_vocabulary *vocabulary, const struct sf_quantity *const **ret_list)
{
  *ret_list = vocabulary->quantities;
  return vocabulary->quantities_count;
}

size_t
sf_vocabulary_datasets (const struct sf_vocabulary *vocabulary, const struct sf_dataset_spec *const **ret_list)
{
  *ret_list = vocabulary->datasets;
  return vocabulary->datasets_count;
}
