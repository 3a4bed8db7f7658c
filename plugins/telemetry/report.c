/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum
{
  REASON_BYTES = 256
};

void
sf_report_begin (const struct sf_report *report, enum sf_record_kind kind, int64_t valid_s, struct sf_record *record)
{
  sf_record_init (record, kind);
  record->feed = report->message->feed;
  record->source = report->message->source;
  record->received_s = report->message->received_s;
  record->valid_s = valid_s;
}

void
sf_report_reject (const struct sf_report *report, const uint8_t *bytes, size_t length, const char *format, ...)
{
  char reason[REASON_BYTES];
  int used = 0;
  va_list args;
  if (report->station[0])
    used = snprintf (reason, sizeof reason, "station %s: ", report->station);
  va_start (args, format);
  vsnprintf (reason + used, sizeof reason - (size_t) used, format, args);
  va_end (args);
  report->sink->reject (report->sink->ctx, 0, reason, (const char *) bytes, length);
}

enum sf_code
sf_report_reading (const struct sf_report *report, const struct sf_reading *reading, struct sf_error *err)
{
  struct sf_record record;
  sf_report_begin (report, SF_RECORD_OBSERVATION, reading->valid_s, &record);
  if (isnan (reading->value))
    record.quality = SF_QUALITY_MISSING;
  record.as.observation.asset = reading->asset;
  record.as.observation.quantity = reading->quantity;
  record.as.observation.value = reading->value;
  record.as.observation.period_s = reading->period_s;
  return report->sink->emit (report->sink->ctx, &record, err);
}

/* A bad frame; *sound counts it when something was made of it. */
static enum sf_code
report_bad (struct sf_report *report, void *ctx, const uint8_t *bytes, size_t length, long *sound, struct sf_error *err)
{
  enum sf_code code = report->read_bad ? report->read_bad (ctx, bytes, length, err) : SF_EFORMAT;
  *sound += code == SF_OK;
  if (code != SF_EFORMAT)
    return code;
  report->station[0] = '\0';
  sf_report_reject (report, bytes, length, "the check of a frame of %zu bytes fails", length);
  return SF_OK;
}

enum sf_code
sf_report_frames (struct sf_report *report, const struct sf_scan_rules *rules, const char *format,
                  enum sf_code (*read) (void *ctx, const uint8_t *frame, size_t length, struct sf_error *err),
                  void *ctx, struct sf_error *err)
{
  const struct sf_message *message = report->message;
  struct sf_frame frame;
  long sound = 0, bad = 0;
  for (size_t at = 0; at < message->length; at += frame.length)
    {
      const uint8_t *bytes = message->bytes + at;
      sf_scan (rules, bytes, message->length - at, true, &frame);
      sound += frame.kind == SF_FRAME_WHOLE;
      bad += frame.kind == SF_FRAME_BAD;
      if (frame.kind == SF_FRAME_WHOLE)
        SF_TRY (read (ctx, bytes, frame.length, err));
      else if (frame.kind == SF_FRAME_BAD)
        SF_TRY (report_bad (report, ctx, bytes, frame.length, &sound, err));
      report->station[0] = '\0';
      if (frame.kind == SF_FRAME_NOISE)
        sf_report_reject (report, bytes, frame.length, "%zu bytes are no frame of %s", frame.length, format);
    }
  if (sound)
    return SF_OK;
  return sf_fail (err, SF_EFORMAT, "%s: %s %s", message->source ? message->source : "message",
                  bad ? "the check fails of each frame of" : "no frame of", format);
}

int
sf_report_identify (const struct sf_scan_rules *rules, const uint8_t *bytes, size_t length)
{
  struct sf_frame frame;
  sf_scan (rules, bytes, length, true, &frame);
  return frame.kind == SF_FRAME_WHOLE ? 95 : frame.kind == SF_FRAME_BAD ? 40 : 0;
}
