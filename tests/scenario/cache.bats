# SPDX-License-Identifier: Apache-2.0
# What a change of one line of a kernel runs again, and what it leaves.

setup ()
{
  objects=$builddir/models/typhoon/.libs
  [ -e "$builddir/modules/.libs/typhoon.so" ] || skip "modules are embedded in this build"
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir -m 755 modules
  cp "$builddir"/modules/.libs/*.so modules/
  chmod 644 modules/*.so
  cat >s.yaml <<EOF
scenario: cache
clock: 2014-07-20T00:00:00Z
domain:
  grids:
    near: {crs: "EPSG:4490", x: [109, 111], y: [18, 20], cell: 0.1}
feeds:
  best:
    transport: {plugin: spool, path: "$SANFANG_SHARE/scenarios/data/rammasun-2014-cma.txt"}
    decoder: {plugin: cma_bst}
datasets:
  tracks: {records: track, feeds: [best], storm: "1409"}
models:
  ground: {}
  typhoon: {}
outputs:
  - {plugin: geojson, name: storm, datasets: [wind_areas@near]}
answers:
  - {dataset: landfalls}
EOF
}

made_with () { sed -n "s/^$1 = //p" "$builddir/Makefile"; }

# Link typhoon.so from the build's own objects, wind_profile's compiled anew from the source given.
typhoon_from ()
{
  local cc flags
  cc=$(made_with CC) flags=$(made_with CFLAGS)
  $cc -std=gnu11 $flags -fPIC -D_GNU_SOURCE -DHAVE_CONFIG_H -I"$builddir" -I"$srcdir" -c "$1" -o profile.o
  mkdir parts
  (cd parts && for part in libtyphoon.a libvortex.a ../agencies/.libs/libagencies.a; do ar x "$objects/$part"; done \
    && rm libwind_la-wind_profile.o)
  $cc $flags -shared -o modules/typhoon.so "$objects"/modules_typhoon_la-*.o parts/*.o profile.o \
    -L"$builddir/.libs" -lsanfang-geo -lsanfang-core -lm
  rm -r parts
}

run_it () { SANFANG_PLUGIN_PATH=$PWD/modules "$SANFANG" run s.yaml -o out --lang en --threads 1; }

@test "changing one line of a kernel is a cache miss, shown; what does not depend on it is reused" {
  typhoon_from "$srcdir/models/typhoon/wind_profile.c"
  run run_it
  [ "$status" -eq 0 ]
  [[ $output == *"typhoon.wind@near: made in"* ]]
  first=$(sha256sum <out/current/products/wind_areas-near.geojson)

  run run_it
  [ "$status" -eq 0 ]
  [[ $output == *" 0 stages run"* ]]
  [[ $output != *"made in"* ]]

  sed 's/-4\.4e-5/-4.5e-5/' "$srcdir/models/typhoon/wind_profile.c" >changed.c
  [ "$(diff "$srcdir/models/typhoon/wind_profile.c" changed.c | grep -c '^>')" -eq 1 ]
  typhoon_from changed.c
  run run_it
  [ "$status" -eq 0 ]
  for stage in track lines landfall closest wind@near areas@near; do
    [[ $output == *"typhoon.$stage: made in"* ]]
  done
  [[ $output == *"coast: unchanged: taken from snapshot"* ]]
  [[ $output == *"land_fraction@near: unchanged: taken from snapshot"* ]]
  [[ $output != *"ground."*": made in"* ]]
  [ "$(ls out/snapshots | wc -l)" -eq 2 ]
  [ "$(sha256sum <out/current/products/wind_areas-near.geojson)" != "$first" ]
}
