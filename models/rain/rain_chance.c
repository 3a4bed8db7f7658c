/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/rain_chance.h"

#include <math.h>

/* P (amount * factor <= x), the logarithm of the factor normal with mean -sigma^2 / 2. */
static double
below (double amount_mm, double sigma, double x_mm)
{
  if (amount_mm <= 0 || sigma == 0)
    return x_mm >= amount_mm ? 1 : 0;
  return 0.5 * erfc (-(log (x_mm / amount_mm) + 0.5 * sigma * sigma) / (sigma * M_SQRT2));
}

static double
share_below (const double *amounts_mm, size_t count, double sigma, double x_mm)
{
  double sum = 0;
  size_t known = 0;
  for (size_t i = 0; i < count; i++)
    if (!isnan (amounts_mm[i]))
      {
        sum += below (amounts_mm[i], sigma, x_mm);
        known++;
      }
  return sum / (double) known;
}

double
sf_rain_quantile_mm (const double *amounts_mm, size_t count, double cv, double probability)
{
  double largest = (double) NAN;
  for (size_t i = 0; i < count; i++)
    largest = fmax (largest, amounts_mm[i]);
  if (isnan (largest) || !(cv >= 0) || !(probability > 0 && probability < 1))
    return (double) NAN;
  double sigma = sqrt (log1p (cv * cv)), low = 0, high = fmax (largest, 0);
  if (share_below (amounts_mm, count, sigma, low) >= probability)
    return 0;
  while (share_below (amounts_mm, count, sigma, high) < probability)
    high *= 2;
  for (int i = 0; i < 100 && high - low > 1e-9 * high; i++)
    {
      double middle = 0.5 * (low + high);
      if (share_below (amounts_mm, count, sigma, middle) < probability)
        low = middle;
      else
        high = middle;
    }
  return high;
}
