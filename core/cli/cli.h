/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CLI_CLI_H
#define SF_CORE_CLI_CLI_H

#include "core/cycle/cycle.h"

#include <stdio.h>

struct sf_health_board;
struct sf_quality_rules;

/* Exit codes, also in the manual. */
enum sf_exit
{
  SF_EXIT_DONE = 0,
  SF_EXIT_FAILED = 1,
  SF_EXIT_USAGE = 2,
  SF_EXIT_QUARANTINED = 3 /* done, but some input was quarantined */
};

/* Where a run of the program finds its parts. Texts live in the program's arena. */
struct sf_places
{
  const char *plugin_path, *share_folder, *data_folder;
};

/* The program: what every command gets. Vocabulary, host and pool are there from sf_cli_start on. */
struct sf_cli
{
  struct sf_arena arena;
  int zh; /* speak Chinese */
  struct sf_places places;
  struct sf_log *log;
  struct sf_pool *pool;
  struct sf_vocabulary *vocabulary;
  struct sf_plugin_host *plugins;
  const struct sf_preloaded *preloaded;
  const atomic_bool *cancel;
  const struct sf_settings *global; /* of the options that every command knows */
};

/* What stands on a command line after the command's word. */
struct sf_arguments
{
  struct sf_settings *settings;
  struct sf_override *overrides; /* --set */
  size_t overrides_count;
  char **words; /* the rest */
  int count;
};

/* A word of the program. Options and help come from its table. */
struct sf_cli_command
{
  const char *name;
  const char *usage; /* "run SCENARIO [-o DIR] [--set KEY=VALUE]..." */
  const char *summary_en, *summary_zh;
  const char *more_en, *more_zh; /* a few lines: what it does, an example */
  const struct sf_option *options;
  bool takes_set;           /* knows --set KEY=VALUE */
  int words_min, words_max; /* -1: no bound */
  /* Returns an exit code; an error's text goes to err and is printed by the caller. */
  int (*run) (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err);
};

/* The commands that need the kernel alone, in the order of --help; ends with NULL. */
const struct sf_cli_command *const *sf_cli_commands (void);
/* The options that every command knows. */
extern const struct sf_option sf_cli_global_options[];

extern const struct sf_cli_command sf_command_run, sf_command_serve, sf_command_check, sf_command_decode,
    sf_command_plugins, sf_command_vocabulary, sf_command_doctor, sf_command_version, sf_command_completion,
    sf_command_manual;

extern const struct sf_cli_command sf_command_replay;

/* args.c: read argv (after the command's word) against two option tables; "-o X" is "--output X". */
enum sf_code sf_arguments_parse (struct sf_arena *arena, const struct sf_option *options, bool takes_set,
                                 const struct sf_option *global_options, struct sf_settings *global, int argc,
                                 char **argv, struct sf_arguments *ret_arguments, bool *ret_help, struct sf_error *err);

/* places.c: the environment (SANFANG_PLUGIN_PATH, SANFANG_SHARE, SANFANG_DATA), else the build tree that the program
   stands in, else where it was installed. */
enum sf_code sf_places_find (struct sf_arena *arena, struct sf_places *ret_places, struct sf_error *err);
/* The file of the program that runs, for starting it again as a worker; in the arena. */
enum sf_code sf_places_program (struct sf_arena *arena, char **ret_program, struct sf_error *err);

/* help.c: from the tables. */
void sf_help_program (struct sf_cli *cli, FILE *out);
void sf_help_command (struct sf_cli *cli, const struct sf_cli_command *command, FILE *out);
void sf_help_options (const struct sf_option *options, int zh, FILE *out);
/* A command of a plugin, dressed as one of ours. */
struct sf_cli_command sf_help_of_plugin (const struct sf_plugin *plugin);

/* table.c: how many columns of a terminal a UTF-8 text takes, as sf_text_print prints it: East Asian wide characters two,
   combining ones none (Unicode's EastAsianWidth.txt: W and F). */
int sf_text_columns (const char *text);
/* Print a text that may come from a feed: control characters, which could drive a terminal, as '?'. */
void sf_text_print (const char *text, FILE *out);
/* The same, filled with blanks to so many columns, on its left when it stands right. */
void sf_text_print_padded (const char *text, int width, bool right, FILE *out);
/* A table dataset for a terminal, with who may say it. columns NULL: all. */
void sf_table_print (const struct sf_dataset *dataset, const char *const *columns, size_t columns_count, int zh,
                     FILE *out);
/* The same as one JSON object: {"dataset":..., "rows":[{...}]}. */
void sf_table_json (const struct sf_dataset *dataset, struct sf_strbuf *out);

extern const struct sf_cli_command sf_command_feeds;

/* feeds_table.c: the health board for people. only: a bit for each state that is shown; feed: the board is of this one alone,
   all its details are shown; NULL for the table. */
struct sf_feeds_view
{
  unsigned only;
  const char *feed;
  const struct sf_vocabulary *vocabulary; /* for what rejects are about */
  int zh;
  bool colour;
};
void sf_feeds_print (const struct sf_health_board *board, const struct sf_feeds_view *view, int64_t now_s, FILE *out);

/* start.c: get vocabulary, pool and plugin host ready, with the options and the log that are set. */
enum sf_code sf_cli_start (struct sf_cli *cli, struct sf_error *err);
/* The rules of quality control, with the coast where the data has it; in the arena. After sf_cli_start. */
enum sf_code sf_cli_load_quality (const struct sf_cli *cli, struct sf_arena *arena, struct sf_quality_rules **ret_rules,
                                  struct sf_error *err);

#endif
