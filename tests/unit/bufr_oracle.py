# SPDX-License-Identifier: Apache-2.0
"""Hold what the BUFR decoder gave against two other readings of the file, fix by fix.

bufr_oracle.py FILE DUMP ELEMENTS < decoder's JSON lines.  DUMP is `bufr_dump -js FILE`; ELEMENTS is table B as
libeccodes-data has it (element.table), from which the bits are read here once more, by the rules of FM 94 BUFR for
compressed messages. Both readings must agree with each other and with the decoder; distances by the haversine.
"""
import collections
import json
import math
import sys
from datetime import datetime, timedelta

SEQUENCES = {301011: [4001, 4002, 4003], 301012: [4004, 4005], 301023: [5002, 6002]}
KEYS = {1025: "stormIdentifier", 1027: "longStormName", 1091: "ensembleMemberNumber", 1092: "ensembleForecastType",
        4001: "year", 4002: "month", 4003: "day", 4004: "hour", 4005: "minute", 4024: "timePeriod",
        8005: "meteorologicalAttributeSignificance", 5002: "latitude", 6002: "longitude",
        10051: "pressureReducedToMeanSeaLevel", 11012: "windSpeedAt10M"}
Table = collections.namedtuple("Table", "scale reference width text")


def flat(node):
    if isinstance(node, dict):
        yield node["key"], node["value"]
    else:
        for item in node:
            yield from flat(item)


def read_dump(path):
    """Per message, the list of (key, values of the subsets) in their order."""
    for message in json.load(open(path))["messages"]:
        pairs = list(flat(message))
        count = dict(pairs)["numberOfSubsets"]
        yield [(key, value if isinstance(value, list) else [value] * count) for key, value in pairs if key in KEYS.values()]


def read_table(path):
    table = {}
    for line in open(path, encoding="utf-8"):
        part = line.rstrip("\n").split("|")
        if part[0].isdigit():
            table[int(part[0])] = Table(int(part[5]), int(part[6]), int(part[7]), part[2] == "string")
    return table


class Bits:
    def __init__(self, data):
        self.number, self.left = int.from_bytes(data, "big"), 8 * len(data)

    def take(self, width):
        self.left -= width
        assert self.left >= 0
        return self.number >> self.left & (1 << width) - 1


def read_element(bits, entry, count):
    least = bits.take(entry.width)
    increment = bits.take(6)
    if entry.text:
        parts = [bits.take(8 * increment) for _ in range(count)] if increment else [least] * count
        size = increment or entry.width // 8
        return [part.to_bytes(size, "big").decode("ascii").strip() for part in parts]
    values = []
    for _ in range(count):
        more = bits.take(increment) if increment else 0
        missing = least == (1 << entry.width) - 1 or (increment and more == (1 << increment) - 1)
        values.append(None if missing else (least + more + entry.reference) / 10.0 ** entry.scale)
    return values


def unfold(bits, descriptors, table, count, out):
    rest = list(descriptors)
    while rest:
        d = rest.pop(0)
        if d in SEQUENCES:
            rest = SEQUENCES[d] + rest
        elif d >= 100000:
            span, times = d // 1000 - 100, d % 1000
            if not times:
                times = int(read_element(bits, table[rest.pop(0)], count)[0])
            for _ in range(times):
                unfold(bits, rest[:span], table, count, out)
            rest = rest[span:]
        else:
            values = read_element(bits, table[d], count)
            if d in KEYS:
                out.append((KEYS[d], values))


def read_bits(path, table):
    data = open(path, "rb").read()
    at = data.find(b"BUFR")
    while at >= 0:
        total = int.from_bytes(data[at + 4:at + 7], "big")
        section, optional = at + 8, data[at + 8 + 9] & 0x80
        section += int.from_bytes(data[section:section + 3], "big")
        if optional:
            section += int.from_bytes(data[section:section + 3], "big")
        size, count = int.from_bytes(data[section:section + 3], "big"), int.from_bytes(data[section + 4:section + 6], "big")
        assert data[section + 6] & 0x40, "compressed messages only"
        words = [int.from_bytes(data[i:i + 2], "big") for i in range(section + 7, section + size - 1, 2)]
        descriptors = [(w >> 14) * 100000 + (w >> 8 & 63) * 1000 + (w & 255) for w in words]
        out = []
        unfold(Bits(data[section + size + 4:at + total - 4]), descriptors, table, count, out)
        yield out
        at = data.find(b"BUFR", at + total)


def haversine_km(lon1, lat1, lon2, lat2):
    a, b, c, d = map(math.radians, (lon1, lat1, lon2, lat2))
    h = math.sin((d - b) / 2) ** 2 + math.cos(b) * math.cos(d) * math.sin((c - a) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def fixes_of(message, subset):
    """One dictionary a step: the elements of that subset up to the next time period."""
    head, steps, what = {}, [{"timePeriod": 0}], None
    for key, values in message:
        value = values[subset]
        if key == "timePeriod":
            steps.append({key: value})
        elif key == "meteorologicalAttributeSignificance":
            what = value
        elif key in ("latitude", "longitude"):
            steps[-1][key, what] = value
        elif key in ("pressureReducedToMeanSeaLevel", "windSpeedAt10M"):
            steps[-1][key] = value
        else:
            head[key] = value
    for number, step in enumerate(steps):
        place = 1 if number else 4
        if step.get(("latitude", place)) is not None:
            yield head, step, place


def expected(message):
    count = len(message[0][1])
    for subset in range(count):
        for head, step, place in fixes_of(message, subset):
            kind = {0: "fc", 1: "cf", None: "pf"}[head["ensembleForecastType"]]
            base = datetime(*(int(head[k]) for k in ("year", "month", "day", "hour", "minute")))
            lon, lat = step["longitude", place], step["latitude", place]
            rmw = None
            if step.get(("latitude", 3)) is not None:
                rmw = haversine_km(lon, lat, step["longitude", 3], step["latitude", 3]) or None
            pressure = step["pressureReducedToMeanSeaLevel"]
            yield dict(id=head["stormIdentifier"], name=head["longStormName"].strip(), lon=lon, lat=lat, rmw_km=rmw,
                       member="%s%02d" % (kind, head["ensembleMemberNumber"]), lead_h=step["timePeriod"],
                       base_time=base.strftime("%Y-%m-%dT%H:%M:%SZ"), wind_mps=step["windSpeedAt10M"],
                       time=(base + timedelta(hours=step["timePeriod"])).strftime("%Y-%m-%dT%H:%M:%SZ"),
                       pressure_hpa=None if pressure is None else pressure / 100)


def same(a, b):
    if a is None or b is None or isinstance(a, str):
        return a == b
    return abs(a - b) < 1e-6


def compare(want, got):
    for key in ("lon", "lat", "rmw_km", "member", "lead_h", "base_time", "time", "wind_mps", "pressure_hpa"):
        assert same(want[key], got[key]), (key, want, got)
    assert got["agency"] == "ECMF" and got["averaging_min"] == 10
    number = int(want["id"][:2])
    assert got["storm"] == ("WP%02d2015" % number if number < 70 else want["id"] + "2015111800"), got
    assert got["name"] == (None if want["name"] == want["id"] else want["name"]), got


def main():
    path, dump, elements = sys.argv[1:]
    lines = [json.loads(line) for line in sys.stdin]
    assert lines.pop() == {"rejected": 0}
    got = {(f["storm"], f["member"], f["lead_h"]): f for f in lines}
    assert len(got) == len(lines)
    for name, reading in ("bufr_dump", read_dump(dump)), ("bits", read_bits(path, read_table(elements))):
        wanted = [fix for message in reading for fix in expected(message)]
        by_id = {(f["storm"][2:4] + "W" if f["storm"].startswith("WP") else f["storm"][:3], f["member"], f["lead_h"]): f
                 for f in lines}
        assert len(wanted) == len(lines), (name, len(wanted), len(lines))
        for fix in wanted:
            compare(fix, by_id[fix["id"], fix["member"], fix["lead_h"]])
        print("%s: %d fixes agree" % (name, len(wanted)))


main()
