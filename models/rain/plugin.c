/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/stages.h"

static const struct sf_option options[]
    = { { .name = "parameters",
          .type = SF_OPTION_PATH,
          .help_en = "file of parameters; without it typhoon/rain.yaml of the share folder",
          .help_zh = "参数文件；未指定时用共享目录中的 typhoon/rain.yaml" },
        { .name = "elevation",
          .type = SF_OPTION_PATH,
          .help_en = "raster of the ground's elevation in metres; without it terrain does not lift the rain",
          .help_zh = "地面高程栅格（米）；未指定时不计地形增雨" },
        { .name = NULL } };

static const struct sf_port total_ports[]
    = { { SF_USES, "track_hourly" }, { SF_MAKES, "rain_total@*" }, { SF_MAKES, NULL } };
static const struct sf_port counties_ports[] = { { SF_NEEDS, "counties" },        { SF_NEEDS, "county_weights@home" },
                                                 { SF_NEEDS, "rain_total@home" }, { SF_USES, "track_hourly" },
                                                 { SF_USES, "members" },          { SF_USES, "cycle_time" },
                                                 { SF_MAKES, "county_rain" },     { SF_MAKES, NULL } };
static const char *const parameter_files[] = { "share:typhoon/rain.yaml", NULL };

static const struct sf_stage stages[] = { { .name = "total",
                                            .title_en = "rain of the whole storm, first order (R-CLIPER)",
                                            .title_zh = "台风过程雨量，一阶估计（R-CLIPER）",
                                            .ports = total_ports,
                                            .files = parameter_files,
                                            .run = sf_rain_run_total },
                                          { .name = "counties",
                                            .title_en = "rain by county, with what its source may decide",
                                            .title_zh = "市县雨量及资料可用范围",
                                            .ports = counties_ports,
                                            .files = parameter_files,
                                            .run = sf_rain_run_counties },
                                          { .name = NULL } };

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (rain) = { SF_PLUGIN_HEAD,
                            .kind = SF_PLUGIN_MODEL,
                            .name = "rain",
                            .version = "0.1.0",
                            .licence = "Apache-2.0",
                            .summary_en = "rain of a storm, first order: may raise an answer, never lower it",
                            .summary_zh = "台风雨量一阶估计：只可上调结论，不可下调",
                            .options = options,
                            .as.model = &model };
