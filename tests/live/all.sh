# SPDX-License-Identifier: Apache-2.0
# One instance that is fed over every transport at once, by senders.py and private servers. Source it, then `all_make`, which
# sets $live as serving.sh does; `all_send` starts the senders, `all_sent` ends them and waits until all they sent is safe.
. "${srcdir:?}/tests/live/serving.sh"
PATH=$PATH:/usr/sbin
export PYTHONDONTWRITEBYTECODE=1
all_postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
all_as=()
all_broker= all_stream= all_senders=

all_clean () {
  [ ! -d "$live/postgres" ] || all_database -m immediate stop >/dev/null 2>&1 || true
  live_clean
}

all_has () { # TRANSPORT SERVER
  [ -e "${builddir:?}/modules/.libs/$1.so" ] && command -v "$2" >/dev/null
}

all_ports () {
  /usr/bin/python3 -c '
import socket
ends = [socket.socket() for _ in range(5)]
for end in ends:
    end.bind(("127.0.0.1", 0))
print(*(end.getsockname()[1] for end in ends))'
}

all_is_open () { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# all_feed NAME TITLE TRANSPORT [MORE]: a feed of JSON documents.
all_feed () {
  cat <<END
  $1:
    title: {en: Feed $1, zh: 数据}
    transport: {$2}
    ${3:-}
    decoder:
      plugin: json_map
      map:
        record: observation
        id: "{/id}"
        time: ${4:-{pointer: /t, format: epoch_s\}}
        quantities: [{quantity: water_depth, pointer: /v, unit: m}]
    cadence: 1min
END
}

all_feeds () {
  cat <<END
department: all
title: {en: Every transport, zh: 全部传输}
feeds:
  spool:
    title: {en: Tables, zh: 表格}
    transport: {plugin: spool, path: $live/spool, after: delete, ignore: ".*"}
    decoder:
      plugin: delimited
      map:
        record: observation
        id: "{id}"
        time: {column: t, format: epoch_s}
        quantities: [{quantity: water_depth, column: v, unit: m}]
    cadence: 1min
  jt808:
    title: {en: Terminals, zh: 终端}
    transport: {plugin: tcp_listen, listen: "127.0.0.1:$frames_port"${all_connections:+, connections: $all_connections}}
    protocol: jt808_frames
    decoder: jt808
    cadence: 1min
END
  all_feed udp "plugin: udp_listen, listen: \"127.0.0.1:$lines_port\"" "protocol: line"
  all_feed http "plugin: http_poll, url: \"http://127.0.0.1:$http_port/\", every: 1s, timeout: 2s, retry: 1s"
  [ -z "$all_broker" ] || all_feed mqtt "plugin: mqtt, host: 127.0.0.1, port: $mqtt_port, topics: [\"stations/#\"], client_id: board, retry: 1s"
  [ -z "$all_stream" ] || all_feed nats "plugin: nats, url: \"nats://127.0.0.1:$nats_port\", stream: STATIONS, consumer: board, retry: 1s, redeliver: 3s"
  [ ! -d "$live/postgres" ] || all_feed postgres "plugin: postgres_poll, connection: \"host=$live/postgres user=postgres dbname=postgres\",
      query: \"SELECT id, tm, v, n, written FROM reading\", time_column: written, key_columns: [n], every: 1s, overlap: 1min, retry: 1s" "" \
    "{pointer: /tm, format: iso, zone: in_data}"
}

all_broker_start () {
  mosquitto -c "$live/broker.conf" >>"$live/server.mqtt" 2>&1 &
  all_broker=$!
  live_pids+=("$all_broker")
  live_wait 30 all_is_open "$mqtt_port"
}

# The session is there before the first message is.
all_make_broker () {
  cat >"$live/broker.conf" <<END
$([ "$(id -u)" != 0 ] || echo user root)
persistence true
persistence_location $live/
autosave_on_changes true
autosave_interval 1
max_queued_messages 1000000
listener $mqtt_port 127.0.0.1
allow_anonymous true
END
  all_broker_start
  mosquitto_sub -h 127.0.0.1 -p "$mqtt_port" -c -i board -q 1 -t 'stations/#' -E
}

all_stream_start () {
  nats-server -c "$live/stream.conf" >>"$live/server.nats" 2>&1 &
  all_stream=$!
  live_pids+=("$all_stream")
  live_wait 30 all_is_open "$nats_port"
}

all_make_stream () {
  printf 'listen: "127.0.0.1:%s"\njetstream { store_dir: "%s/stream" }\n' "$nats_port" "$live" >"$live/stream.conf"
  all_stream_start
  # shellcheck disable=SC2016
  is_made () {
    echo '{"name":"STATIONS","subjects":["stations.>"],"storage":"file"}' |
      /usr/bin/python3 "$srcdir/tests/live/nats_client.py" "$nats_port" '$JS.API.STREAM.CREATE.STATIONS'
  }
  live_wait 30 is_made
}

all_database () { (cd "$live/postgres" && "${all_as[@]}" "$all_postgres/pg_ctl" -s -w -D data -l "$live/postgres/log" "$@"); }

all_make_database () {
  mkdir "$live/postgres"
  if [ "$(id -u)" = 0 ]; then
    all_as=(runuser -u postgres --)
    chown postgres "$live/postgres"
    chmod a+x "$live"
  fi
  (cd "$live/postgres" && "${all_as[@]}" "$all_postgres/initdb" -D data -U postgres -A trust --no-sync -E UTF8 --locale=C) >/dev/null
  printf "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n" "$live/postgres" |
    "${all_as[@]}" tee -a "$live/postgres/data/postgresql.conf" >/dev/null
  all_database start
  all_sql=("${all_as[@]}" "$all_postgres/psql" -q -X -v ON_ERROR_STOP=1 -h "$live/postgres" -U postgres -d postgres)
  (cd / && "${all_sql[@]}" -c 'CREATE TABLE reading (id text, tm timestamptz, v float8, n int PRIMARY KEY, written timestamptz DEFAULT clock_timestamp());
    CREATE INDEX ON reading (written)')
}

all_make () {
  live_make
  trap all_clean EXIT
  rm "$live/departments/met.yaml"
  mkdir "$live/sent"
  # A whole minute of yesterday: days change among the records.
  echo $((($(date +%s) - 86400) / 60 * 60)) >"$live/sent/base"
  read -r frames_port lines_port http_port mqtt_port nats_port < <(all_ports)
  if all_has mqtt mosquitto; then all_make_broker; fi
  if all_has nats nats-server; then all_make_stream; fi
  if all_has postgres_poll "$all_postgres/initdb"; then all_make_database; fi
  all_feeds >"$live/departments/all.yaml"
}

all_send () {
  local places=("spool=$live/spool" "jt808=$frames_port" "udp=$lines_port" "http=$http_port")
  [ -z "$all_broker" ] || places+=("mqtt=$mqtt_port")
  [ -z "$all_stream" ] || places+=("nats=$nats_port")
  [ ! -d "$live/postgres" ] || places+=("postgres=${all_sql[*]}")
  (cd / && exec /usr/bin/python3 "$srcdir/tests/live/senders.py" send "$live/sent" "${places[@]}") >"$live/log.senders" 2>&1 &
  all_senders=$!
  live_pids+=("$all_senders")
}

all_check () { /usr/bin/python3 "$srcdir/tests/live/senders.py" check "$live/sent" "$live/data"; }

# A running instance takes what is left; then each message is where it belongs, once.
all_sent () {
  touch "$live/sent/stop"
  wait "$all_senders" || { cat "$live/log.senders" "$live/log" >&2; exit 1; }
  local end=$((SECONDS + 60))
  until all_check >"$live/checked" 2>&1; do
    if [ "$SECONDS" -gt "$end" ]; then
      cat "$live/checked"
      tail -n 30 "$live/log" >&2
      exit 1
    fi
    sleep 0.2
  done
  cat "$live/checked"
}
