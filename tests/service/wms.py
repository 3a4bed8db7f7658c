# SPDX-License-Identifier: Apache-2.0
"""WMS against GDAL, OWSLib, numpy and the letter of the standards: wms.py URL FOLDER."""
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import numpy as np
from owslib.wms import WebMapService

import reference as ref

URL, FOLDER = sys.argv[1:3]
WMS = URL + "/wms?"
LAYER, STYLE = "wind_max@near", ref.Style("wind_force")
WINDOW, WIDTH, HEIGHT = (108.4, 18.0, 111.6, 20.4), 600, 436
IN_DEGREES = ("EPSG:4490", "EPSG:4326", "CRS:84")
IN_METRES = ("EPSG:3857", "EPSG:900913")
VERSIONS = ("1.1.1", "1.3.0")


def ask(version="1.3.0", **keys):
    """A GetMap of the usual window, changed by keys; None leaves one out."""
    usual = {"SERVICE": "WMS", "VERSION": version, "REQUEST": "GetMap", "LAYERS": LAYER, "STYLES": "",
             "CRS" if version == "1.3.0" else "SRS": "EPSG:4490", "WIDTH": WIDTH, "HEIGHT": HEIGHT,
             "BBOX": "18,108.4,20.4,111.6" if version == "1.3.0" else "108.4,18,111.6,20.4", "FORMAT": "image/png",
             "TRANSPARENT": "TRUE"}
    usual.update(keys)
    return ref.get(WMS + "&".join("%s=%s" % (key, urlquote(value)) for key, value in usual.items() if value is not None))


def urlquote(value):
    return ref.urllib.request.quote(str(value), safe=":/,@")


def classes_of(pixels, style=STYLE):
    """Each pixel's class by its colour; a colour that is none of the style's is an error."""
    numbers = np.full(pixels.shape[:2], -1)
    numbers[pixels[..., 3] == 0] = 0
    for i, colour in enumerate(style.colours):
        numbers[(pixels == colour).all(axis=-1)] = i + 1
    assert (numbers >= 0).all(), "%d pixels have no class's colour" % (numbers < 0).sum()
    return numbers


def expected(window, is_mercator, width=WIDTH, height=HEIGHT):
    lon, lat = ref.centres(window, width, height, is_mercator)
    return STYLE.classes(ref.Grid(FOLDER, LAYER).sample(0, lon, lat, STYLE.is_bilinear))


def each_map():
    """GetMap by OWSLib in every version and reference system: name, picture, what numpy expects."""
    for version in VERSIONS:
        service = WebMapService(URL + "/wms", version=version)
        for crs in IN_DEGREES + IN_METRES:
            is_mercator = crs in IN_METRES
            window = ref.metres(WINDOW) if is_mercator else WINDOW
            picture = service.getmap(layers=[LAYER], srs=crs, bbox=window, size=(WIDTH, HEIGHT), format="image/png",
                                     transparent=True).read()
            yield version + " " + crs, ref.pixels_of(picture), expected(window, is_mercator)


def every_pixel_of_OWSLib_in_each_version_and_crs_is_numpy_s():
    for name, pixels, wanted in each_map():
        assert len(np.unique(wanted)) >= 3
        wrong = (classes_of(pixels) != wanted).sum()
        assert wrong == 0, "%s: %d wrong pixels" % (name, wrong)


def GDAL_puts_the_strongest_wind_at_the_same_place():
    address = (WMS.replace("wms?", "wms?SERVICE=WMS") + "&VERSION=1.3.0&REQUEST=GetMap&LAYERS=%s&CRS=EPSG:4490"
               "&BBOX=18,108.4,20.4,111.6&FORMAT=image/png&TRANSPARENT=TRUE") % LAYER
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/o.png"
        subprocess.run(["gdal_translate", "-q", "-of", "PNG", "WMS:" + address, "-projwin", "108.4", "20.4", "111.6", "18",
                        "-outsize", str(WIDTH), str(HEIGHT), out], check=True)
        pixels = ref.pixels_of(open(out, "rb").read())
    wanted = expected(WINDOW, False)
    top = int(wanted.max())
    shown = (pixels[..., :3] == STYLE.colours[top - 1][:3]).all(axis=-1)
    for a, b in zip(ref.centroid(shown), ref.centroid(wanted == top)):
        assert abs(a - b) <= 0.5, (a, b)


# --- capabilities ---

# What may stand in an element, as regular expressions over the names of its children (OGC 06-042, annex E; OGC 01-068r3,
# annex A). Elements that are not named hold text only.
COMMON = {
    "KeywordList": "(Keyword )*",
    "GetCapabilities": "(Format )+(DCPType )+", "GetMap": "(Format )+(DCPType )+", "GetFeatureInfo": "(Format )+(DCPType )+",
    "GetLegendGraphic": "(Format )+(DCPType )+",
    "DCPType": "HTTP ", "HTTP": "Get (Post )?", "Get": "OnlineResource ", "Exception": "(Format )+",
    "Attribution": "(Title )?(OnlineResource )?(LogoURL )?", "LegendURL": "Format OnlineResource ",
    "Style": "Name Title (Abstract )?(LegendURL )*",
}
MODELS = {
    "1.3.0": dict(COMMON, **{
        "WMS_Capabilities": "Service Capability ",
        "Service": "Name Title (Abstract )?(KeywordList )?OnlineResource (ContactInformation )?(Fees )?(AccessConstraints )?"
                   "(LayerLimit )?(MaxWidth )?(MaxHeight )?",
        "Capability": "Request Exception (Layer )?", "Request": "GetCapabilities GetMap (GetFeatureInfo )?(GetLegendGraphic )?",
        "Layer": "(Name )?Title (Abstract )?(KeywordList )?(CRS )*(EX_GeographicBoundingBox )?(BoundingBox )*(Dimension )*"
                 "(Attribution )?(Style )*(Layer )*",
        "EX_GeographicBoundingBox": "westBoundLongitude eastBoundLongitude southBoundLatitude northBoundLatitude "}),
    "1.1.1": dict(COMMON, **{
        "WMT_MS_Capabilities": "Service Capability ",
        "Service": "Name Title (Abstract )?(KeywordList )?OnlineResource (ContactInformation )?(Fees )?(AccessConstraints )?",
        "Capability": "Request Exception (VendorSpecificCapabilities )?(UserDefinedSymbolization )?(Layer )?",
        "Request": "GetCapabilities GetMap (GetFeatureInfo )?(DescribeLayer )?(GetLegendGraphic )?",
        "Layer": "(Name )?Title (Abstract )?(KeywordList )?(SRS )*(LatLonBoundingBox )?(BoundingBox )*(Dimension )*(Extent )*"
                 "(Attribution )?(Style )*(Layer )*"}),
}


def capabilities(version):
    status, kind, _, body = ref.get(WMS + "SERVICE=WMS&REQUEST=GetCapabilities&VERSION=" + version)
    assert status == 200 and kind == {"1.3.0": "text/xml", "1.1.1": "application/vnd.ogc.wms_xml"}[version]
    return ET.fromstring(body), body


def plain(tag):
    return tag.split("}")[-1]


def capabilities_follow_the_content_models():
    for version in VERSIONS:
        root, body = capabilities(version)
        assert root.attrib["version"] == version
        assert bool(re.search(rb"<!DOCTYPE WMT_MS_Capabilities\s+SYSTEM", body)) == (version == "1.1.1")
        for element in root.iter():
            children = "".join(plain(child.tag) + " " for child in element)
            model = MODELS[version].get(plain(element.tag), "")
            assert re.fullmatch(model, children), (version, plain(element.tag), children)


def boxes_are_in_the_axis_order_of_each_crs():
    for version in VERSIONS:
        root, _ = capabilities(version)
        boxes = {}
        for layer in root.iter():
            if plain(layer.tag) != "Layer" or not [c for c in layer if plain(c.tag) == "Name" and c.text == LAYER]:
                continue
            for box in layer:
                if plain(box.tag) == "BoundingBox":
                    boxes[box.attrib.get("CRS", box.attrib.get("SRS"))] = [float(box.attrib[k]) for k in
                                                                           ("minx", "miny", "maxx", "maxy")]
        first = [17.5, 108, 21, 112] if version == "1.3.0" else [108, 17.5, 112, 21]
        in_metres = ref.metres((108, 17.5, 112, 21))
        wanted = {"EPSG:4490": first, "EPSG:4326": first, "CRS:84": [108, 17.5, 112, 21], "EPSG:3857": in_metres,
                  "EPSG:900913": in_metres}
        assert sorted(boxes) == sorted(wanted), boxes
        for crs in wanted:
            assert np.allclose(boxes[crs], wanted[crs], rtol=0, atol=1e-6), (crs, boxes[crs])


def titles_are_Chinese_and_English_and_dimensions_complete():
    service = WebMapService(URL + "/wms", version="1.3.0")
    for name, layer in service.contents.items():
        assert re.search("[一-鿿].* / .*[A-Za-z]", layer.title), layer.title
        for style in layer.styles.values():
            assert re.search("[一-鿿].* / .*[A-Za-z]", style["title"]), style
            assert ref.get(style["legend"])[1] == "image/png"
        grid = ref.Grid(FOLDER, name)
        assert set(layer.dimensions) == ({grid.band} if grid.band else set())
        if grid.band == "beaufort_force":
            assert [float(v) for v in layer.dimensions[grid.band]["values"]] == grid.band_values
        if grid.band == "time":
            first, last, period = layer.dimensions["time"]["values"][0].split("/")
            assert period == "PT1H" and first == iso(grid.band_values[0]) and last == iso(grid.band_values[-1])


def iso(time_s):
    return str(np.datetime64(int(time_s), "s")) + "Z"


def versions_are_negotiated():
    for asked, given in (("", "1.3.0"), ("1.0.0", "1.1.1"), ("1.1.0", "1.1.1"), ("1.2.0", "1.1.1"), ("1.3.0", "1.3.0"),
                         ("1.3.1", "1.3.0"), ("2.0.0", "1.3.0")):
        root = ET.fromstring(ref.get(WMS + "SERVICE=WMS&REQUEST=GetCapabilities&VERSION=" + asked)[3])
        assert root.attrib["version"] == given, (asked, root.attrib["version"])


# --- every layer in every way ---

def probe(grid, style, band):
    """A cell, not at the edge, that has a colour: its longitude and latitude."""
    values = grid.values[band]
    drawn = style.classes(values, style.origin(grid.values, grid.reference_s)) > 0
    drawn[[0, 1, -2, -1]] = False
    drawn[:, [0, 1, -2, -1]] = False
    rows, columns = np.nonzero(drawn)
    assert len(rows), (style.name, band)
    pick = np.random.default_rng(len(rows)).integers(len(rows))
    return float(grid.lon[columns[pick]]), float(grid.lat[rows[pick]])


def check_probe(version, crs, name, grid, style, band, with_classes):
    lon, lat = probe(grid, style, band)
    half = 1e-4
    box = [lon - half, lat - half, lon + half, lat + half]
    if crs in IN_METRES:
        box = ref.metres(box)
    elif version == "1.3.0" and crs != "CRS:84":
        box = [box[1], box[0], box[3], box[2]]
    value = iso(grid.band_values[band]) if grid.band == "time" else grid.band_values[band]
    keys = {"LAYERS": name, "STYLES": style.name, "CRS" if version == "1.3.0" else "SRS": crs, "WIDTH": 3, "HEIGHT": 3,
            "BBOX": ",".join(map(repr, box)),
            {"time": "TIME", None: "X_NONE"}.get(grid.band, "DIM_%s" % (grid.band or "").upper()): value}
    status, kind, _, body = ask(version, **keys)
    assert (status, kind) == (200, "image/png"), body
    pixel = ref.pixels_of(body)[1, 1]
    said = ref.query_point(FOLDER, lon, lat, value if grid.band == "time" else None)
    number = said[name, grid.band_values[band] if grid.band == "beaufort_force" else None]
    wanted = style.colour(number, style.origin(grid.values, grid.reference_s))
    assert np.abs(pixel - wanted).max() <= (2 if style.is_ramp else 0), (version, crs, name, style.name, pixel, wanted)
    point = {"I": 1, "J": 1} if version == "1.3.0" else {"X": 1, "Y": 1}
    status, _, _, body = ask(version, REQUEST="GetFeatureInfo", QUERY_LAYERS=name, INFO_FORMAT="application/json",
                             **point, **keys)
    told = json.loads(body)["features"][0]["properties"]
    assert told["value"] == number, (told, number)
    wanted = with_classes and with_classes.labels[int(with_classes.classes(number, with_classes.origin(
        grid.values, grid.reference_s))) - 1]
    assert told["class_en"] == wanted, (told, wanted)


def every_layer_style_and_value_agrees_with_the_point_query_in_every_version_and_crs():
    service = WebMapService(URL + "/wms", version="1.3.0")
    count = 0
    for name, layer in service.contents.items():
        grid = ref.Grid(FOLDER, name)
        bands = range(len(grid.band_values)) if grid.band != "time" else [20, 30]
        styles = [ref.Style(style) for style in layer.styles]
        classes = [style for style in styles if style.is_classes]
        for style in styles:
            if not style.is_classes and not style.is_ramp:
                continue
            for band in bands:
                for version in VERSIONS:
                    for crs in IN_DEGREES + IN_METRES:
                        if band == bands[0] or crs == "EPSG:4490":
                            check_probe(version, crs, name, grid, style, band, classes[0] if classes else None)
                            count += 1
    assert count > 50, count


# --- pictures of other kinds ---

def several_layers_lie_over_one_another():
    both = ref.pixels_of(ask(LAYERS="land_fraction@near," + LAYER, STYLES=",wind_force")[3])
    below = ref.pixels_of(ask(LAYERS="land_fraction@near")[3])
    above = ref.pixels_of(ask()[3])
    assert (both == np.where(above[..., 3:] == 255, above, below)).all()


def the_ground_is_drawn_where_nothing_is():
    drawn = ref.pixels_of(ask()[3])
    for colour, rgb in ((None, (255, 255, 255)), ("0x336699", (0x33, 0x66, 0x99))):
        for format in ("image/png", "image/png; mode=8bit"):
            solid = ref.pixels_of(ask(TRANSPARENT=None, BGCOLOR=colour, FORMAT=format)[3])
            wanted = np.where(drawn[..., 3:] == 255, drawn, np.array(rgb + (255,), np.uint8))
            assert (solid == wanted).all()


def a_picture_may_be_large_or_odd_or_elsewhere():
    status, _, _, body = ask(WIDTH=4096, HEIGHT=4096)
    assert status == 200 and ref.pixels_of(body).shape[:2] == (4096, 4096)
    assert ref.pixels_of(ask(WIDTH=1, HEIGHT=700)[3]).shape[:2] == (700, 1)
    assert not ref.pixels_of(ask(BBOX="-90,-180,0,0")[3]).any()
    assert not ref.pixels_of(ask(BBOX="-200,-400,-100,-300")[3]).any()


def legends_are_drawn():
    for version in VERSIONS:
        status, kind, _, body = ref.get(WMS + "VERSION=%s&REQUEST=GetLegendGraphic&LAYER=%s&FORMAT=image/png" % (version, LAYER))
        assert (status, kind) == (200, "image/png")
        colours = {tuple(c) for c in ref.pixels_of(body).reshape(-1, 4)}
        missing = [c for c in STYLE.colours if tuple(c) not in colours]
        assert not missing, missing


# --- exceptions ---

def faults_have_the_codes_of_the_standard():
    cases = [
        ({"LAYERS": "nothing"}, "LayerNotDefined"), ({"LAYERS": ""}, "LayerNotDefined"), ({"LAYERS": "coast"}, "LayerNotDefined"),
        ({"STYLES": "nothing"}, "StyleNotDefined"), ({"STYLES": "wind_force,wind_force"}, "StyleNotDefined"),
        ({"LAYERS": LAYER + "," + LAYER + "," + LAYER, "STYLES": "wind_force,"}, "StyleNotDefined"),
        ({"FORMAT": "image/gif"}, "InvalidFormat"), ({"BBOX": "nan,1,2,3"}, "InvalidParameterValue"),
        ({"BBOX": "1,2,3"}, "InvalidParameterValue"), ({"BBOX": "1,2,3,4,5"}, "InvalidParameterValue"),
        ({"BBOX": "20,108,18,111"}, "InvalidParameterValue"), ({"BBOX": "18,108,18,111"}, "InvalidParameterValue"),
        ({"BBOX": "1e300,1,2e300,2"}, "InvalidParameterValue"), ({"WIDTH": 10 ** 9}, "InvalidParameterValue"),
        ({"WIDTH": 0}, "InvalidParameterValue"), ({"HEIGHT": "x"}, "InvalidParameterValue"),
        ({"WIDTH": None}, "MissingParameterValue"), ({"VERSION": None}, "MissingParameterValue"),
        ({"VERSION": "1.2.0"}, "InvalidParameterValue"), ({"REQUEST": "GetMagic"}, "OperationNotSupported"),
        ({"SERVICE": "WFS"}, "InvalidParameterValue"), ({"BGCOLOR": "red"}, "InvalidParameterValue"),
        ({"TRANSPARENT": "perhaps"}, "InvalidParameterValue"), ({"LAYERS": ",".join([LAYER] * 9)}, "InvalidParameterValue"),
        ({"LAYERS": ",".join([LAYER] * 3), "WIDTH": 4096, "HEIGHT": 4096}, "InvalidParameterValue"),
        ({"LAYERS": "wind_arrival@near", "DIM_BEAUFORT_FORCE": "9"}, "InvalidDimensionValue"),
        ({"LAYERS": "wind_arrival@near", "DIM_BEAUFORT_FORCE": "8,10"}, "InvalidDimensionValue"),
        ({"LAYERS": "wind_hourly@near", "TIME": "9999"}, "InvalidDimensionValue"),
        ({"LAYERS": "wind_hourly@near", "TIME": "2014-07-18T00:00:00Z/2014-07-18T06:00:00Z"}, "InvalidDimensionValue"),
        ({"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": "land_fraction@near"}, "LayerNotDefined"),
        ({"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": LAYER, "INFO_FORMAT": "text/html", "I": WIDTH, "J": 0}, "InvalidPoint"),
        ({"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": LAYER, "INFO_FORMAT": "text/xml", "I": 1, "J": 0}, "InvalidFormat"),
        ({"REQUEST": "GetCapabilities", "UPDATESEQUENCE": "z"}, "InvalidUpdateSequence"),
    ]
    for keys, code in cases:
        status, kind, headers, body = ask(**keys)
        report = ET.fromstring(body)
        assert plain(report.tag) == "ServiceExceptionReport" and kind.endswith("xml"), (keys, body)
        assert report[0].attrib.get("code") == code, (keys, body)
        assert status in (400, 501) and headers["Cache-Control"] == "no-store", (keys, status)
    for keys, code in (({"CRS": "EPSG:9999"}, "InvalidCRS"), ({"CRS": None}, "MissingParameterValue")):
        assert ET.fromstring(ask(**keys)[3])[0].attrib["code"] == code
    body = ask("1.1.1", SRS="EPSG:9999")[3]
    assert ET.fromstring(body)[0].attrib["code"] == "InvalidSRS" and re.search(rb"<!DOCTYPE ServiceExceptionReport\s+SYSTEM", body)


def rubbish_in_a_fault_is_escaped():
    for text in ("%3Cscript%3E%26", "%01%02%7F", "%C3%A9%EF%BF%BF", "%E4%B8%89" * 200):
        body = ref.get(WMS + "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=" + text)[3]
        assert ET.fromstring(body)[0].attrib["code"] == "LayerNotDefined"


def faults_come_in_the_form_asked_for():
    wrong = {"LAYERS": "nothing"}
    for version, prefix in (("1.3.0", ""), ("1.1.1", "application/vnd.ogc.se_")):
        said = json.loads(ask(version, EXCEPTIONS="application/json", **wrong)[3])
        assert said["exceptions"][0]["code"] == "LayerNotDefined"
        for form, is_blank in ((prefix + "BLANK", True), (prefix + "INIMAGE", False)):
            status, kind, headers, body = ask(version, EXCEPTIONS=form, **wrong)
            assert (status, kind, headers["Cache-Control"]) == (200, "image/png", "no-store")
            pixels = ref.pixels_of(body)
            assert pixels.shape[:2] == (HEIGHT, WIDTH) and pixels.any() != is_blank
    assert ask("1.1.1", **wrong)[1] == "application/vnd.ogc.se_xml"
    assert ET.fromstring(ask(EXCEPTIONS="INIMAGE", WIDTH=10 ** 9)[3])[0].attrib["code"] == "InvalidParameterValue"


# --- feature info and defaults ---

def information_is_given_as_text_html_and_json():
    point = {"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": "wind_arrival@near," + LAYER, "LAYERS": LAYER + ",wind_arrival@near",
             "I": 300, "J": 100}
    lon, lat = 108.4 + 300.5 * 3.2 / WIDTH, 20.4 - 100.5 * 2.4 / HEIGHT
    said = json.loads(ask(INFO_FORMAT="application/json", **point)[3])
    assert [one["id"] for one in said["features"]] == ["wind_arrival@near", LAYER]
    assert np.allclose(said["features"][0]["geometry"]["coordinates"], [lon, lat], atol=1e-9)
    value = ref.query_point(FOLDER, lon, lat)[LAYER, None]
    assert said["features"][1]["properties"]["value"] == value
    plain_text = ask(INFO_FORMAT="text/plain", **point)[3].decode()
    html = ET.fromstring(ask(INFO_FORMAT="text/html", **point)[3])
    words = " ".join(html.itertext())
    for text in (plain_text, words):
        assert "%.2f m s-1" % value in text and "北京时间" in text and "BJT" in text, text
        assert re.search("级.* / Force", text), text


def a_default_that_was_used_is_told():
    headers = ask(LAYERS="wind_arrival@near")[2]
    assert headers["Warning"] == "99 Default value used: beaufort_force=7 1", headers["Warning"]
    assert ask(LAYERS="wind_arrival@near", DIM_BEAUFORT_FORCE="7")[2]["Warning"] is None


def pinned_pictures_are_immutable_and_current_ones_not():
    id = json.loads(ref.get(URL + "/v1/state")[3])["snapshot"]["id"]
    query = ("wms?VERSION=1.3.0&REQUEST=GetMap&LAYERS=%s&STYLES=&CRS=CRS:84&BBOX=108,18,111,20&WIDTH=9&HEIGHT=9"
             "&FORMAT=image/png") % LAYER
    assert "immutable" in ref.get("%s/snapshots/%s/%s" % (URL, id, query))[2]["Cache-Control"]
    assert ref.get("%s/%s" % (URL, query))[2]["Cache-Control"] == "no-store"
    _, _, headers, body = ref.get("%s/snapshots/%s/wms?SERVICE=WMS&REQUEST=GetCapabilities" % (URL, id))
    assert "immutable" in headers["Cache-Control"] and ("/snapshots/%s/wms?" % id).encode() in body
    headers = ref.get(URL + "/wms?SERVICE=WMS&REQUEST=GetCapabilities")[2]
    assert headers["Cache-Control"] == "no-cache"
    assert ref.get(URL + "/wms?SERVICE=WMS&REQUEST=GetCapabilities", {"If-None-Match": headers["ETag"]})[0] == 304


ref.run([
    every_pixel_of_OWSLib_in_each_version_and_crs_is_numpy_s, GDAL_puts_the_strongest_wind_at_the_same_place,
    capabilities_follow_the_content_models, boxes_are_in_the_axis_order_of_each_crs,
    titles_are_Chinese_and_English_and_dimensions_complete, versions_are_negotiated,
    every_layer_style_and_value_agrees_with_the_point_query_in_every_version_and_crs, several_layers_lie_over_one_another,
    the_ground_is_drawn_where_nothing_is, a_picture_may_be_large_or_odd_or_elsewhere, legends_are_drawn,
    faults_have_the_codes_of_the_standard, rubbish_in_a_fault_is_escaped, faults_come_in_the_form_asked_for,
    information_is_given_as_text_html_and_json, a_default_that_was_used_is_told,
    pinned_pictures_are_immutable_and_current_ones_not,
])
