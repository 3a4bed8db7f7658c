/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_SL651_BODY_H
#define SF_PLUGINS_DECODE_SL651_BODY_H

#include "plugins/decode/sl651/elements.h"
#include "plugins/telemetry/report.h"
#include "plugins/telemetry/sl651_frame.h"

/* The body of a message as it is walked through: whose and when the next elements are. */
struct body
{
  const struct elements *elements;
  const struct sf_report *report;
  unsigned function;
  char asset[16];     /* of the station that was named last */
  int64_t observed_s; /* as was named last, before that the time of sending */
  int64_t step_s;     /* between values of a uniform report; 0: none */
  long gate;          /* that the next elements are about; 0: none */
  struct sf_error *err;
};

/* An asset's name from a station's five bytes: the eight digits of a hydrologic station (STCD), else all ten digits. */
void body_name_station (struct body *body, const uint8_t station[5]);

/* Emit a value as sent (NaN: missing) of an element at a time. */
enum sf_code body_emit (const struct body *body, const struct element *element, double sent, int64_t valid_s);
/* Emit the 32 bits of a station's status as an event. */
enum sf_code body_emit_status (const struct body *body, const uint8_t bits[4]);
/* Emit a packed series of 5 minutes, whose first value is of the time of observation. */
enum sf_code body_emit_series (const struct body *body, const struct element *element, const uint8_t *bytes,
                               size_t length);

/* Walk through the elements after serial and time. What cannot be read is rejected; the rest stands. */
enum sf_code body_read_hex (struct body *body, const uint8_t *bytes, size_t length);
enum sf_code body_read_ascii (struct body *body, const uint8_t *bytes, size_t length);

#endif
