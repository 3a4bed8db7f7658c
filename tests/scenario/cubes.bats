# SPDX-License-Identifier: Apache-2.0
# Layers by time that a snapshot keeps: their values, their hours, how other programs read them, and that they are taken over.

setup ()
{
  cd "$BATS_TEST_TMPDIR" || return 1
  if ! /usr/bin/python3 -c 'import xarray, netCDF4, numpy' 2>/dev/null; then
    skip "python3-xarray or python3-netcdf4 is missing"
  fi
}

# scenario: writes s.yaml, which reads t.txt
scenario ()
{
  cat >s.yaml <<EOF
scenario: cubes
title: {en: Cubes, zh: 立方体}
clock: 2024-09-12T00:10:00Z
domain:
  grids:
    near: {crs: "EPSG:4490", x: [108, 112], y: [17, 20.5], cell: 0.05}
    wide: {crs: "EPSG:4490", x: [104, 118], y: [12, 24], cell: 0.25}
feeds:
  best:
    transport: {plugin: spool, path: t.txt}
    decoder: {plugin: cma_bst}
datasets:
  tracks: {records: track, feeds: [best]}
models:
  ground: {}
  typhoon: {path: linear, step: 30min, environment_pressure: 1005, map_hours: 30}
snapshot:
  cubes: [wind_hourly@near, wind_hourly_eastward@near, wind_hourly_northward@near,
          wind_hourly@wide, wind_hourly_eastward@wide, wind_hourly_northward@wide]
EOF
}

reference () { /usr/bin/python3 "$srcdir/tests/scenario/cubes_reference.py" "$@"; }

run_it () { "$SANFANG" run s.yaml -o out --lang en "$@" 2>log >answers || { cat log; return 1; }; }

# hours FILE: the times of wind_hourly, and whether any wind is in it
hours ()
{
  /usr/bin/python3 - "$1" <<'EOF'
import sys, numpy as np, xarray
f = xarray.open_dataset(sys.argv[1])["wind_hourly"]
print(*f["time"].values.astype("datetime64[s]"), "wind" if np.isfinite(f.values).any() else "none")
EOF
}

# winds: a digest of the kept speeds of grid near (the file has the scenario's title, too)
winds ()
{
  /usr/bin/python3 -c 'import hashlib, netCDF4
print(hashlib.sha256(netCDF4.Dataset("out/current/data/cubes-near.nc")["wind_hourly"][:].filled().tobytes()).hexdigest())'
}

# has TEXT, has_not TEXT: in the log of the last run
has () { grep -q "$1" log || { cat log; return 1; }; }
has_not () { if grep "$1" log; then return 1; fi; }

cma_header () { printf '66666 0000 %4d 0010 2401 0 6 Cubes\n' "$1"; }

@test "the kept hours are those of numpy's storm, with its winds" {
  reference track t.txt $SANFANG_SEED
  scenario
  run_it
  reference check t.txt out/current/data
  [ "$(jq -r '[.datasets[] | select(.kind == "cube" and .file != null) | .name + " " + .exporter + " " + .file] | sort[]' \
    out/current/manifest.json)" = "wind_hourly@near cf data/cubes-near.nc
wind_hourly@wide cf data/cubes-wide.nc
wind_hourly_eastward@near cf data/cubes-near.nc
wind_hourly_eastward@wide cf data/cubes-wide.nc
wind_hourly_northward@near cf data/cubes-near.nc
wind_hourly_northward@wide cf data/cubes-wide.nc" ]
}

@test "GDAL finds the hours at their place" {
  reference track t.txt $SANFANG_SEED
  scenario
  run_it
  gdalinfo -json "NETCDF:out/current/data/cubes-near.nc:wind_hourly" >info
  jq -e '.geoTransform | map(. * 1e6 | round) == [108000000, 50000, 0, 20500000, 0, -50000]' info
  jq -e '.size == [80, 70] and (.bands | length) == 31' info
  jq -e '.coordinateSystem.wkt | test("4490")' info
  # The strongest wind, by two programs.
  /usr/bin/python3 - >want <<'EOF'
import numpy as np, xarray
w = xarray.open_dataset("out/current/data/cubes-near.nc")["wind_hourly"]
t, y, x = np.unravel_index(np.nanargmax(w.values), w.shape)
print(t + 1, float(w["lon"][x]), float(w["lat"][y]), float(w[t, y, x]))
EOF
  read -r band lon lat value <want
  gdal=$(gdallocationinfo -valonly -b "$band" -geoloc "NETCDF:out/current/data/cubes-near.nc:wind_hourly" "$lon" "$lat")
  /usr/bin/python3 -c 'import sys; a, b = map(float, sys.argv[1:]); assert a > 20 and abs(a - b) < 1e-4, (a, b)' "$value" "$gdal"
}

@test "the hours do not depend on the number of threads" {
  reference track t.txt $SANFANG_SEED
  scenario
  run_it --threads 1
  mv out one
  run_it --threads 3
  cmp one/current/data/cubes-near.nc out/current/data/cubes-near.nc
  cmp one/current/data/cubes-wide.nc out/current/data/cubes-wide.nc
}

@test "an unchanged cube is taken over; one that was not kept, or does not load, is made" {
  reference track t.txt $SANFANG_SEED
  scenario
  run_it
  first=$(winds)
  run_it --set title.en=Second
  has "wind_hourly@near: unchanged: taken from snapshot"
  has_not "typhoon.hourly.*made in"
  [ "$(winds)" = "$first" ]
  # One less is no reason to make the others; one more is, on its grid.
  sed -i 's/ wind_hourly_northward@near,//' s.yaml
  run_it
  has_not "typhoon.hourly.*made in"
  scenario
  run_it --set title.en=Third
  has "typhoon.hourly@near: made in"
  has_not "typhoon.hourly@wide: made in"
  [ "$(winds)" = "$first" ]
  # A cube that an output wants and no snapshot keeps is made each time.
  echo 'outputs: [{plugin: cf, name: u, datasets: [wind_u_cube@wide]}]' >>s.yaml
  run_it
  has "typhoon.cubes@wide: made in"
  has_not "typhoon.hourly.*made in"
  # So is one that an output wants beside those of the same maker that are kept.
  sed -i '/^outputs/d; s/ wind_hourly_northward@near,//' s.yaml
  echo 'outputs: [{plugin: cf, name: n, datasets: [wind_hourly_northward@near]}]' >>s.yaml
  run_it
  has_not "typhoon.hourly.*made in"
  run_it --set title.en=North
  has "typhoon.hourly@near: made in"
  has_not "typhoon.hourly@wide: made in"
  [ "$(winds)" = "$first" ]
  # A damaged snapshot gives nothing.
  printf x | dd of=out/current/data/cubes-near.nc bs=1 seek=100000 conv=notrunc 2>/dev/null
  run_it --set title.en=Fourth
  has "the last snapshot is not used"
  [ "$(winds)" = "$first" ]
}

@test "a storm below force 6 has one map, of its strongest hour; one beyond reach a map that is missing" {
  scenario
  { cma_header 3; echo "2024090600 1 180 1100 1004 9"; echo "2024090606 1 180 1098 1002 9"; echo "2024090612 1 180 1096 1004 9"; } >t.txt
  run_it
  /usr/bin/python3 - <<'EOF'
import numpy as np, xarray
w = xarray.open_dataset("out/current/data/cubes-near.nc")["wind_hourly"]
top = xarray.open_dataset("out/current/data/grids-near.nc")["wind_max"].max()
assert w.shape[0] == 1 and 3 < w.max() <= top + 0.01 and top < 10.8, (w.shape, w.max(), top)
t = w["time"].values[0]
assert t.astype("int64") % 3600000000000 == 0 and abs(t - np.datetime64("2024-09-06T06:00")) <= np.timedelta64(6, "h"), t
EOF
  { cma_header 2; echo "2024090600 5 190 1500 950 45"; echo "2024090606 5 190 1490 950 45"; } >t.txt
  run_it
  [ "$(hours out/current/data/cubes-near.nc)" = "2024-09-06T00:00:00 none" ]
  # A single fix stands for one moment.
  { cma_header 1; echo "2024090600 5 190 1100 950 45"; } >t.txt
  run_it
  [ "$(hours out/current/data/cubes-near.nc)" = "2024-09-06T00:00:00 wind" ]
}

@test "a step of maps that the wind field does not have, and what is no cube, are refused in words" {
  reference track t.txt $SANFANG_SEED
  scenario
  run "$SANFANG" run s.yaml -o out --lang en --set models.typhoon.map_step=45min
  [ "$status" -eq 1 ]
  [[ $output == *"map_step (2700 s) must be a whole multiple of the wind field's step (1800 s)"* ]]
  run "$SANFANG" check s.yaml --lang en --set snapshot.cubes=wind_max@near
  [ "$status" -ne 0 ]
  [[ $output == *"'wind_max@near' is a grid"* ]]
  run "$SANFANG" check s.yaml --lang en --set snapshot.cubes=wind_hourly@far
  [ "$status" -ne 0 ]
  [[ $output == *"snapshot.cubes wants dataset 'wind_hourly@far', which no model of the scenario makes"* ]]
}

@test "a point is answered with the step within half a step of the time" {
  reference track t.txt $SANFANG_SEED
  scenario
  run_it
  /usr/bin/python3 - >want <<'EOF'
import numpy as np, xarray
w = xarray.open_dataset("out/current/data/cubes-near.nc")["wind_hourly"]
t = w["time"].values.astype("datetime64[s]")
at = w.sel(lon=110.03, lat=18.98, method="nearest").values
k = int(np.argmin(abs(t - np.datetime64("2024-09-12T00:10:00"))))
print(t[15], at[15], t[15] + np.timedelta64(1799, "s"), t[0] - np.timedelta64(1801, "s"), t[k], at[k])
EOF
  read -r time value later before near_clock near_value <want
  point () { "$SANFANG" query point 110.03 18.98 -o out --json --log-level error "$@" |
    jq -c '.layers[] | select(.dataset == "wind_hourly" and .grid == "near") | [.valid_time, .value]'; }
  same () { /usr/bin/python3 -c 'import json, sys
t, v = json.loads(sys.argv[1]); assert t == sys.argv[2] + "Z", t
assert v is None if sys.argv[3] == "nan" else abs(v - float(sys.argv[3])) < 1e-5, v' "$@"; }
  same "$(point --time "${time}Z")" "$time" "$value"
  same "$(point --time "${later}Z")" "$time" "$value"
  [ "$(point --time "${before}Z")" = '[null,null]' ]
  same "$(point)" "$near_clock" "$near_value"
  run "$SANFANG" query point 110.03 18.98 -o out --lang en --time "${before}Z"
  [[ $output == *"Wind speed hour by hour @near: no step at that time"* ]]
  run "$SANFANG" query point 110.03 18.98 -o out --lang en --time 2024-09-07
  [ "$status" -eq 2 ]
  [[ $output == *"time zone"* ]]
}
