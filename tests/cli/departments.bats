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
  [[ $output == *"departments/water.yaml:20:"*"reservoirs: connection of postgres_poll"*"secret_file"* ]]
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
