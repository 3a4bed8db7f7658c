# SPDX-License-Identifier: Apache-2.0
"""tianditu_gdal.py FOLDER: GDAL with the definitions of FOLDER reads each pixel of a stand-in for Tianditu where it lies.

The stand-in answers the KVP of the national service only. The colours of its tiles tell level, column, row and pixel, so one pixel
off is seen. Where a tile lies comes from the table of the service's levels: 0.703125 degrees or 78271.51696402048 m at level 1."""
import http.server
import sys
import threading
import urllib.parse

import numpy
from osgeo import gdal, osr

gdal.UseExceptions()
ORIGINS = {"c": (-180.0, 90.0, 0.703125), "w": (-20037508.342789244, 20037508.342789244, 78271.51696402048)}
TILES = {"c": [(7, 103, 25), (1, 1, 0), (18, 211600, 51600)], "w": [(7, 103, 56), (1, 1, 0), (18, 211600, 117100)]}
CRS = {"c": "4490", "w": "3857"}


def picture(z, x, y):
    """Red and green tell the pixel, blue the tile."""
    column, row = numpy.meshgrid(numpy.arange(256), numpy.arange(256))
    return numpy.stack([column, row, numpy.full((256, 256), (z * 31 + x * 7 + y * 3) % 256)]).astype(numpy.uint8)


def png(pixels):
    memory = gdal.GetDriverByName("MEM").Create("", 256, 256, 3, gdal.GDT_Byte)
    for band in range(3):
        memory.GetRasterBand(band + 1).WriteArray(pixels[band])
    name = f"/vsimem/{threading.get_ident()}.png"
    gdal.GetDriverByName("PNG").CreateCopy(name, memory)
    file = gdal.VSIFOpenL(name, "rb")
    body = gdal.VSIFReadL(1, gdal.VSIStatL(name).size, file)
    gdal.VSIFCloseL(file)
    gdal.Unlink(name)
    return bytes(body)


class StandIn(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        matrix_set = query.get("TILEMATRIXSET")
        wanted = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": "vec", "STYLE": "default",
                  "FORMAT": "tiles", "tk": "YOUR_KEY"}
        is_right = address.path == f"/vec_{matrix_set}/wmts" and wanted.items() <= query.items()
        is_right = is_right and self.headers["User-Agent"].startswith("Mozilla")
        body = png(picture(*(int(query[key]) for key in ("TILEMATRIX", "TILECOL", "TILEROW")))) if is_right else b"{}"
        self.send_response(200 if is_right else 403)
        self.send_header("Content-Type", "image/png" if is_right else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def check(matrix_set, definition):
    failures = 0
    source = gdal.Open(definition)
    assert osr.SpatialReference(source.GetProjection()).GetAuthorityCode(None) == CRS[matrix_set]
    left, top, first = ORIGINS[matrix_set]
    for z, x, y in TILES[matrix_set]:
        size = first / 2 ** (z - 1)
        west, north = left + x * 256 * size, top - y * 256 * size
        window = [west, north, west + 256 * size, north - 256 * size]
        got = gdal.Translate("", source, format="MEM", projWin=window, width=256, height=256).ReadAsArray()
        wrong = int((got != picture(z, x, y)).any(axis=0).sum())
        print(f"{matrix_set} {z}/{x}/{y}: {wrong} of 65536 pixels elsewhere")
        failures += wrong > 0
    return failures


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
threading.Thread(target=server.serve_forever, daemon=True).start()
failed = 0
for name in ORIGINS:
    gdal.Open(f"{sys.argv[1]}/gdal_{name}.xml")
    with open(f"{sys.argv[1]}/gdal_{name}.xml", encoding="utf-8") as file:
        text = file.read()
    assert "https://t0.tianditu.gov.cn/" in text
    failed += check(name, text.replace("https://t0.tianditu.gov.cn", f"http://127.0.0.1:{server.server_port}"))
server.shutdown()
sys.exit(1 if failed else 0)
