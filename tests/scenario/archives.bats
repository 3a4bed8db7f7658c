# SPDX-License-Identifier: Apache-2.0
# Whole tile pyramids in one file: PMTiles as its specification reads, MBTiles as GDAL and SQLite read it, both with the very
# tiles that xyz writes; and what goes wrong. `near` is where the storm passes, `far` is calm: its maximum reaches no class.

setup_file ()
{
  export folder=$BATS_FILE_TMPDIR
  cd "$folder" || return 1
  cat >s.yaml <<EOF
scenario: archives
title: {en: "Archives <1>", zh: 瓦片包}
clock: 2014-07-20T00:00:00Z
domain:
  grids:
    near: {crs: "EPSG:4490", x: [108.5, 112], y: [17.5, 21], cell: 0.05}
    far: {crs: "EPSG:4490", x: [80, 81], y: [40, 41], cell: 0.1}
feeds:
  best:
    transport: {plugin: spool, path: "$SANFANG_SHARE/scenarios/data/rammasun-2014-cma.txt"}
    decoder: {plugin: cma_bst}
datasets:
  tracks: {records: track, feeds: [best], storm: "1409"}
models:
  ground: {}
  typhoon: {}
snapshot: {cubes: [wind_hourly@near]}
answers:
  - {dataset: landfalls}
EOF
  "$SANFANG" run s.yaml -o out --log-level error >/dev/null
}

setup () { cd "$folder" || return 1; }

# export_to FOLDER FORMAT DATASETS...
export_to () { local to=$1; shift; "$SANFANG" export --format "$@" -o out --to "$to" --lang en; }

check () { /usr/bin/python3 "$srcdir/tests/scenario/archives.py" "$@"; }

@test "archives hold the tiles of xyz and what is said of them, in two runs the same bytes" {
  for format in xyz pmtiles mbtiles; do
    export_to a $format wind_max@near wind_arrival@near landfalls track_points --set sets=w >/dev/null
    export_to b $format wind_max@near wind_arrival@near landfalls track_points --set sets=w --threads 1 >/dev/null
  done
  diff -r a b
  [ "$(ls -A a | wc -l)" -eq 17 ] # 5 layers in three formats, the features in two, and nothing hidden
  for layer in wind_max-near wind_arrival-near-7 wind_arrival-near-12; do
    check pmtiles "a/export-$layer.pmtiles" "a/export-$layer/w"
    check mbtiles "a/export-$layer.mbtiles" "a/export-$layer/w"
  done
}

@test "steps of a cube are layers of their own; the painted one is that of the time" {
  for format in xyz pmtiles mbtiles; do
    export_to cube $format wind_hourly@near tracks --set sets=w \
      --set times=2014-07-18T14:00:00+08:00,2014-07-18T05:00:00Z >/dev/null
  done
  [ "$(ls -A cube | wc -l)" -eq 6 ]
  for hour in 05 06; do
    layer=export-wind_hourly-near-20140718T${hour}0000Z
    check pmtiles "cube/$layer.pmtiles" "cube/$layer/w"
    check mbtiles "cube/$layer.mbtiles" "cube/$layer/w"
    [ "$(jq -r .time "cube/$layer/w/tiles.json")" = "2014-07-18T$hour:00:00Z" ]
    # the value of the middle of the island at that hour, in the netCDF that GDAL reads, is of the class that is drawn there
    check step "cube/$layer/w" wind_hourly out/current/data/cubes-near.nc
  done
  run export_to no pmtiles wind_hourly@near --set times=2014-07-18T05:30:00Z
  [ "$status" -eq 1 ]
  [[ $output == *"2014-07-18T05:30:00Z is no step of wind_hourly@near"* ]]
  run export_to no pmtiles wind_hourly@near --set "times=2014-07-18 05:00"
  [ "$status" -eq 1 ]
  [[ $output == *"times: "*"has no time zone"* ]]
  [ -z "$(ls -A no)" ]
}

@test "features are vector tiles, each dataset a layer: the same in both archives, at their places" {
  for format in pmtiles mbtiles geojson; do
    export_to v $format landfalls track_points warning_lines wind_areas@near --name storm >/dev/null
  done
  [ "$(ls -A v | wc -l)" -eq 6 ]
  check vector v/storm-features.pmtiles v/storm-features.mbtiles v
}

@test "GDAL reads from an MBTiles file the pixels of its tiles" {
  export_to g mbtiles wind_max@near --set min_zoom=7 --set max_zoom=9 >/dev/null
  export_to g xyz wind_max@near --set min_zoom=7 --set max_zoom=9 --set sets=w >/dev/null
  check gdal g/export-wind_max-near.mbtiles g/export-wind_max-near/w
}

@test "a pyramid whose directories need leaves is read through them" {
  for format in xyz pmtiles; do
    export_to deep $format wind_max@near tracks --set sets=w --set min_zoom=13 --set max_zoom=13 --set style=wind_speed \
      --set compression=1 >/dev/null
  done
  run check pmtiles deep/export-wind_max-near.pmtiles deep/export-wind_max-near/w
  [ "$status" -eq 0 ]
  [[ $output == *" 2 leaves"* ]]
}

@test "equal tiles are stored once" {
  for format in xyz pmtiles mbtiles; do
    export_to once $format wind_max@near tracks --set sets=w --set max_zoom=11 >/dev/null
  done
  run check pmtiles once/export-wind_max-near.pmtiles once/export-wind_max-near/w
  [ "$status" -eq 0 ]
  [[ $output =~ ^([0-9]+)\ tiles\ ([0-9]+)\ entries\ ([0-9]+)\ contents\ 0\ leaves$ ]]
  [ "${BASH_REMATCH[3]}" -lt "${BASH_REMATCH[2]}" ] && [ "${BASH_REMATCH[2]}" -lt "${BASH_REMATCH[1]}" ]
  check mbtiles once/export-wind_max-near.mbtiles once/export-wind_max-near/w
}

@test "without max_zoom a pyramid ends where pixels are no larger than cells" {
  export_to z xyz wind_max@near --set min_zoom=4 >/dev/null
  # 0.05 degree; level 4 has 0.088 a pixel, 5 has 0.044
  jq -e '.minzoom == 4 and .maxzoom == 5' z/export-wind_max-near/w/tiles.json
  jq -e '.minzoom == 4 and .maxzoom == 5' z/export-wind_max-near/c/tiles.json
  export_to y xyz wind_max@near >/dev/null
  jq -e '.minzoom == 0' y/export-wind_max-near/w/tiles.json
  jq -e '.minzoom == 1' y/export-wind_max-near/c/tiles.json
}

@test "a layer that shows nothing has an archive of one empty tile, and that is said" {
  for format in pmtiles mbtiles; do
    run export_to empty $format wind_max@far --set min_zoom=3
    [ "$status" -eq 0 ]
    [[ $output == *"shows nothing at all"* ]]
    check transparent-$format empty/export-wind_max-far.$format
  done
}

@test "what an archive cannot be is refused in words" {
  refused () { # WORDS ARGUMENTS...
    local words=$1
    shift
    run export_to no "$@"
    [ "$status" -eq 1 ]
    [[ $output == *"$words"* ]]
    [ ! -e no ] || [ -z "$(ls -A no)" ]
  }
  for format in pmtiles mbtiles; do
    refused "'c' (EPSG:4490) cannot be in this format" $format wind_max@near --set sets=c
    refused "'q' is not a tile matrix set" $format wind_max@near --set sets=q
    refused "min_zoom 9 is above max_zoom 8" $format wind_max@near --set min_zoom=9 --set max_zoom=8
    refused "min_zoom 9 is above max_zoom 5, the natural one of wind_max@near" $format wind_max@near --set min_zoom=9
    refused "19" $format wind_max@near --set max_zoom=19
    refused "lower max_zoom or raise max_tiles" $format wind_max@near --set max_zoom=9 --set max_tiles=20
    refused "has no grid and no features to draw" $format tracks
    refused "'wind_forse'" $format wind_max@near --set style=wind_forse
  done
  refused "has no grid to draw" xyz landfalls
  run "$SANFANG" export --format pmtiles -o out
  [ "$status" -eq 2 ]
  run "$SANFANG" export pmtiles -o out --lang en
  [ "$status" -eq 2 ]
  [[ $output == *"no dataset is named"* ]]
}

@test "a disk that fills up leaves the old archive and nothing beside it" {
  for format in pmtiles mbtiles; do
    export_to full $format wind_max@near --set max_zoom=5 >/dev/null
    before=$(sha256sum full/*.$format)
    run bash -c 'trap "" XFSZ; ulimit -f 64; exec "$SANFANG" export --format "$1" wind_max@near -o out --to full --lang en --set max_zoom=10' _ $format
    [ "$status" -eq 1 ]
    [[ $output == *"full/"*"export-wind_max-near.$format: "* ]]
    [ "$(sha256sum full/*.$format)" = "$before" ]
  done
  [ "$(ls -A full)" = "$(printf 'export-wind_max-near.mbtiles\nexport-wind_max-near.pmtiles')" ]
  export_to full pmtiles wind_max@near --set max_zoom=6 >/dev/null
  [[ $(sha256sum full/*.pmtiles) != "$before" ]]
}

@test "an interrupt leaves no archive and nothing beside it" {
  for format in pmtiles mbtiles; do
    run timeout --foreground --preserve-status -s INT 0.7 "$SANFANG" export --format $format wind_max@near -o out --to cut \
      --set max_zoom=18 --set max_tiles=5000000
    [ "$status" -eq 1 ]
    [ -z "$(ls -A cut)" ]
  done
}
