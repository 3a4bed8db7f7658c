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

/* The shortest text that is read back as the value, by printf and strtod. */
static void
shortest (char text[64], double value)
{
  int digits = 1;
  do
    snprintf (text, 64, "%.*g", digits, value);
  while (digits++ < 17 && strtod (text, NULL) != value);
}

START_TEST (short_forms)
{
  static const double values[]
      = { 110.35, 20.02, -0.5, 1, 100, 99999999, 0.0001, 0.1234567, 12345678.1234567, 107.00001 };
  char got[SF_DECIMAL_BYTES + 1], wanted[64];
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    {
      *sf_decimal_write_short (got, values[i]) = '\0';
      snprintf (wanted, sizeof wanted, "%.15g", values[i]);
      ck_assert_str_eq (got, wanted);
    }
  static const double others[] = { 0, -0.0, 1e8, 1e-5, 0.12345678, 1.0 / 3, 0.1 + 0.2, NAN, INFINITY };
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    ck_assert_ptr_null (sf_decimal_write_short (got, others[i]));
  long accepted = 0;
  srand48 ((long) getpid ());
  for (long i = 0; i < RANDOM_VALUES / 5; i++)
    {
      double value
          = rint ((drand48 () - 0.5) * pow (10, (double) (lrand48 () % 15))) / pow (10, (double) (lrand48 () % 9));
      char *end = sf_decimal_write_short (got, value);
      if (!end)
        continue;
      *end = '\0';
      shortest (wanted, value);
      if (strtod (got, NULL) != value || (!strchr (wanted, 'e') && strcmp (got, wanted) != 0))
        ck_abort_msg ("%.17g: '%s' instead of '%s'", value, got, wanted);
      accepted++;
    }
  ck_assert_int_gt (accepted, RANDOM_VALUES / 20);
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
      = { as_printf, as_printf, as_printf, as_printf, edges, no_number, integers, short_forms, comma_locale, NULL };
  return run_tests ("decimal", tests);
}
