/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/feed/coast_mask.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* Two rows of four cells of a degree from (110, 18): sea sea shore land; land x 4. Doubles by hand: 110 = 0x405B800000000000,
   18 = 0x4032000000000000, 1 = 0x3FF0000000000000. */
static const uint8_t MASK[]
    = { 'S',  'F',  'C', 'O', 'A', 'S', 'T', '1', 0,    0,    0, 0, 0, 0x80, 0x5B, 0x40, 0, 0, 0, 0, 0, 0,
        0x32, 0x40, 0,   0,   0,   0,   0,   0,   0xF0, 0x3F, 4, 0, 0, 0,    2,    0,    0, 0, 3, 0, 0, 0,
        1,    0,    0,   0,   2,   0,   1,   0,   1,    0,    2, 0, 1, 0,    3,    0,    4, 0, 3, 0 };

static enum sf_code
load (const uint8_t *bytes, size_t length, struct sf_arena *arena, struct sf_coast_mask **mask, struct sf_error *err)
{
  char path[] = "/tmp/sanfang-mask-XXXXXX";
  int fd = mkstemp (path);
  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (write (fd, bytes, length), (ssize_t) length);
  close (fd);
  enum sf_code code = sf_coast_mask_load (arena, path, mask, err);
  unlink (path);
  return code;
}

START_TEST (sides)
{
  struct sf_arena arena = { 0 };
  struct sf_coast_mask *mask = NULL;
  ck_done (load (MASK, sizeof MASK, &arena, &mask, err));
  ck_assert_int_eq (sf_coast_mask_at (mask, 110, 18), SF_COAST_SEA);
  ck_assert_int_eq (sf_coast_mask_at (mask, 111.99, 18.99), SF_COAST_SEA);
  ck_assert_int_eq (sf_coast_mask_at (mask, 112, 18), SF_COAST_SHORE);
  ck_assert_int_eq (sf_coast_mask_at (mask, 113.5, 18.5), SF_COAST_LAND);
  ck_assert_int_eq (sf_coast_mask_at (mask, 110.5, 19.5), SF_COAST_LAND);
  ck_assert_int_eq (sf_coast_mask_at (mask, 109.99, 18.5), SF_COAST_UNKNOWN);
  ck_assert_int_eq (sf_coast_mask_at (mask, 114, 18.5), SF_COAST_UNKNOWN);
  ck_assert_int_eq (sf_coast_mask_at (mask, 112, 20), SF_COAST_UNKNOWN);
  ck_assert_int_eq (sf_coast_mask_at (mask, NAN, NAN), SF_COAST_UNKNOWN);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (damaged_masks)
{
  struct sf_coast_mask *mask = NULL;
  struct sf_arena arena = { 0 };
  uint8_t bytes[sizeof MASK + 1] = { 0 };
  memcpy (bytes, MASK, sizeof MASK);
  for (size_t length = 0; length < sizeof MASK; length++)
    ck_fails (load (bytes, length, &arena, &mask, err), SF_EFORMAT, "");
  ck_fails (load (bytes, sizeof MASK + 1, &arena, &mask, err), SF_EFORMAT, "where its rows say");
  /* Any bit that flips is refused, or moves or renames what it says, and never reads outside. */
  for (size_t bit = 0; bit < 8 * sizeof MASK; bit++)
    {
      struct sf_error ignored;
      bytes[bit / 8] ^= (uint8_t) (1u << bit % 8);
      if (load (bytes, sizeof MASK, &arena, &mask, &ignored) == SF_OK)
        for (double lon = 109.5; lon < 115; lon += 0.5)
          ck_assert_int_le (sf_coast_mask_at (mask, lon, 18.5), SF_COAST_LAND);
      bytes[bit / 8] ^= (uint8_t) (1u << bit % 8);
    }
  sf_arena_finish (&arena);
}
END_TEST

/* Places that anyone finds on a map of Hainan. */
START_TEST (hainan)
{
  struct sf_arena arena = { 0 };
  struct sf_coast_mask *mask = NULL;
  if (!sf_file_exists (TEST_BUILDDIR "/data/coast-mask.bin"))
    return;
  ck_done (sf_coast_mask_load (&arena, TEST_BUILDDIR "/data/coast-mask.bin", &mask, err));
  ck_assert_int_eq (sf_coast_mask_at (mask, 109.84, 19.04), SF_COAST_LAND); /* Qiongzhong */
  ck_assert_int_eq (sf_coast_mask_at (mask, 109.55, 19.50), SF_COAST_LAND); /* Songtao reservoir */
  ck_assert_int_eq (sf_coast_mask_at (mask, 110.20, 20.15), SF_COAST_SEA);  /* Qiongzhou strait */
  ck_assert_int_eq (sf_coast_mask_at (mask, 111.50, 18.50), SF_COAST_SEA);
  ck_assert_int_eq (sf_coast_mask_at (mask, 110.27, 20.025), SF_COAST_SHORE); /* Xiuying, Haikou */
  ck_assert_int_eq (sf_coast_mask_at (mask, 109.49, 18.23), SF_COAST_SHORE);  /* Sanya harbour */
  ck_assert_int_eq (sf_coast_mask_at (mask, 112.34, 16.83), SF_COAST_SHORE);  /* Yongxing island */
  ck_assert_int_eq (sf_coast_mask_at (mask, 110.62, 19.24), SF_COAST_SHORE);  /* Tanmen */
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { sides, damaged_masks, hainan, NULL };
  return run_tests ("coast_mask", tests);
}
