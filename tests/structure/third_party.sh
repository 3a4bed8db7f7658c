#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# doc/plugin-guide.md as a newcomer follows it: the guide's files and commands, an installed tree, and nothing else of the
# sources. Then the installed program at work. INSTALLED: the root of an installed tree ("/", or make's DESTDIR and a slash);
# without it the build is installed into a temporary one. INSTALL_FOLDERS: make's folders, as bin=... lib=...
set -uo pipefail
top=${srcdir:?srcdir is not set} build=${builddir:?builddir is not set}
guide=$top/doc/plugin-guide.md
if [ ! -e "$build/.libs/libsanfang-core.so" ]; then
  echo "the static build (--enable-preload) loads no modules of others"
  exit 77
fi
for pair in ${INSTALL_FOLDERS:?INSTALL_FOLDERS is not set}; do declare "${pair%%=*}_folder=${pair#*=}"; done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
bad=0
fault () { printf 'FAULT %s\n' "$*"; bad=$((bad + 1)); }

unset MAKEFLAGS MFLAGS MAKELEVEL SANFANG SANFANG_PLUGIN_PATH SANFANG_SHARE SANFANG_DATA
if [ -z "${INSTALLED-}" ]; then
  INSTALLED=$scratch/root/
  make -C "$build" install DESTDIR="$scratch/root" >"$scratch/install.log" 2>&1 || { tail -n 30 "$scratch/install.log"; exit 1; }
fi
root=${INSTALLED%/}
export PATH="$root$bin_folder:$PATH" PKG_CONFIG_PATH="$root$lib_folder/pkgconfig"
modules=$root$lib_folder/sanfang
if [ -n "$root" ]; then
  # A tree that lies elsewhere than it was configured for: what pkg-config and the program know by heart must be told.
  export PKG_CONFIG_SYSROOT_DIR=$root LD_LIBRARY_PATH=$root$lib_folder
  export SANFANG_SHARE=$root$data_folder/share SANFANG_DATA=$root$data_folder/data SANFANG_PLUGIN_PATH=$modules
fi

# Every installed header compiles alone with what pkg-config says.
for header in ${PUBLIC_HEADERS:?PUBLIC_HEADERS is not set}; do
  header=sanfang/${header#"$top"/}
  printf '#include <%s>\nextern int alone;\n' "$header" |
    gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags sanfang) -x c - || fault "$header does not compile alone"
done
for file in "$modules"/*.la; do [ ! -e "$file" ] || fault "$file was installed"; done

# The guide, literally. Its files are the blocks that follow "File `NAME`:"; its commands are its sh blocks, in order.
mkdir "$scratch/work" && cd "$scratch/work" || exit 1
awk '
  /^File `[^`]*`:$/ { name = $0; sub (/^File `/, "", name); sub (/`:$/, "", name); next }
  /^```/ { if (open) { open = 0; name = "" } else if (name != "") open = 1; next }
  open { print >name }' "$guide"
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$guide" >"$scratch/commands"
for file in hello_csv.c Makefile hello.csv storm.csv; do
  cmp "$file" "$top/doc/examples/plugin/$file" || fault "$file of the guide is not that of doc/examples/plugin"
done
[ "$(wc -l <"$scratch/commands")" -ge 5 ] || fault "the guide has lost its commands"
# pkg-config tells of the modules where they were configured to be, without the root.
sed "s|\$(pkg-config --variable=moduledir sanfang)|$modules|" "$scratch/commands" >"$scratch/script"
bash -x "$scratch/script" >"$scratch/said" 2>"$scratch/errors" </dev/null
grep -E 'warning:|error:' "$scratch/errors" | grep -v quarantined && fault "the guide's commands complain"

# What the two good lines of hello.csv say, and that the line without a time zone is refused.
want='{"kind":"track","time":"2014-07-18T06:00:00Z","lon":111.3,"lat":19.8,"storm":"hello","wind_mps":70,"source_line":2}
{"kind":"track","time":"2014-07-18T12:00:00Z","lon":110,"lat":20.6,"storm":"hello","wind_mps":null,"source_line":3}'
have=$(grep '^{"kind":"track"' "$scratch/said" | jq -c '{kind,time,lon,lat,storm,wind_mps,source_line}')
[ "$have" = "$want" ] || fault "decode printed: $have"
grep -q 'quarantined: hello.csv:4:' "$scratch/errors" || fault "line 4 was not quarantined"
grep -q '^exit code 3$' "$scratch/said" || fault "decode did not end with 3"
grep -qE '^hello_csv +decoder ' "$scratch/said" || fault "sanfang plugins does not list hello_csv"
[ -e out/current/manifest.json ] || fault "the guide's scenario published nothing"
if [ "$(nm -D --defined-only hello_csv.so | awk '{ print $NF }')" != hello_csv_LTX_sanfang_plugin ]; then
  fault "hello_csv.so exports more or less than one symbol"
fi

# The installed program on the installed scenario.
cd "$scratch" || exit 1
listed=$(sanfang plugins --json | jq '[.[] | select(.refused == null)] | length')
built=$(wc -w <<<"${SANFANG_MODULES:?SANFANG_MODULES is not set}")
[ "$listed" = "$built" ] || fault "$listed installed plugins of $built"
sanfang run "$root$data_folder/share/scenarios/rammasun-2014.yaml" -o out --json --log-level error >run.json || fault "the installed scenario did not run"
jq -se '.[] | select(.dataset == "landfalls") | .rows | map(.place) | contains(["Hainan Island"])' run.json >/dev/null ||
  fault "no landfall on Hainan Island"
sanfang query point 110.35 20.02 -o out --json --log-level error | jq -e '.layers | length > 10' >/dev/null || fault "query found no layers"
sanfang doctor -o out --lang en >doctor || { cat doctor; fault "doctor found faults"; }
for page in man1/sanfang.1 man5/sanfang-scenario.5 man5/sanfang-snapshot.5; do
  [ -s "$root$man_folder/$page" ] && [ -s "$root$man_folder/zh_CN/$page" ] || fault "$page is not installed in both languages"
done
completion=$root$share_folder/bash-completion/completions/sanfang
words=$(bash -c '. "$1" && COMP_WORDS=(sanfang pl) COMP_CWORD=1 && _sanfang && printf "%s\n" "${COMPREPLY[@]}"' - "$completion")
[ "$words" = plugins ] || fault "completion of 'sanfang pl' gives: $words"

if [ $bad != 0 ]; then cat "$scratch/said"; tail -n 40 "$scratch/errors"; fi
printf '%d installed plugins, %d commands of the guide, %d faults\n' "$listed" "$(grep -c . "$scratch/commands")" $bad
[ $bad = 0 ]
