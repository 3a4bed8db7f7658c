/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/delimited/table.h"
#include "plugins/decode/mapping.h"

#include <string.h>

/* Text tables of any department: separated by a sign or by blanks, or in fixed columns, read by the mapping language. */

struct alias
{
  const char *name, *means;
};

struct state
{
  struct sf_mapped_state mapped;
  struct sf_table_layout layout;
  const char *charset, *comment;
  int64_t header_lines, names_line;
  bool pad;
  const char *const *columns; /* names given in the settings */
  size_t columns_count;
  struct alias *aliases;
  size_t aliases_count;
  struct sf_span header; /* the row of names */
  size_t width;          /* columns that a row must have */
  size_t *column_of;     /* of each reference; SIZE_MAX: the table has none */
  struct sf_span fields[SF_TABLE_COLUMNS_MAX];
  size_t fields_count;
};

static const char *const charset_choices[] = { "auto", "utf-8", "gbk", "gb18030", NULL };
static const char *const quote_choices[] = { "double", "none", NULL };
static const char *const ragged_choices[] = { "reject", "pad", NULL };

static const struct sf_option options[]
    = { SF_MAPPING_OPTIONS,
        { .name = "charset",
          .type = SF_OPTION_ENUM,
          .fallback = "auto",
          .choices = charset_choices,
          .help_en = "charset of the text; auto: a byte order mark, else UTF-8 or GB 18030 by most of the lines",
          .help_zh = "文本编码；auto：先看字节序标记，再按多数行判定为UTF-8或GB18030" },
        { .name = "separator",
          .type = SF_OPTION_TEXT,
          .fallback = ",",
          .help_en = "one sign between fields, or tab, or blanks (any number of them)",
          .help_zh = "字段分隔符：一个字符，或tab，或blanks（任意个空格）" },
        { .name = "quote",
          .type = SF_OPTION_ENUM,
          .fallback = "double",
          .choices = quote_choices,
          .help_en = "whether fields may stand in double quotes, with separators and line breaks inside",
          .help_zh = "字段是否可加双引号（引号内可含分隔符和换行）" },
        { .name = "header_lines",
          .type = SF_OPTION_INT,
          .fallback = "1",
          .min = 0,
          .max = 100,
          .help_en = "lines before the data; 0: none, the names are given by columns",
          .help_zh = "数据之前的行数；0：无表头，列名由columns给出" },
        { .name = "names_line",
          .type = SF_OPTION_INT,
          .fallback = "1",
          .min = 1,
          .max = 100,
          .help_en = "which of the lines before the data has the names of the columns",
          .help_zh = "表头中第几行是列名" },
        { .name = "columns",
          .type = SF_OPTION_TEXTS,
          .fallback = "",
          .help_en = "names of the columns, instead of those of the header",
          .help_zh = "列名（代替表头中的列名）" },
        { .name = "aliases",
          .type = SF_OPTION_TREE,
          .help_en = "other names that the header may use: {name: [other, ...]}",
          .help_zh = "表头列名的别名：{列名: [别名, ...]}" },
        { .name = "fixed",
          .type = SF_OPTION_TREE,
          .help_en = "fixed columns instead of a separator: [{name, from, width}], characters from 1",
          .help_zh = "定宽列（代替分隔符）：[{name, from, width}]，自第1个字符起" },
        { .name = "comment",
          .type = SF_OPTION_TEXT,
          .help_en = "lines that begin so are left out",
          .help_zh = "以此开头的行不读" },
        { .name = "ragged",
          .type = SF_OPTION_ENUM,
          .fallback = "reject",
          .choices = ragged_choices,
          .help_en = "rows with fewer fields than columns: reject them, or take what they lack as not reported",
          .help_zh = "字段数少于列数的行：拒绝，或视为未报" },
        { .name = NULL } };

/* --- settings --- */

static enum sf_code
read_separator (const struct sf_settings *settings, struct sf_table_layout *layout, struct sf_error *err)
{
  const char *text = sf_settings_text (settings, "separator");
  layout->quotes = sf_settings_choice (settings, "quote") == 0;
  layout->form = strcmp (text, "blanks") ? SF_TABLE_SEPARATED : SF_TABLE_BLANKS;
  layout->separator = strcmp (text, "tab") ? text[0] : '\t';
  bool one = text[0] && !text[1];
  if (layout->form == SF_TABLE_SEPARATED && strcmp (text, "tab")
      && (!one || (unsigned char) text[0] >= 0x80 || strchr ("\"\r\n", text[0])))
    return sf_fail (err, SF_EINVAL, "delimited: separator '%s' is neither one sign nor tab nor blanks", text);
  return SF_OK;
}

static enum sf_code
read_slice (const struct sf_yaml *node, struct sf_table_slice *slice, struct sf_error *err)
{
  static const char *const keys[] = { "name", "from", "width", NULL };
  const struct sf_yaml *name, *from, *width;
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (sf_yaml_need (node, "name", SF_YAML_SCALAR, &name, err));
  SF_TRY (sf_yaml_need (node, "from", SF_YAML_SCALAR, &from, err));
  SF_TRY (sf_yaml_need (node, "width", SF_YAML_SCALAR, &width, err));
  slice->name = name->text;
  SF_TRY (sf_yaml_int (from, &slice->from, err));
  SF_TRY (sf_yaml_int (width, &slice->width, err));
  if (slice->from < 1 || slice->from > 100000 || slice->width < 1 || slice->width > 100000)
    return sf_yaml_fail (err, SF_ERANGE, node, "fixed: from and width are 1 to 100000");
  slice->from--;
  return SF_OK;
}

static enum sf_code
read_slices (struct state *state, const struct sf_yaml *list, struct sf_error *err)
{
  if (!list)
    return SF_OK;
  if (list->kind != SF_YAML_SEQUENCE || !list->count || list->count > SF_TABLE_COLUMNS_MAX)
    return sf_yaml_fail (err, SF_ETYPE, list, "fixed: expected a list of 1 to %d columns", SF_TABLE_COLUMNS_MAX);
  struct sf_table_slice *slices = sf_arena_calloc (&state->mapped.settings, list->count, sizeof *slices);
  const char **names = sf_arena_calloc (&state->mapped.settings, list->count, sizeof *names);
  if (!slices || !names)
    return sf_fail (err, SF_ENOMEM, "delimited: out of memory");
  for (size_t i = 0; i < list->count; i++)
    {
      SF_TRY (read_slice (list->items[i], &slices[i], err));
      names[i] = slices[i].name;
    }
  state->layout.form = SF_TABLE_FIXED;
  state->layout.slices = slices;
  state->layout.slices_count = list->count;
  state->columns = names;
  state->columns_count = list->count;
  return SF_OK;
}

static enum sf_code
read_aliases (struct state *state, const struct sf_yaml *node, struct sf_error *err)
{
  size_t total = 0;
  if (!node)
    return SF_OK;
  if (node->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_ETYPE, node, "aliases: expected {name: [other, ...]}");
  for (size_t i = 0; i < node->count; i++)
    total += node->items[i]->count;
  state->aliases = sf_arena_calloc (&state->mapped.settings, total, sizeof *state->aliases);
  if (!state->aliases)
    return sf_fail (err, SF_ENOMEM, "delimited: out of memory");
  for (size_t i = 0; i < node->count; i++)
    {
      const struct sf_yaml *others = node->items[i];
      if (others->kind != SF_YAML_SEQUENCE)
        return sf_yaml_fail (err, SF_ETYPE, others, "aliases: expected a list of names");
      for (size_t k = 0; k < others->count; k++)
        state->aliases[state->aliases_count++] = (struct alias){ others->items[k]->text, node->keys[i]->text };
    }
  return SF_OK;
}

static enum sf_code
read_settings (struct state *state, const struct sf_host *host, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  const char *const *names;
  SF_TRY (sf_mapping_new (&state->mapped.settings, host, "column", &state->mapped.mapping, err));
  SF_TRY (read_separator (settings, &state->layout, err));
  state->charset = sf_settings_text (settings, "charset");
  state->comment = sf_settings_text (settings, "comment");
  state->header_lines = sf_settings_int (settings, "header_lines");
  state->names_line = sf_settings_int (settings, "names_line");
  state->pad = sf_settings_choice (settings, "ragged") == 1;
  state->columns_count = sf_settings_texts (settings, "columns", &state->columns);
  SF_TRY (read_slices (state, sf_settings_tree (settings, "fixed"), err));
  SF_TRY (read_aliases (state, sf_settings_tree (settings, "aliases"), err));
  if (!state->columns_count && state->names_line > state->header_lines)
    return sf_fail (err, SF_EINVAL,
                    "delimited: the names of the columns are in none of the %lld lines of the header; give columns",
                    (long long) state->header_lines);
  size_t count = sf_mapping_references (state->mapped.mapping, &names);
  state->column_of = sf_arena_calloc (&state->mapped.settings, count + 1, sizeof *state->column_of);
  state->mapped.values = sf_arena_calloc (&state->mapped.settings, count + 1, sizeof *state->mapped.values);
  return state->column_of && state->mapped.values ? SF_OK : sf_fail (err, SF_ENOMEM, "delimited: out of memory");
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_fix_state_new (sizeof *state, "delimited", err);
  if (!state)
    return SF_ENOMEM;
  enum sf_code code = read_settings (state, host, err);
  if (code != SF_OK)
    sf_mapped_state_free (state);
  else
    *ret_state = state;
  return code;
}

/* --- the header --- */

static struct sf_span
column_name (const struct state *state, size_t index)
{
  return state->columns_count ? sf_span_of (state->columns[index]) : state->fields[index];
}

static bool
is_column (const struct state *state, struct sf_span given, const char *name)
{
  if (sf_span_equal (given, name))
    return true;
  for (size_t i = 0; i < state->aliases_count; i++)
    if (!strcmp (state->aliases[i].means, name) && sf_span_equal (given, state->aliases[i].name))
      return true;
  return false;
}

/* Find the columns that the mapping names; one that the table lacks costs its values, and says so once. */
static enum sf_code
bind_columns (struct state *state, struct sf_span row, long line, struct sf_error *err)
{
  const char *const *names;
  size_t count = sf_mapping_references (state->mapped.mapping, &names);
  for (size_t i = 0; i < count; i++)
    {
      state->column_of[i] = SIZE_MAX;
      for (size_t k = 0; k < state->width; k++)
        if (!is_column (state, column_name (state, k), names[i]))
          continue;
        else if (state->column_of[i] != SIZE_MAX)
          return sf_fail (err, SF_EFORMAT, "%s:%ld: two columns are named '%s'",
                          sf_fixes_source (state->mapped.base.fixes.message), line, names[i]);
        else
          state->column_of[i] = k;
      if (state->column_of[i] == SIZE_MAX && sf_mapping_is_needed (state->mapped.mapping, i))
        sf_fixes_reject (&state->mapped.base.fixes, line, row, "no column is named '%s'", names[i]);
    }
  return SF_OK;
}

/* The lines before the data. SF_EFORMAT when the table ends among them. */
static enum sf_code
read_header (struct state *state, struct sf_span *text, long *number, struct sf_error *err)
{
  const char *source = sf_fixes_source (state->mapped.base.fixes.message);
  struct sf_span row = { "", 0 };
  long line = 1, names_line = 1;
  state->header = row;
  state->width = state->columns_count;
  for (int64_t i = 1; i <= state->header_lines; i++)
    {
      if (!sf_table_next_row (&state->layout, text, &row, number, &line))
        return sf_fail (err, SF_EFORMAT, "%s: ends within the %lld lines of its header", source,
                        (long long) state->header_lines);
      if (i != state->names_line)
        continue;
      state->header = row;
      names_line = line;
    }
  if (!state->columns_count
      && !sf_table_split (&state->layout, &state->mapped.base.arena, state->header, state->fields, &state->width))
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", source);
  if (state->width > SF_TABLE_COLUMNS_MAX)
    return sf_fail (err, SF_EFORMAT, "%s:%ld: %zu columns; a table has at most %d", source, names_line, state->width,
                    SF_TABLE_COLUMNS_MAX);
  return bind_columns (state, state->header, names_line, err);
}

/* --- rows --- */

static bool
is_comment (const struct state *state, struct sf_span row)
{
  size_t length = state->comment ? strlen (state->comment) : 0;
  return length && row.length >= length && !memcmp (row.text, state->comment, length);
}

/* Files put one after the other repeat the header. */
static bool
is_header (const struct state *state, struct sf_span row)
{
  return state->header.length && row.length == state->header.length
         && !memcmp (row.text, state->header.text, row.length);
}

static enum sf_code
decode_row (struct state *state, struct sf_span row, long line, long *rows_read, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->mapped.base.fixes;
  const char *const *names;
  size_t count;
  sf_arena_reset (&state->mapped.row);
  if (!sf_table_split (&state->layout, &state->mapped.row, row, state->fields, &count))
    return sf_fail (err, SF_ENOMEM, "%s:%ld: out of memory", sf_fixes_source (fixes->message), line);
  if (count > state->width || (count < state->width && !state->pad))
    {
      sf_fixes_reject (fixes, line, row, "%zu fields under %zu columns", count, state->width);
      return SF_OK;
    }
  size_t references = sf_mapping_references (state->mapped.mapping, &names);
  for (size_t i = 0; i < references; i++)
    state->mapped.values[i]
        = state->column_of[i] < count ? state->fields[state->column_of[i]] : (struct sf_span){ "", 0 };
  struct sf_mapping_row values = { line, row, state->mapped.values };
  return sf_mapping_emit (state->mapped.mapping, fixes, &values, rows_read, err);
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  struct sf_span text, row;
  long number = 0, line, rows_read = 0;
  sf_arena_reset (&state->mapped.base.arena);
  sf_fixes_begin (&state->mapped.base.fixes, message, sink);
  SF_TRY (sf_table_view (&state->mapped.base.arena, &state->mapped.base.fixes, state->charset, &text, err));
  if (!sf_span_trim (text).length)
    return sf_fail (err, SF_EFORMAT, "%s: is empty", sf_fixes_source (message));
  SF_TRY (read_header (state, &text, &number, err));
  while (sf_table_next_row (&state->layout, &text, &row, &number, &line))
    if (!is_comment (state, row) && !is_header (state, row))
      SF_TRY (decode_row (state, row, line, &rows_read, err));
  if (!rows_read && state->mapped.base.fixes.rejected)
    return sf_fixes_verdict (&state->mapped.base.fixes, "rows of the table that the mapping describes", err);
  return SF_OK;
}

/* --- what it looks like --- */

static size_t
count_fields (struct sf_span line, char separator)
{
  struct sf_span field;
  size_t count = 0;
  while (sf_text_next_field (&line, separator, &field))
    count++;
  return count;
}

/* Two first lines with as many fields; which table it is nobody can tell without its mapping. */
static int
identify (const uint8_t *bytes, size_t length)
{
  struct sf_span text = { (const char *) bytes, length < 65536 ? length : 65536 }, first, second;
  long number = 0;
  static const char separators[] = ",\t;|";
  if (memchr (text.text, '\0', text.length) || !sf_text_next_line (&text, &first, &number)
      || !sf_text_next_line (&text, &second, &number))
    return 0;
  struct sf_span start = sf_span_trim (first);
  if (start.length && strchr ("{[<", start.text[0]))
    return 0;
  for (const char *separator = separators; *separator; separator++)
    {
      size_t count = count_fields (first, *separator);
      if (count > 1 && count == count_fields (second, *separator))
        return 50;
    }
  return 0;
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "text tables: CSV, TSV, blanks, fixed columns; UTF-8, GBK, GB 18030",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_mapped_state_free,
};

SF_PLUGIN_EXPORT (delimited) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "delimited",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "text tables of any department, read by a mapping",
  .summary_zh = "各部门文本表格（按映射读取）",
  .options = options,
  .as.decoder = &decoder,
};
