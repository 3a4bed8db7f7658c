#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What people do to a journal and a store by commands is killed at its n-th write, fsync and change of a name, n counting up until it
# is no longer hit; or that one call fails. After each: what a command said it did is there, all or nothing of it, beside what was
# there before, and the same command works again.
#   environment: SANFANG, KILLAT, srcdir, COMMANDS (enter correct replay export import), COMMAND_KINDS (write fsync rename),
#                COMMAND_ERRORS (kill EIO ENOSPC), COMMAND_STEP (n grows by this; 1), COMMAND_JOBS (1: commands at once)
set -euo pipefail
commands=${COMMANDS:-enter correct replay export import}
if [ "${COMMAND_JOBS:-1}" -gt 1 ]; then
  status=0
  export COMMAND_JOBS=1
  for command in $commands; do COMMANDS=$command bash "$0" & done
  for command in $commands; do wait -n || status=$?; done
  exit "$status"
fi
. "${srcdir:?}/tests/fault/kill_at.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # the leak checker cannot run under a tracer
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
data=$place/data
fail () { echo "FAIL $command: $*"; tail -n 20 "$place/log"; exit 1; }

messages () { sqlite3 "$1/journal/journal.db" 'SELECT count(*) FROM message'; }
digest () { "$SANFANG" store digest --data "$1" | cut -d ' ' -f 1; }

levels=(--data "$data" --feed levels --quantity water_level --by Wang)
enter () { "$@" "$SANFANG" enter obs "${levels[@]}" --why phone --asset 60009 --value 1 --time "2024-09-06 18:00+08:00"; }
correct () { "$@" "$SANFANG" correct obs "${levels[@]}" --why digits --asset 60001 --value 13 --time "2024-09-06 11:00+08:00"; }
replay () { "$@" "$SANFANG" replay --data "$data" --into "$place/again" --departments "$place/met.yaml" --in-process; }
export_all () { "$@" "$SANFANG" journal export "$place/evidence.journal" --data "$data"; }
import_all () { "$@" "$SANFANG" journal import "$place/base.journal" --data "$place/again"; }

# What must hold when a command was killed or has met an error; $is_done: it said that it did its work.
check_enter () {
  local held
  held=$(messages "$data")
  [ "$held" = 4 ] || { [ "$held" = 3 ] && [ "$is_done" = no ]; } || fail "$1: $held messages"
  "$action" >"$place/log" 2>&1 || fail "$1: it does not work again"
  [ "$(messages "$data")" = $((held + 1)) ] || fail "$1: $(messages "$data") messages after $held"
}
check_correct () { check_enter "$1"; }
check_replay () {
  if [ "$is_done" = no ]; then
    rm -rf "$place/again"
    replay >"$place/log" 2>&1 || fail "$1: it does not work again"
  fi
  [ "$(digest "$place/again")" = "$(digest "$data")" ] || fail "$1: another store"
}
check_export () {
  if [ ! -e "$place/evidence.journal" ]; then
    [ "$is_done" = no ] || fail "$1: there is no file"
    export_all >"$place/log" 2>&1 || fail "$1: it does not work again"
  fi
  "$SANFANG" journal import "$place/evidence.journal" --data "$place/taken" >"$place/log" 2>&1 || fail "$1: half a file"
  [ "$(messages "$place/taken")" = 3 ] || fail "$1: $(messages "$place/taken") messages"
}
check_import () {
  [ "$is_done" = no ] || [ "$(messages "$place/again")" = 3 ] || fail "$1: $(messages "$place/again") messages"
  import_all >"$place/log" 2>&1 || fail "$1: it does not work again"
  [ "$(messages "$place/again")" = 3 ] || fail "$1: $(messages "$place/again") messages in the end"
}

fresh () {
  rm -rf "$data" "$place/again" "$place/taken" "$place"/*.journal*
  cp -r "$place/base" "$data"
  cp "$place/evidence" "$place/base.journal"
}
attempt () { "$action" "$@" >"$place/log" 2>&1; }
after () {
  is_done=no
  [ "$status" != 0 ] || is_done=yes
  [ "$status" != 1 ] || grep -q '^sanfang: ' "$place/log" || fail "$1: it does not say why it failed"
  "check_$command" "$1"
  "$SANFANG" journal check --data "$data" >"$place/log" 2>&1 || fail "$1: the journal is damaged"
}

cat >"$place/met.yaml" <<END
department: met
title: {en: Test, zh: 测试}
feeds:
  levels:
    title: {en: Levels, zh: 水位}
    transport: {plugin: spool, path: $place}
    decoder: cma_bst
    cadence: 1h
END
for i in 1 2 3; do
  "$SANFANG" enter obs "${levels[@]}" --new-feed --why fax --asset 6000$i --value 12.$i --time "2024-09-06 1$i:00+08:00" >"$place/log"
done
"$SANFANG" replay --data "$data" --into "$place/base" --departments "$place/met.yaml" >"$place/log"
"$SANFANG" journal export "$place/evidence" --data "$data" >"$place/log"
mv "$data/journal" "$place/base"

for command in $commands; do
  action=$command
  case $command in export | import) action=${command}_all ;; esac
  for error in ${COMMAND_ERRORS:-kill EIO ENOSPC}; do
    for kind in ${COMMAND_KINDS:-write fsync rename}; do
      if [ "$error" = kill ]; then kill_at "$kind" "${COMMAND_STEP:-1}"; else fail_at "$kind" "$error" "${COMMAND_STEP:-1}"; fi \
        | sed "s/^/$command, /"
    done
  done
done
echo "PASS commands: $commands"
