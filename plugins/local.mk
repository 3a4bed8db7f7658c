# SPDX-License-Identifier: Apache-2.0
# One stanza a module: sources, LDFLAGS, LIBADD; the module's name is the plugin's name.

# transport
MODULES += modules/spool.la
pkglib_LTLIBRARIES += modules/spool.la
noinst_LTLIBRARIES += libpull.la
libpull_la_SOURCES = %D%/transport/pull.h %D%/transport/pull.c
libpull_la_CFLAGS = $(AM_CFLAGS)
modules_spool_la_SOURCES = %D%/transport/spool/spool.h %D%/transport/spool/spool.c %D%/transport/spool/folder.c \
  %D%/transport/spool/known.c
modules_spool_la_CFLAGS = $(AM_CFLAGS)
modules_spool_la_LDFLAGS = $(MODULE_FLAGS)
modules_spool_la_LIBADD = libpull.la $(CORE_LIB)

MODULES += modules/http_poll.la
pkglib_LTLIBRARIES += modules/http_poll.la
modules_http_poll_la_SOURCES = %D%/transport/http_poll/http_poll.h %D%/transport/http_poll/http_poll.c \
  %D%/transport/http_poll/request.c %D%/transport/http_poll/template.c %D%/transport/http_poll/unpack.c
modules_http_poll_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(DEFLATE_CFLAGS)
modules_http_poll_la_LDFLAGS = $(MODULE_FLAGS)
modules_http_poll_la_LIBADD = libpull.la $(CORE_LIB) $(CURL_LIBS) $(DEFLATE_LIBS)

# transport: listening sockets
noinst_LTLIBRARIES += liblisten.la
liblisten_la_SOURCES = %D%/transport/listen.h %D%/transport/listen.c
liblisten_la_CFLAGS = $(AM_CFLAGS)
MODULES += modules/udp_listen.la
pkglib_LTLIBRARIES += modules/udp_listen.la
modules_udp_listen_la_SOURCES = %D%/transport/udp_listen/udp_listen.c
modules_udp_listen_la_CFLAGS = $(AM_CFLAGS)
modules_udp_listen_la_LDFLAGS = $(MODULE_FLAGS)
modules_udp_listen_la_LIBADD = liblisten.la $(CORE_LIB)
MODULES += modules/tcp_listen.la
pkglib_LTLIBRARIES += modules/tcp_listen.la
modules_tcp_listen_la_SOURCES = %D%/transport/tcp_listen/connection.h %D%/transport/tcp_listen/connection.c \
  %D%/transport/tcp_listen/tcp_listen.c
modules_tcp_listen_la_CFLAGS = $(AM_CFLAGS)
modules_tcp_listen_la_LDFLAGS = $(MODULE_FLAGS)
modules_tcp_listen_la_LIBADD = liblisten.la $(CORE_LIB)

# protocol
MODULES += modules/line.la
pkglib_LTLIBRARIES += modules/line.la
modules_line_la_SOURCES = %D%/protocol/line/line.c
modules_line_la_CFLAGS = $(AM_CFLAGS)
modules_line_la_LDFLAGS = $(MODULE_FLAGS)
modules_line_la_LIBADD = $(CORE_LIB)

# telemetry: frames that protocols find and decoders read
noinst_LTLIBRARIES += libtelemetry.la
libtelemetry_la_SOURCES = %D%/telemetry/bytes.h %D%/telemetry/bytes.c %D%/telemetry/scan.h %D%/telemetry/scan.c \
  %D%/telemetry/sl651_frame.h %D%/telemetry/sl651_frame.c %D%/telemetry/szy206_frame.h %D%/telemetry/szy206_frame.c \
  %D%/telemetry/jt808_frame.h %D%/telemetry/jt808_frame.c %D%/telemetry/report.h %D%/telemetry/report.c \
  %D%/telemetry/parts.h %D%/telemetry/parts.c
libtelemetry_la_CFLAGS = $(AM_CFLAGS)
MODULES += modules/sl651_frames.la modules/szy206_frames.la modules/jt808_frames.la
pkglib_LTLIBRARIES += modules/sl651_frames.la modules/szy206_frames.la modules/jt808_frames.la
modules_sl651_frames_la_SOURCES = %D%/protocol/sl651_frames/sl651_frames.c
modules_sl651_frames_la_CFLAGS = $(AM_CFLAGS)
modules_sl651_frames_la_LDFLAGS = $(MODULE_FLAGS)
modules_sl651_frames_la_LIBADD = libtelemetry.la $(CORE_LIB)
modules_szy206_frames_la_SOURCES = %D%/protocol/szy206_frames/szy206_frames.c
modules_szy206_frames_la_CFLAGS = $(AM_CFLAGS)
modules_szy206_frames_la_LDFLAGS = $(MODULE_FLAGS)
modules_szy206_frames_la_LIBADD = libtelemetry.la $(CORE_LIB)
modules_jt808_frames_la_SOURCES = %D%/protocol/jt808_frames/jt808_frames.c
modules_jt808_frames_la_CFLAGS = $(AM_CFLAGS)
modules_jt808_frames_la_LDFLAGS = $(MODULE_FLAGS)
modules_jt808_frames_la_LIBADD = libtelemetry.la $(CORE_LIB)
if HAVE_MOSQUITTO
MODULES += modules/mqtt.la
pkglib_LTLIBRARIES += modules/mqtt.la
modules_mqtt_la_SOURCES = %D%/transport/mqtt/mqtt.h %D%/transport/mqtt/mqtt.c %D%/transport/mqtt/link.c \
  %D%/transport/mqtt/intake.c
modules_mqtt_la_CFLAGS = $(AM_CFLAGS)
modules_mqtt_la_LDFLAGS = $(MODULE_FLAGS)
modules_mqtt_la_LIBADD = libpull.la $(CORE_LIB) $(MOSQUITTO_LIBS)
endif

if HAVE_NATS
MODULES += modules/nats.la
pkglib_LTLIBRARIES += modules/nats.la
modules_nats_la_SOURCES = %D%/transport/nats/subscriber.h %D%/transport/nats/nats.c %D%/transport/nats/link.c \
  %D%/transport/nats/stream.c
modules_nats_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
modules_nats_la_LDFLAGS = $(MODULE_FLAGS)
modules_nats_la_LIBADD = libpull.la $(JANSSON_LIBS) $(CORE_LIB) $(NATS_LIBS)
endif

# decode
noinst_LTLIBRARIES += libfixes.la libfixes_json.la
libfixes_la_SOURCES = %D%/decode/fixes.h %D%/decode/fixes.c %D%/decode/fixes_words.c %D%/decode/bst.h %D%/decode/bst.c \
  geodata/sphere.h geodata/sphere.c
libfixes_la_CFLAGS = $(AM_CFLAGS)
libfixes_la_LIBADD = -lm
libfixes_json_la_SOURCES = %D%/decode/fixes_json.h %D%/decode/fixes_json.c
libfixes_json_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libfixes_json_la_LIBADD = libfixes.la $(JANSSON_LIBS)

MODULES += modules/cma_bst.la modules/jma_rsmc.la modules/atcf.la modules/ibtracs.la modules/nmc_json.la \
  modules/zjwater_json.la
pkglib_LTLIBRARIES += modules/cma_bst.la modules/jma_rsmc.la modules/atcf.la modules/ibtracs.la modules/nmc_json.la \
  modules/zjwater_json.la
modules_cma_bst_la_SOURCES = %D%/decode/cma_bst/cma_bst.c
modules_cma_bst_la_CFLAGS = $(AM_CFLAGS)
modules_cma_bst_la_LDFLAGS = $(MODULE_FLAGS)
modules_cma_bst_la_LIBADD = libfixes.la $(CORE_LIB)
modules_jma_rsmc_la_SOURCES = %D%/decode/jma_rsmc/jma_rsmc.c
modules_jma_rsmc_la_CFLAGS = $(AM_CFLAGS)
modules_jma_rsmc_la_LDFLAGS = $(MODULE_FLAGS)
modules_jma_rsmc_la_LIBADD = libfixes.la $(CORE_LIB)
modules_atcf_la_SOURCES = %D%/decode/atcf/atcf.c
modules_atcf_la_CFLAGS = $(AM_CFLAGS)
modules_atcf_la_LDFLAGS = $(MODULE_FLAGS)
modules_atcf_la_LIBADD = libfixes.la $(CORE_LIB)
modules_ibtracs_la_SOURCES = %D%/decode/ibtracs/ibtracs.c
modules_ibtracs_la_CFLAGS = $(AM_CFLAGS)
modules_ibtracs_la_LDFLAGS = $(MODULE_FLAGS)
modules_ibtracs_la_LIBADD = libfixes.la $(CORE_LIB)
modules_nmc_json_la_SOURCES = %D%/decode/nmc_json/nmc_json.c
modules_nmc_json_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
modules_nmc_json_la_LDFLAGS = $(MODULE_FLAGS)
modules_nmc_json_la_LIBADD = libfixes_json.la $(JANSSON_LIBS) $(CORE_LIB)
modules_zjwater_json_la_SOURCES = %D%/decode/zjwater_json/zjwater_json.h %D%/decode/zjwater_json/zjwater_json.c \
  %D%/decode/zjwater_json/normalised.c
modules_zjwater_json_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
modules_zjwater_json_la_LDFLAGS = $(MODULE_FLAGS)
modules_zjwater_json_la_LIBADD = libfixes_json.la $(JANSSON_LIBS) $(CORE_LIB)

# decode: telemetry
MODULES += modules/sl651.la modules/szy206.la modules/jt808.la
pkglib_LTLIBRARIES += modules/sl651.la modules/szy206.la modules/jt808.la
modules_sl651_la_SOURCES = %D%/decode/sl651/elements.h %D%/decode/sl651/elements.c %D%/decode/sl651/body.h \
  %D%/decode/sl651/body.c %D%/decode/sl651/body_hex.c %D%/decode/sl651/body_ascii.c %D%/decode/sl651/sl651.c
modules_sl651_la_CFLAGS = $(AM_CFLAGS)
modules_sl651_la_LDFLAGS = $(MODULE_FLAGS)
modules_sl651_la_LIBADD = libtelemetry.la $(CORE_LIB) -lm
modules_szy206_la_SOURCES = %D%/decode/szy206/szy206.c
modules_szy206_la_CFLAGS = $(AM_CFLAGS)
modules_szy206_la_LDFLAGS = $(MODULE_FLAGS)
modules_szy206_la_LIBADD = libtelemetry.la $(CORE_LIB) -lm
modules_jt808_la_SOURCES = %D%/decode/jt808/jt808.c
modules_jt808_la_CFLAGS = $(AM_CFLAGS)
modules_jt808_la_LDFLAGS = $(MODULE_FLAGS)
modules_jt808_la_LIBADD = libtelemetry.la $(CORE_LIB) -lm

if HAVE_ECCODES
MODULES += modules/bufr_tracks.la
pkglib_LTLIBRARIES += modules/bufr_tracks.la
modules_bufr_tracks_la_SOURCES = %D%/decode/bufr_tracks/frame.h %D%/decode/bufr_tracks/frame.c \
  %D%/decode/bufr_tracks/unfold.h %D%/decode/bufr_tracks/unfold.c %D%/decode/bufr_tracks/walk.h \
  %D%/decode/bufr_tracks/walk.c %D%/decode/bufr_tracks/members.h %D%/decode/bufr_tracks/members.c \
  %D%/decode/bufr_tracks/bufr_tracks.c
modules_bufr_tracks_la_CFLAGS = $(AM_CFLAGS)
modules_bufr_tracks_la_LDFLAGS = $(MODULE_FLAGS)
modules_bufr_tracks_la_LIBADD = libfixes.la $(CORE_LIB) $(ECCODES_LIBS) -lm
endif

# rows of databases
if HAVE_PQ
MODULES += modules/postgres_poll.la
pkglib_LTLIBRARIES += modules/postgres_poll.la
modules_postgres_poll_la_SOURCES = %D%/transport/postgres_poll/postgres_poll.h \
  %D%/transport/postgres_poll/postgres_poll.c %D%/transport/postgres_poll/connection.c \
  %D%/transport/postgres_poll/rows.c %D%/transport/postgres_poll/known_rows.c
modules_postgres_poll_la_CFLAGS = $(AM_CFLAGS) $(PQ_CFLAGS)
modules_postgres_poll_la_LDFLAGS = $(MODULE_FLAGS)
modules_postgres_poll_la_LIBADD = libpull.la $(CORE_LIB) $(PQ_LIBS)
endif

# decode by a mapping
noinst_LTLIBRARIES += libmapping.la
libmapping_la_SOURCES = %D%/decode/mapping.h %D%/decode/mapping.c %D%/decode/mapping_parse.c %D%/decode/mapping_plan.h \
  %D%/decode/mapping_place.h %D%/decode/mapping_place.c %D%/decode/mapping_time.h %D%/decode/mapping_time.c \
  %D%/decode/mapping_units.h %D%/decode/mapping_units.c %D%/decode/mapping_number.h %D%/decode/mapping_number.c \
  geodata/gcj02.h geodata/gcj02.c
libmapping_la_CFLAGS = $(AM_CFLAGS)
libmapping_la_LIBADD = -lm
MODULES += modules/delimited.la
pkglib_LTLIBRARIES += modules/delimited.la
modules_delimited_la_SOURCES = %D%/decode/delimited/table.h %D%/decode/delimited/table.c \
  %D%/decode/delimited/delimited.c
modules_delimited_la_CFLAGS = $(AM_CFLAGS)
modules_delimited_la_LDFLAGS = $(MODULE_FLAGS)
modules_delimited_la_LIBADD = libmapping.la libfixes.la $(CORE_LIB)
MODULES += modules/json_map.la
pkglib_LTLIBRARIES += modules/json_map.la
modules_json_map_la_SOURCES = %D%/decode/json_map/json_map.c
modules_json_map_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
modules_json_map_la_LDFLAGS = $(MODULE_FLAGS)
modules_json_map_la_LIBADD = libmapping.la libfixes_json.la $(JANSSON_LIBS) $(CORE_LIB)

# decode radar mosaics
if HAVE_BZ2
MODULES += modules/moc.la
pkglib_LTLIBRARIES += modules/moc.la
modules_moc_la_SOURCES = %D%/decode/moc/moc.c
modules_moc_la_CFLAGS = $(AM_CFLAGS) $(DEFLATE_CFLAGS)
modules_moc_la_LDFLAGS = $(MODULE_FLAGS)
modules_moc_la_LIBADD = $(CORE_LIB) $(BZ2_LIBS) $(DEFLATE_LIBS) -lm
endif

# export
MODULES += modules/cf.la modules/cog.la modules/geojson.la modules/gpkg.la
pkglib_LTLIBRARIES += modules/cf.la modules/cog.la modules/geojson.la modules/gpkg.la
modules_cf_la_SOURCES = %D%/export/cf/cf.c
modules_cf_la_CFLAGS = $(AM_CFLAGS)
modules_cf_la_LDFLAGS = $(MODULE_FLAGS)
modules_cf_la_LIBADD = $(GEO_LIB) $(CORE_LIB)
modules_cog_la_SOURCES = %D%/export/cog/cog.c
modules_cog_la_CFLAGS = $(AM_CFLAGS)
modules_cog_la_LDFLAGS = $(MODULE_FLAGS)
modules_cog_la_LIBADD = $(GEO_LIB) $(CORE_LIB)
modules_geojson_la_SOURCES = %D%/export/geojson/geojson.c
modules_geojson_la_CFLAGS = $(AM_CFLAGS)
modules_geojson_la_LDFLAGS = $(MODULE_FLAGS)
modules_geojson_la_LIBADD = $(GEO_LIB) $(CORE_LIB)
modules_gpkg_la_SOURCES = %D%/export/gpkg/gpkg.c
modules_gpkg_la_CFLAGS = $(AM_CFLAGS)
modules_gpkg_la_LDFLAGS = $(MODULE_FLAGS)
modules_gpkg_la_LIBADD = $(GEO_LIB) $(CORE_LIB)

MODULES += modules/png.la modules/html.la modules/sheet.la
pkglib_LTLIBRARIES += modules/png.la modules/html.la modules/sheet.la
modules_png_la_SOURCES = %D%/export/png/png.c
modules_png_la_CFLAGS = $(AM_CFLAGS)
modules_png_la_LDFLAGS = $(MODULE_FLAGS)
modules_png_la_LIBADD = $(GEO_LIB) $(CORE_LIB)
MODULES += modules/chart.la
pkglib_LTLIBRARIES += modules/chart.la
modules_chart_la_SOURCES = %D%/export/chart/chart.c
modules_chart_la_CFLAGS = $(AM_CFLAGS)
modules_chart_la_LDFLAGS = $(MODULE_FLAGS)
modules_chart_la_LIBADD = $(GEO_LIB) $(CORE_LIB)
# pages that open without a network
noinst_LTLIBRARIES += libpage.la
libpage_la_SOURCES = %D%/export/page.h %D%/export/page_text.c %D%/export/page_section.c %D%/export/page_frame.c
libpage_la_CFLAGS = $(AM_CFLAGS)
libpage_la_LIBADD = -lm
modules_html_la_SOURCES = %D%/export/html/html.c %D%/export/html/summary.h %D%/export/html/page_tables.c \
  %D%/export/html/page_parts.c %D%/export/html/page_forecast.c
modules_html_la_CFLAGS = $(AM_CFLAGS)
modules_html_la_LDFLAGS = $(MODULE_FLAGS)
modules_html_la_LIBADD = libpage.la $(GEO_LIB) $(CORE_LIB) -lm
modules_sheet_la_SOURCES = %D%/export/sheet/sheet.h %D%/export/sheet/sheet.c %D%/export/sheet/sheet_data.c \
  %D%/export/sheet/sheet_rows.h %D%/export/sheet/sheet_rows.c %D%/export/sheet/sheet_tracks.c \
  %D%/export/sheet/sheet_effects.c %D%/export/sheet/sheet_impact.c
modules_sheet_la_CFLAGS = $(AM_CFLAGS)
modules_sheet_la_LDFLAGS = $(MODULE_FLAGS)
modules_sheet_la_LIBADD = libpage.la $(GEO_LIB) $(CORE_LIB) -lm

# export of tile pyramids
noinst_LTLIBRARIES += libtiles.la
libtiles_la_SOURCES = %D%/export/tiles.h %D%/export/tiles.c %D%/export/tiles_field.c %D%/export/tiles_features.c \
  %D%/export/tiles_order.c %D%/export/tiles_paint.c %D%/export/tiles_json.c %D%/export/tiles_gzip.c \
  %D%/export/archive.h %D%/export/archive.c
libtiles_la_CFLAGS = $(AM_CFLAGS) $(DEFLATE_CFLAGS)
libtiles_la_LIBADD = $(DEFLATE_LIBS) -lm
MODULES += modules/xyz.la modules/pmtiles.la modules/mbtiles.la
pkglib_LTLIBRARIES += modules/xyz.la modules/pmtiles.la modules/mbtiles.la
modules_xyz_la_SOURCES = %D%/export/xyz/xyz.c
modules_xyz_la_CFLAGS = $(AM_CFLAGS)
modules_xyz_la_LDFLAGS = $(MODULE_FLAGS)
modules_xyz_la_LIBADD = libtiles.la $(GEO_LIB) $(CORE_LIB)
modules_pmtiles_la_SOURCES = %D%/export/pmtiles/pmtiles.c %D%/export/pmtiles/directory.h \
  %D%/export/pmtiles/directory.c
modules_pmtiles_la_CFLAGS = $(AM_CFLAGS)
modules_pmtiles_la_LDFLAGS = $(MODULE_FLAGS)
modules_pmtiles_la_LIBADD = libtiles.la $(GEO_LIB) $(CORE_LIB)
modules_mbtiles_la_SOURCES = %D%/export/mbtiles/mbtiles.c
modules_mbtiles_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
modules_mbtiles_la_LDFLAGS = $(MODULE_FLAGS)
modules_mbtiles_la_LIBADD = libtiles.la $(GEO_LIB) $(CORE_LIB) $(SQLITE_LIBS)

# command
MODULES += modules/query.la modules/export.la
pkglib_LTLIBRARIES += modules/query.la modules/export.la
modules_query_la_SOURCES = %D%/command/query/query.h %D%/command/query/query.c %D%/command/query/point.c \
  %D%/command/query/rows.c %D%/command/query/columns.c %D%/command/query/table.c %D%/command/query/text.c \
  %D%/command/query/fill.c
modules_query_la_CFLAGS = $(AM_CFLAGS)
modules_query_la_LDFLAGS = $(MODULE_FLAGS)
modules_query_la_LIBADD = $(GEO_LIB) $(CORE_LIB) -lm
MODULES += modules/store.la
pkglib_LTLIBRARIES += modules/store.la
modules_store_la_SOURCES = %D%/command/store/store.c
modules_store_la_CFLAGS = $(AM_CFLAGS)
modules_store_la_LDFLAGS = $(MODULE_FLAGS)
modules_store_la_LIBADD = $(CORE_LIB)
modules_export_la_SOURCES = %D%/command/export/export.c
modules_export_la_CFLAGS = $(AM_CFLAGS)
modules_export_la_LDFLAGS = $(MODULE_FLAGS)
modules_export_la_LIBADD = $(CORE_LIB)

# service
# All but the descriptor stands in a library of its own, so that tests and fuzzers can call it without a network.
MODULES += modules/map.la
pkglib_LTLIBRARIES += modules/map.la
noinst_LTLIBRARIES += libmapservice.la
MAP = %D%/service/map
libmapservice_la_SOURCES = $(MAP)/map.h $(MAP)/layer.h $(MAP)/layer.c $(MAP)/world.h $(MAP)/world.c $(MAP)/world_load.h \
  $(MAP)/world_load.c $(MAP)/request.h $(MAP)/request.c $(MAP)/response.h $(MAP)/answer.c $(MAP)/routes.c \
  $(MAP)/cache.h $(MAP)/cache.c $(MAP)/http.h $(MAP)/http.c
# handlers
libmapservice_la_SOURCES += $(MAP)/documents.h $(MAP)/state.c $(MAP)/tiles.h $(MAP)/tiles.c $(MAP)/files.h $(MAP)/files.c
libmapservice_la_SOURCES += $(MAP)/vector.h $(MAP)/vector.c $(MAP)/gzip.h $(MAP)/gzip.c
libmapservice_la_SOURCES += $(MAP)/legend.h $(MAP)/legend.c
libmapservice_la_SOURCES += $(MAP)/style_document.c
libmapservice_la_SOURCES += $(MAP)/uv.c $(MAP)/base.c
libmapservice_la_SOURCES += $(MAP)/value.h $(MAP)/value.c
libmapservice_la_SOURCES += $(MAP)/ogc.h $(MAP)/ogc.c $(MAP)/ogc_features.c $(MAP)/ogc_tiles.c $(MAP)/ogc_edr.c \
  $(MAP)/openapi.c $(MAP)/stac.c
libmapservice_la_SOURCES += $(MAP)/point.h $(MAP)/point_load.c $(MAP)/point.c
libmapservice_la_SOURCES += $(MAP)/place.h $(MAP)/place_load.c $(MAP)/place.c
libmapservice_la_SOURCES += $(MAP)/live.h $(MAP)/live.c $(MAP)/events.h $(MAP)/events.c $(MAP)/http_stream.h $(MAP)/http_stream.c
libmapservice_la_SOURCES += $(MAP)/feeds.h $(MAP)/feeds.c
libmapservice_la_SOURCES += $(MAP)/http_guard.h $(MAP)/http_guard.c
libmapservice_la_SOURCES += $(MAP)/xml.h $(MAP)/xml.c $(MAP)/fault.h $(MAP)/fault.c $(MAP)/info.h $(MAP)/info.c
libmapservice_la_SOURCES += $(MAP)/wmts.h $(MAP)/wmts.c $(MAP)/wmts_capabilities.c
libmapservice_la_SOURCES += $(MAP)/wms.h $(MAP)/wms.c $(MAP)/wms_map.c $(MAP)/wms_legend.c $(MAP)/wms_capabilities.c
libmapservice_la_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) $(XML_CFLAGS) $(DEFLATE_CFLAGS)
libmapservice_la_LIBADD = $(GEO_LIB) $(CORE_LIB) $(MICROHTTPD_LIBS) $(XML_LIBS) $(DEFLATE_LIBS) -lm
modules_map_la_SOURCES = $(MAP)/plugin.c
modules_map_la_CFLAGS = $(AM_CFLAGS)
modules_map_la_LDFLAGS = $(MODULE_FLAGS)
modules_map_la_LIBADD = libmapservice.la

# manual entries
MODULES += modules/manual.la
pkglib_LTLIBRARIES += modules/manual.la
modules_manual_la_SOURCES = %D%/decode/manual/manual.c
modules_manual_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
modules_manual_la_LDFLAGS = $(MODULE_FLAGS)
modules_manual_la_LIBADD = libfixes_json.la $(JANSSON_LIBS) $(CORE_LIB)

# command journal
MODULES += modules/journal.la
pkglib_LTLIBRARIES += modules/journal.la
modules_journal_la_SOURCES = %D%/command/journal/journal.h %D%/command/journal/journal.c %D%/command/journal/print.c
modules_journal_la_CFLAGS = $(AM_CFLAGS)
modules_journal_la_LDFLAGS = $(MODULE_FLAGS)
modules_journal_la_LIBADD = $(CORE_LIB)

# commands enter and correct
noinst_LTLIBRARIES += libmanual.la
libmanual_la_SOURCES = %D%/command/manual.h %D%/command/manual_row.c %D%/command/manual_record.c
libmanual_la_CFLAGS = $(AM_CFLAGS)
libmanual_la_LIBADD = -lm
MODULES += modules/enter.la modules/correct.la
pkglib_LTLIBRARIES += modules/enter.la modules/correct.la
modules_enter_la_SOURCES = %D%/command/enter/enter.c
modules_enter_la_CFLAGS = $(AM_CFLAGS)
modules_enter_la_LDFLAGS = $(MODULE_FLAGS)
modules_enter_la_LIBADD = libmanual.la $(CORE_LIB)
modules_correct_la_SOURCES = %D%/command/correct/correct.c
modules_correct_la_CFLAGS = $(AM_CFLAGS)
modules_correct_la_LDFLAGS = $(MODULE_FLAGS)
modules_correct_la_LIBADD = libmanual.la $(CORE_LIB)
