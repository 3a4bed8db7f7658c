# SPDX-License-Identifier: Apache-2.0
CORE_PUBLIC = \
  %D%/base/error.h %D%/base/mem.h %D%/base/time.h %D%/base/text.h %D%/base/json.h %D%/base/sha256.h \
  %D%/base/file.h %D%/base/log.h %D%/base/yaml.h \
  %D%/data/grid.h %D%/data/geometry.h %D%/data/record.h %D%/data/vocabulary.h %D%/data/dataset.h \
  %D%/plugin/option.h %D%/plugin/plugin.h
nobase_sfinclude_HEADERS += $(CORE_PUBLIC)

lib_LTLIBRARIES += libsanfang-core.la
libsanfang_core_la_SOURCES = $(CORE_PUBLIC) \
  %D%/base/error.c %D%/base/mem.c
libsanfang_core_la_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)
libsanfang_core_la_LIBADD = $(LTDL_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS)
libsanfang_core_la_LDFLAGS = -version-info 0:0:0 -Wl,-z,defs

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/sanfang.pc
