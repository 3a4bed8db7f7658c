#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A small real file system that is full, then has room again; then one that is read-only: a named alarm each, nothing that was
# acknowledged is lost, and it goes on without hands.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
mkdir "$live/data"
if ! mount -t tmpfs -o size=6m sanfang-test "$live/data" 2>/dev/null; then
  echo "skipped: a file system cannot be mounted here"
  exit 77
fi
trap 'live_clean_mount' EXIT
live_clean_mount () {
  local pid
  for pid in "${live_pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  umount "$live/data" || true
  live_clean
}

live_start --only ingest
live_post "$live/spool" 1
live_wait 30 live_has_rows 2
head -c 20m /dev/zero >"$live/data/ballast" 2>/dev/null || true
for i in $(seq 2 60); do live_post "$live/spool" "$i"; done
full_alarm () { grep -q 'cannot be held\|store\|disk' "$live/log"; }
live_wait 60 full_alarm
sleep 1
kill -0 "$live_pid"
acknowledged=$((60 - $(find "$live/spool" -type f | wc -l)))
held=$(live_sql journal/journal.db 'SELECT count(*) FROM message')
[ "$held" -ge "$acknowledged" ] || { echo "$acknowledged acknowledged, $held held"; exit 1; }
rm "$live/data/ballast"
live_wait 60 live_has_rows 120
live_wait 30 live_board_says 'not b["alarms"]'
[ "$(find "$live/spool" -type f | wc -l)" = 0 ]

mount -o remount,ro "$live/data" 2>/dev/null || { live_stop; exit 0; }
live_post "$live/spool" 61
live_wait 60 grep -q 'cannot be held' "$live/log"
mount -o remount,rw "$live/data"
live_wait 60 live_has_rows 122
live_stop
