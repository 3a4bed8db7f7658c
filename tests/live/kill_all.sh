#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Over every transport at once the whole process is killed again and again, and workers of its decoders meanwhile: what anybody
# was told is safe is in the journal once, its record in the store once, no innocent message in quarantine. The journal replayed,
# in its order and in any other, gives the same store.
#   KILLS (6): of the whole; WORKER_KILLS (30); KILL_SEED; KILL_SECONDS (no bound): begin no further round after so many seconds
set -euo pipefail
. "${srcdir:?}/tests/live/all.sh"
seed=${KILL_SEED:-$RANDOM}
RANDOM=$seed
kills=${KILLS:-6} worker_kills=${WORKER_KILLS:-30} killed=0 workers_killed=0
all_make
all_send

# kill_worker: one of the workers of $live_pid, if there is one.
kill_worker () {
  local workers=()
  mapfile -t workers < <(live_children "$live_pid" | xargs -r -n 1)
  [ "${#workers[@]}" -gt 0 ] || return 0
  if kill -9 "${workers[RANDOM % ${#workers[@]}]}" 2>/dev/null; then workers_killed=$((workers_killed + 1)); fi
}

while [ "$killed" -lt "$kills" ] && [ "$SECONDS" -lt "${KILL_SECONDS:-100000}" ]; do
  "$SANFANG" serve "$live/live.yaml" --data "$live/data" --only ingest >"$live/log" 2>&1 &
  live_pid=$!
  live_pids+=("$live_pid")
  killed=$((killed + 1))
  sleep "0.$((RANDOM % 10))"
  # Evenly among the rounds that are left.
  due=$(((worker_kills * killed + kills - 1) / kills))
  for try in $(seq 40); do
    [ "$workers_killed" -lt "$due" ] || break
    sleep "0.0$((RANDOM % 10))"
    kill_worker
  done
  sleep "0.0$((RANDOM % 10))"
  kill -9 "$live_pid" 2>/dev/null || { echo "it ended by itself"; cat "$live/log"; exit 1; }
  wait "$live_pid" 2>/dev/null || true
  if grep ' error ' "$live/log"; then exit 1; fi
done
echo "$killed kills of the whole, $workers_killed of workers, in $SECONDS s (KILL_SEED=$seed)"

live_start --only ingest
all_sent
live_stop
if [ "$(live_sql journal/journal.db 'SELECT count(*) FROM verdict')" != 0 ]; then
  "$SANFANG" journal quarantine --data "$live/data" --summary --lang en
  exit 1
fi
for file in "$live"/data/journal/journal.db "$live"/data/store/*.db; do
  [ "$(sqlite3 "$file" 'PRAGMA integrity_check')" = ok ] || { echo "$file is damaged"; exit 1; }
done
"$SANFANG" journal check --data "$live/data" --lang en

digest () { "$SANFANG" store digest --data "$1"; }
replay () { "$SANFANG" replay --data "$1" --into "$2" --departments "$live/departments" >"$live/replay" || { cat "$live/replay"; exit 1; }; }
replay "$live/data" "$live/again"
"$SANFANG" journal export "$live/whole.journal" --data "$live/data" >/dev/null
mkdir "$live/other"
"$SANFANG" journal import "$live/whole.journal" --data "$live/other" >/dev/null
"$builddir/tests/live/journal_shuffle" "$live/other" "$live/shuffled" "$seed"
replay "$live/shuffled" "$live/shuffled"
for folder in again shuffled; do
  if [ "$(digest "$live/$folder")" != "$(digest "$live/data")" ]; then
    echo "$folder gives another store (KILL_SEED=$seed)"
    digest "$live/data"
    digest "$live/$folder"
    exit 1
  fi
done
digest "$live/data"
