/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/effects.h"

#include "core/base/file.h"

#include <math.h>
#include <string.h>

enum
{
  MOST_BYTES = 4 << 20,
  FIELDS = 15
};

static const char header[] = "number,name,name_zh,landfall,landfall_zh,rain_mm,rain_place,rain_place_zh,surge_m,tide_m,"
                             "dead,moved,note,note_zh,source";

/* A table being read. */
struct reader
{
  struct sf_arena *arena;
  const char *path;
  long line;
  struct sf_error *err;
};

static enum sf_code
take_text (struct reader *reader, struct sf_span field, const char **ret_text)
{
  field = sf_span_trim (field);
  *ret_text = field.length ? sf_arena_strndup (reader->arena, field.text, field.length) : NULL;
  return field.length && !*ret_text ? sf_fail (reader->err, SF_ENOMEM, "out of memory for %s", reader->path) : SF_OK;
}

static enum sf_code
take_number (struct reader *reader, struct sf_span field, double *ret_value)
{
  *ret_value = (double) NAN;
  if (sf_span_trim (field).length == 0)
    return SF_OK;
  if (sf_text_parse_double (field, ret_value) && *ret_value >= 0)
    return SF_OK;
  return sf_fail (reader->err, SF_EFORMAT, "%s:%ld: '%.*s' is no number of at least 0", reader->path, reader->line,
                  (int) sf_text_utf8_prefix ((const uint8_t *) field.text, field.length < 40 ? field.length : 40),
                  field.text);
}

static enum sf_code
read_effect (struct reader *reader, struct sf_span line, struct sf_effect *effect)
{
  struct sf_span fields[FIELDS], field;
  int n = 0;
  for (; sf_text_next_field (&line, ',', &field); n++)
    if (n < FIELDS)
      fields[n] = field;
  if (n != FIELDS)
    return sf_fail (reader->err, SF_EFORMAT, "%s:%ld: %d fields, %d are wanted", reader->path, reader->line, n, FIELDS);
  const char **texts[] = { &effect->number,
                           &effect->name,
                           &effect->name_zh,
                           &effect->landfall,
                           &effect->landfall_zh,
                           NULL,
                           &effect->rain_place,
                           &effect->rain_place_zh,
                           NULL,
                           NULL,
                           NULL,
                           NULL,
                           &effect->note,
                           &effect->note_zh,
                           &effect->source };
  double *numbers[FIELDS] = {
    [5] = &effect->rain_mm, [8] = &effect->surge_m, [9] = &effect->tide_m, [10] = &effect->dead, [11] = &effect->moved
  };
  for (int f = 0; f < FIELDS; f++)
    {
      if (texts[f])
        SF_TRY (take_text (reader, fields[f], texts[f]));
      else
        SF_TRY (take_number (reader, fields[f], numbers[f]));
    }
  if (!effect->number || !effect->source)
    return sf_fail (reader->err, SF_EFORMAT, "%s:%ld: a storm wants a number and a source", reader->path, reader->line);
  return SF_OK;
}

static enum sf_code
read_lines (struct reader *reader, struct sf_span text, struct sf_effect *items, size_t room, size_t *ret_count)
{
  struct sf_span line;
  bool header_seen = false;
  size_t n = 0;
  while (sf_text_next_line (&text, &line, &reader->line))
    {
      if (line.length == 0 || line.text[0] == '#')
        continue;
      if (!header_seen && !sf_span_equal (line, header))
        return sf_fail (reader->err, SF_EFORMAT, "%s:%ld: the header must be %s", reader->path, reader->line, header);
      if (header_seen && n < room)
        {
          struct sf_effects before = { n, items };
          SF_TRY (read_effect (reader, line, &items[n]));
          if (sf_effects_find (&before, items[n].number))
            return sf_fail (reader->err, SF_EFORMAT, "%s:%ld: storm %s stands twice", reader->path, reader->line,
                            items[n].number);
          n++;
        }
      header_seen = true;
    }
  if (!header_seen)
    return sf_fail (reader->err, SF_EFORMAT, "%s: no header %s", reader->path, header);
  *ret_count = n;
  return SF_OK;
}

enum sf_code
sf_effects_load (struct sf_arena *arena, const char *path, struct sf_effects *ret_effects, struct sf_error *err)
{
  uint8_t *bytes = NULL;
  size_t length = 0, lines = 1, count = 0;
  struct reader reader = { .arena = arena, .path = path, .err = err };
  SF_TRY (sf_file_read (arena, path, MOST_BYTES, &bytes, &length, err));
  for (size_t i = 0; i < length; i++)
    lines += bytes[i] == '\n';
  struct sf_effect *items = sf_arena_calloc (arena, lines, sizeof *items);
  if (!items)
    return sf_fail (err, SF_ENOMEM, "out of memory for %s", path);
  if (!sf_text_is_utf8 (bytes, length))
    return sf_fail (err, SF_EFORMAT, "%s is not UTF-8", path);
  SF_TRY (read_lines (&reader, (struct sf_span){ (const char *) bytes, length }, items, lines, &count));
  *ret_effects = (struct sf_effects){ count, items };
  return SF_OK;
}

const struct sf_effect *
sf_effects_find (const struct sf_effects *effects, const char *number)
{
  for (size_t i = 0; number && i < effects->count; i++)
    if (strcmp (effects->items[i].number, number) == 0)
      return &effects->items[i];
  return NULL;
}

/* The two texts, and what stands between their parts. */
struct saying
{
  struct sf_strbuf *en, *zh;
  bool begun;
};

static void
begin_part (struct saying *saying)
{
  sf_strbuf_add (saying->en, saying->begun ? "; " : "");
  sf_strbuf_add (saying->zh, saying->begun ? "；" : "");
  saying->begun = true;
}

static void
say_rain (struct saying *saying, const struct sf_effect *effect)
{
  if (isnan (effect->rain_mm))
    return;
  begin_part (saying);
  sf_strbuf_addf (saying->en, "most rain %g mm", effect->rain_mm);
  sf_strbuf_addf (saying->zh, "最大雨量%g毫米", effect->rain_mm);
  if (effect->rain_place)
    sf_strbuf_addf (saying->en, " (%s)", effect->rain_place);
  if (effect->rain_place_zh)
    sf_strbuf_addf (saying->zh, "（%s）", effect->rain_place_zh);
}

static void
say_number (struct saying *saying, double number, const char *en, const char *zh, const char *unit_en,
            const char *unit_zh)
{
  if (isnan (number))
    return;
  begin_part (saying);
  sf_strbuf_addf (saying->en, "%s %.10g%s", en, number, unit_en);
  sf_strbuf_addf (saying->zh, "%s%.10g%s", zh, number, unit_zh);
}

static void
say_text (struct saying *saying, const char *en, const char *zh, const char *label_en, const char *label_zh)
{
  if (!en && !zh)
    return;
  begin_part (saying);
  sf_strbuf_addf (saying->en, "%s%s", label_en, en ? en : zh);
  sf_strbuf_addf (saying->zh, "%s%s", label_zh, zh ? zh : en);
}

static void
say_unknown (struct saying *saying, const struct sf_effect *effect)
{
  const struct
  {
    bool unknown;
    const char *en, *zh;
  } parts[] = { { !effect->landfall && !effect->landfall_zh, "landfall", "登陆情况" },
                { isnan (effect->rain_mm), "rain", "雨量" },
                { isnan (effect->surge_m) && isnan (effect->tide_m), "surge", "风暴潮" },
                { isnan (effect->dead), "dead", "死亡人数" },
                { isnan (effect->moved), "people moved", "转移人数" } };
  bool first = true;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    {
      if (!parts[i].unknown)
        continue;
      if (first)
        begin_part (saying);
      sf_strbuf_addf (saying->en, "%s%s", first ? "not known: " : ", ", parts[i].en);
      sf_strbuf_addf (saying->zh, "%s%s", first ? "不详：" : "、", parts[i].zh);
      first = false;
    }
}

void
sf_effects_say (const struct sf_effect *effect, struct sf_strbuf *english, struct sf_strbuf *chinese)
{
  struct saying saying = { .en = english, .zh = chinese };
  if (!effect)
    {
      sf_strbuf_add (english, "not known: not in the table of effects");
      sf_strbuf_add (chinese, "不详：影响资料表未收录");
      return;
    }
  say_text (&saying, effect->landfall, effect->landfall_zh, "landfall ", "登陆：");
  say_rain (&saying, effect);
  say_number (&saying, effect->surge_m, "surge", "增水", " m", "米");
  say_number (&saying, effect->tide_m, "highest water level", "最高潮位", " m", "米");
  say_number (&saying, effect->dead, "dead", "死亡", "", "人");
  say_number (&saying, effect->moved, "people moved", "转移", "", "人");
  say_text (&saying, effect->note, effect->note_zh, "", "");
  say_unknown (&saying, effect);
}
