#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The surge of Kalmaegi (CMA 1415) at Haikou from its best track, through the whole program, against what was observed on
# 16 September 2014. Rammasun (1409) is run beside it and only told: no gauge value of it was found.
set -eu
track=$SANFANG_SHARED/typhoon/cma/CH2014BST.txt
if [ ! -f "$track" ]; then
  echo "SANFANG_SHARED has no typhoon/cma/CH2014BST.txt"
  exit 77
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for storm in 1415 1409; do
  "$SANFANG" run "$srcdir/tests/scenario/kalmaegi.yaml" -o "$tmp/$storm" --set feeds.best.transport.path="$track" \
    --set datasets.tracks.storm="$storm" --json --log-level error >"$tmp/$storm.json"
done
/usr/bin/python3 - "$tmp/1409.json" <<'EOF'
import json, sys
for line in open(sys.argv[1]):
    answer = json.loads(line)
    if answer.get("dataset") == "station_surge":
        print("Rammasun, told only:", next(r["verdict"] for r in answer["rows"] if r["code"] == "xiuying"))
EOF
/usr/bin/python3 "$srcdir/tests/scenario/kalmaegi.py" "$tmp/1415.json"
