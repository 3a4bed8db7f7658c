#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# GDAL's definitions of Tianditu's base maps before a stand-in: each pixel of known tiles where it lies. See tianditu_gdal.py.
set -euo pipefail
srcdir=${srcdir:?}
if ! /usr/bin/python3 -c 'import numpy; from osgeo import gdal' 2>/dev/null; then
  echo "python3-numpy or python3-gdal is missing"
  exit 77
fi
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
PYTHONDONTWRITEBYTECODE=1 GDAL_PAM_ENABLED=NO /usr/bin/python3 "$srcdir/tests/service/tianditu_gdal.py" "$srcdir/share/tianditu"
