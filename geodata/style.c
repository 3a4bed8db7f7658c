/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/style.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct sf_styles
{
  struct sf_arena arena;
  struct sf_style *list;
  int count;
};

static enum sf_code
required_text (const struct sf_yaml *node, const char *key, const char **ret_text, struct sf_error *err)
{
  const struct sf_yaml *value = sf_yaml_get (node, key);
  if (!value)
    return sf_yaml_fail (err, SF_EINVAL, node, "%s is missing", key);
  if (value->kind != SF_YAML_SCALAR || value->text[0] == '\0')
    return sf_yaml_fail (err, SF_EINVAL, value, "%s: expected a text", key);
  *ret_text = value->text;
  return SF_OK;
}

/* "name: {en: ..., zh: ...}", or one text for both languages where that reads the same (plain is true). */
static enum sf_code
read_titles (const struct sf_yaml *node, const char *key, bool plain, const char **ret_en, const char **ret_zh,
             struct sf_error *err)
{
  static const char *const languages[] = { "en", "zh", NULL };
  const struct sf_yaml *value = sf_yaml_get (node, key);
  if (!value)
    return sf_yaml_fail (err, SF_EINVAL, node, "%s is missing, expected %s: {en: ..., zh: ...}", key, key);
  if (plain && value->kind == SF_YAML_SCALAR)
    {
      *ret_en = *ret_zh = value->text;
      return SF_OK;
    }
  SF_TRY (sf_yaml_check_keys (value, languages, err));
  SF_TRY (required_text (value, "en", ret_en, err));
  return required_text (value, "zh", ret_zh, err);
}

static int
hex_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static enum sf_code
read_colour (const struct sf_yaml *node, uint8_t ret_rgba[4], struct sf_error *err)
{
  const char *text = node->kind == SF_YAML_SCALAR ? node->text : "";
  size_t length = strlen (text);
  bool good = text[0] == '#' && (length == 7 || length == 9);
  uint8_t rgba[4] = { 0, 0, 0, 255 };
  for (size_t i = 0; good && 2 * i + 1 < length; i++)
    {
      int high = hex_digit (text[2 * i + 1]), low = hex_digit (text[2 * i + 2]);
      good = high >= 0 && low >= 0;
      rgba[i] = good ? (uint8_t) (high * 16 + low) : 0;
    }
  if (!good)
    return sf_yaml_fail (err, SF_EFORMAT, node, "colour: expected \"#rrggbb\" or \"#rrggbbaa\", got '%s'", text);
  memcpy (ret_rgba, rgba, 4);
  return SF_OK;
}

static enum sf_code
read_length (const struct sf_yaml *node, double *ret_value, struct sf_error *err)
{
  double value;
  if (!node)
    return SF_OK;
  SF_TRY (sf_yaml_double (node, &value, err));
  if (!(value >= 0 && value <= 100))
    return sf_yaml_fail (err, SF_ERANGE, node, "expected pixels within 0..100, got '%s'", node->text);
  *ret_value = value;
  return SF_OK;
}

static enum sf_code
read_dashes (const struct sf_yaml *node, struct sf_style_entry *entry, struct sf_error *err)
{
  if (!node)
    return SF_OK;
  if (node->kind != SF_YAML_SEQUENCE || node->count > SF_STYLE_DASHES)
    return sf_yaml_fail (err, SF_EINVAL, node, "dash_px: expected a list of at most %d lengths", SF_STYLE_DASHES);
  for (size_t i = 0; i < node->count; i++)
    SF_TRY (read_length (node->items[i], &entry->dash_px[i], err));
  entry->dashes = (int) node->count;
  return SF_OK;
}

/* How a kind is written: the list's key, the fewest entries, the keys of an entry and of the style that only it has. */
struct kind
{
  const char *name;
  size_t least;
  const char *const entry_keys[9], *const style_keys[3];
};

static const struct kind kinds[] = {
  [SF_STYLE_CLASSES] = { "classes", 1, { "from", "colour", "label" }, { NULL } },
  [SF_STYLE_RAMP] = { "ramp", 2, { "from", "colour", "label" }, { NULL } },
  [SF_STYLE_CATEGORIES]
  = { "categories", 1, { "key", "colour", "label", "width_px", "size_px", "dash_px", "fill", "symbol" }, { "column" } },
  [SF_STYLE_ISOLINES] = { "isolines", 1, { "from", "colour", "label", "width_px" }, { "label_every" } },
  [SF_STYLE_ARROWS] = { "arrows", 1, { "from", "colour", "label", "width_px", "size_px" }, { "spacing_px" } },
  [SF_STYLE_BARBS] = { "barbs", 1, { "from", "colour", "label", "width_px", "size_px" }, { "spacing_px", "barb_mps" } },
};

enum
{
  KINDS = sizeof kinds / sizeof *kinds
};

static enum sf_code
read_symbol (const struct sf_yaml *node, enum sf_symbol *ret_symbol, struct sf_error *err)
{
  static const char *const names[] = { [SF_SYMBOL_CIRCLE] = "circle", [SF_SYMBOL_STAR] = "star" };
  for (size_t i = 0; node && i < sizeof names / sizeof *names; i++)
    if (node->kind == SF_YAML_SCALAR && strcmp (node->text, names[i]) == 0)
      {
        *ret_symbol = (enum sf_symbol) i;
        return SF_OK;
      }
  return node ? sf_yaml_fail (err, SF_EINVAL, node, "symbol: expected circle or star") : SF_OK;
}

static enum sf_code
read_entry (const struct sf_yaml *node, enum sf_style_kind kind, struct sf_style_entry *entry, struct sf_error *err)
{
  SF_TRY (sf_yaml_check_keys (node, kinds[kind].entry_keys, err));
  const struct sf_yaml *from = sf_yaml_get (node, "from"), *colour = sf_yaml_get (node, "colour");
  if (!colour)
    return sf_yaml_fail (err, SF_EINVAL, node, "colour is missing");
  SF_TRY (read_colour (colour, entry->rgba, err));
  SF_TRY (read_titles (node, "label", true, &entry->label_en, &entry->label_zh, err));
  if (kind == SF_STYLE_CATEGORIES)
    SF_TRY (required_text (node, "key", &entry->key, err));
  else if (!from)
    return sf_yaml_fail (err, SF_EINVAL, node, "from is missing: the exact lower bound of the class");
  else
    SF_TRY (sf_yaml_double (from, &entry->from, err));
  if (sf_yaml_get (node, "fill"))
    SF_TRY (read_colour (sf_yaml_get (node, "fill"), entry->fill_rgba, err));
  SF_TRY (read_symbol (sf_yaml_get (node, "symbol"), &entry->symbol, err));
  SF_TRY (read_length (sf_yaml_get (node, "width_px"), &entry->width_px, err));
  SF_TRY (read_length (sf_yaml_get (node, "size_px"), &entry->size_px, err));
  return read_dashes (sf_yaml_get (node, "dash_px"), entry, err);
}

static enum sf_code
check_entry (const struct sf_yaml *node, const struct sf_style *style, int index, struct sf_error *err)
{
  const struct sf_style_entry *entry = &style->entries[index];
  if (style->kind != SF_STYLE_CATEGORIES)
    {
      if (index > 0 && !(entry->from > entry[-1].from))
        return sf_yaml_fail (err, SF_EINVAL, node, "from: %g does not rise above the class before it (%g)", entry->from,
                             entry[-1].from);
      if (style->spacing_px > 0 && !(entry->size_px >= 4 && entry->size_px <= style->spacing_px))
        return sf_yaml_fail (err, SF_ERANGE, node, "size_px: expected 4 to spacing_px (%g), so that they keep apart",
                             style->spacing_px);
      return SF_OK;
    }
  for (int i = 0; i < index; i++)
    if (strcmp (style->entries[i].key, entry->key) == 0)
      return sf_yaml_fail (err, SF_ECONFLICT, node, "key '%s' is given twice", entry->key);
  return SF_OK;
}

static enum sf_code
read_entries (struct sf_arena *arena, const struct sf_yaml *node, struct sf_style *style, struct sf_error *err)
{
  size_t least = kinds[style->kind].least;
  if (node->kind != SF_YAML_SEQUENCE || node->count < least || node->count > SF_STYLE_MAX_ENTRIES)
    return sf_yaml_fail (err, SF_EINVAL, node, "expected a list of %zu..%d entries", least, SF_STYLE_MAX_ENTRIES);
  style->entries = sf_arena_calloc (arena, node->count, sizeof *style->entries);
  if (!style->entries)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", style->file);
  style->entries_count = (int) node->count;
  for (int i = 0; i < style->entries_count; i++)
    {
      SF_TRY (read_entry (node->items[i], style->kind, &style->entries[i], err));
      SF_TRY (check_entry (node->items[i], style, i, err));
    }
  return SF_OK;
}

static enum sf_code
read_word (const struct sf_yaml *root, const char *key, const char *const words[2], bool *ret_second,
           struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, key);
  const char *text = sf_yaml_text (root, key, words[0]);
  if (strcmp (text, words[0]) != 0 && strcmp (text, words[1]) != 0)
    return sf_yaml_fail (err, SF_EINVAL, node, "%s: expected %s or %s, got '%s'", key, words[0], words[1], text);
  *ret_second = strcmp (text, words[1]) == 0;
  return SF_OK;
}

const char *
sf_sampling_name (enum sf_sampling sampling)
{
  static const char *const names[] = { "nearest", "bilinear", "bicubic" };
  return names[sampling];
}

static enum sf_code
read_sampling (const struct sf_yaml *root, enum sf_sampling *ret_sampling, struct sf_error *err)
{
  const char *text = sf_yaml_text (root, "sampling", "nearest");
  for (int sampling = SF_SAMPLING_NEAREST; sampling <= SF_SAMPLING_BICUBIC; sampling++)
    if (strcmp (text, sf_sampling_name ((enum sf_sampling) sampling)) == 0)
      {
        *ret_sampling = (enum sf_sampling) sampling;
        return SF_OK;
      }
  return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "sampling"),
                       "sampling: expected nearest, bilinear or bicubic, got '%s'", text);
}

static enum sf_code
find_kind (const struct sf_yaml *root, struct sf_style *style, const struct sf_yaml **ret_list, struct sf_error *err)
{
  const char *const names = "classes, ramp, categories, isolines, arrows, barbs";
  *ret_list = NULL;
  for (int kind = 0; kind < KINDS; kind++)
    {
      const struct sf_yaml *list = sf_yaml_get (root, kinds[kind].name);
      if (list && *ret_list)
        return sf_yaml_fail (err, SF_ECONFLICT, list, "a style has one of %s, not two", names);
      if (!list)
        continue;
      style->kind = (enum sf_style_kind) kind;
      *ret_list = list;
    }
  return *ret_list ? SF_OK : sf_yaml_fail (err, SF_EINVAL, root, "one of %s is missing", names);
}

static bool
is_listed (const char *const *list, int count, const char *word)
{
  for (int i = 0; i < count && list[i]; i++)
    if (strcmp (list[i], word) == 0)
      return true;
  return false;
}

/* One name, or a list of them. */
static enum sf_code
read_datasets (struct sf_arena *arena, const struct sf_yaml *node, struct sf_style *style, struct sf_error *err)
{
  if (!node)
    return SF_OK;
  bool several = node->kind == SF_YAML_SEQUENCE;
  size_t count = several ? node->count : 1;
  if (node->kind == SF_YAML_MAPPING || count == 0 || count > SF_STYLE_MAX_DATASETS)
    return sf_yaml_fail (err, SF_EINVAL, node, "dataset: expected a name or a list of 1..%d", SF_STYLE_MAX_DATASETS);
  const char **names = sf_arena_calloc (arena, count, sizeof *names);
  if (!names)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", style->file);
  style->datasets = names;
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_yaml *item = several ? node->items[i] : node;
      if (item->kind != SF_YAML_SCALAR || item->text[0] == '\0')
        return sf_yaml_fail (err, SF_EINVAL, item, "dataset: expected a name");
      if (is_listed (names, style->datasets_count, item->text))
        return sf_yaml_fail (err, SF_ECONFLICT, item, "dataset '%s' is given twice", item->text);
      names[style->datasets_count++] = item->text;
    }
  return SF_OK;
}

/* What arrows, barbs and isolines need beside their entries; a key of another kind is an error, not silence. */
static enum sf_code
read_drawing (const struct sf_yaml *root, struct sf_style *style, struct sf_error *err)
{
  static const char *const keys[] = { "label_every", "column", "spacing_px", "barb_mps" };
  const struct sf_yaml *every = sf_yaml_get (root, "label_every"), *spacing = sf_yaml_get (root, "spacing_px"),
                       *barb = sf_yaml_get (root, "barb_mps");
  for (size_t i = 0; i < 4; i++)
    {
      const struct sf_yaml *node = sf_yaml_get (root, keys[i]);
      bool owned = is_listed (kinds[style->kind].style_keys, 3, keys[i]);
      if (node && !owned)
        return sf_yaml_fail (err, SF_EINVAL, node, "%s does not belong to %s", keys[i], kinds[style->kind].name);
      if (!node && owned && i > 1)
        return sf_yaml_fail (err, SF_EINVAL, root, "%s is missing", keys[i]);
    }
  style->column = sf_yaml_text (root, "column", NULL);
  int64_t label_every = 1;
  if (every)
    SF_TRY (sf_yaml_int (every, &label_every, err));
  if (label_every < 0 || label_every > SF_STYLE_MAX_ENTRIES)
    return sf_yaml_fail (err, SF_ERANGE, every, "label_every: expected 0..%d", SF_STYLE_MAX_ENTRIES);
  style->label_every = (int) label_every;
  SF_TRY (read_length (spacing, &style->spacing_px, err));
  if (spacing && !(style->spacing_px >= 8))
    return sf_yaml_fail (err, SF_ERANGE, spacing, "spacing_px: expected 8..100, got '%s'", spacing->text);
  if (barb)
    SF_TRY (sf_yaml_double (barb, &style->barb_mps, err));
  if (barb && !(style->barb_mps >= 0.1 && style->barb_mps <= 100))
    return sf_yaml_fail (err, SF_ERANGE, barb, "barb_mps: expected 0.1..100, got '%s'", barb->text);
  return SF_OK;
}

static enum sf_code
read_style (struct sf_arena *arena, const struct sf_yaml *root, struct sf_style *style, struct sf_error *err)
{
  static const char *const keys[]
      = { "name",   "dataset",    "default",  "unit",   "title",      "source",      "sampling",
          "legend", "origin",     "classes",  "ramp",   "isolines",   "label_every", "arrows",
          "barbs",  "spacing_px", "barb_mps", "column", "categories", NULL };
  static const char *const legends[2] = { "all", "present" }, *const origins[2] = { "reference", "earliest" };
  const struct sf_yaml *list, *is_default = sf_yaml_get (root, "default");
  *style = (struct sf_style){ .file = root->file, .line = root->line };
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (required_text (root, "name", &style->name, err));
  SF_TRY (read_titles (root, "title", false, &style->title_en, &style->title_zh, err));
  SF_TRY (required_text (root, "source", &style->source, err));
  SF_TRY (find_kind (root, style, &list, err));
  SF_TRY (read_sampling (root, &style->sampling, err));
  SF_TRY (read_word (root, "legend", legends, &style->legend_present_only, err));
  SF_TRY (read_word (root, "origin", origins, &style->from_earliest, err));
  SF_TRY (read_datasets (arena, sf_yaml_get (root, "dataset"), style, err));
  SF_TRY (read_drawing (root, style, err));
  if (style->kind != SF_STYLE_CATEGORIES)
    SF_TRY (required_text (root, "unit", &style->unit, err));
  if (is_default)
    SF_TRY (sf_yaml_bool (is_default, &style->is_default, err));
  if (style->is_default && style->datasets_count == 0)
    return sf_yaml_fail (err, SF_EINVAL, is_default, "default: the style names no dataset");
  return read_entries (arena, list, style, err);
}

static enum sf_code
check_against_others (const struct sf_styles *styles, const struct sf_style *style, struct sf_error *err)
{
  for (int i = 0; i < styles->count; i++)
    {
      const struct sf_style *other = &styles->list[i];
      if (strcmp (other->name, style->name) == 0)
        return sf_fail (err, SF_ECONFLICT, "%s:%d:1: style '%s' stands also in %s", style->file, style->line,
                        style->name, other->file);
      for (int d = 0; style->is_default && other->is_default && d < style->datasets_count; d++)
        if (sf_style_fits (other, style->datasets[d]))
          return sf_fail (err, SF_ECONFLICT, "%s:%d:1: dataset '%s' has its default style in %s already", style->file,
                          style->line, style->datasets[d], other->file);
    }
  return SF_OK;
}

static enum sf_code
load_all (struct sf_styles *styles, const char *folder, struct sf_error *err)
{
  char **names = NULL;
  size_t count = 0;
  SF_TRY (sf_file_list (&styles->arena, folder, &names, &count, err));
  styles->list = sf_arena_calloc (&styles->arena, count ? count : 1, sizeof *styles->list);
  if (!styles->list)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
  for (size_t i = 0; i < count; i++)
    {
      size_t length = strlen (names[i]);
      struct sf_yaml *root;
      struct sf_style style;
      if (length < 6 || strcmp (names[i] + length - 5, ".yaml") != 0)
        continue;
      char *path = sf_file_join (&styles->arena, folder, names[i]);
      if (!path)
        return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
      SF_TRY (sf_yaml_load (&styles->arena, path, &root, err));
      SF_TRY (read_style (&styles->arena, root, &style, err));
      SF_TRY (check_against_others (styles, &style, err));
      styles->list[styles->count++] = style;
    }
  return SF_OK;
}

enum sf_code
sf_styles_load (const char *folder, struct sf_styles **ret_styles, struct sf_error *err)
{
  struct sf_styles *styles = sf_mem_calloc (1, sizeof *styles);
  if (!styles)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
  sf_arena_init (&styles->arena);
  enum sf_code code = load_all (styles, folder, err);
  if (code != SF_OK)
    sf_styles_free (styles);
  else
    *ret_styles = styles;
  return code;
}

void
sf_styles_free (struct sf_styles *styles)
{
  if (!styles)
    return;
  sf_arena_finish (&styles->arena);
  sf_mem_free (styles);
}

static enum sf_code
check_dataset (const struct sf_style *style, const char *dataset, const struct sf_vocabulary *vocabulary,
               struct sf_error *err)
{
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (vocabulary, dataset);
  if (!spec)
    {
      const char *nearest = sf_vocabulary_nearest_dataset (vocabulary, dataset);
      return sf_fail (err, SF_ENOTFOUND, "%s:%d:1: style '%s' names the unknown dataset '%s'%s%s", style->file,
                      style->line, style->name, dataset, nearest ? "; nearest: " : "", nearest ? nearest : "");
    }
  if (style->unit && (!spec->quantity || strcmp (spec->quantity->unit, style->unit) != 0))
    return sf_fail (err, SF_ETYPE, "%s:%d:1: style '%s' is in '%s', dataset '%s' in '%s'", style->file, style->line,
                    style->name, style->unit, dataset, spec->quantity ? spec->quantity->unit : "no unit");
  for (size_t i = 0; style->column && i < spec->columns_count; i++)
    if (strcmp (spec->columns[i].name, style->column) == 0)
      return SF_OK;
  if (style->column)
    return sf_fail (err, SF_ENOTFOUND, "%s:%d:1: style '%s' takes its keys from column '%s', which dataset '%s' lacks",
                    style->file, style->line, style->name, style->column, dataset);
  return SF_OK;
}

enum sf_code
sf_styles_check (const struct sf_styles *styles, const struct sf_vocabulary *vocabulary, struct sf_error *err)
{
  for (int i = 0; i < styles->count; i++)
    for (int d = 0; d < styles->list[i].datasets_count; d++)
      SF_TRY (check_dataset (&styles->list[i], styles->list[i].datasets[d], vocabulary, err));
  return SF_OK;
}

enum sf_code
sf_styles_find (const struct sf_styles *styles, const char *name, const struct sf_style **ret_style,
                struct sf_error *err)
{
  const char *names[256];
  size_t count = 0;
  for (int i = 0; i < styles->count; i++)
    {
      if (strcmp (styles->list[i].name, name) == 0)
        {
          *ret_style = &styles->list[i];
          return SF_OK;
        }
      if (count < sizeof names / sizeof *names)
        names[count++] = styles->list[i].name;
    }
  const char *nearest = sf_text_nearest (name, names, count);
  return sf_fail (err, SF_ENOTFOUND, "style '%s' is not there%s%s", name, nearest ? "; nearest: " : "",
                  nearest ? nearest : "");
}

bool
sf_style_fits (const struct sf_style *style, const char *dataset)
{
  size_t length = strcspn (dataset, "@");
  for (int i = 0; i < style->datasets_count; i++)
    if (strlen (style->datasets[i]) == length && strncmp (style->datasets[i], dataset, length) == 0)
      return true;
  return false;
}

const struct sf_style *
sf_styles_default (const struct sf_styles *styles, const char *dataset)
{
  for (int i = 0; i < styles->count; i++)
    if (styles->list[i].is_default && sf_style_fits (&styles->list[i], dataset))
      return &styles->list[i];
  return NULL;
}

int
sf_styles_count (const struct sf_styles *styles)
{
  return styles->count;
}

const struct sf_style *
sf_styles_at (const struct sf_styles *styles, int index)
{
  return &styles->list[index];
}

const struct sf_style_entry *
sf_style_category (const struct sf_style *style, const char *key)
{
  for (int i = 0; key && i < style->entries_count; i++)
    if (strcmp (style->entries[i].key, key) == 0)
      return &style->entries[i];
  return NULL;
}

const struct sf_style_entry *
sf_style_category_of (const struct sf_style *style, const struct sf_table *table, size_t row)
{
  const struct sf_column *column = style->column ? sf_table_column (table, style->column) : NULL;
  const struct sf_style_entry *entry = NULL;
  char text[32];
  if (!style->column)
    return style->kind == SF_STYLE_CATEGORIES ? &style->entries[0] : NULL;
  if (column && column->spec->quantity->type == SF_COLUMN_TEXT)
    entry = sf_style_category (style, column->as.texts[row]);
  else if (column)
    {
      if (column->spec->quantity->type == SF_COLUMN_DOUBLE)
        snprintf (text, sizeof text, "%g", column->as.doubles[row]);
      else
        snprintf (text, sizeof text, "%lld", (long long) column->as.ints[row]);
      entry = sf_style_category (style, text);
    }
  if (!entry)
    entry = sf_style_category (style, "other");
  return entry ? entry : sf_style_category (style, "unknown");
}

struct sf_barb
sf_barb_of (double speed_mps, double barb_mps)
{
  int count = speed_mps > 0 ? (int) fmin (round (speed_mps / (barb_mps / 2)), 199) : 0;
  return (
      struct sf_barb){ .pennants = count / 10, .longs = count % 10 / 2, .shorts = count % 2, .is_calm = count == 0 };
}

static uint8_t
blend (uint8_t a, uint8_t b, double share)
{
  return (uint8_t) lround ((double) a + ((double) b - (double) a) * share);
}

/* The colour in the middle of slice i of a ramp cut into SF_STYLE_MAX_ENTRIES equal slices. */
static void
ramp_colour (const struct sf_style *style, int slice, uint8_t ret_rgba[4])
{
  const struct sf_style_entry *entries = style->entries;
  int last = style->entries_count - 1, i = 0;
  double low = entries[0].from, high = entries[last].from;
  double value = low + (high - low) * ((double) slice + 0.5) / SF_STYLE_MAX_ENTRIES;
  while (i + 1 < last && value >= entries[i + 1].from)
    i++;
  double share = (value - entries[i].from) / (entries[i + 1].from - entries[i].from);
  for (int c = 0; c < 4; c++)
    ret_rgba[c] = blend (entries[i].rgba[c], entries[i + 1].rgba[c], share);
}

int
sf_style_palette (const struct sf_style *style, uint8_t ret_palette[256][4])
{
  memset (ret_palette, 0, 256 * 4);
  if (style->kind != SF_STYLE_CLASSES && style->kind != SF_STYLE_RAMP)
    return 0;
  int slices = style->kind == SF_STYLE_RAMP ? SF_STYLE_MAX_ENTRIES : style->entries_count;
  for (int i = 0; i < slices; i++)
    if (style->kind == SF_STYLE_RAMP)
      ramp_colour (style, i, ret_palette[i + 1]);
    else
      memcpy (ret_palette[i + 1], style->entries[i].rgba, 4);
  return slices + 1;
}
