#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every pixel of random wind textures against numpy, sets c and w, with missing cells.
python=/usr/bin/python3
if ! $python -c 'import numpy' 2>/dev/null; then
  echo "skipped: $python has no numpy (package python3-numpy)"
  exit 77
fi
exec $python "$srcdir/tests/unit/uv_reference.py" "$builddir/tests/unit/picture_tool"
