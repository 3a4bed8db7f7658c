# SPDX-License-Identifier: Apache-2.0
# typhoon wind
# The kernels' loops are vectorised at any -O2; these flags let sqrt and comparisons into vectors. No -ffast-math.
noinst_LTLIBRARIES += %D%/typhoon/libwindkernel.la %D%/typhoon/libwind.la
%C%_typhoon_libwindkernel_la_SOURCES = %D%/typhoon/wind_kernel.h %D%/typhoon/wind_kernel.c
%C%_typhoon_libwindkernel_la_CFLAGS = $(GEO_CFLAGS) -fopenmp-simd -fno-math-errno -fno-trapping-math
%C%_typhoon_libwind_la_SOURCES = \
  %D%/typhoon/averaging.h %D%/typhoon/averaging.c %D%/typhoon/track_interp.h %D%/typhoon/track_interp.c \
  %D%/typhoon/wind_profile.h %D%/typhoon/wind_profile.c %D%/typhoon/wind_track.h %D%/typhoon/wind_track.c \
  %D%/typhoon/wind_field.h %D%/typhoon/wind_field.c
%C%_typhoon_libwind_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_libwind_la_LIBADD = %D%/typhoon/libwindkernel.la

# typhoon
noinst_LTLIBRARIES += %D%/typhoon/libtyphoon.la
%C%_typhoon_libtyphoon_la_SOURCES = %D%/typhoon/intensity.h %D%/typhoon/intensity.c \
  %D%/typhoon/storm_path.h %D%/typhoon/storm_path.c %D%/typhoon/storm_outlook.h %D%/typhoon/storm_outlook.c %D%/typhoon/landfall.h %D%/typhoon/landfall.c \
  %D%/typhoon/warning_line.h %D%/typhoon/warning_line.c %D%/typhoon/approach.h %D%/typhoon/approach.c \
  %D%/typhoon/map_hours.h %D%/typhoon/map_hours.c
%C%_typhoon_libtyphoon_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_libtyphoon_la_LIBADD = %D%/typhoon/libwind.la
# agencies: one identity for a storm, their forecasts side by side
noinst_LTLIBRARIES += %D%/typhoon/agencies/libagencies.la
%C%_typhoon_agencies_libagencies_la_SOURCES = \
  %D%/typhoon/agencies/agency.h %D%/typhoon/agencies/agency.c \
  %D%/typhoon/agencies/storm_names.h %D%/typhoon/agencies/storm_names.c \
  %D%/typhoon/agencies/storm_match.h %D%/typhoon/agencies/storm_match.c \
  %D%/typhoon/agencies/storm_life.h %D%/typhoon/agencies/storm_life.c \
  %D%/typhoon/agencies/storm_sights.h %D%/typhoon/agencies/storm_sights.c
%C%_typhoon_agencies_libagencies_la_CFLAGS = $(GEO_CFLAGS)
noinst_LTLIBRARIES += %D%/typhoon/agencies/libconsensus.la
%C%_typhoon_agencies_libconsensus_la_SOURCES = \
  %D%/typhoon/agencies/forecast_history.h %D%/typhoon/agencies/forecast_history.c \
  %D%/typhoon/agencies/consensus_weights.h %D%/typhoon/agencies/consensus_weights.c \
  %D%/typhoon/agencies/past_errors.h %D%/typhoon/agencies/past_errors.c \
  %D%/typhoon/agencies/consensus.h %D%/typhoon/agencies/consensus.c \
  %D%/typhoon/agencies/verification.h %D%/typhoon/agencies/verification.c
%C%_typhoon_agencies_libconsensus_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_agencies_libconsensus_la_LIBADD = %D%/typhoon/agencies/libagencies.la %D%/typhoon/libtyphoon.la
pkglib_LTLIBRARIES += modules/agencies.la
MODULES += modules/agencies.la
modules_agencies_la_SOURCES = %D%/typhoon/agencies/stages.h %D%/typhoon/agencies/plugin.c \
  %D%/typhoon/agencies/stage_consensus.c %D%/typhoon/agencies/stage_verify.c
modules_agencies_la_CFLAGS = $(GEO_CFLAGS)
modules_agencies_la_LDFLAGS = $(MODULE_FLAGS)
modules_agencies_la_LIBADD = %D%/typhoon/agencies/libconsensus.la $(GEO_LIB) $(CORE_LIB) -lm

# The vortex that meets the rings: link it with libtyphoon.la.
noinst_LTLIBRARIES += %D%/typhoon/libpolarkernel.la %D%/typhoon/libvortex.la
%C%_typhoon_libpolarkernel_la_SOURCES = %D%/typhoon/vortex/polar_kernel.c
%C%_typhoon_libpolarkernel_la_CFLAGS = $(GEO_CFLAGS) -O3 -fopenmp-simd -fno-math-errno -fno-trapping-math
%C%_typhoon_libvortex_la_SOURCES = %D%/typhoon/vortex/vortex.h %D%/typhoon/vortex/vortex.c \
  %D%/typhoon/vortex/vortex_fit.c %D%/typhoon/vortex/vortex_profile.h %D%/typhoon/vortex/vortex_profile.c \
  %D%/typhoon/vortex/vortex_rules.h %D%/typhoon/vortex/vortex_rules.c \
  %D%/typhoon/vortex/land_decay.h %D%/typhoon/vortex/land_decay.c \
  %D%/typhoon/vortex/inflow.h %D%/typhoon/vortex/inflow.c %D%/typhoon/vortex/storm_step.h \
  %D%/typhoon/vortex/storm_step.c %D%/typhoon/vortex/storm_field.h %D%/typhoon/vortex/storm_field.c \
  %D%/typhoon/vortex/surface_wind.h %D%/typhoon/vortex/surface_wind.c %D%/typhoon/vortex/surface_rules.c \
  %D%/typhoon/vortex/nwp_wind.h %D%/typhoon/vortex/nwp_wind.c
%C%_typhoon_libvortex_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_libvortex_la_LIBADD = %D%/typhoon/libpolarkernel.la
pkglib_LTLIBRARIES += modules/typhoon.la
MODULES += modules/typhoon.la
modules_typhoon_la_SOURCES = %D%/typhoon/stages.h %D%/typhoon/plugin.c %D%/typhoon/stage_track.c \
  %D%/typhoon/stage_events.c %D%/typhoon/stage_wind.c %D%/typhoon/stage_places.c %D%/typhoon/stage_match.c \
  %D%/typhoon/storm_wind.h %D%/typhoon/storm_wind.c %D%/typhoon/storm_rings.h %D%/typhoon/storm_rings.c \
  %D%/typhoon/stage_rings.c %D%/typhoon/stage_gust.c %D%/typhoon/storm_ground.h %D%/typhoon/storm_ground.c \
  %D%/typhoon/storm_nwp.h %D%/typhoon/storm_nwp.c %D%/typhoon/stage_cubes.c
modules_typhoon_la_CFLAGS = $(GEO_CFLAGS)
modules_typhoon_la_LDFLAGS = $(MODULE_FLAGS)
modules_typhoon_la_LIBADD = %D%/typhoon/libvortex.la %D%/typhoon/agencies/libagencies.la %D%/typhoon/libtyphoon.la $(GEO_LIB) $(CORE_LIB) -lm

# ground
pkglib_LTLIBRARIES += modules/ground.la
MODULES += modules/ground.la
noinst_LTLIBRARIES += %D%/ground/libground.la
%C%_ground_libground_la_SOURCES = %D%/ground/places.h %D%/ground/places.c
%C%_ground_libground_la_CFLAGS = $(GEO_CFLAGS)
modules_ground_la_SOURCES = %D%/ground/plugin.c
modules_ground_la_CFLAGS = $(GEO_CFLAGS)
modules_ground_la_LDFLAGS = $(MODULE_FLAGS)
modules_ground_la_LIBADD = %D%/ground/libground.la $(GEO_LIB) $(CORE_LIB) -lm

# ensemble: probabilities
# Runs of cells are proved by one exact test, which must round alike everywhere: no contraction, no FMA.
noinst_LTLIBRARIES += %D%/typhoon/ensemble/libspans.la
%C%_typhoon_ensemble_libspans_la_SOURCES = %D%/typhoon/ensemble/force_shape.h \
  %D%/typhoon/ensemble/spans_kernel.h %D%/typhoon/ensemble/spans_kernel.c \
  %D%/typhoon/ensemble/spans.h %D%/typhoon/ensemble/spans.c \
  %D%/typhoon/ensemble/chances.h %D%/typhoon/ensemble/chances.c \
  %D%/typhoon/ensemble/arrivals.h %D%/typhoon/ensemble/arrivals.c
%C%_typhoon_ensemble_libspans_la_CFLAGS = $(GEO_CFLAGS) -fopenmp-simd -fno-math-errno -fno-trapping-math \
  -ffp-contract=off

# ensemble
noinst_LTLIBRARIES += %D%/typhoon/ensemble/libensemble.la
%C%_typhoon_ensemble_libensemble_la_SOURCES = %D%/typhoon/ensemble/cone.h %D%/typhoon/ensemble/cone.c \
  %D%/typhoon/ensemble/landfall_chance.h %D%/typhoon/ensemble/landfall_chance.c \
  %D%/typhoon/ensemble/member_centre.h %D%/typhoon/ensemble/member_centre.c %D%/typhoon/ensemble/member_samples.c \
  %D%/typhoon/ensemble/member_draw.h %D%/typhoon/ensemble/member_draw.c \
  %D%/typhoon/ensemble/member_hours.h %D%/typhoon/ensemble/member_hours.c \
  %D%/typhoon/ensemble/member_land.h %D%/typhoon/ensemble/member_land.c \
  %D%/typhoon/ensemble/member_plan.h %D%/typhoon/ensemble/member_plan.c \
  %D%/typhoon/ensemble/member_random.h %D%/typhoon/ensemble/member_random.c \
  %D%/typhoon/ensemble/member_real.h %D%/typhoon/ensemble/member_real.c \
  %D%/typhoon/ensemble/member_rules.h %D%/typhoon/ensemble/member_rules.c \
  %D%/typhoon/ensemble/member_set.h %D%/typhoon/ensemble/member_set.c \
  %D%/typhoon/ensemble/member_spread.h %D%/typhoon/ensemble/member_spread.c \
  %D%/typhoon/ensemble/member_wind.h %D%/typhoon/ensemble/member_wind.c
%C%_typhoon_ensemble_libensemble_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_ensemble_libensemble_la_LIBADD = %D%/typhoon/ensemble/libspans.la %D%/typhoon/libvortex.la \
  %D%/typhoon/agencies/libconsensus.la
pkglib_LTLIBRARIES += modules/ensemble.la
MODULES += modules/ensemble.la
ENSEMBLE_SOURCES = models/typhoon/ensemble/stages.h models/typhoon/ensemble/plugin.c \
  models/typhoon/ensemble/stage_input.c models/typhoon/ensemble/stage_members.c \
  models/typhoon/ensemble/stage_cone.c models/typhoon/ensemble/stage_landfall_chances.c \
  models/typhoon/ensemble/stage_chances.c models/typhoon/ensemble/stage_places.c
modules_ensemble_la_SOURCES = $(ENSEMBLE_SOURCES)
modules_ensemble_la_CFLAGS = $(GEO_CFLAGS)
modules_ensemble_la_LDFLAGS = $(MODULE_FLAGS)
modules_ensemble_la_LIBADD = %D%/typhoon/ensemble/libensemble.la $(GEO_LIB) $(CORE_LIB) -lm
# answers: tables as a duty officer asks for them
noinst_LTLIBRARIES += %D%/typhoon/libanswers.la
%C%_typhoon_libanswers_la_SOURCES = %D%/typhoon/answers/rules.h %D%/typhoon/answers/rules.c \
  %D%/typhoon/answers/line.h %D%/typhoon/answers/line.c %D%/typhoon/answers/hours.h %D%/typhoon/answers/hours.c \
  %D%/typhoon/answers/compare.h %D%/typhoon/answers/compare.c %D%/typhoon/answers/middle.h \
  %D%/typhoon/answers/middle.c %D%/typhoon/answers/say.h %D%/typhoon/answers/say.c \
  %D%/typhoon/answers/stages.h %D%/typhoon/answers/stage_help.c %D%/typhoon/answers/stage_fixes.c \
  %D%/typhoon/answers/stage_impact.c %D%/typhoon/answers/stage_changes.c %D%/typhoon/answers/stage_disagreements.c
%C%_typhoon_libanswers_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_libanswers_la_LIBADD = %D%/typhoon/agencies/libagencies.la %D%/typhoon/libtyphoon.la
pkglib_LTLIBRARIES += modules/answers.la
MODULES += modules/answers.la
modules_answers_la_SOURCES = %D%/typhoon/answers/plugin.c
modules_answers_la_CFLAGS = $(GEO_CFLAGS)
modules_answers_la_LDFLAGS = $(MODULE_FLAGS)
modules_answers_la_LIBADD = %D%/typhoon/libanswers.la $(GEO_LIB) $(CORE_LIB) -lm
# rain
noinst_LTLIBRARIES += %D%/rain/librain.la
%C%_rain_librain_la_SOURCES = %D%/rain/r_cliper.h %D%/rain/r_cliper.c %D%/rain/licence.h %D%/rain/licence.c \
  %D%/rain/orography.h %D%/rain/orography.c %D%/rain/rain_field.h %D%/rain/rain_field.c \
  %D%/rain/rain_chance.h %D%/rain/rain_chance.c %D%/rain/rain_params.h %D%/rain/rain_params.c \
  %D%/rain/rain_storm.h %D%/rain/rain_storm.c %D%/rain/county_rain.h %D%/rain/county_rain.c
%C%_rain_librain_la_CFLAGS = $(GEO_CFLAGS) -fno-math-errno -fno-trapping-math
pkglib_LTLIBRARIES += modules/rain.la
MODULES += modules/rain.la
modules_rain_la_SOURCES = %D%/rain/stages.h %D%/rain/plugin.c %D%/rain/stage_total.c %D%/rain/stage_counties.c \
  %D%/rain/member_rain.h %D%/rain/member_rain.c
modules_rain_la_CFLAGS = $(GEO_CFLAGS)
modules_rain_la_LDFLAGS = $(MODULE_FLAGS)
modules_rain_la_LIBADD = %D%/rain/librain.la $(GEO_LIB) $(CORE_LIB) -lm

# past storms
noinst_LTLIBRARIES += %D%/typhoon/archive/libarchive.la
%C%_typhoon_archive_libarchive_la_SOURCES = %D%/typhoon/archive/past.h %D%/typhoon/archive/past.c \
  %D%/typhoon/archive/similarity.h %D%/typhoon/archive/similarity.c %D%/typhoon/archive/weights.c \
  %D%/typhoon/archive/words.h %D%/typhoon/archive/words.c %D%/typhoon/archive/effects.h %D%/typhoon/archive/effects.c \
  %D%/typhoon/archive/return_period.h %D%/typhoon/archive/return_period.c \
  %D%/typhoon/archive/search.h %D%/typhoon/archive/search.c %D%/typhoon/archive/today.h %D%/typhoon/archive/today.c \
  %D%/typhoon/archive/shore.h %D%/typhoon/archive/shore.c
%C%_typhoon_archive_libarchive_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_archive_libarchive_la_LIBADD = %D%/typhoon/libtyphoon.la
pkglib_LTLIBRARIES += modules/analogues.la
MODULES += modules/analogues.la
modules_analogues_la_SOURCES = %D%/typhoon/archive/stages.h %D%/typhoon/archive/plugin.c \
  %D%/typhoon/archive/stage_similar.c %D%/typhoon/archive/stage_search.c %D%/typhoon/archive/stage_returns.c
modules_analogues_la_CFLAGS = $(GEO_CFLAGS)
modules_analogues_la_LDFLAGS = $(MODULE_FLAGS)
modules_analogues_la_LIBADD = %D%/typhoon/archive/libarchive.la %D%/typhoon/agencies/libagencies.la $(GEO_LIB) $(CORE_LIB) -lm
# sea
noinst_LTLIBRARIES += %D%/sea/libsea.la
%C%_sea_libsea_la_SOURCES = %D%/sea/inverse_barometer.h %D%/sea/inverse_barometer.c %D%/sea/wind_setup.h \
  %D%/sea/wind_setup.c %D%/sea/tide.h %D%/sea/tide.c %D%/sea/level.h %D%/sea/level.c %D%/sea/warning.h \
  %D%/sea/warning.c %D%/sea/sea_data.h %D%/sea/sea_params.c %D%/sea/sea_stations.c %D%/sea/surge.h %D%/sea/surge.c
%C%_sea_libsea_la_CFLAGS = $(GEO_CFLAGS)
pkglib_LTLIBRARIES += modules/sea.la
MODULES += modules/sea.la
modules_sea_la_SOURCES = %D%/sea/stages.h %D%/sea/plugin.c %D%/sea/stage_stations.c %D%/sea/stage_surge.c \
  %D%/sea/answer.c
modules_sea_la_CFLAGS = $(GEO_CFLAGS)
modules_sea_la_LDFLAGS = $(MODULE_FLAGS)
modules_sea_la_LIBADD = %D%/sea/libsea.la $(GEO_LIB) $(CORE_LIB) -lm
