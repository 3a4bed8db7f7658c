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
import time

folder = sys.argv[1]


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
