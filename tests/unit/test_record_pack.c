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

enum
{
  RUN = 6
};

/* A run of observations, all of them in the usual form or, not tidy, as they come; returns how many of that form begin it. */
static size_t
pack_run (struct sf_arena *arena, unsigned *state, bool is_tidy, struct sf_strbuf *buf)
{
  size_t good = RUN;
  for (size_t i = 0; i < RUN; i++)
    {
      struct sf_record record;
      random_record (arena, state, SF_RECORD_OBSERVATION, &record);
      struct sf_observation *observation = &record.as.observation;
      bool has_texts = observation->asset && observation->quantity;
      if (is_tidy)
        {
          record.doubt = NULL;
          record.valid_s = record.valid_s == SF_TIME_MISSING ? 0 : record.valid_s;
          observation->asset = has_texts ? observation->asset : "海口";
          observation->quantity = has_texts ? observation->quantity : "";
        }
      bool is_usual = is_tidy || (!record.doubt && has_texts && record.valid_s != SF_TIME_MISSING);
      good = is_usual || good < i ? good : i;
      ck_assert_int_eq (sf_record_pack (&record, buf, NULL), SF_OK);
    }
  return good;
}

/* What is read in a run is what one by one gives, and keeps the rules, whatever the bytes are; nothing behind them is read. */
static size_t
compare_run (struct sf_arena *arena, const char *bytes, size_t length)
{
  const struct sf_record origin = { .feed = "f", .source = "s", .received_s = 5 };
  struct sf_record run[RUN], one;
  size_t used = 0, at = 0;
  uint8_t *block = malloc (length ? length : 1); /* of this length: a sanitizer sees what is read too far */
  memcpy (block, bytes, length);
  size_t count = sf_record_unpack_observations (block, length, &origin, run, RUN, &used);
  for (size_t i = 0; i < count; i++)
    {
      size_t step = 0;
      bool readable = false;
      ck_assert_int_eq (sf_record_unpack (arena, block + at, length - at, &one, &step, &readable, NULL), SF_OK);
      ck_assert (readable);
      ck_assert_int_eq (sf_record_check (&one, NULL), SF_OK);
      const uint8_t *text = (const uint8_t *) run[i].as.observation.quantity;
      ck_assert (text > block && text < block + length && memchr (text, '\0', (size_t) (block + length - text)));
      ck_assert (run[i].feed == origin.feed && run[i].source == origin.source && run[i].received_s == 5);
      compare (&run[i], &one);
      at += step;
    }
  ck_assert_uint_eq (at, used);
  free (block);
  return count;
}

START_TEST (runs)
{
  unsigned state = random_seed ();
  for (int round = 0; round < 300; round++)
    {
      struct sf_arena arena = { 0 };
      struct sf_strbuf buf = { 0 };
      size_t good = pack_run (&arena, &state, round % 2, &buf);
      ck_assert_uint_eq (compare_run (&arena, buf.text, buf.length), good);
      for (size_t length = 0; length < buf.length; length++)
        ck_assert_uint_lt (compare_run (&arena, buf.text, length), RUN);
      for (size_t i = 0; i < buf.length; i++)
        {
          char old = buf.text[i];
          buf.text[i] = (char) (old ^ (1 << (rand_r (&state) % 8)));
          compare_run (&arena, buf.text, buf.length);
          buf.text[i] = old;
        }
      sf_strbuf_finish (&buf);
      sf_arena_finish (&arena);
    }
}
END_TEST

/* Each rule that an observation of the usual form may break sends it out of the run. */
START_TEST (runs_end_at_what_breaks_a_rule)
{
  static const struct broken
  {
    double value, lon_deg, lat_deg;
    int64_t valid_s, line, period_s;
    uint8_t quality;
    const char *asset;
  } cases[] = {
    { 1, 0, 0, 0, 0, 0, 0, "海口" }, /* breaks none */
    { INFINITY, 0, 0, 0, 0, 0, 0, "a" },
    { 1, -180.01, 0, 0, 0, 0, 0, "a" },
    { 1, 0, 90.01, 0, 0, 0, 0, "a" },
    { 1, 0, 0, INT64_C (253402300800), 0, 0, 0, "a" },
    { 1, 0, 0, INT64_C (-62135596801), 0, 0, 0, "a" },
    { 1, 0, 0, 0, -1, 0, 0, "a" },
    { 1, 0, 0, 0, 0, -1, 0, "a" },
    { 1, 0, 0, 0, 0, INT64_C (40000) * 86400, 0, "a" },
    { 1, 0, 0, 0, 0, 0, SF_QUALITY_MISSING + 1, "a" },
    { 1, 0, 0, 0, 0, 0, 0, "\xff" },
    { 1, 0, 0, 0, 0, 0, 0, "long enough for words, and then \xe6\xb5" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      const struct broken *broken = &cases[i];
      struct sf_strbuf buf = { 0 };
      struct sf_record record, back[2];
      size_t used = 0;
      sf_record_init (&record, SF_RECORD_OBSERVATION);
      record.valid_s = broken->valid_s;
      record.source_line = broken->line;
      record.quality = broken->quality;
      record.as.observation = (struct sf_observation){ broken->asset,   "rain_1h",       broken->value,
                                                       broken->lon_deg, broken->lat_deg, broken->period_s };
      ck_assert_int_eq (sf_record_pack (&record, &buf, NULL), SF_OK);
      size_t count = sf_record_unpack_observations ((const uint8_t *) buf.text, buf.length, &record, back, 2, &used);
      ck_assert_msg (count == (i == 0), "case %zu", i);
      ck_assert_uint_eq (used, i == 0 ? buf.length : 0);
      sf_strbuf_finish (&buf);
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
  tcase_add_test (tcase, runs);
  tcase_add_test (tcase, runs_end_at_what_breaks_a_rule);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
