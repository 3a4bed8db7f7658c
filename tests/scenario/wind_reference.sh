#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The wind that the program exports, exact mode, against CLIMADA 6.1's field of the same storm: Rammasun's CMA fixes drawn
# straight, hourly from 2014-07-17 00 to 07-19 11 UTC, H08, environment 1005 hPa, ref_H08_every10.csv.
set -u
reference=$SANFANG_SHARED/typhoon/ref_H08_every10.csv
track=$SANFANG_SHARED/typhoon/cma/CH2014BST.txt
if [ ! -f "$reference" ] || [ ! -f "$track" ]; then
  echo "SANFANG_SHARED has no typhoon/ref_H08_every10.csv or cma/CH2014BST.txt"
  exit 77
fi
if ! /usr/bin/python3 -c 'import xarray, netCDF4' 2>/dev/null; then
  echo "python3-xarray or python3-netcdf4 is missing"
  exit 77
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# Grid 'tenth' has as centres every tenth centre of 'province' both ways, those of the reference.
cat >"$tmp/s.yaml" <<EOF
scenario: wind-reference
clock: 2014-07-20T00:00:00Z
domain:
  grids:
    province: {crs: "EPSG:4490", x: [107.0, 113.0], y: [17.0, 21.5], cell: 0.01}
    tenth: {crs: "EPSG:4490", x: [106.955, 112.955], y: [17.045, 21.545], cell: 0.1}
feeds:
  best:
    transport: {plugin: spool, path: "$track"}
    decoder: {plugin: cma_bst}
datasets:
  tracks: {records: track, feeds: [best], storm: "1409", from: 2014-07-17T00:00:00Z, to: 2014-07-19T12:00:00Z}
models:
  ground: {}
  typhoon: {profile: H08, mode: exact, step: 1h, path: linear, averaging: "1", environment_pressure: 1005}
outputs:
  - {plugin: cf, name: wind, datasets: [wind_max@province, wind_cube@tenth]}
EOF
"$SANFANG" run "$tmp/s.yaml" -o "$tmp/out" --log-level error >"$tmp/answers" || { cat "$tmp/answers"; exit 1; }
/usr/bin/python3 "$srcdir/tests/scenario/wind_reference.py" "$reference" "$tmp/out/current/products"
