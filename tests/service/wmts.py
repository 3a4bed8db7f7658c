# SPDX-License-Identifier: Apache-2.0
"""WMTS against GDAL, OWSLib, numpy and the letter of the standard: wmts.py URL FOLDER."""
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import numpy as np
from owslib.wmts import WebMapTileService

import reference as ref

URL, FOLDER = sys.argv[1:3]
WMTS = URL + "/wmts?"
LAYER, STYLE = "wind_max@near", ref.Style("wind_force")
WINDOW, WIDTH, HEIGHT = (108.4, 18.0, 111.6, 20.4), 600, 436
SETS = ("c", "w", "WorldCRS84Quad", "GoogleMapsCompatible")
OWS, NS = "{http://www.opengis.net/ows/1.1}", "{http://www.opengis.net/wmts/1.0}"
HREF = "{http://www.w3.org/1999/xlink}href"

# Scale denominators of the OGC's pixel of 0.28 mm: OGC 07-057r7, annex E (GoogleCRS84Quad, GoogleMapsCompatible).
CRS84_LEVEL_1, MERCATOR_LEVEL_0 = 279541132.0143589, 559082264.0287178


def ask(**keys):
    """A GetTile, changed by keys; None leaves one out."""
    usual = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": LAYER, "STYLE": "default",
             "FORMAT": "image/png", "TILEMATRIXSET": "c", "TILEMATRIX": 7, "TILEROW": 25, "TILECOL": 103}
    usual.update(keys)
    return ref.get(WMTS + "&".join("%s=%s" % (key, ref.urllib.request.quote(str(value), safe=":/,@"))
                                   for key, value in usual.items() if value is not None))


def capabilities():
    status, kind, _, body = ref.get(WMTS + "SERVICE=WMTS&REQUEST=GetCapabilities")
    assert (status, kind) == (200, "application/xml")
    return ET.fromstring(body)


def tile_at(set_name, level, lon, lat):
    """Row, column, and the pixel in it, of a place; levels count as Tianditu's (c, w), one lower in WorldCRS84Quad."""
    z = level + 1 if set_name == "WorldCRS84Quad" else level
    side = 360.0 / 2 ** z if set_name in ("c", "WorldCRS84Quad") else 2 * np.pi * ref.RADIUS_M / 2 ** z
    if set_name in ("c", "WorldCRS84Quad"):
        x, y = (lon + 180) / side, (90 - lat) / side
    else:
        half = np.pi * ref.RADIUS_M
        x, y = (ref.x_m(lon) + half) / side, (half - ref.y_m(lat)) / side
    return int(y), int(x), int((y - int(y)) * 256), int((x - int(x)) * 256)


# --- pictures ---

def gdal_picture(set_name, window, width, height):
    """gdal_translate of a window in the set's own units, as pixels."""
    source = "WMTS:%sSERVICE=WMTS&REQUEST=GetCapabilities,layer=%s,tilematrixset=%s" % (WMTS, LAYER, set_name)
    assert "Size is" in subprocess.run(["gdalinfo", source], check=True, capture_output=True, text=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        corners = [repr(float(window[c])) for c in (0, 3, 2, 1)]
        subprocess.run(["gdal_translate", "-q", "-of", "PNG", "-projwin", *corners, "-outsize", str(width), str(height),
                        source, folder + "/o.png"], check=True)
        with open(folder + "/o.png", "rb") as file:
            return ref.pixels_of(file.read())


def numpy_classes(window, width, height, is_mercator):
    lon, lat = ref.centres(window, width, height, is_mercator)
    return STYLE.classes(ref.Grid(FOLDER, LAYER).sample(0, lon, lat, STYLE.is_bilinear))


def GDAL_puts_the_strongest_wind_at_the_same_place_in_every_set():
    """The window and size of which no level has the pixels: GDAL picks the nearest ones, which moves them by up to a half."""
    for set_name in SETS:
        is_mercator = set_name in ("w", "GoogleMapsCompatible")
        window = ref.metres(WINDOW) if is_mercator else WINDOW
        wanted = numpy_classes(window, WIDTH, HEIGHT, is_mercator)
        top = wanted.max()
        shown = (gdal_picture(set_name, window, WIDTH, HEIGHT)[..., :3] == STYLE.colours[top - 1][:3]).all(axis=-1)
        for a, b in zip(ref.centroid(shown), ref.centroid(wanted == top)):
            assert abs(a - b) <= 0.5, (set_name, a, b)


def every_pixel_that_GDAL_takes_from_whole_tiles_is_numpy_s():
    for set_name in SETS:
        is_mercator = set_name in ("w", "GoogleMapsCompatible")
        row, column, _, _ = tile_at(set_name, 7 if set_name == "WorldCRS84Quad" else 8, 110, 19.6)
        side = 2 * np.pi * ref.RADIUS_M / 256 if is_mercator else 360 / 256
        left, top = (-np.pi * ref.RADIUS_M, np.pi * ref.RADIUS_M) if is_mercator else (-180, 90)
        window = (left + column * side, top - (row + 1) * side, left + (column + 1) * side, top - row * side)
        pixels, wanted = gdal_picture(set_name, window, 256, 256), numpy_classes(window, 256, 256, is_mercator)
        assert len(np.unique(wanted)) >= 3
        wrong = (pixels[..., :3] != STYLE.colours[wanted - 1][..., :3]).any(axis=-1)
        assert not wrong.any(), (set_name, wrong.sum())


def OWSLib_reads_capabilities_and_tiles():
    service = WebMapTileService(URL + "/wmts")
    assert sorted(service.tilematrixsets) == sorted(SETS)
    picture = service.gettile(layer=LAYER, tilematrixset="c", tilematrix="7", row=25, column=103, format="image/png").read()
    assert picture == ask()[3] and ref.pixels_of(picture).any()


def a_tile_is_the_same_by_keys_by_resource_and_by_xyz():
    row, column, _, _ = tile_at("c", 8, 110.3, 19.6)
    by_keys = ask(TILEMATRIX=8, TILEROW=row, TILECOL=column)[3]
    assert ref.pixels_of(by_keys).any()
    assert by_keys == ref.get("%s/wmts/1.0.0/%s/wind_force/c/8/%d/%d.png" % (URL, LAYER, row, column))[3]
    assert by_keys == ref.get("%s/tiles/%s/default/c/8/%d/%d.png" % (URL, LAYER, column, row))[3]
    lower = ("service=wmts&request=gettile&version=1.0.0&layer=%s&Style=&tilematrixset=c&TileMatrix=8&tilerow=%d&TileCol=%d"
             "&format=tiles&tk=0123456789abcdef") % (LAYER, row, column)
    assert by_keys == ref.get(WMTS + lower)[3]
    assert by_keys == ask(TILEMATRIXSET="WorldCRS84Quad", TILEMATRIX=7, TILEROW=row, TILECOL=column)[3]
    wide = ask(TILEMATRIXSET="w", TILEMATRIX=8, TILEROW=113, TILECOL=206)[3]
    assert wide == ask(TILEMATRIXSET="GoogleMapsCompatible", TILEMATRIX=8, TILEROW=113, TILECOL=206)[3]


# --- every layer in every way ---

def every_layer_style_and_value_agrees_with_the_point_query_in_every_set():
    count = 0
    for layer in capabilities().iter(NS + "Layer"):
        name = layer.find(OWS + "Identifier").text
        grid = ref.Grid(FOLDER, name)
        template = [url.attrib["template"] for url in layer.findall(NS + "ResourceURL")
                    if url.attrib["resourceType"] == "tile"][0]
        values = [value.text for value in layer.iter(NS + "Value")] or [None]
        picks = range(len(values)) if grid.band != "time" else (20, 30)
        for style in [ref.Style(s.find(OWS + "Identifier").text) for s in layer.findall(NS + "Style")]:
            for band in picks if style.is_classes or style.is_ramp else ():
                for set_name in SETS:
                    check_tile(name, grid, style, band, values[band], set_name, template)
                    count += 1
    assert count > 40, count


def check_tile(name, grid, style, band, value, set_name, template):
    origin = style.origin(grid.values, grid.reference_s)
    drawn = style.classes(grid.values[band], origin) > 0
    drawn[[0, -1]] = drawn[:, [0, -1]] = False
    rows, columns = np.nonzero(drawn)
    pick = np.random.default_rng(len(rows)).integers(len(rows))
    lon, lat = float(grid.lon[columns[pick]]), float(grid.lat[rows[pick]])
    level = 17 if set_name == "WorldCRS84Quad" else 18
    row, column, j, i = tile_at(set_name, level, lon, lat)
    path = {"style": style.name, "TileMatrixSet": set_name, "TileMatrix": level, "TileRow": row, "TileCol": column}
    if grid.band:
        path[grid.band] = value
    pixels = ref.pixels_of(ref.get(template.format(**path))[3])
    keys = dict(LAYER=name, STYLE=style.name, TILEMATRIXSET=set_name, TILEMATRIX=level, TILEROW=row, TILECOL=column)
    if grid.band:
        keys[grid.band] = value
    assert (pixels == ref.pixels_of(ask(**keys)[3])).all()
    said = ref.query_point(FOLDER, lon, lat, value if grid.band == "time" else None)
    number = said[name, grid.band_values[band] if grid.band == "beaufort_force" else None]
    wanted = style.colour(number, origin)
    assert np.abs(pixels[j, i] - wanted).max() <= (2 if style.is_ramp else 0), (name, style.name, set_name, pixels[j, i], wanted)
    told = json.loads(ask(REQUEST="GetFeatureInfo", I=i, J=j, INFOFORMAT="application/json", **keys)[3])
    assert told["features"][0]["properties"]["value"] == number
    by_path = ref.get(template.replace(".png", "/%d/%d.json" % (j, i)).format(**path))[3]
    assert json.loads(by_path)["features"] == told["features"]


# --- capabilities ---

# What may stand in an element, as regular expressions over the names of its children (OGC 07-057r7 and 06-121r3).
MODELS = {
    "Capabilities": "(ServiceIdentification )?(ServiceProvider )?(OperationsMetadata )?(Contents )?(Themes )*(WSDL )*"
                    "(ServiceMetadataURL )*",
    "ServiceIdentification": "(Title )*(Abstract )*(Keywords )*ServiceType (ServiceTypeVersion )+(Profile )*(Fees )?"
                             "(AccessConstraints )*",
    "Keywords": "(Keyword )+(Type )?", "OperationsMetadata": "(Operation ){2,}(Parameter )*(Constraint )*",
    "Operation": "(DCP )+(Parameter )*(Constraint )*(Metadata )*", "DCP": "HTTP ", "HTTP": "(Get |Post )+",
    "Get": "(Constraint )*", "Constraint": "AllowedValues ", "AllowedValues": "(Value |Range )+",
    "Contents": "(Layer )*(TileMatrixSet )*",
    "Layer": "(Title )*(Abstract )*(Keywords )*(WGS84BoundingBox )*Identifier (BoundingBox )*(Metadata )*(Style )+(Format )+"
             "(InfoFormat )*(Dimension )*(TileMatrixSetLink )+(ResourceURL )*",
    "WGS84BoundingBox": "LowerCorner UpperCorner ", "Style": "(Title )*(Abstract )*(Keywords )*Identifier (LegendURL )*",
    "Dimension": "(Title )*(Abstract )*(Keywords )*Identifier (UOM )?(UnitSymbol )?(Default )?(Current )?(Value )+",
    "TileMatrixSetLink": "TileMatrixSet (TileMatrixSetLimits )?", "TileMatrixSetLimits": "(TileMatrixLimits )+",
    "TileMatrixLimits": "TileMatrix MinTileRow MaxTileRow MinTileCol MaxTileCol ",
    "TileMatrix": "(Title )*(Abstract )*(Keywords )*Identifier ScaleDenominator TopLeftCorner TileWidth TileHeight MatrixWidth "
                  "MatrixHeight ",
}
SET_MODEL = "(Title )*(Abstract )*(Keywords )*Identifier (BoundingBox )?SupportedCRS (WellKnownScaleSet )?(TileMatrix )+"


def plain(tag):
    return tag.split("}")[-1]


def capabilities_follow_the_content_models():
    for element in capabilities().iter():
        children = "".join(plain(child.tag) + " " for child in element)
        model = MODELS.get(plain(element.tag), "")
        if not children and plain(element.tag) in ("TileMatrix", "TileMatrixSet"):
            continue  # a name of one
        if plain(element.tag) == "TileMatrixSet":
            model = SET_MODEL
        assert re.fullmatch(model, children), (plain(element.tag), children)
        expected = OWS if plain(element.tag) in ("Title", "Abstract", "Identifier", "Keyword", "UOM", "WGS84BoundingBox",
                                                 "SupportedCRS") else None
        assert not expected or element.tag.startswith(expected), element.tag


def sets_have_the_scales_and_corners_of_the_standard():
    half = np.pi * ref.RADIUS_M
    wanted = {"c": ("urn:ogc:def:crs:EPSG::4490", range(1, 19), (90, -180), None),
              "w": ("urn:ogc:def:crs:EPSG::3857", range(0, 19), (-half, half), None),
              "WorldCRS84Quad": ("urn:ogc:def:crs:OGC:1.3:CRS84", range(0, 18), (-180, 90),
                                 "urn:ogc:def:wkss:OGC:1.0:GoogleCRS84Quad"),
              "GoogleMapsCompatible": ("urn:ogc:def:crs:EPSG::3857", range(0, 19), (-half, half),
                                       "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible")}
    found = [s for s in capabilities().find(NS + "Contents").findall(NS + "TileMatrixSet")]
    assert [s.find(OWS + "Identifier").text for s in found] == list(wanted)
    for one in found:
        name = one.find(OWS + "Identifier").text
        crs, levels, corner, well_known = wanted[name]
        assert one.find(OWS + "SupportedCRS").text == crs and one.findtext(NS + "WellKnownScaleSet") == well_known
        matrices = one.findall(NS + "TileMatrix")
        assert [int(m.find(OWS + "Identifier").text) for m in matrices] == list(levels)
        for level, matrix in zip(levels, matrices):
            z = level + 1 if name == "WorldCRS84Quad" else level
            is_degrees = name in ("c", "WorldCRS84Quad")
            scale = CRS84_LEVEL_1 / 2 ** (z - 1) if is_degrees else MERCATOR_LEVEL_0 / 2 ** z
            assert abs(float(matrix.findtext(NS + "ScaleDenominator")) / scale - 1) < 1e-12
            assert np.allclose([float(v) for v in matrix.findtext(NS + "TopLeftCorner").split()], corner, atol=1e-6)
            size = [int(matrix.findtext(NS + k)) for k in ("MatrixWidth", "MatrixHeight", "TileWidth", "TileHeight")]
            assert size == [2 ** z, 2 ** (z - 1) if is_degrees else 2 ** z, 256, 256]


def limits_and_boxes_hold_the_layer():
    for layer in capabilities().iter(NS + "Layer"):
        box = layer.find(OWS + "WGS84BoundingBox")
        assert [float(v) for v in box[0].text.split() + box[1].text.split()] == [108, 17.5, 112, 21]
        for link in layer.findall(NS + "TileMatrixSetLink"):
            name = link.findtext(NS + "TileMatrixSet")
            for limit in link.iter(NS + "TileMatrixLimits"):
                level, *edges = [int(child.text) for child in limit]
                top, left, _, _ = tile_at(name, level, 108 + 1e-9, 21 - 1e-9)
                low, right, _, _ = tile_at(name, level, 112 - 1e-9, 17.5 + 1e-9)
                assert edges == [top, low, left, right], (name, level, edges)


def titles_are_Chinese_and_English_and_dimensions_complete():
    for layer in capabilities().iter(NS + "Layer"):
        name = layer.find(OWS + "Identifier").text
        grid = ref.Grid(FOLDER, name)
        for owner in [layer] + layer.findall(NS + "Style") + layer.findall(NS + "Dimension"):
            languages = [t.attrib["{http://www.w3.org/XML/1998/namespace}lang"] for t in owner.findall(OWS + "Title")]
            assert languages == ["zh", "en"], languages
        for style in layer.findall(NS + "Style"):
            assert ref.get(style.find(NS + "LegendURL").attrib[HREF])[1] == "image/png"
        assert [s.attrib["isDefault"] for s in layer.findall(NS + "Style")].count("true") == 1
        dimensions = layer.findall(NS + "Dimension")
        assert len(dimensions) == (1 if grid.band else 0)
        if grid.band:
            values = [v.text for v in dimensions[0].findall(NS + "Value")]
            assert dimensions[0].findtext(OWS + "Identifier") == grid.band
            assert dimensions[0].findtext(NS + "Default") in values
            if grid.band == "time":
                assert values == [str(np.datetime64(int(v), "s")) + "Z" for v in grid.band_values]
            else:
                assert [float(v) for v in values] == grid.band_values


def resources_are_pinned_and_immutable():
    id = json.loads(ref.get(URL + "/v1/state")[3])["snapshot"]["id"]
    for url in capabilities().iter(NS + "ResourceURL"):
        assert url.attrib["template"].startswith("%s/snapshots/%s/wmts/1.0.0/" % (URL, id))
    assert "immutable" in ref.get("%s/snapshots/%s/wmts/1.0.0/%s/default/c/7/25/103.png" % (URL, id, LAYER))[2]["Cache-Control"]
    assert ask()[2]["Cache-Control"] == "no-store"
    for address in (URL + "/wmts/1.0.0/WMTSCapabilities.xml", WMTS + "SERVICE=WMTS&REQUEST=GetCapabilities"):
        _, _, headers, _ = ref.get(address)
        assert headers["Cache-Control"] == "no-cache"
        assert ref.get(address, {"If-None-Match": headers["ETag"]})[0] == 304
    same = ET.fromstring(ref.get(WMTS + "SERVICE=WMTS&REQUEST=GetCapabilities&UPDATESEQUENCE=" + id)[3])
    assert same.attrib["updateSequence"] == id and len(same) == 0


# --- exceptions ---

def faults_have_the_codes_of_the_standard():
    info = {"REQUEST": "GetFeatureInfo", "INFOFORMAT": "text/html", "I": 1, "J": 1}
    cases = [
        ({"TILEROW": 64}, 400, "TileOutOfRange", "TILEROW"), ({"TILECOL": 128}, 400, "TileOutOfRange", "TILECOL"),
        ({"TILEROW": -1}, 400, "TileOutOfRange", "TILEROW"), ({"TILEROW": "x"}, 400, "InvalidParameterValue", "TILEROW"),
        ({"TILEMATRIX": 99}, 400, "InvalidParameterValue", "TILEMATRIX"),
        ({"TILEMATRIX": 0}, 400, "InvalidParameterValue", "TILEMATRIX"),
        ({"TILEMATRIXSET": "q"}, 400, "InvalidParameterValue", "TILEMATRIXSET"),
        ({"LAYER": "nothing"}, 400, "InvalidParameterValue", "LAYER"),
        ({"LAYER": "coast"}, 400, "InvalidParameterValue", "LAYER"), ({"LAYER": None}, 400, "MissingParameterValue", "LAYER"),
        ({"STYLE": "nothing"}, 400, "InvalidParameterValue", "STYLE"),
        ({"FORMAT": "image/jpeg"}, 400, "InvalidParameterValue", "FORMAT"),
        ({"FORMAT": None}, 400, "MissingParameterValue", "FORMAT"), ({"SERVICE": None}, 400, "MissingParameterValue", "SERVICE"),
        ({"SERVICE": "WMS"}, 400, "InvalidParameterValue", "SERVICE"),
        ({"VERSION": "1.1.0"}, 400, "InvalidParameterValue", "VERSION"),
        ({"REQUEST": None}, 400, "MissingParameterValue", "REQUEST"),
        ({"REQUEST": "GetMagic"}, 501, "OperationNotSupported", "REQUEST"),
        ({"LAYER": "wind_arrival@near", "BEAUFORT_FORCE": 9}, 400, "InvalidParameterValue", "beaufort_force"),
        ({"LAYER": "wind_hourly@near", "TIME": "9999"}, 400, "InvalidParameterValue", "time"),
        (dict(info, I=256), 400, "PointIJOutOfRange", "I"), (dict(info, J=None), 400, "MissingParameterValue", "J"),
        (dict(info, INFOFORMAT="text/xml"), 400, "InvalidParameterValue", "INFOFORMAT"),
        ({"REQUEST": "GetCapabilities", "ACCEPTVERSIONS": "2.0.0"}, 400, "VersionNegotiationFailed", None),
        ({"REQUEST": "GetCapabilities", "UPDATESEQUENCE": "z"}, 400, "InvalidUpdateSequence", None),
    ]
    for keys, wanted_status, code, locator in cases:
        status, kind, headers, body = ask(**keys)
        report = ET.fromstring(body)
        assert report.tag == OWS + "ExceptionReport" and report.attrib["version"] == "1.0.0"
        assert report[0].attrib == dict({"exceptionCode": code}, **({"locator": locator} if locator else {})), (keys, body)
        assert status == wanted_status and kind == "application/xml" and headers["Cache-Control"] == "no-store", keys
    for path, wanted_status in (("nothing/default/c/7/25/103.png", 404), (LAYER + "/nothing/c/7/25/103.png", 404),
                                (LAYER + "/default/c/7/99/103.png", 400), (LAYER + "/default/c/7/25/103.gif", 404),
                                (LAYER + "/default/c/7/8/25/103.png", 404), ("WMTSCapabilities.xml/x", 404)):
        status, _, headers, body = ref.get(URL + "/wmts/1.0.0/" + path)
        assert status == wanted_status and headers["Cache-Control"] == "no-store" and ET.fromstring(body), path


def rubbish_in_a_fault_is_escaped():
    for text in ("%3Cscript%3E%26", "%01%02%7F", "%C3%A9%EF%BF%BF", "%E4%B8%89" * 200):
        body = ref.get(WMTS + "SERVICE=WMTS&VERSION=1.0.0&REQUEST=" + text)[3]
        assert ET.fromstring(body)[0].attrib["exceptionCode"] == "OperationNotSupported"


ref.run([
    GDAL_puts_the_strongest_wind_at_the_same_place_in_every_set,
    every_pixel_that_GDAL_takes_from_whole_tiles_is_numpy_s, OWSLib_reads_capabilities_and_tiles,
    a_tile_is_the_same_by_keys_by_resource_and_by_xyz,
    every_layer_style_and_value_agrees_with_the_point_query_in_every_set, capabilities_follow_the_content_models,
    sets_have_the_scales_and_corners_of_the_standard, limits_and_boxes_hold_the_layer,
    titles_are_Chinese_and_English_and_dimensions_complete, resources_are_pinned_and_immutable,
    faults_have_the_codes_of_the_standard, rubbish_in_a_fault_is_escaped,
])
