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

static int
print_decoded (const struct decoded *out)
{
  struct sf_strbuf text = { 0 };
  for (size_t i = 0; i < out->count; i++)
    {
      sf_record_format_json (&out->records[i], &text);
      sf_strbuf_add (&text, "\n");
    }
  for (size_t i = 0; i < out->rejects_count; i++)
    fprintf (stderr, "reject: %s\n", out->rejects[i].reason);
  printf ("%s{\"rejected\":%zu}\n", text.text ? text.text : "", out->rejects_count);
  sf_strbuf_finish (&text);
  if (out->code != SF_OK)
    fprintf (stderr, "%s\n", out->err.message);
  return out->code == SF_OK ? 0 : 1;
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
  int status = print_decoded (out);
  decode_help_free (out);
  sf_arena_finish (&arena);
  return status;
}
