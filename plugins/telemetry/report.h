/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TELEMETRY_REPORT_H
#define SF_PLUGINS_TELEMETRY_REPORT_H

#include "plugins/telemetry/scan.h"

/* What decoders of telemetry share: a message's frames, and records and rejections in the message's name. */

struct sf_report
{
  const struct sf_message *message;
  const struct sf_sink *sink;
  char station[24]; /* for words of rejections; "": unknown */
  /* NULL, or: make what can be made of a frame that is bad; SF_EFORMAT: nothing. */
  enum sf_code (*read_bad) (void *ctx, const uint8_t *frame, size_t length, struct sf_error *err);
};

/* Take a message apart and call read for each sound frame; pieces that are none are rejected. SF_EFORMAT when there is no
   sound frame at all. */
enum sf_code sf_report_frames (struct sf_report *report, const struct sf_scan_rules *rules, const char *format,
                               enum sf_code (*read) (void *ctx, const uint8_t *frame, size_t length,
                                                     struct sf_error *err),
                               void *ctx, struct sf_error *err);

/* How sure it is that bytes are a stream of such frames. */
int sf_report_identify (const struct sf_scan_rules *rules, const uint8_t *bytes, size_t length);

/* Reject a piece; the reason begins with the station. */
void sf_report_reject (const struct sf_report *report, const uint8_t *bytes, size_t length, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));

/* A number at a station. NaN is a missing one. */
struct sf_reading
{
  const char *asset, *quantity;
  double value;
  int64_t valid_s, period_s;
};
enum sf_code sf_report_reading (const struct sf_report *report, const struct sf_reading *reading, struct sf_error *err);

/* A record with the message's feed, source and time of reception. */
void sf_report_begin (const struct sf_report *report, enum sf_record_kind kind, int64_t valid_s,
                      struct sf_record *record);

#endif
