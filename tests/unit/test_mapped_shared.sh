#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real files of departments decode, by their mappings, to what Python's csv, json and bz2 read from them.
set -eu
data="${SANFANG_SHARED:-}"
tool="$builddir/tests/unit/mapped_tool"
if [ ! -d "$data/feeds" ]; then
  echo "skipped: SANFANG_SHARED has no folder feeds"
  exit 77
fi
check() { # form file...
  local form=$1
  shift
  for file; do
    "$tool" "$srcdir/tests/unit/mapped/$form.yaml" "$file" > "mapped_shared.$$"
    /usr/bin/python3 "$srcdir/tests/unit/mapped_oracle.py" "$form" "$file" < "mapped_shared.$$"
  done
}
trap 'rm -f "mapped_shared.$$"' EXIT
check power "$data/feeds/synthetic/power_outage.csv"
check bs "$data/feeds/synthetic/bs_outage.csv"
check water "$data/feeds/synthetic/waterlogging_mqtt.jsonl"
check ndbc "$data/feeds/synthetic/ndbc_stdmet.txt"
check adtd "$data/feeds/ADTD_sample400.txt"
check wigos "$data"/ingest/WIGOS_*.csv
if grep -q '^#define HAVE_BZ2 1' "$builddir/config.h"; then
  check moc "$data"/feeds/synthetic/Z_RADA_C_BABJ_*_MOC_CREF_SYN.bin
fi
