#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Seeded rubbish over sockets against `sanfang serve`: no crash, no hang, the right errors, and a clean end. RUBBISH_REQUESTS
# (20000) and SF_TEST_SEED (random, printed) say what is asked, RUBBISH_SLOW_S (20) what is too slow; against a server that
# was built with --enable-sanitize errors and leaks fail the test.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
trap cleanup EXIT

"$SANFANG" run "$srcdir/tests/service/map.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out" --set service.cache=16 --set service.picture_side=512 --set service.streams=20 --set service.heartbeat=1s
trap cleanup EXIT
mkdir "$work/kept"
code=0
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$srcdir/tests/service/rubbish.py" "$server_url" "$server_pid" \
  "${RUBBISH_REQUESTS:-20000}" "${SF_TEST_SEED:-$RANDOM}" "${RUBBISH_KEPT:-$work/kept}" || code=$?
kill "$server_pid"
wait "$server_pid" || { echo "rubbish.sh: the server ended with $?"; code=1; }
server_pid=
grep -E 'Sanitizer|runtime error|SUMMARY' "$server_log" && code=1
[ "$code" = 0 ] || tail -n 100 "$server_log"
exit "$code"
