# SPDX-License-Identifier: Apache-2.0
# sanfang feeds: boards written by hand, as core/feed/health_file.c writes them.

setup ()
{
  dir=$BATS_TEST_TMPDIR/data
  mkdir -p "$dir"
  now=$(date +%s)
  export LANG=C LC_ALL=C
}

# feed NAME CADENCE LATENESS AGE ALARMS: one feed's object; AGE none: nothing came yet.
feed ()
{
  local heard=null valid=null
  if [ "$4" != none ]; then heard=$now valid=$((now - $4)); fi
  cat <<JSON
{"feed":"$1","title_en":"Title of $1","title_zh":"$1 标题","department_en":"Water","department_zh":"水务厅",
"cadence_s":$2,"lateness_s":$3,"since_s":1,"last_heard_s":$heard,"last_content_s":$heard,"newest_valid_s":$valid,
"messages":1234567,"bytes":5,"duplicates":0,"repeats":0,"records":1234567,"rejects":2,"late":0,"out_of_order":0,
"out_of_area":0,"missing":0,"future":0,"doubtful":0,"unreliable":0,"poison":0,"queue_messages":3,"delay_s":42.5,
"reasons":[["no time",2]],"counters":[["connections",7]],"alarms":[$5],"recent":[],"hours":[]}
JSON
}

# board PID WRITTEN FEED...
board ()
{
  local pid=$1 written=$2 comma=
  shift 2
  { printf '{"form":1,"written_s":%s,"ingest_pid":%s,"alarms":[],"feeds":[' "$written" "$pid"
    for one in "$@"; do printf '%s%s' "$comma" "$one"; comma=,; done
    echo ']}'; } >"$dir/health.json"
}

all_states ()
{
  board $$ "$now" "$(feed rain 300 120 240 '')" "$(feed tide 300 120 500 '')" "$(feed ais 300 120 7800 '')" \
    "$(feed radar 300 120 10 '{"name":"decoder","text":"crashed three times","since_s":'"$now"'}')" \
    "$(feed calls 0 0 none '')" "$(feed warnings 0 0 999999 '')"
}

@test "all fresh gives 0, and a table of at most 100 columns" {
  board $$ "$now" "$(feed rain 300 120 240 '')" "$(feed a_feed_with_quite_a_long_name_of_its_own 0 0 999999 '')"
  run "$SANFANG" feeds --data "$dir"
  [ "$status" -eq 0 ]
  [[ $output == *"2 feeds at "*" BJT, 2 fresh"* ]]
  [[ $output == *"rain "*"fresh "*"4 min "*" BJT "*"1.2M "* ]]
  [[ $output == *"a_feed_with_quite~ "* ]]
  [ "$(wc -L <<<"$output")" -le 100 ]
  [[ $output != *$'\033'* ]]
}

@test "who is silent stands first, and gives 3" {
  all_states
  run "$SANFANG" feeds --data "$dir"
  [ "$status" -eq 3 ]
  [[ ${lines[1]} == "1 silent: ais" ]]
  [[ ${lines[2]} == "1 failing: radar" ]]
  [[ ${lines[3]} == "1 late: tide" ]]
  [[ ${lines[4]} == "1 never: calls" ]]
  [[ $output == *"ais "*"silent "*"2 h 10 min "* ]]
  [[ $output == *"ALARM radar decoder since "*" BJT: crashed three times"* ]]
  [[ $output == *"warnings "*"fresh "*"11 d 13 h"* ]]
  [ "$(wc -L <<<"$output")" -le 100 ]
  run "$SANFANG" feeds --data "$dir" --only silent,late
  [ "$status" -eq 3 ]
  [[ $output != *$'\n'rain* && $output == *$'\n'tide* && $output == *$'\n'ais* ]]
  run "$SANFANG" feeds --data "$dir" --only slient
  [ "$status" -eq 2 ]
}

@test "it speaks Chinese" {
  all_states
  LANG=zh_CN.UTF-8 LC_ALL= run "$SANFANG" feeds --data "$dir"
  [ "$status" -eq 3 ]
  [[ ${lines[1]} == "1 中断: ais" ]]
  [[ $output == *"2小时10分"* && $output == *"告警 radar"* ]]
  LANG=zh_CN.UTF-8 LC_ALL= run "$SANFANG" feeds tide --data "$dir"
  [[ $output == *"拒收原因"*" 2  没有时间或时间无法识别：no time"* ]]
  LANG=zh_CN.UTF-8 LC_ALL= run "$SANFANG" feeds ais --data "$dir"
  [[ $output == *"ais 标题, 水务厅"* && $output == *"最新资料距今"*"2小时10分"* ]]
}

@test "a dead ingest makes all silent and is said first" {
  board $$ $((now - 60)) "$(feed rain 300 120 10 '')" "$(feed warnings 0 0 10 '')"
  run "$SANFANG" feeds --data "$dir"
  [ "$status" -eq 3 ]
  [[ ${lines[0]} == "INGEST IS NOT RUNNING (it hangs or died)"* ]]
  [[ $output == *"2 silent: rain, warnings"* ]]
  true & gone=$!
  wait $gone
  board $gone "$now" "$(feed rain 300 120 10 '')"
  run "$SANFANG" feeds --data "$dir"
  [[ ${lines[0]} == "INGEST IS NOT RUNNING (it died)"* ]]
  [ "$status" -eq 3 ]
  board 0 "$now" "$(feed rain 300 120 10 '')"
  run "$SANFANG" feeds --data "$dir"
  [[ ${lines[0]} == *"(it ended in order)"* ]]
  [ "$status" -eq 3 ]
}

@test "one feed with all its details" {
  all_states
  run "$SANFANG" feeds rain --data "$dir"
  [ "$status" -eq 0 ]
  [[ $output == "rain: fresh"* && $output == *"Title of rain, Water"* ]]
  [[ $output == *"records "*"1234567"* && $output == *"2  no time that can be read: no time"* && $output == *"7  connections"* ]]
  run "$SANFANG" feeds warnings --data "$dir"
  [[ $output == *"no cadence; quiet since"* ]]
  run "$SANFANG" feeds rian --data "$dir"
  [ "$status" -eq 2 ]
  [[ $output == *"did you mean 'rain'?"* ]]
  for form in --json --prometheus; do
    run "$SANFANG" feeds rian --data "$dir" $form
    [ "$status" -eq 2 ]
    run "$SANFANG" feeds rain --data "$dir" $form
    [ "$status" -eq 0 ]
    [[ $output == *'"rain"'* && $output != *'"tide"'* ]]
  done
}

@test "JSON and Prometheus" {
  all_states
  run "$SANFANG" feeds --data "$dir" --json
  [ "$status" -eq 3 ]
  [ "$(jq -r '.states | "\(.silent) \(.late) \(.failing) \(.never) \(.fresh)"' <<<"$output")" = "1 1 1 1 2" ]
  [ "$(jq -r '.feeds[] | select(.feed == "ais") | .state_zh' <<<"$output")" = 中断 ]
  [ "$(jq -c '.feeds[0] | [.last_heard, .since, .age_s > 239, .reason_classes[0].class]' <<<"$output")" = \
    "[\"$(date -u -d @$now +%Y-%m-%dT%H:%M:%SZ)\",\"1970-01-01T00:00:01Z\",true,\"time\"]" ]
  run "$SANFANG" feeds --data "$dir" --prometheus
  [[ $output == *'sanfang_feed_state{feed="ais",state="silent"} 1'* ]]
  [[ $output == *"sanfang_feed_last_heard_timestamp_seconds{feed=\"ais\"} $now"* && $output != *_s_timestamp* ]]
  run "$SANFANG" feeds --data "$dir" --prometheus --json
  [ "$status" -eq 2 ]
}

@test "no board, a torn one" {
  run "$SANFANG" feeds --data "$dir"
  [ "$status" -eq 1 ]
  [[ $output == *"there is no health board"* ]]
  printf '{"form":1' >"$dir/health.json"
  run "$SANFANG" feeds --data "$dir"
  [ "$status" -eq 1 ]
  [[ $output == *"health.json:1:"* ]]
}

@test "--watch draws again until it is interrupted" {
  all_states
  "$SANFANG" feeds --data "$dir" --watch >"$BATS_TEST_TMPDIR/watched" 3>&- &
  watcher=$!
  for _ in $(seq 200); do
    [ "$(grep -c '^6 feeds' "$BATS_TEST_TMPDIR/watched")" -ge 2 ] && break
    sleep 0.1
  done
  kill -TERM $watcher # a shell lets its background processes ignore INT
  code=0
  wait $watcher || code=$?
  [ "$code" -eq 3 ]
  [ "$(grep -c '^6 feeds' "$BATS_TEST_TMPDIR/watched")" -ge 2 ]
}

@test "columns stand below each other in Chinese, too, whatever the age" {
  board $$ "$now" "$(feed a 0 0 59 '')" "$(feed b 0 0 86399 '')" "$(feed c 0 0 8639999 '')" "$(feed d 0 0 390000000 '')" \
    "$(feed e 0 0 $((now - 1)) '')"
  LANG=zh_CN.UTF-8 LC_ALL= "$SANFANG" feeds --data "$dir" >"$BATS_TEST_TMPDIR/table" || [ $? -eq 3 ]
  python3 - "$BATS_TEST_TMPDIR/table" <<'PY'
import sys, unicodedata
def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
lines = open(sys.argv[1], encoding="utf-8").read().split("\n\n")[1].splitlines()
head, rows = lines[0], lines[1:]
wanted = columns(head[:head.index("最新资料")])
assert len(rows) == 5
for row in rows:
    before = row[:row.index(" BJT") - len("2024-09-06 18:00")]
    assert columns(before) == wanted, (row, columns(before), wanted)
    assert columns(row) == columns(head), row
PY
}

@test "alarms have a title in the reader's language before their text" {
  board $$ "$now" "$(feed rain 300 120 10 '{"name":"connection_lost","text":"refused","since_s":'"$now"'}')"
  run "$SANFANG" feeds --data "$dir"
  [[ $output == *"ALARM rain connection_lost (the connection is lost) since "*": refused"* ]]
  LANG=zh_CN.UTF-8 LC_ALL= run "$SANFANG" feeds --data "$dir"
  [[ $output == *"告警 rain connection_lost（连接中断） 自 "*": refused"* ]]
  run "$SANFANG" feeds --data "$dir" --json
  [ "$(jq -r '.feeds[0].alarms[0] | .title_en + "|" + .title_zh' <<<"$output")" = "the connection is lost|连接中断" ]
}

@test "every alarm that the source raises by name has a title" {
  names=$(grep -rhoE '((_alarm|_trouble|_trouble_of) \([^"]*|\.?name = )"[a-z]+(_[a-z]+)*"( \}|;|,)' "$srcdir/core/feed" \
    "$srcdir/plugins/transport" "$srcdir/core/cli/live.c" --include='*.c' | grep -E '_alarm|_trouble|name = "[a-z_]*"( \}|;)' | grep -oE '"[a-z_]+"' | sort -u)
  [ "$(wc -l <<<"$names")" -ge 15 ]
  for name in $names; do
    grep -q "{ $name, \"" "$srcdir/core/feed/health_words.c" || { echo "$name has no title"; return 1; }
  done
}
