/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/track_interp.h"

#include <inttypes.h>
#include <math.h>

size_t
sf_track_interp_count (const int64_t *time_s, size_t n, int64_t step_s)
{
  if (n == 0 || step_s < 1)
    return 0;
  return (size_t) ((time_s[n - 1] - time_s[0]) / step_s) + 1;
}

void
sf_track_interp_times (const int64_t *time_s, int64_t step_s, size_t count, int64_t *out_time_s)
{
  for (size_t k = 0; k < count; k++)
    out_time_s[k] = time_s[0] + (int64_t) k * step_s;
}

size_t
sf_track_interp_workspace (size_t n)
{
  return 5 * n;
}

static enum sf_code
check_fixes (const int64_t *time_s, const double *lon_deg, const double *lat_deg, size_t n, struct sf_error *err)
{
  if (n == 0)
    return sf_fail (err, SF_EINVAL, "the track is empty: nothing to interpolate");
  for (size_t i = 0; i < n; i++)
    {
      if (!isfinite (lon_deg[i]) || !isfinite (lat_deg[i]))
        return sf_fail (err, SF_EINVAL, "track fix %zu has no position: drop it before interpolating", i);
      if (i > 0 && time_s[i] <= time_s[i - 1])
        return sf_fail (err, SF_EINVAL, "track fix %zu is not later than the one before it: sort, and drop duplicates",
                        i);
    }
  return SF_OK;
}

/* Second derivatives of the parabola through three knots: one number for all. */
static void
parabola (const double *x, const double *y, double *second)
{
  double left = (y[1] - y[0]) / (x[1] - x[0]), right = (y[2] - y[1]) / (x[2] - x[1]);
  second[0] = second[1] = second[2] = 2.0 * (right - left) / (x[2] - x[0]);
}

/* Second derivatives at n >= 4 knots of the cubic spline whose third derivative is continuous at the second and the
   last but one knot. The end unknowns are eliminated, the rest is tridiagonal: upper and right hold its elimination. */
static void
not_a_knot (const double *x, const double *y, size_t n, double *second, double *upper, double *right)
{
  size_t last = n - 1;
  for (size_t i = 1; i < last; i++)
    {
      double h0 = x[i] - x[i - 1], h1 = x[i + 1] - x[i];
      double low = h0, mid = 2.0 * (h0 + h1), up = h1;
      double value = 6.0 * ((y[i + 1] - y[i]) / h1 - (y[i] - y[i - 1]) / h0);
      if (i == 1)
        {
          mid += h0 + h0 * h0 / h1;
          up -= h0 * h0 / h1;
          low = 0.0;
        }
      if (i == last - 1)
        {
          mid += h1 + h1 * h1 / h0;
          low -= h1 * h1 / h0;
          up = 0.0;
        }
      double pivot = i == 1 ? mid : mid - low * upper[i - 1];
      upper[i] = up / pivot;
      right[i] = (i == 1 ? value : value - low * right[i - 1]) / pivot;
    }
  second[last - 1] = right[last - 1];
  for (size_t i = last - 1; i-- > 1;)
    second[i] = right[i] - upper[i] * second[i + 1];
  double first_ratio = (x[1] - x[0]) / (x[2] - x[1]);
  double last_ratio = (x[last] - x[last - 1]) / (x[last - 1] - x[last - 2]);
  second[0] = second[1] + (second[1] - second[2]) * first_ratio;
  second[last] = second[last - 1] + (second[last - 1] - second[last - 2]) * last_ratio;
}

static void
second_derivatives (const double *x, const double *y, size_t n, double *second, double *upper, double *right)
{
  if (n >= 4)
    not_a_knot (x, y, n, second, upper, right);
  else if (n == 3)
    parabola (x, y, second);
  else
    for (size_t i = 0; i < n; i++)
      second[i] = 0.0;
}

/* The cubic between knots i and i + 1 at offset from knot i. */
static double
cubic_at (const double *x, const double *y, const double *second, size_t i, double at)
{
  double h = x[i + 1] - x[i], a = (x[i + 1] - at) / h, b = (at - x[i]) / h;
  double bend = ((a * a * a - a) * second[i] + (b * b * b - b) * second[i + 1]) * h * h / 6.0;
  return a * y[i] + b * y[i + 1] + bend;
}

static void
evaluate (const double *x, const double *y, const double *second, size_t n, const int64_t *at_s, int64_t origin_s,
          size_t count, double *out)
{
  size_t i = 0;
  for (size_t k = 0; k < count; k++)
    {
      double at = (double) (at_s[k] - origin_s);
      while (i + 2 < n && x[i + 1] <= at)
        i++;
      out[k] = n == 1 ? y[0] : at == x[i + 1] ? y[i + 1] : cubic_at (x, y, second, i, at);
    }
}

enum sf_code
sf_track_interp_path (const int64_t *time_s, const double *lon_deg, const double *lat_deg, size_t n,
                      enum sf_track_path path, const int64_t *at_s, size_t count, double *out_lon_deg,
                      double *out_lat_deg, double *workspace, struct sf_error *err)
{
  SF_TRY (check_fixes (time_s, lon_deg, lat_deg, n, err));
  for (size_t k = 0; k < count; k++)
    if (at_s[k] < time_s[0] || at_s[k] > time_s[n - 1] || (k > 0 && at_s[k] < at_s[k - 1]))
      return sf_fail (err, SF_ERANGE, "wanted time %" PRId64 " s is outside the track's fixes or out of order",
                      at_s[k]);
  double *x = workspace, *y = x + n, *second = y + n, *upper = second + n, *right = upper + n;
  for (size_t i = 0; i < n; i++)
    {
      x[i] = (double) (time_s[i] - time_s[0]);
      y[i] = i == 0 ? lon_deg[0] : y[i - 1] + remainder (lon_deg[i] - lon_deg[i - 1], 360.0);
    }
  size_t bent = path == SF_TRACK_PATH_SPLINE ? n : 0;
  for (size_t i = 0; i < n; i++)
    second[i] = 0.0;
  second_derivatives (x, y, bent, second, upper, right);
  evaluate (x, y, second, n, at_s, time_s[0], count, out_lon_deg);
  second_derivatives (x, lat_deg, bent, second, upper, right);
  evaluate (x, lat_deg, second, n, at_s, time_s[0], count, out_lat_deg);
  for (size_t k = 0; k < count; k++)
    out_lat_deg[k] = fmax (-90, fmin (90, out_lat_deg[k]));
  return SF_OK;
}

/* The first index from i on that has a value, or n. */
static size_t
next_present (const double *values, size_t n, size_t i)
{
  while (i < n && isnan (values[i]))
    i++;
  return i;
}

void
sf_track_interp_linear (const int64_t *time_s, const double *values, size_t n, int64_t max_gap_s, const int64_t *at_s,
                        size_t count, double *out)
{
  size_t left = next_present (values, n, 0), right = left < n ? next_present (values, n, left + 1) : n;
  for (size_t k = 0; k < count; k++)
    {
      while (right < n && time_s[right] <= at_s[k])
        {
          left = right;
          right = next_present (values, n, left + 1);
        }
      if (left < n && at_s[k] == time_s[left])
        out[k] = values[left];
      else if (right >= n || at_s[k] < time_s[left] || time_s[right] - time_s[left] > max_gap_s)
        out[k] = NAN;
      else
        out[k] = values[left]
                 + (values[right] - values[left]) * (double) (at_s[k] - time_s[left])
                       / (double) (time_s[right] - time_s[left]);
    }
}
