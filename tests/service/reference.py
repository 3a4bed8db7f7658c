# SPDX-License-Identifier: Apache-2.0
"""What pictures of the map service should show, computed by numpy from the snapshot's netCDF and the style files, and a
runner of tests that prints TAP."""
import functools
import json
import os
import re
import subprocess
import sys
import traceback
import urllib.error
import urllib.request

import netCDF4
import numpy as np
from osgeo import gdal

gdal.UseExceptions()
RADIUS_M = 6378137.0


def run(tests):
    print("1..%d" % len(tests))
    bad = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            test()
            print("ok %d %s" % (number, name), flush=True)
        except Exception:
            bad += 1
            print("not ok %d %s" % (number, name))
            print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    sys.exit(1 if bad else 0)


# --- the server ---

def get(address, headers=None):
    """Status, media type, headers and body of an answer, also of an error."""
    request = urllib.request.Request(address, headers=headers or {})
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers["Content-Type"], answer.headers, answer.read()


@functools.lru_cache(maxsize=None)
def query_point(folder, lon, lat, time=None):
    """What `sanfang query point` says: {(dataset@grid, band value): value}."""
    command = [os.environ["SANFANG"], "query", "point", repr(lon), repr(lat), "-o", folder, "--json"]
    if time:
        command += ["--time", time]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {(one["dataset"] + "@" + one["grid"], one.get("beaufort_force")): one["value"]
            for one in said["layers"] if "value" in one}


# --- pictures ---

def pixels_of(png):
    """A PNG file as rows x columns x R G B A."""
    gdal.FileFromMemBuffer("/vsimem/one.png", png)
    opened = gdal.Open("/vsimem/one.png")
    bands = [opened.GetRasterBand(b + 1).ReadAsArray() for b in range(opened.RasterCount)]
    table = opened.GetRasterBand(1).GetColorTable()
    colours = table and np.array([table.GetColorEntry(i) for i in range(table.GetCount())], np.uint8)
    opened = table = None
    gdal.Unlink("/vsimem/one.png")
    if colours is not None:
        return colours[bands[0]]
    if len(bands) == 3:
        bands.append(np.full_like(bands[0], 255))
    return np.stack(bands, axis=-1)


def centroid(mask):
    rows, columns = np.nonzero(mask)
    return rows.mean(), columns.mean()


def x_m(lon_deg):
    return np.radians(lon_deg) * RADIUS_M


def y_m(lat_deg):
    return np.arctanh(np.sin(np.radians(lat_deg))) * RADIUS_M


def lat_of(y):
    return np.degrees(np.arctan(np.sinh(y / RADIUS_M)))


def metres(window):
    return float(x_m(window[0])), float(y_m(window[1])), float(x_m(window[2])), float(y_m(window[3]))


def centres(window, width, height, is_mercator):
    """Longitudes of the columns and latitudes of the rows of a window (min x, min y, max x, max y)."""
    x = window[0] + (np.arange(width) + 0.5) * (window[2] - window[0]) / width
    y = window[3] - (np.arange(height) + 0.5) * (window[3] - window[1]) / height
    return (np.degrees(x / RADIUS_M), lat_of(y)) if is_mercator else (x, y)


# --- styles and values ---

class Style:
    """The entries of a file of share/styles: lower bounds and colours."""

    def __init__(self, name):
        text = open(os.path.join(os.environ["SANFANG_SHARE"], "styles", name + ".yaml"), encoding="utf-8").read()
        found = re.findall(r"from: ([-0-9.]+), colour: \"#([0-9a-f]{6,8})\"", text)
        self.name = name
        self.bounds = np.array([float(bound) for bound, _ in found])
        self.colours = np.array([[int((colour + "ff")[i:i + 2], 16) for i in (0, 2, 4, 6)] for _, colour in found],
                                np.uint8)
        self.labels = re.findall(r"label: \{en: \"([^\"]*)\"", text)
        self.is_ramp = re.search(r"^ramp:", text, re.M) is not None
        self.is_classes = re.search(r"^classes:", text, re.M) is not None
        self.is_bilinear = re.search(r"^sampling: bilinear", text, re.M) is not None
        self.from_earliest = re.search(r"^origin: earliest", text, re.M) is not None

    def origin(self, values, reference_s):
        if not self.from_earliest:
            return 0.0
        step = 6 * 3600
        return (np.floor((reference_s + np.nanmin(values) * 3600.0) / step) * step - reference_s) / 3600.0

    def classes(self, values, origin=0.0):
        """The number of each value's class, counted from 1; 0 where nothing is drawn."""
        values = np.asarray(values, np.float64)
        found = np.searchsorted(self.bounds + origin, np.where(np.isnan(values), -np.inf, values), side="right")
        return np.where(np.isnan(values), 0, found)

    def colour(self, value, origin=0.0):
        """R G B A of one value."""
        if self.is_ramp and value >= self.bounds[0]:
            return np.array([np.interp(value, self.bounds, self.colours[:, c].astype(float)) for c in range(4)])
        number = int(self.classes(value, origin))
        return self.colours[number - 1].astype(float) if number else np.zeros(4)


class Grid:
    """A layer's values from the snapshot: bands x rows x columns, row 0 north."""

    def __init__(self, folder, layer):
        name, instance = layer.split("@")
        for kind in ("grids", "cubes"):
            path = os.path.join(folder, "current", "data", "%s-%s.nc" % (kind, instance))
            if not os.path.exists(path):
                continue
            with netCDF4.Dataset(path) as file:
                if name not in file.variables:
                    continue
                variable = file[name]
                values = np.ma.filled(variable[:].astype(np.float64), np.nan)
                self.values = values if values.ndim == 3 else values[None]
                self.band = variable.dimensions[0] if values.ndim == 3 else None
                self.band_values = file[self.band][:].tolist() if self.band else [None]
                self.lon, self.lat = file["lon"][:].data, file["lat"][:].data
                self.reference_s = 0
                since = re.match(r"hours since (\S+ \S+)", getattr(variable, "units", ""))
                if since:
                    self.reference_s = int(np.datetime64(since.group(1).replace(" ", "T"), "s").astype(np.int64))
                return
        raise KeyError(layer)

    def sample(self, band, lon, lat, is_bilinear):
        """Values at all crossings of longitudes and latitudes; the picture must lie within the grid and miss nothing."""
        dx, dy = self.lon[1] - self.lon[0], self.lat[0] - self.lat[1]
        column = (lon - (self.lon[0] - dx / 2)) / dx
        row = ((self.lat[0] + dy / 2) - lat) / dy
        values = self.values[band]
        if not is_bilinear:
            return values[np.floor(row).astype(int)[:, None], np.floor(column).astype(int)[None, :]]
        column, row = np.clip(column - 0.5, 0, len(self.lon) - 1), np.clip(row - 0.5, 0, len(self.lat) - 1)
        left, top = np.floor(column).astype(int), np.floor(row).astype(int)
        right, low = np.minimum(left + 1, len(self.lon) - 1), np.minimum(top + 1, len(self.lat) - 1)
        s, t = column - left, (row - top)[:, None]
        above, below = values[top], values[low]
        blended = above + (below - above) * t
        return blended[:, left] + (blended[:, right] - blended[:, left]) * s
