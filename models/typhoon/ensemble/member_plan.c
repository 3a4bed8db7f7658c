/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_plan.h"

#include "core/base/mem.h"

#include <math.h>

static double
correlation_of (const struct sf_lead_correlation *rule, double a_h, double b_h)
{
  double s = sqrt (3) * fabs (log ((a_h + rule->offset_h) / (b_h + rule->offset_h))) / rule->length;
  return (1 + s) * exp (-s);
}

void
sf_lead_factor (const struct sf_lead_correlation *correlation, const double *lead_h, size_t n, double *factor)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      {
        double sum = j > i ? 0 : correlation_of (correlation, lead_h[i], lead_h[j]);
        for (size_t k = 0; k < j && j <= i; k++)
          sum -= factor[i * n + k] * factor[j * n + k];
        if (j < i) /* a column without a share of its own: its lead equals an earlier one */
          sum = factor[j * n + j] > 1e-7 ? sum / factor[j * n + j] : 0;
        else if (j == i)
          sum = sqrt (fmax (0, sum));
        factor[i * n + j] = sum;
      }
}

double
sf_folded_mean (double s, double y)
{
  if (s <= 0)
    return fabs (y);
  return s * sqrt (2 / M_PI) * exp (-y * y / (2 * s * s)) + y * erf (y / (s * sqrt (2)));
}

/* The gains of rapid intensification at one lead, as a few values with probabilities. */
struct gains
{
  const struct sf_member_plan *plan;
  double hour; /* of the lead */
};

enum
{
  PARTS = 8 /* of the exponential rest, each as its own mean */
};

static double
part_mean (int part)
{
  double a = (double) part / PARTS, b = (double) (part + 1) / PARTS;
  double top = b < 1 ? (1 - b) * log (1 - b) + b : 1;
  return PARTS * (top - ((1 - a) * log (1 - a) + a));
}

/* The probability of a beginning between lead k and the next. */
static double
begin_probability (const struct sf_member_plan *plan, size_t k)
{
  double rate_ph = plan->rapid.rate_per_day / 24;
  return plan->rapid_allowed[k] ? exp (-rate_ph * plan->hour[k]) - exp (-rate_ph * plan->hour[k + 1]) : 0;
}

/* The share of the gain that is there at an hour, when it begins between lead k and the next. */
static double
grown (const struct sf_member_plan *plan, size_t k, double hour)
{
  double begin_h = (plan->hour[k] + plan->hour[k + 1]) / 2;
  return fmin (1, fmax (0, hour - begin_h) / plan->rapid.hours);
}

static double
mean_gain (const struct gains *gains)
{
  const struct sf_member_plan *plan = gains->plan;
  double sum = 0;
  for (size_t k = 0; k + 1 < plan->n && plan->hour[k] < gains->hour; k++)
    sum += begin_probability (plan, k) * grown (plan, k, gains->hour);
  return sum * (plan->rapid.least_mps + plan->rapid.mean_rest_mps);
}

/* The mean absolute error of s Z + gain - mean gain. */
static double
mean_absolute (const struct gains *gains, double s, double mean)
{
  const struct sf_member_plan *plan = gains->plan;
  double rest = 1, sum = 0;
  for (size_t k = 0; k + 1 < plan->n && plan->hour[k] < gains->hour; k++)
    {
      double probability = begin_probability (plan, k), share = grown (plan, k, gains->hour);
      rest -= probability;
      for (int part = 0; part < PARTS; part++)
        {
          double gain = plan->rapid.least_mps + plan->rapid.mean_rest_mps * part_mean (part);
          sum += probability / PARTS * sf_folded_mean (s, share * gain - mean);
        }
    }
  return sum + rest * sf_folded_mean (s, -mean);
}

/* The normal part that brings the mean absolute error to the wanted one; a fifth of it where the gains alone exceed it. */
static double
normal_part (const struct gains *gains, double mean, double wanted)
{
  double low = 0.2 * wanted * sqrt (M_PI / 2), high = wanted * sqrt (M_PI / 2);
  for (int i = 0; i < 50; i++)
    {
      double mid = (low + high) / 2;
      *(mean_absolute (gains, mid, mean) < wanted ? &low : &high) = mid;
    }
  return (low + high) / 2;
}

struct sf_spread
sf_member_spread (const struct sf_member_rules *rules, const struct sf_lead_table *track_km, double lead_h)
{
  return sf_spread_of_mean (sf_lead_table_at (track_km, lead_h), sf_lead_table_at (&rules->along_over_cross, lead_h),
                            rules->along_cross_correlation, rules->tail_nu);
}

void
sf_member_track_km (const struct sf_member_rules *rules, bool consensus, const struct sf_lead_table *radius_68_km,
                    struct sf_lead_table *ret_track_km)
{
  struct sf_lead_table one = { .count = 1, .value = { 1 } };
  *ret_track_km = rules->track_km;
  for (int i = 0; consensus && !radius_68_km && i < ret_track_km->count; i++)
    ret_track_km->value[i] *= sf_lead_table_at (&rules->consensus_factor, ret_track_km->lead_h[i]);
  if (!consensus || !radius_68_km)
    return;
  *ret_track_km = (struct sf_lead_table){ 0 };
  sf_lead_table_add (ret_track_km, 0, sf_lead_table_at (&rules->track_km, 0), 1);
  for (int i = 0; i < radius_68_km->count; i++)
    {
      double lead_h = radius_68_km->lead_h[i];
      struct sf_spread unit = sf_member_spread (rules, &one, lead_h);
      if (lead_h > 0)
        sf_lead_table_add (ret_track_km, lead_h, radius_68_km->value[i] / sf_spread_quantile_km (&unit, 0.68), 1);
    }
}

static enum sf_code
allocate (struct sf_member_plan *plan, size_t n, struct sf_error *err)
{
  double **const arrays[]
      = { &plan->hour, &plan->along_km, &plan->cross_km, &plan->size, &plan->rapid_mean_mps, &plan->wind_mps };
  double **const squares[] = { &plan->track_factor, &plan->wind_factor, &plan->size_factor };
  bool ok = (plan->rapid_allowed = sf_mem_calloc (n, sizeof *plan->rapid_allowed)) != NULL;
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    ok &= (*arrays[i] = sf_mem_calloc (n, sizeof **arrays[i])) != NULL;
  for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
    ok &= (*squares[i] = sf_mem_calloc (n * n, sizeof **squares[i])) != NULL;
  return ok ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for the members' errors at %zu leads", n);
}

static void
fill (struct sf_member_plan *plan, const struct sf_member_rules *rules, const struct sf_plan_leads *leads)
{
  for (size_t i = 0; i < plan->n; i++)
    {
      struct sf_spread spread = sf_member_spread (rules, leads->track_km, leads->lead_h[i]);
      plan->hour[i] = leads->hour[i];
      plan->along_km[i] = spread.along_km;
      plan->cross_km[i] = spread.cross_km;
      plan->size[i] = fmax (0, sf_lead_table_at (&rules->size_deviation, leads->lead_h[i]));
      plan->rapid_allowed[i] = fabs (leads->lat_deg[i]) <= rules->rapid.most_latitude_deg;
    }
  for (size_t i = 0; i < plan->n; i++)
    {
      struct gains gains = { .plan = plan, .hour = plan->hour[i] };
      double wanted = fmax (0, sf_lead_table_at (&rules->intensity_mps, leads->lead_h[i]));
      plan->rapid_mean_mps[i] = mean_gain (&gains);
      plan->wind_mps[i] = normal_part (&gains, plan->rapid_mean_mps[i], wanted);
    }
}

enum sf_code
sf_member_plan_init (struct sf_member_plan *plan, const struct sf_member_rules *rules,
                     const struct sf_plan_leads *leads, struct sf_error *err)
{
  *plan = (struct sf_member_plan){ .n = leads->n,
                                   .nu = rules->tail_nu,
                                   .along_cross_correlation = rules->along_cross_correlation,
                                   .size_wind_correlation = rules->size_intensity_correlation,
                                   .rapid = rules->rapid };
  if (leads->n == 0)
    return sf_fail (err, SF_EINVAL, "members want at least one lead");
  enum sf_code code = allocate (plan, leads->n, err);
  if (code != SF_OK)
    {
      sf_member_plan_finish (plan);
      return code;
    }
  fill (plan, rules, leads);
  sf_lead_factor (&rules->track_correlation, leads->lead_h, plan->n, plan->track_factor);
  sf_lead_factor (&rules->intensity_correlation, leads->lead_h, plan->n, plan->wind_factor);
  sf_lead_factor (&rules->size_correlation, leads->lead_h, plan->n, plan->size_factor);
  return SF_OK;
}

void
sf_member_plan_finish (struct sf_member_plan *plan)
{
  double *const arrays[]
      = { plan->hour,           plan->along_km,     plan->cross_km,    plan->size,       plan->wind_mps,
          plan->rapid_mean_mps, plan->track_factor, plan->wind_factor, plan->size_factor };
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    sf_mem_free (arrays[i]);
  sf_mem_free (plan->rapid_allowed);
  *plan = (struct sf_member_plan){ 0 };
}
