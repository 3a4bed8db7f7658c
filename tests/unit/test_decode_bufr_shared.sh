#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The real ensemble of the shared data decodes to what bufr_dump prints, and to what its bits say by the tables alone.
set -eu
file="${SANFANG_SHARED:-}/feeds/tropical_cyclone.bufr"
tables=/usr/share/eccodes/definitions/bufr/tables/0/wmo/16/element.table
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! [ -f "$file" ]; then
  echo "skipped: SANFANG_SHARED has no file feeds/tropical_cyclone.bufr"
  exit 77
fi
bufr_dump -js "$file" > "$folder/dump.json"
"$builddir/tests/unit/decode_tool" bufr_tracks "$file" rmw_limit=1000 > "$folder/decoded"
/usr/bin/python3 "$srcdir/tests/unit/bufr_oracle.py" "$file" "$folder/dump.json" "$tables" < "$folder/decoded"
