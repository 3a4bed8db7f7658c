# SPDX-License-Identifier: Apache-2.0
"""Errors of five agencies and of the consensus, computed here a second time from the file itself.

1. Means and 70 % quantiles of every agency as published for this file (handbook of the formats, typhoon 4.5), to 1 km.
2. The consensus at some clocks, put together here with numpy from the equations in consensus.h: least squares weights by
   trying every set of agencies, splines by solving for second derivatives, to 0.1 km.
3. track_errors: counts, means and differences on shared samples as computed here; the block bootstrap by another
   generator, to 3 km plus a tenth.
usage: agency_errors.py verify.json errors.json points-CLOCK.json..."""
import itertools
import json
import sys

import numpy as np

H = 3600
KM = 6371.0088 * np.pi / 180
CODES = {"中国": "BABJ", "日本": "RJTD", "美国": "PGTW", "中国香港": "VHHH", "中国台湾": "RCTP"}
PUBLISHED = {  # lead: mean / 70 % quantile
    "BABJ": {24: (52, 63), 48: (83, 87), 72: (130, 161), 96: (178, 189), 120: (215, 215)},
    "RJTD": {24: (44, 52), 48: (69, 78), 72: (105, 141), 96: (164, 217), 120: (200, 221)},
    "VHHH": {24: (35, 42), 48: (54, 60), 72: (94, 114), 96: (159, 169), 120: (196, 199)},
    "PGTW": {24: (43, 49), 48: (62, 76), 72: (87, 106), 96: (115, 139), 120: (160, 203)},
    "RCTP": {24: (39, 49), 48: (61, 72), 72: (96, 131), 96: (135, 176), 120: (168, 182)},
}
faults = 0


def check(ok, *words):
    global faults
    if not ok:
        faults += 1
        print("not ok:", *words)


def distance(a, b):
    """Great circle by the angle between unit vectors; (lon, lat)."""
    def unit(p):
        lon, lat = np.radians(p)
        return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    u, v = unit(a), unit(b)
    return 6371.0088 * np.arctan2(np.linalg.norm(np.cross(u, v)), u @ v)


def offset(a, b):
    return np.array([(b[0] - a[0]) * KM * np.cos(np.radians((a[1] + b[1]) / 2)), (b[1] - a[1]) * KM])


def move(p, km):
    north = km[1] / KM
    return np.array([p[0] + km[0] / (KM * np.cos(np.radians(p[1] + north / 2))), p[1] + north])


def spline(x, y, at):
    """Cubic, not-a-knot: second derivatives from one linear system; a parabola through 3 points, a line through 2."""
    x, y, n = np.array(x, float), np.array(y, float), len(x)
    if n < 4:
        return np.polyval(np.polyfit(x - x[0], y, n - 1), at - x[0])
    h, a, r = np.diff(x), np.zeros((n, n)), np.zeros(n)
    a[0, :3] = [-h[1], h[0] + h[1], -h[0]]
    a[-1, -3:] = [-h[-1], h[-2] + h[-1], -h[-2]]
    for i in range(1, n - 1):
        a[i, i - 1:i + 2] = [h[i - 1], 2 * (h[i - 1] + h[i]), h[i]]
        r[i] = 6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    m = np.linalg.solve(a, r)
    i = int(np.clip(np.searchsorted(x, at) - 1, 0, n - 2))
    t, u = x[i + 1] - at, at - x[i]
    return (m[i] * t ** 3 + m[i + 1] * u ** 3) / (6 * h[i]) + (y[i] / h[i] - m[i] * h[i] / 6) * t \
        + (y[i + 1] / h[i] - m[i + 1] * h[i] / 6) * u


class Storm:
    def __init__(self, path):
        data = json.load(open(path))
        self.truth = {int(t): (lon, lat) for t, lat, lon in data["obs"]}
        self.issues, self.received = {}, {}
        for name, issues in data["issues"].items():
            kept, last = {}, None
            self.received[CODES[name]] = {int(b): [(int(t), lon, lat) for t, lat, lon in p if t > b] for b, p in issues}
            for base, points in sorted(issues):
                new = {(int(t), lon, lat) for t, lat, lon in points if t > base}
                if last is None or not new <= last:
                    kept[int(base)] = sorted(new)
                    last = new
            self.issues[CODES[name]] = kept
        self.cache, self.drawn = {}, {}

    def own(self, agency, lead, received=False):
        """{base: error} at exactly this lead; as received: with forecasts that were handed on at a later hour."""
        issues = self.received if received else self.issues
        return {base: distance((lon, lat), self.truth[t]) for base, points in issues[agency].items()
                for t, lon, lat in points if t - base == lead * H and t in self.truth}

    def at(self, agency, base, valid):
        key = (agency, base, valid)
        if key not in self.drawn:
            start = [(base,) + self.truth[base]] if base in self.truth else []
            points = start + self.issues[agency][base]
            t = [p[0] for p in points]
            inside = t[0] <= valid <= t[-1] and not any(
                b - a > 24 * H and a < valid < b for a, b in zip(t, t[1:]))
            hours = [x / H for x in t]
            self.drawn[key] = np.array([spline(hours, [p[c] for p in points], valid / H) for c in (1, 2)]) if inside else None
        return self.drawn[key]

    def opinion(self, agency, base, valid):
        """Position as known at a base, and the true lead in h."""
        for b in sorted(self.issues[agency], reverse=True):
            if b > base:
                continue
            if base - b > 12 * H:
                return None
            p = self.at(agency, b, valid)
            if p is None:
                continue
            share = 1 - (valid - base) / (48 * H)
            if b < base and share > 0:
                fix = max(t for t in self.truth if t <= base)
                then = self.at(agency, b, fix) if fix > b else None
                if then is not None:
                    p = move(p, share * offset(then, self.truth[fix]))
            return p, (valid - b) / H
        return None


def usual(lead):
    """HKO's mean errors of 2015 to 2021 and 2023, tables 4.12, pooled by numbers of forecasts."""
    cases = [[258, 196, 140, 74, 43], [233, 178, 120, 73, 42], [273, 177, 107, 61, 37], [331, 239, 162, 105, 70],
             [326, 236, 155, 102, 56], [296, 204, 138, 96, 60], [388, 296, 228, 171, 126], [300, 254, 210, 168, 128]]
    means = [[69, 121, 175, 242, 394], [64, 126, 215, 305, 392], [81, 142, 224, 324, 345], [79, 129, 185, 272, 378],
             [84, 144, 205, 265, 309], [72, 116, 164, 210, 280], [75, 121, 197, 245, 277], [70, 126, 193, 278, 397]]
    pooled = np.average(means, axis=0, weights=cases)
    return np.interp(lead, [0, 24, 48, 72, 96, 120], [0.4 * pooled[0], *pooled])


def square(lead):
    return (60 + 1.1 * lead) ** 2 + 80 ** 2


def best_weights(c):
    """The set of agencies whose least squares weights are none below 0 and leave the least error: all sets are tried."""
    n, best = len(c), None
    for size in range(1, n + 1):
        for who in itertools.combinations(range(n), size):
            w = np.linalg.solve(c[np.ix_(who, who)], np.ones(size))
            value = 1 / w.sum()
            if w.min() >= 0 and (best is None or value < best[0]):
                full = np.zeros(n)
                full[list(who)] = w * value
                best = value, full
    return best[1]


class Consensus:
    def __init__(self, storm):
        self.storm, self.names = storm, list(storm.issues)
        bases = [b for issues in storm.issues.values() for b in issues]
        self.grid = range(-(-min(bases) // (6 * H)) * 6 * H, max(bases) + 1, 6 * H)
        self.means, self.state, self.spreads, self.ease = {}, {}, {}, {}
        rr = cc = 0.0
        n = len(self.names)
        s, m, aa, bb = np.zeros((n, n)), np.zeros((n, n)), 0.0, 0.0
        for now in self.grid:
            if now in storm.truth:
                for lead in range(24, 121, 24):
                    base = now - lead * H
                    if base not in self.state:
                        continue
                    w = 6 / (2 * lead)
                    told = [storm.opinion(a, base, now) for a in self.names]
                    e = [None if o is None else offset(storm.truth[now], o[0]) / np.sqrt(square(o[1])) for o in told]
                    for i, j in itertools.product(range(n), range(n)):
                        if e[i] is not None and e[j] is not None:
                            s[i, j] += w * (e[i] @ e[j])
                            m[i, j] += w
                    r = self.revision(base, now)
                    if r is not None:
                        aa += w * (r @ r) / square(lead)
                        bb -= w * (r @ offset(storm.truth[now], self.means[base, now])) / square(lead)
                    if (base, now) in self.means:
                        rr += w * distance(self.at(base, now), storm.truth[now]) / usual(lead)
                        cc += w
            self.ease[now] = (4 + rr) / (4 + cc)
            self.state[now] = s.copy(), m.copy(), float(np.clip(bb / (aa + 0.3), 0, 1))
            for lead in range(6, 121, 6):
                self.put_together(now, now + lead * H)

    def revision(self, base, valid):
        before = (base - 12 * H) // (6 * H) * 6 * H
        pair = (before, valid), (base, valid)
        if any(k not in self.means for k in pair):
            return None
        return offset(self.means[pair[0]], self.means[pair[1]]) * 12 * H / (base - before)

    def put_together(self, base, valid):
        s, m, _ = self.state[base]
        told = [(i, o) for i, a in enumerate(self.names) if (o := self.storm.opinion(a, base, valid)) is not None]
        if len(told) < 2:
            return
        level = max(np.trace(s) / np.trace(m), 0.05) if np.trace(m) > 0 else 1.0
        who = [i for i, _ in told]
        scale = np.sqrt([square(o[1]) for _, o in told])
        c = (4 * level * np.eye(len(who)) + s[np.ix_(who, who)]) / (4 + m[np.ix_(who, who)]) * np.outer(scale, scale)
        w = best_weights(c)
        self.means[base, valid] = sum(w[i] * o[0] for i, (_, o) in enumerate(told))
        self.spreads[base, valid] = np.sqrt(np.mean([distance(o[0], self.means[base, valid]) ** 2 for _, o in told]))

    def at(self, base, valid):
        if base not in self.state:  # between two full 6 h: what the last one knew
            self.state[base] = self.state[base // (6 * H) * 6 * H]
        if (base, valid) not in self.means:
            self.put_together(base, valid)
        if (base, valid) not in self.means:
            return None
        r = self.revision(base, valid)
        mean = self.means[base, valid]
        share = self.state[base][2] * min(1, (valid - base) / (24 * H))
        return mean if r is None else move(mean, share * r)

    def radius(self, base, lead, share):
        """Of a base at a full 6 h."""
        past = [(distance(self.at(b, b + lead * H), self.storm.truth[b + lead * H]), self.spreads[b, b + lead * H])
                for b in self.grid if b + lead * H <= base and (b, b + lead * H) in self.means
                and b + lead * H in self.storm.truth]
        trust = len(past) * 6 / (2 * lead) / (4 + len(past) * 6 / (2 * lead))
        value = self.ease[base] * usual(lead) * np.sqrt(-np.log(1 - share)) * 2 / np.sqrt(np.pi)
        if past:
            value += trust * (lower([e for e, _ in past], share) - value)
            value *= np.clip(self.spreads[base, base + lead * H] / np.mean([d for _, d in past]), 0.6, 1.8) ** trust
        return value

    def errors(self, lead):
        return {b: distance(self.at(b, b + lead * H), self.storm.truth[b + lead * H]) for b in self.grid
                if b + lead * H in self.storm.truth and self.at(b, b + lead * H) is not None}


def bootstrap(bases, difference, rng):
    n, round_s = len(bases), bases[-1] - bases[0] + 6 * H
    means = []
    for _ in range(2000):
        taken = []
        while len(taken) < n:
            first = rng.integers(n)
            i = first
            while i - first < n and bases[i % n] + (round_s if i >= n else 0) - bases[first] < 48 * H:
                taken.append(difference[i % n])
                i += 1
        means.append(np.mean(taken[:n]))
    return np.quantile(means, [0.05, 0.95])


def lower(values, q):
    return sorted(values)[int(q * (len(values) - 1))]


def time_of(text):
    return int(np.datetime64(text.rstrip("Z"), "s").astype(int))


def rows_of(path, dataset):
    for line in open(path):
        answer = json.loads(line)
        if answer.get("dataset") == dataset:
            return answer["rows"]
    return []


storm = Storm(sys.argv[1])
table = {(r["agency"], r["sample"], r["lead"]): r for r in rows_of(sys.argv[2], "track_errors")}

for agency, leads in PUBLISHED.items():
    for lead, (mean, quantile) in leads.items():
        row = table[agency, "own", lead]
        errors = list(storm.own(agency, lead, True).values())
        check(row["count"] == len(errors), agency, lead, "count", row["count"], len(errors))
        check(abs(row["mean_error"] - np.mean(errors)) < 0.01, agency, lead, "mean", row["mean_error"], np.mean(errors))
        check(abs(row["mean_error"] - mean) <= 1, agency, lead, "published mean", row["mean_error"], mean)
        check(abs(row["error_70"] - quantile) <= 1, agency, lead, "published quantile", row["error_70"], quantile)

consensus = Consensus(storm)
compared = 0
for path in sys.argv[3:]:
    for row in rows_of(path, "consensus_points"):
        ours = consensus.at(time_of(row["issued"]), time_of(row["time"]))
        if row["longitude"] is None:
            check(ours is None, path, row["lead"], "a consensus of fewer than two")
            continue
        check(ours is not None and distance(ours, (row["longitude"], row["latitude"])) < 0.1, path, row["lead"],
              (row["longitude"], row["latitude"]), ours)
        for column, share in (("error_68", 0.68), ("error_90", 0.9)):
            if time_of(row["issued"]) in consensus.grid:
                radius = consensus.radius(time_of(row["issued"]), round(row["lead"]), share)
                check(abs(row[column] - radius) < 0.5, path, row["lead"], column, row[column], radius)
        compared += 1
check(compared >= 20 * (len(sys.argv) - 3) * 0.5, "points compared:", compared)

rng = np.random.default_rng(1)
print("lead  agency   n  agency  consensus  difference  5 % .. 95 %   (km; difference above 0: the consensus is better)")
for lead in (24, 48, 72, 96):
    ours = consensus.errors(lead)
    own = table["SANFANG", "own", lead]
    check(own["count"] == len(ours) and abs(own["mean_error"] - np.mean(list(ours.values()))) < 0.05, "consensus", lead,
          own["mean_error"], np.mean(list(ours.values())))
    for agency in PUBLISHED:
        theirs = storm.own(agency, lead)
        bases = sorted(set(theirs) & set(ours))
        difference = [theirs[b] - ours[b] for b in bases]
        row = table[agency, "paired", lead]
        low, high = bootstrap(bases, difference, rng)
        check(row["count"] == len(bases), agency, lead, "pairs", row["count"], len(bases))
        check(abs(row["against_consensus"] - np.mean(difference)) < 0.05, agency, lead, row["against_consensus"],
              np.mean(difference))
        for name, value in (("against_low", low), ("against_high", high)):
            check(abs(row[name] - value) < 3 + abs(value) / 10, agency, lead, name, row[name], value)
        mean = row["mean_error"]
        print(f"{lead:4d}  {agency}  {len(bases):3d}  {mean:6.1f}  {mean - row['against_consensus']:9.1f}"
              f"  {row['against_consensus']:+10.1f}  {row['against_low']:+6.1f} .. {row['against_high']:+6.1f}")
print(f"{compared} points of the consensus compared, {faults} faults")
sys.exit(1 if faults else 0)
