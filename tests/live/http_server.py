#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""http_server.py FOLDER [CERTIFICATE KEY]: a web server that behaves badly on request, for tests/live/http.sh. It listens on a
free loopback port, writes the port to FOLDER/port (or FOLDER/tls_port) and each request's line to FOLDER/requests."""
import gzip
import hashlib
import http.server
import os
import ssl
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()
counts = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def content(self):
        with open(os.path.join(folder, "content"), "rb") as file:
            return file.read()

    def do_POST(self):
        self.answer(200, b"posted " + self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self):
        with open(os.path.join(folder, "requests"), "a", encoding="utf-8") as file:
            file.write(self.path + " " + self.headers.get("If-None-Match", "-") + "\n")
        getattr(self, "get_" + self.path.split("?")[0].strip("/"))()

    def get_plain(self):
        self.answer(200, self.content(), Content_Type="text/plain")

    def get_counted(self):
        """Another content with each request for the same path."""
        with lock:
            counts[self.path] = counts.get(self.path, 0) + 1
            self.answer(200, b"%d" % counts[self.path], ETag='"%d"' % counts[self.path])

    def get_tagged(self):
        tag = '"' + hashlib.md5(self.content()).hexdigest() + '"'
        if self.headers.get("If-None-Match") == tag:
            self.answer(304, b"", ETag=tag)
        else:
            self.answer(200, self.content(), ETag=tag)

    def get_gzip(self):
        self.answer(200, gzip.compress(self.content()), Content_Encoding="gzip")

    def get_bomb(self):
        self.answer(200, gzip.compress(bytes(50000000)), Content_Encoding="gzip")

    def get_drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b".")
            time.sleep(0.5)

    def get_truncated(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half of it")
        self.close_connection = True

    def get_huge(self):
        self.send_response(200)
        self.send_header("Content-Length", "10000000000")
        self.end_headers()
        self.wfile.write(bytes(1000))

    def get_endless(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    def get_to_file(self):
        self.answer(302, b"", Location="file:///etc/hostname")

    def get_round(self):
        self.answer(302, b"", Location="/round")

    def get_elsewhere(self):
        self.answer(302, b"", Location="/plain")

    def get_busy(self):
        self.answer(503, "过载 ".encode() + self.path.encode() + b"\n\x01", Retry_After="3600")

    def get_limited(self):
        later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 3600))
        self.answer(429, b"too often", Retry_After=later)

    def get_odd_wait(self):
        self.answer(429, b"too often", Retry_After="-5, soon \xff")

    def get_unasked(self):
        self.answer(304, b"", ETag='"x"')

    def get_part(self):
        self.answer(206, b"half of", Content_Range="bytes 0-6/14")

    def get_longer(self):
        """More than was announced."""
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"12345" + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nWRONG")

    def get_two_lengths(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.send_header("Content-Length", "9")
        self.end_headers()
        self.wfile.write(b"123456789")

    def get_cut_chunk(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"10\r\nhalf of")
        self.close_connection = True

    def get_cut_gzip(self):
        self.answer(200, gzip.compress(os.urandom(100000))[:50000], Content_Encoding="gzip")

    def get_wrong_gzip(self):
        packed = bytearray(gzip.compress(bytes(1000)))
        packed[-6] ^= 1
        self.answer(200, bytes(packed), Content_Encoding="gzip")

    def get_no_gzip(self):
        self.answer(200, b"this is no gzip", Content_Encoding="gzip")

    def get_headers(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-Again: " + bytes(8000).replace(b"\0", b"x") + b"\r\n")

    def get_ping(self):
        self.answer(302, b"", Location="/pong")

    def get_pong(self):
        self.answer(302, b"", Location="/ping")

    def get_down(self):
        with open(os.path.join(folder, "port"), encoding="utf-8") as port:
            self.answer(302, b"", Location="http://127.0.0.1:" + port.read() + "/plain")

    def get_bytes(self):
        self.answer(500, b"\xb9\xfd\xd4\xd8 \xff\n", Content_Type="text/\xff")

    def get_page(self):
        self.answer(200, b"<html>please log in</html>", Content_Type="text/html; charset=utf-8")

    def get_echo(self):
        self.answer(200, (self.path + " " + self.headers.get("X-Key", "-")).encode())

    def get_guarded(self):
        if self.headers.get("Authorization") != "Basic b2ZmaWNlcjpvcGVuc2VzYW1l":  # officer:opensesame
            self.answer(401, b"who are you", WWW_Authenticate='Basic realm="x"')
        else:
            self.answer(200, self.content())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
name = "port"
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    name = "tls_port"
with open(os.path.join(folder, name + ".new"), "w", encoding="utf-8") as port:
    port.write(str(server.server_address[1]))
os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name))
server.serve_forever()
