#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Regions of the ensemble against truths drawn in numpy; the seed is printed, SANFANG_SEED changes it.
python=/usr/bin/python3
if ! $python -c 'import numpy' 2>/dev/null; then
  echo "skipped: $python has no numpy (package python3-numpy)"
  exit 77
fi
exec $python "$srcdir/tests/unit/member_calibration.py" "$builddir/tests/unit/member_dump" \
  "$srcdir/share/typhoon/ensemble.yaml" $SANFANG_SEED
