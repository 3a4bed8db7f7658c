#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Errors of five agencies and of the consensus over the whole life of a storm, against published numbers and against a
# second computation; AGENCY_CLOCKS are hours from the first base at which the consensus is compared point by point.
set -u
S=$SANFANG_SHARED/typhoon/zj_normalized
if [ ! -f "$S/verify_202609.json" ] || [ ! -f "$S/typhoon_202609.json" ]; then
  echo "SANFANG_SHARED has no typhoon/zj_normalized/verify_202609.json and typhoon_202609.json"
  exit 77
fi
if ! /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  echo "python3-numpy is missing"
  exit 77
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# at NAME CLOCK
at ()
{
  "$SANFANG" run "$srcdir/tests/scenario/agency_errors.yaml" -o "$tmp/out" --set clock="$2" \
    --set feeds.analyses.transport.path="$S/typhoon_202609.json" --set feeds.issues.transport.path="$S/verify_202609.json" \
    --json --log-level error >"$tmp/$1.json" || { echo "the run at $2 failed"; exit 1; }
}
points=()
for hour in ${AGENCY_CLOCKS:-12 96 171 240}; do
  at "points-$hour" "$(date -u -d "2026-07-02 00:00 UTC +$hour hours" +%Y-%m-%dT%H:%M:%SZ)"
  points+=("$tmp/points-$hour.json")
done
at errors 2026-07-20T00:00:00Z
picture=$tmp/out/current/products/errors-2609.png
if ! /usr/bin/python3 -c 'import sys; sys.exit(open(sys.argv[1], "rb").read(8) != b"\x89PNG\r\n\x1a\n")' "$picture"; then
  echo "no picture of the verification"
  exit 1
fi
/usr/bin/python3 "$srcdir/tests/scenario/agency_errors.py" "$S/verify_202609.json" "$tmp/errors.json" "${points[@]}"
