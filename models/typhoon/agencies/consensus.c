/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/consensus.h"

#include "geodata/sphere.h"
#include "models/typhoon/agencies/consensus_weights.h"

#include <math.h>
#include <stdlib.h>

enum
{
  HOUR_S = 3600,
  STEP_S = 6 * HOUR_S,
  LEARNT_S = 24 * HOUR_S,    /* errors are learnt from at multiples of this lead */
  LIFE_S = 60 * 24 * HOUR_S, /* no storm lives that long: an older base has the wrong year */
  N = SF_HISTORY_AGENCIES
};

const struct sf_consensus_rule sf_consensus_rule = {
  .error_km = 60,
  .error_kmph = 1.1,
  .floor_km = 80,
  .prior_cases = 4,
  .inertia_ridge = 0.3,
  .revision_s = 12 * HOUR_S,
  .oldest_s = 12 * HOUR_S,
  .shift_s = 48 * HOUR_S,
  .spread_low = 0.6,
  .spread_high = 1.8,
};

static const struct sf_track_point nowhere = { NAN, NAN, NAN, NAN };

/* Sums over errors that have been verified so far. */
struct learnt
{
  double products[N][N], cases[N][N]; /* of errors / s */
  double revisions, against;          /* squares of revisions / s; products of revisions and errors / s^2 */
  double ratios, ratio_cases;         /* of the consensus' errors to those of past years */
};

struct replay
{
  const struct sf_storm_history *history;
  const struct sf_consensus_rule *rule;
  const struct sf_past_errors *past;
  struct sf_consensus consensus;
  struct learnt learnt;
  double *errors, *spreads; /* room for one of each base */
};

double
sf_quantile_lower (const double *sorted, size_t n, double q)
{
  return n ? sorted[(size_t) floor (q * (double) (n - 1))] : (double) NAN;
}

/* The full 6 h at or before a time, which may lie before 1970. */
static int64_t
full_step (int64_t time_s)
{
  int64_t rest = time_s % STEP_S;
  return time_s - (rest < 0 ? rest + STEP_S : rest);
}

/* The expected square of an agency's error at its true lead. */
static double
expected_square (const struct sf_consensus_rule *rule, int64_t lead_s)
{
  double error = rule->error_km + rule->error_kmph * (double) lead_s / HOUR_S;
  return error * error + rule->floor_km * rule->floor_km;
}

/* Errors at a lead hang together for about twice the lead; forecasts 6 h apart are that much less than independent. */
static double
independence (int64_t lead_s)
{
  return (double) STEP_S / (2.0 * (double) lead_s);
}

/* --- one agency at a valid time, as known at a base --- */

struct opinion
{
  struct sf_track_point at;
  int64_t lead_s; /* true */
};

/* How far the forecast is off the newest analysis since it was made, in km; 0 without one. */
static void
find_shift (const struct replay *r, const struct sf_agency_forecast *forecast, int64_t base_s, double ret_km[2])
{
  struct sf_track_point then;
  ret_km[0] = ret_km[1] = 0;
  for (size_t i = r->history->fixes_count; i-- > 0;)
    if (r->history->fix_s[i] <= base_s)
      {
        if (r->history->fix_s[i] > forecast->base_s && sf_forecast_at (forecast, r->history->fix_s[i], &then))
          sf_plane_offset_km (&then, &r->history->fixes[i], ret_km);
        return;
      }
}

static bool
ask (const struct replay *r, size_t agency, int64_t base_s, int64_t valid_s, struct opinion *ret_opinion)
{
  const struct sf_agency_forecast *forecast
      = sf_history_newest (&r->history->agencies[agency], base_s, r->rule->oldest_s, valid_s);
  if (!forecast || !sf_forecast_at (forecast, valid_s, &ret_opinion->at))
    return false;
  ret_opinion->lead_s = valid_s - forecast->base_s;
  double share = 1 - (double) (valid_s - base_s) / (double) r->rule->shift_s, shift_km[2];
  if (forecast->base_s < base_s && share > 0)
    {
      find_shift (r, forecast, base_s, shift_km);
      shift_km[0] *= share;
      shift_km[1] *= share;
      sf_plane_move (&ret_opinion->at, shift_km);
    }
  return true;
}

/* --- the mean --- */

/* Mean of the diagonal: how large errors are, agencies together. */
static double
mean_square (const struct learnt *learnt, size_t n)
{
  double sum = 0, cases = 0;
  for (size_t i = 0; i < n; i++)
    {
      sum += learnt->products[i][i];
      cases += learnt->cases[i][i];
    }
  return cases > 0 ? fmax (sum / cases, 0.05) : 1;
}

/* The covariance of the agencies that have an opinion, count x count. */
static void
fill_covariance (const struct replay *r, const size_t *who, const struct opinion *opinions, size_t count,
                 double *covariance)
{
  const struct learnt *learnt = &r->learnt;
  double prior = r->rule->prior_cases, square = mean_square (learnt, r->history->agencies_count);
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < count; j++)
      {
        double scale
            = sqrt (expected_square (r->rule, opinions[i].lead_s) * expected_square (r->rule, opinions[j].lead_s));
        double c = (i == j ? prior * square : 0) + learnt->products[who[i]][who[j]];
        covariance[i * count + j] = scale * c / (prior + learnt->cases[who[i]][who[j]]);
      }
}

static double
weighted (const double *values, const double *weights, size_t count)
{
  double sum = 0, weight = 0;
  for (size_t i = 0; i < count; i++)
    if (!isnan (values[i]))
      {
        sum += weights[i] * values[i];
        weight += weights[i];
      }
  return weight > 0 ? sum / weight : (double) NAN;
}

/* Offsets from the first opinion, so that 180 degrees are a place like others. */
static struct sf_track_point
mean_of (const struct opinion *opinions, const double *weights, size_t count)
{
  double values[4][N];
  const struct sf_track_point *first = &opinions[0].at;
  for (size_t i = 0; i < count; i++)
    {
      values[0][i] = sf_sphere_wrap_lon_deg (opinions[i].at.lon_deg - first->lon_deg);
      values[1][i] = opinions[i].at.lat_deg - first->lat_deg;
      values[2][i] = opinions[i].at.wind_mps;
      values[3][i] = opinions[i].at.pressure_hpa;
    }
  return (struct sf_track_point){ sf_sphere_wrap_lon_deg (first->lon_deg + weighted (values[0], weights, count)),
                                  first->lat_deg + weighted (values[1], weights, count),
                                  weighted (values[2], weights, count), weighted (values[3], weights, count) };
}

static double
spread_of (const struct opinion *opinions, size_t count, const struct sf_track_point *mean)
{
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    {
      double km = sf_sphere_distance_km (opinions[i].at.lon_deg, opinions[i].at.lat_deg, mean->lon_deg, mean->lat_deg);
      sum += km * km;
    }
  return sqrt (sum / (double) count);
}

static void
find_mean (const struct replay *r, int64_t base_s, struct sf_consensus_point *point)
{
  struct opinion opinions[N];
  size_t who[N], count = 0;
  double covariance[N * N], weights[N];
  for (size_t a = 0; a < r->history->agencies_count; a++)
    if (ask (r, a, base_s, point->time_s, &opinions[count]))
      who[count++] = a;
  point->agencies_count = count;
  if (count < 2)
    return;
  fill_covariance (r, who, opinions, count, covariance);
  sf_consensus_weights (covariance, count, weights);
  for (size_t i = 0; i < count; i++)
    point->weights[who[i]] = weights[i];
  point->mean = mean_of (opinions, weights, count);
  point->spread_km = spread_of (opinions, count, &point->mean);
}

/* --- inertia --- */

/* A point of a base by its time; NULL where the base has none. */
static const struct sf_consensus_point *
point_at (const struct sf_consensus_base *base, int64_t time_s)
{
  int64_t index = (time_s - base->points[0].time_s) / STEP_S;
  if (index < 0 || index >= SF_CONSENSUS_POINTS || base->points[index].time_s != time_s
      || isnan (base->points[index].mean.lon_deg))
    return NULL;
  return &base->points[index];
}

/* The newest base of up to a time; NULL: none. */
static const struct sf_consensus_base *
base_until (const struct replay *r, int64_t time_s)
{
  for (size_t b = r->consensus.count; b-- > 0;)
    if (r->consensus.bases[b].base_s <= time_s)
      return &r->consensus.bases[b];
  return NULL;
}

/* What the mean of a moment moved by in the last revision_s before the base, in km; where no base is just as old, what it
   moved by since the one before, in proportion. */
static bool
find_revision (const struct replay *r, int64_t base_s, const struct sf_consensus_point *point, double ret_km[2])
{
  const struct sf_consensus_base *before = base_until (r, base_s - r->rule->revision_s);
  const struct sf_consensus_point *then = before ? point_at (before, point->time_s) : NULL;
  if (!then)
    return false;
  double share = (double) r->rule->revision_s / (double) (base_s - before->base_s);
  sf_plane_offset_km (&then->mean, &point->mean, ret_km);
  ret_km[0] *= share;
  ret_km[1] *= share;
  return true;
}

static void
carry_on (const struct replay *r, const struct sf_consensus_base *base, struct sf_consensus_point *point)
{
  double km[2], lead = (double) (point->time_s - base->base_s) / LEARNT_S, share = base->inertia * fmin (1, lead);
  point->at = point->mean;
  if (isnan (point->mean.lon_deg) || !find_revision (r, base->base_s, point, km))
    return;
  km[0] *= share;
  km[1] *= share;
  sf_plane_move (&point->at, km);
}

/* --- learning from what has come true --- */

static double
dot (const double a[2], const double b[2])
{
  return a[0] * b[0] + a[1] * b[1];
}

/* The agencies' errors at a base, for a moment whose truth is known by now. */
static void
learn_products (struct replay *r, int64_t base_s, int64_t valid_s, const struct sf_track_point *truth)
{
  double errors[N][2], weight = independence (valid_s - base_s);
  bool known[N];
  for (size_t a = 0; a < r->history->agencies_count; a++)
    {
      struct opinion opinion;
      known[a] = ask (r, a, base_s, valid_s, &opinion);
      if (!known[a])
        continue;
      double s = sqrt (expected_square (r->rule, opinion.lead_s));
      sf_plane_offset_km (truth, &opinion.at, errors[a]);
      errors[a][0] /= s;
      errors[a][1] /= s;
    }
  for (size_t i = 0; i < r->history->agencies_count; i++)
    for (size_t j = 0; j < r->history->agencies_count; j++)
      if (known[i] && known[j])
        {
          r->learnt.products[i][j] += weight * dot (errors[i], errors[j]);
          r->learnt.cases[i][j] += weight;
        }
}

static void
learn_inertia (struct replay *r, const struct sf_consensus_base *base, int64_t valid_s,
               const struct sf_track_point *truth)
{
  const struct sf_consensus_point *point = point_at (base, valid_s);
  double revision[2], error[2], square = expected_square (r->rule, valid_s - base->base_s);
  if (!point || !find_revision (r, base->base_s, point, revision))
    return;
  sf_plane_offset_km (truth, &point->mean, error);
  double weight = independence (valid_s - base->base_s) / square;
  r->learnt.revisions += weight * dot (revision, revision);
  r->learnt.against -= weight * dot (revision, error);
}

static void
learn_ease (struct replay *r, const struct sf_consensus_base *base, int64_t valid_s, const struct sf_track_point *truth)
{
  const struct sf_consensus_point *point = point_at (base, valid_s);
  int64_t lead_s = valid_s - base->base_s;
  double usual_km = sf_past_error_mean_km (r->past, lead_s), weight = independence (lead_s);
  if (!point || !(usual_km > 0))
    return;
  double km = sf_sphere_distance_km (point->at.lon_deg, point->at.lat_deg, truth->lon_deg, truth->lat_deg);
  r->learnt.ratios += weight * km / usual_km;
  r->learnt.ratio_cases += weight;
}

/* Take in the truth of a full 6 h: every forecast for it is verified now. */
static void
learn (struct replay *r, int64_t valid_s)
{
  struct sf_track_point truth;
  if (!sf_history_truth (r->history, valid_s, valid_s, &truth))
    return;
  for (size_t b = 0; b < r->consensus.count; b++)
    {
      int64_t lead_s = valid_s - r->consensus.bases[b].base_s;
      if (lead_s <= 0 || lead_s % LEARNT_S || lead_s > SF_CONSENSUS_POINTS * STEP_S)
        continue;
      learn_products (r, r->consensus.bases[b].base_s, valid_s, &truth);
      learn_inertia (r, &r->consensus.bases[b], valid_s, &truth);
      learn_ease (r, &r->consensus.bases[b], valid_s, &truth);
    }
}

/* --- how sure --- */

static int
compare_doubles (const void *left, const void *right)
{
  double a = *(const double *) left, b = *(const double *) right;
  return (a > b) - (a < b);
}

/* Errors and spreads of the consensus at a lead, of bases whose moment has come by a time; returns their number. */
static size_t
gather_errors (struct replay *r, int64_t known_s, int64_t lead_s)
{
  size_t n = 0;
  for (size_t b = 0; b < r->consensus.count; b++)
    {
      const struct sf_consensus_base *base = &r->consensus.bases[b];
      const struct sf_consensus_point *point = point_at (base, base->base_s + lead_s);
      struct sf_track_point truth;
      if (!point || point->time_s > known_s || !sf_history_truth (r->history, point->time_s, known_s, &truth))
        continue;
      r->errors[n] = sf_sphere_distance_km (point->at.lon_deg, point->at.lat_deg, truth.lon_deg, truth.lat_deg);
      r->spreads[n++] = point->spread_km;
    }
  qsort (r->errors, n, sizeof *r->errors, compare_doubles);
  return n;
}

/* How much wider or narrower than usual the agencies stand apart, believed as far as the past is known. */
static double
spread_factor (const struct replay *r, size_t n, double spread_km, double trust)
{
  double usual = 0;
  for (size_t i = 0; i < n; i++)
    usual += r->spreads[i] / (double) n;
  if (!(usual > 0 && spread_km > 0))
    return 1;
  return pow (fmax (r->rule->spread_low, fmin (r->rule->spread_high, spread_km / usual)), trust);
}

static void
judge (struct replay *r, const struct sf_consensus_base *base, struct sf_consensus_point *point)
{
  int64_t lead_s = point->time_s - base->base_s, grid_s = (lead_s + STEP_S - 1) / STEP_S * STEP_S;
  size_t n = gather_errors (r, base->base_s, grid_s);
  double cases = (double) n * independence (grid_s), prior = r->rule->prior_cases, trust = cases / (prior + cases);
  double factor = spread_factor (r, n, point->spread_km, trust);
  double ease = (prior + r->learnt.ratios) / (prior + r->learnt.ratio_cases),
         radius_68 = ease * sf_past_error_radius_km (r->past, lead_s, 0.68),
         radius_90 = ease * sf_past_error_radius_km (r->past, lead_s, 0.9);
  if (n)
    {
      radius_68 += trust * (sf_quantile_lower (r->errors, n, 0.68) - radius_68);
      radius_90 += trust * (sf_quantile_lower (r->errors, n, 0.9) - radius_90);
    }
  point->error_68_km = factor * radius_68;
  point->error_90_km = factor * radius_90;
}

/* --- base by base --- */

static double
mean_cases (const struct replay *r)
{
  double sum = 0;
  for (size_t a = 0; a < r->history->agencies_count; a++)
    sum += r->learnt.cases[a][a] / (double) r->history->agencies_count;
  return sum;
}

static void
run_base (struct replay *r, int64_t base_s)
{
  struct sf_consensus_base *base = &r->consensus.bases[r->consensus.count];
  *base = (struct sf_consensus_base){
    .base_s = base_s,
    .cases = mean_cases (r),
    .inertia = fmax (0, fmin (1, r->learnt.against / (r->learnt.revisions + r->rule->inertia_ridge)))
  };
  for (int i = 0; i < SF_CONSENSUS_POINTS; i++)
    {
      struct sf_consensus_point *point = &base->points[i];
      *point = (struct sf_consensus_point){ .time_s = full_step (base_s) + (i + 1) * STEP_S,
                                            .mean = nowhere,
                                            .at = nowhere,
                                            .spread_km = NAN,
                                            .error_68_km = NAN,
                                            .error_90_km = NAN };
      find_mean (r, base_s, point);
      carry_on (r, base, point);
      if (point->agencies_count >= 2)
        judge (r, base, point);
    }
  r->consensus.count++;
}

/* Bases of all agencies from a time up to another: the first of them and the last; false without any. */
static bool
find_bases (const struct sf_storm_history *history, int64_t from_s, int64_t to_s, int64_t *ret_first_s,
            int64_t *ret_last_s)
{
  bool found = false;
  for (size_t a = 0; a < history->agencies_count; a++)
    for (size_t i = 0; i < history->agencies[a].forecasts_count; i++)
      {
        const struct sf_agency_forecast *forecast = &history->agencies[a].forecasts[i];
        int64_t base_s = forecast->base_s;
        if (base_s < from_s || base_s > to_s || forecast->repeat)
          continue;
        *ret_first_s = !found || base_s < *ret_first_s ? base_s : *ret_first_s;
        *ret_last_s = !found || base_s > *ret_last_s ? base_s : *ret_last_s;
        found = true;
      }
  return found;
}

/* The first and the newest base of a storm's life up to now. */
static bool
find_span (const struct sf_storm_history *history, int64_t now_s, int64_t *ret_first_s, int64_t *ret_newest_s)
{
  return find_bases (history, INT64_MIN, now_s, ret_first_s, ret_newest_s)
         && find_bases (history, *ret_newest_s - LIFE_S, now_s, ret_first_s, ret_newest_s);
}

enum sf_code
sf_consensus_replay (struct sf_arena *arena, const struct sf_storm_history *history,
                     const struct sf_consensus_rule *rule, const struct sf_past_errors *past, int64_t now_s,
                     struct sf_consensus *ret_consensus, struct sf_error *err)
{
  struct replay r = { .history = history, .rule = rule, .past = past };
  int64_t first_s, newest_s;
  *ret_consensus = r.consensus;
  if (!find_span (history, now_s, &first_s, &newest_s))
    return SF_OK;
  int64_t grid_s = full_step (first_s + STEP_S - 1);
  size_t room = (size_t) ((newest_s - first_s) / STEP_S) + 2;
  r.consensus.bases = sf_arena_calloc (arena, room, sizeof *r.consensus.bases);
  r.errors = sf_arena_calloc (arena, room, sizeof *r.errors);
  r.spreads = sf_arena_calloc (arena, room, sizeof *r.spreads);
  if (!r.consensus.bases || !r.errors || !r.spreads)
    return sf_fail (err, SF_ENOMEM, "out of memory for the consensus of storm %s", history->storm);
  for (; grid_s <= newest_s; grid_s += STEP_S)
    {
      learn (&r, grid_s);
      run_base (&r, grid_s);
    }
  if (r.consensus.count == 0 || r.consensus.bases[r.consensus.count - 1].base_s < newest_s)
    run_base (&r, newest_s);
  *ret_consensus = r.consensus;
  return SF_OK;
}
