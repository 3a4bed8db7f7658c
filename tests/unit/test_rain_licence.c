/* SPDX-License-Identifier: Apache-2.0 */
/* The rule that a parametric rain may raise an answer but never lower it, as properties over random claims. */
#include "models/rain/licence.h"
#include "tests/unit/base.h"

#include <math.h>

enum
{
  MOST = 6,
  ROUNDS = 20000
};

/* Claims of any source; some say nothing. */
static size_t
random_claims (struct sf_rain_claim *claims)
{
  size_t count = (size_t) rand () % MOST;
  for (size_t i = 0; i < count; i++)
    {
      claims[i].source = (enum sf_rain_source) (rand () % SF_RAIN_SOURCES);
      claims[i].amount_mm = rand () % 8 == 0 ? (double) NAN : rand () % 7 == 0 ? -1 : rand () % 300;
    }
  return count;
}

static bool
may_decide (const struct sf_rain_claim *claims, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (sf_rain_licence_of (claims[i].source) == SF_RAIN_MAY_DECIDE && claims[i].amount_mm >= 0)
      return true;
  return false;
}

START_TEST (raising_only)
{
  struct sf_rain_claim claims[MOST + 1];
  srand (4);
  for (int round = 0; round < ROUNDS; round++)
    {
      size_t count = random_claims (claims);
      struct sf_rain_answer before = sf_rain_combine (claims, count);
      claims[count] = (struct sf_rain_claim){ SF_RAIN_PARAMETRIC, rand () % 300 };
      struct sf_rain_answer after = sf_rain_combine (claims, count + 1);
      ck_assert_double_ge (after.at_least_mm, before.at_least_mm);
      ck_assert_double_ge (after.at_least_mm, claims[count].amount_mm);
      ck_assert_int_eq (after.known, before.known);
      ck_assert_int_eq (before.known, may_decide (claims, count));
      ck_assert (!after.raised || after.known);
      ck_assert_double_ge (before.at_least_mm, 0);
    }
}
END_TEST

START_TEST (order_does_not_matter)
{
  struct sf_rain_claim claims[MOST], turned[MOST];
  srand (5);
  for (int round = 0; round < ROUNDS; round++)
    {
      size_t count = random_claims (claims);
      for (size_t i = 0; i < count; i++)
        turned[i] = claims[count - 1 - i];
      struct sf_rain_answer a = sf_rain_combine (claims, count), b = sf_rain_combine (turned, count);
      ck_assert_double_eq (a.at_least_mm, b.at_least_mm);
      ck_assert_int_eq (a.known, b.known);
      ck_assert_int_eq (a.raised, b.raised);
      ck_assert_int_eq (a.source, b.source);
    }
}
END_TEST

static struct sf_rain_answer
of (enum sf_rain_source a, double a_mm, enum sf_rain_source b, double b_mm)
{
  struct sf_rain_claim claims[] = { { a, a_mm }, { b, b_mm } };
  return sf_rain_combine (claims, 2);
}

START_TEST (cases)
{
  struct sf_rain_answer answer = of (SF_RAIN_GAUGE, 50, SF_RAIN_PARAMETRIC, 0);
  ck_assert (answer.known && !answer.raised);
  ck_assert_double_eq (answer.at_least_mm, 50);
  answer = of (SF_RAIN_GAUGE, 50, SF_RAIN_PARAMETRIC, 120);
  ck_assert (answer.known && answer.raised);
  ck_assert_double_eq (answer.at_least_mm, 120);
  ck_assert_int_eq (answer.source, SF_RAIN_PARAMETRIC);
  answer = of (SF_RAIN_NWP, 200, SF_RAIN_GAUGE, 80); /* the better source lowers the worse one */
  ck_assert_double_eq (answer.at_least_mm, 80);
  answer = of (SF_RAIN_PARAMETRIC, 30, SF_RAIN_PARAMETRIC, 87.9);
  ck_assert (!answer.known);
  ck_assert_double_eq (answer.at_least_mm, 87.9);
  answer = sf_rain_combine (NULL, 0);
  ck_assert (!answer.known);
  ck_assert_double_eq (answer.at_least_mm, 0);
  ck_assert_int_eq (answer.source, SF_RAIN_SOURCES);
}
END_TEST

START_TEST (words)
{
  char text[SF_RAIN_TEXT_BYTES];
  struct sf_rain_answer answer = of (SF_RAIN_PARAMETRIC, 87.9, SF_RAIN_PARAMETRIC, (double) NAN);
  ck_assert_str_eq (sf_rain_answer_text (text, &answer, false), "unknown, at least 87 mm");
  ck_assert_str_eq (sf_rain_answer_text (text, &answer, true), "未知，至少87毫米");
  answer = sf_rain_combine (NULL, 0);
  ck_assert_str_eq (sf_rain_answer_text (text, &answer, false), "unknown, at least 0 mm");
  answer = of (SF_RAIN_GAUGE, 87.9, SF_RAIN_RADAR, 12);
  ck_assert_str_eq (sf_rain_answer_text (text, &answer, false), "88 mm");
  ck_assert_str_eq (sf_rain_licence_name (SF_RAIN_MAY_RAISE, true), "只可上调");
  ck_assert_str_eq (sf_rain_licence_name (SF_RAIN_MAY_DECIDE, false), "may decide");
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { raising_only, order_does_not_matter, cases, words, NULL };
  return run_tests ("rain_licence", tests);
}
