/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter html: a one-page summary that opens without a network; its frame is share/templates/summary.html. */
#include "plugins/export/html/summary.h"

#include <string.h>

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
put_sources_zh (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->sources_zh.length ? page->sources_zh.text : "无");
}

static void
put_sources_en (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, page->sources_en.length ? page->sources_en.text : "none");
}

static void
badges (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_badges (page->job->authority, page->job->simulated, out);
}

static const struct sf_page_slot slots[] = {
  { "title_zh", sf_page_title_zh },
  { "title_en", sf_page_title_en },
  { "badges", badges },
  { "as_of", sf_page_as_of },
  { "scenario", sf_page_scenario },
  { "cards", sf_page_cards },
  { "maps", sf_page_maps },
  { "landfalls", sf_page_landfalls },
  { "counties", sf_page_counties },
  { "approach", sf_page_approach },
  { "crossings", sf_page_crossings },
  { "track", sf_page_track },
  { "forecast", sf_page_forecast },
  { "lineage", sf_page_lineage },
  { "sources_zh", put_sources_zh },
  { "sources_en", put_sources_en },
  { NULL, NULL },
};

static enum sf_code
write_page (const struct sf_page *page, const struct sf_strbuf *html, struct sf_error *err)
{
  const struct sf_export *job = page->job;
  struct sf_strbuf datasets = { 0 };
  for (size_t i = 0; i < job->datasets_count; i++)
    sf_strbuf_addf (&datasets, "%s%s", i ? "," : "", job->datasets[i]->name);
  enum sf_code code = datasets.failed ? no_memory (err)
                                      : sf_page_write (job, "summary", job->authority, job->simulated, ".html",
                                                       "text/html", html, datasets.text ? datasets.text : "", err);
  sf_strbuf_finish (&datasets);
  return code;
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_page page = { .host = host, .job = job };
  struct sf_strbuf html = { 0 };
  const char *path = NULL, *template = NULL;
  sf_arena_init (&page.arena);
  enum sf_code code = sf_page_load_styles (&page, err);
  if (code == SF_OK)
    code = sf_page_load_template (&page, sf_settings_text (host->settings, "template"), "summary.html", &path,
                                  &template, err);
  if (code == SF_OK)
    code = draw_maps (&page, err);
  if (code == SF_OK)
    code = sf_page_fill (&page, slots, path, template, &html, err);
  if (code == SF_OK)
    code = write_page (&page, &html, err);
  sf_strbuf_finish (&html);
  sf_page_finish (&page);
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
