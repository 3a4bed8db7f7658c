/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base.h"

#include <stdint.h>

START_TEST (size_zero_is_a_pointer)
{
  void *a = sf_mem_alloc (0), *b = sf_mem_calloc (0, 8), *c = sf_mem_realloc (NULL, 0);
  ck_assert (a && b && c);
  sf_mem_free (a);
  sf_mem_free (b);
  sf_mem_free (c);
  sf_mem_free (NULL);
}
END_TEST

START_TEST (arena_refuses_overflow)
{
  volatile size_t many = SIZE_MAX / 2;
  struct sf_arena arena = { 0 };
  ck_assert_ptr_null (sf_arena_calloc (&arena, many, 4));
  ck_assert_ptr_null (sf_arena_alloc (&arena, SIZE_MAX));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (exactly_the_nth_fails)
{
  void *got[5];
  sf_mem_fail_at (3, 0);
  for (int i = 0; i < 5; i++)
    got[i] = sf_mem_alloc (4);
  ck_assert_int_eq (sf_mem_count (), 5);
  sf_mem_fail_at (0, 0);
  for (int i = 0; i < 5; i++)
    {
      ck_assert_int_eq (got[i] == NULL, i == 2);
      sf_mem_free (got[i]);
    }
}
END_TEST

START_TEST (all_later_fail_too)
{
  void *got[5];
  sf_mem_fail_at (3, 1);
  for (int i = 0; i < 5; i++)
    got[i] = sf_mem_calloc (1, 4);
  sf_mem_fail_at (0, 0);
  for (int i = 0; i < 5; i++)
    {
      ck_assert_int_eq (got[i] == NULL, i >= 2);
      sf_mem_free (got[i]);
    }
}
END_TEST

START_TEST (texts_are_copied_and_printed)
{
  char *copy = sf_mem_strdup ("海南"), *printed = sf_mem_printf ("%d/%s", 18, "Qionghai");
  ck_assert_str_eq (copy, "海南");
  ck_assert_str_eq (printed, "18/Qionghai");
  sf_mem_free (copy);
  sf_mem_free (printed);
  sf_mem_fail_at (1, 1);
  ck_assert_ptr_null (sf_mem_strdup ("x"));
  ck_assert_ptr_null (sf_mem_printf ("x"));
  sf_mem_fail_at (0, 0);
}
END_TEST

START_TEST (grow_keeps_what_was_there)
{
  int *items = NULL;
  size_t capacity = 0;
  for (size_t n = 0; n < 1000; n++)
    {
      ck_assert_int_eq (sf_mem_grow ((void **) &items, &capacity, n + 1, sizeof *items), 0);
      ck_assert_uint_gt (capacity, n);
      items[n] = (int) n;
    }
  for (int n = 0; n < 1000; n++)
    ck_assert_int_eq (items[n], n);
  int *before = items;
  size_t capacity_before = capacity;
  sf_mem_fail_at (1, 1);
  ck_assert_int_eq (sf_mem_grow ((void **) &items, &capacity, capacity + 1, sizeof *items), -1);
  sf_mem_fail_at (0, 0);
  ck_assert_int_eq (sf_mem_grow ((void **) &items, &capacity, SIZE_MAX / 2, sizeof *items), -1);
  ck_assert_ptr_eq (items, before);
  ck_assert_uint_eq (capacity, capacity_before);
  sf_mem_free (items);
}
END_TEST

START_TEST (arena_blocks_are_aligned_and_apart)
{
  struct sf_arena arena = { 0 };
  unsigned char *last = NULL;
  for (size_t size = 0; size < 200; size++)
    {
      unsigned char *block = sf_arena_alloc (&arena, size);
      ck_assert_ptr_nonnull (block);
      ck_assert_uint_eq ((uintptr_t) block % 16, 0);
      memset (block, (int) size, size);
      if (last && size > 1)
        ck_assert_uint_eq (last[0], size - 1);
      last = block;
    }
  sf_arena_finish (&arena);
  ck_assert_ptr_null (arena.blocks);
}
END_TEST

START_TEST (arena_reset_keeps_one_block)
{
  struct sf_arena arena;
  sf_arena_init (&arena);
  for (int i = 0; i < 10; i++)
    ck_assert_ptr_nonnull (sf_arena_alloc (&arena, 40000));
  size_t grown = arena.total_bytes;
  sf_arena_reset (&arena);
  ck_assert_uint_lt (arena.total_bytes, grown);
  ck_assert_uint_gt (arena.total_bytes, 0);
  sf_mem_fail_at (1, 1);
  ck_assert_ptr_nonnull (sf_arena_alloc (&arena, 40000));
  sf_mem_fail_at (0, 0);
  sf_arena_finish (&arena);
}
END_TEST

/* What was lent is used first and never freed: it is no block of the heap. */
START_TEST (arena_begins_with_lent_memory)
{
  static _Alignas(16) unsigned char lent[256];
  struct sf_arena arena = { 0 };
  sf_arena_lend (&arena, lent, sizeof lent);
  long before = sf_mem_count ();
  unsigned char *first = sf_arena_alloc (&arena, 100);
  ck_assert (first >= lent && first + 100 <= lent + sizeof lent);
  ck_assert_uint_eq ((uintptr_t) first % 16, 0);
  ck_assert_int_eq (sf_mem_count (), before);
  unsigned char *second = sf_arena_alloc (&arena, 200);
  ck_assert (second + 200 <= lent || second >= lent + sizeof lent);
  memset (second, 1, 200);
  sf_arena_finish (&arena);
  sf_arena_lend (&arena, lent, sizeof lent);
  first = sf_arena_alloc (&arena, 16);
  sf_arena_reset (&arena);
  ck_assert_ptr_eq (sf_arena_alloc (&arena, 16), first);
  sf_arena_finish (&arena);
  sf_arena_lend (&arena, lent, 3);
  ck_assert_ptr_nonnull (sf_arena_alloc (&arena, 16));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (arena_texts)
{
  struct sf_arena arena = { 0 };
  ck_assert_str_eq (sf_arena_strdup (&arena, "abc"), "abc");
  ck_assert_str_eq (sf_arena_strndup (&arena, "abc", 2), "ab");
  ck_assert_str_eq (sf_arena_printf (&arena, "%04d", 7), "0007");
  const unsigned char *zeros = sf_arena_calloc (&arena, 10, 10);
  for (int i = 0; i < 100; i++)
    ck_assert_uint_eq (zeros[i], 0);
  ck_assert_ptr_nonnull (sf_arena_alloc (&arena, 1000000));
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { arena_begins_with_lent_memory,
                                 size_zero_is_a_pointer,
                                 arena_refuses_overflow,
                                 exactly_the_nth_fails,
                                 all_later_fail_too,
                                 texts_are_copied_and_printed,
                                 grow_keeps_what_was_there,
                                 arena_blocks_are_aligned_and_apart,
                                 arena_reset_keeps_one_block,
                                 arena_texts,
                                 NULL };
  return run_tests ("mem", tests);
}
