# SPDX-License-Identifier: Apache-2.0
"""Compare painted tiles, decoded by GDAL (libpng), with numpy's, written from the definitions of the samplings.

Random fields; 200 tiles of both matrix sets in which three classes occur at least, and 40 windows of any size. The seed is
printed (SEED=... repeats it). No pixel may differ, in its number and in its colour."""
import os
import subprocess
import sys
import tempfile

import numpy as np
from osgeo import gdal

from render_reference import RADIUS, bilinear, nearest, positions

STRIPE = (0x6A, 0x3F, 0xB5, 255)
TILES, WINDOWS, FIELDS = 200, 40, 12


def keys(x):
    """Keys 1981, equation 4 with a = -1/2."""
    x = np.abs(x)
    return np.where(x <= 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x < 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))


def bicubic(values, u, v):
    """Sixteen cells around each pixel; where one is missing or outside, bilinear."""
    ny, nx = values.shape
    total = np.zeros((v.size, u.size))
    for r in (-1, 0, 1, 2):
        for c in (-1, 0, 1, 2):
            i, j = np.floor(u - 0.5) + c, np.floor(v - 0.5) + r
            cell = values[np.ix_(np.clip(j, 0, ny - 1).astype(int), np.clip(i, 0, nx - 1).astype(int))].astype(float)
            cell[(j < 0) | (j >= ny), :] = np.nan
            cell[:, (i < 0) | (i >= nx)] = np.nan
            total += np.outer(keys(v - 0.5 - j), keys(u - 0.5 - i)) * cell
    own = nearest(values, u, v)
    return np.where(np.isnan(own), np.nan, np.where(np.isnan(total), bilinear(values, u, v), total))


SAMPLINGS = {"nearest": nearest, "bilinear": bilinear, "bicubic": bicubic}


def make_field(rng):
    """Waves and spots on a grid of 0.002 to 0.1 degree, with missing cells alone and in patches."""
    step = float(rng.choice([0.1, 0.05, 0.01, 0.004, 0.002]))
    nx, ny = (int(n) for n in rng.integers(20, 90 if step > 0.02 else 900, 2))
    y, x = np.mgrid[0:ny, 0:nx] / 40.0
    field = sum(rng.uniform(1, 9) * np.sin(rng.uniform(-2, 2) * x + rng.uniform(-2, 2) * y + rng.uniform(0, 6)) for _ in range(6))
    field = (field + rng.normal(0, 0.2, field.shape)).astype(np.float32)
    if rng.random() < 0.6:
        field[rng.random(field.shape) < 0.02] = np.nan
        a, b = rng.integers(0, ny), rng.integers(0, nx)
        field[a : a + ny // 4, b : b + nx // 5] = np.nan
    return field, (float(rng.uniform(100, 118)), step, float(rng.uniform(5, 35)), -step)


def tile(rng, frame, shape):
    """A tile of a level at which its pixels are between 12 times smaller and 6 times larger than cells."""
    x0, dx, y0, dy = frame
    projection = str(rng.choice(["c", "w"]))
    level = int(np.clip(round(np.log2(360 / 256 / dx) + rng.uniform(-2.6, 3.6)), 1, 18))
    lon, lat = x0 + dx * shape[1] * rng.uniform(0, 1), y0 + dy * shape[0] * rng.uniform(0, 1)
    if projection == "c":
        side, left, top, x, y = 360 / 2**level, -180.0, 90.0, lon, lat
    else:
        half = np.pi * RADIUS
        side, left, top = 2 * half / 2**level, -half, half
        x, y = RADIUS * np.radians(lon), RADIUS * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    column, row = np.floor((x - left) / side), np.floor((top - y) / side)
    return projection, [left + side * column, top - side * (row + 1), left + side * (column + 1), top - side * row], 256, 256


def window(rng, frame, shape):
    projection, bounds, _, _ = tile(rng, frame, shape)
    moved = (bounds[2] - bounds[0]) * rng.uniform(-0.4, 0.4, 2)
    bounds = [bounds[0] + moved[0], bounds[1] + moved[1], bounds[2] + moved[0] * 2, bounds[3] + moved[1] / 2]
    return projection, bounds, *(int(n) for n in rng.integers(1, 1400, 2))


def expected(job, field, frame):
    u, v = positions(frame, job["set"], job["bounds"], job["width"], job["height"])
    with np.errstate(invalid="ignore"):
        values = SAMPLINGS[job["sampling"]](field, u, v)
        inside = np.isfinite(values)
        values = np.where(inside, values, -np.inf)
        if job["kind"] == "ramp":
            low, high = job["entries"][0], job["entries"][-1]
            slices = np.floor((np.where(inside, values, low) - low) / (high - low) * 254)
            index = np.where(values >= low, 1 + np.clip(slices, 0, 253), 0).astype(int)
        else:
            index = sum((values >= bound).astype(int) for bound in job["entries"])
    return index


def make_job(rng, field, frame, tiled):
    while True:
        place = (tile if tiled else window)(rng, frame, field.shape)
        count = int(rng.choice([3, 5, 6, 13, 15, 16, 40]))
        entries = np.unique(np.nanquantile(field, np.sort(rng.uniform(0, 1, count))).astype(float))
        job = dict(zip(("set", "bounds", "width", "height"), place), entries=[float(repr(e)) for e in entries],
                   kind="ramp" if rng.random() < 0.2 else "classes", sampling=str(rng.choice(list(SAMPLINGS))),
                   level=int(rng.choice([0, 0, 0, 1, 6])), striped=int(rng.random() < 0.2))
        if len(entries) < 3:
            continue
        job["index"] = expected(job, field, frame)
        if np.unique(job["index"]).size >= (4 if tiled else 1):
            return job


def check(job, path, name):
    dataset = gdal.Open(path)
    band = dataset.GetRasterBand(1)
    mine, table = band.ReadAsArray(), band.GetColorTable()
    index = job["index"].copy()
    colours = {0: None}
    if job["kind"] == "classes":
        colours.update({i + 1: (i, 255 - i, 7 * i % 256, 255) for i in range(len(job["entries"]))})
    if job["striped"]:
        stripe = table.GetCount() - 1
        assert table.GetColorEntry(stripe) == STRIPE, name
        # Windows are counted from the sheet's corner, tiles come out at multiples of 256.
        half = 180.0 if job["set"] == "c" else np.pi * RADIUS
        west, south, east, north = job["bounds"]
        top = 90.0 if job["set"] == "c" else half
        column = round((west + half) / (east - west) * job["width"])
        row = round((top - north) / (north - south) * job["height"])
        y, x = np.mgrid[0 : job["height"], 0 : job["width"]]
        index[(index > 0) & ((x + y + column + row) % 32 < 4)] = stripe
    wrong = int((index != mine).sum())
    if wrong:
        j, i = np.argwhere(index != mine)[0]
        print(f"not ok: {name}: {wrong} wrong pixels, first at {i},{j}: {mine[j, i]}, numpy says {index[j, i]}")
        sys.exit(1)
    for number in np.unique(index):
        colour = table.GetColorEntry(int(number))
        if number == 0 and colour[3] != 0 or colours.get(int(number)) not in (None, colour):
            print(f"not ok: {name}: colour {number} is {colour}")
            sys.exit(1)
    return mine.size


def main():
    seed = int(os.environ.get("SEED") or int.from_bytes(os.urandom(4), "little"))
    print("seed", seed)
    rng = np.random.default_rng(seed)
    pixels = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        for f in range(FIELDS):
            field, frame = make_field(rng)
            path = os.path.join(folder, "field.f32")
            field.tofile(path)
            share = [n * (f + 1) // FIELDS - n * f // FIELDS for n in (TILES, WINDOWS)]
            jobs = [make_job(rng, field, frame, k < share[0]) for k in range(sum(share))]
            lines = ""
            for k, job in enumerate(jobs):
                words = [job["kind"], job["sampling"], job["set"], *(repr(float(b)) for b in job["bounds"]), job["width"],
                         job["height"], job["level"], job["striped"], os.path.join(folder, f"{k}.png"),
                         *(repr(e) for e in job["entries"])]
                lines += " ".join(str(w) for w in words) + "\n"
            command = [sys.argv[1], path, field.shape[1], field.shape[0], *(repr(n) for n in frame)]
            subprocess.run([str(w) for w in command], input=lines, text=True, check=True)
            for k, job in enumerate(jobs):
                name = f"field {f} window {k} {job['kind']} {job['sampling']} {job['set']} {job['width']}x{job['height']}"
                pixels += check(job, os.path.join(folder, f"{k}.png"), name)
                cases += 1
    print(pixels, "pixels compared, 0 wrong")
    print(f"100%: Checks: {cases}, Failures: 0, Errors: 0")


main()
