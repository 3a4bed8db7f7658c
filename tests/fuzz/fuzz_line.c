/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_protocol.h"

extern const struct sf_plugin line_LTX_sanfang_plugin;

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  return fuzz_protocol (&line_LTX_sanfang_plugin, data, size);
}
