/* SPDX-License-Identifier: Apache-2.0 */
/* decode_tool DECODER FILE [name=value]...: decode a file and print its records as JSON lines, then one line
   {"rejected":N}; the error to standard error and exit 1 when the file is refused. For the tests that compare with
   Python. */
#include "config.h"
#include "core/base/file.h"
#include "tests/unit/decode_help.h"

#include <stdio.h>

extern const struct sf_plugin cma_bst_LTX_sanfang_plugin, jma_rsmc_LTX_sanfang_plugin, atcf_LTX_sanfang_plugin,
    ibtracs_LTX_sanfang_plugin, nmc_json_LTX_sanfang_plugin, zjwater_json_LTX_sanfang_plugin;

#ifdef HAVE_ECCODES
extern const struct sf_plugin bufr_tracks_LTX_sanfang_plugin;
#endif

static const struct sf_plugin *const plugins[] = {
#ifdef HAVE_ECCODES
  &bufr_tracks_LTX_sanfang_plugin,
#endif
  &cma_bst_LTX_sanfang_plugin,     &jma_rsmc_LTX_sanfang_plugin, &atcf_LTX_sanfang_plugin,
  &ibtracs_LTX_sanfang_plugin,     &nmc_json_LTX_sanfang_plugin, &zjwater_json_LTX_sanfang_plugin
};

static const struct sf_plugin *
find_plugin (const char *name)
{
  for (size_t i = 0; i < sizeof plugins / sizeof plugins[0]; i++)
    if (!strcmp (plugins[i]->name, name))
      return plugins[i];
  return NULL;
}

int
main (int argc, char **argv)
{
  const struct sf_plugin *plugin = argc > 2 ? find_plugin (argv[1]) : NULL;
  struct sf_arena arena = { 0 };
  struct sf_error err;
  uint8_t *bytes;
  size_t length;
  if (!plugin || sf_file_read (&arena, argv[2], 1u << 28, &bytes, &length, &err) != SF_OK)
    {
      fprintf (stderr, "usage: decode_tool DECODER FILE [name=value]...\n");
      return 2;
    }
  struct decoded *out = decode_help_run (plugin, argv[2], bytes, length, (const char *const *) argv + 3);
  int status = decode_help_print (out);
  decode_help_free (out);
  sf_arena_finish (&arena);
  return status;
}
