#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# /v1/place against the snapshot's tables, read by SQLite: every county, every value of every table that names it.
set -euo pipefail
srcdir=${srcdir:?}
if [ ! -e "${SANFANG_DATA:?}/counties.gpkg" ] && ! ls "$SANFANG_DATA"/counties* >/dev/null 2>&1; then
  echo "no county boundaries were fetched"
  exit 77
fi
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }

"$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$work/out" --log-level error --set models.typhoon.map_hours=6 >/dev/null
server_start "$work/out"
trap cleanup EXIT
fail () { echo "place.sh: $*"; exit 1; }

/usr/bin/python3 "$srcdir/tests/service/place.py" "$server_url" "$work/out/current/data/tables.gpkg"

ask () { curl -sS "$server_url/$1"; }
for words in haikou HAIKOU 海口 460100 4601; do
  found=$(curl -sS -G "$server_url/v1/place" --data-urlencode "q=$words" | jq -r '[.places[].code] | join(" ")')
  [ "${found%% *}" = 460100 ] || fail "q=$words finds '$found'"
done
ask 'v1/place?q=nowhere' | jq -e '.places == []' >/dev/null || fail "a place that is nowhere"
ask v1/place/999999 | jq -e '.status == 404 and (.detail | contains("999999"))' >/dev/null || fail "an unknown code"
ask v1/place/460100/x | jq -e '.status == 404' >/dev/null || fail "something below a place"
url=$(ask 'v1/place?q=460100' | jq -r '.places[0].url')
curl -sS "$url?time=2014-07-18T06:00:00Z" >"$work/place"
jq -e '.code == "460100" and .point.time == "2014-07-18T06:00:00Z"' "$work/place" >/dev/null || fail "the place behind its address"
query=$(jq -r '"v1/point?lon=\(.lon)&lat=\(.lat)&time=2014-07-18T06:00:00Z"' "$work/place")
[ "$(jq -c '.point | del(.now) | .layers |= map(del(.age_s))' "$work/place")" = "$(ask "$query" | jq -c 'del(.now) | .layers |= map(del(.age_s))')" ] \
  || fail "another answer at the seat"
