/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include <string.h>

static const struct sf_option *
find_option (const struct sf_option *options, const char *name, size_t length)
{
  for (const struct sf_option *o = options; o && o->name; o++)
    if (strlen (o->name) == length && strncmp (o->name, name, length) == 0)
      return o;
  return NULL;
}

static enum sf_code
fail_unknown (const struct sf_option *options, const struct sf_option *global, bool takes_set, const char *name,
              size_t length, struct sf_error *err)
{
  const char *known[64];
  char wanted[64] = "";
  size_t n = 0;
  for (const struct sf_option *o = options; o && o->name && n < 60; o++)
    known[n++] = o->name;
  for (const struct sf_option *o = global; o && o->name && n < 60; o++)
    known[n++] = o->name;
  if (takes_set)
    known[n++] = "set";
  known[n++] = "help";
  strncat (wanted, name, length < sizeof wanted - 1 ? length : sizeof wanted - 1);
  const char *near = sf_text_nearest (wanted, known, n);
  return sf_fail (err, SF_EINVAL, "there is no option --%s%s%s%s", wanted, near ? " (did you mean --" : "",
                  near ? near : "", near ? "?)" : "");
}

/* What the parser walks over. */
struct walk
{
  struct sf_arena *arena;
  const struct sf_option *options, *global_options;
  struct sf_settings *settings, *global;
  bool takes_set;
  int argc, i;
  char **argv;
  struct sf_arguments *out;
  bool *help;
};

static enum sf_code
next_value (struct walk *walk, const char *name, const char *inline_value, const char **ret_value, struct sf_error *err)
{
  if (inline_value)
    *ret_value = inline_value;
  else if (walk->i + 1 < walk->argc)
    *ret_value = walk->argv[++walk->i];
  else
    return sf_fail (err, SF_EINVAL, "option --%s needs a value", name);
  return SF_OK;
}

static enum sf_code
take_set (struct walk *walk, const char *text, struct sf_error *err)
{
  const char *equals = strchr (text, '=');
  if (!equals || equals == text)
    return sf_fail (err, SF_EINVAL, "--set wants KEY=VALUE, got '%s'", text);
  char *key = sf_arena_strndup (walk->arena, text, (size_t) (equals - text));
  if (!key)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  walk->out->overrides[walk->out->overrides_count++] = (struct sf_override){ .key = key, .value = equals + 1 };
  return SF_OK;
}

/* An empty folder, mostly a shell variable that is not set, would mean the root of the file system. */
static enum sf_code
set_option (struct sf_settings *settings, const char *name, const char *value, struct sf_error *err)
{
  if (strcmp (name, "output") == 0 && !*value)
    return sf_fail (err, SF_EINVAL, "option --output (-o) names no folder");
  return sf_settings_set (settings, name, value, "command line", err);
}

static enum sf_code
take_long (struct walk *walk, const char *text, struct sf_error *err)
{
  const char *equals = strchr (text, '=');
  size_t length = equals ? (size_t) (equals - text) : strlen (text);
  const char *inline_value = equals ? equals + 1 : NULL, *value = NULL;
  if (length == 4 && strncmp (text, "help", 4) == 0)
    {
      *walk->help = true;
      return SF_OK;
    }
  if (walk->takes_set && length == 3 && strncmp (text, "set", 3) == 0)
    {
      SF_TRY (next_value (walk, "set", inline_value, &value, err));
      return take_set (walk, value, err);
    }
  const struct sf_option *option = find_option (walk->options, text, length);
  struct sf_settings *settings = walk->settings;
  if (!option)
    {
      option = find_option (walk->global_options, text, length);
      settings = walk->global;
    }
  if (!option)
    return fail_unknown (walk->options, walk->global_options, walk->takes_set, text, length, err);
  if (option->type == SF_OPTION_BOOL && !inline_value)
    value = "true";
  else
    SF_TRY (next_value (walk, option->name, inline_value, &value, err));
  return set_option (settings, option->name, value, err);
}

static enum sf_code
take_word (struct walk *walk, struct sf_error *err)
{
  char *word = walk->argv[walk->i];
  if (strncmp (word, "--", 2) == 0)
    return take_long (walk, word + 2, err);
  if (strcmp (word, "-h") == 0)
    return take_long (walk, "help", err);
  if (strncmp (word, "-o", 2) == 0)
    {
      const char *value = word[2] ? word + 2 : NULL;
      if (!find_option (walk->options, "output", 6))
        return sf_fail (err, SF_EINVAL, "there is no option -o here");
      SF_TRY (next_value (walk, "output", value, &value, err));
      return set_option (walk->settings, "output", value, err);
    }
  bool number = word[0] == '-' && (word[1] == '.' || (word[1] >= '0' && word[1] <= '9'));
  if (word[0] == '-' && word[1] && !number)
    return sf_fail (err, SF_EINVAL, "there is no option %s", word);
  walk->out->words[walk->out->count++] = word;
  return SF_OK;
}

enum sf_code
sf_arguments_parse (struct sf_arena *arena, const struct sf_option *options, bool takes_set,
                    const struct sf_option *global_options, struct sf_settings *global, int argc, char **argv,
                    struct sf_arguments *ret_arguments, bool *ret_help, struct sf_error *err)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_arguments out = { 0 };
  *ret_help = false;
  SF_TRY (sf_settings_parse (arena, options ? options : none, NULL, NULL, &out.settings, err));
  out.words = sf_arena_calloc (arena, (size_t) argc + 1, sizeof *out.words);
  out.overrides = sf_arena_calloc (arena, (size_t) argc + 1, sizeof *out.overrides);
  if (!out.words || !out.overrides)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  struct walk walk = { .arena = arena,
                       .options = options,
                       .global_options = global_options,
                       .settings = out.settings,
                       .global = global,
                       .takes_set = takes_set,
                       .argc = argc,
                       .argv = argv,
                       .out = &out,
                       .help = ret_help };
  bool words_only = false;
  for (; walk.i < argc; walk.i++)
    if (words_only)
      out.words[out.count++] = argv[walk.i];
    else if (strcmp (argv[walk.i], "--") == 0)
      words_only = true;
    else
      SF_TRY (take_word (&walk, err));
  *ret_arguments = out;
  return SF_OK;
}
