#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each module exports exactly one symbol, NAME_LTX_sanfang_plugin, and the kernel's library loads no library of the ground.
# SANFANG_MODULES: the modules as modules/NAME.la; builddir: the build folder.
set -uo pipefail
cd "${builddir:?builddir is not set}" || exit 1
if [ ! -e .libs/libsanfang-core.so ]; then
  echo "the static build (--enable-preload) has no shared objects to look at"
  exit 77
fi
bad=0 count=0
for module in ${SANFANG_MODULES?is not set}; do
  name=$(basename "$module" .la)
  shared=$(dirname "$module")/.libs/$name.so
  count=$((count + 1))
  exported=$(nm -D --defined-only "$shared" | awk '{ print $NF }' | paste -sd' ')
  if [ "$exported" != "${name}_LTX_sanfang_plugin" ]; then
    printf '%s exports: %s\n' "$shared" "${exported:-nothing}"
    bad=$((bad + 1))
  fi
done
if [ $count = 0 ]; then echo "no modules"; exit 1; fi
loaded=$(ldd .libs/libsanfang-core.so) || exit 1
if grep -E 'lib(gdal|proj|geos|hdf5|netcdf|cairo|pango)' <<<"$loaded"; then
  echo "libsanfang-core loads the libraries above"
  bad=$((bad + 1))
fi
printf '%d modules, %d faults\n' $count $bad
[ $bad = 0 ]
