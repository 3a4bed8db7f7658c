# SPDX-License-Identifier: Apache-2.0
# What is refused when departments are read, and what sanfang check tells of them.

setup ()
{
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir departments
  cp "$srcdir"/share/departments/*.yaml departments/
  cat >live.yaml <<'EOF'
scenario: live
title: {en: a, zh: a}
clock: now
departments: departments
domain: {grids: {near: {crs: "EPSG:4490", x: [109, 111], y: [18, 20], cell: 0.5}}}
EOF
}

check () { run "$SANFANG" check live.yaml --lang en "$@"; }

@test "the departments as they are shipped are valid" {
  check
  [ "$status" -eq 0 ]
}

@test "a password among the settings of a transport is refused and not repeated" {
  sed -i '0,/user=sanfang/s//user=sanfang password=open-sesame/' departments/water.yaml
  check
  [ "$status" -eq 1 ]
  [[ $output == *"departments/water.yaml:$(grep -n open-sesame departments/water.yaml | cut -d: -f1):"*"reservoirs: connection of postgres_poll"*"secret_file"* ]]
  [[ $output != *sesame* ]]
  cp "$srcdir/share/departments/water.yaml" departments/
  sed -i 's|plugin: mqtt,.*|plugin: http_poll, url: "https://host/list", headers: ["Authorization: Bearer open-sesame"]}|' \
    departments/housing.yaml
  check
  [ "$status" -eq 1 ]
  [[ $output == *"waterlogging: headers of http_poll"* && $output != *sesame* ]]
  sed -i 's|Bearer open-sesame|Bearer {secret:key}|' departments/housing.yaml
  check
  [ "$status" -eq 0 ]
}

@test "an address that is not of http is refused when it is read" {
  sed -i 's|plugin: mqtt,.*|plugin: http_poll, url: "ftp://host/list"}|' departments/housing.yaml
  check
  [ "$status" -eq 1 ]
  [[ $output == *"departments/housing.yaml:"*"url must begin with one of http://, https://"* ]]
}

@test "two files with one department, or two departments with one number, are refused with both files" {
  sed 's/^  power_outage:/  power_outage_2:/' departments/powergrid.yaml >departments/powergrid-old.yaml
  check
  [ "$status" -eq 1 ]
  [[ $output == *"departments/powergrid.yaml:3:"*"department 'powergrid' stands in ./departments/powergrid-old.yaml already"* ]]
  sed -i 's/^department: powergrid/department: telecom/' departments/powergrid-old.yaml
  check
  [ "$status" -eq 1 ]
  [[ $output == *"departments/powergrid.yaml:4:"*"number 20 is that of department 'telecom' in ./departments/powergrid-old.yaml already"* ]]
  sed -i 's/^number: 20/number: 19/' departments/powergrid-old.yaml
  check
  [ "$status" -eq 0 ]
  sed -i 's/^number: 19/number: 19.5/' departments/powergrid-old.yaml
  check
  [ "$status" -eq 1 ]
  [[ $output == *"powergrid-old.yaml:4:"* ]]
}

@test "which day a daily rain is of is stated, or check says that hours are not held against it" {
  check
  [[ $output == *"rain of hours against that of days"*"hydrology"*"08-08"* ]]
  [[ $output != *"no day is stated"* ]] # neither a radar's picture nor a mapping without rain brings any
  sed -i '/agreement: {rain_day: 08-08}/d; /^    quality:$/d' departments/water.yaml
  check
  [ "$status" -eq 0 ]
  [[ $output == *"rain_day): hydrology"* ]]
  check --json
  [ "$(jq -c .rain_day <<<"$output")" = '{"hydrology":null}' ]
}

# line WORDS: what is told of feeds.power_outage.WORDS, its blanks made one.
told () { tr -s ' ' <<<"$output" | grep -x " feeds.power_outage.$1.*"; }

@test "check shows what holds for a feed and where it stands" {
  sed -i '/cadence:/a\    area: [108, 18, 111, 20.5]' departments/powergrid.yaml
  sed -i '/lateness:/d' departments/powergrid.yaml
  line=$(grep -n 'cadence:' departments/powergrid.yaml | cut -d: -f1)
  check
  [ "$(told cadence)" = " feeds.power_outage.cadence 1h ./departments/powergrid.yaml:$line:14" ]
  [ "$(told lateness)" = " feeds.power_outage.lateness 1h default" ]
  [ "$(told area)" = " feeds.power_outage.area 108, 18, 111, 20.5 ./departments/powergrid.yaml:$((line + 1)):11" ]
  [ "$(told isolation)" = " feeds.power_outage.isolation cage default" ]
}

@test "limits with a fault are refused when their file is read" {
  sed -i 's/water_depth: {hard/water_depht: {hard/' departments/housing.yaml
  check
  [ "$status" -eq 1 ]
  [[ $output == *"departments/housing.yaml:"*"unknown key 'water_depht'; did you mean 'water_depth'?"* ]]
}
