#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each allocation of ours and of SQLite's in journal, store and live ingest fails once, n counting up to the last.
#   environment: builddir, MEMORY_JOBS (4): so many at once, each with its share of the n; MEMORY_TESTS: names of unit tests
# A test of a share must not take more than 35 minutes: libcheck counts microseconds in 31 bits.
set -euo pipefail
builddir=${builddir:?builddir is not set}
jobs=${MEMORY_JOBS:-4} status=0
for name in ${MEMORY_TESTS:?}; do
  shares=() begun=$SECONDS
  for ((first = 1; first <= jobs; first++)); do
    ALLOCATION_FIRST=$first ALLOCATION_STEP=$jobs "$builddir/tests/unit/$name" &
    shares+=("$!")
  done
  for share in "${shares[@]}"; do wait "$share" || status=$?; done
  echo "$name: $((SECONDS - begun)) s"
done
[ "$status" = 0 ] || { echo "FAIL"; exit "$status"; }
echo "PASS memory"
