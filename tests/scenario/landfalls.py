# SPDX-License-Identifier: Apache-2.0
"""Compare official landfall records with the program's landfalls; argument: records, coast, folder of the runs.

Official: landfalls.csv (Beijing time; from the landfall messages of typhoon.slt.zj.gov.cn, see its head). The coast is
read with OGR and distances are taken with numpy, both apart from the code under test.
"""
import csv
import datetime as dt
import json
import math
import os
import sys

import numpy as np
from osgeo import ogr

ogr.UseExceptions()
BJT = dt.timezone(dt.timedelta(hours=8))
KM_PER_DEG = 6371.0088 * math.pi / 180
OFF_COAST_KM = 10
SAME_LANDFALL_MIN = 180

# Minutes and km, from the bar 4: the first is the storm the system is shown with.
BARS = {("201409", "Hainan Wenchang Wengtian"): (45, 20)}
BAR = (60, 25)

# Records whose place cannot be where a storm came ashore.
WRONG = {
    ("201409", "Guangdong Xuwen Longtang"): "off the coast: 110.5 E lies in the strait, 14 km from any shore",
    ("201415", "Hainan Wenchang Wengtian"): "off the coast: 111.3 E lies 31 km out at sea",
}

# Records beyond the bar and why; each must stay a miss, or leave this list. A landfall to which the first touch is another
# headland is a matter of the rule; the opposite rule (the first entry that goes deeper than the rounding) was tried and
# loses Rammasun at Fangchenggang (39 minutes, 29 km) without meeting the bar for Mangkhut (40 minutes, 29 km).
KNOWN_MISSES = {
    ("201415", "Guangdong Xuwen"): "track cannot: 23 km short of the place at the official hour, an hour behind",
    ("201621", "Guangxi Fangchenggang Dongxing"): "track cannot: JMA's is 23 km inland of the place at the official hour",
    ("201822", "Guangdong Jiangmen"): "rule: JMA's track cuts a headland 50 km to the east 80 minutes before",
}


def km(lon1, lat1, lon2, lat2):
    """Distance from the chord of two unit vectors."""
    a, b = (
        np.array([math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y)])
        for x, y in ((math.radians(lon1), math.radians(lat1)), (math.radians(lon2), math.radians(lat2)))
    )
    return 2 * 6371.0088 * math.asin(min(1, float(np.linalg.norm(a - b)) / 2))


def read_records(lines):
    records = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    for record in records:
        record["lon"], record["lat"] = float(record["lon"]), float(record["lat"])
        record["time"] = dt.datetime.strptime(record["time_bjt"], "%Y-%m-%d %H:%M").replace(tzinfo=BJT)
        record["key"] = (record["code"], record["place"])
    return records


def read_shores(path):
    """All edges of land of 100 km2 and more between 100 and 125 E, 5 and 35 N, as one array of x0 y0 x1 y1."""
    source = ogr.Open(path)
    layer = source.GetLayer("coast")
    layer.SetSpatialFilterRect(100, 5, 125, 35)
    layer.SetAttributeFilter("area >= 100")
    edges = []

    def add(geometry):
        if geometry.GetGeometryName() == "LINEARRING":
            xy = np.array(geometry.GetPoints())[:, :2]
            edges.append(np.hstack([xy[:-1], xy[1:]]))
        for i in range(geometry.GetGeometryCount()):
            add(geometry.GetGeometryRef(i))

    for feature in layer:
        add(feature.GetGeometryRef())
    edges = np.vstack(edges)
    keep = (edges[:, 0] > 100) & (edges[:, 0] < 125) & (edges[:, 1] > 5) & (edges[:, 1] < 35)
    return edges[keep]


def shore_km(edges, lon, lat):
    squeeze = math.cos(math.radians(lat))
    a = (edges[:, :2] - [lon, lat]) * [squeeze, 1]
    d = (edges[:, 2:] - edges[:, :2]) * [squeeze, 1]
    length2 = np.maximum((d * d).sum(1), 1e-30)
    t = np.clip(-(a * d).sum(1) / length2, 0, 1)
    return float(np.sqrt(((a + t[:, None] * d) ** 2).sum(1).min())) * KM_PER_DEG


def flaws(records, edges):
    """What is wrong with each record: a dict from its index to words."""
    found = {}
    for i, record in enumerate(records):
        if abs(record["lat"]) > 90 or record["lat"] > 60 > record["lon"]:
            found[i] = "longitude and latitude are swapped"
            continue
        away = shore_km(edges, record["lon"], record["lat"])
        if away > OFF_COAST_KM:
            found[i] = f"{away:.0f} km from any shore"
        for j, other in enumerate(records):
            same = other["name"] == record["name"] and km(record["lon"], record["lat"], other["lon"], other["lat"]) < 10
            life = dt.timedelta(days=30)
            if same and i != j and other["time"] - record["time"] > life:
                found[i] = f"the same landfall stands at {other['time_bjt']}"
    return found


def check_validator(edges):
    """The errors that the head of landfalls.csv names in its source: a duplicate of another month, swapped columns."""
    lines = [
        "code,name,place,time_bjt,lon,lat,grade",
        "201409,Rammasun,Hainan Wenchang Wengtian,2014-07-18 15:30,111.0,19.9,STY",
        "201409,Rammasun,Hainan Wenchang Wengtian,2014-04-18 15:30,111.0,19.9,STY",
        "201407,Hagibis,swapped,2014-06-15 16:50,23.1,116.6,TS",
        "201621,Sarika,Hainan Wanning Hele(Hedong),2016-10-18 09:50,110.4,18.8,STY",
    ]
    found = flaws(read_records(lines), edges)
    if sorted(found) != [1, 2] or "stands at" not in found[1] or "swapped" not in found[2]:
        return [f"the validator says {found} of a duplicate and a swapped record"]
    return []


def utc(text):
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.timezone.utc)


def read_ours(folder, code):
    """Landfalls, and the passes of a shore that are too near to be told from one."""
    with open(os.path.join(folder, code + ".json"), encoding="utf-8") as file:
        answers = {a["dataset"]: a["rows"] for a in map(json.loads, file) if "dataset" in a}
    if "landfalls" not in answers:
        raise SystemExit(f"the run for storm {code} gave no landfalls")
    kinds = {1: "in", 0: "by"}
    rows = [dict(row, kind=kinds[row["entered"]]) for row in answers["landfalls"]]
    return rows + [dict(row, kind="pass", uncertainty=row["distance"]) for row in answers["shore_passes"]]


def track_at(folder, code, time):
    """The track's place at a moment, straight between its fixes."""
    with open(os.path.join(folder, code + ".fixes"), encoding="utf-8") as file:
        fixes = [json.loads(line) for line in file]
    fixes = sorted((utc(f["time"]).timestamp(), f["lon"], f["lat"]) for f in fixes if f.get("lead_s", 0) in (0, None))
    times, lons, lats = zip(*fixes)
    moment = time.timestamp()
    return float(np.interp(moment, times, lons)), float(np.interp(moment, times, lats))


def compare(record, folder):
    """A line of the table, whether the bar is met, and whether the official time is within our range."""
    rows = read_ours(folder, record["code"])
    lon, lat = track_at(folder, record["code"], record["time"])
    off = km(lon, lat, record["lon"], record["lat"])
    label = f"{record['name']:9s} {record['place'][:30]:30s} {record['time']:%m-%d %H:%M}"
    near = min(rows, key=lambda r: abs(utc(r["time"]) - record["time"]), default=None)
    if near is None or abs(utc(near["time"]) - record["time"]) > dt.timedelta(minutes=SAME_LANDFALL_MIN):
        return f"{label}  none{'':46s} {off:4.0f} km", False, False
    minutes = (utc(near["time"]) - record["time"]).total_seconds() / 60
    away = km(near["longitude"], near["latitude"], record["lon"], record["lat"])
    first, last = (utc(near[k]).astimezone(BJT) for k in ("earliest", "latest"))
    bar = BARS.get(record["key"], BAR)
    line = (
        f"{label}  {utc(near['time']).astimezone(BJT):%H:%M:%S} {minutes:+6.1f} {away:5.1f}  "
        f"{first:%H:%M}-{last:%H:%M} {near['uncertainty']:5.1f} {near['kind']:>4s}  {off:4.0f} km"
    )
    held = utc(near["earliest"]) <= record["time"] <= utc(near["latest"])
    return line, abs(minutes) <= bar[0] and away <= bar[1], held


def main():
    path, coast, folder = sys.argv[1:]
    edges = read_shores(coast)
    with open(path, encoding="utf-8") as file:
        records = read_records(file)
    found = flaws(records, edges)
    failures = check_validator(edges)
    right = [0, 0, 0]
    print(f"{'storm':9s} {'place':30s} {'official BJT':11s}  {'ours':8s} {'min':>6s} {'km':>5s}  {'earliest-latest':11s} "
          f"km+-  in/by/pass  track off  verdict")
    for i, record in enumerate(records):
        key, flaw = record["key"], found.get(i)
        if (flaw is not None) != (key in WRONG):
            failures.append(f"{key}: the validator says {flaw or 'nothing wrong'}, known is {WRONG.get(key, 'no fault')}")
        if not os.path.exists(os.path.join(folder, record["code"] + ".json")):
            print(f"{record['name']:9s} {record['place'][:30]:30s} no track in the data")
            continue
        line, met, held = compare(record, folder)
        if not flaw:
            right = [right[0] + 1, right[1] + met, right[2] + held]
        if not flaw and not held:
            failures.append(f"{key}: the official time is outside our range")
        if flaw:
            verdict = f"record wrong: {flaw}" + (" (met all the same)" if met else "")
        elif met:
            verdict = "ok"
        else:
            verdict = KNOWN_MISSES.get(key, "MISSED")
        print(f"{line}  {verdict}")
        if not flaw and not met and key not in KNOWN_MISSES:
            failures.append(f"{key}: beyond its bar of {BARS.get(key, BAR)} minutes and km")
        if met and key in KNOWN_MISSES:
            failures.append(f"{key}: met now; take it off the known misses")
    print(f"right records with a track: {right[0]}; within the bar: {right[1]}; official time within our range: {right[2]}")
    seen = {record["key"] for record in records}
    failures += [f"{key}: is not in the file" for key in [*WRONG, *KNOWN_MISSES, *BARS] if key not in seen]
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures else 0


sys.exit(main())
