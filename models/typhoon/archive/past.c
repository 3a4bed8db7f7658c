/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/past.h"

#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/storm_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The next usable fix from i on that is later than time_s; the count when there is none. */
static size_t
next_fix (const struct sf_track *track, size_t i, int64_t time_s)
{
  while (i < track->fixes_count && (!sf_storm_fix_is_usable (&track->fixes[i]) || track->fixes[i].valid_s <= time_s))
    i++;
  return i;
}

double
sf_past_day (int64_t time_s)
{
  struct sf_civil newyear = { .year = sf_time_to_civil (time_s, 0).year, .month = 1, .day = 1 };
  int64_t newyear_s = time_s;
  sf_time_from_civil (&newyear, 0, &newyear_s, NULL);
  return 1 + (double) (time_s - newyear_s) / 86400;
}

double
sf_past_days_apart (double day_a, double day_b)
{
  return remainder (day_b - day_a, 365.2425);
}

static double
mean_radius_km (const struct sf_fix *fix)
{
  double sum = 0;
  int given = 0;
  for (int q = 0; q < SF_QUADRANTS; q++)
    if (fix->radii_km[q] > 0)
      {
        sum += fix->radii_km[q];
        given++;
      }
  return given ? sum / given : (double) NAN;
}

static double
house_wind_mps (const struct sf_fix *fix, enum sf_wind_exposure exposure)
{
  int minutes = isnan (fix->averaging_min) ? 2 : (int) lround (fix->averaging_min);
  return sf_wind_convert_averaging (fix->wind_mps, minutes, 2, exposure);
}

static double
between (double a, double b, double t)
{
  return t == 0 ? a : t == 1 ? b : a + t * (b - a);
}

/* The point at time_s on the straight way from fix a to fix b. turn_deg makes a's longitude continuous with those before. */
static struct sf_past_point
point_between (const struct sf_record *a, const struct sf_record *b, double turn_deg, int64_t time_s,
               enum sf_wind_exposure exposure)
{
  const struct sf_fix *fa = &a->as.track, *fb = &b->as.track;
  double t = b->valid_s == a->valid_s ? 0 : (double) (time_s - a->valid_s) / (double) (b->valid_s - a->valid_s);
  double east_deg = sf_sphere_wrap_lon_deg (fb->lon_deg - fa->lon_deg);
  double lat_deg = between (fa->lat_deg, fb->lat_deg, t);
  return (struct sf_past_point){
    .time_s = time_s,
    .lon_deg = fa->lon_deg + turn_deg + t * east_deg,
    .lat_deg = lat_deg,
    .cos_lat = cos (lat_deg * M_PI / 180),
    .wind_mps = between (house_wind_mps (fa, exposure), house_wind_mps (fb, exposure), t),
    .pressure_hpa = between (fa->pressure_hpa, fb->pressure_hpa, t),
    .size_km = between (mean_radius_km (fa), mean_radius_km (fb), t),
    .day = sf_past_day (time_s),
  };
}

/* The first step at or after time_s. */
static int64_t
step_from (int64_t time_s, int64_t phase_s)
{
  int64_t late = (time_s - phase_s) % SF_PAST_STEP_S;
  return late == 0 ? time_s : time_s + (late > 0 ? SF_PAST_STEP_S - late : -late);
}

size_t
sf_past_sample_room (const struct sf_track *track)
{
  int64_t first_s = INT64_MAX, last_s = INT64_MIN;
  for (size_t i = 0; i < track->fixes_count; i++)
    if (sf_storm_fix_is_usable (&track->fixes[i]))
      {
        first_s = track->fixes[i].valid_s < first_s ? track->fixes[i].valid_s : first_s;
        last_s = track->fixes[i].valid_s > last_s ? track->fixes[i].valid_s : last_s;
      }
  /* A long gap makes no points, so a wrong year must not ask for millions. */
  size_t by_time = first_s <= last_s ? (size_t) ((last_s - first_s) / SF_PAST_STEP_S) + 1 : 0;
  size_t by_fixes = track->fixes_count * (SF_PAST_GAP_S / SF_PAST_STEP_S + 1);
  return by_time < by_fixes ? by_time : by_fixes;
}

size_t
sf_past_sample (const struct sf_track *track, int64_t phase_s, enum sf_wind_exposure exposure,
                struct sf_past_point *points, size_t room)
{
  size_t made = 0, i = next_fix (track, 0, INT64_MIN);
  double turn_deg = 0;
  while (i < track->fixes_count && made < room)
    {
      const struct sf_record *a = &track->fixes[i];
      size_t j = next_fix (track, i + 1, a->valid_s);
      bool gap = j == track->fixes_count || track->fixes[j].valid_s - a->valid_s > SF_PAST_GAP_S;
      const struct sf_record *b = gap ? a : &track->fixes[j];
      /* The piece's end belongs to the next piece. */
      int64_t end_s = gap ? a->valid_s + 1 : b->valid_s;
      for (int64_t t = step_from (a->valid_s, phase_s); t < end_s && made < room; t += SF_PAST_STEP_S)
        points[made++] = point_between (a, b, turn_deg, t, exposure);
      if (j < track->fixes_count)
        {
          double a_deg = a->as.track.lon_deg, b_deg = track->fixes[j].as.track.lon_deg;
          turn_deg += a_deg + sf_sphere_wrap_lon_deg (b_deg - a_deg) - b_deg;
        }
      i = j;
    }
  return made;
}

static bool
is_best_track (const struct sf_track *track)
{
  return track->base_s == SF_TIME_MISSING && !track->member;
}

/* Whether a storm is already there from another agency or feed. */
static bool
is_known (const struct sf_past *past, const struct sf_track *track, const struct sf_past_point *points, size_t count)
{
  int year = sf_time_to_civil (points[0].time_s, 0).year;
  for (size_t s = past->storms_count; track->number && s-- > 0;)
    {
      const struct sf_past_storm *storm = &past->storms[s];
      /* Thousands of storms are looked at: the year tells most apart. */
      if (abs (storm->year - year) > 1)
        continue;
      const struct sf_past_point *theirs = &past->points[storm->first];
      bool same_number = storm->track->number && strcmp (storm->track->number, track->number) == 0;
      bool overlap
          = theirs[0].time_s <= points[count - 1].time_s && points[0].time_s <= theirs[storm->count - 1].time_s;
      if (same_number && overlap)
        return true;
    }
  return false;
}

static void
add_storm (struct sf_past *past, const struct sf_track *track, size_t made)
{
  struct sf_past_storm storm = { .track = track,
                                 .first = past->points_count,
                                 .count = made,
                                 .max_wind_mps = (double) NAN,
                                 .min_pressure_hpa = (double) NAN };
  const struct sf_past_point *points = &past->points[storm.first];
  storm.year = sf_time_to_civil (points[0].time_s, 0).year;
  for (size_t i = 0; i < made; i++)
    {
      storm.max_wind_mps = fmax (storm.max_wind_mps, points[i].wind_mps);
      storm.min_pressure_hpa = fmin (storm.min_pressure_hpa, points[i].pressure_hpa);
    }
  past->storms[past->storms_count++] = storm;
  past->points_count += made;
}

enum sf_code
sf_past_init (struct sf_past *past, const struct sf_tracks *tracks, enum sf_wind_exposure exposure,
              struct sf_error *err)
{
  size_t room = 0;
  *past = (struct sf_past){ 0 };
  for (size_t i = 0; i < tracks->count; i++)
    if (is_best_track (&tracks->tracks[i]))
      room += sf_past_sample_room (&tracks->tracks[i]);
  past->storms = sf_mem_calloc (tracks->count + 1, sizeof *past->storms);
  past->points = sf_mem_calloc (room + 1, sizeof *past->points);
  if (!past->storms || !past->points)
    {
      sf_past_finish (past);
      return sf_fail (err, SF_ENOMEM, "out of memory for %zu tracks of past storms", tracks->count);
    }
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      if (!is_best_track (track))
        continue;
      struct sf_past_point *points = &past->points[past->points_count];
      size_t made = sf_past_sample (track, 0, exposure, points, room - past->points_count);
      if (made >= 2 && !is_known (past, track, points, made))
        add_storm (past, track, made);
    }
  return SF_OK;
}

void
sf_past_finish (struct sf_past *past)
{
  sf_mem_free (past->storms);
  sf_mem_free (past->points);
  *past = (struct sf_past){ 0 };
}
