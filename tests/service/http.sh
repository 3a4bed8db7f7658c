#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What RFC 9110 and 9111 say of caches, ranges and revalidation, asked for with curl; snapshots that are missing, damaged and made
# again; and OGC API by its own words (features.py).
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
trap cleanup EXIT
fail () { echo "http.sh: $*"; cat "$work/head" "$server_log"; exit 1; }

"$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$work/out" --log-level error --set models.typhoon.map_hours=6 >/dev/null
server_start "$work/out"
trap cleanup EXIT
id=$(curl -sS "$server_url/v1/state" | jq -r .snapshot.id)

# ask PATH [CURL ARGUMENT...]: the status; head and body are kept.
ask () { : >"$work/body"; curl -sS -D "$work/head" -o "$work/body" -w '%{http_code}' "${@:2}" "$server_url$1"; }
# is STATUS PATH [CURL ARGUMENT...]
is () { local status; status=$(ask "${@:2}"); [ "$status" = "$1" ] || fail "${*:2} gives $status, not $1"; }
value () { tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip"; }
says () { [ "$(value "$1")" = "$2" ] || fail "$1 is '$(value "$1")', not '$2'"; }

# Only what belongs to a snapshot is for ever, and never an error.
is 200 "/snapshots/$id/v1/layers"
says Cache-Control 'public, max-age=31536000, immutable'
is 200 "/snapshots/$id/"
says Cache-Control no-cache
is 404 "/snapshots/$id/tiles/nothing/default/c/8/206/50.png"
says Cache-Control no-store
is 200 /tiles/wind_max@province/default/c/8/206/50.png
says Cache-Control no-store
is 200 /v1/layers
says Cache-Control no-cache
says Access-Control-Expose-Headers '*'

# Revalidation: the tag, weakened by a proxy, in a list; another is no match.
tag=$(value ETag)
for held in "$tag" "W/$tag" "\"x\", $tag"; do
  is 304 /v1/layers -H "If-None-Match: $held"
  says ETag "$tag"
  says Cache-Control no-cache
  [ ! -s "$work/body" ] || fail "a 304 with a body"
done
is 200 /v1/layers -H 'If-None-Match: "x"'
is 304 /v1/layers -H 'If-None-Match: *'
is 304 /files/manifest.json -H 'If-None-Match: *'
is 404 /ogc/nothing -H 'If-None-Match: *'

# A packed answer is another representation: another tag, and told apart by caches.
tile=/snapshots/$id/vector/counties/w/6/51/28.mvt
is 200 "$tile" -H 'Accept-Encoding: gzip'
says Content-Encoding gzip
says Vary Accept-Encoding
packed=$(value ETag)
is 304 "$tile" -H 'Accept-Encoding: gzip' -H "If-None-Match: $packed"
says Vary Accept-Encoding
is 200 "$tile" -H "If-None-Match: $packed"
says Vary Accept-Encoding

# Ranges: for GET alone, and only of the state that the client began with.
is 200 /files/manifest.json
cp "$work/body" "$work/whole"
tag=$(value ETag)
is 206 /files/manifest.json -H 'Range: bytes=5-14'
says Content-Range "bytes 5-14/$(stat -c %s "$work/whole")"
cmp "$work/body" <(tail -c +6 "$work/whole" | head -c 10) || fail "other bytes"
is 206 /files/manifest.json -H 'Range: bytes=-7'
cmp "$work/body" <(tail -c 7 "$work/whole") || fail "other bytes at the end"
is 206 /files/manifest.json -H 'Range: bytes=5-14' -H "If-Range: $tag"
is 200 /files/manifest.json -H 'Range: bytes=5-14' -H 'If-Range: "of another snapshot"'
cmp "$work/body" "$work/whole" || fail "not the whole file"
is 200 /files/manifest.json -H 'Range: bytes=5-14' -I
is 416 /files/manifest.json -H 'Range: bytes=99999999-'
says Content-Range "bytes */$(stat -c %s "$work/whole")"
says Cache-Control no-store

for url in maps.example.cn https:// https://maps.example.cn/ 'https://maps example.cn'; do
  "$SANFANG" serve --data "$work/out" --listen 127.0.0.1:0 --set "service.public_url=$url" 2>"$work/head" && fail "public_url=$url"
  grep -q 'public_url' "$work/head" || fail "public_url=$url"
done

is 405 /v1/layers -X DELETE
says Allow 'GET, HEAD, OPTIONS'
is 404 /snapshots/nothing/v1/layers
! grep -q "$work" "$work/body" || fail "a path of this machine: $(cat "$work/body")"
/usr/bin/python3 "$srcdir/tests/service/features.py" "$server_url"

# A snapshot whose manifest is damaged: the server's fault, said without paths; made again under its id, it is served.
cp -a "$work/out" "$work/again"
server_stop
server_start "$work/out"
trap cleanup EXIT
cp -a "$work/out/snapshots/$id" "$work/out/snapshots/old"
is 500 /snapshots/old/v1/layers
! grep -q "$work" "$work/body" || fail "a path of this machine: $(cat "$work/body")"
grep -q 'snapshot old cannot be opened' "$server_log" || fail "the log says nothing of it"
server_stop
echo '{' >"$work/out/snapshots/$id/manifest.json"
server_start "$work/out"
trap cleanup EXIT
is 503 /v1/layers
mv "$work/out/snapshots/$id" "$work/damaged"
mv "$work/again/snapshots/$id" "$work/out/snapshots/$id"
for _ in $(seq 100); do [ "$(ask /v1/layers)" != 200 ] || break; sleep 0.1; done
is 200 /v1/layers
echo "caches, revalidation, ranges, and snapshots made again"
