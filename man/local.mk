# SPDX-License-Identifier: Apache-2.0
# sanfang.1 and the completion are made from the option tables by the program just built. A build for another machine names
# a program of the same version that runs here: make SANFANG_FOR_BUILD=/usr/bin/sanfang
SANFANG_FOR_BUILD = ./sanfang$(EXEEXT)
SELF_DESCRIBE = env -u SANFANG_PLUGIN_PATH -u SANFANG_SHARE -u SANFANG_DATA $(SANFANG_FOR_BUILD)
SELF_DESCRIBED = %D%/sanfang.1 %D%/zh_CN/sanfang.1 completions/sanfang

dist_man_MANS = %D%/sanfang-scenario.5 %D%/sanfang-snapshot.5
nodist_man_MANS = %D%/sanfang.1
manzh1dir = $(mandir)/zh_CN/man1
nodist_manzh1_DATA = %D%/zh_CN/sanfang.1
manzh5dir = $(mandir)/zh_CN/man5
dist_manzh5_DATA = %D%/zh_CN/sanfang-scenario.5 %D%/zh_CN/sanfang-snapshot.5
bashcompletiondir = $(datadir)/bash-completion/completions
nodist_bashcompletion_DATA = completions/sanfang
CLEANFILES += $(SELF_DESCRIBED)

$(SELF_DESCRIBED): sanfang$(EXEEXT) $(MODULES) sanfang.tree
%D%/sanfang.1:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SELF_DESCRIBE) manual --lang en >$@.new && mv $@.new $@
%D%/zh_CN/sanfang.1:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SELF_DESCRIBE) manual --lang zh >$@.new && mv $@.new $@
completions/sanfang:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SELF_DESCRIBE) completion >$@.new && mv $@.new $@
