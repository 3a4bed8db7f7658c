#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read tile archives by what their specifications say, sharing nothing with the program, and compare them with a folder of
tiles Z/X/Y.png and its tiles.json, vector tiles with GeoJSON files.
archives.py pmtiles|mbtiles|gdal FILE FOLDER; step FOLDER VARIABLE NETCDF; vector PMTILES MBTILES FOLDER;
transparent-pmtiles|transparent-mbtiles FILE.
PMTiles: github.com/protomaps/PMTiles, spec/v3/spec.md. MBTiles: github.com/mapbox/mbtiles-spec, 1.3/spec.md."""
import gzip
import json
import os
import sqlite3
import struct
import sys
import zlib


def hilbert_tile(tile_id):
    """TileId to z, x, y: the level whose share of ids it falls into, then the curve by its rule on quarters."""
    z = 0
    while tile_id >= 4 ** z:
        tile_id -= 4 ** z
        z += 1
    x = y = 0
    for level in range(z):
        n = 2 ** level
        quarter = tile_id % 4
        tile_id //= 4
        if quarter == 0:
            x, y = y, x
        elif quarter == 1:
            y += n
        elif quarter == 2:
            x, y = x + n, y + n
        else:
            x, y = 2 * n - 1 - y, n - 1 - x
    return z, x, y


def varints(data):
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
    assert shift == 0, 'a number is cut off'


def read_directory(packed):
    assert packed[:2] == b'\x1f\x8b'
    numbers = list(varints(gzip.decompress(packed)))
    count, columns = numbers[0], numbers[1:]
    assert count > 0 and len(columns) == 4 * count
    rises, runs, lengths, offsets = (columns[i * count:(i + 1) * count] for i in range(4))
    entries, tile_id, end = [], 0, None
    for rise, run, length, offset in zip(rises, runs, lengths, offsets):
        tile_id += rise
        assert length > 0
        start = end if offset == 0 else offset - 1
        assert start is not None
        entries.append((tile_id, run, start, length))
        end = start + length
    assert all(a[0] + max(a[1], 1) <= b[0] for a, b in zip(entries, entries[1:])), 'ids do not rise'
    return entries


class PMTiles:
    def __init__(self, path):
        self.data = open(path, 'rb').read()
        assert self.data[:8] == b'PMTiles\x03'
        (self.root_at, self.root_bytes, self.meta_at, self.meta_bytes, self.leaf_at, self.leaf_bytes, self.tiles_at,
         self.tiles_bytes, self.addressed, self.entries, self.contents) = struct.unpack('<11Q', self.data[8:96])
        self.clustered, self.inner, self.outer, self.type, self.min_zoom, self.max_zoom = self.data[96:102]
        self.west, self.south, self.east, self.north = struct.unpack('<4i', self.data[102:118])
        self.centre = struct.unpack('<Bii', self.data[118:127])
        assert self.root_at >= 127 and self.root_at + self.root_bytes <= 16384
        self.metadata = json.loads(gzip.decompress(self.cut(self.meta_at, self.meta_bytes)))
        self.leaves, self.found = 0, []
        self.walk(self.cut(self.root_at, self.root_bytes))

    def cut(self, at, length):
        assert at + length <= len(self.data)
        return self.data[at:at + length]

    def walk(self, packed):
        for entry in read_directory(packed):
            tile_id, run, start, length = entry
            if run:
                assert start + length <= self.tiles_bytes
                self.found.append(entry)
                continue
            assert start + length <= self.leaf_bytes
            self.leaves += 1
            before = len(self.found)
            self.walk(self.cut(self.leaf_at + start, length))
            assert self.found[before][0] == tile_id

    def tiles(self):
        return {hilbert_tile(tile_id + i): self.cut(self.tiles_at + start, length)
                for tile_id, run, start, length in self.found for i in range(run)}


def check_pmtiles_whole(archive):
    """Counts, order and sections say the same as the entries."""
    found = archive.found
    assert (archive.clustered, archive.inner) == (1, 2) and (archive.outer, archive.type) in ((1, 2), (2, 1))
    assert archive.addressed == sum(run for _, run, _, _ in found) and archive.entries == len(found)
    blobs = {start: length for _, _, start, length in found}
    assert archive.contents == len(blobs)
    end = 0
    for _, _, start, length in found:  # clustered: each follows on all before it, or lies among them
        assert start == end or (start < end and start in blobs)
        end = max(end, start + length)
    assert end == archive.tiles_bytes == sum(blobs.values())
    contents = {archive.cut(archive.tiles_at + start, length) for start, length in blobs.items()}
    assert len(contents) == archive.contents, 'equal tiles are stored twice'
    assert all(not (a[0] + a[1] == b[0] and a[2] == b[2]) for a, b in zip(found, found[1:])) or archive.leaves
    sections = sorted([(archive.root_at, archive.root_bytes), (archive.meta_at, archive.meta_bytes),
                       (archive.leaf_at, archive.leaf_bytes), (archive.tiles_at, archive.tiles_bytes)])
    assert all(a[0] + a[1] <= b[0] for a, b in zip(sections, sections[1:]))
    assert max(at + length for at, length in sections) == len(archive.data)


def read_folder(folder):
    tiles = {}
    for z in filter(str.isdigit, os.listdir(folder)):
        for x in os.listdir(os.path.join(folder, z)):
            for name in os.listdir(os.path.join(folder, z, x)):
                with open(os.path.join(folder, z, x, name), 'rb') as file:
                    tiles[int(z), int(x), int(name.split('.')[0])] = file.read()
    return tiles, json.load(open(os.path.join(folder, 'tiles.json')))


def same_words(metadata, words):
    """What tiles.json says, without where its tiles are."""
    for key in 'tilejson', 'tiles', 'scheme':
        words.pop(key)
    assert metadata == words, (metadata, words)
    assert metadata['title']['zh'] and metadata['title']['en'] and metadata['legend'] and metadata['attribution']


def same_tiles(have, want):
    assert have.keys() == want.keys(), (len(have), len(want), sorted(have.keys() ^ want.keys())[:5])
    wrong = [at for at in want if have[at] != want[at]]
    assert not wrong, wrong[:5]
    assert len(want) > 3


def check_pmtiles(path, folder):
    archive = PMTiles(path)
    check_pmtiles_whole(archive)
    tiles, words = read_folder(folder)
    same_tiles(archive.tiles(), tiles)
    assert (archive.min_zoom, archive.max_zoom) == (words['minzoom'], words['maxzoom'])
    bounds = [archive.west, archive.south, archive.east, archive.north]
    assert bounds == [round(v * 1e7) for v in words['bounds']]
    assert archive.min_zoom <= archive.centre[0] <= archive.max_zoom
    assert archive.centre[1:] == ((archive.west + archive.east) // 2, (archive.south + archive.north) // 2)
    same_words(archive.metadata, words)
    print(len(tiles), 'tiles', archive.entries, 'entries', archive.contents, 'contents', archive.leaves, 'leaves')


def read_mbtiles(path):
    db = sqlite3.connect('file:%s?mode=ro' % path, uri=True)
    assert db.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
    assert db.execute('PRAGMA application_id').fetchone() == (0x4D504258,)
    metadata = dict(db.execute('SELECT name, value FROM metadata'))
    rows = db.execute('SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles').fetchall()
    tiles = {(z, x, 2 ** z - 1 - row): bytes(data) for z, x, row, data in rows}
    assert len(tiles) == len(rows)
    assert db.execute('SELECT count(*) FROM images').fetchone() == (len(set(tiles.values())),), 'equal tiles stored twice'
    return metadata, tiles


def check_mbtiles(path, folder):
    metadata, have = read_mbtiles(path)
    tiles, words = read_folder(folder)
    same_tiles(have, tiles)
    assert metadata['name'] == words['name'] and metadata['format'] == 'png' and metadata['scheme'] == 'tms'
    assert metadata['type'] == 'overlay' and float(metadata['version']) == 1
    assert (int(metadata['minzoom']), int(metadata['maxzoom'])) == (words['minzoom'], words['maxzoom'])
    assert [float(v) for v in metadata['bounds'].split(',')] == words['bounds']
    assert words['title']['zh'] in metadata['description'] and words['title']['en'] in metadata['description']
    assert metadata['attribution'] == words['attribution']
    same_words(json.loads(metadata['json']), words)


def check_step(folder, variable, path):
    """The picture of a step: at the centre of each cell that lies in a tile the colour is of a class between those of the least
    and the greatest value of that hour in the cells around it."""
    import datetime
    import math
    import netCDF4
    from osgeo import gdal
    gdal.UseExceptions()
    _, words = read_folder(folder)
    time = datetime.datetime.fromisoformat(words['time'].replace('Z', '+00:00')).timestamp()
    file = netCDF4.Dataset(path)
    field = file[variable][list(file['time'][:]).index(time)].filled(math.nan)
    lons, lats = file['lon'][:], file['lat'][:]
    bounds = [entry['from'] for entry in words['legend']]
    colours = [tuple(bytes.fromhex(entry['colour'][1:])) for entry in words['legend']]
    side, seen, tiles = 2 ** words['maxzoom'] * 256, set(), {}
    for row in range(1, len(lats) - 1):
        for column in range(1, len(lons) - 1):
            x = int((lons[column] + 180) / 360 * side)
            y = int((0.5 - math.asinh(math.tan(math.radians(lats[row]))) / (2 * math.pi)) * side)
            name = os.path.join(folder, str(words['maxzoom']), str(x // 256), '%d.png' % (y // 256))
            if not os.path.exists(name):
                continue
            if name not in tiles:
                tile = gdal.Open(name)
                tiles[name] = tile.ReadAsArray(), tile.GetRasterBand(1).GetColorTable()
            index, table = tiles[name]
            colour = table.GetColorEntry(int(index[y % 256, x % 256]))
            drawn = colours.index(colour) if colour[3] else -1
            around = field[row - 1:row + 2, column - 1:column + 2]
            if not math.isfinite(around.sum()):
                continue
            low, high = (sum(bound <= value for bound in bounds) - 1 for value in (around.min(), around.max()))
            assert low <= drawn <= high, (lons[column], lats[row], colour, around)
            seen.add(drawn)
    assert len(seen) > 3, seen


def check_gdal(path, folder):
    """Every pixel of the highest level that GDAL shows: that of the tile of the folder which covers it, or transparent."""
    from osgeo import gdal
    import numpy
    gdal.UseExceptions()
    file = gdal.Open(path)
    assert file.GetDriver().ShortName == 'MBTiles' and file.RasterCount == 4
    seen = file.ReadAsArray()
    _, words = read_folder(folder)
    zoom, half = words['maxzoom'], 20037508.342789244
    west, size, _, north, _, _ = file.GetGeoTransform()
    assert abs(size - 2 * half / 256 / 2 ** zoom) < 1e-6
    left, top = round((west + half) / size), round((half - north) / size)
    want = numpy.zeros_like(seen)
    x0, y0 = left // 256, top // 256
    for x in range(x0, (left + seen.shape[2] - 1) // 256 + 1):
        for y in range(y0, (top + seen.shape[1] - 1) // 256 + 1):
            name = os.path.join(folder, str(zoom), str(x), '%d.png' % y)
            if not os.path.exists(name):
                continue
            tile = gdal.Open(name)
            index, table = tile.ReadAsArray(), tile.GetRasterBand(1).GetColorTable()
            colours = numpy.array([table.GetColorEntry(i) for i in range(table.GetCount())], dtype=numpy.uint8)
            rgba = colours[index].transpose(2, 0, 1)
            c, r = x * 256 - left, y * 256 - top
            cs, rs = slice(max(c, 0), min(c + 256, seen.shape[2])), slice(max(r, 0), min(r + 256, seen.shape[1]))
            want[:, rs, cs] = rgba[:, rs.start - r:rs.stop - r, cs.start - c:cs.stop - c]
    opaque = want[3] > 0
    assert opaque.mean() > 0.2 and len(numpy.unique(want[:3, opaque], axis=1)[0]) > 3
    assert (seen[3] == want[3]).all() and (seen[:3, opaque] == want[:3, opaque]).all()
    assert file.GetRasterBand(1).GetOverviewCount() >= 1


def check_vector(pmtiles, mbtiles, folder):
    """Tiles and words are the same in both; GDAL finds the features of the highest level where the GeoJSON files of the
    folder have them: points and ends of lines within a unit of a tile, as many as there are."""
    from osgeo import gdal, ogr, osr
    gdal.UseExceptions()
    archive = PMTiles(pmtiles)
    check_pmtiles_whole(archive)
    metadata, tiles = read_mbtiles(mbtiles)
    same_tiles(archive.tiles(), tiles)
    assert (archive.outer, archive.type) == (2, 1) and metadata['format'] == 'pbf'
    assert archive.metadata == json.loads(metadata['json']) and archive.metadata['tile_count'] == len(tiles)
    assert all(tile[:4] == b'\x1f\x8b\x08\x00' and len(gzip.decompress(tile)) > 10 for tile in tiles.values())
    # The 48 h warning line runs along the equator, the edge of tiles: those on both sides draw it.
    assert {y for z, _, y in tiles if z == 10} >= {511, 512}
    layers = {layer['id']: layer for layer in archive.metadata['vector_layers']}
    # Clipping, GDAL loses lines that run along the edge of a tile.
    file = gdal.OpenEx(mbtiles, gdal.OF_VECTOR, open_options=['CLIP=NO'])
    names = [file.GetLayer(i).GetName() for i in range(file.GetLayerCount())]
    assert sorted(layers) == sorted(names) and len(layers) == 4
    degrees = osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    degrees.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    unit = 360 / 2 ** archive.max_zoom / 4096
    for layer in map(file.GetLayerByName, names):
        fields = {f.GetName() for f in layer.schema} - {'mvt_id'}
        assert fields == set(layers[layer.GetName()]['fields']), layer.GetName()
        to_degrees = osr.CoordinateTransformation(layer.GetSpatialRef(), degrees)
        have = {}
        for feature in layer:
            shape = feature.GetGeometryRef()
            shape.Transform(to_degrees)
            have.setdefault(feature.GetField('mvt_id'), []).append(shape.GetEnvelope())
        want = json.load(open(os.path.join(folder, layer.GetName().replace('@', '-') + '.geojson')))['features']
        assert len(have) == len(want) > 0, (layer.GetName(), len(have), len(want))
        for number, feature in enumerate(want, 1):
            x0, x1, y0, y1 = ogr.CreateGeometryFromJson(json.dumps(feature['geometry'])).GetEnvelope()
            west, east, south, north = zip(*have[number])
            seen = min(west), max(east), min(south), max(north)
            assert all(abs(a - b) <= unit for a, b in zip(seen, (x0, x1, y0, y1))), (layer.GetName(), number, seen)
    print(len(tiles), 'tiles', len(layers), 'layers')


def is_transparent(png):
    """A palette PNG whose pixels all have an index that tRNS makes transparent."""
    at, chunks = 8, {}
    while at < len(png):
        length, kind = struct.unpack('>I4s', png[at:at + 8])
        chunks[kind] = chunks.get(kind, b'') + png[at + 8:at + 8 + length]
        at += 12 + length
    width, height, depth, colour = struct.unpack('>IIBB', chunks[b'IHDR'][:10])
    assert (width, height, colour) == (256, 256, 3)
    pixels = zlib.decompress(chunks[b'IDAT'])
    return set(pixels) == {0} and chunks[b'tRNS'][0] == 0


def check_transparent(tiles, words):
    assert len(tiles) == 1 and words['tile_count'] == 0
    (at, png), = tiles.items()
    assert at[0] == words['minzoom'] and is_transparent(png)


def main():
    what, path = sys.argv[1:3]
    if what == 'pmtiles':
        check_pmtiles(path, sys.argv[3])
    elif what == 'mbtiles':
        check_mbtiles(path, sys.argv[3])
    elif what == 'gdal':
        check_gdal(path, sys.argv[3])
    elif what == 'step':
        check_step(path, *sys.argv[3:5])
    elif what == 'vector':
        check_vector(path, *sys.argv[3:5])
    elif what == 'transparent-pmtiles':
        archive = PMTiles(path)
        check_pmtiles_whole(archive)
        check_transparent(archive.tiles(), archive.metadata)
    elif what == 'transparent-mbtiles':
        metadata, tiles = read_mbtiles(path)
        check_transparent(tiles, json.loads(metadata['json']))
    else:
        sys.exit('unknown: ' + what)


main()
