/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_kernels.h"

#include <math.h>

double
sf_quality_distance_m (double lon_a_deg, double lat_a_deg, double lon_b_deg, double lat_b_deg)
{
  const double radius_m = 6371000, rad = M_PI / 180;
  double north = sin ((lat_b_deg - lat_a_deg) * rad / 2), east = sin ((lon_b_deg - lon_a_deg) * rad / 2);
  double h = north * north + cos (lat_a_deg * rad) * cos (lat_b_deg * rad) * east * east;
  return 2 * radius_m * asin (sqrt (h > 1 ? 1 : h));
}

static bool
is_beyond (const double bounds[2], double value)
{
  return value < bounds[0] || value > bounds[1];
}

int
sf_quality_range_grade (const struct sf_quality_range *range, double value)
{
  return is_beyond (range->hard, value) ? 2 : is_beyond (range->soft, value) ? 1 : 0;
}

const struct sf_quality_unit *
sf_quality_suspect_unit (const struct sf_quantity_rule *rule, const struct sf_quality_range *range, double value)
{
  if (sf_quality_range_grade (range, value) == 0)
    return NULL;
  for (size_t i = 0; i < rule->units_count; i++)
    if (sf_quality_range_grade (range, value * rule->units[i].factor) == 0)
      return &rule->units[i];
  return NULL;
}

int
sf_quality_clock_grade (const struct sf_clock_rule *clock, int64_t valid_s, int64_t received_s)
{
  if (clock->far_ahead_s > 0 && valid_s - received_s > clock->far_ahead_s)
    return 2;
  if (clock->ahead_s > 0 && valid_s - received_s > clock->ahead_s)
    return 1;
  for (size_t i = 0; i < clock->resets_count; i++)
    {
      int64_t since_s = valid_s - clock->resets_s[i];
      if (since_s >= 0 && since_s < clock->reset_span_s && received_s - valid_s > clock->reset_span_s)
        return 3;
    }
  return 0;
}

bool
sf_quality_is_outside (const struct sf_box *box, double lon_deg, double lat_deg)
{
  if (lat_deg < box->south_deg || lat_deg > box->north_deg)
    return true;
  if (box->west_deg > box->east_deg)
    return lon_deg < box->west_deg && lon_deg > box->east_deg;
  return lon_deg < box->west_deg || lon_deg > box->east_deg;
}

enum sf_quality_link
sf_quality_step_link (const struct sf_quality_step *step, int64_t dt_s, double change)
{
  if (isnan (step->per_hour) || dt_s > step->gap_s || isnan (change))
    return SF_QUALITY_APART;
  double allowed = fmax (step->least, step->per_hour * (double) dt_s / 3600);
  return fabs (change) <= allowed ? SF_QUALITY_LINKED : SF_QUALITY_BROKEN;
}

enum sf_quality_link
sf_quality_speed_link (const struct sf_mover_rule *mover, int64_t dt_s, double distance_m)
{
  if (isnan (mover->speed_mps) || dt_s > mover->gap_s || isnan (distance_m))
    return SF_QUALITY_APART;
  return distance_m <= mover->slack_m + mover->speed_mps * (double) dt_s ? SF_QUALITY_LINKED : SF_QUALITY_BROKEN;
}

bool
sf_quality_is_jump (const unsigned char *links, size_t count, size_t at)
{
  size_t first = at, last = at;
  while (first > 0 && at - first < 2 && links[first - 1] == SF_QUALITY_LINKED)
    first--;
  while (last + 1 < count && last - at < 2 && links[last] == SF_QUALITY_LINKED)
    last++;
  if (last - first >= 2)
    return false;
  return (first > 0 && links[first - 1] == SF_QUALITY_BROKEN) || (last + 1 < count && links[last] == SF_QUALITY_BROKEN);
}

size_t
sf_quality_run_begin (const int64_t *valid_s, const double *values, size_t at, int64_t gap_s)
{
  while (at > 0 && values[at - 1] == values[at] && valid_s[at] - valid_s[at - 1] <= gap_s)
    at--;
  return at;
}

bool
sf_quality_is_stuck (const struct sf_quality_stuck *stuck, double value, int64_t standing_s)
{
  if (stuck->for_s <= 0 || standing_s < stuck->for_s)
    return false;
  for (size_t i = 0; i < stuck->exceptions_count; i++)
    if (value == stuck->exceptions[i])
      return false;
  return true;
}

double
sf_quality_curve_level (const struct sf_curve_point *curve, size_t count, double storage_m3)
{
  size_t i = 1;
  while (i + 1 < count && storage_m3 > curve[i].storage_m3)
    i++;
  const struct sf_curve_point *a = &curve[i - 1], *b = &curve[i];
  return a->level_m + (storage_m3 - a->storage_m3) * (b->level_m - a->level_m) / (b->storage_m3 - a->storage_m3);
}

bool
sf_quality_sum_contradicts (const struct sf_agreement_rule *rule, double sum_mm, bool complete, double day_mm)
{
  double allowed_mm = fmax (rule->rain_mm, rule->rain_share * fmax (sum_mm, day_mm));
  return sum_mm - day_mm > allowed_mm || (complete && day_mm - sum_mm > allowed_mm);
}
