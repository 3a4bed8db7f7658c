#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# OpenLayers, MapLibre and Leaflet in headless Chromium put the layers of `sanfang serve` where GDAL puts them. See clients.mjs.
set -uo pipefail
tree=${srcdir:?srcdir is not set} build=${builddir:?builddir is not set} sanfang=${SANFANG:?SANFANG is not set}
modules=$build/npm-browser/node_modules
for file in "$build/data/web/lib/ol.js" "$modules/playwright-core/package.json" "$modules/maplibre-gl/package.json" \
  "$modules/leaflet/package.json"; do
  [ -e "$file" ] || { echo "the map library or the browser driver was not fetched (./autogen.sh check fetches them)"; exit 77; }
done
for tool in chromium node; do
  command -v $tool >/dev/null || { echo "the map library or the browser driver was not fetched: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
. "$tree/tests/service/server.sh"
stop () { server_stop; rm -rf "$scratch"; }

"$sanfang" run "$tree/share/scenarios/rammasun-2014.yaml" -o "$scratch/data" >"$scratch/run.log" 2>&1 ||
  { tail -n 20 "$scratch/run.log"; echo "FAIL the scenario did not run"; rm -rf "$scratch"; exit 1; }
server_start "$scratch/data" || { rm -rf "$scratch"; exit 1; }
trap stop EXIT

mkdir -p "$build/tests/browser/pictures"
HOME=$scratch node "$tree/tests/browser/clients.mjs" "$server_url" "$build" "$(readlink -f "$scratch/data/current")" \
  "$build/tests/browser/pictures"
