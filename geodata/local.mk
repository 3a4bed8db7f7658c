# SPDX-License-Identifier: Apache-2.0
# Each line of sources is one subject; helpers add to their own.
GEO_PUBLIC = %D%/sphere.h
GEO_FILES = %D%/sphere.c

lib_LTLIBRARIES += libsanfang-geo.la
nobase_sfinclude_HEADERS += $(GEO_PUBLIC)
libsanfang_geo_la_SOURCES = $(GEO_PUBLIC) $(GEO_FILES)
libsanfang_geo_la_CFLAGS = $(GEO_CFLAGS) $(GDAL_CFLAGS) $(PROJ_CFLAGS) $(HDF5_CFLAGS) $(GEOS_CFLAGS) $(PICTURE_CFLAGS) $(DEFLATE_CFLAGS)
libsanfang_geo_la_LIBADD = $(CORE_LIB) $(GDAL_LIBS) $(PROJ_LIBS) $(HDF5_HL_LIBS) $(HDF5_LIBS) $(GEOS_LIBS) $(PICTURE_LIBS) $(DEFLATE_LIBS) -lm
libsanfang_geo_la_LDFLAGS = -version-info 0:0:0 -Wl,-z,defs
