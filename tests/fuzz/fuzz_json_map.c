/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_mapped.h"

extern const struct sf_plugin json_map_LTX_sanfang_plugin;

static const char *const settings[] = {
  "map: {record: observation, id: \"{/a}\", time: {pointer: /t, format: epoch_s}, quality: {pointer: /q, reliable: "
  "[0], "
  "absent: [9]}, quantities: [{quantity: water_depth, pointer: /b, unit: cm, missing: [-999]}]}",
  "form: lines\nmap: {record: position, id: \"{/a}\", time: {pointer: /t, format: epoch_ms}, position: {lon: {pointer: "
  "/p/0}, lat: {pointer: /p/1}, crs: gcj02}}",
  "rows: /d\nmap: [{record: asset, id: \"{/a}\", time: {pointer: ^/t, zone: in_data}, attributes: {x: \"{/b}\"}}, "
  "{record: "
  "event, id: \"{/a}\", time: received, only: {pointer: /q, is: [1]}}]",
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  return fuzz_mapped (&json_map_LTX_sanfang_plugin, settings, sizeof settings / sizeof *settings, data, size);
}
