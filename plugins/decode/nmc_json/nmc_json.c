/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/fixes_json.h"

#include <math.h>
#include <string.h>

/* typhoon.nmc.cn, weatherservice/typhoon/jsons/view_ID: JSONP under any callback name, UTF-8, times in UTC.
   typhoon: [id, en, zh, number, number, serial, meaning, status, points, segments]; a point:
   [id, "yyyymmddHHMM", epoch ms, grade, lon, lat, hPa, m/s, towards, km/h, rings, forecasts, issue]; a ring:
   [label, NE, SE, SW, NW, id] in km, where the labels 30KTS, 50KTS, 64KTS stand for force 7, 10, 12; forecasts:
   {"BABJ": [[tau h, base, lon, lat, hPa, m/s, agency, grade], ...]}. Longitude stands before latitude.
   Direction "no" with speed 0 means that no motion is given; a pressure or wind of 0 or 9999 is missing. */

struct state
{
  struct sf_fix_state base;
};

struct storm
{
  const char *id, *number, *name, *name_zh;
};

enum
{
  POINT_ID,
  POINT_TIME,
  POINT_EPOCH,
  POINT_GRADE,
  POINT_LON,
  POINT_LAT,
  POINT_PRESSURE,
  POINT_WIND,
  POINT_TOWARDS,
  POINT_SPEED,
  POINT_RINGS,
  POINT_FORECASTS
};

enum
{
  FORECAST_TAU,
  FORECAST_BASE,
  FORECAST_LON,
  FORECAST_LAT,
  FORECAST_PRESSURE,
  FORECAST_WIND,
  FORECAST_AGENCY,
  FORECAST_GRADE
};

static int
identify (const uint8_t *bytes, size_t length)
{
  return sf_fixes_json_identify (bytes, length, "\"typhoon\"", 90);
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  (void) host;
  struct state *state = sf_fix_state_new (sizeof *state, "nmc_json", err);
  if (!state)
    return SF_ENOMEM;
  sf_fixes_json_open ();
  *ret_state = state;
  return SF_OK;
}

static bool
parse_time (const json_t *value, int64_t *ret_time_s)
{
  const char *text = json_string_value (value);
  return text && strlen (text) == 12 && sf_time_parse_compact (text, 12, 0, ret_time_s, NULL) == SF_OK;
}

/* Numbers in which 0 and 9999 stand for missing. */
static bool
parse_strength (const json_t *pressure, const json_t *wind, struct sf_fix *fix)
{
  if (!sf_fixes_json_number (pressure, &fix->pressure_hpa) || !sf_fixes_json_number (wind, &fix->wind_mps))
    return false;
  if (fix->pressure_hpa == 0 || fix->pressure_hpa == 9999)
    fix->pressure_hpa = NAN;
  if (fix->wind_mps == 0 || fix->wind_mps == 9999)
    fix->wind_mps = NAN;
  return true;
}

static bool
parse_place (const json_t *lon, const json_t *lat, struct sf_fix *fix)
{
  return sf_fixes_json_number (lon, &fix->lon_deg) && sf_fixes_json_number (lat, &fix->lat_deg) && !isnan (fix->lon_deg)
         && !isnan (fix->lat_deg);
}

static const char *
parse_grade (const json_t *value)
{
  const char *text = json_string_value (value);
  return text ? sf_fixes_grade_of_word (sf_span_of (text)) : NULL;
}

static int
ring_of_label (const char *label)
{
  static const char *const labels[] = { "30KTS", "50KTS", "64KTS" };
  for (int i = 0; label && i < SF_RADII_FORCES; i++)
    if (!strcmp (label, labels[i]))
      return i;
  return -1;
}

/* A ring that cannot be read is quarantined alone: the fix keeps the others. */
static void
parse_rings (struct sf_fixes *fixes, const json_t *rings, const struct storm *storm, struct sf_fix *fix)
{
  size_t index;
  json_t *item;
  json_array_foreach (rings, index, item)
  {
    double given_km[SF_QUADRANTS];
    int ring = ring_of_label (json_string_value (json_array_get (item, 0)));
    bool good = ring >= 0 && json_array_size (item) >= 5;
    for (size_t i = 0; good && i < SF_QUADRANTS; i++)
      good = sf_fixes_json_number (json_array_get (item, i + 1), &given_km[i])
             && !(given_km[i] < 0 || given_km[i] > 2000);
    if (good)
      sf_fixes_set_ring (fix, (enum sf_ring) ring, given_km, SF_QUADRANTS_NE_SE_SW_NW);
    else
      sf_fixes_json_reject (fixes, item, "storm %s: a ring is [30KTS, 50KTS or 64KTS, NE, SE, SW, NW] with 0-2000 km",
                            storm->id);
  }
}

static void
set_storm (struct sf_fix *fix, const struct storm *storm)
{
  fix->storm = storm->id;
  fix->number = storm->number;
  fix->name = storm->name;
  fix->name_zh = storm->name_zh;
}

static enum sf_code
decode_forecast (struct sf_fixes *fixes, const json_t *item, const struct storm *storm, const char *key,
                 int64_t issued_s, struct sf_error *err)
{
  struct sf_record *record = sf_fixes_new (fixes, 0);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (fixes->message));
  struct sf_fix *fix = &record->as.track;
  double lead_h;
  fix->base_s = issued_s;
  if (!json_is_array (item) || !sf_fixes_json_number (json_array_get (item, FORECAST_TAU), &lead_h)
      || !(lead_h >= 0 && lead_h <= 480)
      || (json_is_string (json_array_get (item, FORECAST_BASE))
          && !parse_time (json_array_get (item, FORECAST_BASE), &fix->base_s))
      || !parse_place (json_array_get (item, FORECAST_LON), json_array_get (item, FORECAST_LAT), fix)
      || !parse_strength (json_array_get (item, FORECAST_PRESSURE), json_array_get (item, FORECAST_WIND), fix))
    {
      sf_fixes_json_reject (fixes, item,
                            "storm %s: a forecast of %s is [hours 0-480, base, longitude, latitude, hPa, m/s, "
                            "agency, grade]",
                            storm->id, key);
      return SF_OK;
    }
  set_storm (fix, storm);
  const struct sf_centre *centre = sf_fixes_centre (sf_span_of (key));
  fix->agency = centre ? centre->indicator : key;
  fix->averaging_min = centre ? centre->averaging_min : NAN;
  fix->grade = parse_grade (json_array_get (item, FORECAST_GRADE));
  fix->lead_s = (int64_t) llround (lead_h * 3600);
  record->valid_s = fix->base_s + fix->lead_s;
  return sf_fixes_json_add (fixes, record, item, err);
}

static enum sf_code
decode_forecasts (struct sf_fixes *fixes, json_t *forecasts, const struct storm *storm, int64_t issued_s,
                  struct sf_error *err)
{
  const char *key;
  json_t *list, *item;
  size_t index;
  json_object_foreach (forecasts, key, list)
  {
    if (!json_is_array (list) && !json_is_null (list))
      sf_fixes_json_reject (fixes, list, "storm %s: the forecast of %s is no list", storm->id, key);
    json_array_foreach (list, index, item) SF_TRY (decode_forecast (fixes, item, storm, key, issued_s, err));
  }
  return SF_OK;
}

/* The text and the epoch of a point say the same; where they do not, one of them is in another zone or wrong. */
static enum sf_code
compare_clocks (struct sf_fixes *fixes, struct sf_record *record, const json_t *epoch, struct sf_error *err)
{
  double epoch_ms;
  char text[SF_TIME_TEXT_BYTES];
  if (!sf_fixes_json_number (epoch, &epoch_ms) || isnan (epoch_ms) || epoch_ms == (double) record->valid_s * 1000)
    return SF_OK;
  return sf_fixes_doubt (fixes, record, err, "the time says %s, the epoch beside it %+.2f h more",
                         sf_time_format_utc (text, record->valid_s),
                         epoch_ms / 3.6e6 - (double) record->valid_s / 3600);
}

static void
parse_motion (const json_t *point, struct sf_fix *fix)
{
  const char *towards = json_string_value (json_array_get (point, POINT_TOWARDS));
  double speed_kmph;
  if (towards)
    fix->motion_to_deg = sf_fixes_bearing_of_word (sf_span_of (towards));
  if (sf_fixes_json_number (json_array_get (point, POINT_SPEED), &speed_kmph)
      && (speed_kmph > 0 || !isnan (fix->motion_to_deg)))
    fix->motion_mps = sf_fixes_kmph_to_mps (speed_kmph);
}

static enum sf_code
decode_point (struct sf_fixes *fixes, const json_t *point, size_t index, const struct storm *storm,
              struct sf_error *err)
{
  struct sf_record *record = sf_fixes_new (fixes, 0);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (fixes->message));
  struct sf_fix *fix = &record->as.track;
  const char *fault = NULL;
  if (!json_is_array (point))
    fault = "is no list";
  else if (!parse_time (json_array_get (point, POINT_TIME), &record->valid_s))
    fault = "has no time yyyymmddHHMM";
  else if (!parse_place (json_array_get (point, POINT_LON), json_array_get (point, POINT_LAT), fix))
    fault = "has no longitude and latitude";
  else if (!parse_strength (json_array_get (point, POINT_PRESSURE), json_array_get (point, POINT_WIND), fix))
    fault = "has a pressure or wind that is no number";
  if (fault)
    {
      sf_fixes_json_reject (fixes, point, "storm %s: point %zu %s", storm->id, index + 1, fault);
      return SF_OK;
    }
  set_storm (fix, storm);
  fix->agency = "BABJ";
  fix->averaging_min = 2;
  fix->grade = parse_grade (json_array_get (point, POINT_GRADE));
  parse_motion (point, fix);
  parse_rings (fixes, json_array_get (point, POINT_RINGS), storm, fix);
  SF_TRY (compare_clocks (fixes, record, json_array_get (point, POINT_EPOCH), err));
  int64_t valid_s = record->valid_s;
  SF_TRY (sf_fixes_json_add (fixes, record, point, err));
  return decode_forecasts (fixes, json_array_get (point, POINT_FORECASTS), storm, valid_s, err);
}

/* "2411", 2411; 0 and null are unnumbered. */
static const char *
parse_number (struct state *state, const json_t *value)
{
  const char *text = sf_fixes_json_text (value);
  if (json_is_integer (value))
    {
      text = sf_arena_printf (&state->base.arena, "%04lld", (long long) json_integer_value (value));
      state->base.fixes.out_of_memory |= !text;
    }
  if (!text || strlen (text) != 4 || strspn (text, "0123456789") != 4 || !strcmp (text + 2, "00"))
    return NULL;
  return text;
}

static enum sf_code
decode_storm (struct state *state, const json_t *typhoon, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  const char *source = sf_fixes_source (fixes->message);
  const json_t *points = json_array_get (typhoon, 8);
  if (!json_is_array (typhoon) || !json_is_array (points))
    return sf_fail (err, SF_EFORMAT, "%s: \"typhoon\" is no list with the points in its ninth place", source);
  struct storm storm = { .id = sf_fixes_json_identity (&state->base.arena, json_array_get (typhoon, 0)),
                         .number = parse_number (state, json_array_get (typhoon, 3)),
                         .name = sf_fixes_json_text (json_array_get (typhoon, 1)),
                         .name_zh = sf_fixes_json_text (json_array_get (typhoon, 2)) };
  if (!storm.id)
    return sf_fail (err, SF_EFORMAT, "%s: the storm has no identity in the first place of \"typhoon\"", source);
  if (storm.name && !strcasecmp (storm.name, "nameless"))
    storm.name = storm.name_zh = NULL;
  size_t index;
  json_t *point;
  json_array_foreach (points, index, point) SF_TRY (decode_point (fixes, point, index, &storm, err));
  return sf_fixes_flush (fixes, err);
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  json_t *root = NULL;
  sf_arena_reset (&state->base.arena);
  sf_fixes_begin (&state->base.fixes, message, sink);
  SF_TRY (sf_fixes_json_load (&state->base.arena, message, &root, err));
  const json_t *typhoon = json_object_get (root, "typhoon");
  enum sf_code code;
  if (typhoon)
    code = decode_storm (state, typhoon, err);
  else if (json_object_get (root, "typhoonList"))
    code = sf_fail (err, SF_EFORMAT, "%s: a list of storms (list_default, list_YYYY); the tracks are in view_ID",
                    sf_fixes_source (message));
  else
    code = sf_fail (err, SF_EFORMAT, "%s: no key \"typhoon\": not a view_ID of typhoon.nmc.cn",
                    sf_fixes_source (message));
  json_decref (root);
  return code == SF_OK ? sf_fixes_verdict (&state->base.fixes, "a view_ID of typhoon.nmc.cn with points", err) : code;
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "typhoon.nmc.cn JSONP view_ID",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_fix_state_free,
};

SF_PLUGIN_EXPORT (nmc_json) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "nmc_json",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "typhoon tracks and forecasts of the National Meteorological Centre (typhoon.nmc.cn)",
  .summary_zh = "中央气象台台风网（typhoon.nmc.cn）路径与预报",
  .as.decoder = &decoder,
};
