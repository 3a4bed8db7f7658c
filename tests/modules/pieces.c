/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/pieces.h"

SF_PLUGIN_EXPORT (pieces) = { SF_PLUGIN_HEAD,
                              .kind = SF_PLUGIN_DECODER,
                              .name = "pieces",
                              .version = "1",
                              .licence = "Apache-2.0",
                              .summary_en = "observations from pieces of 64 bytes, to time cages",
                              .summary_zh = "从64字节数据块生成观测，用于计时",
                              .as.decoder = &pieces };
