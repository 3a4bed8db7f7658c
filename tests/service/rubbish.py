# SPDX-License-Identifier: Apache-2.0
"""Seeded rubbish over sockets: good requests, mutated, over connections kept open, piped, broken off. After each batch the
server must still give the same tile and its state; what can be told of an answer is checked.

usage: rubbish.py URL PID REQUESTS SEED FOLDER   (FOLDER: where requests that gave a wrong answer are kept)
"""
import collections
import json
import os
import random
import re
import select
import socket
import sys
import time

import raw

url, pid, wanted, seed, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
BATCH, LINES = 500, 8  # requests in a batch; connections at once
SLOW_S = float(os.environ.get("RUBBISH_SLOW_S", "20"))  # a busy or sanitized server is no failure; the slowest is printed
TILE = "/tiles/wind_max@near/default/c/8/206/50.png"
rng = random.Random(seed)

GOOD = """/ /v1/state /v1/snapshots /v1/layers /v1/layers?lang=zh /v1/point?lon=110.35&lat=20.02
/v1/point?lon=110.35&lat=20.02&time=2014-07-18T06:00:00Z /v1/place /v1/place/460100 /v1/place?q=文
/v1/legend/wind_max@near/wind_force.png?lang=zh /tiles/wind_max@near/default/c/8/206/50.png
/tiles/wind_hourly@near/wind_isolines/w/7/103/56.png?time=2014-07-18T06:00:00Z
/tiles/wind_arrival@near/default/WorldCRS84Quad/6/102/24.png?beaufort_force=8 /base/c/7/103/25.png
/vector/coast/w/7/103/56.mvt /vector/coast/c.json /uv/wind_hourly@near/c/7/103/25.bin?time=2014-07-18T06:00:00Z
/wmts?SERVICE=WMTS&REQUEST=GetCapabilities /wmts/1.0.0/WMTSCapabilities.xml /wmts/1.0.0/wind_max@near/default/c/8/50/206.png
/wmts?service=wmts&request=GetTile&version=1.0.0&layer=wind_max@near&style=default&tilematrixset=c&format=tiles&tilematrix=8&tilerow=50&tilecol=206&tk=
/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities
/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=wind_max@near&STYLES=&CRS=EPSG:4490&BBOX=18,108,20.4,111.3&WIDTH=60&HEIGHT=44&FORMAT=image/png
/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=wind_arrival@near,wind_max@near&STYLES=,&SRS=EPSG:3857&BBOX=12000000,2000000,12400000,2400000&WIDTH=50&HEIGHT=50&FORMAT=image/png&EXCEPTIONS=INIMAGE
/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetFeatureInfo&LAYERS=wind_max@near&QUERY_LAYERS=wind_max@near&STYLES=&CRS=CRS:84&BBOX=108,18,111.3,20.4&WIDTH=60&HEIGHT=44&FORMAT=image/png&INFO_FORMAT=text/html&I=9&J=9
/wms?VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER=wind_max@near&FORMAT=image/png
/ogc /ogc/collections /ogc/api /ogc/conformance /ogc/collections/landfalls/items?bbox=109,18,110,20&limit=2&offset=1
/ogc/collections/wind_max@near/map?bbox=108,18,111,20&width=40 /ogc/collections/wind_max@near/map/tiles/c/8/50/206
/ogc/collections/wind_hourly@near/position?coords=POINT(110.35%2020.02)&datetime=2014-07-18T01:00:00Z/..
/ogc/collections/wind_max@near/area?coords=POLYGON((109.9%2019.9,110%2019.9,110%2020,109.9%2019.9))
/ogc/tileMatrixSets/w /stac /stac/wind_max@near /files /files/manifest.json /web/js/main.js""".split()
WORDS = """nan inf -inf -0 0 -1 1e999 1e-999 2147483647 2147483648 9223372036854775808 1000000000 99 9999 9999-12-31T23:59:59Z
99999999999999999999 %00 %zz % %25 %2e%2e %2f .. . // / ? & = ; , : @ * ' " < > \\ \x7f \t \x01 文 %e6%96%87 %ff %c0%ae EPSG:1 CRS:84
default current POINT( POLYGON(( )) bytes=0- NULL true image/png text/html application/json""".split(" ")
HEADERS = """Range:bytes=0-99 Range:bytes=-1 Range:bytes=5-1 Range:bytes=0-0,2-3 Range:bytes=99999999999999999999- If-None-Match:*
If-None-Match:"x" If-None-Match:W/"0" If-Modified-Since:x If-Range:"x" Accept:*/* Accept-Encoding:gzip Accept-Language:zh-CN,zh;q=0.9
Last-Event-ID:1 Last-Event-ID:-1 X-Forwarded-Proto:https X-Forwarded-Host:evil Host:evil/../x Host: Connection:keep-alive
Connection:close Connection:upgrade Upgrade:h2c Expect:100-continue Content-Length:5 Content-Length:-1
Content-Length:99999999999999999999 Transfer-Encoding:chunked Transfer-Encoding:x TE:trailers Cookie:a=b Origin:null""".split()
METHODS = [b"GET"] * 60 + [b"HEAD"] * 6 + [b"OPTIONS", b"POST", b"PUT", b"DELETE", b"TRACE", b"CONNECT", b"get", b"", b"G\x00T"]


def known_snapshot():
    return json.loads(raw.ask(url, "/v1/state").body)["snapshot"]["id"]


PREFIXES = [""] * 6 + ["/snapshots/" + known_snapshot(), "/snapshots/current", "/snapshots/nothing"]


# --- requests ---

def mutate(data):
    """A few changes to bytes."""
    data = bytearray(data)
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(7)
        if kind == 0:
            data[at:at] = rng.choice(WORDS).encode("utf-8")
        elif kind == 1:
            del data[at:at + rng.choice((1, 1, 2, 5, 20))]
        elif kind == 2 and data:
            data[at % len(data)] = rng.randrange(256)
        elif kind == 3:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice((1, 2, 8))))
        elif kind == 4:
            part = data[at:at + rng.randrange(1, 30)]
            data[at:at] = part * rng.choice((1, 2, 20))
        elif kind == 5:
            numbers = list(re.finditer(rb"-?\d+(\.\d+)?", data))
            if numbers:
                one = rng.choice(numbers)
                data[one.start():one.end()] = rng.choice(WORDS).encode("utf-8")
        else:
            data[at:at] = rng.choice(GOOD)[:rng.randrange(40)].encode("utf-8")
    return bytes(data)


def target():
    good = (rng.choice(PREFIXES) + rng.choice(GOOD)).encode("utf-8")
    if rng.random() < 0.002:
        return good + rng.choice((b"?", b"&", b"/")) + b"a" * rng.choice((7000, 9000, 20000, 100000))
    return mutate(good)


def header():
    line = rng.choice(HEADERS).replace(":", ": ", 1).encode()
    if rng.random() < 0.003:
        return b"X-Large: " + b"a" * rng.choice((1000, 15000, 100000))
    return mutate(line) if rng.random() < 0.2 else line


def request(is_piped):
    """One request, or what is none. HEAD is not piped: which of several answers have no body could not be told."""
    kind = rng.random()
    if kind < 0.01:
        return bytes(rng.randrange(256) for _ in range(rng.randrange(1, 200))) + rng.choice((b"", b"\r\n\r\n"))
    version = b"HTTP/1.1" if rng.random() < 0.97 else rng.choice((b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9", b"", b"X"))
    method = rng.choice(METHODS)
    if is_piped and method == b"HEAD":
        method = b"GET"
    lines = [method + b" " + target() + b" " + version]
    if rng.random() < 0.98:
        lines.append(b"Host: 127.0.0.1")
    while rng.random() < 0.25:
        lines.append(header())
    whole = b"\r\n".join(lines) + b"\r\n\r\n"
    if b"chunked" in whole:
        whole += rng.choice((b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"ffffffffffffffffff\r\n"))
    elif b"Content-Length: 5" in whole:
        whole += b"hello"
    if kind < 0.02:
        return whole[:rng.randrange(len(whole))]
    return whole


# --- answers ---

class Line:
    """A connection on which requests are sent one or a few at a time; answers are taken apart as far as they go."""

    def __init__(self):
        self.client, self.pending, self.sent, self.data = raw.Client(url), 0, b"", b""
        self.client.socket.setblocking(False)
        self.begin, self.deadline = 0.0, 0.0

    def send(self, data, count):
        self.sent, self.pending, self.begin = data, count, time.monotonic()
        try:
            self.client.socket.setblocking(True)
            self.client.socket.settimeout(SLOW_S)
            self.client.socket.sendall(data)
        except OSError:
            pass  # refused before all was sent
        self.client.socket.setblocking(False)

    def close(self):
        self.client.socket.close()


class Stats:
    def __init__(self):
        self.requests, self.statuses, self.slowest_s, self.slowest, self.cut = 0, collections.Counter(), 0.0, b"", 0


stats = Stats()


def complain(what, line, answer=b""):
    path = os.path.join(folder, "rubbish-%d-%d" % (seed, stats.requests))
    with open(path, "wb") as out:
        out.write(line.sent)
    print("%s: %r\n%r\n(the request is in %s)" % (what, line.sent[:2000], answer[:2000], path))
    sys.exit(1)


OF_LIBRARY = (400, 408, 411, 413, 414, 431, 500, 501, 503, 505)


def check(line, head, body):
    match = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
    if not match:
        complain("no status line", line, head)
    status = int(match[1])
    fields = {key.strip().lower(): value.strip() for key, value in
              (one.split(b":", 1) for one in head.split(b"\r\n")[1:])}
    stats.statuses[status] += 1
    is_ours = b"x-content-type-options" in fields
    if status in (100, 200, 204, 206, 304):
        return
    if status not in (400, 404, 405, 406, 413, 414, 416, 431, 501, 503, 505):
        complain("status %d" % status, line, head + b"\r\n\r\n" + body)
    if is_ours and fields.get(b"cache-control") != b"no-store":
        complain("an error that may be stored", line, head)
    if not is_ours and (status not in OF_LIBRARY or fields.get(b"connection", b"").lower() != b"close"):
        complain("an error that is not ours", line, head)
    if is_ours and body and fields.get(b"content-type") == b"application/json" and body.startswith(b'{"status"'):
        said = json.loads(body)
        if said["status"] != status or not said["detail"]:
            complain("an error without words", line, body)


def take_answers(line):
    """Whole answers off the front of what was read; whether the line can go on."""
    while line.pending and b"\r\n\r\n" in line.data:
        head, rest = line.data.split(b"\r\n\r\n", 1)
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
        if b"text/event-stream" in head:
            check(line, head, b"")
            return False
        status = head[9:12]
        is_headless = line.sent.startswith(b"HEAD") or status in (b"304", b"204", b"100")
        count = 0 if is_headless or not length else int(length[1])
        if len(rest) < count:
            return True
        check(line, head, rest[:count])
        line.data = rest[count:]
        if status != b"100":
            line.pending -= 1
        if not length and not is_headless:
            return False
    return True


def finish(line, is_open):
    took = time.monotonic() - line.begin
    if took > stats.slowest_s:
        stats.slowest_s, stats.slowest = took, line.sent[:200]
    if took > SLOW_S:
        complain("slow: %.1f s" % took, line)
    if not is_open or line.data:
        line.close()
        return Line()
    return line


def read(line):
    """Take in what came. None: go on waiting, else whether the connection can be used again."""
    try:
        piece = line.client.socket.recv(1 << 18)
    except BlockingIOError:
        return None
    except OSError:
        piece = b""
    line.data += piece
    can_go_on = take_answers(line)
    if not piece or not can_go_on:
        return False
    return None if line.pending else True


def is_whole(data):
    """Whether an answer will come without more; else the line is broken off after a while. What follows a NUL the library
    does not see, and waits for it until the time-out."""
    return (re.match(rb"[A-Z]+ [^ \r\n]+ HTTP/1\.[01]\r\n", data) and b"\r\n\r\n" in data and b"\0" not in data
            and not re.search(rb"content-length|transfer-encoding|expect", data, re.I))


def batch(lines):
    left, busy = BATCH, {}
    while left or busy:
        for number, line in enumerate(lines):
            if left and number not in busy:
                count = min(left, rng.choice((1, 1, 1, 1, 2, 5)))
                data = b"".join(request(count > 1) for _ in range(count))
                left -= count
                stats.requests += count
                line.send(data, count)
                # A pipe of rubbish may swallow requests, a part never gets an answer: only one whole request must.
                line.deadline = line.begin + (SLOW_S * 2 if count == 1 and is_whole(data) else 0.05)
                busy[number] = line
        poll = {line.client.socket.fileno(): number for number, line in busy.items()}
        poller = select.poll()
        for fd in poll:
            poller.register(fd, select.POLLIN)
        for fd, _ in poller.poll(20):
            number = poll[fd]
            is_open = read(lines[number])
            if is_open is not None:
                lines[number] = finish(busy.pop(number), is_open)
        for number in [n for n, line in busy.items() if time.monotonic() > line.deadline]:
            line = busy.pop(number)
            if line.deadline - line.begin > SLOW_S:
                complain("no answer", line)
            stats.cut += 1
            line.close()
            lines[number] = Line()


def rss_mib():
    with open("/proc/%d/status" % pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main():
    tile = raw.ask(url, TILE)
    assert tile.status == 200 and tile.body.startswith(b"\x89PNG"), tile.status
    lines, begin, before = [Line() for _ in range(LINES)], time.monotonic(), None
    while stats.requests < wanted:
        batch(lines)
        if before is None and stats.requests >= min(wanted / 10, 20000):
            before = rss_mib()
        if stats.requests % 100000 == 0:
            print("# %d requests after %.0f s, slowest %.3f s, RSS %.1f MiB"
                  % (stats.requests, time.monotonic() - begin, stats.slowest_s, rss_mib()), flush=True)
        again, state = raw.ask(url, TILE), raw.ask(url, "/v1/state")
        if again.status != 200 or again.body != tile.body or state.status != 200 or not json.loads(state.body)["snapshot"]:
            complain("the server does not answer as before", lines[0])
    for line in lines:
        line.close()
    print("%d requests (seed %d) in %.0f s, %d broken off; slowest %.3f s: %r" % (
        stats.requests, seed, time.monotonic() - begin, stats.cut, stats.slowest_s, stats.slowest))
    print("statuses: %s" % dict(sorted(stats.statuses.items())))
    print("RSS %.1f MiB after the first tenth, %.1f MiB at the end" % (before, rss_mib()))


main()
