# SPDX-License-Identifier: Apache-2.0
# Modules that are wrong in one thing each, for tests/cli/plugins.bats.
if !PRELOAD
BAD_MODULES = %D%/toy.la %D%/wrong_abi.la %D%/wrong_size.la %D%/wrong_magic.la %D%/wrong_name.la %D%/undefined.la \
  %D%/crash.la %D%/stranger.la %D%/no_function.la
check_LTLIBRARIES += $(BAD_MODULES)
BAD_FLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_toy_la_SOURCES = %D%/modules.h %D%/toy.c
%C%_toy_la_LDFLAGS = $(BAD_FLAGS)
%C%_wrong_abi_la_SOURCES = %D%/modules.h %D%/wrong_abi.c
%C%_wrong_abi_la_LDFLAGS = $(BAD_FLAGS)
%C%_wrong_size_la_SOURCES = %D%/modules.h %D%/wrong_size.c
%C%_wrong_size_la_LDFLAGS = $(BAD_FLAGS)
%C%_wrong_magic_la_SOURCES = %D%/modules.h %D%/wrong_magic.c
%C%_wrong_magic_la_LDFLAGS = $(BAD_FLAGS)
%C%_wrong_name_la_SOURCES = %D%/modules.h %D%/wrong_name.c
%C%_wrong_name_la_LDFLAGS = $(BAD_FLAGS)
%C%_undefined_la_SOURCES = %D%/modules.h %D%/undefined.c
%C%_undefined_la_LDFLAGS = $(BAD_FLAGS)
%C%_crash_la_SOURCES = %D%/modules.h %D%/crash.c
%C%_crash_la_LDFLAGS = $(BAD_FLAGS)
%C%_stranger_la_SOURCES = %D%/stranger.c
%C%_stranger_la_LDFLAGS = $(BAD_FLAGS)
else
EXTRA_DIST += %D%/modules.h %D%/toy.c %D%/wrong_abi.c %D%/wrong_size.c %D%/wrong_magic.c %D%/wrong_name.c \
  %D%/undefined.c %D%/crash.c %D%/stranger.c
endif
%C%_no_function_la_SOURCES = %D%/modules.h %D%/no_function.c
%C%_no_function_la_LDFLAGS = $(BAD_FLAGS)

# Decoders for tests of cages: one that does harm, one that is timed.
if !PRELOAD
CAGE_MODULES = %D%/hostile.la %D%/pieces.la
check_LTLIBRARIES += $(CAGE_MODULES)
%C%_hostile_la_SOURCES = %D%/hostile.c
%C%_hostile_la_LDFLAGS = $(BAD_FLAGS)
%C%_hostile_la_LIBADD = $(CORE_LIB)
%C%_pieces_la_SOURCES = %D%/pieces.h %D%/pieces.c
%C%_pieces_la_LDFLAGS = $(BAD_FLAGS)
%C%_pieces_la_LIBADD = $(CORE_LIB)
else
EXTRA_DIST += %D%/hostile.c %D%/pieces.h %D%/pieces.c
endif
