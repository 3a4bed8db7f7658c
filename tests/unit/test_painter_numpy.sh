#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every pixel of 200 random tiles and 40 random windows, decoded by GDAL, against numpy: nearest, bilinear and bicubic, sets c
# and w, classes and ramps, with missing cells.
python=/usr/bin/python3
if ! $python -c 'import numpy, osgeo.gdal' 2>/dev/null; then
  echo "skipped: $python has no numpy or no osgeo.gdal (packages python3-numpy, python3-gdal)"
  exit 77
fi
exec $python -B "$srcdir/tests/unit/painter_reference.py" "$builddir/tests/unit/painter_tool"
