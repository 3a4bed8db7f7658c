#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# /v1/live while `sanfang run` publishes another snapshot: all listeners are told, too many are refused, one that comes back is
# told what it missed, and the server stops cleanly while streams are open. Prints how late the news was; within how many
# seconds it must come is LIVE_LIMIT_S (10, since a test must pass on a busy machine; the aim is 1).
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }

publish=("$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$work/out" --log-level error --set models.typhoon.map_hours=6)
"${publish[@]}" >/dev/null
server_start "$work/out" --set service.heartbeat=1s --set service.streams=301
trap cleanup EXIT
/usr/bin/python3 "$srcdir/tests/service/live.py" "$server_url" "$work/out" "$server_pid" "${publish[@]}" --set models.typhoon.profile=H10
status=0
wait "$server_pid" || status=$?
server_pid=
[ "$status" = 0 ] || { echo "live.sh: the server ended with $status"; cat "$server_log"; exit 1; }
