#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""nats_client.py PORT SUBJECT [USER PASSWORD | HEADER:VALUE] < lines: publish each line to a NATS server as a request of its own and check that
each is answered without an error. With subject $JS.API.STREAM.CREATE.NAME and a line of JSON it makes a stream. It speaks the
client protocol itself, so that the tests do not rest on the library that the transport uses."""
import json
import os
import socket
import sys

port, subject = int(sys.argv[1]), os.fsencode(sys.argv[2])
header = "NATS/1.0\r\n%s\r\n\r\n" % sys.argv[3] if len(sys.argv) == 4 else ""
connection = socket.create_connection(("127.0.0.1", port), timeout=30)
file = connection.makefile("rb")
assert file.readline().startswith(b"INFO ")
options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True}
if len(sys.argv) > 4:
    options.update(user=sys.argv[3], **{"pass": sys.argv[4]})
connection.sendall(b"CONNECT " + json.dumps(options).encode() + b"\r\nSUB answers.* 1\r\n")


def publication(line):
    if not header:
        return b"PUB %s answers.1 %d\r\n%s\r\n" % (subject, len(line), line)
    head = header.encode()
    return b"HPUB %s answers.1 %d %d\r\n%s%s\r\n" % (subject, len(head), len(head) + len(line), head, line)


lines = sys.stdin.buffer.read().splitlines()
for first in range(0, len(lines), 500):
    batch = lines[first:first + 500]
    connection.sendall(b"".join(publication(line) for line in batch))
    answered = 0
    while answered < len(batch):
        words = file.readline().split()
        assert words, "the server hung up"
        if words[0] == b"PING":
            connection.sendall(b"PONG\r\n")
        elif words[0] == b"MSG":
            answer = json.loads(file.read(int(words[-1]) + 2))
            assert "error" not in answer, answer
            answered += 1
        elif words[0] != b"PONG":
            sys.exit(f"nats_client.py: {words}")
connection.close()
