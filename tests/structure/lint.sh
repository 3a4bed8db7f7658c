#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lint.sh SRCDIR BASE CFLAGS...: format, cppcheck and clang-tidy on the C files changed since BASE (a commit; empty: HEAD) and on
# new ones. BASE=all looks at every file.
set -uo pipefail
top=$1 base=${2:-HEAD}
shift 2
cd "$top" || exit 1
for tool in clang-format cppcheck clang-tidy git; do
  command -v $tool >/dev/null || { echo "lint: $tool is missing (Debian package of the same name)"; exit 1; }
done
git rev-parse --verify -q HEAD >/dev/null || { echo "lint: $top is not a git checkout"; exit 1; }
if [ "$base" != all ]; then git rev-parse --verify -q "$base^{commit}" >/dev/null || { echo "lint: no commit '$base'"; exit 1; }; fi
if [ "$base" = all ]; then
  mapfile -t files < <(git ls-files -co --exclude-standard -- '*.c' '*.h')
else
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- '*.c' '*.h'; git ls-files -o --exclude-standard -- '*.c' '*.h')
fi
if [ ${#files[@]} = 0 ]; then echo "lint: no C file changed since $base"; exit 0; fi
sources=()
for file in "${files[@]}"; do case $file in *.c) sources+=("$file") ;; esac; done
flags=()
for flag in "$@"; do flags+=("${flag/#-I$top/-I.}"); done
rc=0
echo "lint: clang-format, ${#files[@]} files"
clang-format --dry-run -Werror "${files[@]}" || rc=1
if [ ${#sources[@]} != 0 ]; then
  echo "lint: cppcheck and clang-tidy, ${#sources[@]} sources"
  cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=missingInclude \
    --error-exitcode=1 -I. "${sources[@]}" || rc=1
  clang-tidy --quiet --warnings-as-errors='*' "${sources[@]}" -- -std=gnu11 -I. "${flags[@]}" || rc=1
fi
exit $rc
