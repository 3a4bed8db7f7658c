#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The server stops cleanly in the midst of good and bad requests, STOP_ROUNDS (5) times.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
trap cleanup EXIT

"$SANFANG" run "$srcdir/tests/service/map.yaml" -o "$work/out" --log-level error >/dev/null
for round in $(seq "${STOP_ROUNDS:-5}"); do
  server_start "$work/out" --set service.streams=20
  trap cleanup EXIT
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$srcdir/tests/service/stop.py" "$server_url" "$server_pid" "$((${SF_TEST_SEED:-$RANDOM} + round))"
  status=0
  wait "$server_pid" || status=$?
  server_pid=
  [ "$status" = 0 ] || { echo "stop.sh: the server ended with $status"; cat "$server_log"; exit 1; }
done
