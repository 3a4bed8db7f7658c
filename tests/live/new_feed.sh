#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A new feed is one YAML entry: a table of seven columns in GBK, added to a running instance, is in the store and on the board
# soon (the aim is 2 s; it is printed).
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
live_start --only ingest,service
mkdir "$live/gauges"
/usr/bin/python3 - "$live/gauges/rain.csv" <<'END'
import datetime, sys
now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)
hour = now.strftime("%Y-%m-%d %H:00")
rows = ["站码,站名,时间,经度,纬度,时段雨量,风速"]
rows += [f"6{i:04d},海口站{i},{hour},{110 + i / 100:.2f},{19.5 + i / 200:.3f},{i / 10},{i % 20}" for i in range(50)]
open(sys.argv[1], "wb").write("\n".join(rows).encode("gbk"))
END
begun=$(date +%s%N)
cat >"$live/departments/gauges.part" <<END
department: gauges
title: {en: Gauges, zh: 雨量站}
feeds:
  gauges:
    title: {en: Rain gauges, zh: 雨量站}
    transport: {plugin: spool, path: $live/gauges}
    decoder:
      plugin: delimited
      charset: gbk
      map:
        record: observation
        id: "{站码}"
        time: {column: 时间, format: "%Y-%m-%d %H:%M", zone: "+08:00"}
        position: {lon: {column: 经度}, lat: {column: 纬度}, crs: cgcs2000}
        quantities:
          - {quantity: rain_amount, column: 时段雨量, unit: mm, period: 1h}
          - {quantity: wind_speed, column: 风速, unit: m/s}
    cadence: 1h
END
mv "$live/departments/gauges.part" "$live/departments/gauges.yaml"
has_all () { [ "$(live_sql store/catalog.db "SELECT count(*) FROM last_observation WHERE feed = 'gauges'")" = 100 ]; }
live_wait 30 has_all
echo "from a new entry to the store in $((($(date +%s%N) - begun) / 1000000)) ms"
live_wait 10 live_board_says 'f["gauges"]["records"] == 100 and f["gauges"]["rejects"] == 0'
echo "and to the board in $((($(date +%s%N) - begun) / 1000000)) ms"
[ "$(live_sql store/catalog.db "SELECT value FROM last_observation WHERE subject = '60007' AND quantity = 'rain_amount'")" = 0.7 ]
live_stop
