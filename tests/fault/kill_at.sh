# SPDX-License-Identifier: Apache-2.0
# Sourced: kill_at KIND [STEP [FIRST [SECONDS]]] kills a program at its n-th call of that kind, n growing by STEP (1) from FIRST
# (1) until it is no longer hit, or until so many seconds are over, which is said. The test defines
#   fresh                the state before a run
#   attempt KILLAT...    a run under the words given; returns its exit code
#   after WHAT           what must hold after a kill
#   fail WORDS...        tell what was found and end
kill_at () {
  local kind=$1 step=${2:-1} n=${3:-1} limit=${4:-0} status hits=0 begun=$SECONDS
  while :; do
    fresh
    status=0
    attempt "$KILLAT" -k "$kind" -n "$n" || status=$?
    case $status in
      137) hits=$((hits + 1)); after "$kind $n" ;;
      0) break ;;
      77) echo "this system does not allow tracing"; exit 77 ;;
      *) fail "$kind $n: exit code $status" ;;
    esac
    n=$((n + step))
    if [ "$limit" -gt 0 ] && [ $((SECONDS - begun)) -gt "$limit" ]; then echo "$kind: not beyond call $n, time is over"; break; fi
  done
  echo "$kind: $hits kills, up to call $n, each survived"
  [ "$hits" -gt 0 ] || fail "no $kind was met"
}
