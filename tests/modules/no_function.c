/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

static const struct sf_decoder mute = { .formats = "nothing", .open = toy_open, .close = toy_close };

SF_PLUGIN_EXPORT (no_function)
    = { SF_PLUGIN_HEAD,          .name = "no_function",         .kind = SF_PLUGIN_DECODER, .version = "1",
        .licence = "Apache-2.0", .summary_en = "cannot decode", .summary_zh = "不能解码",  .as.decoder = &mute };
