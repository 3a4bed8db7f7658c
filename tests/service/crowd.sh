#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# More clients than there are places, most of them slow, silent or deaf, while good ones are answered. CROWD_CONNECTIONS (2000)
# are the server's places; all times are printed, and CROWD_LATE_S (30) is how long a good client may wait.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
trap cleanup EXIT
places=${CROWD_CONNECTIONS:-2000}

"$SANFANG" run "$srcdir/tests/service/map.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out" --set service.connections="$places" --set service.timeout=3s --set service.streams="$places" --set service.heartbeat=1s
trap cleanup EXIT
code=0
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$srcdir/tests/service/crowd.py" "$server_url" "$server_pid" "$places" 3 || code=$?
[ "$code" = 0 ] || { cat "$server_log"; exit "$code"; }
grep -q "$places connections allow $((places / 4 * 3)) streams" "$server_log" || { cat "$server_log"; exit 1; }
kill "$server_pid"
wait "$server_pid" || { echo "crowd.sh: the server ended with $?"; cat "$server_log"; exit 1; }
server_pid=
