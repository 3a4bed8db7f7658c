#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The sample configuration of nginx before a real server: TLS, HTTP/2, what carries an id is cached, errors are not, events
# come through. The sample's ports, names and folders are replaced by private ones; everything else is the file as it is.
set -euo pipefail
srcdir=${srcdir:?}
nginx=$(command -v nginx || echo /usr/sbin/nginx)
if [ ! -x "$nginx" ]; then
  echo "nginx is not installed"
  exit 77
fi
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { if [ -s "$work/pid" ]; then kill "$(cat "$work/pid")" || true; fi; server_stop; rm -rf "$work"; }

"$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$work/out" --log-level error --set models.typhoon.map_hours=6 >/dev/null
server_start "$work/out"
trap cleanup EXIT
upstream=${server_url#http://}

free_port () { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
port=$(free_port)
{
  printf 'pid %s/pid; error_log %s/error.log; daemon on; worker_processes 1; %s\n' "$work" "$work" "$([ "$(id -u)" != 0 ] || echo 'user root;')"
  printf 'events { worker_connections 256; }\nhttp { access_log off; client_body_temp_path %s/body;\n' "$work"
  printf 'proxy_temp_path %s/proxy; fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n' "$work" "$work" "$work" "$work"
  sed -e "s,/var/cache/nginx/sanfang,$work/cache," -e "s,127.0.0.1:8036,$upstream," -e "s,listen 443,listen 127.0.0.1:$port," \
    -e "s,/etc/ssl/certs/maps.example.cn.pem,$work/cert.pem," -e "s,/etc/ssl/private/maps.example.cn.key,$work/key.pem," \
    "$srcdir/share/nginx/sanfang.conf"
  printf '}\n'
} >"$work/nginx.conf"
"$nginx" -e "$work/error.log" -p "$work" -c "$work/nginx.conf"

fail () { echo "nginx.sh: $*"; cat "$work/error.log"; exit 1; }
ask () { curl -sSk --http2 "$@"; }
url=https://127.0.0.1:$port
id=$(ask "$url/v1/state" | jq -r .snapshot.id)
tile=snapshots/$id/tiles/wind_max@province/default/c/8/206/50.png

[ "$(ask -o /dev/null -w '%{http_version}' "$url/v1/state")" = 2 ] || fail "no HTTP/2"
ask "$url/$tile" -o "$work/through.png"
curl -sS "$server_url/$tile" -o "$work/direct.png"
cmp "$work/through.png" "$work/direct.png" || fail "another tile through the proxy"
ask -D "$work/head" -o /dev/null "$url/$tile"
grep -qi '^x-cache: HIT' "$work/head" || fail "an unchanging tile was not cached: $(cat "$work/head")"
for _ in 1 2; do ask -D "$work/head" -o /dev/null "$url/snapshots/$id/tiles/nothing/default/c/8/206/50.png"; done
grep -qi '^x-cache: MISS' "$work/head" || fail "an error was cached: $(cat "$work/head")"
ask -H 'Accept-Encoding: gzip' -D "$work/head" -o /dev/null "$url/v1/layers"
grep -qi '^content-encoding: gzip' "$work/head" || fail "documents are not compressed"
grep -qi '^vary: accept-encoding' "$work/head" || fail "caches are not told of the compression"
ask "$url/snapshots/$id/ogc" -H 'Host: elsewhere.example' -o /dev/null
ask "$url/snapshots/$id/ogc" | jq -e 'all(.links[].href; contains("elsewhere") | not)' >/dev/null || fail "links of another host were cached"
[ "$(ask -r 5-14 -D "$work/head" "$url/snapshots/$id/files/manifest.json" | wc -c)" = 10 ] || fail "no part of a file"
grep -qi '^x-cache' "$work/head" && fail "a file went into the cache"
ask "$url/v1/layers" | jq -e '.layers | length > 10' >/dev/null || fail "the layers do not come through"
ask "$url/v1/layers" | jq -er '[.layers[].tiles | select(.)][0] | startswith("https://")' >/dev/null || fail "links do not lead through the proxy"
{ ask -N --max-time 3 "$url/v1/live" || true; } >"$work/events"
grep -q '^event: ' "$work/events" || fail "no event came through"
echo "tiles, cache, errors, compression and events through nginx $("$nginx" -v 2>&1 | sed 's,.*/,,')"
