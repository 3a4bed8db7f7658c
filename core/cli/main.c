/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/time.h"
#include "core/feed/cage.h"

#include <errno.h>
#include <ltdl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const lt_dlsymlist lt_preloaded_symbols[];

static atomic_bool interrupted;

static void
interrupt (int number)
{
  (void) number;
  if (atomic_exchange (&interrupted, true))
    _exit (130);
}

/* A shell that starts us in the background has the signal ignored: then it stays so. */
static void
catch_signal (int number)
{
  struct sigaction action = { .sa_handler = interrupt }, old;
  if (sigaction (number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
    sigaction (number, &action, NULL);
}

static int
speaks_chinese (const char *choice)
{
  if (strcmp (choice, "auto") != 0)
    return strcmp (choice, "zh") == 0;
  const char *names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
  for (int i = 0; i < 3; i++)
    {
      const char *value = getenv (names[i]);
      if (value && *value)
        return strncmp (value, "zh", 2) == 0;
    }
  return 0;
}

static void
finish (struct sf_cli *cli)
{
  sf_plugin_host_free (cli->plugins);
  sf_pool_free (cli->pool);
  sf_vocabulary_free (cli->vocabulary);
  sf_log_free (cli->log);
  sf_arena_finish (&cli->arena);
}

/* The message names file, line and value, in English; in Chinese its kind stands before it. */
static int
fail (const struct sf_error *err, bool zh, int exit_code)
{
  if (zh && err->message[0])
    fprintf (stderr, "sanfang: %s：%s\n", sf_code_text (err->code, 1), err->message);
  else
    fprintf (stderr, "sanfang: %s\n", err->message[0] ? err->message : sf_code_text (err->code, zh));
  return exit_code;
}

static const struct sf_cli_command *
find_builtin (const char *name)
{
  for (const struct sf_cli_command *const *command = sf_cli_commands (); *command; command++)
    if (strcmp ((*command)->name, name) == 0)
      return *command;
  return NULL;
}

/* --- a command that a plugin brings --- */

static void
print_out (const struct sf_command_context *context, const char *format, ...)
{
  (void) context;
  va_list args;
  va_start (args, format);
  if (vprintf (format, args) < 0)
    atomic_store (&interrupted, true); /* nobody reads on: a long listing may end */
  va_end (args);
}

static int
run_plugin_command (struct sf_cli *cli, const struct sf_plugin *plugin, const struct sf_arguments *arguments,
                    struct sf_error *err)
{
  struct sf_host host;
  if (sf_cli_start (cli, err) != SF_OK
      || sf_plugin_host_find (cli->plugins, SF_PLUGIN_COMMAND, plugin->name, &plugin, err) != SF_OK)
    return SF_EXIT_FAILED;
  sf_plugin_host_handle (cli->plugins, plugin->name, arguments->settings, SF_TIME_MISSING, &host);
  char **argv = sf_arena_calloc (&cli->arena, (size_t) arguments->count + 2, sizeof *argv);
  if (!argv)
    {
      sf_fail (err, SF_ENOMEM, "out of memory");
      return SF_EXIT_FAILED;
    }
  argv[0] = (char *) plugin->name;
  memcpy (argv + 1, arguments->words, (size_t) arguments->count * sizeof *argv);
  struct sf_command_context context = { .host = &host,
                                        .plugins = cli->plugins,
                                        .zh = cli->zh,
                                        .overrides = arguments->overrides,
                                        .overrides_count = arguments->overrides_count,
                                        .print = print_out };
  int result = plugin->as.command->run (&context, arguments->count + 1, argv, err);
  return result < SF_EXIT_DONE || result > SF_EXIT_QUARANTINED ? SF_EXIT_FAILED : result;
}

static enum sf_code
check_count (const struct sf_cli_command *command, const struct sf_arguments *arguments, struct sf_error *err)
{
  if (arguments->count < command->words_min)
    return sf_fail (err, SF_EINVAL, "too few words; usage: sanfang %s", command->usage);
  if (command->words_max >= 0 && arguments->count > command->words_max)
    return sf_fail (err, SF_EINVAL, "'%s' is one word too many; usage: sanfang %s",
                    arguments->words[command->words_max], command->usage);
  return SF_OK;
}

static enum sf_code
open_log (struct sf_cli *cli, struct sf_error *err)
{
  cli->log = sf_log_new ();
  if (!cli->log)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  sf_log_add_sink (cli->log, STDERR_FILENO, sf_settings_bool (cli->global, "log-json") ? SF_LOG_JSON : SF_LOG_TEXT,
                   (enum sf_log_level) sf_settings_choice (cli->global, "log-level"));
  return SF_OK;
}

static int
run_command (struct sf_cli *cli, const struct sf_cli_command *command, const struct sf_plugin *plugin, int argc,
             char **argv)
{
  struct sf_error err = { 0 };
  struct sf_arguments arguments;
  struct sf_settings *global = NULL;
  bool help = false;
  if (sf_settings_parse (&cli->arena, sf_cli_global_options, NULL, NULL, &global, &err) != SF_OK)
    return fail (&err, cli->zh, SF_EXIT_FAILED);
  cli->global = global;
  enum sf_code code = sf_arguments_parse (&cli->arena, command->options, command->takes_set, sf_cli_global_options,
                                          global, argc, argv, &arguments, &help, &err);
  cli->zh = speaks_chinese (sf_settings_text (global, "lang"));
  if (help)
    {
      sf_help_command (cli, command, stdout);
      return SF_EXIT_DONE;
    }
  if (code == SF_OK)
    code = check_count (command, &arguments, &err);
  if (code != SF_OK)
    return fail (&err, cli->zh, SF_EXIT_USAGE);
  if (open_log (cli, &err) != SF_OK)
    return fail (&err, cli->zh, SF_EXIT_FAILED);
  int result = plugin ? run_plugin_command (cli, plugin, &arguments, &err) : command->run (cli, &arguments, &err);
  if (err.code == SF_ECANCELLED && ferror (stdout))
    return SF_EXIT_FAILED; /* close_output says why */
  if (err.code != SF_OK)
    return fail (&err, cli->zh, result == SF_EXIT_DONE ? SF_EXIT_FAILED : result);
  return result;
}

/* Modules are never unloaded: a descriptor outlives the host that found it. */
static enum sf_code
find_command (const struct sf_cli *cli, const char *name, const struct sf_plugin **ret_plugin, struct sf_error *err)
{
  struct sf_plugin_host *host = NULL;
  struct sf_plugin_host_setup setup = { .search_path = cli->places.plugin_path, .preloaded = cli->preloaded };
  SF_TRY (sf_plugin_host_new (&setup, &host, err));
  enum sf_code code = sf_plugin_host_find (host, SF_PLUGIN_COMMAND, name, ret_plugin, err);
  sf_plugin_host_free (host);
  return code;
}

/* A word that is not ours may be a plugin's. Its options, which say how many threads and what is logged, are known once it
   is loaded: so a host for this alone finds it. */
static int
run_from_plugin (struct sf_cli *cli, int argc, char **argv)
{
  struct sf_error err = { 0 };
  const struct sf_plugin *plugin = NULL;
  if (argv[0][0] == '-')
    {
      fprintf (stderr, "sanfang: %s stands where a command is due; options come after it (sanfang run --help)\n",
               argv[0]);
      return SF_EXIT_USAGE;
    }
  enum sf_code code = find_command (cli, argv[0], &plugin, &err);
  if (code != SF_OK && code != SF_ENOTFOUND && code != SF_ETYPE)
    return fail (&err, cli->zh, SF_EXIT_FAILED);
  if (code != SF_OK)
    {
      fprintf (stderr, "sanfang: there is no command '%s'; `sanfang --help` lists them\n", argv[0]);
      return SF_EXIT_USAGE;
    }
  struct sf_cli_command command = sf_help_of_plugin (plugin);
  return run_command (cli, &command, plugin, argc - 1, argv + 1);
}

static bool
is_broken_pipe (int descriptor)
{
  struct pollfd pipe = { .fd = descriptor, .events = POLLOUT };
  return poll (&pipe, 1, 0) == 1 && pipe.revents & POLLERR;
}

/* What could not be printed was not done; whoever closed the pipe knows that. */
static int
close_output (int result)
{
  errno = 0;
  if (fflush (stdout) == 0 && !ferror (stdout))
    return result;
  if (errno != EPIPE && !is_broken_pipe (STDOUT_FILENO))
    fprintf (stderr, "sanfang: standard output cannot be written%s%s\n", errno ? ": " : "",
             errno ? strerror (errno) : "");
  return SF_EXIT_FAILED;
}

/* The hidden word: this process is a worker whose master holds the other ends of its descriptors. */
static int
run_cage (struct sf_cli *cli)
{
  struct sf_error err = { 0 };
  struct sf_settings *global = NULL;
  if (sf_settings_parse (&cli->arena, sf_cli_global_options, NULL, NULL, &global, &err) != SF_OK
      || sf_settings_set (global, "threads", "1", "--cage", &err) != SF_OK)
    return fail (&err, 0, SF_EXIT_FAILED);
  cli->global = global;
  cli->cancel = NULL;
  if (sf_cli_start (cli, &err) != SF_OK)
    return fail (&err, 0, SF_EXIT_FAILED);
  return sf_cage_worker_main (cli->plugins);
}

int
main (int argc, char **argv)
{
  struct sf_cli cli = { .cancel = &interrupted, .preloaded = (const struct sf_preloaded *) lt_preloaded_symbols };
  struct sf_error err = { 0 };
  catch_signal (SIGINT);
  catch_signal (SIGTERM);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN); /* a file that may not grow is a failed write, told and tried again, no death */
  while (cli.preloaded->name && (cli.preloaded->name[0] == '@' || !cli.preloaded->address))
    cli.preloaded++;
  if (sf_places_find (&cli.arena, &cli.places, &err) != SF_OK)
    return fail (&err, speaks_chinese ("auto"), SF_EXIT_FAILED);
  const char *word = argc > 1 ? argv[1] : "--help";
  if (argc == 2 && strcmp (word, "--cage") == 0)
    {
      signal (SIGXFSZ, SIG_DFL); /* a worker has nothing to save */
      int ended = run_cage (&cli);
      finish (&cli);
      return ended;
    }
  int result = SF_EXIT_DONE;
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0)
    {
      cli.zh = speaks_chinese ("auto");
      sf_help_program (&cli, argc > 1 ? stdout : stderr);
      result = argc > 1 ? SF_EXIT_DONE : SF_EXIT_USAGE;
    }
  else
    {
      const struct sf_cli_command *command = find_builtin (strcmp (word, "--version") == 0 ? "version" : word);
      result = command ? run_command (&cli, command, NULL, argc - 2, argv + 2)
                       : run_from_plugin (&cli, argc - 1, argv + 1);
    }
  result = close_output (result);
  finish (&cli);
  return result;
}
