/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sea/stages.h"

static const struct sf_option options[]
    = { { .name = "stations",
          .type = SF_OPTION_PATH,
          .help_en = "file of tide stations; without it sea/stations.yaml of the share folder",
          .help_zh = "验潮站文件；未指定时用共享目录中的 sea/stations.yaml" },
        { .name = "parameters",
          .type = SF_OPTION_PATH,
          .help_en = "file of parameters; without it sea/surge.yaml of the share folder",
          .help_zh = "参数文件；未指定时用共享目录中的 sea/surge.yaml" },
        { .name = NULL } };

static const struct sf_port stations_ports[] = { { SF_MAKES, "tide_stations" }, { SF_MAKES, NULL } };
static const struct sf_port surge_ports[]
    = { { SF_USES, "track_hourly" }, { SF_USES, "wind_u_cube@home" }, { SF_USES, "wind_v_cube@home" },
        { SF_USES, "cycle_time" },   { SF_MAKES, "station_surge" },   { SF_MAKES, "surge_series" },
        { SF_MAKES, NULL } };
static const char *const stations_files[] = { "share:sea/stations.yaml", NULL };
static const char *const surge_files[] = { "share:sea/stations.yaml", "share:sea/surge.yaml", NULL };

static const struct sf_stage stages[] = { { .name = "stations",
                                            .title_en = "tide stations, their datums and warning levels",
                                            .title_zh = "验潮站及其基准与警戒潮位",
                                            .ports = stations_ports,
                                            .files = stations_files,
                                            .run = sf_sea_run_stations },
                                          { .name = "surge",
                                            .title_en = "tide and surge at the stations, first order",
                                            .title_zh = "各站天文潮与风暴增水，一阶估计",
                                            .ports = surge_ports,
                                            .files = surge_files,
                                            .run = sf_sea_run_surge },
                                          { .name = NULL } };

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (sea) = { SF_PLUGIN_HEAD,
                           .kind = SF_PLUGIN_MODEL,
                           .name = "sea",
                           .version = "0.1.0",
                           .licence = "Apache-2.0",
                           .summary_en = "tide, storm surge and warning levels at the stations, first order",
                           .summary_zh = "验潮站天文潮、风暴增水与警戒潮位，一阶估计",
                           .options = options,
                           .as.model = &model };
