#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The OpenAPI document before a validator of other people, and before the service itself; the catalogue's members.
set -euo pipefail
srcdir=${srcdir:?} builddir=${builddir:?}
modules=$builddir/npm-browser/node_modules
if [ ! -e "$modules/@seriousme/openapi-schema-validator/package.json" ] || ! command -v node >/dev/null; then
  echo "the map library or the browser driver was not fetched (./autogen.sh check fetches them)"
  exit 77
fi
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
"$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out"
trap cleanup EXIT
node "$srcdir/tests/service/openapi.mjs" "$server_url" "$modules"
