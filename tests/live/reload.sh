#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A running instance: a file is in the store soon, a new department is taken without a restart, a broken one leaves the old
# feeds at work under a named alarm until it is mended, one folder has one ingest, and it stops in order while busy.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
live_start

# From file to store and board. The aim is 2 s; a busy machine may take longer.
begun=$(date +%s%N)
live_post "$live/spool" 1
live_wait 30 live_has_rows 2
echo "from file to store in $((($(date +%s%N) - begun) / 1000000)) ms"
live_wait 10 live_board_says 'f["best"]["records"] == 2'
live_wait 10 test ! -e "$live/spool/storm-1.txt"

# Another ingest on the same folder is refused in words.
if "$SANFANG" serve "$live/live.yaml" --data "$live/data" --only ingest >"$live/second" 2>&1; then exit 1; fi
grep -q 'another ingest (process [0-9]*) works on' "$live/second"

# A new department.
mkdir "$live/spool2"
live_post "$live/spool2" 2
begun=$(date +%s%N)
live_department sea second spool2
live_wait 30 live_has_rows 2 second
live_wait 10 live_board_says 'f["second"]["records"] == 2'
echo "from a new department's file to store in $((($(date +%s%N) - begun) / 1000000)) ms"

# A broken file.
cp "$live/departments/sea.yaml" "$live/sea.good"
sed 's/cadence/cadance/' "$live/sea.good" >"$live/departments/sea.yaml"
live_wait 30 live_board_says '"departments" in alarms'
live_board 'alarms["departments"]' | grep -q 'sea.yaml:8:.*cadance.*cadence' || { live_board alarms; exit 1; }
{ cat "$live/sea.good"; echo '    quality: {quantities: {presure: {soft: [900, 1050]}}}'; } >"$live/departments/sea.yaml"
live_wait 30 live_board_says '"presure" in alarms["departments"]'
live_post "$live/spool2" 3
live_wait 30 live_has_rows 4 second
cp "$live/sea.good" "$live/departments/sea.yaml"
live_wait 30 live_board_says '"departments" not in alarms'

# A department that goes, and a reload that is asked for.
rm "$live/departments/sea.yaml"
live_wait 30 live_board_says '"second" not in f'
kill -HUP "$live_pid"
live_post "$live/spool" 4
live_wait 30 live_has_rows 4 best
is_read_thrice () { [ "$(grep -c '1 feeds into' "$live/log")" -ge 3 ]; }
live_wait 30 is_read_thrice

# Stopped while busy: what is gone from the spool is in the journal, and nothing is left half.
for i in $(seq 100 399); do live_post "$live/spool" "$i"; done
live_stop
live_board_says 'b["ingest_pid"] == 0'
left=$(find "$live/spool" -type f | wc -l)
held=$(live_sql journal/journal.db "SELECT count(*) FROM message")
[ "$held" -ge $((304 - left)) ] || { echo "$held messages are held, $left files are left of 304"; exit 1; }
live_start
live_wait 60 live_has_rows 604 best
live_stop
[ "$(live_sql journal/journal.db "SELECT count(*) FROM message")" = 304 ]
