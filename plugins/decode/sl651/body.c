/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/sl651/body.h"

#include "plugins/telemetry/bytes.h"

#include <math.h>
#include <stdio.h>

enum
{
  DAY_S = 86400,
  SERIES_STEP_S = 300,
  ASSET_BYTES = 64
};

void
body_name_station (struct body *body, const uint8_t station[5])
{
  char digits[11];
  sf_bytes_to_hex (station, 5, digits);
  snprintf (body->asset, sizeof body->asset, "%s", station[0] ? digits : digits + 2);
}

/* The hydrologic day begins at 08:00 Beijing time, which is 00:00 UTC; a value at its end covers all of it. */
static int64_t
period_of (const struct element *element, int64_t valid_s)
{
  if (element->kind != ELEMENT_DAY_RAIN)
    return element->period_s;
  int64_t since_s = (valid_s % DAY_S + DAY_S) % DAY_S;
  return since_s ? since_s : DAY_S;
}

enum sf_code
body_emit (const struct body *body, const struct element *element, double sent, int64_t valid_s)
{
  char asset[ASSET_BYTES];
  int used = snprintf (asset, sizeof asset, "%s", body->asset);
  if (element->part)
    used += snprintf (asset + used, sizeof asset - (size_t) used, ".%.24s", element->part);
  if (body->gate)
    snprintf (asset + used, sizeof asset - (size_t) used, ".gate%ld", body->gate);
  struct sf_reading reading = { .asset = asset,
                                .quantity = element->quantity,
                                .value = isnan (sent) ? NAN : element_value (element, sent),
                                .valid_s = valid_s,
                                .period_s = period_of (element, valid_s) };
  return sf_report_reading (body->report, &reading, body->err);
}

enum sf_code
body_emit_status (const struct body *body, const uint8_t bits[4])
{
  char id[32], status[9];
  struct sf_record record;
  sf_report_begin (body->report, SF_RECORD_EVENT, body->observed_s, &record);
  sf_bytes_to_hex (bits, 4, status);
  snprintf (id, sizeof id, "%s:status", body->asset);
  record.as.event.id = id;
  record.as.event.type = "station_status";
  record.as.event.status = status;
  record.as.event.area = body->asset;
  record.as.event.begin_s = record.as.event.issued_s = body->observed_s;
  return body->report->sink->emit (body->report->sink->ctx, &record, body->err);
}

enum sf_code
body_emit_series (const struct body *body, const struct element *element, const uint8_t *bytes, size_t length)
{
  bool is_rain = element->kind == ELEMENT_RAIN_5MIN;
  size_t width = is_rain ? 1 : 2;
  for (size_t i = 0; i < length / width; i++)
    {
      unsigned sent = is_rain ? bytes[i] : sf_bytes_u16 (bytes + 2 * i);
      bool is_missing = sent == (is_rain ? 0xff : 0xffff);
      SF_TRY (body_emit (body, element, is_missing ? NAN : sent / (is_rain ? 10.0 : 100.0),
                         body->observed_s + (int64_t) i * SERIES_STEP_S));
    }
  return SF_OK;
}
