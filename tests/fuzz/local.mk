# SPDX-License-Identifier: Apache-2.0
# To add a fuzzer NAME: write fuzz_NAME.c with LLVMFuzzerTestOneInput, put some seeds into corpus/NAME/, and add to
# FUZZERS and below it (more sources and libraries as it needs; it links the core library and jansson already)
#   %C%_fuzz_NAME_replay_SOURCES = %D%/fuzz_NAME.c $(FUZZ_MAIN)
#   %C%_fuzz_NAME_replay_LDADD = $(FUZZ_LIBS)
# `make check` then replays the corpus with the usual build, and `make fuzz TARGETS="NAME" TIME=60` (all without TARGETS;
# seconds each) builds it with clang's libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer in fuzzing/ and runs it
# there, with the words of dictionary/NAME.dict where there are any; FUZZ_OPTIONS takes more of libFuzzer's options. What
# it finds is named fuzzing/NAME-crash-*: put it into the corpus when it is mended.
FUZZ_MAIN = %D%/replay.c
FUZZ_ENGINE =
FUZZ_LIBS = $(FUZZ_ENGINE) $(UNIT_LIBS)
FUZZERS = \
  %D%/fuzz_yaml_replay %D%/fuzz_text_replay %D%/fuzz_option_replay %D%/fuzz_record_wire_replay
check_PROGRAMS += $(FUZZERS)
EXTRA_DIST += %D%/corpus %D%/dictionary

%C%_fuzz_yaml_replay_SOURCES = %D%/fuzz_yaml.c $(FUZZ_MAIN)
%C%_fuzz_yaml_replay_LDADD = $(FUZZ_LIBS)
%C%_fuzz_text_replay_SOURCES = %D%/fuzz_text.c $(FUZZ_MAIN)
%C%_fuzz_text_replay_LDADD = $(FUZZ_LIBS)
%C%_fuzz_option_replay_SOURCES = %D%/fuzz_option.c $(FUZZ_MAIN)
%C%_fuzz_option_replay_LDADD = $(FUZZ_LIBS)
%C%_fuzz_record_wire_replay_SOURCES = %D%/fuzz_record_wire.c $(FUZZ_MAIN)
%C%_fuzz_record_wire_replay_LDADD = $(FUZZ_LIBS)

# cages
FUZZERS += %D%/fuzz_cage_frames_replay
%C%_fuzz_cage_frames_replay_SOURCES = %D%/fuzz_cage_frames.c $(FUZZ_MAIN)
%C%_fuzz_cage_frames_replay_LDADD = $(FUZZ_LIBS)

# the map service
FUZZERS += %D%/fuzz_map_request_replay
%C%_fuzz_map_request_replay_SOURCES = %D%/fuzz_map_request.c tests/unit/toy_world.h $(FUZZ_MAIN)
%C%_fuzz_map_request_replay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_map_request_replay_LDADD = libmapservice.la $(FUZZ_LIBS)

# files that a user can replace
FUZZERS += %D%/fuzz_parameters_replay
%C%_fuzz_parameters_replay_SOURCES = %D%/fuzz_parameters.c $(FUZZ_MAIN)
%C%_fuzz_parameters_replay_LDADD = $(FUZZ_ENGINE) models/ground/libground.la models/rain/librain.la \
  models/sea/libsea.la models/typhoon/libanswers.la models/typhoon/archive/libarchive.la \
  models/typhoon/ensemble/libensemble.la $(UNIT_GEO_LIBS)

# every stage from fixes to answers
CHAIN_SOURCES = tests/unit/storm_chain.h tests/unit/storm_dice.h $(modules_ground_la_SOURCES) \
  $(modules_typhoon_la_SOURCES) $(modules_agencies_la_SOURCES) $(modules_ensemble_la_SOURCES) \
  $(modules_rain_la_SOURCES) $(modules_sea_la_SOURCES) $(modules_analogues_la_SOURCES) $(modules_answers_la_SOURCES)
CHAIN_LIBS = models/ground/libground.la models/rain/librain.la models/sea/libsea.la models/typhoon/libanswers.la \
  models/typhoon/archive/libarchive.la models/typhoon/ensemble/libensemble.la $(UNIT_GEO_LIBS)
FUZZERS += %D%/fuzz_storm_chain_replay
%C%_fuzz_storm_chain_replay_SOURCES = %D%/fuzz_storm_chain.c $(CHAIN_SOURCES) $(FUZZ_MAIN)
%C%_fuzz_storm_chain_replay_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_storm_chain_replay_LDADD = $(FUZZ_ENGINE) $(CHAIN_LIBS)

TIME = 60
FUZZ_FLAGS = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
fuzz:
	@command -v clang >/dev/null || { echo 'make fuzz needs clang and its libFuzzer (apt-get install clang)' >&2; exit 1; }
	$(MKDIR_P) fuzzing
	cd fuzzing && { test -e Makefile || $(abs_top_srcdir)/configure -q --disable-shared --enable-static \
	  CC=clang CFLAGS='$(FUZZ_FLAGS)' CPPFLAGS=-DSF_LIBFUZZER; }
	@cd fuzzing && all=$$(for p in $(FUZZERS); do p=$${p##*/fuzz_}; echo $${p%_replay}; done); \
	for t in $${TARGETS:-$$all}; do \
	  $(MAKE) FUZZ_ENGINE=-fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_$${t}_replay || exit 1; \
	  $(MKDIR_P) found/$$t; words=$(abs_top_srcdir)/tests/fuzz/dictionary/$$t.dict; \
	  tests/fuzz/fuzz_$${t}_replay $$(test ! -e $$words || echo -dict=$$words) $(FUZZ_OPTIONS) \
	    -max_total_time=$(TIME) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=$$t- found/$$t $(abs_top_srcdir)/tests/fuzz/corpus/$$t || exit 1; \
	done
mostlyclean-local:
	rm -rf fuzzing gdal-cache
.PHONY: fuzz
