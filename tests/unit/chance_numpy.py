# SPDX-License-Identifier: Apache-2.0
"""Random ensembles: the C counts and arrivals against numpy code written from the definition in words (a force is inside
between the eye's radius and a radius that goes from one quadrant's centre to the next by the cosine of twice the angle;
azimuth by arctan2), whole fields at once. Usage: chance_numpy.py CHANCE_DUMP [SEED]."""
import subprocess
import sys
import time

import numpy as np

KM = 111.12
FORCES = 5
WINDOWS = [(0, 24), (24, 48), (48, 72)]


def random_ensemble(rng):
    members, hours = int(rng.integers(1, 14)), 73
    south = rng.random() < 0.3
    date_line = rng.random() < 0.3
    lon0, lat0 = (176.0, 17.0) if date_line else (107.0, 17.0)
    nx, ny = int(rng.integers(20, 90)), int(rng.integers(20, 80))
    grid = (lon0, lat0, float(rng.uniform(0.02, 0.12)), float(rng.uniform(0.02, 0.1)), nx, ny)
    knots = np.arange(0, hours, 3)
    lon = np.empty((members, hours))
    lat = np.empty((members, hours))
    radii = np.zeros((members, hours, FORCES, 5))
    for m in range(members):
        h = np.arange(hours)
        lon[m] = np.interp(h, knots, lon0 + rng.uniform(2, 8) - np.cumsum(rng.normal(0.3, 0.15, knots.size)))
        lat[m] = np.interp(h, knots, lat0 + rng.uniform(0, 3) + np.cumsum(rng.normal(0.05, 0.12, knots.size)))
        size, uneven = rng.uniform(40, 330), rng.uniform(0, 0.9)
        for f, share in enumerate([1.5, 1.2, 1.0, 0.5, 0.3]):
            for q in range(4):
                base = size * share * (1 + uneven * rng.uniform(-1, 1))
                radii[m, :, f, q] = np.fmax(0, np.interp(h, knots, base * (1 + 0.2 * rng.normal(size=knots.size))))
            radii[m, :, f, 4] = np.nan if rng.random() < 0.2 else rng.uniform(0, 30)
            gone = rng.integers(0, hours, 2)
            radii[m, gone.min():gone.max(), f, :4] *= rng.random() < 0.7
        if rng.random() < 0.3:
            lon[m, int(rng.integers(1, hours)):] = np.nan
    if south:
        lat, grid = -lat, (lon0, -lat0, grid[2], -grid[3], nx, ny)
    lon = (lon + 180) % 360 - 180
    places = np.stack([lon0 + rng.uniform(0, 6, 12), np.sign(grid[1]) * (lat0 + rng.uniform(-1, 4, 12))], 1)
    places[:, 0] = (places[:, 0] + 180) % 360 - 180
    return grid, lon, lat, radii, places


def text_of(grid, lon, lat, radii, places):
    lines = [" ".join(repr(v) for v in grid), f"{lon.shape[0]} {lon.shape[1]} {len(places)}"]
    for m in range(lon.shape[0]):
        for h in range(lon.shape[1]):
            values = [lon[m, h], lat[m, h], *radii[m, h].ravel()]
            lines.append(" ".join(repr(float(v)) for v in values))
    lines += [" ".join(repr(float(v)) for v in p) for p in places]
    return "\n".join(lines) + "\n"


def margins(lon, lat, radii, at_lon, at_lat):
    """How far inside, km, [force, points...]; nan where the force is not there."""
    if np.isnan(lon):
        return np.full((FORCES, *np.shape(at_lon)), np.nan)
    x = ((at_lon - lon + 180) % 360 - 180) * KM * np.cos(np.radians(lat))
    y = (at_lat - lat) * KM
    r, azimuth = np.hypot(x, y), np.degrees(np.arctan2(x, y))
    out = []
    for f in range(FORCES):
        outer, inner = np.fmax(0, np.nan_to_num(radii[f, :4])), np.nan_to_num(radii[f, 4])
        a = ((azimuth - 45) % 360) / 90
        q = np.floor(a).astype(int) % 4
        reach = outer[q] + (outer[(q + 1) % 4] - outer[q]) * np.sin((a - np.floor(a)) * np.pi / 2) ** 2
        here = np.minimum(reach - r, r - inner) if inner > 0 else reach - r
        out.append(here if outer.max() > 0 else np.full_like(r, np.nan))
    return np.array(out)


def distance(lon, lat, a, b, at_lon, at_lat):
    scale = KM * np.cos(np.radians((lat[a] + lat[b]) / 2))
    step = np.array([((lon[b] - lon[a] + 180) % 360 - 180) * scale, (lat[b] - lat[a]) * KM])
    x, y = ((at_lon - lon[a] + 180) % 360 - 180) * scale, (at_lat - lat[a]) * KM
    length2 = step @ step
    t = np.clip((x * step[0] + y * step[1]) / length2, 0, 1) if length2 > 0 else 0
    return np.hypot(x - t * step[0], y - t * step[1])


def legs(lon):
    there = ~np.isnan(lon)
    out = []
    last = int(there.sum()) - 1
    for a in range(0, last + 1, 3):
        if a < last or a == 0:
            out.append((a, min(a + 3, last)))
    return out


def quantile(values, share):
    values = np.sort(values)
    if not len(values):
        return np.nan
    at = share * (len(values) - 1)
    k = int(np.floor(at))
    if at == k:
        return values[k] if np.isfinite(values[k]) else np.nan
    if not np.isfinite(values[k + 1]):
        return np.nan
    return values[k] + (at - k) * (values[k + 1] - values[k])


def passage(m):
    """Arrival, end and hours inside of margins [hour]."""
    inside = np.flatnonzero(m >= 0)
    if not len(inside):
        return np.nan, np.nan, inside
    first, last = inside[0], inside[-1]
    arrival, end = float(first), float(last)
    if first > 0:
        arrival -= 1 if np.isnan(m[first - 1]) else m[first] / (m[first] - m[first - 1])
    if last + 1 == len(m):
        end = np.inf
    else:
        end += 1 if np.isnan(m[last + 1]) else m[last] / (m[last] - m[last + 1])
    return arrival, end, inside


def check_fields(ensemble, lines):
    grid, lon, lat, radii, _ = ensemble
    lon0, lat0, dlon, dlat, nx, ny = grid
    at_lon, at_lat = np.meshgrid(lon0 + dlon * np.arange(nx), lat0 + dlat * np.arange(ny))
    members, hours = lon.shape
    winds, near_edge = np.zeros((4, 3, ny, nx), int), np.zeros((4, 3, ny, nx), int)
    strikes = np.zeros((3, ny, nx), int)
    for m in range(members):
        margin = np.array([margins(lon[m, h], lat[m, h], radii[m, h], at_lon, at_lat)[2:] for h in range(hours)])
        for w, (a, b) in enumerate(WINDOWS + [(0, hours)]):
            part = margin[a:b + 1]
            winds[w] += (part >= 0).any(0)
            near_edge[w] += (np.abs(part) < 1e-9).any(0)
        closest = np.fmin.reduce([distance(lon[m], lat[m], a, b, at_lon, at_lat) for a, b in legs(lon[m])])
        strikes += closest <= np.array([50, 120, 300])[:, None, None]
    for number, line in enumerate(lines[:12]):
        counts = np.array(line.split(), int).reshape(ny, nx)
        w, f = divmod(number, 3)
        wrong = np.abs(counts - winds[w, f]) > near_edge[w, f]
        assert not wrong.any(), f"window {w}, force {f}: {wrong.sum()} cells differ"
    for s, line in enumerate(lines[12:15]):
        counts = np.array(line.split(), int).reshape(ny, nx)
        assert (counts == strikes[s]).all(), f"strike {s}: {(counts != strikes[s]).sum()} cells differ"


def check_arrivals(ensemble, lines):
    _, lon, lat, radii, places = ensemble
    members, hours = lon.shape
    for p, (x, y) in enumerate(places):
        margin = np.array([[margins(lon[m, h], lat[m, h], radii[m, h], np.array(x), np.array(y)) for h in range(hours)]
                           for m in range(members)])
        for f in range(FORCES):
            passages = [passage(margin[m, :, f]) for m in range(members)]
            come = np.array([a for a, _, _ in passages if not np.isnan(a)])
            gone = np.array([e for a, e, _ in passages if not np.isnan(a)])
            within = [np.mean([((i >= a) & (i <= b)).any() for _, _, i in passages]) for a, b in WINDOWS]
            everyone = np.concatenate([come, np.full(members - len(come), np.inf)])
            expected = [len(come) / members, *within, quantile(come, 0.1), quantile(come, 0.5), quantile(come, 0.9),
                        quantile(gone, 0.5), quantile(everyone, 0.1)]
            found = np.array(lines[15 + p * FORCES + f].split(), float)
            np.testing.assert_allclose(found, expected, atol=2e-5, rtol=0, err_msg=f"place {p}, force {f}")


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"seed {seed}", flush=True)
    rng = np.random.default_rng(seed)
    for _ in range(4):
        ensemble = random_ensemble(rng)
        result = subprocess.run([sys.argv[1]], input=text_of(*ensemble), capture_output=True, text=True, check=True)
        lines = result.stdout.splitlines()
        check_fields(ensemble, lines)
        check_arrivals(ensemble, lines)
    print("4 ensembles as numpy has them")


main()
