# SPDX-License-Identifier: Apache-2.0
"""Streams of live events: what is told when another snapshot becomes current, to many listeners, and what of one that comes back.

usage: live.py URL FOLDER PID COMMAND...   (COMMAND publishes another snapshot into FOLDER)
"""
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

url, folder, pid, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
host, port = url.split("//")[1].split(":")
LISTENERS = 300


class Stream:
    """A client of event streams after the HTML standard, over a bare socket."""

    def __init__(self, last_id=None):
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        resume = "Last-Event-ID: %s\r\n" % last_id if last_id else ""
        self.socket.sendall(("GET /v1/live HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n%s\r\n" % resume).encode())
        self.raw, self.text, self.events, self.head, self.last_id, self.is_open = b"", "", [], None, None, True

    def read(self):
        piece = self.socket.recv(65536)
        if not piece:
            self.is_open = False
        self.raw += piece
        if self.head is None and b"\r\n\r\n" in self.raw:
            head, self.raw = self.raw.split(b"\r\n\r\n", 1)
            self.head = head.decode()
        while self.head is not None and b"\r\n" in self.raw:
            size, rest = self.raw.split(b"\r\n", 1)
            count = int(size, 16)
            if len(rest) < count + 2:
                break
            if count == 0:
                self.is_open = False
            self.text += rest[:count].decode()
            self.raw = rest[count + 2:]
        while "\n\n" in self.text:
            block, self.text = self.text.split("\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.split("\n"))
            if "id" in fields:
                assert self.last_id is None or int(fields["id"]) >= int(self.last_id), (fields, self.last_id)
                self.last_id = fields["id"]
            self.events.append((fields["event"], json.loads(fields["data"]), time.time()))

    def wait(self, event, count=1):
        while sum(e[0] == event for e in self.events) < count:
            assert self.is_open, ("the stream ended", self.events)
            self.read()
        return [e for e in self.events if e[0] == event][count - 1]


def current():
    return os.path.basename(os.readlink(os.path.join(folder, "current")))


def publish():
    """Publish; return when the link was changed (its own time stamp)."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return os.lstat(os.path.join(folder, "current")).st_mtime


before = current()
first = Stream()
hello = first.wait("hello")
assert hello[1]["snapshot"]["id"] == before, hello
assert "text/event-stream" in first.head and "no-store" in first.head, first.head
beats = first.wait("heartbeat", 2)[2] - first.wait("heartbeat", 1)[2]
assert 0.3 < beats < 15, beats  # one a second was asked for
many = [Stream() for _ in range(LISTENERS)]
for stream in many:
    stream.wait("hello")
refused = socket.create_connection((host, int(port)), timeout=60)
refused.sendall(b"GET /v1/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
answer = b""
while piece := refused.recv(65536):
    answer += piece
assert answer.startswith(b"HTTP/1.1 503") and b"Retry-After" in answer, answer[:200]

published, told = [], threading.Thread(target=lambda: published.append(publish()))
told.start()
event = first.wait("snapshot")
told.join()
assert current() != before and event[1]["id"] == current(), event
late_s = event[2] - published[0]
for stream in many:
    assert stream.wait("snapshot")[1]["id"] == current()
for stream in many:
    stream.socket.close()

deadline = time.time() + 60
while True:  # the server notices at its next heartbeat that they went away
    try:
        back = Stream(str(int(first.last_id) - 1))
        missed = back.wait("snapshot")
        break
    except AssertionError:
        assert time.time() < deadline
        time.sleep(0.5)
assert missed[1]["id"] == current()
stranger = Stream("12")
assert stranger.wait("snapshot")[1]["id"] == current()  # of another run of the server: told at once
known = Stream(first.last_id)
known.wait("heartbeat")
assert not [e for e in known.events if e[0] == "snapshot"], known.events

os.kill(pid, signal.SIGTERM)
begin = time.time()
while first.is_open:
    assert select.select([first.socket], [], [], 30)[0], "the stream was not ended"
    first.read()
print("told %.2f s after the link was changed, to %d listeners; streams ended %.2f s after the signal"
      % (late_s, LISTENERS + 1, time.time() - begin))
assert late_s < float(os.environ.get("LIVE_LIMIT_S", "10")), late_s
