#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Vector tiles and their TileJSON over HTTP, as GDAL's MVT driver reads them, against the snapshot's GeoPackage.
set -euo pipefail
if ! /usr/bin/python3 -c 'import netCDF4, numpy; from osgeo import gdal' 2>/dev/null; then
  echo "python3-netcdf4, python3-numpy or python3-gdal is missing"
  exit 77
fi
. "${srcdir:?}/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
"$SANFANG" run "$srcdir/tests/service/map.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out"
trap cleanup EXIT
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$srcdir/tests/service/vector.py" "$server_url" "$work/out"
