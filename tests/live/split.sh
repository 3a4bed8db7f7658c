#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ingest, cycles and service as three processes on one folder: each can be stopped and started alone.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
cat >>"$live/live.yaml" <<'END'
cycle: {every: 1h, settle: 1s}
datasets: {tracks: {records: track, feeds: [best]}}
models: {ground: {}, typhoon: {}}
END
pids=()
for part in service cycle ingest; do
  : >"$live/log"
  "$SANFANG" serve "$live/live.yaml" --data "$live/data" --listen 127.0.0.1:0 --only "$part" >"$live/log" 2>&1 &
  live_pid=$!
  live_pids+=("$live_pid")
  pids+=("$live_pid")
  live_wait 60 live_is_up
  cp "$live/log" "$live/log.$part.first"
  [ "$part" != service ] || url=$(sed -n 's|.*\(http://[^ /]*\)/.*|\1|p' "$live/log")
done
cp "$srcdir/share/scenarios/data/rammasun-2014-cma.txt" "$live/spool/"
live_wait 30 test -e "$live/data/store/catalog.db"
live_wait 60 test -e "$live/data/current"
serves_live () { curl -fsS "$url/v1/state" >"$live/state" && grep -q '"scenario":"live"' "$live/state"; }
live_wait 60 serves_live
for pid in "${pids[@]}"; do
  live_pid=$pid
  live_stop
done
if "$SANFANG" serve "$live/live.yaml" --only ingest,kitchen 2>"$live/wrong"; then exit 1; fi
grep -q "got 'kitchen'" "$live/wrong"
