/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter sheet: one printed sheet (A4) for each question, in Chinese and English, that opens without a network; and the
   tables behind them as JSON and CSV. Their frame is share/templates/sheet.html. */
#include "plugins/export/sheet/sheet.h"

#include <string.h>

static const struct sf_option options[] = {
  { .name = "sheets",
    .type = SF_OPTION_TEXTS,
    .fallback = "fixes, impact, landfall, agencies, similar, rain_surge, changes",
    .help_en
    = "which sheets: fixes, impact, landfall, agencies, similar, rain_surge, changes; one without a dataset is not "
      "made",
    .help_zh = "输出哪些单页：fixes 定位表、impact 风圈影响、landfall 登陆、agencies 机构对照、similar 相似路径、"
               "rain_surge 风雨潮、changes 变化与分歧；缺数据集者不输出" },
  { .name = "data",
    .type = SF_OPTION_TEXTS,
    .fallback = "json, csv",
    .help_en = "formats in which every table is written beside the sheets: json, csv, none",
    .help_zh = "各表同时输出的数据格式：json、csv、none（不输出）" },
  { .name = "template",
    .type = SF_OPTION_PATH,
    .help_en = "another frame than share/templates/sheet.html",
    .help_zh = "替代 share/templates/sheet.html 的模板" },
  { .name = NULL },
};

#define DATASETS(...)                                                                                                  \
  (const char *const[]) { __VA_ARGS__, NULL }

static const struct sf_sheet sheets[] = {
  { "fixes", "台风定位表", "Fix table",
    "预报时次之间为线性插值，不含未发布的转向与强度突变；风圈为各象限最大半径，圈外仍可有大风；未给出的半径不代表没有"
    "。",
    "Between forecast times positions are linear: no turn or burst that was not issued is in them. Rings are the "
    "largest radius in a quadrant: strong wind outside is possible; a radius not given is not a radius of zero.",
    DATASETS ("fix_table"), sf_sheet_fixes },
  { "impact", "风圈影响分析", "Wind ring impact",
    "风场为参数化涡旋，不含地形、海峡效应与雨带阵风；可能性来自集合成员，样本外的突变未计；“未达到”不等于安全。",
    "The wind is that of a parametric vortex without terrain, channels or gusts of rain bands. Chances are counts of "
    "members; what no member does is not in them. \"Not reached\" is not \"safe\".",
    DATASETS ("ring_impact"), sf_sheet_impact },
  { "landfall", "登陆岸段与可能性", "Landfall: stretch of coast and chances",
    "给出岸段与时间范围而非一点；擦岸而过与登陆难以区分；岸线只到资料所及范围。",
    "A stretch and a range of time, never one point. A close pass and a landfall can hardly be told apart. Coasts are "
    "known "
    "only as far as the data reach.",
    DATASETS ("landfall_chances", "landfall_stretches", "landfalls"), sf_sheet_landfall },
  { "agencies", "各机构预报对照", "Agencies side by side",
    "各机构共用模式，离散度不等于误差；单个台风的独立样本很少，误差统计仅供参考；外国机构预报不得对外发布。",
    "Agencies share models: their spread is not the error. One storm holds few independent errors. Foreign forecasts "
    "are "
    "for study only.",
    DATASETS ("consensus_points", "agency_forecasts", "track_errors"), sf_sheet_agencies },
  { "similar", "相似路径", "Similar storms of the past",
    "相似台风的影响不会重演：强度、移速、潮时、前期降雨不同；重现期由有限年数推得，尾部不确定。",
    "A similar storm does not repeat its effects: strength, speed, tide and earlier rain differ. Return periods come "
    "from "
    "few years and are least sure in the tail.",
    DATASETS ("similar_storms", "wind_return"), sf_sheet_similar },
  { "rain_surge", "风雨潮一阶估计", "Rain and surge, first order",
    "参数化雨量只可用于提高、不可用于降低判断（“未知，至少”）；潮位仅在同一基准面内比较；不含波浪、河口与街区淹没。",
    "A parametric rain may raise a verdict and never lower it (\"unknown, at least\"). Levels are compared in one "
    "datum only. "
    "No waves, no estuaries, no street is in it.",
    DATASETS ("county_rain", "station_surge"), sf_sheet_rain_surge },
  { "changes", "预报变化与分歧", "What changed, and where official and model disagree",
    "限值以内的变化不列出；双方一致不代表准确；以官方预报为准，由值班领导选择并签字。",
    "Changes within the limits are not listed. That both agree does not make them right. The official forecast is the "
    "default; a person chooses and signs.",
    DATASETS ("forecast_changes", "disagreements"), sf_sheet_changes },
};

enum
{
  SHEETS = sizeof sheets / sizeof *sheets
};

static const struct sf_sheet_run *
run_of (const struct sf_page *page)
{
  return page->own;
}

/* --- slots --- */

static void
put_sheet_zh (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, run_of (page)->sheet->title_zh);
}

static void
put_sheet_en (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, run_of (page)->sheet->title_en);
}

static void
put_badges (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_badges (run_of (page)->authority, run_of (page)->simulated, out);
}

static void
put_body (const struct sf_page *page, struct sf_strbuf *out)
{
  run_of (page)->sheet->body (page, out);
}

static void
put_not_zh (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, run_of (page)->sheet->not_zh);
}

static void
put_not_en (const struct sf_page *page, struct sf_strbuf *out)
{
  sf_page_text (out, run_of (page)->sheet->not_en);
}

/* What lies under the text of every printed page: whatever is not official must not leave the house. */
static void
put_watermark (const struct sf_page *page, struct sf_strbuf *out)
{
  static const char *const words[] = { NULL, "内部研判参考，不得对外发布", "演练 DRILL · 内部研判参考，不得对外发布",
                                       "假设推演 HYPOTHETICAL · 内部研判参考，不得对外发布" };
  const char *text = words[run_of (page)->authority];
  if (!text && run_of (page)->simulated)
    text = "模拟数据 SIMULATED";
  for (int i = 0; text && i < 6; i++)
    {
      sf_strbuf_add (out, "<span>");
      sf_page_text (out, text);
      sf_strbuf_add (out, "</span>");
    }
}

/* How many comparisons are beyond their limits; nothing where nobody compared. */
static void
put_banner (const struct sf_page *page, struct sf_strbuf *out)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, "disagreements");
  size_t flagged = 0;
  for (size_t row = 0; dataset && row < dataset->as.table->rows; row++)
    flagged += sf_table_int (dataset->as.table, "flagged", row) == 1;
  if (flagged)
    sf_strbuf_addf (
        out,
        "<p class=\"banner\"><b>分歧</b>：官方与模型有%zu项超过限值，见《预报变化与分歧》。<span lang=\"en\"><b>"
        "Disagreement</b>: official and model differ beyond the limits in %zu items; see the sheet of "
        "changes.</span></p>",
        flagged, flagged);
}

static void
put_sources (const struct sf_page *page, struct sf_strbuf *out)
{
  bool any = false;
  for (const char *const *name = run_of (page)->sheet->datasets; *name; name++)
    {
      const struct sf_dataset *dataset = sf_page_dataset (page, *name);
      char key[SF_KEY_TEXT_BYTES];
      if (!dataset)
        continue;
      sf_strbuf_add (out, any ? "；" : "");
      sf_page_text (out, dataset->spec->title_zh);
      sf_strbuf_add (out, " <span lang=\"en\">");
      sf_page_text (out, dataset->spec->title_en);
      sf_strbuf_addf (out, "</span>（%s %s，<code>%.8s</code>）", sf_authority_name (dataset->authority, 1),
                      sf_authority_name (dataset->authority, 0), sf_key_format (&dataset->key, key));
      any = true;
    }
}

static const struct sf_page_slot slots[] = {
  { "sheet_zh", put_sheet_zh },     { "sheet_en", put_sheet_en },
  { "title_zh", sf_page_title_zh }, { "title_en", sf_page_title_en },
  { "as_of", sf_page_as_of },       { "scenario", sf_page_scenario },
  { "badges", put_badges },         { "watermark", put_watermark },
  { "banner", put_banner },         { "body", put_body },
  { "not_zh", put_not_zh },         { "not_en", put_not_en },
  { "sources", put_sources },       { NULL, NULL },
};

/* --- a sheet --- */

static bool
has_any (const struct sf_page *page, const struct sf_sheet *sheet)
{
  for (const char *const *name = sheet->datasets; *name; name++)
    if (sf_page_dataset (page, *name))
      return true;
  return false;
}

/* The weakest authority of what the sheet shows, the banner's dataset included. */
static void
set_marks (const struct sf_page *page, struct sf_sheet_run *run, const char *name)
{
  const struct sf_dataset *dataset = sf_page_dataset (page, name);
  if (!dataset)
    return;
  if (dataset->authority > run->authority)
    run->authority = dataset->authority;
  run->simulated |= dataset->simulated;
}

static enum sf_code
write_sheet (struct sf_page *page, const struct sf_sheet *sheet, const char *path, const char *text,
             struct sf_error *err)
{
  struct sf_sheet_run run = { .sheet = sheet, .arena = &page->arena, .authority = SF_AUTHORITY_OFFICIAL };
  struct sf_strbuf html = { 0 }, names = { 0 };
  for (const char *const *name = sheet->datasets; *name; name++)
    {
      set_marks (page, &run, *name);
      if (sf_page_dataset (page, *name))
        sf_strbuf_addf (&names, "%s%s", names.length ? "," : "", *name);
    }
  set_marks (page, &run, "disagreements");
  page->own = &run;
  enum sf_code code = sf_page_fill (page, slots, path, text, &html, err);
  if (code == SF_OK && names.failed)
    code = sf_fail (err, SF_ENOMEM, "sheet: out of memory");
  if (code == SF_OK)
    code = sf_page_write (page->job, sheet->name, run.authority, run.simulated, ".html", "text/html", &html,
                          names.text ? names.text : "", err);
  sf_strbuf_finish (&html);
  sf_strbuf_finish (&names);
  page->own = NULL;
  return code;
}

static const struct sf_sheet *
find_sheet (const char *name)
{
  for (int i = 0; i < SHEETS; i++)
    if (strcmp (sheets[i].name, name) == 0)
      return &sheets[i];
  return NULL;
}

static enum sf_code
write_sheets (struct sf_page *page, struct sf_error *err)
{
  const char *const *names, *path = NULL, *text = NULL;
  size_t count = sf_settings_texts (page->host->settings, "sheets", &names);
  SF_TRY (sf_page_load_template (page, sf_settings_text (page->host->settings, "template"), "sheet.html", &path, &text,
                                 err));
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_sheet *sheet = find_sheet (names[i]);
      if (!sheet)
        return sf_fail (err, SF_ENOTFOUND,
                        "sheet: there is no sheet '%s' (fixes, impact, landfall, agencies, similar, rain_surge, "
                        "changes)",
                        names[i]);
      if (has_any (page, sheet))
        SF_TRY (write_sheet (page, sheet, path, text, err));
      else
        sf_host_log (page->host, SF_LOG_INFO, "no sheet %s: none of its datasets was given", names[i]);
    }
  return SF_OK;
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_page page = { .host = host, .job = job };
  sf_arena_init (&page.arena);
  enum sf_code code = sf_page_load_styles (&page, err);
  if (code == SF_OK)
    code = write_sheets (&page, err);
  if (code == SF_OK)
    code = sf_sheet_write_data (host, job, err);
  sf_page_finish (&page);
  return code;
}

static const struct sf_exporter exporter = {
  .kinds = 1u << SF_DATASET_TABLE | 1u << SF_DATASET_FEATURES,
  .run = run,
};

SF_PLUGIN_EXPORT (sheet) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "sheet",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "One printed sheet (A4) for each question, in Chinese and English, and its tables as JSON and CSV",
  .summary_zh = "每个问题一张可打印单页（A4，中英文），并输出各表的 JSON 与 CSV",
  .options = options,
  .as.exporter = &exporter,
};
