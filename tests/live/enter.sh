#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A person enters and corrects a level while ingest runs: it picks both up by itself, and a replay of the journal gives the same
# rows.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
live_start --only ingest

level () {
  "$SANFANG" "$1" obs --data "$live/data" --feed best --asset 60102300 --quantity water_level --value "$2" \
    --time "2024-09-06 18:00+08:00" --by Wang --why "phone call" --new-feed
}
rows () { sqlite3 -cmd '.timeout 10000' "$1"/store/observations-20240906.db "SELECT value, revision, quality FROM observation ORDER BY revision" | tr '\n' ' '; }
rows_are () { [ "$(rows "$live/data")" = "$1" ]; }

begun=$(date +%s%N)
level enter 12.34
live_wait 30 rows_are '12.34|0|0 '
echo "from entry to store in $((($(date +%s%N) - begun) / 1000000)) ms"
level correct 12.43
live_wait 30 rows_are '12.34|0|0 12.43|1|1 '
# What a decoder does not read gets a verdict that people can see.
printf 'no track at all\n' >"$live/post" && mv "$live/post" "$live/spool/rubbish.txt"
quarantined () { "$SANFANG" journal quarantine --data "$live/data" --format json | jq -e 'select(.source | endswith("rubbish.txt"))'; }
live_wait 30 quarantined
live_stop
"$SANFANG" replay "$live/live.yaml" --data "$live/data" --into "$live/again"
[ "$(rows "$live/again")" = '12.34|0|0 12.43|1|1 ' ]
"$SANFANG" journal check --data "$live/data"
