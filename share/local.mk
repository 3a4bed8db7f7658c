# SPDX-License-Identifier: Apache-2.0
nobase_dist_pkgdata_DATA = \
  %D%/vocabulary/quantities.yaml %D%/vocabulary/datasets.yaml %D%/vocabulary/columns.yaml %D%/vocabulary/reasons.yaml

# domains and places
nobase_dist_pkgdata_DATA += %D%/domains/hainan.yaml %D%/places/islands.csv %D%/places/hainan_counties.csv
nobase_dist_pkgdata_DATA += %D%/places/harbours.csv %D%/places/reservoirs.csv %D%/places/named_islands.csv
EXTRA_DIST += %D%/counties-demo/package.json %D%/counties-demo/package-lock.json

# agencies of tropical cyclones
nobase_dist_pkgdata_DATA += %D%/typhoon/agencies.yaml %D%/typhoon/errors.yaml

# telemetry
nobase_dist_pkgdata_DATA += %D%/telemetry/sl651-elements.yaml

# scenarios
nobase_dist_pkgdata_DATA += %D%/scenarios/rammasun-2014.yaml %D%/scenarios/data/rammasun-2014-cma.txt \
  %D%/scenarios/data/SOURCES.md
nobase_dist_pkgdata_DATA += %D%/scenarios/rammasun-2014-asissued.yaml %D%/scenarios/data/rammasun-2014-asissued.json \
  %D%/scenarios/remnant-2024.yaml %D%/scenarios/data/remnant-2024/README.md

# rules of the answers
nobase_dist_pkgdata_DATA += %D%/typhoon/answers.yaml

# styles and templates
nobase_dist_pkgdata_DATA += \
  %D%/styles/basemap.yaml %D%/styles/closest_approach.yaml %D%/styles/coast.yaml %D%/styles/counties.yaml \
  %D%/styles/county_seats.yaml %D%/styles/land_fraction.yaml %D%/styles/landfalls.yaml %D%/styles/track.yaml \
  %D%/styles/typhoon_grades.yaml %D%/styles/warning_crossings.yaml %D%/styles/wind_arrows.yaml \
  %D%/styles/wind_barbs.yaml %D%/styles/wind_isolines.yaml \
  %D%/styles/warning_lines.yaml %D%/styles/wind_areas.yaml %D%/styles/wind_arrival.yaml %D%/styles/wind_duration.yaml \
  %D%/styles/wind_end.yaml %D%/styles/wind_force.yaml %D%/styles/wind_speed.yaml %D%/templates/summary.html \
  %D%/templates/sheet.html

# rain and surge
nobase_dist_pkgdata_DATA += %D%/styles/rain_total.yaml %D%/styles/tide_stations.yaml %D%/typhoon/rain.yaml \
  %D%/sea/stations.yaml %D%/sea/surge.yaml

# styles of probabilities and places
nobase_dist_pkgdata_DATA += %D%/styles/wind_probability.yaml %D%/styles/strike_probability.yaml %D%/styles/places.yaml

# sample of nginx before the service
nobase_dist_pkgdata_DATA += %D%/nginx/sanfang.conf %D%/nginx/tianditu.conf

# Tianditu's base maps for GDAL
nobase_dist_pkgdata_DATA += %D%/tianditu/gdal_c.xml %D%/tianditu/gdal_w.xml

# set-up: for the source tree only
EXTRA_DIST += %D%/setup/packages.txt %D%/setup/setup.sh

# preview page: our own files; its map library only where set-up has fetched it
nobase_dist_pkgdata_DATA += %D%/web/css/layout.css %D%/web/css/theme.css %D%/web/icon.svg %D%/web/index.html \
  %D%/web/js/actions.js %D%/web/js/api.js %D%/web/js/h.js %D%/web/js/i18n.js %D%/web/js/i18n/en.json \
  %D%/web/js/i18n/zh.json %D%/web/js/lib.js %D%/web/js/live.js %D%/web/js/main.js %D%/web/js/map/address.js \
  %D%/web/js/map/crs.js %D%/web/js/map/flow.js %D%/web/js/map/frames.js %D%/web/js/map/map.js \
  %D%/web/js/map/sources.js %D%/web/js/map/style.js %D%/web/js/model.js %D%/web/js/places.js %D%/web/js/snapshots.js \
  %D%/web/js/store.js %D%/web/js/time.js %D%/web/js/ui/card.js %D%/web/js/ui/corner.js %D%/web/js/ui/header.js \
  %D%/web/js/ui/help.js %D%/web/js/ui/legend.js %D%/web/js/ui/links.js %D%/web/js/ui/rail.js %D%/web/js/ui/slider.js \
  %D%/web/js/ui/toast.js %D%/web/js/url.js %D%/web/night.svg
EXTRA_DIST += %D%/web-deps/package.json %D%/web-deps/package-lock.json %D%/web-deps/extract-worker.mjs
OL = npm-web/node_modules/ol
WEB_LIBRARY = data/web/lib/ol.js data/web/lib/ol.css data/web/lib/ol-LICENSE.md data/web/lib/ol-webgl-worker.js
CLEANFILES += $(WEB_LIBRARY)
data/web/lib/ol.js: $(OL)/dist/ol.js
	$(AM_V_GEN)$(MKDIR_P) data/web/lib && cp $(OL)/dist/ol.js $@
data/web/lib/ol.css: $(OL)/ol.css
	$(AM_V_GEN)$(MKDIR_P) data/web/lib && cp $(OL)/ol.css $@
data/web/lib/ol-LICENSE.md: $(OL)/LICENSE.md
	$(AM_V_GEN)$(MKDIR_P) data/web/lib && cp $(OL)/LICENSE.md $@
data/web/lib/ol-webgl-worker.js: $(OL)/worker/webgl.js $(srcdir)/%D%/web-deps/extract-worker.mjs
	$(AM_V_GEN)$(MKDIR_P) data/web/lib && \
	  node $(srcdir)/%D%/web-deps/extract-worker.mjs $(OL)/worker/webgl.js >$@.new && mv $@.new $@
web-library-local:
	@test ! -f $(OL)/dist/ol.js || $(MAKE) $(AM_MAKEFLAGS) $(WEB_LIBRARY)
ALL_LOCAL += web-library-local
install-data-local:
	@test ! -f data/web/lib/ol.js || { $(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/data/web/lib" && \
	  $(INSTALL_DATA) $(WEB_LIBRARY) "$(DESTDIR)$(pkgdatadir)/data/web/lib"; }
uninstall-local:
	rm -rf "$(DESTDIR)$(pkgdatadir)/data/web"
.PHONY: web-library-local

# past storms
nobase_dist_pkgdata_DATA += %D%/typhoon/analogues.yaml %D%/typhoon/effects.csv %D%/scenarios/past-storms.yaml \
  %D%/styles/similar_tracks.yaml %D%/styles/shore_passes.yaml
# typhoon: parameters of the vortex and of the ground under it
nobase_dist_pkgdata_DATA += %D%/typhoon/vortex.yaml %D%/typhoon/surface.yaml
# ensemble
nobase_dist_pkgdata_DATA += %D%/typhoon/ensemble.yaml \
  %D%/styles/cones.yaml %D%/styles/cone_circles.yaml %D%/styles/landfall_stretches.yaml

# rules of quality control
nobase_dist_pkgdata_DATA += %D%/rules/quality.yaml

# live operation
nobase_dist_pkgdata_DATA += %D%/systemd/sanfang.service
# departments and live operation
nobase_dist_pkgdata_DATA += %D%/departments/powergrid.yaml %D%/departments/housing.yaml %D%/departments/water.yaml \
  %D%/departments/meteorology.yaml %D%/scenarios/live.yaml
