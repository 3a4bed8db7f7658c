# SPDX-License-Identifier: Apache-2.0
"""Compare picture_tool's isobands with gdal_contour -p (GDAL's own marching squares) and with GEOS's predicates.

Prints one line a check; exit 1 on the first that fails. The seed of the random fields is printed."""
import os
import subprocess
import sys
import tempfile

import numpy as np
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
TOOL = sys.argv[1]
LEVELS = [10.75, 17.25, 24.5, 32.75, 41.5]  # exact in float32, so that a value can equal a level
X0, DX, Y0, DY = 108.0, 0.05, 20.5, -0.05
checks = 0


def check(good, text):
    global checks
    checks += 1
    if not good:
        print("not ok:", text)
        sys.exit(1)


def run(folder, values, kind, *levels):
    path = os.path.join(folder, "field.f32")
    values.astype(np.float32).tofile(path)
    ny, nx = values.shape
    words = [TOOL, kind, path, nx, ny, X0, DX, Y0, DY, *levels]
    text = subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True).stdout
    return [ogr.CreateGeometryFromWkt(line) for line in text.splitlines()]


def gdal_bands(values, levels):
    """Polygons of gdal_contour -p by (lower, upper); the outermost bands are the range of the data."""
    ny, nx = values.shape
    raster = gdal.GetDriverByName("MEM").Create("", nx, ny, 1, gdal.GDT_Float32)
    raster.SetGeoTransform([X0, DX, 0, Y0, 0, DY])
    raster.GetRasterBand(1).WriteArray(values.astype(np.float32))
    out = ogr.GetDriverByName("Memory").CreateDataSource("m")
    layer = out.CreateLayer("c", None, ogr.wkbMultiPolygon)
    layer.CreateField(ogr.FieldDefn("lo", ogr.OFTReal))
    layer.CreateField(ogr.FieldDefn("hi", ogr.OFTReal))
    gdal.ContourGenerateEx(raster.GetRasterBand(1), layer, options=[
        "FIXED_LEVELS=" + ",".join(map(str, levels)), "ELEV_FIELD_MIN=0", "ELEV_FIELD_MAX=1", "POLYGONIZE=YES"])
    return [(f.GetField(0), f.GetField(1), f.GetGeometryRef().Clone()) for f in layer]


def smooth_field(nx, ny):
    y, x = np.mgrid[0:ny, 0:nx]
    r = np.hypot(x - 0.43 * nx, 1.3 * (y - 0.55 * ny)) + 0.3
    return 60 * (r / 9) * np.exp(1 - r / 9) * (1 + 0.2 * np.sin(x / 7.0) * np.cos(y / 5.0))


def random_field(rng, nx, ny, coarse):
    small = rng.uniform(0, 55, (ny // coarse + 2, nx // coarse + 2))
    return np.kron(small, np.ones((coarse, coarse)))[:ny, :nx] + rng.normal(0, 0.5 if coarse > 1 else 0, (ny, nx))


def bands_of(folder, values):
    edges = [-np.inf, *LEVELS, np.inf]
    return list(zip(edges[:-1], edges[1:], run(folder, values, "band", *edges)))


def against_gdal(folder, name, values):
    """Where no square is a saddle both give the same area; GDAL's rule for saddles is compared by the sum."""
    theirs = gdal_bands(values, LEVELS)
    for lo, hi, mine in bands_of(folder, values):
        check(mine.IsEmpty() or mine.IsValid(), f"{name}: band {lo}..{hi} is not a valid polygon (GEOS)")
        same = [g for a, b, g in theirs if (np.isinf(lo) or a == lo) and (np.isinf(hi) or b == hi)
                and (not np.isinf(lo) or b == hi) and (not np.isinf(hi) or a == lo)]
        if not same:
            check(mine.IsEmpty(), f"{name}: GDAL has no band {lo}..{hi}, we have {mine.GetArea()}")
            continue
        other = same[0].Buffer(0)
        apart = mine.SymDifference(other).GetArea()
        check(apart <= 1e-4 * max(other.GetArea(), abs(DX * DY)),
              f"{name}: band {lo}..{hi} differs from gdal_contour by {apart} of {other.GetArea()} square degrees")


def partition(folder, name, values):
    """The bands tile the valid cells, and each cell's centre lies in the band of its value."""
    ny, nx = values.shape
    total = 0.0
    as_float = values.astype(np.float32).astype(float)
    for lo, hi, mine in bands_of(folder, values):
        check(mine.IsEmpty() or mine.IsValid(), f"{name}: band {lo}..{hi} is not a valid polygon (GEOS)")
        total += mine.GetArea()
        cells = np.argwhere((as_float >= lo) & (as_float < hi))
        for row, col in cells:
            point = ogr.Geometry(ogr.wkbPoint)
            point.AddPoint_2D(X0 + (col + 0.5) * DX, Y0 + (row + 0.5) * DY)
            check(mine.Distance(point) < 2e-6 * DX, f"{name}: centre of cell {col},{row} ({as_float[row, col]}) is "
                  f"outside its band {lo}..{hi}")
    expected = np.isfinite(values).sum() * abs(DX * DY)
    check(abs(total - expected) < 1e-9 * max(expected, 1), f"{name}: bands sum to {total}, valid cells to {expected}")


def lines(folder, name, values):
    """Isolines run along the borders of the band above the level, and only there."""
    levels = LEVELS[1:4:2]
    for level, line in zip(levels, run(folder, values, "line", *levels)):
        below, above = run(folder, values, "band", -np.inf, level, np.inf)
        shared = 0.0
        if not above.IsEmpty() and not below.IsEmpty():
            shared = above.Boundary().Intersection(below.Boundary().Buffer(1e-9)).Length()
        check(abs(line.Length() - shared) < 1e-5 * line.Length() + 1e-7,
              f"{name}: the line at {level} is {line.Length()} long, the common border {shared}")


def main():
    seed = int.from_bytes(os.urandom(4), "little")
    print("seed", seed)
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        against_gdal(folder, "smooth", smooth_field(80, 60))
        partition(folder, "smooth", smooth_field(40, 30))
        lines(folder, "smooth", smooth_field(80, 60))
        for i in range(12):
            nx, ny, coarse = int(rng.integers(1, 16)), int(rng.integers(1, 16)), int(rng.choice([1, 3]))
            values = random_field(rng, nx, ny, coarse)
            if i % 3 == 1:
                values[rng.random(values.shape) < rng.uniform(0.05, 0.6)] = np.nan
            if i % 3 == 2:
                values = rng.choice([0.0, *LEVELS, 50.0], values.shape)  # values that equal levels and each other
            partition(folder, f"random {i}", values)
            if i % 3 != 2:
                lines(folder, f"random {i}", values)
        partition(folder, "all missing", np.full((3, 4), np.nan))
        partition(folder, "one cell", np.array([[20.0]]))
    print(f"100%: Checks: {checks}, Failures: 0, Errors: 0")


main()
