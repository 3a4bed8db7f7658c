/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "tests/unit/base.h"

static const struct sf_option options[]
    = { { .name = "output", .type = SF_OPTION_TEXT, .fallback = "here" },
        { .name = "json", .type = SF_OPTION_BOOL, .fallback = "false" },
        { .name = "count", .type = SF_OPTION_INT, .fallback = "1", .min = 1, .max = 9 },
        { .name = NULL } };
static const struct sf_option globals[]
    = { { .name = "threads", .type = SF_OPTION_INT, .fallback = "0", .min = 0, .max = 8 }, { .name = NULL } };

static struct sf_arena arena;
static struct sf_settings *global;
static struct sf_arguments got;
static bool help;

/* words ends with NULL. */
static enum sf_code
parse (bool takes_set, char **words, struct sf_error *err)
{
  int n = 0;
  while (words[n])
    n++;
  SF_TRY (sf_settings_parse (&arena, globals, NULL, NULL, &global, err));
  return sf_arguments_parse (&arena, options, takes_set, globals, global, n, words, &got, &help, err);
}

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })

START_TEST (options_words_and_overrides)
{
  ck_done (
      parse (true, WORDS ("a.yaml", "--json", "-o", "out", "--set", "x.y=1=2", "--threads=3", "b", "--set=k="), err));
  ck_assert_int_eq (got.count, 2);
  ck_assert_str_eq (got.words[1], "b");
  ck_assert (sf_settings_bool (got.settings, "json"));
  ck_assert_str_eq (sf_settings_text (got.settings, "output"), "out");
  ck_assert_int_eq (sf_settings_int (global, "threads"), 3);
  ck_assert_uint_eq (got.overrides_count, 2);
  ck_assert_str_eq (got.overrides[0].key, "x.y");
  ck_assert_str_eq (got.overrides[0].value, "1=2");
  ck_assert_str_eq (got.overrides[1].value, "");
  ck_assert (!help);
}
END_TEST

START_TEST (defaults_negative_numbers_and_the_end_of_options)
{
  ck_done (parse (false, WORDS ("-110.5", "-.5", "-", "--json=no", "-oX", "--", "--json", "-o"), err));
  ck_assert_int_eq (got.count, 5);
  ck_assert_str_eq (got.words[0], "-110.5");
  ck_assert_str_eq (got.words[2], "-");
  ck_assert_str_eq (got.words[4], "-o");
  ck_assert (!sf_settings_bool (got.settings, "json"));
  ck_assert_str_eq (sf_settings_text (got.settings, "output"), "X");
  ck_assert_int_eq (sf_settings_int (got.settings, "count"), 1);
}
END_TEST

START_TEST (help_is_told)
{
  ck_done (parse (false, WORDS ("--help"), err));
  ck_assert (help);
  ck_done (parse (false, WORDS ("x", "-h"), err));
  ck_assert (help);
  ck_done (parse (false, WORDS ("--", "--help"), err));
  ck_assert (!help);
}
END_TEST

START_TEST (mistakes_are_named)
{
  ck_fails (parse (false, WORDS ("--otuput", "x"), err), SF_EINVAL, "no option --otuput (did you mean --output?)");
  ck_fails (parse (false, WORDS ("--zzzzzzzzzzz"), err), SF_EINVAL, "no option --zzzzzzzzzzz");
  ck_fails (parse (false, WORDS ("-x"), err), SF_EINVAL, "no option -x");
  ck_fails (parse (false, WORDS ("--output"), err), SF_EINVAL, "--output needs a value");
  ck_fails (parse (false, WORDS ("-o"), err), SF_EINVAL, "--output needs a value");
  ck_fails (parse (false, WORDS ("-o", ""), err), SF_EINVAL, "names no folder");
  ck_fails (parse (false, WORDS ("--output="), err), SF_EINVAL, "names no folder");
  ck_fails (parse (false, WORDS ("--count", "10"), err), SF_ERANGE, "count");
  ck_fails (parse (false, WORDS ("--threads", "many"), err), SF_ETYPE, "threads");
  ck_fails (parse (false, WORDS ("--json=perhaps"), err), SF_ETYPE, "json");
  ck_fails (parse (true, WORDS ("--set", "=1"), err), SF_EINVAL, "--set wants KEY=VALUE");
  ck_fails (parse (true, WORDS ("--set", "x"), err), SF_EINVAL, "--set wants KEY=VALUE");
  ck_fails (parse (true, WORDS ("--set"), err), SF_EINVAL, "--set needs a value");
  ck_fails (parse (false, WORDS ("--set", "a=1"), err), SF_EINVAL, "no option --set");
  struct sf_error error = { 0 };
  parse (false, WORDS ("--set", "a=1"), &error);
  ck_assert_ptr_null (strstr (error.message, "did you mean --set"));
}
END_TEST

START_TEST (lack_of_memory_is_an_error)
{
  struct sf_error error;
  enum sf_code code = SF_ENOMEM;
  int n = 0;
  while (code != SF_OK && n++ < 100)
    {
      sf_mem_fail_at (n, 1);
      code = parse (true, WORDS ("a", "--set", "k=v", "-o", "x"), &error);
      sf_mem_fail_at (0, 0);
      sf_arena_finish (&arena);
      ck_assert (code == SF_OK || code == SF_ENOMEM);
    }
  ck_assert_int_eq (code, SF_OK);
  ck_assert_int_gt (n, 1);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { options_words_and_overrides,
                                 defaults_negative_numbers_and_the_end_of_options,
                                 help_is_told,
                                 mistakes_are_named,
                                 lack_of_memory_is_an_error,
                                 NULL };
  return run_tests ("args", tests);
}
