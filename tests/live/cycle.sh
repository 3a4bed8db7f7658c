#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A cycle on the store: the same best track gives the same landfalls from the store as from its file; before it was received
# nothing is known; the snapshot's lineage names the bytes of the journal; a live cycle follows new records by itself.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
track=$(realpath "$srcdir")/share/scenarios/data/rammasun-2014-cma.txt
clock=2036-07-20T08:00:00+08:00 # after any clock that runs this test
cat >>"$live/live.yaml" <<'END'
cycle: {every: 1h, settle: 1s}
datasets:
  tracks: {records: track, feeds: [best], storm: "1409"}
models: {ground: {}, typhoon: {}}
answers:
  - {dataset: track_points, columns: [storm, time, longitude, latitude, wind_speed]}
END
sed "s|^clock: now|clock: $clock|; s|^departments:.*|records: store\ndepartments: departments|" "$live/live.yaml" >"$live/stored.yaml"
sed "s|^clock: now|clock: $clock|; s|^departments:.*|feeds: {best: {transport: {plugin: spool, path: $track}, decoder: cma_bst}}|" \
  "$live/live.yaml" >"$live/read.yaml"

live_start --only ingest,cycle
cp "$track" "$live/spool/.part" && mv "$live/spool/.part" "$live/spool/track.txt"
live_wait 60 live_has_rows "$("$SANFANG" decode cma_bst "$track" --json 2>/dev/null | wc -l)"
live_wait 120 grep -Eq 'snapshot .*: [1-9][0-9]* records' "$live/log"
live_stop

"$SANFANG" run "$live/stored.yaml" -o "$live/data" >"$live/stored" 2>"$live/log.stored"
"$SANFANG" run "$live/read.yaml" -o "$live/again" >"$live/read" 2>"$live/log.read"
points () { sed -n '/2014-07/p' "$1"; }
[ "$(points "$live/stored" | wc -l)" -ge 20 ]
diff <(points "$live/stored") <(points "$live/read")

# The lineage leads to the journal's bytes.
digest=$(sha256sum <"$track" | cut -d' ' -f1)
grep -q "\"sha256\": *\"$digest\"" "$live/data/current/manifest.json"

# A clock before it was received knows nothing of it.
sed "s|^clock: .*|clock: 2014-07-20T08:00:00+08:00|" "$live/stored.yaml" >"$live/early.yaml"
"$SANFANG" run "$live/early.yaml" -o "$live/data" >"$live/early" 2>"$live/log.early"
grep -q 'no record of 0 answers' "$live/log.early"
[ "$(points "$live/early" | wc -l)" = 0 ]
echo "a cycle takes from the store what was known at its clock"
