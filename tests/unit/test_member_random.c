/* SPDX-License-Identifier: Apache-2.0 */
/* Philox 4x32-10: the known answers of Random123 (kat_vectors). Moments of the normal and gamma distributions by their
   formulas, tolerances five standard errors. */
#include "models/typhoon/ensemble/member_random.h"
#include "tests/unit/base.h"

#include <math.h>

START_TEST (known_answers)
{
  static const uint32_t known[3][10]
      = { { 0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 },
          { ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd },
          { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
            0x24126ea1 } };
  for (int i = 0; i < 3; i++)
    {
      uint32_t out[4];
      sf_philox (known[i], known[i] + 4, out);
      ck_assert_mem_eq (out, known[i] + 6, sizeof out);
    }
}
END_TEST

/* FNV-1a's published values: "" and "a". */
START_TEST (storms)
{
  ck_assert_uint_eq (sf_draws_storm (NULL), 0x811c9dc5u);
  ck_assert_uint_eq (sf_draws_storm (""), 0x811c9dc5u);
  ck_assert_uint_eq (sf_draws_storm ("a"), 0xe40c292cu);
}
END_TEST

START_TEST (normals)
{
  enum
  {
    N = 100001
  };
  static double x[N], few[7];
  struct sf_draws draws = { .seed = 5, .storm = 7, .member = 3 };
  sf_draw_normals (&draws, 1, x, N);
  double sum[5] = { 0 };
  for (int i = 0; i < N; i++)
    for (int power = 1; power < 5; power++)
      sum[power] += pow (x[i], power) / N;
  ck_assert_double_eq_tol (sum[1], 0, 5 / sqrt (N));
  ck_assert_double_eq_tol (sum[2], 1, 5 * sqrt (2.0 / N));
  ck_assert_double_eq_tol (sum[3], 0, 5 * sqrt (15.0 / N));
  ck_assert_double_eq_tol (sum[4], 3, 5 * sqrt (96.0 / N));
  sf_draw_normals (&draws, 1, few, 7);
  ck_assert_mem_eq (few, x, sizeof few);
}
END_TEST

/* Streams, members, storms and seeds give other numbers, without correlation. */
START_TEST (apart)
{
  enum
  {
    N = 20000
  };
  static double x[N], y[N];
  const struct sf_draws draws = { .seed = 1, .storm = 2, .member = 3 };
  const struct sf_draws others[] = { { 2, 2, 3 }, { 1, 3, 3 }, { 1, 2, 4 }, { 1, 2, 3 } };
  sf_draw_normals (&draws, 1, x, N);
  for (int i = 0; i < 4; i++)
    {
      double product = 0;
      sf_draw_normals (&others[i], i == 3 ? 2 : 1, y, N);
      for (int k = 0; k < N; k++)
        product += x[k] * y[k] / N;
      ck_assert_double_eq_tol (product, 0, 5 / sqrt (N));
    }
}
END_TEST

START_TEST (uniforms)
{
  struct sf_draws draws = { .seed = 9 };
  double sum = 0, least = 1, most = 0;
  for (uint32_t i = 0; i < 100000; i++)
    {
      double u = sf_draw_uniform (&draws, 4, i);
      sum += u / 100000;
      least = fmin (least, u);
      most = fmax (most, u);
    }
  ck_assert_double_eq_tol (sum, 0.5, 5 * sqrt (1.0 / 12 / 100000));
  ck_assert (least > 0 && least < 1e-3 && most < 1 && most > 1 - 1e-3);
}
END_TEST

/* Mean and variance of a gamma variate of scale 1 are its shape. */
START_TEST (gammas)
{
  const double shapes[] = { 1, 1.05, 2, 7.5 };
  for (int s = 0; s < 4; s++)
    {
      double sum = 0, sum2 = 0;
      enum
      {
        N = 50000
      };
      for (uint32_t i = 0; i < N; i++)
        {
          double x = sf_draw_gamma (&(struct sf_draws){ .seed = 1, .member = i }, 3, shapes[s]);
          ck_assert_double_gt (x, 0);
          sum += x / N;
          sum2 += (x - shapes[s]) * (x - shapes[s]) / N;
        }
      ck_assert_double_eq_tol (sum, shapes[s], 5 * sqrt (shapes[s] / N));
      /* the variance of the squared deviation is 2 k^2 + 6 k */
      ck_assert_double_eq_tol (sum2, shapes[s], 5 * sqrt ((2 * shapes[s] * shapes[s] + 6 * shapes[s]) / N));
    }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { known_answers, storms, normals, apart, uniforms, gammas, NULL };
  return run_tests ("member_random", tests);
}
