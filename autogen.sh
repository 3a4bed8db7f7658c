#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -uo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1
build=${SANFANG_BUILD:-$top/build}
. "$top/share/setup/setup.sh"

usage ()
{
  cat <<'EOF'
Usage: ./autogen.sh [demo|check] [--no-install]

  (nothing)     make configure from configure.ac; then: mkdir build && cd build && ../configure && make
  demo          set up what is missing, build in build/, run Rammasun (2014) and the drill of its eve, show where the
                products are
  check         set up what is missing, build in build/, run every test; ends with "N passed, N failed, N skipped"
  --no-install  install nothing: name what is missing, print the one line that installs it, exit 1 if something needed is missing
  --help        this text

Set-up installs Debian 12 packages through apt-get (root or sudo) and, into the build folder, npm packages with the county
boundaries of the demo, the map library of the preview page and, for check, the driver of its browser tests. A run that finds everything in place touches no network. SANFANG_BUILD names another build folder.
EOF
}

bootstrap ()
{
  mkdir -p "$top/build-aux" "$top/m4" && (cd "$top" && autoreconf -fi)
}

# plain: the conventional thing, nothing installed.
plain ()
{
  local tool
  for tool in autoreconf automake libtoolize m4 pkg-config; do
    if ! command -v $tool >/dev/null 2>&1; then
      complain "$tool is missing"
      setup_report build
      exit 1
    fi
  done
  bootstrap || exit 1
  say "Next: mkdir -p build && cd build && ../configure && make, or ./autogen.sh demo"
}

# make_tree: bootstrap and configure where that was not done, then make; a built tree costs one look.
make_tree ()
{
  if [ ! -x "$top/configure" ]; then
    step "bootstrap (autoreconf)" autoreconf bootstrap || exit 1
  fi
  if [ ! -e "$build/Makefile" ]; then
    step "configure" configure in_build "$top/configure" || exit 1
  fi
  step "build (make)" make in_build make -j"$(nproc)" || exit 1
}

in_build () { (cd "$build" && "$@"); }

set_up ()
{
  setup_packages "$@" || exit 1
  setup_counties
  setup_page
}

demo ()
{
  local out=${SANFANG_DEMO_OUT:-$build/demo}
  set_up build
  make_tree
  say "sanfang run share/scenarios/rammasun-2014.yaml -o $out"
  SANFANG_PLUGIN_PATH=$build/modules/.libs SANFANG_SHARE=$top/share SANFANG_DATA=$build/data \
    "$build/sanfang" run "$top/share/scenarios/rammasun-2014.yaml" -o "$out" || exit
  say "  look at it: $build/sanfang serve --data $out   then open http://127.0.0.1:8036/"
  demo_eve "$out-eve"
}

# demo_eve: the drill with simulated forecasts, the afternoon first, so that the evening can tell what changed.
demo_eve ()
{
  local drill=share/scenarios/rammasun-2014-asissued.yaml log=$build/demo-eve.log
  say "sanfang run $drill -o $1   (a drill with simulated forecasts: the afternoon, then the evening)"
  : >"$log"
  run_eve "$1" 2014-07-17T16:00:00+08:00 >>"$log" 2>>"$log" && run_eve "$1" 2014-07-17T22:00:00+08:00 2>>"$log" ||
    { cat "$log" >&2; exit 1; }
  say "  the sheets: $1/current/products/DRILL-sheet-*.html, their tables beside them as .json and .csv"
}

run_eve ()
{
  SANFANG_PLUGIN_PATH=$build/modules/.libs SANFANG_SHARE=$top/share SANFANG_DATA=$build/data \
    "$build/sanfang" run "$top/share/scenarios/rammasun-2014-asissued.yaml" -o "$1" --set clock="$2"
}

# check: the result lines of the tests as they come, then the logs of what failed, then the count.
check ()
{
  local rc=0 summary=0
  set_up build check
  setup_driver
  make_tree
  step "build of the tests" check-build in_build make -j"$(nproc)" check TESTS= || exit 1
  say "tests (make check) ..."
  in_build make -k -j"$(nproc)" check </dev/null 2>&1 | tee "$build/check.log" |
    grep --line-buffered -E '^(PASS|FAIL|SKIP|XPASS|XFAIL|ERROR): '
  rc=${PIPESTATUS[0]}
  if [ "$rc" != 0 ]; then
    tail -n 200 "$build/test-suite.log" 2>/dev/null || tail -n 40 "$build/check.log"
  fi
  in_build make -s check-summary || summary=$?
  [ "$rc" = 0 ] && [ "$summary" = 0 ]
}

mode=plain
install=yes
for word in "$@"; do
  case $word in
    demo|check) mode=$word ;;
    --no-install) install=no ;;
    --help|-h) usage; exit 0 ;;
    *) complain "unknown word '$word'"; usage >&2; exit 2 ;;
  esac
done

if [ $install = no ]; then
  case $mode in
    demo) setup_report build ;;
    *) setup_report build check ;;
  esac
  exit
fi
$mode
