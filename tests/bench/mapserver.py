# SPDX-License-Identifier: Apache-2.0
"""MapServer beside our tiles: mapserver.py FIELD.f32 NX NY WEST NORTH STEP SAMPLING BUCKETS, on its input a tile a line,
`c|w MINX MINY MAXX MAXY`. One mapserv runs under FastCGI and has painted one tile before it is timed; what is printed is the
CPU time of its process in seconds a tile, from request to PNG, without web server. BUCKETS is its SCALE_BUCKETS (0: its
default): it classifies values by bucket, so few buckets are fast and put pixels into the wrong class."""
import os
import socket
import struct
import subprocess
import sys
import tempfile

import numpy as np
from osgeo import gdal

BOUNDS = [(0.1, "166 242 143"), (10, "61 186 61"), (25, "97 184 255"), (50, "0 0 225"), (100, "250 0 250"), (250, "128 0 64")]


def write_field(path, words):
    nx, ny, west, north, step = int(words[0]), int(words[1]), *(float(w) for w in words[2:5])
    field = np.fromfile(words[5], np.float32).reshape(ny, nx)
    options = ["TILED=YES", "COMPRESS=DEFLATE"]
    raster = gdal.GetDriverByName("GTiff").Create(path, nx, ny, 1, gdal.GDT_Float32, options)
    raster.SetGeoTransform([west, step, 0, north, 0, -step])
    raster.GetRasterBand(1).SetNoDataValue(-9999)
    raster.GetRasterBand(1).WriteArray(np.nan_to_num(field, nan=-9999))
    return west, north - ny * step, west + nx * step, north


def write_map(path, raster, extent, sampling, buckets):
    classes = ""
    for i, (low, colour) in enumerate(BOUNDS):
        high = f" AND [pixel] < {BOUNDS[i + 1][0]}" if i + 1 < len(BOUNDS) else ""
        classes += f"    CLASS EXPRESSION ([pixel] >= {low}{high}) STYLE COLOR {colour} END END\n"
    processing = f'PROCESSING "SCALE_BUCKETS={buckets}"' if buckets else ""
    with open(path, "w") as out:
        out.write(f"""MAP
  NAME tiles
  EXTENT {' '.join(str(e) for e in extent)}
  SIZE 256 256
  MAXSIZE 4096
  PROJECTION "init=epsg:4490" END
  OUTPUTFORMAT
    NAME png8
    DRIVER AGG/PNG8
    MIMETYPE "image/png"
    IMAGEMODE RGBA
    TRANSPARENT ON
    FORMATOPTION "QUANTIZE_FORCE=ON"
  END
  WEB METADATA "ows_enable_request" "*" "ows_srs" "EPSG:4490 EPSG:4326 EPSG:3857" "ows_title" "t" "ows_onlineresource" "http://t/" END END
  LAYER
    NAME rain
    TYPE RASTER
    STATUS ON
    DATA "{raster}"
    PROJECTION "init=epsg:4490" END
    PROCESSING "RESAMPLE={'BILINEAR' if sampling == 'bilinear' else 'NEAREST'}"
    {processing}
{classes}  END
END
""")


def record(kind, body):
    return struct.pack("!BBHHBB", 1, kind, 1, len(body), 0, 0) + body


def pair(name, value):
    name, value = name.encode(), value.encode()
    length = lambda text: struct.pack("!B", len(text)) if len(text) < 128 else struct.pack("!I", len(text) | 1 << 31)
    return length(name) + length(value) + name + value


def exactly(connection, count):
    out = b""
    while len(out) < count:
        more = connection.recv(count - len(out))
        if not more:
            raise SystemExit("mapserv closed the connection")
        out += more
    return out


def request(address, query):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(60)
    connection.connect(address)
    parameters = pair("REQUEST_METHOD", "GET") + pair("QUERY_STRING", query)
    connection.sendall(record(1, struct.pack("!HB5x", 1, 0)) + record(4, parameters) + record(4, b"") + record(5, b""))
    body = b""
    while True:
        _, kind, _, length, padding, _ = struct.unpack("!BBHHBB", exactly(connection, 8))
        content = exactly(connection, length + padding)[:length]
        if kind == 6:
            body += content
        if kind == 3:
            connection.close()
            return body.split(b"\r\n\r\n", 1)[1]


def cpu_s(process):
    with open(f"/proc/{process.pid}/schedstat") as stat:
        return int(stat.read().split()[0]) * 1e-9


def tile_query(line, mapfile):
    projection, *bounds = line.split()
    crs = "EPSG:4326" if projection == "c" else "EPSG:3857"
    return (f"map={mapfile}&SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=rain&STYLES=&FORMAT=image/png&TRANSPARENT=TRUE"
            f"&WIDTH=256&HEIGHT=256&SRS={crs}&BBOX={','.join(bounds)}")


def main():
    field, nx, ny, west, north, step, sampling, buckets = sys.argv[1:9]
    with tempfile.TemporaryDirectory() as folder:
        raster, mapfile, address = (os.path.join(folder, name) for name in ("rain.tif", "tiles.map", "socket"))
        queries = [tile_query(line, mapfile) for line in sys.stdin]
        extent = write_field(raster, [nx, ny, west, north, step, field])
        write_map(mapfile, raster, extent, sampling, int(buckets))
        config = os.path.join(folder, "mapserver.conf")
        with open(config, "w") as out:
            out.write('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address)
        listener.listen(8)
        settings = {**os.environ, "MAPSERVER_CONFIG_FILE": config}
        process = subprocess.Popen(["mapserv"], stdin=listener, stdout=subprocess.DEVNULL, env=settings)
        try:
            bodies = [request(address, queries[0])]
            begin = cpu_s(process)
            bodies += [request(address, query) for query in queries[1:]]
            spent = cpu_s(process) - begin
        finally:
            process.kill()  # it does not leave accept () on SIGTERM
            process.wait()
    if not all(body.startswith(b"\x89PNG") for body in bodies):
        raise SystemExit("mapserv gave no PNG: " + repr(bodies[0][:300]))
    print(f"{spent / (len(queries) - 1):.6f}")


main()
