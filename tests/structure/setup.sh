#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The set-up: a machine that has everything is left alone, without a call of apt-get, npm, curl or wget and without a network
# (refusing proxy); what is missing is named with its package; a removal stops it; without root it prints the one line.
set -uo pipefail
source_tree=${srcdir:?srcdir is not set}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
fail () { echo "FAIL $*"; exit 1; }

# A tree with the real set-up and a table of our own, a build folder, and tools that only note that they were called.
tree=$scratch/tree shims=$scratch/shims calls=$scratch/calls
mkdir -p "$tree/share" "$shims" "$tree/build"
cp -r "$source_tree/share/setup" "$tree/share/setup" && chmod -R u+w "$tree" || exit 1
cp "$source_tree/autogen.sh" "$tree/"
shim () { printf '#!/bin/sh\necho "%s $*" >>"%s"\n%s\n' "$1" "$calls" "$2" >"$shims/$1"; chmod +x "$shims/$1"; }
for tool in apt-get apt-cache npm curl wget sudo; do shim $tool 'exit 1'; done
table () { printf '%s\n' "$@" >"$tree/share/setup/packages.txt"; }
part ()
{
  : >"$calls"
  env http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 PATH="$shims:$PATH" SANFANG_BUILD="$tree/build" \
    bash -c "top='$tree' build='$tree/build'; . '$tree/share/setup/setup.sh'; $1" >"$scratch/out" 2>&1 </dev/null
}
said () { grep -qF -- "$1" "$scratch/out" || { cat "$scratch/out"; fail "$2: it did not say '$1'"; }; }
silent () { [ ! -s "$calls" ] || { cat "$calls"; fail "$1: called the tools above"; }; }
counties=$tree/build/npm/node_modules/echarts/map/json/province
mkdir -p "$tree/share/counties-demo" && touch "$tree/share/counties-demo/package.json" "$tree/share/counties-demo/package-lock.json"
mkdir -p "$counties" && touch "$counties/hainan.json"
library=$tree/build/npm-web/node_modules/ol/dist
mkdir -p "$library" "$tree/share/web-deps" && touch "$library/ol.js" "$tree/share/web-deps/package.json" "$tree/share/web-deps/package-lock.json"

table 'build command sh dash' 'build header stdio.h libc6-dev' 'build file /etc/passwd base-passwd' 'check command bash bash'
part 'setup_packages build check && setup_counties && setup_page' || fail "everything is there, and the set-up failed"
silent "everything is there"

table 'build command sh dash' 'build command no-such-tool tool-a' 'build pkgconfig no-such-module lib-b' \
  'build header no/such.h lib-b' 'build python no_such_module python3-c' 'build file /no/such lib-d' 'check command no-check chk'
part 'setup_report build'
[ $? = 1 ] || fail "a report of missing things did not exit 1"
silent "a report"
said 'no-such-tool' report
said 'apt-get install --no-install-recommends tool-a lib-b python3-c lib-d' report
if grep -q chk "$scratch/out"; then fail "the report names a group that was not asked for"; fi

table 'build command no-such-tool tool-a'
shim apt-get 'case "$*" in *-s*) echo "Remv precious [1.0]" ;; esac'
shim id 'echo 0'
part 'setup_packages build' && fail "a removal was not refused"
said 'Remv precious' removal
if grep -v -- ' -s\| -u' "$calls" | grep -q apt-get; then cat "$calls"; fail "apt-get was called after a removal was announced"; fi

shim apt-get "case \"\$*\" in *-s*) exit 0 ;; *install*) printf '#!/bin/sh\n' >$shims/no-such-tool; chmod +x $shims/no-such-tool ;; esac"
part 'setup_packages build' || { cat "$scratch/out"; fail "the installation"; }
grep -q 'DPkg::Lock::Timeout=600 install --no-install-recommends tool-a' "$calls" || fail "the installation's options: $(cat "$calls")"
if grep -q ' update' "$calls"; then fail "apt-get update was called though every name was known"; fi
part 'setup_packages build' || fail "the second run"
silent "the second run"
rm "$shims/no-such-tool"

shim apt-get 'case "$*" in *update*) touch '"$scratch/updated"' ;; *) test -e '"$scratch/updated"' || { echo "E: Unable to locate package tool-a"; exit 100; } ;; esac'
part 'setup_packages build'
said 'still missing after the installation' "a package that does not bring its thing"
grep -q ' update' "$calls" || fail "an unknown name did not lead to apt-get update"

shim id 'echo 1000'
part 'setup_packages build' && fail "without root and sudo the set-up went on"
said 'apt-get install --no-install-recommends tool-a' "without root"

rm -r "$tree/build/npm" "$shims/npm"
shim npm 'exit 1'
part 'setup_counties' || fail "missing counties stopped the set-up"
said 'no county boundaries' "npm without a network"
[ ! -e "$tree/build/npm" ] || fail "a failed npm left its folder"
rm -r "$tree/build/npm-web"
part 'setup_page' || fail "a missing map library stopped the set-up"
said 'no map library' "npm without a network"
[ ! -e "$tree/build/npm-web" ] || fail "a failed npm left the library's folder"

table 'oddly put gcc gcc'
part 'missing oddly' && true
said "unknown kind of test 'put'" "a wrong line in packages.txt"
