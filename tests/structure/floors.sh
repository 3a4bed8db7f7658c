#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Include directions: core < geodata < models < plugins; models and plugins never include each other; GDAL, PROJ, GEOS, HDF5
# and the picture libraries stay in geodata's sources and private headers (and in a plugin that writes or reads a format of
# its own). A floor shows the others its public headers only. plugins/KIND/*.h are what plugins of one kind share, none of
# them a plugin. Each quoted path is written from the top and exists.
# floors.sh [FOLDER]: the tree to look at, by default the sources. PUBLIC_HEADERS: the installed headers, paths from the top.
set -uo pipefail
top=${1:-${srcdir:?srcdir is not set}}
cd "$top" || exit 1
public=" ${PUBLIC_HEADERS:?PUBLIC_HEADERS is not set} "
ground='gdal.*|ogr.*|cpl_.*|proj\.h|geodesic\.h|geos.*|hdf5.*|H5.*|netcdf.*|cairo.*|pango.*|fontconfig.*'
bad=0

blame () { printf '%s:%s: %s\n' "$1" "$2" "$3"; bad=$((bad + 1)); }

is_public () { [[ $public == *[\ /]$1\ * ]]; }

# may FILE PATH: whether a file may include this path from the top.
may ()
{
  local own=${1%/*}
  case $1 in
    core/*) [[ $2 == core/* ]] ;;
    geodata/*) [[ $2 == core/* || $2 == geodata/* ]] ;;
    models/*) own=${1#*/}; [[ $2 == core/* || $2 == geodata/* || $2 == models/${own%%/*}/* ]] ;;
    plugins/*) [[ $2 == core/* || $2 == geodata/* || $2 == "$own"/* || ($2 == plugins/* && $2 != plugins/*/*/*) ]] ;;
  esac
}

quoted ()
{
  if [ "$3" = config.h ] && [[ $1 == *.c ]]; then return; fi
  if [[ $3 != */* || $3 == *..* ]]; then blame "$1" "$2" "\"$3\": write the path from the top"
  elif [ ! -e "$3" ]; then blame "$1" "$2" "\"$3\" does not exist"
  elif ! may "$1" "$3"; then blame "$1" "$2" "\"$3\" is not a floor below"
  elif [ "${1%%/*}" != "${3%%/*}" ] && ! is_public "$3"; then blame "$1" "$2" "\"$3\" is private to ${3%%/*}"
  fi
}

angled ()
{
  if ! [[ $3 =~ ^($ground)$ ]]; then return; fi
  case $1 in
    geodata/*.c|plugins/*.c) ;;
    geodata/*.h) if is_public "$1"; then blame "$1" "$2" "<$3> in a public header"; fi ;;
    *) blame "$1" "$2" "<$3> belongs to geodata's sources" ;;
  esac
}

files=$(find core geodata models plugins -name '*.[ch]' | sort)
count=$(printf '%s\n' "$files" | grep -c .)
while IFS=: read -r file line text; do
  path=$(sed -E 's/^ *# *include *["<]([^">]*)[">].*/\1/' <<<"$text")
  case $text in
    *\"*) quoted "$file" "$line" "$path" ;;
    *) angled "$file" "$line" "$path" ;;
  esac
done < <(printf '%s\n' "$files" | xargs grep -nE '^ *# *include' /dev/null)

printf '%d files, %d includes against the floors\n' "$count" $bad
[ "$count" -gt 0 ] && [ $bad = 0 ]
