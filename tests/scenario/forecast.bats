# SPDX-License-Identifier: Apache-2.0
# The drills: what a forecast says must hold together, be marked, and come out the same twice. The products are judged by a
# program that knows only the formats.

setup_file ()
{
  share=${SANFANG_SHARE:-$srcdir/share}
  export share
  cd "$BATS_FILE_TMPDIR" || return 1
  # The afternoon comes first, so that there is an earlier forecast.
  for out in once twice; do
    "$SANFANG" run "$share/scenarios/rammasun-2014-asissued.yaml" -o $out --set clock=2014-07-17T16:00:00+08:00 >$out.log 2>&1 || return 1
    "$SANFANG" run "$share/scenarios/rammasun-2014-asissued.yaml" -o $out >>$out.log 2>&1 || return 1
  done
}

@test "the eve of Rammasun: tables and sheets hold together and are marked" {
  run /usr/bin/python3 "$srcdir/tests/scenario/forecast.py" "$BATS_FILE_TMPDIR/once/current/products" storm
  echo "$output"
  [ "$status" = 0 ]
}

@test "every product of a drill says so in its name" {
  run bash -c "ls '$BATS_FILE_TMPDIR/once/current/products' | grep -v '^DRILL-'"
  echo "$output"
  [ "$status" = 1 ]
}

@test "the eve of Rammasun: two runs give the same bytes" {
  diff -r "$BATS_FILE_TMPDIR/once/current/products" "$BATS_FILE_TMPDIR/twice/current/products"
  diff -r "$BATS_FILE_TMPDIR/once/current/data" "$BATS_FILE_TMPDIR/twice/current/data"
}

@test "the drill's feed is what its generator makes, and names no best track" {
  /usr/bin/python3 "$srcdir/tests/scenario/make_asissued.py" | cmp - "$share/scenarios/data/rammasun-2014-asissued.json"
  run grep -E 'cma_bst|rammasun-2014-cma' "$share/scenarios/rammasun-2014-asissued.yaml"
  [ "$status" = 1 ]
}

@test "rain without a centre: no track, every stage runs, and nothing is an all-clear" {
  cd "$BATS_TEST_TMPDIR"
  run "$SANFANG" run "$share/scenarios/remnant-2024.yaml" -o out --lang en
  echo "$output"
  [ "$status" = 0 ]
  [[ "$output" == *"0 records, 0 quarantined"* ]]
  run /usr/bin/python3 "$srcdir/tests/scenario/forecast.py" out/current/products remnant
  echo "$output"
  [ "$status" = 0 ]
}
