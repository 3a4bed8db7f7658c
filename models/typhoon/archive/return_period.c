/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/return_period.h"

#include <math.h>
#include <stdlib.h>

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

struct sf_pareto
sf_pareto_fit (const double *peaks_mps, size_t n, double threshold_mps, double years, double *workspace)
{
  struct sf_pareto pareto = { .threshold_mps = threshold_mps, .scale_mps = (double) NAN, .k = (double) NAN };
  size_t events = 0;
  double a0 = 0, a1 = 0;
  for (size_t i = 0; i < n; i++)
    if (peaks_mps[i] > threshold_mps)
      workspace[events++] = peaks_mps[i] - threshold_mps;
  pareto.events = events;
  pareto.rate_per_year = (double) events / years;
  if (events < 2)
    return pareto;
  qsort (workspace, events, sizeof *workspace, compare_doubles);
  for (size_t i = 0; i < events; i++)
    {
      a0 += workspace[i];
      a1 += workspace[i] * (double) (events - 1 - i) / (double) (events - 1);
    }
  a0 /= (double) events;
  a1 /= (double) events;
  if (!(workspace[events - 1] > workspace[0]))
    return pareto;
  double k = a0 / (a0 - 2 * a1) - 2;
  pareto.k = fmin (fmax (k, SF_PARETO_K_MIN), SF_PARETO_K_MAX);
  /* At the limits the mean alone is kept: it is scale / (1 + k). */
  pareto.scale_mps = pareto.k == k ? 2 * a0 * a1 / (a0 - 2 * a1) : a0 * (1 + pareto.k);
  return pareto;
}

double
sf_pareto_wind_mps (const struct sf_pareto *pareto, double period_years)
{
  double expected = pareto->rate_per_year * period_years;
  if (isnan (pareto->k) || !(expected >= 1))
    return (double) NAN;
  /* Below this a series is exact to the last digits, and the quotient is not. */
  if (fabs (pareto->k) < 1e-9)
    return pareto->threshold_mps + pareto->scale_mps * log (expected);
  return pareto->threshold_mps - pareto->scale_mps * expm1 (-pareto->k * log (expected)) / pareto->k;
}

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t
next_random (uint64_t *state)
{
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* The value at share q of n ascending values, straight between them. */
static double
quantile (const double *ascending, size_t n, double q)
{
  double place = q * (double) (n - 1);
  size_t i = (size_t) place;
  double next = i + 1 < n ? ascending[i + 1] : ascending[i];
  return ascending[i] + (place - (double) i) * (next - ascending[i]);
}

/* The most peaks that a draw of years can hold. */
static size_t
draw_room (const struct sf_peaks *peaks)
{
  size_t most = 0;
  for (size_t y = 0; y < peaks->years; y++)
    {
      size_t n = peaks->first[y + 1] - peaks->first[y];
      most = n > most ? n : most;
    }
  return most * peaks->years;
}

size_t
sf_peaks_workspace (const struct sf_peaks *peaks, size_t periods_count, size_t draws)
{
  return 2 * draw_room (peaks) + periods_count * draws;
}

static size_t
draw_years (const struct sf_peaks *peaks, uint64_t *state, double *drawn)
{
  size_t n = 0;
  for (size_t y = 0; y < peaks->years; y++)
    {
      size_t year = next_random (state) % peaks->years;
      for (size_t i = peaks->first[year]; i < peaks->first[year + 1]; i++)
        drawn[n++] = peaks->peaks_mps[i];
    }
  return n;
}

void
sf_peaks_bootstrap (const struct sf_peaks *peaks, double threshold_mps, const double *periods_years,
                    size_t periods_count, size_t draws, uint64_t seed, double *low_mps, double *high_mps,
                    double *workspace)
{
  size_t room = draw_room (peaks);
  double *drawn = workspace, *sorted = workspace + room, *winds = workspace + 2 * room;
  for (size_t d = 0; d < draws; d++)
    {
      size_t n = draw_years (peaks, &seed, drawn);
      struct sf_pareto pareto = sf_pareto_fit (drawn, n, threshold_mps, (double) peaks->years, sorted);
      for (size_t p = 0; p < periods_count; p++)
        winds[p * draws + d] = fmax (threshold_mps, sf_pareto_wind_mps (&pareto, periods_years[p]));
    }
  for (size_t p = 0; p < periods_count; p++)
    {
      qsort (winds + p * draws, draws, sizeof *winds, compare_doubles);
      low_mps[p] = quantile (winds + p * draws, draws, 0.05);
      high_mps[p] = quantile (winds + p * draws, draws, 0.95);
    }
}
