#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tide against numpy code written from Schureman 1958, and against tide tables: constants fitted to every second day
# of the predictions in the surge archive of August and September 1956 predict the other days.
set -eu
if ! /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  echo "python3-numpy is missing"
  exit 77
fi
reference="$srcdir/tests/unit/tide_reference.py"
tool="$builddir/tests/unit/tide_tool"
/usr/bin/python3 "$reference" "$tool" random
S=$SANFANG_SHARED/typhoon/typhoonsearchsys_demo
if [ ! -f "$S/5612.txt" ] || [ ! -f "$S/5622.txt" ]; then
  echo "SANFANG_SHARED has no typhoon/typhoonsearchsys_demo/5612.txt and 5622.txt"
  exit 77
fi
/usr/bin/python3 "$reference" "$tool" "$S/5612.txt" "$S/5622.txt"
