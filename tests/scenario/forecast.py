#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judge the products of a drill: forecast.py FOLDER KIND, KIND being storm or remnant.

What is asked holds for any forecast: probabilities are probabilities, an arrival stands inside the window and only beside its
chance, nothing of ours looks official, every page works offline, is marked, and gives its zone."""

import csv
import io
import json
import math
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

WINDOW = timedelta(hours=240)
MARK = "内部研判参考，不得对外发布"
faults = []


def check(good, *words):
    if not good:
        faults.append(" ".join(str(word) for word in words))


def time_of(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def check_number(where, name, value, titles):
    check(math.isfinite(value), where, name, "is not finite")
    if "probability" in name or name == "strike_120km":
        check(0 <= value <= 1, where, name, "is no probability:", value)
    if titles[name]["unit"] in ("km", "mm", "mm h-1", "h") and name not in ("against_consensus", "against_low", "against_high"):
        check(value >= 0, where, name, "is negative:", value)


def check_row(where, row, titles, as_of):
    for name, value in row.items():
        if isinstance(value, (int, float)):
            check_number(where, name, value, titles)
        elif isinstance(value, str):
            check(value.lower() not in ("nan", "inf", "-inf", "-nan", "(null)"), where, name, "says", value)
    if "probability" not in row:
        return
    times = [time_of(row.get(name)) for name in ("earliest", "likely", "latest")]
    known = [t for t in times if t]
    check(known == sorted(known), where, "earliest, likely and latest are out of order")
    for time in known:
        check(as_of - timedelta(hours=24) <= time <= as_of + WINDOW, where, "an arrival outside the window:", time)
        check(row["probability"] is not None and row["probability"] > 0, where, "an arrival without a chance")


def check_json(path):
    text = path.read_text(encoding="utf-8")
    check("NaN" not in text and "Infinity" not in text, path.name, "holds NaN as a number")
    made = json.loads(text)
    titles = {column["name"]: column for column in made["columns"]}
    check(made["authority"] == "drill" and made["simulated"] is True, path.name, "is not marked as a simulated drill")
    as_of = time_of(made["as_of"])
    for i, row in enumerate(made["rows"]):
        check(list(row) == list(titles), path.name, "row", i, "has other columns than its heading")
        check_row(f"{made['dataset']} row {i}", row, titles, as_of)
    return made


def check_csv(path, made):
    raw = path.read_bytes()
    check(raw.startswith(b"\xef\xbb\xbf"), path.name, "has no byte order mark")
    check(not re.search(rb"(^|,)-?(nan|inf)(,|\r)", raw), path.name, "holds nan")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    check(len(rows) == len(made["rows"]), path.name, "has other rows than its JSON")
    for row, other in zip(rows, made["rows"]):
        check(row["product_authority"] == "drill" and row["simulated"] == "1", path.name, "has a row without marks")
        for name, value in other.items():
            if value is None:
                check(row[name] == "", path.name, name, "is missing in JSON only")
            elif isinstance(value, float):
                check(float(row[name]) == value, path.name, name, "differs from its JSON")
            elif "seconds since" in next(c["unit"] for c in made["columns"] if c["name"] == name):
                check(row[name].endswith("+08:00") and time_of(row[name]) == time_of(value), path.name, name, "is another time")


def check_page(path):
    text = path.read_text(encoding="utf-8")
    check(MARK in text, path.name, "has no watermark")
    check('class="badge drill"' in text and "SIMULATED" in text, path.name, "is not marked as a simulated drill")
    check('class="badge official"' not in text, path.name, "bears the official mark")
    check("北京时间" in text, path.name, "does not name the zone")
    check(not re.search(r"(src|href)=[\"']?(https?:)?//", text), path.name, "needs a network")
    check("本页没有说的" in text, path.name, "does not tell what it does not say")
    shown = re.sub(r"<style>.*?</style>", "", text, flags=re.S)
    shown = re.sub(r"<[^>]*>", " ", shown)
    check(not re.search(r"\bnan\b|\binf\b|\(null\)", shown, flags=re.I), path.name, "shows nan")
    for cell in re.findall(r"<td[^>]*>(.*?)</td>", text, flags=re.S):
        check("最早" not in cell or "可能性" in cell, path.name, "has an arrival without its chance:", cell[:120])


def check_storm(tables):
    fixes = tables["fix_table"]["rows"]
    check(len(fixes) > 20, "the fix table has", len(fixes), "rows")
    times = [row["time"] for row in fixes]
    check(times == sorted(times) and len(set(times)) == len(times), "the fix table is not in order of time")
    at17 = [row for row in fixes if row["time"] == "2014-07-17T09:00:00Z"]
    check(at17 and at17[0]["wind_speed"] == 42 and at17[0]["longitude"] == 114.7, "the fix of 17:00 is not as issued")
    known = [row for row in fixes if row["kind"] == "analysis"]
    check(max(row["time"] for row in known) <= "2014-07-17T14:00:00Z", "a fix of later than the clock is there")
    check(all(row["issued"] <= "2014-07-17T14:00:00Z" for row in fixes), "a forecast of later than the clock is there")
    check({"forecast", "forecast, interpolated"} <= {row["kind"] for row in fixes}, "no hourly forecast near the coast")
    check(any(row["disagreement"] for row in fixes), "no distance between agencies is given")
    check(all(0 <= row["beaufort"] <= 17 for row in fixes if row["beaufort"] is not None), "a force is none")
    check(all(row["wenchang_distance"] > 0 and row["haikou_bearing"] <= 360 for row in fixes), "no distances are given")
    check(tables["ring_impact"]["rows"], "no ring impact is given")
    changes = [row["change"] for row in tables["forecast_changes"]["rows"]]
    check(changes and "no earlier forecast" not in changes, "the earlier forecast was not compared:", changes)
    flags = [row["flagged"] for row in tables["disagreements"]["rows"]]
    check(flags == sorted(flags, reverse=True), "what is flagged does not come first")


def check_remnant(tables):
    check(tables["fix_table"]["rows"] == [], "a fix without a track")
    for row in tables["ring_impact"]["rows"]:
        check(row["official_begin"] is None and row["now"] is None, "a wind without a track is told as known")
    for row in tables.get("county_rain", {"rows": []})["rows"]:
        check("at least" in row["verdict"], "rain without a source is called", row["verdict"])


folder, kind = Path(sys.argv[1]), sys.argv[2]
tables = {}
for path in sorted(folder.glob("*-sheet-*.json")):
    made = check_json(path)
    tables[made["dataset"]] = made
    check_csv(path.with_suffix(".csv"), made)
pages = sorted(folder.glob("*-sheet-*.html"))
check(len(pages) >= 4, "only", len(pages), "sheets")
for page in pages:
    check_page(page)
(check_storm if kind == "storm" else check_remnant)(tables)
print("\n".join(faults[:40]))
sys.exit(1 if faults else 0)
