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
pkglib_LTLIBRARIES += modules/typhoon.la
MODULES += modules/typhoon.la
modules_typhoon_la_SOURCES = %D%/typhoon/stages.h %D%/typhoon/plugin.c %D%/typhoon/stage_track.c \
  %D%/typhoon/stage_events.c %D%/typhoon/stage_wind.c %D%/typhoon/stage_places.c \
  %D%/typhoon/storm_wind.h %D%/typhoon/storm_wind.c %D%/typhoon/stage_cubes.c
modules_typhoon_la_CFLAGS = $(GEO_CFLAGS)
modules_typhoon_la_LDFLAGS = $(MODULE_FLAGS)
modules_typhoon_la_LIBADD = %D%/typhoon/libtyphoon.la $(GEO_LIB) $(CORE_LIB) -lm

# ground
pkglib_LTLIBRARIES += modules/ground.la
MODULES += modules/ground.la
modules_ground_la_SOURCES = %D%/ground/plugin.c
modules_ground_la_CFLAGS = $(GEO_CFLAGS)
modules_ground_la_LDFLAGS = $(MODULE_FLAGS)
modules_ground_la_LIBADD = $(GEO_LIB) $(CORE_LIB)

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
