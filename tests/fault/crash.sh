#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Crash test: a folder with one published snapshot gets a second run that is killed at its n-th write, fsync and change of a
# name, n counting up until the run is no longer hit, then at 50 random moments. After each kill the current snapshot must be
# whole, and the next run must publish and sweep what the killed one left.
#   crash.sh            the whole test; environment: SANFANG, KILLAT, srcdir,
#                       CRASH_SCENARIO (default crash.yaml beside this file), CRASH_FIRST (arguments that make the first
#                       snapshot differ from the second one),
#                       CRASH_KINDS (default "write fsync rename"), CRASH_STEP (n grows by this; 1), CRASH_MOMENTS (50)
#   crash.sh whole DIR  only checks the current snapshot of DIR
set -uo pipefail
. "${srcdir:?}/tests/fault/kill_at.sh"

# whole DIR: the current snapshot's manifest parses, its products have their size and SHA-256, nothing is in it that it
# does not list.
whole ()
{
  local snapshot listed held
  snapshot=$(readlink -e "$1/current") || { echo "$1/current leads nowhere"; return 1; }
  jq -e '.products | length > 0' "$snapshot/manifest.json" >/dev/null ||
    { echo "$snapshot/manifest.json: no products or not JSON"; return 1; }
  jq -r '.products[] | .sha256 + "  " + .path' "$snapshot/manifest.json" >"$scratch/sums"
  (cd "$snapshot" && sha256sum --quiet --strict -c "$scratch/sums") || return 1
  listed=$(jq -r '.products[].path' "$snapshot/manifest.json" | sort)
  held=$(cd "$snapshot" && find . -type f -o -type l | sed 's,^\./,,' | grep -vxE 'manifest\.json|run\.log|pin' | sort)
  if [ "$listed" != "$held" ]; then
    echo "$snapshot: files and manifest differ:"
    diff <(echo "$listed") <(echo "$held")
    return 1
  fi
}

fail () { echo "FAIL $*"; exit 1; }

first () { "$SANFANG" run "$scenario" -o "$1" $first_arguments >"$scratch/run.log" 2>&1; }

# fresh: $scratch/work becomes a copy of the folder with the first snapshot.
fresh () { rm -rf "$scratch/work" && cp -a "$scratch/base" "$scratch/work"; }

# after WHAT: the invariants after a kill. The current snapshot is the first or, where the kill came after the link was
# replaced, the second one, and whole; the next run publishes and leaves nothing half-made.
after ()
{
  local current
  current=$(readlink "$scratch/work/current")
  case $current in
    "$first_id"|"$second_id") ;;
    *) fail "$1: current is '$current', not '$first_id' or '$second_id'" ;;
  esac
  whole "$scratch/work" || fail "$1"
  "$SANFANG" run "$scenario" -o "$scratch/work" >"$scratch/run.log" 2>&1 ||
    { cat "$scratch/run.log"; fail "$1: the next run failed"; }
  [ "$(readlink "$scratch/work/current")" = "$second_id" ] || fail "$1: the next run did not publish $second_id"
  whole "$scratch/work" || fail "$1: after the next run"
  if find "$scratch/work" \( -name '.making-*' -o -name '*.tmp' \) | grep .; then fail "$1: half-made files are left"; fi
}

# The pipe lets the tracer end before all that it killed is gone.
attempt ()
{
  "$@" "$SANFANG" run "$scenario" -o "$scratch/work" 2>&1 | cat >"$scratch/run.log"
  return "${PIPESTATUS[0]}"
}

# random_moments COUNT: SIGKILL at a random part of a run's time.
random_moments ()
{
  local start took pause hits=0 i seed=${CRASH_SEED:-$RANDOM}
  RANDOM=$seed
  fresh
  start=$(date +%s%N)
  "$SANFANG" run "$scenario" -o "$scratch/work" >"$scratch/run.log" 2>&1 || fail "the second run"
  took=$((($(date +%s%N) - start) / 1000))
  for ((i = 0; i < $1; i++)); do
    fresh
    pause=$((took * RANDOM / 32768))
    "$SANFANG" run "$scenario" -o "$scratch/work" >"$scratch/run.log" 2>&1 &
    sleep "$(printf '%d.%06d' $((pause / 1000000)) $((pause % 1000000)))"
    if kill -KILL $! 2>/dev/null; then hits=$((hits + 1)); fi
    wait $! 2>/dev/null
    after "moment $pause us (CRASH_SEED=$seed)"
  done
  echo "random moments: $hits of $1 hit a running program (CRASH_SEED=$seed)"
}

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
if [ "${1:-}" = whole ]; then whole "$2"; exit; fi

export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # the leak checker cannot run under a tracer
scenario=${CRASH_SCENARIO:-${srcdir:?}/tests/fault/crash.yaml}
first_arguments=${CRASH_FIRST:---set models.typhoon.profile=H10}
mkdir "$scratch/data"
export SANFANG_DATA=$scratch/data # no coast, no counties: the small scenario brings its own
command -v jq >/dev/null || { echo "jq is missing"; exit 77; }
first "$scratch/base" || { cat "$scratch/run.log"; fail "the first run"; }
whole "$scratch/base" || fail "the first run"
first_id=$(readlink "$scratch/base/current")
fresh
"$SANFANG" run "$scenario" -o "$scratch/work" >"$scratch/run.log" 2>&1 || fail "the second run"
second_id=$(readlink "$scratch/work/current")
[ "$first_id" != "$second_id" ] || fail "both runs publish $first_id: CRASH_FIRST must make them differ"
for kind in ${CRASH_KINDS:-write fsync rename}; do kill_at $kind "${CRASH_STEP:-1}"; done
random_moments ${CRASH_MOMENTS:-50}
echo "PASS crash"
