# SPDX-License-Identifier: Apache-2.0
# Storms and domains at the edge of what there is, through the whole program.

setup ()
{
  cd "$BATS_TEST_TMPDIR" || return 1
  if ! /usr/bin/python3 -c 'import xarray, netCDF4, numpy' 2>/dev/null; then
    skip "python3-xarray or python3-netcdf4 is missing"
  fi
}

# scenario DECODER CRS X0 X1 Y0 Y1 CELL: writes s.yaml, which reads t.txt
scenario ()
{
  cat >s.yaml <<EOF
scenario: edge
title: {en: Edge, zh: 边界}
clock: 2024-09-10T00:00:00Z
domain:
  grids:
    near: {crs: "$2", x: [$3, $4], y: [$5, $6], cell: $7}
feeds:
  best:
    transport: {plugin: spool, path: t.txt}
    decoder: {plugin: $1}
datasets:
  tracks: {records: track, feeds: [best]}
models:
  ground: {}
  typhoon: {step: 1h}
outputs:
  - {plugin: cf, name: wind, datasets: [wind_u_cube@near, wind_v_cube@near, wind_max@near, wind_duration@near]}
  - {plugin: geojson, name: storm, datasets: [track_lines, landfalls]}
answers:
  - {dataset: landfalls}
  - {dataset: wind_areas@near}
EOF
}

# Run python with the exported winds as u, v, top and hours (numpy arrays), lon and lat as vectors.
winds ()
{
  /usr/bin/python3 - "$@" <<EOF
import numpy as np, xarray
f = xarray.open_dataset("${winds_of:-out}/current/products/wind-near.nc", decode_times=False)
u, v, top, hours = (f[n].values for n in ("wind_u_cube", "wind_v_cube", "wind_max", "wind_duration"))
lon, lat = f["lon"].values, f["lat"].values
$(cat)
EOF
}

cma_header ()
{
  printf '66666 0000 %4d 0010 2401 0 6 Edge                             20240908\n' "$1"
}

@test "a track file without a fix: no storm, empty tables, and nothing known of the wind" {
  scenario cma_bst EPSG:4490 109 111 18 20 0.5
  : >t.txt
  "$SANFANG" run s.yaml -o out --json --log-level error >answers || [ $? -eq 3 ] # the empty file is quarantined
  jq -es 'all(.[] | select(.rows); .rows == [])' answers
  jq -e '.features == []' out/current/products/track_lines.geojson
  winds <<'EOF'
assert u.shape[0] == 1 and np.isnan(u).all() and np.isnan(top).all() and np.isnan(hours).all()
EOF
}

@test "a single fix: a wind that stands around it, no landfall, no line" {
  scenario cma_bst EPSG:4490 108 112 17 21 0.25
  { cma_header 1; echo "2024090600 5 190 1100  950      45"; } >t.txt
  "$SANFANG" run s.yaml -o out --json --log-level error >answers
  jq -es '.[] | select(.dataset == "landfalls") | .rows == []' answers
  jq -e '.features == []' out/current/products/landfalls.geojson
  jq -e '.features | length == 1 and .[0].geometry == null' out/current/products/track_lines.geojson
  winds <<'EOF'
assert u.shape[0] == 1
speed = np.hypot(u, v)[0]
assert 25 < np.nanmax(speed) < 70, np.nanmax(speed)
j, i = np.unravel_index(np.nanargmax(speed), speed.shape)
assert np.hypot((lon[i] - 110) * np.cos(np.radians(19)), lat[j] - 19) < 0.6
north, south = u[0, lat > 19.2][:, abs(lon - 110) < 0.2], u[0, lat < 18.8][:, abs(lon - 110) < 0.2]
assert (north < 0).all() and (south > 0).all()
assert np.allclose(top[np.isfinite(top)], speed[np.isfinite(top)], atol=0.01)
EOF
}

# In the CMA layout a wind of 0 is missing (handbook: 9 = below 10 m/s, 0 = missing).
@test "a fix without wind has no grade: missing is not 'weaker than a depression'" {
  scenario cma_bst EPSG:4490 108 112 17 21 0.25
  sed -i 's/\[track_lines, landfalls\]/[track_lines, landfalls, track_hourly]/' s.yaml
  { cma_header 2; echo "2024090600 5 190 1110  950       0"; echo "2024090601 5 190 1108  950       0"; } >t.txt
  "$SANFANG" run s.yaml -o out --log-level error >/dev/null
  jq -e '.features | length == 2 and all(.properties.wind_mps == null and .properties.grade == null)' \
    out/current/products/track_hourly.geojson
}

@test "a track of a year is refused in words: a date is wrong" {
  scenario cma_bst EPSG:4490 108 112 17 21 0.25
  { cma_header 2; echo "2023090600 5 190 1110  950      45"; echo "2024090606 5 190 1100  950      45"; } >t.txt
  run "$SANFANG" run s.yaml -o out --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"2023-09-06"*"2024-09-06"*"is a date wrong?"* ]]
}

@test "across 180 degrees: the wind is whole on both sides and the line does not run round the Earth" {
  { cma_header 3; echo "2024090600 5 190 1785  950      45"; echo "2024090606 5 190 1800  950      45"
    echo "2024090612 5 190 1815  950      45"; } >t.txt
  scenario cma_bst EPSG:4490 178 180 18 20 0.25
  "$SANFANG" run s.yaml -o west --log-level error >/dev/null
  scenario cma_bst EPSG:4490 -180 -178 18 20 0.25
  "$SANFANG" run s.yaml -o east --log-level error >/dev/null
  # RFC 7946, section 3.1.9: a line across the antimeridian is cut there.
  jq -e '.features | length == 1 and .[0].geometry == {type: "MultiLineString",
      coordinates: [[[178.5, 19], [180, 19]], [[-180, 19], [-178.5, 19]]]}' west/current/products/track_lines.geojson
  scenario cma_bst EPSG:4490 178 182 18 20 0.25
  "$SANFANG" run s.yaml -o whole --log-level error >/dev/null
  winds_of=west winds <<'EOF'
np.save("west.npy", np.array([top[:, ::-1]]))
EOF
  winds_of=east winds <<'EOF'
west, east = np.load("west.npy")[0], top
assert np.isfinite(west).all() and np.isfinite(east).all()
# The storm passes along 19 N at an even pace: beside 180 degrees the strongest wind is the same on either side.
assert abs(west[:, 0] - east[:, 0]).max() < 2, abs(west[:, 0] - east[:, 0]).max()
assert west[:, 0].max() > 30
whole = xarray.open_dataset("whole/current/products/wind-near.nc", decode_times=False)["wind_max"].values
assert abs(whole - np.hstack([west[:, ::-1], east])).max() < 1e-4
EOF
}

@test "where the known coast ends there is no landfall, and the log says how far it goes" {
  scenario cma_bst EPSG:4490 109 111 18 20 0.5
  { cma_header 3; echo "2024090600 5 330 1130  980      30"; echo "2024090606 5 300 1130  980      30"
    echo "2024090612 5 270 1130  985      25"; } >t.txt # over China from the north, across the coast data's rim at 30 N
  run "$SANFANG" run s.yaml -o out --lang en
  [ "$status" -eq 0 ]
  [[ $output == *"the track leaves the known coast (100-125 E, 0-30 N)"* ]]
  jq -e '.features == []' out/current/products/landfalls.geojson
}

@test "south of the equator the wind goes clockwise" {
  scenario atcf EPSG:4490 148 152 -17 -13 0.25
  cat >t.txt <<'EOF'
SH, 12, 2024090100,   , BEST,   0, 150S, 1500E,  90,  950, TY
SH, 12, 2024090106,   , BEST,   0, 150S, 1500E,  90,  950, TY
EOF
  "$SANFANG" run s.yaml -o out --log-level error >/dev/null
  winds <<'EOF'
near = abs(lon - 150) < 1, abs(lat + 15) < 1
for k in range(u.shape[0]):
    north, south = u[k, (lat > -14.8) & near[1]][:, near[0]], u[k, (lat < -15.2) & near[1]][:, near[0]]
    east, west = v[k, near[1]][:, (lon > 150.2) & near[0]], v[k, near[1]][:, (lon < 149.8) & near[0]]
    assert (north > 0).all() and (south < 0).all() and (east < 0).all() and (west > 0).all(), k
assert np.hypot(u, v).max() > 30
EOF
  # The same storm mirrored to 15 N turns the other way, with the same speeds.
  sed -i 's/150S/150N/; s/^SH/WP/' t.txt
  scenario atcf EPSG:4490 148 152 13 17 0.25
  "$SANFANG" run s.yaml -o north --log-level error >/dev/null
  winds <<'EOF'
g = xarray.open_dataset("north/current/products/wind-near.nc", decode_times=False)
assert abs(g["wind_u_cube"].values[:, ::-1] - u).max() < 1e-4
assert abs(g["wind_v_cube"].values[:, ::-1] + v).max() < 1e-4
EOF
}

@test "a domain far from the storm is missing, not calm" {
  scenario cma_bst EPSG:4490 109 111 18 20 0.5
  { cma_header 2; echo "2024090600 5 190 1400  950      45"; echo "2024090606 5 190 1390  950      45"; } >t.txt
  "$SANFANG" run s.yaml -o out --json --log-level error >answers
  jq -es '.[] | select(.dataset == "wind_areas@near") | .rows == []' answers
  jq -es '.[] | select(.dataset == "landfalls") | .rows == []' answers
  run "$SANFANG" run s.yaml -o words --lang en --log-level error
  [ "$status" -eq 0 ]
  [[ $output == *"no rows; missing data is never an all-clear"* ]]
  winds <<'EOF'
assert np.isnan(top).all() and np.isnan(hours).all()
EOF
  "$SANFANG" query point 110 19 -o out --json --log-level error >point
  jq -e '[.layers[] | select(.dataset == "wind_max") | .value] == [null]' point
}

@test "a projected grid is refused in words by the wind" {
  scenario cma_bst EPSG:32649 300000 500000 2000000 2200000 5000
  { cma_header 2; echo "2024090600 5 190 1100  950      45"; echo "2024090606 5 190 1090  950      45"; } >t.txt
  run "$SANFANG" run s.yaml -o out --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"longitude and latitude"*"EPSG:32649"* ]]
  [ ! -e out/current ]
}

# Path and SHA-256 of every product, from the manifest, after they were found to be true.
sums ()
{
  jq -r '.products[] | .sha256 + "  " + .path' "$1/current/manifest.json" >sums.txt
  [ "$(wc -l <sums.txt)" -gt 10 ]
  (cd "$1/current" && sha256sum --quiet -c) <sums.txt
  sort sums.txt
}

@test "one thread and two, now and 2 s later, in one folder and another: the same bytes" {
  scenario=$SANFANG_SHARE/scenarios/rammasun-2014.yaml
  "$SANFANG" run "$scenario" -o one --threads 1 --log-level error >/dev/null
  sums one >one.sums
  sleep 2
  mkdir elsewhere
  "$SANFANG" run "$scenario" -o elsewhere/two --threads 2 --log-level error >/dev/null
  sums elsewhere/two >two.sums
  diff one.sums two.sums
  cmp one/current/manifest.json elsewhere/two/current/manifest.json
  [ "$(basename "$(readlink one/current)")" = "$(basename "$(readlink elsewhere/two/current)")" ]
}

@test "forces are of the 2-minute mean, whatever averaging time the products carry" {
  scenario cma_bst EPSG:4490 108 112 17 21 0.25
  sed -i 's/^answers:/answers:\n  - {dataset: track_points}/' s.yaml
  { cma_header 2; echo "2024090600 5 190 1100  950      45"; echo "2024090606 5 195 1095  950      45"; } >t.txt
  "$SANFANG" run s.yaml -o two --json --log-level error >two.json
  "$SANFANG" run s.yaml -o ten --json --log-level error --set models.typhoon.averaging=10 >ten.json
  for f in two ten; do
    winds_of=$f winds <<EOF
np.save("$f.npy", hours)
np.save("$f-max.npy", top)
EOF
    jq -es '.[] | select(.dataset == "track_points") | .rows | all(.beaufort == 14)' $f.json
  done
  winds_of=two winds <<'EOF'
a, b = np.load("two.npy"), np.load("ten.npy")
assert np.nanmax(a) > 0 and np.nanmax(abs(a - b)) < 0.02, np.nanmax(abs(a - b))
x, y = np.load("two-max.npy"), np.load("ten-max.npy")
assert abs(np.nanmedian(x / y) - 1.16 / 1.08) < 1e-3
EOF
}
