#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Telemetry through the whole of live ingest: stations send over TCP to three feeds, get the published answers only for what the
# journal holds, and their numbers are in the store; a repeated frame is answered again and held once; a bad one is held too.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
rm "$live/departments/met.yaml"
port () { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
rivers=$(port) movers=$(port)
cat >"$live/departments/water.yaml" <<END
department: water
title: {en: Water, zh: 水务}
feeds:
  rivers:
    title: {en: Rivers, zh: 河道}
    transport: {plugin: tcp_listen, listen: "127.0.0.1:$rivers"}
    protocol: sl651_frames
    decoder: sl651
    cadence: 1h
  movers:
    title: {en: Movers, zh: 船舶}
    transport: {plugin: tcp_listen, listen: "127.0.0.1:$movers"}
    protocol: jt808_frames
    decoder: {plugin: jt808, type: vessel}
    cadence: 1h
END
live_start --only ingest
/usr/bin/python3 "$srcdir/tests/live/streams.py" "$rivers" "$movers"
held () {
  [ "$(live_sql journal/journal.db "SELECT count(*) FROM message JOIN name ON name.id = feed WHERE name.text = '$1'")" = "$2" ]
}
live_wait 60 held rivers 2
live_wait 60 held movers 1
last () { [ "$(live_sql store/catalog.db "SELECT $2 FROM last_$1 WHERE subject = '$3'")" = "$4" ]; }
live_wait 60 last observation "sum(quantity = 'river_level' AND value = 10.49)" 11223344 1
live_wait 60 last position "type || ' ' || lon || ' ' || lat" 123456789012 "vessel 132.444444 12.222222"
live_stop
