#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Files that may not grow beyond a limit (ulimit -f): ingest says that it cannot hold what came, and lives; what was not
# acknowledged stays where it was, and is taken in once there is room.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make

: >"$live/log"
(ulimit -f 400; exec "${SANFANG:?}" serve "$live/live.yaml" --data "$live/data" --only ingest >"$live/log" 2>&1) &
live_pid=$!
live_pids+=("$live_pid")
live_wait 60 live_is_up
for i in $(seq 1 300); do live_post "$live/spool" "$i"; done
failure_is_told () { grep -q 'cannot be held\|not stored yet' "$live/log"; }
live_wait 60 failure_is_told
sleep 1
kill -0 "$live_pid" || { echo "it died of a file that may not grow"; exit 1; }
kill -9 "$live_pid"
wait "$live_pid" 2>/dev/null || true
live_start --only ingest
live_wait 60 live_has_rows 600
live_stop
