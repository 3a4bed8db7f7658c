#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Our landfalls against official records: every storm of landfalls.csv whose best track is in the shared data.
set -u
S=$SANFANG_SHARED/typhoon
if [ ! -f "$S/landfalls.csv" ]; then
  echo "SANFANG_SHARED has no typhoon/landfalls.csv"
  exit 77
fi
if ! /usr/bin/python3 -c 'import numpy; from osgeo import ogr' 2>/dev/null; then
  echo "python3-numpy or python3-gdal is missing"
  exit 77
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# storm CODE PLUGIN FILE NUMBER: its landfalls as CODE.json, its fixes as CODE.fixes; LANDFALL_SETTINGS: more --set to try.
storm ()
{
  if [ ! -f "$S/$3" ]; then
    echo "SANFANG_SHARED has no typhoon/$3"
    exit 77
  fi
  "$SANFANG" run "$srcdir/tests/scenario/landfall.yaml" -o "$tmp/$1" --set feeds.best.decoder.plugin="$2" \
    --set feeds.best.transport.path="$S/$3" --set datasets.tracks.storm="$4" ${LANDFALL_SETTINGS:-} --json --log-level error \
    >"$tmp/$1.json" || { echo "the run for storm $1 failed"; exit 1; }
  "$SANFANG" decode "$2" "$S/$3" --json | grep "\"number\":\"$4\"" >"$tmp/$1.fixes"
}
storm 201409 cma_bst cma/CH2014BST.txt 1409
storm 201415 cma_bst cma/CH2014BST.txt 1415
storm 201621 jma_rsmc jma_bst_sarika_mangkhut.txt 1621
storm 201822 jma_rsmc jma_bst_sarika_mangkhut.txt 1822
storm 202411 nmc_json nmc/yagi-2024-view.json 2411
/usr/bin/python3 "$srcdir/tests/scenario/landfalls.py" "$S/landfalls.csv" "$SANFANG_DATA/coast.gpkg" "$tmp"
