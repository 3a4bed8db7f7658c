#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rubbish.py FOLDER MODE...: servers of no protocol, for tests/live/rubbish.sh. Each listens on a free loopback port, which is
written to FOLDER/MODE.port, and says to everybody who connects, for ever: random bytes (random), one line without an end
(line), nothing (mute), a NATS server's greeting and messages that are said to have 2 GiB (nats), yes to TLS and then no TLS
(postgres)."""
import os
import random
import socket
import sys
import threading
import time

GREETINGS = {
    "nats": b'INFO {"server_id":"x","max_payload":1048576,"headers":true}\r\nMSG a 1 2147483647\r\n',
    "postgres": b"S",
}


def talk(mode, peer):
    block = random.Random(8).randbytes(65536) if mode == "random" else b"A" * 65536
    if mode == "nats":
        block += GREETINGS[mode]
    try:
        if mode == "postgres":
            peer.recv(1000)
        peer.sendall(GREETINGS.get(mode, b""))
        while mode != "mute":
            peer.sendall(block)
        time.sleep(60)
    except OSError:
        pass
    peer.close()


def serve(mode, end):
    while True:
        peer, _ = end.accept()
        threading.Thread(target=talk, args=(mode, peer), daemon=True).start()


folder = sys.argv[1]
for mode in sys.argv[2:]:
    end = socket.socket()
    end.bind(("127.0.0.1", 0))
    end.listen(50)
    threading.Thread(target=serve, args=(mode, end), daemon=True).start()
    with open(os.path.join(folder, mode + ".new"), "w", encoding="utf-8") as port:
        port.write(str(end.getsockname()[1]))
    os.rename(os.path.join(folder, mode + ".new"), os.path.join(folder, mode + ".port"))
time.sleep(600)
