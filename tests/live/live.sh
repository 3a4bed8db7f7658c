# SPDX-License-Identifier: Apache-2.0
# For tests of transports with real servers: a folder of their own, servers on free loopback ports that are stopped by their
# ids, and transport_tool. Sourced; sets $work; the test calls live_begin first.

tool=${builddir:?}/tests/live/transport_tool
live_pids=()

live_end () {
  local pid
  for pid in "${live_pids[@]}"; do live_stop "$pid" KILL; done
  rm -rf "$work"
}

live_begin () {
  work=$(mktemp -d)
  trap live_end EXIT
}

live_fail () {
  echo "$(basename "$0"): $*"
  tail -n 12 "$work"/*.log "$work"/*.err 2>/dev/null || true
  exit 1
}

live_free_port () {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# live_until WORDS...: wait until a command succeeds, a minute at most.
live_until () {
  local tries
  for tries in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  live_fail "waited in vain for: $*"
}

live_port_open () {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# live_start COMMAND...: start a server; its id in $live_pid.
live_start () {
  "$@" >>"$work/server.log" 2>&1 &
  live_pid=$!
  live_pids+=("$live_pid")
}

# live_stop PID SIGNAL
live_stop () {
  kill "-$2" "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# live_tool NAME ARGUMENTS...: run the tool to its end, events in $work/NAME.log; its exit code must be $live_status (0).
live_tool () {
  local name=$1 status=0
  shift
  timeout 120 "$tool" "$@" >"$work/$name.log" 2>"$work/$name.err" || status=$?
  [ "$status" = "${live_status:-0}" ] || live_fail "$name: the tool ended with $status instead of ${live_status:-0}"
}

# live_tool_start NAME ARGUMENTS...: the same in the background; its id in $live_pid.
live_tool_start () {
  local name=$1
  shift
  "$tool" "$@" >"$work/$name.log" 2>"$work/$name.err" &
  live_pid=$!
  live_pids+=("$live_pid")
}

# live_tool_until PATTERN NAME ARGUMENTS...: run the tool until one of its events matches.
live_tool_until () {
  local pattern=$1 name=$2
  shift
  live_tool_start "$@"
  live_until grep -q -- "$pattern" "$work/$name.log"
  live_stop "$live_pid" TERM
}

live_sql () {
  sqlite3 -batch -noheader "$1" "$2"
}

# live_says WHAT WANTED ACTUAL
live_says () {
  [ "$2" = "$3" ] || live_fail "$1: $3 instead of $2"
}
