/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_telemetry.h"

extern const struct sf_plugin sl651_LTX_sanfang_plugin;

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  return fuzz_telemetry (&sl651_LTX_sanfang_plugin, data, size);
}
