#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# WMS as real clients see it: GDAL and OWSLib, against numpy on the snapshot's netCDF.
set -euo pipefail
if ! /usr/bin/python3 -c 'import netCDF4, numpy, owslib; from osgeo import gdal' 2>/dev/null; then
  echo "python3-netcdf4, python3-numpy, python3-owslib or python3-gdal is missing"
  exit 77
fi
. "${srcdir:?}/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
"$SANFANG" run "$srcdir/tests/service/map.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out"
trap cleanup EXIT
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$srcdir/tests/service/wms.py" "$server_url" "$work/out"
