/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/mapping_plan.h"

#include <math.h>
#include <string.h>

/* A row being read; its texts live in the session's arena until the next row. */
struct reading
{
  const struct sf_mapping *mapping;
  const struct sf_mapping_plan *plan;
  struct sf_fixes *fixes;
  const struct sf_mapping_row *row;
  const char *id;
  bool *told; /* of the references: that the row has no such place; shared by its plans */
};

/* What a value turned out to be. */
enum finding
{
  FOUND,
  ABSENT, /* not reported */
  BAD,    /* rejected */
  STARVED /* memory is out */
};

#define REJECT(reading, ...)                                                                                           \
  sf_fixes_reject ((reading)->fixes, (reading)->row->line, (reading)->row->piece, __VA_ARGS__)

/* A length for "%.*s" that a message can bear. */
static int
shown (struct sf_span text)
{
  return (int) (text.length < 60 ? text.length : 60);
}

static enum sf_code
fail_memory (const struct reading *reading, struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "%s:%ld: out of memory", sf_fixes_source (reading->fixes->message),
                  reading->row->line);
}

/* --- texts --- */

/* A number among the tokens means all ways to write it: -999 is also -999.0. */
static bool
is_token (struct sf_span text, const struct sf_tokens *tokens)
{
  double value, token;
  bool number = sf_text_parse_double (text, &value);
  for (size_t i = 0; i < tokens->count; i++)
    if (sf_span_equal (text, tokens->texts[i])
        || (number && sf_text_parse_double (sf_span_of (tokens->texts[i]), &token) && token == value))
      return true;
  return false;
}

static bool
is_missing (const struct reading *reading, struct sf_span text, const struct sf_mapping_source *source)
{
  static const char *const always[] = { "", "—", "/", "****" };
  static const struct sf_tokens common = { always, sizeof always / sizeof *always };
  return is_token (text, &common) || is_token (text, &reading->mapping->missing) || is_token (text, &source->missing);
}

/* The text behind one part; text NULL when the row has none. */
static struct sf_span
part_text (const struct reading *reading, const struct sf_mapping_part *part)
{
  const char *source = reading->fixes->message->source ? reading->fixes->message->source : "", *slash;
  switch (part->reference)
    {
    case SF_REFERENCE_LITERAL:
      return sf_span_of (part->text);
    case SF_REFERENCE_SOURCE:
      return sf_span_of (source);
    case SF_REFERENCE_NAME:
      slash = strrchr (source, '/');
      return sf_span_of (slash ? slash + 1 : source);
    default:
      return sf_span_trim (reading->row->values[part->reference]);
    }
}

/* Tell once a row of each place that it should have. */
static void
tell_nowhere (const struct reading *reading, const struct sf_mapping_source *source)
{
  for (size_t i = 0; i < source->parts_count; i++)
    {
      int reference = source->parts[i].reference;
      if (reference < 0 || reading->row->values[reference].text || reading->told[reference])
        continue;
      reading->told[reference] = true;
      REJECT (reading, "%s: %s %s: the row has no such place; 'optional: true' if it may lack it", reading->id,
              reading->mapping->reference, reading->mapping->references[reference]);
    }
}

/* Parts one after the other; one of them not reported leaves the whole unsaid. */
static enum finding
join_parts (const struct reading *reading, const struct sf_mapping_source *source, struct sf_span *ret_text)
{
  struct sf_span pieces[16];
  size_t length = 0;
  for (size_t i = 0; i < source->parts_count; i++)
    {
      pieces[i] = part_text (reading, &source->parts[i]);
      if (!pieces[i].text || (source->parts[i].reference >= 0 && is_missing (reading, pieces[i], source)))
        return ABSENT;
      length += pieces[i].length;
    }
  char *text = sf_arena_alloc (&reading->fixes->arena, length + 1);
  if (!text)
    return STARVED;
  *ret_text = (struct sf_span){ text, length };
  for (size_t i = 0; i < source->parts_count; text += pieces[i++].length)
    memcpy (text, pieces[i].text, pieces[i].length);
  *text = '\0';
  return FOUND;
}

/* Take a prefix and a suffix off; false when they are not there. */
static bool
strip (const struct sf_mapping_source *source, struct sf_span *text)
{
  size_t before = source->prefix ? strlen (source->prefix) : 0, after = source->suffix ? strlen (source->suffix) : 0;
  if (text->length < before + after || memcmp (text->text, source->prefix ? source->prefix : "", before)
      || memcmp (text->text + text->length - after, source->suffix ? source->suffix : "", after))
    return false;
  *text = sf_span_trim ((struct sf_span){ text->text + before, text->length - before - after });
  return true;
}

static enum finding
find_text (const struct reading *reading, const struct sf_mapping_source *source, struct sf_span *ret_text)
{
  struct sf_span text;
  if (!source->parts_count)
    return ABSENT;
  if (!source->optional && !source->vital)
    tell_nowhere (reading, source);
  if (source->parts_count > 1)
    {
      enum finding finding = join_parts (reading, source, &text);
      if (finding != FOUND)
        return finding;
    }
  else
    text = part_text (reading, source->parts);
  if (!text.text || is_missing (reading, text, source))
    return ABSENT;
  if (!strip (source, &text))
    {
      REJECT (reading, "%s: '%.*s' does not stand between '%s' and '%s'", source->label, shown (text), text.text,
              source->prefix ? source->prefix : "", source->suffix ? source->suffix : "");
      return BAD;
    }
  if (is_missing (reading, text, source))
    return ABSENT;
  *ret_text = text;
  return FOUND;
}

/* The same, terminated, for a record. */
static enum finding
copy_text (const struct reading *reading, const struct sf_mapping_source *source, const char **ret_text)
{
  struct sf_span text;
  enum finding finding = find_text (reading, source, &text);
  if (finding != FOUND)
    return finding;
  if (memchr (text.text, '\0', text.length))
    {
      REJECT (reading, "%s: holds a NUL byte", source->label);
      return BAD;
    }
  char *copy = sf_arena_strndup (&reading->fixes->arena, text.text, text.length);
  if (!copy)
    return STARVED;
  *ret_text = copy;
  return FOUND;
}

/* --- numbers --- */

static enum finding
parse_number (const struct reading *reading, const struct sf_mapping_source *source, struct sf_span text,
              double *ret_value)
{
  if (sf_mapping_parse_number (reading->mapping->decimal, reading->mapping->thousands, text, ret_value))
    return FOUND;
  REJECT (reading, "%s: %s: '%.*s' is no number", reading->id, source->label, shown (text), text.text);
  return BAD;
}

static enum finding
find_number (const struct reading *reading, const struct sf_mapping_number *number, double *ret_value)
{
  struct sf_span text;
  double value;
  enum finding finding = find_text (reading, &number->source, &text);
  if (finding == FOUND)
    finding = parse_number (reading, &number->source, text, &value);
  if (finding != FOUND)
    return finding;
  double scaled = number->scale == 1 && number->offset == 0 ? value : value * number->scale + number->offset;
  double converted = sf_unit_convert (&number->unit, scaled);
  if (!isfinite (converted))
    {
      REJECT (reading, "%s: %s: '%.*s' is too large a number", reading->id, number->source.label, shown (text),
              text.text);
      return BAD;
    }
  *ret_value = converted;
  return FOUND;
}

/* --- times and places --- */

static enum finding
find_time (const struct reading *reading, const struct sf_mapping_time *time, int64_t *ret_time_s)
{
  struct sf_span text;
  if (time->received)
    {
      *ret_time_s = reading->fixes->message->received_s;
      return *ret_time_s == SF_TIME_MISSING ? ABSENT : FOUND;
    }
  enum finding finding = find_text (reading, &time->source, &text);
  if (finding != FOUND)
    return finding;
  if (sf_time_format_read (&time->format, text, ret_time_s) == SF_OK)
    return FOUND;
  REJECT (reading, "%s: %s: '%.*s' is no time of the declared format in the years 1840 to 2150", reading->id,
          time->source.label, shown (text), text.text);
  return BAD;
}

static enum finding
find_degrees (const struct reading *reading, const struct sf_mapping_number *number, double *ret_deg)
{
  struct sf_span text;
  if (!reading->plan->dms)
    return find_number (reading, number, ret_deg);
  enum finding finding = find_text (reading, &number->source, &text);
  if (finding != FOUND || sf_place_parse_dms (text, ret_deg))
    return finding;
  REJECT (reading, "%s: %s: '%.*s' is no angle in degrees, minutes and seconds", reading->id, number->source.label,
          shown (text), text.text);
  return BAD;
}

static enum finding
find_place (const struct reading *reading, double *ret_lon_deg, double *ret_lat_deg)
{
  const struct sf_mapping_plan *plan = reading->plan;
  double lon_deg, lat_deg;
  enum finding finding = find_degrees (reading, &plan->lon, &lon_deg);
  if (finding == FOUND)
    finding = find_degrees (reading, &plan->lat, &lat_deg);
  if (finding != FOUND)
    return finding;
  if (!(fabs (lon_deg) <= 180) || !(fabs (lat_deg) <= 90))
    {
      REJECT (reading, "%s: longitude %g, latitude %g is no place", reading->id, lon_deg, lat_deg);
      return BAD;
    }
  sf_place_to_home (plan->crs, &lon_deg, &lat_deg);
  *ret_lon_deg = lon_deg;
  *ret_lat_deg = lat_deg;
  return FOUND;
}

/* --- what the whole row hangs on --- */

static enum finding
check_code (const struct reading *reading)
{
  struct sf_span code, given;
  enum finding finding = find_text (reading, &reading->plan->code, &code);
  if (!reading->plan->code.parts_count || finding == STARVED || finding == BAD)
    return reading->plan->code.parts_count ? finding : FOUND;
  const char *name = finding == FOUND ? sf_place_of_adcode_2020 (code) : NULL;
  if (!name)
    {
      REJECT (reading, "%s: %s: '%.*s' is no code of adcode@2020", reading->id, reading->plan->code.label,
              finding == FOUND ? shown (code) : 0, finding == FOUND ? code.text : "");
      return BAD;
    }
  finding = find_text (reading, &reading->plan->code_name, &given);
  if (finding != FOUND || sf_place_is_named (name, given))
    return finding == ABSENT ? FOUND : finding;
  REJECT (reading, "%s: %s: %.*s is %s in adcode@2020, the row says '%.*s': codes of another edition?", reading->id,
          reading->plan->code.label, shown (code), code.text, name, shown (given), given.text);
  return BAD;
}

/* A code of quality that no list names, or that is not there, is doubted, since nobody said that it is good. */
static enum finding
find_quality (const struct reading *reading, struct sf_record *record)
{
  const struct sf_mapping_quality *quality = &reading->plan->quality;
  struct sf_span code;
  enum finding finding = find_text (reading, &quality->source, &code);
  if (finding == STARVED || finding == BAD || !quality->source.parts_count)
    return quality->source.parts_count ? finding : FOUND;
  if (finding == ABSENT)
    {
      record->quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
      record->doubt = "the source reports no quality code";
      return FOUND;
    }
  if (is_token (code, &quality->reliable))
    return FOUND;
  if (is_token (code, &quality->missing))
    {
      record->quality = SF_QUALITY_MISSING;
      return FOUND;
    }
  bool unreliable = is_token (code, &quality->unreliable);
  record->quality = unreliable ? SF_QUALITY_ORIGINAL_UNRELIABLE : SF_QUALITY_ORIGINAL_DOUBTFUL;
  record->doubt
      = sf_arena_printf (&reading->fixes->arena, "quality code '%.*s' of the source%s", shown (code), code.text,
                         unreliable || is_token (code, &quality->doubtful) ? "" : ", which no list explains");
  return record->doubt ? FOUND : STARVED;
}

static enum finding
find_head (struct reading *reading, struct sf_record *record)
{
  const struct sf_mapping_plan *plan = reading->plan;
  enum finding finding = copy_text (reading, &plan->id, &reading->id);
  if (finding == ABSENT)
    REJECT (reading, "%s: the row says not whose it is", plan->id.label);
  if (finding != FOUND)
    return finding == ABSENT ? BAD : finding;
  finding = find_time (reading, &plan->time, &record->valid_s);
  if (finding == ABSENT)
    REJECT (reading, "%s: %s: the row has no time", reading->id, plan->time.source.label);
  if (finding != FOUND)
    return finding == ABSENT ? BAD : finding;
  finding = check_code (reading);
  return finding == FOUND ? find_quality (reading, record) : finding;
}

/* --- the kinds --- */

static enum sf_code
emit (const struct reading *reading, struct sf_record *record, struct sf_error *err)
{
  SF_TRY (reading->fixes->sink->emit (reading->fixes->sink->ctx, record, err));
  reading->fixes->emitted++;
  return SF_OK;
}

static enum sf_code
emit_quantities (const struct reading *reading, const struct sf_record *head, struct sf_error *err)
{
  for (size_t i = 0; i < reading->plan->quantities_count; i++)
    {
      const struct sf_mapping_quantity *quantity = &reading->plan->quantities[i];
      struct sf_record record = *head;
      double value = NAN;
      enum finding finding
          = head->quality == SF_QUALITY_MISSING ? ABSENT : find_number (reading, &quantity->number, &value);
      if (finding == STARVED)
        return fail_memory (reading, err);
      if (finding == BAD || (finding == ABSENT && !quantity->keep_missing))
        continue;
      if (finding == ABSENT)
        {
          record.quality = SF_QUALITY_MISSING;
          record.doubt = NULL;
        }
      record.as.observation.asset = reading->id;
      record.as.observation.quantity = quantity->name;
      record.as.observation.value = value;
      record.as.observation.period_s = quantity->period_s;
      SF_TRY (emit (reading, &record, err));
    }
  return SF_OK;
}

/* Texts, figures and moments of a record; one that cannot be read stays absent. */
struct members
{
  const char *texts[SF_MAPPING_TEXTS];
  double figures[SF_MAPPING_FIGURES];
  int64_t moments[SF_MAPPING_MOMENTS];
};

static enum sf_code
find_members (const struct reading *reading, struct members *members, struct sf_error *err)
{
  const struct sf_mapping_plan *plan = reading->plan;
  bool starved = false;
  for (int i = 0; i < SF_MAPPING_TEXTS; i++)
    {
      members->texts[i] = NULL;
      starved |= copy_text (reading, &plan->texts[i], &members->texts[i]) == STARVED;
    }
  for (int i = 0; i < SF_MAPPING_FIGURES; i++)
    {
      members->figures[i] = NAN;
      starved |= find_number (reading, &plan->figures[i], &members->figures[i]) == STARVED;
    }
  for (int i = 0; i < SF_MAPPING_MOMENTS; i++)
    {
      members->moments[i] = SF_TIME_MISSING;
      starved |= find_time (reading, &plan->moments[i], &members->moments[i]) == STARVED;
    }
  return starved ? fail_memory (reading, err) : SF_OK;
}

/* "name=value" lines; a line break in a value would make two of one. */
static enum finding
find_attributes (const struct reading *reading, const char **ret_attributes)
{
  char *all = NULL;
  for (size_t i = 0; i < reading->plan->attributes_count; i++)
    {
      const struct sf_mapping_attribute *attribute = &reading->plan->attributes[i];
      const char *text;
      enum finding finding = copy_text (reading, &attribute->source, &text);
      if (finding == STARVED)
        return finding;
      if (finding == FOUND && strpbrk (text, "\r\n"))
        REJECT (reading, "%s: %s: an attribute has one line", reading->id, attribute->source.label);
      else if (finding == FOUND
               && !(all = sf_arena_printf (&reading->fixes->arena, "%s%s%s=%s", all ? all : "", all ? "\n" : "",
                                           attribute->name, text)))
        return STARVED;
    }
  *ret_attributes = all;
  return FOUND;
}

static enum sf_code
emit_asset (const struct reading *reading, struct sf_record *record, struct sf_error *err)
{
  struct members members;
  struct sf_asset *asset = &record->as.asset;
  SF_TRY (find_members (reading, &members, err));
  if (find_attributes (reading, &asset->attributes) == STARVED)
    return fail_memory (reading, err);
  asset->id = reading->id;
  asset->type = members.texts[SF_MAPPING_TYPE];
  asset->name = members.texts[SF_MAPPING_NAME];
  asset->name_zh = members.texts[SF_MAPPING_NAME_ZH];
  asset->datum = members.texts[SF_MAPPING_DATUM];
  asset->elevation_m = members.figures[SF_MAPPING_ELEVATION];
  return emit (reading, record, err);
}

static double
within_circle (const struct reading *reading, const char *what, double deg)
{
  if (isnan (deg) || (deg >= 0 && deg <= 360))
    return deg;
  REJECT (reading, "%s: %s %g is outside 0-360 degrees", reading->id, what, deg);
  return NAN;
}

static enum sf_code
emit_position (const struct reading *reading, struct sf_record *record, struct sf_error *err)
{
  struct members members;
  struct sf_position *position = &record->as.position;
  SF_TRY (find_members (reading, &members, err));
  position->mover = reading->id;
  position->type = members.texts[SF_MAPPING_TYPE];
  position->status = members.texts[SF_MAPPING_STATUS];
  position->speed_mps = members.figures[SF_MAPPING_SPEED];
  position->course_to_deg = within_circle (reading, "course", members.figures[SF_MAPPING_COURSE]);
  position->heading_deg = within_circle (reading, "heading", members.figures[SF_MAPPING_HEADING]);
  return emit (reading, record, err);
}

static enum sf_code
emit_event (const struct reading *reading, struct sf_record *record, struct sf_error *err)
{
  struct members members;
  struct sf_event *event = &record->as.event;
  SF_TRY (find_members (reading, &members, err));
  event->id = reading->id;
  event->type = members.texts[SF_MAPPING_TYPE];
  event->level = members.texts[SF_MAPPING_LEVEL];
  event->status = members.texts[SF_MAPPING_STATUS];
  event->headline = members.texts[SF_MAPPING_HEADLINE];
  event->area = members.texts[SF_MAPPING_AREA];
  event->begin_s = members.moments[SF_MAPPING_BEGIN];
  event->end_s = members.moments[SF_MAPPING_END];
  event->issued_s = members.moments[SF_MAPPING_ISSUED];
  return emit (reading, record, err);
}

static void
set_place (struct sf_record *record, double lon_deg, double lat_deg)
{
  struct
  {
    double *lon, *lat;
  } into[SF_RECORD_KINDS] = {
    [SF_RECORD_ASSET] = { &record->as.asset.lon_deg, &record->as.asset.lat_deg },
    [SF_RECORD_OBSERVATION] = { &record->as.observation.lon_deg, &record->as.observation.lat_deg },
    [SF_RECORD_POSITION] = { &record->as.position.lon_deg, &record->as.position.lat_deg },
    [SF_RECORD_EVENT] = { &record->as.event.lon_deg, &record->as.event.lat_deg },
  };
  *into[record->kind].lon = lon_deg;
  *into[record->kind].lat = lat_deg;
}

static enum sf_code
emit_kind (const struct reading *reading, struct sf_record *record, struct sf_error *err)
{
  double lon_deg = NAN, lat_deg = NAN;
  enum finding place = find_place (reading, &lon_deg, &lat_deg);
  if (place == STARVED)
    return fail_memory (reading, err);
  set_place (record, lon_deg, lat_deg);
  switch (record->kind)
    {
    case SF_RECORD_OBSERVATION:
      return emit_quantities (reading, record, err);
    case SF_RECORD_ASSET:
      return emit_asset (reading, record, err);
    case SF_RECORD_EVENT:
      return emit_event (reading, record, err);
    default:
      if (place == ABSENT)
        REJECT (reading, "%s: a position without longitude and latitude", reading->id);
      return place == FOUND ? emit_position (reading, record, err) : SF_OK;
    }
}

static bool
is_wanted (const struct reading *reading, bool *ret_starved)
{
  const struct sf_mapping_filter *only = &reading->plan->only;
  struct sf_span text;
  if (!only->source.parts_count)
    return true;
  enum finding finding = find_text (reading, &only->source, &text);
  *ret_starved = finding == STARVED;
  return finding == FOUND && is_token (text, &only->tokens);
}

static enum sf_code
follow_plan (struct reading *reading, bool *ret_read, struct sf_error *err)
{
  const struct sf_message *message = reading->fixes->message;
  struct sf_record record;
  bool starved = false;
  reading->id = "row";
  *ret_read = true;
  if (!is_wanted (reading, &starved))
    return starved ? fail_memory (reading, err) : SF_OK;
  sf_record_init (&record, reading->plan->kind);
  record.feed = message->feed;
  record.source = message->source;
  record.received_s = message->received_s;
  record.source_line = reading->row->line;
  enum finding finding = find_head (reading, &record);
  if (finding == STARVED)
    return fail_memory (reading, err);
  *ret_read = finding == FOUND;
  return finding == FOUND ? emit_kind (reading, &record, err) : SF_OK;
}

enum sf_code
sf_mapping_emit (const struct sf_mapping *mapping, struct sf_fixes *fixes, const struct sf_mapping_row *row,
                 long *rows_read, struct sf_error *err)
{
  bool any = false, read, told[SF_MAPPING_REFERENCES_MAX] = { false };
  sf_arena_reset (&fixes->arena);
  for (size_t i = 0; i < mapping->plans_count; i++)
    {
      struct reading reading = { mapping, &mapping->plans[i], fixes, row, NULL, told };
      SF_TRY (follow_plan (&reading, &read, err));
      any |= read;
    }
  *rows_read += any;
  return SF_OK;
}

size_t
sf_mapping_references (const struct sf_mapping *mapping, const char *const **ret_names)
{
  *ret_names = mapping->references;
  return mapping->references_count;
}

bool
sf_mapping_is_needed (const struct sf_mapping *mapping, size_t reference)
{
  return mapping->needed[reference];
}
