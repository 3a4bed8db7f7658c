/* SPDX-License-Identifier: Apache-2.0 */
/* mapped_tool SETTINGS FILE: decode a file and print its records as JSON lines, then {"rejected":N}. SETTINGS are a
   decoder's settings as YAML, whose first line is "# PLUGIN". For the tests that compare with Python. */
#include "config.h"
#include "core/base/file.h"
#include "tests/unit/mapped_help.h"

#include <stdio.h>

extern const struct sf_plugin delimited_LTX_sanfang_plugin, json_map_LTX_sanfang_plugin;
#ifdef HAVE_BZ2
extern const struct sf_plugin moc_LTX_sanfang_plugin;
#endif

static const struct sf_plugin *const plugins[] = {
#ifdef HAVE_BZ2
  &moc_LTX_sanfang_plugin,
#endif
  &delimited_LTX_sanfang_plugin, &json_map_LTX_sanfang_plugin
};

int
main (int argc, char **argv)
{
  struct sf_arena arena = { 0 };
  struct sf_error err;
  uint8_t *bytes, *settings;
  size_t length, settings_length;
  if (argc != 3 || sf_file_read (&arena, argv[1], 1 << 20, &settings, &settings_length, &err) != SF_OK
      || sf_file_read (&arena, argv[2], 1 << 28, &bytes, &length, &err) != SF_OK)
    {
      fprintf (stderr, "usage: mapped_tool SETTINGS FILE\n");
      return 2;
    }
  /* The first line names the plugin. */
  char *rest = strchr ((char *) settings, '\n');
  int rc = 2;
  for (size_t i = 0; rest && i < sizeof plugins / sizeof *plugins; i++)
    if (!strncmp ((char *) settings, "# ", 2)
        && !strncmp ((char *) settings + 2, plugins[i]->name, strlen (plugins[i]->name)))
      {
        struct decoded *out = mapped_run (plugins[i], rest + 1, argv[2], bytes, length);
        rc = decode_help_print (out);
        decode_help_free (out);
      }
  sf_arena_finish (&arena);
  return rc;
}
