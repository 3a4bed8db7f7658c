# SPDX-License-Identifier: Apache-2.0
# A unit test: add its name to UNIT_TESTS, its source is tests/unit/<name>.c; extra objects through <name>_LDADD.
TEST_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SRCDIR='"$(abs_top_srcdir)"' -DTEST_BUILDDIR='"$(abs_top_builddir)"'
# A sanitizer's list of suppressions would stand in the midst of what tests compare.
AM_TESTS_ENVIRONMENT = LSAN_OPTIONS=print_suppressions=0; export LSAN_OPTIONS; \
  SANFANG_SHARED="$${SANFANG_SHARED:-$(abs_top_srcdir)/../shared/data}"; export SANFANG_SHARED; \
  SANFANG_PLUGIN_PATH='$(abs_top_builddir)/modules/.libs'; export SANFANG_PLUGIN_PATH; \
  SANFANG_SHARE='$(abs_top_srcdir)/share'; export SANFANG_SHARE; \
  SANFANG_DATA='$(abs_top_builddir)/data'; export SANFANG_DATA; \
  SANFANG='$(abs_top_builddir)/sanfang'; export SANFANG; \
  GDAL_DEFAULT_WMS_CACHE_PATH='$(abs_top_builddir)/gdal-cache'; export GDAL_DEFAULT_WMS_CACHE_PATH; \
  srcdir='$(abs_top_srcdir)'; export srcdir; builddir='$(abs_top_builddir)'; export builddir;
UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
UNIT_LIBS = $(CORE_LIB) $(CHECK_LIBS) $(JANSSON_LIBS) -lm
UNIT_GEO_LIBS = $(GEO_LIB) $(UNIT_LIBS)

# base
check_PROGRAMS += %D%/unit/test_error %D%/unit/test_mem %D%/unit/test_time %D%/unit/test_text %D%/unit/test_json \
  %D%/unit/test_sha256 %D%/unit/test_file %D%/unit/test_log %D%/unit/test_yaml %D%/unit/test_option
%C%_unit_test_error_SOURCES = %D%/unit/test_error.c %D%/unit/base.h
%C%_unit_test_error_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_error_LDADD = $(UNIT_LIBS)
%C%_unit_test_mem_SOURCES = %D%/unit/test_mem.c %D%/unit/base.h
%C%_unit_test_mem_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_mem_LDADD = $(UNIT_LIBS)
%C%_unit_test_time_SOURCES = %D%/unit/test_time.c %D%/unit/base.h
%C%_unit_test_time_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_time_LDADD = $(UNIT_LIBS)
%C%_unit_test_text_SOURCES = %D%/unit/test_text.c %D%/unit/base.h %D%/unit/comma_locale.h
%C%_unit_test_text_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_text_LDADD = $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_secret
%C%_unit_test_secret_SOURCES = %D%/unit/test_secret.c %D%/unit/base.h
%C%_unit_test_secret_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_secret_LDADD = $(UNIT_LIBS)
%C%_unit_test_json_SOURCES = %D%/unit/test_json.c %D%/unit/base.h %D%/unit/comma_locale.h
%C%_unit_test_json_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_json_LDADD = $(UNIT_LIBS)
%C%_unit_test_sha256_SOURCES = %D%/unit/test_sha256.c %D%/unit/base.h
%C%_unit_test_sha256_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_sha256_LDADD = $(UNIT_LIBS)
%C%_unit_test_file_SOURCES = %D%/unit/test_file.c %D%/unit/base.h
%C%_unit_test_file_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_file_LDADD = $(UNIT_LIBS)
%C%_unit_test_log_SOURCES = %D%/unit/test_log.c %D%/unit/base.h
%C%_unit_test_log_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_log_LDADD = $(UNIT_LIBS)
%C%_unit_test_yaml_SOURCES = %D%/unit/test_yaml.c %D%/unit/base.h
%C%_unit_test_yaml_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_yaml_LDADD = $(UNIT_LIBS)
%C%_unit_test_option_SOURCES = %D%/unit/test_option.c %D%/unit/base.h
%C%_unit_test_option_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_option_LDADD = $(UNIT_LIBS)
include %D%/fuzz/local.mk

# data
check_PROGRAMS += %D%/unit/test_grid %D%/unit/test_geometry %D%/unit/test_record %D%/unit/test_record_wire %D%/unit/test_record_json \
  %D%/unit/test_vocabulary %D%/unit/test_dataset %D%/unit/test_table %D%/unit/test_tracks
%C%_unit_test_grid_SOURCES = %D%/unit/test_grid.c
%C%_unit_test_grid_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_grid_LDADD = $(UNIT_LIBS)
%C%_unit_test_geometry_SOURCES = %D%/unit/test_geometry.c
%C%_unit_test_geometry_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_geometry_LDADD = $(UNIT_LIBS)
%C%_unit_test_record_SOURCES = %D%/unit/test_record.c %D%/unit/random_record.h
%C%_unit_test_record_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_record_LDADD = $(UNIT_LIBS)
%C%_unit_test_record_wire_SOURCES = %D%/unit/test_record_wire.c %D%/unit/random_record.h
%C%_unit_test_record_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_record_wire_LDADD = $(UNIT_LIBS)
%C%_unit_test_record_json_SOURCES = %D%/unit/test_record_json.c %D%/unit/random_record.h
%C%_unit_test_record_json_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_record_json_LDADD = $(UNIT_LIBS)
%C%_unit_test_vocabulary_SOURCES = %D%/unit/test_vocabulary.c
%C%_unit_test_vocabulary_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_vocabulary_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_vocabulary_LDADD = $(UNIT_LIBS)
%C%_unit_test_dataset_SOURCES = %D%/unit/test_dataset.c
%C%_unit_test_dataset_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_dataset_LDADD = $(UNIT_LIBS)
%C%_unit_test_table_SOURCES = %D%/unit/test_table.c
%C%_unit_test_table_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_table_LDADD = $(UNIT_LIBS)
%C%_unit_test_tracks_SOURCES = %D%/unit/test_tracks.c %D%/unit/random_record.h
%C%_unit_test_tracks_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_tracks_LDADD = $(UNIT_LIBS)

# plugin
check_LTLIBRARIES =
include %D%/modules/local.mk
check_PROGRAMS += %D%/unit/test_pool
%C%_unit_test_pool_SOURCES = %D%/unit/test_pool.c
%C%_unit_test_pool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_pool_LDADD = $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_plugin_host
%C%_unit_test_plugin_host_SOURCES = %D%/unit/test_plugin_host.c %D%/unit/base.h
%C%_unit_test_plugin_host_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_plugin_host_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_plugin_host_LDADD = $(UNIT_LIBS)
%C%_unit_test_plugin_host_DEPENDENCIES = $(CORE_LIB) $(BAD_MODULES)

# cages
check_PROGRAMS += %D%/unit/test_record_pack
%C%_unit_test_record_pack_SOURCES = %D%/unit/test_record_pack.c %D%/unit/random_record.h
%C%_unit_test_record_pack_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_record_pack_LDADD = $(UNIT_LIBS)
if !PRELOAD
check_PROGRAMS += %D%/unit/test_cage
%C%_unit_test_cage_SOURCES = %D%/unit/test_cage.c %D%/unit/cage_help.h
%C%_unit_test_cage_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_cage_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_cage_LDADD = $(UNIT_LIBS)
%C%_unit_test_cage_DEPENDENCIES = $(CORE_LIB) $(CAGE_MODULES) sanfang
check_PROGRAMS += %D%/unit/test_cage_memory
%C%_unit_test_cage_memory_SOURCES = %D%/unit/test_cage_memory.c %D%/unit/cage_help.h
%C%_unit_test_cage_memory_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_cage_memory_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_cage_memory_LDADD = $(UNIT_LIBS)
%C%_unit_test_cage_memory_DEPENDENCIES = $(CORE_LIB) $(CAGE_MODULES) sanfang
check_PROGRAMS += %D%/unit/test_cage_libraries
%C%_unit_test_cage_libraries_SOURCES = %D%/unit/test_cage_libraries.c %D%/unit/cage_help.h
%C%_unit_test_cage_libraries_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_cage_libraries_CFLAGS = $(UNIT_CFLAGS) $(SECCOMP_CFLAGS)
%C%_unit_test_cage_libraries_LDADD = $(UNIT_LIBS)
%C%_unit_test_cage_libraries_DEPENDENCIES = $(CORE_LIB) $(MODULES)
check_PROGRAMS += %D%/conformance/test_cages
%C%_conformance_test_cages_SOURCES = %D%/conformance/test_cages.c %D%/unit/cage_help.h
%C%_conformance_test_cages_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_conformance_test_cages_CFLAGS = $(UNIT_CFLAGS)
%C%_conformance_test_cages_LDADD = $(UNIT_LIBS)
%C%_conformance_test_cages_DEPENDENCIES = $(CORE_LIB) $(MODULES) $(CAGE_MODULES) sanfang
BENCHES += %D%/bench/bench_cage
%C%_bench_bench_cage_SOURCES = %D%/bench/bench_cage.c %D%/bench/bench.h %D%/modules/pieces.h %D%/unit/cage_help.h
%C%_bench_bench_cage_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_bench_cage_CFLAGS = $(UNIT_CFLAGS)
%C%_bench_bench_cage_LDADD = $(UNIT_LIBS)
%C%_bench_bench_cage_DEPENDENCIES = $(CORE_LIB) $(CAGE_MODULES) sanfang
endif

# cycle
check_PROGRAMS += %D%/unit/test_graph
%C%_unit_test_graph_SOURCES = %D%/unit/test_graph.c
%C%_unit_test_graph_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_graph_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_graph_LDADD = $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_scenario %D%/unit/test_snapshot %D%/unit/test_ingest %D%/unit/test_cycle
%C%_unit_test_scenario_SOURCES = %D%/unit/test_scenario.c %D%/unit/toys.h %D%/unit/toy_help.h %D%/unit/base.h
%C%_unit_test_scenario_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_scenario_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_scenario_LDADD = $(UNIT_LIBS)
%C%_unit_test_snapshot_SOURCES = %D%/unit/test_snapshot.c %D%/unit/toys.h %D%/unit/toy_help.h %D%/unit/base.h
%C%_unit_test_snapshot_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_snapshot_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_snapshot_LDADD = $(UNIT_LIBS)
%C%_unit_test_ingest_SOURCES = %D%/unit/test_ingest.c %D%/unit/toys.h %D%/unit/toy_help.h %D%/unit/base.h
%C%_unit_test_ingest_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_ingest_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_ingest_LDADD = $(UNIT_LIBS)
%C%_unit_test_cycle_SOURCES = %D%/unit/test_cycle.c %D%/unit/toys.h %D%/unit/toy_help.h %D%/unit/base.h
%C%_unit_test_cycle_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_cycle_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_cycle_LDADD = $(UNIT_LIBS)

# typhoon wind
WIND_LIBS = models/typhoon/libwind.la $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_averaging %D%/unit/test_track_interp %D%/unit/test_wind_profile %D%/unit/test_wind_track \
  %D%/unit/test_wind_kernel %D%/unit/test_wind_field %D%/unit/test_wind_climada
%C%_unit_test_averaging_SOURCES = %D%/unit/test_averaging.c
%C%_unit_test_averaging_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_averaging_LDADD = $(WIND_LIBS)
%C%_unit_test_track_interp_SOURCES = %D%/unit/test_track_interp.c
%C%_unit_test_track_interp_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_track_interp_LDADD = $(WIND_LIBS)
%C%_unit_test_wind_profile_SOURCES = %D%/unit/test_wind_profile.c
%C%_unit_test_wind_profile_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_wind_profile_LDADD = $(WIND_LIBS)
%C%_unit_test_wind_track_SOURCES = %D%/unit/test_wind_track.c %D%/unit/wind_rammasun.h
%C%_unit_test_wind_track_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_wind_track_LDADD = $(WIND_LIBS)
%C%_unit_test_wind_kernel_SOURCES = %D%/unit/test_wind_kernel.c
%C%_unit_test_wind_kernel_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_wind_kernel_LDADD = $(WIND_LIBS)
%C%_unit_test_wind_field_SOURCES = %D%/unit/test_wind_field.c %D%/unit/wind_rammasun.h
%C%_unit_test_wind_field_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_wind_field_LDADD = $(WIND_LIBS)
%C%_unit_test_wind_climada_SOURCES = %D%/unit/test_wind_climada.c %D%/unit/wind_rammasun.h
%C%_unit_test_wind_climada_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_wind_climada_LDADD = $(WIND_LIBS)
noinst_PROGRAMS += %D%/unit/wind_dump
%C%_unit_wind_dump_CFLAGS = $(AM_CFLAGS)
%C%_unit_wind_dump_LDADD = models/typhoon/libwind.la $(CORE_LIB) -lm
dist_check_SCRIPTS += %D%/unit/test_wind_numpy.sh
EXTRA_DIST += %D%/unit/wind_random_numpy.py
BENCHES += %D%/bench/bench_wind_field
%C%_bench_bench_wind_field_SOURCES = %D%/bench/bench.h %D%/bench/bench_wind_field.c %D%/unit/wind_rammasun.h
%C%_bench_bench_wind_field_LDADD = models/typhoon/libwind.la $(CORE_LIB) -lm

# the vortex that meets the rings
VORTEX_LIBS = models/typhoon/libvortex.la models/typhoon/libtyphoon.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_vortex %D%/unit/test_land_decay %D%/unit/test_storm_field %D%/unit/test_vortex_bulletins
BENCHES += %D%/bench/bench_storm_field
%C%_bench_bench_storm_field_SOURCES = %D%/bench/bench.h %D%/bench/bench_storm_field.c %D%/unit/wind_rammasun.h
%C%_bench_bench_storm_field_LDADD = models/typhoon/libvortex.la models/typhoon/libtyphoon.la $(GEO_LIB) $(CORE_LIB) -lm
check_PROGRAMS += %D%/unit/test_surface_wind %D%/unit/test_station_winds
%C%_unit_test_station_winds_SOURCES = %D%/unit/test_station_winds.c
%C%_unit_test_station_winds_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_station_winds_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_station_winds_LDADD = $(VORTEX_LIBS)
%C%_unit_test_surface_wind_SOURCES = %D%/unit/test_surface_wind.c
%C%_unit_test_surface_wind_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_surface_wind_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_surface_wind_LDADD = $(VORTEX_LIBS)
%C%_unit_test_vortex_bulletins_SOURCES = %D%/unit/test_vortex_bulletins.c %D%/unit/decode_help.h
%C%_unit_test_vortex_bulletins_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_vortex_bulletins_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_vortex_bulletins_LDADD = models/typhoon/libvortex.la models/typhoon/libtyphoon.la libdecoders.la \
  $(UNIT_GEO_LIBS)
%C%_unit_test_storm_field_SOURCES = %D%/unit/test_storm_field.c
%C%_unit_test_storm_field_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_storm_field_LDADD = $(VORTEX_LIBS)
%C%_unit_test_land_decay_SOURCES = %D%/unit/test_land_decay.c
%C%_unit_test_land_decay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_land_decay_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_land_decay_LDADD = $(VORTEX_LIBS)
%C%_unit_test_vortex_SOURCES = %D%/unit/test_vortex.c
%C%_unit_test_vortex_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_vortex_LDADD = $(VORTEX_LIBS)
# ensemble: members, cone, landfall
MEMBER_LIBS = models/typhoon/ensemble/libensemble.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_member_random %D%/unit/test_member_spread %D%/unit/test_member_rules \
  %D%/unit/test_member_draw %D%/unit/test_member_wind %D%/unit/test_cone %D%/unit/test_landfall_chance
%C%_unit_test_member_random_SOURCES = %D%/unit/test_member_random.c
%C%_unit_test_member_random_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_member_random_LDADD = $(MEMBER_LIBS)
%C%_unit_test_member_spread_SOURCES = %D%/unit/test_member_spread.c
%C%_unit_test_member_spread_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_member_spread_LDADD = $(MEMBER_LIBS)
%C%_unit_test_member_rules_SOURCES = %D%/unit/test_member_rules.c
%C%_unit_test_member_rules_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_member_rules_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_member_rules_LDADD = $(MEMBER_LIBS)
%C%_unit_test_member_draw_SOURCES = %D%/unit/test_member_draw.c
%C%_unit_test_member_draw_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_member_draw_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_member_draw_LDADD = $(MEMBER_LIBS)
%C%_unit_test_member_wind_SOURCES = %D%/unit/test_member_wind.c
%C%_unit_test_member_wind_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_member_wind_LDADD = $(MEMBER_LIBS)
%C%_unit_test_cone_SOURCES = %D%/unit/test_cone.c %D%/unit/polygon_help.h
%C%_unit_test_cone_CFLAGS = $(UNIT_CFLAGS) $(GEOS_CFLAGS)
%C%_unit_test_cone_LDADD = $(MEMBER_LIBS) $(GEOS_LIBS)
%C%_unit_test_landfall_chance_SOURCES = %D%/unit/test_landfall_chance.c %D%/unit/storm_help.h
%C%_unit_test_landfall_chance_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_landfall_chance_LDADD = $(MEMBER_LIBS)
check_PROGRAMS += %D%/unit/test_ensemble_stages
%C%_unit_test_ensemble_stages_SOURCES = %D%/unit/test_ensemble_stages.c %D%/unit/ensemble_bench.h %D%/unit/storm_help.h $(ENSEMBLE_SOURCES)
%C%_unit_test_ensemble_stages_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_ensemble_stages_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_ensemble_stages_LDADD = $(MEMBER_LIBS)
check_PROGRAMS += %D%/unit/test_ensemble_odd
%C%_unit_test_ensemble_odd_SOURCES = %D%/unit/test_ensemble_odd.c %D%/unit/stage_bench.h %D%/unit/storm_help.h $(ENSEMBLE_SOURCES)
%C%_unit_test_ensemble_odd_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_ensemble_odd_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_ensemble_odd_LDADD = $(MEMBER_LIBS)
noinst_PROGRAMS += %D%/unit/member_dump
%C%_unit_member_dump_CFLAGS = $(AM_CFLAGS)
%C%_unit_member_dump_LDADD = models/typhoon/ensemble/libensemble.la $(GEO_LIB) $(CORE_LIB) -lm
BENCHES += %D%/bench/bench_members
%C%_bench_bench_members_SOURCES = %D%/bench/bench.h %D%/bench/bench_members.c
%C%_bench_bench_members_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_bench_members_LDADD = models/typhoon/ensemble/libensemble.la $(GEO_LIB) $(CORE_LIB) -lm
dist_check_SCRIPTS += %D%/unit/test_member_calibration.sh
EXTRA_DIST += %D%/unit/member_calibration.py

# ensemble: probabilities
CHANCE_LIBS = models/typhoon/ensemble/libspans.la $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_chances %D%/unit/test_arrivals
%C%_unit_test_arrivals_SOURCES = %D%/unit/test_arrivals.c %D%/unit/chance_help.h
%C%_unit_test_arrivals_CFLAGS = $(UNIT_CFLAGS) -ffp-contract=off
%C%_unit_test_arrivals_LDADD = $(CHANCE_LIBS)
%C%_unit_test_chances_SOURCES = %D%/unit/test_chances.c %D%/unit/chance_help.h
%C%_unit_test_chances_CFLAGS = $(UNIT_CFLAGS) -ffp-contract=off
%C%_unit_test_chances_LDADD = $(CHANCE_LIBS)
check_PROGRAMS += %D%/unit/test_places
%C%_unit_test_places_SOURCES = %D%/unit/test_places.c
%C%_unit_test_places_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_places_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_places_LDADD = models/ground/libground.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_chance_stages
%C%_unit_test_chance_stages_SOURCES = %D%/unit/test_chance_stages.c $(ENSEMBLE_SOURCES)
%C%_unit_test_chance_stages_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_chance_stages_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_chance_stages_LDADD = $(MEMBER_LIBS)
noinst_PROGRAMS += %D%/unit/chance_dump
%C%_unit_chance_dump_SOURCES = %D%/unit/chance_dump.c %D%/unit/chance_help.h
%C%_unit_chance_dump_LDADD = models/typhoon/ensemble/libspans.la $(CORE_LIB) -lm
dist_check_SCRIPTS += %D%/unit/test_chances_numpy.sh
EXTRA_DIST += %D%/unit/chance_numpy.py
BENCHES += %D%/bench/bench_ensemble
%C%_bench_bench_ensemble_SOURCES = %D%/bench/bench.h %D%/bench/bench_ensemble.c %D%/unit/chance_help.h
%C%_bench_bench_ensemble_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_bench_ensemble_LDADD = models/typhoon/ensemble/libensemble.la $(GEO_LIB) $(CORE_LIB) -lm

# typhoon
TYPHOON_LIBS = models/typhoon/libtyphoon.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_storm_outlook
%C%_unit_test_storm_outlook_SOURCES = %D%/unit/test_storm_outlook.c %D%/unit/storm_help.h
%C%_unit_test_storm_outlook_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_storm_outlook_LDADD = $(TYPHOON_LIBS)
check_PROGRAMS += %D%/unit/test_intensity %D%/unit/test_storm_path %D%/unit/test_landfall %D%/unit/test_warning_line \
  %D%/unit/test_approach %D%/unit/test_map_hours
%C%_unit_test_map_hours_SOURCES = %D%/unit/test_map_hours.c
%C%_unit_test_map_hours_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_map_hours_LDADD = $(TYPHOON_LIBS)
%C%_unit_test_intensity_SOURCES = %D%/unit/test_intensity.c
%C%_unit_test_intensity_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_intensity_LDADD = $(TYPHOON_LIBS)
%C%_unit_test_storm_path_SOURCES = %D%/unit/test_storm_path.c %D%/unit/storm_help.h
%C%_unit_test_storm_path_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_storm_path_LDADD = $(TYPHOON_LIBS)
%C%_unit_test_landfall_SOURCES = %D%/unit/test_landfall.c %D%/unit/storm_help.h
%C%_unit_test_landfall_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_landfall_LDADD = $(TYPHOON_LIBS)
%C%_unit_test_warning_line_SOURCES = %D%/unit/test_warning_line.c %D%/unit/storm_help.h
%C%_unit_test_warning_line_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_warning_line_LDADD = $(TYPHOON_LIBS)
%C%_unit_test_approach_SOURCES = %D%/unit/test_approach.c %D%/unit/storm_help.h
%C%_unit_test_approach_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_approach_LDADD = $(TYPHOON_LIBS)
# agencies
AGENCIES_LIBS = models/typhoon/agencies/libconsensus.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_storm_match %D%/unit/test_agency %D%/unit/test_consensus
%C%_unit_test_consensus_SOURCES = %D%/unit/test_consensus.c %D%/unit/stage_help.h models/typhoon/agencies/plugin.c \
  models/typhoon/agencies/stage_consensus.c models/typhoon/agencies/stage_verify.c
%C%_unit_test_consensus_CPPFLAGS = $(GROUND_CPPFLAGS)
%C%_unit_test_consensus_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_consensus_LDADD = $(AGENCIES_LIBS)
%C%_unit_test_storm_match_SOURCES = %D%/unit/test_storm_match.c %D%/unit/stage_help.h models/typhoon/stage_match.c
%C%_unit_test_storm_match_CPPFLAGS = $(GROUND_CPPFLAGS)
%C%_unit_test_storm_match_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_storm_match_LDADD = $(AGENCIES_LIBS)
%C%_unit_test_agency_SOURCES = %D%/unit/test_agency.c
%C%_unit_test_agency_CPPFLAGS = $(GROUND_CPPFLAGS)
%C%_unit_test_agency_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_agency_LDADD = libfixes.la $(AGENCIES_LIBS)
dist_check_SCRIPTS += %D%/scenario/landfalls.sh %D%/scenario/edge.bats %D%/scenario/storms.bats %D%/scenario/wind_reference.sh %D%/scenario/cache.bats \
  %D%/scenario/cubes.bats
dist_check_SCRIPTS += %D%/scenario/agency_errors.sh
EXTRA_DIST += %D%/scenario/agency_errors.py %D%/scenario/agency_errors.yaml
EXTRA_DIST += %D%/scenario/landfalls.py %D%/scenario/wind_reference.py %D%/scenario/cubes_reference.py

# rain
RAIN_LIBS = models/rain/librain.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_r_cliper %D%/unit/test_rain_licence %D%/unit/test_rain_chance %D%/unit/test_rain_field \
  %D%/unit/test_rain_stages
%C%_unit_test_r_cliper_SOURCES = %D%/unit/test_r_cliper.c
%C%_unit_test_r_cliper_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_r_cliper_LDADD = $(RAIN_LIBS)
%C%_unit_test_rain_licence_SOURCES = %D%/unit/test_rain_licence.c
%C%_unit_test_rain_licence_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_rain_licence_LDADD = $(RAIN_LIBS)
%C%_unit_test_rain_chance_SOURCES = %D%/unit/test_rain_chance.c
%C%_unit_test_rain_chance_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_rain_chance_LDADD = $(RAIN_LIBS)
%C%_unit_test_rain_field_SOURCES = %D%/unit/test_rain_field.c
%C%_unit_test_rain_field_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_rain_field_LDADD = $(RAIN_LIBS)
%C%_unit_test_rain_stages_SOURCES = %D%/unit/test_rain_stages.c %D%/unit/stage_bench.h models/rain/plugin.c \
  models/rain/stage_total.c models/rain/stage_counties.c models/rain/member_rain.c
%C%_unit_test_rain_stages_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_rain_stages_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_rain_stages_LDADD = $(RAIN_LIBS)
BENCHES += %D%/bench/bench_rain
%C%_bench_bench_rain_SOURCES = %D%/bench/bench.h %D%/bench/bench_rain.c
%C%_bench_bench_rain_LDADD = models/rain/librain.la $(GEO_LIB) $(CORE_LIB) -lm

# sea
SEA_LIBS = models/sea/libsea.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_inverse_barometer %D%/unit/test_wind_setup %D%/unit/test_tide %D%/unit/test_sea_level \
  %D%/unit/test_sea_data %D%/unit/test_surge %D%/unit/test_sea_stages
%C%_unit_test_inverse_barometer_SOURCES = %D%/unit/test_inverse_barometer.c
%C%_unit_test_inverse_barometer_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_inverse_barometer_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_inverse_barometer_LDADD = $(SEA_LIBS)
%C%_unit_test_wind_setup_SOURCES = %D%/unit/test_wind_setup.c
%C%_unit_test_wind_setup_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_wind_setup_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_wind_setup_LDADD = $(SEA_LIBS)
%C%_unit_test_tide_SOURCES = %D%/unit/test_tide.c
%C%_unit_test_tide_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_tide_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_tide_LDADD = $(SEA_LIBS)
%C%_unit_test_sea_level_SOURCES = %D%/unit/test_sea_level.c
%C%_unit_test_sea_level_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_sea_level_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_sea_level_LDADD = $(SEA_LIBS)
%C%_unit_test_sea_data_SOURCES = %D%/unit/test_sea_data.c
%C%_unit_test_sea_data_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_sea_data_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_sea_data_LDADD = $(SEA_LIBS)
%C%_unit_test_surge_SOURCES = %D%/unit/test_surge.c
%C%_unit_test_surge_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_surge_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_surge_LDADD = $(SEA_LIBS)
%C%_unit_test_sea_stages_SOURCES = %D%/unit/test_sea_stages.c %D%/unit/stage_bench.h models/sea/plugin.c \
  models/sea/stage_stations.c models/sea/stage_surge.c models/sea/answer.c
%C%_unit_test_sea_stages_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_sea_stages_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_sea_stages_LDADD = $(SEA_LIBS)
noinst_PROGRAMS += %D%/unit/tide_tool
%C%_unit_tide_tool_SOURCES = %D%/unit/tide_tool.c
%C%_unit_tide_tool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_tide_tool_LDADD = $(SEA_LIBS)
dist_check_SCRIPTS += %D%/unit/test_tide_numpy.sh %D%/scenario/kalmaegi.sh %D%/scenario/quiet.bats
EXTRA_DIST += %D%/unit/tide_reference.py %D%/scenario/kalmaegi.yaml %D%/scenario/kalmaegi.py

# geodata ground
GROUND_CPPFLAGS = $(TEST_CPPFLAGS) -DGSHHG_DIR='"$(GSHHG_DIR)"'
check_PROGRAMS += %D%/unit/test_domain %D%/unit/test_crs %D%/unit/test_gcj02 %D%/unit/test_gridspec %D%/unit/test_sample %D%/unit/test_polygon \
  %D%/unit/test_polygon_ops %D%/unit/test_zonal %D%/unit/test_coast %D%/unit/test_echarts_map %D%/unit/test_ground
%C%_unit_test_domain_SOURCES = %D%/unit/test_domain.c
%C%_unit_test_domain_CPPFLAGS = $(GROUND_CPPFLAGS)
%C%_unit_test_domain_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_domain_LDADD = $(UNIT_LIBS)
%C%_unit_test_crs_SOURCES = %D%/unit/test_crs.c
%C%_unit_test_crs_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_crs_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_gcj02_SOURCES = %D%/unit/test_gcj02.c
%C%_unit_test_gcj02_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_gcj02_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_gridspec_SOURCES = %D%/unit/test_gridspec.c
%C%_unit_test_gridspec_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_gridspec_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_sample_SOURCES = %D%/unit/test_sample.c
%C%_unit_test_sample_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_sample_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_polygon_SOURCES = %D%/unit/test_polygon.c %D%/unit/polygon_help.h
%C%_unit_test_polygon_CFLAGS = $(UNIT_CFLAGS) $(GEOS_CFLAGS)
%C%_unit_test_polygon_LDADD = $(UNIT_GEO_LIBS) $(GEOS_LIBS)
%C%_unit_test_polygon_ops_SOURCES = %D%/unit/test_polygon_ops.c %D%/unit/polygon_help.h
%C%_unit_test_polygon_ops_CFLAGS = $(UNIT_CFLAGS) $(GEOS_CFLAGS)
%C%_unit_test_polygon_ops_LDADD = $(UNIT_GEO_LIBS) $(GEOS_LIBS)
%C%_unit_test_zonal_SOURCES = %D%/unit/test_zonal.c %D%/unit/polygon_help.h
%C%_unit_test_zonal_CFLAGS = $(UNIT_CFLAGS) $(GEOS_CFLAGS)
%C%_unit_test_zonal_LDADD = $(UNIT_GEO_LIBS) $(GEOS_LIBS)
%C%_unit_test_coast_SOURCES = %D%/unit/test_coast.c
%C%_unit_test_coast_CPPFLAGS = $(GROUND_CPPFLAGS)
%C%_unit_test_coast_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_coast_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_echarts_map_SOURCES = %D%/unit/test_echarts_map.c geodata/tools/echarts_map.h geodata/tools/echarts_map.c \
  geodata/tools/places.h geodata/tools/places.c
%C%_unit_test_echarts_map_CPPFLAGS = $(GROUND_CPPFLAGS)
%C%_unit_test_echarts_map_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_echarts_map_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_ground_SOURCES = %D%/unit/test_ground.c models/ground/plugin.c models/ground/places.c
%C%_unit_test_ground_CPPFLAGS = $(GROUND_CPPFLAGS)
%C%_unit_test_ground_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_ground_LDADD = models/ground/libground.la $(UNIT_GEO_LIBS)

# geodata files
check_PROGRAMS += %D%/unit/test_vector %D%/unit/test_raster %D%/unit/test_cf %D%/unit/test_exporters
%C%_unit_test_vector_SOURCES = %D%/unit/test_vector.c
%C%_unit_test_vector_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_vector_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_vector_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_raster_SOURCES = %D%/unit/test_raster.c
%C%_unit_test_raster_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_raster_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_raster_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_cf_SOURCES = %D%/unit/test_cf.c
%C%_unit_test_cf_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_cf_CFLAGS = $(UNIT_CFLAGS) $(HDF5_CFLAGS)
%C%_unit_test_cf_LDADD = $(UNIT_GEO_LIBS) $(HDF5_LIBS)
%C%_unit_test_exporters_SOURCES = %D%/unit/test_exporters.c
%C%_unit_test_exporters_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_exporters_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_exporters_LDADD = $(UNIT_GEO_LIBS)
noinst_PROGRAMS += %D%/unit/geodata_files
%C%_unit_geodata_files_SOURCES = %D%/unit/geodata_files.c
%C%_unit_geodata_files_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_geodata_files_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_geodata_files_LDADD = $(GEO_LIB) $(CORE_LIB) -lm
EXTRA_DIST += %D%/unit/check_geodata_files.py
dist_check_SCRIPTS += %D%/unit/test_geodata_files.sh

# geodata pictures
check_PROGRAMS += %D%/unit/test_style %D%/unit/test_contour %D%/unit/test_tile_matrix %D%/unit/test_render \
  %D%/unit/test_png %D%/unit/test_picture %D%/unit/test_export_pictures
%C%_unit_test_style_SOURCES = %D%/unit/test_style.c
%C%_unit_test_style_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_style_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_style_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_contour_SOURCES = %D%/unit/test_contour.c
%C%_unit_test_contour_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_contour_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_contour_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_tile_matrix_SOURCES = %D%/unit/test_tile_matrix.c
%C%_unit_test_tile_matrix_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_tile_matrix_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_tile_matrix_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_render_SOURCES = %D%/unit/test_render.c
%C%_unit_test_render_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_render_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_render_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_png_SOURCES = %D%/unit/test_png.c
%C%_unit_test_png_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_png_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_png_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS)
%C%_unit_test_picture_SOURCES = %D%/unit/test_picture.c
%C%_unit_test_picture_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_picture_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_picture_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS)
check_PROGRAMS += %D%/unit/test_chart
%C%_unit_test_chart_SOURCES = %D%/unit/test_chart.c %D%/unit/png_help.h plugins/export/chart/chart.c
%C%_unit_test_chart_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_chart_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_chart_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS)
%C%_unit_test_export_pictures_SOURCES = %D%/unit/test_export_pictures.c
%C%_unit_test_export_pictures_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_export_pictures_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_export_pictures_LDADD = $(UNIT_GEO_LIBS)

# drawn tiles
check_PROGRAMS += %D%/unit/test_painter_drawn %D%/unit/test_legend %D%/unit/test_uv_tile \
  %D%/unit/test_base_tile %D%/unit/test_feature_painter
%C%_unit_test_feature_painter_SOURCES = %D%/unit/test_feature_painter.c %D%/unit/png_help.h %D%/unit/tile_help.h
%C%_unit_test_feature_painter_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_feature_painter_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_feature_painter_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS)
%C%_unit_test_base_tile_SOURCES = %D%/unit/test_base_tile.c %D%/unit/png_help.h %D%/unit/tile_help.h
%C%_unit_test_base_tile_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_base_tile_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_base_tile_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS)
%C%_unit_test_uv_tile_SOURCES = %D%/unit/test_uv_tile.c
%C%_unit_test_uv_tile_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_uv_tile_LDADD = $(UNIT_GEO_LIBS)
%C%_unit_test_painter_drawn_SOURCES = %D%/unit/test_painter_drawn.c %D%/unit/png_help.h %D%/unit/tile_help.h
%C%_unit_test_painter_drawn_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_painter_drawn_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_painter_drawn_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS)
%C%_unit_test_legend_SOURCES = %D%/unit/test_legend.c %D%/unit/png_help.h
%C%_unit_test_legend_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_legend_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_legend_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS)

noinst_PROGRAMS += %D%/unit/picture_tool
%C%_unit_picture_tool_SOURCES = %D%/unit/picture_tool.c
%C%_unit_picture_tool_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_picture_tool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_picture_tool_LDADD = $(GEO_LIB) $(CORE_LIB)
EXTRA_DIST += %D%/unit/contour_reference.py %D%/unit/render_reference.py %D%/unit/uv_reference.py
dist_check_SCRIPTS += %D%/unit/test_contour_gdal.sh %D%/unit/test_render_numpy.sh %D%/unit/test_uv_numpy.sh

# painters
check_PROGRAMS += %D%/unit/test_painter
%C%_unit_test_painter_SOURCES = %D%/unit/test_painter.c
%C%_unit_test_painter_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_painter_CFLAGS = $(UNIT_CFLAGS) $(PICTURE_CFLAGS)
%C%_unit_test_painter_LDADD = $(UNIT_GEO_LIBS) $(PICTURE_LIBS) -lpthread
noinst_PROGRAMS += %D%/unit/painter_tool
%C%_unit_painter_tool_SOURCES = %D%/unit/painter_tool.c
%C%_unit_painter_tool_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_painter_tool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_painter_tool_LDADD = $(GEO_LIB) $(CORE_LIB)
EXTRA_DIST += %D%/unit/painter_reference.py
dist_check_SCRIPTS += %D%/unit/test_painter_numpy.sh

BENCHES += %D%/bench/bench_tiles
%C%_bench_bench_tiles_SOURCES = %D%/bench/bench.h %D%/bench/bench_tiles.c %D%/bench/rain_field.h
%C%_bench_bench_tiles_CPPFLAGS = $(TEST_CPPFLAGS)
EXTRA_DIST += %D%/bench/mapserver.py
%C%_bench_bench_tiles_LDADD = $(GEO_LIB) $(CORE_LIB) -lm
# tile pyramids
check_PROGRAMS += %D%/unit/test_tiles_order %D%/unit/test_archive
%C%_unit_test_tiles_order_SOURCES = %D%/unit/test_tiles_order.c
%C%_unit_test_tiles_order_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_tiles_order_LDADD = libtiles.la $(UNIT_GEO_LIBS)
%C%_unit_test_archive_SOURCES = %D%/unit/test_archive.c
%C%_unit_test_archive_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_archive_LDADD = libtiles.la $(UNIT_GEO_LIBS)
dist_check_SCRIPTS += %D%/scenario/archives.bats
EXTRA_DIST += %D%/scenario/archives.py
BENCHES += %D%/bench/bench_pyramid
%C%_bench_bench_pyramid_SOURCES = %D%/bench/bench.h %D%/bench/bench_pyramid.c %D%/unit/wind_rammasun.h
%C%_bench_bench_pyramid_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_bench_pyramid_LDADD = libtiles.la models/typhoon/libwind.la $(GEO_LIB) $(CORE_LIB) $(LTDL_LIBS) -lm

# vector tiles
check_PROGRAMS += %D%/unit/test_feature_index
%C%_unit_test_feature_index_SOURCES = %D%/unit/test_feature_index.c %D%/unit/feature_help.h
%C%_unit_test_feature_index_CFLAGS = $(UNIT_CFLAGS) $(GEOS_CFLAGS)
%C%_unit_test_feature_index_LDADD = $(UNIT_GEO_LIBS) $(GEOS_LIBS)
check_PROGRAMS += %D%/unit/test_vector_tile
%C%_unit_test_vector_tile_SOURCES = %D%/unit/test_vector_tile.c %D%/unit/feature_help.h
%C%_unit_test_vector_tile_CFLAGS = $(UNIT_CFLAGS) $(GEOS_CFLAGS)
%C%_unit_test_vector_tile_LDADD = $(UNIT_GEO_LIBS) $(GEOS_LIBS)
noinst_PROGRAMS += %D%/unit/vector_tile_tool
%C%_unit_vector_tile_tool_SOURCES = %D%/unit/vector_tile_tool.c
%C%_unit_vector_tile_tool_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_vector_tile_tool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_vector_tile_tool_LDADD = $(GEO_LIB) $(CORE_LIB) -lm
dist_check_SCRIPTS += %D%/unit/test_vector_tile_gdal.sh
EXTRA_DIST += %D%/unit/vector_tile_reference.py
BENCHES += %D%/bench/bench_tiles_mvt
%C%_bench_bench_tiles_mvt_SOURCES = %D%/bench/bench.h %D%/bench/bench_tiles_mvt.c
%C%_bench_bench_tiles_mvt_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_bench_tiles_mvt_LDADD = $(GEO_LIB) $(CORE_LIB) -lm

# decoders
# All decoders in one library, so that tests and fuzzers can call them without loading modules.
check_LTLIBRARIES += libdecoders.la
libdecoders_la_SOURCES = plugins/decode/cma_bst/cma_bst.c plugins/decode/jma_rsmc/jma_rsmc.c plugins/decode/atcf/atcf.c \
  plugins/decode/ibtracs/ibtracs.c plugins/decode/nmc_json/nmc_json.c plugins/decode/zjwater_json/zjwater_json.c \
  plugins/decode/zjwater_json/normalised.c
libdecoders_la_CFLAGS = $(UNIT_CFLAGS)
libdecoders_la_LIBADD = libfixes_json.la
DECODER_LIBS = libdecoders.la $(UNIT_LIBS)
if HAVE_ECCODES
libdecoders_la_SOURCES += plugins/decode/bufr_tracks/frame.c plugins/decode/bufr_tracks/unfold.c \
  plugins/decode/bufr_tracks/walk.c plugins/decode/bufr_tracks/members.c plugins/decode/bufr_tracks/bufr_tracks.c
libdecoders_la_LIBADD += $(ECCODES_LIBS)
check_PROGRAMS += %D%/unit/test_decode_bufr_tracks
%C%_unit_test_decode_bufr_tracks_SOURCES = %D%/unit/test_decode_bufr_tracks.c %D%/unit/decode_help.h
%C%_unit_test_decode_bufr_tracks_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_decode_bufr_tracks_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_bufr_tracks_LDADD = $(DECODER_LIBS)
dist_check_SCRIPTS += %D%/unit/test_decode_bufr_shared.sh %D%/unit/test_decode_bufr_tables.sh %D%/scenario/real_members.sh
FUZZERS += %D%/fuzz/fuzz_bufr_tracks_replay
%C%_fuzz_fuzz_bufr_tracks_replay_SOURCES = %D%/fuzz/fuzz_bufr_tracks.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_bufr_tracks_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)
endif
EXTRA_DIST += %D%/unit/bufr_oracle.py %D%/conformance/bufr_tracks.sh %D%/scenario/real_members.py %D%/scenario/real_members.yaml
check_PROGRAMS += %D%/unit/test_decode_cma_bst %D%/unit/test_decode_jma_rsmc %D%/unit/test_decode_atcf %D%/unit/test_decode_ibtracs \
  %D%/unit/test_decode_nmc_json %D%/unit/test_decode_zjwater_json %D%/unit/test_decode_fixes %D%/unit/test_spool
%C%_unit_test_decode_cma_bst_SOURCES = %D%/unit/test_decode_cma_bst.c %D%/unit/decode_help.h
%C%_unit_test_decode_cma_bst_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_cma_bst_LDADD = $(DECODER_LIBS)
%C%_unit_test_decode_jma_rsmc_SOURCES = %D%/unit/test_decode_jma_rsmc.c %D%/unit/decode_help.h
%C%_unit_test_decode_jma_rsmc_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_jma_rsmc_LDADD = $(DECODER_LIBS)
%C%_unit_test_decode_atcf_SOURCES = %D%/unit/test_decode_atcf.c %D%/unit/decode_help.h
%C%_unit_test_decode_atcf_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_atcf_LDADD = $(DECODER_LIBS)
%C%_unit_test_decode_ibtracs_SOURCES = %D%/unit/test_decode_ibtracs.c %D%/unit/decode_help.h
%C%_unit_test_decode_ibtracs_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_ibtracs_LDADD = $(DECODER_LIBS)
%C%_unit_test_decode_nmc_json_SOURCES = %D%/unit/test_decode_nmc_json.c %D%/unit/decode_help.h
%C%_unit_test_decode_nmc_json_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_nmc_json_LDADD = $(DECODER_LIBS)
%C%_unit_test_decode_zjwater_json_SOURCES = %D%/unit/test_decode_zjwater_json.c %D%/unit/decode_help.h
%C%_unit_test_decode_zjwater_json_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_zjwater_json_LDADD = $(DECODER_LIBS)
%C%_unit_test_decode_fixes_SOURCES = %D%/unit/test_decode_fixes.c
%C%_unit_test_decode_fixes_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_fixes_LDADD = $(DECODER_LIBS)
check_PROGRAMS += %D%/unit/test_decode_reasons
%C%_unit_test_decode_reasons_SOURCES = %D%/unit/test_decode_reasons.c %D%/unit/decode_help.h
%C%_unit_test_decode_reasons_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_reasons_LDADD = $(DECODER_LIBS)
%C%_unit_test_spool_SOURCES = %D%/unit/test_spool.c %D%/unit/fake_inlet.h plugins/transport/spool/spool.c \
  plugins/transport/spool/folder.c plugins/transport/spool/known.c plugins/transport/pull.c
%C%_unit_test_spool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_spool_LDADD = $(UNIT_LIBS)
# streams
# Transports and protocols in one library, so that tests and fuzzers can call them without loading modules.
check_LTLIBRARIES += libstreams.la
libstreams_la_SOURCES = $(modules_tcp_listen_la_SOURCES) $(modules_udp_listen_la_SOURCES) $(modules_line_la_SOURCES) \
  $(modules_sl651_frames_la_SOURCES) $(modules_szy206_frames_la_SOURCES) $(modules_jt808_frames_la_SOURCES) \
  $(modules_sl651_la_SOURCES) $(modules_szy206_la_SOURCES) $(modules_jt808_la_SOURCES)
libstreams_la_CFLAGS = $(UNIT_CFLAGS)
libstreams_la_LIBADD = liblisten.la libtelemetry.la
STREAM_LIBS = libstreams.la $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_decode_telemetry
%C%_unit_test_decode_telemetry_SOURCES = %D%/unit/test_decode_telemetry.c %D%/unit/telemetry_help.h %D%/unit/decode_help.h
%C%_unit_test_decode_telemetry_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_decode_telemetry_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_telemetry_LDADD = $(STREAM_LIBS)
BENCHES += %D%/bench/bench_streams
%C%_bench_bench_streams_SOURCES = %D%/bench/bench.h %D%/bench/bench_streams.c %D%/unit/stream_help.h
%C%_bench_bench_streams_CFLAGS = $(UNIT_CFLAGS)
%C%_bench_bench_streams_LDADD = $(STREAM_LIBS)
# fuzzers of streams
FUZZERS += %D%/fuzz/fuzz_sl651_replay %D%/fuzz/fuzz_szy206_replay %D%/fuzz/fuzz_jt808_replay \
  %D%/fuzz/fuzz_sl651_frames_replay %D%/fuzz/fuzz_szy206_frames_replay %D%/fuzz/fuzz_jt808_frames_replay \
  %D%/fuzz/fuzz_line_replay
%C%_fuzz_fuzz_sl651_replay_SOURCES = %D%/fuzz/fuzz_sl651.c %D%/fuzz/fuzz_telemetry.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_sl651_replay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_fuzz_sl651_replay_LDADD = $(FUZZ_ENGINE) $(STREAM_LIBS)
%C%_fuzz_fuzz_szy206_replay_SOURCES = %D%/fuzz/fuzz_szy206.c %D%/fuzz/fuzz_telemetry.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_szy206_replay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_fuzz_szy206_replay_LDADD = $(FUZZ_ENGINE) $(STREAM_LIBS)
%C%_fuzz_fuzz_jt808_replay_SOURCES = %D%/fuzz/fuzz_jt808.c %D%/fuzz/fuzz_telemetry.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_jt808_replay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_fuzz_jt808_replay_LDADD = $(FUZZ_ENGINE) $(STREAM_LIBS)
%C%_fuzz_fuzz_sl651_frames_replay_SOURCES = %D%/fuzz/fuzz_sl651_frames.c %D%/fuzz/fuzz_protocol.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_sl651_frames_replay_LDADD = $(FUZZ_ENGINE) $(STREAM_LIBS)
%C%_fuzz_fuzz_szy206_frames_replay_SOURCES = %D%/fuzz/fuzz_szy206_frames.c %D%/fuzz/fuzz_protocol.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_szy206_frames_replay_LDADD = $(FUZZ_ENGINE) $(STREAM_LIBS)
%C%_fuzz_fuzz_jt808_frames_replay_SOURCES = %D%/fuzz/fuzz_jt808_frames.c %D%/fuzz/fuzz_protocol.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_jt808_frames_replay_LDADD = $(FUZZ_ENGINE) $(STREAM_LIBS)
%C%_fuzz_fuzz_line_replay_SOURCES = %D%/fuzz/fuzz_line.c %D%/fuzz/fuzz_protocol.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_line_replay_LDADD = $(FUZZ_ENGINE) $(STREAM_LIBS)
dist_check_SCRIPTS += %D%/unit/test_jt808_shared.sh %D%/live/streams.sh
EXTRA_DIST += %D%/unit/jt808_shared.py %D%/live/streams.py
check_PROGRAMS += %D%/unit/test_protocols
%C%_unit_test_protocols_SOURCES = %D%/unit/test_protocols.c %D%/unit/telemetry_help.h %D%/unit/base.h
%C%_unit_test_protocols_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_protocols_LDADD = $(STREAM_LIBS)
check_PROGRAMS += %D%/unit/test_udp_listen
%C%_unit_test_udp_listen_SOURCES = %D%/unit/test_udp_listen.c %D%/unit/stream_help.h %D%/unit/base.h
%C%_unit_test_udp_listen_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_udp_listen_LDADD = $(STREAM_LIBS)
check_PROGRAMS += %D%/unit/test_tcp_listen
%C%_unit_test_tcp_listen_SOURCES = %D%/unit/test_tcp_listen.c %D%/unit/stream_help.h %D%/unit/base.h
%C%_unit_test_tcp_listen_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_tcp_listen_LDADD = $(STREAM_LIBS)
check_PROGRAMS += %D%/conformance/test_protocols
%C%_conformance_test_protocols_SOURCES = %D%/conformance/test_protocols.c %D%/conformance/modules.h %D%/conformance/protocol_mill.h \
  %D%/conformance/protocol_mill.c
%C%_conformance_test_protocols_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_conformance_test_protocols_CFLAGS = $(UNIT_CFLAGS)
%C%_conformance_test_protocols_LDADD = $(UNIT_LIBS) $(LTDL_LIBS)
%C%_conformance_test_protocols_DEPENDENCIES = $(CORE_LIB) $(MODULES)
%C%_conformance_test_protocols_LDFLAGS = $(sanfang_LDFLAGS)
noinst_PROGRAMS += %D%/unit/decode_tool
%C%_unit_decode_tool_SOURCES = %D%/unit/decode_tool.c %D%/unit/decode_help.h
%C%_unit_decode_tool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_decode_tool_LDADD = $(DECODER_LIBS)
dist_check_SCRIPTS += %D%/unit/test_decode_shared.sh
EXTRA_DIST += %D%/unit/decode_oracle.py %D%/conformance/samples

# decoders that read by a mapping
check_LTLIBRARIES += libmapped.la
libmapped_la_SOURCES = plugins/decode/delimited/delimited.c plugins/decode/delimited/table.c \
  plugins/decode/json_map/json_map.c
libmapped_la_CFLAGS = $(UNIT_CFLAGS)
libmapped_la_LIBADD = libmapping.la libfixes_json.la
check_PROGRAMS += %D%/unit/test_decode_delimited %D%/unit/test_decode_json_map %D%/unit/test_mapping_parts
%C%_unit_test_decode_delimited_SOURCES = %D%/unit/test_decode_delimited.c %D%/unit/mapped_help.h %D%/unit/decode_help.h
%C%_unit_test_decode_delimited_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_decode_delimited_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_delimited_LDADD = libmapped.la $(UNIT_LIBS)
%C%_unit_test_decode_json_map_SOURCES = %D%/unit/test_decode_json_map.c %D%/unit/mapped_help.h %D%/unit/decode_help.h
%C%_unit_test_decode_json_map_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_decode_json_map_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_json_map_LDADD = libmapped.la $(UNIT_LIBS)
%C%_unit_test_mapping_parts_SOURCES = %D%/unit/test_mapping_parts.c
%C%_unit_test_mapping_parts_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_mapping_parts_LDADD = libmapped.la $(UNIT_LIBS)
if HAVE_BZ2
libmapped_la_SOURCES += plugins/decode/moc/moc.c
libmapped_la_LIBADD += $(BZ2_LIBS) $(DEFLATE_LIBS)
check_PROGRAMS += %D%/unit/test_decode_moc
%C%_unit_test_decode_moc_SOURCES = %D%/unit/test_decode_moc.c %D%/unit/mapped_help.h %D%/unit/decode_help.h
%C%_unit_test_decode_moc_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_decode_moc_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_moc_LDADD = libmapped.la $(UNIT_LIBS)
FUZZERS += %D%/fuzz/fuzz_moc_replay
%C%_fuzz_fuzz_moc_replay_SOURCES = %D%/fuzz/fuzz_moc.c %D%/fuzz/replay.c
%C%_fuzz_fuzz_moc_replay_LDADD = $(FUZZ_ENGINE) libmapped.la $(UNIT_LIBS)
endif
FUZZERS += %D%/fuzz/fuzz_delimited_replay %D%/fuzz/fuzz_json_map_replay
%C%_fuzz_fuzz_delimited_replay_SOURCES = %D%/fuzz/fuzz_delimited.c %D%/fuzz/fuzz_mapped.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_delimited_replay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_fuzz_delimited_replay_LDADD = $(FUZZ_ENGINE) libmapped.la $(UNIT_LIBS)
%C%_fuzz_fuzz_json_map_replay_SOURCES = %D%/fuzz/fuzz_json_map.c %D%/fuzz/fuzz_mapped.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_json_map_replay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_fuzz_json_map_replay_LDADD = $(FUZZ_ENGINE) libmapped.la $(UNIT_LIBS)
noinst_PROGRAMS += %D%/unit/mapped_tool
%C%_unit_mapped_tool_SOURCES = %D%/unit/mapped_tool.c %D%/unit/mapped_help.h %D%/unit/decode_help.h
%C%_unit_mapped_tool_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_mapped_tool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_mapped_tool_LDADD = libmapped.la $(UNIT_LIBS)
dist_check_SCRIPTS += %D%/unit/test_mapped_shared.sh
EXTRA_DIST += %D%/unit/mapped_oracle.py %D%/unit/mapped

# The mill loads modules as the program does, embedded ones in the preloaded build.
check_PROGRAMS += %D%/conformance/test_conformance
%C%_conformance_test_conformance_SOURCES = %D%/conformance/test_conformance.c %D%/conformance/modules.h %D%/conformance/mill.h \
  %D%/conformance/mill.c
%C%_conformance_test_conformance_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_conformance_test_conformance_CFLAGS = $(UNIT_CFLAGS)
%C%_conformance_test_conformance_LDADD = $(UNIT_LIBS) $(LTDL_LIBS)
%C%_conformance_test_conformance_DEPENDENCIES = $(CORE_LIB) $(MODULES)
%C%_conformance_test_conformance_LDFLAGS = $(sanfang_LDFLAGS)

FUZZERS += %D%/fuzz/fuzz_cma_bst_replay %D%/fuzz/fuzz_jma_rsmc_replay %D%/fuzz/fuzz_atcf_replay %D%/fuzz/fuzz_ibtracs_replay \
  %D%/fuzz/fuzz_nmc_json_replay %D%/fuzz/fuzz_zjwater_json_replay
%C%_fuzz_fuzz_cma_bst_replay_SOURCES = %D%/fuzz/fuzz_cma_bst.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_cma_bst_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)
%C%_fuzz_fuzz_jma_rsmc_replay_SOURCES = %D%/fuzz/fuzz_jma_rsmc.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_jma_rsmc_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)
%C%_fuzz_fuzz_atcf_replay_SOURCES = %D%/fuzz/fuzz_atcf.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_atcf_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)
%C%_fuzz_fuzz_ibtracs_replay_SOURCES = %D%/fuzz/fuzz_ibtracs.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_ibtracs_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)
%C%_fuzz_fuzz_nmc_json_replay_SOURCES = %D%/fuzz/fuzz_nmc_json.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_nmc_json_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)
%C%_fuzz_fuzz_zjwater_json_replay_SOURCES = %D%/fuzz/fuzz_zjwater_json.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_zjwater_json_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)

# command line
dist_check_SCRIPTS += %D%/cli/program.bats %D%/cli/plugins.bats
check_PROGRAMS += %D%/unit/test_args %D%/unit/test_table_print
%C%_unit_test_args_SOURCES = %D%/unit/test_args.c %D%/unit/base.h core/cli/args.c
%C%_unit_test_args_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_args_LDADD = $(UNIT_LIBS)
%C%_unit_test_table_print_SOURCES = %D%/unit/test_table_print.c %D%/unit/base.h core/cli/table.c
%C%_unit_test_table_print_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_table_print_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_table_print_LDADD = $(UNIT_LIBS)

# structure, fault, runner
TEST_EXTENSIONS = .bats
BATS_LOG_COMPILER = bash $(top_srcdir)/%D%/cli/run.sh
EXTRA_DIST += %D%/cli/run.sh %D%/summary.sh %D%/ALLOWED_SKIPS %D%/scenario/landfall.yaml
# answers about places
check_PROGRAMS += %D%/unit/test_decimal %D%/unit/test_polygon_cover
%C%_unit_test_decimal_SOURCES = %D%/unit/test_decimal.c %D%/unit/base.h %D%/unit/comma_locale.h
%C%_unit_test_decimal_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decimal_LDADD = $(UNIT_LIBS)
%C%_unit_test_polygon_cover_SOURCES = %D%/unit/test_polygon_cover.c %D%/unit/polygon_help.h
%C%_unit_test_polygon_cover_CFLAGS = $(UNIT_CFLAGS) $(GEOS_CFLAGS)
%C%_unit_test_polygon_cover_LDADD = $(UNIT_GEO_LIBS) $(GEOS_LIBS)

check_PROGRAMS += %D%/unit/test_live
%C%_unit_test_live_SOURCES = %D%/unit/test_live.c %D%/unit/base.h
%C%_unit_test_live_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_live_LDADD = libmapservice.la $(UNIT_LIBS)
dist_check_SCRIPTS += %D%/service/point.sh %D%/service/place.sh %D%/service/live.sh %D%/service/publish.sh
EXTRA_DIST += %D%/service/point.py %D%/service/place.py %D%/service/live.py %D%/service/publish.py

# what the map service makes of rubbish, of slow clients and of too many
check_PROGRAMS += %D%/unit/test_http_guard
%C%_unit_test_http_guard_SOURCES = %D%/unit/test_http_guard.c %D%/unit/base.h
%C%_unit_test_http_guard_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_http_guard_LDADD = libmapservice.la $(UNIT_LIBS)

check_PROGRAMS += %D%/unit/test_map_request %D%/unit/test_map_cache %D%/unit/test_map_answer
%C%_unit_test_map_request_SOURCES = %D%/unit/test_map_request.c %D%/unit/toy_world.h %D%/unit/base.h
%C%_unit_test_map_request_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_map_request_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_map_request_LDADD = libmapservice.la $(UNIT_GEO_LIBS)
%C%_unit_test_map_cache_SOURCES = %D%/unit/test_map_cache.c %D%/unit/base.h
%C%_unit_test_map_cache_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_map_cache_LDADD = libmapservice.la $(UNIT_LIBS)
%C%_unit_test_map_answer_SOURCES = %D%/unit/test_map_answer.c %D%/unit/toy_world.h %D%/unit/base.h
%C%_unit_test_map_answer_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_map_answer_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_map_answer_LDADD = libmapservice.la $(UNIT_GEO_LIBS)
dist_check_SCRIPTS += %D%/service/crowd.sh %D%/service/faults.sh %D%/service/rubbish.sh %D%/service/stop.sh
EXTRA_DIST += %D%/service/raw.py %D%/service/crowd.py %D%/service/faults.py %D%/service/rubbish.py %D%/service/stop.py

# pictures over pictures
check_PROGRAMS += %D%/unit/test_overlay
%C%_unit_test_overlay_SOURCES = %D%/unit/test_overlay.c %D%/unit/base.h
%C%_unit_test_overlay_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_overlay_LDADD = $(UNIT_GEO_LIBS)

# the map service against real clients; server.sh starts a server for one test
EXTRA_DIST += %D%/service/server.sh %D%/service/map.yaml %D%/service/reference.py %D%/service/wmts.py %D%/service/wms.py
EXTRA_DIST += %D%/service/in_qgis.py
dist_check_SCRIPTS += %D%/service/vector.sh
EXTRA_DIST += %D%/service/vector.py
dist_check_SCRIPTS += %D%/service/wmts.sh %D%/service/wms.sh %D%/service/qgis.sh
dist_check_SCRIPTS += %D%/service/nginx.sh %D%/service/tianditu.sh
dist_check_SCRIPTS += %D%/service/http.sh
EXTRA_DIST += %D%/service/features.py
dist_check_SCRIPTS += %D%/service/openapi.sh %D%/service/tianditu_gdal.sh
EXTRA_DIST += %D%/service/openapi.mjs %D%/service/tianditu_gdal.py

# every stage from fixes to answers
check_PROGRAMS += %D%/unit/test_storm_chain
%C%_unit_test_storm_chain_SOURCES = %D%/unit/test_storm_chain.c $(CHAIN_SOURCES)
%C%_unit_test_storm_chain_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_storm_chain_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_storm_chain_LDADD = $(CHAIN_LIBS)
# answers
ANSWERS_LIBS = models/typhoon/libanswers.la $(UNIT_GEO_LIBS)
check_PROGRAMS += %D%/unit/test_answers %D%/unit/test_answers_stages
%C%_unit_test_answers_SOURCES = %D%/unit/test_answers.c
%C%_unit_test_answers_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_answers_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_answers_LDADD = $(ANSWERS_LIBS)
%C%_unit_test_answers_stages_SOURCES = %D%/unit/test_answers_stages.c models/typhoon/answers/plugin.c
%C%_unit_test_answers_stages_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_answers_stages_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_answers_stages_LDADD = $(ANSWERS_LIBS)
check_PROGRAMS += %D%/unit/test_sheet
%C%_unit_test_sheet_SOURCES = %D%/unit/test_sheet.c
%C%_unit_test_sheet_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_sheet_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_sheet_LDADD = $(UNIT_GEO_LIBS)
dist_check_SCRIPTS += %D%/scenario/forecast.bats
EXTRA_DIST += %D%/scenario/make_asissued.py %D%/scenario/forecast.py

include %D%/structure/local.mk
include %D%/fault/local.mk

# The count over all test programs of the last run, and whether each skip is allowed.
check-summary:
	@bash $(srcdir)/%D%/summary.sh $(srcdir)/%D%/ALLOWED_SKIPS $(TEST_LOGS)

SCRIPT_BENCHES = %D%/bench/serve.sh
EXTRA_DIST += $(SCRIPT_BENCHES) %D%/bench/serve.lua
# A benchmark: add its program to BENCHES as tests/bench/bench_<case>, its sources as tests_bench_bench_<case>_SOURCES; one that
# is a script stands in SCRIPT_BENCHES.
# CASES="wind_field tiles" picks; tiles also picks bench_tiles_mvt.
EXTRA_PROGRAMS += $(BENCHES)
CLEANFILES += $(BENCHES)
bench: $(BENCHES)
	@for b in $(BENCHES); do \
	  c=$${b##*bench_}; wanted='$(CASES)'; \
	  case " $${wanted:-$$c} " in *" $$c "* | *" $${c%_*} "*) ./$$b || exit 1 ;; esac; \
	done
	@$(AM_TESTS_ENVIRONMENT) for b in $(SCRIPT_BENCHES); do \
	  c=$${b##*/}; c=$${c%.sh}; wanted='$(CASES)'; \
	  case " $${wanted:-$$c} " in *" $$c "*) bash $(srcdir)/$$b || exit 1 ;; esac; \
	done
.PHONY: check-summary bench

TESTS += $(check_PROGRAMS) $(dist_check_SCRIPTS)

# browser
dist_check_SCRIPTS += %D%/browser/words.sh %D%/browser/preview.sh %D%/browser/clients.sh
EXTRA_DIST += %D%/browser/package.json %D%/browser/package-lock.json %D%/browser/png.mjs %D%/browser/preview.mjs \
  %D%/browser/clients.mjs %D%/browser/clients/leaflet.mjs %D%/browser/clients/maplibre.mjs \
  %D%/browser/clients/openlayers.mjs
check-browser: all
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='%D%/browser/words.sh %D%/browser/preview.sh %D%/browser/clients.sh'
.PHONY: check-browser

# past storms
noinst_PROGRAMS += %D%/unit/analogue_tool
%C%_unit_analogue_tool_SOURCES = %D%/unit/analogue_tool.c
%C%_unit_analogue_tool_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_analogue_tool_LDADD = models/typhoon/archive/libarchive.la $(UNIT_GEO_LIBS)
dist_check_SCRIPTS += %D%/scenario/analogues.sh
EXTRA_DIST += %D%/scenario/analogues.py %D%/scenario/past.yaml %D%/scenario/past_archive.py
BENCHES += %D%/bench/bench_analogues
%C%_bench_bench_analogues_SOURCES = %D%/bench/bench.h %D%/bench/bench_analogues.c %D%/bench/past_archive.h
%C%_bench_bench_analogues_LDADD = models/typhoon/archive/libarchive.la $(GEO_LIB) $(CORE_LIB) -lm
check_PROGRAMS += %D%/unit/test_past %D%/unit/test_similarity %D%/unit/test_return_period %D%/unit/test_past_texts \
  %D%/unit/test_past_search
%C%_unit_test_past_SOURCES = %D%/unit/test_past.c %D%/unit/past_help.h %D%/unit/base.h
%C%_unit_test_past_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_past_LDADD = models/typhoon/archive/libarchive.la $(UNIT_GEO_LIBS)
%C%_unit_test_similarity_SOURCES = %D%/unit/test_similarity.c %D%/unit/past_help.h %D%/unit/base.h %D%/bench/past_archive.h
%C%_unit_test_similarity_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_similarity_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_similarity_LDADD = models/typhoon/archive/libarchive.la $(UNIT_GEO_LIBS)
%C%_unit_test_return_period_SOURCES = %D%/unit/test_return_period.c %D%/unit/base.h
%C%_unit_test_return_period_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_return_period_LDADD = models/typhoon/archive/libarchive.la $(UNIT_GEO_LIBS)
%C%_unit_test_past_texts_SOURCES = %D%/unit/test_past_texts.c %D%/unit/base.h
%C%_unit_test_past_texts_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_past_texts_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_past_texts_LDADD = models/typhoon/archive/libarchive.la $(UNIT_GEO_LIBS)
%C%_unit_test_past_search_SOURCES = %D%/unit/test_past_search.c %D%/unit/past_help.h %D%/unit/base.h
%C%_unit_test_past_search_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_past_search_LDADD = models/typhoon/archive/libarchive.la $(UNIT_GEO_LIBS)

# journal
check_PROGRAMS += %D%/unit/test_journal
%C%_unit_test_journal_SOURCES = %D%/unit/test_journal.c %D%/unit/base.h %D%/unit/journal_help.h
%C%_unit_test_journal_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_journal_LDADD = $(UNIT_LIBS)

# intake and pipeline
check_PROGRAMS += %D%/unit/test_pipeline %D%/unit/test_intake
%C%_unit_test_pipeline_SOURCES = %D%/unit/test_pipeline.c %D%/unit/feed_toys.h %D%/unit/toy_help.h %D%/unit/feed_fakes.h %D%/unit/base.h $(PIPELINE_SOURCES)
%C%_unit_test_pipeline_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_pipeline_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_pipeline_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
%C%_unit_test_intake_SOURCES = %D%/unit/test_intake.c %D%/unit/feed_toys.h %D%/unit/toy_help.h %D%/unit/feed_fakes.h %D%/unit/base.h
%C%_unit_test_intake_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_intake_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_intake_LDADD = $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_pipeline_store
%C%_unit_test_pipeline_store_SOURCES = %D%/unit/test_pipeline_store.c %D%/unit/feed_toys.h %D%/unit/toy_help.h %D%/unit/base.h %D%/unit/store_help.h
%C%_unit_test_pipeline_store_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_pipeline_store_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_pipeline_store_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
check_PROGRAMS += %D%/unit/test_journal_keep
%C%_unit_test_journal_keep_SOURCES = %D%/unit/test_journal_keep.c %D%/unit/base.h %D%/unit/journal_help.h
%C%_unit_test_journal_keep_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_journal_keep_LDADD = $(UNIT_LIBS)
BENCHES += %D%/bench/bench_journal
%C%_bench_bench_journal_SOURCES = %D%/bench/bench.h %D%/bench/bench_journal.c
%C%_bench_bench_journal_LDADD = $(CORE_LIB) -lm
# quality control and health
check_PROGRAMS += %D%/unit/test_quality %D%/unit/test_quality_kernels
%C%_unit_test_quality_SOURCES = %D%/unit/test_quality.c %D%/unit/quality_help.h
%C%_unit_test_quality_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_quality_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_quality_LDADD = $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_feed_names
%C%_unit_test_feed_names_SOURCES = %D%/unit/test_feed_names.c %D%/unit/base.h
%C%_unit_test_feed_names_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_feed_names_LDADD = $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_quality_twins
%C%_unit_test_quality_twins_SOURCES = %D%/unit/test_quality_twins.c %D%/unit/quality_help.h
%C%_unit_test_quality_twins_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_quality_twins_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_quality_twins_LDADD = $(UNIT_LIBS)
%C%_unit_test_quality_kernels_SOURCES = %D%/unit/test_quality_kernels.c
%C%_unit_test_quality_kernels_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_quality_kernels_LDADD = $(UNIT_LIBS)

# live operation, by the real program
dist_check_SCRIPTS += %D%/live/reload.sh %D%/live/kill.sh %D%/live/split.sh %D%/live/full.sh
dist_check_SCRIPTS += %D%/live/twins.sh
EXTRA_DIST += %D%/live/serving.sh
check_PROGRAMS += %D%/unit/test_health
%C%_unit_test_health_SOURCES = %D%/unit/test_health.c
%C%_unit_test_health_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_health_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_health_LDADD = $(UNIT_LIBS)
# transports that fetch: a program that runs one of them, for tests with real servers
noinst_PROGRAMS += %D%/live/transport_tool
%C%_live_transport_tool_SOURCES = %D%/live/transport_tool.c
%C%_live_transport_tool_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
%C%_live_transport_tool_LDADD = $(CORE_LIB) $(SQLITE_LIBS)
dist_check_SCRIPTS += %D%/live/http.sh
EXTRA_DIST += %D%/live/live.sh %D%/live/http_server.py %D%/live/nats_client.py %D%/live/mqtt.sh %D%/live/nats.sh
if HAVE_MOSQUITTO
TESTS += %D%/live/mqtt.sh
endif
if HAVE_NATS
TESTS += %D%/live/nats.sh
endif
check_PROGRAMS += %D%/unit/test_pull
%C%_unit_test_pull_SOURCES = %D%/unit/test_pull.c %D%/unit/fake_inlet.h plugins/transport/http_poll/template.c \
  plugins/transport/pull.c
%C%_unit_test_pull_CFLAGS = $(UNIT_CFLAGS) $(CURL_CFLAGS)
%C%_unit_test_pull_LDADD = $(UNIT_LIBS)

# each allocation of the transports that fetch from servers fails once
dist_check_SCRIPTS += %D%/live/memory.sh
# servers that speak rubbish
dist_check_SCRIPTS += %D%/live/rubbish.sh
EXTRA_DIST += %D%/live/rubbish.py

# rows of a real PostgreSQL
if HAVE_PQ
check_PROGRAMS += %D%/unit/test_known_rows
%C%_unit_test_known_rows_SOURCES = %D%/unit/test_known_rows.c plugins/transport/postgres_poll/known_rows.c
%C%_unit_test_known_rows_CFLAGS = $(UNIT_CFLAGS) $(PQ_CFLAGS)
%C%_unit_test_known_rows_LDADD = $(UNIT_LIBS)
endif
dist_check_SCRIPTS += %D%/live/postgres.sh %D%/live/departments.sh
# store
check_PROGRAMS += %D%/unit/test_store_random
%C%_unit_test_store_random_SOURCES = %D%/unit/test_store_random.c %D%/unit/store_help.h %D%/unit/random_record.h
%C%_unit_test_store_random_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_store_random_LDADD = $(UNIT_LIBS)
check_PROGRAMS += %D%/unit/test_journal_fault
%C%_unit_test_journal_fault_SOURCES = %D%/unit/test_journal_fault.c %D%/unit/base.h %D%/unit/journal_help.h %D%/unit/memory_help.h %D%/unit/fsync_help.h
%C%_unit_test_journal_fault_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_journal_fault_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
libdecoders_la_SOURCES += plugins/decode/manual/manual.c
check_PROGRAMS += %D%/unit/test_decode_manual
%C%_unit_test_decode_manual_SOURCES = %D%/unit/test_decode_manual.c %D%/unit/decode_help.h
%C%_unit_test_decode_manual_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_decode_manual_LDADD = $(DECODER_LIBS)
FUZZERS += %D%/fuzz/fuzz_manual_replay
%C%_fuzz_fuzz_manual_replay_SOURCES = %D%/fuzz/fuzz_manual.c %D%/fuzz/fuzz_decoder.h %D%/fuzz/fuzz_help.h %D%/fuzz/replay.c
%C%_fuzz_fuzz_manual_replay_LDADD = $(FUZZ_ENGINE) $(DECODER_LIBS)
check_PROGRAMS += %D%/unit/test_map_feeds
%C%_unit_test_map_feeds_SOURCES = %D%/unit/test_map_feeds.c %D%/unit/base.h
%C%_unit_test_map_feeds_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_map_feeds_LDADD = libmapservice.la $(UNIT_LIBS)
dist_check_SCRIPTS += %D%/live/new_feed.sh %D%/live/notify.sh %D%/live/cycle.sh
SCRIPT_BENCHES += %D%/bench/ingest.sh
EXTRA_DIST += %D%/bench/ingest.sh %D%/bench/ingest.py
dist_check_SCRIPTS += %D%/cli/feeds.bats
dist_check_SCRIPTS += %D%/cli/departments.bats
dist_check_SCRIPTS += %D%/cli/journal.bats
dist_check_SCRIPTS += %D%/live/enter.sh
dist_check_SCRIPTS += %D%/live/small_file.sh
check_PROGRAMS += %D%/unit/test_coast_mask
%C%_unit_test_coast_mask_SOURCES = %D%/unit/test_coast_mask.c
%C%_unit_test_coast_mask_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_coast_mask_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_coast_mask_LDADD = $(UNIT_LIBS)

# store: by hand, and what fails
check_PROGRAMS += %D%/unit/test_store %D%/unit/test_store_faults
%C%_unit_test_store_SOURCES = %D%/unit/test_store.c %D%/unit/store_help.h
%C%_unit_test_store_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_store_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_store_LDADD = $(UNIT_LIBS)
%C%_unit_test_store_faults_SOURCES = %D%/unit/test_store_faults.c %D%/unit/store_help.h %D%/unit/fsync_help.h
%C%_unit_test_store_faults_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_store_faults_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
EXTRA_DIST += %D%/unit/store-form-1/catalog.sql %D%/unit/store-form-1/observations-20140718.sql \
  %D%/unit/store-form-1/positions-20140718.sql
BENCHES += %D%/bench/bench_store
%C%_bench_bench_store_SOURCES = %D%/bench/bench.h %D%/bench/bench_store.c
%C%_bench_bench_store_LDADD = $(CORE_LIB) -lm

# store: the commands
dist_check_SCRIPTS += %D%/cli/store.bats
noinst_PROGRAMS += %D%/unit/store_tool
%C%_unit_store_tool_CFLAGS = $(AM_CFLAGS)
%C%_unit_store_tool_LDADD = $(CORE_LIB)
BENCHES += %D%/bench/bench_quality
%C%_bench_bench_quality_SOURCES = %D%/bench/bench.h %D%/bench/bench_quality.c
%C%_bench_bench_quality_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_bench_quality_LDADD = $(CORE_LIB) -lm

# every transport at once, killed and disturbed
noinst_PROGRAMS += %D%/live/journal_shuffle
%C%_live_journal_shuffle_SOURCES = %D%/live/journal_shuffle.c
%C%_live_journal_shuffle_LDADD = $(CORE_LIB)
dist_check_SCRIPTS += %D%/live/kill_all.sh %D%/live/faults.sh
EXTRA_DIST += %D%/live/all.sh %D%/live/senders.py

# memory that fails: each allocation of all that the store does
check_PROGRAMS += %D%/unit/test_store_memory
%C%_unit_test_store_memory_SOURCES = %D%/unit/test_store_memory.c %D%/unit/memory_help.h %D%/unit/store_help.h %D%/unit/base.h
%C%_unit_test_store_memory_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_store_memory_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_store_memory_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
if !PRELOAD
check_PROGRAMS += %D%/unit/test_ingest_memory
%C%_unit_test_ingest_memory_SOURCES = %D%/unit/test_ingest_memory.c %D%/unit/memory_help.h %D%/unit/base.h
%C%_unit_test_ingest_memory_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_unit_test_ingest_memory_CFLAGS = $(UNIT_CFLAGS)
%C%_unit_test_ingest_memory_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
%C%_unit_test_ingest_memory_DEPENDENCIES = $(CORE_LIB) $(MODULES) sanfang
endif
