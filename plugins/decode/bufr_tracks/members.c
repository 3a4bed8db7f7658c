/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bufr_tracks/members.h"

#include "geodata/sphere.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* WMO code table 0 08 005, what a place is of, and 0 01 092, the kind of a member. */
enum
{
  STORM_CENTRE = 1,
  MAXIMUM_WIND = 3,
  PERTURBED_ANALYSIS = 4,
  ANALYSIS = 5,
  DETERMINISTIC = 0,
  CONTROL = 1
};

enum
{
  ECMWF = 98,
  FIRST_GENESIS_NUMBER = 70, /* numbers 70-99 are features that only the forecast has */
  TEXT_BYTES = 32,
  HEAD_BYTES = 8, /* of a message, which stand in quarantine for it */
  FIRST_YEAR = 1950,
  LAST_YEAR = 2150,
  REJECTS_MAX = 100 /* of one message; the rest is counted */
};

struct place
{
  double lon_deg, lat_deg;
};

/* What a member says of one step; numbers NaN where missing. */
struct step
{
  double lead_h;
  struct place centre, wind_at;
  double pressure_hpa, wind_mps;
  double radii_km[SF_RADII_FORCES * SF_QUADRANTS];
};

struct member
{
  char storm[TEXT_BYTES], name[TEXT_BYTES]; /* empty where missing */
  double number, type;
  double date[5]; /* year, month, day, hour, minute */
  struct place observed;
  double significance, threshold_mps, from_deg, to_deg;
  struct step step;
  const char *label; /* sf_fix.member */
  char *key;         /* sf_fix.storm */
  int64_t base_s;
  bool is_known, is_refused;
  bool is_stepped; /* behind the first step */
  long steps_with_place;
};

struct bufr_members
{
  struct sf_fixes *fixes;
  const struct bufr_frame *frame;
  const struct bufr_choices *choices;
  const char *agency;
  long number, rejects;
  struct member items[];
};

static void
clear_step (struct step *step)
{
  *step = (struct step){ NAN, { NAN, NAN }, { NAN, NAN }, NAN, NAN, { 0 } };
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    step->radii_km[i] = NAN;
}

/* Common code table C-11; the location indicators that GTS bulletins bear. */
static const char *
agency_of (struct sf_fixes *fixes, int centre)
{
  static const struct
  {
    int code;
    const char *indicator;
  } known[] = { { 1, "AMMC" },  { 7, "KWBC" },     { 28, "DEMS" }, { 34, "RJTD" }, { 38, "BABJ" },
                { 40, "RKSL" }, { 54, "CWAO" },    { 58, "FNMO" }, { 74, "EGRR" }, { 78, "EDZW" },
                { 85, "LFPW" }, { ECMWF, "ECMF" }, { 110, "VHHH" } };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (known[i].code == centre)
      return known[i].indicator;
  char *text = sf_arena_printf (&fixes->arena, "C%d", centre);
  fixes->out_of_memory |= !text;
  return text;
}

struct bufr_members *
bufr_members_begin (struct sf_arena *arena, struct sf_fixes *fixes, const struct bufr_frame *frame,
                    const struct bufr_choices *choices, long number)
{
  struct bufr_members *members
      = sf_arena_calloc (arena, 1, sizeof *members + (size_t) frame->subsets * sizeof members->items[0]);
  if (!members)
    return NULL;
  members->fixes = fixes;
  members->frame = frame;
  members->choices = choices;
  members->agency = agency_of (fixes, frame->centre);
  members->number = number;
  for (int i = 0; i < frame->subsets; i++)
    {
      struct member *member = &members->items[i];
      member->number = member->type = NAN;
      member->observed = (struct place){ NAN, NAN };
      for (int k = 0; k < 5; k++)
        member->date[k] = NAN;
      clear_step (&member->step);
      member->step.lead_h = 0;
      member->significance = member->threshold_mps = member->from_deg = member->to_deg = NAN;
    }
  return members;
}

/* --- faults --- */

static void reject (struct bufr_members *members, const struct member *member, enum bufr_key key, const char *format,
                    ...) __attribute__ ((format (printf, 4, 5)));

static void
reject (struct bufr_members *members, const struct member *member, enum bufr_key key, const char *format, ...)
{
  char text[200];
  va_list args;
  if (++members->rejects > REJECTS_MAX)
    return;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  struct sf_span head = { (const char *) members->frame->bytes, HEAD_BYTES };
  sf_fixes_reject (members->fixes, members->number, head, "message %ld, subset %d, key %s: %s", members->number,
                   (int) (member - members->items) + 1, bufr_key_name (key), text);
}

/* --- who speaks, of which storm, and when --- */

/* fc: deterministic, cf: control, pf: perturbed, with the member's number; ECMWF's 52 and 51 are the first two whatever type
   stands beside them (before 2021 it was missing where there was one member only). */
static const char *
label_of (struct bufr_members *members, const struct member *member)
{
  double type = member->type;
  if (isnan (type) && members->frame->centre == ECMWF && member->number > 50)
    type = member->number == 52 ? DETERMINISTIC : member->number == 51 ? CONTROL : NAN;
  const char *kind = type == DETERMINISTIC ? "fc" : type == CONTROL ? "cf" : "pf";
  double number = isnan (member->number) ? (double) (member - members->items + 1) : member->number;
  char *text = sf_arena_printf (&members->fixes->arena, "%s%02.0f", kind, number);
  members->fixes->out_of_memory |= !text;
  return text;
}

/* "27W" of 2015 is WP272015, as the ATCF decoder calls it, so that both meet; features of the forecast (70-99) and anything
   else are only themselves within one forecast. */
static char *
key_of (struct bufr_members *members, const struct member *member)
{
  static const char *const basins[] = { "WWP", "EEP", "CCP", "LAL", "AIO", "BIO", "SSH", "PSH", "USH", "QSL" };
  const char *id = member->storm;
  struct sf_civil civil = sf_time_to_civil (member->base_s, 0);
  const char *basin = NULL;
  char *key;
  for (size_t i = 0; i < sizeof basins / sizeof basins[0]; i++)
    if (strlen (id) == 3 && id[2] == basins[i][0])
      basin = basins[i] + 1;
  int number = basin && strspn (id, "0123456789") == 2 ? 10 * (id[0] - '0') + id[1] - '0' : 0;
  if (number > 0 && number < FIRST_GENESIS_NUMBER)
    {
      /* The southern season of July to June bears its second year; storms of high numbers in its first weeks are the old
         season's. */
      bool southern = !strcmp (basin, "SH");
      int year = civil.year + (southern && civil.month >= 7) - (civil.month == (southern ? 7 : 1) && number > 9);
      key = sf_arena_printf (&members->fixes->arena, "%s%02d%04d", basin, number, year);
    }
  else
    key = sf_arena_printf (&members->fixes->arena, "%s%04d%02d%02d%02d", id, civil.year, civil.month, civil.day,
                           civil.hour);
  members->fixes->out_of_memory |= !key;
  return key;
}

static bool
read_base (const struct member *member, int64_t *ret_base_s)
{
  const double *date = member->date;
  for (int i = 0; i < 5; i++)
    if (!(date[i] >= 0 && date[i] <= LAST_YEAR))
      return false;
  struct sf_civil civil = { (int) date[0], (int) date[1], (int) date[2], (int) date[3], (int) date[4], 0 };
  return civil.year >= FIRST_YEAR && civil.year <= LAST_YEAR
         && sf_time_from_civil (&civil, 0, ret_base_s, NULL) == SF_OK;
}

/* Whether the member can be named; a member that cannot is refused once. */
static bool
know (struct bufr_members *members, struct member *member)
{
  if (member->is_known || member->is_refused)
    return member->is_known;
  if (!member->storm[0])
    reject (members, member, BUFR_STORM, "it is missing or not in letters and digits");
  else if (!read_base (member, &member->base_s))
    reject (members, member, BUFR_YEAR, "year, month, day, hour and minute give no time");
  else
    {
      member->label = label_of (members, member);
      member->key = key_of (members, member);
      member->is_known = member->label && member->key;
    }
  member->is_refused = !member->is_known;
  return member->is_known;
}

/* --- a step becomes a fix --- */

struct limit
{
  enum bufr_key key;
  double value, min, max;
};

/* The first number of a step that cannot be; false when all can. Limits as those of all track decoders. */
static bool
find_fault (const struct step *step, struct limit *ret_limit)
{
  const struct limit limits[] = {
    { BUFR_LATITUDE, step->centre.lat_deg, -90, 90 },
    { BUFR_LONGITUDE, step->centre.lon_deg, -180, 360 },
    { BUFR_PRESSURE, step->pressure_hpa, 850, 1060 },
    { BUFR_WIND, step->wind_mps, 0, 120 },
    { BUFR_PERIOD, step->lead_h, 0, 480 },
  };
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
    if (limits[i].value < limits[i].min || limits[i].value > limits[i].max)
      {
        *ret_limit = limits[i];
        return true;
      }
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    if (step->radii_km[i] > 2000)
      {
        *ret_limit = (struct limit){ BUFR_RADIUS, step->radii_km[i], 0, 2000 };
        return true;
      }
  return false;
}

/* NaN where the strongest wind stands at the centre's own grid point, or too far out to be of the core. */
static double
rmw_of (const struct step *step, double limit_km)
{
  double km = sf_sphere_distance_km (step->centre.lon_deg, step->centre.lat_deg, step->wind_at.lon_deg,
                                     step->wind_at.lat_deg);
  return km > 0 && km <= limit_km ? km : NAN;
}

static struct sf_record *
new_record (struct bufr_members *members, const struct member *member, double lead_h)
{
  struct sf_record *record = sf_fixes_new (members->fixes, members->number);
  if (!record)
    return NULL;
  struct sf_fix *fix = &record->as.track;
  fix->storm = member->key;
  fix->name = member->name[0] ? sf_fixes_text (members->fixes, (struct sf_span){ member->name, strlen (member->name) })
                              : NULL;
  fix->agency = members->agency;
  fix->member = member->label;
  fix->base_s = member->base_s;
  fix->lead_s = (int64_t) lead_h * 3600;
  record->valid_s = fix->base_s + fix->lead_s;
  return record;
}

static enum sf_code
no_memory (const struct bufr_members *members, struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "%s: out of memory in message %ld", sf_fixes_source (members->fixes->message),
                  members->number);
}

static enum sf_code
add_fix (struct bufr_members *members, struct member *member, struct sf_error *err)
{
  const struct step *step = &member->step;
  struct sf_record *record = new_record (members, member, step->lead_h);
  if (!record)
    return no_memory (members, err);
  struct sf_fix *fix = &record->as.track;
  fix->lon_deg = step->centre.lon_deg;
  fix->lat_deg = step->centre.lat_deg;
  fix->pressure_hpa = step->pressure_hpa;
  fix->wind_mps = step->wind_mps;
  fix->averaging_min = members->choices->averaging_min;
  fix->rmw_km = rmw_of (step, members->choices->rmw_limit_km);
  for (int ring = members->choices->keep_r34 ? SF_RING_FORCE7 : SF_RING_FORCE10; ring < SF_RADII_FORCES; ring++)
    sf_fixes_set_ring (fix, (enum sf_ring) ring, step->radii_km + ring * SF_QUADRANTS, SF_QUADRANTS_NE_SE_SW_NW);
  return sf_fixes_add (members->fixes, record, (struct sf_span){ (const char *) members->frame->bytes, HEAD_BYTES },
                       err);
}

static enum sf_code
end_step (struct bufr_members *members, struct member *member, struct sf_error *err)
{
  const struct step *step = &member->step;
  struct limit limit;
  bool has_lon = !isnan (step->centre.lon_deg), has_lat = !isnan (step->centre.lat_deg);
  if ((!has_lon && !has_lat) || !know (members, member))
    return SF_OK;
  member->steps_with_place++;
  if (has_lon != has_lat)
    reject (members, member, has_lat ? BUFR_LONGITUDE : BUFR_LATITUDE,
            "missing at lead %g h, where the other one is given", step->lead_h);
  else if (isnan (step->lead_h))
    reject (members, member, BUFR_PERIOD, "missing beside the place %g, %g", step->centre.lon_deg,
            step->centre.lat_deg);
  else if (find_fault (step, &limit))
    reject (members, member, limit.key, "%g at lead %g h; %g to %g can be", limit.value, step->lead_h, limit.min,
            limit.max);
  else
    return add_fix (members, member, err);
  return SF_OK;
}

/* --- elements as they come --- */

/* A latitude or longitude belongs to what was last said to follow; the storm's centre before the steps is the observed one. */
static void
take_place (struct bufr_members *members, struct member *member, enum bufr_key key, double value)
{
  struct place *place = NULL;
  double of = member->significance;
  if (of == MAXIMUM_WIND)
    place = &member->step.wind_at;
  else if (of == STORM_CENTRE && !member->is_stepped)
    place = &member->observed;
  else if (of == STORM_CENTRE || of == PERTURBED_ANALYSIS || of == ANALYSIS)
    place = &member->step.centre;
  if (place)
    *(key == BUFR_LATITUDE ? &place->lat_deg : &place->lon_deg) = value;
  else if (isnan (of) && key == BUFR_LATITUDE && !isnan (value))
    reject (members, member, BUFR_SIGNIFICANCE, "missing before the latitude %g", value);
}

/* Where a template names no place of the analysis, the centre that the first pressure stands beside is it. */
static void
take_pressure (struct member *member, double pressure_pa)
{
  member->step.pressure_hpa = pressure_pa / 100;
  if (member->significance == STORM_CENTRE && !member->is_stepped)
    member->step.centre = member->observed;
}

/* Which ring a threshold is of: 18, 26, 33 m/s are 34, 50, 64 kn in whole m/s; -1 for another one. */
static int
ring_of (double threshold_mps)
{
  return threshold_mps == 18   ? SF_RING_FORCE7
         : threshold_mps == 26 ? SF_RING_FORCE10
         : threshold_mps == 33 ? SF_RING_FORCE12
                               : -1;
}

/* The quadrant between two bearings: NE from 0 to 90, then clockwise; -1 for another sector. */
static int
quadrant_of (double from_deg, double to_deg)
{
  for (int i = 0; i < SF_QUADRANTS; i++)
    if (from_deg == 90 * i && (to_deg == 90 * (i + 1) || (i == 3 && to_deg == 0)))
      return i;
  return -1;
}

static void
take_radius (struct member *member, double radius_m)
{
  int ring = ring_of (member->threshold_mps), quadrant = quadrant_of (member->from_deg, member->to_deg);
  if (ring >= 0 && quadrant >= 0)
    member->step.radii_km[ring * SF_QUADRANTS + quadrant] = radius_m / 1000;
}

static void
take_number (struct bufr_members *members, struct member *member, enum bufr_key key, double value)
{
  switch (key)
    {
    case BUFR_MEMBER:
      member->number = value;
      break;
    case BUFR_TYPE:
      member->type = value;
      break;
    case BUFR_SIGNIFICANCE:
      member->significance = value;
      break;
    case BUFR_LATITUDE:
    case BUFR_LONGITUDE:
      take_place (members, member, key, value);
      break;
    case BUFR_PRESSURE:
      take_pressure (member, value);
      break;
    case BUFR_WIND:
      member->step.wind_mps = value;
      break;
    case BUFR_THRESHOLD:
      member->threshold_mps = value;
      break;
    case BUFR_BEARING:
      member->from_deg = member->to_deg;
      member->to_deg = value;
      break;
    case BUFR_RADIUS:
      take_radius (member, value);
      break;
    default:
      if (key >= BUFR_YEAR && key <= BUFR_MINUTE)
        member->date[key - BUFR_YEAR] = value;
      break;
    }
}

/* A time period begins a step. In a compressed message a member whose track has ended may leave the hours out. */
static enum sf_code
begin_step (struct bufr_members *members, int first, int end, const double *values, struct sf_error *err)
{
  for (int i = first; i < end; i++)
    {
      SF_TRY (end_step (members, &members->items[i], err));
      clear_step (&members->items[i].step);
      members->items[i].step.lead_h = values[i - first];
      members->items[i].significance = NAN;
      members->items[i].is_stepped = true;
    }
  return SF_OK;
}

static enum sf_code
take_numbers (void *ctx, enum bufr_key key, int first, int end, const double *values, struct sf_error *err)
{
  struct bufr_members *members = ctx;
  if (key == BUFR_PERIOD)
    return begin_step (members, first, end, values, err);
  for (int i = first; i < end; i++)
    take_number (members, &members->items[i], key, values[i - first]);
  return SF_OK;
}

/* Letters and digits of an identity, printable ASCII of a name; anything else counts as missing. */
static void
keep_text (char kept[TEXT_BYTES], const char *text, bool is_identity)
{
  kept[0] = '\0';
  struct sf_span span = sf_span_trim ((struct sf_span){ text ? text : "", text ? strlen (text) : 0 });
  if (span.length >= TEXT_BYTES)
    return;
  for (size_t i = 0; i < span.length; i++)
    {
      char c = span.text[i];
      bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (is_identity ? !alphanumeric : c < ' ' || c > '~')
        return;
    }
  memcpy (kept, span.text, span.length);
  kept[span.length] = '\0';
}

static enum sf_code
take_text (void *ctx, enum bufr_key key, int first, int end, const char *text, struct sf_error *err)
{
  struct bufr_members *members = ctx;
  (void) err;
  for (int i = first; i < end; i++)
    {
      struct member *member = &members->items[i];
      keep_text (key == BUFR_STORM ? member->storm : member->name, text, key == BUFR_STORM);
      if (!strcmp (member->name, member->storm))
        member->name[0] = '\0'; /* a storm without a name is called by its number */
    }
  return SF_OK;
}

struct bufr_taker
bufr_members_taker (struct bufr_members *members)
{
  return (struct bufr_taker){ members, take_numbers, take_text };
}

/* --- the end --- */

static enum sf_code
add_observed (struct bufr_members *members, struct member *member, struct sf_error *err)
{
  struct sf_record *record = new_record (members, member, 0);
  if (!record)
    return no_memory (members, err);
  record->as.track.lon_deg = member->observed.lon_deg;
  record->as.track.lat_deg = member->observed.lat_deg;
  record->quality = SF_QUALITY_COMPLETED_RELIABLE;
  SF_TRY (sf_fixes_doubt (members->fixes, record, err,
                          "this member has no track of the storm; the place is where the storm was observed"));
  return sf_fixes_add (members->fixes, record, (struct sf_span){ (const char *) members->frame->bytes, HEAD_BYTES },
                       err);
}

enum sf_code
bufr_members_end (struct bufr_members *members, struct sf_error *err)
{
  for (int i = 0; i < members->frame->subsets; i++)
    {
      struct member *member = &members->items[i];
      SF_TRY (end_step (members, member, err));
      bool observed = fabs (member->observed.lon_deg) <= 360 && fabs (member->observed.lat_deg) <= 90;
      if (!member->steps_with_place && observed && know (members, member))
        SF_TRY (add_observed (members, member, err));
    }
  if (members->rejects > REJECTS_MAX)
    sf_fixes_reject (
        members->fixes, members->number, (struct sf_span){ (const char *) members->frame->bytes, HEAD_BYTES },
        "message %ld: %ld more of its values cannot be used", members->number, members->rejects - REJECTS_MAX);
  return SF_OK;
}
