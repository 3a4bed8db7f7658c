/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_mapped.h"

extern const struct sf_plugin delimited_LTX_sanfang_plugin;

#define DEPTH "quantities: [{quantity: water_depth, column: b, unit: cm, when_missing: record}]"

static const char *const settings[] = {
  "map: {record: observation, id: \"{a}\", time: {column: t, format: \"%Y-%m-%d %H:%M\", zone: BJT}, " DEPTH "}",
  "charset: gb18030\nthousands: \",\"\nmap: {record: observation, id: \"{a}-{b}\", time: received, codes: {scheme: "
  "adcode@2020, code: \"{a}\", name: \"{b}\"}, " DEPTH "}",
  "separator: blanks\nheader_lines: 0\nragged: pad\ncolumns: [a, b, t]\ndecimal: \",\"\nmap: {record: position, id: "
  "\"{@name}\", time: {column: t, format: compact, zone: Z}, position: {lon: {column: a, prefix: E}, lat: {column: b}, "
  "crs: gcj02, form: dms}}",
  "header_lines: 0\nfixed: [{name: a, from: 1, width: 3}, {name: b, from: 2, width: 9}]\nmap: {record: event, id: "
  "\"{a}\", time: received, level: \"{b}\", begin: {column: b, format: epoch_ms}}",
  "comment: \"#\"\nseparator: tab\nmap: {record: asset, id: \"{a}\", time: received, elevation: {column: b, unit: ft}, "
  "attributes: {b: \"{b}{b}\"}, quality: {column: t, doubtful: [1]}}",
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  return fuzz_mapped (&delimited_LTX_sanfang_plugin, settings, sizeof settings / sizeof *settings, data, size);
}
