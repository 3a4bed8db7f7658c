# SPDX-License-Identifier: Apache-2.0
"""Vector tiles over HTTP: GDAL's MVT driver against the snapshot's GeoPackage: vector.py URL FOLDER."""
import gzip
import json
import sys

import numpy as np
from osgeo import gdal, ogr

import reference as ref

ogr.UseExceptions()
URL, FOLDER = sys.argv[1:3]
TABLES = FOLDER + "/current/data/tables.gpkg"
SNAPSHOT = json.loads(ref.get(URL + "/v1/layers")[3])["snapshot"]
HALF = np.pi * ref.RADIUS_M


def document(path):
    status, kind, _, body = ref.get(URL + path)
    assert (status, kind) == (200, "application/json"), (path, status, body)
    return json.loads(body)


def tileset(layer, name, level):
    """A level of a layer as GDAL reads it from the server, told where by our TileJSON."""
    return gdal.OpenEx("MVT:%s/vector/%s/%s/%d" % (URL, layer, name, level), open_options=[
        "TILE_EXTENSION=mvt", "METADATA_FILE=%s/vector/%s/%s.json" % (URL, layer, name)])


def rows_of(layer):
    """Rows of the GeoPackage by their number: attributes, longitude, latitude."""
    table = ogr.Open(TABLES)
    found = {}
    for number, feature in enumerate(table.GetLayer(layer), 1):
        point = feature.GetGeometryRef()
        values = {key: value for key, value in feature.items().items() if value is not None}
        found[number] = values, point.GetX(), point.GetY()
    return found


def as_text(value):
    """Times of GDAL's fields as ISO 8601."""
    return value.replace("/", "-").replace(" ", "T").replace("+00", "Z") if isinstance(value, str) else value


def GDAL_reads_the_points_of_the_snapshot_in_both_sets():
    rows = rows_of("track_points")
    assert len(rows) > 30
    for name, level in (("w", 5), ("c", 5)):
        tiles = tileset("track_points", name, level)
        seen = set()
        side = (2 * HALF if name == "w" else 360.0) / 2 ** level
        for feature in tiles.GetLayer(0):
            number = feature.GetField("mvt_id")
            values, lon, lat = rows[number]
            x, y = (ref.x_m(lon), ref.y_m(lat)) if name == "w" else (lon, lat)
            point = feature.GetGeometryRef()
            assert abs(point.GetX() - x) <= side / 8192 and abs(point.GetY() - y) <= side / 8192, (name, number)
            got = {key: value for key, value in feature.items().items() if value is not None and key != "mvt_id"}
            assert got.keys() == values.keys(), (number, got, values)
            for key, value in values.items():
                assert got[key] == (as_text(value) if key == "time" else value), (number, key, got[key], value)
            seen.add(number)
        assert seen == set(rows), (name, set(rows) - seen)


def areas_agree_with_those_of_the_snapshot():
    table = ogr.Open(TABLES)
    wanted = {number: f.GetGeometryRef().GetArea() for number, f in enumerate(table.GetLayer("wind_areas@near"), 1)}
    got = {}
    tiles = tileset("wind_areas@near", "c", 8)
    for feature in tiles.GetLayer(0):
        assert feature.GetGeometryRef().IsValid()
        number = feature.GetField("mvt_id")
        got[number] = got.get(number, 0) + feature.GetGeometryRef().GetArea()
    assert got.keys() == wanted.keys() and len(wanted) > 2
    for number, area in wanted.items():
        assert abs(got[number] / area - 1) < 1e-3, (number, got[number], area)


def TileJSON_has_what_its_standard_asks_for():
    for name, levels, side in (("c", (1, 14), 360), ("w", (0, 14), 2 * HALF), ("WorldCRS84Quad", (0, 13), 180),
                               ("GoogleMapsCompatible", (0, 14), 2 * HALF)):
        doc = document("/vector/landfalls,track_lines/%s.json" % name)
        assert doc["tilejson"] == "3.0.0" and doc["scheme"] == "xyz"
        assert (doc["minzoom"], doc["maxzoom"]) == levels
        assert abs(doc["tile_dimension_zoom_0"] / side - 1) < 1e-12
        west, south, east, north = doc["bounds"]
        assert -180 <= west < east <= 180 and -90 <= south < north <= 90
        assert [layer["id"] for layer in doc["vector_layers"]] == ["landfalls", "track_lines"]
        fields = doc["vector_layers"][0]["fields"]
        assert (fields["time"], fields["longitude"], fields["entered"], fields["name_zh"]) == (
            "String", "Number", "Number", "String") and "count" not in fields
        # The place in the middle of the bounds, in the document's own numbering.
        template, = doc["tiles"]
        assert template.startswith(URL + "/vector/landfalls,track_lines/%s/" % name)
        status, kind, _, body = ref.get(template.format(z=levels[0], x=0, y=0))
        assert status == 200 and kind == "application/vnd.mapbox-vector-tile"
    pinned = document("/snapshots/%s/vector/landfalls/w.json" % SNAPSHOT)
    assert pinned["tiles"] == ["%s/snapshots/%s/vector/landfalls/w/{z}/{x}/{y}.mvt" % (URL, SNAPSHOT)]


def names_are_one_tile_by_any_set_and_ending():
    one = ref.get(URL + "/vector/coast/c/6/51/12.mvt")[3]
    assert len(one) > 1000
    for path in ("coast/c/6/51/12.pbf", "coast/WorldCRS84Quad/5/51/12.mvt"):
        assert ref.get(URL + "/vector/" + path)[3] == one, path
    assert ref.get(URL + "/ogc/collections/coast/tiles/WorldCRS84Quad/5/12/51")[3] == one
    assert ref.get(URL + "/vector/coast/w/6/51/28.mvt")[3] == ref.get(
        URL + "/vector/coast/GoogleMapsCompatible/6/51/28.mvt")[3] != one


def several_layers_stand_in_one_tile():
    both = ref.get(URL + "/vector/coast,track_lines/w/5/25/14.mvt")[3]
    apart = [ref.get(URL + "/vector/%s/w/5/25/14.mvt" % name)[3] for name in ("coast", "track_lines")]
    assert both == b"".join(apart) and all(apart)
    gdal.FileFromMemBuffer("/vsimem/both.mvt", both)
    opened = gdal.OpenEx("MVT:/vsimem/both.mvt")
    assert [opened.GetLayer(i).GetName() for i in range(opened.GetLayerCount())] == ["coast", "track_lines"]


def columns_can_be_chosen():
    def fields(query):
        gdal.FileFromMemBuffer("/vsimem/some.mvt", ref.get(URL + "/vector/track_points/w/5/25/14.mvt" + query)[3])
        opened = gdal.OpenEx("MVT:/vsimem/some.mvt")
        definition = opened.GetLayer(0).GetLayerDefn()
        return [definition.GetFieldDefn(i).GetName() for i in range(1, definition.GetFieldCount())]
    assert len(fields("")) > 8
    assert sorted(fields("?columns=grade_zh,wind_speed")) == ["grade_zh", "wind_speed"]
    assert fields("?columns=") == []


def tiles_are_packed_for_those_who_take_it():
    path = URL + "/vector/coast/w/6/51/28.mvt"
    plain = ref.get(path)
    assert plain[2]["Content-Encoding"] is None and plain[2]["Vary"] == "Accept-Encoding"
    for header, packed in (("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("GZIP", True), ("gzip;q=0, *", False),
                           ("identity", False), ("gzip; q=0.0", False), ("br", False), ("gzipped", False)):
        for address in (path, path.replace("/vector/", "/snapshots/%s/vector/" % SNAPSHOT)) * 2:
            _, _, headers, body = ref.get(address, {"Accept-Encoding": header})
            assert (headers["Content-Encoding"] == "gzip") == packed, header
            assert (gzip.decompress(body) if packed else body) == plain[3], header
    # Nothing there: no bytes, and no head of gzip around them.
    status, _, headers, body = ref.get(URL + "/vector/coast/w/6/0/60.mvt", {"Accept-Encoding": "gzip"})
    assert (status, body, headers["Content-Encoding"]) == (200, b"", None)


def pinned_tiles_are_immutable_and_current_ones_not_stored():
    path = "/vector/coast/w/6/51/28.mvt"
    _, _, headers, body = ref.get(URL + path)
    assert headers["Cache-Control"] == "no-store" and headers["X-Sanfang-Snapshot"] == SNAPSHOT
    _, _, pinned, same = ref.get("%s/snapshots/%s%s" % (URL, SNAPSHOT, path))
    assert "immutable" in pinned["Cache-Control"] and same == body
    assert ref.get("%s/snapshots/%s%s" % (URL, SNAPSHOT, path), {"If-None-Match": pinned["ETag"]})[0] == 304


def what_is_not_there_is_said():
    for path, wanted, words in (
            ("coas/w/6/51/28.mvt", 404, "coast"), ("wind_max@near/w/6/51/28.mvt", 404, "/tiles/"),
            ("coast,coast/w/6/51/28.mvt", 400, "twice"), ("coast/w/6/51/28.png", 404, ".mvt"),
            ("coast/q/6/51/28.mvt", 404, "WorldCRS84Quad"), ("coast/c/0/0/0.mvt", 404, "1 to 18"),
            ("coast/w/6/64/28.mvt", 404, "64 x 64"), ("coast/w/6/-1/28.mvt", 400, "column"),
            ("coast/w/nan/51/28.mvt", 400, "level"), ("coast/w/6/51/28.mvt?columns=zz", 400, "zz"),
            ("coast/w/6/51/28.mvt?columns=" + ",".join("abcdefgh" * 10), 400, "64"),
            (",".join(["coast"] * 17) + "/w/6/51/28.mvt", 400, "16"), (",/w/6/51/28.mvt", 404, "layer"),
            ("coast/w.xml", 404, ".json"), ("coast/q.json", 404, "q"), ("coast", 404, "/vector/")):
        status, kind, headers, body = ref.get(URL + "/vector/" + path)
        assert status == wanted and kind == "application/json" and headers["Cache-Control"] == "no-store", (path, status, body)
        assert words in json.loads(body)["detail"], (path, body)


ref.run([
    GDAL_reads_the_points_of_the_snapshot_in_both_sets, areas_agree_with_those_of_the_snapshot,
    TileJSON_has_what_its_standard_asks_for, names_are_one_tile_by_any_set_and_ending, several_layers_stand_in_one_tile,
    columns_can_be_chosen, tiles_are_packed_for_those_who_take_it,
    pinned_tiles_are_immutable_and_current_ones_not_stored, what_is_not_there_is_said,
])
