#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The preview page in headless Chromium, served by `sanfang serve` from the snapshot of the Rammasun scenario: what is drawn is
# what the point query says, in c and w; nothing leaves the origin; nothing breaks the page's policy. See preview.mjs.
set -uo pipefail
tree=${srcdir:?srcdir is not set} build=${builddir:?builddir is not set} sanfang=${SANFANG:?SANFANG is not set}
driver=$build/npm-browser/node_modules/playwright-core
if [ ! -e "$driver/package.json" ] || [ ! -e "$build/data/web/lib/ol.js" ]; then
  echo "the map library or the browser driver was not fetched (./autogen.sh check fetches them)"
  exit 77
fi
for tool in chromium node; do
  command -v $tool >/dev/null || { echo "the map library or the browser driver was not fetched: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
server=
stop () { if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi; rm -rf "$scratch"; }
trap stop EXIT

"$sanfang" run "$tree/share/scenarios/rammasun-2014.yaml" -o "$scratch/data" >"$scratch/run.log" 2>&1 ||
  { tail -n 20 "$scratch/run.log"; echo "FAIL the scenario did not run"; exit 1; }
"$sanfang" serve --listen 127.0.0.1:0 --data "$scratch/data" --set service.tianditu=/tianditu >"$scratch/serve.log" 2>&1 &
server=$!
for _ in $(seq 300); do
  url=$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$scratch/serve.log" | head -n 1)
  if [ -n "$url" ]; then break; fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
[ -n "${url:-}" ] || { cat "$scratch/serve.log"; echo "FAIL the server did not start"; exit 1; }

mkdir -p "$build/tests/browser/pictures"
HOME=$scratch node "$tree/tests/browser/preview.mjs" "$url" "$driver" "$build/tests/browser/pictures" \
  "$sanfang" "$scratch/data" "$tree/share/scenarios/rammasun-2014.yaml"
