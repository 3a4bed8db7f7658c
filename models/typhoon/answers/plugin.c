/* SPDX-License-Identifier: Apache-2.0 */
/* Model "answers": tables as a duty officer asks for them, made of what the other models say. Nothing here computes
   weather; it joins, compares and words. Whatever is not there leaves its columns missing, never a failure. */
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/answers/stages.h"

static const struct sf_option options[] = {
  { .name = "agency",
    .type = SF_OPTION_TEXT,
    .fallback = "BABJ",
    .help_en = "the official agency: the one whose fixes and forecast stand as official",
    .help_zh = "官方机构：以其定位和预报为准" },
  { .name = "rules",
    .type = SF_OPTION_PATH,
    .help_en = "other limits and places than share/typhoon/answers.yaml",
    .help_zh = "替代 share/typhoon/answers.yaml 的限值与地点文件" },
  { .name = NULL },
};

static const struct sf_port fixes_ports[] = {
  { SF_NEEDS, "cycle_time" }, { SF_USES, "storm_tracks" }, { SF_USES, "tracks" }, { SF_MAKES, "fix_table" }, { 0, NULL }
};
static const struct sf_port impact_ports[]
    = { { SF_NEEDS, "cycle_time" },        { SF_USES, "county_wind" },   { SF_USES, "places" },
        { SF_USES, "place_wind_chances" }, { SF_USES, "wind_max@home" }, { SF_USES, "wind_arrival@home" },
        { SF_USES, "wind_end@home" },      { SF_MAKES, "ring_impact" },  { 0, NULL } };
static const struct sf_port changes_ports[] = { { SF_NEEDS, "cycle_time" },
                                                { SF_USES, "consensus_points" },
                                                { SF_USES, "landfall_chances" },
                                                { SF_USES, "county_wind" },
                                                { SF_USES, "place_wind_chances" },
                                                { SF_USES, "previous:consensus_points" },
                                                { SF_USES, "previous:landfall_chances" },
                                                { SF_USES, "previous:county_wind" },
                                                { SF_USES, "previous:place_wind_chances" },
                                                { SF_MAKES, "forecast_changes" },
                                                { 0, NULL } };
static const struct sf_port disagreements_ports[] = { { SF_NEEDS, "cycle_time" },
                                                      { SF_USES, "storm_tracks" },
                                                      { SF_USES, "tracks" },
                                                      { SF_USES, "consensus_points" },
                                                      { SF_USES, "landfalls" },
                                                      { SF_USES, "landfall_stretches" },
                                                      { SF_USES, "landfall_chances" },
                                                      { SF_USES, "ring_impact" },
                                                      { SF_USES, "county_rain" },
                                                      { SF_MAKES, "disagreements" },
                                                      { 0, NULL } };

static const char *const files[] = { "share:typhoon/answers.yaml", NULL };
static const char *const fixes_files[] = { "share:typhoon/answers.yaml", SF_AGENCIES_STAGE_FILE, NULL };

static const struct sf_stage stages[] = {
  { .name = "fixes",
    .title_en = "fix table: hourly near the coast",
    .title_zh = "台风定位表：近岸逐小时",
    .ports = fixes_ports,
    .files = fixes_files,
    .run = sf_answers_run_fixes },
  { .name = "impact",
    .title_en = "wind ring impact by county and place",
    .title_zh = "风圈影响分析：市县与重点地点",
    .ports = impact_ports,
    .files = files,
    .run = sf_answers_run_impact },
  { .name = "changes",
    .title_en = "what changed since the last forecast",
    .title_zh = "与上次预报的变化",
    .ports = changes_ports,
    .files = files,
    .run = sf_answers_run_changes },
  { .name = "disagreements",
    .title_en = "official and model side by side",
    .title_zh = "官方与模型对照",
    .ports = disagreements_ports,
    .files = files,
    .run = sf_answers_run_disagreements },
  { .name = NULL },
};

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (answers) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_MODEL,
  .name = "answers",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "what a duty officer asks: fix table, ring impact, what changed, where official and model disagree",
  .summary_zh = "值班所问：台风定位表、风圈影响分析、预报变化、官方与模型分歧",
  .options = options,
  .as.model = &model,
};
