#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each allocation of the transports that fetch from servers fails once, from their opening to their closing: nobody crashes, and
# afterwards each message is there once, so nothing was confirmed that was not delivered.
# MEMORY_TRANSPORTS: of these only. The transports that need no server are tried by the unit tests.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/live/live.sh"
live_begin
PATH=$PATH:/usr/sbin
export PYTHONDONTWRITEBYTECODE=1
at_once=8

# What a former process left for each run; empty: nothing.
before=

# one N NAME COUNT SETTING...: run the tool with its N-th allocation failing until COUNT messages are there; @n in a setting is N.
one () {
  local n=$1 name=$2 count=$3 status=0 held
  shift 3
  if [ -n "$before" ]; then cp "$before" "$work/$name-$n.db"; fi
  timeout 120 "$tool" "$name" "$work/$name-$n.db" "${@//@n/$n}" --until "$count" --seconds 60 --fail-at "$n" \
    >"$work/$name-$n.log" 2>"$work/$name-$n.err" || status=$?
  held=$(live_sql "$work/$name-$n.db" 'SELECT count(*), count(DISTINCT text) FROM message')
  if [ "$status:$held" = "0:$count|$count" ]; then
    rm -f "$work/$name-$n".*
  else
    echo "$name with allocation $n failing: status $status, messages $held instead of $count" >>"$work/bad"
  fi
}

# Set $allocations. A run in which one fails has some more, since what follows the failure is done again.
margin=10
count_allocations () { # NAME COUNT SETTING...
  local name=$1 count=$2
  shift 2
  live_tool "$name" "$name" "$work/$name.db" "${@//@n/0}" --until "$count"
  allocations=$(sed -n 's/.* allocations //p' "$work/$name.log")
}

try () { # NAME COUNT SETTING...
  local n pids=()
  for ((n = 1; n <= allocations + margin; n++)); do
    one "$n" "$@" &
    pids+=($!)
    if [ ${#pids[@]} -ge $at_once ]; then
      wait "${pids[0]}"
      pids=("${pids[@]:1}")
    fi
  done
  wait "${pids[@]}"
  echo "$1: each of $allocations allocations failed once"
}

pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
wanted () { # TRANSPORT SERVER
  [[ " ${MEMORY_TRANSPORTS:-http_poll mqtt nats postgres_poll} " == *" $1 "* ]] && [ -e "${builddir:?}/modules/.libs/$1.so" ] &&
    command -v "$2" >/dev/null
}

if wanted http_poll python3; then
  live_start /usr/bin/python3 "$srcdir/tests/live/http_server.py" "$work"
  live_until test -s "$work/port"
  printf 'key=K1234\n' >"$work/secret"
  chmod 600 "$work/secret"
  feed=("url=http://127.0.0.1:$(cat "$work/port")/counted?run=@n&k={secret:key}&t={bjt:%Y}" 'headers=X-Key: {secret:key}'
    "secret_file=$work/secret" every=1s)
  count_allocations http_poll 2 "${feed[@]}"
  try http_poll 2 "${feed[@]}"
fi

if wanted mqtt mosquitto_sub; then
  port=$(live_free_port)
  printf '%s\nlistener %s 127.0.0.1\nallow_anonymous true\n' "$([ "$(id -u)" != 0 ] || echo user root)" "$port" >"$work/broker.conf"
  live_start mosquitto -c "$work/broker.conf"
  live_until live_port_open "$port"
  session () { mosquitto_sub -h 127.0.0.1 -p "$port" -i "memory-$1" -c -q 1 -t 'memory/#' -E; }
  send () { for i in 1 2 3 4 5; do echo "message $i"; done | mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -t memory/1 -l; }
  feed=(host=127.0.0.1 "port=$port" 'topics=memory/#, other/#' client_id=memory-@n retry=1s)
  # It comes only to who has subscribed himself.
  mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -r -t other/1 -m kept
  session 0
  send
  count_allocations mqtt 6 "${feed[@]}"
  for ((n = 1; n <= allocations + margin; n++)); do session $n; done
  send
  try mqtt 6 "${feed[@]}"
fi

if wanted nats nats-server; then
  port=$(live_free_port)
  printf 'listen: "127.0.0.1:%s"\njetstream { store_dir: "%s" }\n' "$port" "$work/store" >"$work/nats.conf"
  live_start nats-server -c "$work/nats.conf"
  live_until live_port_open "$port"
  client () { /usr/bin/python3 "$srcdir/tests/live/nats_client.py" "$port" "$@"; }
  make_stream () { echo '{"name":"MEMORY","subjects":["memory.>"],"storage":"memory"}' | client '$JS.API.STREAM.CREATE.MEMORY'; }
  live_until make_stream
  for i in 1 2 3 4 5; do echo "message $i"; done | client memory.1
  feed=("url=nats://127.0.0.1:$port" stream=MEMORY consumer=memory-@n retry=1s redeliver=2s)
  count_allocations nats 5 "${feed[@]}"
  try nats 5 "${feed[@]}"
fi

if wanted postgres_poll "$pg/initdb"; then
  as=()
  mkdir "$work/pg"
  if [ "$(id -u)" = 0 ]; then
    as=(runuser -u postgres --)
    chmod 711 "$work"
    chown postgres "$work/pg"
  fi
  database () { (cd "$work/pg" && "${as[@]}" "$pg/pg_ctl" -s -w -D data -l "$work/pg/log" -o "-F -h '' -k '$work/pg'" "$@"); }
  trap 'database -m immediate stop || true; live_end' EXIT
  (cd "$work/pg" && "${as[@]}" "$pg/initdb" -D data -U postgres -A trust --no-sync -E UTF8 --locale=C) >/dev/null
  database start
  sql () { (cd / && "${as[@]}" "$pg/psql" -q -X -h "$work/pg" -U postgres -d postgres -c "$1"); }
  sql "CREATE TABLE gauge (stcd text, tm timestamptz, z int);
    INSERT INTO gauge SELECT i::text, now() - interval '1 min' * i, i FROM generate_series(1, 5) i"
  feed=("connection=host=$work/pg user=postgres dbname=postgres" 'query=SELECT * FROM gauge' time_column=tm key_columns=stcd every=1s retry=1s)
  count_allocations postgres_poll 5 "${feed[@]}"
  try postgres_poll 5 "${feed[@]}"
  cp "$work/postgres_poll.db" "$work/before.db"
  sql "UPDATE gauge SET z = 30 WHERE z = 3; INSERT INTO gauge VALUES ('6', now(), 6)"
  count_allocations postgres_poll 7 "${feed[@]}"
  before=$work/before.db
  try postgres_poll 7 "${feed[@]}"
fi

if [ -z "${allocations:-}" ]; then
  echo "skipped: no server of these transports is installed"
  exit 77
fi
if [ -s "$work/bad" ]; then
  cat "$work/bad"
  live_fail "allocations that fail do harm"
fi
