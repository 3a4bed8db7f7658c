/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_CONFORMANCE_MILL_H
#define SF_TESTS_CONFORMANCE_MILL_H

#include "core/plugin/plugin.h"

/* What every decoder is put through. A run decodes bytes twice with fresh states and once more with a used one, and
   holds the three against each other; every record must pass sf_record_check, every rejection have a reason in UTF-8.
   Memory errors and leaks are the sanitizers' to find. */

/* One sample: a good message of a decoder. */
struct mill_sample
{
  const struct sf_plugin *plugin;
  const char *path;
  const uint8_t *bytes;
  size_t length;
  bool is_json, is_binary;
};

/* What a run gave. signatures are one line per record without source_line, so that runs on shifted lines can be
 * compared. */
struct mill_result
{
  enum sf_code code;
  struct sf_error err;
  size_t records, rejects;
  struct sf_strbuf wire, signatures;
};

/* Before the first run: the vocabulary that decoders are given. A decoder's settings stand in samples/NAME.yaml, beside
   the folder of its samples; without that file it runs with its defaults. */
void mill_begin (const struct sf_vocabulary *vocabulary);
/* Decode; aborts the test (libcheck) when a rule is broken, naming what was done to the sample. Finish the result. */
void mill_run (const struct sf_plugin *plugin, const char *what, const void *bytes, size_t length,
               struct mill_result *ret_result);
void mill_result_finish (struct mill_result *result);

/* Each of these puts a sample through one kind of damage. */
void mill_good (const struct mill_sample *sample);                   /* decodes, nothing rejected, identified */
void mill_truncated (const struct mill_sample *sample);              /* at every byte */
void mill_flipped (const struct mill_sample *sample, unsigned seed); /* one random bit of every byte */
void mill_zeroed (const struct mill_sample *sample);                 /* every byte in turn made NUL */
void
mill_numbers (const struct mill_sample *sample); /* every number replaced by huge, nan, inf, 1e999, minus, nothing */
void mill_far_future (const struct mill_sample *sample);
void mill_charsets (const struct mill_sample *sample); /* text: UTF-16 with a mark gives the same; GBK must not crash */
void mill_order (const struct mill_sample *sample);    /* lines or points reversed and doubled */
void mill_bad_neighbours (const struct mill_sample *sample); /* garbage between good pieces costs none of them */
void mill_memory (const struct mill_sample *sample);         /* the n-th allocation fails, for every n */
void
mill_floods (const struct sf_plugin *plugin); /* empty, 10 MB of one letter, deep nesting, many values, endless lines */

#endif
