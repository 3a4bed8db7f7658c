/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/stages.h"

static const char *const sources[] = { "auto", "real", "generated", NULL };
static const char *const centres[] = { "auto", "consensus", "official", NULL };

static const struct sf_option options[] = {
  { .name = "source",
    .type = SF_OPTION_ENUM,
    .fallback = "auto",
    .choices = sources,
    .help_en = "members: those of a feed (real), made here (generated), or real where a feed has them (auto)",
    .help_zh = "集合成员来源：接收的集合预报（real）、本系统生成（generated），或有则用实际成员、否则生成（auto）" },
  { .name = "members",
    .type = SF_OPTION_INT,
    .fallback = "1000",
    .min = 1,
    .max = 9999,
    .help_en = "how many members are generated; member i is the same whatever their number",
    .help_zh = "生成的成员数；成员 i 不随总数变化" },
  { .name = "seed",
    .type = SF_OPTION_INT,
    .fallback = "1",
    .min = 0,
    .max = 4294967295.0,
    .help_en = "seed of the generated members: the same seed, the same members",
    .help_zh = "生成成员的随机种子：种子相同则成员相同" },
  { .name = "centre",
    .type = SF_OPTION_ENUM,
    .fallback = "auto",
    .choices = centres,
    .help_en
    = "track that generated members lie around: the consensus, the official forecast, or the consensus where there "
      "is one (auto)",
    .help_zh = "生成成员所围绕的路径：多机构集成（consensus）、官方预报（official），或有集成则用集成（auto）" },
  { .name = "official",
    .type = SF_OPTION_TEXT,
    .help_en = "agency entitled to the official forecast; without it the house of share/typhoon/agencies.yaml",
    .help_zh = "有权发布官方预报的机构；不填则用 share/typhoon/agencies.yaml 中的 house" },
  { .name = "real_members",
    .type = SF_OPTION_INT,
    .fallback = "0",
    .min = 0,
    .max = 9999,
    .help_en = "members that the feed's ensemble has, with a track or without; 0: as many as it names",
    .help_zh = "实际集合的成员总数（含没有路径的成员）；0 表示以资料中出现的成员数为准" },
  { .name = "parameters",
    .type = SF_OPTION_PATH,
    .help_en = "file with errors by lead, tails and correlations; without it share/typhoon/ensemble.yaml with the "
               "years of errors.yaml",
    .help_zh = "分时效误差、厚尾与相关参数文件；不填则用 share/typhoon/ensemble.yaml 及 errors.yaml 的历年误差" },
  { .name = "cone",
    .type = SF_OPTION_DOUBLES,
    .unit = "1",
    .fallback = "0.68, 0.9",
    .min = 0.01,
    .max = 0.99,
    .help_en = "probabilities of the circles of the own cone",
    .help_zh = "本系统路径概率圆的概率" },
  { .name = "stretch",
    .type = SF_OPTION_DOUBLES,
    .unit = "1",
    .fallback = "0.7, 0.9",
    .min = 0.01,
    .max = 0.99,
    .help_en = "shares of the landfalls that the stretches of coast hold",
    .help_zh = "可能登陆岸段所含登陆成员的比例" },
  { .name = "islet_area",
    .type = SF_OPTION_DOUBLE,
    .unit = "km2",
    .fallback = "100",
    .min = 0,
    .max = 1e6,
    .help_en = "smaller islands make no landfall",
    .help_zh = "小于该面积的岛屿不计登陆" },
  { .name = "strike_hours",
    .type = SF_OPTION_INT,
    .unit = "h",
    .fallback = "0",
    .min = 0,
    .max = 240,
    .help_en = "strike probability is that of so many hours from now; 0: as far as the members reach",
    .help_zh = "台风中心袭击概率的统计时长（自当前起）；0 表示至集合预报末时效" },
  { .name = NULL },
};

static const struct sf_port members_ports[]
    = { { SF_NEEDS, "storm_tracks" }, { SF_NEEDS, "cycle_time" }, { SF_USES, "consensus_tracks" },
        { SF_USES, "coast" },         { SF_MAKES, "members" },    { 0, NULL } };
static const struct sf_port cone_ports[] = { { SF_NEEDS, "storm_tracks" },
                                             { SF_NEEDS, "cycle_time" },
                                             { SF_USES, "consensus_tracks" },
                                             { SF_USES, "consensus_points" },
                                             { SF_MAKES, "cones" },
                                             { SF_MAKES, "cone_circles" },
                                             { 0, NULL } };
static const struct sf_port landfall_ports[] = { { SF_NEEDS, "members" },
                                                 { SF_NEEDS, "coast" },
                                                 { SF_USES, "counties" },
                                                 { SF_MAKES, "landfall_chances" },
                                                 { SF_MAKES, "landfall_stretches" },
                                                 { 0, NULL } };

static const struct sf_port chances_ports[] = { { SF_NEEDS, "members" },
                                                { SF_NEEDS, "cycle_time" },
                                                { SF_MAKES, "strike_probability@*" },
                                                { SF_MAKES, "wind_probability@*" },
                                                { SF_MAKES, "wind_probability_24h@*" },
                                                { SF_MAKES, "wind_probability_48h@*" },
                                                { SF_MAKES, "wind_probability_72h@*" },
                                                { 0, NULL } };
static const struct sf_port places_ports[]
    = { { SF_NEEDS, "members" }, { SF_NEEDS, "cycle_time" },         { SF_NEEDS, "places" },
        { SF_USES, "counties" }, { SF_MAKES, "place_wind_chances" }, { 0, NULL } };

static const char *const members_files[]
    = { "share:typhoon/ensemble.yaml", SF_AGENCIES_STAGE_FILE, SF_PAST_ERRORS_STAGE_FILE, NULL };

static const char *const vortex_files[] = { "share:typhoon/vortex.yaml", NULL };

static const struct sf_stage stages[] = {
  { .name = "members",
    .title_en = "members around the forecast track, or the feed's own",
    .title_zh = "围绕预报路径的集合成员，或接收的集合成员",
    .ports = members_ports,
    .files = members_files,
    .run = sf_ensemble_run_members },
  { .name = "cone",
    .title_en = "cones and circles of probability, each on its own agency's track",
    .title_zh = "路径概率圆与不确定性锥（各机构只用于本机构路径）",
    .ports = cone_ports,
    .files = members_files,
    .run = sf_ensemble_run_cone },
  { .name = "landfall",
    .title_en = "chances of landfall by county and the stretch of coast",
    .title_zh = "各市县登陆可能性与可能登陆岸段",
    .ports = landfall_ports,
    .run = sf_ensemble_run_landfall },
  { .name = "chances",
    .title_en = "probability of the storm's centre and of forces 8, 10, 12 on the map",
    .title_zh = "台风中心袭击概率与8、10、12级风概率分布",
    .ports = chances_ports,
    .files = vortex_files,
    .run = sf_ensemble_run_chances },
  { .name = "places",
    .title_en = "probability and arrival of forces 6, 7, 8, 10, 12 at named places",
    .title_zh = "重点地点6、7、8、10、12级风的概率与到达时间",
    .ports = places_ports,
    .files = vortex_files,
    .run = sf_ensemble_run_places },
  { .name = NULL },
};

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (ensemble) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_MODEL,
  .name = "ensemble",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "how sure the track is: members, cone, landfall, probabilities of wind",
  .summary_zh = "路径有多可靠：集合成员、不确定性锥、登陆、风力概率",
  .options = options,
  .as.model = &model,
};

enum sf_code
sf_ensemble_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, enum sf_code code,
                  struct sf_error *err)
{
  if (code == SF_OK)
    return io->output (io, port, dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
