/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/fixes_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What people enter and correct by hand, as the commands enter and correct write it (doc/ingest/journal.md):
     {"manual": 1, "who": "Wang", "when": "2024-09-06T10:05:00Z", "why": "phone call from the gauge keeper",
      "records": [{"kind": "observation", "asset": "60102300", "quantity": "water_level", "value": 12.34, "time": ...}, ...]}
   A record has the members of its kind as sf_record_format_json names them, and revision, quality and doubt; what that writes
   and a hand does not say (feed, source, received_time, source_line) is passed over. */

enum
{
  FORM = 1
};

/* 1900 and 2101: a year beyond them is a slip of the hand. */
#define EARLIEST_S INT64_C (-2208988800)
#define LATEST_S INT64_C (4133980800)

struct state
{
  struct sf_arena arena;
  const struct sf_vocabulary *vocabulary; /* NULL: quantities are not looked up */
};

/* A message on its way. */
struct document
{
  struct state *state;
  const struct sf_message *message;
  const struct sf_sink *sink;
  const char *source; /* who, why and when, of every record */
  int64_t when_s;
};

static int
identify (const uint8_t *bytes, size_t length)
{
  return sf_fixes_json_identify (bytes, length, "\"manual\"", 95);
}

static enum sf_code
open_manual (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "manual: out of memory");
  state->vocabulary = host->vocabulary;
  *ret_state = state;
  return SF_OK;
}

static void
close_manual (void *opaque)
{
  struct state *state = opaque;
  if (state)
    sf_arena_finish (&state->arena);
  sf_mem_free (state);
}

/* --- members; each function says what is wrong, or NULL --- */

static const char *
read_time (const json_t *value, int64_t *ret_time_s)
{
  if (json_is_null (value))
    return NULL;
  const char *text = json_string_value (value);
  if (!text || sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, ret_time_s, NULL) != SF_OK)
    return "no time with its zone, as 2024-09-06T18:00+08:00";
  return *ret_time_s < EARLIEST_S || *ret_time_s >= LATEST_S ? "a year outside 1900 to 2100" : NULL;
}

static const char *
read_number (const json_t *value, double *ret_number)
{
  if (json_is_null (value))
    return NULL;
  if (!json_is_number (value))
    return "no number";
  *ret_number = json_number_value (value);
  return NULL;
}

static const char *
read_member (struct sf_record *record, const struct sf_member *member, const json_t *value)
{
  void *place = (char *) record + member->offset;
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      if (!json_is_string (value) && !json_is_null (value))
        return "no text";
      *(const char **) place = json_string_value (value);
      return NULL;
    case SF_MEMBER_DOUBLE:
      return read_number (value, place);
    case SF_MEMBER_TIME:
      return read_time (value, place);
    case SF_MEMBER_INT:
      if (!json_is_integer (value))
        return "no whole number";
      *(int64_t *) place = json_integer_value (value);
      return NULL;
    case SF_MEMBER_DOUBLES:
    case SF_MEMBER_GEOMETRY:
    case SF_MEMBER_GRID:
      break;
    }
  return json_is_null (value) ? NULL : "nothing that can be entered by hand";
}

static const char *
read_whole (const json_t *value, json_int_t max, int64_t *ret_whole)
{
  if (!json_is_integer (value) || json_integer_value (value) < 0 || json_integer_value (value) > max)
    return "no whole number in its bounds";
  *ret_whole = json_integer_value (value);
  return NULL;
}

static bool
is_passed_over (const char *key)
{
  static const char *const names[] = { "kind", "feed", "source", "source_line", "received_time" };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp (key, names[i]) == 0)
      return true;
  return false;
}

static const char *
read_key (struct sf_record *record, const char *key, const json_t *value)
{
  int64_t whole = 0;
  const char *wrong = NULL;
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++)
    if (strcmp (member->name, key) == 0)
      return read_member (record, member, value);
  if (is_passed_over (key))
    return NULL;
  if (strcmp (key, "time") == 0)
    return read_time (value, &record->valid_s);
  if (strcmp (key, "revision") == 0)
    {
      wrong = read_whole (value, UINT32_MAX, &whole);
      record->revision = (uint32_t) whole;
      return wrong;
    }
  if (strcmp (key, "quality") == 0)
    {
      wrong = read_whole (value, SF_QUALITY_MISSING, &whole);
      record->quality = (uint8_t) whole;
      return wrong;
    }
  if (strcmp (key, "doubt") != 0)
    return "no member of this kind of record";
  record->doubt = json_string_value (value);
  return json_is_string (value) || json_is_null (value) ? NULL : "no text";
}

/* --- records --- */

static bool
find_kind (const char *name, enum sf_record_kind *ret_kind)
{
  static const enum sf_record_kind kinds[]
      = { SF_RECORD_ASSET, SF_RECORD_OBSERVATION, SF_RECORD_POSITION, SF_RECORD_EVENT };
  for (size_t i = 0; name && i < sizeof kinds / sizeof kinds[0]; i++)
    if (strcmp (sf_record_kind_name (kinds[i], 0), name) == 0)
      {
        *ret_kind = kinds[i];
        return true;
      }
  return false;
}

static bool
is_blank (const char *text)
{
  return !text || !*text;
}

/* What a record of its kind must have to mean something; NULL when it has. */
static const char *
what_lacks (const struct state *state, const struct sf_record *record)
{
  const struct sf_observation *observation = &record->as.observation;
  const struct sf_position *position = &record->as.position;
  bool is_doubted = record->quality >= SF_QUALITY_ORIGINAL_DOUBTFUL && record->quality < SF_QUALITY_MISSING;
  if (is_doubted == is_blank (record->doubt) || (!is_doubted && record->doubt))
    return "a doubt that goes with its quality";
  switch (record->kind)
    {
    case SF_RECORD_OBSERVATION:
      if (is_blank (observation->asset) || is_blank (observation->quantity))
        return "asset and quantity";
      if (state->vocabulary && !sf_vocabulary_quantity (state->vocabulary, observation->quantity))
        return "a quantity of the vocabulary";
      if (isnan (observation->value) && record->quality != SF_QUALITY_MISSING)
        return "a value";
      return record->valid_s == SF_TIME_MISSING ? "a time" : NULL;
    case SF_RECORD_POSITION:
      if (is_blank (position->mover) || isnan (position->lon_deg) || isnan (position->lat_deg))
        return "mover, lon and lat";
      return record->valid_s == SF_TIME_MISSING ? "a time" : NULL;
    case SF_RECORD_EVENT:
      return is_blank (record->as.event.id) || is_blank (record->as.event.type) ? "id and type" : NULL;
    default:
      return is_blank (record->as.asset.id) ? "an id" : NULL;
    }
}

static void __attribute__ ((format (printf, 4, 5)))
reject (const struct document *document, long place, const json_t *piece, const char *format, ...)
{
  char reason[256], bytes[256];
  va_list args;
  va_start (args, format);
  vsnprintf (reason, sizeof reason, format, args);
  va_end (args);
  size_t length = json_dumpb (piece, bytes, sizeof bytes, JSON_COMPACT | JSON_ENCODE_ANY);
  length = length > sizeof bytes ? sizeof bytes : length;
  document->sink->reject (document->sink->ctx, place, reason, bytes,
                          sf_text_utf8_prefix ((const uint8_t *) bytes, length));
}

static enum sf_code
decode_record (const struct document *document, json_t *piece, long place, struct sf_error *err)
{
  enum sf_record_kind kind;
  struct sf_record record;
  struct sf_error wrong;
  const char *key;
  json_t *value;
  if (!find_kind (json_string_value (json_object_get (piece, "kind")), &kind))
    {
      reject (document, place, piece, "kind is none of asset, observation, position, event");
      return SF_OK;
    }
  sf_record_init (&record, kind);
  json_object_foreach (piece, key, value)
  {
    const char *fault = read_key (&record, key, value);
    if (fault)
      {
        reject (document, place, piece, "%.60s: %s", key, fault);
        return SF_OK;
      }
  }
  const char *lack = what_lacks (document->state, &record);
  if (record.valid_s == SF_TIME_MISSING) /* an asset or event says nothing else: it holds from its entry on */
    record.valid_s = document->when_s;
  record.feed = document->message->feed;
  record.received_s = document->message->received_s;
  record.source = document->source;
  record.source_line = place;
  if (lack)
    reject (document, place, piece, "%s lacks %s", sf_record_kind_name (kind, 0), lack);
  else if (sf_record_check (&record, &wrong) != SF_OK)
    reject (document, place, piece, "%.200s", wrong.message);
  else
    return document->sink->emit (document->sink->ctx, &record, err);
  return SF_OK;
}

static enum sf_code
decode_document (struct document *document, json_t *root, struct sf_error *err)
{
  const char *who = sf_fixes_json_text (json_object_get (root, "who"));
  const char *why = sf_fixes_json_text (json_object_get (root, "why"));
  const char *when = sf_fixes_json_text (json_object_get (root, "when"));
  json_t *records = json_object_get (root, "records");
  json_t *piece;
  size_t index;
  char time[SF_TIME_TEXT_BYTES];
  if (json_integer_value (json_object_get (root, "manual")) != FORM)
    return sf_fail (err, SF_EFORMAT, "%s: no manual entry of form %d", document->message->feed, (int) FORM);
  if (!who || !why || !when || read_time (json_object_get (root, "when"), &document->when_s))
    return sf_fail (err, SF_EFORMAT, "%s: a manual entry says who, why and when, with a zone", document->message->feed);
  if (!json_is_array (records))
    return sf_fail (err, SF_EFORMAT, "%s: a manual entry has a list of records", document->message->feed);
  document->source = sf_arena_printf (&document->state->arena, "%s: %s (%s)", who, why,
                                      sf_time_format_beijing (time, document->when_s));
  if (!document->source)
    return sf_fail (err, SF_ENOMEM, "manual: out of memory");
  json_array_foreach (records, index, piece) SF_TRY (decode_record (document, piece, (long) index + 1, err));
  return SF_OK;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  struct document document = { .state = state, .message = message, .sink = sink };
  json_t *root = NULL;
  sf_arena_reset (&state->arena);
  SF_TRY (sf_fixes_json_load (&state->arena, message, &root, err));
  enum sf_code code = decode_document (&document, root, err);
  json_decref (root);
  return code;
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "manual entries and corrections (sanfang enter, sanfang correct)",
  .identify = identify,
  .open = open_manual,
  .decode = decode,
  .close = close_manual,
};

SF_PLUGIN_EXPORT (manual) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "manual",
  .version = "1.0",
  .licence = "Apache-2.0",
  .summary_en = "observations, positions, events and assets that people enter or correct by hand",
  .summary_zh = "人工录入与订正的观测、位置、事件和对象",
  .as.decoder = &decoder,
};
