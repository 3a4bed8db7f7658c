#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What systemd is told over NOTIFY_SOCKET: ready, alive, reloading and ready again, stopping.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
live_make
/usr/bin/python3 - "$live/socket" "$live/told" <<'END' &
import os, socket, sys
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind(sys.argv[1])
with open(sys.argv[2], "wb", buffering=0) as told:
    while True:
        told.write(end.recv(4096) + b"\n")
END
live_pids+=("$!")
live_wait 30 test -S "$live/socket"
export NOTIFY_SOCKET=$live/socket WATCHDOG_USEC=400000
live_start
live_wait 30 grep -q '^READY=1' "$live/told"
live_wait 30 grep -q '^WATCHDOG=1' "$live/told"
kill -HUP "$live_pid"
live_wait 30 grep -q '^RELOADING=1' "$live/told"
grep -q '^MONOTONIC_USEC=[0-9]*$' "$live/told"
ready_again () { sed '1,/^RELOADING/d' "$live/told" | grep -q '^READY=1'; }
live_wait 30 ready_again
live_stop
live_wait 30 grep -q '^STOPPING=1' "$live/told"
