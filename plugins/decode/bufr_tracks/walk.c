/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bufr_tracks/walk.h"

#include <eccodes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[BUFR_KEYS] = {
  [BUFR_STORM] = "stormIdentifier",
  [BUFR_NAME] = "longStormName",
  [BUFR_MEMBER] = "ensembleMemberNumber",
  [BUFR_TYPE] = "ensembleForecastType",
  [BUFR_YEAR] = "year",
  [BUFR_MONTH] = "month",
  [BUFR_DAY] = "day",
  [BUFR_HOUR] = "hour",
  [BUFR_MINUTE] = "minute",
  [BUFR_PERIOD] = "timePeriod",
  [BUFR_SIGNIFICANCE] = "meteorologicalAttributeSignificance",
  [BUFR_LATITUDE] = "latitude",
  [BUFR_LONGITUDE] = "longitude",
  [BUFR_PRESSURE] = "pressureReducedToMeanSeaLevel",
  [BUFR_WIND] = "windSpeedAt10M",
  [BUFR_THRESHOLD] = "windSpeedThreshold",
  [BUFR_BEARING] = "bearingOrAzimuth",
  [BUFR_RADIUS] = "effectiveRadiusWithRespectToWindSpeedsAboveThreshold",
};

enum
{
  TEXT_BYTES = 128
};

const char *
bufr_key_name (enum bufr_key key)
{
  return names[key];
}

/* "#12#latitude" and "latitude" are latitude; attributes ("->") and all other keys are not of interest. */
static bool
find_key (const char *name, enum bufr_key *ret_key)
{
  if (name[0] == '#')
    {
      const char *end = strchr (name + 1, '#');
      name = end ? end + 1 : name;
    }
  for (int i = 0; i < BUFR_KEYS; i++)
    if (!strcmp (name, names[i]))
      {
        *ret_key = (enum bufr_key) i;
        return true;
      }
  return false;
}

struct walk
{
  const struct bufr_frame *frame;
  const struct bufr_taker *taker;
  codes_handle *handle;
  int first, end; /* the subsets that what follows is of: all where compressed, else each begins with its number */
};

static enum sf_code
refuse (const char *name, const char *why, struct sf_error *err)
{
  return sf_fail (err, SF_EFORMAT, "key %s: %s", name, why);
}

static bool
is_missing (double value)
{
  return !isfinite (value) || value == CODES_MISSING_DOUBLE || value == (double) CODES_MISSING_LONG;
}

static enum sf_code
walk_numbers (const struct walk *walk, const char *name, enum bufr_key key, struct sf_error *err)
{
  double values[BUFR_SUBSETS_MAX];
  size_t count = 0, room = sizeof values / sizeof values[0], wanted = (size_t) (walk->end - walk->first);
  int fault = codes_get_size (walk->handle, name, &count);
  if (!fault && count != 1 && count != wanted)
    return refuse (name, "its values are not one a subset", err);
  if (!fault)
    fault = codes_get_double_array (walk->handle, name, values, &room);
  if (fault || room != count)
    return refuse (name, fault ? codes_get_error_message (fault) : "its values are not one a subset", err);
  /* eccodes multiplies by 0.01, which leaves 114.60000000000001; no element has more than five decimals. */
  for (size_t i = 0; i < count; i++)
    values[i] = is_missing (values[i]) ? NAN : round (values[i] * 1e6) / 1e6;
  for (size_t i = count; i < wanted; i++)
    values[i] = values[0];
  return walk->taker->numbers (walk->taker->ctx, key, walk->first, walk->end, values, err);
}

static const char *
present_text (const char *text)
{
  return text && text[0] && (unsigned char) text[0] != 0xff ? text : NULL;
}

static enum sf_code
walk_text (const struct walk *walk, const char *name, enum bufr_key key, struct sf_error *err)
{
  char text[TEXT_BYTES] = "";
  size_t length = sizeof text;
  int fault = codes_get_string (walk->handle, name, text, &length);
  if (fault)
    return refuse (name, codes_get_error_message (fault), err);
  text[sizeof text - 1] = '\0';
  return walk->taker->text (walk->taker->ctx, key, walk->first, walk->end, present_text (text), err);
}

/* Texts that differ from subset to subset. eccodes allocates each with malloc. */
static enum sf_code
walk_texts (const struct walk *walk, const char *name, enum bufr_key key, struct sf_error *err)
{
  char *texts[BUFR_SUBSETS_MAX] = { NULL };
  size_t wanted = (size_t) (walk->end - walk->first), count = wanted;
  int fault = codes_get_string_array (walk->handle, name, texts, &count);
  enum sf_code code = SF_OK;
  if (fault || count != wanted)
    code = refuse (name, fault ? codes_get_error_message (fault) : "its texts are not one a subset", err);
  for (size_t i = 0; i < wanted && code == SF_OK; i++)
    code = walk->taker->text (walk->taker->ctx, key, walk->first + (int) i, walk->first + (int) i + 1,
                              present_text (texts[i]), err);
  for (size_t i = 0; i < BUFR_SUBSETS_MAX; i++)
    free (texts[i]);
  return code;
}

static enum sf_code
walk_key (struct walk *walk, const char *name, struct sf_error *err)
{
  enum bufr_key key;
  size_t count = 0;
  if (!strcmp (name, "subsetNumber"))
    {
      if (walk->frame->subsets == 1)
        return SF_OK;
      walk->first = walk->end++;
      if (walk->end > walk->frame->subsets)
        return refuse (name, "more of them than the message says", err);
      return SF_OK;
    }
  if (!find_key (name, &key))
    return SF_OK;
  if (key > BUFR_NAME)
    return walk_numbers (walk, name, key, err);
  if (codes_get_size (walk->handle, name, &count))
    return refuse (name, "it has no size", err);
  return count == 1 ? walk_text (walk, name, key, err) : walk_texts (walk, name, key, err);
}

static enum sf_code
walk_keys (struct walk *walk, struct sf_error *err)
{
  codes_bufr_keys_iterator *keys = codes_bufr_keys_iterator_new (walk->handle, 0);
  if (!keys)
    return sf_fail (err, SF_EFORMAT, "eccodes gives no list of its keys");
  enum sf_code code = SF_OK;
  /* The step frees the name before it, which deleting the iterator does not: it is taken after a refusal, too. */
  while (codes_bufr_keys_iterator_next (keys) && code == SF_OK)
    {
      char *name = codes_bufr_keys_iterator_get_name (keys);
      code = name ? walk_key (walk, name, err) : SF_OK;
    }
  codes_bufr_keys_iterator_delete (keys);
  return code;
}

enum sf_code
bufr_walk (const struct bufr_frame *frame, const struct bufr_taker *taker, struct sf_error *err)
{
  struct walk walk = {
    .frame = frame,
    .taker = taker,
  };
  walk.end = frame->compressed ? frame->subsets : frame->subsets == 1;
  walk.handle = codes_handle_new_from_message_copy (codes_context_get_default (), frame->bytes, frame->length);
  if (!walk.handle)
    return sf_fail (err, SF_EFORMAT, "eccodes cannot read the sections of the message");
  int fault = codes_set_long (walk.handle, "skipExtraKeyAttributes", 1);
  if (!fault)
    fault = codes_set_long (walk.handle, "unpack", 1);
  enum sf_code code = fault ? sf_fail (err, SF_EFORMAT, "eccodes cannot read the data (tables version %d): %s",
                                       frame->tables_version, codes_get_error_message (fault))
                            : walk_keys (&walk, err);
  codes_handle_delete (walk.handle);
  return code;
}

/* --- are the tables there, and right? --- */

/* Made by eccodes 2.28.0 from invented numbers: one member, one step, an element of each kind. */
static const uint8_t known_message[] = {
  0x42, 0x55, 0x46, 0x52, 0x00, 0x00, 0x6f, 0x04, 0x00, 0x00, 0x16, 0x00, 0x00, 0x62, 0x00, 0x00, 0x00, 0x00, 0x07,
  0x00, 0xff, 0x23, 0x00, 0x07, 0xef, 0x08, 0x01, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x27, 0x00, 0x00, 0x01, 0x00, 0x01,
  0x19, 0x01, 0x1b, 0x01, 0x5b, 0x01, 0x5c, 0xc1, 0x0b, 0xc1, 0x0c, 0x04, 0x18, 0x08, 0x05, 0xc1, 0x17, 0x0a, 0x33,
  0x0b, 0x0c, 0x13, 0x03, 0x05, 0x15, 0x81, 0x83, 0x13, 0x04, 0x81, 0x00, 0x00, 0x00, 0x26, 0x00, 0x36, 0x31, 0x57,
  0x53, 0x45, 0x4c, 0x46, 0x43, 0x48, 0x45, 0x43, 0x4b, 0x00, 0x0c, 0xc0, 0x5f, 0xbe, 0x01, 0x60, 0x10, 0x0c, 0x27,
  0x4c, 0xdc, 0x90, 0xa6, 0x94, 0x0e, 0xa1, 0x26, 0x97, 0x80, 0x9a, 0x40, 0x37, 0x37, 0x37, 0x37,
};

static const struct known_number
{
  enum bufr_key key;
  double value;
} known_numbers[] = {
  { BUFR_MEMBER, 51 },      { BUFR_TYPE, 1 },          { BUFR_YEAR, 2031 },       { BUFR_MONTH, 8 },
  { BUFR_DAY, 1 },          { BUFR_HOUR, 12 },         { BUFR_MINUTE, 0 },        { BUFR_PERIOD, 6 },
  { BUFR_SIGNIFICANCE, 1 }, { BUFR_LATITUDE, -15.25 }, { BUFR_LONGITUDE, 112.5 }, { BUFR_PRESSURE, 98760 },
  { BUFR_WIND, 23.4 },      { BUFR_THRESHOLD, 18 },    { BUFR_BEARING, 270 },     { BUFR_RADIUS, 123400 },
};

enum
{
  KNOWN_NUMBERS = sizeof known_numbers / sizeof known_numbers[0]
};

static enum sf_code
compare_number (void *ctx, enum bufr_key key, int first, int end, const double *values, struct sf_error *err)
{
  size_t *done = ctx;
  (void) first;
  (void) end;
  if (*done >= KNOWN_NUMBERS || known_numbers[*done].key != key
      || !(fabs (values[0] - known_numbers[*done].value) < 1e-6))
    return sf_fail (err, SF_EFORMAT, "key %s gives %g for a known message", names[key], values[0]);
  ++*done;
  return SF_OK;
}

static enum sf_code
compare_text (void *ctx, enum bufr_key key, int first, int end, const char *text, struct sf_error *err)
{
  (void) ctx;
  (void) first;
  (void) end;
  if (!text || strcmp (text, key == BUFR_STORM ? "61W" : "SELFCHECK"))
    return sf_fail (err, SF_EFORMAT, "key %s gives '%.20s' for a known message", names[key], text ? text : "");
  return SF_OK;
}

static void
keep_silent (const codes_context *context, int level, const char *text)
{
  (void) context;
  (void) level;
  (void) text;
}

enum sf_code
bufr_walk_prepare (struct sf_error *err)
{
  codes_context *context = codes_context_get_default ();
  size_t done = 0;
  struct bufr_frame frame;
  struct bufr_taker taker = { &done, compare_number, compare_text };
  struct sf_error fault = { 0 };
  codes_context_set_logging_proc (context, keep_silent);
  const char *folder = codes_definition_path (context);
  enum sf_code code = bufr_frame_read (known_message, sizeof known_message, &frame, &fault);
  if (code == SF_OK)
    code = bufr_walk (&frame, &taker, &fault);
  if (code == SF_OK && done != KNOWN_NUMBERS)
    code = sf_fail (&fault, SF_EFORMAT, "%zu of %d numbers of a known message", done, (int) KNOWN_NUMBERS);
  if (code != SF_OK)
    sf_fail (err, SF_EIO,
             "bufr_tracks: eccodes' tables in %.150s are missing or not WMO's (%.200s); install libeccodes-data, and "
             "unset ECCODES_DEFINITION_PATH",
             folder ? folder : "-", fault.message);
  return code == SF_OK ? SF_OK : SF_EIO;
}
