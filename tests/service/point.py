# SPDX-License-Identifier: Apache-2.0
"""Compare what the service says of random places with `sanfang query point`, the grids' files read by netCDF4, and the styles.

usage: point.py URL OUT REQUESTS COMPARED SEED
"""
import http.client
import json
import os
import random
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import netCDF4
import numpy as np

url, out, requests, compared, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
rng = random.Random(seed)
connection = http.client.HTTPConnection(url.split("//")[1], timeout=60)
BEIJING = timezone(timedelta(hours=8))


def fail(words):
    print("point.py: seed %d: %s" % (seed, words))
    sys.exit(1)


def ask(path, status=200):
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != status:
        fail("%s: status %d instead of %d: %s" % (path, answer.status, status, body[:300]))
    return json.loads(body, parse_float=str)


def parse(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def fixed(value):
    """Three decimals, as Python's exact formatting has them; no minus zero."""
    text = "%.3f" % value
    return text.lstrip("-") if float(text) == 0 else text


def styles():
    """Default styles by dataset: lower bounds and labels, read by other code than the program's."""
    found = {}
    folder = os.path.join(os.environ["srcdir"], "share/styles")
    for name in os.listdir(folder):
        text = open(os.path.join(folder, name), encoding="utf-8").read()
        if not re.search(r"^classes:", text, re.M) or not re.search(r"^default: true", text, re.M):
            continue
        entries = re.findall(r"- \{from: ([-\d.]+).*?label: (?:\{en: (.*?), zh: (.*?)\}|(.*?))\}", text)
        labels = [(float(e[0]), (e[1] or e[3]).strip('"'), (e[2] or e[3]).strip('"')) for e in entries]
        for dataset in re.findall(r"\w+", re.search(r"^datasets?: (.*)", text, re.M).group(1)):
            found[dataset] = labels
    return found


def check_meaning(layer, entry, exact):
    """What the words must be: nothing but missing words, a Beijing time, or the label of the class."""
    meaning = entry["meaning"]
    if exact is None:
        return
    if "reference_time" in layer:
        local = parse(entry["time"]).astimezone(BEIJING)
        want = {"en": local.strftime("%Y-%m-%d %H:%M BJT"), "zh": "%d月%d日%s（北京时间）" % (local.month, local.day, local.strftime("%H:%M"))}
    else:
        classes = [c for c in STYLES.get(layer["dataset"], []) if exact >= c[0]]
        want = {"en": classes[-1][1], "zh": classes[-1][2]} if classes else None
    if meaning != want:
        fail("%s: %s means %s, not %s" % (layer["id"], exact, meaning, want))


def flatten(answer):
    """The service's layers in the query's form: (dataset, grid, band) -> entry."""
    found = {}
    for layer in answer["layers"]:
        dataset, _, grid = layer["id"].partition("@")
        for entry in layer.get("values", [layer]):
            band = entry.get(layer["dimension"]) if layer["kind"] == "grid" and layer["dimension"] else None
            found[dataset, grid, None if band is None else float(band)] = (layer, entry)
    return found


def compare(lon, lat, time, answer):
    words = [os.environ["SANFANG"], "query", "point", str(lon), str(lat), "-o", out, "--json", "--log-level", "error"]
    said = json.loads(subprocess.run(words + (["--time", time] if time else []), check=True, capture_output=True).stdout)
    ours = flatten(answer)
    areas = [(a["id"], a["properties"]) for a in answer["areas"]]
    for entry in said["layers"]:
        if "grid" not in entry:
            entry = {k: str(v) if isinstance(v, float) else v for k, v in entry.items()}
            name, properties = entry.pop("dataset"), {k: v for k, v in entry.items() if k not in ("title_en", "title_zh")}
            if (name, properties) not in areas:
                fail("%s, %s: query says %s %s, the service %s" % (lon, lat, name, properties, areas))
            areas.remove((name, properties))
            continue
        band = [v for k, v in entry.items() if k not in KNOWN]
        key = entry["dataset"], entry["grid"], float(band[0]) if band else None
        if key not in ours:
            fail("%s, %s: the service does not say %s" % (lon, lat, key))
        layer, mine = ours.pop(key)
        want = None if entry["value"] is None else fixed(entry["value"])
        if mine["value"] != want or mine.get("time") != entry.get("time") or mine.get("valid_time") != entry.get("valid_time"):
            fail("%s, %s: %s is %s instead of %s" % (lon, lat, key, mine, entry))
        if layer["unit"] != entry["unit"]:
            fail("%s: unit %s" % (key, layer["unit"]))
        check_meaning(layer, mine, entry["value"])
    if ours or areas:
        fail("%s, %s: only the service says %s %s" % (lon, lat, list(ours), areas))


def compare_file(count):
    """The cell that netCDF4 and numpy find."""
    for grid in ("province", "sea"):
        with netCDF4.Dataset(os.path.join(out, "current/data/grids-%s.nc" % grid)) as file:
            lons, lats, values = file["lon"][:], file["lat"][:], file["wind_max"][:].filled(np.nan)
        for _ in range(count):
            row, column = rng.randrange(len(lats)), rng.randrange(len(lons))
            step = abs(lons[1] - lons[0]) * 0.49
            lon, lat = lons[column] + rng.uniform(-step, step), lats[row] + rng.uniform(-step, step)
            layer, entry = flatten(ask("/v1/point?lon=%.9f&lat=%.9f" % (lon, lat)))["wind_max", grid, None]
            want = None if np.isnan(values[row, column]) else fixed(values[row, column])
            if entry["value"] != want:
                fail("wind_max@%s at %s, %s: %s instead of %s" % (grid, lon, lat, entry["value"], want))


KNOWN = {"dataset", "grid", "title_en", "title_zh", "value", "unit", "time", "valid_time"}
STYLES = styles()
layers = {layer["id"]: layer for layer in ask("/v1/layers")["layers"]}
steps = [parse(t) for layer in layers.values() if layer["kind"] == "cube" for t in layer["dimension"]["values"]]
first, last = (min(steps), max(steps)) if steps else (datetime(2014, 7, 18, tzinfo=timezone.utc),) * 2
every, now = requests // compared, None
for i in range(requests):
    lon, lat = round(rng.uniform(104, 120), 4), round(rng.uniform(3, 25), 4)
    if i % 2 == 0:
        lon, lat = round(rng.uniform(108.5, 111.5), 4), round(rng.uniform(18, 20.5), 4)
    time = iso(first - timedelta(hours=2) + rng.random() * (last - first + timedelta(hours=4))) if i % 5 else ""
    answer = ask("/v1/point?lon=%s&lat=%s%s" % (lon, lat, time and "&time=" + time))
    if answer["time"] != (time or None) or float(answer["lon"]) != lon or float(answer["lat"]) != lat:
        fail("another place or time: %s" % answer)
    for layer in answer["layers"]:
        if layer["age_s"] != (parse(answer["now"]) - parse(layer["data_time"])).total_seconds():
            fail("age of %s" % layer)
    if i % every == 0:
        compare(lon, lat, time, answer)
compare_file(compared)
print("%d answers, %d compared with the query, %d with the files" % (requests, (requests + every - 1) // every, 2 * compared))
