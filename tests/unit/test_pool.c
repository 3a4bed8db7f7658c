/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/pool.h"

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  BLOCKS = 1000
};

static enum sf_code
square (void *ctx, int block, struct sf_error *err)
{
  (void) err;
  ((long *) ctx)[block] += (long) block * block;
  return SF_OK;
}

START_TEST (every_block_runs_once)
{
  struct sf_pool *pool = NULL;
  long out[BLOCKS] = { 0 };
  ck_assert_int_eq (sf_pool_new (_i, &pool, NULL), SF_OK);
  for (int round = 1; round <= 50; round++)
    {
      ck_assert_int_eq (sf_pool_run (pool, BLOCKS, square, out, NULL, NULL), SF_OK);
      for (int b = 0; b < BLOCKS; b++)
        ck_assert_int_eq (out[b], (long) round * b * b);
    }
  sf_pool_free (pool);
}
END_TEST

static enum sf_code
fail_some (void *ctx, int block, struct sf_error *err)
{
  (void) ctx;
  return block % 7 == 3 ? sf_fail (err, SF_ERANGE, "block %d", block) : SF_OK;
}

START_TEST (lowest_failing_block_is_told)
{
  struct sf_pool *pool = NULL;
  struct sf_error err = { 0 };
  ck_assert_int_eq (sf_pool_new (4, &pool, NULL), SF_OK);
  for (int round = 0; round < 200; round++)
    {
      ck_assert_int_eq (sf_pool_run (pool, BLOCKS, fail_some, NULL, NULL, &err), SF_ERANGE);
      ck_assert_str_eq (err.message, "block 3");
    }
  sf_pool_free (pool);
}
END_TEST

struct cancelling
{
  atomic_bool cancel;
  atomic_int ran;
};

static enum sf_code
cancel_at_ten (void *ctx, int block, struct sf_error *err)
{
  struct cancelling *c = ctx;
  (void) err;
  atomic_fetch_add (&c->ran, 1);
  if (block == 10)
    atomic_store (&c->cancel, true);
  return SF_OK;
}

START_TEST (cancelling_stops_the_rest)
{
  struct sf_pool *pool = NULL;
  struct cancelling c = { 0 };
  ck_assert_int_eq (sf_pool_new (2, &pool, NULL), SF_OK);
  ck_assert_int_eq (sf_pool_run (pool, 1000000, cancel_at_ten, &c, &c.cancel, NULL), SF_ECANCELLED);
  ck_assert_int_lt (atomic_load (&c.ran), 1000000);
  sf_pool_free (pool);
}
END_TEST

struct nesting
{
  struct sf_pool *pool;
  atomic_int inner;
};

static enum sf_code
count_inner (void *ctx, int block, struct sf_error *err)
{
  (void) block;
  (void) err;
  atomic_fetch_add (&((struct nesting *) ctx)->inner, 1);
  return SF_OK;
}

static enum sf_code
run_inner (void *ctx, int block, struct sf_error *err)
{
  (void) block;
  return sf_pool_run (((struct nesting *) ctx)->pool, 5, count_inner, ctx, NULL, err);
}

START_TEST (a_call_from_inside_a_block_does_not_hang)
{
  struct nesting n = { 0 };
  ck_assert_int_eq (sf_pool_new (3, &n.pool, NULL), SF_OK);
  ck_assert_int_eq (sf_pool_run (n.pool, 20, run_inner, &n, NULL, NULL), SF_OK);
  ck_assert_int_eq (atomic_load (&n.inner), 100);
  sf_pool_free (n.pool);
}
END_TEST

START_TEST (bad_thread_numbers_are_refused)
{
  struct sf_pool *pool = NULL;
  ck_assert_int_eq (sf_pool_new (-1, &pool, NULL), SF_ERANGE);
  ck_assert_int_eq (sf_pool_new (5000, &pool, NULL), SF_ERANGE);
  ck_assert_ptr_null (pool);
  sf_pool_free (NULL);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("pool");
  TCase *tcase = tcase_create ("pool");
  tcase_add_loop_test (tcase, every_block_runs_once, 0, 5);
  tcase_add_test (tcase, lowest_failing_block_is_told);
  tcase_add_test (tcase, cancelling_stops_the_rest);
  tcase_add_test (tcase, a_call_from_inside_a_block_does_not_hang);
  tcase_add_test (tcase, bad_thread_numbers_are_refused);
  tcase_set_timeout (tcase, 60);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
