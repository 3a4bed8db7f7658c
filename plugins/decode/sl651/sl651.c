/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "plugins/decode/sl651/body.h"
#include "plugins/telemetry/bytes.h"
#include "plugins/telemetry/parts.h"

#include <stdio.h>
#include <string.h>

/* Reports of hydrologic stations, SL 651-2014. */

enum
{
  HEAD_BYTES = 8 /* serial and time of sending */
};

struct state
{
  struct sf_arena arena; /* of the table */
  struct elements elements;
  struct sf_parts *parts;
  struct sf_report report;
};

static const struct sf_option options[]
    = { { .name = "elements",
          .type = SF_OPTION_PATH,
          .help_en = "table of elements; not set: share/telemetry/sl651-elements.yaml",
          .help_zh = "要素编码表；不设则用 share/telemetry/sl651-elements.yaml" },
        { .name = NULL } };

static enum sf_code
read_body (struct state *state, const struct sf_sl651 *frame, const uint8_t *bytes, size_t length, struct sf_error *err)
{
  struct body body
      = { .elements = &state->elements, .report = &state->report, .function = frame->function, .err = err };
  size_t width = frame->is_ascii ? 2 : 1;
  uint8_t head[HEAD_BYTES];
  const uint8_t *from = bytes;
  if (length >= HEAD_BYTES * width && frame->is_ascii)
    from = sf_bytes_from_hex ((const char *) bytes, HEAD_BYTES, head) ? head : NULL;
  if (length < HEAD_BYTES * width || !from || !sf_bytes_bcd_time (from + 2, 6, &body.observed_s))
    {
      sf_report_reject (&state->report, bytes, length, "function %02X: no serial number and time of sending",
                        frame->function);
      return SF_OK;
    }
  body_name_station (&body, frame->station);
  bytes += HEAD_BYTES * width;
  length -= HEAD_BYTES * width;
  return frame->is_ascii ? body_read_ascii (&body, bytes, length) : body_read_hex (&body, bytes, length);
}

static enum sf_code
read_part (struct state *state, const struct sf_sl651 *frame, struct sf_error *err)
{
  enum sf_parts_verdict verdict;
  const uint8_t *bytes;
  size_t length;
  struct sf_part part = { .parts = frame->parts,
                          .part = frame->part,
                          .received_s = state->report.message->received_s,
                          .bytes = frame->body,
                          .length = frame->body_length };
  snprintf (part.key, sizeof part.key, "%s %02X %d", frame->station_text, frame->function, frame->is_ascii);
  SF_TRY (sf_parts_add (state->parts, &part, &verdict, &bytes, &length, err));
  if (verdict == SF_PARTS_WHOLE)
    return read_body (state, frame, bytes, length, err);
  if (verdict != SF_PARTS_WAIT)
    sf_report_reject (&state->report, frame->body, frame->body_length, "part %u of %u: %s", frame->part, frame->parts,
                      verdict == SF_PARTS_LARGE ? "the message is too large" : "those before are missing");
  return SF_OK;
}

static enum sf_code
read_frame (void *opaque, const uint8_t *bytes, size_t length, struct sf_error *err)
{
  struct state *state = opaque;
  struct sf_sl651 frame;
  if (!sf_sl651_parse (bytes, length, &frame))
    {
      sf_report_reject (&state->report, bytes, length, "a part of a message without its number");
      return SF_OK;
    }
  memcpy (state->report.station, frame.station_text, sizeof frame.station_text);
  if (frame.is_down || frame.function == SF_SL651_HEARTBEAT)
    return SF_OK;
  if (frame.is_part)
    return read_part (state, &frame, err);
  return read_body (state, &frame, frame.body, frame.body_length, err);
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  state->report = (struct sf_report){ .message = message, .sink = sink };
  return sf_report_frames (&state->report, &sf_sl651_rules, "SL 651", read_frame, state, err);
}

static int
identify (const uint8_t *bytes, size_t length)
{
  return sf_report_identify (&sf_sl651_rules, bytes, length);
}

static void
close_decoder (void *opaque)
{
  struct state *state = opaque;
  if (!state)
    return;
  sf_parts_free (state->parts);
  sf_arena_finish (&state->arena);
  sf_mem_free (state);
}

/* The table is read here, once: later no file can be opened. */
static enum sf_code
load_table (const struct sf_host *host, struct state *state, struct sf_error *err)
{
  const char *path = sf_settings_text (host->settings, "elements");
  if (!path && host->share_folder)
    path = sf_file_join (&state->arena, host->share_folder, "telemetry/sl651-elements.yaml");
  if (!path)
    return sf_fail (err, SF_ENOTFOUND,
                    "sl651: no table of elements: there is no share folder, and 'elements' is not set");
  return elements_load (&state->arena, path, host->vocabulary, &state->elements, err);
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_mem_calloc (1, sizeof *state);
  enum sf_code code = SF_ENOMEM;
  if (state)
    state->parts = sf_parts_new ();
  if (!state || !state->parts)
    sf_fail (err, SF_ENOMEM, "sl651: out of memory");
  else
    code = load_table (host, state, err);
  if (code != SF_OK)
    close_decoder (state);
  else
    *ret_state = state;
  return code;
}

static const char *const daily_sums[] = { "rain_amount", NULL };

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .look_back_s = SF_PARTS_EXPIRE_S,
  .formats = "SL 651-2014: reports in hexadecimal and ASCII frames",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = close_decoder,
  .daily_sums = daily_sums,
};

SF_PLUGIN_EXPORT (sl651) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "sl651",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "hydrologic telemetry, SL 651-2014",
  .summary_zh = "水文监测数据，SL 651-2014",
  .options = options,
  .as.decoder = &decoder,
};
