#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A writer of the journal is killed at its n-th write and fsync, n counting up until it is no longer hit, and at random moments;
# its disk is made full. After each: every message whose commit returned is there once, none is half there, and a second
# writer goes on from there to the end.
#   environment: KILLAT, WRITER, JOURNAL_STEP (n of writes grows by this; 97), JOURNAL_MOMENTS (5), JOURNAL_TOTAL (200)
set -uo pipefail
. "${srcdir:?}/tests/fault/kill_at.sh"
fail () { echo "FAIL $*"; exit 1; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
total=${JOURNAL_TOTAL:-200}
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # the leak checker cannot run under a tracer

# after WHAT: what was acknowledged is there, and a second writer ends it.
after ()
{
  local acked
  acked=$(tail -n 1 "$scratch/acked")
  "$WRITER" check "$scratch/work" "${acked:-0}" || fail "$1: acknowledged ${acked:-0}"
  "$WRITER" write "$scratch/work" "$total" >/dev/null || fail "$1: the next writer"
  "$WRITER" check "$scratch/work" "$total" || fail "$1: after the next writer"
}

fresh () { rm -rf "$scratch/work" && mkdir "$scratch/work"; }

attempt ()
{
  "$@" "$WRITER" write "$scratch/work" "$total" 2>"$scratch/err" | cat >"$scratch/acked"
  return "${PIPESTATUS[0]}"
}

random_moments ()
{
  local i pause took start seed=${JOURNAL_SEED:-$RANDOM}
  RANDOM=$seed
  start=$(date +%s%N)
  fresh
  "$WRITER" write "$scratch/work" "$total" >/dev/null || fail "a writer"
  took=$((($(date +%s%N) - start) / 1000))
  for ((i = 0; i < $1; i++)); do
    fresh
    pause=$((took * RANDOM / 32768))
    "$WRITER" write "$scratch/work" "$total" >"$scratch/acked" &
    sleep "$(printf '%d.%06d' $((pause / 1000000)) $((pause % 1000000)))"
    kill -KILL $! 2>/dev/null
    wait $! 2>/dev/null
    after "moment $pause us (JOURNAL_SEED=$seed)"
  done
  echo "random moments: $1 kills (JOURNAL_SEED=$seed)"
}

# small_disk: a file system of some KiB that is full before the writer ends (28: it says so), and is made larger then.
small_disk ()
{
  local kib
  unshare -rm true 2>/dev/null || { echo "small disk: this system gives no name space of mounts; not tested"; return; }
  for kib in 64 100 200 400 800; do
    fresh
    export kib scratch WRITER total
    unshare -rm bash -c '
      mount -t tmpfs -o size=${kib}k none "$scratch/work" || exit 77
      "$WRITER" write "$scratch/work" "$total" 2>"$scratch/err" | cat >"$scratch/acked"
      rc=${PIPESTATUS[0]}
      [ $rc = 28 ] || { cat "$scratch/err"; echo "exit code $rc, not 28"; exit 1; }
      mount -o remount,size=64m "$scratch/work" || exit 77
      acked=$(tail -n 1 "$scratch/acked")
      "$WRITER" check "$scratch/work" "${acked:-0}" && "$WRITER" write "$scratch/work" "$total" >"$scratch/acked" &&
        "$WRITER" check "$scratch/work" "$total"' || fail "small disk of $kib KiB"
  done
  echo "small disk: $(cat "$scratch/err")"
}

# full_disk: files may not grow beyond some KiB; the writer says that the disk is full, loses nothing and goes on later.
full_disk ()
{
  local kib rc
  for kib in 48 100 300 700 1500 3000; do
    fresh
    (trap '' XFSZ; ulimit -f $kib; exec "$WRITER" write "$scratch/work" "$total") 2>"$scratch/err" | cat >"$scratch/acked"
    rc=${PIPESTATUS[0]}
    [ "$rc" = 0 ] || [ -s "$scratch/err" ] || fail "files of $kib KiB: exit code $rc without a word"
    after "files of $kib KiB"
  done
  echo "files that may not grow: survived"
}

random_moments "${JOURNAL_MOMENTS:-5}"
small_disk
full_disk
kill_at fsync 1
kill_at write "${JOURNAL_STEP:-97}"
echo "PASS journal"
