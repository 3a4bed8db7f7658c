# SPDX-License-Identifier: Apache-2.0
"""What is asked wrongly, case by case: the status, words of the answer, never to be stored; and the connection goes on.
usage: faults.py URL   (what WMS and WMTS say of their own parameters is in wms.py and wmts.py)
"""
import json
import sys

import raw

URL = sys.argv[1]
LIBRARY = None  # refused by the HTTP library before we see it: words are its own, and the connection ends
AREA = "/ogc/collections/wind_max@near/"

CASES = [
    # paths
    ("/nothing", 404, "there is nothing at '/nothing'"),
    ("/TILES/wind_max@near/default/c/8/206/50.png", 404, "there is nothing"),
    ("/tiles/../v1/state", 400, "leads upwards"),
    ("/files/../../etc/passwd", 400, "leads upwards"),
    ("/files/%2e%2e/%2e%2e/etc/passwd", 400, "leads upwards"),
    ("/files/..%2f..%2f..%2fetc%2fpasswd", 404, "has no file"),
    ("/files/%2fetc%2fpasswd", 404, "has no file"),
    ("/files//etc/passwd", 404, "has no file"),
    ("/files/data/./grids-near.nc", 400, "leads upwards"),
    ("/files/nothing", 404, "/files lists them"),
    ("/web/..%2fstyles%2fbasemap.yaml", 404, "there is no page"),
    ("/web/%2e%2e/styles/basemap.yaml", 400, "leads upwards"),
    ("/web/%5c..%5c..%5cx", 404, "cannot be read"),
    ("/web/js", 404, "cannot be read"),
    ("/web/a%00b", 400, "bad percent escape"),
    ("/%", 400, "bad percent escape"),
    ("/%zz", 400, "bad percent escape"),
    ("/v1/layers?a=%f", 400, "bad percent escape"),
    ("/%ff%fe", 400, "not UTF-8"),
    ("/%c0%ae%c0%ae/x", 400, "not UTF-8"),
    ("/" + "a/" * 25, 400, "more than 24 parts"),
    ("/v1/layers?" + "a=1&" * 65, 400, "more than 64 parameters"),
    ("/" + "a" * 8001, 414, "longer than 8000 bytes"),
    ("v1/state", 400, LIBRARY),
    # snapshots
    ("/snapshots/nothing/v1/layers", 404, "there is no snapshot 'nothing'; /v1/snapshots lists them"),
    ("/snapshots/..%2f..%2fetc/v1/layers", 404, "there is no snapshot '../../etc'"),
    ("/snapshots/%2e%2e/v1/layers", 400, "leads upwards"),
    ("/snapshots//v1/layers", 404, "there is no snapshot ''"),
    ("/snapshots/.making-1/files", 404, "there is no snapshot"),
    ("/snapshots/" + "9" * 5000 + "/files", 404, "there is no snapshot"),
    # tiles
    ("/tiles/nothing/default/c/8/206/50.png", 404, "has no layer 'nothing'"),
    ("/tiles/wind_mox@near/default/c/8/206/50.png", 404, "did you mean 'wind_max@near'"),
    ("/tiles/coast/default/c/8/206/50.png", 404, "has no style"),
    ("/tiles/wind_max@near/nothing/c/8/206/50.png", 404, "has no style 'nothing'; it has: wind_force"),
    ("/tiles/wind_max@near/default/q/8/206/50.png", 404, "no tile matrix set 'q', only c, w"),
    ("/tiles/wind_max@near/default/c/99/206/50.png", 400, "the level must be from 0 to 30"),
    ("/tiles/wind_max@near/default/c/0/0/0.png", 404, "levels 1 to 18, not 0"),
    ("/tiles/wind_max@near/default/c/19/0/0.png", 404, "levels 1 to 18, not 19"),
    ("/tiles/wind_max@near/default/w/19/0/0.png", 404, "levels 0 to 18, not 19"),
    ("/tiles/wind_max@near/default/c/8/256/50.png", 404, "256 x 128 tiles; there is no column 256, row 50"),
    ("/tiles/wind_max@near/default/c/8/206/128.png", 404, "there is no column 206, row 128"),
    ("/tiles/wind_max@near/default/c/8/-1/50.png", 400, "the column must be from 0"),
    ("/tiles/wind_max@near/default/c/8/99999999999/50.png", 400, "the column must be from 0"),
    ("/tiles/wind_max@near/default/c/8/99999999999999999999/50.png", 400, "the column must be a whole number"),
    ("/tiles/wind_max@near/default/c/8/x/50.png", 400, "the column must be a whole number, got 'x'"),
    ("/tiles/wind_max@near/default/c/8/1e2/50.png", 400, "the column must be a whole number"),
    ("/tiles/wind_max@near/default/c/8/206/50.gif", 404, "a number and '.png'"),
    ("/tiles/wind_max@near/default/c/8/206/.png", 404, "a number and '.png'"),
    ("/tiles/wind_max@near/default/c/8/206", 404, "a tile is at /tiles/"),
    ("/tiles", 404, "a tile is at /tiles/"),
    ("/tiles/wind_hourly@near/default/c/8/206/50.png?time=9999", 400, "time '9999'"),
    ("/tiles/wind_hourly@near/default/c/8/206/50.png?time=9999-01-01T00:00:00Z", 404, "values from 2014-"),
    ("/tiles/wind_hourly@near/default/c/8/206/50.png?time=99999999999999999999", 400, "time"),
    ("/tiles/wind_arrival@near/default/c/8/206/50.png?beaufort_force=9", 404, "has no beaufort_force '9'"),
    ("/tiles/wind_arrival@near/default/c/8/206/50.png?beaufort_force=nan", 400, "is not a number"),
    ("/uv/wind_hourly@near/c/8/206/50.bin", 404, "has no wind components"),
    ("/uv/wind_max@near/c/8/206", 404, "a wind texture is at"),
    ("/base/c/99/0/0.png", 400, "the level must be"),
    ("/base/c/8/206/50", 404, "a number and '.png'"),
    # questions
    ("/v1/point", 400, "lon is missing"),
    ("/v1/place/nothing", 404, "nothing"),
    ("/v1/layers/x", 404, "nothing below it"),
    ("/v1/state/x", 404, "nothing below it"),
    ("/v1/snapshots/x", 404, "nothing below it"),
    ("/v1/legend/wind_max@near/nothing.png", 404, "has no style 'nothing'"),
    ("/v1/legend/wind_max@near", 404, "/v1/legend/"),
    ("/wmts", 400, "SERVICE is missing"),
    ("/wms/x", 404, "nothing below it"),
    # OGC API
    ("/ogc/nothing", 404, ""),
    ("/ogc/collections/nothing", 404, "has no layer 'nothing'"),
    ("/ogc/collections/coast/items?bbox=nan,nan,nan,nan", 400, "bbox"),
    ("/ogc/collections/coast/items?bbox=1,2,3", 400, "bbox"),
    ("/ogc/collections/coast/items?limit=0", 400, "limit must be from 1"),
    ("/ogc/collections/coast/items?limit=99999999999", 400, "limit must be from 1"),
    ("/ogc/collections/coast/items?offset=-1", 400, "offset must be from 0"),
    ("/ogc/collections/coast/items?datetime=yesterday", 400, "datetime"),
    ("/ogc/collections/coast/items/999999", 404, ""),
    (AREA + "items", 404, ""),
    (AREA + "map?bbox=nan,1,2,3", 400, "bbox"),
    (AREA + "map?width=1000000000", 400, "width must be from 1 to 4096"),
    (AREA + "map?width=4096&height=100000", 400, "height must be from 1 to 4096"),
    (AREA + "map/tiles/c/99/1/1", 400, "level"),
    (AREA + "position?coords=POINT(nan%20nan)", 400, "is no point, line or polygon"),
    (AREA + "position?coords=" + "POINT(" * 400, 400, "is no point, line or polygon"),
    (AREA + "position", 400, "coords"),
    (AREA + "area?coords=POLYGON((0%200,1%201))", 404, "does not touch layer"),
    ("/stac/nothing", 404, "has no layer 'nothing'"),
]

METHODS = [
    (b"POST", 405), (b"PUT", 405), (b"DELETE", 405), (b"PATCH", 405), (b"TRACE", 405), (b"CONNECT", 405),
    (b"NONSENSE", 405), (b"get", 405), (b"G" * 100, 405),
]

# Whole requests; None: any of the library's refusals or a closed connection.
RAW = [
    ("a head of 100 kB in one field", b"GET /v1/state HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100000 + b"\r\n\r\n", (413, 431)),
    ("a head of 100 kB in many fields", b"GET /v1/state HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 17000 + b"\r\n", (413, 431)),
    ("an address of 100 kB", b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (414, 431)),
    ("no Host", b"GET /v1/state HTTP/1.1\r\n\r\n", (400,)),
    ("a field without a colon", b"GET /v1/state HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", (400,)),
    ("another protocol", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)) + b"\r\n\r\n", (400,)),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 405, 505)),
    ("a length that is none", b"POST /v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n", (400,)),
    ("a length beyond 64 bits", b"POST /v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", (400, 413)),
    ("a chunk that is none", b"POST /v1/state HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", (400, 413)),
]


def check(answer, status, words):
    assert answer.status == status, (answer.status, answer.body[:300])
    if words is LIBRARY:
        return
    assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers, answer.headers
    if answer.headers["content-type"] == "application/json":
        said = json.loads(answer.body)
        assert said["status"] == status and said["title"]["en"] and said["title"]["zh"], said
        assert words in said["detail"], said["detail"]
    else:
        assert words.encode() in answer.body, answer.body[:500]


def targets():
    """All over one connection, which must live on."""
    with raw.Client(URL) as client:
        for target, status, words in CASES:
            yield target[:80], lambda: check(client.ask(target), status, words)
            if words is LIBRARY:
                client.__init__(URL)


def pinned():
    """The same below /snapshots/{id}: an error is not immutable there."""
    snapshot = json.loads(raw.ask(URL, "/v1/state").body)["snapshot"]["id"]
    for target, status, words in CASES:
        if target.startswith(("/tiles/", "/ogc/")) and ".." not in target:
            yield "pinned " + target[:80], lambda: check(raw.ask(URL, "/snapshots/" + snapshot + target), status, words)


def methods():
    for method, status in METHODS:
        def one():
            with raw.Client(URL) as client:
                answer = client.ask("/v1/state", method=method)
                check(answer, status, "only GET, HEAD and OPTIONS")
                assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
        yield "method " + method.decode()[:20], one


def bodies():
    """A body is read and thrown away; the next request over the connection is answered."""
    framings = {"a length": (b"Content-Length: 100000\r\n", b"x" * 100000),
                "chunks": (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n" * 1000 + b"0\r\n\r\n")}
    for name, (header, body) in framings.items():
        for method, status in ((b"POST", 405), (b"GET", 200)):
            def one():
                with raw.Client(URL) as client:
                    client.send(method + b" /v1/state HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n" + body)
                    assert client.answer().status == status
                    assert client.ask("/v1/state").status == 200
            yield "%s with a body of %s" % (method.decode(), name), one


def heads():
    for name, request, allowed in RAW:
        def one():
            with raw.Client(URL) as client:
                try:
                    client.send(request)
                except OSError:
                    pass  # refused before all was sent
                try:
                    answer = client.answer()
                except (EOFError, ConnectionError):
                    assert name.startswith(("another protocol", "HTTP/2", "a head of", "an address of"))
                else:
                    assert answer.status in allowed, answer.status
                    assert answer.headers["connection"] == "close" or answer.headers["cache-control"] == "no-store"
        yield name, one


def ranges():
    whole = raw.ask(URL, "/files/manifest.json")
    size = len(whole.body)
    for text, status in ((b"bytes=%d-" % size, 416), (b"bytes=-0", 416), (b"bytes=5-4", 200), (b"bytes=a-b", 200),
                         (b"bytes=0-0,2-3", 200), (b"lines=1-2", 200), (b"bytes=99999999999999999999-", 200),
                         (b"bytes=0-99999999999999999999", 200), (b"bytes=-99999999", 206), (b"bytes=0-0", 206)):
        def one():
            answer = raw.ask(URL, "/files/manifest.json", b"Range: " + text + b"\r\n")
            assert answer.status == status, (answer.status, answer.body[:200])
            if status == 416:
                assert answer.headers["content-range"] == "bytes */%d" % size
                assert answer.headers["cache-control"] == "no-store"
            if status == 200:
                assert answer.body == whole.body
        yield "range " + text.decode(), one


def main():
    number = bad = 0
    for group in (targets, pinned, methods, bodies, heads, ranges):
        for name, test in group():
            number += 1
            try:
                test()
                print("ok %d %s" % (number, name))
            except Exception as error:
                bad += 1
                print("not ok %d %s\n# %r" % (number, name, error))
    assert raw.ask(URL, "/v1/state").status == 200
    print("1..%d" % number)
    sys.exit(1 if bad else 0)


main()
