#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The sample cache of Tianditu's maps before a stand-in for Tianditu that answers as public notes say: a picture for the right
# key, JSON with status 403 for a wrong one, JSON with status 200 once the quota is used up. Pictures are kept and outlive the
# source; nothing else is kept; calls are limited; the key stays inside.
set -euo pipefail
srcdir=${srcdir:?}
nginx=$(command -v nginx || echo /usr/sbin/nginx)
if [ ! -x "$nginx" ]; then
  echo "nginx is not installed"
  exit 77
fi
work=$(mktemp -d)
source_pid=
cleanup () {
  if [ -n "$source_pid" ]; then kill "$source_pid" 2>/dev/null || true; fi
  if [ -s "$work/pid" ]; then kill "$(cat "$work/pid")" || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
fail () { echo "tianditu.sh: $*"; cat "$work/error.log" 2>/dev/null; exit 1; }

cat >"$work/source.py" <<'PYTHON'
import http.server, os, sys, urllib.parse
folder = sys.argv[1]
class Source(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        with open(folder + '/calls', 'a') as calls:
            calls.write(self.path + '\n')
        if query.get('tk') != 'RIGHT':
            self.answer(403, 'application/json', b'{"code":301012,"msg":"wrong type of key"}')
        elif os.path.exists(folder + '/used_up'):
            self.answer(200, 'application/json', b'{"code":302,"msg":"quota"}')
        else:
            self.answer(200, 'image/png', b'\x89PNG\r\n\x1a\n' + self.path.encode())
    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', 'max-age=432000')
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Source)
open(folder + '/port', 'w').write(str(server.server_port))
server.serve_forever()
PYTHON
/usr/bin/python3 "$work/source.py" "$work" &
source_pid=$!
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
source_port=$(cat "$work/port")
free_port () { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
inside=$(free_port) outside=$(free_port)

# start KEY BURST: nginx with the sample; only addresses, folders, the key and the size of the burst are replaced.
start () {
  {
    printf 'pid %s/pid; error_log %s/error.log; daemon on; worker_processes 1; %s\n' "$work" "$work" "$([ "$(id -u)" != 0 ] || echo 'user root;')"
    printf 'events { worker_connections 64; }\nhttp { access_log off; client_body_temp_path %s/b;\n' "$work"
    printf 'proxy_temp_path %s/p; fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n' "$work" "$work" "$work" "$work"
    sed -e "s,/var/cache/nginx/tianditu,$work/cache," -e "s,127.0.0.1:8037,127.0.0.1:$inside," -e "s,127.0.0.1:8038,127.0.0.1:$outside," \
      -e "s,YOUR_SERVER_KEY,$1," -e "s,burst=5000,burst=$2," -e '/resolver /d' -e '/proxy_ssl_/d' \
      -e "s,https://\$tianditu_host.tianditu.gov.cn,http://127.0.0.1:$source_port," "$srcdir/share/nginx/tianditu.conf"
    printf '}\n'
  } >"$work/nginx.conf"
  "$nginx" -e "$work/error.log" -p "$work" -c "$work/nginx.conf"
}
stop () {
  kill "$(cat "$work/pid")"
  for _ in $(seq 100); do [ -e "$work/pid" ] || return 0; sleep 0.05; done
}
calls () { wc -l <"$work/calls"; }
ask () { curl -s -o "$work/body" -D "$work/head" -w '%{http_code}' "http://127.0.0.1:$outside/tianditu/$1"; }
: >"$work/calls"

start RIGHT 5
[ "$(ask vec_c/7/103/25)" = 200 ] || fail "no tile: $(cat "$work/head")"
grep -q 'LAYER=vec&STYLE=default&TILEMATRIXSET=c&FORMAT=tiles&TILEMATRIX=7&TILEROW=25&TILECOL=103' "$work/body" || fail "another address: $(cat "$work/body")"
grep -qi RIGHT "$work/head" && fail "the key is in the head"
[ "$(ask vec_c/7/103/25)" = 200 ] && grep -qi '^x-cache: HIT' "$work/head" || fail "the tile was not kept"
[ "$(ask 'vec_c/7/103/25?another=1')" = 200 ] && grep -qi '^x-cache: HIT' "$work/head" || fail "a question mark makes another tile"
[ "$(calls)" = 1 ] || fail "a kept tile cost a call"
[ "$(ask vec_c/19/103/25)" = 502 ] && [ "$(calls)" = 1 ] || fail "a level that is not there cost a call"

touch "$work/used_up"
[ "$(ask img_w/7/103/56)" = 200 ] && grep -q quota "$work/body" || fail "the stand-in said something else"
rm "$work/used_up"
ask img_w/7/103/56 >/dev/null
grep -q PNG "$work/body" || fail "an answer that is no picture was kept"

[ "$(ask nothing_c/1/1/1)" = 502 ] && grep -qi '^cache-control: no-store' "$work/head" || fail "an unknown layer: $(cat "$work/head")"
before=$(calls)
for x in $(seq 30); do ask "cva_c/7/$x/25" >/dev/null; done
[ $(($(calls) - before)) -le 6 ] || fail "30 tiles made $(($(calls) - before)) calls against a burst of 5"
[ "$(ask cva_c/7/30/25)" = 502 ] && grep -qi '^cache-control: no-store' "$work/head" || fail "beyond the limit: $(cat "$work/head")"
stop

start WRONG 5
[ "$(ask ter_c/7/103/25)" = 502 ] && grep -qi '^cache-control: no-store' "$work/head" || fail "a wrong key: $(cat "$work/head")"
stop

kill "$source_pid"
wait "$source_pid" 2>/dev/null || true
source_pid=
start RIGHT 5
[ "$(ask vec_c/7/103/25)" = 200 ] || fail "a kept tile does not outlive its source"
[ "$(ask vec_c/7/104/25)" = 502 ] || fail "a source that is gone"
echo "pictures kept, JSON and errors not, calls limited, key inside, kept tiles outlive the source"
