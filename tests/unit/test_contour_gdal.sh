#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Isobands and isolines against gdal_contour and GEOS, on smooth and random fields, with missing cells.
tool=$builddir/tests/unit/picture_tool
python=/usr/bin/python3
if ! $python -c 'import numpy; from osgeo import gdal, ogr' 2>/dev/null; then
  echo "skipped: $python has no numpy or osgeo (packages python3-numpy, python3-gdal)"
  exit 77
fi
exec $python "$srcdir/tests/unit/contour_reference.py" "$tool"
