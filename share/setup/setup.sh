# SPDX-License-Identifier: Apache-2.0
# Set-up of a machine for Sanfang, sourced by autogen.sh. Finds what is missing by looking for the thing itself, never for a
# package's name; names it; brings it through apt. Callers set: top (source folder), build (build folder).

setup_table=$top/share/setup/packages.txt

say () { printf '%s\n' "$*"; }
complain () { printf 'autogen.sh: %s\n' "$*" >&2; }

# present KIND WHAT: whether the machine has it.
present ()
{
  case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    pkgconfig) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$2" ;;
    header) printf '#include <%s>\n' "$2" | ${CC:-gcc} -E -x c - >/dev/null 2>&1 ;;
    file) test -e "$2" ;;
    python) /usr/bin/python3 -c "import $2" >/dev/null 2>&1 ;;
    *) complain "$setup_table: unknown kind of test '$1'"; exit 2 ;;
  esac
}

# missing GROUP...: one line "package<TAB>kind what" for each missing thing of these groups.
missing ()
{
  local group kind what package wanted=" $* "
  while read -r group kind what package; do
    case $group in ''|'#'*) continue ;; esac
    case $wanted in *" $group "*) ;; *) continue ;; esac
    present "$kind" "$what" || printf '%s\t%s %s\n' "$package" "$kind" "$what"
  done <"$setup_table"
}

# packages_of LINES: the packages of missing's lines, each once, on one line.
packages_of () { printf '%s\n' "$1" | cut -f1 | awk 'NF && !seen[$0]++' | paste -sd' '; }

name_missing ()
{
  printf '%s\n' "$1" | while IFS=$'\t' read -r package thing; do
    printf '  %-46s Debian package %s\n' "$thing" "$package"
  done
}

apt_line () { printf 'apt-get install --no-install-recommends %s\n' "$*"; }

# What npm fetches into the build tree, and whether it still has to: the demo's county boundaries, the map library of the preview
# page, the browser driver of the tests.
counties_file=npm/node_modules/echarts/map/json/province/hainan.json
page_file=npm-web/node_modules/ol/dist/ol.js
driver_file=npm-browser/node_modules/maplibre-gl/package.json
counties_wanted () { test ! -e "$build/$counties_file"; }
page_wanted () { test ! -e "$build/$page_file"; }
driver_wanted () { test ! -e "$build/$driver_file"; }

# setup_report GROUP...: names what is missing and prints the one line; 1 if something needed is missing.
setup_report ()
{
  local need optional='' packages
  need=$(missing "$@")
  if counties_wanted || page_wanted; then optional=$(missing npm); fi
  if [ -z "$need$optional" ]; then
    say "Nothing is missing on this machine."
    return 0
  fi
  if [ -n "$need" ]; then
    say "Missing on this machine:"
    name_missing "$need"
  fi
  if [ -n "$optional" ]; then
    say "Missing, optional (county boundaries of the demo, map library of the preview page):"
    name_missing "$optional"
  fi
  packages=$(packages_of "$need")
  if [ -n "$optional" ] && simulate $packages npm >/dev/null 2>&1; then packages="$packages npm"; fi
  if [ -n "$packages" ]; then apt_line $packages; fi
  test -z "$need"
}

# become_root: sets the array root to what runs a command as root, or fails.
become_root ()
{
  root=()
  if [ "$(id -u)" = 0 ]; then return 0; fi
  command -v sudo >/dev/null 2>&1 || return 1
  root=(sudo)
  sudo -n true 2>/dev/null || [ -t 0 ]
}

# simulate PACKAGE...: prints what apt would do; 1 if it cannot, 2 if it would remove a package.
simulate ()
{
  local text rc=0
  text=$(LC_ALL=C apt-get -s -q install --no-install-recommends "$@" </dev/null 2>&1) || rc=1
  printf '%s\n' "$text"
  if printf '%s\n' "$text" | grep -q '^Remv '; then rc=2; fi
  return $rc
}

apt_get ()
{
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -y -o DPkg::Lock::Timeout=600 "$@" </dev/null
}

# apt_install PACKAGE...: updates the lists only if a name is unknown to them or a listed file is gone; stops with apt's own
# text where a package would be removed.
apt_install ()
{
  local text rc=0
  if ! command -v apt-get >/dev/null 2>&1; then
    complain "apt-get is not here; on Debian 12 the missing packages are: $*"
    return 1
  fi
  text=$(simulate "$@") || rc=$?
  if [ $rc = 1 ] && printf '%s\n' "$text" | grep -Eq 'Unable to locate package|has no installation candidate'; then
    step "package lists" apt-update apt_get update || return 1
    rc=0
    text=$(simulate "$@") || rc=$?
  fi
  if [ $rc = 2 ]; then
    printf '%s\n' "$text" >&2
    complain "apt would remove packages (the lines with Remv above); nothing was installed. Decide, then run: $(apt_line "$@")"
    return 1
  elif [ $rc != 0 ]; then
    printf '%s\n' "$text" >&2
    complain "apt cannot install: $*"
    return 1
  fi
  step "packages" apt-install apt_install_now "$@"
}

# policy_file: while it is there, packages do not start the servers that they bring (Debian policy 9.3.3.2, invoke-rc.d).
policy_file=/usr/sbin/policy-rc.d

# In a shell of its own, which takes the file away however it ends: left behind, it would keep servers from starting for good.
apt_install_now ()
(
  if [ ! -e $policy_file ]; then
    trap '"${root[@]}" rm -f $policy_file' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee $policy_file >/dev/null && "${root[@]}" chmod 755 $policy_file
  fi
  apt_get install --no-install-recommends "$@" || { apt_get update && apt_get install --no-install-recommends "$@"; }
)

# setup_packages GROUP...: brings what is missing of these groups and checks that it is there afterwards.
setup_packages ()
{
  local need packages
  need=$(missing "$@")
  if [ -z "$need" ]; then return 0; fi
  say "Missing on this machine:"
  name_missing "$need"
  packages=$(packages_of "$need")
  if ! become_root; then
    say "Without root or sudo nothing can be installed. Run as root:"
    apt_line $packages
    return 1
  fi
  apt_install $packages || return 1
  need=$(missing "$@")
  if [ -n "$need" ]; then
    complain "still missing after the installation:"
    name_missing "$need" >&2
    return 1
  fi
}

without_counties ()
{
  complain "warning: $1"
  complain "warning: the demo will have no county boundaries: no county table, no closest approach to county seats"
}

without_page ()
{
  complain "warning: $1"
  complain "warning: the preview page will have no map library: no map at /, the services are not affected"
}

without_driver ()
{
  complain "warning: $1"
  complain "warning: the tests of the preview page are skipped: no browser driver"
}

# Each fetches one package tree; a failure is a warning.
setup_counties ()
{
  if counties_wanted; then setup_npm without_counties "county boundaries (npm)" npm share/counties-demo "$counties_file"; fi
}

setup_page ()
{
  if page_wanted; then setup_npm without_page "map library of the preview page (npm)" npm-web share/web-deps "$page_file"; fi
}

setup_driver ()
{
  if driver_wanted; then setup_npm without_driver "browser driver of the tests (npm)" npm-browser tests/browser "$driver_file"; fi
}

# setup_npm WITHOUT TITLE TREE SOURCE FILE: fetches what SOURCE's lock file names into build/TREE, where FILE must be afterwards;
# calls WITHOUT with the reason if that fails.
setup_npm ()
{
  local without=$1 title=$2 tree=$3 source=$4 file=$5 node
  if ! command -v npm >/dev/null 2>&1; then
    node=$(command -v node >/dev/null 2>&1 && node --version || true)
    say "Missing on this machine, optional:"
    name_missing "$(missing npm)"
    if ! become_root; then
      $without "npm is missing and there is neither root nor sudo: $(apt_line npm)"
      return 0
    fi
    if ! apt_install npm; then
      $without "Debian's npm cannot be installed${node:+ beside the Node $node of this machine; install the npm that belongs to it}"
      return 0
    fi
  fi
  step "$title" "$tree" fetch_npm "$tree" "$source" "$file" || $without "npm could not fetch the package; see $build/$tree.log"
}

# fetch_npm TREE SOURCE FILE: whole or not at all.
fetch_npm ()
{
  local fresh=$build/$1.new
  rm -rf "$fresh" && mkdir -p "$fresh" &&
    cp "$top/$2/package.json" "$top/$2/package-lock.json" "$fresh" &&
    (cd "$fresh" && npm ci --engine-strict --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000 </dev/null) &&
    rm -rf "${build:?}/$1" && mv "$fresh" "$build/$1" && test -e "$build/$3"
}

# step TITLE LOG COMMAND...: runs the command with its output in build/LOG.log, shows that time passes, and the log's end if
# it fails.
step ()
{
  local title=$1 log=$build/$2.log start=$SECONDS next=$((SECONDS + 10)) pid rc=0
  shift 2
  mkdir -p "$build"
  printf '%s ...\n' "$title"
  "$@" >"$log" 2>&1 &
  pid=$!
  while kill -0 $pid 2>/dev/null; do
    sleep 0.2
    if [ $SECONDS -ge $next ]; then
      printf '  %4d s  %.90s\n' $((SECONDS - start)) "$(tail -n 1 "$log" | tr -d '\r')"
      next=$((SECONDS + 10))
    fi
  done
  wait $pid || rc=$?
  if [ $rc = 0 ]; then
    printf '  done in %d s\n' $((SECONDS - start))
  else
    tail -n 40 "$log" >&2
    complain "$title failed after $((SECONDS - start)) s; the whole log is $log"
  fi
  return $rc
}
