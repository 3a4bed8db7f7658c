#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Files that we write, as other programs read them (xarray, netCDF4, GDAL's Python, ncdump, gdalinfo, ogrinfo, sqlite3 of
# Python), and files of other programs as we read them. Values follow from place and time by the formulas in geodata_files.c.
set -u
python=/usr/bin/python3
for word in ncdump gdalinfo ogrinfo; do
  command -v "$word" >/dev/null || { echo "SKIP: $word is not installed"; exit 77; }
done
"$python" -c 'import numpy, xarray, netCDF4, osgeo.gdal' 2>/dev/null || {
  echo "SKIP: $python lacks numpy, xarray, netCDF4 or osgeo"; exit 77; }
program=${builddir:?}/tests/unit/geodata_files
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/a" "$folder/b"
"$program" write "$folder/a" || exit 1
sleep 1.1
(cd "$folder/b" && MALLOC_PERTURB_=85 TZ=Asia/Shanghai "$program" write .) || exit 1
failed=0
fail () { echo "FAIL: $*"; failed=1; }

# Two runs, two folders, two seconds, other garbage in fresh memory: the same bytes, and no file more.
diff -r "$folder/a" "$folder/b" || fail "two runs differ"

cd "$folder/a" || exit 1
for file in product.nc snapshot.nc; do
  header=$(ncdump -h "$file") || fail "ncdump -h $file"
  for line in 'int64 time(time)' 'time:units = "seconds since 1970-01-01 00:00:00"' ':Conventions = "CF-1.8"' \
    'wind_max:_FillValue = NaNf' 'float wind_arrival(beaufort_force, lat, lon)' ':authority = "drill"' \
    ':simulated = "true"' 'wind_arrival:units = "hours since 2014-07-17 00:00:00"' 'lat:bounds = "lat_bnds"' \
    'wind_max:long_name_zh = "最大风速"' 'wind_max:cell_methods = "time: mean (over 2 min)"'; do
    grep -qF -- "$line" <<<"$header" || fail "$file lacks $line"
  done
done
gdalinfo -json arrival.tif | "$python" -c '
import json, sys
assert json.load(sys.stdin)["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"] == "COG"' || fail "gdalinfo: layout of arrival.tif"
ogrinfo -so features.gpkg landfalls | grep -q 'ID\["EPSG",4490\]' || fail "ogrinfo: CRS of features.gpkg"

"$python" -W ignore::RuntimeWarning "${srcdir:?}/tests/unit/check_geodata_files.py" "$program" || failed=1
exit $failed
