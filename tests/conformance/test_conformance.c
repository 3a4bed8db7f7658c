/* SPDX-License-Identifier: Apache-2.0 */
/* Every decoder module through the mill, loaded by the plugin host as the program loads it. The samples of a decoder
   are the files of samples/NAME; a module without samples fails. */
#include "tests/conformance/modules.h"
#include "tests/conformance/mill.h"

static struct modules all = { .name = "conformance" };
static struct mill_sample samples[MODULE_SAMPLES_MAX];
static struct sf_vocabulary *vocabulary;

static void
load_vocabulary (void)
{
  struct sf_error err;
  if (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) != SF_OK)
    modules_stop_without (&all, "the vocabulary", &err);
  mill_begin (vocabulary);
}

static void
load_decoders (void)
{
  modules_load (&all, SF_PLUGIN_DECODER);
  for (size_t i = 0; i < all.samples_count; i++)
    {
      const struct module_sample *file = &all.samples[i];
      samples[i] = (struct mill_sample){ .plugin = file->plugin,
                                         .path = file->path,
                                         .bytes = file->bytes,
                                         .length = file->length,
                                         .is_json = strstr (file->name, ".json") != NULL,
                                         .is_binary = memchr (file->bytes, '\0', file->length) != NULL };
    }
}

START_TEST (six_decoders_are_there)
{
  static const char *const names[] = { "atcf", "cma_bst", "ibtracs", "jma_rsmc", "nmc_json", "zjwater_json" };
  modules_ck_loaded (&all, names, sizeof names / sizeof names[0]);
}
END_TEST

START_TEST (each_has_samples_and_words) { modules_ck_samples_and_words (&all); }
END_TEST

/* A sample is identified best by its own decoder. */
START_TEST (samples_are_told_apart)
{
  for (size_t i = 0; i < all.samples_count; i++)
    {
      const struct mill_sample *sample = &samples[i];
      int own = sample->plugin->as.decoder->identify (sample->bytes, sample->length);
      for (size_t k = 0; k < all.plugins_count; k++)
        if (all.plugins[k] != sample->plugin && strcmp (sample->path + strlen (sample->path) - 14, "consensus.json"))
          ck_assert_msg (all.plugins[k]->as.decoder->identify (sample->bytes, sample->length) < own,
                         "%s: %s is as sure as %s", sample->path, all.plugins[k]->name, sample->plugin->name);
    }
}
END_TEST

#define FOR_EACH_SAMPLE(test, call)                                                                                    \
  START_TEST (test)                                                                                                    \
  {                                                                                                                    \
    const struct mill_sample *sample = &samples[_i];                                                                   \
    call;                                                                                                              \
  }                                                                                                                    \
  END_TEST

FOR_EACH_SAMPLE (good, mill_good (sample))
FOR_EACH_SAMPLE (truncated, mill_truncated (sample))
FOR_EACH_SAMPLE (flipped, mill_flipped (sample, all.seed))
FOR_EACH_SAMPLE (zeroed, mill_zeroed (sample))
FOR_EACH_SAMPLE (numbers, mill_numbers (sample))
FOR_EACH_SAMPLE (far_future, mill_far_future (sample))
FOR_EACH_SAMPLE (charsets, mill_charsets (sample))
FOR_EACH_SAMPLE (order, mill_order (sample))
FOR_EACH_SAMPLE (bad_neighbours, mill_bad_neighbours (sample))
FOR_EACH_SAMPLE (memory, mill_memory (sample))

START_TEST (floods) { mill_floods (all.plugins[_i]); }
END_TEST

int
main (void)
{
  const TTest *const per_sample[]
      = { good, truncated, flipped, zeroed, numbers, far_future, charsets, order, bad_neighbours, memory };
  load_vocabulary ();
  load_decoders ();
  TCase *tcase = tcase_create ("mill");
  tcase_set_timeout (tcase, 300);
  tcase_add_test (tcase, six_decoders_are_there);
  tcase_add_test (tcase, each_has_samples_and_words);
  tcase_add_test (tcase, samples_are_told_apart);
  for (size_t i = 0; i < sizeof per_sample / sizeof per_sample[0]; i++)
    tcase_add_loop_test (tcase, per_sample[i], 0, (int) all.samples_count);
  tcase_add_loop_test (tcase, floods, 0, (int) all.plugins_count);
  int status = modules_run (&all, tcase);
  sf_vocabulary_free (vocabulary);
  return status;
}
