/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/plugin.h"

static const struct sf_port ports[] = { { SF_MAKES, "wind_of_change" }, { 0, NULL } };

static enum sf_code
run (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  (void) host;
  (void) io;
  (void) err;
  return SF_OK;
}

static const struct sf_stage stages[]
    = { { .name = "blow", .title_en = "blow", .title_zh = "吹", .ports = ports, .run = run }, { .name = NULL } };
static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (stranger) = { SF_PLUGIN_HEAD,
                                .name = "stranger",
                                .kind = SF_PLUGIN_MODEL,
                                .version = "1",
                                .licence = "Apache-2.0",
                                .summary_en = "names a dataset outside the vocabulary",
                                .summary_zh = "使用词汇表之外的数据集",
                                .as.model = &model };
