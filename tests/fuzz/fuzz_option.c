/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/option.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char *const choices[] = { "one", "two", NULL };
static const struct sf_option table[] = {
  { .name = "text", .type = SF_OPTION_TEXT },
  { .name = "double", .type = SF_OPTION_DOUBLE, .min = -1e9, .max = 1e9 },
  { .name = "int", .type = SF_OPTION_INT },
  { .name = "bool", .type = SF_OPTION_BOOL },
  { .name = "enum", .type = SF_OPTION_ENUM, .choices = choices },
  { .name = "time", .type = SF_OPTION_TIME },
  { .name = "duration", .type = SF_OPTION_DURATION },
  { .name = "texts", .type = SF_OPTION_TEXTS },
  { .name = "doubles", .type = SF_OPTION_DOUBLES },
  { .name = "path", .type = SF_OPTION_PATH },
  { .name = NULL },
};

/* What settings list as canonical text sets a second table to the same. */
static void
copy_and_compare (struct sf_arena *arena, const struct sf_settings *settings)
{
  struct sf_settings *copy = NULL;
  const struct sf_option *option, *same;
  const char *text, *origin, *copied;
  if (sf_settings_parse (arena, table, NULL, NULL, &copy, NULL) != SF_OK)
    abort ();
  for (size_t i = 0; sf_settings_at (settings, i, &option, &text, &origin); i++)
    {
      if (!text)
        continue;
      /* A time near the year 1 or 9999 may lie outside the years that have four digits in UTC. */
      if (option->type == SF_OPTION_TIME && strcmp (text, "-") == 0)
        continue;
      if (sf_settings_set (copy, option->name, text, "copy", NULL) != SF_OK)
        abort ();
      if (!sf_settings_at (copy, i, &same, &copied, &origin) || strcmp (text, copied) != 0)
        abort ();
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct sf_arena arena = { 0 };
  struct sf_error err = { 0 };
  struct sf_yaml *root = NULL;
  struct sf_settings *settings = NULL;
  if (sf_yaml_parse (&arena, "conf/fuzz.yaml", data, size, &root, &err) == SF_OK)
    {
      enum sf_code code = sf_settings_parse (&arena, table, root, NULL, &settings, &err);
      if ((code == SF_OK) != (settings != NULL) || (code != SF_OK && !*err.message))
        abort ();
    }
  if (settings)
    copy_and_compare (&arena, settings);
  sf_arena_finish (&arena);
  return 0;
}
