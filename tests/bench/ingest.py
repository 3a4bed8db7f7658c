# SPDX-License-Identifier: Apache-2.0
"""Mixed load on a running ingest, and how soon it can be queried: ingest.py FOLDER PORTS SECONDS RATE PID

Four tenths of the records come as tables in a spool folder, two a second; the others as lines over twenty TCP connections, as
frames of JT/T 808 over twenty more, whose replies are read, and as lines in datagrams: ports TCP,JT808,UDP. Twice a second a row
of a station of its own goes each way but one; how long it takes until the store shows it is measured. Prints one line of JSON."""
import json
import math
import os
import random
import select
import socket
import sqlite3
import struct
import sys
import threading
import time

folder, seconds, rate, pid = sys.argv[1], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
ports = [int(port) for port in sys.argv[2].split(",")]
TICK_S, STEPS, CONNECTIONS, STATIONS, MARKS = 0.5, 5, 20, 3000, 100
SHARES = {"spool": 0.4, "tcp": 0.25, "jt808": 0.25, "udp": 0.1}
marks, late_s, lock = {}, [], threading.Lock()
sent, is_over = dict.fromkeys(SHARES, 0), threading.Event()


def stamp(now_s):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now_s + 8 * 3600))


def count_of(kind):
    """Records of a tick, so many that steps and connections share them evenly."""
    unit = STEPS * CONNECTIONS if kind in ("tcp", "jt808") else STEPS
    return math.ceil(rate * TICK_S * SHARES[kind] / unit) * unit


def row(station, now_s):
    return f"{station},{stamp(now_s)},{random.random() * 5:.1f},{random.random() * 20:.1f}\n"


def mark(kind, number, now_s):
    """A station whose row is looked for; there are few, so that memory is that of a network of a fixed size."""
    name = f"mark-{kind}-{number % MARKS}"
    with lock:
        marks[name, int(now_s)] = time.monotonic()
    return name


def at_ticks(work):
    begun, tick = time.monotonic(), 0
    while tick * TICK_S < seconds:
        wait_s = begun + tick * TICK_S - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        work(tick)
        tick += 1


def spool(tick):
    """Two records a row."""
    now_s = time.time()
    rows = [row(f"s{random.randrange(STATIONS)}", now_s) for _ in range(count_of("spool") // 2 - 1)]
    part, path = f"{folder}/.{tick}.part", f"{folder}/rain-{tick}.csv"
    with open(part, "w", encoding="ascii") as out:
        out.write("id,time,rain,wind\n" + "".join(rows) + row(mark("spool", tick, now_s), now_s))
    os.rename(part, path)
    sent["spool"] += 2 * (len(rows) + 1)


def connect(port):
    return [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]


def line(station, now_s):
    return f"{station},{stamp(now_s)},{random.random() * 20:.1f}\n"


def tcp(tick):
    """One record a line."""
    for step in range(STEPS):
        now_s = time.time()
        for peer in line_peers:
            lines = [line(f"t{random.randrange(STATIONS)}", now_s) for _ in range(count_of("tcp") // (STEPS * CONNECTIONS))]
            if step == 0 and peer is line_peers[0]:
                lines[0] = line(mark("tcp", tick, now_s), now_s)
            peer.sendall("".join(lines).encode())
            sent["tcp"] += len(lines)
        time.sleep(TICK_S / STEPS / 2)


def frame(terminal, serial, now_s):
    """A position, message 0x0200 of JT/T 808-2013."""
    lon, lat = 110 + random.random(), 19 + random.random()
    time_bcd = bytes.fromhex(time.strftime("%y%m%d%H%M%S", time.gmtime(now_s + 8 * 3600)))
    body = struct.pack(">IIIIHHH", 0, 3, int(lat * 1e6), int(lon * 1e6), 10, random.randrange(900), random.randrange(360)) + time_bcd
    text = struct.pack(">HH", 0x0200, len(body)) + bytes.fromhex(f"{13900000000 + terminal:012d}") + struct.pack(">H", serial) + body
    check = 0
    for byte in text:
        check ^= byte
    text += bytes([check])
    return b"\x7e" + text.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def jt808(tick):
    for step in range(STEPS):
        now_s = time.time()
        for number, peer in enumerate(frame_peers):
            frames = [frame(number * 100 + n, (tick * STEPS + step) & 0xffff, now_s)
                      for n in range(count_of("jt808") // (STEPS * CONNECTIONS))]
            peer.sendall(b"".join(frames))
            sent["jt808"] += len(frames)
        time.sleep(TICK_S / STEPS / 2)


def read_replies():
    while not is_over.is_set():
        for peer in select.select(frame_peers, [], [], 0.2)[0]:
            replies[0] += peer.recv(1 << 16).count(b"\x80\x01")


def udp(tick):
    for step in range(STEPS):
        now_s = time.time()
        for n in range(count_of("udp") // STEPS):
            name = mark("udp", tick, now_s) if step == n == 0 else f"u{random.randrange(STATIONS)}"
            datagrams.sendto(line(name, now_s).encode(), ("127.0.0.1", ports[2]))
            sent["udp"] += 1
        time.sleep(TICK_S / STEPS / 2)


def look():
    store = None
    while not is_over.is_set() or marks:
        time.sleep(0.02)
        try:
            store = store or sqlite3.connect(f"file:{folder}/../data/store/catalog.db?mode=ro", uri=True, timeout=5)
            with lock:
                wanted = list(marks)
            for one in wanted:
                if store.execute("SELECT 1 FROM last_observation WHERE subject = ? AND valid_s >= ?", one).fetchone():
                    with lock:
                        late_s.append(time.monotonic() - marks.pop(one))
        except sqlite3.Error:
            pass
        if is_over.is_set() and time.monotonic() > ended + 60:
            break


def processes():
    found = [pid]
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and int(open(f"/proc/{name}/stat").read().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(name))
        except OSError:
            pass
    return found


def measure():
    rss_kib = cpu = 0
    for one in processes():
        try:
            rss_kib += next(int(l.split()[1]) for l in open(f"/proc/{one}/status") if l.startswith("VmRSS"))
            fields = open(f"/proc/{one}/stat").read().rsplit(")", 1)[1].split()
            cpu += int(fields[11]) + int(fields[12])
        except (OSError, StopIteration):
            pass
    return rss_kib / 1024, cpu / os.sysconf("SC_CLK_TCK")


line_peers, frame_peers, replies = connect(ports[0]), connect(ports[1]), [0]
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
threads = [threading.Thread(target=at_ticks, args=(work,)) for work in (spool, tcp, jt808, udp)]
reader = threading.Thread(target=read_replies)
reader.start()
looker = threading.Thread(target=look)
begun, cpu_s = time.monotonic(), measure()[1]
for thread in (*threads, looker):
    thread.start()
early_mib, peak_mib = None, 0
while any(thread.is_alive() for thread in threads):
    time.sleep(0.5)
    mib = measure()[0]
    peak_mib = max(peak_mib, mib)
    if early_mib is None and time.monotonic() - begun >= 0.3 * seconds:
        early_mib = mib
ended = time.monotonic()
end_mib, end_cpu_s = measure()
is_over.set()
looker.join()
reader.join()
late_s.sort()
work = sum(sent.values())
print(json.dumps({
    "case": "ingest", "variant": "mixed", "wall_s": round(ended - begun, 1), "cpu_s": round(end_cpu_s - cpu_s, 2), "work": work,
    "work_unit": "records", "records_per_s": round(work / (ended - begun)), "replies": replies[0], "peak_mib": round(peak_mib, 1),
    "rss_mib_at_30_pct": round(early_mib, 1), "rss_mib_end": round(end_mib, 1), "rss_ratio": round(end_mib / early_mib, 3),
    "marks": len(late_s) + len(marks), "never_seen": len(marks), "p50_s": round(late_s[len(late_s) // 2], 3),
    "p99_s": round(late_s[int(len(late_s) * 0.99)], 3), "max_s": round(late_s[-1], 3)}))
