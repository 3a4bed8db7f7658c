#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With tables that say something else than WMO's, eccodes gives other numbers and no error: the decoder does not open.
set -eu
installed=/usr/share/eccodes/definitions
sample=$srcdir/tests/conformance/samples/bufr_tracks/simulated_ensemble.bufr
tool=$builddir/tests/unit/decode_tool
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$tool" bufr_tracks "$sample" | grep -q '"pressure_hpa":974.5,'
mkdir -p "$folder/bufr/tables/0/wmo"
cp -r "$installed/bufr/tables/0/wmo/35" "$folder/bufr/tables/0/wmo/"
sed -i '/^010051/s/|Pa|-1|/|Pa|-2|/' "$folder/bufr/tables/0/wmo/35/element.table"
if ECCODES_DEFINITION_PATH="$folder:$installed" "$tool" bufr_tracks "$sample" > "$folder/out" 2> "$folder/err"; then
  echo "wrong tables were taken"
  exit 1
fi
grep -q 'key pressureReducedToMeanSeaLevel gives 987600' "$folder/err"
grep -q "$folder" "$folder/err"
