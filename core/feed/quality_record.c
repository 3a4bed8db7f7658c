/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "core/feed/coast_mask.h"
#include "core/feed/quality_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int
sf_quality_severity (uint8_t quality)
{
  return quality >= SF_QUALITY_MISSING ? 3 : quality / 3;
}

uint8_t
sf_quality_worsen (uint8_t quality, int severity)
{
  return sf_quality_severity (quality) >= severity ? quality : (uint8_t) (quality % 3 + 3 * severity);
}

/* A record under examination. */
struct look
{
  const struct sf_quality_feed *feed;
  struct sf_arena *arena;
  struct sf_record *record;
  struct sf_quality_counts *counts;
};

static enum sf_code doubt (struct look *look, int severity, struct sf_error *err, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));

/* A reason is a word of sf_quality_reason_title, ": ", and what needs no translation. */
static enum sf_code
doubt (struct look *look, int severity, struct sf_error *err, const char *format, ...)
{
  char text[200];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  text[sf_text_utf8_prefix ((const uint8_t *) text, strlen (text))] = '\0';
  const char *old = look->record->doubt;
  const char *joined = old ? sf_arena_printf (look->arena, "%s; %s", old, text) : sf_arena_strdup (look->arena, text);
  if (!joined)
    return sf_fail (err, SF_ENOMEM, "out of memory while noting a doubt");
  look->record->doubt = joined;
  look->record->quality = sf_quality_worsen (look->record->quality, severity);
  return SF_OK;
}

/* --- time --- */

static enum sf_code
look_at_clock (struct look *look, struct sf_error *err)
{
  static const char *const reasons[] = { "", "clock_ahead", "far_future", "clock_reset" };
  const struct sf_record *record = look->record;
  if (record->valid_s == SF_TIME_MISSING || record->received_s == SF_TIME_MISSING)
    return SF_OK;
  int64_t delay_s = record->received_s - record->valid_s;
  if (look->feed->late_s > 0 && delay_s > look->feed->late_s)
    look->counts->late++;
  int grade = sf_quality_clock_grade (&look->feed->limits.clock, record->valid_s, record->received_s);
  if (grade == 0)
    return SF_OK;
  look->counts->future += grade < 3;
  if (grade == 3)
    {
      char time[SF_TIME_TEXT_BYTES];
      return doubt (look, 2, err, "%s: %s", reasons[grade], sf_time_format_utc (time, record->valid_s));
    }
  return doubt (look, grade, err, "%s: +%lld s", reasons[grade], (long long) -delay_s);
}

/* --- place --- */

static enum sf_code
look_at_area (struct look *look, double lon_deg, double lat_deg, struct sf_error *err)
{
  if (!sf_quality_is_outside (&look->feed->area, lon_deg, lat_deg))
    return SF_OK;
  look->counts->out_of_area++;
  return doubt (look, 1, err, "outside_area: %.5f, %.5f", lon_deg, lat_deg);
}

static enum sf_code
look_at_station_place (struct look *look, const struct sf_station_rule *station, struct sf_error *err)
{
  const struct sf_observation *o = &look->record->as.observation;
  if (!station || isnan (station->lon_deg) || isnan (o->lon_deg) || isnan (o->lat_deg))
    return SF_OK;
  double away_m = sf_quality_distance_m (station->lon_deg, station->lat_deg, o->lon_deg, o->lat_deg);
  if (!(away_m > look->feed->limits.agreement.station_m))
    return SF_OK;
  look->counts->out_of_area++;
  return doubt (look, 1, err, "station_moved: %.1f km", away_m / 1000);
}

static enum sf_code
look_at_coast (struct look *look, const struct sf_coast_mask *coast, const struct sf_mover_rule *mover,
               struct sf_error *err)
{
  const struct sf_position *p = &look->record->as.position;
  if (!coast || !mover || mover->side == SF_QUALITY_ANYWHERE)
    return SF_OK;
  enum sf_coast_side side = sf_coast_mask_at (coast, p->lon_deg, p->lat_deg);
  bool wrong = (mover->side == SF_QUALITY_AT_SEA && side == SF_COAST_LAND)
               || (mover->side == SF_QUALITY_ON_LAND && side == SF_COAST_SEA);
  if (!wrong)
    return SF_OK;
  look->counts->out_of_area++;
  return doubt (look, 1, err, "%s: %.5f, %.5f", side == SF_COAST_LAND ? "on_land" : "at_sea", p->lon_deg, p->lat_deg);
}

/* --- value --- */

static enum sf_code
look_at_value (struct look *look, const struct sf_quantity_rule *rule, struct sf_error *err)
{
  const struct sf_observation *o = &look->record->as.observation;
  const struct sf_quality_range *range = sf_quality_find_range (rule, o->period_s);
  int grade = sf_quality_range_grade (range, o->value);
  if (grade == 0)
    return SF_OK;
  const struct sf_quality_unit *unit = sf_quality_suspect_unit (rule, range, o->value);
  const double *bounds = grade == 2 ? range->hard : range->soft;
  bool below = o->value < bounds[0];
  SF_TRY (doubt (look, grade, err, "%s: %g %s %g %s", grade == 2 ? "hard_range" : "to_be_verified", o->value,
                 below ? "<" : ">", bounds[below ? 0 : 1], rule->quantity->unit));
  return unit ? doubt (look, grade, err, "unit_suspect: %s? %g", unit->name, o->value * unit->factor) : SF_OK;
}

static enum sf_code
look_at_observation (struct look *look, struct sf_error *err)
{
  const struct sf_observation *o = &look->record->as.observation;
  const struct sf_station_rule *station = sf_quality_find_station (&look->feed->limits, o->asset);
  const struct sf_quantity_rule *rule = sf_quality_find_quantity (&look->feed->limits, station, o->quantity);
  if (isnan (o->value))
    {
      look->counts->missing++;
      look->record->quality = SF_QUALITY_MISSING;
    }
  else if (rule)
    SF_TRY (look_at_value (look, rule, err));
  SF_TRY (look_at_station_place (look, station, err));
  return look_at_area (look, o->lon_deg, o->lat_deg, err);
}

static enum sf_code
look_at_position (struct look *look, const struct sf_coast_mask *coast, struct sf_error *err)
{
  const struct sf_position *p = &look->record->as.position;
  if (isnan (p->lon_deg) || isnan (p->lat_deg))
    {
      look->counts->missing++;
      look->record->quality = SF_QUALITY_MISSING;
      return SF_OK;
    }
  SF_TRY (look_at_area (look, p->lon_deg, p->lat_deg, err));
  return look_at_coast (look, coast, sf_quality_find_mover (&look->feed->limits, p->type), err);
}

enum sf_code
sf_quality_look_at (const struct sf_quality_rules *rules, const struct sf_quality_feed *feed, struct sf_arena *arena,
                    struct sf_record *record, struct sf_quality_counts *counts, struct sf_error *err)
{
  struct look look = { feed, arena, record, counts };
  if (sf_quality_severity (record->quality) == 1 && !record->doubt)
    SF_TRY (doubt (&look, 1, err, "source_doubt"));
  SF_TRY (look_at_clock (&look, err));
  if (record->kind == SF_RECORD_OBSERVATION)
    SF_TRY (look_at_observation (&look, err));
  else
    SF_TRY (look_at_position (&look, rules->coast, err));
  int severity = sf_quality_severity (record->quality);
  counts->doubtful += severity == 1;
  counts->unreliable += severity == 2;
  return SF_OK;
}
