/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/telemetry/bytes.h"
#include "plugins/telemetry/report.h"
#include "plugins/telemetry/szy206_frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Self-reports (C0) of SZY 206: values, then alarm, state, and a time of day and day of month. */

enum
{
  TAIL_BYTES = 9, /* alarm 2, state 2, time 5 */
  TYPE_RAIN = 1,
  TYPE_LEVEL = 2,
  TYPE_FLOW = 3,
  TYPE_STATUS = 0xd,
  MONTHS_BACK = 3,
  DAY_S = 86400,
  ASSET_BYTES = 16
};

struct state
{
  const char *rain, *level;
  int level_decimals;
  struct sf_report report;
};

static const struct sf_option options[]
    = { { .name = "rain",
          .type = SF_OPTION_TEXT,
          .fallback = "rain_counter",
          .help_en = "quantity of rain values: what gauges send is a running total unless the province says otherwise",
          .help_zh = "雨量数据对应的量：除各省另有规定外为累计值" },
        { .name = "level",
          .type = SF_OPTION_TEXT,
          .fallback = "river_level",
          .help_en = "quantity of level values: river_level or reservoir_level",
          .help_zh = "水位数据对应的量：river_level（河道）或 reservoir_level（水库）" },
        { .name = "level_decimals",
          .type = SF_OPTION_INT,
          .fallback = "3",
          .min = 0,
          .max = 4,
          .help_en = "decimals of level values",
          .help_zh = "水位数据的小数位数" },
        { .name = NULL } };

/* --- values --- */

struct shape
{
  const char *quantity;
  size_t bytes;
  int decimals;
  bool may_be_negative;
};

/* Packed BCD, lowest byte first, "AA" throughout where there is no number, F in the highest digit where it is negative.
   False when it is nothing of these. */
static bool
read_value (const uint8_t *bytes, const struct shape *shape, double *ret_value)
{
  uint8_t turned[8];
  size_t none = 0;
  for (size_t i = 0; i < shape->bytes; i++)
    {
      turned[i] = bytes[shape->bytes - 1 - i];
      none += turned[i] == 0xaa;
    }
  *ret_value = NAN;
  if (none == shape->bytes)
    return true;
  bool is_negative = turned[0] >> 4 == 15;
  turned[0] &= is_negative ? 15 : 0xff;
  if ((is_negative && !shape->may_be_negative) || !sf_bytes_is_bcd (turned, shape->bytes))
    return false;
  static const double tens[] = { 1, 10, 100, 1e3, 1e4 };
  double value = (double) sf_bytes_bcd (turned, shape->bytes) / tens[shape->decimals];
  *ret_value = is_negative ? -value : value;
  return true;
}

/* The station, or for its second, third ... gauge "5303810013.2". */
static const char *
name_asset (const struct sf_szy206 *frame, size_t gauge, char text[ASSET_BYTES])
{
  snprintf (text, ASSET_BYTES, gauge ? "%s.%zu" : "%s", frame->station, gauge + 1);
  return text;
}

static enum sf_code
read_values (const struct state *state, const struct sf_szy206 *frame, const struct shape *shapes, size_t count,
             int64_t time_s, struct sf_error *err)
{
  const struct sf_report *report = &state->report;
  size_t end = frame->data_length - TAIL_BYTES, at = 0, n = 0;
  char asset[ASSET_BYTES];
  double value;
  for (; at + shapes[n % count].bytes <= end; n++)
    {
      const struct shape *shape = &shapes[n % count];
      name_asset (frame, n / count, asset);
      if (read_value (frame->data + at, shape, &value))
        {
          struct sf_reading reading
              = { .asset = asset, .quantity = shape->quantity, .value = value, .valid_s = time_s };
          SF_TRY (sf_report_reading (report, &reading, err));
        }
      else
        sf_report_reject (report, frame->data + at, shape->bytes, "%s: a digit of the value is none", shape->quantity);
      at += shape->bytes;
    }
  if (at < end)
    sf_report_reject (report, frame->data + at, end - at, "%zu bytes of values are left over", end - at);
  return SF_OK;
}

/* --- time --- */

/* The last time before reception, or at most a day after it, that has this day of month and time of day. */
static bool
find_time (const uint8_t *bytes, int64_t received_s, int64_t *ret_time_s)
{
  if (!sf_bytes_is_bcd (bytes, 4) || received_s == SF_TIME_MISSING)
    return false;
  struct sf_civil civil = sf_time_to_civil (received_s + DAY_S, SF_BEIJING_OFFSET_S);
  civil.second = (int) sf_bytes_bcd (bytes, 1);
  civil.minute = (int) sf_bytes_bcd (bytes + 1, 1);
  civil.hour = (int) sf_bytes_bcd (bytes + 2, 1);
  civil.day = (int) sf_bytes_bcd (bytes + 3, 1);
  for (int i = 0; i < MONTHS_BACK; i++)
    {
      if (sf_time_from_civil (&civil, SF_BEIJING_OFFSET_S, ret_time_s, NULL) == SF_OK
          && *ret_time_s <= received_s + DAY_S)
        return true;
      civil.year -= civil.month == 1;
      civil.month = civil.month == 1 ? 12 : civil.month - 1;
    }
  return false;
}

/* --- frames --- */

static enum sf_code
emit_status (const struct state *state, const struct sf_szy206 *frame, const uint8_t *tail, int64_t time_s,
             struct sf_error *err)
{
  char id[32], status[48];
  struct sf_record record;
  bool is_alarm = tail[0] || tail[1];
  sf_report_begin (&state->report, SF_RECORD_EVENT, time_s, &record);
  snprintf (id, sizeof id, "%s:status", frame->station);
  snprintf (status, sizeof status, "alarm %02X%02X, state %02X%02X", tail[0], tail[1], tail[2], tail[3]);
  record.as.event.id = id;
  record.as.event.type = "station_status";
  record.as.event.level = is_alarm ? "alarm" : "normal";
  record.as.event.status = status;
  record.as.event.area = frame->station;
  record.as.event.begin_s = record.as.event.issued_s = time_s;
  return state->report.sink->emit (state->report.sink->ctx, &record, err);
}

static enum sf_code
read_report (const struct state *state, const struct sf_szy206 *frame, struct sf_error *err)
{
  const struct shape rain = { state->rain, 3, 1, false }, level = { state->level, 4, state->level_decimals, true };
  const struct shape flow[] = { { "flow", 5, 3, true }, { "flow_total", 5, 0, false } };
  const struct sf_report *report = &state->report;
  int64_t time_s;
  if (frame->data_length < TAIL_BYTES)
    {
      sf_report_reject (report, frame->data, frame->data_length, "a report of %zu bytes has no alarm, state and time",
                        frame->data_length);
      return SF_OK;
    }
  const uint8_t *tail = frame->data + frame->data_length - TAIL_BYTES;
  if (!find_time (tail + 4, report->message->received_s, &time_s))
    {
      sf_report_reject (report, frame->data, frame->data_length, "%02X%02X%02X%02X is no second, minute, hour and day",
                        tail[4], tail[5], tail[6], tail[7]);
      return SF_OK;
    }
  if (frame->type == TYPE_RAIN)
    SF_TRY (read_values (state, frame, &rain, 1, time_s, err));
  else if (frame->type == TYPE_LEVEL)
    SF_TRY (read_values (state, frame, &level, 1, time_s, err));
  else if (frame->type == TYPE_FLOW)
    SF_TRY (read_values (state, frame, flow, 2, time_s, err));
  else if (frame->type != TYPE_STATUS)
    sf_report_reject (report, frame->data, frame->data_length, "values of type %X are not read", frame->type);
  return emit_status (state, frame, tail, time_s, err);
}

static enum sf_code
read_frame (void *opaque, const uint8_t *bytes, size_t length, struct sf_error *err)
{
  struct state *state = opaque;
  struct sf_szy206 frame;
  if (!sf_szy206_parse (bytes, length, &frame))
    {
      sf_report_reject (&state->report, bytes, length, "a frame without address and function");
      return SF_OK;
    }
  memcpy (state->report.station, frame.station, sizeof frame.station);
  if (!frame.is_up || frame.function == 0x02) /* ours, or one that keeps the link alive */
    return SF_OK;
  if (frame.function == SF_SZY206_REPORT)
    return read_report (state, &frame, err);
  sf_report_reject (&state->report, bytes, length, "function %02X is not read", frame.function);
  return SF_OK;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  state->report = (struct sf_report){ .message = message, .sink = sink };
  return sf_report_frames (&state->report, &sf_szy206_rules, "SZY 206", read_frame, state, err);
}

static int
identify (const uint8_t *bytes, size_t length)
{
  return sf_report_identify (&sf_szy206_rules, bytes, length);
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "szy206: out of memory");
  state->rain = sf_settings_text (host->settings, "rain");
  state->level = sf_settings_text (host->settings, "level");
  state->level_decimals = (int) sf_settings_int (host->settings, "level_decimals");
  const char *const names[] = { state->rain, state->level };
  for (int i = 0; i < 2 && host->vocabulary; i++)
    if (!sf_vocabulary_quantity (host->vocabulary, names[i]))
      {
        sf_fail (err, SF_EINVAL, "szy206: '%s' is no quantity of the vocabulary", names[i]);
        sf_mem_free (state);
        return SF_EINVAL;
      }
  *ret_state = state;
  return SF_OK;
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "SZY 206: self-reports C0 of rain, level, flow, alarm and state",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_mem_free,
};

SF_PLUGIN_EXPORT (szy206) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "szy206",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "water-resources telemetry, SZY 206",
  .summary_zh = "水资源监测数据，SZY 206",
  .options = options,
  .as.decoder = &decoder,
};
