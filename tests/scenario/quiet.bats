# SPDX-License-Identifier: Apache-2.0
# Rain and surge without a storm, through the whole program: nobody makes a track, or the storm is far away.

setup ()
{
  cd "$BATS_TEST_TMPDIR" || return 1
}

# scenario MODELS: writes s.yaml, which reads t.txt
scenario ()
{
  cat >s.yaml <<EOF
scenario: quiet
title: {en: Quiet, zh: 平静}
clock: 2014-09-16T00:00:00Z
domain:
  grids:
    near: {crs: "EPSG:4490", x: [107, 113], y: [17, 21.5], cell: 0.25}
feeds:
  best:
    transport: {plugin: spool, path: t.txt}
    decoder: {plugin: cma_bst}
datasets:
  tracks: {records: track, feeds: [best]}
models: {$1}
answers:
  - {dataset: county_rain}
  - {dataset: station_surge}
  - {dataset: tide_stations}
EOF
}

rows ()
{
  jq -c "select(.dataset == \"$1\") | .rows[]" answers
}

# A storm over the western Pacific for six hours.
far_storm ()
{
  printf '66666 0000 %4d 0010 2401 0 6 Edge                             20240908\n' 2
  echo "2014091500 5 190 1500  950      45"
  echo "2014091506 5 191 1490  950      45"
}

@test "nobody makes a track: rain unknown, at least 0; tide only" {
  scenario 'ground: {}, rain: {}, sea: {}'
  far_storm >t.txt
  "$SANFANG" run s.yaml -o out --json --log-level error >answers
  [ "$(rows county_rain | jq -r .verdict | sort -u)" = "unknown, at least 0 mm" ]
  [ "$(rows county_rain | jq -r .verdict_zh | sort -u)" = "未知，至少0毫米" ]
  [ "$(rows county_rain | jq -r .mean_rain_90 | sort -u)" = null ]
  rows station_surge | jq -es '.[] | select(.code == "xiuying") | .surge == null and (.total - 2.3 | fabs) < 0.1
    and (.verdict | startswith("no storm near: tide only"))'
  rows station_surge | jq -es 'all(.colour == "unknown")'
  rows tide_stations | jq -es 'length == 7 and (.[0].yellow == 2.9) and (.[0].blue == null)'
}

@test "a storm far away rains on nobody and lifts no tide" {
  scenario 'ground: {}, typhoon: {step: 1h}, rain: {}, sea: {}'
  far_storm >t.txt
  "$SANFANG" run s.yaml -o out --json --log-level error >answers
  [ "$(rows county_rain | jq -r .verdict | sort -u)" = "unknown, at least 0 mm" ]
  rows station_surge | jq -es '.[] | select(.code == "xiuying") | .surge == null and .total == .tide'
}

@test "a misspelt setting of the rain is answered with the nearest" {
  scenario 'ground: {}, rain: {elevaton: x}, sea: {}'
  : >t.txt
  run "$SANFANG" check s.yaml --lang en
  [ "$status" -ne 0 ]
  [[ $output == *elevation* ]]
}
