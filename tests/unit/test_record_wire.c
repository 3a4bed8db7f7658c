/* SPDX-License-Identifier: Apache-2.0 */
/* Expected bytes: Python 3.11's struct and str.encode, from the layout written at the top of record_wire.c; there the
   position record below is
     struct.pack('<I', 110) + struct.pack('<BBBIqqq', 1, 2, 3, 7, 1405663200, -2**63, 12) + the texts and doubles. */
#include <check.h>

#include "tests/unit/random_record.h"

static unsigned seed;

static const char POSITION_HEX[]
    = "6e00000001020307000000e0b7c8530000000000000000000000800c000000000000000300000061697303000000e8b7b3ffffffff090000"
      "00343133"
      "303030303031000000000000000000a05b400000000000403340000000000000f87f0000000000e07040000000000000f87fffffffff";

static struct sf_record
position (void)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_POSITION);
  record.feed = "ais";
  record.doubt = "跳";
  record.quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
  record.revision = 7;
  record.valid_s = 1405663200;
  record.source_line = 12;
  record.as.position.mover = "413000001";
  record.as.position.type = "";
  record.as.position.lon_deg = 110.5;
  record.as.position.lat_deg = 19.25;
  record.as.position.course_to_deg = 270;
  return record;
}

/* Decode from a block of exactly this length, so that a sanitizer sees the first byte read too far. */
static enum sf_code
decode_exact (struct sf_arena *arena, const char *bytes, size_t length, struct sf_record *ret_record, size_t *ret_used,
              struct sf_error *err)
{
  uint8_t *block = malloc (length ? length : 1);
  if (length)
    memcpy (block, bytes, length);
  enum sf_code code = sf_record_decode (arena, length ? block : block + 1, length, ret_record, ret_used, err);
  free (block);
  return code;
}

START_TEST (bytes_of_a_position)
{
  struct sf_record record = position (), back;
  struct sf_strbuf buf = { 0 };
  struct sf_arena arena = { 0 };
  size_t used = 0;
  ck_assert_int_eq (sf_record_encode (&record, &buf, NULL), SF_OK);
  ck_assert_uint_eq (buf.length, (sizeof POSITION_HEX - 1) / 2);
  for (size_t i = 0; i < buf.length; i++)
    {
      char digits[3] = { POSITION_HEX[2 * i], POSITION_HEX[2 * i + 1], '\0' };
      ck_assert_msg ((unsigned char) buf.text[i] == strtoul (digits, NULL, 16), "byte %zu", i);
    }
  ck_assert_int_eq (decode_exact (&arena, buf.text, buf.length, &back, &used, NULL), SF_OK);
  ck_assert_uint_eq (used, buf.length);
  ck_assert_ptr_null (record_difference (&record, &back));
  sf_arena_finish (&arena);
  sf_strbuf_finish (&buf);
}
END_TEST

/* Several records in a row come back one by one, the same, and encode to the same bytes again. */
START_TEST (round_trip)
{
  struct sf_arena arena = { 0 };
  unsigned state = seed;
  for (int round = 0; round < 300; round++)
    {
      struct sf_record sent[SF_RECORD_KINDS];
      struct sf_strbuf buf = { 0 }, again = { 0 };
      size_t at = 0;
      for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
        {
          struct sf_error err = { 0 };
          random_record (&arena, &state, (enum sf_record_kind) kind, &sent[kind]);
          ck_assert_msg (sf_record_encode (&sent[kind], &buf, &err) == SF_OK, "%s", err.message);
        }
      for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
        {
          struct sf_record back;
          struct sf_error err = { 0 };
          size_t used = 0;
          ck_assert_msg (decode_exact (&arena, buf.text + at, buf.length - at, &back, &used, &err) == SF_OK, "%s",
                         err.message);
          const char *difference = record_difference (&sent[kind], &back);
          ck_assert_msg (!difference, "round %d kind %d: %s", round, kind, difference);
          ck_assert_int_eq (sf_record_encode (&back, &again, NULL), SF_OK);
          at += used;
        }
      ck_assert_uint_eq (at, buf.length);
      ck_assert_uint_eq (again.length, buf.length);
      ck_assert_mem_eq (again.text, buf.text, buf.length);
      sf_strbuf_finish (&again);
      sf_strbuf_finish (&buf);
      sf_arena_reset (&arena);
    }
  sf_arena_finish (&arena);
}
END_TEST

/* A record of a kind that has something in all of its members. */
static void
encode_rich (enum sf_record_kind kind, struct sf_strbuf *buf)
{
  struct sf_arena arena = { 0 };
  unsigned state = seed;
  bool rich = false;
  while (!rich)
    {
      struct sf_record record;
      random_record (&arena, &state, kind, &record);
      rich = kind == SF_RECORD_EVENT   ? record.as.event.geometry && record.as.event.geometry->parts > 1
             : kind == SF_RECORD_FIELD ? record.as.field.values != NULL
                                       : record.feed != NULL;
      if (rich)
        ck_assert_int_eq (sf_record_encode (&record, buf, NULL), SF_OK);
    }
  sf_arena_finish (&arena);
}

START_TEST (truncated_at_every_byte)
{
  struct sf_strbuf buf = { 0 };
  struct sf_arena arena = { 0 };
  encode_rich ((enum sf_record_kind) _i, &buf);
  for (size_t length = 0; length < buf.length; length++)
    {
      struct sf_record record = { .source_line = 77 };
      struct sf_error err = { 0 };
      size_t used = 99;
      ck_assert_int_eq (decode_exact (&arena, buf.text, length, &record, &used, &err), SF_EFORMAT);
      ck_assert_ptr_nonnull (strstr (err.message, "offset "));
      ck_assert (record.source_line == 77 && used == 99);
      /* The same cut, but with a length that claims nothing is missing. */
      if (length < 4)
        continue;
      char *cut = malloc (length);
      memcpy (cut, buf.text, length);
      for (int b = 0; b < 4; b++)
        cut[b] = (char) ((length - 4) >> 8 * b);
      ck_assert_int_eq (decode_exact (&arena, cut, length, &record, &used, &err), SF_EFORMAT);
      free (cut);
      sf_arena_reset (&arena);
    }
  sf_arena_finish (&arena);
  sf_strbuf_finish (&buf);
}
END_TEST

/* Whatever comes in: refused, or a record that keeps the rules and that can be sent on; memory stays in proportion. */
static void
expect_sound (const char *bytes, size_t length)
{
  struct sf_arena arena = { 0 };
  struct sf_strbuf again = { 0 };
  struct sf_record record;
  struct sf_error err = { 0 };
  size_t used = 0;
  enum sf_code code = decode_exact (&arena, bytes, length, &record, &used, &err);
  ck_assert (code == SF_OK || code == SF_EFORMAT);
  ck_assert_uint_le (arena.total_bytes, 3 * 65536 + 4 * length);
  if (code == SF_OK)
    {
      ck_assert_uint_le (used, length);
      ck_assert_int_eq (sf_record_check (&record, NULL), SF_OK);
      ck_assert_int_eq (sf_record_encode (&record, &again, NULL), SF_OK);
    }
  else
    ck_assert_str_ne (err.message, "");
  sf_strbuf_finish (&again);
  sf_arena_finish (&arena);
}

START_TEST (every_bit_flipped)
{
  struct sf_strbuf buf = { 0 };
  encode_rich ((enum sf_record_kind) _i, &buf);
  for (size_t bit = 0; bit < 8 * buf.length; bit++)
    {
      buf.text[bit / 8] ^= (char) (1 << bit % 8);
      expect_sound (buf.text, buf.length);
      buf.text[bit / 8] ^= (char) (1 << bit % 8);
    }
  sf_strbuf_finish (&buf);
}
END_TEST

START_TEST (huge_counts_everywhere)
{
  static const uint32_t counts[] = { 0, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x10000000 };
  struct sf_strbuf buf = { 0 };
  encode_rich ((enum sf_record_kind) _i, &buf);
  for (size_t at = 0; at + 4 <= buf.length; at++)
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
      {
        char saved[4];
        memcpy (saved, buf.text + at, 4);
        memcpy (buf.text + at, &counts[i], 4);
        expect_sound (buf.text, buf.length);
        memcpy (buf.text + at, saved, 4);
      }
  sf_strbuf_finish (&buf);
}
END_TEST

static void
expect_refused (const char *bytes, size_t length, const char *words)
{
  struct sf_arena arena = { 0 };
  struct sf_record record;
  struct sf_error err = { 0 };
  size_t used = 0;
  ck_assert_int_eq (decode_exact (&arena, bytes, length, &record, &used, &err), SF_EFORMAT);
  ck_assert_msg (strstr (err.message, words) != NULL, "'%s' lacks '%s'", err.message, words);
  sf_arena_finish (&arena);
}

START_TEST (lies)
{
  struct sf_record record = position ();
  struct sf_strbuf buf = { 0 };
  ck_assert_int_eq (sf_record_encode (&record, &buf, NULL), SF_OK);
  char bytes[128];
  size_t length = buf.length;
  ck_assert_uint_le (length, sizeof bytes);
#define FRESH memcpy (bytes, buf.text, length)
  FRESH, bytes[4] = 2;
  expect_refused (bytes, length, "offset 4: wire version 2; this program reads 1");
  FRESH, bytes[5] = 6;
  expect_refused (bytes, length, "offset 5: record of kind 6");
  FRESH, bytes[6] = 10;
  expect_refused (bytes, length, "quality 10 is outside 0..9");
  FRESH, bytes[40] = '\0';
  expect_refused (bytes, length, "offset 39: feed has a NUL inside");
  FRESH, bytes[46] = '\xff';
  expect_refused (bytes, length, "doubt is not valid UTF-8");
  FRESH, memcpy (bytes + 70, "\0\0\0\0\0\0\xf0\x7f", 8);
  expect_refused (bytes, length, "offset 0: position record: lon is infinite");
  FRESH, bytes[0]++;
  expect_refused (bytes, length, "offset 0: a record of 111 bytes, 110 are there");
  FRESH, bytes[0]--;
  expect_refused (bytes, length, "status needs 1 x 4 bytes, 3 are left");
#undef FRESH
  sf_strbuf_add_bytes (&buf, "\0", 1);
  buf.text[0]++;
  expect_refused (buf.text, buf.length, "offset 114: 1 bytes too many in the record");
  sf_strbuf_finish (&buf);
}
END_TEST

/* The bytes of an event whose one line has two points: the outer byte of its part comes 33 from the end. */
START_TEST (lies_about_geometry)
{
  double xy[] = { 110, 19, 111, 20 };
  size_t starts[] = { 0, 2 };
  struct sf_geometry line = { .kind = SF_GEOMETRY_LINE, .parts = 1, .points = 2, .part_start = starts, .xy = xy };
  struct sf_record record;
  struct sf_strbuf buf = { 0 };
  sf_record_init (&record, SF_RECORD_EVENT);
  record.as.event.geometry = &line;
  ck_assert_int_eq (sf_record_encode (&record, &buf, NULL), SF_OK);
  buf.text[buf.length - 33] = 1;
  expect_refused (buf.text, buf.length, "geometry: part 0 is outer 1");
  buf.text[buf.length - 33] = 0;
  buf.text[buf.length - 46] = 4;
  expect_refused (buf.text, buf.length, "geometry of kind 4");
  sf_strbuf_finish (&buf);
}
END_TEST

static struct sf_record
small_field (const float *value)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_FIELD);
  record.as.field.grid = (struct sf_gridspec){ 1, 1, { 107, 0.01, 0, 21.5, 0, -0.01 }, "" };
  record.as.field.values = value;
  return record;
}

/* 63 characters fit into the CRS text, 64 do not. */
START_TEST (long_crs)
{
  const float value = 1;
  struct sf_record record = small_field (&value), back;
  struct sf_strbuf buf = { 0 }, longer = { 0 };
  struct sf_arena arena = { 0 };
  size_t used = 0;
  memset (record.as.field.grid.crs, 'x', 63);
  ck_assert_int_eq (sf_record_encode (&record, &buf, NULL), SF_OK);
  ck_assert_int_eq (decode_exact (&arena, buf.text, buf.length, &back, &used, NULL), SF_OK);
  ck_assert_str_eq (back.as.field.grid.crs, record.as.field.grid.crs);
  size_t crs_at = buf.length - 4 - 63;
  sf_strbuf_add_bytes (&longer, buf.text, crs_at);
  sf_strbuf_add (&longer, "x");
  sf_strbuf_add_bytes (&longer, buf.text + crs_at, buf.length - crs_at);
  longer.text[0]++;
  longer.text[crs_at - 4]++;
  expect_refused (longer.text, longer.length, "the CRS text is too long");
  sf_strbuf_finish (&longer);
  sf_strbuf_finish (&buf);
  sf_arena_finish (&arena);
}
END_TEST

/* Whatever NaN a record holds, the bytes are those of the quiet NaN that Python writes for nan: 0000c07f. */
START_TEST (one_nan)
{
  static const uint8_t expected[] = { 0x00, 0x00, 0xc0, 0x7f };
  const uint32_t odd_bits = 0xffc12345;
  float odd;
  memcpy (&odd, &odd_bits, sizeof odd);
  struct sf_record record = small_field (&odd);
  struct sf_strbuf buf = { 0 }, again = { 0 };
  ck_assert_int_eq (sf_record_encode (&record, &buf, NULL), SF_OK);
  ck_assert_mem_eq (buf.text + buf.length - 4, expected, 4);
  sf_strbuf_reset (&buf);
  record = position ();
  ck_assert_int_eq (sf_record_encode (&record, &buf, NULL), SF_OK);
  record.as.position.speed_mps = record.as.position.heading_deg = -NAN;
  ck_assert_int_eq (sf_record_encode (&record, &again, NULL), SF_OK);
  ck_assert_mem_eq (again.text, buf.text, buf.length);
  sf_strbuf_finish (&again);
  sf_strbuf_finish (&buf);
}
END_TEST

START_TEST (bad_records_are_not_sent)
{
  struct sf_record record = position ();
  struct sf_strbuf buf = { 0 };
  struct sf_error err;
  sf_strbuf_add (&buf, "before");
  record.as.position.lat_deg = 110.5;
  ck_assert_int_eq (sf_record_encode (&record, &buf, &err), SF_ERANGE);
  ck_assert_ptr_nonnull (strstr (err.message, "lat 110.5 is outside -90..90"));
  ck_assert_uint_eq (buf.length, 6);
  sf_strbuf_finish (&buf);
}
END_TEST

START_TEST (without_memory)
{
  struct sf_strbuf good = { 0 };
  bool decoded = false;
  encode_rich ((enum sf_record_kind) _i, &good);
  for (long n = 1; !decoded && n < 100; n++)
    {
      struct sf_arena arena = { 0 };
      struct sf_record record = { .source_line = 77 };
      size_t used = 0;
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_record_decode (&arena, (const uint8_t *) good.text, good.length, &record, &used, NULL);
      sf_mem_fail_at (0, 0);
      decoded = code == SF_OK;
      ck_assert (decoded ? n > 1 : code == SF_ENOMEM && record.source_line == 77);
      sf_arena_finish (&arena);
    }
  ck_assert (decoded);
  sf_strbuf_finish (&good);
}
END_TEST

START_TEST (encode_without_memory)
{
  struct sf_record record = position ();
  bool encoded = false;
  for (long n = 1; !encoded && n < 100; n++)
    {
      struct sf_strbuf buf = { 0 };
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_record_encode (&record, &buf, NULL);
      sf_mem_fail_at (0, 0);
      encoded = code == SF_OK;
      ck_assert (encoded ? n > 1 : code == SF_ENOMEM);
      sf_strbuf_finish (&buf);
    }
  ck_assert (encoded);
}
END_TEST

int
main (void)
{
  seed = random_seed ();
  Suite *suite = suite_create ("record_wire");
  TCase *tests = tcase_create ("all");
  tcase_set_timeout (tests, 60);
  tcase_add_test (tests, bytes_of_a_position);
  tcase_add_test (tests, round_trip);
  tcase_add_loop_test (tests, truncated_at_every_byte, 0, SF_RECORD_KINDS);
  tcase_add_loop_test (tests, every_bit_flipped, 0, SF_RECORD_KINDS);
  tcase_add_loop_test (tests, huge_counts_everywhere, 0, SF_RECORD_KINDS);
  tcase_add_test (tests, lies);
  tcase_add_test (tests, lies_about_geometry);
  tcase_add_test (tests, long_crs);
  tcase_add_test (tests, one_nan);
  tcase_add_test (tests, bad_records_are_not_sent);
  tcase_add_loop_test (tests, without_memory, 0, SF_RECORD_KINDS);
  tcase_add_test (tests, encode_without_memory);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
