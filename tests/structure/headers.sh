#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone, without a flag of any library, and includes no header that is not public too.
# PUBLIC_HEADERS: the installed headers, paths from the top.
set -uo pipefail
top=${1:-${srcdir:?srcdir is not set}}
cd "$top" || exit 1
bad=0 count=0
for header in ${PUBLIC_HEADERS:?PUBLIC_HEADERS is not set}; do
  header=${header#"$top"/}
  count=$((count + 1))
  printf '#include "%s"\nextern int alone;\n' "$header" |
    ${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -I. -Wall -Wextra -pedantic -Werror -fsyntax-only -x c - || bad=$((bad + 1))
  for used in $(sed -nE 's/^ *# *include *"([^"]*)".*/\1/p' "$header"); do
    case " $PUBLIC_HEADERS " in
      *[\ /]"$used"\ *) ;;
      *) printf '%s includes %s, which is not installed\n' "$header" "$used"; bad=$((bad + 1)) ;;
    esac
  done
done
printf '%d public headers, %d faults\n' $count $bad
[ $count -gt 0 ] && [ $bad = 0 ]
