#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Another snapshot becomes current again and again while clients ask for tiles, points and layers: each answer is whole and of one
# snapshot. With `earlier` 0 the one before is forgotten, so that each turn opens a snapshot anew. Within how many seconds it
# must be there is PUBLISH_LIMIT_S (10, since a test must pass on a busy machine; the aim is 1).
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
trap cleanup EXIT
for profile in H08 H10; do
  "$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$work/out" --log-level error --set models.typhoon.map_hours=6 \
    --set models.typhoon.profile=$profile >/dev/null
done
server_start "$work/out" --set service.earlier="${PUBLISH_EARLIER:-0}"
trap cleanup EXIT
/usr/bin/python3 "$srcdir/tests/service/publish.py" "$server_url" "$work/out" "${PUBLISH_TURNS:-10}"
