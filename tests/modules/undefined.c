/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

int sf_test_nobody_defines_this (void);

static int
ask (const uint8_t *bytes, size_t length)
{
  return sf_test_nobody_defines_this () + toy_identify (bytes, length);
}

static const struct sf_decoder asking
    = { .formats = "nothing", .identify = ask, .open = toy_open, .decode = toy_decode, .close = toy_close };

SF_PLUGIN_EXPORT (undefined) = { SF_PLUGIN_HEAD,         .name = "undefined",     .kind = SF_PLUGIN_DECODER,
                                 .version = "1",         .licence = "Apache-2.0", .summary_en = "a toy for tests",
                                 .summary_zh = "测试用", .as.decoder = &asking };
