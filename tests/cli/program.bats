# SPDX-License-Identifier: Apache-2.0
# The program as a user types it.

setup ()
{
  scenario=$SANFANG_SHARE/scenarios/rammasun-2014.yaml
  track=$SANFANG_SHARE/scenarios/data/rammasun-2014-cma.txt
  out=$BATS_TEST_TMPDIR/out
}

write_scenario ()
{
  cat >"$BATS_TEST_TMPDIR/s.yaml"
}

@test "help, version and unknown words" {
  run "$SANFANG" --help
  [ "$status" -eq 0 ]
  [[ $output == *"run "*"check "*"decode "*"query "* ]]
  LANG=zh_CN.UTF-8 LC_ALL= run "$SANFANG" run --help
  [[ $output == *"运行一个情景"* ]]
  run "$SANFANG" version
  [[ $output == "sanfang "*"plugin interface"* ]]
  run "$SANFANG" rnu
  [ "$status" -eq 2 ]
  run "$SANFANG" run --otuput x
  [ "$status" -eq 2 ]
  [[ $output == *"did you mean --output?"* ]]
  run "$SANFANG" run
  [ "$status" -eq 2 ]
}

@test "every option and plugin speaks Chinese and English" {
  run jq -r '.[] | select(.refused == null) | .name as $n | (.summary_en, .summary_zh, (.options[] | .help_en, .help_zh)) | select(. == null or . == "") | $n' \
    < <("$SANFANG" plugins --json)
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  "$SANFANG" plugins --json | jq -r '.[] | (.summary_zh, (.options[]? | .help_zh))' >"$BATS_TEST_TMPDIR/zh"
  ! grep -vP '\p{Han}' "$BATS_TEST_TMPDIR/zh"
}

@test "check shows each setting with its origin" {
  run "$SANFANG" check "$scenario" --lang en --set models.typhoon.profile=H10
  [ "$status" -eq 0 ]
  [[ $output == *"models.typhoon.profile"*"H10"*"--set"* ]]
  [[ $output == *"models.typhoon.mode"*"fast"*"default"* ]]
  [[ $output == *"models.typhoon.step"*"rammasun-2014.yaml:"* ]]
  "$SANFANG" check "$scenario" --json | jq -e '.stages | length > 10' >/dev/null
}

@test "an unknown key, a wrong value and a wrong type name the place" {
  run "$SANFANG" check "$scenario" --set models.typhoon.profil=H10
  [ "$status" -eq 1 ]
  [[ $output == *"profil"*"did you mean 'profile'"* ]]
  run "$SANFANG" check "$scenario" --set models.typhoon.profile=H11
  [ "$status" -eq 1 ]
  [[ $output == *"H11"* ]]
  run "$SANFANG" check "$scenario" --set models.typhoon.reach=far
  [[ $output == *"reach"*"far"* ]]
  run "$SANFANG" check "$scenario" --set models.typhoon.reach=99999
  [[ $output == *"99999"* ]]
  sed 's/^answers:/anwsers:/' "$scenario" >"$BATS_TEST_TMPDIR/x.yaml"
  run "$SANFANG" check "$BATS_TEST_TMPDIR/x.yaml"
  [[ $output == *"x.yaml:"*"anwsers"*"answers"* ]]
}

@test "an output that wants what nobody makes is refused" {
  run "$SANFANG" check "$scenario" --set datasets.tracks.feeds=nobody
  [ "$status" -eq 1 ]
  [[ $output == *"there is no feed 'nobody'"* ]]
}

@test "run publishes a snapshot, a second run finds it unchanged" {
  run "$SANFANG" run "$scenario" -o "$out" --lang en
  [ "$status" -eq 0 ]
  [[ $output =~ Landfalls.*(Wenchang|Hainan) ]] # with and without the table of counties
  [ -L "$out/current" ]
  jq -e '.form == 1 and (.datasets | length > 20) and (.products | length > 2)' "$out/current/manifest.json" >/dev/null
  jq -r '.products[] | .sha256 + "  " + .path' "$out/current/manifest.json" >"$BATS_TEST_TMPDIR/sums"
  (cd "$out/current" && sha256sum --quiet -c "$BATS_TEST_TMPDIR/sums")
  run "$SANFANG" run "$scenario" -o "$out" --lang en
  [ "$status" -eq 0 ]
  [[ $output == *"unchanged"*"0 stages run"* ]]
  run "$SANFANG" doctor -o "$out" --lang en
  [[ $output == *"current snapshot is whole"* ]]
}

@test "a change of one setting runs only what depends on it" {
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  run "$SANFANG" run "$scenario" -o "$out" --lang en --set models.typhoon.profile=H1980
  [ "$status" -eq 0 ]
  [[ $output == *"coast: unchanged: taken from snapshot"* ]]
  [[ $output == *"typhoon.wind@province: made in"* ]]
  [ "$(ls "$out/snapshots" | wc -l)" -eq 2 ]
}

@test "a damaged snapshot is not used" {
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  f=$(readlink -f "$out/current")/data/tables.gpkg
  printf X | dd of="$f" bs=1 seek=5000 conv=notrunc status=none
  run "$SANFANG" doctor -o "$out" --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"not those that the manifest names"* ]]
  run "$SANFANG" run "$scenario" -o "$out" --lang en
  [ "$status" -eq 0 ]
  [[ $output == *"the last snapshot is not used"* ]]
  run "$SANFANG" doctor -o "$out" --lang en
  [[ $output == *"current snapshot is whole"* ]]
}

@test "two runs at a time on one folder: the second is told" {
  mkdir -p "$out"
  exec 9>"$out/.lock"
  flock 9
  run "$SANFANG" run "$scenario" -o "$out"
  [ "$status" -eq 1 ]
  [[ $output == *"another run is writing there"* ]]
}

@test "an empty track and a storm that is not there are told, and answered with no storm" {
  touch -d '2 minutes ago' "$BATS_TEST_TMPDIR/empty.txt" # a younger one waits for its writer
  run "$SANFANG" run "$scenario" -o "$out" --lang en --set feeds.cma_best_track.transport.path="$BATS_TEST_TMPDIR/empty.txt"
  [ "$status" -eq 3 ] # an empty message is quarantined
  [[ $output == *"no record of 0 answers this dataset's query"* ]]
  run "$SANFANG" run "$scenario" -o "$out" --lang en --set datasets.tracks.storm=9999
  [ "$status" -eq 0 ]
  [[ $output == *"no record of 40 answers this dataset's query: storm 9999"* ]]
  run "$SANFANG" query point 110.35 20.02 -o "$out" --json --log-level error
  [ "$(jq -r '[.layers[] | select(.dataset == "wind_max") | .value] | unique | tostring' <<<"$output")" = '[null]' ]
  [ -z "$(ls -A "$out/snapshots" | grep making)" ]
}

@test "decode prints JSON lines with times in UTC and null where missing" {
  run "$SANFANG" decode cma_bst "$track" --json
  [ "$status" -eq 0 ]
  [ "$(echo "$output" | wc -l)" -eq 40 ]
  echo "$output" | jq -es 'map(select(.time == "2014-07-18T06:00:00Z")) | length == 1 and .[0].lon == 111.3 and .[0].lat == 19.9 and .[0].pressure_hpa == 888 and .[0].wind_mps == 72 and .[0].kind == "track"' >/dev/null
  run bash -c '"$SANFANG" decode cma_bst - --json <"$1" | wc -l' _ "$track"
  [ "$output" -eq 40 ]
}

@test "decode names a bad line, keeps the good ones and ends with 3" {
  sed 's/^2014071712/201407xx12/' "$track" >"$BATS_TEST_TMPDIR/bad.txt"
  run "$SANFANG" decode cma_bst "$BATS_TEST_TMPDIR/bad.txt"
  [ "$status" -eq 3 ]
  [[ $output == *"quarantined: bad.txt:"* ]]
  [[ $output == *"2014-07-18T06:00:00Z"* ]]
  run "$SANFANG" decode cma_bst /nonexistent
  [ "$status" -eq 1 ]
  [[ $output == *"/nonexistent"* ]]
}

@test "query and export work on the snapshot" {
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  run "$SANFANG" query point 110.35 20.02 -o "$out" --json --log-level error
  [ "$status" -eq 0 ]
  echo "$output" | jq -e '[.layers[] | select(.dataset == "wind_max")] | length == 2 and all(.value > 20 and .value < 90)' >/dev/null
  run "$SANFANG" query point 200 95 -o "$out"
  [ "$status" -eq 2 ]
  run "$SANFANG" query point 110 20 -o "$BATS_TEST_TMPDIR/nothing"
  [ "$status" -eq 1 ]
  [[ $output == *"no snapshot was published there yet"* ]]
  run "$SANFANG" export geojson landfalls -o "$out" --to "$BATS_TEST_TMPDIR/e" --name lf
  [ "$status" -eq 0 ]
  jq -e '.type == "FeatureCollection"' "$BATS_TEST_TMPDIR"/e/*.geojson >/dev/null
  run "$SANFANG" export cog landfalls -o "$out" --to "$BATS_TEST_TMPDIR/e"
  [ "$status" -eq 1 ]
  [[ $output == *"does not write a features"* ]]
}

@test "manual and completion are made from the tables" {
  "$SANFANG" manual >"$BATS_TEST_TMPDIR/sanfang.1"
  grep -q 'TH SANFANG' "$BATS_TEST_TMPDIR/sanfang.1"
  grep -q 'cma_bst' "$BATS_TEST_TMPDIR/sanfang.1"
  "$SANFANG" completion >"$BATS_TEST_TMPDIR/c"
  bash -n "$BATS_TEST_TMPDIR/c"
  run bash -c 'source "$1"; COMP_WORDS=(sanfang run --o); COMP_CWORD=2; _sanfang; echo "${COMPREPLY[@]}"' _ "$BATS_TEST_TMPDIR/c"
  [ "$output" = "--output" ]
}

@test "an interrupt publishes nothing and leaves nothing half made" {
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  # --foreground: timeout then sends the signal once; a second one ends the program at once, as a second Ctrl-C should
  for delay in 0.1 0.3 0.6; do
    before=$(readlink "$out/current")
    if ! timeout --foreground --preserve-status -s INT "$delay" "$SANFANG" run "$scenario" -o "$out" --log-level error \
      --set models.typhoon.reach="8$((RANDOM % 90 + 10))" >/dev/null 2>&1
    then
      [ "$(readlink "$out/current")" = "$before" ]
      [ -z "$(ls -A "$out/snapshots" | grep making)" ]
    fi
    "$SANFANG" doctor -o "$out" --lang en | grep "current snapshot is whole"
  done
}

@test "a full disk publishes nothing and says which file" {
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  before=$(readlink "$out/current")
  # Writes beyond 200 KiB of a file fail, as on a full disk.
  run bash -c 'trap "" XFSZ; ulimit -f 200; exec "$SANFANG" run "$1" -o "$2" --log-level error --set models.typhoon.profile=H1980' _ "$scenario" "$out"
  [ "$status" -eq 1 ]
  [[ $output == *"$out/snapshots/.making-"* ]]
  [ "$(readlink "$out/current")" = "$before" ]
  [ -z "$(ls -A "$out/snapshots" | grep making)" ]
  run "$SANFANG" doctor -o "$out" --lang en
  [[ $output == *"current snapshot is whole"* ]]
}

@test "output that cannot be written is a failure" {
  run bash -c '"$SANFANG" vocabulary >/dev/full'
  [ "$status" -eq 1 ]
  [[ $output == *"standard output cannot be written"* ]]
  run bash -c '"$SANFANG" vocabulary | head -1; exit ${PIPESTATUS[0]}'
  [[ $output != *"cannot be written"* ]]
  run bash -c '"$SANFANG" plugins typhoon | true; exit ${PIPESTATUS[0]}'
  [[ $output != *"cannot be written"* ]]
}

@test "parts of live operation are refused to a set clock before anything is published" {
  run "$SANFANG" serve "$scenario" --data "$BATS_TEST_TMPDIR/none" --only ingest
  [ "$status" -eq 1 ]
  [[ $output == *"its clock is set; --only is for 'clock: now'"* ]]
  [ ! -e "$BATS_TEST_TMPDIR/none" ]
}

@test "every word of run --json is a JSON line, and says who says it" {
  "$SANFANG" run "$scenario" -o "$out" --json --log-level error --set authority=drill --set simulated=true >"$BATS_TEST_TMPDIR/lines"
  jq -es 'length == 5 and .[0].scenario == "rammasun-2014" and all(.authority == "drill" and .simulated == true)' "$BATS_TEST_TMPDIR/lines"
  run "$SANFANG" run "$scenario" -o "$out" --lang en --log-level error --set authority=drill --set simulated=true
  [[ $output == *"Landfalls (drill, simulated)"* ]]
  run "$SANFANG" query point 110.35 20.02 -o "$out" --lang en
  [[ $output == *"drill, simulated"* ]]
  run "$SANFANG" export cog wind_max -o "$out" --to "$out/gis" --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"did you mean 'wind_max@province'?"* ]]
}

@test "an older what-if is made current again without running" {
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  first=$(readlink "$out/current")
  "$SANFANG" run "$scenario" -o "$out" --log-level error --set models.typhoon.profile=H1980 >/dev/null
  [ "$(readlink "$out/current")" != "$first" ]
  run "$SANFANG" run "$scenario" -o "$out" --lang en
  [[ $output == *"current again"*"0 stages run"* ]]
  [ "$(readlink "$out/current")" = "$first" ]
}

@test "an error names the place of its cause, and its kind in Chinese" {
  run "$SANFANG" check "$scenario" --lang zh --set clock=yesterday
  [ "$status" -eq 1 ]
  [[ $output == *"sanfang: 输入格式错误：--set: clock: 'yesterday'"* ]]
  run "$SANFANG" check "$scenario" --lang en --set models.typhon.step=1h
  [ "$status" -eq 1 ]
  [[ $output == *"sanfang: --set: there is no model plugin 'typhon'"* ]]
}

@test "folders and names that would lead astray are refused" {
  run "$SANFANG" run "$scenario" -o ""
  [ "$status" -eq 2 ]
  [[ $output == *"names no folder"* ]]
  run "$SANFANG" --lang zh run "$scenario"
  [ "$status" -eq 2 ]
  [[ $output == *"options come after it"* ]]
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  run "$SANFANG" query point 110 20 -o "$out" --snapshot ../x
  [ "$status" -eq 1 ]
  [[ $output == *"not the id of a snapshot"* ]]
  run "$SANFANG" export geojson landfalls -o "$out" --to "$BATS_TEST_TMPDIR/e" --name ../x
  [ "$status" -eq 2 ]
  [[ $output == *"cannot be part of a file name"* ]]
}

@test "a plugin's command takes the options of every command" {
  "$SANFANG" run "$scenario" -o "$out" --log-level error >/dev/null
  run "$SANFANG" query point 110 20 -o "$out" --threads 2000
  [ "$status" -eq 2 ]
  [[ $output == *"threads"* ]]
  run "$SANFANG" query point 110 20 -o "$out" --threads 1 --log-json
  [ "$status" -eq 0 ]
}

@test "one of two feeds fails: it is left out in words, the other goes on, exit code 3" {
  sed -e '/^feeds:/a\  broken:\n    transport: {plugin: spool, path: no/such/file.txt}\n    decoder: {plugin: cma_bst}' \
    -e "s,path: data/,path: $SANFANG_SHARE/scenarios/data/," "$scenario" >"$BATS_TEST_TMPDIR/two.yaml"
  run "$SANFANG" run "$BATS_TEST_TMPDIR/two.yaml" -o "$out" --lang en
  [ "$status" -eq 3 ]
  [[ $output == *"broken: the feed is left out:"* ]]
  [[ $output =~ Landfalls.*Rammasun ]]
  jq -es 'length == 1 and .[0].feed == "broken"' "$out/current/data/quarantine.jsonl"
}

@test "what is computed here cannot be called official" {
  run "$SANFANG" check "$scenario" --set authority=official
  [ "$status" -eq 1 ]
  [[ $output == *"what is computed here is internal"* ]]
}

@test "check opens the decoders: what is wrong inside a map is told with its line" {
  mkdir "$BATS_TEST_TMPDIR/departments"
  cp "$srcdir/share/departments/powergrid.yaml" "$BATS_TEST_TMPDIR/departments/"
  printf 'scenario: live\ntitle: {en: a, zh: a}\nclock: now\ndepartments: departments\n%s\n' \
    'domain: {grids: {near: {crs: "EPSG:4490", x: [109, 111], y: [18, 20], cell: 0.5}}}' >"$BATS_TEST_TMPDIR/live.yaml"
  "$SANFANG" check "$BATS_TEST_TMPDIR/live.yaml"
  wrong () {
    sed "$1" "$srcdir/share/departments/powergrid.yaml" >"$BATS_TEST_TMPDIR/departments/powergrid.yaml"
    run "$SANFANG" check "$BATS_TEST_TMPDIR/live.yaml" --lang en
    [ "$status" -eq 1 ] && [[ $output == *"power_outage: "*"powergrid.yaml:$2:"*"$3"* ]]
  }
  wrong '0,/unit: 户/s//unit: 护/' 19 "unit '护' cannot become 1"
  wrong 's/quantity: customers_restored/quantity: customers_restore/' 20 customers_restore
  wrong 's/, zone: "+08:00"//' 17 "'zone' is missing"
  wrong '0,/when_missing/s//when_mising/' 19 "when_mising"
}

@test "doctor says how many connections fit" {
  (ulimit -n 5000 && "$SANFANG" doctor --lang en) | grep -F "ok    open files: at most 5000, so that some 4872 connections fit at a time"
  (ulimit -n 500 && "$SANFANG" doctor --lang zh) | grep -F "WARN  打开文件数: 上限 500，可同时接入约 372 个连接"
}

@test "doctor says what quality control does without the coast mask" {
  run "$SANFANG" doctor --lang en
  [[ $output == *"ok"*"coast mask of quality control: "*"/coast-mask.bin"* ]]
  data=$BATS_TEST_TMPDIR/data
  mkdir "$data"
  SANFANG_DATA=$data run "$SANFANG" doctor --lang en
  [[ $output == *"WARN  coast mask of quality control: missing: nobody sees a vessel on land"* ]]
  SANFANG_DATA=$data run "$SANFANG" doctor --lang zh
  [[ $output == *"质量控制用的海岸掩膜: 缺少：不检查船在陆地上"* ]]
  printf 'SFCOAST1' >"$data/coast-mask.bin"
  SANFANG_DATA=$data run "$SANFANG" doctor --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"BAD   coast mask of quality control: "*"coast-mask.bin"* ]]
}
