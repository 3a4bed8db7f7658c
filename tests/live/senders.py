# SPDX-License-Identifier: Apache-2.0
"""The departments of tests/live/kill_all.sh and faults.sh: one sender for each transport, all at once.

  senders.py send FOLDER NAME=WHERE...   until FOLDER/stop exists, then until all that wants an answer has it
  senders.py check FOLDER DATA           what was acknowledged is in the journal of DATA once, and its record in the store once

Every message holds its sender's number, counted from 1, as its time: `base` and so many seconds. FOLDER/NAME.acknowledged gets
the number of each message once somebody was told that it is safe. The senders speak the protocols themselves, so that the test
does not rest on what the transports use; only MQTT and PostgreSQL are spoken by these servers' own clients."""
import calendar
import glob
import http.server
import json
import os
import re
import select
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
folder = sys.argv[2]
pause_s = float(os.environ.get("PAUSE_S", "0.05"))
LIMIT_S = 90
with open(os.path.join(folder, "base"), encoding="ascii") as file:
    base = int(file.read())


def is_over():
    return os.path.exists(os.path.join(folder, "stop"))


class Ledger:
    """Numbers of one sender: what was given out, what was acknowledged."""

    def __init__(self, name):
        self.last = 0
        self.file = open(os.path.join(folder, name + ".acknowledged"), "a", encoding="ascii")

    def next(self):
        self.last += 1
        return self.last

    def acknowledge(self, *numbers):
        self.file.write("".join(f"{number}\n" for number in numbers))
        self.file.flush()


def fields(number):
    """Whose, when, what: a few stations, now and then a value that quality control has to look at."""
    return {"id": f"s{number % 5}", "t": base + number, "v": 3 if number % 50 == 0 else number % 7 / 10, "n": number}


def spool(where):
    """A file is acknowledged when it is gone."""
    ledger, there = Ledger("spool"), set()

    def gone():
        done = {number for number in there if not os.path.exists(f"{where}/{number}.csv")}
        there.difference_update(done)
        ledger.acknowledge(*sorted(done))

    while not is_over():
        number = ledger.next()
        with open(f"{where}/.{number}.part", "w", encoding="ascii") as out:
            out.write("id,t,v,n\n{id},{t},{v},{n}\n".format(**fields(number)))
        os.rename(f"{where}/.{number}.part", f"{where}/{number}.csv")
        there.add(number)
        gone()
        time.sleep(pause_s)
    wait_until(lambda: gone() or not there)


def wait_until(is_so):
    end = time.monotonic() + LIMIT_S
    while not is_so():
        if time.monotonic() > end:
            sys.exit("senders.py: what was sent was not acknowledged")
        time.sleep(0.05)


def position(number):
    """A JT/T 808-2013 report of a position, 0200."""
    when = time.strftime("%y%m%d%H%M%S", time.gmtime(base + number + 8 * 3600))
    body = struct.pack(">IIIIHHH", 0, 2, 18500000 + number % 1000, 109500000, 0, 0, 0) + bytes.fromhex(when)
    plain = struct.pack(">HH", 0x0200, len(body)) + bytes.fromhex("013800138000") + struct.pack(">H", number & 0xFFFF) + body
    check = 0
    for byte in plain:
        check ^= byte
    plain += bytes([check])
    return b"\x7e" + plain.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def answered(frame):
    """Serial of what a general answer of the platform (8001) answers with success; None: something else."""
    plain = frame.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    if len(plain) < 18 or plain[:2] != b"\x80\x01" or plain[16] != 0:
        return None
    return struct.unpack(">H", plain[12:14])[0]


class Terminal:
    """Keeps what was not answered and sends it again on the next connection, byte for byte."""

    def __init__(self, port, name="jt808"):
        self.port, self.ledger, self.unanswered = int(port), Ledger(name), {}
        self.connection, self.received, self.due = None, b"", 0

    def connect(self):
        try:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            self.received = b""
            for number in sorted(self.unanswered):
                self.connection.sendall(self.unanswered[number])
        except OSError:
            self.lose()

    def lose(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def report(self):
        number = self.ledger.next()
        self.unanswered[number] = position(number)
        if self.connection:
            self.connection.sendall(self.unanswered[number])

    def listen(self):
        if not select.select([self.connection], [], [], pause_s)[0]:
            return
        more = self.connection.recv(65536)
        if not more:
            self.lose()
        *frames, self.received = (self.received + more).split(b"\x7e")
        serials = {answered(frame) for frame in frames if frame}
        done = [number for number in sorted(self.unanswered) if number & 0xFFFF in serials]
        for number in done:
            del self.unanswered[number]
        self.ledger.acknowledge(*done)

    def turn(self):
        if not self.connection:
            self.connect()
        try:
            if self.connection and len(self.unanswered) < 200 and time.monotonic() > self.due and not is_over():
                self.due = time.monotonic() + pause_s
                self.report()
            if self.connection:
                self.listen()
            else:
                time.sleep(pause_s)
        except OSError:
            self.lose()
        return is_over() and not self.unanswered


def jt808(where):
    wait_until_over(Terminal(where).turn)


def wait_until_over(turn):
    end = None
    while not turn():
        if is_over():
            end = end or time.monotonic() + LIMIT_S
            if time.monotonic() > end:
                sys.exit("senders.py: a terminal was not answered")


def udp(where):
    """Nobody answers: what counts is what the journal holds."""
    ledger, end = Ledger("udp"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while not is_over():
        try:
            end.sendto(json.dumps(fields(ledger.next())).encode() + b"\n", ("127.0.0.1", int(where)))
        except OSError:
            pass
        time.sleep(pause_s)


def http_poll(where):
    """A server of one content at a time: the next when it is asked with the tag of this one, which its reader then has."""
    ledger, lock = Ledger("http"), threading.Lock()
    ledger.next()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def drip(self):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(1000):
                self.wfile.write(b".")
                time.sleep(0.2)

        def do_GET(self):
            if os.path.exists(os.path.join(folder, "drip")):
                self.drip()
            with lock:
                known = self.headers.get("If-None-Match") == f'"{ledger.last}"'
                if known:
                    ledger.acknowledge(ledger.last)
                if known and not is_over():
                    ledger.next()
                    known = False
                tag, body = f'"{ledger.last}"', b"" if known else json.dumps(fields(ledger.last)).encode()
            self.send_response(304 if known else 200)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass  # the reader was killed

    server = Server(("127.0.0.1", int(where)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not is_over():
        time.sleep(pause_s)
    with open(os.path.join(folder, "http.acknowledged"), encoding="ascii") as file:
        wait_until(lambda: str(ledger.last) in file.read().split())


def in_batches(name, hand_over):
    """hand_over(lines): true when the server took all of them; else they are given again."""
    ledger = Ledger(name)
    while not is_over():
        numbers = [ledger.next() for _ in range(10)]
        lines = "".join(json.dumps(fields(number)) + "\n" for number in numbers)
        if hand_over(lines):
            ledger.acknowledge(*numbers)
        time.sleep(pause_s * len(numbers))


def takes(words, text):
    return subprocess.run(words, input=text.encode(), check=False, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def mqtt(where):
    in_batches("mqtt", lambda lines: takes(["mosquitto_pub", "-h", "127.0.0.1", "-p", where, "-q", "1", "-t", "stations/1", "-l"],
                                           lines))


def nats(where):
    in_batches("nats", lambda lines: takes(["/usr/bin/python3", f"{HERE}/nats_client.py", where, "stations.1"], lines))


def postgres(where):
    def insert(lines):
        rows = ", ".join("('{id}', to_timestamp({t}), {v}, {n})".format(**json.loads(line)) for line in lines.splitlines())
        return takes(where.split() + ["-c", f"INSERT INTO reading (id, tm, v, n) VALUES {rows}"], "")

    in_batches("postgres", insert)


def send(places):
    senders = {"spool": spool, "jt808": jt808, "udp": udp, "http": http_poll, "mqtt": mqtt, "nats": nats, "postgres": postgres}
    failed = []

    def run(name, where):
        try:
            senders[name](where)
        except BaseException as error:
            failed.append(f"{name}: {error!r}")

    threads = [threading.Thread(target=run, args=place.split("=", 1)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        sys.exit("\n".join(failed))


def number_in(feed, message):
    if feed == "jt808":
        plain = message.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
        return calendar.timegm(time.strptime(plain[35:41].hex(), "%y%m%d%H%M%S")) - 8 * 3600 - base
    if feed == "spool":
        return int(message.split(b",")[-1])
    return json.loads(message)["n"]


def rows_of(path, words):
    connection = sqlite3.connect(path, timeout=30)
    try:
        return connection.execute(words).fetchall()
    finally:
        connection.close()


def held_in_journal(data):
    """What peers of a crowd said that is no frame stands there as noise, which has no number."""
    held = {}
    for feed, message in rows_of(f"{data}/journal/journal.db", "SELECT name.text, bytes FROM message JOIN name "
                                 "ON name.id = message.feed WHERE source NOT LIKE '%(noise)'"):
        held.setdefault(feed, []).append(number_in(feed, message))
    return held


def held_in_store(data):
    held = {}
    for kind in ("observation", "position"):
        for path in glob.glob(f"{data}/store/**/{kind}s-*.db", recursive=True):
            for feed, valid_s in rows_of(path, f"SELECT feed, valid_s FROM {kind}"):
                held.setdefault(feed, []).append(valid_s - base)
    return held


def acknowledged(feed):
    with open(os.path.join(folder, feed + ".acknowledged"), encoding="ascii") as file:
        return {int(line) for line in file}


def check(data):
    journal, store, wrong = held_in_journal(data), held_in_store(data), []
    for path in sorted(glob.glob(os.path.join(folder, "*.acknowledged"))):
        feed = os.path.basename(path).split(".")[0]
        numbers, rows = journal.get(feed, []), store.get(feed, [])
        lost, twice = acknowledged(feed) - set(numbers), len(numbers) - len(set(numbers))
        if lost:
            wrong.append(f"{feed}: {len(lost)} acknowledged messages are not in the journal, as {sorted(lost)[:5]}")
        if twice:
            wrong.append(f"{feed}: {twice} messages are in the journal twice")
        if sorted(rows) != sorted(set(numbers)):
            wrong.append(f"{feed}: {len(numbers)} messages in the journal, {len(rows)} records in the store")
        print(f"  {feed}: {len(acknowledged(feed))} acknowledged, {len(numbers)} in the journal, {len(rows)} in the store")
        if not numbers:
            wrong.append(f"{feed}: nothing came")
    if wrong:
        sys.exit("\n".join(wrong))


if sys.argv[1] == "send":
    send(sys.argv[3:])
else:
    check(sys.argv[3])
