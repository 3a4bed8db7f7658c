#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Servers that speak rubbish for ever, or nothing: every transport that fetches says so by an alarm, takes nothing for a message
# and ends in order.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/live/live.sh"
live_begin
export PYTHONDONTWRITEBYTECODE=1
live_start /usr/bin/python3 "$srcdir/tests/live/rubbish.py" "$work" random line mute nats postgres
for mode in random line mute nats postgres; do live_until test -s "$work/$mode.port"; done

pids=()
# hear TRANSPORT MODE SETTING...: in the background.
hear () {
  local name=$1-$2 transport=$1
  shift 2
  [ -e "${builddir:?}/modules/.libs/$transport.so" ] || return 0
  (
    timeout -k 5 60 "$tool" "$transport" "$work/$name.db" "$@" --seconds 5 >"$work/$name.log" 2>"$work/$name.err" ||
      echo "$name: the tool ended with $?" >>"$work/bad"
    grep -q ' alarm ' "$work/$name.log" || echo "$name: no alarm" >>"$work/bad"
    [ "$(live_sql "$work/$name.db" 'SELECT count(*) FROM message')" = 0 ] || echo "$name: rubbish was taken" >>"$work/bad"
  ) &
  pids+=($!)
}
for mode in random line mute nats postgres; do
  port=$(cat "$work/$mode.port")
  hear http_poll $mode "url=http://127.0.0.1:$port/" timeout=2s
  hear mqtt $mode host=127.0.0.1 "port=$port" topics=a timeout=2s retry=1s
  hear nats $mode "url=nats://127.0.0.1:$port" stream=RUBBISH retry=1s
  hear postgres_poll $mode "connection=host=127.0.0.1 port=$port user=x dbname=x" "query=SELECT now() AS t" time_column=t \
    connect_timeout=2s retry=1s
done
wait "${pids[@]}"
if [ -s "$work/bad" ]; then
  cat "$work/bad"
  live_fail "rubbish does harm"
fi
