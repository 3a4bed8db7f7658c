# SPDX-License-Identifier: Apache-2.0
# What people enter and correct, looked at, carried, and replayed into new stores.

setup ()
{
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir spool
  cat >hydrology.yaml <<'EOF'
department: hydrology
title: {en: Hydrology, zh: 水文}
feeds:
  water_levels:
    title: {en: Water levels, zh: 水位}
    transport: {plugin: spool, path: spool}
    decoder: {plugin: manual}
    authority: official
    cadence: 1h
    lateness: 10min
EOF
}

sf () { "$SANFANG" "$@" --lang en; }

level () # KIND VALUE [MORE]...
{
  local kind=$1 value=$2
  shift 2
  sf "$kind" obs --data out --feed water_levels --asset 60102300 --quantity water_level --value "$value" \
    --time "2024-09-06 18:00+08:00" --by Wang --why "phone call from the gauge keeper" "$@"
}

replay () { sf replay --data out --departments hydrology.yaml --into "$@"; }

rows () { sqlite3 "$(find "$1/store" -name "observations-*.db")" "SELECT $2 FROM observation ORDER BY valid_s, revision"; }

@test "a phoned level is in the journal as it was typed" {
  run level enter 12.34
  [ "$status" -eq 2 ]
  [[ $output == *"nothing is known of a feed 'water_levels'"*"--new-feed"* ]]
  [ ! -e out ] # a folder with a slip in its name is not made
  run level enter 12.34 --new-feed
  [ "$status" -eq 0 ]
  [[ $output == *"60102300 water_level 12.34 m, 2024-09-06 18:00 BJT"*"message 1 of water_levels"*"no ingest runs there"* ]]
  run sf journal list --data out --format json
  [ "$(jq -r '[.id, .feed, .decoder, .source, .verdicts] | join(" ")' <<<"$output")" = "1 water_levels manual manual: Wang 0" ]
  run sf journal list --data out
  before=${lines[0]%source} row=${lines[1]%manual: Wang} # the titles stand above their columns
  [ "${#before}" -eq "${#row}" ]
  run sf journal list --data out --format json
  sf journal show 1 --data out >message
  [ "$(sha256sum <message | cut -d' ' -f1)" = "$(jq -r .sha256 <<<"$output")" ]
  [ "$(jq -r '.who + ", " + .why' message)" = "Wang, phone call from the gauge keeper" ]
  run sf decode manual message --json
  [ "$(jq -r '[.asset, .quantity, .value, .time, .quality] | join(" ")' <<<"$output")" = \
    "60102300 water_level 12.34 2024-09-06T10:00:00Z 0" ]
}

@test "a doubt is told to people in words, to programs by its name" {
  level enter 12340 --new-feed
  replay first
  run sf query obs --data first
  [[ $output == *"unreliable"*"not possible: outside the hard limits: 12340 > 2000 m; perhaps read in another unit: cm? 123.4"* ]]
  run "$SANFANG" query obs --data first --lang zh
  [[ $output == *"不可靠"*"不可能：超出硬限值: 12340 > 2000 m"* ]]
  run sf query obs --data first --json
  [[ $(jq -r .doubt <<<"$output") == "hard_range: 12340 > 2000 m; unit_suspect:"* ]]
}

@test "a correction stands above what it corrects, and both are there after a replay" {
  level enter 12.34 --new-feed
  replay first
  mkdir -p out && cp -r first/store out/
  run level correct 12.43 --why "digits swapped"
  [ "$status" -eq 0 ]
  [[ $output == *"12.43 m"*"revision 1"* ]]
  run replay again
  [ "$status" -eq 0 ]
  [[ $output == *"water_levels"*"through message 2"*"2 rows"*"digest"* ]]
  [ "$(rows again "value, revision, quality, source")" = "12.34|0|0|manual: Wang
12.43|1|1|manual: Wang" ]
  # Twice the same, in cages or not.
  one=${output##*digest }
  run replay third --in-process
  [ "${output##*digest }" = "$one" ]
  run replay third
  [ "$status" -eq 1 ]
  [[ $output == *"there is a store already"* ]]
}

@test "a replay names the feeds that it passes over" {
  level enter 12.34 --new-feed
  sf enter obs --data out --feed old_levels --asset 1 --quantity water_level --value 1 \
    --time "2024-09-06 18:00+08:00" --by Wang --why "before the feed was renamed" --new-feed
  run replay again
  [ "$status" -eq 0 ]
  [[ $output == *"old_levels"*"passed over: no such feed is defined"*"1 rows"* ]]
  run replay one --feed water_levels
  [[ $output != *"passed over"* ]]
}

@test "a large number is shown with its digits, and a direction is completed the short way round" {
  printf 'asset,quantity,value,time\n%s\n' 'RS01,reservoir_storage,2345678000,2024-09-06 18:00+08:00
A1,wind_from_direction,355,2024-09-06 18:00+08:00
A1,wind_from_direction,350,2024-09-06 18:10+08:00
A1,wind_from_direction,10,2024-09-06 18:30+08:00' >rows.csv
  sf enter obs --data out --feed water_levels --file rows.csv --by Wang --why fax --new-feed
  replay again
  run sf query obs --data again --asset RS01
  [[ $output == *" 2345678000 m3 "* ]]
  # From 350 to 10 degrees the half is north, not 180.
  run sf query obs --data again --asset A1 --fill linear --format csv
  [[ $output == *"2024-09-06T10:20:00Z,water_levels,A1,wind_from_direction,0,"* ]]
}

@test "what is not there cannot be corrected" {
  level enter 12.34 --new-feed
  replay first
  cp -r first/store out/
  run sf correct obs --data out --feed water_levels --asset 60102300 --quantity water_level --value 1 \
    --time "2024-09-06 19:00+08:00" --by Wang --why test
  [ "$status" -eq 1 ]
  [[ $output == *"the store has no observation of feed water_levels about 60102300 water_level at 2024-09-06 19:00 BJT"* ]]
  [ "$(sf journal list --data out --format json | wc -l)" -eq 1 ]
}

@test "what is typed wrong is refused in words, and nothing is written" {
  level enter 12.34 --new-feed
  expected=2 # usage; a file that holds it is exit code 1
  refuse () { words=$1; shift; run "$@"; [ "$status" -eq $expected ] && [[ $output == *"$words"* ]]; }
  refuse "value '12x' is no number of water_level in m" level enter 12x
  refuse "say a time with its zone" level enter 12 --time "2024-09-06 18:00"
  refuse "there is no quantity 'waterlevel'" level enter 12 --quantity waterlevel
  refuse "speed_mps is no field" level enter 12 --speed_mps 3
  refuse "say --by" level enter 12 --by " "
  refuse "say --why" level enter 12 --why ""
  refuse "lon" sf enter position --data out --feed water_levels --mover 1 --lon 200 --lat 20 \
    --time 2024-09-06T18:00Z --by a --why b
  printf 'asset,value,time\n1,2,2024-09-06 18:00+08:00\n2,x,2024-09-06 18:00+08:00\n' >rows.csv
  expected=1
  refuse "rows.csv:3: value 'x'" sf enter obs --data out --feed water_levels --quantity water_level --by a --why b --file rows.csv
  printf 'asset,valeu\n1,2\n' >rows.csv
  refuse "rows.csv:1: there is no field 'valeu'" sf enter obs --data out --feed water_levels --by a --why b --file rows.csv
  [ "$(sf journal list --data out --format json | wc -l)" -eq 1 ]
}

@test "a file of rows is one message, also in GBK from a spreadsheet" {
  printf 'id,type,name_zh,lon,lat\r\nS1,shelter,第一小学,110.4,20.0\r\nS2,shelter,"第二小学, 东校",110.5,20.1\r\n' | iconv -t GBK >rows.csv
  run sf enter asset --data out --feed water_levels --file rows.csv --by 王 --why 传真 --new-feed
  [ "$status" -eq 0 ]
  sf journal show 1 --data out >message
  [ "$(jq -r '.records[].name_zh' message)" = "第一小学
第二小学, 东校" ]
  run replay again
  [[ $output == *"2 rows"* ]]
}

@test "a period is carried as one file and taken in once" {
  level enter 12.34 --new-feed
  run sf journal export period.journal --data out
  [[ $output == *"1 messages"* ]]
  run sf journal import period.journal --data other
  [[ $output == *"1 messages taken, 0 were known"* ]]
  run sf journal import period.journal --data other
  [[ $output == *"0 messages taken, 1 were known"* ]]
  cmp <(sf journal show 1 --data out) <(sf journal show 1 --data other)
}

@test "damage is found and named" {
  level enter 12.34 --new-feed
  run sf journal check --data out
  [ "$status" -eq 0 ]
  sqlite3 out/journal/journal.db "UPDATE message SET bytes = replace (bytes, '12.34', '12.35')"
  run sf journal check --data out
  [ "$status" -eq 1 ]
  [[ $output == *"message 1 of water_levels"*"is not what was written"* ]]
}

@test "quarantine says why, trim keeps what is not applied" {
  level enter 12.34 --new-feed
  level enter 12.35
  sqlite3 out/journal/journal.db "INSERT INTO verdict VALUES (1, 1, 0, 3, 'no value', 'x', 'manual', 'b', 0), (2, 1, 0, 4, 'no value', 'y', 'manual', 'b', 0)"
  run sf journal quarantine --data out
  [[ $output == *"water_levels"*"piece"*"manual:3"*"no value"*"[x]"* ]]
  sqlite3 out/journal/journal.db "UPDATE verdict SET reason = 'value x is no number' WHERE line = 3"
  run "$SANFANG" journal quarantine --data out --lang zh
  [[ $output == *"片段"*"manual:3  数值无法识别：value x is no number  [x]"* ]]
  run sf journal quarantine --data out --format json
  [ "$(jq -r 'select(.line == 3) | [.class, .class_zh, .reason] | join("|")' <<<"$output")" = "number|数值无法识别|value x is no number" ]
  sqlite3 out/journal/journal.db "UPDATE verdict SET reason = 'no value'"
  run sf journal quarantine --data out --summary --format json
  [ "$(jq -r '[.feed, .reason, .count] | join(" ")' <<<"$output")" = "water_levels no value 2" ]
  run sf journal trim --data out --age 1h
  [ "$status" -eq 2 ]
  [[ $output == *"--through"* ]]
  sqlite3 out/journal/journal.db "UPDATE message SET received_s = 1"
  run sf journal trim --data out --age 1h --through 1
  [[ $output == *"1 messages dropped"* ]]
  [ "$(sf journal list --data out --format json | jq .id)" = 2 ]
}

@test "wrong words are usage, what they work on is not: exit code 2 and 1" {
  level enter 12.34 --new-feed
  usage () { words=$1; shift; run sf "$@"; [ "$status" -eq 2 ] && [[ $output == *"$words"* ]]; }
  usage "did you mean 'water_levels'?" enter obs --data out --feed water_level --asset 1 --quantity water_level --value 1 \
    --time "2024-09-06 18:00+08:00" --by Wang --why test
  usage "say --time" correct obs --data out --feed water_levels --asset 1 --quantity water_level --value 1 --by Wang --why test
  usage "say obs, position" correct observation --data out --feed water_levels --by Wang --why test
  usage "did you mean list" journal lst --data out
  usage "is no number of a message" journal show x --data out
  usage "did you mean 'water_levels'?" journal list --data out --feed waterlevels
  usage "say --into" replay --data out --departments hydrology.yaml
  usage "not both" replay live.yaml --data out --departments hydrology.yaml --into again
  usage "did you mean water_levels" replay --data out --departments hydrology.yaml --into again --feed water_level
  usage "--only" serve live.yaml --data out --only ingst
  usage "one of digest, info, check" store digset --data out
  printf 'asset,value\n1,x\n' >rows.csv
  run sf enter obs --data out --feed water_levels --quantity water_level --file rows.csv --by Wang --why fax
  [ "$status" -eq 1 ]
  [[ $output == *"rows.csv:2:"* ]]
  run sf replay --data out --departments nowhere.yaml --into again
  [ "$status" -eq 1 ]
}
