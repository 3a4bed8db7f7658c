# SPDX-License-Identifier: Apache-2.0
# Rain and surge without a storm, through the whole program: nobody makes a track, there is none, or the storm is far away;
# and with two at once.

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

@test "the typhoon model has no track: the same" {
  scenario 'ground: {}, typhoon: {step: 1h}, rain: {}, sea: {}'
  far_storm >t.txt
  "$SANFANG" run s.yaml -o out --set datasets.tracks.storm=9999 --json --log-level error >answers
  [ "$(rows county_rain | jq -r .verdict | sort -u)" = "unknown, at least 0 mm" ]
  rows station_surge | jq -es '.[] | select(.code == "xiuying") | .surge == null and .total == .tide'
}

# storm SERIAL LON10: six hours over 19 N
storm ()
{
  printf '66666 %s %4d %s %s 0 6 Edge                             20240908\n' "$1" 2 "$1" "$1"
  echo "2014091500 5 190 $2  950      45"
  echo "2014091506 5 190 $2  950      45"
}

# counties FILE: total of the counties' mean rain, mm
counties ()
{
  jq -es '[.[] | select(.dataset == "county_rain") | .rows[].mean_rain // 0] | add' "$1"
}

@test "two storms at once: their rain adds, the deeper one counts at the gauges" {
  scenario 'ground: {}, typhoon: {step: 1h}, rain: {}, sea: {}'
  storm 1401 1100 >t.txt
  "$SANFANG" run s.yaml -o out1 --json --log-level error >one
  { storm 1401 1100; storm 1402 1095; } >t.txt
  "$SANFANG" run s.yaml -o out2 --json --log-level error >two
  storm 1402 1095 >t.txt
  "$SANFANG" run s.yaml -o out3 --json --log-level error >other
  jq -en "$(counties two) as \$both | ($(counties one) + $(counties other)) as \$sum | \$sum > 100 and (\$both / \$sum - 1 | fabs) < 0.001"
  for f in one two other; do
    jq -s '[.[] | select(.dataset == "station_surge") | .rows[] | .surge_pressure // 0] | add' $f
  done >pressures
  jq -es '.[1] >= .[0] and .[1] >= .[2] and .[1] < .[0] + .[2]' pressures
}

@test "a misspelt setting of the rain is answered with the nearest" {
  scenario 'ground: {}, rain: {elevaton: x}, sea: {}'
  : >t.txt
  run "$SANFANG" check s.yaml --lang en
  [ "$status" -ne 0 ]
  [[ $output == *elevation* ]]
}
