#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every pixel of random windows against numpy: nearest and bilinear, sets c and w, with missing cells.
python=/usr/bin/python3
if ! $python -c 'import numpy' 2>/dev/null; then
  echo "skipped: $python has no numpy (package python3-numpy)"
  exit 77
fi
exec $python "$srcdir/tests/unit/render_reference.py" "$builddir/tests/unit/picture_tool" "$SANFANG_SHARE"
