#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Vector tiles as GDAL's MVT driver reads them, against the features that GDAL wrote for us, and by the bytes.
tool=$builddir/tests/unit/vector_tile_tool
python=/usr/bin/python3
if ! $python -c 'import numpy; from osgeo import gdal, ogr' 2>/dev/null; then
  echo "skipped: $python has no numpy or osgeo (packages python3-numpy, python3-gdal)"
  exit 77
fi
exec $python "$srcdir/tests/unit/vector_tile_reference.py" "$tool" "$builddir/data/coast.gpkg"
