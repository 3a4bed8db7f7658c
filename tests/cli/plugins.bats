# SPDX-License-Identifier: Apache-2.0
# Modules that must be refused, each with the true reason. The modules are built by tests/modules.

setup ()
{
  here=$builddir/tests/modules/.libs
  [ -e "$here/toy.so" ] || skip "modules are embedded in this build"
  dir=$BATS_TEST_TMPDIR/modules
  mkdir -m 755 "$dir"
}

take () { cp "$here/$1.so" "$dir/"; chmod 644 "$dir/$1.so"; }

plugins () { SANFANG_PLUGIN_PATH=$dir "$SANFANG" plugins --lang en --log-level error "$@"; }

@test "a good module is listed" {
  take toy
  run plugins
  [ "$status" -eq 0 ]
  [[ $output == *"toy"*"decoder"*"a toy for tests"* ]]
}

@test "another plugin interface number" {
  take wrong_abi
  run plugins
  [[ $output == *"REFUSED"*"made for plugin interface 5, this program has 4: build it again"* ]]
}

@test "another descriptor size, another magic, another name" {
  take wrong_size; take wrong_magic; take wrong_name
  run plugins
  [[ $output == *"wrong_size"*"its descriptor has 8 bytes"* ]]
  [[ $output == *"wrong_magic"*"not a Sanfang plugin (magic 00000001"* ]]
  [[ $output == *"wrong_name"*"calls itself 'other', its file name says 'wrong_name'"* ]]
}

@test "an undefined symbol is found at load, with the linker's words" {
  take undefined
  run plugins
  [[ $output == *"undefined symbol: sf_test_nobody_defines_this"* ]]
}

@test "a truncated module, an empty one, and one that is no module" {
  take toy
  head -c 3000 "$dir/toy.so" >"$dir/cut.so"
  : >"$dir/empty.so"
  echo hello >"$dir/text.so"
  run plugins
  [ "$status" -eq 0 ]
  [[ $output == *"cut "*"REFUSED"*"the file is cut short"* ]]
  [[ $output == *"empty "*"REFUSED"*"not a shared object"* ]]
  [[ $output == *"text "*"REFUSED"*"not a shared object"* ]]
  [[ $output == *"toy "*"decoder"* ]]
}

@test "a module that crashes while it is loaded is named" {
  take crash
  run plugins
  [ "$status" -eq 1 ]
  [[ $output == *"crash.so crashed while it was being loaded"* ]]
}

@test "a missing module names the folders and the nearest name" {
  take toy
  echo x >"$BATS_TEST_TMPDIR/f"
  SANFANG_PLUGIN_PATH=$dir run "$SANFANG" decode toi "$BATS_TEST_TMPDIR/f"
  [ "$status" -eq 1 ]
  [[ $output == *"there is no decoder plugin 'toi' in $dir (did you mean 'toy'?)"* ]]
}

@test "a plugin of another kind is not taken" {
  take toy
  SANFANG_PLUGIN_PATH=$dir run "$SANFANG" toy
  [ "$status" -eq 2 ]
}

@test "environment paths and .la files bring no foreign module in" {
  mkdir -m 755 "$BATS_TEST_TMPDIR/evil"
  cp "$here/toy.so" "$BATS_TEST_TMPDIR/evil/toy.so"
  printf "dlname='toy.so'\nlibrary_names='toy.so'\nold_library=''\ninstalled=yes\nlibdir='%s'\n" "$BATS_TEST_TMPDIR/evil" >"$dir/toy.la"
  echo x >"$BATS_TEST_TMPDIR/f"
  export LTDL_LIBRARY_PATH=$BATS_TEST_TMPDIR/evil LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/evil${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  SANFANG_PLUGIN_PATH=$dir run "$SANFANG" decode toy "$BATS_TEST_TMPDIR/f"
  [ "$status" -eq 1 ]
  [[ $output == *"there is no decoder plugin 'toy'"* ]]
}

@test "a module that others may write is refused" {
  take toy
  chmod 666 "$dir/toy.so"
  run plugins
  [[ $output == *"others may write it (mode 666)"* ]]
}

@test "a link is not followed" {
  ln -s "$here/toy.so" "$dir/toy.so"
  run plugins
  [[ $output == *"not a regular file"* ]]
}

@test "a stage that names a dataset outside the vocabulary is refused" {
  take stranger
  cp "$builddir"/modules/.libs/{cf,gpkg}.so "$dir/" && chmod 644 "$dir"/*.so
  cat >"$BATS_TEST_TMPDIR/s.yaml" <<Y
scenario: stranger
clock: 2020-01-01T00:00:00Z
domain: {grids: {near: {crs: "EPSG:4490", x: [109, 111], y: [18, 20], cell: 0.5}}}
models: {stranger: {}}
Y
  SANFANG_PLUGIN_PATH=$dir run "$SANFANG" check "$BATS_TEST_TMPDIR/s.yaml"
  [ "$status" -eq 1 ]
  [[ $output == *"stage stranger.blow names dataset 'wind_of_change', which the vocabulary does not have"* ]]
}
