#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real ensemble in BUFR through the whole program: its members keep their places, and the strike probability is the share of
# members that pass, counted once more in numpy from the decoder's fixes.
set -u
file=${SANFANG_SHARED:-}/feeds/tropical_cyclone.bufr
if [ ! -f "$file" ]; then
  echo "SANFANG_SHARED has no feeds/tropical_cyclone.bufr"
  exit 77
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
"$SANFANG" decode bufr_tracks "$file" --json >"$tmp/fixes" || exit 1
"$SANFANG" run "$srcdir/tests/scenario/real_members.yaml" -o "$tmp/out" --set feeds.ensemble.transport.path="$file" \
  --log-level error >"$tmp/answers" || { cat "$tmp/answers"; exit 1; }
/usr/bin/python3 "$srcdir/tests/scenario/real_members.py" "$tmp/fixes" "$tmp/out/current/products"
