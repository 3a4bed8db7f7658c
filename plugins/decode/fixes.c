/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/fixes.h"

#include "geodata/sphere.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A storm's centre does not move faster than this between two fixes (handbook typhoon.md section 7). */
#define SPEED_LIMIT_KN 60.0

/* Hours of a forecast: past places in a-decks reach back 48 h, ensembles 15 days ahead. */
#define LEAD_MIN_S (-48 * 3600)
#define LEAD_MAX_S (480 * 3600)

void
sf_fixes_init (struct sf_fixes *fixes)
{
  *fixes = (struct sf_fixes){ 0 };
  sf_arena_init (&fixes->arena);
}

void
sf_fixes_finish (struct sf_fixes *fixes)
{
  sf_mem_free (fixes->items);
  sf_arena_finish (&fixes->arena);
}

void *
sf_fix_state_new (size_t state_bytes, const char *decoder, struct sf_error *err)
{
  struct sf_fix_state *state = sf_mem_calloc (1, state_bytes);
  if (!state)
    {
      sf_fail (err, SF_ENOMEM, "%s: out of memory", decoder);
      return NULL;
    }
  sf_fixes_init (&state->fixes);
  sf_arena_init (&state->arena);
  return state;
}

void
sf_fix_state_free (void *opaque)
{
  struct sf_fix_state *state = opaque;
  if (!state)
    return;
  sf_fixes_finish (&state->fixes);
  sf_arena_finish (&state->arena);
  sf_mem_free (state);
}

void
sf_fixes_begin (struct sf_fixes *fixes, const struct sf_message *message, const struct sf_sink *sink)
{
  sf_arena_reset (&fixes->arena);
  fixes->count = 0;
  fixes->message = message;
  fixes->sink = sink;
  fixes->out_of_memory = false;
  fixes->emitted = fixes->rejected = 0;
  fixes->first_reason[0] = '\0';
}

const char *
sf_fixes_source (const struct sf_message *message)
{
  return message->source && message->source[0] ? message->source : "message";
}

struct sf_record *
sf_fixes_new (struct sf_fixes *fixes, long line)
{
  struct sf_record *record = sf_arena_alloc (&fixes->arena, sizeof *record);
  if (!record)
    return NULL;
  sf_record_init (record, SF_RECORD_TRACK);
  record->feed = fixes->message->feed;
  record->source = fixes->message->source;
  record->received_s = fixes->message->received_s;
  record->source_line = line;
  record->as.track.lead_s = 0;
  return record;
}

/* Values quoted from damaged input may hold any byte, and a cut may fall into a character; notes are UTF-8. */
static void
mend_text (char *text)
{
  if (!sf_text_is_utf8 ((const uint8_t *) text, strlen (text)))
    for (char *c = text; *c; c++)
      *c = (unsigned char) *c >= 0x80 ? '?' : *c;
}

void
sf_fixes_reject (struct sf_fixes *fixes, long line, struct sf_span piece, const char *format, ...)
{
  char where[200], text[400], reason[640];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  if (line > 0)
    snprintf (where, sizeof where, "%.160s:%ld", sf_fixes_source (fixes->message), line);
  else
    snprintf (where, sizeof where, "%.160s", sf_fixes_source (fixes->message));
  snprintf (reason, sizeof reason, "%s: %s", where, text);
  mend_text (reason);
  if (!fixes->rejected++)
    {
      snprintf (fixes->first_reason, sizeof fixes->first_reason, "%.250s", text);
      mend_text (fixes->first_reason);
    }
  fixes->sink->reject (fixes->sink->ctx, line, reason, piece.text, piece.length);
}

enum sf_code
sf_fixes_doubt (struct sf_fixes *fixes, struct sf_record *record, struct sf_error *err, const char *format, ...)
{
  char text[300];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  mend_text (text);
  char *doubt = record->doubt ? sf_arena_printf (&fixes->arena, "%s; %s", record->doubt, text)
                              : sf_arena_strdup (&fixes->arena, text);
  if (!doubt)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory while noting a doubt", sf_fixes_source (fixes->message));
  record->doubt = doubt;
  if (record->quality < SF_QUALITY_ORIGINAL_DOUBTFUL)
    record->quality = (uint8_t) (record->quality + SF_QUALITY_ORIGINAL_DOUBTFUL);
  return SF_OK;
}

enum sf_code
sf_fixes_verdict (const struct sf_fixes *fixes, const char *expected, struct sf_error *err)
{
  if (fixes->emitted)
    return SF_OK;
  const char *source = sf_fixes_source (fixes->message);
  if (!fixes->message->length)
    return sf_fail (err, SF_EFORMAT, "%.160s: the message is empty; expected %s", source, expected);
  if (!fixes->rejected)
    return sf_fail (err, SF_EFORMAT, "%.160s: no record found; expected %s", source, expected);
  return sf_fail (err, SF_EFORMAT, "%.160s: no record could be read (%.150s); expected %.130s", source,
                  fixes->first_reason, expected);
}

char *
sf_fixes_text (struct sf_fixes *fixes, struct sf_span span)
{
  span = sf_span_trim (span);
  if (!span.length || memchr (span.text, '\0', span.length))
    return NULL;
  char *text = NULL;
  size_t length;
  enum sf_code code = SF_OK;
  if (sf_text_is_utf8 ((const uint8_t *) span.text, span.length))
    text = sf_arena_strndup (&fixes->arena, span.text, span.length);
  else
    code = sf_text_to_utf8 (&fixes->arena, (const uint8_t *) span.text, span.length, "gb18030", &text, &length, NULL);
  fixes->out_of_memory |= code == SF_ENOMEM || (code == SF_OK && !text);
  return code == SF_OK ? text : NULL;
}

enum sf_code
sf_fixes_view_text (struct sf_arena *arena, const struct sf_message *message, struct sf_span *ret_text,
                    struct sf_error *err)
{
  const uint8_t *bytes = message->bytes;
  size_t length = message->length;
  if (length >= 3 && !memcmp (bytes, "\xef\xbb\xbf", 3))
    *ret_text = (struct sf_span){ (const char *) bytes + 3, length - 3 };
  else if (length >= 2 && (!memcmp (bytes, "\xff\xfe", 2) || !memcmp (bytes, "\xfe\xff", 2)))
    {
      char *text;
      size_t text_length;
      enum sf_code code = sf_text_to_utf8 (arena, bytes, length, "auto", &text, &text_length, err);
      if (code != SF_OK)
        return sf_error_prefix (err, code, "%s", sf_fixes_source (message));
      *ret_text = (struct sf_span){ text, text_length };
    }
  else
    *ret_text = (struct sf_span){ (const char *) bytes, length };
  return SF_OK;
}

/* --- ranges --- */

struct range
{
  const char *what, *unit;
  double value, min, max;
};

/* Limits lie outside every record on file: 870 hPa (Tip 1979), 95 m/s (Patricia 2015), 1100 km radius of gales (Tip).
 */
static const struct range *
first_out_of_range (const struct sf_fix *fix, struct range *ret_broken)
{
  const struct range checks[] = {
    { "pressure", "hPa", fix->pressure_hpa, 850, 1060 },
    { "outer pressure", "hPa", fix->environment_pressure_hpa, 850, 1060 },
    { "wind", "m/s", fix->wind_mps, 0, 120 },
    { "gust", "m/s", fix->gust_mps, 0, 150 },
    { "motion", "m/s", fix->motion_mps, 0, 70 },
    { "direction", "degrees", fix->motion_to_deg, 0, 360 },
    { "radius of maximum wind", "km", fix->rmw_km, 0, 1000 },
    { "radius of the last closed isobar", "km", fix->roci_km, 0, 3000 },
  };
  for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
    if (checks[i].value < checks[i].min || checks[i].value > checks[i].max)
      {
        *ret_broken = checks[i];
        return ret_broken;
      }
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    if (fix->radii_km[i] < 0 || fix->radii_km[i] > 2000)
      {
        *ret_broken = (struct range){ "wind radius", "km", fix->radii_km[i], 0, 2000 };
        return ret_broken;
      }
  return NULL;
}

/* Years that a storm can be of: from before the first entry of IBTrACS (1842) to as far as a forecast can be meant. */
static bool
is_year_plausible (int64_t time_s)
{
  int year = sf_time_to_civil (time_s, 0).year;
  return year >= 1840 && year <= 2150;
}

/* Put the place of a fix in order; false when it cannot be a place. *ret_exchanged: longitude and latitude were. */
static bool
settle_place (struct sf_fix *fix, bool *ret_exchanged)
{
  double lon = fix->lon_deg, lat = fix->lat_deg;
  *ret_exchanged = false;
  if (!(fabs (lon) <= 360) || !(fabs (lat) <= 360))
    return false;
  if (fabs (lat) > 90)
    {
      if (fabs (lon) > 90)
        return false;
      double other = lat;
      lat = lon;
      lon = other;
      *ret_exchanged = true;
    }
  fix->lon_deg = sf_fixes_wrap_lon_deg (lon);
  fix->lat_deg = lat;
  return true;
}

static bool
check_fix (struct sf_fixes *fixes, struct sf_record *record, struct sf_span piece, bool *ret_exchanged)
{
  struct sf_fix *fix = &record->as.track;
  const char *storm = fix->storm ? fix->storm : "(no number)";
  long line = (long) record->source_line;
  struct range broken;
  if (record->valid_s == SF_TIME_MISSING || !is_year_plausible (record->valid_s))
    {
      char text[SF_TIME_TEXT_BYTES];
      sf_fixes_reject (fixes, line, piece, "storm %.60s: time %s is outside the years 1840-2150", storm,
                       sf_time_format_utc (text, record->valid_s));
      return false;
    }
  if (fix->lead_s < LEAD_MIN_S || fix->lead_s > LEAD_MAX_S)
    {
      sf_fixes_reject (fixes, line, piece, "storm %.60s: forecast for %g h after it was made; -48 to 480 can be", storm,
                       (double) fix->lead_s / 3600);
      return false;
    }
  if (!settle_place (fix, ret_exchanged))
    {
      sf_fixes_reject (fixes, line, piece, "storm %.60s: longitude %g, latitude %g is no place", storm, fix->lon_deg,
                       fix->lat_deg);
      return false;
    }
  if (first_out_of_range (fix, &broken))
    {
      sf_fixes_reject (fixes, line, piece, "storm %.60s: %s %g %s is outside %g-%g", storm, broken.what, broken.value,
                       broken.unit, broken.min, broken.max);
      return false;
    }
  return true;
}

enum sf_code
sf_fixes_add (struct sf_fixes *fixes, struct sf_record *record, struct sf_span piece, struct sf_error *err)
{
  bool exchanged;
  if (!check_fix (fixes, record, piece, &exchanged))
    return SF_OK;
  struct sf_fix *fix = &record->as.track;
  if (fix->base_s == SF_TIME_MISSING)
    fix->base_s = record->valid_s - fix->lead_s;
  if (exchanged)
    {
      record->quality = SF_QUALITY_CORRECTED_RELIABLE;
      SF_TRY (sf_fixes_doubt (fixes, record, err,
                              "longitude and latitude were exchanged in the source (given longitude %g, "
                              "latitude %g)",
                              fix->lat_deg, fix->lon_deg));
    }
  if (sf_mem_grow ((void **) &fixes->items, &fixes->capacity, fixes->count + 1, sizeof *fixes->items) < 0)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory after %zu fixes", sf_fixes_source (fixes->message),
                    fixes->count);
  fixes->items[fixes->count++] = record;
  return SF_OK;
}

/* --- the fixes of a track against each other --- */

static int
compare_texts (const char *a, const char *b)
{
  if (!a || !b)
    return (a != NULL) - (b != NULL);
  return strcmp (a, b);
}

static int
compare_times (int64_t a, int64_t b)
{
  return (a > b) - (a < b);
}

/* Analyses of a storm are one track whatever their base; forecasts one per base. */
static int64_t
track_base (const struct sf_record *record)
{
  return record->as.track.lead_s ? record->as.track.base_s : SF_TIME_MISSING;
}

static int
compare_tracks (const struct sf_record *a, const struct sf_record *b)
{
  int order = compare_texts (a->as.track.storm, b->as.track.storm);
  if (!order)
    order = compare_texts (a->as.track.agency, b->as.track.agency);
  if (!order)
    order = compare_texts (a->as.track.member, b->as.track.member);
  return order ? order : compare_times (track_base (a), track_base (b));
}

struct place_in_list
{
  struct sf_record *record;
  size_t index;
};

static int
compare_places (const void *left, const void *right)
{
  const struct place_in_list *a = left, *b = right;
  int order = compare_tracks (a->record, b->record);
  if (!order)
    order = compare_times (a->record->valid_s, b->record->valid_s);
  return order ? order : (a->index > b->index) - (a->index < b->index);
}

static bool
same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static bool
is_same_fix (const struct sf_record *left, const struct sf_record *right)
{
  const struct sf_fix *a = &left->as.track, *b = &right->as.track;
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    if (!same_number (a->radii_km[i], b->radii_km[i]))
      return false;
  return a->lead_s == b->lead_s && same_number (a->lon_deg, b->lon_deg) && same_number (a->lat_deg, b->lat_deg)
         && same_number (a->pressure_hpa, b->pressure_hpa)
         && same_number (a->environment_pressure_hpa, b->environment_pressure_hpa)
         && same_number (a->wind_mps, b->wind_mps) && same_number (a->gust_mps, b->gust_mps)
         && same_number (a->motion_to_deg, b->motion_to_deg) && same_number (a->motion_mps, b->motion_mps)
         && same_number (a->rmw_km, b->rmw_km) && same_number (a->roci_km, b->roci_km)
         && !compare_texts (a->grade, b->grade);
}

/* Look at a fix against those of its track and time that stand before it; at most this many, so that a hostile file of
   one repeated time costs no more than a sane one. */
enum
{
  SAME_TIME_LOOK_BACK = 8
};

static enum sf_code
settle_same_time (struct sf_fixes *fixes, struct place_in_list *kept, size_t kept_count, struct sf_record *record,
                  bool *ret_repeated, struct sf_error *err)
{
  size_t first = kept_count > SAME_TIME_LOOK_BACK ? kept_count - SAME_TIME_LOOK_BACK : 0;
  struct sf_record *other = NULL;
  *ret_repeated = false;
  for (size_t i = kept_count; i > first; i--)
    {
      struct sf_record *before = kept[i - 1].record;
      if (compare_tracks (before, record) || before->valid_s != record->valid_s)
        break;
      if (is_same_fix (before, record))
        {
          *ret_repeated = true;
          return SF_OK;
        }
      other = other ? other : before;
    }
  if (!other)
    return SF_OK;
  if (!other->doubt)
    SF_TRY (sf_fixes_doubt (fixes, other, err, "another fix of the same time says %g, %g", record->as.track.lon_deg,
                            record->as.track.lat_deg));
  return sf_fixes_doubt (fixes, record, err, "another fix of the same time says %g, %g", other->as.track.lon_deg,
                         other->as.track.lat_deg);
}

static double
speed_between_kn (const struct sf_record *a, const struct sf_record *b)
{
  double hours = (double) (b->valid_s - a->valid_s) / 3600;
  const struct sf_fix *from = &a->as.track, *to = &b->as.track;
  double km = sf_sphere_distance_km (from->lon_deg, from->lat_deg, to->lon_deg, to->lat_deg);
  return hours > 0 ? km / 1.852 / hours : 0;
}

static bool
can_follow (const struct sf_record *a, const struct sf_record *b)
{
  return speed_between_kn (a, b) <= SPEED_LIMIT_KN;
}

/* The fix at i cannot be reached from last. Is it the odd one out, or do the two after it bear it out? */
static bool
is_confirmed (const struct place_in_list *track, size_t count, size_t i)
{
  return i + 2 < count && can_follow (track[i].record, track[i + 1].record)
         && can_follow (track[i + 1].record, track[i + 2].record);
}

static enum sf_code
doubt_speed (struct sf_fixes *fixes, struct sf_record *record, const struct sf_record *last, double speed_kn,
             struct sf_error *err)
{
  char text[SF_TIME_TEXT_BYTES];
  return sf_fixes_doubt (fixes, record, err, "%.0f kn between this fix and that of %s (%g, %g): no storm moves so fast",
                         speed_kn, sf_time_format_utc (text, last->valid_s), last->as.track.lon_deg,
                         last->as.track.lat_deg);
}

static enum sf_code
check_speeds (struct sf_fixes *fixes, struct place_in_list *track, size_t count, struct sf_error *err)
{
  struct sf_record *last = track[0].record;
  for (size_t i = 1; i < count; i++)
    {
      struct sf_record *record = track[i].record;
      double speed_kn = speed_between_kn (last, record);
      if (speed_kn > SPEED_LIMIT_KN && !is_confirmed (track, count, i))
        {
          SF_TRY (doubt_speed (fixes, record, last, speed_kn, err));
          continue;
        }
      if (speed_kn > SPEED_LIMIT_KN && i == 1)
        SF_TRY (doubt_speed (fixes, last, record, speed_kn, err));
      last = record;
    }
  return SF_OK;
}

/* Sort, drop repetitions (their items become NULL), flag contradictions and impossible speeds. */
static enum sf_code
check_list (struct sf_fixes *fixes, struct sf_error *err)
{
  struct place_in_list *places = sf_arena_alloc (&fixes->arena, fixes->count * sizeof *places);
  if (!places)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory for %zu fixes", sf_fixes_source (fixes->message), fixes->count);
  for (size_t i = 0; i < fixes->count; i++)
    places[i] = (struct place_in_list){ fixes->items[i], i };
  qsort (places, fixes->count, sizeof *places, compare_places);

  size_t kept = 0;
  for (size_t i = 0; i < fixes->count; i++)
    {
      bool repeated;
      SF_TRY (settle_same_time (fixes, places, kept, places[i].record, &repeated, err));
      if (repeated)
        fixes->items[places[i].index] = NULL;
      else
        places[kept++] = places[i];
    }
  for (size_t first = 0, end; first < kept; first = end)
    {
      for (end = first + 1; end < kept && !compare_tracks (places[first].record, places[end].record); end++)
        ;
      SF_TRY (check_speeds (fixes, places + first, end - first, err));
    }
  return SF_OK;
}

enum sf_code
sf_fixes_flush (struct sf_fixes *fixes, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  if (fixes->out_of_memory)
    code = sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (fixes->message));
  else if (fixes->count)
    code = check_list (fixes, err);
  for (size_t i = 0; i < fixes->count && code == SF_OK; i++)
    if (fixes->items[i])
      {
        code = fixes->sink->emit (fixes->sink->ctx, fixes->items[i], err);
        fixes->emitted++;
      }
  fixes->count = 0;
  sf_arena_reset (&fixes->arena);
  return code;
}
