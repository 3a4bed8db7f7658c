#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The crash test's killer, against programs whose calls are known: what stands before the n-th call is done, the n-th is not.
set -uo pipefail
killat=${builddir:?builddir is not set}/tests/fault/killat
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
fail () { echo "FAIL $*"; exit 1; }
script='echo a >f; echo b >>f; mv f g; mkdir d; sync g'

"$killat" -c count sh -c "$script"
case $? in
  0) ;;
  77) echo "this system does not allow tracing"; exit 77 ;;
  *) fail "a program that is only counted failed" ;;
esac
[ "$(cat count)" = 5 ] || fail "two writes, a rename, a mkdir and a sync were counted as $(cat count)"

# died KIND N WANTED: after the kill the folder holds WANTED.
died ()
{
  local rc=0
  rm -rf f g d count
  "$killat" -k "$1" -n "$2" sh -c "$script" || rc=$?
  [ $rc = 137 ] || fail "$1 $2: exit code $rc"
  [ "$(grep -r . . | sort; ls -d d 2>/dev/null)" = "$3" ] || fail "$1 $2 left: $(grep -r . .; ls)"
}
died write 1 ""
died write 2 "./f:a"
died rename 1 $'./f:a\n./f:b'
died rename 2 $'./g:a\n./g:b'
died fsync 1 $'./g:a\n./g:b\nd'

rm -rf f g d
"$killat" -k write -n 3 sh -c "$script" || fail "n beyond the last call: exit code $?"
"$killat" -n 1 sh -c 'exit 3'
[ $? = 3 ] || fail "the program's own exit code is lost"
rm -rf f g d
"$killat" -k all -n 1 sh -c 'sh -c "echo x >f"; echo y >g'
[ $? = 137 ] && [ ! -s f ] && [ ! -e g ] || fail "a child's call did not kill its parent"
