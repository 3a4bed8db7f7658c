/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/consensus_weights.h"

#include <math.h>
#include <stdbool.h>

/* Solve A x = 1 for symmetric A, of which only the rows and columns in active are looked at, by Cholesky; the off-diagonal
   is taken times share. False when A is not positive definite. */
static bool
solve_ones (const double *a, size_t n, const size_t *active, size_t count, double share, double *x)
{
  double l[SF_WEIGHTS_MOST][SF_WEIGHTS_MOST];
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j <= i; j++)
      {
        double sum = a[active[i] * n + active[j]] * (i == j ? 1 : share);
        for (size_t k = 0; k < j; k++)
          sum -= l[i][k] * l[j][k];
        if (i != j)
          l[i][j] = sum / l[j][j];
        else if (sum > 1e-9 * a[active[i] * n + active[i]])
          l[i][i] = sqrt (sum);
        else
          return false;
      }
  for (size_t i = 0; i < count; i++)
    {
      x[i] = 1;
      for (size_t k = 0; k < i; k++)
        x[i] -= l[i][k] * x[k];
      x[i] /= l[i][i];
    }
  for (size_t i = count; i-- > 0;)
    {
      for (size_t k = i + 1; k < count; k++)
        x[i] -= l[k][i] * x[k];
      x[i] /= l[i][i];
    }
  return true;
}

/* Without a positive variance for each nobody can be told from the others. */
static bool
has_variances (const double *covariance, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!(covariance[i * n + i] > 0))
      return false;
  return true;
}

/* The place of the smallest of count values. */
static size_t
find_least (const double *values, size_t count)
{
  size_t least = 0;
  for (size_t i = 1; i < count; i++)
    if (values[i] < values[least])
      least = i;
  return least;
}

void
sf_consensus_weights (const double *covariance, size_t n, double *ret_weights)
{
  size_t active[SF_WEIGHTS_MOST] = { 0 }, count = n;
  double x[SF_WEIGHTS_MOST] = { 0 }, share = 1;
  for (size_t i = 0; i < n; i++)
    {
      active[i] = i;
      ret_weights[i] = has_variances (covariance, n) ? 0 : 1 / (double) n;
    }
  if (!has_variances (covariance, n))
    return;
  for (;;)
    {
      while (!solve_ones (covariance, n, active, count, share, x))
        share = share > 1e-3 ? share / 2 : 0;
      size_t least = find_least (x, count);
      if (x[least] >= 0 || count == 1)
        break;
      count--;
      for (size_t i = least; i < count; i++)
        active[i] = active[i + 1];
    }
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += x[i];
  for (size_t i = 0; i < count; i++)
    ret_weights[active[i]] = x[i] / sum;
}
