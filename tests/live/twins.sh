#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two numbers for one station: the board says so after a look, which a changed department asks for at once, and no longer when the
# department says that they are two. No row is touched.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make

# gauges MORE: the department, with more lines of quality control.
gauges () {
  cat >"$live/departments/gauges.part" <<END
department: gauges
title: {en: Gauges, zh: 水位站}
feeds:
  levels:
    title: {en: Levels, zh: 水位}
    transport: {plugin: spool, path: $live/spool2, after: delete}
    decoder:
      plugin: delimited
      map:
        record: observation
        id: "{id}"
        time: {column: time, format: epoch_s}
        position: {lon: {column: lon}, lat: {column: lat}, crs: cgcs2000}
        quantities: [{quantity: water_level, column: level, unit: m}]
    quality: {quantities: {water_level: {step: none, stuck: none}}$1}
END
  mv "$live/departments/gauges.part" "$live/departments/gauges.yaml"
}

mkdir "$live/spool2"
gauges ""
hour=$(($(date +%s) / 3600 * 3600))
{
  echo id,time,lon,lat,level
  for i in $(seq 13); do
    for id in 60102300 60102301 60102302; do
      echo "$id,$((hour - i * 3600)),$([ $id = 60102302 ] && echo 110.5 || echo 110.4),20.0,3.$((i * 7 % 10))"
    done
  done
} >"$live/levels.csv"
live_start --only ingest
mv "$live/levels.csv" "$live/spool2/"
live_wait 30 live_board_says 'f["levels"]["records"] == 39'
gauges ", clock: {ahead: 11min}"
live_wait 30 live_board_says '"duplicate_stations" in alarms'
live_board 'alarms["duplicate_stations"]' | tee /dev/stderr |
  grep -q '^1: 60102300 (levels) and 60102301 (levels), 0 m apart: the same water_level in 12 reports$'
gauges ", agreement: {twins: [[\"60102301\", \"60102300\"]]}"
live_wait 30 live_board_says '"duplicate_stations" not in alarms'
live_board_says 'f["levels"]["doubtful"] == 0'
live_stop
