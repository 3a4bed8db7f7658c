# SPDX-License-Identifier: Apache-2.0
# Questions to the store and its care. The rows are those of tests/unit/store_tool.c.

setup ()
{
  data=$BATS_TEST_TMPDIR/live
  "$builddir/tests/unit/store_tool" "$data"
}

query () { "$SANFANG" query "$@" --data "$data" --log-level error; }

@test "people read Beijing time, units and words of quality" {
  run query obs --lang zh
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 4 ]
  [[ ${lines[0]} == 时间*来源*要素*数值*质量*疑点* ]]
  [[ ${lines[2]} == "2014-07-18 08:05 BJT"*"11.5 m"*"更正，可疑"*'by hand, "about"'* ]]
  run query obs --lang en
  [[ ${lines[2]} == *"corrected, doubtful"* ]]
}

@test "revisions, and what was known at a time" {
  run query obs --all-revisions --lang en
  [ "${#lines[@]}" -eq 5 ]
  [[ ${lines[2]} == *" 11 m "* && ${lines[2]} != *holds* && ${lines[3]} == *"11.5 m"*"2 holds"* ]]
  run query obs --as-of 2014-07-18T00:02:00Z --format csv
  [ "${#lines[@]}" -eq 4 ]
  [[ ${lines[2]} == "2014-07-18T00:05:00Z,rivers,61800100,water_level,11,"* ]]
}

@test "CSV has a header with units and survives quotes" {
  query obs --format csv >"$BATS_TEST_TMPDIR/rows.csv"
  python3 - "$BATS_TEST_TMPDIR/rows.csv" <<'PY'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
assert [r["value"] for r in rows] == ["10", "11.5", "14"], rows
assert rows[1]["doubt"] == 'by hand, "about"' and rows[1]["source"] == 'river "1".csv'
assert {r["unit"] for r in rows} == {"m"} and "time [UTC]" in rows[0]
PY
}

@test "JSON lines" {
  query obs --latest --json | jq -es 'length == 1 and .[0].value == 14 and .[0].unit == "m" and .[0].holds' >/dev/null
  query events --json | jq -es '.[0].headline == "台风红色预警"' >/dev/null
  query tracks --json | jq -es '.[0].storm == "1409"' >/dev/null
  query fields --json | jq -es '.[0].grid.shape == [2, 3]' >/dev/null
  file=$(query fields --json | jq -r '.file')
  gdalinfo "$file" | grep -q 'Size is 3, 2'
  [[ $(query fields --format csv) == *",crs,file,"*"$file"* ]]
  [[ $(query fields) == *"$file"* ]]
  query assets --json | jq -es '.[0].name_zh == "加积"' >/dev/null
}

@test "GeoJSON opens in OGR" {
  query positions --latest --area 110,19,111,20 --format geojson >"$BATS_TEST_TMPDIR/p.geojson"
  run ogrinfo -al "$BATS_TEST_TMPDIR/p.geojson"
  [[ $output == *"Feature Count: 1"*"413000001"*"POINT (110.5 19.5)"* ]]
  query positions --area 100,19,101,20 --format geojson | jq -e '.features == []' >/dev/null
  query obs --area 110.4,19.2,110.5,19.3 --json | jq -es 'length == 3' >/dev/null
}

@test "gaps are completed, marked, and not stored" {
  before=$("$SANFANG" store digest --data "$data")
  # 11.5 at 00:05 is doubtful: nothing is built on it.
  [ "$(query obs --fill linear --gap 30min --format csv | wc -l)" -eq 4 ]
  # As of 00:02 the row of 00:05 says 11, that of 00:20 says 14: 12 and 13 between them.
  run query obs --fill linear --gap 30min --as-of 2014-07-18T00:02:00Z --lang en
  [ "${#lines[@]}" -eq 6 ]
  [[ ${lines[3]} == "2014-07-18 08:10 BJT"*"12 m"*"completed, doubtful"*"2014-07-18T00:05:00Z and 2014-07-18T00:20:00Z"* ]]
  [[ ${lines[4]} == *"13 m"* ]]
  [ "$(query obs --fill linear --gap 10min --as-of 2014-07-18T00:02:00Z --format csv | wc -l)" -eq 4 ]
  run query positions --fill linear
  [ "$status" -eq 2 ]
  [ "$before" = "$("$SANFANG" store digest --data "$data")" ]
}

@test "the values of a field open in GDAL as they lie" {
  run gdalinfo "$data"/store/fields/20140718/rain_rate-*.f32
  [ "$status" -eq 0 ]
  [[ $output == *"Size is 3, 2"*"Origin = (109."*"Pixel Size = (0.5"*",-0.25"*"Type=Float32"* ]]
  run gdalinfo "$data"/store/fields/20140718/rain_rate-*.vrt
  [ "$status" -eq 0 ]
  [[ $output == *"EPSG"*"4490"*"Origin = (109."*"Pixel Size = (0.5"*",-0.25"* ]]
  run gdallocationinfo -valonly -geoloc "$data"/store/fields/20140718/rain_rate-*.vrt 110.1 19.6
  [ "$output" = 6 ]
}

@test "digest does not depend on the order of arrival; info and check" {
  "$builddir/tests/unit/store_tool" "$data-2" reverse
  [ "$("$SANFANG" store digest --data "$data")" = "$("$SANFANG" store digest --data "$data-2")" ]
  run "$SANFANG" store info --data "$data" --lang en
  [[ $output == *"observations-20140718.db"*"4 rows"* ]]
  run "$SANFANG" store check --data "$data" --lang en
  [ "$status" -eq 0 ]
  [ "$output" = sound ]
  rm "$data"/store/positions-20140718.db
  run "$SANFANG" store check --data "$data" --lang en
  [ "$status" -eq 1 ]
  [[ $output == *"positions-20140718.db: is not there"* ]]
}

@test "slips are told with what would be right" {
  run query ob
  [ "$status" -eq 2 ]
  [[ $output == *"Did you mean 'obs'?"* ]]
  run query obs --quantity water_levle
  [ "$status" -eq 2 ]
  run query obs --area 1,2,3
  [ "$status" -eq 2 ]
  run query obs --from yesterday
  [ "$status" -eq 2 ]
  run "$SANFANG" query obs --data "$BATS_TEST_TMPDIR/nothing"
  [ "$status" -eq 1 ]
  [[ $output == *"store/catalog.db"* ]]
}

@test "a name that nobody has heard of is no empty answer" {
  run query obs --feed rivres
  [ "$status" -eq 2 ]
  [[ $output == *"there is no feed 'rivres'; did you mean 'rivers'?"* ]]
  run query obs --asset 61800010
  [ "$status" -eq 2 ]
  [[ $output == *"nothing in the store is about '61800010'; did you mean '61800100'?"* ]]
  run query obs --asset 61800100,nobody
  [ "$status" -eq 2 ]
  run "$SANFANG" query obs --data "$data" --feed rivers --asset 413000001 --lang en
  [ "$status" -eq 0 ]
  [[ $output == *"the store has nothing that was asked for"* ]]
  [ -z "$("$SANFANG" query positions --data "$data" --asset 61800100 --json 2>/dev/null)" ]
}

@test "the newest of a feed that is defined no longer is left out, and said so" {
  printf '{"form":1,"written_s":1,"ingest_pid":0,"alarms":[],"feeds":[%s]}\n' \
    '{"feed":"streams","title_en":"a","title_zh":"a","since_s":1,"alarms":[],"recent":[],"hours":[],"reasons":[],"counters":[]}' \
    >"$data/health.json"
  run "$SANFANG" query obs --data "$data" --latest --json
  [ "$status" -eq 0 ]
  [[ $output == *"defined no longer: rivers; --all-feeds shows them"* && $output != *'"value"'* ]]
  for more in --all-feeds --feed=rivers --as-of=2030-01-01T00:00:00Z; do
    query obs --latest --json $more | jq -es 'length == 1 and .[0].feed == "rivers"' >/dev/null
  done
  query obs --json | jq -es 'length == 3' >/dev/null
  query obs --feed streams --json | jq -es 'length == 0' >/dev/null
}
