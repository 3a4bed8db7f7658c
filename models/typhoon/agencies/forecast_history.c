/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/forecast_history.h"

#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/track_interp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  HOUR_S = 3600,
  LONGEST_H = 240,
  WIDEST_GAP_S = 24 * HOUR_S,
  TRUTH_GAP_S = 12 * HOUR_S
};

static const double km_per_deg = SF_EARTH_RADIUS_KM * M_PI / 180, same_deg = 0.005;

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for the forecasts of a storm");
}

void
sf_plane_offset_km (const struct sf_track_point *a, const struct sf_track_point *b, double ret_km[2])
{
  double middle = (a->lat_deg + b->lat_deg) / 2 * M_PI / 180;
  ret_km[0] = sf_sphere_wrap_lon_deg (b->lon_deg - a->lon_deg) * km_per_deg * cos (middle);
  ret_km[1] = (b->lat_deg - a->lat_deg) * km_per_deg;
}

void
sf_plane_move (struct sf_track_point *point, const double km[2])
{
  double north_deg = km[1] / km_per_deg, middle = (point->lat_deg + north_deg / 2) * M_PI / 180;
  point->lat_deg = fmax (-90, fmin (90, point->lat_deg + north_deg));
  point->lon_deg = sf_sphere_wrap_lon_deg (point->lon_deg + km[0] / (km_per_deg * cos (middle)));
}

/* --- gathering --- */

struct gatherer
{
  struct sf_arena *arena;
  const struct sf_tracks *tracks;
  const char *storm;
  const struct sf_agencies *agencies;
  enum sf_wind_exposure exposure;
};

static bool
is_usable (const struct sf_record *record)
{
  return record->quality < SF_QUALITY_ORIGINAL_UNRELIABLE && !isnan (record->as.track.lon_deg)
         && !isnan (record->as.track.lat_deg);
}

static struct sf_track_point
point_of (const struct gatherer *g, const struct sf_agency *agency, const struct sf_record *record)
{
  const struct sf_fix *fix = &record->as.track;
  int minutes = (int) lround (isnan (fix->averaging_min) ? agency->averaging_min : fix->averaging_min);
  return (struct sf_track_point){ .lon_deg = fix->lon_deg,
                                  .lat_deg = fix->lat_deg,
                                  .wind_mps = sf_wind_convert_averaging (fix->wind_mps, minutes, 2, g->exposure),
                                  .pressure_hpa = fix->pressure_hpa };
}

static bool
is_of (const struct gatherer *g, const struct sf_track *track, const struct sf_agency *agency)
{
  return track->storm && !strcmp (track->storm, g->storm) && !track->member && track->fixes_count
         && sf_agencies_find (g->agencies, track->agency) == agency;
}

/* Several feeds may bring an agency's analysis: each moment is taken once. */
static int
compare_records (const void *left, const void *right)
{
  const struct sf_record *a = *(const struct sf_record *const *) left, *b = *(const struct sf_record *const *) right;
  if (a->valid_s != b->valid_s)
    return (a->valid_s > b->valid_s) - (a->valid_s < b->valid_s);
  return (a->quality > b->quality) - (a->quality < b->quality);
}

static enum sf_code
gather_analysis (const struct gatherer *g, const struct sf_agency *agency, struct sf_storm_history *history,
                 struct sf_error *err)
{
  size_t room = 0, n = 0, kept = 0;
  for (size_t t = 0; t < g->tracks->count; t++)
    if (is_of (g, &g->tracks->tracks[t], agency) && g->tracks->tracks[t].base_s == SF_TIME_MISSING)
      room += g->tracks->tracks[t].fixes_count;
  const struct sf_record **records = sf_arena_calloc (g->arena, room, sizeof *records);
  int64_t *fix_s = sf_arena_calloc (g->arena, room, sizeof *fix_s);
  struct sf_track_point *fixes = sf_arena_calloc (g->arena, room, sizeof *fixes);
  if (!records || !fix_s || !fixes)
    return no_memory (err);
  for (size_t t = 0; t < g->tracks->count; t++)
    for (size_t i = 0; i < g->tracks->tracks[t].fixes_count; i++)
      if (is_of (g, &g->tracks->tracks[t], agency) && g->tracks->tracks[t].base_s == SF_TIME_MISSING
          && is_usable (&g->tracks->tracks[t].fixes[i]))
        records[n++] = &g->tracks->tracks[t].fixes[i];
  qsort (records, n, sizeof *records, compare_records);
  for (size_t i = 0; i < n; i++)
    if (kept == 0 || records[i]->valid_s > fix_s[kept - 1])
      {
        fix_s[kept] = records[i]->valid_s;
        fixes[kept++] = point_of (g, agency, records[i]);
      }
  history->fix_s = fix_s;
  history->fixes = fixes;
  history->fixes_count = kept;
  history->truth = kept ? agency->code : NULL;
  return SF_OK;
}

static enum sf_code
choose_truth (const struct gatherer *g, struct sf_storm_history *history, struct sf_error *err)
{
  SF_TRY (gather_analysis (g, g->agencies->house, history, err));
  struct sf_storm_history best = *history;
  for (size_t a = 0; !history->truth && a < g->agencies->count; a++)
    {
      struct sf_storm_history other = { 0 };
      SF_TRY (gather_analysis (g, &g->agencies->items[a], &other, err));
      if (other.fixes_count > best.fixes_count)
        best = other;
    }
  history->fix_s = best.fix_s;
  history->fixes = best.fixes;
  history->fixes_count = best.fixes_count;
  history->truth = best.truth;
  return SF_OK;
}

/* The points as issued, each time once. */
static enum sf_code
take_points (const struct gatherer *g, const struct sf_track *track, struct sf_agency_forecast *forecast,
             struct sf_error *err)
{
  size_t n = 0;
  int64_t *point_s = sf_arena_calloc (g->arena, track->fixes_count, sizeof *point_s);
  const struct sf_record **records = sf_arena_calloc (g->arena, track->fixes_count, sizeof *records);
  if (!point_s || !records)
    return no_memory (err);
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_record *record = &track->fixes[i];
      if (!is_usable (record) || record->valid_s <= (n ? point_s[n - 1] : track->base_s))
        continue;
      point_s[n] = record->valid_s;
      records[n++] = record;
    }
  *forecast = (struct sf_agency_forecast){
    .base_s = track->base_s, .points_count = n, .point_s = point_s, .point_records = records
  };
  return SF_OK;
}

static int
compare_forecasts (const void *left, const void *right)
{
  const struct sf_agency_forecast *a = left, *b = right;
  if (a->base_s != b->base_s)
    return (a->base_s > b->base_s) - (a->base_s < b->base_s);
  return (a->points_count < b->points_count) - (a->points_count > b->points_count);
}

static bool
has_point (const struct sf_agency_forecast *forecast, const struct sf_record *record)
{
  for (size_t i = 0; i < forecast->points_count; i++)
    if (forecast->point_s[i] == record->valid_s)
      {
        const struct sf_fix *a = &forecast->point_records[i]->as.track, *b = &record->as.track;
        return fabs (sf_sphere_wrap_lon_deg (a->lon_deg - b->lon_deg)) < same_deg
               && fabs (a->lat_deg - b->lat_deg) < same_deg;
      }
  return false;
}

/* Whether a forecast says nothing that an earlier one did not. */
static bool
is_repeat (const struct sf_agency_forecast *forecast, const struct sf_agency_forecast *before)
{
  for (size_t i = 0; i < forecast->points_count; i++)
    if (!has_point (before, forecast->point_records[i]))
      return false;
  return true;
}

/* One forecast a base, the fullest, and repeats marked; returns their number. */
static size_t
mark_repeats (struct sf_agency_forecast *forecasts, size_t count)
{
  size_t kept = 0;
  const struct sf_agency_forecast *before = NULL;
  qsort (forecasts, count, sizeof *forecasts, compare_forecasts);
  for (size_t i = 0; i < count; i++)
    {
      if (kept && forecasts[i].base_s == forecasts[kept - 1].base_s)
        continue;
      forecasts[kept] = forecasts[i];
      forecasts[kept].repeat = before && is_repeat (&forecasts[kept], before);
      before = forecasts[kept].repeat ? before : &forecasts[kept];
      kept++;
    }
  return kept;
}

/* --- hour by hour --- */

/* What a forecast is drawn through: an analysis at its base, if there is one, and its points. */
struct drawing
{
  size_t n;
  int64_t *time_s;
  double *values[4]; /* lon, lat, wind, pressure */
};

static bool
allocate (struct sf_arena *arena, struct drawing *drawing, size_t n)
{
  bool ok = (drawing->time_s = sf_arena_calloc (arena, n, sizeof *drawing->time_s)) != NULL;
  for (int v = 0; v < 4; v++)
    ok = (drawing->values[v] = sf_arena_calloc (arena, n, sizeof *drawing->values[v])) != NULL && ok;
  return ok;
}

static void
add (struct drawing *drawing, int64_t time_s, const struct sf_track_point *point)
{
  const double values[4] = { point->lon_deg, point->lat_deg, point->wind_mps, point->pressure_hpa };
  drawing->time_s[drawing->n] = time_s;
  for (int v = 0; v < 4; v++)
    drawing->values[v][drawing->n] = values[v];
  drawing->n++;
}

/* The agency's own analysis at the base of its forecast. */
static bool
find_own_analysis (const struct gatherer *g, const struct sf_agency *agency, int64_t base_s,
                   struct sf_track_point *ret_point)
{
  for (size_t t = 0; t < g->tracks->count; t++)
    for (size_t i = 0; is_of (g, &g->tracks->tracks[t], agency) && i < g->tracks->tracks[t].fixes_count; i++)
      {
        const struct sf_record *record = &g->tracks->tracks[t].fixes[i];
        if (record->as.track.lead_s == 0 && record->valid_s == base_s && is_usable (record))
          {
            *ret_point = point_of (g, agency, record);
            return true;
          }
      }
  return false;
}

/* Hours that lie in a gap too wide to draw across are none. */
static void
forget_gaps (const struct drawing *drawing, struct sf_track_point *hours, size_t count, int64_t base_s)
{
  for (size_t i = 1; i < drawing->n; i++)
    for (size_t h = 0; drawing->time_s[i] - drawing->time_s[i - 1] > WIDEST_GAP_S && h < count; h++)
      {
        int64_t time_s = base_s + (int64_t) h * HOUR_S;
        if (time_s > drawing->time_s[i - 1] && time_s < drawing->time_s[i])
          hours[h].lon_deg = hours[h].lat_deg = NAN;
      }
}

static enum sf_code
draw (const struct gatherer *g, const struct drawing *drawing, struct sf_agency_forecast *forecast,
      struct sf_error *err)
{
  int64_t base_s = forecast->base_s, first_s = drawing->time_s[0], last_s = drawing->time_s[drawing->n - 1];
  size_t skipped = (size_t) ((first_s - base_s + HOUR_S - 1) / HOUR_S),
         count = (size_t) ((last_s - base_s) / HOUR_S) + 1;
  count = count > LONGEST_H + 1 ? LONGEST_H + 1 : count;
  if (count <= skipped)
    return SF_OK;
  size_t n = count - skipped;
  struct drawing out = { 0 };
  struct sf_track_point *hours = sf_arena_calloc (g->arena, count, sizeof *hours);
  double *workspace = sf_arena_calloc (g->arena, sf_track_interp_workspace (drawing->n), sizeof *workspace);
  if (!allocate (g->arena, &out, n) || !hours || !workspace)
    return no_memory (err);
  for (size_t i = 0; i < n; i++)
    out.time_s[i] = base_s + (int64_t) (skipped + i) * HOUR_S;
  SF_TRY (sf_track_interp_path (drawing->time_s, drawing->values[0], drawing->values[1], drawing->n,
                                SF_TRACK_PATH_SPLINE, out.time_s, n, out.values[0], out.values[1], workspace, err));
  for (int v = 2; v < 4; v++)
    sf_track_interp_linear (drawing->time_s, drawing->values[v], drawing->n, WIDEST_GAP_S, out.time_s, n,
                            out.values[v]);
  for (size_t h = 0; h < count; h++)
    hours[h] = h < skipped ? (struct sf_track_point){ NAN, NAN, NAN, NAN }
                           : (struct sf_track_point){ sf_sphere_wrap_lon_deg (out.values[0][h - skipped]),
                                                      out.values[1][h - skipped], out.values[2][h - skipped],
                                                      out.values[3][h - skipped] };
  forget_gaps (drawing, hours, count, base_s);
  forecast->hours = hours;
  forecast->hours_count = count;
  return SF_OK;
}

static enum sf_code
draw_hours (const struct gatherer *g, const struct sf_storm_history *history, const struct sf_agency *agency,
            struct sf_agency_forecast *forecast, struct sf_error *err)
{
  struct drawing drawing = { 0 };
  struct sf_track_point start;
  if (!allocate (g->arena, &drawing, forecast->points_count + 1))
    return no_memory (err);
  if (find_own_analysis (g, agency, forecast->base_s, &start)
      || sf_history_truth (history, forecast->base_s, forecast->base_s, &start))
    add (&drawing, forecast->base_s, &start);
  for (size_t i = 0; i < forecast->points_count; i++)
    {
      struct sf_track_point point = point_of (g, agency, forecast->point_records[i]);
      add (&drawing, forecast->point_s[i], &point);
    }
  return draw (g, &drawing, forecast, err);
}

static enum sf_code
gather_agency (const struct gatherer *g, const struct sf_storm_history *history, const struct sf_agency *agency,
               struct sf_agency_history *ret_agency, struct sf_error *err)
{
  size_t room = 0, n = 0;
  for (size_t t = 0; t < g->tracks->count; t++)
    room += is_of (g, &g->tracks->tracks[t], agency) && g->tracks->tracks[t].base_s != SF_TIME_MISSING;
  struct sf_agency_forecast *forecasts = sf_arena_calloc (g->arena, room, sizeof *forecasts);
  if (!forecasts)
    return no_memory (err);
  for (size_t t = 0; t < g->tracks->count; t++)
    if (is_of (g, &g->tracks->tracks[t], agency) && g->tracks->tracks[t].base_s != SF_TIME_MISSING)
      {
        SF_TRY (take_points (g, &g->tracks->tracks[t], &forecasts[n], err));
        n += forecasts[n].points_count > 0;
      }
  n = mark_repeats (forecasts, n);
  for (size_t i = 0; i < n; i++)
    if (!forecasts[i].repeat)
      SF_TRY (draw_hours (g, history, agency, &forecasts[i], err));
  *ret_agency = (struct sf_agency_history){ .agency = agency, .forecasts_count = n, .forecasts = forecasts };
  return SF_OK;
}

enum sf_code
sf_history_gather (struct sf_arena *arena, const struct sf_tracks *tracks, const char *storm,
                   const struct sf_agencies *agencies, enum sf_wind_exposure exposure,
                   struct sf_storm_history *ret_history, struct sf_error *err)
{
  struct gatherer g = { arena, tracks, storm, agencies, exposure };
  struct sf_storm_history history = { .storm = storm };
  struct sf_agency_history *list = sf_arena_calloc (arena, SF_HISTORY_AGENCIES, sizeof *list);
  if (!list)
    return no_memory (err);
  for (size_t t = 0; t < tracks->count; t++)
    if (tracks->tracks[t].storm && !strcmp (tracks->tracks[t].storm, storm))
      {
        history.number = tracks->tracks[t].number;
        history.name = tracks->tracks[t].name;
        history.name_zh = tracks->tracks[t].name_zh;
      }
  SF_TRY (choose_truth (&g, &history, err));
  for (size_t a = 0; a < agencies->count && history.agencies_count < SF_HISTORY_AGENCIES; a++)
    {
      SF_TRY (gather_agency (&g, &history, &agencies->items[a], &list[history.agencies_count], err));
      history.agencies_count += list[history.agencies_count].forecasts_count > 0;
    }
  history.agencies = list;
  *ret_history = history;
  return SF_OK;
}

/* --- looking up --- */

static struct sf_track_point
between (const struct sf_track_point *a, const struct sf_track_point *b, double share)
{
  double step_deg = sf_sphere_wrap_lon_deg (b->lon_deg - a->lon_deg);
  return (struct sf_track_point){ .lon_deg = sf_sphere_wrap_lon_deg (a->lon_deg + share * step_deg),
                                  .lat_deg = a->lat_deg + share * (b->lat_deg - a->lat_deg),
                                  .wind_mps = a->wind_mps + share * (b->wind_mps - a->wind_mps),
                                  .pressure_hpa = a->pressure_hpa + share * (b->pressure_hpa - a->pressure_hpa) };
}

bool
sf_forecast_at (const struct sf_agency_forecast *forecast, int64_t time_s, struct sf_track_point *ret_point)
{
  if (time_s < forecast->base_s || forecast->hours_count == 0)
    return false;
  size_t hour = (size_t) ((time_s - forecast->base_s) / HOUR_S);
  int64_t rest_s = (time_s - forecast->base_s) % HOUR_S;
  if (hour + (rest_s > 0) >= forecast->hours_count)
    return false;
  struct sf_track_point point = forecast->hours[hour];
  if (rest_s)
    point = between (&point, &forecast->hours[hour + 1], (double) rest_s / HOUR_S);
  if (isnan (point.lon_deg) || isnan (point.lat_deg))
    return false;
  *ret_point = point;
  return true;
}

const struct sf_agency_forecast *
sf_history_newest (const struct sf_agency_history *agency, int64_t known_s, int64_t oldest_s, int64_t valid_s)
{
  struct sf_track_point point;
  for (size_t i = agency->forecasts_count; i-- > 0;)
    {
      const struct sf_agency_forecast *forecast = &agency->forecasts[i];
      if (forecast->base_s > known_s || forecast->repeat)
        continue;
      if (known_s - forecast->base_s > oldest_s)
        return NULL;
      if (sf_forecast_at (forecast, valid_s, &point))
        return forecast;
    }
  return NULL;
}

bool
sf_history_truth (const struct sf_storm_history *history, int64_t time_s, int64_t known_s,
                  struct sf_track_point *ret_point)
{
  size_t low = 0, high = history->fixes_count;
  while (low < high)
    {
      size_t middle = (low + high) / 2;
      if (history->fix_s[middle] < time_s)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == history->fixes_count || history->fix_s[low] > known_s)
    return false;
  if (history->fix_s[low] == time_s)
    {
      *ret_point = history->fixes[low];
      return true;
    }
  if (low == 0 || history->fix_s[low] - history->fix_s[low - 1] > TRUTH_GAP_S)
    return false;
  *ret_point = between (&history->fixes[low - 1], &history->fixes[low],
                        (double) (time_s - history->fix_s[low - 1])
                            / (double) (history->fix_s[low] - history->fix_s[low - 1]));
  return true;
}
