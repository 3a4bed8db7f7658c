#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Counts what the test programs counted: summary.sh ALLOWED_SKIPS LOG... reads each test's .log and .trs, names every skip
# with its reason and ends with "N passed, N failed, N skipped". Exit 1 if anything failed, nothing ran, or a skip is not in
# ALLOWED_SKIPS. A libcheck program counts its checks, TAP (bats) its cases, any other program is one test.
set -uo pipefail
allowed=$1
shift
passed=0 failed=0 skipped=0 refused=0

# cases LOG: "PASSED FAILED SKIPPED" of the log's own count, or nothing if it has none.
cases ()
{
  awk '
    /^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+/ {
      split ($0, n, /[^0-9]+/); checks += n[2]; bad += n[3] + n[4]; counted = 1 }
    /^1\.\.[0-9]+/ { plan += substr ($1, 4); counted = 1 }
    /^ok [0-9]+/ { if ($0 ~ /# [Ss][Kk][Ii][Pp]/) tap_skip++; else tap_ok++ }
    /^not ok [0-9]+/ { tap_bad++ }
    END {
      if (!counted) exit
      if (plan) {
        lost = plan - tap_ok - tap_skip - tap_bad
        print checks - bad + tap_ok, bad + tap_bad + (lost > 0 ? lost : 0), tap_skip + 0
      } else print checks - bad, bad + 0, 0
    }' "$1"
}

# may_skip NAME REASON: whether a line of ALLOWED_SKIPS has a pattern that fits the name, and its words stand in the reason.
may_skip ()
{
  local pattern words
  while read -r pattern words; do
    case $pattern in ''|'#'*) continue ;; esac
    case $1 in $pattern) case $2 in *"$words"*) return 0 ;; esac ;; esac
  done <"$allowed"
  return 1
}

skip ()
{
  printf 'SKIP %s: %s\n' "$1" "$2"
  may_skip "$1" "$2" && return
  printf '     not allowed by %s\n' "$allowed"
  refused=$((refused + 1))
}

for log in "$@"; do
  name=${log%.log}
  result=$(sed -n 's/^:test-result: *\([A-Z]*\).*/\1/p' "$name.trs" 2>/dev/null | head -n 1)
  read -r ok bad left <<<"$(test -e "$log" && cases "$log")"
  case $result in
    PASS|XFAIL)
      if [ $((${ok:-0} + ${bad:-0} + ${left:-0})) = 0 ]; then ok=1 bad=0 left=0; fi ;;
    SKIP)
      ok=0 bad=0 left=1
      skip "$name" "$(grep -v '^SKIP .*(exit status: 77)$' "$log" | grep . | tail -n 1)" ;;
    *)
      ok=${ok:-0} left=${left:-0}
      if [ "${bad:-0}" = 0 ]; then bad=1; fi
      printf 'FAIL %s: %s\n' "$name" "${result:-it did not run}" ;;
  esac
  if [ "$result" != SKIP ] && [ "$left" != 0 ]; then
    while IFS= read -r line; do skip "$name" "${line#ok * }"; done < <(grep -E '^ok [0-9]+.*# [Ss][Kk][Ii][Pp]' "$log")
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
done

if [ $refused != 0 ]; then printf '%d skips that are not allowed\n' $refused; fi
printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
[ $failed = 0 ] && [ $refused = 0 ] && [ $passed != 0 ]
