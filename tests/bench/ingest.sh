#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Live ingest under a mixed load over real transports: tables in a spool folder, lines over
# TCP and UDP, frames of JT/T 808. Beside CPU and memory of the
# process and its workers it measures from arrival to the store. One JSON line.
#   INGEST_BENCH_S     how long (30); 600 for the bar
#   INGEST_BENCH_RATE  records a second (5000)
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
rm "$live/departments/met.yaml"
read -r lines_port frames_port udp_port < <(/usr/bin/python3 -c '
import socket
ends = [socket.socket() for _ in range(3)]
for end in ends:
    end.bind(("127.0.0.1", 0))
print(*(end.getsockname()[1] for end in ends))')
# line_feed NAME TRANSPORT PORT: lines "id,time,wind".
line_feed () {
  cat <<END
  $1:
    title: {en: Lines, zh: 行}
    transport: {plugin: $2, listen: "127.0.0.1:$3"}
    protocol: line
    decoder:
      plugin: delimited
      header_lines: 0
      columns: [id, time, wind]
      map:
        record: observation
        id: "{id}"
        time: {column: time, format: "%Y-%m-%d %H:%M:%S", zone: "+08:00"}
        quantities: [{quantity: wind_speed, column: wind, unit: m/s}]
    cadence: 1min
END
}
cat >"$live/departments/load.yaml" <<END
department: load
title: {en: Load, zh: 负载}
feeds:
$(line_feed lines tcp_listen "$lines_port")
$(line_feed datagrams udp_listen "$udp_port")
  terminals:
    title: {en: Terminals, zh: 终端}
    transport: {plugin: tcp_listen, listen: "127.0.0.1:$frames_port"}
    protocol: jt808_frames
    decoder: jt808
    cadence: 1min
  tables:
    title: {en: Tables, zh: 表格}
    transport: {plugin: spool, path: $live/spool, after: delete}
    decoder:
      plugin: delimited
      map:
        record: observation
        id: "{id}"
        time: {column: time, format: "%Y-%m-%d %H:%M:%S", zone: "+08:00"}
        quantities:
          - {quantity: rain_amount, column: rain, unit: mm, period: 1h}
          - {quantity: wind_speed, column: wind, unit: m/s}
    cadence: 1min
END
live_start --only ingest
is_listening () { (exec 3<>"/dev/tcp/127.0.0.1/$frames_port") 2>/dev/null; }
live_wait 30 is_listening
/usr/bin/python3 "$srcdir/tests/bench/ingest.py" "$live/spool" "$lines_port,$frames_port,$udp_port" "${INGEST_BENCH_S:-30}" "${INGEST_BENCH_RATE:-5000}" "$live_pid" \
  || { cat "$live/log" >&2; exit 1; }
grep -q ' warning \| error ' "$live/log" && cat "$live/log" >&2
live_board '{name: {key: feed[key] for key in ("messages", "records", "rejects", "queue_messages")} for name, feed in f.items()}' >&2
live_stop
