# SPDX-License-Identifier: Apache-2.0
"""Check the analogues of analogue_tool: arguments: its output, the factors (YAML), the number of matches, best-track files.

1. Distances and order against numpy from the formula of models/typhoon/archive/similarity.h, by brute force over all
   moments of all other storms, for a sample of the queries.
2. Leave one out: the analogues' next 24 h against persistence (the last 6, 12 and 24 h continued), mean error over all
   moments, with the 5 and 95 % quantiles of the difference by a bootstrap of whole storms.
"""
import datetime as dt
import math
import random
import sys

import numpy as np

KM = 6371.0088 * math.pi / 180
STEP = 6
BACK, AHEAD = 12, 4


def read(paths):
    """Storms as the tool names them: 6-hourly arrays hour, lon, lat, wind (NaN: missing), straight between fixes."""
    storms, count = {}, 0
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split()
                if words[:1] == ["66666"]:
                    count += 1
                elif len(words) >= 6 and len(words[0]) == 10:
                    time = dt.datetime.strptime(words[0], "%Y%m%d%H").replace(tzinfo=dt.timezone.utc).timestamp() / 3600
                    wind = float(words[5]) if words[5] not in ("0", "9") else math.nan
                    storms.setdefault(f"{count:04d}", []).append((time, int(words[3]) / 10, int(words[2]) / 10, wind))
    return {name: resample(fixes) for name, fixes in storms.items() if len(resample(fixes)) >= 2}


def resample(fixes):
    fixes = sorted(fixes, key=lambda f: f[0])
    kept = [fixes[0]] + [b for a, b in zip(fixes, fixes[1:]) if b[0] > a[0]]
    points = []
    for a, b in zip(kept, kept[1:]):
        if b[0] - a[0] > 24:
            continue
        hour = STEP * math.ceil(a[0] / STEP)
        while hour < b[0]:
            t = (hour - a[0]) / (b[0] - a[0])
            wind = a[3] if t == 0 else a[3] + t * (b[3] - a[3])
            points.append((hour, a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2]), wind))
            hour += STEP
    if kept[-1][0] % STEP == 0:
        points.append(kept[-1])
    return np.array(points).reshape(-1, 4)


def at_offsets(points, i, offsets):
    """Displacements in km east, north from point i at offsets in steps; NaN where there is no point just so far away."""
    hours = points[:, 0]
    wanted = hours[i] + STEP * np.array(offsets)
    where = np.searchsorted(hours, wanted)
    ok = (where < len(hours)) & (hours[np.minimum(where, len(hours) - 1)] == wanted)
    j = np.minimum(where, len(hours) - 1)
    cos = np.cos(np.radians(points[:, 2]))
    east = KM * (points[j, 1] - points[i, 1]) * (cos[j] + cos[i]) / 2
    north = KM * (points[j, 2] - points[i, 2])
    return np.where(ok, east, np.nan), np.where(ok, north, np.nan)


def day_of_year(hour):
    time = dt.datetime.fromtimestamp(3600 * hour, dt.timezone.utc)
    return 1 + (time - dt.datetime(time.year, 1, 1, tzinfo=dt.timezone.utc)).total_seconds() / 86400


def great_circle(lon1, lat1, lon2, lat2):
    a, b = (
        np.array([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
        for x, y in ((np.radians(lon1), np.radians(lat1)), (np.radians(lon2), np.radians(lat2)))
    )
    return 2 * 6371.0088 * np.arcsin(np.minimum(1, np.linalg.norm(a.T - b.T, axis=-1) / 2))


def all_moments(storms):
    """One row a moment with 24 h before it: owner, hour, lon, lat, wind, day and its displacements."""
    offsets = [-k for k in range(1, BACK + 1)]
    rows = []
    for name, points in storms.items():
        for i in range(len(points)):
            future, _ = at_offsets(points, i, [AHEAD])
            if np.isnan(future[0]):
                continue
            east, north = at_offsets(points, i, offsets)
            rows.append((name, *points[i], day_of_year(points[i][0]), east, north))
    return rows


def best_of(query, rows, weights, count):
    name, hour, lon, lat, wind, day, east, north = query
    others = [r for r in rows if r[0] != name]
    lons, lats, winds, days = (np.array([r[k] for r in others]) for k in (2, 3, 4, 5))
    lag = np.arange(1, BACK + 1) * STEP
    w = np.exp(-lag / weights["back_scale_h"])
    d2 = ((24 / lag) ** 2) * (
        (np.array([r[6] for r in others]) - east) ** 2 + (np.array([r[7] for r in others]) - north) ** 2
    )
    shared = np.isfinite(d2)
    enough = shared.sum(1) >= min(2, np.isfinite(east).sum())
    with np.errstate(invalid="ignore"):
        shape = weights["shape"] * np.sqrt(np.where(shared, d2 * w, 0).sum(1) / (shared * w).sum(1))
    apart = np.abs(days - day)
    season = weights["season_km_per_day"] * np.minimum(apart, 365.2425 - apart)
    unknown = weights["unknown_wind_mps"]
    strength = weights["intensity_km_per_mps"] * np.abs(
        np.where(np.isnan(winds), unknown, winds) - (unknown if math.isnan(wind) else wind)
    )
    position = weights["position"] * great_circle(lon, lat, lons, lats)
    total = np.where(enough, np.sqrt(shape**2 + season**2 + strength**2 + position**2), np.inf)
    best = {}
    for k in np.argsort(total, kind="stable"):
        if len(best) == count or not np.isfinite(total[k]):
            break
        best.setdefault(others[k][0], (others[k][1], total[k], shape[k], position[k], season[k], strength[k]))
    return list(best.items())


def parse(path):
    queries = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            head, *matches = line.split(" M ")
            words = head.split()
            numbers = [float(w) for w in words[2:]]
            queries.append((words[1], int(words[2]) / 3600, numbers[1:], [m.split() for m in matches]))
    return queries


def compare(queries, storms, weights, count):
    rows = all_moments(storms)
    by_key = {(r[0], r[1]): r for r in rows}
    worst, wrong = 0, 0
    for name, hour, _, matches in random.Random(20141).sample(queries, 60):
        expected = best_of(by_key[name, hour], rows, weights, count)
        if len(expected) != len(matches):
            wrong += 1
        for (storm, values), match in zip(expected, matches):
            wrong += storm != match[0] and abs(values[1] - float(match[2])) > 1e-6
            worst = max(worst, abs(values[1] - float(match[2])))
            if storm == match[0] and values[0] == int(match[1]) / 3600:
                worst = max(worst, *(abs(a - float(b)) for a, b in zip(values[2:], match[3:])))
    print(f"60 queries against numpy over {len(rows)} moments: largest difference {worst:.2e} km, {wrong} other storms")
    return worst < 1e-4 and wrong == 0


def bootstrap(storm, difference):
    names, index = np.unique(storm, return_inverse=True)
    sums, counts = np.bincount(index, difference), np.bincount(index)
    draws = np.random.default_rng(1).integers(0, len(names), (4000, len(names)))
    return np.quantile(sums[draws].sum(1) / counts[draws].sum(1), [0.05, 0.95])


def leave_one_out(queries, storms):
    owner, came, plain, relative = [], [], [], []
    persisted = {1: [], 2: [], 4: []}
    for name, hour, numbers, _ in queries:
        points = storms[name]
        i = int(np.searchsorted(points[:, 0], hour))
        east, north = at_offsets(points, i, [-1, -2, -4])
        owner.append(name)
        came.append(numbers[3:5])
        plain.append(numbers[5:7])
        relative.append(numbers[7:9])
        for k, steps in enumerate(persisted):
            persisted[steps].append((-east[k] * AHEAD / steps, -north[k] * AHEAD / steps))
    came = np.array(came)

    def error(forecast):
        return np.hypot(*(np.array(forecast) - came).T)

    bases = {steps: error(values) for steps, values in persisted.items()}
    day_old = np.isfinite(bases[4])
    print(f"leave one out: {len(owner)} moments of {len(set(owner))} storms; mean error of 24 h in km: persistence of 6 h "
          f"{bases[1].mean():.1f}, of 12 h {bases[2].mean():.1f}, of 24 h {bases[4][day_old].mean():.1f} "
          f"({day_old.sum()} moments)")
    base, good = bases[1], True
    for label, forecast in (("analogues", plain), ("analogues relative to the motion", relative)):
        difference = error(forecast) - base
        low, high = bootstrap(np.array(owner), difference)
        print(f"  {label}: {error(forecast).mean():.1f}, against 6 h of persistence {difference.mean():+.1f} "
              f"({low:+.1f} to {high:+.1f} by storms)")
        good = good and difference.mean() < 0
    return good and high < 0


def main():
    output, factors, count, *paths = sys.argv[1:]
    with open(factors, encoding="utf-8") as file:
        lines = [line.split("#")[0].split(":") for line in file]
    weights = {k.strip(): float(v) for k, v in (line for line in lines if len(line) == 2)}
    storms, queries = read(paths), parse(output)
    equal = compare(queries, storms, weights, int(count))
    better = leave_one_out(queries, storms)
    if not equal:
        print("FAILED: distances differ from numpy's")
    if not better:
        print("FAILED: the analogues do not beat persistence")
    return 0 if equal and better else 1


sys.exit(main())
