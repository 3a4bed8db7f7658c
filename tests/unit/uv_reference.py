# SPDX-License-Identifier: Apache-2.0
"""Compare wind textures with numpy's, written from the definition of bilinear sampling.

Random fields and windows in both tile matrix sets; the seed is printed. A step of 0.01 m/s may differ only where the value
lies within a thousandth of a step of the bound between two."""
import os
import struct
import subprocess
import sys
import tempfile
import zlib

import numpy as np

TOOL = sys.argv[1]
RADIUS = 6378137.0  # EPSG:3857


def ours(mode, folder, u, v, frame, projection, bounds, width, height):
    paths = [os.path.join(folder, name) for name in ("u.f32", "v.f32")]
    u.tofile(paths[0])
    v.tofile(paths[1])
    x0, dx, y0, dy = frame
    words = [TOOL, mode, paths[0], u.shape[1], u.shape[0], x0, dx, y0, dy, paths[1], projection,
             *(repr(float(b)) for b in bounds), width, height]
    return subprocess.run([str(w) for w in words], check=True, capture_output=True).stdout


def positions(frame, projection, bounds, width, height):
    x0, dx, y0, dy = frame
    x = bounds[0] + (np.arange(width) + 0.5) * ((bounds[2] - bounds[0]) / width)
    y = bounds[3] - (np.arange(height) + 0.5) * ((bounds[3] - bounds[1]) / height)
    if projection == "w":
        x = np.degrees(x / RADIUS)
        y = np.degrees(2 * np.arctan(np.exp(y / RADIUS)) - np.pi / 2)
    return (x - x0) / dx, (y - y0) / dy


def bilinear(values, columns, rows):
    """Weighted mean of the four cells around each pixel; missing ones are left out, a missing own cell stays missing."""
    ny, nx = values.shape
    inside = np.outer((rows >= 0) & (rows <= ny), (columns >= 0) & (columns <= nx))
    own = values[np.ix_(np.clip(rows, 0, ny - 1).astype(int), np.clip(columns, 0, nx - 1).astype(int))]
    total, weight = np.zeros(own.shape), np.zeros(own.shape)
    for r in (0, 1):
        for c in (0, 1):
            i, j = np.floor(columns - 0.5) + c, np.floor(rows - 0.5) + r
            wi, wj = 1 - np.abs(columns - 0.5 - i), 1 - np.abs(rows - 0.5 - j)
            cell = values[np.ix_(np.clip(j, 0, ny - 1).astype(int), np.clip(i, 0, nx - 1).astype(int))].astype(float)
            w = np.outer(wj, wi) * np.isfinite(cell)
            total += w * np.nan_to_num(cell)
            weight += w
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(inside & np.isfinite(own), total / weight, np.nan)


def png_rows(data):
    """The pixels of an 8-bit RGB PNG without filters and interlace."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 2)
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 3 * width)
    assert (rows[:, 0] == 0).all()
    return rows[:, 1:].reshape(height, width, 3)


def compare(name, mine, steps, valid, missing):
    """steps: the values in steps, not rounded."""
    expected = np.where(valid, np.floor(np.nan_to_num(steps) + 0.5), missing)
    doubtful = valid & (np.abs(np.abs(steps - np.floor(steps)) - 0.5) < 1e-3)
    wrong = (mine != expected) & ~doubtful
    wrong |= np.abs(mine - expected) > 1
    if wrong.any():
        j, i = np.argwhere(wrong)[0]
        print(f"not ok: {name}: {int(wrong.sum())} wrong, first at {i},{j}: {steps[j, i]!r} is {mine[j, i]}, "
              f"numpy says {expected[j, i]}")
        sys.exit(1)
    return mine.size


def main():
    seed = int.from_bytes(os.urandom(4), "little")
    print("seed", seed)
    rng = np.random.default_rng(seed)
    pixels = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in range(12):
            shape = tuple(int(n) for n in rng.integers(1, 90, 2))
            frame = (108.0 + rng.uniform(0, 1), 0.05, 21.0 + rng.uniform(0, 1), -0.05)
            u, v = (rng.uniform(-70, 70, shape).astype(np.float32) for _ in "uv")
            if case % 2:
                u[rng.random(shape) < 0.2] = np.nan
                v[rng.random(shape) < 0.2] = np.nan
            projection, (width, height) = "cw"[case // 2 % 2], (int(n) for n in rng.integers(1, 300, 2))
            west, south = frame[0] + rng.uniform(-0.5, 1), frame[2] + rng.uniform(-2, -1)
            bounds = [west, south, west + rng.uniform(0.2, 3), south + rng.uniform(0.2, 3)]
            if projection == "w":
                mercator = lambda lat: RADIUS * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
                bounds = [RADIUS * np.radians(bounds[0]), mercator(bounds[1]), RADIUS * np.radians(bounds[2]),
                          mercator(bounds[3])]
            columns, rows = positions(frame, projection, bounds, width, height)
            wanted = [bilinear(part, columns, rows) for part in (u, v)]
            valid = np.isfinite(wanted[0]) & np.isfinite(wanted[1])
            args = (folder, u, v, frame, projection, bounds, width, height)
            mine = np.frombuffer(ours("uv", *args), "<i2").reshape(height, width, 2)
            picture = png_rows(ours("uv-png", *args)).astype(int)
            for k in (0, 1):
                pixels += compare(f"bytes, case {case}", mine[:, :, k].astype(int), wanted[k] * 100, valid, -32768)
                scaled = (np.clip(wanted[k], -80, 80) + 80) / 160 * 255
                pixels += compare(f"PNG, case {case}", picture[:, :, k], scaled, valid, 0)
            if not (picture[:, :, 2] == np.where(valid, 255, 0)).all():
                print(f"not ok: PNG, case {case}: blue does not tell where there is wind")
                sys.exit(1)
            cases += 2
    print(pixels, "values compared, 0 wrong")
    print(f"100%: Checks: {cases}, Failures: 0, Errors: 0")


main()
