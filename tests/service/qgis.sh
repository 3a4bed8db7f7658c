#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# QGIS without a screen draws our WMTS and WMS, and puts the strongest wind where numpy has it.
set -euo pipefail
if ! QT_QPA_PLATFORM=offscreen /usr/bin/python3 -c 'import qgis.core, netCDF4; from osgeo import gdal' 2>/dev/null; then
  echo "QGIS is not installed (python3-qgis)"
  exit 77
fi
# shellcheck source=tests/service/server.sh
. "${srcdir:?}/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
"$SANFANG" run "$srcdir/tests/service/map.yaml" -o "$work/out" --log-level error >/dev/null
server_start "$work/out"
trap cleanup EXIT
export HOME=$work XDG_RUNTIME_DIR=$work PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 "$srcdir/tests/service/in_qgis.py" "$server_url" "$work/out"
