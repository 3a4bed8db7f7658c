#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is asked wrongly is refused with the right status and in words; who may ask at all is said by --listen.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
trap cleanup EXIT
"$SANFANG" run "$srcdir/tests/service/map.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out"
trap cleanup EXIT
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$srcdir/tests/service/faults.py" "$server_url"
server_stop

mkdir "$work/empty"
fail () { echo "faults.sh: $*"; exit 1; }

# Local addresses of the sockets on which the server listens, as the kernel writes them.
bound_to () {
  local inodes
  inodes=$(find "/proc/$server_pid/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -cd '0-9\n' | sort -u)
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v inodes="$inodes" '
    BEGIN { split (inodes, list, "\n"); for (i in list) mine[list[i]] = 1 }
    $4 == "0A" && $10 in mine { sub (":.*", "", $2); print $2 }' | sort -u | paste -sd' '
}

# start ADDRESS EXPECTED WORDS-OF-THE-LOG ("" for none)
start () {
  local bound
  server_start "$work/empty" --listen "$1"
  trap cleanup EXIT
  bound=$(bound_to)
  [ "$bound" = "$2" ] || fail "--listen $1 is bound to '$bound'"
  if [ -n "$3" ]; then
    grep -q "$3" "$server_log" || fail "--listen $1 does not say '$3': $(cat "$server_log")"
  elif grep -q "other machines" "$server_log"; then
    fail "--listen $1 is called public"
  fi
  server_stop
}
"$SANFANG" serve --help | grep -q '127\.0\.0\.1:8036' || fail "the default is another one"
start 0 0100007F ''
start 127.0.0.1:0 0100007F ''
start localhost:0 0100007F ''
start 0.0.0.0:0 00000000 'can be reached from other machines, without encryption or login'
if [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6; then
  start '[::1]:0' 00000000000000000000000001000000 ''
fi

# refused ADDRESS WORDS
refused () {
  local code=0
  timeout 60 "$SANFANG" serve --data "$work/empty" --listen "$1" >"$work/said" 2>&1 || code=$?
  [ "$code" = 1 ] || fail "--listen '$1' ends with $code: $(cat "$work/said")"
  grep -qF -- "$2" "$work/said" || fail "--listen '$1' says: $(cat "$work/said")"
}
for address in nonsense 127.0.0.1 127.0.0.1:65536 127.0.0.1:-1 127.0.0.1:x :8036 '' 127.0.0.1:99999999999999999999; do
  refused "$address" "'$address' is no address with a port, such as 127.0.0.1:8036"
done
refused 192.0.2.1:0 "cannot listen on 192.0.2.1:0: " # of documentation (RFC 5737), nobody's
