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

# fail_at KIND ERROR [STEP [FIRST [SECONDS]]]: the same, but the n-th call gives ERROR, once, and the program goes on: it does its
# work (0) or refuses in words (1), and what must hold after a kill holds.
fail_at () {
  local kind=$1 error=$2 step=${3:-1} n=${4:-1} limit=${5:-0} status hits=0 begun=$SECONDS met
  local count; count=$(mktemp)
  while :; do
    fresh
    status=0
    attempt "$KILLAT" -k "$kind" -n "$n" -f "$error" -c "$count" || status=$?
    case $status in
      0|1) ;;
      77) echo "this system does not allow tracing"; exit 77 ;;
      *) fail "$kind $n gives $error: exit code $status" ;;
    esac
    met=$(cat "$count")
    if [ "$met" -lt "$n" ]; then break; fi
    hits=$((hits + 1))
    after "$kind $n gives $error"
    n=$((n + step))
    if [ "$limit" -gt 0 ] && [ $((SECONDS - begun)) -gt "$limit" ]; then echo "$kind: not beyond call $n, time is over"; break; fi
  done
  rm -f "$count"
  echo "$kind: $hits times $error, up to call $n, each survived"
  [ "$hits" -gt 0 ] || fail "no $kind was met"
}
