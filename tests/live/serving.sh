# SPDX-License-Identifier: Apache-2.0
# Live operation for one test: source it, then `live_make` sets $live, a folder with a scenario, a department "met" whose feed
# "best" reads $live/spool, and `live_start [ARGUMENT...]` runs `sanfang serve` on it with its log in $live/log. All of it is
# stopped and removed when the script ends.
srcdir=${srcdir:?}
live=
live_pids=()

live_clean () {
  local pid
  for pid in "${live_pids[@]}"; do kill -CONT "$pid" 2>/dev/null || true; kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [ -n "$live" ] && grep -qs 'Sanitizer\|runtime error' "$live"/log*; then cat "$live"/log* >&2; fi
  [ -z "$live" ] || rm -rf "$live"
}

# A feed that reads files of CMA best tracks; more: of its settings.
live_department () {
  cat >"$live/departments/$1.part" <<END
department: $1
title: {en: Test of $1, zh: 测试}
feeds:
  $2:
    title: {en: Feed $2, zh: 数据}
    transport: {plugin: spool, path: $live/$3, after: delete}
    decoder: cma_bst
    cadence: 1h
END
  mv "$live/departments/$1.part" "$live/departments/$1.yaml"
}

live_make () {
  live=$(mktemp -d)
  trap live_clean EXIT
  mkdir "$live/departments" "$live/spool"
  live_department met best spool
  cat >"$live/live.yaml" <<'END'
scenario: live
title: {en: Live, zh: 实时}
clock: now
departments: departments
domain: {grids: {near: {crs: "EPSG:4490", x: [109, 111], y: [18, 20], cell: 0.5}}}
END
}

# live_wait SECONDS WORDS...: until the command succeeds; else says what it waited for and shows the log.
live_wait () {
  local left=$(($1 * 20)); shift
  while ! "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    if [ "$left" -le 0 ]; then echo "waited in vain for: $*" >&2; tail -n 30 "$live"/log* >&2; exit 1; fi
    sleep 0.05
  done
}

live_is_up () { grep -q 'http://\|at work' "$live/log"; }

# The process is $live_pid; libtool's wrapper runs the program in its own place.
live_start () {
  : >"$live/log"
  "${SANFANG:?}" serve "$live/live.yaml" --data "$live/data" --listen 127.0.0.1:0 "$@" >"$live/log" 2>&1 &
  live_pid=$!
  live_pids+=("$live_pid")
  live_wait 60 live_is_up
}

# The processes that a process has started.
live_children () { cat /proc/"$1"/task/*/children 2>/dev/null || true; }

# Ask it to stop; it must end in order within so many seconds.
live_stop () {
  local status=0 begun=$SECONDS
  kill -TERM "$live_pid"
  wait "$live_pid" || status=$?
  [ "$status" = 0 ] || { echo "it ended with $status" >&2; cat "$live/log" >&2; exit 1; }
  [ $((SECONDS - begun)) -le "${1:-20}" ] || { echo "it took $((SECONDS - begun)) s to stop" >&2; exit 1; }
}

# A file of two fixes of storm number $2, written beside and renamed into $1.
live_post () {
  printf '66666 0000    2 %04d 0000 0 6 (nameless)                         20150324\n2014071800 6 191 1123  900      65\n2014071806 6 199 1113  888      72\n' \
    "$2" >"$live/post.$$" && mv "$live/post.$$" "$1/storm-$2.txt"
}

live_sql () { sqlite3 -cmd '.timeout 10000' "$live/data/$1" "$2"; }
live_rows () { live_sql store/catalog.db "SELECT count(*) FROM track${1:+ WHERE feed = '$1'}"; }
live_has_rows () { [ "$(live_rows "${2:-}")" = "$1" ]; }

# live_board EXPRESSION: of the board's JSON as b, and its feeds by name as f.
live_board () {
  /usr/bin/python3 -c '
import json, sys
b = json.load(open(sys.argv[1]))
f = {feed["feed"]: feed for feed in b["feeds"]}
alarms = {alarm["name"]: alarm["text"] for alarm in b["alarms"]}
print(eval(sys.argv[2]))' "$live/data/health.json" "$1"
}
live_board_says () { [ "$(live_board "$1")" = True ]; }
