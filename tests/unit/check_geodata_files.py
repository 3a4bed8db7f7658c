# SPDX-License-Identifier: Apache-2.0
# Run by test_geodata_files.sh in the folder of the files; the argument is the program geodata_files.
import json, sqlite3, struct, subprocess, sys
import numpy as np, netCDF4, xarray as xr
from osgeo import gdal, ogr, osr
gdal.UseExceptions()

LON, LAT, TIME = 110.235, 19.605, "2014-07-17T18:00"

def check_cf(name):
    d = xr.open_dataset(name)
    at = d.sel(lon=LON, lat=LAT, method="nearest")
    assert abs(float(at.lon) - LON) < 1e-9 and abs(float(at.lat) - LAT) < 1e-9
    assert d.lon_bnds.values[0, 0] == 107 and abs(d.lat_bnds.values[-1, 1] - 17) < 1e-9
    assert abs(float(at.wind_max) - (10 * LON + LAT)) < 1e-4
    arrival = at.wind_arrival.sel(beaufort_force=10).values
    want = np.datetime64("2014-07-17T00:00") + np.timedelta64(round((10 + LON - 107) * 3600000), "ms")
    assert abs(arrival - want) < np.timedelta64(10, "ms"), (arrival, want)
    assert np.isnat(d.wind_arrival.sel(lon=LON, lat=17.5, method="nearest").sel(beaufort_force=7).values)
    assert d.wind_duration.dtype == np.float32 and float(at.wind_duration.sel(beaufort_force=12)) == 24
    assert d.wind_duration.units == "h"
    assert abs(float(at.wind_cube.sel(time=TIME)) - (200 + LAT)) < 1e-4
    assert d.time.values[0] == np.datetime64("2014-07-17T06:00") and d.time.values[-1] == np.datetime64("2014-07-18T06:00")
    assert d.wind_max.grid_mapping == "crs" and 'ID["EPSG",4490]' in d.crs.crs_wkt
    n = netCDF4.Dataset(name)
    assert n.data_model == "NETCDF4" and n["wind_cube"].dimensions == ("time", "lat", "lon")

def check_gdal(name, layer=1):
    d = gdal.Open(name)
    assert np.allclose(d.GetGeoTransform(), (107, .01, 0, 21.5, 0, -.01), atol=1e-12, rtol=0), d.GetGeoTransform()
    s = d.GetSpatialRef()
    assert s.GetAuthorityCode(None) == "4490" and list(s.GetDataAxisToSRSAxisMapping()) == [2, 1]
    col, row = int((LON - 107) / .01), int((21.5 - LAT) / .01)
    return float(d.GetRasterBand(layer).ReadAsArray(col, row, 1, 1)[0, 0]), d

for name in ("product.nc", "snapshot.nc"):
    check_cf(name)
    value, _ = check_gdal(f"NETCDF:{name}:wind_max")
    assert abs(value - (10 * LON + LAT)) < 1e-4
    value, d = check_gdal(f"NETCDF:{name}:wind_arrival", 3)
    assert d.RasterCount == 4 and abs(value - (10 + LON - 107)) < 1e-4
chunks = netCDF4.Dataset("product.nc")
assert chunks["wind_cube"].chunking() == [4, 90, 120] and chunks["wind_max"].chunking() == [150, 200]
filters = chunks["wind_cube"].filters()
assert filters["zlib"] and filters["shuffle"] and filters["complevel"] == 4, filters
assert netCDF4.Dataset("snapshot.nc")["wind_cube"].chunking() == "contiguous"

g = gdal.Open("NETCDF:gauss.nc:wind_max")
assert g.GetGeoTransform() == (480000, 1000, 0, 2200000, 0, -1000) and g.GetSpatialRef().GetAuthorityCode(None) == "4547"
assert xr.open_dataset("gauss.nc").crs.grid_mapping_name == "transverse_mercator"

value, d = check_gdal("arrival.tif", 3)
band = d.GetRasterBand(3)
assert abs(value - (10 + LON - 107)) < 1e-4 and np.isnan(band.GetNoDataValue()) and band.GetOverviewCount() == 2
assert band.GetUnitType() == "h" and band.GetMetadataItem("reference_time") == "2014-07-17T00:00:00Z"
assert "10" in band.GetDescription() and "风力到达时间" in band.GetDescription()
assert d.GetMetadataItem("authority") == "drill" and d.GetMetadataItem("simulated") == "true"
cells = set(np.unique(band.ReadAsArray()[~np.isnan(band.ReadAsArray())]))
view = band.GetOverview(1).ReadAsArray()
assert set(np.unique(view[~np.isnan(view)])) <= cells, "an overview invents values"
try:
    from osgeo_utils.samples import validate_cloud_optimized_geotiff as cog
    warnings, errors, _ = cog.validate("arrival.tif", full_check=True)
    assert not errors and not warnings, (warnings, errors)
except ImportError:
    print("validate_cloud_optimized_geotiff is not installed: gdalinfo's LAYOUT=COG alone was checked")

# GeoPackage: the bytes in the file have longitude first, whatever the CRS says (OGC 12-128r17, clause 2.1.3).
db = sqlite3.connect("features.gpkg")
blob, time, wind = db.execute("select geom, time, wind_speed from landfalls").fetchone()
x, y = struct.unpack("<2d", blob[-16:])
assert (x, y) == (110.9, 19.9) and time.startswith("2014-07-18T07:30:00") and time.endswith("Z") and wind == 60.5
assert db.execute("select srs_id, last_change from gpkg_contents").fetchone() == (4490, "2014-07-17T00:00:00.000Z")
title, unit = db.execute("select title, description from gpkg_data_columns where column_name='wind_speed'").fetchone()
assert "风速" in title and unit == "m s-1, mean over 2 min"
package = ogr.Open("features.gpkg")
p = package.GetLayer("landfalls")
f = p.GetNextFeature()
assert f.geometry().GetX() == 110.9 and p.GetMetadataItem("authority") is not None
to = osr.SpatialReference(); to.ImportFromEPSG(3857)
g = f.geometry(); g.AssignSpatialReference(p.GetSpatialRef()); g.TransformTo(to)
assert abs(g.GetX() - np.radians(110.9) * 6378137) < 1, g.GetX()
try:
    from osgeo_utils.samples import validate_gpkg
    validate_gpkg.check("features.gpkg")
except ImportError:
    print("validate_gpkg is not installed: the GeoPackage was read only")

# GeoJSON, RFC 7946: no crs member; a line over 180 degrees is cut there (3.1.9); outer rings counterclockwise (3.1.6).
line = json.load(open("track_lines.geojson"))
assert "crs" not in line and line["authority"] == "internal"
parts = line["features"][0]["geometry"]["coordinates"]
assert parts == [[[179, 10], [180, 11]], [[-180, 11], [-179, 12]]], parts
assert line["columns"]["max_wind"]["unit"] == "m s-1" and line["columns"]["max_wind"]["averaging"] == "2 min"
ring = np.array(json.load(open("coast.geojson"))["features"][0]["geometry"]["coordinates"][0])
assert np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]) > 0

# A netCDF-4 file of another writer: rows from the south, float32 axes, its own fill value, "days since".
n = netCDF4.Dataset("foreign.nc", "w")
for dim, size in (("time", 2), ("lat", 3), ("lon", 4)):
    n.createDimension(dim, size)
for name, values, unit in (("lat", [18, 18.5, 19], "degrees_north"), ("lon", [108, 108.5, 109, 109.5], "degrees_east")):
    v = n.createVariable(name, "f4", (name,)); v[:] = values; v.units = unit
t = n.createVariable("time", "f8", ("time",)); t[:] = [0.25, 1.5]; t.units = "days since 2014-07-17"
c = n.createVariable("crs", "i4"); c.grid_mapping_name = "latitude_longitude"
s = osr.SpatialReference(); s.ImportFromEPSG(4326); c.crs_wkt = s.ExportToWkt(["FORMAT=WKT2_2019"])
w = n.createVariable("wind_cube", "f4", ("time", "lat", "lon"), zlib=True, fill_value=-9999.0)
w.units = "m s-1"; w.grid_mapping = "crs"
values = np.arange(24, dtype="f4").reshape(2, 3, 4)
w[:] = np.where(values == 5, -9999, values)
m = n.createVariable("wind_max", "f4", ("lat", "lon")); m.units = "knots"; m.grid_mapping = "crs"; m[:] = 1
n.close()
def run(*words):
    return subprocess.run([sys.argv[1], "print", *words], capture_output=True, text=True)
lines = run("foreign.nc", "wind_cube").stdout.splitlines()
assert lines[0] == "EPSG:4326 4 3 107.75 0.5 19.25 -0.5", lines
assert lines[1] == "2014-07-17T06:00:00Z 8 9 10 11 4 nan 6 7 0 1 2 3", lines
assert lines[2] == "2014-07-18T12:00:00Z 20 21 22 23 16 17 18 19 12 13 14 15", lines
refused = run("foreign.nc", "wind_max")
assert refused.returncode == 1 and "knots" in refused.stderr, refused
