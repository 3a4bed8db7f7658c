# SPDX-License-Identifier: Apache-2.0
"""Mixed load on a running ingest, and how soon it can be queried: ingest.py FOLDER PORT SECONDS RATE PID

Half of the records come as tables in a spool folder, two a second; the other half as lines over twenty TCP connections. Twice
a second a row of a station of its own goes each way; how long it takes until the store shows it is measured. Prints one line of
JSON."""
import json
import os
import random
import socket
import sqlite3
import sys
import threading
import time

folder, port, seconds, rate, pid = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
TICK_S, CONNECTIONS, STATIONS = 0.5, 20, 3000
marks, late_s, lock = {}, [], threading.Lock()
sent, is_over = {"spool": 0, "tcp": 0}, threading.Event()


def stamp(now_s):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now_s + 8 * 3600))


def row(station, now_s):
    return f"{station},{stamp(now_s)},{random.random() * 5:.1f},{random.random() * 20:.1f}\n"


def mark(kind, number):
    name = f"mark-{kind}-{number}"
    with lock:
        marks[name] = time.monotonic()
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
    rows = [row(f"s{random.randrange(STATIONS)}", now_s) for _ in range(int(rate * TICK_S / 4) - 1)]
    part, path = f"{folder}/.{tick}.part", f"{folder}/rain-{tick}.csv"
    with open(part, "w", encoding="ascii") as out:
        out.write("id,time,rain,wind\n" + "".join(rows) + row(mark("spool", tick), now_s))
    os.rename(part, path)
    sent["spool"] += 2 * (len(rows) + 1)


peers = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]


def tcp(tick):
    """One record a line."""
    count = int(rate * TICK_S / 2)
    for step in range(10):
        now_s = time.time()
        for peer in peers:
            lines = [f"t{random.randrange(STATIONS)},{stamp(now_s)},{random.random() * 20:.1f}\n"
                     for _ in range(count // (10 * CONNECTIONS))]
            if step == 0 and peer is peers[0]:
                lines[0] = f"{mark('tcp', tick)},{stamp(now_s)},7\n"
            peer.sendall("".join(lines).encode())
            sent["tcp"] += len(lines)
        time.sleep(TICK_S / 20)


def look():
    store = None
    while not is_over.is_set() or marks:
        time.sleep(0.02)
        try:
            store = store or sqlite3.connect(f"file:{folder}/../data/store/catalog.db?mode=ro", uri=True, timeout=5)
            with lock:
                names = list(marks)
            for name in names:
                if store.execute("SELECT 1 FROM last_observation WHERE subject = ?", (name,)).fetchone():
                    with lock:
                        late_s.append(time.monotonic() - marks.pop(name))
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


threads = [threading.Thread(target=at_ticks, args=(work,)) for work in (spool, tcp)]
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
late_s.sort()
work = sum(sent.values())
print(json.dumps({
    "case": "ingest", "variant": "mixed", "wall_s": round(ended - begun, 1), "cpu_s": round(end_cpu_s - cpu_s, 2), "work": work,
    "work_unit": "records", "records_per_s": round(work / (ended - begun)), "peak_mib": round(peak_mib, 1),
    "rss_mib_at_30_pct": round(early_mib, 1), "rss_mib_end": round(end_mib, 1), "rss_ratio": round(end_mib / early_mib, 3),
    "marks": len(late_s) + len(marks), "never_seen": len(marks), "p50_s": round(late_s[len(late_s) // 2], 3),
    "p99_s": round(late_s[int(len(late_s) * 0.99)], 3), "max_s": round(late_s[-1], 3)}))
