#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random ensembles of this run, C against numpy; the seed is printed, SANFANG_SEED repeats one.
python=/usr/bin/python3
if ! $python -c 'import numpy' 2>/dev/null; then
  echo "skipped: $python has no numpy (package python3-numpy)"
  exit 77
fi
exec $python "$srcdir/tests/unit/chance_numpy.py" "$builddir/tests/unit/chance_dump" $SANFANG_SEED
