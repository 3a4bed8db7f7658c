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
  %D%/typhoon/storm_path.h %D%/typhoon/storm_path.c %D%/typhoon/landfall.h %D%/typhoon/landfall.c \
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
noinst_LTLIBRARIES += %D%/typhoon/libvortex.la
%C%_typhoon_libvortex_la_SOURCES = %D%/typhoon/vortex/vortex.h %D%/typhoon/vortex/vortex.c \
  %D%/typhoon/vortex/vortex_fit.c %D%/typhoon/vortex/vortex_profile.h %D%/typhoon/vortex/vortex_profile.c \
  %D%/typhoon/vortex/vortex_rules.h %D%/typhoon/vortex/vortex_rules.c
%C%_typhoon_libvortex_la_CFLAGS = $(GEO_CFLAGS)
pkglib_LTLIBRARIES += modules/typhoon.la
MODULES += modules/typhoon.la
modules_typhoon_la_SOURCES = %D%/typhoon/stages.h %D%/typhoon/plugin.c %D%/typhoon/stage_track.c \
  %D%/typhoon/stage_events.c %D%/typhoon/stage_wind.c %D%/typhoon/stage_places.c %D%/typhoon/stage_match.c \
  %D%/typhoon/storm_wind.h %D%/typhoon/storm_wind.c %D%/typhoon/stage_cubes.c
modules_typhoon_la_CFLAGS = $(GEO_CFLAGS)
modules_typhoon_la_LDFLAGS = $(MODULE_FLAGS)
modules_typhoon_la_LIBADD = %D%/typhoon/agencies/libagencies.la %D%/typhoon/libtyphoon.la $(GEO_LIB) $(CORE_LIB) -lm

# ground
pkglib_LTLIBRARIES += modules/ground.la
MODULES += modules/ground.la
modules_ground_la_SOURCES = %D%/ground/plugin.c
modules_ground_la_CFLAGS = $(GEO_CFLAGS)
modules_ground_la_LDFLAGS = $(MODULE_FLAGS)
modules_ground_la_LIBADD = $(GEO_LIB) $(CORE_LIB)

# ensemble
noinst_LTLIBRARIES += %D%/typhoon/ensemble/libensemble.la
%C%_typhoon_ensemble_libensemble_la_SOURCES =
%C%_typhoon_ensemble_libensemble_la_CFLAGS = $(GEO_CFLAGS)
%C%_typhoon_ensemble_libensemble_la_LIBADD = %D%/typhoon/libtyphoon.la
pkglib_LTLIBRARIES += modules/ensemble.la
MODULES += modules/ensemble.la
modules_ensemble_la_SOURCES = %D%/typhoon/ensemble/stages.h %D%/typhoon/ensemble/plugin.c \
  %D%/typhoon/ensemble/stage_members.c %D%/typhoon/ensemble/stage_cone.c %D%/typhoon/ensemble/stage_landfall_chances.c
modules_ensemble_la_CFLAGS = $(GEO_CFLAGS)
modules_ensemble_la_LDFLAGS = $(MODULE_FLAGS)
modules_ensemble_la_LIBADD = %D%/typhoon/ensemble/libensemble.la $(GEO_LIB) $(CORE_LIB) -lm
