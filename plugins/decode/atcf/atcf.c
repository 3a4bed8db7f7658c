/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/fixes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ATCF a-decks (forecasts) and b-decks (best tracks) of JTWC and NHC: comma separated, one line per wind radius
   (34, 50, 64 kn), the same fix repeated; knots, nautical miles, tenths of a degree with N/S and E/W, times UTC.
   Field order: Sampson & Schrader 2000 and the a/b-deck description of NRL Monterey. Lines of one fix are merged; lines
   of one time whose positions differ become two doubtful fixes. The storm is basin, number and season year: WP092014.
   50 and 64 kn (25.7, 32.9 m/s) lie in force 10 and 12. 34 kn (17.5 m/s) is force 8, for which there is no ring: put in
   the place of force 7 it would make that ring too small, so it is kept only when the option asks for it. */

enum
{
  BASIN,
  CY,
  DTG,
  TECHNUM,
  TECH,
  TAU,
  LAT,
  LON,
  VMAX,
  MSLP,
  TY,
  RAD,
  WINDCODE,
  RAD1,
  RAD2,
  RAD3,
  RAD4,
  POUTER,
  ROUTER,
  RMW,
  GUSTS,
  EYE,
  SUBREGION,
  MAXSEAS,
  INITIALS,
  DIR,
  SPEED,
  STORMNAME,
  FIELDS
};

enum
{
  STORMS_MAX = 64,     /* storms of one message whose season is remembered */
  MERGE_LOOK_BACK = 64 /* fixes among which a further line looks for its first one */
};

struct season
{
  char basin[3];
  int cyclone, year;
  int64_t last_s;
};

struct state
{
  struct sf_fix_state base;
  double averaging_min;
  bool keep_r34;
  struct season seasons[STORMS_MAX];
  size_t seasons_count;
};

static const char *const r34_choices[] = { "drop", "force7", NULL };

static const struct sf_option options[]
    = { { .name = "averaging",
          .type = SF_OPTION_DOUBLE,
          .unit = "min",
          .fallback = "1",
          .min = 1,
          .max = 10,
          .help_en = "minutes that the wind is averaged over; JTWC's and NHC's are 1",
          .help_zh = "风速的平均时段（分钟）；美国联合台风警报中心和国家飓风中心为1分钟" },
        { .name = "r34",
          .type = SF_OPTION_ENUM,
          .fallback = "drop",
          .choices = r34_choices,
          .help_en = "34 kn radii (force 8): drop them, or take them for the force 7 ring, which is larger",
          .help_zh = "34节（8级）风圈：舍去，或当作七级风圈（实际七级风圈更大）" },
        { .name = NULL } };

static bool
is_letter (char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Fields of a line, blanks trimmed; absent ones are empty. Returns how many there are. */
static int
split (struct sf_span line, struct sf_span fields[FIELDS])
{
  int count = 0;
  struct sf_span field;
  for (int i = 0; i < FIELDS; i++)
    fields[i] = (struct sf_span){ "", 0 };
  while (sf_text_next_field (&line, ',', &field))
    {
      if (count < FIELDS)
        fields[count] = sf_span_trim (field);
      count++;
    }
  return count;
}

static bool
looks_like_line (const struct sf_span *fields, int count)
{
  return count > LON && fields[BASIN].length == 2 && is_letter (fields[BASIN].text[0])
         && is_letter (fields[BASIN].text[1]) && fields[DTG].length == 10 && fields[TECH].length > 0
         && fields[TECH].length <= 8;
}

static int
identify (const uint8_t *bytes, size_t length)
{
  struct sf_span text = { (const char *) bytes, length }, line, fields[FIELDS];
  int good = 0, seen = 0;
  for (long number = 0; seen < 50 && sf_text_next_line (&text, &line, &number);)
    if (sf_span_trim (line).length)
      {
        seen++;
        good += looks_like_line (fields, split (line, fields));
      }
  return good ? 20 + 70 * good / seen : 0;
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_fix_state_new (sizeof *state, "atcf", err);
  if (!state)
    return SF_ENOMEM;
  state->averaging_min = sf_settings_double (host->settings, "averaging");
  state->keep_r34 = sf_settings_choice (host->settings, "r34") == 1;
  *ret_state = state;
  return SF_OK;
}

/* "200N", "1400E": tenths of a degree and a letter, which is returned with it. */
static bool
parse_angle (struct sf_span field, double *ret_deg, char *ret_letter)
{
  if (field.length < 2)
    return false;
  char letter = field.text[field.length - 1];
  int64_t tenths;
  if (!strchr ("NSEW", letter) || !letter
      || !sf_text_parse_int ((struct sf_span){ field.text, field.length - 1 }, &tenths) || tenths < 0 || tenths > 3600)
    return false;
  *ret_deg = (letter == 'S' || letter == 'W' ? -1 : 1) * (double) tenths / 10;
  *ret_letter = letter;
  return true;
}

static bool
is_latitude_letter (char letter)
{
  return letter == 'N' || letter == 'S';
}

/* The place of a line; exchanged fields are known by their letters. Returns a fault or NULL. */
static const char *
parse_place (const struct sf_span *fields, struct sf_fix *fix, bool *ret_exchanged)
{
  double first_deg, second_deg;
  char first, second;
  if (!parse_angle (fields[LAT], &first_deg, &first) || !parse_angle (fields[LON], &second_deg, &second))
    return "latitude or longitude is not tenths of a degree with N, S, E or W";
  if (is_latitude_letter (first) == is_latitude_letter (second))
    return "latitude and longitude have letters of the same kind";
  if (first_deg == 0 && second_deg == 0)
    return "position 0N 0E stands for missing";
  *ret_exchanged = !is_latitude_letter (first);
  fix->lat_deg = *ret_exchanged ? second_deg : first_deg;
  fix->lon_deg = sf_fixes_wrap_lon_deg (*ret_exchanged ? first_deg : second_deg);
  return NULL;
}

/* A number of a field: blank, and the values that stand for missing, give NaN. False when it is no number. */
static bool
parse_number (struct sf_span field, double missing, double *ret_value)
{
  double value;
  if (!field.length || sf_span_equal (field, "X"))
    {
      *ret_value = NAN;
      return true;
    }
  if (!sf_text_parse_double (field, &value))
    return false;
  *ret_value = value == 0 || value == missing || value == -999 ? NAN : value;
  return true;
}

static const char *
parse_strength (const struct sf_span *fields, struct sf_fix *fix)
{
  double wind_kn, pressure_hpa, outer_hpa, roci_nmi, rmw_nmi, gust_kn, speed_kn;
  if (!parse_number (fields[VMAX], 999, &wind_kn) || !parse_number (fields[MSLP], 9999, &pressure_hpa)
      || !parse_number (fields[POUTER], 9999, &outer_hpa) || !parse_number (fields[ROUTER], 999, &roci_nmi)
      || !parse_number (fields[RMW], 999, &rmw_nmi) || !parse_number (fields[GUSTS], 999, &gust_kn)
      || !parse_number (fields[SPEED], 999, &speed_kn) || !parse_number (fields[DIR], 999, &fix->motion_to_deg))
    return "a number of wind, pressure, size or motion cannot be read";
  fix->wind_mps = sf_fixes_kn_to_mps (wind_kn);
  fix->pressure_hpa = pressure_hpa;
  fix->environment_pressure_hpa = outer_hpa;
  fix->roci_km = sf_fixes_nmi_to_km (roci_nmi);
  fix->rmw_km = sf_fixes_nmi_to_km (rmw_nmi);
  fix->gust_mps = sf_fixes_kn_to_mps (gust_kn);
  fix->motion_mps = sf_fixes_kn_to_mps (speed_kn);
  /* 0 is missing, but north where a speed stands beside it. */
  int64_t direction_deg;
  if (speed_kn > 0 && sf_text_parse_int (fields[DIR], &direction_deg) && direction_deg == 0)
    fix->motion_to_deg = 0;
  fix->grade = sf_span_equal (fields[TY], "ST") ? "SuperTY" : sf_fixes_grade_of_word (fields[TY]);
  return NULL;
}

/* Which quadrant RAD1 is of: NEQ, SEQ, SWQ, NWQ; the others follow clockwise. -1 for AAA, a full circle; -2 for codes
   that name no quadrant (semicircles), whose radii stay missing. */
static int
first_quadrant (struct sf_span windcode)
{
  static const char *const codes[] = { "NEQ", "SEQ", "SWQ", "NWQ" };
  for (int i = 0; i < SF_QUADRANTS; i++)
    if (sf_span_equal (windcode, codes[i]))
      return i;
  return sf_span_equal (windcode, "AAA") ? -1 : -2;
}

/* The ring of a line, if it has one that is kept. Returns a fault or NULL. */
static const char *
parse_ring (const struct state *state, const struct sf_span *fields, struct sf_fix *fix)
{
  int64_t threshold_kn = 0;
  int first = first_quadrant (fields[WINDCODE]);
  if (!fields[RAD].length || (sf_text_parse_int (fields[RAD], &threshold_kn) && threshold_kn == 0))
    return NULL;
  if (threshold_kn != 34 && threshold_kn != 50 && threshold_kn != 64 && threshold_kn != 100)
    return "the radius is of none of 34, 50, 64, 100 kn";
  double given_km[SF_QUADRANTS];
  for (int i = 0; i < SF_QUADRANTS; i++)
    {
      struct sf_span field = fields[first == -1 ? RAD1 : RAD1 + i];
      double radius_nmi = NAN;
      if (field.length && !sf_text_parse_double (field, &radius_nmi))
        return "a wind radius is no number";
      if (radius_nmi > 1080)
        return "a wind radius is more than 1080 nmi";
      given_km[first > 0 ? (first + i) % SF_QUADRANTS : i] = radius_nmi >= 0 ? sf_fixes_nmi_to_km (radius_nmi) : NAN;
    }
  if (first == -2 || threshold_kn == 100 || (threshold_kn == 34 && !state->keep_r34))
    return NULL;
  enum sf_ring ring = threshold_kn == 34 ? SF_RING_FORCE7 : threshold_kn == 50 ? SF_RING_FORCE10 : SF_RING_FORCE12;
  sf_fixes_set_ring (fix, ring, given_km, SF_QUADRANTS_NE_SE_SW_NW);
  return NULL;
}

/* Times: DTG, the minutes of a best track's TECHNUM, and TAU hours. */
static const char *
parse_times (const struct sf_span *fields, struct sf_record *record)
{
  int64_t base_s, tau_h = 0, minutes = 0;
  if (fields[DTG].length != 10 || sf_time_parse_compact (fields[DTG].text, 10, 0, &base_s, NULL) != SF_OK)
    return "the third field is no time yyyymmddhh";
  if (fields[TAU].length && !sf_text_parse_int (fields[TAU], &tau_h))
    return "the forecast hour is no number";
  if (tau_h < -48 || tau_h > 480)
    return "the forecast hour is outside -48 to 480";
  if (sf_span_equal (fields[TECH], "BEST") && fields[TECHNUM].length
      && (!sf_text_parse_int (fields[TECHNUM], &minutes) || minutes < 0 || minutes > 59))
    return "the fourth field of a best track is no minute";
  record->as.track.base_s = base_s + minutes * 60;
  record->as.track.lead_s = tau_h * 3600;
  record->valid_s = record->as.track.base_s + record->as.track.lead_s;
  return NULL;
}

/* The year in the storm's name: that of its first line here; the southern season of July to June bears its second year.
 */
static int
season_year (struct state *state, const char basin[3], int cyclone, int64_t time_s)
{
  for (size_t i = 0; i < state->seasons_count; i++)
    {
      struct season *season = &state->seasons[i];
      int64_t apart_s = time_s > season->last_s ? time_s - season->last_s : season->last_s - time_s;
      if (season->cyclone == cyclone && !strcmp (season->basin, basin) && apart_s < 60 * 86400)
        {
          season->last_s = time_s;
          return season->year;
        }
    }
  struct sf_civil civil = sf_time_to_civil (time_s, 0);
  int year = civil.year + (basin[0] == 'S' && basin[1] != 'L' && civil.month >= 7);
  if (state->seasons_count < STORMS_MAX)
    {
      struct season *season = &state->seasons[state->seasons_count++];
      *season = (struct season){ .cyclone = cyclone, .year = year, .last_s = time_s };
      memcpy (season->basin, basin, 3);
    }
  return year;
}

static const char *
centre_of_basin (const char basin[3])
{
  if (!strcmp (basin, "AL") || !strcmp (basin, "EP") || !strcmp (basin, "LS"))
    return "KNHC";
  return !strcmp (basin, "CP") ? "PHFO" : "PGTW";
}

/* Who says it: best tracks and official forecasts are the centre's own; an official forecast's hour 0 is its analysis
   of that moment, kept apart from the best track made later; other techniques are members. */
static void
set_speaker (struct state *state, const struct sf_span *fields, const char basin[3], struct sf_fix *fix)
{
  bool official = sf_span_equal (fields[TECH], "JTWC") || sf_span_equal (fields[TECH], "OFCL");
  fix->agency = centre_of_basin (basin);
  if (sf_span_equal (fields[TECH], "JTWC"))
    fix->agency = "PGTW";
  if (!sf_span_equal (fields[TECH], "BEST") && !(official && fix->lead_s > 0))
    fix->member = sf_fixes_text (&state->base.fixes, fields[TECH]);
  fix->averaging_min = state->averaging_min;
}

static const char *
parse_storm (struct state *state, const struct sf_span *fields, struct sf_record *record)
{
  struct sf_fix *fix = &record->as.track;
  int64_t cyclone;
  if (fields[BASIN].length != 2 || !is_letter (fields[BASIN].text[0]) || !is_letter (fields[BASIN].text[1]))
    return "the first field is no basin";
  if (!sf_text_parse_int (fields[CY], &cyclone) || cyclone < 0 || cyclone > 99)
    return "the second field is no cyclone number 0-99";
  char basin[3] = { (char) (fields[BASIN].text[0] & ~0x20), (char) (fields[BASIN].text[1] & ~0x20), '\0' };
  int year = season_year (state, basin, (int) cyclone, fix->base_s);
  char *key = sf_arena_printf (&state->base.fixes.arena, "%s%02d%04d", basin, (int) cyclone, year);
  state->base.fixes.out_of_memory |= !key;
  fix->storm = key;
  set_speaker (state, fields, basin, fix);
  if (fields[STORMNAME].length && !sf_span_equal (fields[STORMNAME], "INVEST"))
    fix->name = sf_fixes_text (&state->base.fixes, fields[STORMNAME]);
  return NULL;
}

static bool
same_text (const char *a, const char *b)
{
  return a == b || (a && b && !strcmp (a, b));
}

static bool
same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* Whether b is a further line of the fix a: all but the rings is the same. */
static bool
is_same_fix (const struct sf_record *left, const struct sf_record *right)
{
  const struct sf_fix *a = &left->as.track, *b = &right->as.track;
  return left->valid_s == right->valid_s && a->base_s == b->base_s && same_text (a->storm, b->storm)
         && same_text (a->member, b->member) && same_text (a->agency, b->agency) && a->lon_deg == b->lon_deg
         && a->lat_deg == b->lat_deg && same_number (a->wind_mps, b->wind_mps)
         && same_number (a->pressure_hpa, b->pressure_hpa);
}

static bool
merge_rings (struct state *state, const struct sf_record *record)
{
  struct sf_fixes *fixes = &state->base.fixes;
  size_t first = fixes->count > MERGE_LOOK_BACK ? fixes->count - MERGE_LOOK_BACK : 0;
  for (size_t i = fixes->count; i > first; i--)
    if (is_same_fix (fixes->items[i - 1], record))
      {
        struct sf_fix *into = &fixes->items[i - 1]->as.track;
        for (int k = 0; k < SF_RADII_FORCES * SF_QUADRANTS; k++)
          if (!isnan (record->as.track.radii_km[k]))
            into->radii_km[k] = record->as.track.radii_km[k];
        return true;
      }
  return false;
}

static enum sf_code
decode_line (struct state *state, struct sf_span line, long line_number, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  struct sf_span fields[FIELDS];
  int count = split (line, fields);
  if (count <= LON)
    {
      sf_fixes_reject (fixes, line_number, line, "%d fields; a deck's line has at least 8", count);
      return SF_OK;
    }
  struct sf_record *record = sf_fixes_new (fixes, line_number);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s:%ld: out of memory", sf_fixes_source (fixes->message), line_number);
  bool exchanged = false;
  const char *fault = parse_times (fields, record);
  if (!fault)
    fault = parse_storm (state, fields, record);
  if (!fault)
    fault = parse_place (fields, &record->as.track, &exchanged);
  if (!fault)
    fault = parse_strength (fields, &record->as.track);
  if (!fault)
    fault = parse_ring (state, fields, &record->as.track);
  if (fault)
    {
      sf_fixes_reject (fixes, line_number, line, "storm %s: %s", record->as.track.storm ? record->as.track.storm : "?",
                       fault);
      return SF_OK;
    }
  if (exchanged)
    {
      record->quality = SF_QUALITY_CORRECTED_RELIABLE;
      SF_TRY (sf_fixes_doubt (fixes, record, err, "longitude and latitude were exchanged in the source"));
    }
  return merge_rings (state, record) ? SF_OK : sf_fixes_add (fixes, record, line, err);
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  sf_arena_reset (&state->base.arena);
  sf_fixes_begin (&state->base.fixes, message, sink);
  state->seasons_count = 0;
  struct sf_span text, line;
  SF_TRY (sf_fixes_view_text (&state->base.arena, message, &text, err));
  if (text.length && !memchr (text.text, ',', text.length))
    return sf_fail (err, SF_EFORMAT, "%s: no comma in it: not an ATCF deck", sf_fixes_source (message));
  for (long number = 0; sf_text_next_line (&text, &line, &number);)
    if (sf_span_trim (line).length)
      SF_TRY (decode_line (state, line, number, err));
  SF_TRY (sf_fixes_flush (&state->base.fixes, err));
  return sf_fixes_verdict (&state->base.fixes, "lines 'WP, 09, yyyymmddhh, , BEST, tau, 199N, 1113E, ...'", err);
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "ATCF a-deck and b-deck (JTWC, NHC)",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_fix_state_free,
};

SF_PLUGIN_EXPORT (atcf) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "atcf",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "ATCF a-decks and b-decks of JTWC and NHC",
  .summary_zh = "美国ATCF格式的台风定位与预报（JTWC、NHC）",
  .options = options,
  .as.decoder = &decoder,
};
