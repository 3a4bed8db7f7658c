/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/bytes.h"
#include "plugins/telemetry/sl651_frame.h"

#include <stdio.h>
#include <string.h>

/* Frames of SL 651-2014 and the centre's answers (mode M2: each frame is confirmed; M3: the last of a message in parts is,
   when all parts came; a heartbeat never is). */

enum
{
  PARTS_MAX = 4095
};

/* The message in parts that a connection is in the midst of. */
struct state
{
  uint8_t station[5], function, serial[2], time[6];
  unsigned parts, missing;
  uint8_t seen[PARTS_MAX / 8 + 1];
};

static const struct sf_option options[]
    = { { .name = "password",
          .type = SF_OPTION_TEXT,
          .help_en = "password in answers, four hexadecimal digits; not set: the station's own",
          .help_zh = "应答帧中的密码（四位十六进制数字）；不设则沿用遥测站来帧中的密码" },
        { .name = "stay_online",
          .type = SF_OPTION_BOOL,
          .fallback = "true",
          .help_en = "answers end with ESC, and the station stays connected; else with EOT",
          .help_zh = "应答以 ESC 结束，遥测站保持在线；否则以 EOT 结束" },
        { .name = NULL } };

/* Station, function, serial and send time name a message; a station whose clock and counter begin anew after a fault says
   other things under the same name, so the check of its bytes is part of it. Later parts carry neither serial nor time:
   they have no identity, and a part that comes twice does no harm. */
static void
identify (const struct sf_sl651 *frame, struct sf_frame *found)
{
  char serial[5], time[13], part[32] = "";
  if (!frame->has_head)
    return;
  sf_bytes_to_hex (frame->serial, 2, serial);
  sf_bytes_to_hex (frame->time, 6, time);
  if (frame->is_part)
    snprintf (part, sizeof part, ":%u/%u", frame->part, frame->parts);
  snprintf (found->identity, sizeof found->identity, "%s:%02X%s:%s:%s:%04X%s", frame->station_text, frame->function,
            frame->is_down ? "d" : "", serial, time, frame->crc, part);
}

static void
find_frame (const struct sf_protocol_use *use, void *state, const uint8_t *bytes, size_t length, bool ended,
            struct sf_frame *ret_frame)
{
  struct sf_sl651 frame;
  (void) use;
  (void) state;
  sf_scan (&sf_sl651_rules, bytes, length, ended, ret_frame);
  if (ret_frame->kind != SF_FRAME_WHOLE || !sf_sl651_parse (bytes, ret_frame->length, &frame))
    return;
  memcpy (ret_frame->source, frame.station_text, sizeof frame.station_text);
  identify (&frame, ret_frame);
}

static void
begin_parts (struct state *state, const struct sf_sl651 *frame)
{
  *state = (struct state){ .function = frame->function, .parts = frame->parts, .missing = frame->parts };
  memcpy (state->station, frame->station, sizeof state->station);
  memcpy (state->serial, frame->serial, sizeof state->serial);
  memcpy (state->time, frame->time, sizeof state->time);
}

/* Note a part; true when the last one is here and none is missing. */
static bool
all_parts (struct state *state, const struct sf_sl651 *frame)
{
  if (frame->part == 1 && frame->has_head)
    begin_parts (state, frame);
  bool is_ours = state->parts == frame->parts && state->function == frame->function
                 && !memcmp (state->station, frame->station, sizeof state->station) && frame->part >= 1
                 && frame->part <= frame->parts;
  if (!is_ours)
    return false;
  uint8_t bit = (uint8_t) (1 << frame->part % 8), *seen = &state->seen[frame->part / 8];
  state->missing -= *seen & bit ? 0 : 1;
  *seen |= bit;
  return !state->missing;
}

static size_t
answer (const struct sf_protocol_use *use, void *opaque, const uint8_t *bytes, size_t length, int64_t now_s,
        uint8_t *reply)
{
  struct state *state = opaque;
  struct sf_sl651 frame;
  uint8_t password[2];
  const char *text = sf_settings_text (use->settings, "password");
  (void) now_s;
  if (!sf_sl651_parse (bytes, length, &frame) || frame.is_down || frame.function == SF_SL651_HEARTBEAT)
    return 0;
  if (!text || strlen (text) != 4 || !sf_bytes_from_hex (text, 2, password))
    memcpy (password, frame.password, sizeof password);
  if (!frame.is_sound)
    return frame.has_head && !frame.is_part
               ? sf_sl651_write_answer (&frame, password, frame.serial, frame.time, SF_SL651_NAK, reply)
               : 0;
  uint8_t end = sf_settings_bool (use->settings, "stay_online") ? SF_SL651_ESC : SF_SL651_EOT;
  if (frame.is_part)
    return all_parts (state, &frame) ? sf_sl651_write_answer (&frame, password, state->serial, state->time, end, reply)
                                     : 0;
  end = frame.end == SF_SL651_ETB ? SF_SL651_ACK : end;
  return frame.has_head ? sf_sl651_write_answer (&frame, password, frame.serial, frame.time, end, reply) : 0;
}

static const struct sf_protocol protocol = {
  .formats = "SL 651-2014, hexadecimal (7E 7E) and ASCII (SOH)",
  .state_bytes = sizeof (struct state),
  .frame_bytes_max = SF_SL651_FRAME_BYTES,
  .reply_bytes_max = SF_SL651_ANSWER_BYTES,
  .frame = find_frame,
  .reply = answer,
};

SF_PLUGIN_EXPORT (sl651_frames) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_PROTOCOL,
  .name = "sl651_frames",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "frames of hydrologic telemetry, SL 651-2014",
  .summary_zh = "水文监测数据通信规约 SL 651-2014 的帧与应答",
  .options = options,
  .as.protocol = &protocol,
};
