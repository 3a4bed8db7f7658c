/* SPDX-License-Identifier: Apache-2.0 */
/* Every protocol module through its mill, loaded by the plugin host as the program loads it. The samples of a protocol are
   the files of samples/NAME; a module without samples fails. */
#include "tests/conformance/modules.h"
#include "tests/conformance/protocol_mill.h"

static struct modules all = { .name = "protocols" };
static struct protocol_sample samples[MODULE_SAMPLES_MAX];

START_TEST (four_protocols_are_there)
{
  static const char *const names[] = { "jt808_frames", "line", "sl651_frames", "szy206_frames" };
  modules_ck_loaded (&all, names, sizeof names / sizeof names[0]);
}
END_TEST

START_TEST (each_has_samples_and_words) { modules_ck_samples_and_words (&all); }
END_TEST

START_TEST (good) { protocol_good (&samples[_i]); }
END_TEST
START_TEST (split) { protocol_split (&samples[_i]); }
END_TEST
START_TEST (truncated) { protocol_truncated (&samples[_i]); }
END_TEST
START_TEST (flipped) { protocol_flipped (&samples[_i], all.seed); }
END_TEST
START_TEST (noise) { protocol_noise (&samples[_i], all.seed); }
END_TEST
START_TEST (floods) { protocol_floods (all.plugins[_i], all.seed); }
END_TEST

int
main (void)
{
  const TTest *const per_sample[] = { good, split, truncated, flipped, noise };
  modules_load (&all, SF_PLUGIN_PROTOCOL);
  for (size_t i = 0; i < all.samples_count; i++)
    samples[i] = (struct protocol_sample){ all.samples[i].plugin, all.samples[i].path, all.samples[i].bytes,
                                           all.samples[i].length };
  TCase *tcase = tcase_create ("mill");
  tcase_set_timeout (tcase, 300);
  tcase_add_test (tcase, four_protocols_are_there);
  tcase_add_test (tcase, each_has_samples_and_words);
  for (size_t i = 0; i < sizeof per_sample / sizeof per_sample[0]; i++)
    tcase_add_loop_test (tcase, per_sample[i], 0, (int) all.samples_count);
  tcase_add_loop_test (tcase, floods, 0, (int) all.plugins_count);
  return modules_run (&all, tcase);
}
