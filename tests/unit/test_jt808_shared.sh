#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every JT/T 808 frame of the shared data (other projects' test frames, decoded by Python) gives the positions that Python reads.
set -eu
data="${SANFANG_SHARED:-}/vessel"
if [ ! -e "$data/jt808_frames.json" ]; then
  echo "skipped: SANFANG_SHARED has no vessel/jt808_frames.json"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
/usr/bin/python3 "$srcdir/tests/unit/jt808_shared.py" "$SANFANG" "$data" "$folder"
