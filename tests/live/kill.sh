#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The whole process is killed again and again during ingest, its workers with it: every file that was put away is in the
# journal once, and its records are in the store once. KILLS (20): how often.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
kills=${KILLS:-20}
posted=0
for kill in $(seq "$kills"); do
  "$SANFANG" serve "$live/live.yaml" --data "$live/data" --only ingest >"$live/log" 2>&1 &
  live_pid=$!
  live_pids=("$live_pid")
  for i in $(seq 20); do
    posted=$((posted + 1))
    live_post "$live/spool" "$posted"
    [ $((RANDOM % 4)) != 0 ] || sleep "0.0$((RANDOM % 9 + 1))"
  done
  sleep "0.$((RANDOM % 5))"
  kill -9 "$live_pid"
  wait "$live_pid" 2>/dev/null || true
  # What is gone from the spool was acknowledged.
  acknowledged=$((posted - $(find "$live/spool" -type f | wc -l)))
  held=0
  [ ! -e "$live/data/journal/journal.db" ] || held=$(live_sql journal/journal.db 'SELECT count(DISTINCT source) FROM message')
  [ "$held" -ge "$acknowledged" ] || { echo "after kill $kill: $acknowledged acknowledged, $held held"; exit 1; }
done
live_start --only ingest
live_wait 120 live_has_rows $((2 * posted))
live_stop
messages=$(live_sql journal/journal.db 'SELECT count(*), count(DISTINCT source) FROM message')
[ "$messages" = "$posted|$posted" ] || { echo "$messages messages, of $posted"; exit 1; }
twice=$(live_sql store/catalog.db 'SELECT count(*) FROM (SELECT 1 FROM track GROUP BY source, valid_s HAVING count(*) > 1)')
[ "$twice" = 0 ] || { echo "$twice rows are there twice"; exit 1; }
[ "$(live_sql journal/journal.db 'PRAGMA integrity_check')" = ok ]
[ "$(live_sql store/catalog.db 'PRAGMA integrity_check')" = ok ]
echo "$kills kills, $posted messages, each there once"
