#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each source says its licence in its first line (the second after #!). spdx.sh [FOLDER]: by default the sources.
set -uo pipefail
top=${1:-${srcdir:?srcdir is not set}}
cd "$top" || exit 1
bad=0 count=0
while IFS= read -r file; do
  count=$((count + 1))
  if ! head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0'; then
    printf '%s: the SPDX line is missing\n' "$file"
    bad=$((bad + 1))
  fi
done < <(find core geodata models plugins share tests autogen.sh configure.ac Makefile.am -type f \
           \( -name '*.[chS]' -o -name '*.sh' -o -name '*.bats' -o -name '*.bash' -o -name '*.py' -o -name '*.awk' \
           -o -name '*.mk' -o -name '*.am' -o -name '*.ac' -o -name '*.js' -o -name '*.css' \) \
           -not -path '*/corpus/*' -not -path '*/node_modules/*')
printf '%d sources, %d without their licence\n' $count $bad
[ $count -gt 0 ] && [ $bad = 0 ]
