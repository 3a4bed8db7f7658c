# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 over bare sockets, for requests that no client library would send."""
import socket


class Answer:
    def __init__(self, head, body):
        lines = head.split(b"\r\n")
        self.version, status = lines[0].split(b" ")[:2]
        self.status = int(status)
        self.headers = {key.strip().lower().decode(): value.strip().decode("latin-1")
                        for key, value in (line.split(b":", 1) for line in lines[1:])}
        self.body = body


class Client:
    """One connection. What it reads beyond an answer is the next one's."""

    def __init__(self, url, receive_bytes=None):
        host, port = url.split("//")[1].split(":")
        self.socket = socket.socket()
        self.socket.settimeout(60)
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.connect((host, int(port)))
        self.unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise EOFError(self.unread[:200])
        self.unread += piece

    def take(self, count):
        while len(self.unread) < count:
            self.more()
        piece, self.unread = self.unread[:count], self.unread[count:]
        return piece

    def answer(self, has_body=True):
        """The next answer; EOFError when the connection ended before it."""
        while b"\r\n\r\n" not in self.unread:
            self.more()
        head, self.unread = self.unread.split(b"\r\n\r\n", 1)
        answer = Answer(head, b"")
        if answer.status == 100:
            return self.answer(has_body)
        if has_body and answer.status not in (204, 304):
            answer.body = self.take(int(answer.headers["content-length"]))
        return answer

    def ask(self, target, headers=b"", method=b"GET"):
        target = target.encode() if isinstance(target, str) else target
        self.send(method + b" " + target + b" HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
        return self.answer(method != b"HEAD")


def ask(url, target, headers=b"", method=b"GET"):
    with Client(url) as client:
        return client.ask(target, headers, method)
