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

# rain
noinst_LTLIBRARIES += %D%/rain/librain.la
%C%_rain_librain_la_SOURCES = %D%/rain/r_cliper.h %D%/rain/r_cliper.c %D%/rain/licence.h %D%/rain/licence.c \
  %D%/rain/orography.h %D%/rain/orography.c %D%/rain/rain_field.h %D%/rain/rain_field.c \
  %D%/rain/rain_chance.h %D%/rain/rain_chance.c %D%/rain/rain_params.h %D%/rain/rain_params.c \
  %D%/rain/rain_storm.h %D%/rain/rain_storm.c %D%/rain/county_rain.h %D%/rain/county_rain.c
%C%_rain_librain_la_CFLAGS = $(GEO_CFLAGS) -fno-math-errno -fno-trapping-math
pkglib_LTLIBRARIES += modules/rain.la
MODULES += modules/rain.la
modules_rain_la_SOURCES = %D%/rain/stages.h %D%/rain/plugin.c %D%/rain/stage_total.c %D%/rain/stage_counties.c
modules_rain_la_CFLAGS = $(GEO_CFLAGS)
modules_rain_la_LDFLAGS = $(MODULE_FLAGS)
modules_rain_la_LIBADD = %D%/rain/librain.la $(GEO_LIB) $(CORE_LIB) -lm

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
