/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter html: a one-page summary that opens without a network; its frame is share/templates/summary.html. */
#include "core/base/file.h"
#include "core/base/time.h"
#include "plugins/export/html/page.h"

#include <stdlib.h>
#include <string.h>

enum
{
  TEMPLATE_LIMIT_BYTES = 1 << 20
};

static const struct sf_option options[] = {
  { .name = "maps",
    .type = SF_OPTION_TEXTS,
    .fallback = "wind_max@province, wind_arrival@province:8",
    .help_en = "maps on the page: datasets, for one with bands a colon and the band's value",
    .help_zh = "页面中的地图：数据集名，有波段者加冒号和波段值" },
  { .name = "width",
    .type = SF_OPTION_INT,
    .unit = "px",
    .fallback = "1400",
    .min = 480,
    .max = 4096,
    .help_en = "width of each map",
    .help_zh = "每幅地图宽度" },
  { .name = "template",
    .type = SF_OPTION_PATH,
    .help_en = "another frame than share/templates/summary.html",
    .help_zh = "替代 share/templates/summary.html 的模板" },
  { .name = NULL },
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "html: out of memory");
}

/* "wind_arrival@province:8": the dataset (NULL when this output has none) and which band. */
static enum sf_code
find_map (const struct sf_page *page, const char *text, const struct sf_dataset **ret_grid, int *ret_band,
          struct sf_error *err)
{
  const char *colon = strchr (text, ':');
  char *name = sf_mem_printf ("%.*s", colon ? (int) (colon - text) : (int) strlen (text), text);
  if (!name)
    return no_memory (err);
  double wanted = 0;
  bool good = !colon || sf_text_parse_double (sf_span_of (colon + 1), &wanted);
  const struct sf_dataset *dataset = sf_page_dataset (page, name);
  sf_mem_free (name);
  *ret_band = 0;
  *ret_grid = NULL;
  if (!good || (dataset && dataset->spec->kind != SF_DATASET_GRID))
    return sf_fail (err, SF_EINVAL, "html: maps: '%s' is not a grid, or no number stands after its colon", text);
  if (!dataset)
    return SF_OK;
  const struct sf_grid *grid = dataset->as.grid;
  while (colon && *ret_band < grid->bands && grid->band_values[*ret_band] != wanted)
    ++*ret_band;
  if (*ret_band == grid->bands)
    return sf_fail (err, SF_ENOTFOUND, "html: maps: '%s' has no band %g", dataset->name, wanted);
  *ret_grid = dataset;
  return SF_OK;
}

static enum sf_code
draw_map (void *ctx, int block, struct sf_error *err)
{
  struct sf_page *page = ctx;
  const struct sf_export *job = page->job;
  const char *const *names;
  sf_settings_texts (page->host->settings, "maps", &names);
  struct sf_picture picture = { .styles = page->styles,
                                .width_px = (int) sf_settings_int (page->host->settings, "width"),
                                .title_en = job->title_en,
                                .title_zh = job->title_zh,
                                .source_zh = page->sources_zh.text,
                                .source_en = page->sources_en.text,
                                .clock_s = page->host->clock_s,
                                .authority = job->authority,
                                .simulated = job->simulated };
  SF_TRY (find_map (page, names[block], &picture.grid, &picture.band, err));
  if (!picture.grid)
    return SF_OK;
  SF_TRY (sf_picture_find_layers (&picture, job->datasets, job->datasets_count, NULL, 0, err));
  return sf_picture_draw (&picture, &page->pictures[block], err);
}

static enum sf_code
draw_maps (struct sf_page *page, struct sf_error *err)
{
  const char *const *names;
  struct sf_picture sources = { .styles = page->styles };
  const struct sf_export *job = page->job;
  page->pictures_count = sf_settings_texts (page->host->settings, "maps", &names);
  page->pictures = sf_arena_calloc (&page->arena, page->pictures_count + 1, sizeof *page->pictures);
  if (!page->pictures)
    return no_memory (err);
  SF_TRY (sf_picture_find_layers (&sources, job->datasets, job->datasets_count, NULL, 0, err));
  sf_picture_format_sources (&sources, true, &page->sources_zh);
  sf_picture_format_sources (&sources, false, &page->sources_en);
  return page->host->parallel (page->host, (int) page->pictures_count, draw_map, page, err);
}

static void
put_title_zh (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->job->title_zh ? page->job->title_zh : page->job->scenario);
}

static void
put_title_en (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->job->title_en ? page->job->title_en : page->job->scenario);
}

static void
put_as_of (const struct sf_page *page, struct sf_strbuf *out)
{
  char text[SF_TIME_TEXT_BYTES];
  sf_page_text (out, sf_time_format_beijing (text, page->host->clock_s));
}

static void
put_scenario (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->job->scenario);
}

static void
put_sources_zh (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->sources_zh.length ? page->sources_zh.text : "无");
}

static void
put_sources_en (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->sources_en.length ? page->sources_en.text : "none");
}

/* What stands for each {{name}} of the template. */
static const struct
{
  const char *name;
  void (*put) (const struct sf_page *page, struct sf_strbuf *out);
} slots[] = {
  { "title_zh", put_title_zh },     { "title_en", put_title_en },       { "badges", sf_page_badges },
  { "as_of", put_as_of },           { "scenario", put_scenario },       { "cards", sf_page_cards },
  { "maps", sf_page_maps },         { "landfalls", sf_page_landfalls }, { "counties", sf_page_counties },
  { "approach", sf_page_approach }, { "crossings", sf_page_crossings }, { "track", sf_page_track },
  { "lineage", sf_page_lineage },   { "sources_zh", put_sources_zh },   { "sources_en", put_sources_en },
};

static int
line_of (const char *text, const char *at)
{
  int line = 1;
  for (; text < at; text++)
    line += *text == '\n';
  return line;
}

static enum sf_code
fill (const struct sf_page *page, const char *path, const char *text, struct sf_strbuf *out, struct sf_error *err)
{
  const char *rest = text, *open;
  while ((open = strstr (rest, "{{")))
    {
      const char *close = strstr (open, "}}");
      if (!close)
        return sf_fail (err, SF_EFORMAT, "%s:%d: '{{' without '}}'", path, line_of (text, open));
      size_t length = (size_t) (close - open) - 2, i = 0, count = sizeof slots / sizeof *slots;
      while (i < count && (strlen (slots[i].name) != length || strncmp (slots[i].name, open + 2, length) != 0))
        i++;
      if (i == count)
        return sf_fail (err, SF_ENOTFOUND, "%s:%d: {{%.*s}} is not a part of the page", path, line_of (text, open),
                        (int) (length < 60 ? length : 60), open + 2);
      sf_strbuf_add_bytes (out, rest, (size_t) (open - rest));
      slots[i].put (page, out);
      rest = close + 2;
    }
  sf_strbuf_add (out, rest);
  return SF_OK;
}

static enum sf_code
load_styles (struct sf_page *page, struct sf_error *err)
{
  char *folder = sf_file_join (&page->arena, page->host->share_folder, "styles");
  if (!folder)
    return no_memory (err);
  SF_TRY (sf_styles_load (folder, &page->styles, err));
  SF_TRY (sf_styles_check (page->styles, page->host->vocabulary, err));
  SF_TRY (sf_styles_find (page->styles, "wind_force", &page->force, err));
  return sf_styles_find (page->styles, "typhoon_grades", &page->grades, err);
}

static enum sf_code
load_template (struct sf_page *page, char **ret_path, uint8_t **ret_text, struct sf_error *err)
{
  const char *path = sf_settings_text (page->host->settings, "template");
  size_t length;
  *ret_path = path ? sf_arena_strdup (&page->arena, path)
                   : sf_arena_printf (&page->arena, "%s/templates/summary.html", page->host->share_folder);
  if (!*ret_path)
    return no_memory (err);
  return sf_file_read (&page->arena, *ret_path, TEMPLATE_LIMIT_BYTES, ret_text, &length, err);
}

static enum sf_code
write_page (const struct sf_page *page, const struct sf_strbuf *html, struct sf_error *err)
{
  const struct sf_export *job = page->job;
  struct sf_strbuf path = { 0 }, name = { 0 }, datasets = { 0 };
  sf_picture_format_name (job->name, NULL, 0, "summary", job->authority, job->simulated, &name);
  sf_strbuf_add (&name, ".html");
  sf_strbuf_addf (&path, "%s/%s", job->folder, name.failed ? "" : name.text);
  for (size_t i = 0; i < job->datasets_count; i++)
    sf_strbuf_addf (&datasets, "%s%s", i ? "," : "", job->datasets[i]->name);
  enum sf_code code = SF_OK;
  if (html->failed || path.failed || name.failed || datasets.failed)
    code = no_memory (err);
  if (code == SF_OK)
    code = sf_file_write (path.text, html->text, html->length, err);
  if (code == SF_OK)
    code = job->product (job->ctx, name.text, "text/html", datasets.text ? datasets.text : "", err);
  sf_strbuf_finish (&path);
  sf_strbuf_finish (&name);
  sf_strbuf_finish (&datasets);
  return code;
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_page page = { .host = host, .job = job };
  struct sf_strbuf html = { 0 };
  uint8_t *template;
  char *path;
  sf_arena_init (&page.arena);
  enum sf_code code = load_styles (&page, err);
  if (code == SF_OK)
    code = load_template (&page, &path, &template, err);
  if (code == SF_OK)
    code = draw_maps (&page, err);
  if (code == SF_OK)
    code = fill (&page, path, (const char *) template, &html, err);
  if (code == SF_OK)
    code = write_page (&page, &html, err);
  for (size_t i = 0; page.pictures && i < page.pictures_count; i++)
    sf_strbuf_finish (&page.pictures[i]);
  sf_strbuf_finish (&page.sources_zh);
  sf_strbuf_finish (&page.sources_en);
  sf_strbuf_finish (&html);
  sf_styles_free (page.styles);
  sf_arena_finish (&page.arena);
  return code;
}

static const struct sf_exporter exporter = {
  .kinds = 1u << SF_DATASET_TABLE | 1u << SF_DATASET_SERIES | 1u << SF_DATASET_GRID | 1u << SF_DATASET_FEATURES
           | 1u << SF_DATASET_TRACKS,
  .run = run,
};

SF_PLUGIN_EXPORT (html) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "html",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "One-page summary with maps and tables, in Chinese and English",
  .summary_zh = "含地图与表格的中英文单页摘要",
  .options = options,
  .as.exporter = &exporter,
};
