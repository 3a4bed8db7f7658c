# SPDX-License-Identifier: Apache-2.0
# A unit test: add its name to UNIT_TESTS, its source is tests/unit/<name>.c; extra objects through <name>_LDADD.
TEST_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SRCDIR='"$(abs_top_srcdir)"' -DTEST_BUILDDIR='"$(abs_top_builddir)"'
AM_TESTS_ENVIRONMENT = \
  SANFANG_SHARED="$${SANFANG_SHARED:-$(abs_top_srcdir)/../shared/data}"; export SANFANG_SHARED; \
  SANFANG_PLUGIN_PATH='$(abs_top_builddir)/modules/.libs'; export SANFANG_PLUGIN_PATH; \
  SANFANG_SHARE='$(abs_top_srcdir)/share'; export SANFANG_SHARE; \
  SANFANG_DATA='$(abs_top_builddir)/data'; export SANFANG_DATA; \
  SANFANG='$(abs_top_builddir)/sanfang'; export SANFANG; \
  srcdir='$(abs_top_srcdir)'; export srcdir; builddir='$(abs_top_builddir)'; export builddir;
UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
UNIT_LIBS = $(CORE_LIB) $(CHECK_LIBS) $(JANSSON_LIBS) -lm
UNIT_GEO_LIBS = $(GEO_LIB) $(UNIT_LIBS)

# base

# data

# plugin

# cycle

# typhoon wind

# typhoon

# geodata ground

# geodata files

# geodata pictures

# decoders

# command line

TESTS += $(check_PROGRAMS)
