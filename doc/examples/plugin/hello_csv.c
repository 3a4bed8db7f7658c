/* SPDX-License-Identifier: Apache-2.0 */
/* Lines "time,lon,lat,wind": ISO 8601 with a zone, degrees, m/s as a 2-minute mean or nothing. */
#include <sanfang/core/base/time.h>
#include <sanfang/core/plugin/plugin.h>

#include <stdio.h>
#include <string.h>

static int identify (const uint8_t *bytes, size_t length)
{
  return length >= 17 && memcmp (bytes, "time,lon,lat,wind", 17) == 0 ? 90 : 0;
}

static enum sf_code open_csv (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  (void) host, (void) err;
  *ret_state = NULL; /* lines need no memory of each other */
  return SF_OK;
}

static void close_csv (void *state) { (void) state; }

static enum sf_code decode (void *state, const struct sf_message *message, const struct sf_sink *sink,
                            struct sf_error *err)
{
  struct sf_span rest = { (const char *) message->bytes, message->length }, line, left, time, lon, lat, wind;
  (void) state;
  if (identify (message->bytes, message->length) == 0)
    return sf_fail (err, SF_EFORMAT, "%s: the first line is not time,lon,lat,wind", message->source);
  for (long number = 0; sf_text_next_line (&rest, &line, &number);)
    {
      struct sf_record record;
      struct sf_fix *fix = &record.as.track;
      char text[40];
      if (number == 1)
        continue;
      sf_record_init (&record, SF_RECORD_TRACK); /* all missing */
      left = line;
      bool good = sf_text_next_field (&left, ',', &time) && sf_text_next_field (&left, ',', &lon)
                  && sf_text_next_field (&left, ',', &lat) && sf_text_next_field (&left, ',', &wind)
                  && sf_text_parse_double (lon, &fix->lon_deg) && sf_text_parse_double (lat, &fix->lat_deg)
                  && (sf_span_trim (wind).length == 0 || sf_text_parse_double (wind, &fix->wind_mps));
      snprintf (text, sizeof text, "%.*s", good ? (int) time.length : 0, good ? time.text : "");
      if (!good || sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, &record.valid_s, NULL) != SF_OK)
        {
          sink->reject (sink->ctx, number, "expected time,lon,lat,wind", line.text, line.length);
          continue;
        }
      record.source_line = number;
      fix->storm = "hello";
      fix->averaging_min = 2;
      fix->base_s = record.valid_s;
      fix->lead_s = 0; /* an analysed fix */
      SF_TRY (sink->emit (sink->ctx, &record, err));
    }
  return SF_OK;
}

static const struct sf_decoder decoder = {
  .formats = "lines of time,lon,lat,wind",
  .identify = identify, .open = open_csv, .decode = decode, .close = close_csv };

SF_PLUGIN_EXPORT (hello_csv) = {
  SF_PLUGIN_HEAD, .kind = SF_PLUGIN_DECODER, .name = "hello_csv", .version = "1.0", .licence = "Apache-2.0",
  .summary_en = "storm fixes from CSV", .summary_zh = "CSV 台风定位", .as.decoder = &decoder };
