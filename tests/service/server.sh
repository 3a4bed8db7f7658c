# SPDX-License-Identifier: Apache-2.0
# A server for one test: source it, then `server_start DIR [ARGUMENT...]` sets server_url (no slash at its end) and server_pid.
# It takes a free port and is stopped when the script ends, by server_stop or the trap.

server_pid=
server_url=

server_stop () {
  if [ -n "$server_pid" ]; then
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    if grep -q 'Sanitizer\|runtime error' "$server_log"; then cat "$server_log" >&2; fi
    rm -f "$server_log"
    server_pid=
  fi
}

# The log of what it says is $server_log.
server_start () {
  server_log=$(mktemp)
  "${SANFANG:?}" serve --listen 127.0.0.1:0 --data "$@" >"$server_log" 2>&1 &
  server_pid=$!
  trap server_stop EXIT
  server_url=
  for _ in $(seq 600); do
    server_url=$(sed -n 's|.*\(http://[^ /]*\)/.*|\1|p' "$server_log" | head -n 1)
    [ -z "$server_url" ] || return 0
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$server_log" >&2
  echo "the server did not start" >&2
  return 1
}
