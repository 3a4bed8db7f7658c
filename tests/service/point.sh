#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# /v1/point says what `sanfang query point` says, for random places and times; and what is no place is refused in words.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }

"$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out"
trap cleanup EXIT
fail () { echo "point.sh: $*"; exit 1; }

/usr/bin/python3 "$srcdir/tests/service/point.py" "$server_url" "$work/out" "${POINT_REQUESTS:-2000}" "${POINT_COMPARED:-20}" \
  "${SF_TEST_SEED:-$RANDOM}"

refused () {
  local status
  status=$(curl -sS -o "$work/body" -w '%{http_code}' "$server_url/v1/point$1")
  [ "$status" = "$2" ] || fail "$1 gives $status: $(cat "$work/body")"
  jq -e --arg words "$3" '.detail | contains($words)' "$work/body" >/dev/null || fail "$1 says: $(cat "$work/body")"
}
refused '' 400 'lon is missing'
refused '?lon=110' 400 'lat is missing'
refused '?lon=nan&lat=20' 400 'lon must be a number'
refused '?lon=110&lat=1e999' 400 'lat must be'
refused '?lon=110&lat=90.001' 400 'lat must be from -90 to 90'
refused '?lon=361&lat=20' 400 'lon must be from -360 to 360'
refused '?lon=110&lat=20&time=yesterday' 400 'time: '
refused '?lon=110&lat=20&time=2014-07-18T14:00' 400 'no time zone'
refused '/x?lon=110&lat=20' 404 'nothing below it'

ask () { curl -sS "$server_url/$1"; }
ask 'v1/point?lon=0&lat=0' | jq -e '.layers == [] and .areas == []' >/dev/null || fail "something is said where nothing is"
here=$(ask 'v1/point?lon=110.35&lat=20.02' | jq -c '[.layers, .areas]' | sed 's/"age_s":[0-9]*//g')
there=$(ask 'v1/point?lon=-249.65&lat=20.02' | jq -c '[.layers, .areas]' | sed 's/"age_s":[0-9]*//g')
[ "$here" = "$there" ] || fail "a whole turn leads to another place"
id=$(ask v1/state | jq -r .snapshot.id)
ask "snapshots/$id/v1/point?lon=110.35&lat=20.02" | jq -e --arg id "$id" '.snapshot == $id' >/dev/null || fail "pinned"
ask 'v1/point?lon=110.35&lat=20.02&time=2099-01-01T00:00:00Z' \
  | jq -e '[.layers[] | select(.kind == "cube")] | length > 0 and all(.value == null and .valid_time == null and (.meaning.zh | contains("无数据")))' \
    >/dev/null || fail "a time without steps"
