# SPDX-License-Identifier: Apache-2.0
nobase_dist_pkgdata_DATA = \
  %D%/vocabulary/quantities.yaml %D%/vocabulary/datasets.yaml %D%/vocabulary/columns.yaml

# domains and places
nobase_dist_pkgdata_DATA += %D%/domains/hainan.yaml %D%/places/islands.csv %D%/places/hainan_counties.csv
EXTRA_DIST += %D%/counties-demo/package.json %D%/counties-demo/package-lock.json

# scenarios
nobase_dist_pkgdata_DATA += %D%/scenarios/rammasun-2014.yaml %D%/scenarios/data/rammasun-2014-cma.txt \
  %D%/scenarios/data/SOURCES.md

# styles and templates
nobase_dist_pkgdata_DATA += \
  %D%/styles/basemap.yaml %D%/styles/land_fraction.yaml %D%/styles/track.yaml %D%/styles/typhoon_grades.yaml \
  %D%/styles/warning_lines.yaml %D%/styles/wind_areas.yaml %D%/styles/wind_arrival.yaml %D%/styles/wind_duration.yaml \
  %D%/styles/wind_end.yaml %D%/styles/wind_force.yaml %D%/styles/wind_speed.yaml %D%/templates/summary.html

# set-up: for the source tree only
EXTRA_DIST += %D%/setup/packages.txt %D%/setup/setup.sh
