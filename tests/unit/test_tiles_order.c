/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

#include <check.h>
#include <stdlib.h>

/* The table of PMTiles 3, specification section 4.1. */
static const struct
{
  int z, x, y;
  uint64_t id;
} known[] = {
  { 0, 0, 0, 0 },
  { 1, 0, 0, 1 },
  { 1, 0, 1, 2 },
  { 1, 1, 1, 3 },
  { 1, 1, 0, 4 },
  { 2, 0, 0, 5 },
  { 12, 3423, 1763, 19078479 },
};

START_TEST (test_ids_of_the_specification)
{
  ck_assert_uint_eq (sf_tile_id (known[_i].z, known[_i].x, known[_i].y), known[_i].id);
}
END_TEST

/* A curve that visits each tile of a level once, each beside the one before it, is a Hilbert curve up to turns, and those
   the table fixes. */
START_TEST (test_ids_are_a_curve)
{
  enum
  {
    Z = 6,
    SIDE = 1 << Z
  };
  static int columns[SIDE * SIDE], rows[SIDE * SIDE];
  static bool taken[SIDE * SIDE];
  for (int x = 0; x < SIDE; x++)
    for (int y = 0; y < SIDE; y++)
      {
        uint64_t at = sf_tile_id (Z, x, y) - (SIDE * SIDE - 1) / 3;
        ck_assert_uint_lt (at, SIDE * SIDE);
        ck_assert (!taken[at]);
        taken[at] = true;
        columns[at] = x;
        rows[at] = y;
      }
  for (int i = 1; i < SIDE * SIDE; i++)
    ck_assert_int_eq (abs (columns[i] - columns[i - 1]) + abs (rows[i] - rows[i - 1]), 1);
}
END_TEST

/* Walk ranges of random corners on levels 3 to 8: each tile comes once, in rising order, and none from outside. */
static void
walk (enum sf_tile_order order, unsigned seed)
{
  struct sf_pyramid pyramid = { 0 };
  int64_t want = 0, got = 0, last = -1;
  srand (seed);
  for (int z = 3; z <= 8; z++)
    {
      struct sf_tile_range *range = &pyramid.ranges[z];
      range->x0 = rand () % (1 << z);
      range->y0 = rand () % (1 << z);
      range->x1 = range->x0 + rand () % ((1 << z) - range->x0 + 1);
      range->y1 = range->y0 + rand () % ((1 << z) - range->y0 + 1);
      want += (int64_t) (range->x1 - range->x0) * (range->y1 - range->y0);
    }
  struct sf_tile_cursor cursor = { .pyramid = &pyramid, .order = order, .z = -1 };
  for (; sf_tile_cursor_next (&cursor); got++)
    {
      const struct sf_tile_range *range = &pyramid.ranges[cursor.z];
      ck_assert (cursor.x >= range->x0 && cursor.x < range->x1 && cursor.y >= range->y0 && cursor.y < range->y1);
      int64_t place = order == SF_TILE_ORDER_HILBERT
                          ? (int64_t) sf_tile_id (cursor.z, cursor.x, cursor.y)
                          : ((int64_t) cursor.z << 40) + ((int64_t) cursor.x << 20) + (1 << 18) - cursor.y;
      ck_assert_int_gt (place, last);
      last = place;
    }
  ck_assert_msg (got == want, "seed %u: %lld tiles of %lld", seed, (long long) got, (long long) want);
  ck_assert (!sf_tile_cursor_next (&cursor));
}

START_TEST (test_walks)
{
  for (unsigned seed = 1; seed <= 40; seed++)
    {
      walk (SF_TILE_ORDER_COLUMNS, seed);
      walk (SF_TILE_ORDER_HILBERT, seed);
    }
}
END_TEST

/* A narrow range far along the curve of the last level is found without passing every tile before it. */
START_TEST (test_last_level)
{
  struct sf_pyramid pyramid = { 0 };
  pyramid.ranges[18] = (struct sf_tile_range){ 208000, 116000, 208003, 116002 };
  struct sf_tile_cursor cursor = { .pyramid = &pyramid, .order = SF_TILE_ORDER_HILBERT, .z = -1 };
  int count = 0;
  while (sf_tile_cursor_next (&cursor))
    count++;
  ck_assert_int_eq (count, 6);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("tiles_order");
  TCase *tcase = tcase_create ("tiles_order");
  tcase_add_loop_test (tcase, test_ids_of_the_specification, 0, sizeof known / sizeof *known);
  tcase_add_test (tcase, test_ids_are_a_curve);
  tcase_add_test (tcase, test_walks);
  tcase_add_test (tcase, test_last_level);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
