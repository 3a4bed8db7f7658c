#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A second `./autogen.sh demo` on this built tree: makes the demo again, calls no tool that fetches anything, and compiles
# nothing. Proxies refuse, and every tool that could fetch is a shim that notes its call.
set -uo pipefail
tree=${srcdir:?srcdir is not set} build=${builddir:?builddir is not set}
if [ ! -e "$build/npm/node_modules/echarts/map/json/province/hainan.json" ]; then
  echo "the county boundaries were not fetched: there was no first run of the set-up"
  exit 77
fi
if [ ! -e "$build/npm-web/node_modules/ol/dist/ol.js" ]; then
  echo "the map library was not fetched: there was no first run of the set-up"
  exit 77
fi
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
fail () { tail -n 40 "$scratch/out"; echo "FAIL $*"; exit 1; }
mkdir "$scratch/shims"
for tool in apt-get apt-cache apt npm npx curl wget autoreconf gcc cc; do
  printf '#!/bin/sh\necho "%s $*" >>"%s"\nexit 1\n' $tool "$scratch/calls" >"$scratch/shims/$tool"
  chmod +x "$scratch/shims/$tool"
done
# The set-up asks the compiler for headers (-E); only a compilation counts.
real_gcc=$(command -v gcc)
printf '#!/bin/sh\nif [ "$1" = -E ]; then exec "%s" "$@"; fi\necho "gcc $*" >>"%s"\nexit 1\n' "$real_gcc" "$scratch/calls" \
  >"$scratch/shims/gcc"

env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
  PATH="$scratch/shims:$PATH" SANFANG_BUILD="$build" SANFANG_DEMO_OUT="$scratch/demo" \
  "$tree/autogen.sh" demo >"$scratch/out" 2>&1 </dev/null || fail "the second run failed"
if [ -e "$scratch/calls" ]; then cat "$scratch/calls"; fail "the second run called the tools above"; fi
[ -e "$scratch/demo/current/manifest.json" ] || fail "the second run published no snapshot"
