# SPDX-License-Identifier: Apache-2.0
# Each line of sources is one subject; helpers add to their own.
GEO_PUBLIC = %D%/sphere.h
GEO_FILES = %D%/sphere.c

# files
GEO_PUBLIC += %D%/file_about.h %D%/wkt.h %D%/vector.h %D%/raster.h %D%/cf.h
GEO_FILES += %D%/gdal_guard.h %D%/gdal_guard.c %D%/ogr_geometry.h %D%/ogr_geometry.c %D%/wkt.c %D%/vector.c %D%/vector_save.c %D%/vector_columns.h %D%/vector_columns.c \
  %D%/vector_schema.h %D%/vector_schema.c \
  %D%/file_about.c %D%/raster.c %D%/raster_save.c \
  %D%/hdf5_help.h %D%/hdf5_help.c %D%/cf_crs.h %D%/cf_crs.c %D%/cf_read.h %D%/cf_read.c \
  %D%/cf.c %D%/cf_save.c %D%/cf_sample.c %D%/cf_fill.h %D%/cf_fill.c

# ground
GEO_PUBLIC += %D%/crs.h %D%/gcj02.h %D%/gridspec.h %D%/sample.h %D%/polygon.h %D%/polygon_cover.h %D%/polygon_ops.h %D%/zonal.h %D%/coast_gshhg.h
GEO_FILES += %D%/crs.c %D%/gcj02.c %D%/gridspec.c %D%/sample.c %D%/polygon.c %D%/polygon_cover.c %D%/polygon_ops.c %D%/zonal.c \
  %D%/coast_gshhg.c %D%/gshhg_file.h %D%/gshhg_file.c

# pictures
GEO_PUBLIC += %D%/contour.h %D%/style.h %D%/tile_matrix.h %D%/render.h %D%/png.h %D%/picture.h %D%/painter.h
GEO_FILES += %D%/contour.c %D%/style.c %D%/tile_matrix.c %D%/render.c %D%/png_private.h %D%/png.c \
  %D%/png_rows.h %D%/png_rows.c \
  %D%/picture.c %D%/picture_draw.h %D%/picture_layers.c %D%/picture_text.c %D%/picture_map.c %D%/picture_track.c \
  %D%/picture_legend.c %D%/painter_private.h %D%/painter.c %D%/painter_palette.c

# What decides a pixel: no contraction to fused multiply-add, so that it does not depend on the CPU.
noinst_LTLIBRARIES += librender.la
librender_la_SOURCES = %D%/render_kernel.h %D%/render_kernel.c %D%/render_axis.h %D%/render_axis.c \
  %D%/render_rows.h %D%/render_rows.c
librender_la_CFLAGS = $(GEO_CFLAGS) -O3 -ffp-contract=off

# charts
GEO_PUBLIC += %D%/chart.h
GEO_FILES += %D%/chart.c

# pictures over pictures
GEO_PUBLIC += %D%/overlay.h
GEO_FILES += %D%/overlay.c %D%/png_ground.c

# vector tiles
GEO_PUBLIC += %D%/feature_index.h %D%/vector_tile.h
GEO_FILES += %D%/feature_index.c %D%/feature_hit.c %D%/vector_tile_private.h %D%/vector_tile.c %D%/vector_tile_layer.c \
  %D%/vector_tile_values.c %D%/vector_tile_planes.c %D%/vector_tile_clip.c %D%/vector_tile_snap.c %D%/vector_tile_trace.c
# drawn tiles
GEO_PUBLIC += %D%/legend.h %D%/uv_tile.h %D%/base_tile.h %D%/feature_painter.h
GEO_FILES += %D%/drawn.h %D%/drawn.c %D%/drawn_ink.h %D%/drawn_ink.c %D%/drawn_sign.h %D%/drawn_sign.c %D%/painter_lines.c %D%/painter_arrows.c %D%/legend_column.c %D%/legend.c \
  %D%/uv_tile.c %D%/drawn_shapes.h %D%/drawn_shapes.c %D%/drawn_shapes_path.c %D%/base_tile.c \
  %D%/feature_painter.c

lib_LTLIBRARIES += libsanfang-geo.la
nobase_sfinclude_HEADERS += $(GEO_PUBLIC)
libsanfang_geo_la_SOURCES = $(GEO_PUBLIC) $(GEO_FILES)
libsanfang_geo_la_CFLAGS = $(GEO_CFLAGS) $(GDAL_CFLAGS) $(PROJ_CFLAGS) $(HDF5_CFLAGS) $(GEOS_CFLAGS) $(PICTURE_CFLAGS) $(DEFLATE_CFLAGS) $(ISAL_CFLAGS)
libsanfang_geo_la_LIBADD = librender.la $(CORE_LIB) $(GDAL_LIBS) $(PROJ_LIBS) $(HDF5_HL_LIBS) $(HDF5_LIBS) $(GEOS_LIBS) $(PICTURE_LIBS) $(DEFLATE_LIBS) $(ISAL_LIBS) -lm
libsanfang_geo_la_LDFLAGS = -version-info 0:0:0 -Wl,-z,defs

# ground data: made once in the build tree
noinst_PROGRAMS += %D%/tools/make_coast %D%/tools/make_counties
%C%_tools_make_coast_SOURCES = %D%/tools/make_coast.c %D%/tools/places.h %D%/tools/places.c
%C%_tools_make_coast_CFLAGS = $(GEO_CFLAGS)
%C%_tools_make_coast_LDADD = $(GEO_LIB) $(CORE_LIB)
%C%_tools_make_counties_SOURCES = %D%/tools/make_counties.c %D%/tools/places.h %D%/tools/places.c \
  %D%/tools/echarts_map.h %D%/tools/echarts_map.c
%C%_tools_make_counties_CFLAGS = $(GEO_CFLAGS) $(JANSSON_CFLAGS)
%C%_tools_make_counties_LDADD = $(GEO_LIB) $(CORE_LIB) $(JANSSON_LIBS)

# The tools are order-only: they are relinked with every change of the libraries, the data only depend on what makes them.
COAST_FROM = $(srcdir)/%D%/coast_gshhg.c $(srcdir)/%D%/gshhg_file.c $(srcdir)/%D%/tools/make_coast.c \
  $(srcdir)/share/places/islands.csv
COUNTY_FROM = $(srcdir)/%D%/gcj02.c $(srcdir)/%D%/tools/make_counties.c $(srcdir)/%D%/tools/echarts_map.c \
  $(srcdir)/share/places/hainan_counties.csv
COUNTY_MAP = npm/node_modules/echarts/map/json/province/hainan.json
CLEANFILES += data/coast.gpkg data/counties.gpkg

if HAVE_GSHHG
coastdatadir = $(pkgdatadir)/data
coastdata_DATA = data/coast.gpkg
data/coast.gpkg: $(COAST_FROM) | %D%/tools/make_coast$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) data && ./%D%/tools/make_coast$(EXEEXT) $(GSHHG_DIR)/binned_GSHHS_f.nc \
	  $(srcdir)/share/vocabulary $(srcdir)/share/places/islands.csv $@
data/counties.gpkg: $(COUNTY_FROM) $(COUNTY_MAP) data/coast.gpkg | %D%/tools/make_counties$(EXEEXT)
	$(AM_V_GEN)./%D%/tools/make_counties$(EXEEXT) $(COUNTY_MAP) data/coast.gpkg $(srcdir)/share/vocabulary \
	  $(srcdir)/share/places/hainan_counties.csv $@
# Only where set-up has fetched the package; never installed: the boundaries are for the demonstration. The prerequisites keep
# the second make from building anything that the first one is building.
counties-local: data/coast.gpkg %D%/tools/make_counties$(EXEEXT)
	@test ! -f $(COUNTY_MAP) || $(MAKE) $(AM_MAKEFLAGS) data/counties.gpkg
ALL_LOCAL += counties-local
endif
.PHONY: counties-local

# the coast for quality control
noinst_PROGRAMS += %D%/tools/make_coast_mask
%C%_tools_make_coast_mask_SOURCES = %D%/tools/make_coast_mask.c
%C%_tools_make_coast_mask_CFLAGS = $(GEO_CFLAGS)
%C%_tools_make_coast_mask_LDADD = $(GEO_LIB) $(CORE_LIB) -lm
CLEANFILES += data/coast-mask.bin
if HAVE_GSHHG
coastdata_DATA += data/coast-mask.bin
data/coast-mask.bin: data/coast.gpkg $(srcdir)/%D%/tools/make_coast_mask.c | %D%/tools/make_coast_mask$(EXEEXT)
	$(AM_V_GEN)./%D%/tools/make_coast_mask$(EXEEXT) data/coast.gpkg $(srcdir)/share/vocabulary $@
endif
