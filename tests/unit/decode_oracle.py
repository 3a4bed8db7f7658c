# SPDX-License-Identifier: Apache-2.0
"""Compare what a decoder gave with an independent reading of the same file.

decode_oracle.py FORM FILE < decoder's JSON lines.  FORM: cma, jma, nmc, zj, verify, consensus.
Every fix is held against the decoded one: time, place, pressure, wind, and for jma, nmc and zj the radii. Written from the
formats' descriptions (handbook typhoon.md section 4), shares nothing with the C code.
"""
import calendar
import datetime
import json
import re
import sys

KN, NMI = 1852 / 3600, 1.852
NAMES = {"中国": "BABJ", "日本": "RJTD", "美国": "PGTW", "中国香港": "VHHH", "中国台湾": "RCTP"}


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc(text, form, hours=0):
    return iso(calendar.timegm(datetime.datetime.strptime(text, form).timetuple()) - hours * 3600)


def turned(lon):
    return lon - 360 if lon > 180 else lon


def lines_of(path):
    with open(path, "rb") as file:
        return [line for line in file.read().decode("ascii").split("\n") if line.strip()]


def read_cma(path):
    for line in lines_of(path):
        w = line.split()
        if w[0] == "66666":
            continue
        wind = int(w[5])
        yield dict(time=utc(w[0], "%Y%m%d%H"), lat=int(w[2]) / 10, lon=turned(int(w[3]) / 10), pressure=float(w[4]),
                   wind=None if wind in (0, 9) else wind, agency="BABJ")


def jma_ring(direction, long, short):
    if not direction or not long:
        return [None] * 4
    quadrants = {9: "LLLL", 8: "LSSL", 2: "LLSS", 4: "SLLS", 6: "SSLL", 1: "L.S.", 3: ".L.S", 5: "S.L.", 7: ".S.L"}
    return [{"L": long * NMI, "S": short * NMI, ".": None}[c] for c in quadrants[direction]]


def read_jma(path):
    for line in lines_of(path):
        if line.startswith("66666"):
            continue
        wind = int(line[33:36])
        rings = {}
        if line[41:62].strip():
            rings = {"r10": jma_ring(int(line[41]), int(line[42:46]), int(line[47:51])),
                     "r7": jma_ring(int(line[52]), int(line[53:57]), int(line[58:62]))}
        yield dict(time=utc("20" + line[:8], "%Y%m%d%H"), lat=int(line[15:18]) / 10, lon=turned(int(line[19:23]) / 10),
                   pressure=float(line[24:28]), wind=wind * KN if wind else None, agency="RJTD", **rings)


def read_nmc(path):
    text = open(path, encoding="utf-8").read()
    storm = json.loads(re.search(r"\((.*)\)", text, re.S).group(1))["typhoon"]
    for p in storm[8]:
        yield dict(time=iso(p[2] // 1000), lon=p[4], lat=p[5], pressure=p[6], wind=p[7], agency="BABJ")
        for agency, points in (p[11] or {}).items():
            for f in points:
                yield dict(time=iso(p[2] // 1000 + f[0] * 3600), lon=f[2], lat=f[3], pressure=f[4], wind=f[5], agency=agency)


def number(value):
    text = str(value).strip()
    return float(text) or None if text else None


def clockwise(radii):
    return [radii[0], radii[1], radii[3], radii[2]] if radii else [None] * 4


def read_zj(path):
    storm = json.load(open(path, encoding="utf-8"))
    seen = set()
    for p in storm["track"]:
        time = utc(p["time"], "%Y-%m-%d %H:%M:%S", 8)
        seen.add((time, p["lng"], p["lat"]))
        yield dict(time=time, lon=p["lng"], lat=p["lat"], pressure=number(p["pressure"]), wind=number(p["speed"]),
                   agency="BABJ", r7=clockwise(p["r7"]), r10=clockwise(p["r10"]), r12=clockwise(p["r12"]))
    for agency, forecast in storm["forecasts"].items():
        for i, p in enumerate(forecast["points"]):
            time = utc(p["time"], "%Y-%m-%d %H:%M:%S", 8)
            if i or (time, p["lng"], p["lat"]) not in seen:
                yield dict(time=time, lon=p["lng"], lat=p["lat"], pressure=number(p["pressure"]), wind=number(p["speed"]),
                           agency=NAMES[agency])


def read_verify(path):
    data = json.load(open(path, encoding="utf-8"))
    for t, lat, lon in data["obs"]:
        yield dict(time=iso(t), lon=lon, lat=lat, agency="BABJ")
    for agency, issues in data["issues"].items():
        for base, places in issues:
            for t, lat, lon in places:
                yield dict(time=iso(t), lon=lon, lat=lat, agency=NAMES[agency], base=iso(base))


def read_consensus(path):
    for storm in json.load(open(path, encoding="utf-8"))["storms"]:
        for f in storm["fused"]:
            yield dict(time=iso(f["t"]), lon=f["lng"], lat=f["lat"], agency="consensus", base=iso(f["t"] - 3600 * f["lead"]))


def same(a, b):
    return a is b is None or (a is not None and b is not None and abs(a - b) < 1e-9 * max(1, abs(b)))


def ring_of(record, key):
    radii = record.get("radii") or {}
    return radii.get(key + "_km") or [None] * 4


def compare(i, want, got):
    for key, name in (("lon", "lon"), ("lat", "lat"), ("pressure", "pressure_hpa"), ("wind", "wind_mps")):
        if not same(got[name], want.get(key)):
            sys.exit(f"fix {i}: {name} {got[name]}, expected {want.get(key)}")
    if got["time"] != want["time"] or got["agency"] != want["agency"] or got["base_time"] != want.get("base", got["base_time"]):
        sys.exit(f"fix {i}: {got['time']} {got['agency']} {got['base_time']}, expected {want}")
    for key in ("r7", "r10", "r12"):
        if key in want and not all(same(a, b) for a, b in zip(ring_of(got, key), want[key])):
            sys.exit(f"fix {i}: {key} {ring_of(got, key)}, expected {want[key]}")


def main():
    form, path = sys.argv[1:]
    want = list(globals()["read_" + form](path))
    got = [json.loads(line) for line in sys.stdin]
    rejected = got.pop()["rejected"]
    if len(got) != len(want) or rejected:
        sys.exit(f"{len(got)} fixes and {rejected} rejected, expected {len(want)} and none")
    for i, (a, b) in enumerate(zip(want, got)):
        compare(i, a, b)
    print(f"{path}: {len(want)} fixes as expected, {sum(1 for r in got if r['doubt'])} doubtful")


main()
