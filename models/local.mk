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

# The vortex that meets the rings: link it with libtyphoon.la.
noinst_LTLIBRARIES += %D%/typhoon/libvortex.la
%C%_typhoon_libvortex_la_SOURCES = %D%/typhoon/vortex/vortex.h %D%/typhoon/vortex/vortex.c \
  %D%/typhoon/vortex/vortex_fit.c %D%/typhoon/vortex/vortex_profile.h %D%/typhoon/vortex/vortex_profile.c \
  %D%/typhoon/vortex/vortex_rules.h %D%/typhoon/vortex/vortex_rules.c \
  %D%/typhoon/vortex/land_decay.h %D%/typhoon/vortex/land_decay.c \
  %D%/typhoon/vortex/inflow.h %D%/typhoon/vortex/inflow.c %D%/typhoon/vortex/storm_step.h \
  %D%/typhoon/vortex/storm_step.c %D%/typhoon/vortex/storm_field.h %D%/typhoon/vortex/storm_field.c
%C%_typhoon_libvortex_la_CFLAGS = $(GEO_CFLAGS)
pkglib_LTLIBRARIES += modules/typhoon.la
MODULES += modules/typhoon.la
modules_typhoon_la_SOURCES = %D%/typhoon/stages.h %D%/typhoon/plugin.c %D%/typhoon/stage_track.c \
  %D%/typhoon/stage_events.c %D%/typhoon/stage_wind.c %D%/typhoon/stage_places.c %D%/typhoon/stage_match.c \
  %D%/typhoon/storm_wind.h %D%/typhoon/storm_wind.c %D%/typhoon/storm_rings.h %D%/typhoon/storm_rings.c \
  %D%/typhoon/stage_rings.c %D%/typhoon/stage_cubes.c
modules_typhoon_la_CFLAGS = $(GEO_CFLAGS)
modules_typhoon_la_LDFLAGS = $(MODULE_FLAGS)
modules_typhoon_la_LIBADD = %D%/typhoon/libvortex.la %D%/typhoon/agencies/libagencies.la %D%/typhoon/libtyphoon.la $(GEO_LIB) $(CORE_LIB) -lm

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
