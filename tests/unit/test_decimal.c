/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: printf of the C library, for millions of random floats in every magnitude. */
#include "core/base/decimal.h"
#include "tests/unit/comma_locale.h"

#include <math.h>
#include <time.h>

enum
{
  RANDOM_VALUES = 500000 /* of each of four runs, which are processes of their own */
};

/* What printf says, without the minus of a zero. */
static void
expect (float value, int places)
{
  char got[SF_DECIMAL_BYTES + 1], wanted[SF_DECIMAL_BYTES + 1];
  snprintf (wanted, sizeof wanted, "%.*f", places, (double) value);
  const char *shown = wanted[0] == '-' && wanted[strspn (wanted, "-0.")] == '\0' ? wanted + 1 : wanted;
  *sf_decimal_write (got, value, places) = '\0';
  if (strcmp (got, shown) != 0)
    ck_abort_msg ("%a with %d places: '%s' instead of '%s'", (double) value, places, got, shown);
}

START_TEST (as_printf)
{
  const char *given = getenv ("SF_TEST_SEED");
  long seed = given ? strtol (given, NULL, 10) : (long) time (NULL) * 7919 + getpid ();
  printf ("SF_TEST_SEED=%ld\n", seed);
  srand48 (seed);
  for (long i = 0; i < RANDOM_VALUES; i++)
    {
      uint32_t bits = (uint32_t) mrand48 ();
      float value;
      memcpy (&value, &bits, sizeof value);
      /* Any float; a number as fields have them; a tie. */
      if (i % 3 == 1)
        value = (float) ((drand48 () - 0.5) * pow (10, (double) (lrand48 () % 9)));
      else if (i % 3 == 2)
        value = (float) (lrand48 () % 200000 - 100000) / 16;
      if (isfinite (value))
        expect (value, (int) (lrand48 () % (SF_DECIMAL_PLACES_MAX + 1)));
    }
}
END_TEST

START_TEST (edges)
{
  static const float values[]
      = { 0,       -0.0f,    0.5f,          1.5f,           2.5f,   0.125f, 0.375f, -0.0004f, 0.9996f,
          9.9996f, 99.9996f, 3.4028235e38f, -3.4028235e38f, 1e-45f, 1e9f,   1e15f,  16777216 };
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    for (int places = 0; places <= SF_DECIMAL_PLACES_MAX; places++)
      expect (values[i], places);
}
END_TEST

START_TEST (no_number)
{
  static const float values[] = { NAN, INFINITY, -INFINITY };
  char got[SF_DECIMAL_BYTES + 1];
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    {
      *sf_decimal_write (got, values[i], 3) = '\0';
      ck_assert_str_eq (got, "null");
    }
}
END_TEST

START_TEST (integers)
{
  static const int64_t values[] = { 0, 1, 9, 10, 99, 100, 101, 12345, -1, -100, INT64_MAX, INT64_MIN };
  char got[SF_DECIMAL_BYTES + 1], wanted[SF_DECIMAL_BYTES + 1];
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    {
      *sf_decimal_write_int (got, values[i]) = '\0';
      snprintf (wanted, sizeof wanted, "%lld", (long long) values[i]);
      ck_assert_str_eq (got, wanted);
    }
}
END_TEST

START_TEST (comma_locale)
{
  char got[SF_DECIMAL_BYTES + 1];
  use_comma_locale ();
  *sf_decimal_write (got, 12.5f, 2) = '\0';
  ck_assert_str_eq (got, "12.50");
  *sf_decimal_write (got, 3e12f, 9) = '\0';
  ck_assert_str_eq (got, "3000000053248.000000000");
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { as_printf, as_printf, as_printf, as_printf, edges, no_number, integers, comma_locale, NULL };
  return run_tests ("decimal", tests);
}
