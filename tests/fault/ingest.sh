#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Live ingest of a folder of files is killed, with its workers, at its n-th write, fsync and change of a name, n counting up
# until it is no longer hit. After each: what is gone from the folder is in the journal, and the next start brings the rest and
# ends with the same store as one that nobody disturbed. Or that one call fails, and ingest goes on without hands.
#   environment: SANFANG, KILLAT, srcdir, INGEST_FIRST (1), INGEST_STEP (n grows by this; 1), INGEST_KINDS (default "write fsync rename"),
#                INGEST_ERROR (EIO or ENOSPC: the n-th call gives that, once, and nobody is killed),
#                INGEST_FILES (30), INGEST_SECONDS (no bound): try no further n of a kind after so many seconds, and say so,
#                INGEST_JOBS (1): so many at once, each with its share of the n; most of the time of each is waiting
set -euo pipefail
if [ "${INGEST_JOBS:-1}" -gt 1 ]; then
  jobs=() status=0 first=${INGEST_FIRST:-1} step=${INGEST_STEP:-1} count=$INGEST_JOBS
  for ((job = 0; job < count; job++)); do
    INGEST_JOBS=1 INGEST_FIRST=$((first + job * step)) INGEST_STEP=$((count * step)) bash "$0" &
    jobs+=("$!")
  done
  for job in "${jobs[@]}"; do wait "$job" || status=$?; done
  exit "$status"
fi
. "${srcdir:?}/tests/live/serving.sh"
. "$srcdir/tests/fault/kill_at.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # the leak checker cannot run under a tracer
live_make
files=${INGEST_FILES:-30}
fail () { echo "FAIL $*"; tail -n 20 "$live/log"; exit 1; }

# The folder as it is before ingest has run; received times are of no concern to what is compared.
fresh () {
  local i
  rm -rf "$live/data"
  for i in $(seq "$files"); do live_post "$live/spool" "$i"; done
}

held () { live_sql journal/journal.db 'SELECT count(*) FROM message' 2>/dev/null || echo 0; }
all_is_stored () { live_has_rows $((2 * files)) && [ -z "$(ls "$live/spool")" ]; }

# end_when_stored PID: ask the child of PID for an end in order once all is in the store, if PID runs so long. It is asked once:
# a second time means at once.
end_when_stored () {
  while kill -0 "$1" 2>/dev/null; do
    if all_is_stored 2>/dev/null; then
      kill -TERM $(live_children "$1") 2>/dev/null || true
      return
    fi
    sleep 0.05
  done
}

# What is stored, but for when it came.
stored () {
  live_sql store/catalog.db 'SELECT feed, valid_s, revision, quality, storm, lon, lat, source FROM track ORDER BY storm, valid_s'
}

# after WHAT: nothing acknowledged is lost, and a start without hands brings the rest, if a call that failed has left one.
after () {
  local gone
  gone=$((files - $(find "$live/spool" -type f | wc -l)))
  [ "$(held)" -ge "$gone" ] || fail "$1: $gone files were put away, $(held) are held"
  if [ -z "${INGEST_ERROR:-}" ] || ! all_is_stored 2>/dev/null; then
    live_start --only ingest
    live_wait 60 all_is_stored
    live_stop
  fi
  [ "$(held)" = "$files" ] || fail "$1: $(held) messages of $files files"
  [ "$(stored)" = "$undisturbed" ] || { diff <(echo "$undisturbed") <(stored); fail "$1: another store"; }
  rm -rf "$live/again"
  "$SANFANG" replay --data "$live/data" --into "$live/again" --departments "$live/departments" >"$live/replay" || fail "$1: replay"
  grep -q "digest $("$SANFANG" store digest --data "$live/data" | cut -d ' ' -f 1)$" "$live/replay" || fail "$1: another digest"
}

attempt () {
  local status=0
  "$@" "$SANFANG" serve "$live/live.yaml" --data "$live/data" --only ingest >"$live/log" 2>&1 &
  live_pid=$!
  live_pids=("$live_pid")
  end_when_stored "$live_pid"
  wait "$live_pid" || status=$?
  return "$status"
}

fresh
live_start --only ingest
live_wait 60 all_is_stored
live_stop
undisturbed=$(stored)
for kind in ${INGEST_KINDS:-write fsync rename}; do
  if [ -n "${INGEST_ERROR:-}" ]; then
    fail_at "$kind" "$INGEST_ERROR" "${INGEST_STEP:-1}" "${INGEST_FIRST:-1}" "${INGEST_SECONDS:-0}"
  else
    kill_at "$kind" "${INGEST_STEP:-1}" "${INGEST_FIRST:-1}" "${INGEST_SECONDS:-0}"
  fi
done
echo "PASS ingest"
