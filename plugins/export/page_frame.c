/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/time.h"
#include "plugins/export/page.h"

#include <string.h>

enum
{
  TEMPLATE_LIMIT_BYTES = 1 << 20
};

static enum sf_code
no_memory (const struct sf_export *job, struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "%s: out of memory", job->name);
}

/* --- usual slots --- */

void
sf_page_title_zh (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->job->title_zh ? page->job->title_zh : page->job->scenario);
}

void
sf_page_title_en (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->job->title_en ? page->job->title_en : page->job->scenario);
}

void
sf_page_as_of (const struct sf_page *page, struct sf_strbuf *out)
{
  char text[SF_TIME_TEXT_BYTES];
  sf_page_text (out, sf_time_format_beijing (text, page->host->clock_s));
}

void
sf_page_scenario (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->job->scenario);
}

/* --- templates --- */

static int
line_of (const char *text, const char *at)
{
  int line = 1;
  for (; text < at; text++)
    line += *text == '\n';
  return line;
}

static const struct sf_page_slot *
find_slot (const struct sf_page_slot *slots, const char *name, size_t length)
{
  for (; slots->name; slots++)
    if (strlen (slots->name) == length && strncmp (slots->name, name, length) == 0)
      return slots;
  return NULL;
}

enum sf_code
sf_page_fill (const struct sf_page *page, const struct sf_page_slot *slots, const char *path, const char *text,
              struct sf_strbuf *out, struct sf_error *err)
{
  const char *rest = text, *open;
  while ((open = strstr (rest, "{{")))
    {
      const char *close = strstr (open, "}}");
      if (!close)
        return sf_fail (err, SF_EFORMAT, "%s:%d: '{{' without '}}'", path, line_of (text, open));
      size_t length = (size_t) (close - open) - 2;
      const struct sf_page_slot *slot = find_slot (slots, open + 2, length);
      if (!slot)
        return sf_fail (err, SF_ENOTFOUND, "%s:%d: {{%.*s}} is not a part of the page", path, line_of (text, open),
                        (int) (length < 60 ? length : 60), open + 2);
      sf_strbuf_add_bytes (out, rest, (size_t) (open - rest));
      slot->put (page, out);
      rest = close + 2;
    }
  sf_strbuf_add (out, rest);
  return SF_OK;
}

enum sf_code
sf_page_load_template (struct sf_page *page, const char *named, const char *usual, const char **ret_path,
                       const char **ret_text, struct sf_error *err)
{
  uint8_t *bytes = NULL;
  size_t length;
  *ret_path = named ? sf_arena_strdup (&page->arena, named)
                    : sf_arena_printf (&page->arena, "%s/templates/%s", page->host->share_folder, usual);
  if (!*ret_path)
    return no_memory (page->job, err);
  SF_TRY (sf_file_read (&page->arena, *ret_path, TEMPLATE_LIMIT_BYTES, &bytes, &length, err));
  *ret_text = (const char *) bytes;
  return SF_OK;
}

enum sf_code
sf_page_load_styles (struct sf_page *page, struct sf_error *err)
{
  char *folder = sf_file_join (&page->arena, page->host->share_folder, "styles");
  if (!folder)
    return no_memory (page->job, err);
  SF_TRY (sf_styles_load (folder, &page->styles, err));
  SF_TRY (sf_styles_check (page->styles, page->host->vocabulary, err));
  SF_TRY (sf_styles_find (page->styles, "wind_force", &page->force, err));
  return sf_styles_find (page->styles, "typhoon_grades", &page->grades, err);
}

/* --- the file --- */

enum sf_code
sf_page_write (const struct sf_export *job, const char *what, enum sf_authority authority, bool simulated,
               const char *suffix, const char *media_type, const struct sf_strbuf *bytes, const char *datasets,
               struct sf_error *err)
{
  struct sf_strbuf path = { 0 }, name = { 0 };
  sf_picture_format_name (job->name, NULL, 0, what, authority, simulated, &name);
  sf_strbuf_add (&name, suffix);
  sf_strbuf_addf (&path, "%s/%s", job->folder, name.failed ? "" : name.text);
  enum sf_code code = SF_OK;
  if (bytes->failed || path.failed || name.failed)
    code = no_memory (job, err);
  if (code == SF_OK)
    code = sf_file_write (path.text, bytes->text ? bytes->text : "", bytes->length, err);
  if (code == SF_OK)
    code = job->product (job->ctx, name.text, media_type, datasets, err);
  sf_strbuf_finish (&path);
  sf_strbuf_finish (&name);
  return code;
}

void
sf_page_finish (struct sf_page *page)
{
  for (size_t i = 0; page->pictures && i < page->pictures_count; i++)
    sf_strbuf_finish (&page->pictures[i]);
  sf_strbuf_finish (&page->sources_zh);
  sf_strbuf_finish (&page->sources_en);
  sf_styles_free (page->styles);
  sf_arena_finish (&page->arena);
}
