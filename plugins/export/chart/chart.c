/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter chart: pictures of verification, one a storm, from track_errors. */
#include "core/base/file.h"
#include "core/plugin/plugin.h"
#include "geodata/chart.h"
#include "geodata/picture.h"

#include <stdio.h>
#include <string.h>

enum
{
  AGENCIES_MOST = 16,
  LEADS_MOST = 16
};

static const struct sf_option options[] = {
  { .name = "width",
    .type = SF_OPTION_INT,
    .unit = "px",
    .fallback = "1200",
    .min = 480,
    .max = 4096,
    .help_en = "width of the picture",
    .help_zh = "图幅宽度" },
  { .name = NULL },
};

/* Colours that are told apart by eyes of any kind (Okabe and Ito 2008); the consensus is black. */
static const uint8_t colours[][4]
    = { { 213, 94, 0, 255 },  { 0, 114, 178, 255 },  { 0, 158, 115, 255 },  { 204, 121, 167, 255 },
        { 230, 159, 0, 255 }, { 86, 180, 233, 255 }, { 150, 140, 20, 255 }, { 120, 80, 60, 255 } };
static const uint8_t black[4] = { 20, 32, 43, 255 };
static const char own_agency[] = "SANFANG";

/* Leads that an agency gives, no others: its line goes from one to the next. */
struct curve
{
  size_t count;
  double x[LEADS_MOST], y[LEADS_MOST], low[LEADS_MOST], high[LEADS_MOST];
};

/* What a table says of one storm. */
struct storm
{
  const struct sf_table *table;
  const char *id;
  size_t agencies_count, leads_count;
  const char *agencies[AGENCIES_MOST];
  double leads[LEADS_MOST];
  struct curve errors[AGENCIES_MOST], against[AGENCIES_MOST];
};

static size_t
find_agency (struct storm *storm, const char *agency)
{
  size_t a = 0;
  while (a < storm->agencies_count && strcmp (storm->agencies[a], agency) != 0)
    a++;
  if (a == storm->agencies_count && a < AGENCIES_MOST)
    storm->agencies[storm->agencies_count++] = agency;
  return a;
}

/* Leads stand in the table in rising order. */
static void
find_lead (struct storm *storm, double lead_h)
{
  bool is_new = storm->leads_count == 0 || lead_h > storm->leads[storm->leads_count - 1];
  if (is_new && storm->leads_count < LEADS_MOST)
    storm->leads[storm->leads_count++] = lead_h;
}

static void
add_point (struct curve *curve, const struct sf_table *table, size_t row, const char *column)
{
  if (curve->count == LEADS_MOST)
    return;
  curve->x[curve->count] = sf_table_double (table, "lead", row);
  curve->y[curve->count] = sf_table_double (table, column, row);
  curve->low[curve->count] = sf_table_double (table, "against_low", row);
  curve->high[curve->count++] = sf_table_double (table, "against_high", row);
}

static void
read_row (struct storm *storm, size_t row)
{
  const char *agency = sf_table_text (storm->table, "agency", row),
             *sample = sf_table_text (storm->table, "sample", row);
  size_t a = agency && sample ? find_agency (storm, agency) : AGENCIES_MOST;
  if (a == AGENCIES_MOST)
    return;
  find_lead (storm, sf_table_double (storm->table, "lead", row));
  if (!strcmp (sample, "own"))
    add_point (&storm->errors[a], storm->table, row, "mean_error");
  else if (!strcmp (sample, "paired"))
    add_point (&storm->against[a], storm->table, row, "against_consensus");
}

static void
fill_series (const struct storm *storm, size_t agency, const struct curve *curve, struct sf_chart_series *series)
{
  bool own = strcmp (storm->agencies[agency], own_agency) == 0;
  const uint8_t *rgba = own ? black : colours[agency % (sizeof colours / sizeof *colours)];
  *series = (struct sf_chart_series){ .label = storm->agencies[agency],
                                      .rgba = { rgba[0], rgba[1], rgba[2], rgba[3] },
                                      .is_bold = own,
                                      .count = curve->count,
                                      .x = curve->x,
                                      .y = curve->y };
}

static enum sf_code
draw (const struct storm *storm, const struct sf_export *job, int width_px, struct sf_strbuf *png, struct sf_error *err)
{
  struct sf_chart_series errors[AGENCIES_MOST], against[AGENCIES_MOST];
  size_t against_count = 0;
  char title_zh[160], title_en[160];
  for (size_t a = 0; a < storm->agencies_count; a++)
    {
      fill_series (storm, a, &storm->errors[a], &errors[a]);
      if (errors[a].is_bold)
        continue;
      fill_series (storm, a, &storm->against[a], &against[against_count]);
      against[against_count].low = storm->against[a].low;
      against[against_count++].high = storm->against[a].high;
    }
  snprintf (title_zh, sizeof title_zh, "%s 号台风路径预报误差检验", storm->id);
  snprintf (title_en, sizeof title_en, "Verification of the forecast tracks of storm %s", storm->id);
  const struct sf_chart_panel panels[]
      = { { "平均误差（公里），各自样本", "mean error (km), each on its own sample", "时效（小时）", "lead (h)",
            storm->leads, storm->leads_count, errors, storm->agencies_count },
          { "误差减集成误差（公里），同一样本", "error less the consensus's (km), on cases that both have",
            "时效（小时）", "lead (h)", storm->leads, storm->leads_count, against, against_count } };
  struct sf_chart chart = {
    .title_zh = title_zh,
    .title_en = title_en,
    .note_zh = "下图大于 0 为集成更好；竖线为 5%–95% 区间，由 48 小时分块自助法得出：一个台风只有少数独立误差。",
    .note_en
    = "Below: above 0 the consensus is better; bars are 5 to 95 % by block bootstrap (48 h): one storm holds only a "
      "handful of independent errors.",
    .width_px = width_px,
    .authority = job->authority,
    .simulated = job->simulated,
    .panels = panels,
    .panels_count = 2
  };
  return sf_chart_draw (&chart, png, err);
}

static enum sf_code
write_file (const struct storm *storm, const struct sf_host *host, const struct sf_export *job, const char *dataset,
            struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_strbuf png = { 0 }, name = { 0 };
  sf_picture_format_name (job->name, NULL, 0, storm->id, job->authority, job->simulated, &name);
  sf_strbuf_add (&name, ".png");
  char *path = name.failed ? NULL : sf_file_join (&arena, job->folder, name.text);
  enum sf_code code = path ? SF_OK : sf_fail (err, SF_ENOMEM, "chart: out of memory");
  if (code == SF_OK)
    code = draw (storm, job, (int) sf_settings_int (host->settings, "width"), &png, err);
  if (code == SF_OK && png.failed)
    code = sf_fail (err, SF_ENOMEM, "chart: out of memory");
  if (code == SF_OK)
    code = sf_file_write (path, png.text, png.length, err);
  if (code == SF_OK)
    code = job->product (job->ctx, name.text, "image/png", dataset, err);
  sf_strbuf_finish (&png);
  sf_strbuf_finish (&name);
  sf_arena_finish (&arena);
  return code;
}

static bool
is_same (const char *left, const char *right)
{
  return left && right && strcmp (left, right) == 0;
}

/* Rows of one storm stand together. */
static enum sf_code
write_storms (const struct sf_host *host, const struct sf_export *job, const struct sf_dataset *dataset,
              struct sf_error *err)
{
  const struct sf_table *table = dataset->as.table;
  for (size_t row = 0; row < table->rows;)
    {
      struct storm storm = { .table = table, .id = sf_table_text (table, "storm", row) };
      for (; row < table->rows && is_same (sf_table_text (table, "storm", row), storm.id); row++)
        read_row (&storm, row);
      if (!storm.id)
        row++;
      else if (storm.leads_count >= 2)
        SF_TRY (write_file (&storm, host, job, dataset->name, err));
    }
  return SF_OK;
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  for (size_t i = 0; i < job->datasets_count; i++)
    {
      if (strcmp (job->datasets[i]->spec->name, "track_errors") != 0)
        return sf_fail (err, SF_EUNSUPPORTED, "chart: draws track_errors, not '%s'", job->datasets[i]->name);
      SF_TRY (write_storms (host, job, job->datasets[i], err));
    }
  return SF_OK;
}

static const struct sf_exporter exporter = { .kinds = 1u << SF_DATASET_TABLE, .run = run };

SF_PLUGIN_EXPORT (chart) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "chart",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "Pictures of how far off forecasts were (track_errors)",
  .summary_zh = "路径误差检验图（track_errors）",
  .options = options,
  .as.exporter = &exporter,
};
