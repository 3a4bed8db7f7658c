/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/zjwater_json/zjwater_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* typhoon.slt.zj.gov.cn, Api/TyphoonInfo/{tfid}: JSON in UTF-8, times in Beijing time, numbers as numbers or as texts,
   blank
   (" ") for missing. Point: time lng lat strong power speed(m/s) pressure movespeed(km/h) movedirection radius7
   radius10 radius12 forecast. Wind radii stand NE|SE|NW|SW, row by row and not clockwise: settled with storm SAUDEL,
   2026-08-22 05:00, whose force 7 ring is NE 380, SE 420, SW 400, NW 350 km at NMC and "380|420|350|400" here.
   Forecasts come from five agencies under Chinese names; the first point of each repeats the analysis, as the anchor of
   the drawn line, and is no fix of that agency. Landfall texts ("land") are not read. */

static const char *const order_choices[] = { "ne-se-nw-sw", "ne-se-sw-nw", NULL };

static const struct sf_option options[] = { { .name = "quadrants",
                                              .type = SF_OPTION_ENUM,
                                              .fallback = "ne-se-nw-sw",
                                              .choices = order_choices,
                                              .help_en = "order of the four wind radii; the site gives NE, SE, NW, SW",
                                              .help_zh = "四象限风圈半径的顺序；该网站为东北、东南、西北、西南" },
                                            { .name = NULL } };

static int
identify (const uint8_t *bytes, size_t length)
{
  return sf_fixes_json_identify (bytes, length, "\"tfid\"", 80);
}

static void
close_decoder (void *opaque)
{
  struct sf_zjwater *state = opaque;
  if (!state)
    return;
  sf_mem_free (state->anchors);
  sf_fix_state_free (state);
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct sf_zjwater *state = sf_fix_state_new (sizeof *state, "zjwater_json", err);
  if (!state)
    return SF_ENOMEM;
  state->order
      = sf_settings_choice (host->settings, "quadrants") == 1 ? SF_QUADRANTS_NE_SE_SW_NW : SF_QUADRANTS_NE_SE_NW_SW;
  sf_fixes_json_open ();
  *ret_state = state;
  return SF_OK;
}

/* --- members of a point --- */

static bool
parse_time (const json_t *value, int64_t *ret_time_s)
{
  const char *text = json_string_value (value);
  return text && sf_time_parse_iso (text, SF_BEIJING_OFFSET_S, ret_time_s, NULL) == SF_OK;
}

/* "300|300|350|350", or one number for a circle; empty is no ring (*ret_given false). False when it is anything else.
 */
static bool
parse_radii_text (const char *text, double given_km[SF_QUADRANTS], bool *ret_given)
{
  struct sf_span rest = sf_span_trim (sf_span_of (text)), field;
  int count = 0;
  *ret_given = rest.length > 0;
  if (!rest.length)
    return true;
  for (; sf_text_next_field (&rest, '|', &field); count++)
    {
      if (count == SF_QUADRANTS)
        return false;
      given_km[count] = NAN;
      if (sf_span_trim (field).length && !sf_text_parse_double (field, &given_km[count]))
        return false;
    }
  for (int i = 1; count == 1 && i < SF_QUADRANTS; i++)
    given_km[i] = given_km[0];
  return count == 1 || count == SF_QUADRANTS;
}

static bool
parse_radii_list (const json_t *list, double given_km[SF_QUADRANTS])
{
  if (json_array_size (list) != SF_QUADRANTS)
    return false;
  for (size_t i = 0; i < SF_QUADRANTS; i++)
    if (!sf_fixes_json_number (json_array_get (list, i), &given_km[i]))
      return false;
  return true;
}

/* {"ne":..,"se":..,"sw":..,"nw":..}: named, so in no order. */
static bool
parse_radii_object (const json_t *object, double given_km[SF_QUADRANTS])
{
  static const char *const names[] = { "ne", "se", "sw", "nw" };
  for (int i = 0; i < SF_QUADRANTS; i++)
    if (!sf_fixes_json_number (json_object_get (object, names[i]), &given_km[i]))
      return false;
  return true;
}

static void
parse_ring (struct sf_zjwater *state, const json_t *point, const char *const *names, enum sf_ring ring,
            struct sf_fix *fix)
{
  const json_t *value = sf_fixes_json_any (point, names);
  enum sf_quadrant_order order = state->order;
  double given_km[SF_QUADRANTS];
  bool given = true, good = true;
  if (!value || json_is_null (value))
    return;
  if (json_is_string (value))
    good = parse_radii_text (json_string_value (value), given_km, &given);
  else if (json_is_number (value))
    given_km[0] = given_km[1] = given_km[2] = given_km[3] = json_number_value (value);
  else if (json_is_object (value))
    {
      good = parse_radii_object (value, given_km);
      order = SF_QUADRANTS_NE_SE_SW_NW;
    }
  else
    good = parse_radii_list (value, given_km);
  for (int i = 0; given && good && i < SF_QUADRANTS; i++)
    good = !(given_km[i] < 0 || given_km[i] > 2000);
  if (!good)
    sf_fixes_json_reject (&state->base.fixes, value, "storm %s: a wind radius is four numbers of 0-2000 km, or empty",
                          fix->storm);
  else if (given)
    sf_fixes_set_ring (fix, ring, given_km, order);
}

static void
parse_rings (struct sf_zjwater *state, const json_t *point, struct sf_fix *fix)
{
  static const char *const names[SF_RADII_FORCES][4] = {
    { "radius7", "radius7_quad", "r7", NULL },
    { "radius10", "radius10_quad", "r10", NULL },
    { "radius12", "radius12_quad", "r12", NULL },
  };
  for (int i = 0; i < SF_RADII_FORCES; i++)
    parse_ring (state, point, names[i], (enum sf_ring) i, fix);
}

static bool
parse_motion (const json_t *point, struct sf_fix *fix)
{
  static const char *const speeds[] = { "movespeed", "moveSpeed", "move_speed", NULL };
  static const char *const directions[] = { "movedirection", "moveDir", "move_dir", NULL };
  const char *towards = json_string_value (sf_fixes_json_any (point, directions));
  double speed_kmph;
  if (towards)
    fix->motion_to_deg = sf_fixes_bearing_of_word (sf_span_of (towards));
  if (!sf_fixes_json_number (sf_fixes_json_any (point, speeds), &speed_kmph))
    return false;
  if (speed_kmph > 0 || !isnan (fix->motion_to_deg))
    fix->motion_mps = sf_fixes_kmph_to_mps (speed_kmph);
  return true;
}

/* What a point of an analysis and of a forecast have in common; returns what is wrong, or NULL. */
static const char *
parse_point (const json_t *point, struct sf_record *record)
{
  struct sf_fix *fix = &record->as.track;
  if (!json_is_object (point))
    return "is no object";
  if (!parse_time (json_object_get (point, "time"), &record->valid_s))
    return "has no time (Beijing time, \"2024-09-06 16:00:00\")";
  if (!sf_fixes_json_number (json_object_get (point, "lng"), &fix->lon_deg)
      || !sf_fixes_json_number (json_object_get (point, "lat"), &fix->lat_deg) || isnan (fix->lon_deg)
      || isnan (fix->lat_deg))
    return "has no lng and lat";
  if (!sf_fixes_json_number (json_object_get (point, "pressure"), &fix->pressure_hpa)
      || !sf_fixes_json_number (json_object_get (point, "speed"), &fix->wind_mps))
    return "has a pressure or speed that is no number";
  if (fix->pressure_hpa == 0)
    fix->pressure_hpa = NAN;
  if (fix->wind_mps == 0)
    fix->wind_mps = NAN;
  const char *strong = json_string_value (json_object_get (point, "strong"));
  fix->grade = strong ? sf_fixes_grade_of_word (sf_span_of (strong)) : NULL;
  return NULL;
}

/* --- analyses --- */

static enum sf_code
remember_anchor (struct sf_zjwater *state, const struct sf_record *record, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &state->anchors, &state->anchors_capacity, state->anchors_count + 1,
                   sizeof *state->anchors)
      < 0)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (state->base.fixes.message));
  state->anchors[state->anchors_count++]
      = (struct sf_zjwater_anchor){ record->valid_s, record->as.track.lon_deg, record->as.track.lat_deg };
  return SF_OK;
}

static enum sf_code
decode_analysis (struct sf_zjwater *state, const json_t *point, size_t index, const struct sf_zjwater_storm *storm,
                 struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  struct sf_record *record = sf_fixes_new (fixes, 0);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (fixes->message));
  struct sf_fix *fix = &record->as.track;
  sf_zjwater_set_storm (fix, storm);
  const char *fault = parse_point (point, record);
  if (!fault && !parse_motion (point, fix))
    fault = "has a speed of motion that is no number";
  if (fault)
    {
      sf_fixes_json_reject (fixes, point, "storm %s: point %zu %s", storm->id, index + 1, fault);
      return SF_OK;
    }
  fix->agency = "BABJ";
  fix->averaging_min = 2;
  parse_rings (state, point, fix);
  SF_TRY (remember_anchor (state, record, err));
  return sf_fixes_json_add (fixes, record, point, err);
}

static int
compare_anchors (const void *left, const void *right)
{
  const struct sf_zjwater_anchor *a = left, *b = right;
  return (a->time_s > b->time_s) - (a->time_s < b->time_s);
}

/* Whether a forecast's first point only repeats an analysis of this message. */
static bool
is_anchor (const struct sf_zjwater *state, const struct sf_record *record)
{
  if (!state->anchors_count)
    return false;
  struct sf_zjwater_anchor wanted = { .time_s = record->valid_s };
  const struct sf_zjwater_anchor *found
      = bsearch (&wanted, state->anchors, state->anchors_count, sizeof *state->anchors, compare_anchors);
  return found && found->lon_deg == record->as.track.lon_deg && found->lat_deg == record->as.track.lat_deg;
}

/* --- forecasts --- */

static enum sf_code
decode_forecast_point (struct sf_zjwater *state, const json_t *point, const struct sf_zjwater_storm *storm,
                       const char *agency, int64_t *base_s, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  struct sf_record *record = sf_fixes_new (fixes, 0);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (fixes->message));
  struct sf_fix *fix = &record->as.track;
  const char *fault = parse_point (point, record);
  if (!fault && *base_s == SF_TIME_MISSING)
    *base_s = record->valid_s;
  if (!fault && record->valid_s < *base_s)
    fault = "lies before the time the forecast was made";
  if (fault)
    {
      sf_fixes_json_reject (fixes, point, "storm %s: a forecast point of %.40s %s", storm->id, agency, fault);
      return SF_OK;
    }
  if (record->valid_s == *base_s && is_anchor (state, record))
    return SF_OK;
  sf_zjwater_set_storm (fix, storm);
  sf_zjwater_set_agency (fix, agency);
  parse_rings (state, point, fix);
  fix->base_s = *base_s;
  fix->lead_s = record->valid_s - *base_s;
  return sf_fixes_json_add (fixes, record, point, err);
}

/* The base is the time that "ybsj" or "issued" gives where it fits the first point, else the first point's own time. */
static int64_t
find_base (const json_t *forecast, const json_t *points)
{
  static const char *const names[] = { "ybsj", "issued", NULL };
  const json_t *first = json_array_get (points, 0), *given = sf_fixes_json_any (forecast, names);
  int64_t base_s, first_s;
  if (!given)
    given = json_object_get (first, "ybsj");
  if (!parse_time (json_object_get (first, "time"), &first_s))
    return SF_TIME_MISSING;
  return parse_time (given, &base_s) && base_s <= first_s && first_s - base_s <= 86400 ? base_s : first_s;
}

static enum sf_code
decode_forecast (struct sf_zjwater *state, const json_t *forecast, const char *agency,
                 const struct sf_zjwater_storm *storm, struct sf_error *err)
{
  static const char *const lists[] = { "forecastpoints", "points", NULL };
  const json_t *points = sf_fixes_json_any (forecast, lists);
  if (!agency || !json_is_array (points))
    {
      sf_fixes_json_reject (&state->base.fixes, forecast, "storm %s: a forecast has an agency and a list of points",
                            storm->id);
      return SF_OK;
    }
  int64_t base_s = find_base (forecast, points);
  size_t index;
  json_t *point;
  json_array_foreach (points, index, point) SF_TRY (decode_forecast_point (state, point, storm, agency, &base_s, err));
  return SF_OK;
}

/* Forecasts as the site gives them, a list below a point, or as the normalised form does, an object of agencies. */
static enum sf_code
decode_forecasts (struct sf_zjwater *state, json_t *forecasts, const struct sf_zjwater_storm *storm,
                  struct sf_error *err)
{
  static const char *const names[] = { "tm", "sets", NULL };
  size_t index;
  json_t *forecast;
  const char *agency;
  json_array_foreach (forecasts, index, forecast)
      SF_TRY (decode_forecast (state, forecast, sf_fixes_json_text (sf_fixes_json_any (forecast, names)), storm, err));
  json_object_foreach (forecasts, agency, forecast) SF_TRY (decode_forecast (state, forecast, agency, storm, err));
  return SF_OK;
}

/* --- storms --- */

static enum sf_code
decode_storm (struct sf_zjwater *state, const json_t *root, struct sf_error *err)
{
  static const char *const names[] = { "enname", "enName", NULL }, *const lists[] = { "points", "track", NULL };
  struct sf_fixes *fixes = &state->base.fixes;
  const json_t *points = sf_fixes_json_any (root, lists);
  struct sf_zjwater_storm storm = { .id = sf_fixes_json_identity (&state->base.arena, json_object_get (root, "tfid")),
                                    .name = sf_fixes_json_text (sf_fixes_json_any (root, names)),
                                    .name_zh = sf_fixes_json_text (json_object_get (root, "name")) };
  if (!storm.id || !json_is_array (points))
    {
      sf_fixes_json_reject (fixes, root,
                            "a storm has tfid and a list of points; in a list of storms the tracks are missing: "
                            "fetch Api/TyphoonInfo/{tfid}");
      return SF_OK;
    }
  storm.number = sf_zjwater_number (storm.id);
  if (storm.name && !strcasecmp (storm.name, "nameless"))
    storm.name = NULL;
  state->anchors_count = 0;
  size_t index;
  json_t *point;
  json_array_foreach (points, index, point) SF_TRY (decode_analysis (state, point, index, &storm, err));
  if (state->anchors_count)
    qsort (state->anchors, state->anchors_count, sizeof *state->anchors, compare_anchors);
  json_array_foreach (points, index, point)
      SF_TRY (decode_forecasts (state, json_object_get (point, "forecast"), &storm, err));
  SF_TRY (decode_forecasts (state, json_object_get (root, "forecasts"), &storm, err));
  return sf_fixes_flush (fixes, err);
}

static enum sf_code
decode_root (struct sf_zjwater *state, json_t *root, struct sf_error *err)
{
  size_t index;
  json_t *storm;
  if (json_object_get (root, "obs") && json_object_get (root, "issues"))
    return sf_zjwater_decode_verification (state, root, err);
  if (json_is_array (json_object_get (root, "storms")))
    return sf_zjwater_decode_consensus (state, root, err);
  if (json_is_object (root))
    return decode_storm (state, root, err);
  json_array_foreach (root, index, storm) SF_TRY (decode_storm (state, storm, err));
  return SF_OK;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct sf_zjwater *state = opaque;
  json_t *root = NULL;
  sf_arena_reset (&state->base.arena);
  sf_fixes_begin (&state->base.fixes, message, sink);
  SF_TRY (sf_fixes_json_load (&state->base.arena, message, &root, err));
  enum sf_code code = decode_root (state, root, err);
  json_decref (root);
  return code == SF_OK
             ? sf_fixes_verdict (&state->base.fixes, "a TyphoonInfo of typhoon.slt.zj.gov.cn with points", err)
             : code;
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "typhoon.slt.zj.gov.cn JSON TyphoonInfo, and its normalised forms",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = close_decoder,
};

SF_PLUGIN_EXPORT (zjwater_json) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "zjwater_json",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "typhoon tracks and five agencies' forecasts of Zhejiang Water Resources (typhoon.slt.zj.gov.cn)",
  .summary_zh = "浙江省水利厅台风路径网（typhoon.slt.zj.gov.cn）路径与五家机构预报",
  .options = options,
  .as.decoder = &decoder,
};
