#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every track file of the shared data decodes to what Python reads from it, fix by fix; tide tables are refused in words;
# the bundled Rammasun track is that of CH2014BST.txt.
set -eu
data="${SANFANG_SHARED:-}/typhoon"
tool="$builddir/tests/unit/decode_tool"
oracle="$srcdir/tests/unit/decode_oracle.py"
if [ ! -d "$data" ]; then
  echo "skipped: SANFANG_SHARED has no folder typhoon"
  exit 77
fi
check() { # form decoder file...
  local form=$1 decoder=$2
  shift 2
  for file; do
    "$tool" "$decoder" "$file" > decode_shared.out
    /usr/bin/python3 "$oracle" "$form" "$file" < decode_shared.out
  done
}
check cma cma_bst "$data"/cma/CH*BST.txt "$data"/typhoonsearchsys_demo/CH*BST.txt
check jma jma_rsmc "$data/jma_bst_sarika_mangkhut.txt"
check nmc nmc_json "$data/nmc/yagi-2024-view.json"
check zj zjwater_json "$data"/zj_normalized/typhoon_*.json
check verify zjwater_json "$data"/zj_normalized/verify_*.json
check consensus zjwater_json "$data/zj_normalized/consensus.json"

for file in 5611 5612 5622; do
  if "$tool" cma_bst "$data/typhoonsearchsys_demo/$file.txt" > decode_shared.out 2> decode_shared.err; then
    echo "$file.txt is a tide table and was taken for a track"
    exit 1
  fi
  grep -q 'tide table' decode_shared.err
done
for decoder in cma_bst jma_rsmc atcf ibtracs nmc_json zjwater_json; do
  for file in typhoonsearchsys_demo/test.txt landfalls.csv mangkhut_multiagency_20180907.csv rammasun_60h_linear.csv; do
    if "$tool" "$decoder" "$data/$file" > decode_shared.out 2> decode_shared.err; then
      echo "$decoder took $file"
      exit 1
    fi
    grep -q "$file" decode_shared.err
  done
done

# The best track of the bundled scenario, line by line (columns, not spaces).
columns() { tr -d '\r' < "$1" | awk '/^66666/ { on = ($5 == "1409") } on { $1 = $1; print }'; }
columns "$data/cma/CH2014BST.txt" > decode_shared.out
columns "$srcdir/share/scenarios/data/rammasun-2014-cma.txt" | diff - decode_shared.out
[ "$(wc -l < decode_shared.out)" = 41 ]
rm -f decode_shared.out decode_shared.err
