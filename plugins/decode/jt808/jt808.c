/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/bytes.h"
#include "plugins/telemetry/jt808_frame.h"
#include "plugins/telemetry/parts.h"
#include "plugins/telemetry/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Positions of terminals in vehicles and vessels, JT/T 808: 0x0200, batches 0x0704, and those in the answers 0x0201 and
   0x0500. What only keeps the link alive gives no record. */

enum
{
  FIX_BYTES = 28,
  FIXED = 1 << 1,
  SOUTH = 1 << 2,
  WEST = 1 << 3,
  STATUS_BYTES = 256
};

struct state
{
  const struct sf_host *host;
  const char *type;
  struct sf_parts *parts;
  struct sf_report report;
  bool is_cut; /* the header of the message under way announces another length */
};

static const struct sf_option options[] = { { .name = "type",
                                              .type = SF_OPTION_TEXT,
                                              .fallback = "terminal",
                                              .help_en = "what the movers are in the records: vessel, truck, ...",
                                              .help_zh = "记录中移动目标的类型：vessel（船舶）、truck（车辆）等" },
                                            { .name = NULL } };

static const struct
{
  uint32_t bit;
  const char *name;
} alarms[]
    = { { 0, "emergency" },  { 4, "gnss_fault" }, { 5, "antenna_open" }, { 6, "antenna_short" }, { 7, "low_voltage" },
        { 8, "power_lost" }, { 20, "area" },      { 23, "off_route" },   { 29, "collision" },    { 30, "rollover" } };

static const char *
status_text (uint32_t alarm, char text[STATUS_BYTES])
{
  size_t used = 0;
  for (size_t i = 0; i < sizeof alarms / sizeof alarms[0]; i++)
    if (alarm >> alarms[i].bit & 1)
      used += (size_t) snprintf (text + used, STATUS_BYTES - used, "%s%s", used ? "," : "", alarms[i].name);
  return used ? text : NULL;
}

/* What follows a fix is skipped by its lengths; what runs past the end costs itself only. */
static void
check_rest (const struct state *state, const uint8_t *bytes, size_t length)
{
  size_t at = 0;
  while (at + 2 <= length && at + 2 + bytes[at + 1] <= length)
    at += 2u + bytes[at + 1];
  if (at < length)
    sf_report_reject (&state->report, bytes + at, length - at, "additional item %02X runs past the end of its message",
                      bytes[at]);
}

static enum sf_code
emit_fix (struct state *state, const uint8_t *body, int64_t time_s, struct sf_error *err)
{
  uint32_t status = sf_bytes_u32 (body + 4);
  double lat_deg = sf_bytes_u32 (body + 8) / 1e6, lon_deg = sf_bytes_u32 (body + 12) / 1e6;
  unsigned course = sf_bytes_u16 (body + 20);
  char text[STATUS_BYTES];
  struct sf_record record;
  sf_report_begin (&state->report, SF_RECORD_POSITION, time_s, &record);
  if (!(status & FIXED))
    {
      record.quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
      record.doubt = "the terminal says that its position is not fixed";
    }
  else if (state->is_cut)
    {
      record.quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
      record.doubt = "the message has another length than its header says";
    }
  struct sf_position *position = &record.as.position;
  position->mover = state->report.station;
  position->type = state->type;
  position->lon_deg = status & WEST ? -lon_deg : lon_deg;
  position->lat_deg = status & SOUTH ? -lat_deg : lat_deg;
  position->speed_mps = sf_bytes_u16 (body + 18) / 36.0;
  position->course_to_deg = course < 360 ? course : course == 360 ? 0 : NAN;
  position->status = status_text (sf_bytes_u32 (body), text);
  return state->report.sink->emit (state->report.sink->ctx, &record, err);
}

static enum sf_code
read_fix (struct state *state, const uint8_t *body, size_t length, struct sf_error *err)
{
  const struct sf_report *report = &state->report;
  int64_t time_s;
  if (length < FIX_BYTES)
    {
      sf_report_reject (report, body, length, "a position of %zu bytes; it has at least 28", length);
      return SF_OK;
    }
  uint32_t status = sf_bytes_u32 (body + 4), lat = sf_bytes_u32 (body + 8), lon = sf_bytes_u32 (body + 12);
  if (!sf_bytes_bcd_time (body + 22, 6, &time_s))
    sf_report_reject (report, body, length, "%02X%02X%02X%02X%02X%02X is no time YYMMDDhhmmss", body[22], body[23],
                      body[24], body[25], body[26], body[27]);
  else if (!lat && !lon && !(status & FIXED))
    sf_report_reject (report, body, length, "no position: not fixed, longitude and latitude 0");
  else if (lat > 90000000 || lon > 180000000)
    sf_report_reject (report, body, length, "longitude %.6f, latitude %.6f is nowhere", lon * 1e-6, lat * 1e-6);
  else
    SF_TRY (emit_fix (state, body, time_s, err));
  check_rest (state, body + FIX_BYTES, length - FIX_BYTES);
  return SF_OK;
}

static enum sf_code
read_batch (struct state *state, const uint8_t *body, size_t length, struct sf_error *err)
{
  unsigned announced = length >= 3 ? sf_bytes_u16 (body) : 0, seen = 0;
  size_t at = 3;
  while (at + 2 <= length && seen < announced)
    {
      size_t item = sf_bytes_u16 (body + at);
      if (item > length - at - 2)
        break;
      SF_TRY (read_fix (state, body + at + 2, item, err));
      at += 2 + item;
      seen++;
    }
  if (seen != announced || at != length)
    sf_report_reject (&state->report, body + (at < length ? at : length), at < length ? length - at : 0,
                      "a batch announces %u positions, %u can be read", announced, seen);
  return SF_OK;
}

static enum sf_code
read_body (struct state *state, unsigned id, const uint8_t *body, size_t length, struct sf_error *err)
{
  switch (id)
    {
    case SF_JT808_POSITION:
      return read_fix (state, body, length, err);
    case 0x0201: /* answers to a query and to a command: the serial of what they answer comes first */
    case 0x0500:
      return read_fix (state, body + (length < 2 ? length : 2), length < 2 ? 0 : length - 2, err);
    case SF_JT808_POSITIONS:
      return read_batch (state, body, length, err);
    case SF_JT808_TERMINAL_ANSWER:
    case 0x0002: /* heartbeat */
    case 0x0003: /* goodbye */
    case SF_JT808_REGISTER:
    case SF_JT808_AUTHENTICATE:
      return SF_OK;
    default:
      sf_report_reject (&state->report, body, length, "message %04X is not read", id);
      return SF_OK;
    }
}

static enum sf_code
read_part (struct state *state, const struct sf_jt808 *message, struct sf_error *err)
{
  enum sf_parts_verdict verdict;
  const uint8_t *bytes;
  size_t length;
  struct sf_part part = { .parts = message->parts,
                          .part = message->part,
                          .received_s = state->report.message->received_s,
                          .bytes = message->body,
                          .length = message->body_length };
  snprintf (part.key, sizeof part.key, "%s %04X", message->phone, message->id);
  SF_TRY (sf_parts_add (state->parts, &part, &verdict, &bytes, &length, err));
  if (verdict == SF_PARTS_WHOLE)
    return read_body (state, message->id, bytes, length, err);
  if (verdict != SF_PARTS_WAIT)
    sf_report_reject (&state->report, message->body, message->body_length, "part %u of %u: %s", message->part,
                      message->parts,
                      verdict == SF_PARTS_LARGE ? "the message is too large" : "those before are missing");
  return SF_OK;
}

static enum sf_code
read_frame (void *opaque, const uint8_t *frame, size_t length, struct sf_error *err)
{
  struct state *state = opaque;
  struct sf_jt808 message;
  if (!sf_jt808_parse (frame, length, &message))
    return SF_OK;
  memcpy (state->report.station, message.phone, sizeof message.phone);
  if (message.encryption)
    {
      sf_report_reject (&state->report, frame, length, "message %04X is encrypted", message.id);
      return SF_OK;
    }
  return message.is_part ? read_part (state, &message, err)
                         : read_body (state, message.id, message.body, message.body_length, err);
}

/* Some terminals count their bytes wrongly; while the check holds, what they say is kept with a doubt. */
static enum sf_code
read_bad (void *opaque, const uint8_t *frame, size_t length, struct sf_error *err)
{
  struct state *state = opaque;
  struct sf_jt808 message;
  bool is_position = sf_jt808_parse (frame, length, &message) && sf_jt808_check_holds (&message)
                     && (message.id == SF_JT808_POSITION || message.id == SF_JT808_POSITIONS);
  if (!is_position)
    return SF_EFORMAT;
  state->is_cut = true;
  enum sf_code code = read_frame (opaque, frame, length, err);
  state->is_cut = false;
  return code;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  state->report = (struct sf_report){ .message = message, .sink = sink, .read_bad = read_bad };
  return sf_report_frames (&state->report, &sf_jt808_rules, "JT/T 808", read_frame, state, err);
}

static int
identify (const uint8_t *bytes, size_t length)
{
  return sf_report_identify (&sf_jt808_rules, bytes, length);
}

static void
close_decoder (void *opaque)
{
  struct state *state = opaque;
  if (state)
    sf_parts_free (state->parts);
  sf_mem_free (state);
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (state)
    state->parts = sf_parts_new ();
  if (!state || !state->parts)
    {
      close_decoder (state);
      return sf_fail (err, SF_ENOMEM, "jt808: out of memory");
    }
  state->host = host;
  state->type = sf_settings_text (host->settings, "type");
  *ret_state = state;
  return SF_OK;
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .look_back_s = SF_PARTS_EXPIRE_S,
  .formats = "JT/T 808-2013 and -2019: positions 0200, 0201, 0500, 0704",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = close_decoder,
};

SF_PLUGIN_EXPORT (jt808) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "jt808",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "positions of vehicles and vessels, JT/T 808",
  .summary_zh = "车船终端位置，JT/T 808",
  .options = options,
  .as.decoder = &decoder,
};
