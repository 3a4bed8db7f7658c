/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/return_period.h"
#include "tests/unit/base.h"

#include <math.h>

/* Expected values: numpy, from Hosking and Wallis 1987 eq 7-8 and the quantile of the distribution. */
START_TEST (a_fit_by_hand)
{
  static const double peaks[]
      = { 18.4, 20.6, 17.9, 23.1, 19.4, 25.3, 17.5, 21.6, 19.1, 20.0, 23.5, 18.1, 12, NAN, 17.2 };
  double workspace[15];
  struct sf_pareto pareto = sf_pareto_fit (peaks, 15, 17.2, 8, workspace);
  ck_assert_uint_eq (pareto.events, 12);
  ck_assert_double_eq_tol (pareto.rate_per_year, 1.5, 1e-12);
  ck_assert_double_eq_tol (pareto.k, 0.1794071762870515, 1e-9);
  ck_assert_double_eq_tol (pareto.scale_mps, 3.7446177847113877, 1e-9);
  ck_assert_double_eq_tol (sf_pareto_wind_mps (&pareto, 1), 18.664403356350277, 1e-9);
  ck_assert_double_eq_tol (sf_pareto_wind_mps (&pareto, 10), 25.232071936385335, 1e-9);
  ck_assert_double_eq_tol (sf_pareto_wind_mps (&pareto, 100), 29.57721472701158, 1e-9);
  ck_assert_double_nan (sf_pareto_wind_mps (&pareto, 0.5));
}
END_TEST

START_TEST (tails_are_held)
{
  static const double heavy[] = { 10.1, 10.1, 10.2, 10.2, 10.3, 10.3, 10.4, 40 };
  static const double blunt[] = { 19, 19.5, 20, 20.2, 20.4, 19.8 };
  double workspace[8];
  struct sf_pareto pareto = sf_pareto_fit (heavy, 8, 10, 8, workspace);
  ck_assert_double_eq (pareto.k, SF_PARETO_K_MIN);
  ck_assert_double_eq_tol (pareto.scale_mps, 2.765, 1e-9);
  ck_assert_double_eq_tol (sf_pareto_wind_mps (&pareto, 50), 30.586669553106553, 1e-9);
  pareto = sf_pareto_fit (blunt, 6, 10, 6, workspace);
  ck_assert_double_eq (pareto.k, SF_PARETO_K_MAX);
  ck_assert_double_eq_tol (pareto.scale_mps, 14.725, 1e-9);
}
END_TEST

START_TEST (an_exponential_tail)
{
  struct sf_pareto pareto = { .threshold_mps = 10, .scale_mps = 5, .k = 0, .rate_per_year = 2, .events = 100 };
  double exponential = sf_pareto_wind_mps (&pareto, 50);
  ck_assert_double_eq_tol (exponential, 10 + 5 * log (100), 1e-12);
  pareto.k = 1e-8;
  ck_assert_double_eq_tol (sf_pareto_wind_mps (&pareto, 50), exponential, 1e-5);
}
END_TEST

START_TEST (too_little_gives_nothing)
{
  static const double one[] = { 20 }, alike[] = { 20, 20, 20 };
  double workspace[3];
  struct sf_pareto pareto = sf_pareto_fit (one, 1, 17.2, 10, workspace);
  ck_assert_double_nan (pareto.k);
  ck_assert_double_nan (sf_pareto_wind_mps (&pareto, 50));
  pareto = sf_pareto_fit (alike, 3, 17.2, 10, workspace);
  ck_assert_double_nan (sf_pareto_wind_mps (&pareto, 50));
  pareto = sf_pareto_fit (NULL, 0, 17.2, 10, workspace);
  ck_assert_uint_eq (pareto.events, 0);
}
END_TEST

static double
uniform (uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return ((double) (*state >> 11) + 0.5) / 9007199254740992.0;
}

/* Years of peaks of a known distribution: Poisson events by exponential waiting times, excesses by inversion. */
static size_t
make_years (uint64_t *state, size_t years, double rate, double scale, double k, double threshold, double *peaks,
            size_t *first)
{
  size_t n = 0;
  for (size_t y = 0; y < years; y++)
    {
      first[y] = n;
      double t = -log (uniform (state)) / rate;
      while (t < 1)
        {
          peaks[n++] = threshold + scale / k * (1 - pow (uniform (state), k));
          t += -log (uniform (state)) / rate;
        }
    }
  first[years] = n;
  return n;
}

enum
{
  YEARS = 60,
  MOST_PEAKS = 200000
};
static double peaks[MOST_PEAKS], workspace[MOST_PEAKS];
static size_t first[20001];

START_TEST (known_parameters_come_back)
{
  uint64_t state = 7;
  size_t n = make_years (&state, 20000, 2.0, 8.0, 0.15, 17.2, peaks, first);
  struct sf_pareto pareto = sf_pareto_fit (peaks, n, 17.2, 20000, workspace);
  ck_assert_double_eq_tol (pareto.k, 0.15, 0.02);
  ck_assert_double_eq_tol (pareto.scale_mps, 8, 0.15);
  /* 17.2 + 8 / 0.15 (1 - 100^-0.15), within the error of 40,000 events. */
  ck_assert_double_eq_tol (sf_pareto_wind_mps (&pareto, 50), 17.2 + 8 / 0.15 * (1 - pow (100, -0.15)), 0.3);
}
END_TEST

/* 300 worlds of 60 years: the 90 % range of the 20-year wind holds the true one about so often. A percentile bootstrap of a
   few dozen events is known to be narrow (Kysely 2008), so the band asked for reaches down to 80 %. */
START_TEST (the_range_holds_the_truth)
{
  const double period = 20, truth = 17.2 + 8 / 0.15 * (1 - pow (40, -0.15));
  int held = 0;
  uint64_t state = 11;
  for (int world = 0; world < 300; world++)
    {
      double low, high;
      make_years (&state, YEARS, 2.0, 8.0, 0.15, 17.2, peaks, first);
      struct sf_peaks years = { peaks, first, YEARS };
      ck_assert_uint_le (sf_peaks_workspace (&years, 1, 200), MOST_PEAKS);
      sf_peaks_bootstrap (&years, 17.2, &period, 1, 200, (uint64_t) world, &low, &high, workspace);
      ck_assert_double_le (low, high);
      held += low <= truth && truth <= high;
    }
  ck_assert_msg (held >= 240 && held <= 285, "%d of 300", held);
}
END_TEST

START_TEST (a_seed_gives_the_same_range)
{
  const double periods[] = { 10, 100 };
  double low[2], high[2], again_low[2], again_high[2];
  uint64_t state = 3;
  make_years (&state, YEARS, 1.0, 6.0, 0.1, 17.2, peaks, first);
  struct sf_peaks years = { peaks, first, YEARS };
  sf_peaks_bootstrap (&years, 17.2, periods, 2, 100, 5, low, high, workspace);
  sf_peaks_bootstrap (&years, 17.2, periods, 2, 100, 5, again_low, again_high, workspace);
  ck_assert_mem_eq (low, again_low, sizeof low);
  ck_assert_mem_eq (high, again_high, sizeof high);
  ck_assert_double_lt (high[0] - low[0], high[1] - low[1]);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { a_fit_by_hand,
                                 tails_are_held,
                                 an_exponential_tail,
                                 too_little_gives_nothing,
                                 known_parameters_come_back,
                                 the_range_holds_the_truth,
                                 a_seed_gives_the_same_range,
                                 NULL };
  return run_tests ("return_period", tests);
}
