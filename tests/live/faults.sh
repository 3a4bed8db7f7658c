#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# While every transport is fed, the database, the broker and the stream go and come back, a web server drips, and 10,000 peers
# open connections that say half a frame. Each is an alarm of its feed with a name, disturbs nobody else, and ends without hands;
# nothing is lost. (Disks: full.sh. Clocks: tests/unit/test_intake.)
set -euo pipefail
. "${srcdir:?}/tests/live/all.sh"
crowd=10000
all_connections=2000
ulimit -n "$(ulimit -H -n)"
if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt $((crowd + 100)) ]; then
  crowd=$(($(ulimit -n) - 100))
  echo "this system allows $crowd connections to one process"
fi
[ "$crowd" -gt $((all_connections * 2)) ] || all_connections=$((crowd / 2))
all_make
live_start --only ingest
all_send

# A feed's alarm stands (has) or not (lacks); a feed goes on: what was acknowledged to its sender grows.
has () { live_board_says "any(alarm['name'] == '$2' for alarm in f['$1']['alarms'])"; }
lacks () { live_board_says "not any(alarm['name'] == '$2' for alarm in f['$1']['alarms'])"; }
told () { cat "$live/sent/$1.acknowledged" 2>/dev/null | wc -l; }
more_than () { [ "$(told "$1")" -gt "$2" ]; }
goes_on () {
  local feed
  for feed in "$@"; do live_wait 60 more_than "$feed" "$(told "$feed")"; done
}
goes_on jt808 spool http

echo "servers go and come back"
[ ! -d "$live/postgres" ] || all_database -m immediate stop
for pid in $all_broker $all_stream; do
  kill -TERM "$pid"
  wait "$pid" || true
done
[ ! -d "$live/postgres" ] || live_wait 60 has postgres database_lost
[ -z "$all_broker" ] || live_wait 60 has mqtt connection_lost
[ -z "$all_stream" ] || live_wait 60 has nats connection_lost
goes_on jt808 spool http
if [ -d "$live/postgres" ]; then
  all_database start
  live_wait 60 lacks postgres database_lost
  goes_on postgres
fi
if [ -n "$all_broker" ]; then
  all_broker_start
  live_wait 60 lacks mqtt connection_lost
  goes_on mqtt
fi
if [ -n "$all_stream" ]; then
  all_stream_start
  live_wait 60 lacks nats connection_lost
  goes_on nats
fi

echo "a server drips"
touch "$live/sent/drip"
live_wait 60 has http http_failed
goes_on jt808 spool
rm "$live/sent/drip"
live_wait 60 lacks http http_failed
goes_on http

echo "$crowd peers that say half a frame, where $all_connections find room"
/usr/bin/python3 -c '
import resource, socket, sys, time
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
peers = []
for _ in range(int(sys.argv[2])):
    try:
        peers.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60))
        peers[-1].sendall(b"\x7e\x02\x00")
    except ConnectionError:
        pass  # refused again at once
print("open", flush=True)
time.sleep(600)' "$frames_port" "$crowd" >"$live/crowd" &
peers=$!
live_pids+=("$peers")
live_wait 60 has jt808 too_many_connections
live_wait 120 grep -q open "$live/crowd"
goes_on jt808 spool http
turned_away () { live_board_says "sum(n for name, n in f['jt808']['counters'] if name in ('refused_connections', 'evicted_connections')) >= $crowd - $all_connections"; }
live_wait 60 turned_away
kill "$peers"
live_wait 60 lacks jt808 too_many_connections
goes_on jt808

all_sent
live_stop
