# SPDX-License-Identifier: Apache-2.0
"""SIGTERM while good and bad requests rain: a large answer under way comes to its end, idle connections are closed.

usage: stop.py URL PID SEED
"""
import os
import random
import signal
import sys
import threading
import time

import raw

url, pid, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LARGE = "/ogc/collections/wind_hourly@near/area?coords=POLYGON((108%2018,112%2018,112%2021,108%2021,108%2018))"
HEAD = b" HTTP/1.1\r\nHost: x\r\n"
RAIN = [b"GET /v1/state" + HEAD + b"\r\n", b"GET /v1/state" + HEAD, b"GET /v1/state HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n",
        b"GET /v1/live" + HEAD + b"\r\n", b"GET /" + LARGE[1:].encode() + HEAD + b"\r\n",
        b"GET /tiles/wind_max@near/default/c/8/206/50.png" + HEAD + b"\r\n",
        b"GET /v1/state" + HEAD + b"X: " + b"a" * 20000 + b"\r\n\r\n", b"GET /v1/state" + HEAD + b"no colon\r\n\r\n",
        b"POST /v1/state" + HEAD + b"Content-Length: 50\r\n\r\nabc", b"POST /v1/state" + HEAD + b"Content-Length: x\r\n\r\n",
        b"POST /v1/state" + HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"]


def rain(number, end):
    rng, clients = random.Random(seed * 1000 + number), []
    while not end.is_set():
        try:
            client = raw.Client(url)
            for _ in range(rng.choice((1, 1, 2, 4))):
                client.send(rng.choice(RAIN))
            client.socket.settimeout(rng.choice((0.001, 0.01)))
            clients.append(client)
            client.more()
        except (OSError, EOFError):
            time.sleep(0.002)
        if len(clients) > rng.choice((1, 10, 30)):
            clients.pop(rng.randrange(len(clients))).socket.close()


with raw.Client(url) as idle, raw.Client(url, 1 << 16) as reader:
    idle.ask("/v1/state")
    reader.send(b"GET " + LARGE.encode() + HEAD + b"\r\n")
    reader.take(1000)
    end = threading.Event()
    threads = [threading.Thread(target=rain, args=(i, end)) for i in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    begin = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    received = 1000 + len(reader.unread)
    try:
        while True:
            reader.unread = b""
            reader.more()
            received += len(reader.unread)
    except EOFError:
        pass
    try:
        idle.more()
        raise AssertionError("the idle connection lives on")
    except (EOFError, ConnectionError):
        pass
    took = time.monotonic() - begin
    end.set()
    for thread in threads:
        thread.join()
assert received > 8000000, "only %d bytes of the large answer came" % received
print("# seed %d: the large answer came whole, all ended %.2f s after the signal" % (seed, took))
