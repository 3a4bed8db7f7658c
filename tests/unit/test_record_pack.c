/* SPDX-License-Identifier: Apache-2.0 */
/* The lasting form of record_wire.c, which has a test against Python's struct, is what packed records are compared with. */
#include "core/data/record_pack.h"

#include <check.h>

#include "tests/unit/random_record.h"

/* A packed record says the same as one in the lasting form, but for what the master knows and a field's values. */
static void
compare (const struct sf_record *sent, struct sf_record *back)
{
  struct sf_strbuf first = { 0 }, second = { 0 };
  struct sf_record bare = *sent;
  bare.feed = bare.source = NULL;
  bare.received_s = INT64_MIN;
  if (bare.kind == SF_RECORD_FIELD)
    back->as.field.values = bare.as.field.values;
  ck_assert_int_eq (sf_record_encode (&bare, &first, NULL), SF_OK);
  ck_assert_int_eq (sf_record_encode (back, &second, NULL), SF_OK);
  ck_assert_uint_eq (first.length, second.length);
  ck_assert_mem_eq (first.text, second.text, first.length);
  sf_strbuf_finish (&first);
  sf_strbuf_finish (&second);
}

/* A block of exactly this length, so that a sanitizer sees the first byte read too far. */
static enum sf_code
unpack_exact (struct sf_arena *arena, const char *bytes, size_t length, struct sf_record *ret, size_t *ret_used)
{
  bool readable = false;
  struct sf_error err = { 0 };
  uint8_t *block = sf_arena_alloc (arena, length + 16);
  memcpy (block, bytes, length);
  memset (block + length, 0xEE, 16);
  enum sf_code code = sf_record_unpack (arena, block, length, ret, ret_used, &readable, &err);
  ck_assert (code == SF_OK || (code == SF_EFORMAT && err.message[0]));
  ck_assert (code != SF_OK || readable);
  return code;
}

START_TEST (round_trip)
{
  unsigned state = 7;
  for (int round = 0; round < 2000; round++)
    {
      struct sf_arena arena = { 0 };
      struct sf_strbuf buf = { 0 };
      struct sf_record sent[SF_RECORD_KINDS], back;
      size_t at = 0, used = 0;
      memset (&back, 0xEE, sizeof back);
      for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
        {
          random_record (&arena, &state, (enum sf_record_kind) kind, &sent[kind]);
          ck_assert_int_eq (sf_record_pack (&sent[kind], &buf, NULL), SF_OK);
        }
      for (int kind = 0; kind < SF_RECORD_KINDS; kind++, at += used)
        {
          ck_assert_int_eq (unpack_exact (&arena, buf.text + at, buf.length - at, &back, &used), SF_OK);
          compare (&sent[kind], &back);
          ck_assert_int_eq (sf_record_check_unpacked (&back, NULL), SF_OK);
        }
      ck_assert_uint_eq (at, buf.length);
      sf_strbuf_finish (&buf);
      sf_arena_finish (&arena);
    }
}
END_TEST

/* Cut anywhere it is refused; with any byte changed it is refused or hangs together. */
START_TEST (damage)
{
  unsigned state = 11;
  for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
    for (int round = 0; round < 20; round++)
      {
        struct sf_arena arena = { 0 };
        struct sf_strbuf buf = { 0 };
        struct sf_record sent, back;
        size_t used = 0;
        random_record (&arena, &state, (enum sf_record_kind) kind, &sent);
        ck_assert_int_eq (sf_record_pack (&sent, &buf, NULL), SF_OK);
        for (size_t length = 0; length < buf.length; length++)
          ck_assert_int_eq (unpack_exact (&arena, buf.text, length, &back, &used), SF_EFORMAT);
        for (size_t i = 0; i < buf.length; i++)
          {
            char old = buf.text[i];
            bool readable;
            buf.text[i] = (char) (old ^ (1 << (rand_r (&state) % 8)));
            if (sf_record_unpack (&arena, (const uint8_t *) buf.text, buf.length, &back, &used, &readable, NULL)
                == SF_OK)
              {
                struct sf_strbuf wire = { 0 };
                if (back.kind == SF_RECORD_FIELD)
                  back.as.field.values = sf_gridspec_cells (&back.as.field.grid) ? sent.as.field.values : NULL;
                if (back.kind != SF_RECORD_FIELD)
                  sf_record_encode (&back, &wire, NULL);
                sf_strbuf_finish (&wire);
              }
            buf.text[i] = old;
          }
        sf_strbuf_finish (&buf);
        sf_arena_finish (&arena);
      }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("record_pack");
  TCase *tcase = tcase_create ("record_pack");
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, round_trip);
  tcase_add_test (tcase, damage);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
