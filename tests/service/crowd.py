# SPDX-License-Identifier: Apache-2.0
"""Slow clients, half-open connections and readers that do not read, by the thousand, while good clients are answered.

usage: crowd.py URL PID CONNECTIONS TIMEOUT_S   (what the server was started with)
"""
import json
import os
import resource
import select
import socket
import sys
import threading
import time

import raw

url, pid, places, timeout_s = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
LATE_S = float(os.environ.get("CROWD_LATE_S", "30"))  # a busy machine is no failure; the aim is 1 s, and it is printed
GOOD = "/v1/point?lon=110.35&lat=20.02"
OTHERS = 9  # connections of those that ask for counts or are good, some of them not yet known to be closed
HELD_MIB = 256  # of answers on their way, http.c
# More than 8 MB of JSON, held in memory while it is sent.
LARGE = "/ogc/collections/wind_hourly@near/area?coords=POLYGON((108%%2018,112%%2018,112%%20%.3f,108%%2021,108%%2018))"


def rss_mib():
    with open("/proc/%d/status" % pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def connections():
    return json.loads(raw.ask(url, "/v1/state").body)["connections"]


class Good(threading.Thread):
    """Asks over and over, half of the time over a new connection; the slowest answer is kept."""

    def __init__(self):
        super().__init__(daemon=True)
        self.count, self.slowest_s, self.again, self.ending, self.error = 0, 0.0, 0, threading.Event(), None
        self.start()

    def run(self):
        try:
            old = None
            while not self.ending.is_set():
                begin = time.monotonic()
                old = self.one(old if self.count % 2 else None)
                self.slowest_s = max(self.slowest_s, time.monotonic() - begin)
                self.count += 1
                time.sleep(0.02)
        except Exception as error:  # told by end()
            self.error = error

    def one(self, client):
        is_kept = client is not None
        client = client or raw.Client(url)
        try:
            answer = client.ask(GOOD)
        except (EOFError, ConnectionError):
            if not is_kept:
                raise
            self.again += 1  # a connection kept open may be closed at any time (RFC 9112, 9.3.1)
            return self.one(None)
        assert answer.status == 200 and answer.body.endswith(b"}"), answer.status
        if is_kept:
            client.socket.close()
            return None
        return client

    def end(self, what):
        self.ending.set()
        self.join(60)
        assert self.error is None, (what, repr(self.error))
        assert self.count > 0 and self.slowest_s < LATE_S, (what, self.count, self.slowest_s)
        print("# %s: %d good requests, the slowest %.3f s, %d over a new connection again"
              % (what, self.count, self.slowest_s, self.again))


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def still_open(clients):
    """Those that the server has not closed; nobody reads from them."""
    poll, by_fd = select.poll(), {client.socket.fileno(): client for client in clients}
    for fd in by_fd:
        poll.register(fd, select.POLLIN)
    for fd, _ in poll.poll(0):
        try:
            if by_fd[fd].socket.recv(65536, socket.MSG_DONTWAIT) == b"":
                del by_fd[fd]
        except OSError:
            del by_fd[fd]
    return list(by_fd.values())


def half_open(count, said):
    clients = []
    for _ in range(count):
        clients.append(raw.Client(url))
        clients[-1].send(said)
    return clients


def drip(clients, letter):
    for client in clients:
        try:
            client.socket.send(letter)
        except OSError:
            pass


def close(clients):
    for client in clients:
        client.socket.close()


def silent_and_half_open_connections_leave_room():
    """More than there are places, silent, half a line, half a head: good clients are answered, then all are closed."""
    before, good = rss_mib(), Good()
    clients = []
    for said in (b"", b"GET /v1/st", b"GET /v1/state HTTP/1.1\r\nHost: x\r\nX-Slow: "):
        clients += half_open(places * 5 // 12, said)
    full = connections()
    assert full["open"] <= places and full["closed_for_room"] > 0, full
    during = rss_mib()
    print("# %d half-open connections: %d open, RSS %.1f MiB before, %.1f MiB with them: %.1f KiB each"
          % (len(clients), full["open"], before, during, (during - before) * 1024 / full["open"]))
    begin = time.monotonic()
    while time.monotonic() < begin + 3 * timeout_s + 30 and still_open(clients):
        drip(clients[-places // 3:], b"x")  # a byte a second is not silence
        time.sleep(1)
    assert not still_open(clients)
    print("# the last half-open connection was closed after %.1f s (timeout %g s)" % (time.monotonic() - begin, timeout_s))
    good.end("beside %d half-open connections" % len(clients))
    assert during - before < 64 + places / 16, "memory for half-open connections"
    close(clients)
    wait_until(lambda: connections()["open"] < 20, 30, "places are given back")


def a_body_that_drips_is_no_excuse():
    with raw.Client(url) as client:
        client.send(b"POST /v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        begin = time.monotonic()
        while still_open([client]):
            assert time.monotonic() < begin + 3 * timeout_s + 30
            drip([client], b"x")
            time.sleep(0.2)
    assert time.monotonic() - begin < 3 * timeout_s + 30


def largest_file():
    files = json.loads(raw.ask(url, "/files").body)["files"]
    return "/files/" + max(files, key=lambda one: one["bytes"])["path"]


def readers_that_do_not_read_are_closed():
    """Large answers asked for by clients with small buffers that never read, or a few bytes now and then."""
    before, good, counts, clients = rss_mib(), Good(), connections(), []
    targets = [largest_file()] * 8 + [LARGE % (20.5 + i / 1000) for i in range(34)]
    for target in targets:
        clients.append(raw.Client(url, 4096))
        clients[-1].send(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % target.encode())
    begin, most = time.monotonic(), 0.0
    while connections()["open"] > OTHERS and time.monotonic() < begin + 6 * timeout_s + 90:
        most = max(most, rss_mib())
        for client in clients[::2]:
            try:
                client.socket.recv(16, socket.MSG_DONTWAIT)
            except OSError:
                pass
        time.sleep(0.2)
    print("# %d readers that do not read: RSS %.1f MiB before, %.1f MiB at most, all gone after %.1f s; %s before, %s after"
          % (len(clients), before, most, time.monotonic() - begin, counts, connections()))
    assert time.monotonic() < begin + 6 * timeout_s + 90, connections()
    assert most - before < 2 * HELD_MIB, (before, most)
    good.end("beside readers that do not read")
    close(clients)


def streams_leave_room_for_requests():
    """As many streams of events as are allowed, then more: they are refused, and requests are answered."""
    good, streams, refused = Good(), [], 0
    for _ in range(places + 50):
        client = raw.Client(url)
        client.send(b"GET /v1/live HTTP/1.1\r\nHost: x\r\n\r\n")
        head = client.socket.recv(4096)
        if not head.startswith(b"HTTP/1.1 200"):
            assert head.startswith(b"HTTP/1.1 503") and b"no-store" in head, head
            refused += 1
            client.socket.close()
            if refused == 5:
                break
        else:
            streams.append(client)
    assert refused == 5 and len(streams) == places // 4 * 3, (refused, len(streams))
    crowd = half_open(places, b"GET /")
    time.sleep(timeout_s + 2)
    assert len(still_open(streams)) == len(streams), "streams are not cut for others"
    good.end("beside %d streams and %d half-open connections" % (len(streams), len(crowd)))
    close(streams + crowd)


def main():
    need = 3 * places + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < need:
        if hard != resource.RLIM_INFINITY and hard < need:
            print("the limit of open files is too low for %d connections" % places)
            sys.exit(77)
        resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))
    tests = [silent_and_half_open_connections_leave_room, a_body_that_drips_is_no_excuse,
             readers_that_do_not_read_are_closed, streams_leave_room_for_requests]
    print("1..%d" % len(tests))
    for number, test in enumerate(tests, 1):
        test()
        print("ok %d %s" % (number, test.__name__.replace("_", " ")), flush=True)


main()
