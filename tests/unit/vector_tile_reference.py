# SPDX-License-Identifier: Apache-2.0
"""Write features with GDAL, encode them with vector_tile_tool, read the tiles with GDAL's MVT driver and compare.

Points: within half a unit, attributes exactly. Lines: both ways within TOLERANCE units. Polygons: valid by GEOS; with the
tiles' own areas summing up to the area of the original. Ring directions and coordinates of set c also by a decoder of our own
from the words of the specification. Prints one line a check; exit 1 on the first that fails. The seed is printed; SEED=n repeats it."""
import datetime
import json
import math
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
TOOL, COAST = sys.argv[1:3]
EXTENT, BUFFER = 4096, 64
# Half a unit of generalisation and the rounding of a corner, half a unit each way.
TOLERANCE = 0.5 + math.sqrt(0.5)
MERCATOR = 20037508.342789244
SETS = {"c": ("EPSG:4490", -180, 90, 360), "w": ("EPSG:3857", -MERCATOR, MERCATOR, 2 * MERCATOR)}
seed = int(os.environ.get("SEED", int.from_bytes(os.urandom(4), "little")))
random = np.random.default_rng(seed)
print("seed", seed)
checks = 0


def check(good, text):
    global checks
    checks += 1
    if not good:
        print("not ok:", text)
        sys.exit(1)


def srs(code):
    s = osr.SpatialReference()
    s.SetFromUserInput(code)
    s.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return s


def write_source(path, layer, kind, fields, features):
    out = ogr.GetDriverByName("GPKG").CreateDataSource(path)
    table = out.CreateLayer(layer, srs("EPSG:4490"), kind)
    for name, of in fields:
        table.CreateField(ogr.FieldDefn(name, of))
    for geometry, values in features:
        feature = ogr.Feature(table.GetLayerDefn())
        for name, value in values.items():
            if value is not None:
                feature.SetField(name, value)
        feature.SetGeometry(geometry)
        table.CreateFeature(feature)


class Tiles:
    """The tiles of one level of a set, as the tool wrote them."""

    def __init__(self, folder, source, layer, name, z, *columns):
        self.z, self.folder = z, tempfile.mkdtemp(dir=folder)
        crs, left, top, side = SETS[name]
        self.left, self.top, self.side = left, top, side / 2**z
        subprocess.run([TOOL, source, layer, name, str(z), self.folder, *columns], check=True)
        with open(os.path.join(self.folder, "metadata.json"), "w") as f:
            json.dump({"crs": crs, "tile_origin_upper_left_x": left, "tile_origin_upper_left_y": top,
                       "tile_dimension_zoom_0": side}, f)

    def __iter__(self):
        for x in sorted(os.listdir(os.path.join(self.folder, str(self.z)))):
            for y in sorted(os.listdir(os.path.join(self.folder, str(self.z), x))):
                yield int(x), int(y.removesuffix(".pbf"))

    def path(self, x, y):
        return os.path.join(self.folder, str(self.z), str(x), f"{y}.pbf")

    def features(self, x, y):
        tile = gdal.OpenEx("MVT:" + self.path(x, y), open_options=[
            f"X={x}", f"Y={y}", f"Z={self.z}", "CLIP=NO",
            "METADATA_FILE=" + os.path.join(self.folder, "metadata.json")])
        yield from tile.GetLayer(0)

    def unit(self):
        return self.side / EXTENT

    def box(self, x, y, units):
        """A tile with so many units around, as (min x, min y, max x, max y)."""
        around = units * self.unit()
        west, north = self.left + x * self.side, self.top - y * self.side
        return west - around, north - self.side - around, west + self.side + around, north + around


def rectangle(box):
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for x, y in ((0, 1), (0, 3), (2, 3), (2, 1), (0, 1)):
        ring.AddPoint_2D(box[x], box[y])
    polygon = ogr.Geometry(ogr.wkbPolygon)
    polygon.AddGeometry(ring)
    return polygon


def project(geometry, name):
    """A geometry of degrees in the units of a set; its corners move, its edges stay straight."""
    moved = geometry.Clone()
    if name == "w":
        moved.Transform(osr.CoordinateTransformation(srs("EPSG:4326"), srs("EPSG:3857")))
    return moved


# A decoder from the words of the specification, 4.3 and 4.4.
def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            length, at = {1: (8, at), 5: (4, at)}.get(kind) or varint(data, at)
            value, at = data[at:at + length], at + length
        yield tag >> 3, value


def numbers(data):
    at, found = 0, []
    while at < len(data):
        value, at = varint(data, at)
        found.append(value)
    return found


def zigzag(value):
    return value >> 1 ^ -(value & 1)


def rings_of(commands):
    """Parts of (x, y), rings without their last point."""
    x = y = i = 0
    parts = []
    while i < len(commands):
        command, count = commands[i] & 7, commands[i] >> 3
        i += 1
        for _ in range(count if command != 7 else 0):
            x, y, i = x + zigzag(commands[i]), y + zigzag(commands[i + 1]), i + 2
            if command == 1:
                parts.append([])
            parts[-1].append((x, y))
        check(command in (1, 2, 7) and (command != 7 or count == 1), "commands are those of the specification")
    return parts


def decode(path):
    """Layers of a tile as name: (keys, values, features); a feature is (id, tags, type, parts)."""
    layers = {}
    for number, body in fields(open(path, "rb").read()):
        check(number == 3, "a tile holds layers only")
        name, keys, values, features, meta = None, [], [], [], {}
        for field, value in fields(body):
            if field == 1:
                name = value.decode()
            elif field == 2:
                f = dict(fields(value))
                features.append((f[1], numbers(f.get(2, b"")), f[3], rings_of(numbers(f[4]))))
            elif field == 3:
                keys.append(value.decode())
            elif field == 4:
                values.append(bytes(value))
            else:
                meta[field] = value
        check(meta == {5: EXTENT, 15: 2}, "extent and version")
        check(len(set(keys)) == len(keys) and len(set(values)) == len(values), "keys and values are there once")
        layers[name] = keys, values, features
    return layers


def value_of(message):
    (field, value), = fields(message)
    return {1: lambda: value.decode(), 2: lambda: struct.unpack("<f", value)[0],
            3: lambda: struct.unpack("<d", value)[0], 6: lambda: zigzag(value)}[field]()


def area2(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))


POINT_FIELDS = [("storm", ogr.OFTString), ("number", ogr.OFTString), ("name", ogr.OFTString),
                ("name_zh", ogr.OFTString), ("agency", ogr.OFTString), ("place", ogr.OFTString),
                ("place_zh", ogr.OFTString), ("time", ogr.OFTDateTime), ("earliest", ogr.OFTDateTime),
                ("latest", ogr.OFTDateTime), ("longitude", ogr.OFTReal), ("latitude", ogr.OFTReal),
                ("uncertainty", ogr.OFTReal), ("entered", ogr.OFTInteger64), ("wind_speed", ogr.OFTReal),
                ("pressure", ogr.OFTReal), ("grade", ogr.OFTString), ("grade_zh", ogr.OFTString),
                ("land_area", ogr.OFTReal)]


def random_row(i):
    lon, lat = random.uniform(105, 117), random.uniform(15, 24)
    when = datetime.datetime(2014, 7, 18) + datetime.timedelta(seconds=int(random.integers(0, 10**6)))
    return {"storm": None if i % 7 == 0 else f"S{i}", "name": ["RAMMASUN", "KALMAEGI", ""][i % 3],
            "name_zh": ["威马逊", "海鸥", "\U00020000龘"][i % 3], "time": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "longitude": lon, "latitude": lat, "uncertainty": float(random.integers(0, 100)) / 2,
            "entered": [0, 1, -1, 2**53, -2**53, None][i % 6], "wind_speed": None if i % 5 == 0 else random.normal(),
            "pressure": 1e300 if i % 11 == 0 else round(random.uniform(900, 1010), 1)}


def points(folder):
    rows = [random_row(i) for i in range(3000)]
    source = os.path.join(folder, "points.gpkg")
    shapes = [ogr.CreateGeometryFromWkt(f"POINT({r['longitude']!r} {r['latitude']!r})") for r in rows]
    write_source(source, "landfalls", ogr.wkbPoint, POINT_FIELDS, list(zip(shapes, rows)))
    for name in SETS:
        tiles = Tiles(folder, source, "landfalls", name, 8)
        places = np.array([project(s, name).GetPoint_2D() for s in shapes])
        seen, worst = 0, 0.0
        for x, y in tiles:
            box = tiles.box(x, y, BUFFER)
            wanted = {i + 1 for i, (px, py) in enumerate(places)
                      if box[0] < px < box[2] and box[1] < py < box[3]}
            found = set()
            for feature in tiles.features(x, y):
                row = feature.GetField("mvt_id")
                found.add(row)
                px, py = feature.GetGeometryRef().GetPoint_2D()
                worst = max(worst, *np.abs(places[row - 1] - (px, py)) / tiles.unit())
                for field, value in rows[row - 1].items():
                    there = feature.GetFieldIndex(field) >= 0 and feature.IsFieldSetAndNotNull(field)
                    check(there == (value is not None), f"{field} of row {row} is there")
                    if there:
                        got = feature.GetField(field)
                        check(got == value, f"{field} of row {row}: {got!r}, not {value!r}")
            check(wanted <= found, f"tile {name} {x} {y} holds the points in it")
            seen += len(found)
        check(seen >= 3000 and worst < 0.5 + 1e-6, f"set {name}: {seen} points, {worst} units off")
        print(f"ok: {seen} points of set {name} within {worst:.4f} units, attributes alike")
    # By hand: the numbers in the tile are (degrees - edge) / side * 4096, y down.
    tiles = Tiles(folder, source, "landfalls", "c", 8, "entered", "pressure")
    side = 360 / 2**8
    for x, y in tiles:
        keys, values, features = decode(tiles.path(x, y))["landfalls"]
        check(set(keys) <= {"entered", "pressure"}, "only the columns asked for")
        for row, tags, kind, parts in features:
            lon, lat = places_deg = rows[row - 1]["longitude"], rows[row - 1]["latitude"]
            px, py = parts[0][0]
            check(kind == 1 and len(parts) == 1 and len(parts[0]) == 1, "a point")
            check(abs((lon + 180) / side * 4096 - x * 4096 - px) <= 0.5, f"x of {places_deg}")
            check(abs((90 - lat) / side * 4096 - y * 4096 - py) <= 0.5, f"y of {places_deg}")
            got = {keys[k]: value_of(values[v]) for k, v in zip(tags[::2], tags[1::2])}
            want = {k: rows[row - 1][k] for k in ("entered", "pressure") if rows[row - 1][k] is not None}
            check(got == want, f"{got} is {want}")
    print("ok: points of set c by hand")


def crowd(folder):
    """40,000 points: thinned ones say how many they stand for, and all are accounted for."""
    source = os.path.join(folder, "crowd.gpkg")
    spots = np.column_stack([random.normal(110, 1, 40000), random.normal(20, 1, 40000)])
    rows = [(ogr.CreateGeometryFromWkt(f"POINT({x!r} {y!r})"), {"storm": f"V{i}"}) for i, (x, y) in enumerate(spots)]
    write_source(source, "landfalls", ogr.wkbPoint, POINT_FIELDS, rows)
    tiles = Tiles(folder, source, "landfalls", "c", 5)
    side, counted, shown = 360 / 2**5, 0, 0
    for x, y in tiles:
        units = np.floor((spots - (x * side - 180, 90 - y * side)) * (1, -1) / side * 4096 + 0.5).astype(int)
        keys, values, features = decode(tiles.path(x, y))["landfalls"]
        inside = ((units >= -64) & (units <= 4160)).all(axis=1)
        cells = {}
        for i in np.flatnonzero(inside):
            cells.setdefault(tuple((units[i] + 64) // 32), []).append(i + 1)
        thinned = inside.sum() > 8192
        check(("count" in keys) == thinned, "thinned tiles say so")
        if thinned:
            got = {row: value_of(values[tags[tags[::2].index(keys.index("count")) * 2 + 1]])
                   for row, tags, _, _ in features}
            check(got == {c[0]: len(c) for c in cells.values()}, "the first row of each cell and its count")
            counted, shown = counted + sum(got.values()), shown + len(got)
        else:
            check({row for row, *_ in features} == set(np.flatnonzero(inside) + 1), "all points of a tile with few")
    check(counted > 30000 and shown < counted / 2, f"{counted} points stood for by {shown}")
    print(f"ok: {shown} points stand for {counted}")


def furthest(of, to):
    """How far the corners and middles of a geometry's edges are from another."""
    worst = 0.0
    for i in range(max(1, of.GetGeometryCount())):
        part = of.GetGeometryRef(i) if of.GetGeometryCount() else of
        xy = np.array(part.GetPoints())[:, :2]
        for x, y in np.concatenate([xy, (xy[1:] + xy[:-1]) / 2]):
            point = ogr.Geometry(ogr.wkbPoint)
            point.AddPoint_2D(float(x), float(y))
            worst = max(worst, to.Distance(point))
    return worst


def lines(folder):
    source = os.path.join(folder, "lines.gpkg")
    shapes = []
    for _ in range(12):
        walk = np.cumsum(random.normal(0, 0.02, (400, 2)), axis=0) + random.uniform((106, 16), (116, 23))
        shapes.append(ogr.CreateGeometryFromWkt("LINESTRING(" + ",".join(f"{x!r} {y!r}" for x, y in walk) + ")"))
    names = [("storm", ogr.OFTString), ("number", ogr.OFTString), ("name", ogr.OFTString), ("name_zh", ogr.OFTString),
             ("agency", ogr.OFTString), ("begin", ogr.OFTDateTime), ("end", ogr.OFTDateTime),
             ("max_wind", ogr.OFTReal), ("min_pressure", ogr.OFTReal)]
    write_source(source, "track_lines", ogr.wkbLineString, names, [(s, {"storm": "x"}) for s in shapes])
    for name in SETS:
        projected = [project(s, name) for s in shapes]
        for z in (5, 9):
            tiles = Tiles(folder, source, "track_lines", name, z)
            worst = 0.0
            for x, y in tiles:
                drawn = {f.GetField("mvt_id"): f.GetGeometryRef().Clone() for f in tiles.features(x, y)}
                for row, line in drawn.items():
                    worst = max(worst, furthest(line, projected[row - 1]) / tiles.unit())
                # Well inside the buffer, so that what is cut off by rounding is not missed.
                box = rectangle(tiles.box(x, y, BUFFER - 2))
                for i, line in enumerate(projected):
                    part = line.Intersection(box)
                    if part.IsEmpty() or part.Length() < 4 * tiles.unit():
                        continue
                    check(i + 1 in drawn, f"line {i + 1} is in tile {name} {z} {x} {y}")
                    worst = max(worst, furthest(part, drawn[i + 1]) / tiles.unit())
            check(worst <= TOLERANCE + 1e-6, f"lines of set {name} {z}: {worst} units off")
            print(f"ok: lines of set {name} {z} within {worst:.4f} units")


def surface(geometry):
    """The area of what is a polygon in a geometry."""
    if geometry.GetGeometryType() == ogr.wkbGeometryCollection:
        return sum(surface(geometry.GetGeometryRef(i)) for i in range(geometry.GetGeometryCount()))
    return geometry.GetArea() if geometry.GetDimension() == 2 else 0.0


def check_rings(tiles, x, y, layer):
    for _, _, kind, rings in decode(tiles.path(x, y))[layer][2]:
        check(kind == 3 and area2(rings[0]) > 0, "the first ring is an outer one")
        for ring in rings:
            check(len(ring) > 2 and len(set(ring)) == len(ring), "a ring has three corners and none twice")
            check(abs(area2(ring)) >= 32, "a ring is not too small")
            check(all(-BUFFER <= v <= EXTENT + BUFFER for corner in ring for v in corner), "a ring is in the tile")


def polygons(folder, source, layer, levels, every=1):
    """Look at all tiles of some levels, or at one of `every`: then not at the sum of their areas."""
    table = ogr.Open(source)
    shapes = {f.GetFID(): f.GetGeometryRef().Clone() for f in table.GetLayer(layer)}
    rows = {row + 1: shapes[fid] for row, fid in enumerate(sorted(shapes))}
    for name in SETS:
        projected = {row: project(s, name) for row, s in rows.items()}
        for z in levels:
            tiles = Tiles(folder, source, layer, name, z)
            total, count = {}, 0
            for x, y in list(tiles)[::every]:
                for feature in tiles.features(x, y):
                    check(feature.GetGeometryRef().IsValid(), f"{layer} {name} {z} {x} {y} is valid")
                    count += 1
                check_rings(tiles, x, y, layer)
                if every > 1:
                    continue
                box = rectangle(tiles.box(x, y, 0))
                for feature in tiles.features(x, y):
                    row = feature.GetField("mvt_id")
                    inside = feature.GetGeometryRef().Intersection(box)
                    total[row] = total.get(row, 0) + surface(inside)
            if every == 1:
                for row, shape in projected.items():
                    # A strip of TOLERANCE units along the boundary, and a small ring, may be missing or too much.
                    strip = (shape.Boundary().Length() * TOLERANCE + 16 * tiles.unit()) * tiles.unit()
                    off = abs(total.get(row, 0) - shape.GetArea())
                    check(off <= strip, f"{layer} {row} of set {name} {z}: area {off / strip} of what may be")
            some = f", areas within {sum(total.values()) / sum(s.GetArea() for s in projected.values()) - 1:+.2e}"
            print(f"ok: {count} polygons of {layer} {name} {z} are valid{some if every == 1 else ''}")


def stars(folder):
    """Star-shaped polygons with holes, some with islands in them."""
    source = os.path.join(folder, "stars.gpkg")
    shapes = []
    for _ in range(80):
        x, y, radius = random.uniform(106, 116), random.uniform(16, 23), random.uniform(0.01, 2)
        corners = int(random.integers(3, 400))
        text = []
        for scale in (1, 0.5):
            angle = np.linspace(0, 2 * math.pi, corners, endpoint=False)
            r = radius * scale * random.uniform(0.7, 1, corners)
            ring = [f"{a!r} {b!r}" for a, b in zip(x + r * np.cos(angle), y + r * np.sin(angle))]
            text.append("(" + ",".join(ring + ring[:1]) + ")")
        island = f"(({x - radius / 9} {y},{x} {y + radius / 9},{x + radius / 9} {y},{x - radius / 9} {y}))"
        shapes.append(ogr.CreateGeometryFromWkt(f"MULTIPOLYGON(({','.join(text)}),{island})"))
    names = [("force", ogr.OFTReal), ("min_wind", ogr.OFTReal), ("area", ogr.OFTReal)]
    shapes = [s for s in shapes if s.IsValid()]
    check(len(shapes) > 40, f"{len(shapes)} stars are valid as they are")
    write_source(source, "wind_areas", ogr.wkbMultiPolygon, names, [(s, {"force": 8.0}) for s in shapes])
    return source


with tempfile.TemporaryDirectory() as work:
    points(work)
    crowd(work)
    lines(work)
    polygons(work, stars(work), "wind_areas", (3, 5, 7, 9))
    if os.path.exists(COAST):
        polygons(work, COAST, "coast", (3, 5))
        polygons(work, COAST, "coast", (7, 9), 7)
    else:
        print("the coast is not there: not looked at")
print(checks, "checks")
