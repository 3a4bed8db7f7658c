#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The structural tests and the count find what they are there for: each gets a small tree with one fault and must name it.
set -uo pipefail
here=${srcdir:?srcdir is not set}/tests
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
unset srcdir builddir
faults=0

# tree FILE TEXT...: a fresh sound tree with these files replaced.
tree ()
{
  rm -rf "$scratch/t"
  mkdir -p "$scratch"/t/{core,geodata,models/{a,b},plugins/{decode/x,export/y},share,tests}
  cd "$scratch/t" || exit 1
  touch autogen.sh configure.ac Makefile.am
  for file in autogen.sh configure.ac Makefile.am; do echo '# SPDX-License-Identifier: Apache-2.0' >$file; done
  for file in core/k.h geodata/g.h models/a/a.h models/b/b.h plugins/decode/x/x.h plugins/export/y/y.h; do
    printf '/* SPDX-License-Identifier: Apache-2.0 */\n#pragma once\nstruct sf_%s;\n' "$(basename $file .h)" >$file
  done
  printf '/* SPDX-License-Identifier: Apache-2.0 */\n#include "core/k.h"\n#include <gdal.h>\n' >geodata/g.c
  while [ $# -gt 0 ]; do printf '/* SPDX-License-Identifier: Apache-2.0 */\n%b\n' "$2" >"$1"; shift 2; done
}

# finds WORDS COMMAND...: the command fails and says these words.
finds ()
{
  local words=$1 said
  shift
  if said=$("$@" 2>&1); then echo "FAIL: $* passed, wanted: $words"; faults=$((faults + 1))
  elif ! grep -qF -- "$words" <<<"$said"; then echo "FAIL: $* said: $said; wanted: $words"; faults=$((faults + 1))
  fi
}
passes () { local said; said=$("$@" 2>&1) || { echo "FAIL: $*: $said"; faults=$((faults + 1)); }; }

floors () { PUBLIC_HEADERS='core/k.h geodata/g.h' bash "$here/structure/floors.sh" "$scratch/t"; }
tree; passes floors
tree models/a/a.c '#include "geodata/g.h"\n#include "models/a/a.h"'; passes floors
tree plugins/decode/s.h 'struct sf_s;' plugins/decode/x/x.c '#include "plugins/decode/s.h"'; passes floors
tree core/k.c '#include "geodata/g.h"'; finds 'core/k.c:2: "geodata/g.h" is not a floor below' floors
tree core/k.c '#include <gdal.h>'; finds 'core/k.c:2: <gdal.h> belongs' floors
tree geodata/g.h '#include <proj.h>'; finds 'geodata/g.h:2: <proj.h> in a public header' floors
tree geodata/private.h '#include <proj.h>'; passes floors
tree geodata/private.h 'struct sf_p;' models/a/a.c '#include "geodata/private.h"'; finds 'is private to geodata' floors
tree geodata/g.c '#include "models/a/a.h"'; finds 'is not a floor below' floors
tree models/a/a.c '#include "models/b/b.h"'; finds 'models/a/a.c:2: "models/b/b.h" is not a floor below' floors
tree models/a/a.c '#  include <hdf5.h>'; finds '<hdf5.h> belongs' floors
tree plugins/decode/x/x.c '#include "plugins/export/y/y.h"'; finds 'is not a floor below' floors
tree plugins/decode/x/x.c '#include "models/a/a.h"'; finds 'is not a floor below' floors
tree core/k.c '#include "k.h"'; finds 'write the path from the top' floors
tree core/k.c '#include "core/../core/k.h"'; finds 'write the path from the top' floors
tree core/k.c '#include "core/none.h"'; finds '"core/none.h" does not exist' floors

headers () { PUBLIC_HEADERS=$1 bash "$here/structure/headers.sh" "$scratch/t"; }
tree; passes headers 'core/k.h geodata/g.h'
tree core/k.h 'void f (size_t n);'; finds 'size_t' headers core/k.h
tree geodata/g.h '#include "core/k.h"'; finds 'geodata/g.h includes core/k.h, which is not installed' headers geodata/g.h
tree; finds '0 public headers' headers ' '

spdx () { bash "$here/structure/spdx.sh" "$scratch/t"; }
tree; passes spdx
tree; echo 'int x;' >models/a/a.c; finds 'models/a/a.c: the SPDX line is missing' spdx

symbols () { builddir=$scratch/b SANFANG_MODULES=$1 bash "$here/structure/symbols.sh"; }
mkdir -p "$scratch"/b/{.libs,modules/.libs}
cd "$scratch/b" || exit 1
library () { printf '%s\n' "$2" | ${CC:-gcc} -shared -fPIC -x c -o "$1" - "${@:3}"; }
library .libs/libsanfang-core.so 'int sf_k;'
library modules/.libs/good.so 'int good_LTX_sanfang_plugin;'
library modules/.libs/two.so 'int two_LTX_sanfang_plugin, sf_helper;'
library modules/.libs/none.so 'static int x; int *hidden (void) __attribute__ ((visibility ("hidden"))); int *hidden (void) { return &x; }'
passes symbols modules/good.la
finds 'two.so exports' symbols 'modules/good.la modules/two.la'
finds 'none.so exports: nothing' symbols modules/none.la
finds 'absent.so exports: nothing' symbols modules/absent.la
library .libs/libsanfang-core.so 'extern int proj_info (void); int sf_k (void) { return proj_info (); }' -lproj
finds 'libsanfang-core loads the libraries above' symbols modules/good.la

# The count: what each kind of log gives, written as automake, libcheck and bats write them.
count () { bash "$here/summary.sh" "$scratch/allowed" "$@"; }
result () { printf '%b' "$3" >"$1.log"; printf ':test-result: %s\n' "$2" >"$1.trs"; }
echo 'may_* no data' >"$scratch/allowed"
result unit PASS '100%: Checks: 12, Failures: 0, Errors: 0\n'
result tap PASS '1..3\nok 1 one\nok 2 two # skip no data\nok 3 three\n'
result plain PASS 'fine\n'
result may_skip SKIP 'no data here\nSKIP may_skip (exit status: 77)\n'
result must_run SKIP 'no data here\n'
result broken FAIL '90%: Checks: 10, Failures: 1, Errors: 1\n'
result short FAIL '1..4\nok 1 one\nnot ok 2 two\n'
[ "$(count unit.log plain.log | tail -n 1)" = '13 passed, 0 failed, 0 skipped' ] || finds 'count of passes' false
passes count unit.log plain.log may_skip.log
finds '14 passed, 0 failed, 1 skipped' count unit.log tap.log
finds '0 passed, 0 failed, 1 skipped' count may_skip.log
finds 'SKIP must_run: no data here' count unit.log must_run.log
finds '8 passed, 2 failed, 0 skipped' count broken.log
finds '1 passed, 3 failed, 0 skipped' count short.log
finds '12 passed, 1 failed, 0 skipped' count unit.log gone.log
[ $faults = 0 ]
