/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include "core/base/json.h"
#include "core/base/time.h"
#include "core/feed/quality.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *
query_quality_words (unsigned quality, int zh)
{
  static const char *const words[][2] = {
    [SF_QUALITY_ORIGINAL_RELIABLE] = { "reliable", "可靠" },
    [SF_QUALITY_CORRECTED_RELIABLE] = { "corrected, reliable", "更正，可靠" },
    [SF_QUALITY_COMPLETED_RELIABLE] = { "completed, reliable", "插补，可靠" },
    [SF_QUALITY_ORIGINAL_DOUBTFUL] = { "doubtful", "可疑" },
    [SF_QUALITY_CORRECTED_DOUBTFUL] = { "corrected, doubtful", "更正，可疑" },
    [SF_QUALITY_COMPLETED_DOUBTFUL] = { "completed, doubtful", "插补，可疑" },
    [SF_QUALITY_ORIGINAL_UNRELIABLE] = { "unreliable", "不可靠" },
    [SF_QUALITY_CORRECTED_UNRELIABLE] = { "corrected, unreliable", "更正，不可靠" },
    [SF_QUALITY_COMPLETED_UNRELIABLE] = { "completed, unreliable", "插补，不可靠" },
    [SF_QUALITY_MISSING] = { "missing", "缺测" },
  };
  return quality <= SF_QUALITY_MISSING ? words[quality][zh != 0] : "?";
}

const char *
query_unit (const struct query_output *output, const char *quantity)
{
  const struct sf_quantity *known
      = quantity ? sf_vocabulary_quantity (output->context->host->vocabulary, quantity) : NULL;
  return known && known->unit && strcmp (known->unit, "1") != 0 ? known->unit : "";
}

/* Cells are added one after the other; of a title row the title, else the text. */
struct cells
{
  struct query_output *output;
  bool titles;
  int count;
};

static void
add (struct cells *cells, const char *en, const char *zh, const char *text)
{
  const char *cell = cells->titles ? (cells->output->context->zh ? zh : en) : text ? text : "-";
  sf_strbuf_add_bytes (&cells->output->cells, cell, strlen (cell) + 1);
  cells->count++;
}

static void
add_time (struct cells *cells, const char *en, const char *zh, int64_t time_s)
{
  char text[SF_TIME_TEXT_BYTES];
  add (cells, en, zh, sf_time_format_beijing (text, time_s));
}

static void
add_number (struct cells *cells, const char *en, const char *zh, double value, const char *unit)
{
  char text[64];
  if (isnan (value))
    snprintf (text, sizeof text, "-");
  else
    snprintf (text, sizeof text, "%.10g%s%s", value, *unit ? " " : "", unit);
  add (cells, en, zh, text);
}

static void
add_place (struct cells *cells, double lon_deg, double lat_deg)
{
  char text[64];
  snprintf (text, sizeof text, "%.4f, %.4f", lon_deg, lat_deg);
  add (cells, "Lon, lat", "经度, 纬度", isnan (lon_deg) || isnan (lat_deg) ? NULL : text);
}

static void
add_duration (struct cells *cells, const char *en, const char *zh, int64_t duration_s)
{
  char text[32];
  bool hours = duration_s % 3600 == 0;
  snprintf (text, sizeof text, "%lld %s", (long long) (duration_s / (hours ? 3600 : 60)), hours ? "h" : "min");
  add (cells, en, zh, duration_s ? text : NULL);
}

static void
add_quantity (struct cells *cells, const char *name)
{
  const struct sf_command_context *context = cells->output->context;
  const struct sf_quantity *quantity = name ? sf_vocabulary_quantity (context->host->vocabulary, name) : NULL;
  add (cells, "Quantity", "要素", quantity ? (context->zh ? quantity->title_zh : quantity->title_en) : name);
}

static void
add_observation (struct cells *cells, const struct sf_observation *observation)
{
  add (cells, "Asset", "对象", observation->asset);
  add_quantity (cells, observation->quantity);
  add_number (cells, "Value", "数值", observation->value, query_unit (cells->output, observation->quantity));
  add_duration (cells, "Span", "时段", observation->period_s);
}

static void
add_position (struct cells *cells, const struct sf_position *position)
{
  add (cells, "Mover", "移动目标", position->mover);
  add (cells, "Type", "类型", position->type);
  add_place (cells, position->lon_deg, position->lat_deg);
  add_number (cells, "Speed", "航速", position->speed_mps, "m s-1");
  add_number (cells, "Course", "航向", position->course_to_deg, "°");
  add (cells, "Status", "状态", position->status);
}

static void
add_track (struct cells *cells, const struct sf_fix *fix)
{
  add (cells, "Storm", "台风", fix->storm);
  add (cells, "Name", "名称", cells->output->context->zh && fix->name_zh ? fix->name_zh : fix->name);
  add (cells, "Agency", "机构", fix->agency);
  add (cells, "Member", "成员", fix->member);
  add_time (cells, "Base time", "起报时间", fix->base_s);
  add_duration (cells, "Lead", "时效", fix->lead_s);
  add_place (cells, fix->lon_deg, fix->lat_deg);
  add_number (cells, "Pressure", "气压", fix->pressure_hpa, "hPa");
  add_number (cells, "Wind", "风速", fix->wind_mps, "m s-1");
  add (cells, "Grade", "等级", fix->grade);
}

static void
add_asset (struct cells *cells, const struct sf_asset *asset)
{
  add (cells, "Id", "编号", asset->id);
  add (cells, "Type", "类型", asset->type);
  add (cells, "Name", "名称",
       cells->output->context->zh && asset->name_zh ? asset->name_zh
       : asset->name                                ? asset->name
                                                    : asset->name_zh);
  add_place (cells, asset->lon_deg, asset->lat_deg);
  add_number (cells, "Elevation", "高程", asset->elevation_m, "m");
}

static void
add_event (struct cells *cells, const struct sf_event *event)
{
  add (cells, "Id", "编号", event->id);
  add (cells, "Type", "类型", event->type);
  add (cells, "Level", "级别", event->level);
  add (cells, "Status", "状态", event->status);
  add (cells, "Area", "区域", event->area);
  add_time (cells, "Begin", "开始", event->begin_s);
  add_time (cells, "End", "结束", event->end_s);
  add (cells, "Headline", "标题", event->headline);
}

static void
add_field (struct cells *cells, const struct sf_field *field, const char *file)
{
  char grid[48];
  snprintf (grid, sizeof grid, "%d x %d", field->grid.nx, field->grid.ny);
  add_quantity (cells, field->quantity);
  add (cells, "Level", "层次", field->level);
  add (cells, "Member", "成员", field->member);
  add_time (cells, "Base time", "起报时间", field->base_s);
  add (cells, "Grid", "格网", grid);
  add (cells, "CRS", "坐标系", field->grid.crs);
  add (cells, "File", "文件", file);
}

/* "reason: numbers; reason: numbers" with the words of each reason that quality control knows. */
static void
add_doubt (struct cells *cells, const char *doubt)
{
  struct sf_strbuf words = { 0 };
  for (const char *part = doubt; part; part = strchr (part, ';'))
    {
      part += strspn (part, "; ");
      size_t length = strcspn (part, ";"), reason = strcspn (part, ":;");
      const char *title = sf_quality_reason_title (part, reason, cells->output->context->zh);
      sf_strbuf_add (&words, words.length ? "; " : "");
      sf_strbuf_add (&words, title);
      reason = *title ? reason : 0;
      sf_strbuf_add_bytes (&words, part + reason, length - reason);
    }
  add (cells, "Doubt", "疑点", words.failed ? doubt : words.text);
  sf_strbuf_finish (&words);
}

static void
add_own (struct cells *cells, const struct sf_record *record, const char *file)
{
  switch (record->kind)
    {
    case SF_RECORD_OBSERVATION:
      add_observation (cells, &record->as.observation);
      break;
    case SF_RECORD_POSITION:
      add_position (cells, &record->as.position);
      break;
    case SF_RECORD_TRACK:
      add_track (cells, &record->as.track);
      break;
    case SF_RECORD_ASSET:
      add_asset (cells, &record->as.asset);
      break;
    case SF_RECORD_EVENT:
      add_event (cells, &record->as.event);
      break;
    default:
      add_field (cells, &record->as.field, file);
    }
}

int
query_add_cells (struct query_output *output, const struct sf_store_row *row)
{
  struct cells cells = { .output = output, .titles = !row };
  struct sf_record none;
  char rank[48] = "";
  int zh = output->context->zh;
  sf_record_init (&none, output->kind);
  const struct sf_record *record = row ? row->record : &none;
  add_time (&cells, "Time", "时间", record->valid_s);
  add (&cells, "Feed", "来源", record->feed);
  add_own (&cells, record, row ? row->file : NULL);
  add (&cells, "Quality", "质量", query_quality_words (record->quality, zh));
  if (output->all_revisions)
    {
      if (row)
        snprintf (rank, sizeof rank, "%ld%s", row->rank, row->holds ? (zh ? " 现行" : " holds") : "");
      add (&cells, "Revision", "版本", rank);
      add_time (&cells, "Received", "收到", record->received_s);
    }
  add_doubt (&cells, record->doubt);
  return cells.count;
}
