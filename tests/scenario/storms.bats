# SPDX-License-Identifier: Apache-2.0
# Several storms at once, rings of a bulletin and a forecast joined to the analysis, through the whole program.

setup ()
{
  cd "$BATS_TEST_TMPDIR" || return 1
  if ! /usr/bin/python3 -c 'import xarray, netCDF4, numpy' 2>/dev/null; then
    skip "python3-xarray or python3-netcdf4 is missing"
  fi
}

# scenario DECODER TYPHOON-SETTINGS DATASETS: writes s.yaml, which reads the files of the folder t
scenario ()
{
  cat >s.yaml <<EOF
scenario: storms
title: {en: Storms, zh: 台风}
clock: 2024-09-10T00:00:00Z
domain:
  grids:
    near: {crs: "EPSG:4490", x: [104, 116], y: [14, 24], cell: 0.2}
feeds:
  best:
    transport: {plugin: spool, path: t}
    decoder: {plugin: $1}
datasets:
  tracks: {records: track, feeds: [best]}
models:
  ground: {}
  typhoon: {step: 1h$2}
outputs:
  - {plugin: cf, name: wind, datasets: [$3]}
  - {plugin: geojson, name: storm, datasets: [track_hourly]}
answers:
  - {dataset: landfalls}
  - {dataset: closest_approach}
  - {dataset: ring_fit}
EOF
}

# Run python with file (name): the winds of a snapshot's folder.
winds ()
{
  /usr/bin/python3 - <<EOF
import numpy as np, xarray
def file(folder):
    return xarray.open_dataset(folder + "/current/products/wind-near.nc", decode_times=False)
$(cat)
EOF
}

storm ()
{
  printf '66666 0000 %4d %04d %s 0 6 %-8s                         20240908\n' "$1" "$2" "$3" "$4"
}

rows ()
{
  jq -es ".[] | select(.dataset == \"$1\") | .rows | $2" answers
}

west ()
{
  storm 3 10 2401 One
  echo "2024090600 5 190 1130  950      45"
  echo "2024090606 5 190 1120  950      45"
  echo "2024090612 5 190 1110  950      45"
}

south ()
{
  storm 3 11 2402 Two
  echo "2024090603 5 160 1110  960      40"
  echo "2024090609 5 165 1105  960      40"
  echo "2024090615 5 170 1100  960      40"
}

@test "two storms: the larger wind, the earliest arrival, the latest end, the union of hours" {
  mkdir t
  set='wind_max@near, wind_arrival@near, wind_end@near, wind_duration@near'
  scenario cma_bst ', times: step' "$set"
  west >t/a.txt
  "$SANFANG" run s.yaml -o one --log-level error >/dev/null
  rm t/a.txt
  south >t/b.txt
  "$SANFANG" run s.yaml -o two --log-level error >/dev/null
  west >t/a.txt
  "$SANFANG" run s.yaml -o both --json --log-level error >answers
  rows closest_approach '[.[].storm] | unique == ["2401", "2402"]'
  winds <<'EOF'
one, two, both = (file(f) for f in ("one", "two", "both"))
def hours(f, name):  # since the first storm's first fix; the second's is 3 h later
    return f[name].values + (3 if f is two else 0)
close = lambda a, b, tol: np.nanmax(abs(a - b)) < tol
top = np.fmax(one["wind_max"].values, two["wind_max"].values)
assert (np.isnan(top) == np.isnan(both["wind_max"].values)).all()
assert close(top, both["wind_max"].values, 0.1), np.nanmax(abs(top - both["wind_max"].values))
# A speed at a threshold may fall to either side in the tables: a few cells.
arrival = np.fmin(hours(one, "wind_arrival"), hours(two, "wind_arrival"))
end = np.fmax(hours(one, "wind_end"), hours(two, "wind_end"))
for a, b in ((arrival, both["wind_arrival"].values), (end, both["wind_end"].values)):
    assert np.mean(~((a == b) | (np.isnan(a) & np.isnan(b)))) < 0.01
alone, together = np.nansum([one["wind_duration"].values, two["wind_duration"].values], axis=0), both["wind_duration"].values
assert (together[np.isfinite(together)] <= alone[np.isfinite(together)] + 1.01).all()
assert (together < alone - 0.5)[np.isfinite(together)].any()  # hours in both storms count once
EOF
}

# One bulletin with rings in the site's order NE, SE, NW, SW, and a forecast without rings.
bulletin ()
{
  cat <<'EOF'
{"tfid":"202411","name":"摩羯","enname":"YAGI","isactive":"1","starttime":"","endtime":"","warnlevel":"","centerlng":"","centerlat":"","land":[],
"points":[{"time":"2024-09-06 08:00:00","lng":"112.0","lat":"19.0","strong":"","power":"15","speed":"48","pressure":"945","movespeed":"15","movedirection":"西","radius7":"300|250|200|220","radius10":"150|120|100|110","radius12":"80|70|50|60",
"forecast":[{"tm":"中国","forecastpoints":[{"time":"2024-09-06 20:00:00","lng":"110.0","lat":"19.6","strong":"","power":"","speed":"42","pressure":"955"},{"time":"2024-09-07 08:00:00","lng":"108.0","lat":"20.2","strong":"","power":"","speed":"35","pressure":"970"}]}]}]}
EOF
}

@test "rings are met, and the forecast follows the analysis" {
  mkdir t
  bulletin >t/b.json
  scenario zjwater_json '' 'wind_cube@near, wind_max@near, wind_gust@near'
  "$SANFANG" run s.yaml -o out --json --log-level error >answers
  rows ring_fit 'length == 12 and all(.solved == 1 and ((.given - .met) | fabs) < 0.01)'
  jq -e '.features | length == 25' out/current/products/track_hourly.geojson
  winds <<'EOF'
f = file("out")
lon, lat, speed = f["lon"].values, f["lat"].values, f["wind_cube"].values[0]
x = (lon - 112)[None, :] * 111.12 * np.cos(np.radians(19)) + 0 * lat[:, None]
y = (lat - 19)[:, None] * 111.12 + 0 * lon[None, :]
r = np.hypot(x, y)
cell = 0.2 * 111.12
for force, mps, rings in ((7, 13.9, (300, 250, 220, 200)), (10, 24.5, (150, 120, 110, 100))):
    for q, given in enumerate(rings):  # NE SE SW NW
        inside = ((x > 0) == (q < 2)) & ((y > 0) == (q in (0, 3))) & (speed >= mps)
        assert given - 1.5 * cell < r[inside].max() <= given * 1.001, (force, q, given, r[inside].max())
assert f["wind_cube"].shape[0] == 25
gust = f["wind_gust"].values / f["wind_max"].values
assert 1.1 < np.nanmin(gust) and np.nanmax(gust) < 1.2
EOF
  "$SANFANG" run s.yaml -o mean --set models.typhoon.radii=mean --log-level error >/dev/null
  "$SANFANG" run s.yaml -o none --set models.typhoon.radii=none --log-level error >/dev/null
  winds <<'EOF'
area = lambda f: int((file(f)["wind_max"].values >= 13.9).sum())
assert area("mean") < area("out"), (area("mean"), area("out"))
assert area("none") != area("out")
EOF
}

@test "a roughness raster takes friction out over land, a wrong file is refused in words" {
  mkdir t
  west >t/a.txt
  /usr/bin/python3 - <<'EOF' || skip "python3-gdal is missing"
from osgeo import gdal, osr
import numpy as np
s = osr.SpatialReference(); s.ImportFromEPSG(4326)
d = gdal.GetDriverByName("GTiff").Create("cover.tif", 120, 100, 1, gdal.GDT_Byte)
d.SetGeoTransform((104, 0.1, 0, 24, 0, -0.1)); d.SetProjection(s.ExportToWkt())
a = np.full((100, 120), 80, np.uint8); a[:, :60] = 10
d.GetRasterBand(1).WriteArray(a)
EOF
  scenario cma_bst '' 'wind_max@near, wind_gust@near'
  "$SANFANG" run s.yaml -o sea --log-level error >/dev/null
  "$SANFANG" run s.yaml -o ground --set models.typhoon.roughness="$PWD/cover.tif" --log-level error >/dev/null
  winds <<'EOF'
sea, ground = file("sea"), file("ground")
ratio = ground["wind_max"].values / sea["wind_max"].values
lon = sea["lon"].values
# forest of 1 m against the sea of 0.003 m: (1/0.003)^0.0706 ln 10 / ln 3333 = 0.4278
assert np.nanmax(abs(ratio[:, lon < 110] - 0.4278)) < 0.002, np.nanmax(abs(ratio[:, lon < 110] - 0.4278))
assert np.nanmax(abs(ratio[:, lon > 110] - 1)) < 0.002
gust = ground["wind_gust"].values / ground["wind_max"].values
assert np.nanmax(abs(gust[:, lon < 110] - 1.55)) < 0.001 and np.nanmax(abs(gust[:, lon > 110] - 1.15)) < 0.001
EOF
  echo nonsense >cover.tif
  run "$SANFANG" run s.yaml -o wrong --set models.typhoon.roughness="$PWD/cover.tif" --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"cover.tif"* ]]
}

# A ridge of 500 m, 0.2 degrees wide, on a plain: its cells stand 500 m less the mean within 5 km above it.
@test "a hill speeds the wind up, a plain does not" {
  mkdir t
  west >t/a.txt
  /usr/bin/python3 - <<'EOF' || skip "python3-gdal is missing"
from osgeo import gdal, osr
import numpy as np
s = osr.SpatialReference(); s.ImportFromEPSG(4326)
d = gdal.GetDriverByName("GTiff").Create("height.tif", 1200, 1000, 1, gdal.GDT_Float32)
d.SetGeoTransform((104, 0.01, 0, 24, 0, -0.01)); d.SetProjection(s.ExportToWkt())
a = np.zeros((1000, 1200), np.float32); a[:, 610:614] = 500
d.GetRasterBand(1).WriteArray(a)
EOF
  scenario cma_bst '' 'wind_max@near'
  sed -i 's/cell: 0.2/cell: 0.04/; s/x: \[104, 116\]/x: [109.5, 110.7]/; s/y: \[14, 24\]/y: [18.4, 19.6]/' s.yaml
  "$SANFANG" run s.yaml -o sea --log-level error >/dev/null
  "$SANFANG" run s.yaml -o hill --set models.typhoon.elevation="$PWD/height.tif" --log-level error >/dev/null
  winds <<'EOF'
ratio = file("hill")["wind_max"].values / file("sea")["wind_max"].values
lon = file("sea")["lon"].values
ridge, plain = abs(lon - 110.12) < 0.021, (lon < 109.99) | (lon > 110.25)
assert np.nanmax(abs(ratio[:, plain] - 1)) < 0.002
# The mean over a circle of 5 km is between 0.4 and 0.6 of the ridge's height: 1 + 1.6 (0.4 to 0.6) 500/2500.
assert 1.12 < np.nanmin(ratio[:, ridge]) and np.nanmax(ratio[:, ridge]) < 1.20, ratio[:, ridge]
EOF
}

@test "a wind of weather prediction stands outside the core" {
  mkdir t
  west >t/a.txt
  scenario cma_bst '' 'wind_u_cube@near, wind_v_cube@near, wind_max@near'
  "$SANFANG" run s.yaml -o first --log-level error >/dev/null
  /usr/bin/python3 - <<'EOF'
import netCDF4
f = netCDF4.Dataset("first/current/products/wind-near.nc")
g = netCDF4.Dataset("nwp.nc", "w")
for name in f.dimensions: g.createDimension(name, len(f.dimensions[name]))
for old in f.variables:
    v = f.variables[old]
    if old == "wind_max": continue
    name = {"wind_u_cube": "u10", "wind_v_cube": "v10"}.get(old, old)
    w = g.createVariable(name, v.dtype, v.dimensions)
    w.setncatts({k: v.getncattr(k) for k in v.ncattrs() if k != "_FillValue"})
    if v.ndim: w[...] = {"u10": 6.0, "v10": 8.0}.get(name, v[...])
g.setncatts({k: f.getncattr(k) for k in f.ncattrs()})
g.close()
EOF
  "$SANFANG" run s.yaml -o out --set models.typhoon.nwp="$PWD/nwp.nc" --set models.typhoon.nwp_none=300 --log-level error >/dev/null
  winds <<'EOF'
f, alone = file("out"), file("first")
lon, lat = f["lon"].values, f["lat"].values
u, v = f["wind_u_cube"].values[0], f["wind_v_cube"].values[0]
r = np.hypot((lon - 113)[None, :] * 111.12 * np.cos(np.radians(19)), (lat - 19)[:, None] * 111.12)
far, core = r > 305, (r < 195) & (r > 20)
house = 1.16 / 1.08  # 10-minute to 2-minute, as agencies compare
assert np.allclose(u[far], 6 * house, atol=1e-3) and np.allclose(v[far], 8 * house, atol=1e-3)
assert np.allclose(u[core], alone["wind_u_cube"].values[0][core], atol=1e-3)
assert not np.isnan(f["wind_max"].values).any()
EOF
  run "$SANFANG" run s.yaml -o wrong --set models.typhoon.nwp="$PWD/nwp.nc" --set models.typhoon.nwp_u=u100 --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"nwp.nc"*"u100"* ]]
  run "$SANFANG" run s.yaml -o wrong --set models.typhoon.nwp="$PWD/nwp.nc" --set models.typhoon.nwp_none=100 --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"nearer than nwp_full"* ]]
}

# forecast FIXES: a bulletin of 08:00 at 112 E 19 N, 48 m/s, without rings, and its forecast
forecast ()
{
  printf '{"tfid":"202411","name":"摩羯","enname":"YAGI","isactive":"1","land":[],"points":[{"time":"2024-09-06 08:00:00",'
  printf '"lng":"112.0","lat":"19.0","strong":"","power":"15","speed":"48","pressure":"945","movespeed":"15","movedirection":"西",'
  printf '"forecast":[{"tm":"中国","forecastpoints":[%s]}]}]}' "$1"
}

# Agencies give 72 h and 120 h and nothing between: the wind runs straight, 48 to 24 m/s in 48 h.
@test "two days between the leads of a forecast, or more, are no gap in the wind" {
  mkdir t
  far='{"time":"2024-09-08 08:00:00","lng":"108.0","lat":"20.0","speed":"24","pressure":"985"}'
  forecast "$far" >t/a.json
  scenario zjwater_json ', path: linear' 'wind_cube@near'
  "$SANFANG" run s.yaml -o two --json --log-level error >answers
  jq -e '[.features[].properties.wind_mps] | length == 49 and .[0] == 48 and .[24] == 36 and .[48] == 24' \
    two/current/products/track_hourly.geojson
  forecast "${far/2024-09-08/2024-09-09}" >t/a.json
  "$SANFANG" run s.yaml -o three --json --log-level error >answers
  winds <<'EOF'
for days, folder in ((2, "two"), (3, "three")):
    peak = np.nanmax(file(folder)["wind_cube"].values, axis=(1, 2))
    assert len(peak) == 24 * days + 1 and np.isfinite(peak).all()
    assert (np.diff(peak) < 3).all() and peak[-1] < 0.8 * peak[0], peak
EOF
}

@test "a lone storm keeps its wind where its last fixes have none; one without any has no wind" {
  mkdir t
  forecast '{"time":"2024-09-06 20:00:00","lng":"111.0","lat":"19.5"}' >t/a.json
  scenario zjwater_json '' 'wind_cube@near, wind_max@near'
  "$SANFANG" run s.yaml -o out --json --log-level error >answers
  winds <<'EOF'
peak = np.nanmax(file("out")["wind_cube"].values, axis=(1, 2))
assert len(peak) == 13 and (peak > 30).all(), peak
EOF
  sed -i 's/"speed":"48","pressure":"945",//' t/a.json
  run "$SANFANG" run s.yaml -o none --lang en
  [ "$status" -eq 0 ]
  [[ $output == *"neither wind nor pressure"* ]]
  winds <<'EOF'
assert np.isnan(file("none")["wind_max"].values).all()
EOF
}

@test "storms of two seasons in one query are refused in words" {
  mkdir t
  west >t/a.txt
  south | sed 's/^202409/202404/' >t/b.txt
  scenario cma_bst '' 'wind_max@near'
  run "$SANFANG" run s.yaml -o out --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"2024-04-06"*"2024-09-06"*"narrow the query"* ]]
}
